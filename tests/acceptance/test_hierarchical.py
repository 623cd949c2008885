"""Whole corpora through the real process: embedded, clustered, read by a fake provider, put together."""

from __future__ import annotations

import html
import http.client
import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.acceptance.service import KEY, Service, model_at, running
from tests.fakes.provider import FakeProvider
from tests.fakes.provider_limits import LimitedAtATime
from tests.fakes.provider_replies import Behaviour, RecordedRequest, Reply, completion, failing

GOLDEN = Path(__file__).parent / "hierarchical_answer.json"
QUESTION = "What do people say about water, cash and vaccines?"
TOPICS = {
    "WASH": (
        "The water pump in our street is broken and we carry water from the river, day {n}.",
        "La pompe à eau est en panne depuis {n} jours et nous buvons l'eau de la rivière.",
        "La bomba de agua no funciona desde hace {n} días y no tenemos agua limpia.",
        "Водяной насос сломан уже {n} дней, воды в доме нет.",
    ),
    "Cash": (
        "The bank card for cash assistance is blocked and the payment did not arrive, week {n}.",
        "La carte bancaire est bloquée et le paiement de l'aide n'est pas arrivé, semaine {n}.",
        "La tarjeta del banco está bloqueada y el pago no llegó, semana {n}.",
        "Банковская карта заблокирована, выплата помощи не пришла, неделя {n}.",
    ),
    "Health": (
        "People say the vaccine makes children ill, they are afraid of the doctors, case {n}.",
        "On dit que le vaccin rend les enfants malades, ils ont peur des médecins, cas {n}.",
        "Dicen que la vacuna enferma a los niños y tienen miedo de los médicos, caso {n}.",
        "Говорят, что от вакцины дети болеют, люди боятся врачей, случай {n}.",
    ),
}
CANARY = "canary-of-a-community-member"


def corpus(size: int) -> list[dict[str, Any]]:
    """Return records on three topics in four languages, one a day, then a blank one and a repeated one."""
    records = [_record(n) for n in range(size)]
    again = {**records[0], "id": "again", "content": records[0]["content"].upper()}
    return [*records, {"id": "blank", "content": " "}, again]


def _record(n: int) -> dict[str, Any]:
    code = list(TOPICS)[n % 3]
    text = TOPICS[code][n // 3 % 4].format(n=n)
    day = f"2024-{1 + n // 28 % 12:02}-{1 + n % 28:02}"
    return {
        "id": f"F-{n}",
        "content": f"{text} {CANARY}",
        "metadata": {"created": day, "coding_level_1": code},
    }


def reads_and_counts(request: RecordedRequest, text: str) -> Reply:
    """Answer as a model would that counts: how many records it was shown, or what the notes say of that."""
    shown = request.body["messages"][-1]["content"]
    if request.task == "name_themes":
        groups = dict(re.findall(r'<feedback_record group="(g\d+)">([^<]*)<', shown)[::-1])
        themes = [
            {"label": label, "title": _title(groups[label]), "description": "People say so."}
            for label in sorted(groups)
        ]
        return completion(request, json.dumps({"themes": themes}))
    if request.task is not None:
        return completion(request, text)
    counts = re.findall(r'<notes records="(\d+)"', shown)
    if counts:
        return completion(request, f"{sum(map(int, counts))} records in {len(counts)} notes.")
    return completion(request, f"{shown.count('<feedback_record')} texts were read.")


def _title(text: str) -> str:
    words = {
        "вод": "Water",
        "agua": "Water",
        "eau": "Water",
        "water": "Water",
        "vac": "Vaccines",
        "вакцин": "Vaccines",
    }
    plain = html.unescape(text).casefold()
    return next((title for word, title in words.items() if word in plain), "Cash")


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeProvider]:
    with FakeProvider() as provider:
        yield provider


@pytest.fixture(scope="module")
def service(provider: FakeProvider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    settings = {"ANALYZE_TARGET_CHUNK_TOKENS": "500", **model_at(provider.url)}
    with running(tmp_path_factory.mktemp("hierarchical"), **settings) as service:
        yield service


def analyse(service: Service, records: list[dict[str, Any]], **more: Any) -> httpx.Response:
    body = {"feedback_records": records, "prompt": QUESTION, "mode": "hierarchical", **more}
    with service.client() as client:
        return client.post("/v1/analyze-bulk", json=body, timeout=120)


def test_a_corpus_is_analysed_as_it_always_was(service: Service, provider: FakeProvider) -> None:
    provider.choose = lambda _: reads_and_counts
    response = analyse(service, corpus(120), period="month")

    assert response.status_code == 200, response.text
    answer = response.json()
    del answer["request_id"]
    typical = [theme.pop("record_ids") for theme in answer["themes"]]  # processors may settle near ties
    assert answer == json.loads(GOLDEN.read_text())
    codes = {record["id"]: record.get("metadata", {}).get("coding_level_1") for record in corpus(120)}
    assert [len({codes[one] for one in ids}) for ids in typical] == [1] * 12


def test_the_same_corpus_gets_the_same_answer(service: Service, provider: FakeProvider) -> None:
    provider.choose = lambda _: reads_and_counts
    one, other = (analyse(service, corpus(60)).json() for _ in range(2))

    assert {**one, "request_id": ""} == {**other, "request_id": ""}


def test_a_provider_that_limits_loses_no_chunk(service: Service, provider: FakeProvider) -> None:
    limit = LimitedAtATime(4, answer_seconds=0.02, retry_after_ms=100)
    provider.choose = limit
    ledger = analyse(service, corpus(240)).json()["record_ledger"]

    assert (ledger["analysed"], ledger["failed"]) == (240, 0)
    assert limit.refused


def test_refused_records_are_counted_and_the_rest_is_read(service: Service, provider: FakeProvider) -> None:
    refused = [n for n in range(120) if n in (7, 50, 51)]
    markers = [f"F-{n}" for n in refused]
    records = corpus(120)
    for record in records:
        if record["id"] in markers:
            record["content"] += " Something that filters refuse."

    def choose(request: RecordedRequest) -> Behaviour | str:
        shown = json.dumps(request.body)
        return "filtered_prompt" if "that filters refuse" in shown else reads_and_counts

    provider.choose = choose
    answer = analyse(service, records).json()

    assert answer["record_ledger"]["filtered"] == 3
    assert answer["record_ledger"]["failed"] == 0
    assert "3 records were refused" in answer["uncertainty_explanation"]


def test_single_records_are_answered_while_a_corpus_is_read(service: Service, provider: FakeProvider) -> None:
    slow = LimitedAtATime(1000, answer_seconds=0.5)
    provider.choose = slow
    record = {"feedback_record": {"id": "single", "content": "The tap is dry."}}
    with ThreadPoolExecutor(1) as pool, service.client() as client:
        analysis = pool.submit(analyse, service, corpus(600))
        provider.wait_for_requests(len(provider.requests) + 10, 60)
        started = time.monotonic()
        summary = client.post("/v1/summarize", json=record)
        seconds = time.monotonic() - started

    assert summary.status_code == 200
    assert not analysis.exception()
    assert seconds < 5


def test_a_caller_that_hangs_up_ends_the_reading(service: Service, provider: FakeProvider) -> None:
    provider.choose = lambda _: "hang"
    arrived = len(provider.requests)
    body = {"feedback_records": corpus(30), "prompt": QUESTION, "mode": "hierarchical"}
    caller = http.client.HTTPConnection(service.url.removeprefix("http://"))
    caller.request("POST", "/v1/analyze-bulk", json.dumps(body), {"Authorization": f"Bearer {KEY}"})
    provider.wait_for_requests(arrived + 1, 60)
    caller.close()

    for request in provider.requests[arrived:]:
        assert request.finished.wait(30)
        assert request.hung_up


def test_with_every_chunk_failed_the_analysis_is_unavailable(
    service: Service, provider: FakeProvider
) -> None:
    provider.choose = lambda _: failing(400)
    response = analyse(service, corpus(12))

    assert response.status_code == 502
    assert response.json()["error"]["code"] == "analysis_unavailable"


def test_the_log_tells_how_long_each_phase_took_and_nothing_of_the_texts(
    service: Service, provider: FakeProvider
) -> None:
    provider.choose = lambda _: reads_and_counts
    request_id = analyse(service, corpus(12)).headers["X-Request-ID"]

    lines = [json.loads(line) for line in service.log().splitlines() if request_id in line]
    phases = [line["phase"] for line in lines if line["logger"] == "qfa.analyze"]
    assert sorted(phases) == ["chunk", "cluster", "embed", "judge", "map", "pseudonymise", "reduce"]
    assert CANARY not in service.log()
    assert "pump" not in service.log()
