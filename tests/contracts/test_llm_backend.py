"""The far end that a suite directs, and what an author builds on it."""

from __future__ import annotations

import doctest

import pytest

from qfa_core.contracts import LLMBackend, llm_backend


def test_its_example_gives_what_it_says() -> None:
    assert doctest.testmod(llm_backend) == doctest.TestResults(failed=0, attempted=4)


def test_what_is_to_happen_a_few_times_comes_before_what_stands() -> None:
    backend = LLMBackend()
    backend.reply("well again")
    backend.fail(times=2)

    assert [backend.receive("…").outcome for _ in range(3)] == ["fail", "fail", "reply"]


def test_what_is_said_last_stands() -> None:
    backend = LLMBackend()
    backend.reply("one")
    backend.refuse()

    assert backend.receive("…").outcome == "refuse"
    backend.reply("two")
    assert backend.receive("…").text == "two"


def test_an_answer_may_be_to_certain_words_only() -> None:
    backend = LLMBackend()
    backend.reply("to you", to="you")

    assert [backend.receive(words).text for words in ("you", "me")] == ["to you", llm_backend.ANSWER]


async def test_waiting_for_what_does_not_come_fails() -> None:
    with pytest.raises(AssertionError, match="1 attempts did not arrive"):
        await LLMBackend().arrived(1)
