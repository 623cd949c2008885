"""
Summarise every feedback record of a CSV file, and flag those that disclose something sensitive.

    pip install 'qfa[service]'           # for the HTTP client; without LLM_MODEL, plain `pip install` does
    export LLM_MODEL=openai/gpt-5.4-mini LLM_API_KEY=…
    python summarise_csv.py feedback.csv summaries.csv

The file has the columns `id` and `content`, and any others. Without LLM_MODEL a stand-in answers that
counts words. A record that could not be read keeps its row, with the reason in the column `failure`.
"""

from __future__ import annotations

import asyncio
import csv
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from qfa_adapters.anonymize.lexicon_anonymizer import LexiconAnonymizer
from qfa_adapters.llm.connection import LLMConnection
from qfa_adapters.llm.extractive import ExtractiveLLMClient
from qfa_core import (
    Ask,
    DetectSensitiveRequest,
    FeedbackRecord,
    LLMClient,
    QFAError,
    Secret,
    SummarizeRequest,
)

AT_ONCE = 8
COLUMNS = ("id", "title", "summary", "is_sensitive", "sensitivity_types", "failure")

Row = Mapping[str, object]


@asynccontextmanager
async def language_model(environ: Mapping[str, str]) -> AsyncIterator[LLMClient]:
    """Give the model that the environment names, with its connections closed in the end."""
    if "LLM_MODEL" not in environ:
        yield ExtractiveLLMClient()
        return
    from qfa_adapters.llm.client import HttpxLLMClient

    connection = LLMConnection(
        model=environ["LLM_MODEL"],
        api_key=Secret(environ.get("LLM_API_KEY", "")),
        api_base=environ.get("LLM_API_BASE"),
        max_concurrency=AT_ONCE,
    )
    async with HttpxLLMClient(connection) as llm:
        yield llm


def read_records(path: Path) -> list[FeedbackRecord]:
    """Read the records of a CSV file; one that a spreadsheet saved may begin with a byte order mark."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [FeedbackRecord(id=row["id"], content=row["content"] or "") for row in csv.DictReader(file)]


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """Write one row a record."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


def as_cell(text: str) -> str:
    """Return *text* so that no spreadsheet takes it for a formula: it is a model's."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


async def row_of(record: FeedbackRecord, ask: Ask) -> Row:
    """Ask about one record, for the flag first: what a filter refuses to summarise must have one."""
    row: dict[str, object] = {"id": record.id}
    try:
        sensitivity = await ask(DetectSensitiveRequest(record=record))
        row["is_sensitive"] = sensitivity.is_sensitive
        row["sensitivity_types"] = " ".join(sensitivity.types)
        summary = await ask(SummarizeRequest(record=record))
        row["title"], row["summary"] = as_cell(summary.title), as_cell(summary.text)
    except QFAError as error:
        row["failure"] = str(error)
    return row


async def rows_of(records: Sequence[FeedbackRecord], ask: Ask) -> list[Row]:
    """Return one row a record, in order, with so many records under way at once."""
    free = asyncio.Semaphore(AT_ONCE)

    async def row_in_turn(record: FeedbackRecord) -> Row:
        async with free:
            return await row_of(record, ask)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(row_in_turn(record)) for record in records]
    return [task.result() for task in tasks]


async def main(source: Path, target: Path) -> None:
    """Read *source*, ask, and write *target*."""
    records = read_records(source)
    async with language_model(os.environ) as llm:
        rows = await rows_of(records, Ask(llm, LexiconAnonymizer()))
    write_rows(target, rows)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
