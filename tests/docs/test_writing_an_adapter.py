"""docs/writing-an-adapter.md, followed to the letter in an empty directory."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

import qfa_core.contracts
from qfa_core import ApiKey, digest_of
from qfa_http.container import Container
from tests.acceptance.service import running
from tests.docs.following import file_name, follow
from tests.docs.pages import DOCS, blocks_of

PAGE = DOCS / "writing-an-adapter.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = blocks_of(PAGE)
FILES = {name: block.text for block in BLOCKS if (name := file_name(block))}
KEY = "a long random string"


def test_whoever_follows_the_page_sees_what_it_says(wheel: Path, tmp_path: Path) -> None:
    kept = follow(BLOCKS, tmp_path, QFA_WHEEL=str(wheel))

    assert kept == 3


def test_the_adapter_of_the_page_lets_its_keys_into_the_service(tmp_path: Path) -> None:
    for name in ("json_keys.py", "service.py"):
        (tmp_path / name).write_text(FILES[name], encoding="utf-8")
    keys = {digest_of(KEY): ApiKey(id="1", name="crm", tenant_id="kenya")}
    (tmp_path / "keys.json").write_bytes(msgspec.json.encode(keys))
    request = {"feedback_record": {"id": "1", "content": "The well is dry."}}

    with (
        running(tmp_path, ("-m", "uvicorn", "service:app"), AUTH_API_KEYS="[]") as service,
        service.client(KEY) as holder,
        service.client("another key") as stranger,
    ):
        statuses = [caller.post("/v1/summarize", json=request).status_code for caller in (holder, stranger)]

    assert statuses == [200, 401]


@pytest.mark.parametrize(
    "part", re.findall(r"`(\w+)`", TEXT.split("the part of the container")[1].split(".")[0])
)
def test_a_part_that_the_page_lets_override_is_in_the_container(part: str) -> None:
    assert part in Container.providers


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\b(\w+Contract)\b", TEXT))))
def test_a_contract_that_the_page_names_is_there(name: str) -> None:
    assert name in qfa_core.contracts.__all__
