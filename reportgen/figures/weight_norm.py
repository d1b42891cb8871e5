"""The size of each layer's weights over epochs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.figures import _norms
from reportgen.figures._data import array
from reportgen.results import FigureData, Run, Words
from reportgen.text import significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "training"
NEEDS = "fitted"
ORDER = 34

size = _norms.size


def compute(run: Run) -> list[FigureData]:
    return [_norms.norms(run, "weight_norm")]


def draw(axes: Axes, data: FigureData) -> None:
    _norms.draw(axes, data, "norm of the weights")


def describe(data: FigureData) -> Words:
    values = np.array([array(row) for row in data.facts["values"]])
    with np.errstate(all="ignore"):
        growth = values[:, -1] / values[:, 0]
    moved = np.where(np.isfinite(growth) & (growth > 0), np.abs(np.log(np.where(growth > 0, growth, 1.0))), -1.0)
    most = int(moved.argmax())
    name = data.facts["layers"][most]
    first, last = (significant(values[most, place]) for place in (0, -1))
    title = f"The weights of {name} change most in size, from {first} to {last}."
    if len(data.facts["epochs"]) < 2:
        title = f"The weights of {name} have norm {first}; one epoch was observed."
    caption = f"Euclidean norm of the weights and biases at the end of an epoch, {_norms.shown(data)}."
    return Words(title, caption, _norms.alt(data, "Norm of the weights"))
