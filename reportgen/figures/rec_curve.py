"""Regression error characteristic: the share of predictions within each tolerance, beside the baselines'."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import LARGEST, Plain, array, case_of, dependent, plain, target_name, thin, values_of
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import percent, plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 30
_FEWEST = 10
_MOST_STEPS = 250
_MOST_PERCENT = 0.99  # of the errors of each model, up to which tolerances are drawn
_WHOSE = {"boosted": "the boosted trees'", "linear": "the linear model's", "dummy": "the dummy's"}
_COLOURS = {"model": SERIES[1], "linear": SERIES[2], "boosted": SERIES[4], "dummy": SERIES[3]}


def compute(run: Run) -> list[FigureData]:
    y_true, y_pred = values_of(run)
    if len(y_true) < _FEWEST:
        raise NotApplicable(f"fewer than {_FEWEST} predictions")
    errors = {"model": np.abs(y_true - y_pred), **_of_baselines(run, y_true)}
    if not max(float(error.max()) for error in errors.values()) > 0:
        raise NotApplicable("no prediction errs")
    columns: dict[str, Plain] = {"curve": [], "tolerance": [], "share": [], "low": [], "high": []}
    for name, error in errors.items():
        tolerance, share = _steps(error)
        ends = _band(share, len(error), run) if name == "model" else None
        columns["curve"] += [name] * len(share)
        columns["tolerance"] += plain(tolerance)
        columns["share"] += plain(share)
        for place, end in enumerate(("low", "high")):
            columns[end] += plain(ends[place], 4) if ends else [None] * len(share)
    facts = {
        "target": target_name(run),
        "rows": len(y_true),
        "case": case_of(run),
        "areas": {name: float(error.mean()) for name, error in errors.items()},
        "within": {
            name: plain(np.quantile(error, [0.5, 0.9], method="inverted_cdf")) for name, error in errors.items()
        },
        "reach": float(max(np.quantile(error, _MOST_PERCENT) for error in errors.values())),
        "band": not dependent(run),
        "confidence": run.spec.evaluate.confidence,
    }
    return [FigureData(columns, facts)]


def _of_baselines(run: Run, y_true: np.ndarray) -> dict[str, np.ndarray]:
    found = {name: run.baselines.get(name, {}).get("test") for name in ("boosted", "linear", "dummy")}
    there = {name: prediction.y_pred for name, prediction in found.items() if prediction is not None}
    usable = {name: y_pred for name, y_pred in there.items() if len(y_pred) == len(y_true)}
    return {name: np.abs(y_true - y_pred) for name, y_pred in usable.items() if bool((np.abs(y_pred) < LARGEST).all())}


def _steps(error: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Tolerances, from 0 on, and the share of errors up to each.

    Many errors take a step together, at their mean, which leaves the area as it is; the largest takes one of its own.
    """
    distinct, counts = np.unique(error, return_counts=True)
    begins = np.unique(np.append(thin(len(distinct), _MOST_STEPS), len(distinct) - 1))
    together = np.add.reduceat(counts, begins)
    tolerance = np.add.reduceat(distinct * counts, begins) / together
    share = np.cumsum(together) / len(error)
    return (tolerance, share) if tolerance[0] == 0 else (np.append(0.0, tolerance), np.append(0.0, share))


def _band(share: np.ndarray, rows: int, run: Run) -> tuple[list[float], list[float]] | None:
    """Wilson's interval at each tolerance; none of rows that err alike, such as forecasts that overlap."""
    if dependent(run):
        return None
    from reportgen.statistics import wilson

    bounds = [wilson(float(value) * rows, rows, run.spec.evaluate.confidence) for value in share]
    return [low for low, _ in bounds], [high for _, high in bounds]


def size(data: FigureData) -> tuple[float, float]:  # noqa: ARG001
    return 3.4, 3.0


def draw(axes: Axes, data: FigureData) -> None:
    names = np.array(data.columns["curve"])
    table = {key: array(data.columns[key]) for key in ("tolerance", "share", "low", "high")}
    for name, area in reversed(data.facts["areas"].items()):
        own = {key: values[names == name] for key, values in table.items()}
        x, y = _stairs(own["tolerance"], own["share"], data.facts["reach"])
        if name == "model" and data.facts["band"]:
            stairs = [_stairs(own["tolerance"], own[end], data.facts["reach"])[1] for end in ("low", "high")]
            axes.band(x, *stairs)
        first = name == "model"
        axes.line(x, y, _COLOURS[name], name, linewidth=1.4 if first else 0.8, zorder=2.2 if first else 2.1)
        place = len(data.facts["areas"]) - 1 - list(data.facts["areas"]).index(name)
        axes.text(
            0.97,
            0.05 + 0.08 * place,
            f"{name}\u00a0\u00a0{significant(area)}",
            color=_COLOURS[name],
            transform=axes.transAxes,
            ha="right",
        )
    axes.set(xlim=(0, data.facts["reach"]), ylim=(0, 1.01), ylabel=f"share of {data.facts['case']}s")
    axes.set_xlabel(f"tolerance, in units of {data.facts['target']}")
    axes.few("x", 5)
    axes.ticks("y", [0, 0.25, 0.5, 0.75, 1])


def _stairs(x: np.ndarray, y: np.ndarray, reach: float) -> tuple[np.ndarray, np.ndarray]:
    """The corners of a function that keeps its value up to the next x, as far as is drawn."""
    x, y = np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]
    kept = x <= reach
    return np.append(x[kept], reach), np.append(y[kept], y[kept][-1])


def describe(data: FigureData) -> Words:
    facts = data.facts
    within = {name: significant(most) for name, (_, most) in facts["within"].items()}
    beside = ", ".join(f"{_WHOSE[name]} within {within[name]}" for name in facts["areas"] if name in _WHOSE)
    title = f"Nine in ten predictions lie within {within['model']}{'; ' if beside else ''}{beside}."
    band = f" Band: {percent(facts['confidence'], 0)} interval at each tolerance (Wilson)." if facts["band"] else ""
    caption = (
        f"Share of the {facts['case']}s whose absolute error is no larger than the tolerance. The number beside each "
        f"name is the area above its curve, the mean absolute error.{band}"
    )
    told = (
        f"{name}: half within {significant(half)}, nine in ten within {significant(most)}"
        for name, (half, most) in facts["within"].items()
    )
    alt = f"Curves over tolerances, {plural(facts['rows'], facts['case'])}. {'; '.join(told)}."
    return Words(title, caption, alt)
