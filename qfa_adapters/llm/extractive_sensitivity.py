"""Look for words that hint at sensitive content, by a lexicon in seven languages."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping

from qfa_adapters.llm.extractive_lexicon import fold, read_word_lists
from qfa_core.insights import SensitivityType
from qfa_core.prompts.detect_sensitive import SensitivityAnswer
from qfa_core.prompts.envelope import open_envelopes

_ARABIC_PREFIXES = "(?:[وفبك]?ال|[وفبكل]{1,2})?"
_NOTHING_FOUND = (
    "No word of the sensitivity lexicon occurs in the record. That is no proof that nothing is disclosed: "
    "local/extractive looks words up, no language model has read the record."
)


def screen(message: str) -> SensitivityAnswer:
    """Name every kind of which a word or phrase occurs in the record."""
    text = fold("\n".join(record.text for record in open_envelopes("feedback_record", message)))
    text = " ".join(text.split())
    kinds = [str(kind) for kind, pattern in _patterns().items() if pattern.search(text)]
    return SensitivityAnswer(
        explanation=_explanation(kinds), is_sensitive=bool(kinds), sensitivity_types=kinds
    )


def _explanation(kinds: Iterable[str]) -> str:
    named = ", ".join(kind.replace("_", " ").lower() for kind in kinds)
    if not named:
        return _NOTHING_FOUND
    return (
        f"Words that hint at {named} occur in the record. Found by a lexicon, no language model has read it."
    )


@functools.cache
def _patterns() -> Mapping[SensitivityType, re.Pattern[str]]:
    return {SensitivityType(name): _pattern(table) for name, table in read_word_lists("sensitivity").items()}


def _pattern(table: Mapping[str, str]) -> re.Pattern[str]:
    phrases = [phrase.strip() for listed in table.values() for phrase in fold(listed).split(",")]
    choices = "|".join(re.escape(phrase).replace(r"\*", r"\w*") for phrase in phrases)
    return re.compile(rf"(?<!\w){_ARABIC_PREFIXES}(?:{choices})(?!\w)")
