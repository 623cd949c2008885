"""People and places, and words that stay: English first, the cheap part of other languages."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.privacy import LABELLED, Sentence, read_sentences, score
from qfa_adapters.anonymize.folding import fold
from qfa_adapters.anonymize.lexicon import Lexicon, Sense
from qfa_adapters.anonymize.recogniser import Recogniser

Find = Callable[[str], list[tuple[str, str]]]
SAMPLE = Path(__file__).parents[3] / "integrations" / "sample" / "feedback.jsonl"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("We met Maria Gonzalez there.", "Maria Gonzalez"),
        ("We met Fatou Diop there.", "Fatou Diop"),
        ("We met Mohammed al-Hassan there.", "Mohammed al-Hassan"),
        ("We met Jean-Pierre Kabongo there.", "Jean-Pierre Kabongo"),
        ("We met Anna de Vries there.", "Anna de Vries"),
        ("We met Peter van der Berg there.", "Peter van der Berg"),
        ("Mevrouw van den Berg wacht op hulp.", "van den Berg"),
        ("Mw. van Dijk heeft geen water.", "van Dijk"),
        ("Mr O’Brien left.", "O’Brien"),
        ("Dr. Kamara's office is closed.", "Kamara"),
        ("They asked Xqwzt Brrgl to wait.", "Xqwzt Brrgl"),
        ("She met Tuyet Mai Pham.", "Tuyet Mai Pham"),
        ("Thank you, Maria Brown!", "Maria Brown"),
        ("Nurse Grace was kind.", "Grace"),
        ("Mr Brown was kind.", "Brown"),
        ("my name is fatmata kargbo", "fatmata kargbo"),
        ("a man called sorie kanu came", "sorie kanu"),
        ("mr kamara did not come", "kamara"),
        ("i told maria that it is too late", "maria"),
        ("WE TOLD IBRAHIM THAT THE WATER IS BAD", "IBRAHIM"),
        ("MY NAME IS XQWZT AND THE WATER IS BAD", "XQWZT"),
        ("التقيت وليلى في السوق", "ليلى"),
        ("I gave it to Sorie K. on Monday.", "Sorie K"),
    ],
)
def test_a_person_is_found(find: Find, text: str, name: str) -> None:
    assert find(text) == [(name, "PERSON")]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my name is john smith and i need water", "john smith"),
        ("name: john smith phone is off", "john smith"),
        ("i told john smith that it is too late", "john smith"),
        ("my name is john white and i need water", "john white"),
        ("my name is mohammad islam and i need water", "mohammad islam"),
        ("my name is amina hope", "amina hope"),
        ("Caller was late, named Mohammad Rafiqul Islam, as he says", "Mohammad Rafiqul Islam"),
        ("Mr Rafiqul Islam left.", "Rafiqul Islam"),
        ("We met Theresa May there.", "Theresa May"),
        ("We met Xqwzt Brown there.", "Xqwzt Brown"),
        ("Sunday Okafor came.", "Sunday Okafor"),
        ("We met Christian Okafor there.", "Christian Okafor"),
    ],
)
def test_an_everyday_word_beside_a_name_belongs_to_it(find: Find, text: str, name: str) -> None:
    assert find(text) == [(name, "PERSON")]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("my name is john good morning", ["john"]),
        ("i thank maria too", ["maria"]),
        ("We met Maria. May is dry.", ["Maria"]),
        ("On Sunday Maria came.", ["Maria"]),
        ("She called Sunday.", []),
        ("May Grace be with you.", ["Grace"]),
        ("We saw Fatima Red Cross volunteer.", ["Fatima"]),
        ("We like Rose and Brown rice.", ["Rose"]),
    ],
)
def test_an_everyday_word_in_ordinary_use_does_not_belong_to_the_name(
    find: Find, text: str, names: list[str]
) -> None:
    assert [passage for passage, _ in find(text)] == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Sister Grace helped.", ["Grace"]),
        ("sister grace helped us", ["grace"]),
        ("Sister June helped.", ["June"]),
        ("A man called Sunday helped.", ["Sunday"]),
        ("We met Julio César Pérez.", ["Julio César Pérez"]),
        ("My name is Hope.", ["Hope"]),
        ("my name is Islam", ["Islam"]),
        ("Rose Wanjiku came.", ["Rose Wanjiku"]),
        ("Mercy Achieng came.", ["Mercy Achieng"]),
        ("Rose and Will went home.", ["Rose", "Will"]),
        ("We met Sam there.", ["Sam"]),
    ],
)
def test_a_word_that_is_a_name_as_well_is_found_where_its_company_says_so(
    find: Find, text: str, names: list[str]
) -> None:
    assert find(text) == [(name, "PERSON") for name in names]


def test_the_word_iban_stays_before_the_number(find: Find) -> None:
    assert find("IBAN NL91ABNA0417164300, card 4111 1111 1111 1111") == [
        ("NL91ABNA0417164300", "IBAN_CODE"),
        ("4111 1111 1111 1111", "CREDIT_CARD"),
    ]


@pytest.mark.parametrize(
    "acronym",
    [
        *(
            "IBAN",
            "Iban",
            "BIC",
            "Bic",
            "SWIFT",
            "PIN",
            "SIM",
            "SMS",
            "USSD",
            "ID",
            "IDP",
            "NGO",
            "UN",
            "WFP",
        ),
        *("UNHCR", "UNICEF", "IFRC", "ICRC", "MSF", "WASH", "CVA", "PSS", "GBV", "SEA", "PSEA"),
        *("M-Pesa", "WhatsApp", "Facebook"),
    ],
)
@pytest.mark.parametrize(
    "sentence", ["{} 12 is wrong.", "We wrote to {} 12.", "They told us about {} and left."]
)
def test_an_acronym_stays_wherever_it_stands(find: Find, sentence: str, acronym: str) -> None:
    assert find(sentence.format(acronym)) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("There is no water in Freetown.", "Freetown"),
        ("We fled to Xqwztville at night.", "Xqwztville"),
        ("The Brrgl district has no doctor.", "Brrgl"),
        ("The road to Port-au-Prince is blocked.", "Port-au-Prince"),
        ("Cox's Bazar has schools.", "Cox's Bazar"),
        ("people in sierra leone are tired", "sierra leone"),
        ("Prices in Guinea went up.", "Guinea"),
    ],
)
def test_a_place_is_found(find: Find, text: str, place: str) -> None:
    assert find(text) == [(place, "LOCATION")]


def test_a_name_behind_a_place_in_a_list_is_a_place(find: Find) -> None:
    assert find("We asked in Kenema, Brrgl and Xqwzt.") == [
        ("Kenema", "LOCATION"),
        ("Brrgl", "LOCATION"),
        ("Xqwzt", "LOCATION"),
    ]


@pytest.mark.parametrize(
    "sentence",
    [sentence for path in sorted(LABELLED.glob("words_that_stay*.txt")) for sentence in read_sentences(path)],
    ids=lambda sentence: sentence.text[:40],
)
def test_ordinary_words_stay(find: Find, sentence: Sentence) -> None:
    assert find(sentence.text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Je m'appelle Fatou Diop et j'habite à Conakry.", ["Fatou Diop", "Conakry"]),
        ("Me llamo María González y vivo en Cúcuta.", ["María González", "Cúcuta"]),
        ("Ik heet Anna de Vries en ik woon in Rotterdam.", ["Anna de Vries", "Rotterdam"]),
        ("Меня зовут Иван Петров, нам нужна вода.", ["Иван Петров"]),
        ("Мене звати Олена Коваленко.", ["Олена Коваленко"]),
        ("السيدة فاطمة محمد تطلب الدواء في صنعاء", ["فاطمة محمد", "صنعاء"]),
        ("Les volontaires de la Croix-Rouge sont venus en mars.", []),
        ("Красный Крест помог нам в марте.", []),
        ("نشكر الهلال الأحمر على المساعدة", []),
        ("قدموا لـثمانية عائلات", []),
    ],
)
def test_plain_sentences_of_other_languages_are_read(find: Find, text: str, found: list[str]) -> None:
    assert [passage for passage, _ in find(text)] == found


@pytest.mark.parametrize("path", sorted(LABELLED.glob("english*.txt")), ids=lambda path: path.stem)
def test_recall_and_precision_do_not_fall(recognisers: tuple[Recogniser, ...], path: Path) -> None:
    total = score(list(read_sentences(path)), recognisers)

    assert total.recall("PERSON") >= 0.92
    assert total.precision("PERSON") >= 0.90
    assert total.recall("LOCATION") >= 0.95


def test_people_and_places_in_plain_sentences_of_other_languages_are_found(
    recognisers: tuple[Recogniser, ...],
) -> None:
    total = score(list(read_sentences(LABELLED / "abroad.txt")), recognisers)

    assert total.recall("PERSON") >= 0.95
    assert total.precision("PERSON") >= 0.95
    assert total.recall("LOCATION") == 1.0


def test_an_unlisted_word_that_begins_a_sentence_is_a_name_in_english_only(find: Find) -> None:
    assert find("Xqwzt has not received the card.") == [("Xqwzt", "PERSON")]
    assert find("Xqwztamos otra tarjeta para los niños.") == []


def test_a_word_that_english_takes_for_a_name_is_a_word_abroad(find: Find) -> None:
    assert find("We met Dan there.") == [("Dan", "PERSON")]
    assert find("Dan komt er niemand meer naar het kamp.") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Caller from Xqwzt asks for soap.", [("Xqwzt", "LOCATION")]),
        ("Caller from Grand Xqwzt asks for soap.", [("Xqwzt", "LOCATION")]),
        ("We waited in Xqwzt.", [("Xqwzt", "LOCATION")]),
        ("We waited in Xqwzt's shop.", [("Xqwzt", "PERSON")]),
        ("A message from Xqwzt came.", [("Xqwzt", "PERSON")]),
        ("Jordan, Man, 45, says that he is sick.", [("Jordan", "PERSON")]),
        ("Prices in Jordan, 45 percent up, worry us.", [("Jordan", "LOCATION")]),
        ("Cyclone Xqwzt took the roof.", []),
        ("After the cyclone, Maria lost her house.", [("Maria", "PERSON")]),
        ("After the cyclone Maria lost her house.", [("Maria", "PERSON")]),
        ("Operation Xqwzt has ended.", []),
        ("Hola Xqwzt, no llegó el agua para los niños.", [("Xqwzt", "PERSON")]),
        ("Fuimos al hospital María Auxiliadora con los niños.", [("María Auxiliadora", "PERSON")]),
    ],
)
def test_the_words_before_and_behind_tell_what_is_named(
    find: Find, text: str, found: list[tuple[str, str]]
) -> None:
    assert find(text) == found


def test_the_people_and_places_of_the_sample_corpus_are_found_and_nothing_else(find: Find) -> None:
    records = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]

    found = {entry for record in records for entry in find(record["content"])}
    assert {passage for passage, kind in found if kind == "LOCATION"} == {"Garissa", "Kisumu", "Mombasa"}
    assert {passage for passage, kind in found if kind == "PERSON"} == {
        *("Mary Wanjiku", "Joseph Otieno", "Grace Achieng", "Daniel Kiptoo", "Samuel Kamau", "Esther Njeri"),
        *("Ahmed Noor", "Rosa Martínez", "Carlos Rivera", "Moussa", "فاطمة"),
    }


def test_names_are_found_that_no_list_holds() -> None:
    lexicon = Lexicon.load()

    assert {fold(word) for word in ("Xqwzt", "Brrgl", "Xqwztville")}.isdisjoint(lexicon.senses)
    assert lexicon.senses["grace"] is Sense.EITHER


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("José", "jose"),
        ("JOSE\u0301", "jose"),
        ("O’Brien", "o'brien"),
        ("Łukasz", "lukasz"),
        ("أحمد", "احمد"),
    ],
)
def test_spellings_of_a_name_fold_into_one(word: str, folded: str) -> None:
    assert fold(word) == folded
