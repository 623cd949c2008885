"""Names of people by origin, and how other scripts and grammatical cases write them."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Container
from pathlib import Path
from random import Random
from typing import NamedTuple

from qfa_adapters.anonymize.folding import fold

FILES = ("names.tsv", "names_more.tsv")
HELD_OUT_OF_TEN = 3
CONSONANTS_CYRILLIC = "бвгджзклмнпрстфхцчшщ"
# Longest first: "shch" before "sh".
_TO_CYRILLIC = (
    "shch щ|sch ш|zh ж|kh х|gh г|dh д|th т|ph ф|ch ч|sh ш|ts ц|yu ю|ya я|yo ё|ye е|ck к|qu кв|ou у|oo у|ee и|"
    "ij ей|x кс|q к|w в|j дж|y и|c к|a а|b б|d д|e е|f ф|g г|h х|i и|k к|l л|m м|n н|o о|p п|r р|s с|t т|u у|"
    "v в|z з|' "
)
_TO_ARABIC = (
    "sh ش|kh خ|gh غ|dh ذ|th ث|ch تش|ou و|oo و|ee ي|ai اي|ei اي|aa ا|ii ي|uu و|a ا|b ب|c ك|d د|e ي|f ف|g غ|"
    "h ه|i ي|j ج|k ك|l ل|m م|n ن|o و|p ب|q ق|r ر|s س|t ت|u و|v ف|w و|x كس|y ي|z ز|' "
)
_TO_LATIN = (
    "щ shch|ж zh|х kh|ц ts|ч ch|ш sh|ю yu|я ya|ё yo|є ye|ї yi|й y|а a|б b|в v|г g|ґ g|д d|е e|з z|и y|і i|"
    "к k|л l|м m|н n|о o|п p|р r|с s|т t|у u|ф f|ь |ъ |ы y|э e|' "
)

_DOUBLED = re.compile(r"([b-df-hj-np-tv-z])\1")


class Person(NamedTuple):
    """Somebody made up: names in the script of the origin."""

    origin: str
    script: str
    given: str
    family: str
    gender: str


class People:
    """
    Draws people of each origin: names that *listed* holds, or names it does not hold.

    Names are spread by a hash of their letters; those that *listed* lacks anyway count as held out.
    """

    def __init__(self, listed: Container[str]) -> None:
        self._names: dict[tuple[str, str, str, bool], list[str]] = defaultdict(list)
        self.scripts: dict[str, str] = {}
        for name_of_file in FILES:
            for line in Path(__file__).with_name(name_of_file).read_text(encoding="utf-8").splitlines():
                if not line.startswith("#"):
                    self._add(line, listed)

    def _add(self, line: str, listed: Container[str]) -> None:
        origin, script, part, gender, names = line.split("\t")
        self.scripts[origin] = script
        for name in names.split("|"):
            is_held_out = not any(word in listed for word in words_of(name))
            for gender_of_name in gender.replace("u", "mf"):
                self._names[origin, part, gender_of_name, is_held_out].append(name)

    def draw(self, random: Random, origin: str, gender: str, *, held_out: bool) -> Person | None:
        """Return a person, None if the origin has no such names."""
        given = self._names.get((origin, "given", gender, held_out))
        family = self._names.get((origin, "family", gender, held_out))
        if not given or not family:
            return None
        return Person(origin, self.scripts[origin], random.choice(given), random.choice(family), gender)


def words_of(name: str) -> list[str]:
    """Return the words of a name, folded, as the lexicon holds them."""
    return [word for word in fold(name).replace("-", " ").split() if len(word) > 2] or [fold(name)]


def is_held_out(word: str) -> bool:
    """Tell whether the folded *word* is among the three of ten names that are kept from the lexicon."""
    return hashlib.blake2s(word.encode()).digest()[0] % 10 < HELD_OUT_OF_TEN


def written_in(script: str, person: Person) -> Person:
    """Return *person* with names in *script*, letter by letter where the origin has another."""
    if script == person.script:
        return person
    if script == "latin" and person.script == "arabic":
        raise ValueError("Arabic leaves its short vowels out")
    table = {"latin": _TO_LATIN, "cyrillic": _TO_CYRILLIC, "arabic": _TO_ARABIC}[script]
    return person._replace(given=_spelled(person.given, table), family=_spelled(person.family, table))


def _spelled(name: str, table: str) -> str:
    target_is_arabic = table is _TO_ARABIC
    pairs = [tuple(entry.split(" ")) for entry in table.split("|")]
    folded, spelled, at = _DOUBLED.sub(r"\1", fold(name)) if target_is_arabic else fold(name), "", 0
    while at < len(folded):
        for source, target in pairs:
            if folded.startswith(source, at):
                spelled += target
                at += len(source)
                break
        else:
            spelled += folded[at]
            at += 1
    if target_is_arabic and folded[0] in "eiou":
        spelled = "أ" + spelled
    return spelled.title() if spelled[0].isupper() or spelled[0] < "\u0590" else spelled


def declined(name: str, case: str, gender: str, *, is_family: bool, ukrainian: bool) -> str:
    """Return a Cyrillic name in *case* (g, d, a, i, p); what does not decline comes back as it is."""
    ending = name[-1]
    if is_family and gender == "f":
        return _feminine_family(name, case, ukrainian=ukrainian)
    if is_family and name.endswith(("ов", "ев", "ёв", "єв", "їв", "ин", "ін", "їн")):
        stem = {"ів": "ов"}.get(name[-2:], name[-2:]).join((name[:-2], ""))
        endings = {"g": "а", "d": "у", "a": "а", "p": "і" if ukrainian else "е"}
        return stem + (endings | {"i": "им" if ukrainian else "ым"})[case]
    if name.endswith(("ский", "цкий", "ський", "цький")):
        endings = {"g": "ого", "d": "ому", "a": "ого", "i": "им", "p": "ому" if ukrainian else "ом"}
        return name[:-2] + endings[case]
    if ending in "ая" and not (is_family and ending == "я"):
        return _first_declension(name, case, ukrainian=ukrainian)
    if gender == "m" and ending in CONSONANTS_CYRILLIC:
        endings = {"g": "а", "d": "у", "a": "а", "i": "ом", "p": "ові" if ukrainian else "е"}
        return name + endings[case]
    if gender == "m" and ending in "йь":
        endings = {
            "g": "я",
            "d": "ю",
            "a": "я",
            "i": "єм" if ukrainian else "ем",
            "p": "ю" if ukrainian else "е",
        }
        return name[:-1] + endings[case]
    return name


def _feminine_family(name: str, case: str, *, ukrainian: bool) -> str:
    if name.endswith(("ова", "ева", "ёва", "єва", "їва", "ина", "іна", "їна")):
        endings = {"g": "ої", "d": "ій", "a": "у", "i": "ою", "p": "ій"}
        return name[:-1] + (endings[case] if ukrainian else {"a": "у"}.get(case, "ой"))
    if name.endswith("ая"):
        return name[:-2] + {"a": "ую"}.get(case, "ой")
    return name


def _first_declension(name: str, case: str, *, ukrainian: bool) -> str:
    soft = name[-1] == "я"
    if ukrainian:
        endings = {"g": "ї" if soft else "и", "d": "ї" if soft else "і", "a": "ю" if soft else "у"}
        endings |= {"i": "єю" if soft else "ою", "p": "ї" if soft else "і"}
    else:
        is_iya = name.endswith("ия")
        endings = {"g": "и" if soft or name[-2] in "гкхжчшщ" else "ы", "d": "и" if is_iya else "е"}
        endings |= {"a": "ю" if soft else "у", "i": "ей" if soft else "ой", "p": "и" if is_iya else "е"}
    return name[:-1] + endings[case]
