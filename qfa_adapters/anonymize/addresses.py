"""Recognising addresses of the internet: e-mail, web, IP."""

from __future__ import annotations

import ipaddress
import re

from qfa_adapters.anonymize.folding import word_set
from qfa_adapters.anonymize.recogniser import Recogniser
from qfa_core.pseudonyms import EntitySpan

# Possessive quantifiers (`++`) and a look-behind at each start keep every search linear.
_EMAIL = re.compile(
    r"(?<![\w.+%'-])[\w.+%'-]++"
    r"(?:@[^\W\d_][\w-]*+(?:\.[\w-]++)*+"
    r"| ?[(\[] ?at ?[)\]] ?[^\W\d_][\w-]*+(?:(?:\.| ?[(\[] ?dot ?[)\]] ?)[\w-]++)++)",
    re.IGNORECASE,
)
_WEB_ADDRESS = re.compile(
    r"(?<![\w@.-])(?:(?:https?|ftp)://|www\.)[^\s<>\"“”]++"
    r"|(?<![\w@.-])[^\W_][\w-]*+(?:\.[\w-]++)++(?:/[^\s<>\"“”]*+)?",
    re.IGNORECASE,
)
_IP_ADDRESS = re.compile(
    r"(?<![\w.:])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?!\w|[.-]\d)|(?<![\w:.])(?=[0-9a-f]*:)[0-9a-f:.]++(?![\w:])",
    re.IGNORECASE,
)
_DOT_INSIDE = re.compile(r"\.[\w-]")
_DOTS_BETWEEN_DIGITS = re.compile(r"\d\.\d{1,3}\.\d")
_ENDS_A_SENTENCE = ".,;:!?'’”)]}»…"
_POINTS_OF_VERSION_4 = 3
_FEWEST_COLONS_OF_VERSION_6 = 2
_DOMAINS_WITHOUT_PATH = frozenset(("com", "org", "net", "info", "int", "gov", "edu"))
_DOMAINS_WITH_PATH = _DOMAINS_WITHOUT_PATH | word_set(
    "app biz dev gl gle io link ly me online page shop site social tv xyz ae af at au bd be bf bi br ca "
    "cd cf ch ci cl cm cn co cz de dk do ee eg es et eu fi fr ge gh gn gr gt hn hr ht hu id ie il in iq "
    "ir it jo jp ke kg kr kw kz lb lk lr lt lv ma md mg ml mm mr mw mx mz na ne ng ni nl no np nz pa pe "
    "ph pk pl ps pt py qa ro rs ru rw sa sd se sg sk sl sn so ss sv sy td tg th tj tn tr tz ua ug uk us "
    "uy uz ve vn ye za zm zw"
)


class EmailRecogniser(Recogniser):
    """Finds `name@host`, also where `@` is spelled `(at)`."""

    def find(self, text: str) -> list[EntitySpan]:
        if "@" not in text and "(" not in text and "[" not in text:
            return []
        return [
            EntitySpan(start=start, end=match.end(), kind="EMAIL_ADDRESS")
            for match in _EMAIL.finditer(text)
            if (start := match.start() + _leading_punctuation(match.group(0))) < match.end()
        ]


def _leading_punctuation(address: str) -> int:
    return len(address) - len(address.lstrip(".+%'-"))


class WebAddressRecogniser(Recogniser):
    """Finds web addresses: with a scheme, with `www.`, or a bare host that ends like one."""

    def find(self, text: str) -> list[EntitySpan]:
        if not _DOT_INSIDE.search(text) and "://" not in text:
            return []
        return [
            EntitySpan(start=match.start(), end=match.start() + len(address), kind="URL")
            for match in _WEB_ADDRESS.finditer(text)
            if _is_web_address(address := match.group(0).rstrip(_ENDS_A_SENTENCE))
        ]


def _is_web_address(address: str) -> bool:
    lowered = address.lower()
    if "://" in lowered or lowered.startswith("www."):
        return True
    host, slash, _ = lowered.partition("/")
    domain = host.rpartition(".")[2]
    return domain in (_DOMAINS_WITH_PATH if slash else _DOMAINS_WITHOUT_PATH)


class IpAddressRecogniser(Recogniser):
    """Finds IP addresses of both versions, as far as the standard library would accept them."""

    def find(self, text: str) -> list[EntitySpan]:
        may_be_version_4 = text.count(".") >= _POINTS_OF_VERSION_4 and _DOTS_BETWEEN_DIGITS.search(text)
        if not may_be_version_4 and text.count(":") < _FEWEST_COLONS_OF_VERSION_6:
            return []
        return [
            EntitySpan(start=match.start(), end=match.start() + len(address), kind="IP_ADDRESS")
            for match in _IP_ADDRESS.finditer(text)
            if _is_ip_address(address := match.group(0).rstrip(".:"))
        ]


def _is_ip_address(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return not parsed.is_unspecified
