"""Themes of a corpus: counted from its clusters, named by a language model."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain, islice

from qfa_core.budget import RequestContext
from qfa_core.clusters import Clustering
from qfa_core.errors import DeadlineExceeded, FeedbackTooLarge, LLMError
from qfa_core.feedback import FeedbackRecord
from qfa_core.insights import Theme
from qfa_core.prompts.name_themes import NamedTheme, NamedThemes, label_of, themes_prompt
from qfa_core.pseudonyms import placeholders_in, without_strangers
from qfa_core.use_cases.corpus import Corpus
from qfa_core.use_cases.llm_calls import LLMCalls
from qfa_core.use_cases.shortening import shortened

MOST_THEMES = 20
TEXTS_A_THEME = 5
MOST_TOKENS_A_TEXT = 120
IDS_A_THEME = 10


class ThemeNamer:
    """Turn the clusters of a corpus into themes: one call names them all."""

    def __init__(self, calls: LLMCalls, *, output_language: str | None) -> None:
        self._calls = calls
        self._output_language = output_language

    async def __call__(
        self, corpus: Corpus, clustering: Clustering, context: RequestContext
    ) -> tuple[Theme, ...]:
        """
        Return the largest clusters as themes, those of most records first; nameless where naming failed.

        Counts, days and ids are exact: every record of the cluster counts, whatever became of its chunk.
        """
        clusters = await asyncio.to_thread(_largest, corpus, clustering)
        groups = [self._typical(corpus, clustering.exemplars[label]) for label in clusters]
        names = await self._names(groups, context) if groups else {}
        return await asyncio.to_thread(_themes, corpus, clustering, clusters, names)

    def _typical(self, corpus: Corpus, exemplars: Sequence[int]) -> list[str]:
        texts = (corpus.entries[position].text for position in exemplars[:TEXTS_A_THEME])
        return [shortened(text, MOST_TOKENS_A_TEXT, self._calls.budget) for text in texts]

    async def _names(
        self, groups: Sequence[Sequence[str]], context: RequestContext
    ) -> Mapping[str, NamedTheme]:
        prompt = themes_prompt(groups, output_language=self._output_language)
        try:
            async with self._calls.within_deadline(context):
                answer = await self._calls.answer(prompt, NamedThemes, context)
        except (LLMError, FeedbackTooLarge, DeadlineExceeded):
            return {}
        known = {label_of(position): placeholders_in(texts) for position, texts in enumerate(groups)}
        return {
            named.label: NamedTheme(
                label=named.label,
                title=_one_line(without_strangers(named.title, known[named.label])),
                description=_one_line(without_strangers(named.description, known[named.label])),
            )
            for named in answer.themes
            if named.label in known and named.title.strip()
        }


def _largest(corpus: Corpus, clustering: Clustering) -> dict[int, list[FeedbackRecord]]:
    """Return the clusters of most records, and their records."""
    records: dict[int, list[FeedbackRecord]] = defaultdict(list)
    for entry, label in zip(corpus.entries, clustering.labels, strict=True):
        if label is not None:
            records[label] += entry.records
    labels = sorted(records, key=lambda label: (-len(records[label]), label))
    return {label: records[label] for label in labels[:MOST_THEMES]}


def _themes(
    corpus: Corpus,
    clustering: Clustering,
    clusters: Mapping[int, Sequence[FeedbackRecord]],
    names: Mapping[str, NamedTheme],
) -> tuple[Theme, ...]:
    record_count = corpus.record_count
    return tuple(
        _theme(
            records,
            names.get(label_of(position)),
            share=len(records) / record_count,
            record_ids=_sample(corpus, clustering.exemplars[label]),
        )
        for position, (label, records) in enumerate(clusters.items())
    )


def _sample(corpus: Corpus, exemplars: Sequence[int]) -> tuple[str, ...]:
    """Return ids of typical records: the oldest of each typical text, then others that say the same."""
    entries = [corpus.entries[position] for position in exemplars]
    typical = [entry.record for entry in entries]
    others = chain.from_iterable(entry.others for entry in entries)
    return tuple(record.id for record in islice(chain(typical, others), IDS_A_THEME))


def _theme(
    records: Sequence[FeedbackRecord], named: NamedTheme | None, *, share: float, record_ids: tuple[str, ...]
) -> Theme:
    days = [record.created.date() for record in records if record.created]
    return Theme(
        title=named.title if named else None,
        description=named.description if named else None,
        record_count=len(records),
        share=share,
        record_ids=record_ids,
        first_seen=min(days, default=None),
        last_seen=max(days, default=None),
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
