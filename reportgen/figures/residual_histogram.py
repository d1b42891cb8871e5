"""Distribution of the residuals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.figures._data import histogram, plain, target_name, values_of
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
    facts |= {"mean": float(residual.mean()), "spread": float(residual.std())}
    facts["error"] = float(residual.std() / np.sqrt(len(residual)))
    return [FigureData({"from": plain(edges[:-1]), "to": plain(edges[1:]), "rows": counts.tolist()}, facts)]


def draw(axes: Axes, data: FigureData) -> None:
    edges = [*data.columns["from"], data.columns["to"][-1]]
    axes.bars(edges, data.columns["rows"], SERIES[1], "rows")
    axes.set(
        xlabel=f"actual − predicted {data.facts['target']}", ylabel="rows", ylim=(0, 1.12 * max(data.columns["rows"]))
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
    caption = "Test rows by residual." + (
        f" Predictions are {significant(abs(facts['mean']))} {way} on average." if biased else ""
    )
    alt = (
        f"Histogram of the residuals of {plural(facts['rows'], 'test row')}: mean {significant(facts['mean'])}, "
        f"standard deviation {significant(facts['spread'])}, 5 % below {low}, 5 % above {high}."
    )
    return Words(title, caption, alt)
