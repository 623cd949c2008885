"""Telling English, whose ordinary words our lists hold nearly all of, from other languages."""

from __future__ import annotations

from collections.abc import Set

from qfa_adapters.anonymize.folding import word_set

# Small words, folded, that one side has and the other lacks: `in`, `is`, `was` are Dutch, too.
_ENGLISH = word_set(
    "the and to are were they that for with not have has it its my our you your his her their be been "
    "this these those there at from i what when how why who which will would can could should because "
    "about all do does did if so as by than then them us she said says after before only some any"
)
_OTHER = word_set(
    "les des une est et nous vous ils elle elles pas ne dans sur avec qui que mais sont ont cette ces "
    "mes notre nos leur leurs aux depuis chez tres quand pourquoi merci je j'ai "
    "los las una uno es y por para pero muy mi mis sus nuestro nuestra nuestros se lo al del "
    "esta estan tiene tienen como cuando donde porque quien desde hasta nos gracias "
    "het een ik wij zij ze jullie niet voor met maar ook naar bij uit aan zijn hebben heeft deze dit mijn "
    "onze ons geen wel dat wat waar wanneer waarom bedankt graag zo te"
)
_FIRST_LETTER_BEYOND_LATIN = "\u0370"


def reads_as_english(keys: Set[str]) -> bool:
    """Tell whether a text of these folded words is English; so is one that gives no sign of its language."""
    other = len(keys & _OTHER)
    if max(keys, default="") >= _FIRST_LETTER_BEYOND_LATIN:
        other += sum(key >= _FIRST_LETTER_BEYOND_LATIN for key in keys)
    return len(keys & _ENGLISH) >= other
