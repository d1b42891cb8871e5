"""Rows divided in the order of time; rows of one moment are never in two parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from reportgen.errors import DataError
from reportgen.prepare import _chance
from reportgen.text import listing, plural, quoted


def moments(column: pd.Series, key: str = "split.column") -> Callable[[np.ndarray], np.ndarray]:
    """From rows to their places in time; `key` is that of the experiment file which names the column.

    Raises:
        DataError: the column holds words; or, when called, one of the rows has no time.
    """
    name = quoted(column.name)
    if isinstance(column.dtype, pd.StringDtype):
        what = f"column {name} holds words, which have no order in time"
        fix = "declare it under data.columns as datetime or numeric, or name a column of dates or numbers"
        raise DataError(what, fix, key=key)
    if pd.api.types.is_datetime64_dtype(column.dtype):
        found, known = column.to_numpy(), column.notna().to_numpy()
    else:
        known = column.notna().to_numpy()
        found = column.to_numpy("int64", na_value=0) if column.dtype in ("Int64", "int64") else _floats(column)
        known = known & np.isfinite(found)

    def of(rows: np.ndarray) -> np.ndarray:
        if not known[rows].all():
            row = int(rows[int(np.argmin(known[rows]))]) + 1
            raise DataError(f"column {name}, row {row:,}: no time", "fill it, or remove the row", key=key)
        times: np.ndarray = found[rows]
        return times

    return of


def _floats(column: pd.Series) -> np.ndarray:
    found: np.ndarray = column.to_numpy("float64", na_value=np.nan)
    return found


def divide(
    rows: np.ndarray, times: np.ndarray, shares: Mapping[str, float], n_base: int, name: str
) -> tuple[dict[str, np.ndarray], list[str]]:
    """Train, then validation, then test; a border among rows of one moment moves behind them."""
    sizes = _chance.sizes(len(rows), shares, n_base)
    latest_first = [size for part in ("test", "validation") if (size := sizes.get(part))]
    order = np.argsort(times, kind="stable")
    asked = len(rows) - np.cumsum(latest_first)[::-1]
    borders = _between(times[order], asked, name)
    names = ["train", *(part for part in ("validation", "test") if part in sizes)]
    parts = dict(zip(names, np.split(rows[order], borders), strict=True))
    meant = np.diff([0, *asked, len(rows)])
    moved = [
        f"{part} has {plural(len(parts[part]), 'row')} instead of {size:,}"
        for part, size in zip(names, meant, strict=True)
        if len(parts[part]) != size
    ]
    return parts, [f"Rows of one moment stay together: {listing(moved)}."] if moved else []


def allot(times: np.ndarray, n_folds: int, name: str) -> np.ndarray:
    """The fold in which each row is tested (n,): -1 for the first of `n_folds` + 1 spans of time."""
    order = np.argsort(times, kind="stable")
    asked = np.arange(1, n_folds + 1) * len(times) // (n_folds + 1)
    borders = _between(times[order], asked, name)
    fold_of = np.empty(len(times), np.int64)
    fold_of[order] = np.searchsorted(borders, np.arange(len(times)), side="right") - 1
    return fold_of


def _between(times: np.ndarray, asked: np.ndarray, name: str) -> np.ndarray:
    """Borders moved to the start of a moment, the next where there is one left for every later part."""
    starts = np.append(0, np.flatnonzero(times[1:] != times[:-1]) + 1)
    if len(starts) <= len(asked):
        what = f"column {quoted(name)} has {plural(len(starts), 'moment')}, too few for {len(asked) + 1} splits"
        raise DataError(what, "name a column with more moments, or set split.validation: 0", key="split.column")
    found: list[int] = []
    n_starts = len(starts)
    for number, border in enumerate(asked):
        earliest = found[-1] + 1 if found else 1
        latest = n_starts - (len(asked) - number)
        found.append(int(np.clip(np.searchsorted(starts, border), earliest, latest)))
    return starts[found]
