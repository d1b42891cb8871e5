"""Each layer's weight matrix as an image, on one scale round zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import array, feature_name, fitted_of, matrix, name_of, plain
from reportgen.results import FigureData, Run, WeightMatrix, Words
from reportgen.text import plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "training"
NEEDS = "fitted"
ORDER = 40


def compute(run: Run) -> list[FigureData]:
    found = [
        _matrix(item, run) for item in fitted_of(run).weights if item.values.size and np.isfinite(item.values).any()
    ]
    if not found:
        raise NotApplicable("the model has no weight matrices")
    return found


def _matrix(item: WeightMatrix, run: Run) -> FigureData:
    """The matrix as shown, a row an input and a column a unit; the table has the mean size of each input's weights."""
    sizes = np.nanmean(np.abs(item.values), axis=1)
    names = run.splits.feature_names if run.splits else ()
    named = (
        len(names) == len(sizes) == item.shape[0]
        and run.fitted is not None
        and item.layer == run.fitted.weights[0].layer
    )
    facts = {
        "layer": name_of(item.layer),
        "shape": list(item.shape),
        "matrix": matrix(item.values, 3),
        "limit": float(np.nanmax(np.abs(item.values))),
        "largest": [float(f"{item.smallest:.4g}"), float(f"{item.largest:.4g}")],
        "spread": float(f"{item.std:.4g}"),
        "ignored": item.zero_inputs,
        "named": named,
    }
    inputs = [feature_name(run, name) for name in names] if named else list(range(1, len(sizes) + 1))
    return FigureData({"input": inputs, "mean size of weights": plain(sizes, 4)}, facts, part=item.layer)


def size(data: FigureData) -> tuple[float, float]:
    rows, columns = np.shape(data.facts["matrix"])
    if _lies(rows, columns):
        return 6.0, 0.9 + 0.12 * columns
    return float(np.clip(1.3 + 0.25 * columns, 2.2, 6.0)), float(np.clip(0.6 + 0.12 * rows, 1.2, 2.9))


def _lies(rows: int, columns: int) -> bool:
    """Whether the matrix is drawn on its side: the many inputs of a few units make a tall strip else."""
    return columns <= 3 and rows >= 4 * columns


def draw(axes: Axes, data: FigureData) -> None:
    values = np.array([array(row) for row in data.facts["matrix"]])
    inputs, units = data.facts["shape"]
    image, key = axes.panels(1, 2, widths=(1, 0.022))
    limit = data.facts["limit"] or 1.0
    lies = _lies(*values.shape)
    image.raster(values.T if lies else values, -limit, limit)
    across, down = ("y", "x") if lies else ("x", "y")
    image.set(**{f"{across}label": f"unit ({units:,})", f"{down}label": f"input ({inputs:,})"})
    _number(image, across, values.shape[1], units)
    _number(image, down, values.shape[0], inputs)
    image.bare()
    key.key(-limit, limit)


def _number(axes: Axes, axis: str, shown: int, of: int) -> None:
    """Count rows and columns from 1; where the image shows block means, in the numbers of the matrix itself."""
    step = next(
        step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10**9) if of / step <= (12 if axis == "x" else 5)
    )
    places = [*([0] if step > 2 else []), *range(step - 1, of, step)] if step > 1 else range(of)
    axes.ticks(axis, [(place + 0.5) * shown / of - 0.5 for place in places], [str(place + 1) for place in places])


def describe(data: FigureData) -> Words:
    facts = data.facts
    inputs, units = facts["shape"]
    sizes = array(data.columns["mean size of weights"])
    title = (
        "No input is ignored"
        if not facts["ignored"]
        else f"{facts['ignored']} of {plural(inputs, 'input')} are ignored"
    )
    if facts["named"]:
        title += f"; {data.columns['input'][int(np.nanargmax(sizes))]} has the largest weights"
    reduced = len(facts["matrix"]) < inputs or len(facts["matrix"][0]) < units
    caption = (
        f"Weights from the {plural(inputs, 'input')} to the {plural(units, 'unit')} of {facts['layer']}; blue "
        f"negative, orange positive, one scale round zero.{' Each cell is the mean of a block.' if reduced else ''}"
    )
    low, high = (significant(value) for value in facts["largest"])
    alt = (
        f"Weight matrix of {facts['layer']}, {inputs:,} by {units:,}: from {low} to {high}, standard deviation "
        f"{significant(facts['spread'])}; {plural(facts['ignored'], 'input')} with weights near zero."
    )
    return Words(f"{title}.", caption, alt)
