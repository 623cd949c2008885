"""Phones, addresses and accounts made up, as people write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

_PHONES = (
    "+232 76 ### ###",
    "+254 7## ######",
    "07## ### ###",
    "+380 (67) ###-##-##",
    "+33 6 ## ## ## ##",
    "06 ## ## ## ##",
    "+57 3## ### ####",
    "00221 77 ### ## ##",
    "+249 9########",
    "8 (9##) ###-##-##",
    "+31 6 ########",
    "06-########",
    "+93 70 ### ####",
    "+1 809-555-####",
    "0#########",
    "+963 9## ### ###",
)
_IBANS = (
    "NL## ABNA #### #### ##",
    "FR## #### #### #### #### #### ###",
    "DE####################",
    "UA###########################",
    "ES## #### #### #### #### ####",
    "MR#########################",
    "BF## BF## #### #### #### #### ####",
    "JO## CBJO #### #### #### #### #### ##",
)
_USERS = (
    "f.diop",
    "maria.gonzalez88",
    "o_kovalenko",
    "info",
    "help+goma",
    "a-hassan",
    "contact",
    "juan.perez",
)
_HOSTS = (
    "example.org",
    "mail.example.com",
    "gmail.com",
    "croix-rouge.example.fr",
    "yahoo.fr",
    "ukr.net",
)
_CARDS = ("4###-####-####-###", "5### #### #### ###", "4##############", "37## ###### ####")


def _digits(random: Random, shape: str) -> str:
    return "".join(str(random.randint(0, 9)) if sign == "#" else sign for sign in shape)


def _phone(random: Random) -> str:
    return _digits(random, random.choice(_PHONES))


def _iban(random: Random) -> str:
    return _digits(random, random.choice(_IBANS))


def _email(random: Random) -> str:
    return f"{random.choice(_USERS)}@{random.choice(_HOSTS)}"


def _card(random: Random) -> str:
    """Return a number whose last digit passes Luhn's check (ISO/IEC 7812-1)."""
    shape = _digits(random, random.choice(_CARDS))
    digits = [int(sign) for sign in shape if sign.isdigit()]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[::-2])
    return f"{shape}{-(doubled + sum(digits[-2::-2])) % 10}"


def _ip(random: Random) -> str:
    if random.random() < 0.3:
        return "2001:db8:" + ":".join(f"{random.randint(1, 65535):x}" for _ in range(6))
    return ".".join(str(random.randint(1, 254)) for _ in range(4))


NUMBERS: Mapping[str, Callable[[Random], str]] = {
    "phone": _phone,
    "iban": _iban,
    "email": _email,
    "card": _card,
    "ip": _ip,
}
