"""Write the analysis of a whole corpus out of the notes on its chunks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice

from qfa_adapters.llm.extractive_chunks import passages_of, total_of
from qfa_adapters.llm.extractive_periods import later_half, since
from qfa_adapters.llm.extractive_quotes import quotation, quotes, quotes_for
from qfa_adapters.llm.extractive_tables import shifts
from qfa_adapters.llm.extractive_tally import Mention, Tally, in_few_periods
from qfa_adapters.llm.extractive_themes import Passage, ranked, trend
from qfa_adapters.llm.extractive_wording import NOT_ANSWERED, NOTICE, capitalised, listed, records, terms_in
from qfa_adapters.llm.extractive_words import WordReader
from qfa_core.prompts.envelope import open_envelopes

_MOST_THEMES = 7
_MOST_WORDS = 8
_RECURS = 3
_QUOTES_FOR_QUESTION = 3
_MOST_BESIDE = 3
_MOST_HEARD = 5
_QUOTES_WITHOUT_TOPIC = 5
_NO_TOPIC = "No record holds a topic that the word lists know."
_NO_WORDS = "No record holds a word of the question that the word lists know."


def conclude_analysis(message: str) -> str:
    """Answer the analyst's question from notes on all records, in prose."""
    reader = WordReader()
    total = in_few_periods(total_of(message, reader))
    asked = terms_in("analyst_question", message, reader)
    told = passages_of(total.quotes, reader)
    sections = (
        [NOTICE],
        _themes_section(total, told, asked, reader),
        _grave_section(total),
        _question_section(total, told, asked, reader),
        _codes_section(message),
        _heard_section(total),
        ["What this cannot answer", *_caveats(total)],
    )
    return "\n\n".join("\n".join(lines) for lines in sections if lines)


def _themes_section(
    total: Tally, told: Sequence[Passage], asked: Collection[str], reader: WordReader
) -> list[str]:
    later = later_half(total.periods)
    halves = f" (earlier: before {later}; later: since then)" if later else ""
    lines = [f"Themes, by how many of the {records(_read_count(total))} mention them{halves}"]
    counts = {term: mention.count for term, mention in total.themes.items()}
    terms = ranked(counts, counts)[:_MOST_THEMES]
    chosen = quotes_for(terms, told, asked, reader.lexicon)
    for number, (term, quote) in enumerate(zip(terms, chosen, strict=True), start=1):
        lines.append(f"{number}. {_described(term, total, later, reader)}")
        if quote is not None:
            lines.append(f"   {quotation(quote)}")
    if not terms:
        central = islice(quotes(told, asked, reader.lexicon), _QUOTES_WITHOUT_TOPIC)
        lines += [_NO_TOPIC, *(f"- {quotation(quote)}" for quote in central)]
    if repeated := [term for term in ranked(total.words, total.words) if total.words[term] >= _RECURS]:
        counted = ((term, total.words[term]) for term in repeated[:_MOST_WORDS])
        lines.append(f"Other words that recur, at least so often: {listed(counted, reader)}")
    return lines


def _read_count(total: Tally) -> int:
    return total.records - total.unread


def _described(term: str, total: Tally, later: str, reader: WordReader) -> str:
    mention = total.themes[term]
    text = f"{capitalised(reader.spelled(term))}: {records(min(mention.count, _read_count(total)))}"
    if later and mention.periods:
        text += f" ({_over_time(mention, total, later)})"
    beside = ranked(mention.beside, mention.beside)[:_MOST_BESIDE]
    return f"{text}; goes with {', '.join(map(reader.spelled, beside))}" if beside else text


def _over_time(mention: Mention, total: Tally, later: str) -> str:
    dated = sum(total.periods.values())
    share = since(later, total.periods) / dated
    after = since(later, mention.periods)
    before = sum(mention.periods.values()) - after
    word = trend(before, after, later_share=share)
    return f"{before} earlier, {after} later" + (f": {word}" if word else "")


def _grave_section(total: Tally) -> list[str]:
    if not total.grave:
        return []
    counted = ", ".join(f"{kind} ({total.grave[kind]})" for kind in ranked(total.grave, total.grave))
    return [
        "What may be disclosed",
        f"Records that hold words which hint at it: {counted}. They are not quoted; a person must read them.",
    ]


def _question_section(
    total: Tally, told: Sequence[Passage], asked: Collection[str], reader: WordReader
) -> list[str]:
    found = ranked(total.asked, total.asked)
    if not found:
        return ["What the question names", _NO_WORDS]
    named = listed(((term, total.asked[term]) for term in found), reader)
    chosen = islice(quotes(told, asked, reader.lexicon, holding=found), _QUOTES_FOR_QUESTION)
    return [
        "What the question names",
        f"Records that hold its words: {named}.",
        *(f"- {quotation(quote)}" for quote in chosen),
    ]


def _codes_section(message: str) -> list[str]:
    lines = [line for table in open_envelopes("coding_trends", message) for line in shifts(table.text)]
    return ["Codes over time", *lines] if lines else []


def _heard_section(total: Tally) -> list[str]:
    if not total.unread and not total.heard:
        return []
    return [
        f"What others noted on {records(total.unread)}, which are not counted above",
        *(f"- {text}" for text in total.heard[:_MOST_HEARD]),
    ]


def _caveats(total: Tally) -> Iterator[str]:
    yield NOT_ANSWERED
    if total.lost:
        yield f"Part of what was counted of {records(total.lost)} was cut off: counts are at least so high."
