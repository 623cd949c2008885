"""The batch script over a CSV file."""

from __future__ import annotations

import asyncio
import csv
from pathlib import Path

import pytest

from examples.summarise_csv import AT_ONCE, rows_of
from qfa_core import Ask, ContentFiltered, FeedbackRecord, LLMClient, LLMReply, LLMUnavailable, Prompt
from qfa_core.budget import RequestContext
from qfa_core.fakes import ScriptedAnonymizer, ScriptedLLMClient
from tests.examples.programs import run
from tests.fakes.provider import FakeProvider

RECORDS = """\
id,content,district
1,"Maria Kamau says that the well is dry. We walk for two hours.",Garissa
2,"The distributor asks for money before he gives us our food. He threatened my sister.",Garissa
3,,Garissa
"""
SCREENED = {"is_sensitive": True, "sensitivity_types": ["FRAUD"], "explanation": "Money for food."}
SUMMARISED = {"title": "Food", "summary": "- Money is asked for food"}
VERDICT = {"reason": "So it says.", "score": 0.9}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "feedback.csv").write_text(RECORDS, encoding="utf-8-sig")
    return tmp_path


def rows_in(folder: Path) -> list[dict[str, str]]:
    with (folder / "summaries.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_each_record_has_a_row_with_a_summary_and_a_flag(folder: Path) -> None:
    run("summarise_csv.py", "feedback.csv", "summaries.csv", folder=folder)

    rows = rows_in(folder)
    assert [row["id"] for row in rows] == ["1", "2", "3"]
    assert "well is dry" in rows[0]["summary"]
    assert [row["is_sensitive"] for row in rows] == ["False", "True", "False"]
    assert {row["failure"] for row in rows} == {""}


def test_the_model_is_the_one_that_the_environment_names_and_sees_no_name(folder: Path) -> None:
    with FakeProvider() as provider:
        model = {"LLM_MODEL": "openai/gpt-4o-mini", "LLM_API_BASE": provider.url, "LLM_API_KEY": "a key"}
        run("summarise_csv.py", "feedback.csv", "summaries.csv", folder=folder, **model)

    assert len(provider.requests) == 6
    assert not [request for request in provider.requests if "Kamau" in str(request.body)]
    assert [row["title"] for row in rows_in(folder)] == ["some title", "some title", ""]


async def test_a_record_that_fails_keeps_its_row_and_its_flag() -> None:
    script = {"detect_sensitive": SCREENED, "summarize": LLMUnavailable(), "judge_summary": VERDICT}
    ask = Ask(ScriptedLLMClient(script), ScriptedAnonymizer())

    [row] = await rows_of([FeedbackRecord(id="1", content="No food.")], ask)

    assert row["is_sensitive"] is True
    assert row["failure"] == LLMUnavailable.message


async def test_what_a_filter_refuses_is_flagged() -> None:
    ask = Ask(ScriptedLLMClient(lambda _: ContentFiltered(categories=("violence",))), ScriptedAnonymizer())

    [row] = await rows_of([FeedbackRecord(id="1", content="He beats her.")], ask)

    assert row["is_sensitive"] is True


async def test_no_cell_is_a_formula() -> None:
    script = {"detect_sensitive": SCREENED, "summarize": SUMMARISED, "judge_summary": VERDICT}
    ask = Ask(ScriptedLLMClient(script), ScriptedAnonymizer())

    [row] = await rows_of([FeedbackRecord(id="1", content="No food.")], ask)

    assert row["summary"] == "'- Money is asked for food"


async def test_no_more_records_than_allowed_are_under_way_at_once() -> None:
    crowd = Crowd()
    records = [FeedbackRecord(id=str(number), content="No food.") for number in range(5 * AT_ONCE)]

    await rows_of(records, Ask(crowd, ScriptedAnonymizer()))

    assert crowd.most == AT_ONCE


class Crowd(LLMClient):
    """Count who asks at once."""

    model = "crowd"

    def __init__(self) -> None:
        self.now = self.most = 0

    async def complete(self, prompt: Prompt, context: RequestContext) -> LLMReply:
        self.now += 1
        self.most = max(self.most, self.now)
        for _ in range(5):  # the others get their turn, and come in if they may
            await asyncio.sleep(0)
        self.now -= 1
        return LLMReply(text="{}", model=self.model)
