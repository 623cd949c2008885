"""Write analyses and summaries out of counted themes and copied sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from qfa_adapters.llm.extractive_lexicon import SENSITIVE, Lexicon
from qfa_adapters.llm.extractive_themes import (
    Passage,
    Theme,
    central_sentences,
    find_themes,
    ranked,
    read_passages,
    record_counts,
    shortened,
)
from qfa_adapters.llm.extractive_words import WordReader
from qfa_core.prompts.envelope import open_envelopes
from qfa_core.prompts.summarize import SummaryAnswer

NOTICE = (
    "This text was made by local/extractive, an extractive stand-in: it counts words and copies sentences. "
    "No language model has read the records, nothing was understood, weighed or translated."
)
SHORT_NOTICE = "(local/extractive: copied sentences, no language model)"
_NOT_ANSWERED = (
    "Why things happen, what should be done, and anything that is said in words outside the word lists: "
    "counting words cannot tell. Set LLM_MODEL to have a language model read the records."
)
_THEMES_OF_ANALYSIS = 7
_THEMES_OF_SUMMARY = 5
_OTHER_WORDS = 8
_RECURS = 3
_QUOTES_FOR_QUESTION = 3
_BULLETS_OF_RECORD = 3
_ASKED_WEIGHT = 4


def write_analysis(message: str) -> str:
    """Answer an analysis prompt's user message in prose."""
    reader = WordReader()
    passages = read_passages(open_envelopes("feedback_record", message), reader)
    asked = _asked_terms(message, "analyst_question", reader)
    themes = find_themes(passages, reader, at_most=_THEMES_OF_ANALYSIS)
    return "\n\n".join(
        (
            NOTICE,
            _themes_section(passages, themes, asked, reader),
            _question_section(passages, asked, reader),
            f"What this cannot answer\n{_NOT_ANSWERED}",
        )
    )


def write_summary(message: str) -> SummaryAnswer:
    """Answer the prompt to summarise one record: its central sentences, in their own order."""
    reader = WordReader()
    content = " ".join(record.text for record in open_envelopes("feedback_record", message))
    passages = read_passages(open_envelopes("feedback_record", message), reader)
    counts = reader.read(content)
    best = central_sentences(passages, counts, at_most=_BULLETS_OF_RECORD)
    in_order = [sentence.text for passage in passages for sentence in passage.sentences]
    kept = [f"- {shortened(text)}" for text in dict.fromkeys(in_order) if text in best]
    return SummaryAnswer(title=_title(counts, reader), summary="\n".join((*kept, SHORT_NOTICE)))


def write_corpus_summary(message: str) -> SummaryAnswer:
    """Answer the prompt to summarise many records: one line a theme, the most frequent first."""
    reader = WordReader()
    passages = read_passages(open_envelopes("feedback_record", message), reader)
    asked = _asked_terms(message, "analyst_instruction", reader)
    themes = find_themes(passages, reader, at_most=_THEMES_OF_SUMMARY)
    lines = [
        f"- {_capitalised(reader.spelled(theme.term))} ({_records(theme.count)}): {quote}"
        for theme, quote in _quoted(passages, themes, asked, reader.lexicon)
    ]
    return SummaryAnswer(
        title=f"{_title(record_counts(passages), reader)} in {_records(len(passages))}",
        summary="\n".join((*lines, SHORT_NOTICE)),
    )


def _themes_section(
    passages: Sequence[Passage], themes: Sequence[Theme], asked: Collection[str], reader: WordReader
) -> str:
    lines = [f"Themes, by the number of records that mention them ({_records(len(passages))} in all)"]
    for number, (theme, quote) in enumerate(_quoted(passages, themes, asked, reader.lexicon), start=1):
        lines += (f"{number}. {_described(theme, reader)}", f"   {quote}")
    counts = record_counts(passages)
    plain = counts.keys() - reader.lexicon.topics - reader.lexicon.aspects - reader.lexicon.kinds
    if repeated := [term for term in ranked(counts, plain) if counts[term] >= _RECURS][:_OTHER_WORDS]:
        lines.append(
            "Other words that recur: " + _listed(((term, counts[term]) for term in repeated), reader)
        )
    return "\n".join(lines)


def _question_section(passages: Sequence[Passage], asked: Collection[str], reader: WordReader) -> str:
    counts = record_counts(passages)
    found = ranked(counts, asked)
    if not found:
        return "What the question names\nNo record holds a word of the question that the word lists know."
    quotes = central_sentences(
        passages, _weights(counts, asked, reader.lexicon), holding=found, at_most=_QUOTES_FOR_QUESTION
    )
    named = _listed(((term, counts[term]) for term in found), reader)
    return "\n".join(
        (
            "What the question names",
            f"Records that hold its words: {named}.",
            *(f"- “{shortened(quote)}”" for quote in quotes),
        )
    )


def _quoted(
    passages: Sequence[Passage], themes: Iterable[Theme], asked: Collection[str], lexicon: Lexicon
) -> Iterator[tuple[Theme, str]]:
    """Yield each theme with the most central sentence of its records that no theme before it was given."""
    used: set[str] = set()
    for theme in themes:
        about = [passage for passage in passages if theme.term in passage.terms]
        weights = _weights(record_counts(about), asked, lexicon)
        best = central_sentences(about, weights, holding=(theme.term,), at_most=len(used) + 1)
        fresh = next((text for text in best if text not in used), best[0])
        used.add(fresh)
        yield theme, f"“{shortened(fresh)}”"


def _described(theme: Theme, reader: WordReader) -> str:
    text = f"{_capitalised(reader.spelled(theme.term))}: {_records(theme.count)}"
    if theme.earlier or theme.later:
        trend = f": {theme.trend}" if theme.trend else ""
        text += f" ({theme.earlier} earlier, {theme.later} later{trend})"
    return f"{text}; goes with {_listed(theme.companions, reader)}" if theme.companions else text


def _weights(counts: Counter[str], asked: Collection[str], lexicon: Lexicon) -> dict[str, int]:
    """Weigh terms by frequency and question; a sentence that may disclose abuse is the last to be quoted."""
    weights = {term: count * (_ASKED_WEIGHT if term in asked else 1) for term, count in counts.items()}
    return weights | dict.fromkeys(lexicon.kinds, 0) | {SENSITIVE: -sum(weights.values())}


def _asked_terms(message: str, tag: str, reader: WordReader) -> frozenset[str]:
    asked = (reader.read(envelope.text) for envelope in open_envelopes(tag, message))
    return frozenset(term for terms in asked for term in terms) - reader.lexicon.kinds


def _title(counts: Counter[str], reader: WordReader) -> str:
    topics = ranked(counts, reader.lexicon.topics)[:3]
    aspects = ranked(counts, reader.lexicon.aspects)[:2]
    chosen = topics + aspects or ranked(counts, counts.keys() - reader.lexicon.kinds)[:4]
    return _capitalised(", ".join(reader.spelled(term) for term in chosen)) or "Feedback"


def _listed(counted: Iterable[tuple[str, int]], reader: WordReader) -> str:
    return ", ".join(f"{reader.spelled(term)} ({count})" for term, count in counted)


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _records(count: int) -> str:
    return f"{count} record" if count == 1 else f"{count} records"
