"""What makes the analysis of a corpus uncertain, in sentences for the analyst."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from qfa_core.insights import RecordLedger
from qfa_core.prompts.answer_schema import Verdict
from qfa_core.use_cases.combine_notes import Conclusion
from qfa_core.use_cases.read_chunks import Reading

_REFUSED = "refused by the language model's content filter"
NOT_CLUSTERED = "Records were read by date alone, not by theme, because time was short."
NOT_CONCLUDED = "The notes on its parts could not be put together: they stand one by one in its place."
CUT_OFF = "Its text was cut off at the language model's length limit."


def uncertainty_of(
    readings: Sequence[Reading],
    verdicts: Sequence[Verdict | None],
    conclusion: Conclusion,
    ledger: RecordLedger,
    *,
    is_clustered: bool,
) -> str:
    """Say how much was read and scored, what is missing and why, and what a judge says of the weakest."""
    return " ".join(_sentences(readings, verdicts, conclusion, ledger, is_clustered=is_clustered))


def refused_records(count: int) -> str:
    """Say that so many records were refused, and what follows from it."""
    if count == 1:
        return f"1 record was {_REFUSED}: a person must read it."
    return f"{count} records were {_REFUSED}: a person must read them."


def _sentences(
    readings: Sequence[Reading],
    verdicts: Sequence[Verdict | None],
    conclusion: Conclusion,
    ledger: RecordLedger,
    *,
    is_clustered: bool,
) -> Iterator[str]:
    fates = Counter(reading.fate for reading in readings)
    scored = [verdict for verdict in verdicts if verdict is not None]
    yield f"Analysed {fates['analysed']} of {_chunks(len(readings))}, scored {len(scored)} of them."
    if fates["failed"]:
        yield f"{_chunks(fates['failed'])} failed and were left out."
    if fates["out_of_time"]:
        yield f"{_chunks(fates['out_of_time'])} could not be analysed in time and were left out."
    if ledger.failed:
        yield f"{_records(ledger.failed)} not analysed, or not wholly."
    if ledger.filtered:
        yield refused_records(ledger.filtered)
    if not is_clustered:
        yield NOT_CLUSTERED
    if conclusion.joined:
        yield f"{conclusion.joined} sets of notes could only be put side by side, shortened."
    if not conclusion.is_combined:
        yield NOT_CONCLUDED
    if conclusion.is_cut:
        yield CUT_OFF
    if scored:
        weakest = min(scored, key=lambda verdict: verdict.score)
        yield f"The weakest part ({weakest.score:.0%}): {weakest.reason}"


def _chunks(count: int) -> str:
    return "1 chunk" if count == 1 else f"{count} chunks"


def _records(count: int) -> str:
    return "1 record was" if count == 1 else f"{count} records were"
