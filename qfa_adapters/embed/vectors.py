"""Rows of numbers as the port wants them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def unit_rows(rows: NDArray[np.float32]) -> bytes:
    """Return *rows* at unit length, as float32; one without a direction becomes the first axis."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    units = np.zeros(rows.shape, dtype=np.float32)
    units[:, 0] = 1
    np.divide(rows, lengths, out=units, where=np.isfinite(lengths) & (lengths > 0))
    return units.tobytes()
