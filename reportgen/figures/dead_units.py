"""The share of dead units and of saturated outputs in each layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportgen.errors import NotApplicable
from reportgen.figures._data import Plain, fitted_of, name_of
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import listing, percent, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "training"
NEEDS = "fitted"
ORDER = 48
_LEAST = 0.005  # share, below which a layer has no unit of the sort worth a bar
_MOST_ROWS = 40


def compute(run: Run) -> list[FigureData]:
    # In the last layer an output at a bound is a sure prediction, and nothing to worry about.
    hidden = fitted_of(run).activations[:-1]
    known = [item for item in hidden if item.dead is not None or item.saturated is not None]
    if not known:
        raise NotApplicable("no hidden layer has units that can be dead or saturated")
    worst = sorted(known, key=lambda item: -max(item.dead or 0.0, item.saturated or 0.0))[:_MOST_ROWS]
    if max(worst[0].dead or 0.0, worst[0].saturated or 0.0) < _LEAST:
        raise NotApplicable("no hidden layer has dead or saturated units")
    shown = [item for item in known if any(item is other for other in worst)]  # in the network's order
    columns: dict[str, Plain] = {
        "layer": [name_of(item.layer) for item in shown],
        "function": [name_of(item.function) for item in shown],
        "dead units": [None if item.dead is None else round(item.dead, 4) for item in shown],
        "saturated outputs": [None if item.saturated is None else round(item.saturated, 4) for item in shown],
    }
    return [FigureData(columns, {"of": len(known), "samples": max(item.samples for item in shown)})]


def size(data: FigureData) -> tuple[float, float]:
    return (3.7 if len(data.columns["layer"]) <= 6 else 4.8), 0.75 + 0.22 * len(data.columns["layer"])


def draw(axes: Axes, data: FigureData) -> None:
    columns = data.columns
    for name, colour, offset in (("dead units", SERIES[1], -0.17), ("saturated outputs", SERIES[2], 0.17)):
        if any(share is not None for share in columns[name]):
            axes.rows([100 * (share or 0.0) for share in columns[name]], colour, name, offset=offset, thickness=0.3)
            axes.above(name, colour)
    largest = max(share or 0.0 for name in ("dead units", "saturated outputs") for share in columns[name])
    axes.categories("y", columns["layer"])
    axes.set(xlim=(0, min(108.0, 115 * largest)), xlabel="%")
    axes.few("x", 5)
    axes.bare("left")


def describe(data: FigureData) -> Words:
    columns = data.columns
    pairs = list(zip(columns["layer"], columns["dead units"], columns["saturated outputs"], strict=True))
    dead, saturated = (max(pairs, key=lambda row: row[place] or 0.0) for place in (1, 2))
    if dead[1]:
        title = f"{percent(dead[1], 0)} of the units of {dead[0]} never fire."
    else:
        title = f"{percent(saturated[2], 0)} of the outputs of {saturated[0]} are saturated."
    most = (
        f" The {len(pairs)} layers with the most of {data.facts['of']} are shown."
        if len(pairs) < data.facts["of"]
        else ""
    )
    caption = (
        f"Dead: zero on each of {plural(data.facts['samples'], 'row')}. Saturated: within 1 % of a bound of the "
        f"function, where next to no gradient passes. Hidden layers alone.{most}"
    )
    told = listing((f"{name} {_told(one, other)}" for name, one, other in pairs), most=10)
    return Words(title, caption, f"By layer: {told}.")


def _told(dead: float | None, saturated: float | None) -> str:
    parts = [f"{percent(dead)} dead"] if dead is not None else []
    return ", ".join(parts + ([f"{percent(saturated)} saturated"] if saturated is not None else []))
