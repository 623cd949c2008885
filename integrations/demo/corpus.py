"""The sample corpus: invented feedback records and the coding framework that they were coded with."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

SAMPLE_FOLDER = Path(__file__).parent.parent / "sample"

_LANGUAGES = {
    "EN": "English",
    "FR": "French",
    "ES": "Spanish",
    "AR": "Arabic",
    "UK": "Ukrainian",
    "RU": "Russian",
    "NL": "Dutch",
}


class SampleRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A feedback record as it goes over the wire; its id begins with the code of its language."""

    id: str
    content: str
    metadata: dict[str, str]

    @property
    def language(self) -> str:
        """The language's name in English."""
        return _LANGUAGES[self.id.partition("-")[0]]

    @property
    def day(self) -> str:
        """The day on which it was written down, `YYYY-MM-DD`."""
        return self.metadata["created"][:10]

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written down."""
        return not self.content.strip()


class SampleCorpus(msgspec.Struct, frozen=True, kw_only=True):
    """All sample records in order of time, and their coding framework."""

    records: tuple[SampleRecord, ...]
    framework: dict[str, Any]

    @property
    def languages(self) -> Counter[str]:
        """How many records are written in each language."""
        return Counter(record.language for record in self.records)

    @property
    def second_level_names(self) -> frozenset[str]:
        """The names of the framework's codes at the second level."""
        return frozenset(code["name"] for root in self.framework["root_codes"] for code in root["children"])

    def chosen(self, ids: tuple[str, ...]) -> list[SampleRecord]:
        """Return the records with these ids, in the order of *ids*."""
        by_id = {record.id: record for record in self.records}
        return [by_id[record_id] for record_id in ids]


def read_corpus() -> SampleCorpus:
    """Read the sample corpus that ships with the project."""
    lines = (SAMPLE_FOLDER / "feedback.jsonl").read_text(encoding="utf-8").splitlines()
    framework = (SAMPLE_FOLDER / "coding_framework.json").read_text(encoding="utf-8")
    return SampleCorpus(
        records=tuple(msgspec.json.decode(line, type=SampleRecord) for line in lines),
        framework=json.loads(framework),
    )
