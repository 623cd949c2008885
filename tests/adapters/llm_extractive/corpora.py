"""Feedback to ask the stand-in about chunk by chunk, and the prompts that do so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from qfa_core.feedback import FeedbackRecord, parse_created
from qfa_core.prompts.analyze_chunks import chunk_prompt
from qfa_core.prompts.combine import Notes, combine_prompt, conclusion_prompt
from qfa_core.prompts.records import weighed_envelope
from tests.adapters.llm_extractive.asking import ask

QUESTION = "Who waits in the queue for water?"


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What so many records say, on a day or on none."""

    text: str
    created: str = ""
    times: int = 1

    @property
    def envelope(self) -> str:
        record = FeedbackRecord(id="FB-1", content=self.text, created=parse_created(self.created))
        return weighed_envelope(self.text, record, times=self.times)


CORPUS = (
    Said(text="The water tap is broken. We wait in the queue all day.", created="2026-02-01", times=3),
    Said(text="L'eau est sale.", created="2026-02-02"),
    Said(text="Нема води в таборі, черга велика.", created="2026-02-03"),
    Said(text="El agua no llega.", created="2026-03-04"),
    Said(text="The cash is late. The bridge is gone.", created="2026-05-01"),
    Said(text="El dinero no llegó, y el agua tampoco.", created="2026-05-02", times=2),
    Said(text="لم نستلم المساعدة النقدية", created="2026-05-03"),
    Said(text="The vaccine frightens people. A bridge is gone.", created="2026-06-04", times=2),
    Said(text="De kraan is stuk. No bridge, no market."),
)


async def notes_on(corpus: Sequence[Said], question: str = QUESTION) -> Notes:
    """Have the stand-in read *corpus* as one chunk."""
    text = await ask(chunk_prompt([said.envelope for said in corpus], question))
    return Notes(text=text, record_count=sum(said.times for said in corpus))


async def combined(notes: Sequence[Notes], question: str = QUESTION) -> Notes:
    """Have the stand-in put *notes* together."""
    text = await ask(combine_prompt(notes, question))
    return Notes(text=text, record_count=sum(note.record_count for note in notes))


async def concluded(notes: Iterable[Notes], question: str = QUESTION, trends: str | None = None) -> str:
    """Have the stand-in write the analysis."""
    return await ask(conclusion_prompt(notes, question, trends=trends))


def themes_in(analysis: str) -> list[tuple[str, int]]:
    """Return the themes of an analysis with the records that mention them, in order."""
    return [(name, int(count)) for name, count in re.findall(r"^\d\. (.+?): (\d+) record", analysis, re.M)]


def quotes_in(text: str) -> list[str]:
    """Return what *text* quotes, without the sign that a quote was cut."""
    return [quote.removesuffix(" …") for quote in re.findall("“(.+)”", text)]
