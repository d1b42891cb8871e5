"""Which columns of a figure's data a series was drawn from: found by the numbers themselves, so that it is never wrong.

The page reads exact values from those columns. What was drawn from other numbers has no origin; there the page goes by
the drawing.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from reportgen.text import shorten

Column = Sequence[str | int | float | None]
_MOST_NAMES = 60  # distinct words of a column up to which each may name a series
_MOST_CELLS = 1_000  # of one panel; beyond, they would weigh more than the drawing
_MOST_BARS = 100
_MOST_VALUES = 5_000  # in a column; beyond, the page goes by the drawing


@dataclass(frozen=True)
class Drawn:
    """The numbers of a series: x and y (n,), of bars edges (n + 1,) and heights (n,), of rows lengths and places."""

    kind: Literal["line", "points", "bars", "rows"]
    x: np.ndarray
    y: np.ndarray


def origin(drawn: Drawn, columns: Mapping[str, Column], categories: Collection[str] = ()) -> dict[str, Any]:
    """The names of the columns that hold the numbers: `x` and `y`, of bars also `to`; `where` if some rows alone do.

    `where` is a column and the word in it that marks the rows. Nothing where the numbers stand in no column.

    Args:
        categories: the axes, `x` or `y`, along which categories stand at 0, 1, 2 …; places on them need no column.
    """
    numbers = {name: _numbers(column) for name, column in columns.items() if 0 < len(column) <= _MOST_VALUES}
    for where, rows in _choices(columns):
        part = {name: values[rows] for name, values in numbers.items() if values is not None}
        found = _named(drawn, part, categories)
        if found:
            return {**found, "where": where} if where else found
    return {}


def bars_told(drawn: Drawn) -> dict[str, Any]:
    """The edges and heights of bars that stand in no column, with four digits."""
    if drawn.kind != "bars" or len(drawn.y) > _MOST_BARS:
        return {}
    return {"values": [[float(f"{value:.4g}") for value in np.nan_to_num(part)] for part in (drawn.x, drawn.y)]}


def cells_told(values: np.ndarray, what: str, across: Sequence[object], down: Sequence[object]) -> dict[str, Any]:
    """The numbers of cells (n_rows, n_columns) to a hundredth of their reach, about as the colours tell them."""
    known = values[np.isfinite(values)]
    if not 0 < values.size <= _MOST_CELLS or not len(known):
        return {}
    reach = float(np.ptp(known)) or abs(float(known[0])) or 1.0
    digits = math.ceil(2 - math.log10(reach))
    return {
        "label": shorten(what),
        "x": [shorten(str(name), 60) for name in across],
        "y": [shorten(str(name), 60) for name in down],
        "values": [[round(float(value), digits) if np.isfinite(value) else None for value in row] for row in values],
    }


def _numbers(column: Column) -> np.ndarray | None:
    if any(isinstance(value, str) for value in column):
        return None
    return np.array([np.nan if value is None else value for value in column], dtype=float)


def _choices(columns: Mapping[str, Column]) -> Iterator[tuple[list[str], Any]]:
    """All rows, then those of each word in each column of words."""
    yield [], slice(None)
    for name, column in columns.items():
        words = list(dict.fromkeys(value for value in column if isinstance(value, str)))
        if 1 < len(words) <= _MOST_NAMES and len(column) <= _MOST_VALUES:
            told = np.array([str(value) for value in column], dtype=object)
            for word in words:
                yield [name, word], told == word


def _named(drawn: Drawn, columns: Mapping[str, np.ndarray], categories: Collection[str]) -> dict[str, Any]:
    if drawn.kind == "bars":
        names = {"x": drawn.x[:-1], "to": drawn.x[1:], "y": drawn.y}
    else:
        names = {"x": drawn.x, "y": drawn.y}
    names = {key: values for key, values in names.items() if key not in categories or not _are_places(values)}
    found = _all_of(names, columns)
    if not found and drawn.kind == "line":
        # A line in steps may begin with a point of its own.
        found = _all_of({key: values[1:] for key, values in names.items()}, columns)
    return found


def _are_places(values: np.ndarray) -> bool:
    """Whether the values are 0, 1, 2 …, each moved by less than half a step."""
    return bool((np.abs(values - np.arange(len(values))) < 0.5).all())


def _all_of(names: Mapping[str, np.ndarray], columns: Mapping[str, np.ndarray]) -> dict[str, Any]:
    found = {key: _holding(values, columns) for key, values in names.items()}
    return found if all(found.values()) else {}


def _holding(values: np.ndarray, columns: Mapping[str, np.ndarray]) -> str:
    equal = (name for name, column in columns.items() if np.array_equal(column, values, equal_nan=True))
    return next(equal, "")
