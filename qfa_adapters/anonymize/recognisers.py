"""The recognisers that are used unless others are asked for."""

from __future__ import annotations

from qfa_adapters.anonymize.accounts import CardRecogniser, IbanRecogniser
from qfa_adapters.anonymize.addresses import EmailRecogniser, IpAddressRecogniser, WebAddressRecogniser
from qfa_adapters.anonymize.lexicon import Lexicon
from qfa_adapters.anonymize.names import NameRecogniser
from qfa_adapters.anonymize.phones import PhoneRecogniser
from qfa_adapters.anonymize.recogniser import Recogniser


def load_recognisers() -> tuple[Recogniser, ...]:
    """Load the lexicon, and return the recognisers, those first whose finds are most certain."""
    return (
        EmailRecogniser(),
        WebAddressRecogniser(),
        IbanRecogniser(),
        CardRecogniser(),
        IpAddressRecogniser(),
        PhoneRecogniser(),
        NameRecogniser(Lexicon.load()),
    )
