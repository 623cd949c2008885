"""Asking in one line: the fitting use case, the fitting operation, never a raw text."""

from __future__ import annotations

import uuid

import pytest

from qfa_core import (
    Analysis,
    AnalysisUnavailable,
    AnalyzeRequest,
    Ask,
    AssignCodesRequest,
    AssignedCodes,
    Code,
    CodingFramework,
    CorpusSummary,
    DeadlineExceeded,
    DetectSensitiveRequest,
    FeedbackRecord,
    FeedbackTooLarge,
    Sensitivity,
    SummarizeCorpusRequest,
    SummarizeRequest,
    Summary,
    TokenBudget,
)
from qfa_core.fakes import ScriptedAnonymizer, ScriptedLLMClient
from qfa_core.use_cases.ask import Request

RECORD = FeedbackRecord(id="1", content="Maria says that the well is dry.")
SUMMARIZE = SummarizeRequest(record=RECORD)
FRAMEWORK = CodingFramework(root_codes=(Code(id="wash", name="Water"),))
SUMMARY = {"title": "Water", "summary": "- The well is dry"}
VERDICT = {"reason": "It says so.", "score": 0.9}
SCRIPT = {
    "analyze": "They need water.",
    "judge_analysis": VERDICT,
    "summarize": SUMMARY,
    "judge_summary": VERDICT,
    "summarize_corpus": SUMMARY,
    "judge_corpus_summary": VERDICT,
    "pick_codes": {"codes": ["Water"]},
    "judge_code": VERDICT,
    "detect_sensitive": {"is_sensitive": False, "sensitivity_types": [], "explanation": "A dry well."},
}
KINDS = [
    (AnalyzeRequest(records=(RECORD,), prompt="What is needed?"), "analyze", Analysis),
    (SummarizeCorpusRequest(records=(RECORD,)), "summarize_aggregate", CorpusSummary),
    (SUMMARIZE, "summarize", Summary),
    (AssignCodesRequest(record=RECORD, framework=FRAMEWORK), "assign_codes", AssignedCodes),
    (DetectSensitiveRequest(record=RECORD), "detect_sensitive", Sensitivity),
]


@pytest.fixture
def llm() -> ScriptedLLMClient:
    return ScriptedLLMClient(SCRIPT)


@pytest.fixture
def anonymizer() -> ScriptedAnonymizer:
    return ScriptedAnonymizer({"Maria": "PERSON"})


@pytest.mark.parametrize(("request_", "operation", "result"), KINDS)
async def test_a_request_is_answered_by_its_use_case_and_accounted_for_as_what_it_is(
    request_: Request, operation: str, result: type, llm: ScriptedLLMClient, anonymizer: ScriptedAnonymizer
) -> None:
    answer = await Ask(llm, anonymizer)(request_)

    assert isinstance(answer, result)
    assert {context.operation for context in llm.contexts} == {operation}


@pytest.mark.parametrize(("request_", "_operation", "_result"), KINDS)
async def test_no_raw_text_leaves_whatever_is_asked(
    request_: Request, _operation: str, _result: type, llm: ScriptedLLMClient, anonymizer: ScriptedAnonymizer
) -> None:
    await Ask(llm, anonymizer)(request_)

    assert llm.prompts
    assert not [prompt for prompt in llm.prompts if "Maria" in prompt.user + prompt.system]


async def test_not_even_a_request_that_wants_raw_text_gets_it(
    llm: ScriptedLLMClient, anonymizer: ScriptedAnonymizer
) -> None:
    await Ask(llm, anonymizer)(AnalyzeRequest(records=(RECORD,), prompt="What?", anonymize=False))

    assert "Maria" not in llm.prompts[0].user


async def test_tenant_and_deadline_are_those_of_the_caller(
    llm: ScriptedLLMClient, anonymizer: ScriptedAnonymizer
) -> None:
    ask = Ask(llm, anonymizer, clock=lambda: 100.0)

    await ask(SUMMARIZE, tenant_id="kenya", timeout_seconds=30.0)

    assert llm.contexts[0].tenant_id == "kenya"
    assert llm.contexts[0].deadline.expires_at == 130.0


async def test_each_request_has_an_id_of_its_own_that_its_calls_share(
    llm: ScriptedLLMClient, anonymizer: ScriptedAnonymizer
) -> None:
    ask = Ask(llm, anonymizer)

    await ask(SUMMARIZE)
    await ask(SUMMARIZE)

    ids = [uuid.UUID(context.request_id) for context in llm.contexts]
    assert ids[0] == ids[1] != ids[2] == ids[3]


async def test_what_takes_too_long_is_ended(anonymizer: ScriptedAnonymizer) -> None:
    ask = Ask(ScriptedLLMClient(SCRIPT, delay_seconds=60.0), anonymizer)

    with pytest.raises(DeadlineExceeded):
        await ask(SUMMARIZE, timeout_seconds=0.01)


async def test_a_budget_of_ones_own_counts(llm: ScriptedLLMClient, anonymizer: ScriptedAnonymizer) -> None:
    ask = Ask(llm, anonymizer, budget=TokenBudget(max_total_tokens=1))

    with pytest.raises(FeedbackTooLarge):
        await ask(SUMMARIZE)


async def test_hierarchical_mode_is_refused_before_anybody_is_asked(
    llm: ScriptedLLMClient, anonymizer: ScriptedAnonymizer
) -> None:
    with pytest.raises(AnalysisUnavailable):
        await Ask(llm, anonymizer)(AnalyzeRequest(records=(RECORD,), prompt="What?", mode="hierarchical"))

    assert not llm.prompts


async def test_what_is_no_request_is_a_type_error(
    llm: ScriptedLLMClient, anonymizer: ScriptedAnonymizer
) -> None:
    with pytest.raises(TypeError, match="FeedbackRecord"):
        await Ask(llm, anonymizer)(RECORD)  # type: ignore[call-overload]
