"""How the stand-in names groups of records."""

from __future__ import annotations

from typing import Any

from qfa_core.prompts.name_themes import themes_prompt
from tests.adapters.llm_extractive.asking import ask_structured
from tests.adapters.llm_extractive.corpora import quotes_in

QUEUE = ["The queue for water is long.", "La file pour l'eau est longue.", "Черга за водою велика."]
DIRTY = ["The water is dirty.", "El agua está sucia.", "L'eau est sale."]
BRIDGE = ["The bridge fell.", "No bridge since May.", "Zebulon repairs the bridge."]


async def _named(*groups: list[str]) -> list[Any]:
    themes: list[Any] = (await ask_structured(themes_prompt(groups)))["themes"]
    return themes


async def test_each_group_is_named_in_its_order_and_under_its_label() -> None:
    assert [theme["label"] for theme in await _named(QUEUE, DIRTY, BRIDGE)] == ["g1", "g2", "g3"]


async def test_what_a_group_has_alone_comes_first_in_its_title() -> None:
    women, dirty, _ = await _named(["Women carry water."] * 3, DIRTY, BRIDGE)

    assert women["title"].startswith("Women, water")
    assert dirty["title"].startswith("Dirty, water")


async def test_groups_that_share_their_most_frequent_words_get_different_titles() -> None:
    longer = [f"{text} The cash is late." for text in QUEUE]
    titles = [theme["title"] for theme in await _named(QUEUE, QUEUE, longer, longer)]

    assert len({frozenset(title.lower().split(", ")) for title in titles}) == len(titles)


async def test_words_that_no_list_holds_are_the_records_own() -> None:
    (_, bridge) = await _named(QUEUE, BRIDGE)

    assert bridge["title"] == "Bridge"


async def test_a_word_that_one_record_holds_names_no_group_of_several() -> None:
    titles = [theme["title"] for theme in await _named(QUEUE, BRIDGE)]

    assert "zebulon" not in " ".join(titles).lower()


async def test_what_is_written_like_a_name_is_in_no_title() -> None:
    (theme,) = await _named(["Mary Wanjiku sings.", "Mary Wanjiku sings songs, says Otieno."] * 2)

    assert theme["title"] == "Sings, songs"


async def test_titles_hold_no_numbers_no_placeholders_and_at_most_eight_words() -> None:
    group = ["<PERSON_1> of 12 older people waits at the water point for 5 hours, sexual exploitation."] * 3
    (theme,) = await _named(group)

    assert len(theme["title"].split()) <= 8
    assert not any(character.isdigit() or character in "<_" for character in theme["title"])


async def test_a_description_counts_the_records_that_hold_the_title_and_quotes_one() -> None:
    queue, _ = await _named(QUEUE, BRIDGE)

    assert "Of the 3 records shown: queue in 3" in queue["description"]
    assert "no language model" in queue["description"]
    assert [quote in QUEUE for quote in quotes_in(queue["description"])] == [True]


async def test_what_may_be_a_disclosure_is_not_quoted() -> None:
    (theme,) = await _named(["He asked me for a bribe."] * 3)

    assert quotes_in(theme["description"]) == []


async def test_a_group_without_words_is_named_all_the_same() -> None:
    (theme,) = await _named(["+++", "12"])

    assert theme["title"] == "Other feedback"
