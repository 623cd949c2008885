"""
Results as text that can be written into a CRM's text field as it is.

    Feedback-ID:    Form-07762
    QUALITY:        ●●●●○ 82%
    TITLE:          Water point out of order
    SUMMARY:
    - The pump has been broken for a week.
    ------------------------------------------------------------
"""

from __future__ import annotations

import msgspec

from qfa_core.insights import Analysis, CorpusSummary, Summary

_LABEL_COLUMNS = 16
_RULE = "-" * 60
_DOT_THRESHOLDS = (0.1, 0.3, 0.5, 0.7, 0.9)
_ANALYSIS_TITLE = "Analysis"


class _Words(msgspec.Struct, frozen=True):
    quality: str
    title: str
    summary: str


_ENGLISH = _Words("QUALITY", "TITLE", "SUMMARY")
_TRANSLATIONS = {
    ("fr", "french"): _Words("QUALITÉ", "TITRE", "RÉSUMÉ"),
    ("es", "spanish"): _Words("CALIDAD", "TÍTULO", "RESUMEN"),
    ("ar", "arabic"): _Words("الجودة", "العنوان", "الملخص"),
    ("ru", "russian"): _Words("КАЧЕСТВО", "ЗАГОЛОВОК", "СВОДКА"),
    ("nl", "dutch"): _Words("KWALITEIT", "TITEL", "SAMENVATTING"),
    ("uk", "ukrainian"): _Words("ЯКІСТЬ", "ЗАГОЛОВОК", "ПІДСУМОК"),
}
_WORDS = {name: words for names, words in _TRANSLATIONS.items() for name in names}


def pretty_analysis(analysis: Analysis, output_language: str | None) -> str:
    """Lay out an analysis; it has no id, and its title is always “Analysis”."""
    words = _words_for(output_language)
    return _lay_out((), words, _ANALYSIS_TITLE, analysis.text, analysis.quality_score)


def pretty_summary(summary: Summary, output_language: str | None) -> str:
    """Lay out the summary of one record."""
    first = (_line("Feedback-ID", summary.record_id),)
    return _lay_out(first, _words_for(output_language), summary.title, summary.text, summary.quality_score)


def pretty_corpus_summary(summary: CorpusSummary, output_language: str | None) -> str:
    """Lay out the summary of many records."""
    first = (_line("IDs", ", ".join(summary.record_ids)),)
    return _lay_out(first, _words_for(output_language), summary.title, summary.text, summary.quality_score)


def _words_for(output_language: str | None) -> _Words:
    """Return the labels of a language given as ISO code or English name, in any case; English for others."""
    return _WORDS.get((output_language or "").strip().casefold(), _ENGLISH)


def _lay_out(
    first: tuple[str, ...], words: _Words, title: str, text: str, quality_score: float | None
) -> str:
    quality = () if quality_score is None else (_line(words.quality, _rating(quality_score)),)
    return "\n".join((*first, *quality, _line(words.title, title), f"{words.summary}:", text, _RULE))


def _line(label: str, value: str) -> str:
    return f"{label + ':':<{_LABEL_COLUMNS}}{value}"


def _rating(score: float) -> str:
    filled = sum(score >= threshold for threshold in _DOT_THRESHOLDS)
    return "●" * filled + "○" * (len(_DOT_THRESHOLDS) - filled) + f" {score:.0%}"
