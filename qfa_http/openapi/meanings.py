"""What each error code means to a caller."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from qfa_http.wire.errors import ErrorCode

MEANINGS: Mapping[ErrorCode, str] = MappingProxyType(
    {
        "authentication_required": "No key was sent, or one that is not known.",
        "forbidden": "The key may not do that: a superuser key is wanted, or the tenant allows none.",
        "not_found": "There is nothing at that path or under that id.",
        "method_not_allowed": "The path does not take that method.",
        "conflict": "The name is taken.",
        "payload_too_large": "The body is too large, or the records are more than one LLM call can take.",
        "validation_error": "The body or the query breaks the contract; `fields` lists every fault.",
        "prompt_injection_detected": "The analyst's prompt tries to speak as somebody else.",
        "content_policy_violation": "The LLM provider's content filter refused the text.",
        "llm_rate_limited": "The LLM provider limits; wait for as long as `Retry-After` says.",
        "internal_error": "A fault of the service; report it with the request id.",
        "llm_error": "The LLM provider failed, or gave an answer that cannot be used.",
        "analysis_unavailable": "This deployment cannot do what was asked for.",
        "usage_backend_unavailable": "The database of usage, tenants or keys is not available.",
        "analysis_timeout": "The request took longer than it may; send less.",
        "llm_timeout": "The LLM provider did not answer in time.",
    }
)
