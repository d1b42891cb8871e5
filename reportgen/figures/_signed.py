"""Bars to either side of zero, a row a name, each with its number beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from reportgen.svg import SERIES, SOFT
from reportgen.text import significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes


def draw_signed(
    axes: Axes, names: Sequence[str], values: np.ndarray, signs: tuple[str, str], room: float, digits: int = 3
) -> None:
    """`signs` name the positive and the negative bars; `room` is the share of the reach left for a number."""
    axes.rows(np.clip(values, 0, None), SERIES[2], signs[0])
    axes.rows(np.clip(values, None, 0), SERIES[1], signs[1])
    axes.categories("y", names)
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    left = room * ((high - low) or 1.0)
    axes.set_xlim(low - (left if low < 0 else 0), high + (left if high > 0 or not low else 0))
    axes.axvline(0, color=SOFT, linewidth=0.6)
    axes.xaxis.set_visible(False)
    axes.bare()
    for place, value in enumerate(values):
        axes.beside(float(value), place, significant(float(value), digits))
