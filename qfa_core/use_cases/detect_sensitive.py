"""Find out whether one record discloses something sensitive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from qfa_core.budget import RequestContext
from qfa_core.errors import ContentFiltered, FilterCategory
from qfa_core.insights import Sensitivity, SensitivityType
from qfa_core.prompts.detect_sensitive import SensitivityAnswer, sensitivity_prompt
from qfa_core.pseudonyms import restore
from qfa_core.requests import DetectSensitiveRequest
from qfa_core.use_cases.llm_calls import LLMCalls
from qfa_core.use_cases.readable_records import readable

EMPTY_TEXT = "The feedback record holds no text."
REFUSED = (
    "The language model's content filter refused this record, and no model judged it: a person must read it."
)

_KINDS: Mapping[FilterCategory, tuple[SensitivityType, ...]] = {
    "hate": (SensitivityType.HARASSMENT, SensitivityType.GENDER_DISCRIMINATION),
    "jailbreak": (SensitivityType.INAPPROPRIATE_BEHAVIOUR,),
    "profanity": (SensitivityType.HARASSMENT,),
    "self_harm": (
        SensitivityType.THREATS_AND_PHYSICAL_VIOLENCE,
        SensitivityType.ENVIRONMENTAL_HEALTH_AND_SAFETY_ISSUES,
    ),
    "sexual": (
        SensitivityType.SEXUAL_VIOLENCE,
        SensitivityType.SEXUAL_EXPLOITATION,
        SensitivityType.SEXUAL_ABUSE,
        SensitivityType.SEXUAL_HARASSMENT,
    ),
    "violence": (SensitivityType.THREATS_AND_PHYSICAL_VIOLENCE, SensitivityType.GENDER_BASED_VIOLENCE),
}


class DetectSensitive:
    """Flag one record: one call."""

    def __init__(self, calls: LLMCalls) -> None:
        self._calls = calls

    async def __call__(self, request: DetectSensitiveRequest, context: RequestContext) -> Sensitivity:
        """
        Flag the record; a blank one is not sensitive, and asks nobody.

        Any kind named makes it sensitive, whatever the flag says: a false alarm is the lesser harm. So
        does a refusal of the provider's content filter, which is what reports of abuse meet.
        Raises FeedbackTooLarge, DeadlineExceeded and any other LLMError.
        """
        records = readable([request.record])
        if not records:
            return Sensitivity(record_id=request.record.id, is_sensitive=False, explanation=EMPTY_TEXT)
        async with self._calls.within_deadline(context):
            safe = await self._calls.pseudonymise([records[0].content])
            prompt = sensitivity_prompt(safe.texts[0])
            try:
                answer = await self._calls.answer(prompt, SensitivityAnswer, context)
            except ContentFiltered as refusal:
                return _refused(request.record.id, refusal)
        return Sensitivity(
            record_id=request.record.id,
            is_sensitive=answer.is_sensitive or bool(answer.sensitivity_types),
            explanation=restore(answer.explanation, safe.originals),
            types=tuple(_known(answer.sensitivity_types)),
        )


def _refused(record_id: str, refusal: ContentFiltered) -> Sensitivity:
    """Return what a refusal tells: that somebody must look, and at which kinds."""
    kinds = (kind for category in refusal.categories for kind in _KINDS[category])
    named = ", ".join(category.replace("_", " ") for category in refusal.categories)
    return Sensitivity(
        record_id=record_id,
        is_sensitive=True,
        explanation=f"{REFUSED} It named: {named}." if named else REFUSED,
        types=tuple(dict.fromkeys(kinds)) or (SensitivityType.INAPPROPRIATE_BEHAVIOUR,),
    )


def _known(names: Iterable[str]) -> Iterable[SensitivityType]:
    normal = dict.fromkeys(name.strip().upper().replace(" ", "_") for name in names)
    return (SensitivityType(name) for name in normal if name in SensitivityType.__members__)
