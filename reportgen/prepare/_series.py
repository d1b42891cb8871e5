"""Rows in the order of time: the step from one to the next, and where a step is missing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reportgen.dataset import Dataset
from reportgen.errors import DataError
from reportgen.prepare import _times
from reportgen.text import count, duration, percent, plural, quoted, significant

_KEY = "data.forecast.time"
#: Of the distances from row to row, the share that must be one and the same for it to be the step of the series.
_REGULAR = 0.5
_SHORTEST_MONTH = np.timedelta64(28, "D")
#: Distances of fractions are equal to so many decimals of the middle one.
_DECIMALS = 6


@dataclass(frozen=True)
class Series:
    """Rows of a frame in the order of time.

    Attributes:
        rows: (n,) positions in `Dataset.frame`.
        before: (n,) how many rows stand before each without a missing step between them.
        after: (n,) how many so stand after it.
        step: the distance of two rows in words.
        breaks: places where the next row is not one step away.
    """

    rows: np.ndarray
    before: np.ndarray
    after: np.ndarray
    step: str
    breaks: int

    def places(self, rows: np.ndarray) -> np.ndarray:
        """Where in the order of time these rows of the frame stand."""
        order = np.argsort(self.rows)
        found: np.ndarray = order[np.searchsorted(self.rows, rows, sorter=order)]
        return found

    @property
    def longest(self) -> int:
        """Rows of the longest stretch without a missing step."""
        return int(self.before.max()) + 1


def in_time(dataset: Dataset, rows: np.ndarray) -> Series:
    """These rows of a forecast's table in the order of its time.

    The step is the commonest distance from a row to the next: a length of time or a difference of numbers; or whole
    months, where all times are on one day of the month or on its last. Any other distance is a break.

    Raises:
        DataError: a row has no time or that of another row, or hardly any two distances are equal.
    """
    assert dataset.task is not None
    assert dataset.task.time is not None
    name = dataset.task.time
    times = _times.moments(dataset.frame[name], _KEY)(rows)
    order = np.argsort(times, kind="stable")
    rows, times = rows[order], times[order]
    _require_distinct(rows, times, name)
    follows, step = _steps(times, name)
    before, after = _counted(follows), _counted(follows[::-1])[::-1]
    return Series(rows, before, after, step, int((~follows).sum()))


def _require_distinct(rows: np.ndarray, times: np.ndarray, name: str) -> None:
    same = np.flatnonzero(times[1:] == times[:-1])
    if not len(same):
        return
    first, second = sorted((int(rows[same[0]]) + 1, int(rows[same[0] + 1]) + 1))
    more = f", and {plural(len(same) - 1, 'more row repeats', 'more rows repeat')} a time" if len(same) > 1 else ""
    what = f"column {quoted(name)}: rows {first:,} and {second:,} have the same time{more}"
    fix = "give one row a time: one series alone, or the sum or mean of the rows of one time"
    raise DataError(what, fix, key=_KEY)


def _steps(times: np.ndarray, name: str) -> tuple[np.ndarray, str]:
    """Whether each row but the first is one step after the one before (n - 1,), and the step in words."""
    if len(times) < 2:
        return np.zeros(0, bool), "no step"
    months = _months(times)
    distances = _distances(times) if months is None else np.diff(months)
    values, members = np.unique(distances, return_counts=True)
    step = values[members.argmax()]
    follows = distances == step
    words = plural(int(step), "month") if months is not None else _words(times, step)
    if follows.mean() < _REGULAR:
        what = (
            f"column {quoted(name)}: only {percent(float(follows.mean()))} of the rows are {words} after the one before"
        )
        fix = "bring the rows onto even steps, or number them in a column and name that"
        raise DataError(what, fix, key=_KEY)
    return follows, words


def _distances(times: np.ndarray) -> np.ndarray:
    distances = np.diff(times)
    if distances.dtype.kind != "f":
        return distances
    middle = float(np.median(distances))
    return np.round(distances / middle, _DECIMALS) * middle


def _words(times: np.ndarray, step: np.generic) -> str:
    if times.dtype.kind == "M":
        return duration(float(np.array(step).astype("timedelta64[us]").astype(np.int64)) / 1e6)
    return count(int(step)) if times.dtype.kind in "iu" else significant(float(step))


def _months(times: np.ndarray) -> np.ndarray | None:
    """Months since 1970 (n,), where each time is on the same day of its month, or on its last; else None."""
    if times.dtype.kind != "M" or np.diff(times).min() < _SHORTEST_MONTH:
        return None
    months = times.astype("datetime64[M]")
    since, left = times - months.astype(times.dtype), (months + 1).astype(times.dtype) - times
    return months.astype(np.int64) if (since == since[0]).all() or (left == left[0]).all() else None


def _counted(follows: np.ndarray) -> np.ndarray:
    """For each of n rows, how many stand before it in a chain of true (n - 1,)."""
    place = np.arange(len(follows) + 1)
    starts = np.where(np.append(False, follows), 0, place)
    found: np.ndarray = place - np.maximum.accumulate(starts)
    return found
