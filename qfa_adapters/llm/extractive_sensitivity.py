"""Look for words that hint at sensitive content, by a lexicon in seven languages."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence

from qfa_adapters.llm.extractive_lexicon import fold, read_word_lists
from qfa_adapters.llm.extractive_phrases import any_of
from qfa_core.insights import SensitivityType
from qfa_core.prompts.detect_sensitive import SensitivityAnswer
from qfa_core.prompts.envelope import open_envelopes

_ARABIC_PREFIXES = "(?:[وفبك]?ال|[وفبكل]{1,2})?"
_NOTHING_FOUND = (
    "No word of the sensitivity lexicon occurs in the record. That is no proof that nothing is disclosed: "
    "local/extractive looks words up, no language model has read the record."
)


def screen(message: str) -> SensitivityAnswer:
    """Answer the prompt to screen one record: name every kind of which a word or phrase occurs in it."""
    text = "\n".join(record.text for record in open_envelopes("feedback_record", message))
    kinds = hinted_kinds(text)
    return SensitivityAnswer(
        explanation=_explanation(kinds), is_sensitive=bool(kinds), sensitivity_types=list(kinds)
    )


def hinted_kinds(text: str) -> list[SensitivityType]:
    """Return the kinds of which the lexicon lists a word or phrase that occurs in *text*."""
    if not is_hinted(text):
        return []
    folded = _folded(text)
    return [kind for kind, pattern in _patterns().items() if pattern.search(folded)]


def is_hinted(text: str) -> bool:
    """Whether a word or phrase of any kind occurs in *text*; much quicker than to say which."""
    return _any_pattern().search(_folded(text)) is not None


def in_words(kind: SensitivityType) -> str:
    """Return the name of a kind as people write it."""
    return kind.replace("_", " ").lower()


def _explanation(kinds: Sequence[SensitivityType]) -> str:
    if not kinds:
        return _NOTHING_FOUND
    named = ", ".join(map(in_words, kinds))
    return (
        f"Words that hint at {named} occur in the record. Found by a lexicon, no language model has read it."
    )


def compile_phrases() -> None:
    """Compile all phrases now, which takes a moment, rather than when the first text is read."""
    _any_pattern()
    _patterns()


def _folded(text: str) -> str:
    return " ".join(fold(text).split())


@functools.cache
def _any_pattern() -> re.Pattern[str]:
    return _pattern([phrase for listed in _phrases().values() for phrase in listed])


@functools.cache
def _patterns() -> Mapping[SensitivityType, re.Pattern[str]]:
    return {kind: _pattern(listed) for kind, listed in _phrases().items()}


@functools.cache
def _phrases() -> Mapping[SensitivityType, list[str]]:
    lists = read_word_lists("sensitivity")
    return {
        SensitivityType(name): [
            phrase.strip() for listed in table.values() for phrase in fold(listed).split(",")
        ]
        for name, table in lists.items()
    }


def _pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){_ARABIC_PREFIXES}{any_of(phrases)}(?!\w)")
