"""What the overlays share: whose lines are drawn, in which colours, and how those left out are named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.comparing.results import Comparison
from reportgen.results import FigureData
from reportgen.svg import SERIES
from reportgen.text import listing

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

MOST = 12
_MOST_LEFT_OUT = 8
_COLOURS = len(SERIES) - 1


def chosen(comparison: Comparison, places: list[int]) -> tuple[list[int], list[str]]:
    """At most twelve of the reports, those that do best by the first metric, in the order given; and the others."""
    if len(places) <= MOST:
        return places, []
    order = _by_value(comparison, places)
    kept = set(order[:MOST])
    return [place for place in places if place in kept], [comparison.name(place) for place in order[MOST:]]


def _by_value(comparison: Comparison, places: list[int]) -> list[int]:
    metric = next(iter(comparison.metrics()), None)

    def key(place: int) -> float:
        score = comparison.reports[place].score(metric) if metric else None
        if score is None or score.value is None:
            return np.inf
        return -score.value if score.greater_is_better else score.value

    return sorted(places, key=key)


def draw_lines(axes: Axes, data: FigureData, x: str, y: str, *, end: bool) -> list[tuple[str, str]]:
    """A line a report; from the eighth on dashed, because colours begin again. Returns names and colours."""
    labels = []
    for number, name in enumerate(data.facts["names"]):
        rows = [place for place, one in enumerate(data.columns["report"]) if one == name]
        places, values = (np.array([data.columns[key][place] for place in rows], dtype=float) for key in (x, y))
        colour = SERIES[1 + number % _COLOURS]
        style: dict[str, Any] = {"dashes": (4, 2)} if number >= _COLOURS else {}
        dots: dict[str, Any] = {"marker": "o", "markersize": 3} if len(rows) < 3 else {}
        axes.line(places, values, colour, name, end=end, linewidth=1.2, **style, **dots)
        labels.append((name, colour))
    return labels


def left_out(data: FigureData) -> str:
    """A sentence on the reports that are not drawn."""
    names = data.facts["left_out"]
    return f" Not drawn: {listing(names, most=_MOST_LEFT_OUT)}." if names else ""


def thinned(length: int, most: int) -> list[int]:
    """At most so many places out of `length`, the first and the last among them."""
    if length <= most:
        return list(range(length))
    return sorted({round(place) for place in np.linspace(0, length - 1, most).tolist()})
