from __future__ import annotations

from qfa_core.insights import CodingTrends, TrendCell
from qfa_core.prompts.trend_table import trend_table


def trends(counts: dict[str, dict[str, int]]) -> CodingTrends:
    periods = sorted({period for by_period in counts.values() for period in by_period})
    return CodingTrends(
        periods=tuple(periods),
        cells=tuple(
            TrendCell(code=code, period=period, count=count)
            for code, by_period in sorted(counts.items())
            for period, count in sorted(by_period.items())
        ),
    )


def test_the_most_frequent_code_comes_first_with_its_total_and_its_periods() -> None:
    table = trend_table(
        trends({"Cash": {"2024-01": 1}, "Water": {"2024-01": 2, "2024-03": 5}}), lambda _: True
    )

    assert table.splitlines() == [
        "periods: 2024-01 to 2024-03",
        "Water: 7 in all; 2024-01 2, 2024-03 5",
        "Cash: 1 in all; 2024-01 1",
    ]


def test_codes_that_do_not_fit_are_left_out_and_counted() -> None:
    many = trends({f"Code {n:02}": {"2024-01": 100 - n} for n in range(60)})

    assert trend_table(many, lambda _: True).splitlines()[-1] == "(20 less frequent codes are left out)"
    assert trend_table(many, lambda table: len(table) < 100).splitlines()[-1].startswith("(5")


def test_a_table_with_room_for_nothing_says_so() -> None:
    table = trend_table(trends({"Water": {"2024-01": 2}}), lambda _: False)

    assert table.splitlines() == ["periods: 2024-01 to 2024-01", "(1 less frequent codes are left out)"]


def test_withheld_counts_are_said_to_be_missing() -> None:
    shown = CodingTrends(
        periods=("2024-01",), cells=(TrendCell(code="Water", period="2024-01", count=9),), withheld_cells=3
    )

    assert "small counts are withheld" in trend_table(shown, lambda _: True)
