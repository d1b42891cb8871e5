"""ROC curves of every report that shares the test set, of the positive class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.comparing.overlays._lines import chosen, draw_lines, left_out, thinned
from reportgen.comparing.results import Comparison
from reportgen.errors import NotApplicable
from reportgen.results import FigureData, Prediction, Words
from reportgen.statistics import auc_ranking
from reportgen.svg import SOFT
from reportgen.text import classed, fixed, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

_MOST_POINTS = 150
_TICKS = [0, 0.25, 0.5, 0.75, 1]


def compute(comparison: Comparison) -> list[FigureData]:
    """One drawing: both rates of each report at every threshold where the curve turns."""
    shared = comparison.main
    if shared is None or shared.task.name != "binary":
        raise NotApplicable("no two reports share the test set of a binary task")
    scored = {place: one for place, one in zip(shared.places, shared.predictions, strict=True) if _is_scored(one)}
    if len(scored) < 2:
        raise NotApplicable("fewer than two of the reports carry probabilities, or the test set holds one class alone")
    shown, rest = chosen(comparison, list(scored))
    columns: dict[str, list[Any]] = {"report": [], "false positive rate": [], "true positive rate": []}
    areas = {}
    for place in shown:
        x, y = _curve(scored[place])
        name = comparison.name(place)
        areas[name] = auc_ranking(scored[place].y_true == 1, _score(scored[place])).value
        kept = thinned(len(x), _MOST_POINTS)
        columns["report"] += [name] * len(kept)
        columns["false positive rate"] += [round(float(x[at]), 4) for at in kept]
        columns["true positive rate"] += [round(float(y[at]), 4) for at in kept]
    first = shared.predictions[0]
    facts = {
        "names": list(areas),
        "areas": areas,
        "left_out": rest,
        "rows": len(first.y_true),
        "positive": first.labels[-1],
    }
    return [FigureData(columns, facts)]


def _is_scored(prediction: Prediction) -> bool:
    score = prediction.y_score
    return score is not None and bool(np.isfinite(score).all()) and len(np.unique(prediction.y_true)) == 2


def _score(prediction: Prediction) -> np.ndarray:
    score = prediction.positive_score
    assert score is not None
    return score


def _curve(prediction: Prediction) -> tuple[np.ndarray, np.ndarray]:
    # Not at the top: who draws loads this module too.
    from sklearn.metrics import roc_curve

    x, y, _ = roc_curve(prediction.y_true, _score(prediction))
    return x, y


def size(data: FigureData) -> tuple[float, float]:  # noqa: ARG001  the contract of a figure
    return 4.6, 3.0


def draw(axes: Axes, data: FigureData) -> None:
    axes.plot([0, 1], [0, 1], color=SOFT, linewidth=0.6, dashes=(3, 3), zorder=1.5)
    labels = draw_lines(axes, data, "false positive rate", "true positive rate", end=False)
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), xlabel="false positive rate", ylabel="true positive rate")
    for axis in ("x", "y"):
        axes.ticks(axis, _TICKS)
    axes.aside([(f"{fixed(data.facts['areas'][name])}\u00a0\u00a0{name}", colour) for name, colour in labels])


def describe(data: FigureData) -> Words:
    areas = data.facts["areas"]
    low, high = min(areas.values()), max(areas.values())
    alike = fixed(low) == fixed(high)
    title = f"ROC AUC is {fixed(low)} in all." if alike else f"ROC AUC lies between {fixed(low)} and {fixed(high)}."
    rows = plural(data.facts["rows"], "test row")
    caption = (
        f"ROC curves for {classed(data.facts['positive'])}, on {rows}; dashed: chance. "
        f"Numbers: area under the curve.{left_out(data)}"
    )
    listed = ", ".join(f"{name} {fixed(area)}" for name, area in areas.items())
    return Words(title, caption, f"ROC curves of the reports; area under the curve: {listed}.")
