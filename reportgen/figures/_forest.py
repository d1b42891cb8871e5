"""A dot and an interval a row from the top, in groups: which parts of the rows are unlike the rest."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from reportgen.svg import RULE, SERIES, SOFT

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes


def height(names: Sequence[str], groups: Sequence[str]) -> float:
    """Inches that the rows take with the axis below them."""
    return 0.65 + 0.19 * (len(names) + len(set(groups)) - 1)


def draw_rows(
    axes: Axes, names: Sequence[str], groups: Sequence[str], bounds: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> np.ndarray:
    """Value, low and high end of each row; an empty line between groups. Gives the heights of the rows."""
    breaks = np.cumsum([later != earlier for earlier, later in itertools.pairwise(groups)], dtype=int)
    places = np.arange(len(names)) + np.concatenate([[0], breaks]).astype(int)
    labels = [""] * (int(places[-1]) + 1)
    for place, name in zip(places, names, strict=True):
        labels[place] = name
    values, low, high = bounds
    axes.hlines(places, low, high, color=SERIES[1], linewidth=1.2)
    axes.points(values, places, SERIES[1], "value", size=5, alpha=1.0)
    axes.categories("y", labels)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.bare("left")
    return np.asarray(places)


def rule(axes: Axes, places: np.ndarray, limits: tuple[float, float], overall: float) -> None:
    """The limits of the axis, thin lines along the rows, and a line at the value on all rows."""
    axes.set_xlim(*limits)
    axes.hlines(places, *limits, color=RULE, linewidth=0.4, zorder=0.4)
    axes.axvline(overall, color=SOFT, linewidth=0.7, dashes=(3, 2), zorder=1.5)
