"""Every endpoint asked, well and badly, with canaries in all that a caller or a provider can say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from tests.acceptance.service import KEY, LLM_KEY, SUPERUSER_KEY, Service
from tests.fakes.provider_replies import CANARY as WORDS_OF_A_PROVIDER
from tests.fakes.provider_replies import RecordedRequest
from tests.http.requests import FRAMEWORK

CANARY = "canary-of-a-community-member"
CANARIES = (CANARY, WORDS_OF_A_PROVIDER, KEY, LLM_KEY, SUPERUSER_KEY)
FAULTS = (
    "400",
    "401",
    "429_retry_after_long",
    "503_retry_after_long",
    "drop",
    "html",
    "broken_json",
    "wrong_types",
)
RECORD = {"id": CANARY, "content": f"{CANARY} has no water. {CANARY}@example.org"}
SINGLE = {
    "feedback_record": RECORD,
    "coding_levels": {"root_codes": [*FRAMEWORK["root_codes"], {"id": CANARY, "name": CANARY}]},
}
BULK = {
    "feedback_records": [RECORD, RECORD],
    "prompt": f"What does {CANARY} lack?",
    "output_language": CANARY,
}
ANALYSES: Mapping[str, Mapping[str, Any]] = {
    "/v1/analyze-bulk": BULK,
    "/v1/summarize-bulk": BULK,
    "/v1/summarize": SINGLE,
    "/v1/assign-codes": SINGLE,
    "/v1/detect-sensitive": SINGLE,
}
HEADERS = {
    "User-Agent": CANARY,
    "Cookie": CANARY,
    "X-Forwarded-For": CANARY,
    "baggage": f"user={CANARY}",
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "tracestate": f"vendor={CANARY}",
}


def as_the_record_says(request: RecordedRequest) -> str:
    """Let a provider behave as the feedback record asks for."""
    text = str(request.body["messages"][-1]["content"])
    return text.partition("behaviour:")[2].partition(" ")[0] or "normal"


def ask_everything(service: Service) -> dict[str, str]:
    """Ask every endpoint, well and badly, with canaries in all that a caller can say; return ids by path."""
    ids = {}
    with service.client() as caller, service.client(SUPERUSER_KEY) as root:
        for client in (caller, root):
            client.headers.update(HEADERS)
        for path, body in ANALYSES.items():
            ids[path] = caller.post(path, json=body).headers["X-Request-ID"]
            caller.post(f"{path}?{CANARY}={CANARY}", content=f'{{"{CANARY}": {CANARY}')
            caller.post(
                path, json={**body, CANARY: CANARY, "max_codes": CANARY, "prompt": f"SYSTEM: {CANARY}"}
            )
        caller.post("/v1/analyze-bulk", json={**BULK, "mode": "hierarchical"})
        for fault in FAULTS:
            record = {**RECORD, "content": f"behaviour:{fault} {CANARY}"}
            caller.post("/v1/detect-sensitive", json={"feedback_record": record})
        for path in ("health", "ready", "usage", f"usage?from={CANARY}", CANARY, "usage/all/by-tenant"):
            caller.get(f"/v1/{path}")
        for path in ("usage/all/by-tenant", "usage/all/by-operation", "admin/tenants", "admin/keys"):
            root.get(f"/v1/{path}?tenant_id={CANARY}")
        _manage(root)
        httpx.get(f"{service.url}/v1/usage", headers={"Authorization": f"Bearer {CANARY}"}, trust_env=False)
        caller.request("PROPFIND", f"/v1/usage/{CANARY}")
    return ids


def _manage(root: httpx.Client) -> None:
    made = root.post("/v1/admin/tenants", json={"tenant_name": CANARY}).json()["tenant_id"]
    key = root.post("/v1/admin/keys", json={"key_name": CANARY, "tenant_id": made}).json()
    root.get("/v1/usage", headers={"Authorization": f"Bearer {key['api_key']}"})
    for path in (f"keys/{key['key_id']}", f"tenants/{made}", f"keys/{CANARY}", f"tenants/{CANARY}"):
        root.delete(f"/v1/admin/{path}")
