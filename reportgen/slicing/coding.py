"""Columns of the table as slices of rows: levels, fifths of numbers and dates, and gaps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from reportgen.dataset import Column, Dataset, Kind, Task
from reportgen.text import one_line, quoted, significant

#: A level of fewer rows is never shown, and never a slice.
FEWEST_MEMBERS = 5
_BINS, _MOST_LEVELS = 5, 20
#: Rows x columns that are coded; beyond, only so many columns are searched.
_MOST_CELLS = 20_000_000
KINDS = (Kind.NUMERIC, Kind.CATEGORICAL, Kind.BOOLEAN, Kind.DATETIME)


class Coded(NamedTuple):
    """A column as codes (n,), -1 where a row is in no slice of it, and the name of each code's slice."""

    column: str
    codes: np.ndarray
    names: tuple[str, ...]


class Searchable(NamedTuple):
    """The columns that are searched, those that matter most to the model first, and how many could be."""

    coded: list[Coded]
    there: int
    ranked: int  # how many of them come first because they matter


def code(dataset: Dataset, task: Task, rows: np.ndarray, ranked: Sequence[str] = ()) -> Searchable:
    """Each column that may be shown, as slices of these rows.

    `ranked` are columns in the order in which they matter; the others follow in the order of the table. Where all are
    too many, the first are taken.
    """
    shown = {one.name: one for one in dataset.columns if one.kind in KINDS and not one.sensitive}
    usable = [name for name in shown if name not in task.target_columns]
    first = [name for name in ranked if name in usable]
    ordered = list(dict.fromkeys([*first, *usable]))
    most = max(1, _MOST_CELLS // max(1, len(rows)))
    found = (code_column(dataset, shown[name], rows) for name in ordered[:most])
    coded = [one for one in found if len(one.names) > 1]
    return Searchable(coded, len(coded) + max(0, len(ordered) - most), len(first))


def kind_of(dataset: Dataset, column: Column) -> Kind:
    """The kind of a column; of one that the model ignores that of its values."""
    if column.kind is not Kind.IGNORE:
        return column.kind
    values = dataset.frame[column.name].dtype
    if pd.api.types.is_bool_dtype(values):
        return Kind.BOOLEAN
    if pd.api.types.is_datetime64_any_dtype(values):
        return Kind.DATETIME
    return Kind.NUMERIC if pd.api.types.is_numeric_dtype(values) else Kind.CATEGORICAL


def code_column(dataset: Dataset, column: Column, rows: np.ndarray) -> Coded:
    """One column as slices of these rows."""
    values, kind = dataset.frame[column.name].iloc[rows], kind_of(dataset, column)
    missing, name = values.isna().to_numpy(), one_line(column.name, 60)
    if kind in (Kind.NUMERIC, Kind.DATETIME):
        numbers = as_numbers(values, kind)
        codes, names = _fifths(numbers, np.isfinite(numbers) & ~missing, name, dates=kind is Kind.DATETIME)
    else:
        codes, names = _levels(values[~missing].astype("str").to_numpy(object), ~missing, name)
    codes[missing] = len(names)
    return Coded(column.name, codes, (*names, f"{name} is missing"))


def as_numbers(values: pd.Series, kind: Kind) -> np.ndarray:
    """Numbers, or of dates microseconds since 1970, (n,) float64; NaN where one is missing."""
    if kind is Kind.NUMERIC:
        return values.to_numpy("float64", na_value=np.nan)
    moments = values.to_numpy("datetime64[us]")
    return np.where(np.isnat(moments), np.nan, moments.astype(np.int64).astype(float))


def _fifths(values: np.ndarray, known: np.ndarray, name: str, dates: bool) -> tuple[np.ndarray, list[str]]:
    """Fifths of equal size, of few distinct values fewer; a bound belongs to the slice above it."""
    given = values[known]
    codes = np.full(len(values), -1)
    if not len(given):
        return codes, []
    edges = np.unique(np.quantile(given, np.linspace(0, 1, _BINS + 1)[1:-1], method="nearest"))
    edges = edges[edges > given.min()]
    codes[known] = sum((given >= edge for edge in edges), np.zeros(len(given), np.intp))
    told = [str(np.datetime64(int(edge), "us"))[:10] if dates else significant(edge) for edge in edges]
    if not told:
        return codes, [f"{name} is given"]
    between = [f"{name} from {low} to {high}" for low, high in pairwise(told)]
    return codes, [f"{name} below {told[0]}", *between, f"{name} from {told[-1]} on"]


def _levels(values: np.ndarray, known: np.ndarray, name: str) -> tuple[np.ndarray, list[str]]:
    codes = np.full(len(known), -1)
    places, levels = pd.factorize(values)
    order = frequent(np.bincount(places, minlength=len(levels)))
    number = np.full(len(levels), -1)
    number[order] = np.arange(len(order))
    codes[known] = number[places] if len(levels) else -1
    return codes, [f"{name} is {quoted(levels[one])}" for one in order]


def frequent(counts: Iterable[int] | np.ndarray) -> list[int]:
    """The places of the levels that may be shown, most frequent first."""
    sizes = np.asarray(counts)
    order = np.argsort(-sizes, kind="stable")
    return [int(one) for one in order if sizes[one] >= FEWEST_MEMBERS][:_MOST_LEVELS]
