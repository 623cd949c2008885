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
_OFTEN_BEHIND_A_WORD = frozenset(".,;:!?)،؟")
_LONGEST_SPACE = 2


class Words(msgspec.Struct):
    """
    The words of a text in order, by column: folded forms without possessive endings, and where they stand.

    The sets hold the indices of words that are not like most: *parted* are those that more than a space,
    or the point of an abbreviation, parts from the word before.
    """

    keys: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    capitals: set[int] = set()
    all_capitals: set[int] = set()
    openings: set[int] = set()
    parted: set[int] = set()
    possessives: set[int] = set()


def read_words(text: str) -> Words:
    """Return the words of *text*; what holds a digit or an underscore is no word."""
    words = Words()
    keys, starts, ends = words.keys, words.starts, words.ends
    start = end = 0
    for token, key in zip(text.split(" "), fold(text).split(" "), strict=True):
        written = token
        if not token.isalpha() and token[-1:] in _OFTEN_BEHIND_A_WORD:
            written, key = token[:-1], key[:-1]
        if written.isalpha() and key:  # as most are
            if start != end + 1 or not keys:
                _note_gap(words, text[end:start])
            if key != written and written[0].isupper():
                _note_capitals(words, written)
            end = start + len(written)
            keys.append(key)
            starts.append(start)
            ends.append(end)
        elif token:
            end = _read_token(words, text, start, start + len(token), end)
        start += len(token) + 1
    return words


def _note_capitals(words: Words, written: str) -> None:
    words.capitals.add(len(words.keys))
    if len(written) > 1 and written.isupper():
        words.all_capitals.add(len(words.keys))


def _read_token(words: Words, text: str, start: int, stop: int, end: int) -> int:
    """Read what is written without a space; return where the last word ends, the one before at *end*."""
    for match in _WORD.finditer(text, start, stop):
        written = match.group()
        if not written.isalpha() and ("_" in written or any(map(str.isdigit, written))):
            continue
        if _read_word(words, written, match.start(), text[end : match.start()]):
            end = match.end()
    return end


def _read_word(words: Words, written: str, start: int, gap: str) -> bool:
    """Add a word behind a *gap*; return whether it is one: what stretches Arabic letters is no letter."""
    is_possessive = False
    if not written.isalpha():  # an apostrophe, a hyphen or a combining mark is in it
        start, written = _without_elision(start, written.replace("’", "'").replace("ʼ", "'"))
        written, is_possessive = _without_ending(written)
    key = fold(written)
    if not key:
        return False
    at = len(words.keys)
    if gap != " " or not at:
        _note_gap(words, gap)
    if _has_capital_behind_prefix(written):
        words.capitals.add(at)
    if is_possessive:
        words.possessives.add(at)
    if written[0].isupper():
        _note_capitals(words, written)
    words.keys.append(key)
    words.starts.append(start)
    words.ends.append(start + len(written))
    return True


def _note_gap(words: Words, gap: str) -> None:
    """Note what *gap* does to the word that is read next: whether it begins a sentence, or stands apart."""
    at = len(words.keys)
    if at and gap.startswith(".") and (len(words.keys[-1]) == 1 or words.keys[-1] in _ABBREVIATIONS):
        gap = gap[1:]
    if at and _is_narrow(gap):
        return
    words.parted.add(at)
    if not at or not _ENDS_A_SENTENCE.isdisjoint(gap):
        words.openings.add(at)


def _is_narrow(gap: str) -> bool:
    return len(gap) <= _LONGEST_SPACE and not gap.strip() and _ENDS_A_SENTENCE.isdisjoint(gap)


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
