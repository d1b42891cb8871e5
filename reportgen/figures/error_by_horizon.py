"""Mean absolute error of a forecast at each step ahead, beside the seasonal naive and the linear forecast."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import array, plain, target_name
from reportgen.figures._forecast import ahead, courses
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import listing, percent, plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 6
_BASELINES = {"dummy": "naive", "linear": "linear"}


def compute(run: Run) -> list[FigureData]:
    found = courses(run)
    if len(found) < 2:
        raise NotApplicable("a single step is forecast")
    columns = {
        "step": [course.step for course in found],
        "model": plain(np.abs(course.predicted - course.actual).mean() for course in found),
    }
    scores = [run.score("mae", label=f"step {course.step}") for course in found]
    for end in ("low", "high"):
        columns[end] = [None if score is None else getattr(score, end) for score in scores]
    for key, name in _BASELINES.items():
        other = run.baselines.get(key, {}).get("test")
        if other is not None and np.isfinite(other.y_pred).all():
            columns[name] = plain(np.abs(c.predicted - c.actual).mean() for c in courses(run, other))
    facts = {"target": target_name(run), "season": run.task.season if run.task else 1, "origins": len(found[0].rows)}
    return [FigureData(columns, facts | {"confidence": run.spec.evaluate.confidence})]


def draw(axes: Axes, data: FigureData) -> None:
    steps = array(data.columns["step"])
    low, high = array(data.columns["low"]), array(data.columns["high"])
    if np.isfinite(low).all():
        axes.band(steps, low, high)
    for name, colour, width in (("naive", SERIES[3], 0.8), ("linear", SERIES[2], 0.8), ("model", SERIES[1], 1.4)):
        if name in data.columns:
            style = {"marker": "o", "markersize": 2.5} if len(steps) <= 40 else {}
            axes.line(steps, array(data.columns[name]), colour, name, end=True, linewidth=width, **style)
    axes.set(xlim=(steps[0] - 0.2, steps[-1]), ylim=(0, None), xlabel="steps ahead", ylabel="mean absolute error")
    axes.whole("x")


def describe(data: FigureData) -> Words:
    columns, steps = data.columns, data.columns["step"]
    model = array(columns["model"])
    title = (
        f"The error goes from {significant(model[0])} one step ahead to {significant(model[-1])} at step {steps[-1]}."
    )
    if "naive" in columns:
        better = int((model < array(columns["naive"])).sum())
        every = "every step" if better == len(steps) else f"{better:,} of {plural(len(steps), 'step')}"
        title += f" It is below the naive forecast's at {every}." if better else " The naive forecast's is no larger."
    season = f"the last known value of the same place in a season of {data.facts['season']:,}"
    naive = f" Naive: {season if data.facts['season'] > 1 else 'the last value'}." if "naive" in columns else ""
    band = f" Band: {percent(data.facts['confidence'], 0)} interval." if columns["low"][0] is not None else ""
    listed = listing((significant(value) for value in model), most=12)
    alt = (
        f"Mean absolute error of {data.facts['target']} over {plural(data.facts['origins'], 'test origin')}, from "
        f"{ahead(steps[0])} to {steps[-1]}: {listed}."
    )
    return Words(title, f"Mean absolute error on the test set by steps ahead.{band}{naive}", alt)
