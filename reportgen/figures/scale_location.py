"""How large the errors are along the predictions, whatever their sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import (
    ALIKE,
    MOST_POINTS,
    array,
    dependent,
    plain,
    sampled,
    target_name,
    tested,
    thin,
    values_of,
)
from reportgen.figures._smooth import local_line, rank_correlation
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import fixed, p_value, plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 45
_FEWEST = 20
_SURE = 0.01  # p-value below which the title speaks of a change


def compute(run: Run) -> list[FigureData]:
    # Forecasts that overlap err alike: no test of chance holds for them.
    tested(run, "regression")
    y_true, y_pred = values_of(run)
    error = np.abs(y_true - y_pred)
    rmse = float(np.sqrt((error**2).mean()))
    if len(error) < _FEWEST or not rmse > 0 or not np.ptp(y_pred) > 0:
        raise NotApplicable(f"fewer than {_FEWEST} predictions that differ and err")
    root = np.sqrt(error / rmse)
    places, smooth = local_line(y_pred, root)
    correlation, p = rank_correlation(y_pred, error)
    shown = thin(len(error), MOST_POINTS)
    facts = {
        "target": target_name(run),
        "rows": len(error),
        "rmse": rmse,
        "places": plain(places),
        "smooth": plain(smooth, 4),
        "correlation": correlation,
        "p": p,
        "dependent": dependent(run),
    }
    columns = {"predicted": plain(y_pred[shown]), "root of scaled error": plain(root[shown])}
    return [FigureData(columns, facts, fold="Size of the errors along the predictions")]


def draw(axes: Axes, data: FigureData) -> None:
    predicted, root = (array(column) for column in data.columns.values())
    axes.points(predicted, root, SERIES[1], "test rows", alpha=0.45)
    axes.line(array(data.facts["places"]), array(data.facts["smooth"]), SERIES[2], "smooth", linewidth=1.4)
    axes.above("smooth", SERIES[2])
    axes.set(xlabel=f"predicted {data.facts['target']}", ylabel="√(|error| / RMSE)", ylim=(0, None))
    axes.set_xlim(*axes.reach(predicted))


def describe(data: FigureData) -> Words:
    facts = data.facts
    rho, p, sure = fixed(facts["correlation"], 2), p_value(facts["p"]), facts["p"] < _SURE
    title = f"The size of the errors does not clearly depend on the prediction ({p})."
    if sure:
        way = "larger" if facts["correlation"] > 0 else "smaller"
        title = f"The higher the prediction, the {way} the error (rank correlation {rho}, {p})."
    shown = sampled(len(data.columns["predicted"]), facts["rows"])
    caption = (
        f"Square roots of the absolute errors in units of the RMSE ({significant(facts['rmse'])}) against the "
        f"prediction; orange: local linear smooth. A level line is what a fixed spread looks like.{shown}"
        f"{' ' + ALIKE if facts['dependent'] else ''}"
    )
    first, last = (significant(facts["smooth"][place]) for place in (0, -1))
    alt = (
        f"Size of the errors of {plural(facts['rows'], 'test row')} against predicted {facts['target']}: the smooth "
        f"goes from {first} to {last}; rank correlation {rho}, {p}."
    )
    return Words(title, caption, alt)
