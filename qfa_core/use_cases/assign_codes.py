"""
Assign codes of a coding framework to one record, in at most four rounds of LLM calls.

Step by step it would be: pick codes of a level, judge each, go below those that pass. Here the
next level is picked while the codes above it are still being judged, and branches run side by side:

    pick 1 → judge 1 + pick 2 → judge 2 + pick 3 → judge 3

What was picked below a code that its judge rejects is dropped, so that the verdicts are the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from qfa_core.budget import RequestContext
from qfa_core.coding import AssignedCodes, Code, CodedLevel, CodePath
from qfa_core.prompts.answer_schema import Verdict
from qfa_core.prompts.assign_codes import PickedCodes, code_judge_prompt, label_of, pick_prompt
from qfa_core.pseudonyms import PseudonymisedTexts, restore
from qfa_core.requests import AssignCodesRequest
from qfa_core.use_cases.concurrency import decide_ahead, run_all
from qfa_core.use_cases.llm_calls import LLMCalls
from qfa_core.use_cases.readable_records import readable

MIN_PICKS = 3
# Codes of a level that are followed at most, over all branches: the judges of one level and the picks of the
# next then go out in one round, not in several, where LLM_MAX_CONCURRENCY is 64.
LEVEL_WIDTHS = (50, 32, 64)
SHOWN_REJECTIONS = 3
NOT_APPLIED = "NO CODING APPLIED."
EMPTY_TEXT = f"{NOT_APPLIED}\nThe feedback record holds no text."
NOTHING_RELEVANT = f"{NOT_APPLIED}\nNo code of the framework was judged relevant to this feedback record."


class AssignCodes:
    """Find the paths through a coding framework that fit one record."""

    def __init__(self, calls: LLMCalls) -> None:
        self._calls = calls

    async def __call__(self, request: AssignCodesRequest, context: RequestContext) -> AssignedCodes:
        """
        Return at most `max_codes` paths, best first, none below the threshold, or why there are none.

        A path counts with the smallest confidence of its levels. A blank record asks nobody.
        Raises FeedbackTooLarge, DeadlineExceeded and LLMError.
        """
        records = readable([request.record])
        if not records:
            return AssignedCodes(record_id=request.record.id, explanation=EMPTY_TEXT)
        async with self._calls.within_deadline(context):
            safe = await self._calls.pseudonymise([records[0].content])
            search = _Search(self._calls, safe, request, context)
            paths = await search.below((), request.framework.root_codes)
        return _assigned(paths, request)


class _Search:
    """One walk through the framework for one record."""

    def __init__(
        self,
        calls: LLMCalls,
        safe: PseudonymisedTexts,
        request: AssignCodesRequest,
        context: RequestContext,
    ) -> None:
        self._calls = calls
        self._content = safe.texts[0]
        self._originals = safe.originals
        self._threshold = request.confidence_threshold or 0.0
        self._max_codes = request.max_codes
        self._context = context

    async def below(
        self, parents: Sequence[Code], candidates: Sequence[Code], *, branches: int = 1
    ) -> list[CodePath]:
        """
        Return the paths that begin with a picked one of *candidates*, those its judge rejects included.

        *branches* is how many such walks may be under way on this level.
        """
        picked = await self._pick(
            parents, candidates, at_most=picks_allowed(self._max_codes, len(parents), branches)
        )
        found = await run_all(self._follow((*parents, code), branches * len(picked)) for code in picked)
        return [path for paths in found for path in paths]

    async def _follow(self, codes: Sequence[Code], branches: int) -> list[CodePath]:
        level, tails = await decide_ahead(
            self._judge(codes),
            lambda: self._deeper(codes, branches),
            goes_on=lambda level: level.confidence >= self._threshold,
        )
        if not tails:
            return [CodePath(levels=(level,))]
        return [CodePath(levels=(level, *tail.levels)) for tail in tails]

    async def _deeper(self, codes: Sequence[Code], branches: int) -> list[CodePath]:
        children = codes[-1].children
        return await self.below(codes, children, branches=branches) if children else []

    async def _pick(self, parents: Sequence[Code], candidates: Sequence[Code], *, at_most: int) -> list[Code]:
        prompt = pick_prompt(candidates, parents, self._content, at_most=at_most)
        by_label = _by_label(candidates)
        answer = await self._calls.answer(
            prompt,
            PickedCodes,
            self._context,
            makes_sense=lambda answer: by_label.keys() >= set(answer.codes),
        )
        positions = dict.fromkeys(by_label[label] for label in answer.codes)
        return [candidates[position] for position in positions][:at_most]

    async def _judge(self, codes: Sequence[Code]) -> CodedLevel:
        verdict = await self._calls.answer(code_judge_prompt(codes, self._content), Verdict, self._context)
        reason = restore(verdict.reason, self._originals)
        return CodedLevel(code=codes[-1], confidence=verdict.score, reason=reason)


def picks_allowed(max_codes: int, depth: int, branches: int) -> int:
    """Return how many codes may be picked at a node *depth* levels down, on one of so many *branches*."""
    return min(max(MIN_PICKS, max_codes), max(1, LEVEL_WIDTHS[depth] // branches))


def _by_label(candidates: Sequence[Code]) -> dict[str, int]:
    """Map what a model may call a candidate to its position: its label or, failing that, its name."""
    names = {code.name: position for position, code in reversed(list(enumerate(candidates)))}
    return names | {label_of(position): position for position in range(len(candidates))}


def _assigned(paths: Sequence[CodePath], request: AssignCodesRequest) -> AssignedCodes:
    threshold = request.confidence_threshold or 0.0
    best_first = sorted(paths, key=lambda path: -path.confidence)
    accepted = tuple(path for path in best_first if path.confidence >= threshold)
    if accepted:
        return AssignedCodes(record_id=request.record.id, paths=accepted[: request.max_codes])
    explanation = _why_rejected(best_first, threshold) if best_first else NOTHING_RELEVANT
    return AssignedCodes(record_id=request.record.id, explanation=explanation)


def _why_rejected(rejected: Sequence[CodePath], threshold: float) -> str:
    lines = [NOT_APPLIED, f"No code reached the confidence threshold of {threshold:.0%}. The closest were:"]
    for path in rejected[:SHOWN_REJECTIONS]:
        weakest = min(path.levels, key=lambda level: level.confidence)
        lines.append(f"- {path.name} ({path.confidence:.0%}): {weakest.reason}")
    if (more := len(rejected) - SHOWN_REJECTIONS) > 0:
        lines.append(f"and {more} more.")
    return "\n".join(lines)
