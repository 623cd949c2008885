"""Note what one chunk of records says, and put such notes together."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import chain, islice

import msgspec

from qfa_adapters.llm.extractive_notes import read_back, written
from qfa_adapters.llm.extractive_quotes import quotes, quotes_for, shortened
from qfa_adapters.llm.extractive_tally import Tally, added, tally_of
from qfa_adapters.llm.extractive_themes import (
    Passage,
    Sentence,
    ranked,
    read_passages,
    record_counts,
)
from qfa_adapters.llm.extractive_wording import terms_in
from qfa_adapters.llm.extractive_words import WordReader
from qfa_core.prompts.envelope import Enveloped, open_envelopes

_THEMES_QUOTED_FROM_CHUNK = 6
_THEMES_QUOTED_FROM_NOTES = 12
_QUOTES_FOR_QUESTION = 2
_QUOTES_WITHOUT_TOPIC = 2
_SENTENCES_OF_OTHERS = 2
_NUMBER = re.compile("[0-9]{1,9}")
_PART = re.compile(r"([0-9]{1,9}) of [0-9]{1,9}")


def write_notes(message: str) -> str:
    """Note what a chunk of records says."""
    reader = WordReader()
    envelopes = _joined(open_envelopes("feedback_record", message))
    passages = read_passages(envelopes, reader)
    begun = [passage.times for passage, one in zip(passages, envelopes, strict=True) if _part_of(one) == 1]
    asked = terms_in("analyst_question", message, reader)
    topics = ranked(record_counts(passages), reader.lexicon.topics)[:_THEMES_QUOTED_FROM_CHUNK]
    chosen = _chosen(topics, passages, asked, reader)
    return written(tally_of(passages, asked, reader, records=sum(begun), quotes=chosen), reader)


def combine_notes(message: str) -> str:
    """Write one set of notes in the place of several."""
    reader = WordReader()
    total = total_of(message, reader)
    asked = terms_in("analyst_question", message, reader)
    counts = {term: mention.count for term, mention in total.themes.items()}
    topics = ranked(counts, counts)[:_THEMES_QUOTED_FROM_NOTES]
    chosen = _chosen(topics, passages_of(total.quotes, reader), asked, reader)
    return written(msgspec.structs.replace(total, quotes=chosen), reader)


def total_of(message: str, reader: WordReader) -> Tally:
    """Add up the notes in a message; of notes that others wrote, a few sentences are kept."""
    return added(_tally_of(note, reader) for note in open_envelopes("notes", message))


def passages_of(sentences: Iterable[str], reader: WordReader) -> list[Passage]:
    """Return single sentences as passages, to choose from."""
    found = (Sentence(text=text, terms=frozenset(reader.read(text))) for text in sentences)
    return [Passage(sentences=(sentence,), terms=sentence.terms, date="") for sentence in found]


def _tally_of(note: Enveloped, reader: WordReader) -> Tally:
    tally, others = read_back(note.text, reader)
    if not others:
        return tally
    found = _NUMBER.fullmatch(note.attributes.get("records", ""))
    unread = max(0, int(found.group()) - tally.records) if found else 0
    passages = read_passages([Enveloped(text=others, attributes={})], reader)
    central = islice(quotes(passages, (), reader.lexicon), _SENTENCES_OF_OTHERS)
    return added((tally, Tally(records=unread, unread=unread, heard=tuple(map(shortened, central)))))


def _chosen(
    topics: Sequence[str], passages: Sequence[Passage], asked: Collection[str], reader: WordReader
) -> list[str]:
    about_topics: Iterable[str] = filter(None, quotes_for(topics, passages, asked, reader.lexicon))
    if not topics:
        about_topics = islice(quotes(passages, asked, reader.lexicon), _QUOTES_WITHOUT_TOPIC)
    about_question = islice(quotes(passages, asked, reader.lexicon, holding=asked), _QUOTES_FOR_QUESTION)
    return list(dict.fromkeys(chain(about_topics, about_question)))


def _joined(envelopes: Iterable[Enveloped]) -> list[Enveloped]:
    """Put parts of a record that follow each other together, so that it counts once."""
    joined: list[Enveloped] = []
    last = 0
    for envelope in envelopes:
        number = _part_of(envelope)
        if joined and number > 1 and number == last + 1:
            text = f"{joined[-1].text}\n{envelope.text}"
            joined[-1] = msgspec.structs.replace(joined[-1], text=text)
        else:
            joined.append(envelope)
        last = number
    return joined


def _part_of(envelope: Enveloped) -> int:
    """Return which part of its record an envelope holds, from 1."""
    found = _PART.fullmatch(envelope.attributes.get("part", ""))
    return int(found.group(1)) if found else 1
