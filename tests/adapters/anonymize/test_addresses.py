"""E-mail, web and IP addresses."""

from __future__ import annotations

import pytest

from qfa_adapters.anonymize.addresses import EmailRecogniser, IpAddressRecogniser, WebAddressRecogniser
from qfa_adapters.anonymize.recogniser import Recogniser


def found_in(text: str, recogniser: Recogniser) -> list[str]:
    return [text[span.start : span.end] for span in recogniser.find(text)]


@pytest.mark.parametrize(
    "address",
    [
        "maria@ifrc.org",
        "maria.g+help@sub.ifrc.co.uk",
        "josé@exämple.org",
        "O'Brien@x.org",
        "maria@gmail",
        "maria(at)gmail.com",
        "maria [at] gmail [dot] com",
    ],
)
def test_an_email_address_is_found_without_its_full_stop(address: str) -> None:
    assert found_in(f"Write to {address}.", EmailRecogniser()) == [address]


@pytest.mark.parametrize("text", ["meet (at) school", "5 kg @ 500", "@handle", "a @ b"])
def test_an_at_alone_makes_no_email_address(text: str) -> None:
    assert found_in(text, EmailRecogniser()) == []


@pytest.mark.parametrize(
    "address",
    [
        "https://ifrc.org/a?b=c&d=1",
        "HTTP://IFRC.ORG",
        "www.redcross.org.sl",
        "redcross.org/help",
        "bit.ly/3xY",
        "t.me/abc",
        "ifrc.org",
        "http://intranet/cases/7",
    ],
)
def test_a_web_address_is_found_without_its_punctuation(address: str) -> None:
    assert found_in(f"See ({address}).", WebAddressRecogniser()) == [address]


@pytest.mark.parametrize(
    "text", ["and/or", "water.Then we left", "e.g./i.e. this", "at 9 a.m./p.m.", "1.5/2.0"]
)
def test_a_full_stop_or_a_slash_makes_no_web_address(text: str) -> None:
    assert found_in(text, WebAddressRecogniser()) == []


@pytest.mark.parametrize("address", ["192.168.1.10", "fe80::1ff:fe23:4567:890a", "2001:db8:0:0:0:0:2:1"])
@pytest.mark.parametrize("stop", [".", ""])
def test_an_ip_address_is_found(address: str, stop: str) -> None:
    assert found_in(f"from {address}{stop}", IpAddressRecogniser()) == [address]


@pytest.mark.parametrize(
    "text", ["at 12:30:45", "12:30", "06.12.34.56.78", "300.1.1.1", "1.2.3", "a:: b", "note::"]
)
def test_times_and_phones_are_no_ip_addresses(text: str) -> None:
    assert found_in(text, IpAddressRecogniser()) == []
