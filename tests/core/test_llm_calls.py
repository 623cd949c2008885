"""The steps that every analysis shares: fit, deadline, pseudonyms, one repair, and judges that may fail."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from qfa_core.budget import Deadline, TokenBudget
from qfa_core.errors import (
    AnonymizerUnavailable,
    DeadlineExceeded,
    FeedbackTooLarge,
    LLMAnswerUnusable,
    LLMError,
)
from qfa_core.fakes import ScriptedAnonymizer, ScriptedLLMClient
from qfa_core.fakes.scripted_llm_client import Line
from qfa_core.llm import Prompt
from qfa_core.prompts.answer_schema import Verdict
from qfa_core.prompts.summarize import SummaryAnswer, summary_prompt
from qfa_core.use_cases.llm_calls import CUT_NOTICE, JUDGE_MARGIN_SECONDS, Prose
from tests.core.asking import CONTEXT, LLM_ERRORS, StallingLLMClient, calls, cut, verdict

QUESTION = summary_prompt("There is no water.")
OPEN_QUESTION = Prompt(task="analyze", system="Answer.", user="What is lacking?")
GOOD = '{"title": "Water", "summary": "- no water"}'
WATER = SummaryAnswer(title="Water", summary="- no water")
TINY = TokenBudget(max_total_tokens=1)


def answering(*lines: Line, task: str = "summarize") -> ScriptedLLMClient:
    return ScriptedLLMClient({task: lines})


def nested(levels: int) -> str:
    return f'{{"title": "t", "summary": "- s", "more": {"[" * levels}{"]" * levels}}}'


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"```json\n{GOOD}\n```",
        f"```\n{GOOD}\n```",
        f"<think>Is it {{water}}?</think>\n{GOOD}",
        f"Here is the summary that you asked for:\n\n{GOOD}\n\nTell me if you want it shorter.",
        f"{GOOD}\n\nI kept to {{the schema}}.",
        '{"title": "Water", "summary": "- no water", "mood": "sad"}',
    ],
)
async def test_an_answer_is_found_in_fences_after_thoughts_and_among_words(text: str) -> None:
    llm = answering(text)

    assert await calls(llm).answer(QUESTION, SummaryAnswer, CONTEXT) == WATER
    assert len(llm.prompts) == 1


BROKEN_ANSWERS = [
    "",
    "I cannot help with that.",
    '{"title": "Water", "summary": ',
    '{"title": "Water"}',
    '{"title": "Water", "summary": null}',
    '{"title": "Water", "summary": ["- no water"]}',
    '{"title": "Water", "summary": " \\n "}',
    '{"title": "\\ud800", "summary": "- half a character"}',
    '{"title": "\ud800", "summary": "- half a character"}',
    "} back to front {",
    f"<think>{GOOD}",
    nested(100_000),
]


@pytest.mark.parametrize("broken", BROKEN_ANSWERS)
async def test_a_broken_answer_is_asked_for_once_more(broken: str) -> None:
    llm = answering(broken, GOOD)

    assert await calls(llm).answer(QUESTION, SummaryAnswer, CONTEXT) == WATER
    assert [prompt.user.removeprefix(QUESTION.user) == "" for prompt in llm.prompts] == [True, False]
    assert "could not be used" in llm.prompts[1].user


@pytest.mark.parametrize("broken", BROKEN_ANSWERS)
async def test_an_answer_broken_twice_is_an_error_and_not_asked_for_a_third_time(broken: str) -> None:
    llm = answering(broken, broken, GOOD)
    with pytest.raises(LLMAnswerUnusable):
        await calls(llm).answer(QUESTION, SummaryAnswer, CONTEXT)

    assert len(llm.prompts) == 2


@pytest.mark.parametrize("score", ["1.01", "-0.1", '"0.8"', "null", "true", "NaN", "1e999"])
async def test_a_score_that_is_no_fraction_is_broken(score: str) -> None:
    llm = answering(f'{{"reason": "Because.", "score": {score}}}', verdict(1), task="summarize")

    assert await calls(llm).answer(QUESTION, Verdict, CONTEXT) == Verdict(reason="Because.", score=1.0)


async def test_a_cut_answer_counts_as_broken_even_where_it_can_be_read() -> None:
    llm = answering(cut(GOOD), GOOD)

    assert await calls(llm).answer(QUESTION, SummaryAnswer, CONTEXT) == WATER
    assert "cut off" in llm.prompts[1].user


async def test_an_answer_that_makes_no_sense_counts_as_broken() -> None:
    llm = answering({"title": "Food", "summary": "- no food"}, GOOD)
    answer = await calls(llm).answer(
        QUESTION, SummaryAnswer, CONTEXT, makes_sense=lambda answer: answer.title == "Water"
    )

    assert answer == WATER
    assert len(llm.prompts) == 2


async def test_nobody_reads_the_escapes_of_the_envelope() -> None:
    llm = answering(
        {"title": "O&apos;Brien &amp; I", "summary": "- &quot;no&quot; &lt;PERSON_1&gt; &amp;lt;"}
    )
    answer = await calls(llm).answer(QUESTION, SummaryAnswer, CONTEXT)

    assert answer == SummaryAnswer(title="O'Brien & I", summary='- "no" <PERSON_1> &lt;')


@pytest.mark.parametrize("error", LLM_ERRORS, ids=lambda error: type(error).__name__)
async def test_what_the_client_raises_is_not_repaired(error: LLMError) -> None:
    llm = answering(error)
    with pytest.raises(type(error)) as raised:
        await calls(llm).answer(QUESTION, SummaryAnswer, CONTEXT)

    assert raised.value is error
    assert len(llm.prompts) == 1


async def test_prose_comes_without_the_thoughts_that_led_to_it() -> None:
    llm = answering("<think>Hm.</think>\n\nO&apos;Brien lacks water.\n", task="analyze")

    assert await calls(llm).prose(OPEN_QUESTION, CONTEXT) == Prose(text="O'Brien lacks water.")


async def test_cut_prose_is_asked_for_once_more_and_shorter() -> None:
    llm = answering(cut("Water is sho"), "Water.", task="analyze")

    assert await calls(llm).prose(OPEN_QUESTION, CONTEXT) == Prose(text="Water.")
    assert "cut off" in llm.prompts[1].user


async def test_prose_cut_twice_says_so_at_its_end() -> None:
    llm = answering(cut("Water is short and fo"), cut("Water is sho"), task="analyze")
    prose = await calls(llm).prose(OPEN_QUESTION, CONTEXT)

    assert prose == Prose(text=f"Water is sho\n\n{CUT_NOTICE}", is_cut=True)
    assert len(llm.prompts) == 2


@pytest.mark.parametrize("nothing", ["", " \n", "<think>All thought.</think>", "<think>And no end"])
async def test_prose_without_text_is_asked_for_once_more(nothing: str) -> None:
    assert await calls(answering(nothing, "Water.", task="analyze")).prose(OPEN_QUESTION, CONTEXT) == Prose(
        text="Water."
    )
    with pytest.raises(LLMAnswerUnusable):
        await calls(answering(nothing, nothing, task="analyze")).prose(OPEN_QUESTION, CONTEXT)


async def test_thoughts_that_were_cut_are_no_answer() -> None:
    llm = answering(cut("<think>The analyst"), cut("<think>The analyst wants"), task="analyze")
    with pytest.raises(LLMAnswerUnusable):
        await calls(llm).prose(OPEN_QUESTION, CONTEXT)


async def test_a_prompt_over_the_budget_is_never_sent() -> None:
    llm = answering(GOOD)
    with pytest.raises(FeedbackTooLarge):
        await calls(llm, budget=TINY).answer(QUESTION, SummaryAnswer, CONTEXT)

    assert llm.prompts == []


async def test_what_does_not_fit_is_refused_with_advice() -> None:
    with pytest.raises(FeedbackTooLarge, match=r"budget of one call\. Send fewer\.$"):
        await calls(answering(), budget=TINY).require_fit(QUESTION, advice="Send fewer.")


async def test_the_budget_is_filled_to_the_last_token() -> None:
    tokens = -(-QUESTION.characters // 4)

    await calls(answering(), budget=TokenBudget(max_total_tokens=tokens)).require_fit(QUESTION)
    with pytest.raises(FeedbackTooLarge):
        await calls(answering(), budget=TokenBudget(max_total_tokens=tokens - 1)).require_fit(QUESTION)


async def test_a_judge_gives_a_verdict() -> None:
    llm = answering(verdict(0.4, "Thin."))

    assert await calls(llm).verdict(QUESTION, CONTEXT) == Verdict(reason="Thin.", score=0.4)


@pytest.mark.parametrize("error", LLM_ERRORS, ids=lambda error: type(error).__name__)
async def test_a_judge_that_fails_gives_none(error: LLMError) -> None:
    assert await calls(answering(error)).verdict(QUESTION, CONTEXT) is None


async def test_a_judge_that_babbles_or_does_not_fit_gives_none() -> None:
    assert await calls(answering("Good!", "Very good!")).verdict(QUESTION, CONTEXT) is None
    assert await calls(answering(verdict()), budget=TINY).verdict(QUESTION, CONTEXT) is None


async def test_a_judge_is_given_up_shortly_before_the_deadline() -> None:
    llm = StallingLLMClient(answering(), stalls=lambda _: True)
    nearly = msgspec.structs.replace(CONTEXT, deadline=Deadline(expires_at=1.0))

    assert await calls(llm).verdict(QUESTION, nearly) is None
    assert llm.cancelled == 1


async def test_the_client_is_told_that_a_judge_has_less_time_than_the_request() -> None:
    llm = answering(verdict())
    await calls(llm).verdict(QUESTION, CONTEXT)

    [judged] = llm.contexts
    assert judged.deadline == CONTEXT.deadline.earlier(JUDGE_MARGIN_SECONDS)
    assert msgspec.structs.replace(judged, deadline=CONTEXT.deadline) == CONTEXT


async def test_a_bug_in_a_judge_is_not_hidden() -> None:
    with pytest.raises(KeyError):
        await calls(answering(KeyError())).verdict(QUESTION, CONTEXT)


async def test_a_passed_deadline_cancels_what_runs() -> None:
    llm = StallingLLMClient(answering(), stalls=lambda _: True)
    late = msgspec.structs.replace(CONTEXT, deadline=Deadline(expires_at=7.0))
    steps = calls(llm, clock=lambda: 8.0)
    with pytest.raises(DeadlineExceeded) as raised:
        async with steps.within_deadline(late):
            await steps.prose(OPEN_QUESTION, late)

    assert raised.value.__cause__ is None
    assert llm.cancelled == 1


async def test_a_time_out_of_somebody_else_is_not_called_a_passed_deadline() -> None:
    with pytest.raises(TimeoutError):
        async with calls(answering()).within_deadline(CONTEXT):
            raise TimeoutError


async def test_a_caller_that_leaves_is_not_told_of_a_deadline() -> None:
    llm = StallingLLMClient(answering(), stalls=lambda _: True)
    steps = calls(llm)

    async def ask() -> None:
        async with steps.within_deadline(CONTEXT):
            await steps.prose(OPEN_QUESTION, CONTEXT)

    asking = asyncio.create_task(ask())
    await llm.stalled.acquire()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    assert llm.cancelled == 1


async def test_raw_text_leaves_only_where_caller_and_deployment_both_say_so() -> None:
    names = {"Maria": "PERSON"}
    refusing, allowing = calls(answering(), names=names), calls(answering(), names=names, allow_raw=True)

    assert (await refusing.pseudonymise(["Maria"], anonymize=False)).texts == ("<PERSON_1>",)
    assert (await allowing.pseudonymise(["Maria"])).texts == ("<PERSON_1>",)
    raw = await allowing.pseudonymise(["Maria"], anonymize=False)
    assert (raw.texts, raw.originals) == (("Maria",), {})


async def test_without_an_anonymiser_no_text_gets_through() -> None:
    down = calls(answering(), anonymizer=ScriptedAnonymizer(is_down=True))
    with pytest.raises(AnonymizerUnavailable):
        await down.pseudonymise(["Maria"])


async def test_a_huge_prompt_is_weighed_as_well() -> None:
    huge = msgspec.structs.replace(QUESTION, user="вода" * 100_000)
    fits = TokenBudget().tokens(huge.system, huge.user)

    await calls(answering(), budget=TokenBudget(max_total_tokens=fits)).require_fit(huge)
    with pytest.raises(FeedbackTooLarge):
        await calls(answering(), budget=TokenBudget(max_total_tokens=fits - 1)).require_fit(huge)
