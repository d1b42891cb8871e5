"""Mean absolute error over the deciles of the actual value, beside the linear model's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import array, case_of, plain, target_name, values_of
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 35
_FEWEST = 30  # rows, so that a decile holds three


def compute(run: Run) -> list[FigureData]:
    y_true, y_pred = values_of(run)
    if len(y_true) < _FEWEST or not np.ptp(y_true) > 0:
        raise NotApplicable(f"fewer than {_FEWEST} test rows that differ")
    groups = np.array_split(np.argsort(y_true, kind="stable"), 10)
    columns = {
        "decile": list(range(1, 11)),
        "from": plain(y_true[group].min() for group in groups),
        "to": plain(y_true[group].max() for group in groups),
        "model": plain(np.abs(y_true - y_pred)[group].mean() for group in groups),
    }
    linear = run.baselines.get("linear", {}).get("test")
    if linear is not None and len(linear.y_pred) == len(y_true) and np.isfinite(linear.y_pred).all():
        columns["linear"] = plain(np.abs(y_true - linear.y_pred)[group].mean() for group in groups)
    return [FigureData(columns, {"target": target_name(run), "rows": len(y_true), "case": case_of(run)})]


def draw(axes: Axes, data: FigureData) -> None:
    deciles = array(data.columns["decile"])
    for name, colour, width in (("linear", SERIES[2], 0.8), ("model", SERIES[1], 1.4)):
        if name in data.columns:
            axes.line(
                deciles, array(data.columns[name]), colour, name, end=True, linewidth=width, marker="o", markersize=2.5
            )
    axes.set(
        xlim=(0.8, 10),
        ylim=(0, None),
        xlabel=f"decile of the actual {data.facts['target']}",
        ylabel="mean absolute error",
    )
    axes.ticks("x", range(1, 11))


def describe(data: FigureData) -> Words:
    columns = data.columns
    worst = int(np.argmax(array(columns["model"])))
    low, high = significant(columns["from"][worst]), significant(columns["to"][worst])
    mean = significant(columns["model"][worst])
    title = f"Errors are largest for {data.facts['target']} between {low} and {high} ({mean})."
    beside = ", beside the linear model" if "linear" in columns else ""
    listed = ", ".join(significant(value) for value in columns["model"])
    cases = plural(data.facts["rows"], data.facts["case"])
    alt = f"Mean absolute error of {cases} by decile of the actual value: {listed}."
    return Words(
        title, f"Mean absolute error of the {data.facts['case']}s, by decile of the actual value{beside}.", alt
    )
