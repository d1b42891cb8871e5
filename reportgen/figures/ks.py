"""How the scores of both classes accumulate, with the largest gap between them (Kolmogorov-Smirnov)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.figures._cuts import cuts, kept, wilson_ends
from reportgen.figures._data import array, both_classes, class_names, plain, scores_of
from reportgen.results import FigureData, Run, Words
from reportgen.svg import INK, SERIES
from reportgen.text import classed, fixed, percent, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 92
_MOST_POINTS = 40
_PARTS = ("negative", "positive")


def compute(run: Run) -> list[FigureData]:
    """Of each class the share below every distinct score, which is what a threshold there calls negative."""
    prediction, y_score = scores_of(run, "binary")
    both_classes(prediction.y_true)
    found, confidence = cuts(prediction.y_true, y_score[:, 1]), run.spec.evaluate.confidence
    below = {"negative": found.negatives - found.alarms[1:][::-1], "positive": found.positives - found.hits[1:][::-1]}
    totals = {"negative": found.negatives, "positive": found.positives}
    scores = found.threshold[1:][::-1]
    gaps = below["negative"] / totals["negative"] - below["positive"] / totals["positive"]
    widest, used = int(np.argmax(np.abs(gaps))), int(np.searchsorted(scores, run.threshold))
    places = kept(len(scores), _MOST_POINTS, widest, min(used, len(scores) - 1))
    columns: dict[str, Any] = {"score": plain(scores[places], 6)}
    for name in _PARTS:
        low, high = wilson_ends(below[name][places], totals[name], confidence)
        columns[f"{name} below"] = plain(below[name][places] / totals[name], 4)
        columns |= {f"{name} low": plain(low, 4), f"{name} high": plain(high, 4)}
    facts = {
        "gap": float(gaps[widest]),
        "at": float(scores[widest]),
        "ends": [float(below[name][widest] / totals[name]) for name in _PARTS],
        "labels": [class_names(run)[0], class_names(run)[-1]],
        "rows": found.rows,
        "confidence": confidence,
    }
    return [FigureData(columns, facts, fold="More curves")]


def size(data: FigureData) -> tuple[float, float]:  # noqa: ARG001
    return 3.3, 3.0


def draw(axes: Axes, data: FigureData) -> None:
    facts, x = data.facts, array(data.columns["score"])
    for number, name in enumerate(_PARTS):
        y, low, high = (array(data.columns[f"{name} {what}"]) for what in ("below", "low", "high"))
        label = facts["labels"][number]
        axes.band(x, low, high)
        axes.line([0, *x, 1], [0, *y, 1], SERIES[number + 1], label, drawstyle="steps-pre", linewidth=1.4)
        axes.above(label, SERIES[number + 1])
    axes.vlines([facts["at"]], *([end] for end in facts["ends"]), color=INK, linewidth=1, zorder=2.4)
    side = -1 if facts["at"] > 0.6 else 1
    axes.say(
        facts["at"] + 0.02 * side,
        sum(facts["ends"]) / 2,
        fixed(abs(facts["gap"])),
        ha="left" if side > 0 else "right",
        va="center",
    )
    axes.set(xlim=(0, 1), ylim=(-0.01, 1.01))
    axes.set(xlabel=f"score for {classed(facts['labels'][1])}", ylabel="share of the class below")
    axes.ticks("x", [0, 0.25, 0.5, 0.75, 1])
    axes.ticks("y", [0, 0.25, 0.5, 0.75, 1])


def describe(data: FigureData) -> Words:
    facts = data.facts
    labels = [classed(label) for label in facts["labels"]]
    negative, positive = facts["ends"]
    title = f"Both classes are furthest apart at a score of {facts['at']:.2g}: the gap is {fixed(abs(facts['gap']))}."
    if facts["gap"] <= 0:
        title = f"{title.removesuffix('.')}, and the wrong way round: more of {labels[1]} is below it."
    caption = (
        f"Share of {labels[0]} and of {labels[1]} whose score is lower, on {plural(facts['rows'], 'test row')}; bar: "
        f"the largest gap (Kolmogorov-Smirnov). Bands: {percent(facts['confidence'], 0)} Wilson intervals."
    )
    alt = (
        f"Below a score of {facts['at']:.3g} are {percent(negative)} of {labels[0]} and {percent(positive)} of "
        f"{labels[1]}; the gap there, {fixed(abs(facts['gap']))}, is the largest."
    )
    return Words(title, caption, alt)
