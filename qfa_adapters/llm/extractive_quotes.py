"""Choose what is quoted: central sentences, but none that may disclose abuse."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice

from qfa_adapters.llm.extractive_lexicon import Lexicon
from qfa_adapters.llm.extractive_sensitivity import is_hinted
from qfa_adapters.llm.extractive_themes import Passage, Theme, central_sentences, record_counts

MAX_QUOTE_CHARACTERS = 240
NOTHING_TO_QUOTE = "(not quoted: what was said may be sensitive)"
_ASKED_WEIGHT = 4


def quotes(
    passages: Sequence[Passage],
    asked: Collection[str],
    lexicon: Lexicon,
    *,
    holding: Collection[str] | None = None,
) -> Iterator[str]:
    """
    Yield sentences, the most central first; terms that were *asked* for weigh more.

    Where *holding* is given, only sentences that hold one of its terms.
    Sensitive ones are left out: they are for a specialist, not for the top of a report.
    """
    counts = record_counts(passages)
    weights = {term: count * (_ASKED_WEIGHT if term in asked else 1) for term, count in counts.items()}
    weights |= dict.fromkeys(lexicon.kinds, 0)
    ranked_sentences = central_sentences(passages, weights, holding=holding)
    return (text for text in ranked_sentences if not is_hinted(text))


def quoted_themes(
    passages: Sequence[Passage], themes: Sequence[Theme], asked: Collection[str], lexicon: Lexicon
) -> Iterator[tuple[Theme, str]]:
    """Yield each theme with what is quoted for it, or a note that nothing is."""
    chosen = quotes_for([theme.term for theme in themes], passages, asked, lexicon)
    for theme, quote in zip(themes, chosen, strict=True):
        yield theme, NOTHING_TO_QUOTE if quote is None else quotation(quote)


def quotes_for(
    terms: Iterable[str], passages: Sequence[Passage], asked: Collection[str], lexicon: Lexicon
) -> Iterator[str | None]:
    """
    Yield for each of *terms* the most central sentence of the records that hold it, None where there is none.

    One that a term before it was given is passed over if there is another.
    """
    used: set[str] = set()
    for term in terms:
        about = [passage for passage in passages if term in passage.terms]
        best = list(islice(quotes(about, asked, lexicon, holding=(term,)), len(used) + 1))
        chosen = next((text for text in best if text not in used), best[0] if best else None)
        if chosen is not None:
            used.add(chosen)
        yield chosen


def quotation(text: str) -> str:
    """Put a sentence in quotation marks, cut at a word if it is long."""
    return f"“{shortened(text)}”"


def shortened(text: str) -> str:
    """Cut a long sentence at a word, and say so."""
    if len(text) <= MAX_QUOTE_CHARACTERS:
        return text
    return text[:MAX_QUOTE_CHARACTERS].rsplit(None, 1)[0] + " …"
