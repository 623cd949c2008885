"""
What the offline stand-in knows of words: topics, aspects, kinds of feedback, stop words.

The word lists stand in `extractive_data/*.toml`, for people who speak the languages to mend.
"""

from __future__ import annotations

import functools
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from importlib import resources
from itertools import filterfalse
from typing import Any

import msgspec

SENSITIVE = "sensitive"  # the kind that words of violence, exploitation, bribery and theft imply

_NO_TERMS: frozenset[str] = frozenset()
_ALIKE = str.maketrans({"ى": "ي", "ة": "ه", "ـ": None, "’": "'", "ʼ": "'"})


def fold(text: str) -> str:
    """Return *text* without case, accents and vowel signs, so that spellings of a word meet."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(filterfalse(unicodedata.combining, decomposed)).translate(_ALIKE)


def read_word_lists(name: str) -> dict[str, Any]:
    """Return one of the shipped files of word lists, parsed."""
    source = resources.files("qfa_adapters.llm") / "extractive_data" / f"{name}.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


class Lexicon(msgspec.Struct, frozen=True, kw_only=True):
    """
    The terms that folded words stand for.

    *whole* holds words, *beginnings* what words begin with, at most *longest_beginning* characters;
    both map to terms.
    *topics*, *aspects* and *kinds* are the three sorts of terms.
    """

    whole: Mapping[str, frozenset[str]]
    beginnings: Mapping[str, frozenset[str]]
    longest_beginning: int
    topics: frozenset[str]
    aspects: frozenset[str]
    kinds: frozenset[str]
    stop_words: frozenset[str]

    def terms_of(self, word: str) -> frozenset[str]:
        """Return the terms of a folded word; none for a word that is not listed."""
        found = self.whole.get(word, _NO_TERMS)
        for end in range(2, min(len(word), self.longest_beginning) + 1):
            if more := self.beginnings.get(word[:end]):
                found |= more
        return found


@functools.cache
def shipped_lexicon() -> Lexicon:
    """Return the lexicon that ships with the stand-in, read once."""
    topics, aspects, kinds = (read_word_lists(name) for name in ("topics", "aspects", "kinds"))
    tables = topics | aspects | kinds
    whole: dict[str, frozenset[str]] = {}
    beginnings: dict[str, frozenset[str]] = {}
    for term, table in tables.items():
        for word in _words(table):
            entries, key = (beginnings, word[:-1]) if word.endswith("*") else (whole, word)
            entries[key] = entries.get(key, _NO_TERMS) | _implied(term, tables)
    return Lexicon(
        whole=whole,
        beginnings=beginnings,
        longest_beginning=max(map(len, beginnings)),
        topics=frozenset(topics),
        aspects=frozenset(aspects),
        kinds=frozenset(kinds),
        stop_words=_stop_words(),
    )


def _words(table: Mapping[str, str]) -> Iterable[str]:
    return (word for key, words in table.items() if key != "implies" for word in fold(words).split())


def _implied(term: str, tables: Mapping[str, Mapping[str, str]]) -> frozenset[str]:
    wider = tables[term].get("implies", "").split()
    return frozenset({term}).union(*(_implied(other, tables) for other in wider))


def _stop_words() -> frozenset[str]:
    lists = read_word_lists("stop_words").values()
    return frozenset(word for words in lists for word in fold(words).split())
