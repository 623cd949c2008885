"""What is particular to Arabic: particles written onto a word, endings, names of two words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qfa_adapters.anonymize.folding import word_set

ARTICLE = "ال"
SERVANT = "عبد"  # of whom, says the word behind it: عبد الرحمن
MOTHER = "ام"
RAMADAN = "رمضان"  # a name, too, but “Ramadan karim” is a wish
HOUSE = "ال"  # آل, folded; the article is never a word of its own
KUNYA = frozenset(("ابو", "ابا", MOTHER))
_FAITH = "الدين"  # the second half of صلاح الدين, but رجال الدين are the clergy
_OF_THE_FAITH = word_set(
    "صلاح محي محيي نور جمال علاء شمس عز سيف بهاء ضياء فخر تاج ناصر عماد حسام نجم زين خير شرف بدر سعد شهاب "
    "كمال جلال سراج نظام مجد قمر برهان ركن امين حميد قطب"
)
# Particles, as they stand before any word, and endings have one letter or two.
_PARTICLES = frozenset(("و", "ف", "ب", "ل", "ك", "ول", "وب", "فل", "وك"))
FIRST_LETTERS_OF_PARTICLES = frozenset(particle[0] for particle in _PARTICLES)
_LEADING = _PARTICLES.union(("وال", "بال", "فال", "كال", "لل", "ولل", "وبال", "ال", "س", "وس"))
_LONGEST_LEADING = max(map(len, _LEADING))
_ENDINGS = frozenset(
    ("ها", "هم", "هن", "نا", "كم", "ني", "ي", "ه", "ك", "ات", "ون", "ين", "ان", "وا", "ت", "تم", "ا")
)
_ENDINGS_OF_NAMES = frozenset(("ني", "ون", "ين", "ان", "ت", "ا"))  # as in Artin, Naima
_SHORTEST_STEM = 3
_SHORTEST_NAME = 3
_NO_NOUNS = word_set(
    "غير موجود موجوده مسجل مسجله مكتوب ناقص محذوف مشطوب سقط خطا قال قالت لم لا ما في من الى على عن هو هي كان "
    "كانت جاء جاءت طلب طلبت الذي التي ان انه انها لن قد كل هذا هذه ذلك هنا هناك ليس ليست عند مع بعد قبل حتى "
    "اذا لكن ثم او ام كما منذ دون اي ايضا جدا الان اليوم امس غدا اخذ رفض وعد اعطى وصل ذهب اتصل"
)
_TRADES = word_set(
    "الحداد النجار الخياط الصباغ الخباز الجزار البناء العطار السقا الدباغ اللحام الحلاق القصاب الصواف الحجار "
    "النحاس الفران الخطاب العقاد البزاز الصراف الصياد الملاح الطحان الفلاح البيطار السمان الجمال الخطيب "
    "الحكيم القاضي الامام الشيخ المختار الحاج"
)
_VERB = re.compile(r"(?:[يت]\w{3,}|نت\w{2,}|ان\w{3,4}|است\w{2,}|ا\wت\w{2,3}|ا\w\wى)\Z")
_POSSESSIVES = ("كم", "هم", "ها", "هن")
_LONG_VOWELS = frozenset("اويى")
_FEWEST_LONG_VOWELS = 2  # how Arabic writes the short vowels of foreign names
_NISBA = re.compile(r"ال\w{3,}ي\Z")
FIRST_LETTER, _LAST_LETTER = "\u0620", "\u06ff"


def is_arabic(key: str) -> bool:
    """Tell whether a word is written in Arabic letters."""
    return FIRST_LETTER <= key[0] <= _LAST_LETTER


def without_particles(key: str) -> Iterator[tuple[str, str]]:
    """Yield the particles *key* may begin with, and what is behind: ل and محمد for لمحمد."""
    for length in (1, 2):
        if key[:length] in _PARTICLES and len(key) - length >= _SHORTEST_NAME:
            yield key[:length], key[length:]


def stems(key: str) -> Iterator[str]:
    """Yield what *key* may be without particles before and endings behind."""
    for stem in (key, *_without_leading(key)):
        yield stem
        yield from shortened(stem)


def shortened(key: str) -> Iterator[str]:
    """Yield what *key* may be without endings."""
    for length in (1, 2):
        ending = key[-length:]
        shortest = _SHORTEST_STEM + (ending in _ENDINGS_OF_NAMES)
        if ending in _ENDINGS and len(key) - length >= shortest:
            yield key[:-length]
            yield key[:-length] + "ه"


def _without_leading(key: str) -> Iterator[str]:
    for length in range(1, min(_LONGEST_LEADING, len(key) - _SHORTEST_STEM) + 1):
        if key[:length] in _LEADING:
            yield key[length:]


def is_servants_name(key: str) -> bool:
    """Tell whether *key* is a name such as عبدالله, written as one word."""
    return key.startswith(SERVANT + ARTICLE) and len(key) > len(SERVANT + ARTICLE) + 1


def completes_name(key: str, before: str) -> bool:
    """Tell whether *key* is the second half of a given name that begins with *before*."""
    return (key == _FAITH and before in _OF_THE_FAITH) or (before == SERVANT and key.startswith(ARTICLE))


def is_verb_or_particle(key: str) -> bool:
    """Tell whether *key* is no noun: what may follow a title that stands for a name by itself."""
    return key in _NO_NOUNS or (key[0] in "يتس" and len(key) > _SHORTEST_STEM)


def may_be_foreign_name(key: str) -> bool:
    """Tell whether an unlisted word is written as names of other languages are: مامادو, كوفالينكو."""
    long_vowels = sum(letter in _LONG_VOWELS for letter in key.removeprefix("و"))
    return long_vowels >= _FEWEST_LONG_VOWELS + (not may_be_name(key))


def may_be_name(key: str) -> bool:
    """Tell whether an unlisted word has not the form of a verb, nor an ending that names do not take."""
    return _VERB.match(key) is None and not key.endswith(_POSSESSIVES)


def is_nisba(key: str) -> bool:
    """Tell whether *key* has the form of a family name after an origin or a trade: المصري, الحداد."""
    return key in _TRADES or _NISBA.match(key) is not None
