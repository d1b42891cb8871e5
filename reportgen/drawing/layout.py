"""Margins of a drawing in one pass: tick labels are measured once, then every panel gets its place."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from matplotlib.ticker import Formatter, LogFormatter, NullLocator, ScalarFormatter

from reportgen.drawing.axes import Axes
from reportgen.drawing.marks import LINE, PAD, tick_labels, width_of
from reportgen.text import shorten

_EDGE = 3.0  # points kept free at the rim
_GAP = 9.0  # least distance of two labels at line ends
_PANEL_GAP = 12.0
_NARROWEST = 7.0
_WIDEST_NAMES = 0.42  # share of the drawing that names on the left may take
_TALLEST_NAMES = 0.3
_WIDEST_END = 0.3


class Numbers(Formatter):
    """Tick labels with as many decimals as tell them apart, thousands separated, and a real minus."""

    def __call__(self, x: float, pos: int | None = None) -> str:  # noqa: ARG002
        return self.format_ticks([x])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        largest = max((abs(value) for value in values), default=0.0)
        if largest >= 1e7 or 0 < largest < 1e-4:
            return [_short(value) for value in values]
        step = min((abs(b - a) for a, b in pairwise(values)), default=largest) or 1.0
        digits = next((n for n in range(9) if all(abs(round(v, n) - v) < step * 1e-3 for v in values)), 9)
        return [_signed(f"{value:,.{digits}f}") for value in values]


class Powers(Formatter):
    """Tick labels of a logarithmic axis: 0.01, 1, 100, and powers beyond."""

    def __call__(self, x: float, pos: int | None = None) -> str:  # noqa: ARG002
        if x <= 0 or abs(math.log10(x) - round(math.log10(x))) > 1e-6:
            return ""
        return f"{x:,.10g}" if 1e-4 <= x < 1e7 else _short(x)


def fit(figure: Any) -> None:
    """Place all panels of a figure so that every label has room, and write the labels at line ends."""
    panels = [axes for axes in figure.axes if isinstance(axes, Axes)]
    width, height = (float(side) for side in figure.get_size_inches() * 72)
    rows, columns = panels[0].grid_shape
    for axes in panels:
        _plain_numbers(axes)
        _shorten_names(axes, width / columns, height / rows)
        _shorten_labels(axes, width / columns, height / rows)
    # Heights first: how many ticks the left axis has, and so how wide their labels are, depends on them.
    above = _most(panels, 0, rows, _above)
    below = _most(panels, 0, rows, _below)
    bottoms, talls = _shares(height, above[::-1], below[::-1], [1.0] * rows)
    for axes in panels:
        row = rows - 1 - axes.place[0]
        axes.set_position((0.1, bottoms[row] / height, 0.8, talls[row] / height))
    before = _most(panels, 1, columns, _left)
    after = _most(panels, 1, columns, _right)
    lefts, wides = _shares(width, after, before, panels[0].widths)
    for axes in panels:
        row, column = rows - 1 - axes.place[0], axes.place[1]
        box = (lefts[column] / width, bottoms[row] / height, wides[column] / width, talls[row] / height)
        axes.set_position(box)
        _place_labels(axes, before[column], below[axes.place[0]], above[axes.place[0]])
        _place_ends(axes)


def _most(panels: Sequence[Axes], side: int, count: int, measure: Any) -> list[float]:
    """The most that any panel of each row (side 0) or column (side 1) needs."""
    needed = [_EDGE] * count
    for axes in panels:
        needed[axes.place[side]] = max(needed[axes.place[side]], measure(axes))
    return needed


def _shares(
    total: float, after: Sequence[float], before: Sequence[float], weights: Sequence[float]
) -> tuple[list[float], list[float]]:
    """Where each of several lengths begins, and how long it is: as `weights` say, with room before and after."""
    free = total - sum(before) - sum(after) - _PANEL_GAP * (len(before) - 1)
    lengths = [max(free * weight / sum(weights), _NARROWEST) for weight in weights]
    widest = lengths.index(max(lengths))
    lengths[widest] = max(lengths[widest] - (sum(lengths) - free), _NARROWEST)
    starts, place = [], 0.0
    for number, length in enumerate(lengths):
        place += before[number]
        starts.append(place)
        place += length + after[number] + _PANEL_GAP
    return starts, lengths


def _plain_numbers(axes: Axes) -> None:
    for axis in (axes.xaxis, axes.yaxis):
        if isinstance(axis.get_major_formatter(), LogFormatter):
            axis.set_major_formatter(Powers())
            axis.set_minor_locator(NullLocator())
        elif isinstance(axis.get_major_formatter(), ScalarFormatter):
            axis.set_major_formatter(Numbers())


def _shorten_names(axes: Axes, width: float, height: float) -> None:
    """Cut names on the left to their share of the width; turn those on the other axis upright where they would meet."""
    if "y" in axes.names:
        axes.names["y"] = [_cut(name, _WIDEST_NAMES * width) for name in axes.names["y"]]
    if "x" in axes.names:
        slot = (width - max(map(width_of, axes.names.get("y", [""])))) * 0.86 / max(len(axes.names["x"]), 1)
        upright = max(map(width_of, axes.names["x"]), default=0) + 4 > slot
        limit = _TALLEST_NAMES * height if upright else slot
        axes.names["x"] = [_cut(name, limit) for name in axes.names["x"]]
        axes.upright = upright


def _shorten_labels(axes: Axes, width: float, height: float) -> None:
    """Cut what stands at line ends, over the panel and along the axes to the room that there can be."""
    axes.ends = [replace(end, text=_cut(end.text, _WIDEST_END * width)) for end in axes.ends]
    axes.keys = [(_cut(label, width / len(axes.keys) - 26), colour) for label, colour in axes.keys]
    axes.set_xlabel(_cut(shorten(axes.get_xlabel()), 0.9 * width))
    axes.set_ylabel(_cut(shorten(axes.get_ylabel()), 0.9 * height))
    axes.set_title(_cut(shorten(axes.get_title(loc="left")), 0.9 * width), loc="left")


def _cut(name: str, width: float) -> str:
    if width_of(name) <= width:
        return name
    # The width grows with the number of characters: halve the interval instead of trying each.
    low, high = 0, len(name)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width_of(name[:middle].rstrip() + "…") <= width else (low, middle - 1)
    return name[:low].rstrip() + "…"


def _names_height(axes: Axes) -> float:
    if "x" in axes.names and axes.upright:
        return max(map(width_of, axes.names["x"]), default=0.0)
    return LINE


def _above(axes: Axes) -> float:
    room = _EDGE + (LINE + 4 if axes.get_title(loc="left") or axes.keys else 0)
    if axes.names_on_top:
        return room + _names_height(axes) + PAD + (LINE + 3 if axes.get_xlabel() else 0)
    return room + 3


def _below(axes: Axes) -> float:
    room = _EDGE
    if axes.xaxis.get_visible() and not axes.names_on_top and tick_labels(axes, "x"):
        room += _names_height(axes) + PAD + axes.tick_length("x")
    return room + (LINE + 3 if axes.get_xlabel() and not axes.names_on_top else 0)


def _left(axes: Axes) -> float:
    labels = tick_labels(axes, "y") if axes.yaxis.get_visible() and not axes.values_right else []
    room = _EDGE + (max(map(width_of, labels)) + PAD + axes.tick_length("y") if labels else 0)
    first = [
        width_of(label) / 2 for label in tick_labels(axes, "x")[:1] if axes.xaxis.get_visible() and not axes.upright
    ]
    return max(room + (LINE + 4 if axes.get_ylabel() and not axes.values_right else 0), *first, _EDGE)


def _right(axes: Axes) -> float:
    ends = max((width_of(end.text) for end in axes.ends), default=-6.0) + 6
    labels = tick_labels(axes, "y") if axes.values_right else []
    values = max(map(width_of, labels)) + PAD + axes.tick_length("y") if labels else 0.0
    last = [
        width_of(label) / 2
        for label in tick_labels(axes, "x")[-1:]
        if "x" not in axes.names and axes.xaxis.get_visible()
    ]
    return _EDGE + max([ends, values, *last])


def _place_labels(axes: Axes, left: float, below: float, above: float) -> None:
    """Axis labels at the rim of the panel."""
    corner = axes.get_position()
    width, height = axes.get_figure(root=True).get_size_inches() * 72  # type: ignore[union-attr]
    axes.label_x = height - corner.y0 * height + below - _EDGE - 2
    if axes.names_on_top:
        axes.label_x = height - corner.y1 * height - above + _EDGE + LINE - 3
    axes.label_y = corner.x0 * width - left + _EDGE + LINE - 3


def _place_ends(axes: Axes) -> None:
    """Heights of the labels at line ends, moved apart where they would meet."""
    axes.ends.sort(key=lambda end: end.y)
    box = axes.bbox
    wished = [float(axes.transData.transform((1, end.y))[1] - box.y0) for end in axes.ends]
    axes.end_heights = [box.y0 + place for place in spread(wished, _GAP, box.height)]


def spread(wished: Sequence[float], gap: float, height: float) -> list[float]:
    """Places as near as can be to those wished for, in the same order, at least `gap` apart and within 0 to `height`.

    The pool-adjacent-violators algorithm of isotonic regression, on the places less the gaps below them; where there is
    no room for all gaps, they shrink.
    """
    gap = min(gap, height / (len(wished) - 1)) if len(wished) > 1 else gap
    pools: list[tuple[float, int]] = []
    for number, place in enumerate(wished):
        mean, size = place - number * gap, 1
        while pools and pools[-1][0] > mean:
            before, count = pools.pop()
            mean, size = (before * count + mean * size) / (count + size), size + count
        pools.append((mean, size))
    flat = [mean for mean, size in pools for _ in range(size)]
    top = height - gap * (len(wished) - 1)
    return [min(max(place, 0.0), top) + number * gap for number, place in enumerate(flat)]


def _short(value: float) -> str:
    mantissa, _, exponent = f"{value:.2e}".partition("e")
    return _signed(f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}") if value else "0"


def _signed(text: str) -> str:
    return "−" + text[1:] if text.startswith("-") and text.strip("-0.,") else text.lstrip("-")
