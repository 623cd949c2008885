"""An anonymiser that knows the names a test tells it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from qfa_core.errors import AnonymizerUnavailable
from qfa_core.ports.anonymizer import Anonymizer
from qfa_core.pseudonyms import EntitySpan, PseudonymisedTexts, pseudonymise


class ScriptedAnonymizer(Anonymizer):
    """
    Replace exactly the words of *kinds*, a mapping from a word (or several) to its kind.

    Whole words only, case counts, the longer word wins. Remembers what it was given in *texts*, one
    tuple a call. While *is_down* is set, every call raises AnonymizerUnavailable.

    >>> anonymizer = ScriptedAnonymizer({"Maria": "PERSON", "Port Loko": "LOCATION"})
    """

    def __init__(self, kinds: Mapping[str, str] | None = None, *, is_down: bool = False) -> None:
        self._kinds = dict(kinds or {})
        words = sorted(self._kinds, key=len, reverse=True)
        self._words = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)") if words else None
        self.is_down = is_down
        self.texts: list[tuple[str, ...]] = []

    async def anonymize(self, texts: Sequence[str]) -> PseudonymisedTexts:
        await self.check()
        self.texts.append(tuple(texts))
        return pseudonymise(texts, [self._find(text) for text in texts])

    async def check(self) -> None:
        if self.is_down:
            raise AnonymizerUnavailable

    def _find(self, text: str) -> list[EntitySpan]:
        if self._words is None:
            return []
        return [
            EntitySpan(start=match.start(), end=match.end(), kind=self._kinds[match.group(0)])
            for match in self._words.finditer(text)
        ]
