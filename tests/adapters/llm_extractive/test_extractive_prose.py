"""What analyses and summaries of the stand-in say."""

from __future__ import annotations

import re

from qfa_core.prompts.analyze import analysis_judge_prompt, analysis_prompt
from qfa_core.prompts.summarize import (
    SummaryAnswer,
    corpus_summary_prompt,
    summary_judge_prompt,
    summary_prompt,
)
from tests.adapters.llm_extractive.asking import ask, ask_structured, record

CORPUS = [
    record("The water tap is broken.", "2026-02-01"),
    record("L'eau est sale.", "2026-02-02"),
    record("Нема води в таборі.", "2026-02-03"),
    record("El agua no llega.", "2026-02-04"),
    record("The cash is late.", "2026-05-01"),
    record("El dinero no llegó, y el agua tampoco.", "2026-05-02"),
    record("لم نستلم المساعدة النقدية", "2026-05-03"),
    record("The vaccine frightens people.", "2026-05-04"),
]


async def test_an_analysis_says_first_that_no_language_model_has_read_the_records() -> None:
    analysis = await ask(analysis_prompt(CORPUS, "What is wrong?"))

    first, _, _ = analysis.partition("\n\n")
    assert "local/extractive" in first
    assert "No language model has read the records" in first


async def test_themes_are_counted_over_languages_and_come_most_frequent_first() -> None:
    analysis = await ask(analysis_prompt(CORPUS, "What is wrong?"))

    themes = re.findall(r"^\d\. (\w+): (\d+) record", analysis, re.MULTILINE)
    assert themes[:2] == [("Water", "5"), ("Cash", "3")]
    assert [int(count) for _, count in themes] == sorted((int(count) for _, count in themes), reverse=True)


async def test_a_theme_that_moves_over_time_is_said_to() -> None:
    analysis = await ask(analysis_prompt(CORPUS, "What is wrong?"))

    assert "Water: 5 records (4 earlier, 1 later: fading)" in analysis
    assert "Cash: 3 records (0 earlier, 3 later: growing)" in analysis


async def test_records_without_dates_are_given_no_trend() -> None:
    analysis = await ask(analysis_prompt([record("The water is late.")], "What is wrong?"))

    assert "1. Water: 1 record;" in analysis


async def test_the_question_chooses_what_is_quoted() -> None:
    analysis = await ask(analysis_prompt(CORPUS, "Who speaks about vaccinations?"))

    _, _, about_question = analysis.partition("What the question names")
    assert "vaccines (1)" in about_question
    assert "“The vaccine frightens people.”" in about_question


async def test_a_question_without_known_words_is_told_so() -> None:
    analysis = await ask(analysis_prompt(CORPUS, "Xyzzy?"))

    assert "No record holds a word of the question" in analysis


async def test_a_sentence_that_may_disclose_abuse_is_not_quoted_for_a_common_theme() -> None:
    disclosure = "They steal the cash and threaten us about the cash."
    analysis = await ask(analysis_prompt([record(disclosure), record("Cash came.")], "Cash?"))

    assert "1. Cash: 2 records" in analysis
    assert "   “Cash came.”" in analysis


async def test_an_analysis_of_disclosures_counts_them_and_quotes_none() -> None:
    disclosure = "A man offered her a food card for sexual favours."
    analysis = await ask(analysis_prompt([record(disclosure)], "Is there sexual exploitation?"))

    assert "sexual exploitation (1)" in analysis
    assert "not quoted: what was said may be sensitive" in analysis
    assert "offered" not in analysis


async def test_a_long_sentence_is_cut_at_a_word() -> None:
    analysis = await ask(analysis_prompt([record("The water " + "was brownish " * 40)], "Water?"))

    quote = re.search("“(.*)”", analysis)
    assert quote
    assert re.search(" (was|brownish) …$", quote.group(1))
    assert len(quote.group(1)) <= 240 + len(" …")


async def test_a_sentence_is_quoted_for_two_themes_only_where_there_is_no_other() -> None:
    shared = "Children drink the water."
    alone = await ask(analysis_prompt([record(shared)], "Xyzzy?"))
    others = [record("A child cried."), record("Give us water.")]
    beside = await ask(analysis_prompt([record(shared), *others], "Xyzzy?"))

    assert alone.count(f"“{shared}”") == 2
    assert beside.count(f"“{shared}”") == 1


async def test_a_summary_copies_sentences_in_their_order_and_ends_by_saying_so() -> None:
    answer = await ask_structured(
        summary_prompt("The tap is broken. We have no water. Please repair the tap.")
    )

    assert answer["summary"].split("\n") == [
        "- The tap is broken.",
        "- We have no water.",
        "- Please repair the tap.",
        "(local/extractive: copied sentences, no language model)",
    ]
    assert answer["title"].startswith("Water")


async def test_a_placeholder_is_copied_as_it_stands() -> None:
    answer = await ask_structured(summary_prompt('<PERSON_3> said that the "tap" is broken.'))

    assert '- <PERSON_3> said that the "tap" is broken.' in answer["summary"]
    assert "PERSON" not in answer["title"].upper()


async def test_a_summary_of_many_has_a_line_a_theme_most_frequent_first() -> None:
    answer = await ask_structured(corpus_summary_prompt(CORPUS))

    assert answer["title"].startswith("Water, cash")
    assert answer["title"].endswith("in 8 records")
    assert [line.partition(":")[0] for line in answer["summary"].split("\n")[:2]] == [
        "- Water (5 records)",
        "- Cash (3 records)",
    ]


async def test_records_on_no_known_topic_are_summarised_by_their_central_sentences() -> None:
    answer = await ask_structured(corpus_summary_prompt([record("Xyzzy plugh."), record("Xyzzy.")]))

    assert answer["title"].startswith("Xyzzy")
    assert "- “Xyzzy.”" in answer["summary"].split("\n")


async def test_a_text_without_a_word_still_has_a_summary() -> None:
    answer = await ask_structured(summary_prompt("+++ 12 +++"))

    assert answer["title"] == "Feedback"
    assert "- +++ 12 +++" in answer["summary"]


async def test_a_judge_prefers_what_the_record_says_to_what_it_does_not() -> None:
    faithful = SummaryAnswer(title="Water", summary="- The water tap is broken")
    invented = SummaryAnswer(title="Goats", summary="- Elephants dance on balconies")
    content = "The water tap is broken."

    good = await ask_structured(summary_judge_prompt(content, faithful))
    bad = await ask_structured(summary_judge_prompt(content, invented))
    assert bad["score"] == 0.0 < good["score"] <= 0.7


async def test_a_judge_says_how_it_came_to_its_score() -> None:
    answer = await ask_structured(analysis_judge_prompt(CORPUS, "What?", "Zebras like water."))

    assert "local/extractive" in answer["reason"]
    assert "50% of the text's terms" in answer["reason"]
