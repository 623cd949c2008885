"""Read a text into terms: topics where the lexicon knows the word, stems where it does not."""

from __future__ import annotations

import re
from collections import Counter

from qfa_adapters.llm.extractive_lexicon import Lexicon, fold, shipped_lexicon

_PLACEHOLDER = re.compile(r"<[A-Z][A-Z_]*_[0-9]+>")
_MARKS = "\u0300-\u036f\u064b-\u0655\u0670\u0900-\u0903\u093a-\u094f"
_WORD = re.compile(rf"[^\W\d_][^\W\d_{_MARKS}]*(?:[{_MARKS}]+[^\W\d_]*)*")
_SENTENCE_END = re.compile(r"(?<=[.!?؟…。।])\s+|\n+")
_QUESTION_MARK = re.compile(r"[?؟]")
_ARABIC_PREFIX = re.compile(r"^(?:[وفبك]?ال|لل|و(?=\w{4}))(?=[\u0621-\u064a]{2})")
_ENDING = re.compile(r"(?<=\w{3})(?:ات|ون|ين|ها|ه|ي|es?|s|en|[аеиіоуюяьы]{1,2})$")
_STEM_LENGTH = 7
_LONGEST_SPELLING = 40


def sentences(text: str) -> list[str]:
    """Return the sentences of *text* as they stand there."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]


class WordReader:
    """
    Read texts into terms, and remember how a term was spelled.

    Made anew for each answer: a word that a community member wrote does not outlive it.
    """

    def __init__(self, lexicon: Lexicon | None = None) -> None:
        self.lexicon = lexicon or shipped_lexicon()
        self._terms: dict[str, tuple[str, ...]] = {}
        self._spellings: dict[str, str] = {}

    def read(self, text: str) -> Counter[str]:
        """Count the terms of *text*; placeholders, numbers and stop words are passed over."""
        words = _WORD.findall(_PLACEHOLDER.sub(" ", text))
        counts = Counter(term for word in words for term in self._terms_of(word))
        if _QUESTION_MARK.search(text):
            counts["question"] += 1
        return counts

    def spelled(self, term: str) -> str:
        """Return *term* for people: a topic by its name, any other word as it was first written."""
        return self._spellings.get(term, term.replace("_", " "))

    def _terms_of(self, word: str) -> tuple[str, ...]:
        known = self._terms.get(word)
        if known is None:  # sorted: the order of a set changes from one process to the next
            known = self._terms[word] = tuple(sorted(self._look_up(word)))
        return known

    def _look_up(self, word: str) -> frozenset[str]:
        folded = fold(word)
        bare = _ARABIC_PREFIX.sub("", folded)
        listed = self.lexicon.terms_of(folded)
        if not listed and bare != folded:
            listed = self.lexicon.terms_of(bare)
        if listed:
            return listed
        if len(bare) < 3 or {folded, bare} & self.lexicon.stop_words:
            return frozenset()
        stem = _ENDING.sub("", bare)[:_STEM_LENGTH]
        self._spellings.setdefault(stem, word[:_LONGEST_SPELLING].lower())
        return frozenset({stem})
