"""The shipped fake of the port."""

from __future__ import annotations

import pytest

from qfa_core.errors import AnonymizerUnavailable
from qfa_core.fakes.scripted_anonymizer import ScriptedAnonymizer


async def test_exactly_the_named_words_are_replaced() -> None:
    anonymizer = ScriptedAnonymizer({"Maria": "PERSON", "Maria Gonzalez": "PERSON", "Goma": "LOCATION"})

    result = await anonymizer.anonymize(["Maria Gonzalez, Mariam and Maria left Goma", "", "maria"])

    assert result.texts == ("<PERSON_1>, Mariam and <PERSON_2> left <LOCATION_1>", "", "maria")
    assert anonymizer.texts == [("Maria Gonzalez, Mariam and Maria left Goma", "", "maria")]


async def test_without_words_nothing_is_replaced() -> None:
    assert (await ScriptedAnonymizer().anonymize(["Maria"])).texts == ("Maria",)


async def test_while_down_no_text_comes_back() -> None:
    anonymizer = ScriptedAnonymizer(is_down=True)

    with pytest.raises(AnonymizerUnavailable):
        await anonymizer.anonymize(["Maria"])
    with pytest.raises(AnonymizerUnavailable):
        await anonymizer.check()
    assert anonymizer.texts == []
