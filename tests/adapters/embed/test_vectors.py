"""Rows of numbers as the port wants them."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from qfa_adapters.embed.vectors import unit_rows


def test_rows_come_out_at_unit_length() -> None:
    rows = unit_rows(np.array([[3, 4], [0, -2]], dtype=np.float32))

    assert struct.unpack("=4f", rows) == pytest.approx((0.6, 0.8, 0, -1))


@pytest.mark.parametrize("number", [0, float("nan"), float("inf")])
def test_a_row_without_a_direction_is_the_first_axis(number: float) -> None:
    rows = unit_rows(np.array([[number, number]], dtype=np.float32))

    assert struct.unpack("=2f", rows) == (1, 0)
