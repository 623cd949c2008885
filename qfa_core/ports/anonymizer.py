"""The port to what finds and replaces names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from qfa_core.pseudonyms import PseudonymisedTexts


class Anonymizer(Protocol):
    """Something that replaces what identifies people by placeholders."""

    async def anonymize(self, texts: Sequence[str]) -> PseudonymisedTexts:
        """
        Pseudonymise *texts* as one corpus: same order, same number, "" stays "".

        A value has one placeholder over all texts, and no two values share one; no placeholder
        is one that already stood in a text. Dates stay. CPU-bound work leaves the event loop.
        Nothing is remembered between calls.
        Raises AnonymizerUnavailable if it cannot be done; a text is never returned as it came instead.
        """
        ...

    async def check(self) -> None:
        """Raise AnonymizerUnavailable unless texts can be pseudonymised now."""
        ...
