"""What the stand-in concludes from notes on all chunks."""

from __future__ import annotations

from qfa_core.feedback import FeedbackRecord, parse_created
from qfa_core.prompts.combine import Notes
from qfa_core.prompts.trend_table import trend_table
from qfa_core.trends import coding_trends
from tests.adapters.llm_extractive.corpora import CORPUS, Said, combined, concluded, notes_on


async def _analysis(question: str = "What is wrong?", trends: str | None = None) -> str:
    return await concluded([await notes_on(CORPUS, question)], question, trends)


async def test_a_conclusion_says_first_that_no_language_model_has_read_the_records() -> None:
    first, _, _ = (await _analysis()).partition("\n\n")

    assert "local/extractive" in first
    assert "No language model has read the records" in first


async def test_a_conclusion_has_a_heading_for_each_thing_it_says() -> None:
    headings = [section.partition("\n")[0] for section in (await _analysis()).split("\n\n")[1:]]

    assert headings == [
        "Themes, by how many of the 13 records mention them (earlier: before 2026-05; later: since then)",
        "What the question names",
        "What this cannot answer",
    ]


async def test_a_theme_that_moves_over_time_is_said_to() -> None:
    analysis = await _analysis()

    assert "1. Water: 9 records (6 earlier, 2 later: fading)" in analysis
    assert "2. Cash: 4 records (0 earlier, 4 later: growing)" in analysis


async def test_a_theme_that_goes_with_all_records_is_not_said_to_move() -> None:
    notes = await notes_on(
        [
            Said(text="No water.", created="2026-01-01", times=3),
            Said(text="No water.", created="2026-03-01", times=30),
        ]
    )

    assert "Water: 33 records (3 earlier, 30 later)" in await concluded([notes])


async def test_records_of_one_month_are_given_no_trend() -> None:
    analysis = await concluded([await notes_on([Said(text="No water.", created="2026-01-01")])])

    assert "earlier" not in analysis


async def test_the_question_chooses_what_is_noted_and_quoted() -> None:
    _, _, about_question = (await _analysis("Who speaks about vaccinations?")).partition("the question names")

    assert "vaccines (2)" in about_question
    assert "“The vaccine frightens people.”" in about_question


async def test_records_on_no_known_topic_are_told_by_what_they_say() -> None:
    notes = [await notes_on([Said(text=text)]) for text in ("Xyzzy plugh.", "Xyzzy.")]

    for some in (notes, [await combined(notes)]):
        analysis = await concluded(some)
        assert "No record holds a topic that the word lists know.\n- “Xyzzy plugh.”\n- “Xyzzy.”" in analysis


async def test_a_question_without_known_words_is_told_so() -> None:
    assert "No record holds a word of the question" in await _analysis("Xyzzy?")


async def test_words_that_recur_are_counted_over_chunks() -> None:
    notes = [await notes_on([Said(text=text, times=2)]) for text in ("The bridge.", "Bridges!")]

    assert "Other words that recur, at least so often: bridge (4)" in await concluded(notes)


async def test_codes_are_told_with_their_exact_counts_over_time() -> None:
    days = ["2026-01-01", "2026-01-02", "2026-02-01", "2026-02-02", "2026-02-03"]
    records = [
        FeedbackRecord(id="1", content="", created=parse_created(day), coding_level_1=code)
        for day, code in zip(days, ["Water", "Water", "Cash: late", "Cash: late", "Cash: late"], strict=True)
    ]
    trends = coding_trends(records, "month")
    assert trends is not None
    analysis = await _analysis(trends=trend_table(trends, lambda table: True))

    assert (
        "Codes over time\nRecords by code, before 2026-02 and since then\n"
        "- Cash: late: 0, then 3 (growing)\n- Water: 2, then 0\n" in analysis
    )


async def test_a_table_that_is_not_understood_is_passed_over() -> None:
    assert "Codes over time" not in await _analysis(trends="Water is up | 3")


async def test_no_notes_at_all_still_conclude() -> None:
    analysis = await concluded([Notes(text="", record_count=0)])

    assert "of the 0 records" in analysis
    assert "What this cannot answer" in analysis
