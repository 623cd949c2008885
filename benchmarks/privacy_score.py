"""
Count what recognisers find, miss and find wrongly among labelled sentences.

A label is found if spans of its kind cover all its letters. A find is right if at least half of its
letters are labelled with its kind: “و” before an Arabic name may go with it, a whole sentence may not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from benchmarks.privacy_sentences import Labelled
from qfa_adapters.anonymize.merging import merge_spans
from qfa_adapters.anonymize.recogniser import Recogniser
from qfa_core.pseudonyms import EntitySpan

PERSON = "PERSON"


class Tally:
    """Counts of one row: labels found and missed, finds right and wrong."""

    def __init__(self) -> None:
        self.found = self.missed = self.right = self.wrong = 0

    @property
    def labels(self) -> int:
        """Return how many labels there were."""
        return self.found + self.missed

    @property
    def recall(self) -> float:
        """Return the share of labels that were found, 1.0 if there is none."""
        return self.found / self.labels if self.labels else 1.0

    @property
    def precision(self) -> float:
        """Return the share of finds that were right, 1.0 if there is none."""
        finds = self.right + self.wrong
        return self.right / finds if finds else 1.0

    @property
    def f2(self) -> float:
        """Return the harmonic mean of both in which recall weighs four times as much as precision."""
        weighted = 4 * self.precision + self.recall
        return 5 * self.precision * self.recall / weighted if weighted else 0.0


Tallies = dict[tuple[str, str], Tally]


def tally(
    corpus: Iterable[Labelled], recognisers: Sequence[Recogniser], *, errors: Counter[str] | None = None
) -> Tallies:
    """Return a tally for each kind, and for the persons of each language, origin and pool."""
    tallies: Tallies = defaultdict(Tally)
    for one in corpus:
        finds = merge_spans(one.text, [recogniser.find(one.text) for recogniser in recognisers])
        for kind in {span.kind for span in (*finds, *one.spans)}:
            rows = [tallies["kind", kind]]
            if kind == PERSON:
                pool = "held out" if one.is_held_out else "in lexicon"
                rows += [
                    tallies["language", one.language],
                    tallies["origin", one.origin],
                    tallies["pool", pool],
                ]
                rows.append(tallies[f"language, {pool}", one.language])
            _count(one, finds, kind, rows, errors)
    return tallies


def _count(
    one: Labelled, finds: Sequence[EntitySpan], kind: str, rows: Sequence[Tally], errors: Counter[str] | None
) -> None:
    labelled = _letters(one.text, (span for span in one.spans if span.kind == kind))
    covered = _letters(one.text, (span for span in finds if span.kind == kind))
    for span in one.spans:
        if span.kind == kind:
            is_found = _letters(one.text, [span]) <= covered
            for row in rows:
                row.found += is_found
                row.missed += not is_found
            if errors is not None and not is_found:
                errors[f"- {one.language} {one.text[span.start : span.end]} | {one.text}"] += 1
    for span in finds:
        if span.kind == kind:
            letters = _letters(one.text, [span])
            is_right = 2 * len(letters & labelled) >= len(letters)
            for row in rows:
                row.right += is_right
                row.wrong += not is_right
            if errors is not None and not is_right:
                errors[f"+ {one.language} {one.text[span.start : span.end]} {kind} | {one.text}"] += 1


def _letters(text: str, spans: Iterable[EntitySpan]) -> set[int]:
    return {at for span in spans for at in range(span.start, span.end) if text[at].isalnum()}
