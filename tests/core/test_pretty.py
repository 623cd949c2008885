from __future__ import annotations

import pytest

from qfa_core.insights import Analysis, CorpusSummary, Summary
from qfa_core.pretty import pretty_analysis, pretty_corpus_summary, pretty_summary

RULE = "-" * 60


def summary(*, quality_score: float | None = 0.82) -> Summary:
    return Summary(
        record_id="Form-07762", title="Broken pump", text="- No water\n- A week", quality_score=quality_score
    )


def test_a_summary_is_laid_out_line_by_line_with_labels_of_16_columns() -> None:
    assert pretty_summary(summary(), None).split("\n") == [
        "Feedback-ID:    Form-07762",
        "QUALITY:        ●●●●○ 82%",
        "TITLE:          Broken pump",
        "SUMMARY:",
        "- No water",
        "- A week",
        RULE,
    ]


def test_a_corpus_summary_lists_its_ids() -> None:
    corpus = CorpusSummary(record_ids=("a", "b", "a"), title="T", text="S", quality_score=1.0)

    lines = pretty_corpus_summary(corpus, None).split("\n")

    assert lines[:2] == ["IDs:            a, b, a", "QUALITY:        ●●●●● 100%"]


def test_an_analysis_has_no_id_and_is_titled_analysis_in_every_language() -> None:
    analysis = Analysis(text="T", quality_score=0.5, uncertainty_explanation="", record_count=3)

    lines = pretty_analysis(analysis, "French").split("\n")

    assert lines == ["QUALITÉ:        ●●●○○ 50%", "TITRE:          Analysis", "RÉSUMÉ:", "T", RULE]


def test_an_unscored_summary_has_no_quality_line() -> None:
    assert "QUALITY" not in pretty_summary(summary(quality_score=None), None)


def test_labels_are_padded_even_where_nothing_follows() -> None:
    empty = CorpusSummary(record_ids=(), title="", text="", quality_score=0.0)

    lines = pretty_corpus_summary(empty, None).split("\n")

    assert lines == [f"{'IDs:':16}", "QUALITY:        ○○○○○ 0%", f"{'TITLE:':16}", "SUMMARY:", "", RULE]


@pytest.mark.parametrize(
    ("score", "rating"),
    [
        (1.0, "●●●●● 100%"),
        (0.9, "●●●●● 90%"),
        (0.89, "●●●●○ 89%"),
        (0.7, "●●●●○ 70%"),
        (0.69, "●●●○○ 69%"),
        (0.5, "●●●○○ 50%"),
        (0.3, "●●○○○ 30%"),
        (0.1, "●○○○○ 10%"),
        (0.09, "○○○○○ 9%"),
    ],
)
def test_dots_follow_the_thresholds(score: float, rating: str) -> None:
    assert f"QUALITY:        {rating}\n" in pretty_summary(summary(quality_score=score), None)


@pytest.mark.parametrize(
    ("language", "title_line"),
    [
        ("nl", "TITEL:          Broken pump"),
        ("DUTCH", "TITEL:          Broken pump"),
        ("Es", "TÍTULO:         Broken pump"),
        ("arabic", "العنوان:        Broken pump"),
        ("ru", "ЗАГОЛОВОК:      Broken pump"),
        ("Ukrainian", "ЗАГОЛОВОК:      Broken pump"),
        ("English", "TITLE:          Broken pump"),
        ("Portuguese", "TITLE:          Broken pump"),
    ],
)
def test_labels_follow_a_known_language_and_fall_back_to_english(language: str, title_line: str) -> None:
    assert title_line in pretty_summary(summary(), language).split("\n")
