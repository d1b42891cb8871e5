"""The pairs of classes that are confused most often."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._confusions import AS_GIVEN, confused_pairs, confusions
from reportgen.figures._data import array, class_names, plain, tested
from reportgen.results import FigureData, Run, Words
from reportgen.svg import BAND, RULE, SERIES
from reportgen.text import classed, count, percent, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 12
_MOST_PAIRS = 20


def compute(run: Run) -> list[FigureData]:
    prediction = tested(run, "binary", "multiclass")
    names = class_names(run)
    if len(names) <= AS_GIVEN:
        raise NotApplicable(f"the confusion matrix tells every pair of {AS_GIVEN} classes or fewer")
    counts = confusions(prediction, len(names))
    pairs = confused_pairs(counts)
    if not pairs:
        raise NotApplicable("no test row was confused")
    from reportgen.statistics import wilson  # brings SciPy, which the process that draws does without

    confidence, shown = run.spec.evaluate.confidence, pairs[:_MOST_PAIRS]
    rows, of = np.array([counts[pair] for pair in shown]), np.array([counts[one].sum() for one, _ in shown])
    bounds = [wilson(float(part), float(whole), confidence) for part, whole in zip(rows, of, strict=True)]
    columns = {
        "actual": [names[one] for one, _ in shown],
        "predicted": [names[other] for _, other in shown],
        "rows confused": rows.tolist(),
        "rows of the actual class": of.tolist(),
        "share": plain(rows / of, 4),
        "low": plain((low for low, _ in bounds), 4),
        "high": plain((high for _, high in bounds), 4),
    }
    wrong = int(counts.sum() - np.trace(counts))
    facts = {"pairs": len(pairs), "wrong": wrong, "covered": int(rows.sum()), "confidence": confidence}
    return [FigureData(columns, facts | {"classes": len(names)})]


def size(data: FigureData) -> tuple[float, float]:
    return 5.6, 0.75 + 0.22 * len(data.columns["share"])


def draw(axes: Axes, data: FigureData) -> None:
    share, low, high = (array(data.columns[name]) for name in ("share", "low", "high"))
    places = np.arange(len(share))
    limit = min(1.05 * float(high.max()), 1.0)
    axes.hlines(places, 0, limit, color=RULE, linewidth=0.5, zorder=0.5)
    axes.hlines(places, low, high, color=BAND, linewidth=4, zorder=0.8)
    axes.points(share, places, SERIES[2], "share of the actual class", size=5, alpha=1.0)
    named = zip(data.columns["actual"], data.columns["predicted"], strict=True)
    axes.categories("y", [f"{actual} taken for {predicted}" for actual, predicted in named])
    axes.set(xlim=(0, limit), ylim=(len(places) - 0.5, -0.7), xlabel="share of the actual class's rows")
    axes.bare("left")


def describe(data: FigureData) -> Words:
    columns, facts = data.columns, data.facts
    shown, covered = len(columns["share"]), percent(facts["covered"] / facts["wrong"], 0)
    title = f"The {shown} pairs confused most often make {covered} of {plural(facts['wrong'], 'mistake')}."
    if shown == facts["pairs"]:
        title = f"{plural(shown, 'pair of classes', 'pairs of classes')} {'is' if shown == 1 else 'are'} confused."
    caption = (
        f"Of {plural(facts['pairs'], 'pair')} of {count(facts['classes'])} classes that are confused on the test set, "
        f"those with the most rows first; share of the actual class's rows, "
        f"with its {percent(facts['confidence'], 0)} Wilson interval."
    )
    named = zip(*(columns[name] for name in ("actual", "predicted", "rows confused", "share")), strict=True)
    told = (f"{classed(one)} taken for {classed(other)}: {count(n)} ({percent(part)})" for one, other, n, part in named)
    return Words(title, caption, f"Pairs confused most often: {'; '.join(list(told)[:12])}.")
