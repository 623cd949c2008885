"""Pick and judge codes by the words that a feedback record shares with their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from qfa_adapters.llm.extractive_lexicon import SENSITIVE
from qfa_adapters.llm.extractive_sensitivity import hinted_kinds, in_words
from qfa_adapters.llm.extractive_words import WordReader
from qfa_core.prompts.answer_schema import Verdict
from qfa_core.prompts.assign_codes import PickedCodes
from qfa_core.prompts.envelope import Enveloped, open_envelopes

_MOST_PICKS = 3
_GOOD_ENOUGH = 0.5
_NOTHING_SHARED = 0.1
_SENSITIVE_FIRST = 2.0
_ROOT_FLOOR, _ROOT_STEP, _ROOT_STEPS = 0.5, 0.05, 4
_LOWER_FLOOR, _LOWER_REACH = 0.5, 0.4


def pick_codes(message: str) -> PickedCodes:
    """
    Pick the codes whose names share terms with the record, best first; none if none does.

    Where no name does, the names of the codes right below them are asked.
    """
    reader = WordReader()
    held = _record_terms(message, reader)
    scores = _scores(held, {code.attributes["label"]: terms for code, terms in _named_codes(message, reader)})
    if not any(scores.values()):
        codes = open_envelopes("code", message)
        scores = _scores(held, {code.attributes["label"]: _terms_below(code, reader) for code in codes})
    return PickedCodes(codes=_best(scores))


def _scores(held: Mapping[str, int], names: Mapping[str, list[str]]) -> dict[str, float]:
    """Score names by the terms they share: one that many hold says little, one that all hold says nothing."""
    spread = Counter(term for terms in names.values() for term in terms)
    weights = {
        term: _evidence(term, held) / count
        for term, count in spread.items()
        if term in held and (count < len(names) or count == 1)
    }
    return {label: sum(weights.get(term, 0.0) for term in terms) for label, terms in names.items()}


def judge_code(message: str) -> Verdict:
    """
    Judge one code by the share of its name's terms that the record holds.

    A code at the root is often a kind of feedback, which words tell less well than topics: there
    it counts how often the terms occur, and the score stays lower. A name that shares nothing is
    judged by the names right below it.
    """
    reader = WordReader()
    held = _record_terms(message, reader)
    name = [term for _, terms in _named_codes(message, reader) for term in terms]
    if not any(term in held for term in name):
        name = [term for code in open_envelopes("code", message) for term in _terms_below(code, reader)]
    shared = [term for term in name if term in held]
    if not shared:
        score = _NOTHING_SHARED
    elif open_envelopes("parent_code", message):
        score = _LOWER_FLOOR + _LOWER_REACH * len(shared) / len(name)
    else:
        score = _ROOT_FLOOR + _ROOT_STEP * min(_ROOT_STEPS, sum(held[term] for term in shared))
    return Verdict(reason=_reason(shared, len(name), reader), score=round(score, 2))


def _named_codes(message: str, reader: WordReader) -> list[tuple[Enveloped, list[str]]]:
    """Return codes with the terms of their names, but for those that codes above them hold already."""
    above = _terms(open_envelopes("parent_code", message), reader)
    named = [(code, list(reader.read(code.text))) for code in open_envelopes("code", message)]
    return [(code, [term for term in terms if term not in above] or terms) for code, terms in named]


def _terms_below(code: Enveloped, reader: WordReader) -> list[str]:
    return list(reader.read(code.attributes.get("includes", "")))


def _evidence(term: str, held: Mapping[str, int]) -> float:
    """Weigh a term by how often it occurs; a hint at abuse goes before everything else."""
    return (1 + held[term] / 10) * (_SENSITIVE_FIRST if term == SENSITIVE else 1)


def _record_terms(message: str, reader: WordReader) -> Counter[str]:
    """Return the terms of the record, and those that name the abuse which phrases in it hint at."""
    records = open_envelopes("feedback_record", message)
    held = _terms(records, reader)
    for kind in hinted_kinds("\n".join(record.text for record in records)):
        named = reader.read(in_words(kind))
        if SENSITIVE in named:
            held += named
    return held


def _terms(envelopes: Iterable[Enveloped], reader: WordReader) -> Counter[str]:
    return reader.read("\n".join(envelope.text for envelope in envelopes))


def _best(scores: Mapping[str, float]) -> list[str]:
    best = max(scores.values(), default=0.0)
    close = [label for label, score in scores.items() if score > 0 and score >= _GOOD_ENOUGH * best]
    return sorted(close, key=lambda label: -scores[label])[:_MOST_PICKS]


def _reason(shared: list[str], of: int, reader: WordReader) -> str:
    words = ", ".join(reader.spelled(term) for term in shared) or "none"
    return (
        f"Word overlap, no language model: the record holds {len(shared)} of the name's {of} terms ({words})."
    )
