"""Turns of phrase that several answers of the offline stand-in share."""

from __future__ import annotations

from collections.abc import Iterable

from qfa_adapters.llm.extractive_words import WordReader
from qfa_core.prompts.envelope import open_envelopes

NOTICE = (
    "This text was made by local/extractive, an extractive stand-in: it counts words and copies sentences. "
    "No language model has read the records, nothing was understood, weighed or translated."
)
SHORT_NOTICE = "(local/extractive: copied sentences, no language model)"
NOT_ANSWERED = (
    "Why things happen, what should be done, and anything that is said in words outside the word lists: "
    "counting words cannot tell. Set LLM_MODEL to have a language model read the records."
)


def terms_in(tag: str, message: str, reader: WordReader) -> frozenset[str]:
    """Return the terms in envelopes of *tag*, but for kinds of feedback: every question is a question."""
    found = (reader.read(envelope.text) for envelope in open_envelopes(tag, message))
    return frozenset(term for terms in found for term in terms) - reader.lexicon.kinds


def listed(counted: Iterable[tuple[str, int]], reader: WordReader) -> str:
    """Return terms with their counts: `cash (3), water (2)`."""
    return ", ".join(f"{reader.spelled(term)} ({count})" for term, count in counted)


def capitalised(text: str) -> str:
    """Return *text* with a capital in front and the rest as it is."""
    return text[:1].upper() + text[1:]


def records(count: int) -> str:
    """Return how many records, in words."""
    return f"{count} record" if count == 1 else f"{count} records"
