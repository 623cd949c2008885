"""Every anonymiser keeps the promises of the port."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from qfa_adapters.anonymize.lexicon_anonymizer import LexiconAnonymizer
from qfa_adapters.anonymize.recogniser import Recogniser
from qfa_adapters.anonymize.recognisers import load_recognisers
from qfa_core.contracts import AnonymizerContract
from qfa_core.contracts.anonymizer import VALUES
from qfa_core.fakes import ScriptedAnonymizer
from qfa_core.ports.anonymizer import Anonymizer


class TestScriptedAnonymizer(AnonymizerContract):
    @pytest.fixture
    def anonymizer(self) -> Anonymizer:
        return ScriptedAnonymizer({value: kind for kind, values in VALUES.items() for value in values})

    @pytest.fixture
    def failing_anonymizer(self) -> Anonymizer:
        return ScriptedAnonymizer(is_down=True)


class TestLexiconAnonymizer(AnonymizerContract):
    @pytest.fixture(scope="class")
    @staticmethod
    def recognisers() -> Sequence[Recogniser]:
        return load_recognisers()

    @pytest.fixture
    def anonymizer(self, recognisers: Sequence[Recogniser]) -> Anonymizer:
        return LexiconAnonymizer(lambda: recognisers)

    @pytest.fixture
    def failing_anonymizer(self) -> Anonymizer:
        def load() -> Sequence[Recogniser]:
            raise OSError

        return LexiconAnonymizer(load)
