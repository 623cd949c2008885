"""A text as words with their senses, the ground on which names are looked for."""

from __future__ import annotations

from functools import cached_property, partial
from operator import attrgetter

import msgspec

from qfa_adapters.anonymize import arabic, arabic_cues
from qfa_adapters.anonymize.inflection import nominatives
from qfa_adapters.anonymize.language import has_signs, language_of
from qfa_adapters.anonymize.lexicon import Lexicon, Sense
from qfa_adapters.anonymize.unlisted import sense_of_unlisted
from qfa_adapters.anonymize.words import Word, read_words

_SHOUTED_FROM_WORDS = 3
_SHOUTED_SHARE = 0.7
_FAMILIAR_SHARE = 0.6
_ALL_CAPITALS = attrgetter("all_capitals")
_SHORTEST_IN_A_WORD = 3
_FIRST_SLAVIC_LETTER = "\u0430"
_SURE_PARTICLES = ("و", "ل")  # others begin too many words
_WORDS = (Sense.COMMON, Sense.EITHER)

_COLONS = (":", "：", "ـ", "-", "–")
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
        keys = {word.key for word in self.words}
        self.language = language_of(keys)
        self.is_english = self.language == "en" and not self._is_only_abroad(keys)
        self.has_arabic = max(keys, default="") >= arabic.FIRST_LETTER
        if self.has_arabic:
            befores = ["", *(word.key for word in self.words)]
            self.words = [self._without_particle(*pair) for pair in zip(self.words, befores, strict=False)]
        self.is_shouted = self._is_shouted()
        self._abroad = {} if self.is_english else lexicon.abroad
        self.senses = self._read_senses()

    def has_capital(self, at: int) -> bool:
        """Tell whether the word has a capital that means something."""
        return self.words[at].has_capital and not self.is_shouted

    def is_joined(self, at: int, *, across_colon: bool = False) -> bool:
        """Tell whether there is a word *at* that directly follows the one before it, maybe behind a colon."""
        if at >= len(self.words):
            return False
        if self.words[at].is_joined or not across_colon or at == 0:
            return self.words[at].is_joined
        return self.text[self.words[at - 1].end : self.words[at].start].strip() in _COLONS

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
        """Tell whether our lists hold the place *name*, folded and without hyphens, in any Slavic case."""
        if name in self.lexicon.places or name < _FIRST_SLAVIC_LETTER:
            return name in self.lexicon.places and name not in self._abroad
        return any(nominative in self.lexicon.places for nominative in nominatives(name))

    def _is_only_abroad(self, keys: set[str]) -> bool:
        """Tell whether a text without any telling small word has words of other languages alone."""
        senses, abroad = self.lexicon.senses, self.lexicon.abroad
        if has_signs(keys) or any(senses.get(key) is Sense.COMMON and key not in abroad for key in keys):
            return False
        return any(key in abroad and key not in senses for key in keys)

    def _is_shouted(self) -> bool:
        shouted = sum(map(_ALL_CAPITALS, self.words))
        return len(self.words) >= _SHOUTED_FROM_WORDS and shouted >= _SHOUTED_SHARE * len(self.words)

    @cached_property
    def is_familiar(self) -> bool:
        """Tell whether most of the small words are in our lists."""
        small = [sense for word, sense in zip(self.words, self.senses, strict=True) if not word.has_capital]
        return len(small) - small.count(Sense.UNKNOWN) >= _FAMILIAR_SHARE * len(small)

    def _without_particle(self, word: Word, before: str) -> Word:
        """Take the particle off an Arabic word if a name is left: ومحمد."""
        sense = self.lexicon.senses.get(word.key)
        if sense not in (None, Sense.COMMON) or not arabic.is_arabic(word.key):
            return word
        if sense is None and any(
            self.lexicon.senses.get(stem) in _WORDS for stem in arabic.shortened(word.key)
        ):
            return word
        for particle, name in arabic.without_particles(word.key):
            found = self.lexicon.senses.get(name)
            is_unlisted = sense is None or before in arabic_cues.SAYING_TO
            is_sure = is_unlisted or (len(name) > _SHORTEST_IN_A_WORD and particle in _SURE_PARTICLES)
            is_given = found is Sense.GIVEN and is_sure
            if is_given or name == arabic.SERVANT or (found is Sense.EITHER and is_unlisted):
                return msgspec.structs.replace(word, start=word.start + len(particle), key=name)
        return word

    def _read_senses(self) -> list[Sense]:
        known, unlisted = self.lexicon.senses.get, partial(sense_of_unlisted, self)
        if self.is_english:
            return [known(word.key) or unlisted(word) for word in self.words]
        abroad = self._abroad.get
        return [abroad(word.key) or known(word.key) or unlisted(word) for word in self.words]
