"""Recognising people and places."""

from __future__ import annotations

from qfa_adapters.anonymize.announced import find_announced
from qfa_adapters.anonymize.capitals import find_capitalised
from qfa_adapters.anonymize.caseless import find_caseless
from qfa_adapters.anonymize.lexicon import Lexicon
from qfa_adapters.anonymize.listed import find_known, find_long_places
from qfa_adapters.anonymize.passage import Passage
from qfa_adapters.anonymize.recogniser import Recogniser
from qfa_core.pseudonyms import EntitySpan


class NameRecogniser(Recogniser):
    """
    Finds people and places by lists, cues and capitals.

    A word with a capital that is in no list of ordinary words counts as a name: lists of names
    hold only those that somebody thought of.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def find(self, text: str) -> list[EntitySpan]:
        passage = Passage(text, self._lexicon)
        mentions = find_long_places(passage)
        mentions += find_announced(passage, mentions)
        mentions += find_capitalised(passage, mentions)
        mentions += find_caseless(passage, mentions)
        mentions += find_known(passage, mentions)
        return [
            EntitySpan(start=passage.words.starts[first], end=passage.words.ends[last], kind=kind)
            for first, last, kind in mentions
        ]
