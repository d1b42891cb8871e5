"""Quantiles of the residuals against those of a normal distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._curve import chance
from reportgen.figures._data import array, plain, target_name, thin, values_of
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import fixed, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 40
_MOST_POINTS = 300
_HEAVY = 1.0  # excess kurtosis from which the title speaks of heavy tails


def compute(run: Run) -> list[FigureData]:
    # Not at the top: the studio loads this module too, and only draws.
    from scipy.special import ndtri

    y_true, y_pred = values_of(run)
    residual = np.sort(y_true - y_pred)
    spread = residual.std()
    if len(residual) < 8 or not spread > 0:
        raise NotApplicable("fewer than eight residuals that differ")
    scaled = (residual - residual.mean()) / spread
    # Blom's plotting positions.
    normal = ndtri((np.arange(1, len(scaled) + 1) - 0.375) / (len(scaled) + 0.25))
    shown = thin(len(scaled), _MOST_POINTS)
    facts = {
        "target": target_name(run),
        "rows": len(scaled),
        "kurtosis": float((scaled**4).mean() - 3),
        "skew": float((scaled**3).mean()),
    }
    return [FigureData({"normal quantile": plain(normal[shown], 4), "residual": plain(scaled[shown], 4)}, facts)]


def size(data: FigureData) -> tuple[float, float]:  # noqa: ARG001
    return 3.3, 3.0


def draw(axes: Axes, data: FigureData) -> None:
    x, y = array(data.columns["normal quantile"]), array(data.columns["residual"])
    ends = [float(x[0]), float(x[-1])]
    chance(axes, ends, ends)
    axes.points(x, y, SERIES[1], "residuals", size=3, alpha=0.7)
    axes.set(xlabel="normal quantile", ylabel="residual (standard deviations)")
    axes.set_xlim(*axes.reach(x))


def describe(data: FigureData) -> Words:
    facts = data.facts
    title = "The residuals are close to normal."
    if facts["kurtosis"] > _HEAVY:
        title = f"The residuals have heavy tails (excess kurtosis {fixed(facts['kurtosis'], 1)})."
    elif abs(facts["skew"]) > 0.5:
        side = "high" if facts["skew"] > 0 else "low"
        title = f"The residuals are skewed to {side} values (skewness {fixed(facts['skew'], 1)})."
    caption = "Ordered residuals in standard deviations against normal quantiles; dashed: normal."
    alt = (
        f"Q-Q plot of {plural(facts['rows'], 'residual')}: from {fixed(data.columns['residual'][0], 1)} to "
        f"{fixed(data.columns['residual'][-1], 1)} standard deviations, excess kurtosis {fixed(facts['kurtosis'], 2)}, "
        f"skewness {fixed(facts['skew'], 2)}."
    )
    return Words(title, caption, alt)
