"""A text as words with their senses, the ground on which names are looked for."""

from __future__ import annotations

from functools import cached_property

from qfa_adapters.anonymize import arabic, arabic_cues
from qfa_adapters.anonymize.inflection import nominatives
from qfa_adapters.anonymize.language import has_signs, language_of
from qfa_adapters.anonymize.lexicon import Lexicon, Sense
from qfa_adapters.anonymize.unlisted import sense_of_unlisted
from qfa_adapters.anonymize.words import Words

_SHOUTED_FROM_WORDS = 3
_SHOUTED_SHARE = 0.7
_FAMILIAR_SHARE = 0.6
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
    may it at the start of a sentence. *notable*: the words that are more than everyday ones, where
    most names begin.
    """

    def __init__(self, text: str, words: Words, lexicon: Lexicon) -> None:
        self.text = text
        self.lexicon = lexicon
        self.words = words
        self.keys = words.keys
        distinct = set(self.keys)
        self.language = language_of(distinct, is_ascii=text.isascii())
        self.is_english = self.language == "en" and not self._is_only_abroad(distinct)
        self.has_arabic = not text.isascii() and max(distinct, default="") >= arabic.FIRST_LETTER
        if self.has_arabic:
            self._part_particles()
        self.is_shouted = self._is_shouted()
        self._abroad = {} if self.is_english else lexicon.abroad
        self.senses = self._read_senses()
        self.notable = self._notable()

    def has_capital(self, at: int) -> bool:
        """Tell whether the word has a capital that means something."""
        return at in self.words.capitals and not self.is_shouted

    def is_all_capitals(self, at: int) -> bool:
        """Tell whether the word has several letters, and capitals alone."""
        return at in self.words.all_capitals

    def begins_sentence(self, at: int) -> bool:
        """Tell whether the word is the first of a sentence."""
        return at in self.words.openings

    def is_joined(self, at: int, *, across_colon: bool = False) -> bool:
        """Tell whether there is a word *at* that directly follows the one before it, maybe behind a colon."""
        if at >= len(self.keys):
            return False
        if at not in self.words.parted:
            return True
        if not across_colon or at == 0:
            return False
        return self.text[self.words.ends[at - 1] : self.words.starts[at]].strip() in _COLONS

    def key_before(self, at: int) -> str:
        """Return the word before, "" at the start of a sentence."""
        return self.keys[at - 1] if at > 0 and not self.begins_sentence(at) else ""

    def key_after(self, at: int) -> str:
        """Return the word that directly follows, "" if none does."""
        return self.keys[at + 1] if self.is_joined(at + 1) else ""

    def can_be_family_name(self, at: int) -> bool:
        """Tell whether an everyday word is somebody's family name, too."""
        return self.senses[at] is Sense.COMMON and self.keys[at] in self.lexicon.family

    def is_bound_name(self, at: int) -> bool:
        """Tell whether an everyday word is a name beside a name or behind a cue: Brown, May."""
        return self.keys[at] in self.lexicon.bound

    def is_known_place(self, name: str) -> bool:
        """Tell whether our lists hold the place *name*, folded and without hyphens, in any Slavic case."""
        if name in self.lexicon.places or name < _FIRST_SLAVIC_LETTER:
            return name in self.lexicon.places and name not in self._abroad
        return any(nominative in self.lexicon.places for nominative in nominatives(name))

    def _notable(self) -> list[int]:
        """Return the words that are more than everyday ones: about one in four, where names may begin."""
        telling = self.lexicon.telling.intersection(self.keys)
        return [
            at
            for at, (key, sense) in enumerate(zip(self.keys, self.senses, strict=True))
            if sense is not Sense.COMMON or key in telling
        ]

    def _is_only_abroad(self, keys: set[str]) -> bool:
        """Tell whether a text without any telling small word has words of other languages alone."""
        senses, abroad = self.lexicon.senses, self.lexicon.abroad
        if has_signs(keys) or any(senses.get(key) is Sense.COMMON and key not in abroad for key in keys):
            return False
        return any(key in abroad and key not in senses for key in keys)

    def _is_shouted(self) -> bool:
        shouted = len(self.words.all_capitals)
        return len(self.keys) >= _SHOUTED_FROM_WORDS and shouted >= _SHOUTED_SHARE * len(self.keys)

    @cached_property
    def is_familiar(self) -> bool:
        """Tell whether most of the small words are in our lists."""
        capitals = self.words.capitals
        small = [sense for at, sense in enumerate(self.senses) if at not in capitals]
        return len(small) - small.count(Sense.UNKNOWN) >= _FAMILIAR_SHARE * len(small)

    def _part_particles(self) -> None:
        """Take the particles off Arabic words if a name is left: ومحمد."""
        before = ""
        for at, key in enumerate(self.keys):
            if key[0] in arabic.FIRST_LETTERS_OF_PARTICLES:
                name = self._without_particle(key, before)
                self.words.starts[at] += len(key) - len(name)
                self.keys[at] = name
            before = key

    def _without_particle(self, key: str, before: str) -> str:
        sense = self.lexicon.senses.get(key)
        if sense not in (None, Sense.COMMON):
            return key
        if sense is None and any(self.lexicon.senses.get(stem) in _WORDS for stem in arabic.shortened(key)):
            return key
        for particle, name in arabic.without_particles(key):
            found = self.lexicon.senses.get(name)
            is_unlisted = sense is None or before in arabic_cues.SAYING_TO
            is_sure = is_unlisted or (len(name) > _SHORTEST_IN_A_WORD and particle in _SURE_PARTICLES)
            is_given = found is Sense.GIVEN and is_sure
            if is_given or name == arabic.SERVANT or (found is Sense.EITHER and is_unlisted):
                return name
        return key

    def _read_senses(self) -> list[Sense]:
        known = self.lexicon.senses.get
        if self.is_english:
            found = list(map(known, self.keys))
        else:
            abroad = self._abroad.get
            found = [abroad(key) or known(key) for key in self.keys]
        return [sense or self._sense_of_unlisted(at) for at, sense in enumerate(found)]

    def _sense_of_unlisted(self, at: int) -> Sense:
        written = self.text[self.words.starts[at] : self.words.ends[at]]
        is_shouted = self.is_shouted
        return sense_of_unlisted(
            self.lexicon, self.keys[at], written, has_capital=at in self.words.capitals, is_shouted=is_shouted
        )
