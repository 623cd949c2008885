"""
Made-up community feedback in great numbers, for `benchmarks.hierarchical`.

Seven languages, thirty topics, a year of dates; with what real corpora have: copies, blanks, a few endless
messages, a rumour that comes and goes, complaints that become more. What people say is in `feedback_phrases`.
"""

from __future__ import annotations

import datetime as dt
import math
import random
import re
import tomllib
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

PHRASES = Path(__file__).parent / "feedback_phrases"
SHARES_OF_LANGUAGES = {"en": 35, "fr": 15, "es": 15, "ar": 12, "ru": 8, "uk": 8, "nl": 7}
START = dt.datetime(2025, 1, 1)
DAYS = 365
BLANK_SHARE = 0.01
COPY_SHARE = 0.03
LONG_EVERY = 2_500
LONG_AT = 777
LONG_CHARACTERS = 20_000
BLANKS = ("", " ", "   ", "\n", "\t \n")
_REMEMBERED = 2_000
_SLOT = re.compile(r"\{([^{}]+)\}")

Record = dict[str, Any]
Trend = Callable[[float], float]


def _steady(_year: float) -> float:
    return 1.0


def _growing(year: float) -> float:
    return 0.3 + 2.5 * year


def _spike_at(middle: float) -> Trend:
    return lambda year: 0.3 + 8.0 * math.exp(-(((year - middle) / 0.03) ** 2))


class Topic(NamedTuple):
    """What a record is about: its codes, how often it comes up, and when in the year (0..1)."""

    level_1: str
    level_2: str
    level_3: str
    weight: float = 1.0
    trend: Trend = _steady


TOPICS = {
    "water_broken": Topic("Complaint", "Water", "Water point out of order", 1.5),
    "water_dirty": Topic("Complaint", "Water", "Unsafe water"),
    "latrines": Topic("Complaint", "Sanitation", "Latrines and waste"),
    "hygiene_items": Topic("Request", "Sanitation", "Soap, pads and nappies"),
    "food_short": Topic("Complaint", "Food", "Ration too small", 1.5),
    "food_queue": Topic("Complaint", "Food", "How food is given out"),
    "food_quality": Topic("Complaint", "Food", "Quality of food"),
    "cash_late": Topic("Complaint", "Cash", "Payment late", 1.2, _growing),
    "cash_card": Topic("Complaint", "Cash", "Card or PIN fails"),
    "cash_list": Topic("Question", "Cash", "Not on the list"),
    "clinic_wait": Topic("Complaint", "Health", "Waiting and opening hours"),
    "medicine_out": Topic("Complaint", "Health", "Medicine missing or dear"),
    "vaccine_rumour": Topic("Rumour", "Vaccination", "Vaccine does harm", 1.5, _spike_at(0.4)),
    "vaccine_access": Topic("Question", "Vaccination", "Where to be vaccinated"),
    "psychosocial": Topic("Request", "Health", "Someone to talk to", 0.6),
    "shelter_leaks": Topic("Complaint", "Shelter", "Leaks and floods", 1.0, _spike_at(0.75)),
    "shelter_tents": Topic("Request", "Shelter", "Tents and materials"),
    "blankets": Topic("Request", "Shelter", "Blankets and warmth", 0.8),
    "lighting": Topic("Request", "Safety", "Light and fences", 0.6),
    "violence": Topic("Sensitive", "Safety", "Violence and threats", 0.4),
    "staff_rude": Topic("Complaint", "Conduct", "Staff without respect", 0.8),
    "bribe": Topic("Sensitive", "Conduct", "Bribes and stolen goods", 0.4),
    "unfair": Topic("Complaint", "Selection", "Selection unfair"),
    "school": Topic("Complaint", "Education", "Schools and fees", 0.8),
    "livelihood": Topic("Request", "Livelihood", "Seeds, tools and work", 0.8),
    "information": Topic("Question", "Information", "Nobody explains", 0.8),
    "disability": Topic("Complaint", "Inclusion", "Not reachable for all", 0.5),
    "missing": Topic("Request", "Family links", "Tracing relatives", 0.4),
    "thanks_aid": Topic("Thanks", "Appreciation", "Thanks for aid"),
    "thanks_volunteers": Topic("Thanks", "Appreciation", "Thanks for volunteers", 0.6),
}

Phrase = tuple["str | Phrases", ...]  # text, and in between what to choose one of
Phrases = tuple[Phrase, ...]


class Language(NamedTuple):
    """What can be said in a language."""

    openers: Phrases
    details: Phrases
    closings: Phrases
    topics: Mapping[str, Phrases]


def feedback_records(count: int, seed: int = 1) -> Iterator[Record]:
    """
    Give *count* records as the API takes them, the same ones for a *seed* every time.

    A shorter corpus is the beginning of a longer one.
    Copies repeat one of the last records under an id of their own, half of them with slips of the pen.
    """
    chance = random.Random(seed)  # noqa: S311 - feedback, not secrets
    recent: deque[Record] = deque(maxlen=_REMEMBERED)
    for number in range(count):
        record_id, roll = f"FB-{number + 1:06}", chance.random()
        if number % LONG_EVERY == LONG_AT:
            yield _long(chance, record_id)
        elif roll < BLANK_SHARE:
            yield {**_new(chance, record_id), "content": chance.choice(BLANKS)}
        elif roll < BLANK_SHARE + COPY_SHARE and recent:
            yield _copy(chance, record_id, chance.choice(recent))
        else:
            recent.append(_new(chance, record_id))
            yield recent[-1]


def _new(chance: random.Random, record_id: str) -> Record:
    day = chance.randrange(DAYS)
    name = chance.choices(tuple(TOPICS), cum_weights=_weights_on(day))[0]
    said = _message(chance, _language(chance), name)
    return {"id": record_id, "content": said, "metadata": _metadata(chance, day, TOPICS[name])}


@cache
def _weights_on(day: int) -> list[float]:
    return list(accumulate(topic.weight * topic.trend(day / DAYS) for topic in TOPICS.values()))


def _message(chance: random.Random, language: Language, topic: str) -> str:
    statements = chance.sample(language.topics[topic], 2 if chance.random() < 0.2 else 1)
    has_opener = chance.random() < 0.6
    has_detail = not has_opener or chance.random() < 0.65  # alone, statements repeat
    sentences = [
        _said(chance, language.openers) if has_opener else "",
        *(_said(chance, (statement,)) for statement in statements),
        _said(chance, language.details) if has_detail else "",
        _said(chance, language.closings) if chance.random() < 0.6 else "",
    ]
    text = " ".join(sentence[0].upper() + sentence[1:] for sentence in sentences if sentence)
    return text.lower() if chance.random() < 0.05 else text


def _long(chance: random.Random, record_id: str) -> Record:
    record, language = _new(chance, record_id), _language(chance)
    text = ""
    while len(text) < LONG_CHARACTERS:
        text += _message(chance, language, chance.choice(tuple(TOPICS))) + "\n"
    return {**record, "content": text[: LONG_CHARACTERS - 1] + "."}


def _copy(chance: random.Random, record_id: str, record: Record) -> Record:
    text = record["content"]
    slips = (text, text, text, text.upper(), text.rstrip(".!?؟"), text.replace(" ", "  "))
    return {**record, "id": record_id, "content": chance.choice(slips)}


def _metadata(chance: random.Random, day: int, topic: Topic) -> dict[str, str]:
    at = START + dt.timedelta(days=day, minutes=chance.randrange(6 * 60, 20 * 60))
    written = (f"{at:%Y-%m-%d}", f"{at:%Y-%m-%d %H:%M:%S}", f"{at:%Y-%m-%dT%H:%M:%SZ}", "")
    (created,) = chance.choices(written, (70, 20, 8, 2))
    roll = chance.random()
    if roll < 0.1:  # not coded yet
        return {"created": created}
    levels = topic[:3]
    if roll < 0.15:  # about two things
        other = TOPICS[chance.choice(tuple(TOPICS))]
        levels = [", ".join(dict.fromkeys(pair)) for pair in zip(levels, other[:3], strict=True)]
    return {"created": created, **{f"coding_level_{n}": level for n, level in enumerate(levels, 1)}}


def _language(chance: random.Random) -> Language:
    (code,) = chance.choices(tuple(SHARES_OF_LANGUAGES), tuple(SHARES_OF_LANGUAGES.values()))
    return spoken(code)


@cache
def spoken(code: str) -> Language:
    """Return what can be said in the language of *code*."""
    said = tomllib.loads((PHRASES / f"{code}.toml").read_text(encoding="utf-8"))
    topics = said.pop("topics")
    lists = {**said, "d": list("0123456789")}

    def phrases(texts: Sequence[str]) -> Phrases:
        return tuple(tuple(parts(text)) for text in texts)

    @cache
    def slot(inside: str) -> Phrases:
        return phrases(inside.split("|") if "|" in inside else lists[inside])

    def parts(text: str) -> Iterator[str | Phrases]:
        for place, part in enumerate(_SLOT.split(text)):
            yield slot(part) if place % 2 else part

    own = {name: phrases(texts) for name, texts in topics.items()}
    return Language(*(phrases(said[name]) for name in Language._fields[:3]), own)


def _said(chance: random.Random, phrases: Phrases) -> str:
    """Choose one of *phrases*, and one for each of its slots."""
    phrase = phrases[int(chance.random() * len(phrases))]
    return "".join([part if isinstance(part, str) else _said(chance, part) for part in phrase])
