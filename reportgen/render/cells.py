"""What stands in a table's cell, the same in every output: numbers as text, and the geometry of the small drawings."""

from __future__ import annotations

import math
from dataclasses import dataclass

from reportgen.document import Bars, Cell, Chart, Interval, Table, TableColumn
from reportgen.text import count, fixed, percent, significant

MISSING = "–"
BIN = 5  # width of one bar of a sparkline with its gap, in its own units
HEIGHT = 24  # of a sparkline
_LEVELS = "▁▂▃▄▅▆▇█"
_LARGE = 1e15
LONG = 200  # rows of a table


def shown(value: Cell, column: TableColumn) -> str:
    """A cell as text. None and not-a-number are `–`, a negative number has a minus sign, not a hyphen."""
    if isinstance(value, Interval):
        return span(value, column.digits)
    if isinstance(value, Bars):
        return sparkline(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number(value, column.format, column.digits)
    return MISSING if value is None else str(value)


def number(value: float | None, how: str = "significant", digits: int = 3) -> str:
    """A number in one of the formats of `TableColumn`; `percent` has `digits` - 2 decimals: three give `12.3 %`."""
    if value is None or not math.isfinite(value):
        return MISSING
    if how in ("text", "code", "integer") and isinstance(value, int):
        return count(value)
    if abs(value) >= _LARGE:  # No format is worth three hundred digits.
        return significant(value, max(1, digits))
    if how == "integer":
        return fixed(value, 0)
    if how == "share" and value == 0:
        return "0"
    if how in ("percent", "share"):
        return percent(value, max(0, digits - 2))
    if how in ("fixed", "interval"):
        return fixed(value, digits)
    return significant(value, max(1, digits) if how == "significant" else 6)


def brief(value: float | None, digits: int = 3) -> str:
    """A lone number: so many significant digits and no zeros for show; `0.05`, `21`, `1,204`."""
    if value is None or not math.isfinite(value):
        return MISSING
    if value == int(value) and abs(value) < _LARGE:
        return count(int(value))
    text = significant(value, digits)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def span(interval: Interval, digits: int) -> str:
    """`0.956 to 1.000`."""
    return f"{number(interval.low, 'fixed', digits)} to {number(interval.high, 'fixed', digits)}"


@dataclass(frozen=True, slots=True)
class Marks:
    """Where an interval's parts lie on its axis, from 0 to 100. The band is cut at the ends of the axis."""

    left: float
    width: float
    value: float
    reference: float | None


def marks(interval: Interval, scale: tuple[float, float]) -> Marks | None:
    """The geometry of an interval on a column's axis; None where its value lies outside the axis."""
    low, high = scale
    numbers = (low, high, interval.low, interval.high, interval.value)
    if not all(map(math.isfinite, numbers)) or not low < high or not low <= interval.value <= high:
        return None

    def place(value: float) -> float:
        return round(100 * (min(max(value, low), high) - low) / (high - low), 1)

    left = place(interval.low)
    other = interval.reference
    reference = place(other) if other is not None and low <= other <= high else None
    return Marks(left, round(place(interval.high) - left, 1), place(interval.value), reference)


def printed(table: Table) -> tuple[tuple[Cell, ...], ...]:
    """The rows of a table where none can be folded away or sorted: all, or the first hundred of more than 200."""
    return table.rows if len(table.rows) <= LONG else table.rows[: LONG // 2]


def axis(table: Table, index: int) -> tuple[float, float]:
    """The ends of the axis of an interval column: its own scale, or the reach of its cells."""
    scale = table.columns[index].scale
    if scale is not None:
        return scale
    cells = [row[index] for row in table.rows if index < len(row)]
    ends = [end for cell in cells if isinstance(cell, Interval) for end in (cell.low, cell.high)]
    return (min(ends), max(ends)) if ends else (0.0, 1.0)


def bars(cell: Bars) -> tuple[str, ...]:
    """One SVG path a series, stacked, in a box of `BIN` x n_bins by `HEIGHT`. What was counted is at least 1 high."""
    totals = _totals(cell)
    tallest = max(totals, default=0) or 1
    counted, floors = [0] * len(totals), [0] * len(totals)
    paths = []
    for series in cell.series:
        pieces = []
        for at, size in enumerate(series):
            if size <= 0:
                continue
            counted[at] += size
            floor, top = floors[at], max(floors[at] + 1, round(HEIGHT * counted[at] / tallest))
            pieces.append(f"M{BIN * at} {HEIGHT - floor}v-{top - floor}h{BIN - 1}v{top - floor}z")
            floors[at] = top
        paths.append("".join(pieces))
    return tuple(paths)


def bar(value: Cell) -> float:
    """The length of a share's bar, 0 to 100; what is there at all is at least 1 long."""
    known = isinstance(value, (int, float)) and math.isfinite(value) and value > 0
    return max(1.0, round(100 * min(float(value), 1.0), 1)) if known else 0.0  # type: ignore[arg-type]


def width(cell: Bars) -> int:
    """The width of the box in which `bars` draws."""
    return max(1, BIN * len(_totals(cell)) - 1)


def sparkline(cell: Bars) -> str:
    """The stacked counts as block characters, `▁▃█▂`; an empty bin is the lowest."""
    totals = _totals(cell)
    tallest = max(totals, default=0) or 1
    return "".join(_LEVELS[math.ceil(7 * max(size, 0) / tallest)] for size in totals)


def spoken(cell: Bars) -> str:
    """A sparkline for who cannot see it."""
    totals = _totals(cell)
    if not any(totals):
        return "no values"
    return f"highest in bin {totals.index(max(totals)) + 1} of {len(totals)}"


def _totals(cell: Bars) -> list[int]:
    width = max((len(series) for series in cell.series), default=0)
    return [sum(series[at] for series in cell.series if at < len(series)) for at in range(width)]


# Charts.


def rows(chart: Chart) -> list[tuple[str, int, tuple[tuple[float, float], ...]]]:
    """Label, count and the stacked bars as (start, length) of each series, in percent of the longest row."""
    totals = _totals(Bars(chart.series))
    longest = max(totals, default=0) or 1
    found = []
    for at, (label, total) in enumerate(zip(chart.labels, totals, strict=False)):
        pieces, start = [], 0
        for series in chart.series:
            size = max(series[at], 0) if at < len(series) else 0
            pieces.append((round(100 * start / longest, 1), round(100 * size / longest, 1)))
            start += size
        found.append((label, total, tuple(pieces)))
    return found


def as_bars(chart: Chart) -> Bars:
    return Bars(chart.series)


def told(chart: Chart) -> str:
    """A chart for who cannot see it: the counts by name, or where on the axis they are highest."""
    if chart.form != "axis":
        totals = _totals(Bars(chart.series))
        return ", ".join(f"{label} {count(total)}" for label, total in zip(chart.labels, totals, strict=False))
    ends = f" from {chart.labels[0]} to {chart.labels[-1]}" if chart.labels else ""
    return f"{f'{chart.title}{ends}'.strip()}: {spoken(Bars(chart.series))}"
