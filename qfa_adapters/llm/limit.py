"""How many attempts the provider seems to bear at a time."""

from __future__ import annotations


class Limit:
    """
    Halve on a sign of congestion, grow by about one a round of answers, between 1 and *most*.

    That is how TCP finds its share of a line (https://www.rfc-editor.org/rfc/rfc5681).
    An attempt belongs to the *era* it began in; each cut begins a new one. An answer from an earlier era
    says nothing about the limit since: the 429s to one burst are one sign, not many.
    """

    def __init__(self, most: int) -> None:
        self._most = float(most)
        self._places = float(most)
        self.era = 0
        self.cuts_in_a_row = 0  # with no success of a later era between them

    @property
    def places(self) -> int:
        return int(self._places)

    def cut(self, era: int) -> bool:
        """Halve, as an attempt of *era* was refused; return whether that was news."""
        if era < self.era:
            return False
        self.era += 1
        self.cuts_in_a_row += 1
        self._places = max(1.0, self._places / 2)
        return True

    def grow(self, era: int) -> bool:
        """Add a place's share, for a success of *era*; return whether that made the limit full again."""
        if era < self.era:
            return False
        self.cuts_in_a_row = 0
        if self._places == self._most:
            return False
        self._places = min(self._most, self._places + 1 / self._places)
        return self._places == self._most
