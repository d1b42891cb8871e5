"""The size of each layer's gradient over epochs, on a logarithmic scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.figures import _norms
from reportgen.figures._data import array
from reportgen.results import FigureData, Run, Words
from reportgen.text import significant, times

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "training"
NEEDS = "fitted"
ORDER = 32
_LIKE = 3.0  # times, within which two layers' gradients count as of like size

size = _norms.size


def compute(run: Run) -> list[FigureData]:
    return [_norms.norms(run, "gradient_norm")]


def draw(axes: Axes, data: FigureData) -> None:
    _norms.draw(axes, data, "norm of the gradient")


def describe(data: FigureData) -> Words:
    caption = (
        f"Euclidean norm of the loss's gradient on a fixed sample of training rows, {_norms.shown(data)}. Where it "
        "shrinks from the last layer to the first, the first learn little; where it grows, steps become too large."
    )
    return Words(_title(data), caption, _norms.alt(data, "Norm of the gradient"))


def _title(data: FigureData) -> str:
    values = np.array([array(row) for row in data.facts["values"]])
    typical = [float(np.nanmedian(row)) for row in values]
    names = data.facts["layers"]
    if len(names) == 1 or not typical[0] > 0 or not typical[-1] > 0:
        first, last = significant(data.facts["values"][0][0]), significant(data.facts["values"][0][-1])
        return f"The gradient of {names[0]} goes from {first} to {last}."
    ratio = typical[-1] / typical[0]
    if 1 / _LIKE <= ratio <= _LIKE:
        return f"The gradients of {names[0]} and {names[-1]} are of like size."
    larger, smaller = (names[-1], names[0]) if ratio > 1 else (names[0], names[-1])
    return f"The gradient of {larger} is {times(max(ratio, 1 / ratio))} times that of {smaller}."
