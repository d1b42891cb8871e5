"""What the figures of a network's layers share: which layers come first, panels of one each, and rows of many."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from reportgen.figures._data import array, thin
from reportgen.results import FigureData
from reportgen.text import plural, shorten

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

Item = TypeVar("Item")
_AT_FIRST, _MOST = 6, 12
_MOST_NAMED = 40  # rows that each have their name
_TALLEST = 4.8  # inches


def parted(items: Sequence[Item], first: int = _AT_FIRST, most: int = _MOST) -> tuple[list[Item], list[list[Item]]]:
    """Those that are shown at once, evenly spread over all, and the others by the drawing, for the fold.

    Of more than `most` items the others are an even choice too.
    """
    chosen = thin(len(items), most)
    at_once = {int(chosen[place]) for place in thin(len(chosen), first)}
    rest = [int(place) for place in chosen if int(place) not in at_once]
    by_drawing = [rest[start : start + 2 * first] for start in range(0, len(rest), 2 * first)]
    return [items[place] for place in sorted(at_once)], [[items[place] for place in part] for part in by_drawing]


def drawings(
    items: Sequence[Item], make: Callable[[Sequence[Item], int], FigureData], part: str = ""
) -> list[FigureData]:
    """A drawing of some layers and, folded, those of others; `make` is given the layers and how many there are."""
    shown, rest = parted(items)
    hidden = sum(map(len, rest))
    found = [make(shown, len(items))]
    for number, others in enumerate(rest, 1):
        data = make(others, len(items))
        title = f"{plural(hidden, 'more layer')}{f' with {part}' if part else ''}"
        found.append(FigureData(data.columns, data.facts, f"{part} rest {number}".strip(), title))
    return found


def grid_size(panels: int, tall: float = 1.45) -> tuple[float, float]:
    """Inches of a drawing with a panel a layer, up to three side by side."""
    columns = _across(panels)
    return (3.6 if columns == 1 else 0.2 + 2.1 * columns), 0.35 + tall * math.ceil(panels / columns)


def _across(panels: int) -> int:
    return 2 if panels == 4 else min(panels, 3)


def grid(axes: Axes, names: Sequence[str]) -> list[Axes]:
    """A panel a layer with its name over it, in reading order, up to three side by side."""
    columns = _across(len(names))
    panels = axes.panels(math.ceil(len(names) / columns), columns, len(names))
    for panel, name in zip(panels, names, strict=True):
        panel.set_title(shorten(name, 26 if columns > 1 else 50))
    return panels


def among(shown: int, total: int) -> str:
    """A sentence for the caption where not every layer is shown; else nothing."""
    return f" {shown:,} of the {plural(total, 'recorded layer')} are here." if shown < total else ""


# Many layers as rows of one image.


def rows_size(rows: int) -> tuple[float, float]:
    return 6.0, min(_TALLEST, 0.7 + 0.16 * rows)


def name_rows(axes: Axes, names: Sequence[str]) -> None:
    """The layers' names on the left, of many every second or third alone."""
    step = math.ceil(len(names) / _MOST_NAMED)
    axes.categories("y", [name if place % step == 0 else "" for place, name in enumerate(names)])


def number_columns(axes: Axes, numbers: Sequence[Any], label: str, most: int = 5) -> None:
    """What stands under the columns of an image, at some of them."""
    places = thin(len(numbers), most)
    axes.ticks("x", [float(place) for place in places], [f"{numbers[place]:,}" for place in places])
    axes.set(xlabel=label)


def decades(axes: Axes, low: float, high: float) -> None:
    """The key of an image of decimal logarithms, with the numbers themselves beside it."""
    axes.key(low, high, diverging=False)
    whole = list(range(math.ceil(low), math.floor(high) + 1))
    places = [whole[place] for place in thin(len(whole), 5)] if whole else [low, high]
    axes.ticks(
        "y",
        [float(place) for place in places],
        [_power(place) for place in places],
    )


def _power(place: float) -> str:
    """Ten to that power, without digits that say nothing: `0.01`, `1`, `1e−9`."""
    return f"{10.0**place:.3g}".replace("e-0", "e-").replace("-", "−")


# Histograms over epochs: an image a layer, an epoch a column.


def draw_histograms(
    panel: Axes, edges: Sequence[float], counts: Sequence[Sequence[float]], epochs: Sequence[int]
) -> None:
    """An image with a column an epoch: the fuller the colour, the nearer to the epoch's fullest bin."""
    values = np.array([array(row) for row in counts])
    shares = values / np.maximum(np.nanmax(values, axis=1, keepdims=True), 1)
    panel.raster(np.where(shares > 0, shares, np.nan).T[::-1], 0, 1, diverging=False)  # empty bins show the page
    bounds = array(edges)
    low, high = float(bounds[0]), float(bounds[-1])
    bins_down = [f"from {bound:.3g}".replace("-", "−") for bound in bounds[-2::-1]]
    panel.tell(np.where(values > 0, values, np.nan).T[::-1], "count", epochs, bins_down)
    places = round_numbers(low, high)
    bins = values.shape[1]
    panel.ticks(
        "y",
        [bins - 0.5 - (place - low) / (high - low) * bins for place in places],
        [f"{place:.4g}".replace("-", "−") for place in places],
    )
    number_columns(panel, epochs, "", 3)
    panel.bare()


def round_numbers(low: float, high: float, most: int = 4) -> list[float]:
    """At most so many round numbers between two, and zero where it is between them."""
    if not high > low:
        return [low]
    raw = (high - low) / most
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(size * times for times in (1, 2, 5, 10) if size * times >= raw * 0.999)
    return [round(number * step, 12) for number in range(math.ceil(low / step), math.floor(high / step) + 1)]
