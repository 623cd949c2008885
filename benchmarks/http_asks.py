"""What `benchmarks.http` asks of servers: one request an endpoint, as large as they are in the field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from benchmarks.feedback_corpus import Record, feedback_records
from benchmarks.http_load import Ask

ANALYSED_RECORDS = 100
LARGE_RECORDS = 10_000
LARGE_RECORD_CHARACTERS = 290  # in bytes, and with their metadata, ten thousand of them are 5 MB
QUESTION = "What do people need most, and what worries them?"
_BRANCHES = 5

HEALTH = "health"
SUMMARIZE = "summarize"
DETECT = "detect-sensitive"
ASSIGN = "assign-codes"
ANALYZE = "analyze-bulk"
SUMMARIZE_BULK = "summarize-bulk"


def asks() -> Mapping[str, Ask]:
    """Return a request of each endpoint by its name; the bulk ones carry a hundred records."""
    records = list(_texts(ANALYSED_RECORDS))
    one: dict[str, Any] = {"feedback_record": records[0]}
    framework = {"root_codes": [_code(f"{first}") for first in range(_BRANCHES)]}
    bodies: dict[str, tuple[str, object]] = {
        SUMMARIZE: ("/v1/summarize", one),
        DETECT: ("/v1/detect-sensitive", one),
        ASSIGN: ("/v1/assign-codes", {**one, "coding_levels": framework, "max_codes": 1}),
        ANALYZE: ("/v1/analyze-bulk", {"feedback_records": records, "prompt": QUESTION}),
        SUMMARIZE_BULK: ("/v1/summarize-bulk", {"feedback_records": records, "prompt": ""}),
    }
    made = {HEALTH: Ask(name=HEALTH, path="/v1/health")}
    return made | {
        name: Ask(name=name, path=path, body=msgspec.json.encode(body))
        for name, (path, body) in bodies.items()
    }


def large_ask() -> Ask:
    """Return an analysis of ten thousand records: 5 MB."""
    records = _lengthened(list(_texts(LARGE_RECORDS)))
    body = msgspec.json.encode({"feedback_records": records, "prompt": QUESTION})
    return Ask(name="10,000 records", path="/v1/analyze-bulk", body=body)


def _texts(count: int) -> Iterator[Record]:
    """Yield records of ordinary length that hold text."""
    found = 0
    for record in feedback_records(count * 2):
        if record["content"].strip() and len(record["content"]) < LARGE_RECORD_CHARACTERS:
            yield record
            found += 1
        if found == count:
            return


def _lengthened(records: Sequence[Record]) -> list[Record]:
    """Let each record say what those after it say as well, up to the length of a large one."""
    longer = []
    for at, record in enumerate(records):
        content, following = record["content"], at
        while len(content) < LARGE_RECORD_CHARACTERS:
            following = (following + 1) % len(records)
            content = f"{content} {records[following]['content']}"
        longer.append({**record, "content": content[:LARGE_RECORD_CHARACTERS]})
    return longer


def _code(id_: str, level: int = 1) -> dict[str, Any]:
    children = [_code(f"{id_}-{child}", level + 1) for child in range(_BRANCHES)] if level < 3 else []
    return {"id": id_, "name": f"Theme {id_}", "children": children}
