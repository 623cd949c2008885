"""Report what was used, by tenant and by operation."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

import msgspec

from qfa_core.ports.usage_store import UsageStore
from qfa_core.usage import Dimension, Grouping, UsageBreakdown, UsageQuery, UsageReport, UsageTotals


class ReportUsage:
    """
    Add up usage in a half-open window, for one tenant or for all.

    Parts come by cost, highest first, then name; tenants by name; operations by cost, then name.
    Each call raises UsageStoreUnavailable if the store cannot be reached.
    """

    def __init__(self, store: UsageStore) -> None:
        self._store = store

    async def of_tenant(
        self, tenant_id: str, since: dt.datetime | None, until: dt.datetime | None
    ) -> UsageBreakdown:
        """Return one tenant's usage, broken down by operation; zeros where there is none."""
        totals = await self._store.totals(
            UsageQuery(since=since, until=until, tenant_id=tenant_id, groupings=((), ("operation",)))
        )
        (total,) = _split_by((), totals)
        return UsageBreakdown(
            totals=msgspec.structs.replace(total, tenant_id=tenant_id),
            parts=_by_cost(_split_by(("operation",), totals)),
        )

    async def by_tenant(self, since: dt.datetime | None, until: dt.datetime | None) -> UsageReport:
        """Return the usage of every tenant that has any, each broken down by operation."""
        report = await self._report("tenant", "operation", since, until)
        groups = sorted(report.groups, key=lambda group: group.totals.tenant_id or "")
        return UsageReport(groups=tuple(groups), total=report.total)

    async def by_operation(self, since: dt.datetime | None, until: dt.datetime | None) -> UsageReport:
        """Return the usage of every operation that has any, each broken down by tenant."""
        return await self._report("operation", "tenant", since, until)

    async def _report(
        self, outer: Dimension, inner: Dimension, since: dt.datetime | None, until: dt.datetime | None
    ) -> UsageReport:
        # Asked for at once: a call that is recorded meanwhile is in all of them or in none.
        totals = await self._store.totals(
            UsageQuery(since=since, until=until, groupings=((), (inner,), (outer,), (outer, inner)))
        )
        (total,) = _split_by((), totals)
        parts: dict[str | None, list[UsageTotals]] = defaultdict(list)
        for cell in _split_by((outer, inner), totals):
            parts[_name(cell, outer)].append(cell)
        return UsageReport(
            groups=tuple(
                UsageBreakdown(totals=group, parts=_by_cost(parts[_name(group, outer)]))
                for group in _by_cost(_split_by((outer,), totals))
            ),
            total=UsageBreakdown(totals=total, parts=_by_cost(_split_by((inner,), totals))),
        )


def _split_by(grouping: Grouping, totals: Iterable[UsageTotals]) -> list[UsageTotals]:
    return [
        row
        for row in totals
        if (row.tenant_id is not None) == ("tenant" in grouping)
        and (row.operation is not None) == ("operation" in grouping)
    ]


def _name(totals: UsageTotals, dimension: Dimension) -> str | None:
    return totals.tenant_id if dimension == "tenant" else totals.operation


def _by_cost(rows: Iterable[UsageTotals]) -> tuple[UsageTotals, ...]:
    return tuple(
        sorted(rows, key=lambda row: (-row.requests.total_cost_usd, row.tenant_id or "", row.operation or ""))
    )
