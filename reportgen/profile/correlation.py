"""Pearson's r of every two numeric columns, from as many rows as the work allows."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from reportgen.dataset import Dataset, Kind
from reportgen.profile import association
from reportgen.profile.sample import spread
from reportgen.profile.summaries import Pair

#: Rows looked at, evenly spread, and the work that a correlation matrix may be: rows x columns squared.
_SAMPLE, _MATRIX_WORK = 100_000, 2e9
_MOST_CORRELATED, _MATRIX_COLUMNS, _MOST_PAIRS = 500, 40, 200
_STRONG = 0.9


@dataclass(frozen=True)
class Correlations:
    """As `Profile` holds them: `names` (k,), `matrix` (k, k), the strongest pairs and how many are strong."""

    names: tuple[str, ...] = ()
    matrix: tuple[tuple[float | None, ...], ...] = ()
    strong: tuple[Pair, ...] = ()
    n_strong: int = 0
    rows: int = 0


def correlations(dataset: Dataset) -> Correlations:
    """Of the first 500 numeric columns."""
    names = [column.name for column in dataset.columns if column.kind is Kind.NUMERIC][:_MOST_CORRELATED]
    if not names:
        return Correlations()
    n_rows = min(dataset.n_rows, _SAMPLE, max(1000, int(_MATRIX_WORK / len(names) ** 2)))
    places = spread(dataset.n_rows, n_rows)
    table = np.column_stack([dataset.frame[name].array[places].to_numpy("float64", na_value=np.nan) for name in names])
    r = association.correlations(table)
    strong, shown = _strong(r, names), names[:_MATRIX_COLUMNS]
    matrix = tuple(tuple(map(_finite, row[: len(shown)])) for row in r[: len(shown)].tolist())
    return Correlations(tuple(shown), matrix, strong[:_MOST_PAIRS], len(strong), len(table))


def _strong(r: np.ndarray, names: list[str]) -> tuple[Pair, ...]:
    first, second = np.nonzero(np.triu(np.abs(np.nan_to_num(r)) >= _STRONG, k=1))
    pairs = [Pair(names[i], names[j], float(r[i, j])) for i, j in zip(first, second, strict=True)]
    return tuple(sorted(pairs, key=lambda pair: -abs(pair.r)))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
