"""
Recognising phone numbers by their shape.

A library that knows every country's numbering plan was measured: it is ten times too slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from qfa_adapters.anonymize.recogniser import Recogniser
from qfa_core.pseudonyms import EntitySpan

FEWEST_DIGITS = 7
_MOST_DIGITS = 15  # ITU-T E.164
_FEWEST_UNANNOUNCED = 9
_ANNOUNCED_WITHIN_CHARACTERS = 30
_SENTENCE_END = re.compile(r"[.!?]\s")

# No start inside a word, a number with a decimal point, or an id such as `Form-07762`.
_NUMBER = re.compile(
    r"(?<![\w+])(?<!\w[-/._#])[+(]{0,2}\d"
    r"(?:(?:\.|[ \u00a0\u202f]{0,2}(?:[-/(]|\)[-/.]?)?[ \u00a0\u202f]?)\d)*+(?!\w)"
)
_DATE = re.compile(
    r"(?<!\d)(?<!\d[-./])(?:"
    r"(?:19|20)\d\d([-./])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])([-./])(?:0?[1-9]|[12]\d|3[01])\2(?:(?:19|20)\d\d|\d\d)"
    r")(?![-./]?\d)"
)
_YEARS = re.compile(r"(?:19|20)\d\d(?:[ /-]+(?:19|20)\d\d)*")
_WITH_THOUSANDS_SEPARATORS = re.compile(r"\d{1,3}(?:([ \u00a0\u202f.])\d{3})(?:\1\d{3})*")
_IN_PAIRS = re.compile(r"[2-9]\d(?:[ .-]\d\d){3}")
_GROUP = re.compile(r"\d+")
_FEWEST_DIGITS_IN_A_GROUP = 2  # on average; fewer are a list of small numbers
_BREAKS = re.compile(r"(?:[ \u00a0\u202f]| ?/ ?)(?=[+(0]|\d{7})")
_ANNOUNCEMENT = re.compile(
    r"\b(?:call|phone|tel|mobile|cell|whats ?app|sms|contact|number(?! of)|nr\b|ring\b"
    r"|t[ée]l[ée]?phone|appele[rz]|num[ée]ro|tel[ée]fono|celular|llam[ae]r?|n[úu]mero|telefoon|bel\b|bellen|nummer"
    r"|телефон|тел|номер|звон\w*|дзвон\w*|هاتف|رقم|جوال|واتس\w*|اتصل\w*)",
    re.IGNORECASE,
)

_OF_A_FILE = re.compile(
    r"\b(?:case|file|form|ticket|card|ref\w*|dossier|cas\b|caso|expediente|ficha|zaak|дел[оау]|справ[аиу]|заявк\w*"
    r"|الملف|ملف|الحالة|القضية|الطلب)",
    re.IGNORECASE,
)


class PhoneRecogniser(Recogniser):
    """
    Finds phone numbers, international and local, in any script's digits.

    Sure of itself from nine digits on, or with a leading `+` or 0; shorter ones need to be
    announced (“call …”). Dates, years, quantities and ids are left alone.
    """

    def find(self, text: str) -> list[EntitySpan]:
        return [
            EntitySpan(start=start, end=end, kind="PHONE_NUMBER")
            for start, end in _numbers(text)
            if _is_phone(text, start, end)
        ]


def _numbers(text: str) -> Iterator[tuple[int, int]]:
    """Yield what is written as one number: runs of digits without dates, cut where another number begins."""
    for run in _NUMBER.finditer(text):
        start = run.start()
        for date in (*_DATE.finditer(text, run.start(), run.end()), None):
            yield from _cut(text, start, date.start() if date else run.end())
            start = date.end() if date else start


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    if sum(character.isdecimal() for character in text[start:end]) <= _MOST_DIGITS:
        yield _trimmed(text, start, end)
        return
    for gap in (*_BREAKS.finditer(text, start, end), None):
        yield _trimmed(text, start, gap.start() if gap else end)
        start = gap.end() if gap else start


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and not (text[start].isdecimal() or text[start] in "+("):
        start += 1
    while end > start and not text[end - 1].isdecimal():
        end -= 1
    return start, end


def _is_phone(text: str, start: int, end: int) -> bool:
    written = text[start:end]
    digits = "".join(str(int(character)) for character in written if character.isdecimal())
    if not FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS + 2:  # `00` may stand for `+`
        return False
    if "+" in written:
        return True
    if digits[0] == "0":
        return len(digits) > FEWEST_DIGITS
    if _YEARS.fullmatch(written):
        return False
    if _is_announced(text, start):
        return True
    return not _is_amount(written, digits) and (
        len(digits) >= _FEWEST_UNANNOUNCED or _IN_PAIRS.fullmatch(written) is not None
    )


def _is_announced(text: str, start: int) -> bool:
    before = text[max(0, start - _ANNOUNCED_WITHIN_CHARACTERS) : start]
    announcing = _SENTENCE_END.split(before)[-1]
    return _ANNOUNCEMENT.search(announcing) is not None and _OF_A_FILE.search(announcing) is None


def _is_amount(written: str, digits: str) -> bool:
    """Tell whether a number is round, grouped in thousands, or rather a list of small numbers."""
    groups = len(_GROUP.findall(written))
    if digits.endswith("000") or len(digits) <= _FEWEST_DIGITS_IN_A_GROUP * (groups - 1):
        return True
    return len(digits) % 3 != 0 and _WITH_THOUSANDS_SEPARATORS.fullmatch(written) is not None
