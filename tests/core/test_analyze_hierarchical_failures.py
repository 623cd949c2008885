"""What becomes of a hierarchical analysis when calls fail, are refused, are late or are given up."""

from __future__ import annotations

import asyncio
import time

import msgspec
import pytest

from qfa_core.budget import Deadline, RequestContext
from qfa_core.errors import (
    AnalysisUnavailable,
    ClustererUnavailable,
    ContentFiltered,
    DeadlineExceeded,
    EmbedderUnavailable,
    LLMUnavailable,
)
from qfa_core.fakes import GreedyClusterer, WordEmbedder
from qfa_core.insights import RecordLedger
from qfa_core.requests import AnalyzeRequest
from qfa_core.use_cases.analyze import Analyze
from qfa_core.use_cases.uncertainty import NOT_CLUSTERED, NOT_CONCLUDED
from tests.core.asking import (
    CONTEXT,
    LLM_ERRORS,
    StallingLLMClient,
    calls,
    cut,
    leaving_nothing_running,
    record,
)
from tests.core.corpora import (
    QUESTION,
    analyse,
    corpus,
    prompts,
    reading,
    records_in,
    refusing,
)

SOON = 2.0


def soon() -> RequestContext:
    """Return a context that ends two seconds from now, on the real clock."""
    return msgspec.structs.replace(CONTEXT, deadline=Deadline(expires_at=time.monotonic() + SOON))


async def test_a_chunk_that_fails_costs_its_records_and_is_said() -> None:
    llm = reading(analyze_chunk=refusing("word7\\.", LLMUnavailable()))
    analysis = await analyse(llm, corpus(60))

    lost = next(records_in(p) for p in prompts(llm, "analyze_chunk") if "word7." in p.user)
    assert analysis.record_ledger == RecordLedger(received=60, analysed=60 - len(lost), failed=len(lost))
    assert analysis.record_count == 60 - len(lost)
    assert "1 chunk failed" in analysis.uncertainty_explanation
    assert f"{len(lost)} records were not analysed" in analysis.uncertainty_explanation


async def test_a_duplicate_of_a_failed_record_failed_too() -> None:
    llm = reading(analyze_chunk=refusing("pump", LLMUnavailable()))
    analysis = await analyse(
        llm, [record("The pump."), record("the pump"), record("Cash."), record("cash")], chunk_tokens=20
    )

    assert analysis.record_ledger == RecordLedger(received=4, analysed=1, duplicate=1, failed=2)


async def test_a_record_of_which_a_part_failed_was_not_analysed() -> None:
    long = " ".join(f"Sentence number {n} is about the well." for n in range(100))
    llm = reading(analyze_chunk=refusing("number 50 ", LLMUnavailable()))
    analysis = await analyse(llm, [record(long), record("Cash.")], chunk_tokens=200)

    assert analysis.record_ledger == RecordLedger(received=2, analysed=1, failed=1)


@pytest.mark.parametrize("error", [e for e in LLM_ERRORS if not isinstance(e, ContentFiltered)], ids=repr)
async def test_with_every_chunk_failed_there_is_no_analysis(error: Exception) -> None:
    with pytest.raises(AnalysisUnavailable):
        await analyse(reading(analyze_chunk=error), corpus(9))


async def test_refused_records_are_found_and_the_rest_is_read() -> None:
    refused = ("word3\\.", "word20\\.", "word21\\.")
    llm = reading(analyze_chunk=refusing("|".join(refused), ContentFiltered()))
    analysis = await analyse(llm, corpus(40), chunk_tokens=400)

    assert analysis.record_ledger == RecordLedger(received=40, analysed=37, filtered=3)
    assert "3 records were refused" in analysis.uncertainty_explanation
    assert "a person must read them" in analysis.uncertainty_explanation


async def test_the_search_for_refused_records_ends() -> None:
    llm = reading(analyze_chunk=refusing("word", ContentFiltered()))
    with pytest.raises(ContentFiltered):
        await analyse(llm, corpus(900), chunk_tokens=2000)

    assert llm.tasks().count("analyze_chunk") < 500


@pytest.mark.parametrize("error", LLM_ERRORS, ids=repr)
async def test_a_conclusion_that_fails_leaves_the_notes(error: Exception) -> None:
    analysis = await analyse(reading(analyze_chunk="Pumps fail.", conclude_analysis=error), corpus(30))

    assert "Pumps fail." in analysis.text
    assert NOT_CONCLUDED in analysis.uncertainty_explanation
    assert analysis.quality_score is None
    assert analysis.confidence == pytest.approx(0.8)


async def test_groups_that_cannot_be_combined_are_put_side_by_side() -> None:
    llm = reading(analyze_chunk="A long note on water. " * 30, combine_notes=LLMUnavailable())
    analysis = await analyse(llm, corpus(60), max_total_tokens=1500)

    assert "A long note on water." in prompts(llm, "conclude_analysis")[0].user
    assert "could only be put side by side" in analysis.uncertainty_explanation
    assert analysis.text.endswith("Water is lacking.")


async def test_a_conclusion_that_was_cut_is_not_scored() -> None:
    analysis = await analyse(reading(conclude_analysis=cut("Water is")), corpus(12))

    assert analysis.quality_score is None
    assert "cut off" in analysis.uncertainty_explanation


async def test_an_analysis_that_runs_short_answers_with_what_it_has() -> None:
    scripted = reading(conclude_analysis="Some answer.")
    llm = StallingLLMClient(
        scripted, stalls=lambda prompt: prompt.task == "analyze_chunk" and "word5." in prompt.user
    )
    with leaving_nothing_running():
        analysis = await analyse(llm, corpus(60), context=soon(), clock=time.monotonic)

    assert analysis.text.endswith("Some answer.")
    assert analysis.record_ledger is not None
    assert 0 < analysis.record_ledger.failed < 30
    assert "1 chunk could not be analysed in time" in analysis.uncertainty_explanation


async def test_a_conclusion_that_is_late_leaves_the_notes() -> None:
    llm = StallingLLMClient(
        reading(analyze_chunk="Pumps fail."), stalls=lambda prompt: prompt.task == "conclude_analysis"
    )
    analysis = await analyse(llm, corpus(12), context=soon(), clock=time.monotonic)

    assert "Pumps fail." in analysis.text
    assert NOT_CONCLUDED in analysis.uncertainty_explanation


async def test_judges_and_names_that_are_late_cost_the_scores_and_the_names() -> None:
    llm = StallingLLMClient(reading(), stalls=lambda prompt: prompt.task in {"judge_chunk", "name_themes"})
    analysis = await analyse(llm, corpus(12), context=soon(), clock=time.monotonic)

    assert analysis.text.endswith("Water is lacking.")
    assert analysis.confidence is None
    assert analysis.themes is not None
    assert {theme.title for theme in analysis.themes} == {None}


async def test_with_no_chunk_in_time_the_deadline_has_passed() -> None:
    llm = StallingLLMClient(reading(), stalls=lambda prompt: prompt.task == "analyze_chunk")
    with pytest.raises(DeadlineExceeded), leaving_nothing_running():
        await analyse(llm, corpus(12), context=soon(), clock=time.monotonic)


class StallingEmbedder(WordEmbedder):
    async def check(self) -> None:
        await asyncio.Event().wait()


async def test_clusters_that_take_too_long_are_done_without() -> None:
    analysis = await analyse(
        reading(), corpus(12), context=soon(), clock=time.monotonic, embedder=StallingEmbedder()
    )

    assert analysis.themes is None
    assert NOT_CLUSTERED in analysis.uncertainty_explanation
    assert analysis.record_ledger == RecordLedger(received=12, analysed=12)


async def test_hanging_up_ends_all_that_runs() -> None:
    llm = StallingLLMClient(reading(), stalls=lambda prompt: prompt.task == "analyze_chunk")
    with leaving_nothing_running():
        task = asyncio.create_task(analyse(llm, corpus(12)))
        await llm.stalled.acquire()
        task.cancel()
        await asyncio.wait({task})

    assert llm.cancelled > 0


async def test_without_an_embedder_there_is_no_hierarchical_analysis() -> None:
    llm = reading()
    with pytest.raises(EmbedderUnavailable):
        await analyse(llm, corpus(12), embedder=WordEmbedder(is_down=True))
    with pytest.raises(ClustererUnavailable):
        await analyse(llm, corpus(12), clusterer=GreedyClusterer(is_down=True))
    with pytest.raises(AnalysisUnavailable):
        await Analyze(calls(llm))(
            AnalyzeRequest(records=tuple(corpus(3)), prompt=QUESTION, mode="hierarchical"), CONTEXT
        )

    assert llm.prompts == []
