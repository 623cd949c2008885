"""
Cutting a corpus into chunks that a language model reads one by one.

A record becomes one part, or several where it is longer than a chunk; chunks partition the parts exactly.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import TypeVar

import msgspec

T = TypeVar("T")

_SENTENCE_ENDS = re.compile(r"(?<=[.!?…؟।])[\"'”’»)\]]*\s+|[。！？]|\n+")
_WORDS = re.compile(r"\S*\s+|\S+")


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """
    What a chunk holds of one record: all of it, or the *number*-th (from 1) of *of* parts.

    *position* is the record's; *text* is as it will be sent and takes *tokens*. *cluster* is None for a
    record that lies in none, *created* for one without a date.
    """

    position: int
    text: str
    tokens: int
    number: int = 1
    of: int = 1
    cluster: int | None = None
    created: dt.datetime | None = None

    @property
    def when(self) -> tuple[dt.datetime, int, int]:
        """Where the part comes in date order: one without a date last, at one moment as the records came."""
        return self.created or dt.datetime.max, self.position, self.number


Chunk = tuple[Part, ...]


def split_text(text: str, *, limit: float, weight: Callable[[str], float]) -> list[str]:
    """
    Cut *text* into pieces that weigh at most *limit*: at sentence ends, else at spaces, else anywhere.

    Joined, the pieces are the text again. *weight* of a text is the sum of what its characters weigh; a
    single character is let through whatever it weighs.
    """
    pieces: list[str] = []
    weighs = 0.0
    for piece in _fine_enough(text, limit, weight):
        additional = weight(piece)
        if pieces and weighs + additional <= limit:
            pieces[-1] += piece
            weighs += additional
        else:
            pieces.append(piece)
            weighs = additional
    return pieces


def chunks_of(parts: Iterable[Part], *, max_tokens: int) -> list[Chunk]:
    """
    Partition *parts* into chunks of at most *max_tokens*, but for single parts that are larger themselves.

    Records of one cluster share chunks; what is left of small clusters is put together. The parts of a
    chunk are in date order, and so are the chunks, by their first part; records without a date come last.
    """
    clusters: dict[int | None, list[Part]] = defaultdict(list)
    for part in sorted(parts, key=_when):
        clusters[part.cluster].append(part)
    whole: list[Chunk] = []
    rests: list[Chunk] = []
    for label in sorted(clusters, key=_label):
        for chunk in cut_evenly(clusters[label], _size, max_tokens):
            (rests if 2 * _tokens(chunk) <= max_tokens else whole).append(chunk)
    return sorted([*whole, *_put_together(rests, max_tokens)], key=lambda chunk: chunk[0].when)


def cut_evenly(items: Sequence[T], size: Callable[[T], int], max_size: int) -> list[tuple[T, ...]]:
    """
    Cut *items* into as few runs of at most *max_size* as hold them, of about the same size each.

    An item that is larger itself has a run of its own.
    """
    total = sum(map(size, items))
    target = total / max(1, math.ceil(total / max_size))
    runs: list[list[T]] = []
    filled = 0
    for item in items:
        if not runs or filled >= target or filled + size(item) > max_size:
            runs.append([])
            filled = 0
        runs[-1].append(item)
        filled += size(item)
    return [tuple(run) for run in runs]


def by_breadth(chunks: Sequence[Chunk]) -> list[Chunk]:
    """Put the first chunk of each cluster before the second of any: cut short, all clusters were heard."""
    seen: dict[int | None, int] = defaultdict(int)

    def turn(chunk: Chunk) -> int:
        seen[chunk[0].cluster] += 1
        return seen[chunk[0].cluster]

    return sorted(chunks, key=turn)


def _fine_enough(text: str, limit: float, weight: Callable[[str], float]) -> Iterator[str]:
    for sentence in _sentences(text):
        if weight(sentence) <= limit:
            yield sentence
            continue
        for word in _WORDS.findall(sentence):
            yield from (word,) if weight(word) <= limit else word


def _sentences(text: str) -> Iterator[str]:
    ends = (match.end() for match in _SENTENCE_ENDS.finditer(text))
    return (text[start:end] for start, end in pairwise(chain((0,), ends, (len(text),))) if start < end)


def _put_together(rests: Iterable[Chunk], max_tokens: int) -> list[Chunk]:
    """Fill chunks with small ones, one after the other; the parts of each are in date order again."""
    filled: list[Chunk] = []
    for rest in rests:
        if filled and _tokens(filled[-1]) + _tokens(rest) <= max_tokens:
            filled[-1] += rest
        else:
            filled.append(rest)
    return [tuple(sorted(chunk, key=_when)) for chunk in filled]


def _when(part: Part) -> tuple[dt.datetime, int, int]:
    return part.when


def _label(cluster: int | None) -> float:
    return math.inf if cluster is None else cluster


def _size(part: Part) -> int:
    return part.tokens


def _tokens(parts: Iterable[Part]) -> int:
    return sum(map(_size, parts))
