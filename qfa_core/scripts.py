"""How much of a language model's attention a script takes: characters of English that weigh the same."""

from __future__ import annotations

import re
from collections.abc import Iterator

# How many tokens a character takes depends on the model's vocabulary. At four characters of English a token,
# these weights are at or above what OpenAI's cl100k_base takes (counted with npm's gpt-tokenizer 4), which
# of those in use knows the fewest scripts. A character that no vocabulary knows falls apart into its bytes:
# three, or four outside the first plane.
_ADDITIONAL_WEIGHTS = (
    (
        re.compile("[\u00a0-\u05ff\u2000-\u206f\ufb1d-\ufb4f]+"),
        1.5,
    ),  # accents, Greek, Cyrillic, Hebrew, dashes
    (re.compile("[\u0600-\u06ff\ufb50-\ufefc]+"), 2.5),  # Arabic
    (re.compile("[\u0900-\u0dff\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]+"), 5),  # India, China, Japan, Korea
    (
        re.compile("[\u0700-\u08ff\u0e00-\u1fff\u2070-\u2e7f\ua000-\uabff\ud7b0-\ufb1c]+"),
        11,
    ),  # Thai, Ethiopic …
    (re.compile("[\U00010000-\U0010ffff]+"), 15),  # emoji
)
_HEAVIEST = max(additional for _, additional in _ADDITIONAL_WEIGHTS)
_ASCII = bytes(range(128))
_CHARACTERS_AT_A_TIME = 100_000  # a search holds the interpreter until it ends: other threads get their turn


def weight(text: str) -> float:
    """Return the length that an English text of so many tokens would have; ASCII weighs its own length."""
    if text.isascii():
        return len(text)
    return len(text) + sum(_additional(_beyond_ascii(piece)) for piece in _slices(text))


def most_weight(text: str) -> float:
    """Return what `weight` can be at most, in a tenth of its time."""
    beyond_ascii = len(text.encode(errors="surrogatepass")) - len(text)  # one byte at least a character
    return len(text) + _HEAVIEST * beyond_ascii


def _slices(text: str) -> Iterator[str]:
    for start in range(0, len(text), _CHARACTERS_AT_A_TIME):
        yield text[start : start + _CHARACTERS_AT_A_TIME]


def _beyond_ascii(text: str) -> str:
    """Return the characters that are not ASCII; five patterns then search a fifth of most texts."""
    return text.encode(errors="surrogatepass").translate(None, _ASCII).decode(errors="surrogatepass")


def _additional(text: str) -> float:
    return sum(additional * sum(map(len, runs.findall(text))) for runs, additional in _ADDITIONAL_WEIGHTS)
