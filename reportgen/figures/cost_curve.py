"""Mean cost of a row at every threshold, by the costs that the experiment file gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._costs import costs_of, plain_costs, references
from reportgen.figures._cuts import cuts, kept
from reportgen.figures._data import array, both_classes, class_names, plain, scores_of
from reportgen.results import FigureData, Run, Words
from reportgen.svg import BAND, SERIES
from reportgen.text import classed, percent, plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 48
_MOST_POINTS = 80
_MOST_TIMES = 3.0
_NEAR = 0.01  # of the cost at the threshold used: a smaller gain is none


def compute(run: Run) -> list[FigureData]:
    prediction, y_score = scores_of(run, "binary")
    if prediction.costs is None:
        raise NotApplicable("the experiment file gives no costs")
    both_classes(prediction.y_true)
    found, used = cuts(prediction.y_true, y_score[:, 1]), run.threshold
    costs = plain_costs(found, prediction.costs)
    best = int(np.argmin(costs))
    here = int(np.searchsorted(found.threshold[::-1], used))
    places = kept(len(costs), _MOST_POINTS, best, here)
    curve = costs_of(found, prediction.costs, run.spec.evaluate.confidence, places)
    # Above every score nothing is positive: the threshold there is 1, the end of the axis.
    columns = {"threshold": plain(np.where(np.isfinite(curve.threshold), curve.threshold, 1.0), 6)}
    columns |= {name: plain(getattr(curve, name), 6) for name in ("cost", "low", "high")}
    facts = {
        "best": columns["threshold"][int(np.searchsorted(places, best))],
        "best_cost": float(costs[best]),
        "used": used,
        "used_cost": float(costs[here]),
        "references": references(found, prediction.costs),
        "costs": list(prediction.costs),
        "confidence": run.spec.evaluate.confidence,
        "rows": found.rows,
        "positive": class_names(run)[-1],
    }
    return [FigureData(columns, facts)]


def draw(axes: Axes, data: FigureData) -> None:
    facts, x = data.facts, array(data.columns["threshold"])
    cost, low, high = (array(data.columns[name]) for name in ("cost", "low", "high"))
    axes.fill_between([0, *x], [low[0], *low], [high[0], *high], step="pre", color=BAND, linewidth=0, zorder=0.8)
    references = facts["references"]
    # What is far above the cheaper reference and the cost at the threshold used must not flatten the rest.
    top = min(_MOST_TIMES * max(min(references.values()), facts["used_cost"]), max(*references.values(), cost.max()))
    for name, colour in (("all positive", SERIES[2]), ("all negative", SERIES[3])):
        if references[name] <= top:
            axes.line([0, 1], [references[name]] * 2, colour, name, end=True, linewidth=0.8)
    axes.line([0, *x], [cost[0], *cost], SERIES[1], "model", drawstyle="steps-pre", linewidth=1.4)
    axes.points([facts["best"]], [facts["best_cost"]], SERIES[1], "lowest", size=5, alpha=1.0)
    axes.set(xlim=(0, 1), ylim=(0, 1.1 * float(top) or 1.0))
    axes.set(xlabel=f"threshold on the score for {classed(facts['positive'])}", ylabel="cost a row")
    axes.mark(facts["used"], f"used, {facts['used']:.4g}")


def describe(data: FigureData) -> Words:
    facts = data.facts
    used, best = significant(facts["used_cost"]), significant(facts["best_cost"])
    title = (
        f"At the threshold used, {facts['used']:.4g}, a row costs {used}; at {facts['best']:.2g} it is lowest, {best}."
    )
    if facts["used_cost"] - facts["best_cost"] <= _NEAR * facts["used_cost"]:
        title = f"The threshold used, {facts['used']:.4g}, gives nearly the lowest cost, {used} a row."
    cheapest = min(facts["references"], key=facts["references"].get)
    if facts["used_cost"] > facts["references"][cheapest]:
        least = significant(facts["references"][cheapest])
        title = f"Calling every row {cheapest.removeprefix('all ')} costs less, {least} a row, than the model's {used}."
    false_positive, false_negative = (significant(cost) for cost in facts["costs"])
    caption = (
        f"Mean cost of a row on {plural(facts['rows'], 'test row')}: {false_positive} for a false positive, "
        f"{false_negative} for a false negative; a threshold chosen here would need rows of its own. "
        f"Point: lowest. Band: {percent(facts['confidence'], 0)} at each threshold, of Wilson intervals."
    )
    alt = (
        f"A row costs {used} at the threshold used, {facts['used']:.4g}, and at least {best}, at {facts['best']:.3g}; "
        + ", ".join(f"{significant(cost)} with {name}" for name, cost in facts["references"].items())
        + "."
    )
    return Words(title, caption, alt)
