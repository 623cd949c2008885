"""
Notes of the offline stand-in: a tally as text that a person can read, and that is read back exactly.

One statement a line, and the number of lines in the last, so that notes that were cut off are known for it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice

from qfa_adapters.llm.extractive_periods import known_period
from qfa_adapters.llm.extractive_quotes import quotation
from qfa_adapters.llm.extractive_sensitivity import in_words
from qfa_adapters.llm.extractive_tally import Mention, Tally, added, in_few_periods
from qfa_adapters.llm.extractive_themes import ranked
from qfa_adapters.llm.extractive_wording import records
from qfa_adapters.llm.extractive_words import WordReader
from qfa_core.insights import SensitivityType

_HEAD = "counted by local/extractive, which is no language model"
_PERIODS, _ASKED, _WORDS, _GRAVE, _LOST, _UNREAD = (
    "By period",
    "Words of the question",
    "Other words that recur",
    "May be disclosures",
    "Counted in part only",
    "Noted by others",
)
_MOST_ASKED, _MOST_WORDS, _MOST_BESIDE, _MOST_HEARD = 16, 12, 3, 4
_MOST_THEMES_WITH_ASPECTS = 12
_RECURS = 2
_RECORDS = "records"

_HEAD_LINE = re.compile(rf"(\d{{1,9}}) records?, {_HEAD}\.")
_THEME_LINE = re.compile(r"- ([^:;]{1,60}): (\d{1,9}) records?\b(.*)")
_LIST_LINE = re.compile(r"([A-Z][a-z ]+): (.*)")
_COUNTED = re.compile(r"(?:^|(?<=, ))([^(),;:]{1,60}) \(([1-9]\d{0,8})\)(?=, |$)")
_QUOTE_LINE = re.compile("“(.+)”")
_HEARD_LINE = re.compile("Another note says: (.+)")
_LAST_LINE = re.compile(r"End of (\d{1,9}) lines\.")


def written(tally: Tally, reader: WordReader) -> str:
    """Write *tally* as notes; all topics are kept, of rarer words and aspects the most frequent."""
    tally = in_few_periods(tally)
    lines = [f"{records(tally.records)}, {_HEAD}."]
    lines += _list_line(_PERIODS, {period: tally.periods[period] for period in sorted(tally.periods)})
    counts = {term: mention.count for term, mention in tally.themes.items()}
    for rank, term in enumerate(ranked(counts, counts)):
        at_most = _MOST_BESIDE if rank < _MOST_THEMES_WITH_ASPECTS else 0
        lines.append(_theme_line(term, tally.themes[term], reader, most_aspects=at_most))
    lines += _list_line(_ASKED, _spelled(tally.asked, _MOST_ASKED, reader))
    recurring = Counter({term: count for term, count in tally.words.items() if count >= _RECURS})
    lines += _list_line(_WORDS, _spelled(recurring, _MOST_WORDS, reader))
    lines += _list_line(_GRAVE, {kind: tally.grave[kind] for kind in ranked(tally.grave, tally.grave)})
    lines += _list_line(_LOST, {_RECORDS: tally.lost} if tally.lost else {})
    lines += _list_line(_UNREAD, {_RECORDS: tally.unread} if tally.unread else {})
    lines += [quotation(quote) for quote in tally.quotes]
    lines += [f"Another note says: {text}" for text in islice(tally.heard, _MOST_HEARD)]
    return "\n".join((*lines, f"End of {len(lines)} lines."))


def read_back(text: str, reader: WordReader) -> tuple[Tally, str]:
    """
    Return the tally that *text* was written from, as far as it can be read, and what others wrote in it.

    Several notes may stand side by side. A line that is not understood is passed over; notes that were cut,
    in the end or in the middle, count all their records as lost.
    """
    ours, others = _told_apart(text.split("\n"))
    return added(_read(lines, reader) for lines in ours), "\n".join(others)


def _told_apart(lines: Iterable[str]) -> tuple[list[list[str]], list[str]]:
    ours: list[list[str]] = []
    others: list[str] = []
    is_within = False
    for line in filter(str.strip, lines):
        if _HEAD_LINE.fullmatch(line):
            ours.append([line])
            is_within = True
        elif is_within:
            ours[-1].append(line)
            is_within = not _LAST_LINE.fullmatch(line)
        else:
            others.append(line)
    return ours, others


def _read(lines: Sequence[str], reader: WordReader) -> Tally:
    def term_of(word: str) -> str:
        return _term(word, reader)

    head, last = _HEAD_LINE.fullmatch(lines[0]), _LAST_LINE.fullmatch(lines[-1])
    total = int(head.group(1)) if head else 0
    is_whole = last is not None and int(last.group(1)) == len(lines) - 1
    lists = {match.group(1): match.group(2) for match in filter(None, map(_LIST_LINE.fullmatch, lines))}
    return Tally(
        records=total,
        periods=_counted(lists.get(_PERIODS, ""), known_period),
        themes=_themes(lines, reader),
        asked=_counted(lists.get(_ASKED, ""), term_of),
        words=_counted(lists.get(_WORDS, ""), term_of),
        grave=_counted(lists.get(_GRAVE, ""), _kind),
        quotes=_found(_QUOTE_LINE, lines),
        lost=_counted(lists.get(_LOST, ""), str)[_RECORDS] if is_whole else total,
        unread=_counted(lists.get(_UNREAD, ""), str)[_RECORDS],
        heard=_found(_HEARD_LINE, lines),
    )


def _found(pattern: re.Pattern[str], lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(match.group(1) for match in filter(None, map(pattern.fullmatch, lines)))


def _theme_line(term: str, mention: Mention, reader: WordReader, *, most_aspects: int) -> str:
    line = f"- {reader.spelled(term)}: {records(mention.count)}"
    if mention.periods:
        line += "; " + _list({period: mention.periods[period] for period in sorted(mention.periods)})
    if aspects := _spelled(mention.beside, most_aspects, reader):
        line += f"; with {_list(aspects)}"
    return line


def _list_line(name: str, counted: Mapping[str, int]) -> list[str]:
    return [f"{name}: {_list(counted)}"] if counted else []


def _list(counted: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({count})" for name, count in counted.items())


def _spelled(counts: Counter[str], at_most: int, reader: WordReader) -> dict[str, int]:
    return {reader.spelled(term): counts[term] for term in ranked(counts, counts)[:at_most]}


def _themes(lines: Iterable[str], reader: WordReader) -> dict[str, Mention]:
    themes: dict[str, Mention] = {}
    for match in filter(None, map(_THEME_LINE.fullmatch, lines)):
        term = _term(match.group(1), reader)
        if term in reader.lexicon.topics:
            periods, _, beside = match.group(3).partition("with ")
            themes[term] = Mention(
                count=int(match.group(2)),
                periods=_counted(periods.strip(" ;"), known_period),
                beside=_counted(beside, lambda word: _term(word, reader)),
            )
    return themes


def _counted(text: str, key: Callable[[str], str]) -> Counter[str]:
    """Return what a list counts, under the *key* of each name; names without one are passed over."""
    counts: Counter[str] = Counter()
    for name, count in _COUNTED.findall(text):
        if known := key(name):
            counts[known] += int(count)
    return counts


def _term(word: str, reader: WordReader) -> str:
    term = word.replace(" ", "_")
    if term in reader.lexicon.topics or term in reader.lexicon.aspects:
        return term
    return next(iter(reader.read(word)), "")


def _kind(name: str) -> str:
    return name if name in map(in_words, SensitivityType) else ""
