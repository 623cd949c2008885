"""Places, pauses and who gets them, on a clock that the test moves by hand."""

from __future__ import annotations

import asyncio
import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qfa_adapters.llm.retries import LONGEST_PAUSE_SECONDS
from qfa_core.errors import LLMRateLimited
from tests.adapters.llm.throttling import Attempt, Bench, settle


async def test_no_more_attempts_than_places_are_under_way() -> None:
    bench = Bench(3)
    await bench.attempts_of(2)
    await bench.attempts_of(2, is_patient=False)
    await bench.attempts_of(2)

    assert bench.under_way == 3


async def test_a_place_goes_on_to_who_waits() -> None:
    bench = Bench(1)
    first, second = await bench.attempts_of(2)
    await first.succeed()

    assert second.is_under_way


@pytest.mark.parametrize("is_patient", [True, False])
async def test_one_call_of_another_tenant_does_not_wait_behind_a_thousand(is_patient: bool) -> None:
    bench = Bench(2)
    many = await bench.attempts_of(1000, is_patient=is_patient)
    (one,) = await bench.attempts_of(1, tenant_id="b", is_patient=is_patient)
    await many[0].succeed()
    await many[1].succeed()

    assert one.is_under_way


@pytest.mark.parametrize("is_patient", [True, False])
async def test_one_request_does_not_wait_behind_the_tenants_own_thousand(is_patient: bool) -> None:
    bench = Bench(2)
    many = await bench.attempts_of(1000, is_patient=is_patient)
    (one,) = await bench.attempts_of(1, request_id="2", is_patient=is_patient)
    await many[0].succeed()
    await many[1].succeed()

    assert one.is_under_way


@pytest.mark.parametrize("came_first", [True, False])
async def test_places_go_to_the_patient_and_the_others_in_turn(came_first: bool) -> None:
    bench = Bench(1)
    await bench.attempts_of(3, is_patient=came_first)
    await bench.attempts_of(3, is_patient=not came_first)
    kinds = []
    for _ in range(6):
        running = next(attempt for attempt in bench.attempts if attempt.is_under_way)
        kinds.append(running.is_patient)
        await running.succeed()

    assert kinds == [came_first, not came_first] * 3


async def test_a_pause_does_not_hold_up_single_calls() -> None:
    bench = Bench(2)
    limited, _, waiting = await bench.attempts_of(3)
    await limited.meet_a_limit(60.0)
    (single,) = await bench.attempts_of(1, is_patient=False)

    assert single.is_under_way
    assert not waiting.is_under_way


async def test_places_given_back_in_a_pause_go_to_single_calls() -> None:
    bench = Bench(2)
    limited, running, waiting = await bench.attempts_of(3)
    singles = await bench.attempts_of(2, is_patient=False)
    await limited.meet_a_limit(60.0)
    await running.succeed()

    assert all(single.is_under_way for single in singles)
    assert not waiting.is_under_way


async def test_the_lower_limit_is_not_one_of_single_calls() -> None:
    bench = Bench(4)
    for _ in range(2):
        (limited,) = await bench.attempts_of(1)
        await limited.meet_a_limit(1.0)
        await bench.clock.move(1.0)
    patient = await bench.attempts_of(4)
    singles = await bench.attempts_of(4, is_patient=False)

    assert sum(attempt.is_under_way for attempt in patient) == 1
    assert sum(single.is_under_way for single in singles) == 3


async def test_single_calls_leave_the_patient_what_the_lower_limit_allows() -> None:
    bench = Bench(4)
    (limited,) = await bench.attempts_of(1)
    await limited.meet_a_limit(1.0)
    await bench.clock.move(1.0)
    await bench.attempts_of(3, is_patient=False)
    (patient,) = await bench.attempts_of(1)

    assert patient.is_under_way


async def test_the_patient_wait_out_what_a_single_call_met() -> None:
    bench = Bench(4)
    (single,) = await bench.attempts_of(1, is_patient=False)
    await single.meet_a_limit(5.0)
    attempts = await bench.attempts_of(4)
    await bench.clock.move(4.9)

    assert bench.under_way == 0
    await bench.clock.move(0.2)
    assert sum(attempt.is_under_way for attempt in attempts) == 2


async def test_answers_to_single_calls_let_the_patient_speed_up() -> None:
    bench = Bench(4)
    (limited,) = await bench.attempts_of(1)
    await limited.meet_a_limit(1.0)
    await bench.clock.move(1.0)
    for _ in range(6):
        (single,) = await bench.attempts_of(1, is_patient=False)
        await single.succeed()
    await bench.attempts_of(4)

    assert bench.under_way == 4


async def test_a_limit_holds_the_patient_up_until_its_time_is_over() -> None:
    bench = Bench(4)
    attempts = await bench.attempts_of(8)
    await attempts[0].meet_a_limit(7.0)
    for attempt in attempts[1:4]:
        await attempt.succeed()
    newcomers = await bench.attempts_of(3, tenant_id="b")
    await bench.clock.move(6.9)

    assert bench.under_way == 0
    await bench.clock.move(0.2)
    assert bench.under_way == 2
    assert newcomers[0].is_under_way


async def test_a_later_limit_makes_the_pause_longer_never_shorter() -> None:
    bench = Bench(4)
    attempts = await bench.attempts_of(5)
    await attempts[0].meet_a_limit(5.0)
    await bench.clock.move(3.0)
    await attempts[1].meet_a_limit(4.0)
    await attempts[2].meet_a_limit(1.0)
    await attempts[3].succeed()
    await bench.clock.move(3.9)

    assert bench.under_way == 0
    await bench.clock.move(0.2)
    assert bench.under_way == 1


async def test_of_limits_met_in_the_same_moment_the_longest_counts() -> None:
    bench = Bench(2)
    attempts = await bench.attempts_of(3)
    attempts[0].meet_a_limit_soon(1.0)
    attempts[1].meet_a_limit_soon(3.0)
    await settle()
    await bench.clock.move(2.9)

    assert bench.under_way == 0
    await bench.clock.move(0.2)
    assert bench.under_way == 1


async def test_after_a_pause_half_as_many_go_on() -> None:
    bench = Bench(8)
    attempts = await bench.attempts_of(30)
    for attempt in attempts[:8]:
        await attempt.meet_a_limit(1.0)
    await bench.clock.move(1.1)

    assert bench.under_way == 4


async def test_answers_that_were_under_way_do_not_break_the_lower_limit() -> None:
    bench = Bench(8)
    attempts = await bench.attempts_of(30)
    await attempts[0].meet_a_limit(1.0)
    await bench.clock.move(1.1)
    assert bench.under_way == 7
    for attempt in attempts[1:4]:
        await attempt.succeed()

    assert bench.under_way == 4


async def test_full_speed_returns_after_a_limit() -> None:
    bench = Bench(8)
    attempts = await bench.attempts_of(200)
    await attempts[0].meet_a_limit(1.0)
    await bench.clock.move(1.1)
    for _ in range(60):
        await next(attempt for attempt in attempts if attempt.is_under_way).succeed()

    assert bench.under_way == 8


async def test_a_retry_after_of_an_hour_does_not_silence_the_service() -> None:
    bench = Bench(2)
    attempts = await bench.attempts_of(3)
    await attempts[0].meet_a_limit(3600.0)
    await attempts[1].succeed()
    await bench.clock.move(LONGEST_PAUSE_SECONDS)

    assert attempts[2].is_under_way


async def test_a_provider_that_never_says_how_long_is_asked_less_and_less() -> None:
    bench = Bench(1)
    pauses = []
    for attempt in await bench.attempts_of(10):
        began = bench.clock.now
        while not attempt.is_under_way:
            await bench.clock.move(0.25)
        pauses.append(bench.clock.now - began)
        await attempt.meet_a_limit()

    assert pauses == [0, 0.5, 1, 2, 4, 8, 16, 32, 60, 60]


async def test_a_millisecond_named_again_and_again_is_not_believed() -> None:
    bench = Bench(1)
    attempts = await bench.attempts_of(9)
    for attempt in attempts[:8]:
        await bench.clock.move(5.0)
        await attempt.meet_a_limit(0.001)
    await bench.clock.move(0.9)

    assert bench.under_way == 0
    await bench.clock.move(0.2)
    assert bench.under_way == 1


@pytest.mark.parametrize("ticks", range(6))
async def test_a_limit_met_as_a_pause_ends_begins_the_next(ticks: int) -> None:
    bench = Bench(2)
    limited, running, waiting = await bench.attempts_of(3)
    await limited.meet_a_limit(1.0)
    bench.clock.move_soon(1.0)
    for _ in range(ticks):
        await asyncio.sleep(0)
    await running.meet_a_limit(5.0)
    await bench.clock.move(4.9)

    assert not waiting.is_under_way
    await bench.clock.move(0.2)
    assert waiting.is_under_way


async def test_a_pause_beyond_the_deadline_is_told_to_the_patient_at_once() -> None:
    bench = Bench(1)
    (limited,) = await bench.attempts_of(1)
    await limited.meet_a_limit(8.0)
    refused = bench.attempt(seconds=5.0)
    await settle()

    error = refused.task.exception()
    assert isinstance(error, LLMRateLimited)
    assert error.retry_after_seconds == 8


async def test_a_cancelled_waiter_leaves_no_hole() -> None:
    bench = Bench(1)
    running, cancelled, waiting = await bench.attempts_of(3)
    await cancelled.cancel()
    await running.succeed()

    assert waiting.is_under_way


async def test_a_cancelled_waiter_costs_its_tenant_no_turn() -> None:
    bench = Bench(1)
    running, cancelled, waiting = await bench.attempts_of(3)
    await bench.attempts_of(1, tenant_id="b")
    await cancelled.cancel()
    await running.succeed()

    assert waiting.is_under_way


async def test_a_waiter_cancelled_as_its_turn_comes_passes_it_on() -> None:
    bench = Bench(1)
    running, cancelled, waiting = await bench.attempts_of(3)
    running.succeed_soon()
    asyncio.get_running_loop().call_soon(cancelled.task.cancel)  # between the turn and its use
    await settle()

    assert cancelled.task.cancelled()
    assert waiting.is_under_way


async def test_a_cancelled_attempt_gives_its_place_back() -> None:
    bench = Bench(1)
    running, waiting = await bench.attempts_of(2)
    await running.cancel()

    assert waiting.is_under_way


async def test_a_pause_ends_though_the_call_that_met_it_is_gone() -> None:
    bench = Bench(1)
    limited, waiting = await bench.attempts_of(2)
    await limited.meet_a_limit(2.0)
    await limited.cancel()
    await bench.clock.move(2.0)

    assert waiting.is_under_way


@pytest.mark.parametrize("ticks", range(4))
async def test_a_closed_throttle_holds_nobody_up(ticks: int) -> None:
    bench = Bench(1)
    (limited,) = await bench.attempts_of(1)
    await limited.meet_a_limit(2.0)
    waiting = bench.attempt()
    for _ in range(ticks):
        await asyncio.sleep(0)
    bench.throttle.close()
    await settle()

    assert waiting.is_under_way


async def test_a_cut_and_the_return_are_one_line_each(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="qfa.llm")
    bench = Bench(4)
    attempts = await bench.attempts_of(100)
    for attempt in attempts[:4]:
        await attempt.meet_a_limit(1.5)
    await bench.clock.move(1.5)
    await bench.end_all()

    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "openai/gpt-4o limits: patient calls wait for 1.5 s, then up to 2 at a time."),
        ("INFO", "openai/gpt-4o limits no more: up to 4 patient calls at a time again."),
    ]


STEPS = st.tuples(
    st.sampled_from(["begin", "begin", "succeed", "limit", "cancel", "cancel_at_once", "move"]),
    st.integers(min_value=0, max_value=50),
)


@settings(deadline=None)  # a busy machine is no bug
@given(st.integers(min_value=1, max_value=4), st.lists(STEPS, max_size=60))
def test_whatever_happens_no_place_is_lost_or_made_up_or_kept_from_a_single_call(
    most: int, steps: list[tuple[str, int]]
) -> None:
    asyncio.run(go_through(Bench(most), most, steps))


async def go_through(bench: Bench, most: int, steps: list[tuple[str, int]]) -> None:
    for step, number in steps:
        await take(bench, step, number)
        assert bench.under_way <= most
    await settle()
    assert bench.under_way == most or not any(map(is_held_up, bench.attempts))
    await bench.end_all()
    await bench.clock.move(LONGEST_PAUSE_SECONDS)  # the last one may have met a limit
    for _ in range(10):  # enough for the limit to grow back
        for attempt in await bench.attempts_of(most):
            attempt.succeed_soon()
        await settle()
    await bench.attempts_of(most)

    assert bench.under_way == most
    await bench.end_all()
    errors = [attempt.task.exception() for attempt in bench.attempts if not attempt.task.cancelled()]
    assert set(errors) == {None}


def is_held_up(attempt: Attempt) -> bool:
    """Whether a single call waits."""
    return not (attempt.is_patient or attempt.is_under_way or attempt.task.done())


async def take(bench: Bench, step: str, number: int) -> None:
    living = [attempt for attempt in bench.attempts if not attempt.task.done()]
    running = [attempt for attempt in living if attempt.is_under_way]
    if step == "begin":
        bench.attempt("abc"[number % 3], str(number % 2), is_patient=number % 5 > 0)
        if number % 2:
            await settle()
    elif step == "move":
        await bench.clock.move(float(number))
    elif step == "succeed" and running:
        await running[number % len(running)].succeed()
    elif step == "limit" and running:
        await running[number % len(running)].meet_a_limit(float(number))
    elif step == "cancel" and living:
        await living[number % len(living)].cancel()
    elif step == "cancel_at_once" and len(living) > 1:
        # One ends and another is cancelled in the same moment, so that a turn may meet a cancelled waiter.
        if running:
            running[0].succeed_soon()
        asyncio.get_running_loop().call_soon(living[number % len(living)].task.cancel)
        await settle()
