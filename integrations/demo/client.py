"""The few calls to QFA's HTTP API that the demonstration makes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import httpx
import msgspec

from integrations.demo.corpus import SampleRecord
from integrations.demo.service import DemoFailed, Service

T = TypeVar("T")
Answer = dict[str, Any]

_PATIENCE_SECONDS = 610.0  # an analysis may take 600 s on a real model
_SIDE_BY_SIDE = 8
_USAGE_READINGS = 20
_USAGE_PAUSE_SECONDS = 0.15


class QFAClient:
    """Speak to a running service; any answer but a success raises DemoFailed with one line."""

    def __init__(self, service: Service) -> None:
        self._http = httpx.Client(
            base_url=service.url,
            headers={"Authorization": f"Bearer {service.api_key}"},
            timeout=_PATIENCE_SECONDS,
            trust_env=False,
        )

    def __enter__(self) -> QFAClient:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._http.close()

    def analyze(self, records: Sequence[SampleRecord], question: str) -> Answer:
        """Ask *question* over *records* in one call, with coding trends by month."""
        return self._analyze(records, question, "single_pass")

    def analyze_by_theme(self, records: Sequence[SampleRecord], question: str) -> Answer:
        """Ask *question* over *records* as over a corpus that no one call could hold."""
        return self._analyze(records, question, "hierarchical")

    def _analyze(self, records: Sequence[SampleRecord], question: str, mode: str) -> Answer:
        body = {
            "feedback_records": msgspec.to_builtins(records),
            "prompt": question,
            "period": "month",
            "mode": mode,
        }
        return self._ask("POST", "/v1/analyze-bulk", body)

    def summarize_all(self, records: Sequence[SampleRecord]) -> Answer:
        """Ask for one summary of *records*."""
        return self._ask("POST", "/v1/summarize-bulk", {"feedback_records": msgspec.to_builtins(records)})

    def summarize(self, record: SampleRecord) -> Answer:
        """Ask for title and summary of one record."""
        return self._ask("POST", "/v1/summarize", {"feedback_record": msgspec.to_builtins(record)})

    def assign_codes(self, record: SampleRecord, framework: Answer) -> Answer:
        """Ask for the codes of *framework* that fit one record best."""
        body = {
            "feedback_record": msgspec.to_builtins(record),
            "coding_levels": framework,
            "max_codes": 2,
            "confidence_threshold": 0.3,
        }
        return self._ask("POST", "/v1/assign-codes", body)

    def detect_sensitive(self, record: SampleRecord) -> Answer:
        """Ask whether one record is sensitive."""
        return self._ask("POST", "/v1/detect-sensitive", {"feedback_record": msgspec.to_builtins(record)})

    def usage(self) -> Answer:
        """
        Return the usage so far, once it stands still.

        Usage is written behind the requests, so that the first reading may be too early.
        """
        reading = self._ask("GET", "/v1/usage")
        for _ in range(_USAGE_READINGS):
            time.sleep(_USAGE_PAUSE_SECONDS)
            before, reading = reading, self._ask("GET", "/v1/usage")
            if reading == before and reading["total_calls"]:
                break
        return reading

    def _ask(self, method: str, path: str, body: Answer | None = None) -> Answer:
        try:
            response = self._http.request(method, path, json=body)
            answer: Answer = response.json()
        except (httpx.TransportError, ValueError) as error:
            raise DemoFailed(f"{method} {path} was not answered ({type(error).__name__})") from None
        if response.is_error:
            fault = answer.get("error", {})
            raise DemoFailed(f"{method} {path} answered {response.status_code}: {fault.get('message', '')}")
        return answer


def side_by_side(ask: Callable[[SampleRecord], T], records: Iterable[SampleRecord]) -> Iterator[T]:
    """Yield what *ask* says of each record, in order, asking several at a time."""
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        yield from pool.map(ask, records)
