"""The key figures of a column, in the order in which one asks for them."""

from __future__ import annotations

import math
from collections.abc import Iterator

from reportgen.dataset import Kind
from reportgen.document import KeyFigure, KeyFigures
from reportgen.profile import ColumnProfile
from reportgen.sections._words import number, share
from reportgen.text import count, duration, fixed, percent, plural, significant


def facts(column: ColumnProfile) -> Iterator[KeyFigure]:
    """What stands beside the distribution."""
    if column.mean is not None and not column.sensitive:
        yield from _quantiles(column)
        return
    yield from _counts(column)
    if not column.sensitive:
        yield from _own(column)
    yield from _memory(column)


def _own(column: ColumnProfile) -> Iterator[KeyFigure]:
    """What only columns of this kind have."""
    if column.kind is Kind.DATETIME and column.min is not None:
        yield from _times(column)
    elif column.text is not None:
        yield from _texts(column)
    elif column.images is not None:
        yield from _images(column)
    elif column.levels:
        yield from _levels(column)


def moments(column: ColumnProfile) -> Iterator[KeyFigures]:
    """What stands below, of numbers."""
    if column.mean is not None and not column.sensitive:
        yield KeyFigures((*_counts(column), *_numbers(column), *_memory(column)))


def _counts(column: ColumnProfile) -> Iterator[KeyFigure]:
    yield _counted("values", column.count, 0)
    yield _counted("missing", column.missing, column.count + column.missing)
    if column.levels:
        yield KeyFigure("distinct", count(column.distinct))
        return
    yield _counted("distinct", column.distinct, column.count)
    if column.most_frequent > 1:
        found = _counted("most frequent value", column.most_frequent, column.count)
        named = column.frequent and not column.sensitive and column.frequent[0].count == column.most_frequent
        how_often = f"{found.value} rows, {found.note}" if found.note else f"{found.value} rows"
        yield KeyFigure(found.label, column.frequent[0].name, how_often) if named else found


def _memory(column: ColumnProfile) -> Iterator[KeyFigure]:
    if column.memory:
        yield KeyFigure("memory", _bytes(column.memory))


def _counted(label: str, part: int, whole: int) -> KeyFigure:
    return KeyFigure(label, count(part), share(part, whole) if part and part != whole else "")


def _quantiles(column: ColumnProfile) -> Iterator[KeyFigure]:
    ends = {
        "minimum": column.min,
        "5 %": column.p05,
        "25 %": column.q25,
        "median": column.median,
        "75 %": column.q75,
        "95 %": column.p95,
        "maximum": column.max,
    }
    yield from (KeyFigure(label, number(value, 4)) for label, value in ends.items() if value is not None)


def _numbers(column: ColumnProfile) -> Iterator[KeyFigure]:
    mean, std = column.mean, column.std
    if isinstance(column.q25, float) and isinstance(column.q75, float):
        yield KeyFigure("interquartile range", significant(column.q75 - column.q25))
    yield KeyFigure("mean", significant(mean, 4))
    yield KeyFigure("standard deviation", significant(std))
    if mean and std is not None and math.isfinite(std / mean):
        yield KeyFigure("sd / mean", significant(std / abs(mean)))
    moments = {
        "median abs. deviation": column.mad,
        "skewness": column.skewness,
        "excess kurtosis": column.kurtosis,
    }
    yield from (KeyFigure(label, significant(value)) for label, value in moments.items() if value is not None)
    yield _counted("zeros", column.zeros, column.count)
    yield _counted("negative", column.negative, column.count)
    if column.infinite:
        yield _counted("infinite", column.infinite, column.count)
    yield _counted("outliers (1.5 IQR)", column.outliers, column.count)


def _times(column: ColumnProfile) -> Iterator[KeyFigure]:
    ends = {"first": column.min, "median": column.median, "last": column.max}
    yield from (KeyFigure(label, number(value)) for label, value in ends.items() if value is not None)
    if (time := column.time) is not None:
        yield KeyFigure("whole", f"{time.unit}s" if not time.unit.startswith("sub") else "parts of a second")
        if time.step is not None:
            yield KeyFigure("median step", duration(time.step))
            yield KeyFigure("irregular steps", percent(time.irregular) if time.irregular else "none")
        yield KeyFigure("gaps", count(time.n_gaps))
        yield _counted("repeated times", time.ties, column.count)


def _texts(column: ColumnProfile) -> Iterator[KeyFigure]:
    text = column.text
    assert text is not None
    yield KeyFigure("shortest", plural(text.shortest, "character"))
    yield KeyFigure("median", f"{number(text.median)} characters")
    yield KeyFigure("longest", plural(text.longest, "character"))
    yield KeyFigure("words in a value", significant(text.mean_words), "on average")
    if text.distinct_terms:
        yield KeyFigure("distinct words", count(text.distinct_terms))
    if text.empty:
        yield _counted("blank", text.empty, column.count)


def _images(column: ColumnProfile) -> Iterator[KeyFigure]:
    images = column.images
    assert images is not None
    yield _counted("readable", images.readable, column.count)
    yield KeyFigure("sizes", count(images.n_sizes))
    yield KeyFigure("smallest", f"{images.smallest[1]} × {images.smallest[0]}")
    yield KeyFigure("largest", f"{images.largest[1]} × {images.largest[0]}")
    yield from (KeyFigure(plural(number, "channel"), count(members)) for number, members in images.channels.items())


def _levels(column: ColumnProfile) -> Iterator[KeyFigure]:
    if column.entropy is not None:
        yield KeyFigure("evenness (entropy)", fixed(column.entropy, 2))
    if column.rare_levels:
        yield KeyFigure("rare levels (under 1 %)", count(column.rare_levels), plural(column.rare_rows, "row"))


def _bytes(size: int) -> str:
    for unit, power in (("GB", 9), ("MB", 6), ("kB", 3)):
        if size >= 10**power:
            return f"{significant(size / 10**power)} {unit}"
    return f"{size} bytes"
