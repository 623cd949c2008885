"""The recognisers that are used unless others are asked for."""

from __future__ import annotations

from qfa_adapters.anonymize.accounts import CardRecogniser, IbanRecogniser
from qfa_adapters.anonymize.addresses import EmailRecogniser, IpAddressRecogniser, WebAddressRecogniser
from qfa_adapters.anonymize.lexicon import Lexicon
from qfa_adapters.anonymize.names import NameRecogniser
from qfa_adapters.anonymize.phones import PhoneRecogniser
from qfa_adapters.anonymize.recogniser import Recogniser


def load_recognisers(lexicon: Lexicon | None = None) -> tuple[Recogniser, ...]:
    """Return the recognisers, the most certain first; load the lexicon unless it is given."""
    return (
        EmailRecogniser(),
        WebAddressRecogniser(),
        IbanRecogniser(),
        CardRecogniser(),
        IpAddressRecogniser(),
        PhoneRecogniser(),
        NameRecogniser(lexicon or Lexicon.load()),
    )
