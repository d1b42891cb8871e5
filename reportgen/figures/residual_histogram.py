"""Distribution of the residuals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.figures._data import case_of, histogram, plain, target_name, values_of
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 30


def compute(run: Run) -> list[FigureData]:
    y_true, y_pred = values_of(run)
    residual = y_true - y_pred
    counts, edges = histogram(residual)
    tenth, ninth = np.quantile(residual, [0.05, 0.95])
    facts = {"target": target_name(run), "rows": len(residual), "low": float(tenth), "high": float(ninth)}
    facts["case"] = case_of(run)
    facts |= {"mean": float(residual.mean()), "spread": float(residual.std())}
    facts["error"] = _error_of_mean(run, residual)
    return [FigureData({"from": plain(edges[:-1]), "to": plain(edges[1:]), "rows": counts.tolist()}, facts)]


def _error_of_mean(run: Run, residual: np.ndarray) -> float:
    """The mean's standard error; the residuals of a forecast depend on each other in time."""
    step = run.predictions["test"].step
    if step is None or run.task is None:
        return float(residual.std() / np.sqrt(len(residual)))
    # Not at the top: the studio loads this module too, and only draws.
    from reportgen import statistics

    by_origin = residual.reshape(-1, len(np.unique(step))).mean(axis=1)
    if len(by_origin) < 2:  # One origin has no spread.
        return 0.0
    return statistics.long_run_t_test(
        by_origin, statistics.block_length(len(by_origin), int(step.max()), run.task.season)
    )[1]


def draw(axes: Axes, data: FigureData) -> None:
    edges = [*data.columns["from"], data.columns["to"][-1]]
    axes.bars(edges, data.columns["rows"], SERIES[1], "rows")
    axes.set(
        xlabel=f"actual − predicted {data.facts['target']}",
        ylabel=data.facts["case"].removeprefix("test ") + "s",
        ylim=(0, 1.12 * max(data.columns["rows"])),
    )
    axes.set_xlim(min(edges[0], 0), max(edges[-1], 0))
    axes.whole("y")
    axes.mark(0, "no error")


def describe(data: FigureData) -> Words:
    facts = data.facts
    low, high = significant(facts["low"]), significant(facts["high"])
    title = f"Nine in ten errors lie between {low} and {high}."
    biased = abs(facts["mean"]) > 2 * facts["error"] > 0
    way = "too low" if facts["mean"] > 0 else "too high"
    caption = f"{facts['case'].capitalize()}s by residual." + (
        f" Predictions are {significant(abs(facts['mean']))} {way} on average." if biased else ""
    )
    alt = (
        f"Histogram of the residuals of {plural(facts['rows'], facts['case'])}: mean {significant(facts['mean'])}, "
        f"standard deviation {significant(facts['spread'])}, 5 % below {low}, 5 % above {high}."
    )
    return Words(title, caption, alt)
