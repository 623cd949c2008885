"""The recognisers that are used unless others are asked for."""

from __future__ import annotations

from qfa_adapters.anonymize.addresses import EmailRecogniser, IpAddressRecogniser, WebAddressRecogniser
from qfa_adapters.anonymize.lexicon import Lexicon
from qfa_adapters.anonymize.names import NameRecogniser
from qfa_adapters.anonymize.numbers import NumberRecogniser
from qfa_adapters.anonymize.recogniser import Recogniser


def load_recognisers(lexicon: Lexicon | None = None) -> tuple[Recogniser, ...]:
    """Return the recognisers, the most certain first; load the lexicon unless it is given."""
    return (
        EmailRecogniser(),
        WebAddressRecogniser(),
        IpAddressRecogniser(),
        NumberRecogniser(),
        NameRecogniser(lexicon or Lexicon.load()),
    )
