"""Regression error characteristic of every report that shares the test set: predictions within each tolerance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.comparing.overlays._lines import chosen, draw_lines, left_out
from reportgen.comparing.results import Comparison
from reportgen.errors import NotApplicable
from reportgen.results import FigureData, Words
from reportgen.text import one_line, percent, plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

_POINTS = 120
_MOST = 0.99  # of the errors of each report, up to which tolerances are drawn
_TICKS = [0, 0.25, 0.5, 0.75, 1]


def compute(comparison: Comparison) -> list[FigureData]:
    """One drawing: tolerance and share of each report."""
    shared = comparison.main
    if shared is None or not shared.task.is_numeric:
        raise NotApplicable("no two reports share a test set of numbers")
    errors = {
        place: np.sort(np.abs(one.y_pred - one.y_true))
        for place, one in zip(shared.places, shared.predictions, strict=True)
    }
    errors = {place: values for place, values in errors.items() if np.isfinite(values).all()}
    if len(errors) < 2:
        raise NotApplicable("fewer than two of the reports have finite errors")
    shown, rest = chosen(comparison, list(errors))
    shares = np.linspace(0, _MOST, _POINTS)
    columns: dict[str, list[Any]] = {"report": [], "tolerance": [], "share": []}
    for place in shown:
        columns["report"] += [comparison.name(place)] * _POINTS
        columns["tolerance"] += [float(f"{value:.5g}") for value in np.quantile(errors[place], shares)]
        columns["share"] += [round(float(share), 4) for share in shares]
    half = {comparison.name(place): float(np.median(errors[place])) for place in shown}
    n = len(shared.predictions[0].y_true)
    facts = {"names": list(half), "left_out": rest, "half": half, "rows": n, "target": one_line(shared.task.target, 40)}
    return [FigureData(columns, facts)]


def size(data: FigureData) -> tuple[float, float]:  # noqa: ARG001  the contract of a figure
    return 4.6, 3.0


def draw(axes: Axes, data: FigureData) -> None:
    labels = draw_lines(axes, data, "tolerance", "share", end=False)
    axes.set(xlabel=f"absolute error of {data.facts['target']}", ylabel="share of predictions", ylim=(0, 1.01))
    axes.ticks("y", _TICKS)
    axes.aside(labels)


def describe(data: FigureData) -> Words:
    half = data.facts["half"]
    best = min(half, key=lambda name: half[name])
    title = f"Half of the predictions of {best} are within {significant(half[best])}."
    caption = (
        f"Share of {plural(data.facts['rows'], 'prediction')} whose error stays within a tolerance, up to "
        f"{percent(_MOST, 0)}; higher is better.{left_out(data)}"
    )
    listed = ", ".join(f"{name} {significant(value)}" for name, value in half.items())
    return Words(title, caption, f"Error curves of the reports; half of the predictions are within: {listed}.")
