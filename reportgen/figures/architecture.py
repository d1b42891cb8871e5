"""The layers of the network from input to output."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from reportgen.errors import NotApplicable
from reportgen.figures._data import Plain, fitted_of, name_of
from reportgen.results import FigureData, Layer, Run, Words
from reportgen.svg import RULE, SERIES, SOFT
from reportgen.text import count, listing, one_line, percent, plural, shorten

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "model"
NEEDS = "fitted"
ORDER = 10
_MOST_LAYERS = 10  # beyond, those in the middle are left out
_WIDTH = 0.3  # of a layer's box, where the next layer is 1 away


def compute(run: Run) -> list[FigureData]:
    fitted = fitted_of(run)
    if not fitted.layers:
        raise NotApplicable("the model has no layers")
    inputs = fitted.weights[0].shape[0] if fitted.weights else len(run.splits.feature_names) if run.splits else None
    layers = [
        *([Layer("input", "Input", (inputs,), 0)] if inputs and fitted.layers[0].kind != "Input" else []),
        *fitted.layers,
    ]
    columns: dict[str, Plain] = {
        "layer": [name_of(layer.name) for layer in layers],
        "kind": [name_of(layer.kind) for layer in layers],
        "shape": [" × ".join("any" if side is None else str(side) for side in layer.output_shape) for layer in layers],
        "size": [math.prod(side or 1 for side in layer.output_shape) for layer in layers],
        "activation": [one_line(layer.activation, 40) for layer in layers],
        "parameters": [layer.parameters for layer in layers],
    }
    return [FigureData(columns)]


def size(data: FigureData) -> tuple[float, float]:
    return min(6.5, 0.4 + 1.15 * len(_shown(data))), 2.1


def _shown(data: FigureData) -> list[int | None]:
    """Positions of the layers drawn; None for the gap where some are left out."""
    places: list[int | None] = list(range(len(data.columns["layer"])))
    half = _MOST_LAYERS // 2
    return places if len(places) <= _MOST_LAYERS else [*places[:half], None, *places[-half + 1 :]]


def draw(axes: Axes, data: FigureData) -> None:
    shown = _shown(data)
    largest = max(data.columns["size"])
    before = 0.0
    for x, place in enumerate(shown):
        if place is None:
            axes.say(x, 0, "…", ha="center", va="center")
            before = 0.0
            continue
        height = 0.16 + 0.84 * math.log1p(data.columns["size"][place]) / math.log1p(largest)
        if x and before:
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
        _label(axes, data, x, place, height)
        before = height
    axes.set(xlim=(-0.55, len(shown) - 0.45), ylim=(-1.12, 0.72))
    axes.xaxis.set_visible(False)
    axes.yaxis.set_visible(False)
    axes.bare()


def _label(axes: Axes, data: FigureData, x: int, place: int, height: float) -> None:
    row = {key: values[place] for key, values in data.columns.items()}
    axes.say(x, height / 2 + 0.05, row["shape"], ha="center", va="bottom")
    axes.say(x, -0.62, shorten(row["kind"], 16), ha="center", va="top")
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
    cut = " The layers in the middle are left out." if len(columns["layer"]) > _MOST_LAYERS else ""
    caption = f"Layers from input to output; the height of a box grows with the logarithm of its size.{cut}"
    parts = (
        f"{kind} {shape}{f' {activation}' if activation else ''} ({plural(number, 'parameter')})"
        for kind, shape, activation, number in zip(
            columns["kind"], columns["shape"], columns["activation"], columns["parameters"], strict=True
        )
    )
    return Words(title, caption, f"Layers from input to output: {listing(parts, most=20, joiner='then')}.")
