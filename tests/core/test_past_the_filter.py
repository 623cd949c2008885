"""What a content filter refuses of many records: found, told apart, and the rest answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from qfa_core.errors import ContentFiltered, LLMUnavailable
from qfa_core.fakes import ScriptedLLMClient
from qfa_core.fakes.scripted_llm_client import Line
from qfa_core.feedback import FeedbackRecord
from qfa_core.insights import FilteredRecord, RecordLedger
from qfa_core.llm import Prompt
from qfa_core.prompts.envelope import open_envelopes
from qfa_core.requests import AnalyzeRequest, SummarizeCorpusRequest
from qfa_core.use_cases.analyze import Analyze
from qfa_core.use_cases.past_the_filter import MOST_HALVINGS
from qfa_core.use_cases.summarize import SummarizeCorpus
from tests.core.asking import CONTEXT, calls, record, user_messages, verdict

QUESTION = "What is lacking?"


def refusing(*words: str, minds: Callable[[Prompt], bool] = lambda _: True) -> ScriptedLLMClient:
    """Return a model behind a filter that refuses whatever holds one of *words*, where it *minds*."""
    lines: dict[str, Line] = {
        "analyze": "Water.",
        "judge_analysis": verdict(),
        "summarize_corpus": {"title": "Water", "summary": "- no water"},
        "judge_corpus_summary": verdict(),
        "screen_records": "read",
    }

    def answer(prompt: Prompt) -> Line:
        if minds(prompt) and any(word in prompt.user for word in words):
            return ContentFiltered(categories=("sexual",))
        return lines[prompt.task]

    return ScriptedLLMClient(answer)


def records(size: int) -> list[FeedbackRecord]:
    return [record(f"Text word{n}.", record_id=f"r{n}") for n in range(size)]


def asking(some: Sequence[FeedbackRecord]) -> AnalyzeRequest:
    return AnalyzeRequest(records=tuple(some), prompt=QUESTION)


async def test_an_analysis_leaves_out_what_is_refused_and_names_it() -> None:
    llm = refusing("word3.", "word17.")
    analysis = await Analyze(calls(llm))(asking(records(20)), CONTEXT)

    assert [one.record_id for one in analysis.filtered_records] == ["r3", "r17"]
    assert analysis.filtered_records[0].categories == ("sexual",)
    assert analysis.record_ledger == RecordLedger(received=20, analysed=18, filtered=2)
    assert analysis.record_count == 18
    assert "2 records were refused" in analysis.uncertainty_explanation
    last = open_envelopes("feedback_record", user_messages(llm, "analyze")[-1])
    assert len(last) == 18


async def test_a_summary_leaves_out_what_is_refused_and_names_it() -> None:
    summary = await SummarizeCorpus(calls(refusing("word0.")))(
        SummarizeCorpusRequest(records=tuple(records(5))), CONTEXT
    )

    assert summary.filtered_records == (FilteredRecord(record_id="r0", categories=("sexual",)),)
    assert summary.record_ids == ("r1", "r2", "r3", "r4")
    assert summary.quality_score is not None


async def test_without_a_refusal_nothing_is_screened() -> None:
    llm = refusing()
    analysis = await Analyze(calls(llm))(asking(records(5)), CONTEXT)

    assert llm.tasks() == ["analyze", "judge_analysis"]
    assert analysis.filtered_records == ()


async def test_few_calls_find_one_record_among_a_thousand() -> None:
    llm = refusing("word500.")
    await Analyze(calls(llm))(asking(records(1000)), CONTEXT)

    assert llm.tasks().count("screen_records") <= 20


async def test_many_refused_records_are_found_one_by_one() -> None:
    refused = {f"r{n}" for n in range(0, 1000, 50)}
    analysis = await Analyze(calls(refusing(*(f"word{n}." for n in range(0, 1000, 50)))))(
        asking(records(1000)), CONTEXT
    )

    assert {one.record_id for one in analysis.filtered_records} == refused


async def test_the_number_of_calls_is_bounded_and_whole_rests_count_as_refused() -> None:
    refused = {f"r{n}" for n in range(0, 600, 2)}
    llm = refusing(*(f"word{n}." for n in range(0, 600, 2)))
    analysis = await Analyze(calls(llm))(asking(records(2000)), CONTEXT)

    assert llm.tasks().count("screen_records") <= 2 * MOST_HALVINGS + 2
    assert refused < {one.record_id for one in analysis.filtered_records}
    assert analysis.record_ledger is not None
    assert analysis.record_ledger.filtered == len(analysis.filtered_records)


async def test_with_every_record_refused_the_refusal_is_the_answer() -> None:
    for some in (records(1), records(4)):
        with pytest.raises(ContentFiltered) as caught:
            await Analyze(calls(refusing("Text")))(asking(some), CONTEXT)

        assert caught.value.categories == ("sexual",)


async def test_a_question_that_is_refused_costs_no_record() -> None:
    llm = refusing("lacking")
    with pytest.raises(ContentFiltered):
        await Analyze(calls(llm))(asking(records(4)), CONTEXT)


async def test_an_answer_that_is_refused_is_a_refusal() -> None:
    llm = refusing("word", minds=lambda prompt: prompt.task == "analyze")
    with pytest.raises(ContentFiltered):
        await Analyze(calls(llm))(asking(records(4)), CONTEXT)

    assert llm.tasks().count("analyze") == 1  # nothing was found that a second one could do without


async def test_a_provider_that_fails_while_records_are_screened_is_an_error() -> None:
    lines: dict[str, Line] = {"analyze": ContentFiltered(), "screen_records": LLMUnavailable()}
    with pytest.raises(LLMUnavailable):
        await Analyze(calls(ScriptedLLMClient(lines)))(asking(records(4)), CONTEXT)


async def test_what_the_filter_is_shown_is_pseudonymised() -> None:
    llm = refusing("word1.")
    some = [record("Maria says word0."), record("Maria says word1.")]
    await Analyze(calls(llm, names={"Maria": "PERSON"}))(asking(some), CONTEXT)

    assert not any("Maria" in prompt.user for prompt in llm.prompts)
