"""Phone numbers in the shapes of real feedback, and the numbers that are none."""

from __future__ import annotations

import pytest

from qfa_adapters.anonymize.phones import PhoneRecogniser


def phones_in(text: str) -> list[str]:
    return [text[span.start : span.end] for span in PhoneRecogniser().find(text)]


@pytest.mark.parametrize(
    "number",
    [
        "+31 6 12345678",
        "+31612345678",
        "0031612345678",
        "0612345678",
        "(555) 123-4567",
        "555-123-4567",
        "555.123.4567",
        "078-123-45-67",
        "06.12.34.56.78",
        "06 12 34 56 78",
        "+44 (0)20 7946 0958",
        "0471/12.34.56",
        "(0471) 123456",
        "612 345 678",
        "76 12 34 56",
        "٠٧٧١٢٣٤٥٦٧",
        "۰۷۷۱۲۳۴۵۶۷",
        "+٢٤٩ ٩١ ٢٣٤ ٥٦٧٨",
    ],
)
def test_a_number_is_found_whole(number: str) -> None:
    assert phones_in(f"Reach us: {number}, please.") == [number]


@pytest.mark.parametrize(
    "text",
    [
        "2024-06-01",
        "01/06/2024",
        "12.05.2023",
        "2024-06-01 12:00:00",
        "2024-06-01T12:00:00Z",
        "at 12:30:45",
        "2000 families",
        "1,500,000 shillings",
        "1.500.000 pesos",
        "1 500 000 francs",
        "25000000 francs",
        "between 2019-2020 and 2021",
        "2019 2020 2021",
        "500-1000 people in 10-15 days",
        "Form-07762",
        "Form-0776212345",
        "550e8400-e29b-41d4-a716-446655440000",
        "20240601",
        "ages 5 8 12 20 30 45",
        "8.484567, -13.234567",
        "a number of 1500000 people",
    ],
)
def test_dates_quantities_and_ids_are_no_phone_numbers(text: str) -> None:
    assert phones_in(text) == []


@pytest.mark.parametrize("text", ["call 555-0199", "tel: 5551234", "My WhatsApp is 5551234", "هاتف 5551234"])
def test_a_short_number_counts_where_it_is_announced(text: str) -> None:
    assert phones_in(text) == [text.split()[-1]]


def test_an_announcement_ends_with_its_sentence() -> None:
    assert phones_in("Please call. 1000-2000 people wait.") == []


@pytest.mark.parametrize("between", [" ", "/", ", ", " / ", " or "])
def test_two_numbers_in_a_row_are_two(between: str) -> None:
    assert phones_in(f"0612345678{between}0687654321") == ["0612345678", "0687654321"]


def test_a_number_beside_a_date_is_found_without_it() -> None:
    assert phones_in("2024-06-01 0612345678 01/06/2024") == ["0612345678"]
