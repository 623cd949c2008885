"""The search through a framework: four rounds of calls, and the verdicts of asking step by step."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from itertools import product
from typing import TypeAlias

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qfa_core.coding import AssignedCodes, Code, CodingFramework
from qfa_core.errors import LLMRejected
from qfa_core.fakes import ScriptedLLMClient
from qfa_core.fakes.scripted_llm_client import Line
from qfa_core.llm import Prompt
from qfa_core.prompts.assign_codes import label_of
from qfa_core.prompts.envelope import open_envelopes
from qfa_core.requests import AssignCodesRequest
from qfa_core.use_cases.assign_codes import AssignCodes, picks_allowed
from tests.core.asking import CONTEXT, StallingLLMClient, calls, leaving_nothing_running, record, verdict
from tests.core.rounds import RoundsLLMClient

Position: TypeAlias = tuple[int, ...]  # (2, 0) is the first child of the third root code


Found: TypeAlias = tuple[Position, tuple[float, ...]]  # where a path ends, and its confidences


class Opinion(msgspec.Struct, frozen=True, kw_only=True):
    """What the model thinks of one code: how well it fits, which of its children do, and where it fails."""

    score: float = 1.0
    picks: tuple[int, ...] = ()
    fails_to_pick: bool = False
    fails_to_judge: bool = False


Opinions: TypeAlias = Mapping[Position, Opinion]


def code(position: Position, widths: Sequence[int], *, code_id: str = "same") -> Code:
    """Return the code at *position*, named after it; ids all the same."""
    count = widths[0] if widths else 0
    children = tuple(code((*position, n), widths[1:]) for n in range(count))
    return Code(id=code_id, name=".".join(map(str, position)), children=children)


def position_of(name: str) -> Position:
    return tuple(map(int, name.split(".")))


def holding(opinions: Opinions) -> ScriptedLLMClient:
    """Return a model with *opinions*; codes tell it their positions by their names."""

    def pick(prompt: Prompt) -> Line:
        parents = open_envelopes("parent_code", prompt.user)
        opinion = opinions[position_of(parents[-1].text) if parents else ()]
        return LLMRejected() if opinion.fails_to_pick else {"codes": [label_of(n) for n in opinion.picks]}

    def judge(prompt: Prompt) -> Line:
        [judged] = open_envelopes("code", prompt.user)
        opinion = opinions[position_of(judged.text)]
        return LLMRejected() if opinion.fails_to_judge else verdict(opinion.score)

    return ScriptedLLMClient(lambda prompt: (pick if prompt.task == "pick_codes" else judge)(prompt))


def step_by_step(
    opinions: Opinions,
    codes: Sequence[Code],
    above: Position,
    request: AssignCodesRequest,
    branches: int = 1,
) -> list[Found]:
    """Return the paths found by asking one question after the other, rejected ones included."""
    if opinions[above].fails_to_pick:
        raise LLMRejected
    found: list[Found] = []
    picks = opinions[above].picks[: picks_allowed(request.max_codes, len(above), branches)]
    for n in picks:
        here = (*above, n)
        if opinions[here].fails_to_judge:
            raise LLMRejected
        score = opinions[here].score
        deeper: list[Found] = []
        if score >= (request.confidence_threshold or 0) and codes[n].children:
            deeper = step_by_step(opinions, codes[n].children, here, request, branches * len(picks))
        found += [(position, (score, *scores)) for position, scores in deeper] or [(here, (score,))]
    return found


def expected(opinions: Opinions, request: AssignCodesRequest) -> list[Found] | None:
    """Return what has to be assigned, None if the request has to fail."""
    try:
        found = step_by_step(opinions, request.framework.root_codes, (), request)
    except LLMRejected:
        return None
    accepted = [path for path in found if min(path[1]) >= (request.confidence_threshold or 0)]
    return sorted(accepted, key=lambda path: -min(path[1]))[: request.max_codes]


def assigned_by(assigned: AssignedCodes) -> list[Found]:
    return [
        (position_of(path.levels[-1].code.name), tuple(level.confidence for level in path.levels))
        for path in assigned.paths
    ]


def asking(
    codes: Sequence[Code], *, max_codes: int = 50, threshold: float | None = None
) -> AssignCodesRequest:
    return AssignCodesRequest(
        record=record("No water."),
        framework=CodingFramework(root_codes=tuple(codes)),
        max_codes=max_codes,
        confidence_threshold=threshold,
    )


@st.composite
def frameworks(draw: st.DrawFn) -> tuple[list[Code], dict[Position, Opinion]]:
    """Draw an uneven framework, and a model's opinion of each of its codes."""
    opinions: dict[Position, Opinion] = {}

    def grow(position: Position) -> Code:
        width = draw(st.integers(min_value=0 if position else 1, max_value=4)) if len(position) < 3 else 0
        picks = draw(st.lists(st.integers(0, width - 1), unique=True)) if width else []
        opinions[position] = Opinion(
            score=draw(st.sampled_from([0.0, 0.2, 0.5, 0.8, 1.0])),
            picks=tuple(picks),
            fails_to_pick=draw(st.integers(0, 15)) == 15,
            fails_to_judge=draw(st.integers(0, 15)) == 15,
        )
        children = tuple(grow((*position, n)) for n in range(width))
        return Code(
            id=draw(st.sampled_from(["", "a", "b"])), name=".".join(map(str, position)), children=children
        )

    return list(grow(()).children), opinions


@settings(deadline=None)
@given(frameworks(), st.sampled_from([None, 0.0, 0.2, 0.6, 1.0]), st.integers(1, 5))
async def test_verdicts_are_those_of_asking_step_by_step(
    drawn: tuple[list[Code], dict[Position, Opinion]], threshold: float | None, max_codes: int
) -> None:
    codes, opinions = drawn
    request = asking(codes, max_codes=max_codes, threshold=threshold)
    llm = RoundsLLMClient(holding(opinions))
    wanted = expected(opinions, request)
    if wanted is None:
        with pytest.raises(LLMRejected):
            await llm.play(AssignCodes(calls(llm))(request, CONTEXT))
        return
    assigned = await llm.play(AssignCodes(calls(llm))(request, CONTEXT))

    assert assigned_by(assigned) == wanted
    assert bool(assigned.explanation) is not bool(wanted)
    assert llm.rounds <= 4


@pytest.mark.parametrize("picks", [1, 3, 6])
async def test_three_levels_take_four_rounds_however_many_codes_are_picked(picks: int) -> None:
    codes = [code((n,), (6, 6)) for n in range(6)]
    chosen = tuple(range(picks))
    opinions = {p: Opinion(picks=chosen) for level in range(4) for p in product(range(6), repeat=level)}
    llm = RoundsLLMClient(holding(opinions))
    assigned = await llm.play(AssignCodes(calls(llm))(asking(codes), CONTEXT))

    assert len(assigned.paths) == min(50, picks**3)
    assert llm.rounds == 4


@pytest.mark.parametrize(("levels", "rounds"), [(1, 2), (2, 3), (3, 4)])
async def test_a_level_less_takes_a_round_less(levels: int, rounds: int) -> None:
    codes = [code((0,), (1,) * (levels - 1))]
    opinions = {(0,) * level: Opinion(picks=(0,)) for level in range(levels + 1)}
    llm = RoundsLLMClient(holding(opinions))
    await llm.play(AssignCodes(calls(llm))(asking(codes), CONTEXT))

    assert llm.rounds == rounds


async def test_a_slow_pick_below_a_rejected_code_is_not_waited_for() -> None:
    opinions = {(): Opinion(picks=(0,)), (0,): Opinion(score=0.1, picks=(0,))}
    llm = StallingLLMClient(
        holding(opinions), stalls=lambda prompt: prompt.task == "pick_codes" and "parent_code" in prompt.user
    )
    with leaving_nothing_running():
        assigned = await AssignCodes(calls(llm))(asking([code((0,), (1,))], threshold=0.5), CONTEXT)

    assert assigned.paths == ()
    assert llm.cancelled == 1


async def test_an_error_below_a_rejected_code_does_not_fail_the_request() -> None:
    opinions = {
        (): Opinion(picks=(0, 1)),
        (0,): Opinion(score=0.1, fails_to_pick=True),
        (1,): Opinion(score=0.9),
    }
    codes = [code((0,), (1,)), code((1,), ())]
    assigned = await AssignCodes(calls(holding(opinions)))(asking(codes, threshold=0.5), CONTEXT)

    assert assigned_by(assigned) == [((1,), (0.9,))]


async def test_the_first_error_cancels_the_other_branches() -> None:
    opinions = {(): Opinion(picks=(0, 1)), (0,): Opinion(), (1,): Opinion(fails_to_judge=True)}
    llm = StallingLLMClient(
        holding(opinions),
        stalls=lambda prompt: [c.text for c in open_envelopes("code", prompt.user)] == ["0"],
    )
    codes = [code((0,), ()), code((1,), ())]
    with leaving_nothing_running(), pytest.raises(LLMRejected):
        await AssignCodes(calls(llm))(asking(codes), CONTEXT)

    assert llm.cancelled == 1


async def test_a_caller_that_hangs_up_cancels_every_call() -> None:
    opinions = {(): Opinion(picks=(0, 1)), (0,): Opinion(picks=(0,)), (1,): Opinion(picks=(0,))}
    llm = StallingLLMClient(
        holding(opinions), stalls=lambda prompt: prompt.task == "judge_code" or "parent_code" in prompt.user
    )
    codes = [code((0,), (1,)), code((1,), (1,))]
    with leaving_nothing_running():
        coding = asyncio.create_task(AssignCodes(calls(llm))(asking(codes), CONTEXT))
        for _ in range(4):
            await llm.stalled.acquire()
        coding.cancel()
        with pytest.raises(asyncio.CancelledError):
            await coding

    assert llm.cancelled == 4


async def test_a_model_that_picks_everything_cannot_flood_its_provider() -> None:
    codes = [code((n,), (20, 20)) for n in range(20)]
    everything = Opinion(picks=tuple(range(20)))
    opinions = {p: everything for level in range(4) for p in product(range(20), repeat=level)}
    model = holding(opinions)
    llm = RoundsLLMClient(model)
    assigned = await llm.play(AssignCodes(calls(llm))(asking(codes), CONTEXT))

    assert llm.rounds == 4
    assert len(assigned.paths) >= 20
    assert len(model.prompts) <= 200
