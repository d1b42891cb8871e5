"""Quantiles of many columns, or of long ones."""

from __future__ import annotations

import numpy as np

from reportgen import parallel

#: Longer columns are taken one by one: a selection is faster than a sort.
_LONG = 10_000


def quantiles(X: np.ndarray, shares: tuple[float, ...]) -> np.ndarray:
    """Quantiles of each column (len(shares), k), NaN apart, linear between values as numpy's; NaN without a value."""
    if len(X) > _LONG:
        return np.column_stack(parallel.each(lambda column: _of_column(column, shares), X.T))
    ordered = np.sort(X, axis=0)  # NaN last
    last = np.maximum((~np.isnan(X)).sum(axis=0) - 1, 0)
    found = np.empty((len(shares), X.shape[1]))
    for place, share in enumerate(shares):
        below = np.floor(share * last).astype(int)
        low, high = (np.take_along_axis(ordered, at[None], axis=0)[0] for at in (below, np.minimum(below + 1, last)))
        found[place] = low + (share * last - below) * (high - low)
    return found


def _of_column(column: np.ndarray, shares: tuple[float, ...]) -> np.ndarray:
    known = column[~np.isnan(column)]
    return np.quantile(known, shares) if len(known) else np.full(len(shares), np.nan)
