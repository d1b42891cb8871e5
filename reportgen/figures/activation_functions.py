"""Each activation function, over the distribution of the inputs that really reach it in each layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import array, fitted_of, name_of, plain, thin
from reportgen.figures._formulas import defined, spoken
from reportgen.figures._layers import among, drawings, grid, grid_size
from reportgen.fitted import Activation
from reportgen.results import FigureData, Run, Words
from reportgen.svg import BAND, SERIES
from reportgen.text import listing, percent, plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "training"
NEEDS = "fitted"
ORDER = 50
_FEW_POINTS, _MANY_POINTS = 61, 201  # of a curve
_HEIGHT = 0.6  # of the panel, that the fullest bin takes


def compute(run: Run) -> list[FigureData]:
    """Drawings by function, of each layer a panel; the table has every panel's histogram."""
    seen = [item for item in fitted_of(run).activations if item.counts.sum() > 0 and len(item.curve_x) > 1]
    told = [item for item in seen if item.function != "linear"]  # a straight line tells nothing
    if not told:
        raise NotApplicable("no activation function was observed")
    functions = dict.fromkeys(item.function for item in told)
    last = fitted_of(run).activations[-1].layer

    def make(items: Sequence[Activation], total: int) -> FigureData:
        return _drawing(items, total, last)

    return [
        data
        for function in functions
        for data in drawings([item for item in told if item.function == function], make, name_of(function))
    ]


def _drawing(items: Sequence[Activation], total: int, last: str) -> FigureData:
    columns: dict[str, list[Any]] = {"layer": [], "from": [], "to": [], "share of inputs": []}
    for item in items:
        columns["layer"] += [name_of(item.layer)] * len(item.counts)
        columns["from"] += plain(item.edges[:-1], 4)
        columns["to"] += plain(item.edges[1:], 4)
        columns["share of inputs"] += plain(item.counts / item.counts.sum(), 3)
    layers = [{**_layer(item, coarse=len(items) > 1), "last": item.layer == last} for item in items]
    return FigureData(columns, {"function": items[0].function, "layers": layers, "of": total}, items[0].function)


def _layer(item: Activation, coarse: bool) -> dict[str, Any]:
    """What is drawn of a layer; `coarse` for a small panel: every second bin joined to its neighbour."""
    middle = (item.edges[:-1] + item.edges[1:]) / 2
    edges, counts = item.edges, item.counts
    if coarse and len(counts) % 2 == 0:
        edges, counts = edges[::2], counts[::2] + counts[1::2]
    points = thin(len(item.curve_x), _FEW_POINTS if coarse else _MANY_POINTS)
    return {
        "layer": name_of(item.layer),
        "edges": plain(edges, 4),
        "shares": plain(counts / counts.sum(), 3),
        "curve": [plain(item.curve_x[points], 4), plain(item.curve_y[points], 4)],
        "below": float(item.counts[middle < 0].sum() / item.counts.sum()),
        "dead": item.dead,
        "saturated": item.saturated,
        "units": item.units,
        "samples": item.samples,
    }


def size(data: FigureData) -> tuple[float, float]:
    layers = len(data.facts["layers"])
    return (3.6, 2.1) if layers == 1 else grid_size(layers)


def draw(axes: Axes, data: FigureData) -> None:
    layers = data.facts["layers"]
    if len(layers) == 1:
        _panel(axes, layers[0], spoken(data.facts["function"]))
        axes.set(xlabel="input", ylabel="output")
        return
    for panel, layer in zip(grid(axes, [layer["layer"] for layer in layers]), layers, strict=True):
        _panel(panel, layer, spoken(data.facts["function"]))
        panel.few("x", 4)
        panel.few("y", 3)


def _panel(axes: Axes, layer: dict[str, Any], function: str) -> None:
    x, y = (array(values) for values in layer["curve"])
    edges, shares = array(layer["edges"]), array(layer["shares"])
    finite = y[np.isfinite(y)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    reach = (high - low) or 1.0
    floor = low - 0.04 * reach
    axes.bars(edges, floor + shares / shares.max() * _HEIGHT * reach, BAND, "inputs", baseline=floor, zorder=0.8)
    axes.line(x, y, SERIES[1], function)
    axes.set(xlim=(edges[0], edges[-1]), ylim=(floor, high + 0.04 * reach))


def describe(data: FigureData) -> Words:
    layers, function = data.facts["layers"], data.facts["function"]
    one = len(layers) == 1
    over = f"{plural(layers[0]['units'], 'unit')} and {plural(layers[0]['samples'], 'row')}"
    if not one:
        most = max(layer["samples"] for layer in layers)
        over = f"all units and {plural(most, 'row')}"
    caption = (
        f"{_upper(defined(function))}: the function (line) and the inputs that reach it (area, share of each bin), "
        f"over {over}.{_softmax(function)}{among(len(layers), data.facts['of'])}"
    )
    alt = listing((_told(layer) for layer in layers), most=8, joiner="and")
    return Words(f"{_title(layers, function)}.", caption, f"Inputs of {spoken(function)} by layer: {alt}.")


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]


def _title(layers: Sequence[dict[str, Any]], function: str) -> str:
    """The hidden layer with most saturated outputs, else where inputs are negative; dead units have their figure."""
    worst = max(layers, key=lambda layer: 0.0 if layer["last"] else layer["saturated"] or 0.0)
    if worst["saturated"] and not worst["last"]:
        return (
            f"In {worst['layer']}, {percent(worst['saturated'], 0)} of the outputs of {spoken(function)} are saturated"
        )
    if len(layers) == 1 and layers[0]["saturated"]:
        sure = percent(layers[0]["saturated"], 0)
        return f"{sure} of the network's answers are sure, within 0.01 of a bound of {spoken(function)}"
    shares = sorted(layers, key=lambda layer: layer["below"])
    (low, first), (high, last) = ((percent(shares[at]["below"], 0), shares[at]["layer"]) for at in (0, -1))
    if len(shares) == 1:
        return f"In {first}, {low} of the inputs of {spoken(function)} are negative"
    return f"From {low} ({first}) to {high} ({last}) of the inputs of {spoken(function)} are negative"


def _softmax(function: str) -> str:
    if function != "softmax":
        return ""
    return " Its input here is a class's lead over the others, of which it is the logistic function."


def _told(layer: dict[str, Any]) -> str:
    told = (
        f"{layer['layer']} from {significant(layer['edges'][0])} to {significant(layer['edges'][-1])}, "
        f"{percent(layer['below'])} negative"
    )
    told += f", dead units {percent(layer['dead'])}" if layer["dead"] is not None else ""
    return told + (f", saturated outputs {percent(layer['saturated'])}" if layer["saturated"] is not None else "")
