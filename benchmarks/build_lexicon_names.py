"""
Draw the names of `benchmarks/names.tsv` from Faker (MIT), in the environment of `build_lexicon`.

    PYTHONPATH=. /tmp/lexicon/bin/python -m benchmarks.build_lexicon_names

One line an origin, part (given, family) and gender (m, f, u: either); the names stand in the script of
the origin. `names_more.tsv` beside it has the same form, and origins that Faker lacks; it is written by hand.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

from qfa_adapters.anonymize.folding import fold

ORIGINS = (
    "en_GB en_IE en_US en_IN en_KE en_NG en_PK fr_FR fr_DZ fr_BE es_ES es_MX es_CO es_AR pt_BR nl_NL nl_BE "
    "de_DE it_IT ro_RO hr_HR tr_TR az_AZ uz_UZ id_ID sw tw_GH yo_NG ha_NG ig_NG zu_ZA sv_SE ru_RU uk_UA "
    "bg_BG ar_AA ar_DZ ar_PS fa_IR"
)
SCRIPTS = {"ru_RU": "cyrillic", "uk_UA": "cyrillic", "bg_BG": "cyrillic", "fa_IR": "arabic"}
ATTRIBUTES = {
    ("given", "m"): ("first_names_male",),
    ("given", "f"): ("first_names_female",),
    ("given", "u"): ("first_names",),
    ("family", "m"): ("last_names_male",),
    ("family", "f"): ("last_names_female",),
    ("family", "u"): ("last_names",),
}
MOST = 60
SHORTEST = 3


def main() -> None:
    """Write the file anew."""
    lines = ["# Source: Faker's person providers, https://github.com/joke2k/faker, MIT."]
    for origin in ORIGINS.split():
        script = "arabic" if origin.startswith("ar_") else SCRIPTS.get(origin, "latin")
        for part, gender, names in drawn(origin):
            lines.append("\t".join((origin, script, part, gender, "|".join(names))))
    path = Path(__file__).with_name("names.tsv")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def drawn(origin: str) -> Iterator[tuple[str, str, list[str]]]:
    """Yield part, gender and names, evenly taken over the provider's list."""
    provider = importlib.import_module(f"faker.providers.person.{origin}").Provider
    for (part, gender), attributes in ATTRIBUTES.items():
        by_gender = ATTRIBUTES[part, "m"][0]
        if (gender == "u") == hasattr(provider, by_gender):
            continue
        names = [name for attribute in attributes for name in getattr(provider, attribute, ())]
        plain = list(dict.fromkeys(filter(is_plain, names)))
        if len(plain) > 1:
            yield part, gender, plain[:: max(1, len(plain) // MOST)][:MOST]


def is_plain(name: str) -> bool:
    """Tell whether a name is written as people write it, and long enough to be told from initials."""
    return len(fold(name)) >= SHORTEST and name[0].isalpha() and not set(name) & set(".,")


if __name__ == "__main__":
    main()
