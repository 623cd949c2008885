"""That what the page on recovering says of a service without its database is so."""

from __future__ import annotations

import re
from pathlib import Path

from tests.acceptance.service import ROOT, running

PAGES = ROOT / "docs" / "operations"
PAGE = (PAGES / "recovering.md").read_text()


def test_every_page_that_it_leads_to_is_there() -> None:
    for page, section in re.findall(r"\]\(([a-z-]+\.md)(?:#([a-z-]+))?\)", PAGE):
        headings = re.findall(r"^#+ (.*)$", (PAGES / page).read_text(), re.MULTILINE)
        anchors = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
        assert not section or section in anchors


def test_every_setting_that_it_names_is_one() -> None:
    settings = (ROOT / "docs" / "settings.md").read_text()
    named = set(re.findall(r"\b(?:LLM|DB|AUTH|EMBEDDING|KEYVAULT)_[A-Z_]+\b", PAGE))

    assert named
    assert {name for name in named if f"`{name}`" not in settings} == set()


def test_without_tracking_analyses_go_on_and_usage_says_that_there_is_none(tmp_path: Path) -> None:
    record = {"feedback_record": {"id": "1", "content": "The pump is dry."}}
    with running(tmp_path, DB_TRACK_USAGE="false") as service, service.client() as client:
        assert client.post("/v1/summarize", json=record).status_code == 200
        usage = client.get("/v1/usage?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z")
        ready = client.get("/v1/ready").json()

    assert (usage.status_code, usage.json()["error"]["code"]) == (503, "usage_backend_unavailable")
    assert {one["state"] for one in ready["dependencies"] if one["name"] == "usage_store"} == {
        "not_configured"
    }
