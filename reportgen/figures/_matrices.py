"""Weight matrices: which are shown large, and how their rows and columns are numbered and named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.figures._data import feature_name, matrix, name_of
from reportgen.figures._weight_roles import roles_of
from reportgen.fitted import Fitted, WeightMatrix
from reportgen.results import Run
from reportgen.text import one_line

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

_SMALL_SIDE = 24
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10**9)


def facts_of(item: WeightMatrix, fitted: Fitted) -> dict[str, Any]:
    """What drawing and words need of a matrix; rows and columns stand where similar ones meet, if that is known."""
    values = arranged(item)
    roles = roles_of(item, fitted)
    return {
        "layer": name_of(item.layer),
        "shape": [int(side) for side in item.shape],
        "matrix": matrix(values, 3),
        "limit": float(np.nanmax(np.abs(np.where(np.isfinite(values), values, np.nan)))),
        "largest": [_short(item.smallest), _short(item.largest)],
        "spread": _short(item.std),
        "ignored": item.zero_inputs if roles.of_inputs else 0,
        "roles": [roles.row, roles.column],
        "told": one_line(roles.told, 200),
        "ordered": [_permutes(item.order, values.shape[0]), _permutes(item.unit_order, values.shape[1])],
    }


def _short(value: float) -> float | None:
    return float(f"{value:.4g}") if np.isfinite(value) else None


def _permutes(order: np.ndarray | None, length: int) -> bool:
    return order is not None and len(order) == length and not np.array_equal(order, np.arange(length))


def arranged(item: WeightMatrix) -> np.ndarray:
    """The values with rows and columns in the order that the capture found."""
    values = np.asarray(item.values, dtype=float)
    if item.order is not None and len(item.order) == len(values):
        values = values[item.order]
    if item.unit_order is not None and len(item.unit_order) == values.shape[1]:
        values = values[:, item.unit_order]
    return values


def row_names(item: WeightMatrix, run: Run) -> list[str]:
    """The inputs of the first layer by name, where each has a row; [] elsewhere."""
    names = run.splits.feature_names if run.splits else ()
    first = run.fitted is not None and bool(run.fitted.weights) and item.layer == run.fitted.weights[0].layer
    is_whole = len(names) == item.values.shape[0] == item.shape[0]
    placed = run.dataset is not None and any(column.name in run.dataset.images for column in run.dataset.columns)
    if not (first and is_whole) or placed:
        return []
    shown = [feature_name(run, name) for name in names]
    return shown if item.order is None else [shown[int(place)] for place in item.order]


def thumbnail(values: np.ndarray) -> np.ndarray:
    """Means of at most 24 x 24 blocks."""
    for axis in (0, 1):
        size = values.shape[axis]
        if size > _SMALL_SIDE:
            edges = np.linspace(0, size, _SMALL_SIDE + 1).astype(int)[:-1]
            counts = np.diff(np.append(edges, size)).reshape((-1, 1) if axis == 0 else (1, -1))
            values = np.add.reduceat(values, edges, axis=axis) / counts
    return values


def number(axes: Axes, axis: str, shown: int, of: int, most: int) -> None:
    """Count rows or columns from 1; where the image shows block means, in the numbers of the matrix itself."""
    step = next(step for step in _STEPS if of / step <= most)
    places = [*([0] if step > 2 else []), *range(step - 1, of, step)] if step > 1 else range(of)
    axes.ticks(axis, [(place + 0.5) * shown / of - 0.5 for place in places], [f"{place + 1:,}" for place in places])
