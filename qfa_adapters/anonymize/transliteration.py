"""The consonants of a name, by which its spellings in Latin and in Arabic letters meet."""

from __future__ import annotations

from itertools import groupby

FEWEST_CONSONANTS = 4
_PAIRS = (
    ("sh", "š"),
    ("ch", "š"),
    ("c", "k"),
    ("kh", "k"),
    ("gh", "j"),
    ("th", "t"),
    ("dh", "d"),
    ("ph", "f"),
    ("x", "ks"),
)
_DROPPED = "aeiouyw'-اويىءعةئؤآأإی"
_CODES = str.maketrans("pvgqتطثجحخدضذرزظسصشغفقكلمنبهپچژگڤک", "bfjktttjhkdddrzzssšjfkklmnbhbšjjfk", _DROPPED)


def consonants(key: str) -> str:
    """
    Return the consonants of a folded Latin or Arabic word in one code, without doubles or a final h.

    Coarse on purpose: each language writes another's sounds in its own way.
    """
    if key.isascii():
        for pair, code in _PAIRS:
            key = key.replace(pair, code)
    coded = key.translate(_CODES).rstrip("h")
    return "".join(code for code, _ in groupby(coded))
