from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qfa_core.prompts.envelope import Enveloped, envelope, escape, open_envelopes, unescape
from tests.core.asking import HOSTILE_TEXTS

TEXTS = st.text() | st.sampled_from(HOSTILE_TEXTS) | st.text(alphabet="&<>\"';#amplt/ \n")


@given(st.lists(st.tuples(TEXTS, TEXTS.filter(bool))))
def test_what_goes_into_envelopes_comes_out_unchanged(contents: list[tuple[str, str]]) -> None:
    message = "\n".join(envelope("feedback_record", text, date=date) for text, date in contents)

    assert open_envelopes("feedback_record", message) == [
        Enveloped(text=text, attributes={"date": date}) for text, date in contents
    ]


@given(TEXTS)
def test_no_text_can_end_its_envelope_or_an_attribute(text: str) -> None:
    assert set("<>\"'").isdisjoint(escape(text))


@given(TEXTS)
def test_text_is_escaped_once(text: str) -> None:
    assert unescape(escape(text)) == text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("O&apos;Brien", "O'Brien"),
        ("O&#39;Brien O&#x27;Brien O&#X27;Brien &APOS;", "O'Brien O'Brien O'Brien '"),
        ("&lt;PERSON_1&gt; &quot;said&quot;", '<PERSON_1> "said"'),
        ("&amp;lt; stays one step away", "&lt; stays one step away"),
        ("&nbsp;&copy; fish & chips &amp", "&nbsp;&copy; fish & chips &amp"),
    ],
)
def test_a_models_entities_are_unescaped_once_and_others_left_alone(written: str, read: str) -> None:
    assert unescape(written) == read


def test_attributes_without_a_value_are_left_out() -> None:
    assert envelope("code", "Water", label="c1", date=None, codes="") == '<code label="c1">Water</code>'


def test_envelopes_of_another_tag_are_passed_over() -> None:
    message = envelope("parent_code", "Needs") + envelope("code", "Water")

    assert [opened.text for opened in open_envelopes("code", message)] == ["Water"]
