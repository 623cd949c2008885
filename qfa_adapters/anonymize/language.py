"""Telling the language of a text, English above all, whose ordinary words our lists hold nearly all of."""

from __future__ import annotations

from collections.abc import Set

from qfa_adapters.anonymize.folding import word_set

# Small words, folded, that one language has and the others lack: `in`, `is`, `was` are Dutch, too.
_ENGLISH = word_set(
    "the and to are were they that for with not have has it its my our you your his her their be been this "
    "these those there at from i what when how why who which will would can could should because about all "
    "do does did if so as by than then them us she said says after before only some any"
)
_OTHERS = {
    "fr": word_set(
        "le la de du en les des une est et nous vous ils elle elles pas ne dans sur avec qui que mais sont "
        "ont cette ces mes notre nos leur leurs aux depuis chez tres quand pourquoi merci je j'ai"
    ),
    "es": word_set(
        "la el de con un en otra otro hay los las una uno es y por para pero muy mi mis sus nuestro nuestra "
        "nuestros se lo al del esta estan tiene tienen como cuando donde porque quien desde hasta nos "
        "gracias"
    ),
    "nl": word_set(
        "de het een ik wij zij ze jullie niet voor met maar ook naar bij uit aan zijn hebben heeft deze dit "
        "mijn onze ons geen wel dat wat waar wanneer waarom bedankt graag zo te en van werd werden"
    ),
}
_SIGNS = _ENGLISH.union(*_OTHERS.values())
_FIRST_LETTER_BEYOND_LATIN = "\u0370"


def has_signs(keys: Set[str]) -> bool:
    """Tell whether any of these folded words gives a language away."""
    return not _SIGNS.isdisjoint(keys)


def language_of(keys: Set[str], *, is_ascii: bool = False) -> str:
    """
    Return “en”, “fr”, “es” or “nl” of a text of these folded words, “” for one in another alphabet.

    A text that gives no sign of its language counts as English. If it *is_ascii*, no word of it is looked at
    for its alphabet.
    """
    found = _SIGNS & keys
    signs = {language: len(found & words) for language, words in _OTHERS.items()}
    if not is_ascii:
        signs[""] = sum(key >= _FIRST_LETTER_BEYOND_LATIN for key in keys)
    if len(found & _ENGLISH) >= sum(signs.values()):
        return "en"
    return max(signs, key=lambda language: signs[language])
