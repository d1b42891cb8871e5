"""The layers of the network from input to output."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from reportgen.errors import NotApplicable
from reportgen.figures._boxes import draw_boxes, has_bars, size_of_boxes
from reportgen.figures._data import Plain, fitted_of, name_of
from reportgen.figures._graph import as_facts, plan
from reportgen.fitted import Layer
from reportgen.results import FigureData, Run, Words
from reportgen.svg import RULE, SERIES, SOFT
from reportgen.text import count, listing, one_line, percent, plural, shorten

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "model"
NEEDS = "fitted"
ORDER = 10
_MOST_ACROSS = 6  # layers of a chain that stand side by side; more stand one below the other
_LONGEST_NAME = 16
_EVEN, _MANY = 0.2, 8  # the largest layer's share of the parameters that is none worth naming, of so many layers
_WIDTH = 0.3  # of a layer's box, where the next layer is 1 away


def compute(run: Run) -> list[FigureData]:
    fitted = fitted_of(run)
    if not fitted.layers:
        raise NotApplicable("the model has no layers")
    inputs = fitted.weights[0].shape[0] if fitted.weights else len(run.splits.feature_names) if run.splits else None
    known = fitted.layers[0].kind == "Input" or any(layer.inputs for layer in fitted.layers)
    layers = [*([Layer("input", "Input", (inputs,), 0)] if inputs and not known else []), *fitted.layers]
    columns: dict[str, Plain] = {
        "layer": [name_of(layer.name) for layer in layers],
        "kind": [name_of(layer.kind) for layer in layers],
        "shape": [" × ".join("any" if side is None else str(side) for side in layer.output_shape) for layer in layers],
        "size": [math.prod(side or 1 for side in layer.output_shape) for layer in layers],
        "activation": [one_line(layer.activation, 40) for layer in layers],
        "parameters": [layer.parameters for layer in layers],
    }
    return [FigureData(columns, as_facts(plan(layers)))]


def size(data: FigureData) -> tuple[float, float]:
    if _stands_across(data):
        return min(6.5, 0.4 + 1.15 * len(data.columns["layer"])), 2.1
    return size_of_boxes(data)


def _stands_across(data: FigureData) -> bool:
    """Whether the layers are few, follow each other, and have names that fit under their boxes."""
    kinds, facts = data.columns["kind"], data.facts
    is_chain = facts["levels"] == len(kinds) == len(facts["spots"])
    return is_chain and len(kinds) <= _MOST_ACROSS and max(map(len, kinds)) <= _LONGEST_NAME


def draw(axes: Axes, data: FigureData) -> None:
    if not _stands_across(data):
        draw_boxes(axes, data)
        return
    layers = len(data.columns["layer"])
    largest = max(data.columns["size"])
    before = 0.0
    for x in range(layers):
        height = 0.16 + 0.84 * math.log1p(data.columns["size"][x]) / math.log1p(largest)
        if x:
            low, high = x - 1 + _WIDTH / 2, x - _WIDTH / 2
            axes.fill(
                [low, high, high, low], [before / 2, height / 2, -height / 2, -before / 2], color=RULE, alpha=0.6, lw=0
            )
        axes.fill(
            [x - _WIDTH / 2, x + _WIDTH / 2, x + _WIDTH / 2, x - _WIDTH / 2],
            [height / 2] * 2 + [-height / 2] * 2,
            color=SERIES[1],
            lw=0,
        )
        _label(axes, {key: values[x] for key, values in data.columns.items()}, x, height)
        before = height
    axes.set(xlim=(-0.55, layers - 0.45), ylim=(-1.12, 0.72))
    axes.xaxis.set_visible(False)
    axes.yaxis.set_visible(False)
    axes.bare()


def _label(axes: Axes, row: dict[str, Any], x: int, height: float) -> None:
    axes.say(x, height / 2 + 0.05, row["shape"], ha="center", va="bottom")
    axes.say(x, -0.62, shorten(row["kind"], _LONGEST_NAME), ha="center", va="top")
    for line, text in enumerate(
        filter(None, (row["activation"], f"{count(row['parameters'])} par." if row["parameters"] else ""))
    ):
        axes.say(x, -0.79 - 0.17 * line, shorten(text, 16), colour=SOFT, ha="center", va="top")


def describe(data: FigureData) -> Words:
    columns = data.columns
    total = sum(columns["parameters"])
    most = max(range(len(columns["layer"])), key=lambda place: columns["parameters"][place])
    share = columns["parameters"][most] / total if total else 0
    title = f"Layer {columns['layer'][most]} holds {percent(share, 0)} of the {count(total)} parameters."
    if share < _EVEN and len(columns["layer"]) > _MANY:
        title = f"No layer holds more than {percent(share, 0)} of the {count(total)} parameters."
    if not total:
        title = f"{plural(len(columns['layer']), 'layer')} without parameters."
    parts = (
        f"{kind} {shape}{f' {activation}' if activation else ''} ({plural(number, 'parameter')})"
        for kind, shape, activation, number in zip(
            columns["kind"], columns["shape"], columns["activation"], columns["parameters"], strict=True
        )
    )
    return Words(title, _caption(data), f"Layers from input to output: {listing(parts, most=20, joiner='then')}.")


def _caption(data: FigureData) -> str:
    if _stands_across(data):
        return "Layers from input to output; the height of a box grows with the logarithm of its size."
    facts, layers = data.facts, len(data.columns["layer"])
    caption = f"{plural(layers, 'layer')} from input to output, each with the shape of what comes out of it."
    if has_bars(data):
        caption += " The bars are the parameters."
    if facts["repeats"]:
        caption += " Equal blocks that follow each other are drawn once, with their number."
    if facts["left out"]:
        caption += f" {plural(facts['left out'], 'connection')} that pass over layers are not drawn."
    return caption
