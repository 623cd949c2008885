"""A text as words with their senses, the ground on which names are looked for."""

from __future__ import annotations

from functools import cached_property
from operator import attrgetter

from qfa_adapters.anonymize.inflection import nominatives
from qfa_adapters.anonymize.language import reads_as_english
from qfa_adapters.anonymize.lexicon import Lexicon, Sense
from qfa_adapters.anonymize.words import Word, read_words

_SHOUTED_FROM_WORDS = 3
_SHOUTED_SHARE = 0.7
_FAMILIAR_SHARE = 0.6
_ALL_CAPITALS = attrgetter("all_capitals")
_INFLECTIONS = ("s", "es", "ed", "d", "ing", "er", "ers", "ly", "ness", "less")
_LONGEST_ACRONYM = 5
_ONE_LETTER_WORDS = frozenset("aioyжяиуоавск")
_ORDINARY = (Sense.COMMON, Sense.STAY, Sense.EITHER, Sense.TITLE)

NAME_LIKE = frozenset((Sense.GIVEN, Sense.EITHER, Sense.FAMILY, Sense.UNKNOWN))


class Passage:
    """
    The words of one text.

    *is_shouted*: it is written in capitals, so they tell nothing. *is_familiar*: most of its small
    words are in our lists, so that a word which is not may be taken for a name. *is_english*: so
    may it at the start of a sentence.
    """

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self.text = text
        self.lexicon = lexicon
        self.words = read_words(text)
        self.is_english = reads_as_english({word.key for word in self.words})
        self.is_shouted = self._is_shouted()
        self._abroad = {} if self.is_english else lexicon.abroad
        self.senses = self._read_senses()

    def has_capital(self, at: int) -> bool:
        """Tell whether the word has a capital that means something."""
        return self.words[at].has_capital and not self.is_shouted

    def is_joined(self, at: int) -> bool:
        """Tell whether there is a word *at* that directly follows the one before it."""
        return at < len(self.words) and self.words[at].is_joined

    def key_before(self, at: int) -> str:
        """Return the word before, "" at the start of a sentence."""
        return self.words[at - 1].key if at > 0 and not self.words[at].begins_sentence else ""

    def key_after(self, at: int) -> str:
        """Return the word that directly follows, "" if none does."""
        return self.words[at + 1].key if self.is_joined(at + 1) else ""

    def can_be_family_name(self, at: int) -> bool:
        """Tell whether an everyday word is somebody's family name, too."""
        return self.senses[at] is Sense.COMMON and self.words[at].key in self.lexicon.family

    def is_bound_name(self, at: int) -> bool:
        """Tell whether an everyday word is a name beside a name or behind a cue: Brown, May."""
        return self.words[at].key in self.lexicon.bound

    def is_known_place(self, name: str) -> bool:
        """Tell whether our lists hold the place *name*, folded and without hyphens."""
        return name in self.lexicon.places and name not in self._abroad

    def _is_shouted(self) -> bool:
        shouted = sum(map(_ALL_CAPITALS, self.words))
        return len(self.words) >= _SHOUTED_FROM_WORDS and shouted >= _SHOUTED_SHARE * len(self.words)

    @cached_property
    def is_familiar(self) -> bool:
        """Tell whether most of the small words are in our lists."""
        small = [sense for word, sense in zip(self.words, self.senses, strict=True) if not word.has_capital]
        return len(small) - small.count(Sense.UNKNOWN) >= _FAMILIAR_SHARE * len(small)

    def _read_senses(self) -> list[Sense]:
        known, unlisted = self.lexicon.senses.get, self._sense_of_unlisted
        if self.is_english:
            return [known(word.key) or unlisted(word) for word in self.words]
        abroad = self._abroad.get
        return [abroad(word.key) or known(word.key) or unlisted(word) for word in self.words]

    def _sense_of_unlisted(self, word: Word) -> Sense:
        key = word.key
        if len(key) == 1:
            return Sense.COMMON if key in _ONE_LETTER_WORDS or not word.has_capital else Sense.UNKNOWN
        if "-" in key:
            return self._sense_of_compound(key)
        if word.has_capital and any(
            self.lexicon.senses.get(nominative) is Sense.GIVEN for nominative in nominatives(key)
        ):
            return Sense.GIVEN
        is_ordinary = self._is_acronym(word) or self._is_form_of_common_word(key)
        return Sense.COMMON if is_ordinary else Sense.UNKNOWN

    def _is_acronym(self, word: Word) -> bool:
        """Tell whether a short word has mostly capitals: WFP, MoH, PHMs."""
        if self.is_shouted or not word.has_capital or len(word.key) > _LONGEST_ACRONYM:
            return False
        capitals = sum(map(str.isupper, self.text[word.start : word.end]))
        return 1 < capitals > len(word.key) / 2

    def _sense_of_compound(self, key: str) -> Sense:
        if key.replace("-", " ") in self.lexicon.places:
            return Sense.UNKNOWN
        senses = [self.lexicon.senses.get(part, Sense.UNKNOWN) for part in key.split("-") if part]
        if Sense.GIVEN in senses:
            return Sense.GIVEN
        return Sense.COMMON if all(sense in _ORDINARY for sense in senses) else Sense.UNKNOWN

    def _is_form_of_common_word(self, key: str) -> bool:
        senses = self.lexicon.senses
        if not key.endswith(_INFLECTIONS):
            return key.endswith("n't")
        return any(
            key.endswith(ending) and senses.get(key[: -len(ending)]) is Sense.COMMON
            for ending in _INFLECTIONS
        )
