"""Predicted probability against what really happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.figures._curve import chance
from reportgen.figures._data import array, class_names, plain, scores_of
from reportgen.results import FigureData, Run, Words
from reportgen.svg import BAND, RULE, SERIES
from reportgen.text import classed, fixed, percent, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 40
_BINS = 10
_CLOSE = 0.03  # expected calibration error below which the title calls the probabilities right


def compute(run: Run) -> list[FigureData]:
    """Ten equal bins; of the positive class in a binary task, else of the predicted class (Guo et al. 2017)."""
    prediction, y_score = scores_of(run, "binary", "multiclass")
    binary = y_score.shape[1] == 2
    best = np.ones(len(y_score), dtype=int) if binary else y_score.argmax(axis=1)
    believed = np.clip(y_score[np.arange(len(best)), best].astype(float), 0, 1)
    happened = (prediction.y_true == best).astype(float)
    bins = np.minimum((believed * _BINS).astype(int), _BINS - 1)
    rows = np.bincount(bins, minlength=_BINS)
    filled = np.flatnonzero(rows)
    mean = np.bincount(bins, believed, _BINS)[filled] / rows[filled]
    rate = np.bincount(bins, happened, _BINS)[filled] / rows[filled]
    confidence = run.spec.evaluate.confidence
    from reportgen.statistics import wilson  # brings SciPy, which the process that draws does without

    bounds = [wilson(float(share * n), float(n), confidence) for share, n in zip(rate, rows[filled], strict=True)]
    columns = {
        "predicted": plain(mean, 4),
        "observed": plain(rate, 4),
        "low": plain((low for low, _ in bounds), 4),
        "high": plain((high for _, high in bounds), 4),
        "rows": rows[filled].tolist(),
    }
    error = float((rows[filled] * np.abs(rate - mean)).sum() / rows.sum())
    facts = {
        "error": error,
        "binary": binary,
        "positive": class_names(run)[-1],
        "rows": len(believed),
        "confidence": confidence,
    }
    return [FigureData(columns, facts | {"mean": float(believed.mean()), "share": float(happened.mean())})]


def size(data: FigureData) -> tuple[float, float]:  # noqa: ARG001
    return 3.3, 3.0


def draw(axes: Axes, data: FigureData) -> None:
    x, y, low, high, rows = (array(data.columns[key]) for key in ("predicted", "observed", "low", "high", "rows"))
    chance(axes, [0, 1], [0, 1])
    axes.vlines(x, low, high, color=BAND, linewidth=4, zorder=1.6)
    if len(x) > 1:
        axes.line(x, y, SERIES[1], "observed", linewidth=1)
    axes.points(x, y, SERIES[1], "bins", size=4, alpha=1.0)
    for place, number in zip(x, rows, strict=True):
        axes.bars([max(place - 0.02, 0), min(place + 0.02, 1)], [0.12 * number / rows.max()], RULE, zorder=0.5)
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))
    axes.set(xlabel=_of(data), ylabel="share observed")
    axes.ticks("x", [0, 0.25, 0.5, 0.75, 1])
    axes.ticks("y", [0, 0.25, 0.5, 0.75, 1])


def _of(data: FigureData) -> str:
    return (
        f"predicted probability of {classed(data.facts['positive'])}"
        if data.facts["binary"]
        else "probability of the predicted class"
    )


def describe(data: FigureData) -> Words:
    facts = data.facts
    if facts["error"] < _CLOSE:
        title = f"The probabilities are right on average (calibration error {fixed(facts['error'])})."
    else:
        gap = facts["mean"] - facts["share"]
        way = "" if abs(gap) < facts["error"] / 2 else ", mostly too high" if gap > 0 else ", mostly too low"
        title = f"The probabilities are off by {fixed(facts['error'])} on average{way}."
    caption = (
        f"Mean {_of(data)} and share observed, in bins of 0.1; bars: "
        f"{percent(facts['confidence'], 0)} Wilson interval; dashed: perfect; grey: rows in each bin."
    )
    points = zip(data.columns["predicted"], data.columns["observed"], data.columns["rows"], strict=True)
    listed = "; ".join(
        f"{fixed(x, 2)} predicted, {fixed(y, 2)} observed ({plural(int(n or 0), 'row')})" for x, y, n in points
    )
    return Words(
        title, caption, f"Calibration on {plural(facts['rows'], 'test row')}: {listed}. Error {fixed(facts['error'])}."
    )
