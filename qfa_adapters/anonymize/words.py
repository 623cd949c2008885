"""Reading a text as words, each with what its spelling and place tell."""

from __future__ import annotations

import re
from typing import NamedTuple

from qfa_adapters.anonymize.folding import fold, word_set

_MARKS = "\u0300-\u036f\u064b-\u065f\u0670"
_WORD = re.compile(rf"(?<!\w)[^\W\d_](?:[\w{_MARKS}]++|['’ʼ-](?=[^\W\d_]))*+")
_ELISIONS = word_set("d l j c n s m t qu")
_ENDINGS = word_set("s m re ve ll d")
_ARABIC_PREFIXES = word_set("al el ul ad an ar as ash az abd abu bin ibn")
_ABBREVIATIONS = word_set(
    "mr mrs ms dr prof st rev fr sr jr sra dra mme mevr dhr hon sgt capt lt col gen г ул"
)
_ENDS_A_SENTENCE = frozenset('.!?…:\n\r"“”«»•*؟۔|')
_LONGEST_SPACE = 2


class Word(NamedTuple):
    """
    One word: where it stands, and its folded form without a possessive ending.

    *is_joined* tells that only a space, or the point of an abbreviation, parts it from the word before.
    """

    start: int
    end: int
    key: str
    has_capital: bool
    all_capitals: bool
    begins_sentence: bool
    is_joined: bool
    is_possessive: bool


def read_words(text: str) -> list[Word]:
    """Return the words of *text*, in order; what holds a digit or an underscore is no word."""
    words: list[Word] = []
    end, abbreviated = 0, False
    for match in _WORD.finditer(text):
        written = match.group(0)
        if not written.isalpha() and ("_" in written or any(letter.isdigit() for letter in written)):
            continue
        gap = text[end : match.start()]
        if abbreviated and gap.startswith("."):
            gap = gap[1:]
        joined = bool(words) and (gap == " " or _is_narrow(gap))
        begins = not words or (not joined and not _ENDS_A_SENTENCE.isdisjoint(gap))
        word = _read_word(written, match.start(), begins, joined)
        words.append(word)
        end = match.end()
        abbreviated = len(written) == 1 or word.key in _ABBREVIATIONS
    return words


def _is_narrow(gap: str) -> bool:
    return len(gap) <= _LONGEST_SPACE and not gap.strip() and _ENDS_A_SENTENCE.isdisjoint(gap)


def _read_word(written: str, start: int, begins_sentence: bool, is_joined: bool) -> Word:
    end, has_capital, is_possessive = start + len(written), written[0].isupper(), False
    if not written.isalpha():
        written = written.replace("’", "'").replace("ʼ", "'")
        start, written = _without_elision(start, written)
        written, is_possessive = _without_ending(written)
        end = start + len(written)
        has_capital = written[0].isupper() or _has_capital_behind_prefix(written)
    all_capitals = has_capital and written.isupper() and len(written) > 1
    return Word(
        start, end, fold(written), has_capital, all_capitals, begins_sentence, is_joined, is_possessive
    )


def _without_elision(start: int, written: str) -> tuple[int, str]:
    """Take `l'` off `l'eau` and `d'` off `d'Anna`, but leave `D'Souza`."""
    prefix, apostrophe, rest = written.partition("'")
    if not apostrophe or prefix.lower() not in _ELISIONS or (prefix[0].isupper() and rest[0].isupper()):
        return start, written
    return start + len(prefix) + 1, rest


def _without_ending(written: str) -> tuple[str, bool]:
    stem, apostrophe, ending = written.rpartition("'")
    if not apostrophe or ending.lower() not in _ENDINGS:
        return written, False
    return stem, ending.lower() == "s"


def _has_capital_behind_prefix(written: str) -> bool:
    prefix, hyphen, rest = written.partition("-")
    return bool(hyphen) and rest[:1].isupper() and prefix in _ARABIC_PREFIXES
