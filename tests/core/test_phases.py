"""What the log is told of the phases of an analysis."""

from __future__ import annotations

import itertools
import logging

import pytest

from qfa_core.budget import Deadline, RequestContext
from qfa_core.progress import Progress
from qfa_core.use_cases.phases import Phases

CONTEXT = RequestContext(
    tenant_id="tenant-7", operation="analyze", request_id="request-3", deadline=Deadline(expires_at=1000.0)
)


def test_a_phase_is_one_line_with_its_time_and_whose_request_it_was(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    ticks, told = itertools.count(), list[Progress]()
    phases = Phases(lambda: next(ticks) / 4, CONTEXT, told.append)

    with phases.phase("map", steps=2) as step:
        step()

    [line] = caplog.records
    facts = ("request_id", "tenant_id", "operation", "phase", "seconds")
    assert [line.__dict__[name] for name in facts] == ["request-3", "tenant-7", "analyze", "map", 0.25]
    assert [progress.done for progress in told] == [0, 1, 2]
