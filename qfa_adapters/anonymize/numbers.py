"""Recognising long numbers of any kind."""

from __future__ import annotations

import re

from qfa_adapters.anonymize.accounts import CardRecogniser, IbanRecogniser
from qfa_adapters.anonymize.phones import FEWEST_DIGITS, PhoneRecogniser
from qfa_adapters.anonymize.recogniser import Recogniser
from qfa_core.pseudonyms import EntitySpan

_DIGIT = re.compile(r"\d")  # in any script


class NumberRecogniser(Recogniser):
    """Finds accounts, cards and phones: numbers so long that most texts need not be read for each."""

    _RECOGNISERS = (IbanRecogniser(), CardRecogniser(), PhoneRecogniser())

    def find(self, text: str) -> list[EntitySpan]:
        if len(_DIGIT.findall(text)) < FEWEST_DIGITS:
            return []
        return [span for recogniser in self._RECOGNISERS for span in recogniser.find(text)]
