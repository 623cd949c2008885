"""An anonymiser that needs no model: patterns for numbers and addresses, a lexicon for names."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from qfa_adapters.anonymize.identities import link_identities
from qfa_adapters.anonymize.merging import merge_spans
from qfa_adapters.anonymize.recogniser import Recogniser
from qfa_adapters.anonymize.recognisers import load_recognisers
from qfa_core.errors import AnonymizerUnavailable
from qfa_core.ports.anonymizer import Anonymizer
from qfa_core.pseudonyms import EntitySpan, PseudonymisedTexts, pseudonymise

T = TypeVar("T")

_CHARACTERS_AT_A_TIME = 50_000  # about a tenth of a second: how long a caller that hung up is worked for
_CHARACTERS_A_TURN = 3_000  # a few milliseconds; giving turns away costs a twentieth of one each time
_logger = logging.getLogger("qfa.anonymizer")


class LexiconAnonymizer(Anonymizer):
    """
    Replace what recognisers find; they are loaded with *load* at first use, or by `check`.

    Works in a thread, a batch at a time, so that the event loop gets its turn.
    """

    def __init__(self, load: Callable[[], Sequence[Recogniser]] = load_recognisers) -> None:
        self._load = load
        self._loading = threading.Lock()
        self._loaded: Sequence[Recogniser] = ()

    async def anonymize(self, texts: Sequence[str]) -> PseudonymisedTexts:
        spans: list[list[EntitySpan]] = []
        *batches, last = _batches(texts, _CHARACTERS_AT_A_TIME)
        for batch in batches:
            spans += await _in_thread(partial(self._find, batch))
        return await _in_thread(lambda: _replace(texts, spans + self._find(last)))

    async def check(self) -> None:
        await _in_thread(self._recognisers)

    def _find(self, texts: Sequence[str]) -> list[list[EntitySpan]]:
        recognisers = self._recognisers()
        spans: list[list[EntitySpan]] = []
        for some in _batches(texts, _CHARACTERS_A_TURN):
            found = [recogniser.find_in_each(some) for recogniser in recognisers]
            spans += map(merge_spans, some, zip(*found, strict=True))
            # Gives the interpreter’s lock away, for which an event loop would wait 5 ms each time else.
            time.sleep(0)
        return spans

    def _recognisers(self) -> Sequence[Recogniser]:
        with self._loading:
            if not self._loaded:
                self._loaded = self._load()
            return self._loaded


def _replace(texts: Sequence[str], spans: Sequence[Sequence[EntitySpan]]) -> PseudonymisedTexts:
    return pseudonymise(texts, spans, identity=link_identities(texts, spans))


def _batches(texts: Sequence[str], least: int) -> Iterator[Sequence[str]]:
    """Yield *texts* in order, in batches of at *least* so many characters, but for the last."""
    start = characters = 0
    for end, text in enumerate(texts, start=1):
        characters += len(text)
        if characters >= least:
            yield texts[start:end]
            start, characters = end, 0
    yield texts[start:]


async def _in_thread(work: Callable[[], T]) -> T:
    """
    Do *work* off the event loop; whatever it dies of becomes AnonymizerUnavailable.

    The failure is not chained: its message may quote the text that it died of.
    """
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        await asyncio.wait((task,))
    finally:
        task.cancel()
    failure = task.exception()
    if failure is not None:
        _logger.error("The anonymiser failed with %s.", type(failure).__name__)
        raise AnonymizerUnavailable
    return task.result()
