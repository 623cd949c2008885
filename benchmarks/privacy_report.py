"""
Measure what is found of people, places and numbers in sentences made from templates, and how fast.

    python -m benchmarks.privacy_report [--show-errors LANGUAGE]

Names come from seventy origins. The recogniser that is measured lacks three of ten listed names, and every
second sentence holds only names that it does not list. Time is processor time, of one core.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import time
from collections import Counter
from collections.abc import Sequence

from benchmarks.privacy import LABELLED, print_table, read_sentences, score
from benchmarks.privacy_names import People, is_held_out
from benchmarks.privacy_score import Tallies, tally
from benchmarks.privacy_sentences import Labelled, sentences
from qfa_adapters.anonymize.lexicon import Lexicon, Sense
from qfa_adapters.anonymize.lexicon_anonymizer import LexiconAnonymizer
from qfa_adapters.anonymize.recogniser import Recogniser
from qfa_adapters.anonymize.recognisers import load_recognisers

SENTENCES_A_LANGUAGE = 3_000
_CHARACTERS_A_RECORD = 300
_RECORDS = 2_000
_NAPS_SECONDS = 0.005
_NAMES = (Sense.GIVEN, Sense.FAMILY, Sense.EITHER)


def main() -> None:
    """Print the tables, by hand and made, then speed, memory and how long an event loop waits."""
    before = _megabytes()
    started = time.process_time()
    recognisers = load_recognisers()
    loaded = f"loaded in {time.process_time() - started:.2f} s, {_megabytes() - before:.0f} MB"
    for path in sorted(LABELLED.glob("*.txt")):
        print_table(path.stem, score(list(read_sentences(path)), recognisers))
    corpus, reduced = corpus_and_recognisers(SENTENCES_A_LANGUAGE)
    errors: Counter[str] = Counter()
    print_tallies(tally(corpus, reduced, errors=errors))
    if "--show-errors" in sys.argv:
        language = sys.argv[sys.argv.index("--show-errors") + 1]
        print(*(error for error in errors if error.split()[1] == language), sep="\n")
    records = _records(corpus)
    print(loaded)
    print(
        f"{records_a_second(records, recognisers):,.0f} records of {_CHARACTERS_A_RECORD} characters a second"
    )
    lags = sorted(asyncio.run(lags_seconds(records, recognisers)))
    print(
        f"the event loop waited {1000 * lags[int(0.99 * len(lags))]:.0f} ms at the 99th percentile meanwhile"
    )


def corpus_and_recognisers(a_language: int) -> tuple[list[Labelled], Sequence[Recogniser]]:
    """Return the sentences, and recognisers whose lexicon lacks the names held out."""
    lexicon = Lexicon.load(without=is_held_out)
    listed = lexicon.family.union(word for word, sense in lexicon.senses.items() if sense in _NAMES)
    return list(sentences(People(listed), a_language=a_language)), load_recognisers(lexicon)


def print_tallies(tallies: Tallies) -> None:
    """Print one line a row, a blank one between groups."""
    last = ""
    for (group, value), row in sorted(tallies.items()):
        if group != last:
            print(f"\n{group:32} labels  recall  precision     F2")
        last = group
        print(f"  {value:30} {row.labels:6}  {row.recall:6.3f}  {row.precision:9.3f}  {row.f2:5.3f}")
    print()


def _records(corpus: Sequence[Labelled]) -> list[str]:
    text = " ".join(one.text for one in corpus)
    step = max(1, (len(text) - _CHARACTERS_A_RECORD) // _RECORDS)
    return [text[start : start + _CHARACTERS_A_RECORD] for start in range(0, step * _RECORDS, step)]


def records_a_second(records: Sequence[str], recognisers: Sequence[Recogniser]) -> float:
    """Return how many records one core pseudonymises a second, everything included."""
    started = time.process_time()
    asyncio.run(LexiconAnonymizer(lambda: recognisers).anonymize(records))
    return len(records) / (time.process_time() - started)


async def lags_seconds(records: Sequence[str], recognisers: Sequence[Recogniser]) -> list[float]:
    """Return by how much naps of a few milliseconds are overslept while *records* are pseudonymised."""
    task = asyncio.create_task(LexiconAnonymizer(lambda: recognisers).anonymize(records))
    lags: list[float] = []
    while not task.done():
        started = time.perf_counter()
        await asyncio.sleep(_NAPS_SECONDS)
        lags.append(time.perf_counter() - started - _NAPS_SECONDS)
    await task
    return lags


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
