"""Each layer's activation function, over the distribution of the inputs that really reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import array, fitted_of, name_of, plain
from reportgen.results import Activation, FigureData, Run, Words
from reportgen.svg import BAND, SERIES
from reportgen.text import percent, plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "training"
NEEDS = "fitted"
ORDER = 50
_HEIGHT = 0.6  # of the panel, that the fullest bin takes


def compute(run: Run) -> list[FigureData]:
    activations = (item for item in fitted_of(run).activations if item.counts.sum() > 0)
    found = [_layer(item) for item in activations if item.function != "linear"]  # a straight line tells nothing
    if not found:
        raise NotApplicable("no activation function was observed")
    return found


def _layer(item: Activation) -> FigureData:
    middle = (item.edges[:-1] + item.edges[1:]) / 2
    shares = item.counts / item.counts.sum()
    facts = {
        "layer": name_of(item.layer),
        "function": item.function,
        "curve": [plain(item.curve_x, 4), plain(item.curve_y, 4)],
        "below": float(shares[middle < 0].sum()),
        "dead": item.dead,
        "saturated": item.saturated,
        "units": item.units,
        "samples": item.samples,
    }
    columns = {"from": plain(item.edges[:-1], 4), "to": plain(item.edges[1:], 4), "share of inputs": plain(shares, 4)}
    return FigureData(columns, facts, part=item.layer)


def size(data: FigureData) -> tuple[float, float]:  # noqa: ARG001
    return 3.6, 2.1


def draw(axes: Axes, data: FigureData) -> None:
    x, y = (array(values) for values in data.facts["curve"])
    shares = array(data.columns["share of inputs"])
    edges = array([*data.columns["from"], data.columns["to"][-1]])
    low, high = float(np.nanmin(y)), float(np.nanmax(y))
    reach = (high - low) or 1.0
    floor = low - 0.04 * reach
    heights = floor + shares / shares.max() * _HEIGHT * reach
    axes.bars(edges, heights, BAND, "inputs", baseline=floor, zorder=0.8)
    axes.line(x, y, SERIES[1], data.facts["function"])
    axes.set(xlim=(edges[0], edges[-1]), ylim=(floor, high + 0.04 * reach), xlabel="input", ylabel="output")


def describe(data: FigureData) -> Words:
    facts = data.facts
    name, function = facts["layer"], facts["function"].replace("_", " ")
    title = f"In {name}, {percent(facts['below'], 0)} of the inputs of {function} are negative"
    if facts["dead"]:
        title = f"In {name}, {percent(facts['dead'], 0)} of the units never fire"
    elif facts["saturated"]:
        title = f"In {name}, {percent(facts['saturated'], 0)} of the outputs of {function} are saturated"
    caption = (
        f"The {function} function (line) and the inputs that reach it (area, share of each bin), over "
        f"{plural(facts['units'], 'unit')} and {plural(facts['samples'], 'row')}."
    )
    edges = data.columns
    alt = (
        f"{function} of {name}: inputs from {significant(edges['from'][0])} to {significant(edges['to'][-1])}, "
        f"{percent(facts['below'])} of them negative"
    )
    alt += f"; dead units {percent(facts['dead'])}" if facts["dead"] is not None else ""
    alt += f"; saturated outputs {percent(facts['saturated'])}" if facts["saturated"] is not None else ""
    return Words(f"{title}.", caption, f"{alt[0].upper()}{alt[1:]}.")
