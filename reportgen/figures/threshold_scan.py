"""Precision, recall and F1 at every threshold, and below them the cost, where costs are given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.figures._costs import plain_costs
from reportgen.figures._cuts import cuts
from reportgen.figures._data import array, both_classes, class_names, plain, scores_of, thin
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES, SOFT
from reportgen.text import classed, fixed, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 50
_MOST_POINTS = 150
_COLOURS = {"precision": SERIES[1], "recall": SERIES[2], "F1": SERIES[3]}


def compute(run: Run) -> list[FigureData]:
    prediction, y_score = scores_of(run, "binary")
    # Not at the top: the studio loads this module too, and only draws.
    from sklearn.metrics import precision_recall_curve

    both_classes(prediction.y_true)
    precision, recall, thresholds = precision_recall_curve(prediction.y_true, y_score[:, 1])
    precision, recall = precision[:-1], recall[:-1]
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-300)
    best = int(np.argmax(f1))
    used = run.threshold
    # The first threshold at or above the one used gives the same decisions.
    here = int(np.searchsorted(thresholds, used))
    at_used = float(f1[here]) if here < len(f1) else 0.0
    kept = np.unique(np.append(thin(len(thresholds), _MOST_POINTS), best))
    curves: dict[str, np.ndarray] = {"threshold": thresholds, "precision": precision, "recall": recall, "F1": f1}
    if prediction.costs is not None:
        # The last cut calls nothing positive, for which there is no precision.
        curves["cost"] = plain_costs(cuts(prediction.y_true, y_score[:, 1]), prediction.costs)[:-1]
    facts: dict[str, Any] = {
        "best": float(thresholds[best]),
        "best_f1": float(f1[best]),
        "used": used,
        "used_f1": at_used,
    }
    facts |= {"rows": len(prediction.y_true), "positive": class_names(run)[-1]}
    return [FigureData({name: plain(values[kept], 4) for name, values in curves.items()}, facts)]


def size(data: FigureData) -> tuple[float, float]:
    return 4.8, 4.0 if "cost" in data.columns else 3.0


def draw(axes: Axes, data: FigureData) -> None:
    panels = axes.panels(2, 1) if "cost" in data.columns else [axes]
    _draw(panels[0], data, _COLOURS, "value")
    panels[0].set_ylim(0, 1.02)
    for panel in panels[1:]:
        _draw(panel, data, {"cost": SERIES[4]}, "cost a row")
        panel.set_ylim(0, 1.1 * max(data.columns["cost"]) or 1.0)
    panels[-1].set_xlabel(f"threshold on the score for {classed(data.facts['positive'])}")
    # Where it is named leaves the curves free: low down among shares, on top over the cost.
    for panel in panels[:-1]:
        panel.axvline(data.facts["used"], color=SOFT, linewidth=0.7, dashes=(3, 2), zorder=1.5)
    panels[-1].mark(data.facts["used"], f"used, {data.facts['used']:.4g}", low=len(panels) == 1)


def _draw(axes: Axes, data: FigureData, colours: Mapping[str, str], what: str) -> None:
    x = array(data.columns["threshold"])
    for name, colour in colours.items():
        axes.line([0, *x], [data.columns[name][0], *data.columns[name]], colour, name, end=True, drawstyle="steps-pre")
    axes.set(xlim=(0, 1), ylabel=what)


def describe(data: FigureData) -> Words:
    facts = data.facts
    gain = facts["best_f1"] - facts["used_f1"]
    title = f"F1 is highest, {fixed(facts['best_f1'])}, at a threshold of {facts['best']:.2g}."
    if gain < 0.005:
        title = f"The threshold used, {facts['used']:g}, gives nearly the best F1 ({fixed(facts['used_f1'])})."
    cost = ", and mean cost of a row," if "cost" in data.columns else ""
    caption = (
        f"Precision, recall and F1{cost} on {plural(facts['rows'], 'test row')}; a threshold chosen here "
        "would need rows of its own to be judged on."
    )
    first, last = ({name: fixed(data.columns[name][place]) for name in ("precision", "recall")} for place in (0, -1))
    alt = (
        f"F1 is {fixed(facts['used_f1'])} at the threshold used, {facts['used']:g}, and at most "
        f"{fixed(facts['best_f1'])} at {facts['best']:.3g}; precision goes from {first['precision']} to "
        f"{last['precision']}, recall from {first['recall']} to {last['recall']}."
    )
    return Words(title, caption, alt)
