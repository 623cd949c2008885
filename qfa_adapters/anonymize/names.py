"""Recognising people and places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qfa_adapters.anonymize.announced import find_announced
from qfa_adapters.anonymize.capitals import find_capitalised
from qfa_adapters.anonymize.caseless import find_caseless
from qfa_adapters.anonymize.lexicon import Lexicon
from qfa_adapters.anonymize.listed import find_known, find_long_places
from qfa_adapters.anonymize.mention import Mention
from qfa_adapters.anonymize.passage import Passage
from qfa_adapters.anonymize.recogniser import Recogniser
from qfa_adapters.anonymize.words import Words, read_words
from qfa_core.pseudonyms import EntitySpan

_STEPS = (find_announced, find_capitalised, find_caseless, find_known)  # each sees what those before it found


class NameRecogniser(Recogniser):
    """
    Finds people and places by lists, cues and capitals.

    A word with a capital that is in no list of ordinary words counts as a name: lists of names
    hold only those that somebody thought of.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def find(self, text: str) -> list[EntitySpan]:
        return self.find_in_each([text])[0]

    def find_in_each(self, texts: Sequence[str]) -> list[list[EntitySpan]]:
        # Step by step over all texts: a processor's caches hold the code of one step, not of all.
        words = list(map(read_words, texts))
        passages = [
            Passage(*text_and_words, self._lexicon) for text_and_words in zip(texts, words, strict=True)
        ]
        mentions = list(map(find_long_places, passages))
        for step in _STEPS:
            for passage, found in zip(passages, mentions, strict=True):
                found += step(passage, found)
        return list(map(_spans, words, mentions))


def _spans(words: Words, mentions: Iterable[Mention]) -> list[EntitySpan]:
    return [
        EntitySpan(start=words.starts[first], end=words.ends[last], kind=kind)
        for first, last, kind in mentions
    ]
