"""The clusterer as the core sees it: a process that answers, fails, is cancelled or loses its service."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys

import numpy as np
import psutil
import pytest

from qfa_adapters.cluster.scikit_learn_clusterer import ScikitLearnClusterer
from qfa_core.clusters import Clustering, Embeddings
from qfa_core.errors import ClustererUnavailable
from tests.adapters.buffer.waiting import until
from tests.adapters.cluster.vectors import Vectors, anywhere, around

ANSWER_IN_A_FRESH_PROCESS = """
import asyncio, hashlib, sys
from qfa_adapters.cluster.scikit_learn_clusterer import ScikitLearnClusterer
from qfa_core.clusters import Embeddings
embeddings = Embeddings(dimensions=int(sys.argv[1]), values=sys.stdin.buffer.read())
print(asyncio.run(ScikitLearnClusterer().cluster(embeddings, min_size=5)))
print(*{"numpy", "scipy", "sklearn"} & set(sys.modules), file=sys.stderr)
"""


def embedded(vectors: Vectors) -> Embeddings:
    return Embeddings(dimensions=vectors.shape[1], values=vectors.tobytes())


def workers(process: psutil.Process | None = None) -> list[psutil.Process]:
    """Return the workers of *process*, of this one if not told."""
    children = (process or psutil.Process()).children()
    return [child for child in children if "qfa_adapters.cluster.worker" in command_of(child)]


def command_of(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


async def test_texts_of_one_theme_are_in_one_cluster_the_largest_first() -> None:
    themes = [0] * 30 + [1] * 50 + [2] * 40
    result = await ScikitLearnClusterer().cluster(embedded(around(themes, 64)), min_size=5)

    assert result.labels == (2,) * 30 + (0,) * 50 + (1,) * 40
    assert [{result.labels[text] for text in own} for own in result.exemplars] == [{0}, {1}, {2}]


@pytest.mark.parametrize(("count", "min_size"), [(0, 5), (0, 1), (4, 5)])
async def test_fewer_vectors_than_a_cluster_needs_make_none(count: int, min_size: int) -> None:
    vectors = anywhere(count, 8) if count else np.empty((0, 0), np.float32)
    result = await ScikitLearnClusterer().cluster(embedded(vectors), min_size=min_size)

    assert result == Clustering(labels=(None,) * count, exemplars=())


async def test_vectors_that_are_all_alike_make_one_cluster() -> None:
    alike = np.repeat(anywhere(1, 512), 100, axis=0)

    result = await ScikitLearnClusterer().cluster(embedded(alike), min_size=5)

    assert result == Clustering(labels=(0,) * 100, exemplars=((0,),))


def test_the_service_itself_never_imports_what_takes_seconds() -> None:
    command = [sys.executable, "-c", ANSWER_IN_A_FRESH_PROCESS, "64"]
    service = subprocess.run(command, input=anywhere(10, 64).tobytes(), capture_output=True, check=True)

    assert service.stderr.split() == []


def test_the_same_vectors_give_the_same_clusters_in_every_process() -> None:
    vectors = anywhere(1_500, 64)
    command = [sys.executable, "-c", ANSWER_IN_A_FRESH_PROCESS, "64"]
    answers = {
        subprocess.run(
            command, input=vectors.tobytes(), capture_output=True, check=True, env=environment
        ).stdout
        for environment in ({"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2", "OMP_NUM_THREADS": "2"})
    }

    assert len(answers) == 1


async def test_concurrent_questions_get_the_answers_of_their_own() -> None:
    clusterer = ScikitLearnClusterer()
    counts = [10, 20]

    results = await asyncio.gather(
        *(clusterer.cluster(embedded(anywhere(count, 8)), min_size=5) for count in counts)
    )

    assert [len(result.labels) for result in results] == counts


async def test_a_check_that_was_passed_once_is_passed_at_once_from_then_on() -> None:
    clusterer = ScikitLearnClusterer()
    await clusterer.check()
    again = asyncio.create_task(clusterer.check())
    await asyncio.sleep(0)

    assert again.done()


@pytest.mark.parametrize("python", ["/nonexistent/python", "/bin/false", "/bin/echo"])
async def test_without_a_worker_that_answers_the_clusterer_is_unavailable(python: str) -> None:
    clusterer = ScikitLearnClusterer(python=python)

    with pytest.raises(ClustererUnavailable) as caught:
        await clusterer.check()
    with pytest.raises(ClustererUnavailable):
        await clusterer.cluster(embedded(anywhere(5_000, 64)), min_size=5)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


async def test_what_the_library_dies_of_is_logged_by_its_name_alone(caplog: pytest.LogCaptureFixture) -> None:
    impossible = np.full((100, 8), np.nan, np.float32)
    impossible[0] = 4711.0

    with caplog.at_level(logging.DEBUG), pytest.raises(ClustererUnavailable):
        await ScikitLearnClusterer().cluster(embedded(impossible), min_size=5)

    own_lines = [record.getMessage() for record in caplog.records if record.name.startswith("qfa")]
    assert own_lines == ["The clusterer failed with ValueError."]


async def test_a_worker_that_is_killed_makes_the_clusterer_unavailable() -> None:
    asking = asyncio.create_task(ScikitLearnClusterer().cluster(embedded(anywhere(8_000, 64)), min_size=5))
    await until(lambda: bool(workers()))
    workers()[0].kill()

    with pytest.raises(ClustererUnavailable):
        await asking


async def test_a_cancelled_question_leaves_no_worker() -> None:
    asking = asyncio.create_task(ScikitLearnClusterer().cluster(embedded(anywhere(8_000, 64)), min_size=5))
    await until(lambda: bool(workers()))
    asking.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asking
    assert workers() == []


async def test_a_worker_gives_way_to_the_service_and_inherits_none_of_its_secrets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LLM_API_KEY", "canary")
    asking = asyncio.create_task(ScikitLearnClusterer().cluster(embedded(anywhere(8_000, 64)), min_size=5))
    await until(lambda: any(worker.nice() > psutil.Process().nice() for worker in workers()))
    environment = workers()[0].environ()
    asking.cancel()
    await asyncio.wait([asking])

    assert "canary" not in environment.values()


async def test_a_worker_ends_with_its_service() -> None:
    service = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", ANSWER_IN_A_FRESH_PROCESS, "64"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )
    assert service.stdin
    service.stdin.write(anywhere(8_000, 64).tobytes())
    service.stdin.write_eof()
    await until(lambda: bool(workers(psutil.Process(service.pid))))
    (worker,) = workers(psutil.Process(service.pid))
    service.kill()
    await service.wait()

    await until(lambda: has_ended(worker))


def has_ended(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE  # nobody may be there to bury an orphan
    except psutil.NoSuchProcess:
        return True
