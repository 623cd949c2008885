"""Score a summary or an analysis by counting words; modestly, for words do not tell what is true."""

from __future__ import annotations

from collections.abc import Set

from qfa_adapters.llm.extractive_notes import read_back
from qfa_adapters.llm.extractive_themes import ranked, read_passages, record_counts
from qfa_adapters.llm.extractive_words import WordReader
from qfa_core.prompts.answer_schema import Verdict
from qfa_core.prompts.envelope import open_envelopes

_MOST_FREQUENT = 8
_HIGHEST_SCORE = 0.7


def judge_text(message: str, tag: str) -> Verdict:
    """
    Score the text in envelope *tag* against the feedback records beside it.

    Half of the score is the share of the text's terms that the records hold, half the share of
    the records' most frequent topics that the text names; scaled to at most 0.7. Of records without a
    topic nothing can be left out.
    """
    reader = WordReader()
    judged = " ".join(envelope.text for envelope in open_envelopes(tag, message))
    return _verdict(message, reader.read(judged).keys(), reader)


def judge_notes(message: str) -> Verdict:
    """Score the notes on a chunk as `judge_text` does; of the stand-in's own, what is taken from records."""
    reader = WordReader()
    said: set[str] = set()
    for note in open_envelopes("notes", message):
        tally, others = read_back(note.text, reader)
        said.update(tally.themes, tally.asked, tally.words, *map(reader.read, (*tally.quotes, others)))
    return _verdict(message, said, reader)


def _verdict(message: str, terms: Set[str], reader: WordReader) -> Verdict:
    counts = record_counts(read_passages(open_envelopes("feedback_record", message), reader))
    said = terms - reader.lexicon.kinds
    topics = ranked(counts, reader.lexicon.topics)[:_MOST_FREQUENT]
    supported = _share(said, counts.keys())
    covered = _share(frozenset(topics), said) if topics else 1.0
    return Verdict(
        reason=(
            "Computed by local/extractive, not judged by a language model: the records hold "
            f"{supported:.0%} of the text's terms, the text names {covered:.0%} of the records' "
            f"{len(topics)} most frequent topics. The score is the mean of the two, scaled to at most "
            f"{_HIGHEST_SCORE:.0%}, because counting words cannot tell whether a statement is true."
        ),
        score=round(_HIGHEST_SCORE * (supported + covered) / 2, 2),
    )


def _share(part: Set[str], whole: Set[str]) -> float:
    return len(part & whole) / len(part) if part else 0.0
