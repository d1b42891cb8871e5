"""Detection error trade-off: cases missed against false alarms over all thresholds, on normal-deviate axes."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from reportgen.figures._curve import compute_curves, lines, size, write_names
from reportgen.figures._cuts import band, cuts, roc_band
from reportgen.figures._data import Plain, array
from reportgen.results import FigureData, Run, Words
from reportgen.text import classed, percent, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

__all__ = ["compute", "describe", "draw", "size"]

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 93
_BANDED = 25
_LEAST = 1e-4  # the smallest rate that an axis begins at
_TOP = 0.5  # where the axes end if the curves are well below
_TICKS = (0.0001, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.8, 0.95, 0.99, 0.999)


def compute(run: Run) -> list[FigureData]:
    """Martin et al. 1997, "The DET curve in assessment of detection task performance", Eurospeech."""
    found = compute_curves(run, _curve, "false positive rate", "false negative rate", _band, ("binary",))
    positives = found.facts["shares"]["model"] * found.facts["rows"]
    counts = (found.facts["rows"] - positives, positives)
    facts = {
        "floors": [max(0.5 / count, _LEAST) for count in counts],
        "top": _TOP if max(found.facts["areas"].values()) < _TOP / 2 else 1 - _LEAST,
    }
    return [FigureData(found.columns, {**found.facts, **facts}, fold="More curves")]


def _curve(y_true: np.ndarray, y_score: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """The number is the rate at which both are equal, between two thresholds on the straight line."""
    found = cuts(y_true, y_score)
    alarms, missed = found.alarms / found.negatives, 1 - found.hits / found.positives
    return alarms, missed, float(np.interp(0.0, alarms - missed, alarms))


def _band(y_true: np.ndarray, y_score: np.ndarray, confidence: float) -> dict[str, Plain]:
    """That of the ROC curve turned over, at even steps of the axis."""
    found = cuts(y_true, y_score)
    least = _deviates(np.array([max(0.5 / found.negatives, _LEAST)]))[0]
    rates = np.array([NormalDist().cdf(place) for place in np.linspace(least, -least, _BANDED)])
    low, high = roc_band(found, confidence, rates)
    return band(rates, (1 - high, 1 - low))


def _deviates(rates: np.ndarray) -> np.ndarray:
    """How many standard deviations from the mean a share of so much ends."""
    return np.array([NormalDist().inv_cdf(float(rate)) for rate in rates])


def draw(axes: Axes, data: FigureData) -> None:
    facts, (across, up) = data.facts, data.facts["floors"]
    limits = {"x": (across, min(facts["top"], 1 - across)), "y": (up, min(facts["top"], 1 - up))}
    low, high = (_inside(array(facts["band"][name]), *limits["y"]) for name in ("low", "high"))
    axes.band(_inside(array(facts["band"]["x"]), *limits["x"]), low, high)
    labels = []
    for line in lines(data):
        # From the last point above the panel to the first one right of it.
        shown = slice(max(int((line.y > limits["y"][1]).sum()) - 1, 0), int((line.x <= limits["x"][1]).sum()) + 1)
        x, y = _inside(line.x[shown], *limits["x"]), _inside(line.y[shown], *limits["y"])
        axes.line(x, y, line.colour, line.label, **line.style)
        labels.append((f"{percent(data.facts['areas'][line.label])}\u00a0\u00a0{line.label}", line.colour))
    axes.set(xlabel="false positive rate, %", ylabel="false negative rate, %")
    for axis, (least, most) in limits.items():
        ticks = [tick for tick in _TICKS if least <= tick <= most]
        axes.ticks(axis, _deviates(np.array(ticks)).tolist(), [f"{100 * tick:g}" for tick in ticks])
        first, last = _deviates(np.array([least, most]))
        axes.set(**{f"{axis}lim": (first - 0.03, last + 0.03)})
    write_names(axes, labels, (0.5, 0.86))


def _inside(rates: np.ndarray, least: float, most: float) -> np.ndarray:
    return _deviates(np.clip(rates, least, most))


def describe(data: FigureData) -> Words:
    facts, rates = data.facts, data.facts["areas"]
    title = f"Where both errors are equally frequent, each is {percent(rates['model'])}"
    title += f", the linear model's {percent(rates['linear'])}." if "linear" in rates else "."
    caption = (
        f"Detection error trade-off for {classed(facts['positive'])}, on {plural(facts['rows'], 'test row')}, on "
        "normal-deviate axes that begin at half a row. Numbers: equal error rate. "
        f"Band: at least {percent(facts['confidence'], 0)} at any one rate, of Wilson intervals of both rates."
    )
    listed = ", ".join(f"{label} {percent(rate)}" for label, rate in rates.items())
    return Words(title, caption, f"Detection error trade-off on the test set; equal error rate: {listed}.")
