"""The small charts of a column: its distribution, its levels, how it goes round with the clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from reportgen.dataset import Kind
from reportgen.document import Chart
from reportgen.profile import ColumnProfile, Histogram, Level
from reportgen.sections._words import moment, number, trimmed
from reportgen.text import shorten

_COMMON = 0.05  # share of the rows from which the commonest number is worth a look
#: Classes up to which their colours can be told apart, and named in a legend.
MOST_SERIES = 6
_MOST_NUMBERS = 5  # of the commonest: the histogram above shows the others
_UNEVEN = 0.2  # share of the mean by which a part of a cycle must differ for the cycle to be worth a look
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def charts(column: ColumnProfile) -> Iterator[Chart]:
    """The distribution first, then what only some kinds have; nothing of a sensitive column."""
    if column.sensitive:
        return
    if column.histogram is not None:
        yield _histogram("", column.histogram, column)
    if column.levels:
        yield _rows("", column.levels, column.count)
    often = column.frequent and column.frequent[0].count >= _COMMON * column.count
    if often and not column.levels and not _has_a_bin_each(column.histogram):
        yield _rows("Commonest values", column.frequent[:_MOST_NUMBERS], column.count)
    if (time := column.time) is not None:
        cycles = {"By weekday": (_DAYS, time.by_weekday), "By month": (_MONTHS, time.by_month)}
        cycles["By hour"] = (tuple(map(str, range(24))), time.by_hour)
        uneven = {title: cycle for title, cycle in cycles.items() if _uneven(cycle[1])}
        yield from (Chart(title, (counts,), names, "columns") for title, (names, counts) in uneven.items())
    if (text := column.text) is not None:
        for title, shape in (("Characters in a value", text.lengths), ("Words in a value", text.word_counts)):
            if shape is not None and len(shape.edges) > 2:
                yield _histogram(title, shape, None)
        if text.terms:
            yield _rows("Words in the most rows", text.terms, text.sampled or column.count)
    if (images := column.images) is not None:
        if images.brightness is not None:
            yield _histogram("Brightness, 0 black to 255 white", images.brightness, None)
        sizes = [Level(f"{width} × {height} × {depth}", members) for height, width, depth, members in images.sizes]
        yield _rows("Sizes: width, height, channels", sizes, images.readable)


def _uneven(counts: Sequence[int]) -> bool:
    """Whether some hour, weekday or month holds clearly more or fewer rows than the mean one."""
    mean = sum(counts) / max(len(counts), 1)
    return any(abs(number - mean) > _UNEVEN * mean for number in counts)


def _histogram(title: str, shape: Histogram, column: ColumnProfile | None) -> Chart:
    low, high = shape.edges[0], shape.edges[-1]
    if column is not None and column.kind is Kind.DATETIME:
        ends = (_date(low), _date(high))
    else:
        half = 0.5 if _has_a_bin_each(shape) else 0.0
        ends = (trimmed(low + half), trimmed(high - half))
    return Chart(title, _series([tuple(map(int, counts)) for counts in shape.counts]), ends)


def _has_a_bin_each(shape: Histogram | None) -> bool:
    """Whether each whole number has a bin of its own: the edges lie half a step beside them then."""
    return (
        shape is not None
        and len(shape.edges) > 1
        and shape.edges[1] - shape.edges[0] == 1
        and shape.edges[0] % 1 == 0.5
    )


def _series(counts: Sequence[tuple[int, ...]]) -> tuple[tuple[int, ...], ...]:
    """Rows by class and bin; of all classes together where those are too many to be told apart."""
    return tuple(counts) if len(counts) <= MOST_SERIES else (tuple(map(sum, zip(*counts, strict=True))),)


def _date(seconds: float) -> str:
    try:
        found = datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds)
    except OverflowError:
        return number(seconds)
    return moment(found.replace(tzinfo=None).isoformat(timespec="minutes"))


def _rows(title: str, levels: Sequence[Level], total: int) -> Chart:
    parts = {len(level.by_class) for level in levels}
    split = len(parts) == 1 and all(sum(level.by_class) == level.count for level in levels)
    n_series = parts.pop() if split else 0
    series = tuple(tuple(level.by_class[at] for level in levels) for at in range(n_series))
    names = tuple(shorten(level.name, 40) for level in levels)
    return Chart(title, _series(series) or (tuple(level.count for level in levels),), names, "rows", total)
