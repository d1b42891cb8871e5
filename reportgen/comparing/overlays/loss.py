"""The loss by epoch of every report that was trained in epochs: of validation rows where all have some."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from reportgen.comparing.overlays._lines import chosen, draw_lines, left_out, thinned
from reportgen.comparing.results import Comparison
from reportgen.errors import NotApplicable
from reportgen.results import FigureData, Words
from reportgen.text import significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

_MOST_EPOCHS = 200


def compute(comparison: Comparison) -> list[FigureData]:
    """One drawing: epoch and loss of each report."""
    curves = {place: report.run.fitted.history for place, report in enumerate(comparison.reports) if report.run.fitted}
    key = "val_loss" if all(history.get("val_loss") for history in curves.values() if history.get("loss")) else "loss"
    places = [place for place, history in curves.items() if history.get(key)]
    if len(places) < 2:
        raise NotApplicable("fewer than two of the models were trained in epochs")
    shown, rest = chosen(comparison, places)
    columns: dict[str, list[Any]] = {"report": [], "epoch": [], "loss": []}
    for place in shown:
        values = curves[place][key]
        kept = [epoch for epoch in thinned(len(values), _MOST_EPOCHS) if math.isfinite(values[epoch])]
        columns["report"] += [comparison.name(place)] * len(kept)
        columns["epoch"] += [epoch + 1 for epoch in kept]
        columns["loss"] += [float(f"{values[epoch]:.6g}") for epoch in kept]
    names = list(dict.fromkeys(columns["report"]))
    facts = {"names": names, "left_out": rest, "of": "validation" if key == "val_loss" else "training"}
    return [FigureData(columns, facts)]


def size(data: FigureData) -> tuple[float, float]:  # noqa: ARG001  the contract of a figure
    return 6.0, 3.0


def draw(axes: Axes, data: FigureData) -> None:
    draw_lines(axes, data, "epoch", "loss", end=True)
    last = max(data.columns["epoch"], default=1)
    axes.set(xlabel="epoch", ylabel=f"{data.facts['of']} loss", xlim=(0 if last > 10 else 0.5, last + (last < 3) * 0.5))
    axes.whole("x")


def describe(data: FigureData) -> Words:
    lowest = _lowest(data)
    best = min(lowest, key=lambda name: lowest[name][0])
    loss, epoch = lowest[best]
    title = f"The lowest {data.facts['of']} loss is that of {best}, {significant(loss)} at epoch {epoch}."
    caption = (
        f"Loss on the {data.facts['of']} rows by epoch. Losses are comparable where the loss function is the same."
    )
    told = "; ".join(f"{name}: lowest {significant(value)} at epoch {at}" for name, (value, at) in lowest.items())
    return Words(title, f"{caption}{left_out(data)}", f"{data.facts['of'].capitalize()} loss by epoch. {told}.")


def _lowest(data: FigureData) -> dict[str, tuple[float, int]]:
    found: dict[str, tuple[float, int]] = {}
    for name, epoch, loss in zip(*(data.columns[key] for key in ("report", "epoch", "loss")), strict=True):
        if name not in found or loss < found[name][0]:
            found[name] = (loss, epoch)
    return found
