"""How a corpus beyond one prompt is read, combined and answered."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from qfa_core.errors import (
    FeedbackTooLarge,
    LLMUnavailable,
)
from qfa_core.fakes import GreedyClusterer, WordEmbedder
from qfa_core.feedback import FeedbackRecord
from qfa_core.insights import RecordLedger
from qfa_core.llm import Prompt
from qfa_core.progress import Progress
from qfa_core.requests import AnalyzeRequest
from qfa_core.use_cases.analyze import DISCLAIMER, Analyze
from qfa_core.use_cases.analyze_hierarchical import AnalyzeHierarchical
from tests.core.asking import (
    CONTEXT,
    calls,
    record,
    verdict,
)
from tests.core.corpora import (
    QUESTION,
    SteppingLLMClient,
    analyse,
    corpus,
    prompts,
    reading,
    records_in,
)


async def test_a_corpus_is_read_in_chunks_and_answered_as_one() -> None:
    llm = reading()
    analysis = await analyse(llm, corpus(30))

    assert analysis.text == f"{DISCLAIMER}\n\nWater is lacking."
    assert analysis.record_count == 30
    assert analysis.confidence == analysis.quality_score == pytest.approx(0.8)
    tasks = Counter(llm.tasks())
    assert tasks["analyze_chunk"] == tasks["judge_chunk"] > 3
    assert tasks["conclude_analysis"] == tasks["name_themes"] == 1
    assert tasks["combine_notes"] == 0


async def test_every_record_is_read_once_and_none_is_lost() -> None:
    llm = reading()
    await analyse(llm, corpus(50))

    read = Counter(one.text for prompt in prompts(llm, "analyze_chunk") for one in records_in(prompt))
    assert read == Counter(one.content for one in corpus(50))


async def test_chunks_hold_one_theme_in_date_order() -> None:
    llm = reading()
    await analyse(llm, corpus(60))

    for prompt in prompts(llm, "analyze_chunk"):
        days = [one.attributes["date"] for one in records_in(prompt)]
        assert days == sorted(days)
    pure = [len({one.text.split()[1] for one in records_in(p)}) == 1 for p in prompts(llm, "analyze_chunk")]
    assert sum(pure) >= len(pure) - 1


async def test_no_chunk_is_over_the_target() -> None:
    llm = reading()
    await analyse(llm, corpus(60), chunk_tokens=120)

    for prompt in prompts(llm, "analyze_chunk"):
        assert len(prompt.user) / 4 <= 120 + len(QUESTION)


async def test_a_small_token_budget_is_kept_by_every_prompt() -> None:
    llm = reading(analyze_chunk="A long note on water. " * 60)
    await analyse(llm, corpus(300), chunk_tokens=5000, max_total_tokens=1500)

    assert "combine_notes" in llm.tasks()
    assert max(-(-prompt.characters // 4) for prompt in llm.prompts) <= 1500


async def test_a_question_that_leaves_no_room_is_too_large_before_anything_is_asked() -> None:
    llm, embedder = reading(), WordEmbedder()
    with pytest.raises(FeedbackTooLarge, match="question"):
        await analyse(llm, corpus(5), question="why " * 900, max_total_tokens=1250, embedder=embedder)

    assert llm.prompts == []
    assert embedder.texts == []


async def test_what_is_said_word_for_word_is_sent_once_and_counted_for_all() -> None:
    llm = reading()
    records = [record(text) for text in ("No water!", "no  water", "NO WATER.", "No food.", "")]
    analysis = await analyse(llm, records)

    sent = [one for prompt in prompts(llm, "analyze_chunk") for one in records_in(prompt)]
    assert sorted((one.text, one.attributes.get("said_by")) for one in sent) == [
        ("No food.", None),
        ("No water!", "3 records"),
    ]
    assert analysis.record_ledger == RecordLedger(received=5, analysed=2, duplicate=2, blank=1)
    assert analysis.record_count == 4


async def test_of_what_is_said_word_for_word_the_oldest_is_sent() -> None:
    llm = reading()
    await analyse(llm, [record("No water.", created="2024-05-02"), record("no water", created="2024-05-01")])

    (sent,) = records_in(prompts(llm, "analyze_chunk")[0])
    assert sent.attributes["date"] == "2024-05-01"


async def test_a_record_longer_than_a_chunk_is_read_whole_in_parts() -> None:
    llm = reading()
    long = " ".join(f"Sentence number {n} is about the well." for n in range(100))
    analysis = await analyse(llm, [record(long), *corpus(3)], chunk_tokens=200)

    parts = [
        one
        for prompt in prompts(llm, "analyze_chunk")
        for one in records_in(prompt)
        if "part" in one.attributes
    ]
    assert (
        "".join(one.text for one in sorted(parts, key=lambda one: int(one.attributes["part"].split()[0])))
        == long
    )
    assert all(one.text.rstrip().endswith(".") for one in parts)
    assert analysis.record_ledger == RecordLedger(received=4, analysed=4)


async def test_a_script_that_takes_more_tokens_makes_smaller_chunks() -> None:
    latin, arabic = reading(), reading()
    await analyse(latin, [record(f"la pompa dell acqua {n}") for n in range(40)])
    await analyse(arabic, [record(f"مضخة المياه معطلة {n}") for n in range(40)])

    assert latin.tasks().count("analyze_chunk") < arabic.tasks().count("analyze_chunk")


async def test_the_confidence_is_weighed_by_records() -> None:
    llm = reading(judge_chunk=lambda prompt: verdict(1.0 if "pump" in prompt.user else 0.0))
    records = [record(f"pump {n}") for n in range(3)] + [record("cash card")]
    analysis = await analyse(llm, records, chunk_tokens=40)

    assert analysis.confidence == pytest.approx(0.75)


async def test_a_chunk_without_a_verdict_counts_for_nothing_in_the_confidence() -> None:
    llm = reading(
        judge_chunk=lambda prompt: LLMUnavailable() if "pump" in prompt.user else verdict(0.4, "Thin.")
    )
    analysis = await analyse(llm, corpus(12))

    assert analysis.confidence == pytest.approx(0.4)
    assert "The weakest part (40%): Thin." in analysis.uncertainty_explanation


async def test_without_any_verdict_there_is_no_confidence() -> None:
    analysis = await analyse(reading(judge_chunk=LLMUnavailable()), corpus(12))

    assert analysis.confidence is None
    assert analysis.quality_score is None


async def test_judges_work_while_the_notes_are_combined() -> None:
    def step(prompt: Prompt, llm: SteppingLLMClient) -> bool:
        other = {"judge_chunk": "conclude_analysis", "conclude_analysis": "judge_chunk"}.get(prompt.task)
        return other is None or other in llm.under_way

    await analyse(SteppingLLMClient(reading(), step), corpus(12))


async def test_so_many_chunks_are_read_at_once_and_no_more() -> None:
    def step(prompt: Prompt, llm: SteppingLLMClient) -> bool:
        return prompt.task != "analyze_chunk" or llm.most["analyze_chunk"] == 4

    llm = SteppingLLMClient(reading(), step)
    await analyse(llm, corpus(60), at_once=4)

    assert llm.most["analyze_chunk"] == 4


async def test_groups_of_notes_are_combined_at_once() -> None:
    def step(prompt: Prompt, llm: SteppingLLMClient) -> bool:
        return prompt.task != "combine_notes" or llm.most["combine_notes"] > 1

    llm = SteppingLLMClient(reading(analyze_chunk="A long note on water. " * 30), step)
    await analyse(llm, corpus(90), max_total_tokens=2000)

    assert llm.most["combine_notes"] > 1


async def test_only_the_conclusion_sees_the_trends() -> None:
    llm = reading(analyze_chunk="A long note on water. " * 30)
    await analyse(llm, corpus(90), max_total_tokens=2500)

    with_trends = {prompt.task for prompt in llm.prompts if "<coding_trends>" in prompt.user}
    assert with_trends == {"conclude_analysis"}
    (conclusion,) = prompts(llm, "conclude_analysis")
    assert "water: 30 in all; 2024-W01 " in conclusion.user


async def test_notes_are_concluded_from_in_date_order_with_their_records_and_days() -> None:
    llm = reading()
    await analyse(llm, corpus(60))

    (conclusion,) = prompts(llm, "conclude_analysis")
    found = re.findall(r'<notes records="(\d+)" first_day="([0-9-]+)" last_day="([0-9-]+)">', conclusion.user)
    assert sum(int(records) for records, _, _ in found) == 60
    assert [first for _, first, _ in found] == sorted(first for _, first, _ in found)


def early_and_late() -> list[FeedbackRecord]:
    """Return a corpus of two themes, of which one is all told before the other."""
    early = [record(f"The water pump is dry word{n}.", created=f"2024-01-{n + 1:02}") for n in range(20)]
    late = [record(f"Bank card money blocked word{n}.", created=f"2024-02-{n + 1:02}") for n in range(20)]
    return [*late, *early]


async def test_every_theme_is_heard_before_any_is_heard_twice() -> None:
    llm = reading()
    await analyse(llm, early_and_late(), at_once=1)

    first, second, *others = prompts(llm, "analyze_chunk")
    assert ("pump" in first.user, "pump" in second.user) == (True, False)
    assert others


async def test_notes_are_in_date_order_though_chunks_are_not_read_in_it() -> None:
    llm = reading()
    await analyse(llm, early_and_late(), at_once=1)

    (conclusion,) = prompts(llm, "conclude_analysis")
    days = re.findall(r'first_day="([0-9-]+)"', conclusion.user)
    assert len(days) > 3
    assert days == sorted(days)


async def test_a_record_in_parts_weighs_as_one_in_the_confidence() -> None:
    llm = reading(judge_chunk=lambda prompt: verdict(0.0 if "Cash" in prompt.user else 1.0))
    long = " ".join(f"Sentence number {n} is about the well." for n in range(100))
    analysis = await analyse(llm, [record(long), record("Cash. " * 80)], chunk_tokens=170)

    assert llm.tasks().count("analyze_chunk") > 3
    assert analysis.confidence == pytest.approx(0.5)


async def test_every_call_is_patient() -> None:
    llm = reading()
    await analyse(llm, corpus(12))

    assert all(context.is_patient for context in llm.contexts)


async def test_blank_records_make_no_call() -> None:
    llm, embedder = reading(), WordEmbedder()
    analysis = await analyse(llm, [record(""), record("  ")], embedder=embedder)

    assert analysis.text == DISCLAIMER
    assert analysis.record_ledger == RecordLedger(received=2, blank=2)
    assert (llm.prompts, embedder.texts) == ([], [])


async def test_progress_is_told_phase_by_phase() -> None:
    told: list[Progress] = []
    llm = reading()
    await analyse(llm, corpus(30), on_progress=told.append)

    phases = list(dict.fromkeys(progress.phase for progress in told))
    assert phases == ["pseudonymise", "embed", "cluster", "chunk", "map", "reduce", "judge"]
    read = [progress for progress in told if progress.phase == "map"]
    assert [progress.done for progress in read] == [*range(read[-1].total + 1), read[-1].total]
    assert read[-1].total == llm.tasks().count("analyze_chunk")


async def test_the_same_corpus_gets_the_same_prompts() -> None:
    one, other = reading(), reading()
    await analyse(one, corpus(40))
    await analyse(other, corpus(40))

    assert sorted(p.user for p in one.prompts) == sorted(p.user for p in other.prompts)


async def test_the_output_language_is_asked_of_every_writer_and_judge() -> None:
    llm = reading()
    shared = calls(llm)
    hierarchical = AnalyzeHierarchical(shared, WordEmbedder(), GreedyClusterer(), clock=lambda: 0.0)
    request = AnalyzeRequest(
        records=tuple(corpus(12)), prompt=QUESTION, mode="hierarchical", output_language="Dutch"
    )
    await Analyze(shared, hierarchical=hierarchical)(request, CONTEXT)

    assert all("Dutch" in prompt.system for prompt in llm.prompts)
