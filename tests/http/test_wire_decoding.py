from __future__ import annotations

import json
import time
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qfa_core.errors import InvalidInput
from qfa_http.openapi.operations import OPERATIONS
from qfa_http.wire.admin import CreateTenantRequest
from qfa_http.wire.analyze import AnalyzeBulkRequest
from qfa_http.wire.assign_codes import AssignCodesRequest
from qfa_http.wire.decoding import MAX_FAULTS, decode
from qfa_http.wire.detect_sensitive import DetectSensitiveRequest
from qfa_http.wire.faults import find_faults
from qfa_http.wire.summarize import SummarizeBulkRequest, SummarizeRequest

RECORD: dict[str, Any] = {"id": "1", "content": "No water."}


def refusal_of(body: object, wire_type: type[msgspec.Struct] = AnalyzeBulkRequest) -> InvalidInput:
    encoded = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(InvalidInput) as refusal:
        decode(encoded, wire_type)
    return refusal.value


def faults_of(body: object, wire_type: type[msgspec.Struct] = AnalyzeBulkRequest) -> dict[str, str]:
    return {fault.field: fault.issue for fault in refusal_of(body, wire_type).faults}


def framework(levels: int, *, codes: int = 2) -> list[dict[str, Any]]:
    children = framework(levels - 1, codes=codes) if levels > 1 else []
    return [{"id": str(number), "name": f"code {number}", "children": children} for number in range(codes)]


def test_every_fault_of_a_body_is_listed_with_its_path() -> None:
    body = {
        "feedback_records": [
            RECORD,
            {"id": 7, "metadata": {"created": None, "region": "North", "coding_level_1": 1}},
            "text",
            {"id": "4", "content": "x" * 100_001, "metadata": []},
        ],
        "prompt": "",
        "output_language": 5,
        "mode": "both",
        "period": "year",
        "anonymize": 1,
    }

    assert faults_of(body) == {
        "feedback_records[1].id": "must be a string",
        "feedback_records[1].content": "is required",
        "feedback_records[1].metadata.created": "must be a string",
        "feedback_records[1].metadata.coding_level_1": "must be a string",
        "feedback_records[1].metadata.region": "is not a known field",
        "feedback_records[2]": "must be an object",
        "feedback_records[3].content": "must have at most 100000 characters",
        "feedback_records[3].metadata": "must be an object",
        "prompt": "must have at least 1 character",
        "output_language": "must be a string",
        "mode": "must be one of: hierarchical, single_pass",
        "period": "must be one of: day, month, week",
        "anonymize": "must be true or false",
    }


@pytest.mark.parametrize(
    ("changes", "field", "issue"),
    [
        ({"max_codes": 0}, "max_codes", "must be at least 1"),
        ({"max_codes": 51}, "max_codes", "must be at most 50"),
        ({"max_codes": 1.5}, "max_codes", "must be a whole number"),
        ({"max_codes": True}, "max_codes", "must be a whole number"),
        ({"confidence_threshold": 1.01}, "confidence_threshold", "must be at most 1"),
        ({"confidence_threshold": -1}, "confidence_threshold", "must be at least 0"),
        ({"confidence_threshold": "0.1"}, "confidence_threshold", "must be a number"),
        ({"coding_levels": {}}, "coding_levels.root_codes", "is required"),
        ({"coding_levels": {"root_codes": {}}}, "coding_levels.root_codes", "must be a list"),
        ({"coding_levels": {"root_codes": []}}, "coding_levels.root_codes", "must hold at least 1 item"),
        ({"coding_levels": {"root_codes": [{"id": "1"}]}}, "coding_levels.root_codes[0].name", "is required"),
    ],
)
def test_a_limit_that_is_broken_is_named(changes: dict[str, Any], field: str, issue: str) -> None:
    body = {"feedback_record": RECORD, "coding_levels": {"root_codes": framework(1)}} | changes

    assert faults_of(body, AssignCodesRequest) == {field: issue}


def test_a_framework_of_four_levels_is_refused_together_with_the_other_faults() -> None:
    root_codes = [*framework(3), {"id": "9", "name": 9, "children": framework(3, codes=1)}]
    body = {"feedback_record": {"id": "1"}, "coding_levels": {"root_codes": root_codes}}

    assert faults_of(body, AssignCodesRequest) == {
        "feedback_record.content": "is required",
        "coding_levels.root_codes[2].name": "must be a string",
        "coding_levels.root_codes[2].children[0].children[0].children[0]": "is more than 3 levels deep",
    }


def test_a_framework_whose_only_fault_is_its_depth_is_refused() -> None:
    body = {"feedback_record": RECORD, "coding_levels": {"root_codes": framework(4, codes=1)}}

    assert list(faults_of(body, AssignCodesRequest)) == [
        "coding_levels.root_codes[0].children[0].children[0].children[0]"
    ]


def test_a_framework_of_three_levels_with_short_branches_is_accepted() -> None:
    root_codes = [*framework(3), *framework(1)]
    body = json.dumps({"feedback_record": RECORD, "coding_levels": {"root_codes": root_codes}}).encode()

    assert len(decode(body, AssignCodesRequest).coding_levels.root_codes) == 4


@pytest.mark.parametrize("whitespace", ["\n", "\t", "\r\n"])
def test_a_raw_line_break_or_tab_in_a_string_is_pointed_out(whitespace: str) -> None:
    body = '{\n "prompt": "one' + whitespace + 'two"}'

    assert faults_of(body.encode()) == {
        "body": "is not valid JSON at line 2, column 16: "
        "line breaks and tabs inside strings must be escaped, as \\n and \\t"
    }


@pytest.mark.parametrize(
    ("body", "issue"),
    [
        (b"", "is empty, where a JSON object is expected"),
        (b" \r\n", "is empty, where a JSON object is expected"),
        (b'{"prompt": "x"\n, 7}', "is not valid JSON at line 2, column 3"),
        (b'{"prompt": "x', "is not valid JSON at line 1, column 12"),
        (b'{"prompt":\n', "is not valid JSON at line 2, column 1"),
        (b"{} {}", "is not valid JSON at line 1, column 4"),
        (b'{"prompt": "\xe9"}', "is not valid UTF-8, from byte 13 on"),
        (b'{"a": ' + b"[" * 100_000, "is nested too deeply"),
        (b"[]", "must be an object"),
        (b"null", "must be an object"),
    ],
)
def test_a_body_that_cannot_be_read_at_all_is_one_fault_of_the_body(body: bytes, issue: str) -> None:
    assert faults_of(body) == {"body": issue}


@pytest.mark.parametrize(
    "value",
    [b'"\\ud83d"', b'"\\ude00\\ud83d"', b"1e999", b"NaN", b"9" * 5000],
    ids=lambda value: str(value[:9]),
)
def test_what_json_cannot_say_is_a_fault_of_the_body(value: bytes) -> None:
    issue = "is not valid JSON: a number is out of range, or an escape is half of a character"

    assert faults_of(b'{"prompt": 1, "other": [' + value + b"], " + b'"mode": 1}') == {"body": issue}


def test_a_deep_framework_cannot_overflow_the_stack() -> None:
    node = b'{"id": "1", "name": "n", "children": ['
    body = b'{"coding_levels": {"root_codes": [' + node * 400 + b"]}" * 400 + b"]}}"

    assert faults_of(body, AssignCodesRequest)["feedback_record"] == "is required"


def test_a_first_value_that_a_second_one_replaces_does_not_count() -> None:
    body = b'{"feedback_record": {"id": 1, "content": "", "id": "1"}}'

    assert decode(body, DetectSensitiveRequest).feedback_record.id == "1"


def test_a_refusal_is_chained_to_nothing_that_holds_the_body() -> None:
    for body in (b"{", b'{"prompt": "canary\n"}', b'{"prompt": "canary\xff"}', {"mode": "canary"}):
        refusal = refusal_of(body)

        assert refusal.__cause__ is None
        assert refusal.__context__ is None
        assert "canary" not in repr([fault.issue for fault in refusal.faults])


def test_a_long_unknown_key_is_cut() -> None:
    body = {"feedback_records": [RECORD | {"metadata": {"k" * 500: 1}}], "prompt": "x"}

    assert list(faults_of(body)) == [f"feedback_records[0].metadata.{'k' * 60}…"]


def test_faults_beyond_the_cap_are_counted() -> None:
    faults = refusal_of({"feedback_records": [1] * (MAX_FAULTS + 5), "prompt": "x"}).faults

    assert len(faults) == MAX_FAULTS + 1
    assert (faults[-1].field, faults[-1].issue) == ("body", "has 5 further faults, which are not listed")


def test_counting_faults_ends_some_time() -> None:
    faults = refusal_of({"feedback_records": [1] * 60_000, "prompt": "x"}).faults

    assert faults[-1].issue == "has 50000 or more further faults, which are not listed"


@pytest.mark.parametrize("name", ["", "x" * 256, "a\x00b", "a\nb"])
def test_a_tenants_name_is_short_and_printable(name: str) -> None:
    assert list(faults_of({"tenant_name": name}, CreateTenantRequest)) == ["tenant_name"]


@pytest.mark.parametrize("request_type", [operation.request for operation in OPERATIONS if operation.request])
def test_every_request_can_be_walked(request_type: type[msgspec.Struct]) -> None:
    required = [field.encode_name for field in msgspec.structs.fields(request_type) if field.required]

    assert [fault.field for fault in find_faults({}, request_type)] == required


def test_five_thousand_records_are_decoded_in_less_than_60_milliseconds() -> None:
    metadata = {"created": "2024-06-01 12:00:00", "coding_level_1": "", "coding_level_2": "Water"}
    records = [{"id": f"Form-{n}", "content": "No water. " * 30, "metadata": metadata} for n in range(5000)]
    body = json.dumps({"feedback_records": records, "prompt": "Why?"}).encode()

    def seconds() -> float:
        start = time.perf_counter()
        decode(body, AnalyzeBulkRequest)
        return time.perf_counter() - start

    assert min(seconds() for _ in range(5)) < 0.06


junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=3),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


def mostly(valid: st.SearchStrategy[Any], otherwise: st.SearchStrategy[Any] = junk) -> st.SearchStrategy[Any]:
    return st.integers(0, 40).flatmap(lambda number: otherwise if number == 40 else valid)


def mapping(required: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Objects that mostly hold what they must, and sometimes a key that nobody knows."""
    whole = st.fixed_dictionaries(required, optional=optional)
    return mostly(mostly(whole, st.fixed_dictionaries({}, optional={**required, **optional, "other": junk})))


texts = mostly(st.text(min_size=1, max_size=3))
levels = mostly(st.one_of(st.none(), st.text(max_size=3)))
metadatas = mapping({}, {"created": texts, "coding_level_1": levels, "feedback_record_id": levels})
records = mapping({"id": texts, "content": texts}, {"metadata": metadatas})
nodes = st.recursive(
    mapping({"id": texts, "name": texts}, {}),
    lambda inner: mapping({"id": texts, "name": texts}, {"children": mostly(st.lists(inner, max_size=2))}),
    max_leaves=6,
)
bodies = {
    AnalyzeBulkRequest: mapping(
        {"feedback_records": mostly(st.lists(records, min_size=1, max_size=3)), "prompt": texts},
        {"mode": mostly(st.sampled_from(["single_pass", "hierarchical"])), "output_language": levels},
    ),
    SummarizeBulkRequest: mapping({"feedback_records": st.lists(records, max_size=3)}, {"prompt": texts}),
    SummarizeRequest: mapping({"feedback_record": records}, {"output_language": levels}),
    AssignCodesRequest: mapping(
        {
            "feedback_record": records,
            "coding_levels": mapping({"root_codes": mostly(st.lists(nodes, min_size=1, max_size=3))}, {}),
        },
        {
            "max_codes": mostly(st.integers(0, 51)),
            "confidence_threshold": mostly(st.one_of(st.none(), st.floats(-0.1, 1.1))),
        },
    ),
}


@pytest.mark.parametrize("request_type", bodies)
@given(data=st.data())
def test_a_body_is_decoded_exactly_if_the_walk_finds_no_fault(
    request_type: type[msgspec.Struct], data: st.DataObject
) -> None:
    value = data.draw(bodies[request_type])
    body = json.dumps(value).encode()
    faults = list(find_faults(value, request_type))

    if faults:
        assert list(refusal_of(body, request_type).faults) == faults
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(body, type=request_type)
    else:
        assert decode(body, request_type) == msgspec.json.decode(body, type=request_type)
