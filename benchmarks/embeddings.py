"""
Measure the embedders: time to load, memory, speed, and how well they tell topics apart.

    python -m benchmarks.embeddings [universal-sentence | e5]…

Each model is loaded in a process of its own. Texts are made of the sample's, of about 180 characters.
One core's speed is in processor time, that of two is in time that passes: it wants an idle machine.
How well topics are told apart is how often a sentence lies nearer to one of its own topic than to one
of another, in whatever languages; the sentences stand in `benchmarks/labelled/topics.tsv`.
"""

from __future__ import annotations

import asyncio
import csv
import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import psutil
from rich.console import Console
from rich.table import Table

from qfa_adapters.embed.embedders import e5_embedder, universal_sentence_embedder
from qfa_core.clusters import Embeddings
from qfa_core.ports.embedder import Embedder

TOPICS = Path(__file__).with_name("labelled") / "topics.tsv"
SAMPLE = Path(__file__).parents[1] / "integrations" / "sample" / "feedback.jsonl"
CHARACTERS = 180
SECONDS_BETWEEN_LOOKS = 0.005


class Model(NamedTuple):
    """An embedder to measure, and how many texts take it some ten seconds."""

    embedder: Callable[..., Embedder]
    texts: int


MODELS = {
    "universal-sentence": Model(universal_sentence_embedder, 4_000),
    "e5": Model(e5_embedder, 200),
}


class Sentence(NamedTuple):
    """Something said in a language about a topic."""

    language: str
    topic: str
    text: str


class Speed(NamedTuple):
    """How fast it went, and the 99th percentile of how late the event loop was meanwhile."""

    texts_a_second: float
    texts_a_processor_second: float
    lag_milliseconds: float


class Figures(NamedTuple):
    """What is found out about a model; *separation* by language."""

    load_seconds: float
    megabytes: float
    one_core: Speed
    two_cores: Speed
    separation: dict[str, float]


def main(names: Sequence[str]) -> None:
    """Print a table with a column a model."""
    figures = {name: _in_a_process_of_its_own(name) for name in names or MODELS}
    table = Table("", *(figures))
    for label, value in _rows():
        table.add_row(label, *(value(found) for found in figures.values()))
    for language in next(iter(figures.values())).separation:
        table.add_row(
            f"tells apart, {language}", *(f"{found.separation[language]:.2f}" for found in figures.values())
        )
    Console().print(table)


def _rows() -> Iterator[tuple[str, Callable[[Figures], str]]]:
    yield "load, s", lambda found: f"{found.load_seconds:.1f}"
    yield "memory, MB", lambda found: f"{found.megabytes:.0f}"
    yield "texts/s, one core", lambda found: f"{found.one_core.texts_a_processor_second:.0f}"
    yield "texts/s, two cores", lambda found: f"{found.two_cores.texts_a_second:.0f}"
    yield "event loop late by, p99 ms", lambda found: f"{found.two_cores.lag_milliseconds:.0f}"


def _in_a_process_of_its_own(name: str) -> Figures:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as processes:
        return processes.submit(_measure, name).result()


def _measure(name: str) -> Figures:
    return asyncio.run(_figures(MODELS[name]))


async def _figures(model: Model) -> Figures:
    one, two = model.embedder(workers=1), model.embedder(workers=2)
    before = psutil.Process().memory_info().rss
    started = time.perf_counter()
    await one.check()
    load_seconds = time.perf_counter() - started
    one_core = await _speed(one, model.texts // 2)
    after = psutil.Process().memory_info().rss
    await two.check()
    two_cores = await _speed(two, model.texts)
    sentences = read_topics()
    vectors = await two.embed([sentence.text for sentence in sentences])
    return Figures(load_seconds, (after - before) / 1e6, one_core, two_cores, separation(sentences, vectors))


async def _speed(embedder: Embedder, count: int) -> Speed:
    texts = _texts(count)
    lags: list[float] = []
    watching = asyncio.create_task(_watch(lags))
    started, processor_started = time.perf_counter(), time.process_time()
    await embedder.embed(texts)
    seconds, processor_seconds = time.perf_counter() - started, time.process_time() - processor_started
    watching.cancel()
    return Speed(count / seconds, count / processor_seconds, 1000 * sorted(lags)[len(lags) * 99 // 100])


async def _watch(lags: list[float]) -> None:
    """Note how late the event loop comes back, until cancelled."""
    while True:
        due = time.perf_counter() + SECONDS_BETWEEN_LOOKS
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        lags.append(time.perf_counter() - due)


def _texts(count: int) -> list[str]:
    """Return *count* texts in the sample's languages, none like another."""
    chance = random.Random(180)  # noqa: S311, no secret
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    words = [json.loads(line)["content"].split() for line in lines if line]
    return [_text(chance, words) for _ in range(count)]


def _text(chance: random.Random, words: Sequence[list[str]]) -> str:
    text = " ".join(chance.choice(words) + chance.choice(words) + chance.choice(words))
    start = chance.randrange(60)
    return text[start : start + int(chance.gauss(CHARACTERS, CHARACTERS / 4))]


def read_topics() -> list[Sentence]:
    """Return the labelled sentences: every language says the same."""
    with TOPICS.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t")
        return [Sentence(row["language"], row["topic"], row["sentence"]) for row in rows]


def separation(sentences: Sequence[Sentence], vectors: Embeddings) -> dict[str, float]:
    """
    Return, by language, how often its sentences lie nearer to one of their topic than to one of another.

    The others are in all languages. 0.5 is chance, 1 is always: models can be compared, as cosines cannot.
    """
    placed = list(zip(sentences, vectors.rows(), strict=True))
    nearer: dict[str, list[bool]] = {sentence.language: [] for sentence in sentences}
    for sentence, vector in placed:
        others = [(other.topic, _cosine(vector, place)) for other, place in placed if other is not sentence]
        same = [cosine for topic, cosine in others if topic == sentence.topic]
        different = [cosine for topic, cosine in others if topic != sentence.topic]
        nearer[sentence.language] += [one > two for one in same for two in different]
    return {language: fmean(answers) for language, answers in nearer.items()}


def _cosine(one: Sequence[float], two: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, two, strict=True))


if __name__ == "__main__":
    main(sys.argv[1:])
