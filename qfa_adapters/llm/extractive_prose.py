"""Write analyses and summaries out of counted themes and copied sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import islice

from qfa_adapters.llm.extractive_quotes import NOTHING_TO_QUOTE, quotation, quoted_themes, quotes, shortened
from qfa_adapters.llm.extractive_themes import (
    Passage,
    Theme,
    central_sentences,
    find_themes,
    ranked,
    read_passages,
    record_counts,
    record_total,
)
from qfa_adapters.llm.extractive_wording import (
    NOT_ANSWERED,
    NOTICE,
    SHORT_NOTICE,
    capitalised,
    listed,
    records,
    terms_in,
)
from qfa_adapters.llm.extractive_words import WordReader
from qfa_core.prompts.envelope import open_envelopes
from qfa_core.prompts.summarize import SummaryAnswer

_THEMES_OF_ANALYSIS = 7
_THEMES_OF_SUMMARY = 5
_OTHER_WORDS = 8
_RECURS = 3
_QUOTES_FOR_QUESTION = 3
_BULLETS_OF_RECORD = 3


def write_analysis(message: str) -> str:
    """Answer an analysis prompt's user message in prose."""
    reader = WordReader()
    passages = read_passages(open_envelopes("feedback_record", message), reader)
    asked = terms_in("analyst_question", message, reader)
    themes = find_themes(passages, reader, at_most=_THEMES_OF_ANALYSIS)
    return "\n\n".join(
        (
            NOTICE,
            _themes_section(passages, themes, asked, reader),
            _question_section(passages, asked, reader),
            f"What this cannot answer\n{NOT_ANSWERED}",
        )
    )


def write_summary(message: str) -> SummaryAnswer:
    """Answer the prompt to summarise one record: its central sentences, in their own order."""
    reader = WordReader()
    content = " ".join(record.text for record in open_envelopes("feedback_record", message))
    passages = read_passages(open_envelopes("feedback_record", message), reader)
    counts = reader.read(content)
    best = central_sentences(passages, counts)[:_BULLETS_OF_RECORD]
    in_order = [sentence.text for passage in passages for sentence in passage.sentences]
    kept = [f"- {shortened(text)}" for text in dict.fromkeys(in_order) if text in best]
    return SummaryAnswer(title=_title(counts, reader), summary="\n".join((*kept, SHORT_NOTICE)))


def write_corpus_summary(message: str) -> SummaryAnswer:
    """Answer the prompt to summarise many records: one line a theme, the most frequent first."""
    reader = WordReader()
    passages = read_passages(open_envelopes("feedback_record", message), reader)
    asked = terms_in("analyst_instruction", message, reader)
    themes = find_themes(passages, reader, at_most=_THEMES_OF_SUMMARY)
    lines = [
        f"- {capitalised(reader.spelled(theme.term))} ({records(theme.count)}): {quote}"
        for theme, quote in quoted_themes(passages, themes, asked, reader.lexicon)
    ]
    if not themes:
        central = quotes(passages, asked, reader.lexicon)
        lines = [f"- {quotation(quote)}" for quote in islice(central, _THEMES_OF_SUMMARY)]
    return SummaryAnswer(
        title=f"{_title(record_counts(passages), reader)} in {records(record_total(passages))}",
        summary="\n".join((*lines, SHORT_NOTICE)),
    )


def _themes_section(
    passages: Sequence[Passage], themes: Sequence[Theme], asked: Collection[str], reader: WordReader
) -> str:
    lines = [
        f"Themes, by how many of the {records(record_total(passages))} mention them "
        "(earlier, later: the two halves of the dated records)"
    ]
    for number, (theme, quote) in enumerate(quoted_themes(passages, themes, asked, reader.lexicon), start=1):
        lines += (f"{number}. {_described(theme, reader)}", f"   {quote}")
    counts = record_counts(passages)
    plain = counts.keys() - reader.lexicon.topics - reader.lexicon.aspects - reader.lexicon.kinds
    if repeated := [term for term in ranked(counts, plain) if counts[term] >= _RECURS][:_OTHER_WORDS]:
        lines.append("Other words that recur: " + listed(((term, counts[term]) for term in repeated), reader))
    return "\n".join(lines)


def _question_section(passages: Sequence[Passage], asked: Collection[str], reader: WordReader) -> str:
    counts = record_counts(passages)
    found = ranked(counts, asked)
    if not found:
        return "What the question names\nNo record holds a word of the question that the word lists know."
    chosen = list(islice(quotes(passages, asked, reader.lexicon, holding=found), _QUOTES_FOR_QUESTION))
    named = listed(((term, counts[term]) for term in found), reader)
    return "\n".join(
        (
            "What the question names",
            f"Records that hold its words: {named}.",
            *(f"- {quotation(quote)}" for quote in chosen),
            *([] if chosen else [NOTHING_TO_QUOTE]),
        )
    )


def _described(theme: Theme, reader: WordReader) -> str:
    text = f"{capitalised(reader.spelled(theme.term))}: {records(theme.count)}"
    if theme.earlier or theme.later:
        trend = f": {theme.trend}" if theme.trend else ""
        text += f" ({theme.earlier} earlier, {theme.later} later{trend})"
    return f"{text}; goes with {listed(theme.companions, reader)}" if theme.companions else text


def _title(counts: Counter[str], reader: WordReader) -> str:
    topics = ranked(counts, reader.lexicon.topics)[:3]
    aspects = ranked(counts, reader.lexicon.aspects)[:2]
    chosen = topics + aspects or ranked(counts, counts.keys() - reader.lexicon.kinds)[:4]
    return capitalised(", ".join(reader.spelled(term) for term in chosen)) or "Feedback"
