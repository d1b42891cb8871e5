"""Columns of times: coverage, regularity, gaps, and how numbers run along them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from reportgen.dataset import Dataset, Kind
from reportgen.parallel import each
from reportgen.profile import seasons
from reportgen.profile.clock import DAY, HOUR, WEEK, YEAR, edges_of, iso, safe, second_of, seconds_of, steps_of
from reportgen.profile.numbers import order_of
from reportgen.profile.sample import spread
from reportgen.profile.summaries import ColumnProfile, Seasonality, TimeProfile

#: Bins of the coverage, gaps that are listed.
_MOST_BINS, _MOST_GAPS = 60, 10
#: A distance is irregular that differs from the step by more than this share, a gap is more than so many steps.
_TOLERANCE, _GAP = 0.1, 5.0
#: Up to this share of irregular distances a column counts as regular; a gap of others is so much of what they cover.
_REGULAR, _SHARE = 0.25, 0.01
#: Seconds over which the starts of all months are too many.
_LONG = 10_000 * YEAR
_UNITS = {"day": DAY, "hour": HOUR, "minute": 60, "second": 1}
#: Rows that are looked at along the time, within the cells of all columns, and columns.
_MOST_ROWS, _FEWEST_ROWS, _MOST_CELLS, _MOST_COLUMNS = 200_000, 20_000, 20_000_000, 1000


def times(series: pd.Series, ordered: np.ndarray | None = None) -> TimeProfile | None:
    """A column of datetime64 (n,) with NaT for gaps; None where it has no value.

    Args:
        ordered: its values without the gaps, rising, where these are known.
    """
    stamps = series.to_numpy()
    stamps = stamps[~np.isnat(stamps)]
    if len(stamps) == 0:
        return None
    order = order_of(stamps).removeprefix("strictly ")
    ordered = safe(np.sort(stamps.view(np.int64)).view(stamps.dtype) if ordered is None else ordered)
    new = ordered[1:] != ordered[:-1]
    different = ordered[np.concatenate(([True], new))]
    step, irregular, gaps = _steps(different)
    unit = _unit(different)
    fine = unit == "subsecond"
    edges = edges_of(ordered[0], ordered[-1], _MOST_BINS, _narrowest(unit, step, irregular))
    return TimeProfile(
        first=iso(ordered[0], fine),
        last=iso(ordered[-1], fine),
        unit=unit,
        step=step,
        irregular=irregular,
        gaps=tuple((iso(different[at], fine), iso(different[at + 1], fine), size) for at, size in gaps[:_MOST_GAPS]),
        n_gaps=len(gaps),
        edges=tuple(seconds_of(edges).tolist()),
        coverage=_coverage(ordered, edges),
        **_cycles(ordered, unit),
        order=order,
        ties=len(ordered) - len(different),
    )


def time_column(dataset: Dataset, columns: Sequence[ColumnProfile]) -> str | None:
    """The table's time: the column of times that orders it best.

    Columns by which the rows are sorted come first, then those with the largest share of rows that have a time of
    their own, then those that reach farthest; None where no column has two different times.
    """
    found = [column for column in columns if column.time is not None and column.distinct > 1 and not column.is_target]
    if not found:
        return None

    def merit(column: ColumnProfile) -> tuple[bool, float, float]:
        assert column.time is not None
        own = column.distinct / max(1, dataset.n_rows)
        return bool(column.time.order), round(own, 3), column.time.edges[-1] - column.time.edges[0]

    return max(found, key=merit).name


def seasonality(dataset: Dataset, time: str, columns: Sequence[ColumnProfile]) -> Mapping[str, Seasonality]:
    """How numeric columns that are not sensitive run along the column `time`, by the name of the column.

    From 200,000 rows at most, evenly spread, of many columns from fewer.
    """
    by = next(column for column in columns if column.name == time)
    names = [column.name for column in columns if column.kind is Kind.NUMERIC and not column.sensitive]
    names = names[:_MOST_COLUMNS]
    if by.time is None or by.time.step is None or not names:
        return {}
    rows = spread(dataset.n_rows, min(_MOST_ROWS, max(_FEWEST_ROWS, _MOST_CELLS // len(names))))
    stamps = safe(dataset.frame[time].to_numpy()[rows])
    rows, stamps = rows[~np.isnat(stamps)], stamps[~np.isnat(stamps)]
    if len(rows) == 0:
        return {}
    along = seasons.grid(stamps, by)

    def run(name: str) -> Seasonality | None:
        series = dataset.frame[name]
        if isinstance(series.dtype, pd.StringDtype):
            return None
        return seasons.seasonality(name, pd.Series(series.array[rows]).to_numpy("float64", na_value=np.nan), along)

    found = each(run, names)
    return {season.column: season for season in found if season is not None}


def _unit(different: np.ndarray) -> str:
    for name, size in _UNITS.items():
        ticks = size * second_of(different)
        # A few tell most columns that are no whole number of it.
        if all((part.view(np.int64) % ticks == 0).all() for part in (different[:1000], different)):
            return name
    return "subsecond"


def _steps(different: np.ndarray) -> tuple[float | None, float, list[tuple[int, float]]]:
    """The median distance in seconds, the share of others, and gaps: (position before, seconds), longest first."""
    if len(different) < 2:
        return None, 0.0, []
    distances = np.diff(different).view(np.int64) / second_of(different)
    step = float(np.median(distances))
    irregular = float(np.mean(np.abs(distances - step) > _TOLERANCE * step))
    least = _GAP * step
    if irregular > _REGULAR:
        # Of n exponential distances, as random times have them, one in 128 columns has one longer than this.
        least = max(step * (math.log2(len(distances)) + 7), _SHARE * float(distances.sum()))
    long = np.flatnonzero(distances > least)
    if len(long):
        long = long[distances[long] > np.quantile(distances, 0.99)]
    long = long[np.argsort(-distances[long], kind="stable")]
    return step, irregular, [(int(at), float(distances[at])) for at in long]


def _narrowest(unit: str, step: float | None, irregular: float) -> float:
    """Seconds that a bin must have, so that no bin of regular times stays empty: about a step, or the unit."""
    size = float(_UNITS.get(unit, 0))
    return 0.9 * max(size, step if step is not None and irregular <= _REGULAR else 0.0)


def _coverage(ordered: np.ndarray, edges: np.ndarray) -> tuple[int, ...]:
    """Rows from each edge to before the next; the last edge counts too."""
    places = np.searchsorted(ordered, edges)
    places[-1] = len(ordered)
    return tuple(np.diff(places).tolist())


def _cycles(ordered: np.ndarray, unit: str) -> dict[str, tuple[int, ...]]:
    """Rows by hour, weekday and month, where the values reach over a day, a week, a year."""
    second = second_of(ordered)
    ticks = ordered.view(np.int64)
    # As Python's integers, because 8,000 years of nanoseconds overflow.
    reach = (int(ticks[-1]) - int(ticks[0])) / second
    found = {}
    if reach >= DAY and unit != "day":
        found["by_hour"] = tuple(np.bincount(ticks // (HOUR * second) % 24, minlength=24).tolist())
    if reach >= WEEK:
        # 1 January 1970 was a Thursday.
        found["by_weekday"] = tuple(np.bincount((ticks // (DAY * second) + 3) % 7, minlength=7).tolist())
    if reach >= YEAR:
        found["by_month"] = _by_month(ordered, reach)
    return found


def _by_month(ordered: np.ndarray, reach: float) -> tuple[int, ...]:
    if reach > _LONG:
        return tuple(np.bincount(ordered.astype("datetime64[M]").view(np.int64) % 12, minlength=12).tolist())
    starts = steps_of(ordered[0], ordered[-1], "M", 1)
    counts = np.diff(np.searchsorted(ordered, starts))
    months = starts[:-1].astype("datetime64[M]").view(np.int64) % 12
    return tuple(np.bincount(months, weights=counts, minlength=12).astype(int).tolist())
