"""Reading a text as words, each with what its spelling and place tell."""

from __future__ import annotations

import re

import msgspec

from qfa_adapters.anonymize.folding import fold, word_set

_MARKS = "\u0300-\u036f\u064b-\u065f\u0670"
_WORD = re.compile(rf"(?<!\w)[^\W\d_](?:[\w{_MARKS}]++|['’ʼ-](?=[^\W\d_]))*+")
_ELISIONS = word_set("d l j c n s m t qu")
_ENDINGS = word_set("s m re ve ll d")
_ARABIC_PREFIXES = word_set("al el ul ad an ar as ash az abd abu bin ibn")
_ABBREVIATIONS = word_set(
    "mr mrs ms dr prof st rev fr sr jr sra dra mme mevr mw dhr hon sgt capt lt col gen г ул"
)
_ENDS_A_SENTENCE = frozenset('.!?¿¡…:\n\r"“”«»•*؟۔|')
_LONGEST_SPACE = 2


class Word(msgspec.Struct, frozen=True, gc=False):
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
    end = 0
    for match in _WORD.finditer(text):
        written, start = match.group(0), match.start()
        is_plain = written.isalpha()
        if not is_plain and ("_" in written or any(letter.isdigit() for letter in written)):
            continue
        if not words:
            begins, joined = True, False
        elif start == end + 1 and text[end] == " ":
            begins, joined = False, True
        else:
            begins, joined = _read_gap(text[end:start], words[-1])
        word = (_read_plain if is_plain else _read_marked)(written, start, begins, joined)
        if word.key:  # a line that stretches Arabic letters is no letter
            words.append(word)
            end = match.end()
    return words


def _read_gap(gap: str, before: Word) -> tuple[bool, bool]:
    """Return whether a sentence begins behind *gap*, and whether it hardly parts the words."""
    if gap.startswith(".") and (len(before.key) == 1 or before.key in _ABBREVIATIONS):
        gap = gap[1:]
    is_narrow = _is_narrow(gap)
    return not is_narrow and not _ENDS_A_SENTENCE.isdisjoint(gap), is_narrow


def _is_narrow(gap: str) -> bool:
    return len(gap) <= _LONGEST_SPACE and not gap.strip() and _ENDS_A_SENTENCE.isdisjoint(gap)


def _read_plain(written: str, start: int, begins_sentence: bool, is_joined: bool) -> Word:
    if written.isascii() and written.islower():  # as most are, and folded already
        return Word(start, start + len(written), written, False, False, begins_sentence, is_joined, False)
    has_capital = written[0].isupper()
    all_capitals = has_capital and written.isupper() and len(written) > 1
    end = start + len(written)
    return Word(start, end, fold(written), has_capital, all_capitals, begins_sentence, is_joined, False)


def _read_marked(written: str, start: int, begins_sentence: bool, is_joined: bool) -> Word:
    """Read a word with an apostrophe, a hyphen or a combining mark."""
    written = written.replace("’", "'").replace("ʼ", "'")
    start, written = _without_elision(start, written)
    written, is_possessive = _without_ending(written)
    word = _read_plain(written, start, begins_sentence, is_joined)
    has_capital = word.has_capital or _has_capital_behind_prefix(written)
    return msgspec.structs.replace(word, has_capital=has_capital, is_possessive=is_possessive)


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
