"""What the curves over epochs share; those of a log may run over steps that are no epochs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportgen.figures._data import Plain, array, plain, thin
from reportgen.fitted import Fitted
from reportgen.results import FigureData
from reportgen.svg import SERIES
from reportgen.text import significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

_MOST_EPOCHS = 400
_COLOURS = {"train": SERIES[1], "validation": SERIES[2]}


def columns(fitted: Fitted, name: str) -> dict[str, Plain]:
    """Epochs counted from 1, or a log's steps, and the metric on train and validation as far as it was recorded."""
    history = fitted.history
    length = len(history[name])
    shown = thin(length, _MOST_EPOCHS)
    numbers = numbers_of(fitted, name)
    found: dict[str, Plain] = {axis_of(fitted): [numbers[place] for place in shown]}
    for split, key in (("train", name), ("validation", f"val_{name}")):
        values = history.get(key, ())
        if len(values) == length:
            found[split] = plain(values[place] for place in shown)
    return found


def axis_of(fitted: Fitted) -> str:
    """What the values are counted by."""
    return "step" if fitted.logged is not None and fitted.logged.steps else "epoch"


def numbers_of(fitted: Fitted, name: str) -> list[int]:
    """The epoch, or the step, of each value."""
    length = len(fitted.history[name])
    steps = fitted.logged.steps.get(name, ()) if fitted.logged is not None else ()
    return [int(step) for step in steps] if len(steps) == length else list(range(1, length + 1))


def numbered(data: FigureData) -> tuple[str, Plain]:
    """`epoch` or `step`, and the numbers."""
    axis = "step" if "step" in data.columns else "epoch"
    return axis, list(data.columns[axis])


def draw_curves(axes: Axes, data: FigureData, label: str) -> None:
    """One line a split, labelled at its end."""
    axis, numbers = numbered(data)
    epochs = array(numbers)
    dots = {"marker": "o", "markersize": 3} if len(epochs) < 3 else {}
    for split, colour in _COLOURS.items():
        if split in data.columns:
            axes.line(epochs, array(data.columns[split]), colour, split, end=True, **dots)
    first = 0.0 if len(epochs) > 10 else epochs[0] - 0.5
    axes.set(xlabel=axis, ylabel=label, xlim=(min(first, epochs[0]), epochs[-1] + (len(epochs) < 3) * 0.5))
    axes.whole("x")


def epochs_shown(data: FigureData) -> str:
    """A sentence for the caption where epochs were left out."""
    axis, numbers = numbered(data)
    is_short = axis == "epoch" and len(numbers) != numbers[-1]
    return f" {len(numbers):,} of {numbers[-1]:,} epochs are shown." if is_short else ""


def alt(data: FigureData, label: str) -> str:
    """Where each curve begins, ends and is lowest and highest."""
    axis, numbers = numbered(data)
    parts = [f"{label.capitalize()} over {numbers[-1]} {axis}s."]
    for split in ("train", "validation"):
        points = [(e, v) for e, v in zip(numbers, data.columns.get(split, ()), strict=False) if v is not None]
        if points:
            low, high = min(points, key=lambda point: point[1]), max(points, key=lambda point: point[1])
            parts.append(
                f"{split.capitalize()}: from {significant(points[0][1])} to {significant(points[-1][1])}, "
                f"lowest {significant(low[1])} at {axis} {low[0]}, highest {significant(high[1])} at {axis} {high[0]}."
            )
    return " ".join(parts)
