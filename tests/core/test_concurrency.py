from __future__ import annotations

import asyncio

import pytest

from qfa_core.errors import LLMRejected, LLMTimeout, QFAError
from qfa_core.use_cases.concurrency import decide_ahead, run_all
from tests.core.asking import leaving_nothing_running


class Waiting:
    """A step that waits until *go* is set, and knows how it ended."""

    def __init__(self, result: int = 0) -> None:
        self.go = asyncio.Event()
        self.started = asyncio.Event()
        self.ended = ""
        self._result = result

    async def __call__(self) -> int:
        self.started.set()
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0)  # cleaning up takes a moment, as closing a connection does
            self.ended = "cancelled"
            raise
        self.ended = "done"
        return self._result


async def give(value: int) -> int:
    return value


async def fail(error: Exception) -> int:
    raise error


async def test_results_come_in_the_order_of_what_was_asked() -> None:
    first, second = Waiting(1), Waiting(2)
    running = asyncio.create_task(run_all([first(), second()]))
    await asyncio.gather(first.started.wait(), second.started.wait())
    second.go.set()
    first.go.set()

    assert await running == [1, 2]
    assert await run_all([]) == []


async def test_the_first_error_is_raised_plain_and_nothing_is_left_running() -> None:
    error, others = LLMRejected(), [Waiting(), Waiting()]
    with leaving_nothing_running(), pytest.raises(LLMRejected) as raised:
        await run_all([others[0](), fail(error), others[1]()])

    assert raised.value is error
    assert raised.value.__cause__ is None
    assert [other.ended for other in others] == ["cancelled", "cancelled"]


async def test_a_caller_that_leaves_cancels_everything() -> None:
    steps, decision, ahead = [Waiting(), Waiting()], Waiting(), Waiting()
    both = run_all(step() for step in steps)
    deciding = decide_ahead(decision(), ahead, goes_on=bool)
    with leaving_nothing_running():
        running = [asyncio.create_task(both), asyncio.create_task(deciding)]
        await asyncio.gather(*(step.started.wait() for step in (*steps, decision, ahead)))
        for task in running:
            task.cancel()
        await asyncio.wait(running)

    assert all(task.cancelled() for task in running)
    assert [step.ended for step in (*steps, decision, ahead)] == ["cancelled"] * 4


async def test_the_next_step_runs_while_the_decision_is_being_made() -> None:
    decision, ahead = Waiting(1), Waiting(2)
    running = asyncio.create_task(decide_ahead(decision(), ahead, goes_on=bool))
    await asyncio.gather(decision.started.wait(), ahead.started.wait())
    decision.go.set()
    ahead.go.set()

    assert await running == (1, 2)


async def test_a_no_cancels_the_next_step_and_waits_until_it_is_gone() -> None:
    decision, ahead = Waiting(0), Waiting()
    running = asyncio.create_task(decide_ahead(decision(), ahead, goes_on=bool))
    await ahead.started.wait()
    decision.go.set()

    assert await running == (0, None)
    assert ahead.ended == "cancelled"


async def test_a_no_drops_the_next_steps_error() -> None:
    assert await decide_ahead(give(0), lambda: fail(LLMRejected()), goes_on=bool) == (0, None)
    decision = Waiting(0)
    running = asyncio.create_task(decide_ahead(decision(), lambda: fail(LLMRejected()), goes_on=bool))
    await decision.started.wait()
    decision.go.set()

    assert await running == (0, None)


async def test_a_no_drops_what_the_next_step_found() -> None:
    decision = Waiting(0)
    running = asyncio.create_task(decide_ahead(decision(), lambda: give(2), goes_on=bool))
    await decision.started.wait()
    decision.go.set()

    assert await running == (0, None)


async def test_an_error_of_the_next_step_waits_for_the_decision_and_is_raised_on_a_yes() -> None:
    error, decision = LLMTimeout(), Waiting(1)
    running = asyncio.create_task(decide_ahead(decision(), lambda: fail(error), goes_on=bool))
    await decision.started.wait()
    decision.go.set()
    with pytest.raises(LLMTimeout) as raised:
        await running

    assert raised.value is error


@pytest.mark.parametrize("error", [LLMRejected(), QFAError(), KeyError("a bug")])
async def test_an_error_of_the_decision_is_raised_plain_and_cancels_the_next_step(error: Exception) -> None:
    async def decide() -> int:
        await ahead.started.wait()
        raise error

    ahead = Waiting()
    with leaving_nothing_running(), pytest.raises(type(error)) as raised:
        await decide_ahead(decide(), ahead, goes_on=bool)

    assert raised.value is error
    assert ahead.ended == "cancelled"


async def test_a_bug_in_the_next_step_is_not_hidden() -> None:
    with pytest.raises(KeyError):
        await decide_ahead(Waiting(1)(), lambda: fail(KeyError("a bug")), goes_on=bool)
