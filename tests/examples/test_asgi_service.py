"""The ASGI service, in process and behind a real server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from examples.asgi_service import MOST_BYTES, FeedbackService
from qfa_core import Ask, DeadlineExceeded, LLMRateLimited, LLMUnavailable
from qfa_core.fakes import ScriptedAnonymizer, ScriptedLLMClient
from tests.acceptance.service import free_port
from tests.examples.programs import EXAMPLES

RECORD = {"record": {"id": "7", "content": "The distributor threatened my sister. The well is dry."}}
START_SECONDS = 30.0


@pytest.fixture
def llm() -> ScriptedLLMClient:
    return ScriptedLLMClient(
        {
            "summarize": {"title": "Water", "summary": "- The well is dry"},
            "judge_summary": {"reason": "So it says.", "score": 0.9},
            "detect_sensitive": {"is_sensitive": False, "sensitivity_types": [], "explanation": "Water."},
        }
    )


@pytest.fixture
async def client(llm: ScriptedLLMClient) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(FeedbackService(Ask(llm, ScriptedAnonymizer())))
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        yield client


@pytest.fixture
def server() -> Iterator[str]:
    """Serve the example as its docstring says, at a free port."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "asgi_service:app", "--port", str(port)]
    environ = {"PATH": os.environ["PATH"]}
    process = subprocess.Popen(command, cwd=EXAMPLES, env=environ, stderr=subprocess.PIPE)
    try:
        wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate()


def wait_for(port: int) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up_at:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)  # polling a process: nothing else tells when it listens
        else:
            return
    raise AssertionError("the service did not start")


def test_a_real_server_serves_both_use_cases(server: str) -> None:
    with httpx.Client(base_url=server, trust_env=False, timeout=30) as client:
        summary = client.post("/summarize", json=RECORD)
        sensitivity = client.post("/detect-sensitive", json=RECORD)

    assert summary.status_code == sensitivity.status_code == 200
    assert "threatened my sister" in summary.json()["text"]
    assert sensitivity.json()["types"] == ["THREATS_AND_PHYSICAL_VIOLENCE"]


async def test_usage_is_accounted_to_the_tenant_named(
    client: httpx.AsyncClient, llm: ScriptedLLMClient
) -> None:
    await client.post("/summarize", json=RECORD, headers={"X-Tenant": "kenya"})

    assert {context.tenant_id for context in llm.contexts} == {"kenya"}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/", b"{}", 404),
        ("GET", "/summarize", b"", 405),
        ("POST", "/summarize", b"{", 400),
        ("POST", "/summarize", b"\xff", 400),
        ("POST", "/summarize", b'{"record": {"id": 7}}', 400),
        ("POST", "/summarize", b" " * (MOST_BYTES + 1), 413),
    ],
)
async def test_what_is_no_request_is_refused(
    client: httpx.AsyncClient, llm: ScriptedLLMClient, method: str, path: str, body: bytes, status: int
) -> None:
    response = await client.request(method, path, content=body)

    assert response.status_code == status
    assert response.json().keys() == {"error"}
    assert not llm.prompts


@pytest.mark.parametrize(
    ("error", "status"), [(LLMUnavailable(), 502), (LLMRateLimited(), 429), (DeadlineExceeded(), 504)]
)
async def test_an_error_has_a_status_and_our_words(error: Exception, status: int) -> None:
    service = FeedbackService(Ask(ScriptedLLMClient(lambda _: error), ScriptedAnonymizer()))

    async with httpx.AsyncClient(transport=httpx.ASGITransport(service), base_url="http://service") as client:
        response = await client.post("/detect-sensitive", json=RECORD)

    assert response.status_code == status
    assert response.json() == {"error": str(error)}
