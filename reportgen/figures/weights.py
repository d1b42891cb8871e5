"""Each layer's weight matrix as an image, on a scale round zero."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import array, fitted_of, matrix, plain
from reportgen.figures._layers import grid, grid_size, parted
from reportgen.figures._matrices import arranged, facts_of, number, row_names, thumbnail
from reportgen.fitted import WeightMatrix
from reportgen.results import FigureData, Run, Words
from reportgen.text import listing, plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "training"
NEEDS = "fitted"
ORDER = 40
_AT_FIRST, _MANY, _OF_MANY = 6, 8, 3  # matrices shown large: of few, and of many, which look alike
_MOST_NAMED = 40  # rows beside each of which its name has room
_TALLEST, _WIDEST = 4.2, 6.2  # inches


def compute(run: Run) -> list[FigureData]:
    """A drawing a matrix of the first, the last and some between; the others small, together and folded."""
    found = [item for item in fitted_of(run).weights if item.values.size and np.isfinite(item.values).any()]
    if not found:
        raise NotApplicable("the model has no weight matrices")
    shown, rest = parted(found, _AT_FIRST) if len(found) <= _MANY else parted(found, _OF_MANY, 3 * _OF_MANY)
    hidden = plural(sum(map(len, rest)), "more matrix", "more matrices")
    return [
        *(_matrix(item, run) for item in shown),
        *(_small(items, number, hidden, run) for number, items in enumerate(rest, 1)),
    ]


def _matrix(item: WeightMatrix, run: Run) -> FigureData:
    """The matrix as shown, a row an input and a column a unit; the table has the mean size of each input's weights."""
    names = row_names(item, run)
    sizes = np.nanmean(np.abs(np.where(np.isfinite(values := arranged(item)), values, np.nan)), axis=1)
    numbers = list(range(1, len(sizes) + 1)) if item.order is None else [int(place) + 1 for place in item.order]
    facts = {**facts_of(item, fitted_of(run)), "named": bool(names)}
    return FigureData({"input": names or numbers, "mean size of weights": plain(sizes, 4)}, facts, part=item.layer)


def _small(items: Sequence[WeightMatrix], part: int, hidden: str, run: Run) -> FigureData:
    facts = [facts_of(item, fitted_of(run)) for item in items]
    for one, item in zip(facts, items, strict=True):
        one["matrix"] = matrix(thumbnail(arranged(item)), 3)
        one["limit"] = max((abs(value) for row in one["matrix"] for value in row if value is not None), default=1.0)
    columns = {
        "layer": [one["layer"] for one in facts],
        "inputs": [one["shape"][0] for one in facts],
        "units": [one["shape"][1] for one in facts],
        "standard deviation": [one["spread"] for one in facts],
        "ignored inputs": [one["ignored"] for one in facts],
    }
    return FigureData(columns, {"panels": facts}, f"rest {part}", hidden)


def size(data: FigureData) -> tuple[float, float]:
    if "panels" in data.facts:
        return grid_size(len(data.facts["panels"]), 1.5)
    rows, columns = np.shape(data.facts["matrix"])
    if _lies(data):
        return _WIDEST, 0.9 + 0.12 * columns
    named = 0.06 * max(map(len, data.columns["input"])) if _has_names(data) else 0.0
    wide = float(np.clip(1.3 + min(named, 1.6) + 0.25 * columns, 2.2, _WIDEST))
    least = 0.155 if _has_names(data) else 0.09
    return wide, float(np.clip(0.6 + least * rows, 1.2, max(_TALLEST, 0.6 + least * rows) if named else _TALLEST))


def _has_names(data: FigureData) -> bool:
    return bool(data.facts["named"]) and len(data.columns["input"]) <= _MOST_NAMED and not _lies(data)


def _lies(data: FigureData) -> bool:
    """Whether the matrix is drawn on its side: the many inputs of a few units make a tall strip else."""
    rows, columns = np.shape(data.facts["matrix"])
    return bool(columns <= 3 and rows >= 4 * columns)


def draw(axes: Axes, data: FigureData) -> None:
    if "panels" in data.facts:
        _draw_small(axes, data)
        return
    values = np.array([array(row) for row in data.facts["matrix"]])
    inputs, units = data.facts["shape"]
    image, key = axes.panels(1, 2, widths=(1, 0.022))
    limit = data.facts["limit"] or 1.0
    lies, ordered = _lies(data), data.facts["ordered"]
    image.raster(values.T if lies else values, -limit, limit)
    _tell(image, data, values, lies)
    across, down = ("y", "x") if lies else ("x", "y")
    labels = [f"{what} ({many:,})" for what, many in zip(data.facts["roles"], (inputs, units), strict=True)]
    image.set(**{f"{across}label": labels[1], f"{down}label": "" if _has_names(data) else labels[0]})
    _count(image, across, values.shape[1], units, ordered[1])
    if _has_names(data):
        image.categories("y", data.columns["input"])
    else:
        _count(image, down, values.shape[0], inputs, ordered[0])
    image.bare()
    key.key(-limit, limit)


def _tell(image: Axes, data: FigureData, values: np.ndarray, lies: bool) -> None:
    """The weights, and the input and unit of each; of blocks and of units in another order no more than a number."""
    inputs, units = data.facts["shape"]
    named = data.columns["input"] if len(values) == inputs else [f"block {n}" for n in range(1, len(values) + 1)]
    of_units = range(1, values.shape[1] + 1)
    kind = "block {}" if values.shape[1] < units else "{} as ordered" if data.facts["ordered"][1] else "{}"
    sides = ([kind.format(number) for number in of_units], named)
    image.tell(values.T if lies else values, "weight", *(reversed(sides) if lies else sides))


def _count(image: Axes, axis: str, shown: int, of: int, ordered: bool) -> None:
    if ordered:
        image.ticks(axis, [])
    else:
        number(image, axis, shown, of, 12 if axis == "x" else 8)


def _draw_small(axes: Axes, data: FigureData) -> None:
    facts = data.facts["panels"]
    names = [f"{one['layer']}  {one['shape'][0]:,} × {one['shape'][1]:,}" for one in facts]
    for panel, one in zip(grid(axes, names), facts, strict=True):
        limit = one["limit"] or 1.0
        panel.raster(np.array([array(row) for row in one["matrix"]]), -limit, limit)
        panel.xaxis.set_visible(False)
        panel.yaxis.set_visible(False)
        panel.bare()


def describe(data: FigureData) -> Words:
    return _describe_small(data) if "panels" in data.facts else _describe(data)


def _describe(data: FigureData) -> Words:
    facts = data.facts
    inputs, units = facts["shape"]
    low, high = (significant(value) for value in facts["largest"])
    reduced = len(facts["matrix"]) < inputs or len(facts["matrix"][0]) < units
    blocks = " Each cell is the mean of a block." if reduced else ""
    caption = f"{facts['told']}; blue negative, orange positive, one scale round zero.{blocks}{_order(data)}"
    alt = (
        f"Weight matrix of {facts['layer']}, {inputs:,} by {units:,}: from {low} to {high}, standard deviation "
        f"{significant(facts['spread'])}"
    )
    alt += f"; {plural(facts['ignored'], 'input')} with weights near zero." if facts["ignored"] else "."
    return Words(f"{_title(data, low, high)}.", caption, alt)


def _title(data: FigureData, low: str, high: str) -> str:
    """What is ignored, else which input has most to say, else how far the weights reach."""
    facts = data.facts
    if facts["ignored"]:
        be = "is" if facts["ignored"] == 1 else "are"
        return f"{facts['ignored']:,} of {plural(facts['shape'][0], 'input')} of {facts['layer']} {be} ignored"
    if facts["named"]:
        sizes = array(data.columns["mean size of weights"])
        return f"Of the inputs, {data.columns['input'][int(np.nanargmax(sizes))]} has the largest weights"
    return f"The weights of {facts['layer']} lie between {low} and {high}"


def _order(data: FigureData) -> str:
    shown = np.shape(data.facts["matrix"])
    names = ("columns", "rows") if _lies(data) else ("rows", "columns")
    plain = data.facts["roles"] == ["input", "unit"]
    sides = zip(("inputs", "units") if plain else names, data.facts["ordered"], shown, data.facts["shape"], strict=True)
    what = listing(f"{'blocks of ' if few < of else ''}{name}" for name, ordered, few, of in sides if ordered)
    return f" {what[0].upper()}{what[1:]} are ordered so that similar ones meet." if what else ""


def _describe_small(data: FigureData) -> Words:
    columns = data.columns
    rows = list(zip(*(columns[name] for name in ("layer", "standard deviation", "ignored inputs")), strict=True))
    widest = max(rows, key=lambda row: row[1] or 0.0)
    title = f"Of these {len(rows)} matrices that of {widest[0]} has the widest weights."
    if len(rows) == 1:
        title = f"The weights of {widest[0]} have standard deviation {significant(widest[1])}."
    ignored = sum(row[2] for row in rows)
    if ignored:
        title = f"{plural(ignored, 'input')} of {plural(len(rows), 'layer')} are ignored."
    caption = "Down: the inputs; across: the units. Each matrix has its own scale round zero, and is of block means."
    told = listing((f"{name} {significant(spread)}" for name, spread, _ in rows), most=12)
    return Words(title, caption, f"Standard deviation of the weights: {told}.")
