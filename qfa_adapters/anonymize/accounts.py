"""Recognising bank accounts and payment cards."""

from __future__ import annotations

import re

from qfa_adapters.anonymize.recogniser import Recogniser
from qfa_core.pseudonyms import EntitySpan

_CARD = re.compile(
    r"(?<![\w-])(?:\d{4}([ -]?)\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|\d{4}([ -])\d{6}\2\d{5}|\d{13,19})(?![\w])"
)
_IBAN_START = re.compile(r"(?<!\w)[A-Za-z]{2}[0-9]{2}(?=[ -]?[A-Za-z0-9])")
_IBAN_REST = re.compile(r"[A-Za-z0-9]++(?:[ -][A-Za-z0-9]++)*+")
_LONGEST_IBAN_WRITTEN = 34 + 17
# By country: the registry of ISO 13616, and the countries that use the format without being in it.
_COUNTRIES_BY_IBAN_LENGTH = {
    15: "NO",
    16: "BE",
    18: "DK FI FK FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "AO CV GW LY MZ PT ST",
    26: "DZ IR IS TR",
    27: "BI CF CG CM DJ FR GA GQ GR IT KM MC MG MR SM TD",
    28: "AL AZ BF BJ BY CI CY DO GT HN HU LB MA ML NE NI PL SN SV TG",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
_IBAN_LENGTHS = {
    country: length for length, listed in _COUNTRIES_BY_IBAN_LENGTH.items() for country in listed.split()
}
_LEAST_SHARE_OF_DIGITS = 0.5


class CardRecogniser(Recogniser):
    """Finds payment cards: 13 to 19 digits, plain or grouped as on cards, that pass Luhn's check."""

    def find(self, text: str) -> list[EntitySpan]:
        return [
            EntitySpan(start=match.start(), end=match.end(), kind="CREDIT_CARD")
            for match in _CARD.finditer(text)
            if _passes_luhn([int(digit) for digit in match.group(0) if digit.isdecimal()])
        ]


def _passes_luhn(digits: list[int]) -> bool:
    """Check the last digit (ISO/IEC 7812-1, annex B); a row of one digit is no card."""
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0 and len(set(digits)) > 1


class IbanRecogniser(Recogniser):
    """
    Finds international bank account numbers, with or without spaces, in either case.

    The length of the country is what counts, not the check digits: a number with a slip of
    the pen still leads to its owner.
    """

    def find(self, text: str) -> list[EntitySpan]:
        return [
            EntitySpan(start=match.start(), end=end, kind="IBAN_CODE")
            for match in _IBAN_START.finditer(text)
            if (end := _end_of_iban(text, match.start())) is not None
        ]


def _end_of_iban(text: str, start: int) -> int | None:
    """Return where the IBAN that begins at *start* ends, None if there is none of that country's length."""
    length = _IBAN_LENGTHS.get(text[start : start + 2].upper())
    written = _IBAN_REST.match(text, start, start + _LONGEST_IBAN_WRITTEN)
    if length is None or written is None:
        return None
    positions = [at for at in range(start, written.end()) if text[at].isalnum()][:length]
    end = positions[-1] + 1
    digits = sum(text[at].isdigit() for at in positions)
    is_whole = len(positions) == length and not text[end : end + 1].isalnum()
    return end if is_whole and digits >= _LEAST_SHARE_OF_DIGITS * length else None
