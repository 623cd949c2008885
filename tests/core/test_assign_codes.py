"""Codes of a framework for one record; that the search is quick stands in test_assign_codes_search.py."""

from __future__ import annotations

import msgspec
import pytest

from qfa_core.budget import Deadline
from qfa_core.coding import AssignedCodes, Code, CodingFramework
from qfa_core.errors import DeadlineExceeded, LLMAnswerUnusable, LLMError
from qfa_core.fakes import ScriptedLLMClient
from qfa_core.fakes.scripted_llm_client import Line
from qfa_core.llm import Prompt
from qfa_core.prompts.envelope import open_envelopes
from qfa_core.requests import AssignCodesRequest
from qfa_core.use_cases.assign_codes import AssignCodes
from tests.core.asking import (
    CONTEXT,
    HOSTILE_TEXTS,
    LLM_ERRORS,
    StallingLLMClient,
    calls,
    outside_envelopes,
    record,
    verdict,
)

NAMES = {'Maria "Mia" <M>': "PERSON"}
WATER = Code(id="w", name="Water")
FOOD = Code(id="f", name="Food")
NEEDS = Code(id="n", name="Needs", children=(WATER, FOOD))
THANKS = Code(id="t", name="Thanks")
FLAT = (
    Code(id="1", name="One"),
    Code(id="2", name="Two"),
    Code(id="3", name="Three"),
    Code(id="4", name="Four"),
)


def picking(scores: dict[str, float | Line], *, picks: list[str] | None = None) -> ScriptedLLMClient:
    """Return a model that picks what it has a score for (or *picks*), and judges a code by its name."""

    def answer(prompt: Prompt) -> Line:
        codes = open_envelopes("code", prompt.user)
        if prompt.task == "pick_codes":
            known = [code.attributes["label"] for code in codes if code.text in scores]
            return {"codes": known if picks is None else picks}
        [code] = codes
        score = scores[code.text]
        return verdict(score, f"About {code.text}.") if isinstance(score, (int, float)) else score

    return ScriptedLLMClient(answer)


async def assign(
    llm: ScriptedLLMClient,
    *codes: Code,
    content: str = "No water.",
    max_codes: int = 5,
    threshold: float | None = None,
) -> AssignedCodes:
    request = AssignCodesRequest(
        record=record(content),
        framework=CodingFramework(root_codes=codes),
        max_codes=max_codes,
        confidence_threshold=threshold,
    )
    return await AssignCodes(calls(llm, names=NAMES))(request, CONTEXT)


def names(assigned: AssignedCodes) -> list[str]:
    return [path.name for path in assigned.paths]


async def test_a_path_carries_its_levels_with_confidence_and_reason() -> None:
    assigned = await assign(picking({"Needs": 0.9, "Water": 0.7}), NEEDS, THANKS)

    [path] = assigned.paths
    assert [(level.code.id, level.confidence, level.reason) for level in path.levels] == [
        ("n", 0.9, "About Needs."),
        ("w", 0.7, "About Water."),
    ]
    assert path.confidence == 0.7
    assert (assigned.record_id, assigned.explanation) == ("Form-1", "")


async def test_paths_come_best_first_by_their_weakest_level_and_at_most_as_many_as_asked_for() -> None:
    llm = picking({"Needs": 0.6, "Water": 0.9, "Food": 0.5, "Thanks": 0.55})

    assert names(await assign(llm, NEEDS, THANKS)) == ["Needs > Water", "Thanks", "Needs > Food"]
    assert names(await assign(llm, NEEDS, THANKS, max_codes=1)) == ["Needs > Water"]


async def test_a_branch_that_ends_early_ends_there() -> None:
    llm = picking({"Thanks": 0.9})

    assert names(await assign(llm, NEEDS, THANKS)) == ["Thanks"]
    assert llm.tasks() == ["pick_codes", "judge_code"]


async def test_a_code_below_which_nothing_is_picked_stands_by_itself() -> None:
    assert names(await assign(picking({"Needs": 0.9}), NEEDS)) == ["Needs"]


async def test_ids_that_repeat_or_are_empty_and_names_that_repeat_mix_nothing_up() -> None:
    twins = (Code(id="", name="Other", children=(WATER,)), Code(id="", name="Other", children=(FOOD,)))
    assigned = await assign(picking({"Other": 0.9, "Food": 0.8, "Water": 0.7}), *twins)

    assert [[level.code for level in path.levels] for path in assigned.paths] == [
        [twins[1], FOOD],
        [twins[0], WATER],
    ]


async def test_a_code_picked_twice_or_by_its_name_counts_once() -> None:
    assert names(await assign(picking({"Two": 0.9}, picks=["Two", "c2", "c2"]), *FLAT)) == ["Two"]


async def test_names_that_look_like_labels_are_told_apart_by_their_labels() -> None:
    codes = (Code(id="a", name="c2"), Code(id="b", name="c1"))
    [path] = (await assign(picking({"c1": 0.9, "c2": 0.8}, picks=["c1"]), *codes)).paths

    assert path.levels[0].code.id == "a"


@pytest.mark.parametrize(("max_codes", "followed"), [(1, 3), (3, 3), (4, 4)])
async def test_no_more_codes_of_a_level_are_followed_than_may_be_asked_for(
    max_codes: int, followed: int
) -> None:
    llm = picking({"One": 0.1, "Two": 0.2, "Three": 0.3, "Four": 0.4})
    await assign(llm, *FLAT, max_codes=max_codes)

    assert f"at most {followed}," in llm.prompts[0].system
    assert llm.tasks() == ["pick_codes", *["judge_code"] * followed]


@pytest.mark.parametrize("unknown", [["c5"], ["c1", "Five"], [""]])
async def test_a_label_that_does_not_exist_is_asked_for_once_more(unknown: list[str]) -> None:
    llm = picking({"One": 0.9}, picks=unknown)
    with pytest.raises(LLMAnswerUnusable):
        await assign(llm, *FLAT)

    assert llm.tasks() == ["pick_codes", "pick_codes"]


async def test_a_repaired_pick_counts() -> None:
    llm = ScriptedLLMClient({"pick_codes": [{"codes": ["c9"]}, {"codes": ["c2"]}], "judge_code": verdict()})

    assert names(await assign(llm, *FLAT)) == ["Two"]


@pytest.mark.parametrize("blank", ["", " \n", "\x00"])
async def test_a_blank_record_asks_nobody_and_says_so(blank: str) -> None:
    llm = picking({"One": 0.9})
    assigned = await assign(llm, *FLAT, content=blank)

    assert (assigned.record_id, assigned.paths) == ("Form-1", ())
    assert assigned.explanation == "NO CODING APPLIED.\nThe feedback record holds no text."
    assert llm.prompts == []


async def test_nothing_picked_says_that_no_code_was_relevant() -> None:
    assigned = await assign(picking({}), *FLAT)

    assert assigned.paths == ()
    assert assigned.explanation == (
        "NO CODING APPLIED.\nNo code of the framework was judged relevant to this feedback record."
    )


async def test_nothing_that_reaches_the_threshold_shows_the_best_three_and_counts_the_rest() -> None:
    llm = picking({"One": 0.1, "Two": 0.333, "Three": 0.2, "Four": 0.65})
    assigned = await assign(llm, *FLAT, threshold=0.66)

    assert assigned.paths == ()
    assert assigned.explanation.splitlines() == [
        "NO CODING APPLIED.",
        "No code reached the confidence threshold of 66%. The closest were:",
        "- Four (65%): About Four.",
        "- Two (33%): About Two.",
        "- Three (20%): About Three.",
        "and 1 more.",
    ]


async def test_a_rejected_path_is_shown_down_to_the_level_that_failed_with_that_levels_reason() -> None:
    assigned = await assign(picking({"Needs": 0.9, "Water": 0.2}), NEEDS, threshold=0.5)

    assert assigned.explanation.splitlines()[2:] == ["- Needs > Water (20%): About Water."]


@pytest.mark.parametrize(
    ("threshold", "accepted"),
    [
        (None, ["One", "Two", "Three"]),
        (0.0, ["One", "Two", "Three"]),
        (0.5, ["One", "Two"]),
        (1.0, ["One"]),
    ],
)
async def test_what_reaches_the_threshold_counts(threshold: float | None, accepted: list[str]) -> None:
    llm = picking({"One": 1.0, "Two": 0.5, "Three": 0.0})

    assert names(await assign(llm, *FLAT, threshold=threshold)) == accepted


async def test_each_level_has_to_reach_the_threshold() -> None:
    llm = picking({"Needs": 0.4, "Water": 0.9, "Thanks": 0.6})

    assert names(await assign(llm, NEEDS, THANKS, threshold=0.5)) == ["Thanks"]


async def test_reasons_are_restored_and_names_of_codes_left_as_they_are() -> None:
    code = Code(id="1", name="<PERSON_1> O&apos;Brien")
    llm = ScriptedLLMClient(
        {
            "pick_codes": {"codes": ["c1"]},
            "judge_code": verdict(0.9, "&lt;PERSON_1&gt; isn&apos;t <PERSON_7>."),
        }
    )
    assigned = await assign(llm, code, content='Maria "Mia" <M> thirsts.')

    assert assigned.paths[0].levels[0].reason == 'Maria "Mia" <M> isn\'t <PERSON_7>.'
    assert assigned.paths[0].name == "<PERSON_1> O&apos;Brien"


async def test_names_of_codes_are_not_pseudonymised() -> None:
    llm = picking({'Maria "Mia" <M>': 0.9})
    await assign(llm, Code(id="1", name='Maria "Mia" <M>'), content='Maria "Mia" <M> thirsts.')

    for prompt in llm.prompts:
        assert [code.text for code in open_envelopes("code", prompt.user)] == ['Maria "Mia" <M>']
        assert [r.text for r in open_envelopes("feedback_record", prompt.user)] == ["<PERSON_1> thirsts."]


@pytest.mark.parametrize("hostile", HOSTILE_TEXTS)
async def test_hostile_names_and_records_stay_in_their_envelopes_and_ids_at_home(hostile: str) -> None:
    child = Code(id="ID-CANARY", name=f"below {hostile}")
    parent = Code(id="ID-CANARY", name=hostile, children=(child,))
    llm = picking({hostile: 0.9, f"below {hostile}": 0.8})
    assigned = await assign(llm, parent, content=hostile)

    assert names(assigned) == [f"{hostile} > below {hostile}"]
    for prompt in llm.prompts:
        assert [r.text for r in open_envelopes("feedback_record", prompt.user)] == [hostile]
        assert "CANARY" not in outside_envelopes(prompt)
        assert "ID-CANARY" not in prompt.user


@pytest.mark.parametrize("error", LLM_ERRORS, ids=lambda error: type(error).__name__)
async def test_a_failed_judge_is_an_error_and_never_a_verdict(error: LLMError) -> None:
    with pytest.raises(type(error)) as raised:
        await assign(picking({"One": 0.9, "Two": error}), *FLAT)

    assert raised.value is error


async def test_a_passed_deadline_is_an_error_and_cancels_what_runs() -> None:
    llm = StallingLLMClient(picking({"One": 0.9}), stalls=lambda _: True)
    late = msgspec.structs.replace(CONTEXT, deadline=Deadline(expires_at=0.0))
    request = AssignCodesRequest(record=record("Text"), framework=CodingFramework(root_codes=FLAT))
    with pytest.raises(DeadlineExceeded):
        await AssignCodes(calls(llm))(request, late)

    assert llm.cancelled == 1
