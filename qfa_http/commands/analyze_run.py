"""Running a task of `qfa analyze`: so many requests at a time, none lost for another's failure."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from qfa_core.budget import Deadline, RequestContext
from qfa_core.errors import QFAError
from qfa_core.feedback import FeedbackRecord
from qfa_core.progress import OnProgress, ignore
from qfa_core.use_cases.concurrency import run_all
from qfa_http.commands.analyze_tasks import Insight, Task, TaskOptions, UseCase

if TYPE_CHECKING:
    from qfa_http.container import Container

# Whoever sits at a command line would rather wait than start over.
DEADLINE_SECONDS = 600
TENANT_ID = "command-line"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one request: an insight or, of a single record, the *error* in its place."""

    record_id: str
    request_id: str
    insight: Insight | None = None
    error: QFAError | None = None


async def run_task(
    task: Task,
    records: Sequence[FeedbackRecord],
    options: TaskOptions,
    container: Container,
    *,
    concurrency: int,
    on_done: Callable[[], None],
    on_progress: OnProgress = ignore,
) -> list[Outcome]:
    """
    Do *task* for *records*, *concurrency* requests at a time, and call *on_done* after each.

    *on_progress* is told how far a long request has come, where the task tells.
    The outcomes are in the order of the records. A bulk task that fails raises its QFAError.
    """
    use_case = task.use_case(container)
    places = asyncio.Semaphore(concurrency)

    async def ask(request: Any, record_id: str) -> Outcome:
        async with places:
            outcome = await _ask(use_case, request, record_id, task, on_progress)
        on_done()
        return outcome

    asked = task.requests(records, options)
    record_ids = [""] if task.is_bulk else [record.id for record in records]
    outcomes = await run_all(map(ask, asked, record_ids))
    if task.is_bulk and outcomes[0].error:
        raise outcomes[0].error
    return outcomes


async def _ask(
    use_case: UseCase, request: Any, record_id: str, task: Task, on_progress: OnProgress
) -> Outcome:
    context = RequestContext(
        tenant_id=TENANT_ID,
        operation=task.operation,
        request_id=str(uuid.uuid4()),
        deadline=Deadline(expires_at=time.monotonic() + DEADLINE_SECONDS),
    )
    following = {"on_progress": on_progress} if task.tells_progress else {}
    try:
        insight = await use_case(request, context, **following)
    except QFAError as error:
        return Outcome(record_id=record_id, request_id=context.request_id, error=error)
    return Outcome(record_id=record_id, request_id=context.request_id, insight=insight)
