"""A network's layers as boxes with their names, one below the other and side by side where they branch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reportgen.results import FigureData
from reportgen.svg import BAND, SERIES, SOFT
from reportgen.text import count

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

_TALLEST_COLUMN = 36  # levels; more are continued in the next column
_MOST_COLUMNS = 4
_STEP = 0.235  # inches from level to level
_WIDE = 6.4  # inches
_BOX = 0.64  # height of a box, where levels are 1 apart
_GAP = 0.1  # between boxes side by side, where one is 1 wide
_INSET = 4.0  # points between the rim of a box and its words
_BRACKETS = 0.34  # inches on the left, for those of repeated blocks
_MARGIN = 0.06  # elsewhere
_BARS = 1.7  # inches on the right, for the bars


@dataclass(frozen=True)
class _Sheet:
    """How the levels are cut into columns. Lengths across are in inches."""

    columns: int
    levels: int  # of a column
    span: float  # from the leftmost to the rightmost, where a box is 1
    first: float  # where the leftmost begins
    unit: float  # width of a box with its gap
    bars: bool
    margin: float  # on the left of a column

    def column(self, level: int) -> int:
        return level // self.levels

    def left(self, column: int) -> float:
        """Where the boxes of a column begin."""
        return column * (self.span * self.unit + self.margin) + self.margin

    def x(self, level: int, place: float) -> float:
        return self.left(self.column(level)) + (place - self.first) * self.unit

    def y(self, level: int) -> float:
        return float(level % self.levels)


def _sheet(data: FigureData) -> _Sheet:
    facts = data.facts
    ends = [(x - half, x + half) for layer, _, x in facts["spots"] for half in [0.15 if layer is None else 0.5]]
    first = min(low for low, _ in ends)
    span = max(high for _, high in ends) - first
    most = max(1, min(_MOST_COLUMNS, int(4 / span)))
    columns = min(most, math.ceil(facts["levels"] / _TALLEST_COLUMN))
    bars = columns == 1 and span < 2
    margin = _BRACKETS if facts["repeats"] else _MARGIN
    free = _WIDE - columns * margin - (_BARS if bars else 0)
    unit = min(free / columns / span, 2.6)
    return _Sheet(columns, math.ceil(facts["levels"] / columns), span, first, unit, bars, margin)


def has_bars(data: FigureData) -> bool:
    return _sheet(data).bars


def size_of_boxes(data: FigureData) -> tuple[float, float]:
    sheet = _sheet(data)
    wide = sheet.left(sheet.columns - 1) + sheet.span * sheet.unit + (_BARS if sheet.bars else 0)
    # Beyond what a page of paper holds, the levels draw closer and the words are left to the table.
    return wide + 0.1, min(9.0, 0.25 + _STEP * (sheet.levels + 0.4))


def draw_boxes(axes: Axes, data: FigureData) -> None:
    sheet, facts = _sheet(data), data.facts
    spots = facts["spots"]
    for source, target in facts["links"]:
        _link(axes, sheet, spots[source], spots[target])
    for layer, level, x in spots:
        if layer is None:
            _bend(axes, sheet, level, x)
        else:
            _box(axes, sheet, {key: values[layer] for key, values in data.columns.items()}, level, x)
    for first, last, times in facts["repeats"]:
        _bracket(axes, sheet, first, last, times)
    if sheet.bars:
        _bars(axes, sheet, data)
    wide = size_of_boxes(data)[0]
    axes.set(xlim=(0, wide), ylim=(sheet.levels - 0.4, -0.6))
    axes.xaxis.set_visible(False)
    axes.yaxis.set_visible(False)
    axes.bare()


def _link(axes: Axes, sheet: _Sheet, source: list[Any], target: list[Any]) -> None:
    """A line from the lower rim of one to the upper rim of the other; between columns, a stub at either end."""
    (one, low, x), (other, high, to) = source, target
    start = sheet.y(low) + (_BOX / 2 if one is not None else 0)
    end = sheet.y(high) - (_BOX / 2 if other is not None else 0)
    style: dict[str, Any] = {"linewidth": 0.8, "zorder": 1.0}
    if sheet.column(low) == sheet.column(high):
        axes.line([sheet.x(low, x), sheet.x(high, to)], [start, end], SERIES[0], **style)
        return
    axes.line([sheet.x(low, x)] * 2, [start, sheet.y(low) + 0.5], SERIES[0], **style)
    axes.line([sheet.x(high, to)] * 2, [sheet.y(high) - 0.5, end], SERIES[0], **style)


def _bend(axes: Axes, sheet: _Sheet, level: int, x: float) -> None:
    """Nothing: the lines to it and from it meet in it. Where levels end a column they are drawn through it."""
    if level % sheet.levels in (0, sheet.levels - 1):
        place = sheet.x(level, x)
        axes.line([place, place], [sheet.y(level) - 0.1, sheet.y(level) + 0.1], SERIES[0], linewidth=0.8, zorder=1.0)


def _box(axes: Axes, sheet: _Sheet, row: dict[str, Any], level: int, x: float) -> None:
    middle, y = sheet.x(level, x), sheet.y(level)
    half = sheet.unit * (1 - _GAP) / 2
    corners = [middle - half, middle + half, middle + half, middle - half]
    rim = [y - _BOX / 2, y - _BOX / 2, y + _BOX / 2, y + _BOX / 2]
    axes.fill(corners, rim, color=BAND if row["parameters"] else "none", edgecolor=SERIES[1], lw=0.6)
    inset = _INSET / 72
    left, right = _words(row, 72 * 2 * half - 2 * _INSET)
    centred = not right
    axes.say(
        middle if centred else middle - half + inset,
        y + 0.02,
        left,
        ha="center" if centred else "left",
        va="center",
    )
    if right:
        axes.say(middle + half - inset, y, right, colour=SOFT, ha="right", va="center")


def _words(row: dict[str, Any], room: float) -> tuple[str, str]:
    """What fits into a box: kind, activation and shape, then less."""
    from reportgen.drawing.marks import width_of

    kind, shape = row["kind"], row["shape"]
    full = f"{kind}, {row['activation']}" if row["activation"] not in ("", "linear") else kind
    for left, right in ((full, shape), (kind, shape), (full, ""), (kind, "")):
        if width_of(left) + (width_of(right) + 8 if right else 0) <= room:
            return left, right
    while len(kind) > 1 and width_of(kind + "…") > room:
        kind = kind[:-1]
    return f"{kind}…", ""


def _bracket(axes: Axes, sheet: _Sheet, first: int, last: int, times: int) -> None:
    """A line beside the levels of a repeated block, and how often it is there; in each column that it runs through."""
    for column in range(sheet.column(first), sheet.column(last) + 1):
        top = max(first, column * sheet.levels) % sheet.levels - _BOX / 2
        bottom = min(last, (column + 1) * sheet.levels - 1) % sheet.levels + _BOX / 2
        x = sheet.left(column) - 0.04
        axes.line([x + 0.03, x, x, x + 0.03], [top, top, bottom, bottom], SERIES[2], linewidth=0.9)
        axes.say(x - 0.03, (top + bottom) / 2, f"×{times}", colour=SERIES[2], ha="right", va="center")


def _bars(axes: Axes, sheet: _Sheet, data: FigureData) -> None:
    """The parameters of each level, all repetitions of it together."""
    sums = [0] * data.facts["levels"]
    for layer, level, _ in data.facts["spots"]:
        sums[level] += data.columns["parameters"][layer] if layer is not None else 0
    for first, last, times in data.facts["repeats"]:
        for level in range(first, last + 1):
            sums[level] *= times
    left = sheet.left(0) + sheet.span * sheet.unit + 0.08
    longest = _BARS - 0.8
    for level, number in enumerate(sums):
        if number:
            end = left + max(0.01, longest * number / max(sums))
            axes.fill(
                [left, end, end, left], [level - 0.2, level - 0.2, level + 0.2, level + 0.2], color=SERIES[1], lw=0
            )
            axes.say(end + 0.05, level, count(number), colour=SOFT, va="center")
