"""How well and how fast vectors are clustered, and who waits meanwhile: `python -m benchmarks.clusters`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress

import msgspec
import numpy as np
import numpy.typing as npt
import psutil
from rich.console import Console
from rich.table import Table
from sklearn.metrics import adjusted_mutual_info_score

from qfa_adapters.cluster.scikit_learn_clusterer import ScikitLearnClusterer
from qfa_core.clusters import Clustering, Embeddings

COUNTS = (1_000, 5_000, 20_000, 100_000)
DIMENSIONS = 512
THEMES = 40
STRAY = 0.1  # the share of vectors that belong to no theme
SPREAD = 1.3  # how far vectors lie from their direction: a cosine of about 0.6
MIN_SIZE = 5
TICK_SECONDS = 0.005
MEGABYTE = 1024**2


class Meanwhile(msgspec.Struct, kw_only=True):
    """What happened to the event loop and to memory while something was under way."""

    lags: list[float] = []
    peak_bytes: int = 0

    @property
    def p99_milliseconds(self) -> float:
        return 1000 * sorted(self.lags)[len(self.lags) * 99 // 100]


async def main() -> None:
    """Print a line a number of vectors."""
    table = Table("vectors", "seconds", "clusters", "without", "AMI", "peak MB", "p99 lag ms", "max lag ms")
    for column in table.columns:
        column.justify = "right"
    for count in COUNTS:
        table.add_row(f"{count:,}", *await _measure(count))
    Console().print(table)


async def _measure(count: int) -> Iterator[str]:
    values, truth = _mixture(count, np.random.default_rng(count))
    embeddings = Embeddings(dimensions=DIMENSIONS, values=values.tobytes())
    del values
    meanwhile = Meanwhile()
    watching = asyncio.create_task(_watch(meanwhile))
    started = time.perf_counter()
    clustering = await ScikitLearnClusterer().cluster(embeddings, min_size=MIN_SIZE)
    seconds = time.perf_counter() - started
    watching.cancel()
    found = np.array([-1 if label is None else label for label in clustering.labels])
    return iter(
        (
            f"{seconds:.1f}",
            str(len(clustering.exemplars)),
            f"{_share_without(clustering):.0%}",
            f"{adjusted_mutual_info_score(truth, found):.2f}",
            f"{meanwhile.peak_bytes / MEGABYTE:.0f}",
            f"{meanwhile.p99_milliseconds:.1f}",
            f"{1000 * max(meanwhile.lags):.1f}",
        )
    )


def _mixture(count: int, rng: np.random.Generator) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """Return vectors around directions, some more popular than others, and whose each is; -1 for strays."""
    directions = _unit(rng.standard_normal((THEMES, DIMENSIONS), np.float32))
    popularity = 1 / np.sqrt(np.arange(1, THEMES + 1))
    themes = rng.choice(THEMES, count, p=popularity / popularity.sum())
    vectors = SPREAD * _unit(rng.standard_normal((count, DIMENSIONS), np.float32))
    strays = rng.random(count) < STRAY
    vectors[~strays] += directions[themes[~strays]]
    return _unit(vectors), np.where(strays, -1, themes)


def _unit(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def _share_without(clustering: Clustering) -> float:
    return clustering.labels.count(None) / len(clustering.labels)


async def _watch(meanwhile: Meanwhile) -> None:
    """Note how late the loop comes to its ticks, and what memory worker and service take beyond before."""
    service = psutil.Process()
    before = service.memory_info().rss
    worker = None
    while True:
        started = time.perf_counter()
        await asyncio.sleep(TICK_SECONDS)
        meanwhile.lags.append(time.perf_counter() - started - TICK_SECONDS)
        worker = worker or next(iter(service.children()), None)
        with suppress(psutil.NoSuchProcess):
            taken = service.memory_info().rss - before + (worker.memory_info().rss if worker else 0)
            meanwhile.peak_bytes = max(meanwhile.peak_bytes, taken)


if __name__ == "__main__":
    asyncio.run(main())
