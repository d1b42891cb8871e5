"""Rows to look at where all would cost too much."""

from __future__ import annotations

import numpy as np

_GOLDEN = (5**0.5 - 1) / 2


def spread(n_rows: int, most: int) -> np.ndarray:
    """`most` positions of `n_rows`, or all of fewer: one of each of `most` equal parts, rising, (m,) int64.

    The place within its part changes by the golden ratio, so that no period in the order of the rows is hit.
    """
    if n_rows <= most:
        return np.arange(n_rows)
    parts = np.arange(most + 1) * n_rows // most
    shares = np.arange(most) * _GOLDEN % 1.0
    found: np.ndarray = parts[:-1] + (shares * np.diff(parts)).astype(np.int64)
    return found
