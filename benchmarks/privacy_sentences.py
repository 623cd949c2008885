"""
Make labelled sentences: templates of this domain, filled with people, places and numbers made up.

The templates stand in `privacy_templates`, one file a language. Everything is drawn from one seed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from benchmarks.privacy_names import People, Person, declined, written_in
from benchmarks.privacy_numbers import NUMBERS
from qfa_core.pseudonyms import EntitySpan

TEMPLATES = Path(__file__).with_name("privacy_templates")
SCRIPTS = {"ar": "arabic", "ru": "cyrillic", "uk": "cyrillic"}
KINDS = {
    "place": "LOCATION",
    "phone": "PHONE_NUMBER",
    "email": "EMAIL_ADDRESS",
    "iban": "IBAN_CODE",
    "card": "CREDIT_CARD",
    "ip": "IP_ADDRESS",
}
PLACES = {
    "latin": "Freetown|Kenema|Goma|Bukavu|Maiduguri|Cúcuta|Mopti|Conakry|"
    "Kakuma|Kharkiv|Mosul|Idlib|Garissa|Kisumu|Tegucigalpa|"
    "Jalalabad|Cox's Bazar|Port-au-Prince|Rotterdam|Bobo-Dioulasso|Baidoa|Juba|Quetta|Kathmandu",
    "cyrillic": "Харьков|Мариуполь|Одесса|Львів|Херсон|Запоріжжя|Белгород|Кропивницький|Чернігів|"
    "Самара|Алматы|Бишкек",
    "arabic": "حلب|إدلب|صنعاء|تعز|الخرطوم|بغداد|الموصل|غزة|طرابلس|عدن|حمص|درعا",
}
_FIELD = re.compile(r"\{(\w+)(?:\.([gdaip]))?\}")


class Labelled(NamedTuple):
    """A text, what identifies somebody in it, and where it comes from."""

    text: str
    spans: frozenset[EntitySpan]
    language: str
    origin: str
    is_held_out: bool


def sentences(people: People, *, a_language: int, seed: int = 5) -> Iterator[Labelled]:
    """Yield *a_language* sentences of each language, every second one with names held out."""
    for path in sorted(TEMPLATES.glob("*.txt")):
        language = path.stem
        templates = [line for line in path.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
        random = Random(f"{seed} {language}")  # noqa: S311 - test data, to be the same each time
        origins = _origins(people, SCRIPTS.get(language, "latin"))
        for number in range(a_language):
            origin = origins[number // 2 % len(origins)]
            yield _filled(random, random.choice(templates), people, language, origin, bool(number % 2))


def _origins(people: People, script: str) -> list[str]:
    """Return the origins that *script* can write: those native to it make up at least a half."""
    own = [origin for origin, native in people.scripts.items() if native == script]
    others = [
        origin
        for origin, native in people.scripts.items()
        if native != script
        and (native, script) in (("latin", "cyrillic"), ("latin", "arabic"), ("cyrillic", "latin"))
    ]
    return own * max(1, len(others) // len(own)) + others


def _filled(
    random: Random, template: str, people: People, language: str, origin: str, held_out: bool
) -> Labelled:
    gender, bar, rest = template.partition("|")
    genders = gender if bar and gender in "mf" else random.choice("mf")
    text, spans, end = "", [], 0
    template = rest if bar and gender in "mf" else template
    is_held_out = held_out
    for match in _FIELD.finditer(template):
        text += template[end : match.start()]
        end = match.end()
        value, is_held_out = _value(random, match, people, language, origin, genders, held_out)
        kind = KINDS.get(match.group(1), "PERSON")
        spans.append(EntitySpan(start=len(text), end=len(text) + len(value), kind=kind))
        text += value
    return Labelled(text + template[end:], frozenset(spans), language, origin, is_held_out)


def _value(
    random: Random,
    match: re.Match[str],
    people: People,
    language: str,
    origin: str,
    gender: str,
    held_out: bool,
) -> tuple[str, bool]:
    """Return what stands for a field, and whether its names were held out."""
    field, case = match.groups()
    script = SCRIPTS.get(language, "latin")
    if field == "place":
        return random.choice(PLACES[script].split("|")), held_out
    if field in NUMBERS:
        return NUMBERS[field](random), held_out
    person = people.draw(random, origin, gender, held_out=held_out)
    if person is None:
        held_out = not held_out
        person = people.draw(random, origin, gender, held_out=held_out)
    if person is None:
        raise LookupError(origin)
    return _named(written_in(script, person), field, case, language), held_out


def _named(person: Person, field: str, case: str | None, language: str) -> str:
    given, family = person.given, person.family
    if case is not None:
        ukrainian = language == "uk"
        given = declined(given, case, person.gender, is_family=False, ukrainian=ukrainian)
        family = declined(family, case, person.gender, is_family=True, ukrainian=ukrainian)
    full = f"{given} {family}"
    return {
        "full": full,
        "first": given,
        "last": family,
        "lower": full.lower(),
        "lowerfirst": given.lower(),
        "upper": full.upper(),
        "kunya": f"أبو {given}",
        "ummkunya": f"أم {given}",
    }[field]
