"""That the runbook speaks of names that are sent, fields that are logged and tables that there are."""

from __future__ import annotations

import re

from qfa_adapters.telemetry import names
from qfa_adapters.telemetry.outbox import DEFAULT_PACE
from qfa_core import errors
from qfa_http.errors import INTERNAL_ERROR
from qfa_http.logs import EXTRAS
from tests.acceptance.service import ROOT

PAGE = (ROOT / "docs" / "operations" / "observability.md").read_text()
SENT = {value for name, value in vars(names).items() if name.isupper()}
LOGGED = {f"qfa.{name}" for name in (*EXTRAS, "error")}
LOGGERS = {"qfa.http", "qfa.llm", "qfa.usage"}
QUERIES = re.findall(r"```kusto\n(.*?)```", PAGE, re.DOTALL)
TABLES = {"requests", "dependencies", "traces", "customMetrics"}


def test_every_attribute_and_metric_that_it_names_is_sent() -> None:
    named = set(re.findall(r"[`\"]((?:qfa|gen_ai|http|db|error)\.[a-z_.]+)[`\"]", PAGE))

    assert len(named) > 25
    assert named - LOGGERS <= SENT | LOGGED


def test_every_name_that_is_sent_is_explained() -> None:
    assert {name for name in SENT if f"`{name}`" not in PAGE} == set()


def test_every_field_of_the_log_is_explained() -> None:
    assert {name for name in EXTRAS if f"`{name}`" not in PAGE} == set()


def test_queries_ask_tables_that_there_are_for_attributes_in_quotes() -> None:
    assert len(QUERIES) > 7
    for query in QUERIES:
        first, *steps = query.strip().splitlines()
        assert set(first.removeprefix("union ").split(", ")) <= TABLES
        assert all(step.startswith("| ") for step in steps)
        assert [query.count(left) for left in "(["] == [query.count(right) for right in ")]"]
        assert set(re.findall(r'customDimensions\["([^"]+)"\]', query)) <= SENT | LOGGED


def test_errors_that_it_names_are_ours() -> None:
    assert set(re.findall(r"`(LLM[A-Z][a-z]\w+)`", PAGE)) <= vars(errors).keys()
    assert f"`{INTERNAL_ERROR[0]}`" in PAGE


def test_what_waits_is_as_much_as_it_says() -> None:
    assert f"({DEFAULT_PACE.capacity} of each)" in PAGE
