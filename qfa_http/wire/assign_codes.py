"""`POST /v1/assign-codes`."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from qfa_core import requests
from qfa_core.coding import MAX_CODING_LEVELS, AssignedCodes, Code, CodePath, CodingFramework
from qfa_http.wire.feedback import FeedbackRecord, Fraction


class CodingNode(msgspec.Struct, frozen=True, kw_only=True):
    """A code of the framework with the codes below it. A framework is one to three levels deep."""

    max_levels: ClassVar[int] = MAX_CODING_LEVELS

    id: str
    name: str
    children: tuple[CodingNode, ...] = ()

    def to_core(self) -> Code:
        """Return the code with all that is below it."""
        return Code(id=self.id, name=self.name, children=tuple(child.to_core() for child in self.children))


class CodingLevels(msgspec.Struct, frozen=True, kw_only=True):
    """A coding framework: a forest of codes; branches may end early."""

    root_codes: Annotated[tuple[CodingNode, ...], Meta(min_length=1)]

    def __post_init__(self) -> None:
        """Refuse a framework that is too deep; the caller gets to read what `faults.py` says about it."""
        if _reach_below(self.root_codes, CodingNode.max_levels):
            raise ValueError

    def to_core(self) -> CodingFramework:
        """Return the framework as the core knows it."""
        return CodingFramework(root_codes=tuple(node.to_core() for node in self.root_codes))


class AssignCodesRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Codes for one record, from the coding framework sent along."""

    feedback_record: FeedbackRecord
    coding_levels: CodingLevels
    max_codes: Annotated[int, Meta(ge=1, le=50, description="How many codes to assign at most.")] = 1
    confidence_threshold: Annotated[
        Fraction | None, Meta(description="What each level of a code has to reach; null means any.")
    ] = None

    def to_core(self) -> requests.AssignCodesRequest:
        """Return the request as the use case takes it."""
        return requests.AssignCodesRequest(
            record=self.feedback_record.to_core(),
            framework=self.coding_levels.to_core(),
            max_codes=self.max_codes,
            confidence_threshold=self.confidence_threshold,
        )


class AssignedCode(msgspec.Struct, frozen=True, kw_only=True):
    """One code with its levels; where nothing was applied, only the explanation is not null."""

    coding_level_1_id: str | None
    coding_level_1_name: str | None
    coding_level_2_id: str | None
    coding_level_2_name: str | None
    coding_level_3_id: str | None
    coding_level_3_name: str | None
    confidence_level_1: Fraction | None
    confidence_level_2: Fraction | None
    confidence_level_3: Fraction | None
    confidence_aggregate: Annotated[Fraction | None, Meta(description="The smallest of the levels'.")]
    explanation: Annotated[
        str, Meta(description="The judge's reasons, or `NO CODING APPLIED.` and why nothing was.")
    ]

    @classmethod
    def from_core(cls, path: CodePath) -> AssignedCode:
        """Return *path* as it goes out; levels that it does not have are null."""
        values: dict[str, Any] = {}
        for number, level in enumerate(path.levels, start=1):
            values[f"coding_level_{number}_id"] = level.code.id
            values[f"coding_level_{number}_name"] = level.code.name
            values[f"confidence_level_{number}"] = level.confidence
        reasons = "\n".join(f"{level.code.name}: {level.reason}" for level in path.levels)
        return cls._with_nulls(**values, confidence_aggregate=path.confidence, explanation=reasons)

    @classmethod
    def without_code(cls, explanation: str) -> AssignedCode:
        """Return the entry that says why nothing was applied."""
        return cls._with_nulls(explanation=explanation)

    @classmethod
    def _with_nulls(cls, **values: Any) -> AssignedCode:
        nulls: dict[str, Any] = dict.fromkeys(cls.__struct_fields__)
        return cls(**(nulls | values))


class AssignCodesResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Codes of one record, best first; never empty."""

    assigned_codes: Annotated[tuple[AssignedCode, ...], Meta(min_length=1)]

    @classmethod
    def from_core(cls, assigned: AssignedCodes) -> AssignCodesResponse:
        """Return *assigned* as it goes out: one entry without a code where nothing was applied."""
        codes = tuple(AssignedCode.from_core(path) for path in assigned.paths)
        return cls(assigned_codes=codes or (AssignedCode.without_code(assigned.explanation),))


def _reach_below(nodes: tuple[CodingNode, ...], levels: int) -> bool:
    if levels == 0:
        return bool(nodes)
    return any(_reach_below(node.children, levels - 1) for node in nodes)
