"""Dataset -> Profile: one pass over the columns, whose summaries are all that figures, checks and tables need."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from reportgen.dataset import Dataset, Kind
from reportgen.profile import association, rows
from reportgen.profile.columns import ColumnProfile, Encoded, Level, Relation, Target, TextLengths, summarise
from reportgen.profile.histogram import Histogram

__all__ = ["ColumnProfile", "Histogram", "Level", "Pair", "Profile", "Relation", "TextLengths", "profile"]

#: Classes that are counted apart in a histogram.
_MOST_SERIES = 10
#: Rows that measures of association look at, evenly spread; and the work that a correlation matrix may be.
_SAMPLE = 100_000
_MATRIX_WORK = 2e9
_MOST_CORRELATED, _MATRIX_COLUMNS, _MOST_PAIRS = 500, 40, 200
_STRONG = 0.9


@dataclass(frozen=True, slots=True)
class Pair:
    """Two numeric columns and their Pearson correlation."""

    first: str
    second: str
    r: float


@dataclass(frozen=True)
class Profile:
    """A table in numbers. `series` are the classes that histograms and levels count apart, () where they count all."""

    n_rows: int
    n_columns: int
    columns: tuple[ColumnProfile, ...]
    series: tuple[str, ...]
    duplicate_rows: int  # rows that repeat an earlier one in every column
    conflicting_rows: int  # rows that share all features with another and differ in the target
    empty_rows: int  # rows without any feature value
    correlated: tuple[Pair, ...]  # |r| >= 0.9, strongest first, 200 at most
    n_correlated: int
    correlation_names: tuple[str, ...]  # of the matrix, 40 at most
    correlation: tuple[tuple[float | None, ...], ...]
    related_rows: int  # rows that measures of association looked at
    memory: int  # bytes of the frame
    class_counts: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def _by_name(self) -> dict[str, ColumnProfile]:
        return {column.name: column for column in self.columns}

    def column(self, name: str) -> ColumnProfile:
        return self._by_name[name]

    @property
    def missing_cells(self) -> int:
        return sum(column.missing for column in self.columns)

    @property
    def missing_share(self) -> float:
        """Missing cells, of all cells: 0 to 1."""
        return self.missing_cells / max(1, self.n_rows * self.n_columns)


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
