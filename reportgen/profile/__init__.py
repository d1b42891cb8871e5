"""Dataset -> Profile: one pass over the columns, whose summaries are all that figures, checks and tables need."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from reportgen.dataset import Dataset, Kind
from reportgen.profile import association, rows
from reportgen.profile.columns import Encoded, Target, summarise
from reportgen.profile.histogram import Histogram
from reportgen.profile.summaries import ColumnProfile, Level, Pair, Profile, Relation, TextProfile

__all__ = ["ColumnProfile", "Histogram", "Level", "Pair", "Profile", "Relation", "TextProfile", "profile"]

#: Classes that are counted apart in a histogram.
_MOST_SERIES = 10
#: Rows that measures of association look at, evenly spread; and the work that a correlation matrix may be.
_SAMPLE = 100_000
_MATRIX_WORK = 2e9
_MOST_CORRELATED, _MATRIX_COLUMNS, _MOST_PAIRS = 500, 40, 200
_STRONG = 0.9


def profile(dataset: Dataset) -> Profile:
    """Summarise every column, the rows as wholes, and how numeric columns go together."""
    target = _target(dataset)
    table = {str(name): series for name, series in dataset.frame.items()}
    encoded = {name: rows.encode(series) for name, series in table.items() if isinstance(series.dtype, pd.StringDtype)}
    columns = tuple(
        summarise(column, table[column.name], encoded.get(column.name), target) for column in dataset.columns
    )
    r, names, n_related = _correlations(dataset)
    strong = _strong(r, names)
    size = min(len(names), _MATRIX_COLUMNS)
    repeated, conflicting, empty = _whole_rows(dataset, table, encoded)
    return Profile(
        n_rows=dataset.n_rows,
        n_columns=len(dataset.columns),
        columns=columns,
        series=target.series,
        duplicate_rows=repeated,
        conflicting_rows=conflicting,
        empty_rows=empty,
        correlated=strong[:_MOST_PAIRS],
        n_correlated=len(strong),
        correlation_names=tuple(names[:size]),
        correlation=tuple(tuple(map(_finite, row[:size])) for row in r[:size].tolist()),
        related_rows=n_related,
        memory=int(dataset.frame.memory_usage(index=False).sum()),
        class_counts=_class_counts(target),
    )


def _target(dataset: Dataset) -> Target:
    sample, task = slice(None, None, -(-dataset.n_rows // _SAMPLE)), dataset.task
    if task is None:
        return Target(None, sample)
    column = dataset.frame[task.target]
    if not task.is_classification:
        return Target(task.target, sample, values=column.to_numpy("float64", na_value=np.nan))
    codes = rows.class_codes(column, task.labels)
    series = task.labels if len(task.labels) <= _MOST_SERIES else ()
    return Target(task.target, sample, codes, None, task.labels, series)


def _class_counts(target: Target) -> dict[str, int]:
    if target.codes is None:
        return {}
    counts = np.bincount(target.codes[target.codes >= 0], minlength=len(target.labels))
    return dict(zip(target.labels, counts.tolist(), strict=True))


def _correlations(dataset: Dataset) -> tuple[np.ndarray, list[str], int]:
    names = [column.name for column in dataset.columns if column.kind is Kind.NUMERIC][:_MOST_CORRELATED]
    if not names:
        return np.empty((0, 0)), [], 0
    n_rows = min(dataset.n_rows, _SAMPLE, max(1000, int(_MATRIX_WORK / len(names) ** 2)))
    step = -(-dataset.n_rows // n_rows)
    table = np.column_stack([dataset.frame[name].to_numpy("float64", na_value=np.nan)[::step] for name in names])
    return association.correlations(table), names, len(table)


def _strong(r: np.ndarray, names: list[str]) -> tuple[Pair, ...]:
    first, second = np.nonzero(np.triu(np.abs(np.nan_to_num(r)) >= _STRONG, k=1))
    pairs = [Pair(names[i], names[j], float(r[i, j])) for i, j in zip(first, second, strict=True)]
    return tuple(sorted(pairs, key=lambda pair: -abs(pair.r)))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _whole_rows(
    dataset: Dataset, table: Mapping[str, pd.Series], encoded: Mapping[str, Encoded]
) -> tuple[int, int, int]:
    """Rows that repeat an earlier one, rows whose features have several targets, rows without any feature."""
    n_rows, features = dataset.n_rows, {column.name for column in dataset.features}

    def bits(name: str) -> np.ndarray:
        return encoded[name][0].astype(np.int64) if name in encoded else rows.bits(table[name])

    inner = rows.fingerprints(map(bits, sorted(features)), n_rows)
    others = [bits(name) for name in table if name not in features]
    repeated = int(rows.repeats(rows.fingerprints([inner.view(np.int64), *others], n_rows)).sum())
    conflicting = 0
    if dataset.task is not None and features:
        known = table[dataset.task.target].notna().to_numpy()
        conflicting = int(rows.conflicts(inner[known], bits(dataset.task.target)[known]).sum())
    empty = np.full(n_rows, bool(features))
    for name in features:
        if empty.any():
            empty &= table[name].isna().to_numpy()
    return repeated, conflicting, int(empty.sum())
