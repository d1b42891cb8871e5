"""Accuracy of the rest as the least certain rows are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.figures._curve import chance
from reportgen.figures._cuts import kept, wilson_ends
from reportgen.figures._data import array, plain, scores_of
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import fixed, percent, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 42
_MOST_POINTS = 40
_TOLD = 0.8  # share of the rows for which the words tell the accuracy
_NOTICEABLE = 0.0005  # what three decimals show


def compute(run: Run) -> list[FigureData]:
    """Selective classification: El-Yaniv and Wiener 2010, Journal of Machine Learning Research 11:1605-1641."""
    prediction, y_score = scores_of(run, "binary", "multiclass")
    certain = _certainty(np.asarray(y_score, dtype=float), run.threshold)
    order = np.argsort(-certain, kind="stable")
    # Rows that are equally certain stay or go together.
    rows = np.append(np.flatnonzero(np.diff(certain[order])), len(certain) - 1) + 1
    right = np.cumsum((prediction.y_true == prediction.y_pred)[order])[rows - 1]
    told = int(np.searchsorted(rows, _TOLD * len(certain)))
    places = kept(len(rows), _MOST_POINTS, told)
    rows, right, told = rows[places], right[places], int(np.searchsorted(places, told))
    low, high = wilson_ends(right, rows, run.spec.evaluate.confidence)
    columns = {
        "coverage": plain(rows / len(certain), 4),
        "accuracy": plain(right / rows, 4),
        "low": plain(low, 4),
        "high": plain(high, 4),
        "rows": rows.tolist(),
    }
    facts = {"told": told, "binary": y_score.shape[1] == 2, "confidence": run.spec.evaluate.confidence}
    return [FigureData(columns, facts)]


def _certainty(y_score: np.ndarray, threshold: float) -> np.ndarray:
    """How far a score is from the threshold, as a share of how far it can be; of more classes the largest score."""
    if y_score.shape[1] != 2:
        return np.asarray(y_score.max(axis=1))
    score = y_score[:, 1]
    above = (score - threshold) / (1 - threshold) if threshold < 1 else np.ones_like(score)
    below = (threshold - score) / threshold if threshold > 0 else np.ones_like(score)
    return np.where(score >= threshold, above, below)


def size(data: FigureData) -> tuple[float, float]:  # noqa: ARG001
    return 3.3, 3.0


def draw(axes: Axes, data: FigureData) -> None:
    x, y, low, high = (array(data.columns[name]) for name in ("coverage", "accuracy", "low", "high"))
    chance(axes, [0, 1], [y[-1], y[-1]])
    axes.band(x, low, high)
    axes.line(x, y, SERIES[1], "model", linewidth=1.4)
    # Of the first few rows the band reaches anywhere: it must not set the scale.
    settled = low[x >= min(0.2, x[-1])]
    axes.set(xlim=(-0.01, 1.01), ylim=(max(min(settled.min(), y[x >= 0.1].min()) - 0.02, 0), 1.005))
    axes.set(xlabel="share of rows kept, the most certain first", ylabel="accuracy of those kept")
    axes.ticks("x", [0, 0.25, 0.5, 0.75, 1])


def describe(data: FigureData) -> Words:
    accuracy, rows = data.columns["accuracy"], data.columns["rows"]
    told, total = data.facts["told"], rows[-1]
    left_out = percent(1 - rows[told] / total, 0)
    gain = accuracy[told] - accuracy[-1]
    if rows[told] == total:
        title = "The rows are too equally certain to leave some of them out."
    elif gain > _NOTICEABLE:
        title = (
            f"Without the {left_out} of rows that are least certain, accuracy is {fixed(accuracy[told])} instead of "
            f"{fixed(accuracy[-1])}."
        )
    else:
        title = f"Leaving out the {left_out} of rows that are least certain does not raise the accuracy."
    certain = "distance of the score to the threshold" if data.facts["binary"] else "probability of the predicted class"
    caption = (
        f"Accuracy of the rows that are most certain, by {certain}, among {plural(total, 'test row')}; dashed: of all. "
        f"Band: {percent(data.facts['confidence'], 0)} Wilson interval at each share."
    )
    first = next(place for place, number in enumerate(rows) if number >= total / 2)
    alt = (
        f"Accuracy is {fixed(accuracy[first])} on the {plural(rows[first], 'most certain row', 'most certain rows')}, "
        f"{fixed(accuracy[told])} on {rows[told]:,} and {fixed(accuracy[-1])} on all {total:,}."
    )
    return Words(title, caption, alt)
