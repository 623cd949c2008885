"""Find out whether one record discloses something sensitive."""

from __future__ import annotations

from collections.abc import Iterable

from qfa_core.budget import RequestContext
from qfa_core.insights import Sensitivity, SensitivityType
from qfa_core.prompts.detect_sensitive import SensitivityAnswer, sensitivity_prompt
from qfa_core.pseudonyms import restore
from qfa_core.requests import DetectSensitiveRequest
from qfa_core.use_cases.llm_calls import LLMCalls
from qfa_core.use_cases.readable_records import readable

EMPTY_TEXT = "The feedback record holds no text."


class DetectSensitive:
    """Flag one record: one call."""

    def __init__(self, calls: LLMCalls) -> None:
        self._calls = calls

    async def __call__(self, request: DetectSensitiveRequest, context: RequestContext) -> Sensitivity:
        """
        Flag the record; a blank one is not sensitive, and asks nobody.

        Any kind named makes it sensitive, whatever the flag says: a false alarm is the lesser harm.
        Raises FeedbackTooLarge, DeadlineExceeded and LLMError.
        """
        records = readable([request.record])
        if not records:
            return Sensitivity(record_id=request.record.id, is_sensitive=False, explanation=EMPTY_TEXT)
        async with self._calls.within_deadline(context):
            safe = await self._calls.pseudonymise([records[0].content])
            answer = await self._calls.answer(sensitivity_prompt(safe.texts[0]), SensitivityAnswer, context)
        return Sensitivity(
            record_id=request.record.id,
            is_sensitive=answer.is_sensitive or bool(answer.sensitivity_types),
            explanation=restore(answer.explanation, safe.originals),
            types=tuple(_known(answer.sensitivity_types)),
        )


def _known(names: Iterable[str]) -> Iterable[SensitivityType]:
    normal = dict.fromkeys(name.strip().upper().replace(" ", "_") for name in names)
    return (SensitivityType(name) for name in normal if name in SensitivityType.__members__)
