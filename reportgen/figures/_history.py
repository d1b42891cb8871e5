"""What the curves over epochs share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from reportgen.figures._data import Plain, array, plain, thin
from reportgen.results import FigureData
from reportgen.svg import SERIES
from reportgen.text import significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

_MOST_EPOCHS = 400
_COLOURS = {"train": SERIES[1], "validation": SERIES[2]}


def columns(history: Mapping[str, Sequence[float]], name: str) -> dict[str, Plain]:
    """Epochs counted from 1, and the metric on train and validation as far as it was recorded."""
    length = len(history[name])
    shown = thin(length, _MOST_EPOCHS)
    found: dict[str, Plain] = {"epoch": [int(place) + 1 for place in shown]}
    for split, key in (("train", name), ("validation", f"val_{name}")):
        values = history.get(key, ())
        if len(values) == length:
            found[split] = plain(values[place] for place in shown)
    return found


def draw_curves(axes: Axes, data: FigureData, label: str) -> None:
    """One line a split, labelled at its end."""
    epochs = array(data.columns["epoch"])
    dots = {"marker": "o", "markersize": 3} if len(epochs) < 3 else {}
    for split, colour in _COLOURS.items():
        if split in data.columns:
            axes.line(epochs, array(data.columns[split]), colour, split, end=True, **dots)
    axes.set(xlabel="epoch", ylabel=label, xlim=(0 if len(epochs) > 10 else 0.5, epochs[-1] + (len(epochs) < 3) * 0.5))
    axes.whole("x")


def epochs_shown(data: FigureData) -> str:
    """A sentence for the caption where epochs were left out."""
    shown, last = len(data.columns["epoch"]), data.columns["epoch"][-1]
    return f" {shown:,} of {last:,} epochs are shown." if shown != last else ""


def alt(data: FigureData, label: str) -> str:
    """Where each curve begins, ends and is lowest and highest."""
    parts = [f"{label.capitalize()} over {data.columns['epoch'][-1]} epochs."]
    for split in ("train", "validation"):
        points = [
            (e, v) for e, v in zip(data.columns["epoch"], data.columns.get(split, ()), strict=False) if v is not None
        ]
        if points:
            low, high = min(points, key=lambda point: point[1]), max(points, key=lambda point: point[1])
            parts.append(
                f"{split.capitalize()}: from {significant(points[0][1])} to {significant(points[-1][1])}, "
                f"lowest {significant(low[1])} at epoch {low[0]}, highest {significant(high[1])} at epoch {high[0]}."
            )
    return " ".join(parts)
