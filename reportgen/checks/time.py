"""Checks of time: whether the rows are a series, complete and in order, and how numbers run along it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.checks import Verdict, check, failed, passed
from reportgen.checks._table import ENOUGH_ROWS, exceeding, profiled, share
from reportgen.checks._words import named, several
from reportgen.dataset import Kind
from reportgen.errors import NotApplicable
from reportgen.results import Run
from reportgen.text import duration, every, fixed, one_line, percent

if TYPE_CHECKING:
    from reportgen.profile.summaries import ColumnProfile, Seasonality, TimeProfile

#: A share of steps of other lengths up to which the times are said to keep a step, and from which they keep none.
KEEPS_STEP, KEEPS_NONE = 0.25, 0.5
#: Rows out of order, of neighbours, up to which a table is in order but for them.
NEARLY_IN_ORDER = 0.1
#: Equal parts of the time whose means are compared, and steps needed for it.
_PARTS, _ENOUGH_STEPS = 5, 30
_KPSS = 0.01


def _table_time(run: Run) -> tuple[ColumnProfile, TimeProfile]:
    """The column of times that orders the table; where there is none, one that keeps a step."""
    profile = profiled(run)
    columns = [one for one in profile.columns if one.kind is Kind.DATETIME and one.time is not None]
    if not columns:
        raise NotApplicable("there is no column of times")
    columns = [one for one in columns if one.distinct >= ENOUGH_ROWS]
    chosen = [one for one in columns if one.name == profile.time_column] or [one for one in columns if _keeps_step(one)]
    if not chosen or chosen[0].time is None:
        raise NotApplicable("no column of times orders the rows")
    return chosen[0], chosen[0].time


def _is_series(column: ColumnProfile) -> bool:
    """Whether each time has its row, or each as many rows as the others: else the times are dates of events."""
    return column.most_frequent * column.distinct <= 1.1 * column.count


def _keeps_step(column: ColumnProfile) -> bool:
    return column.time is not None and _is_series(column) and column.time.irregular <= KEEPS_STEP


def _series(run: Run) -> tuple[ColumnProfile, TimeProfile]:
    column, time = _table_time(run)
    if not _is_series(column):
        raise NotApplicable(f"the times of {one_line(column.name, 40)} have different numbers of rows, as events do")
    return column, time


@check(
    group="time",
    severity="notice",
    threshold=0,
    unit="gaps of more than five steps",
    title="Gaps in time",
    meaning="Where a series stops and goes on later, differences and rolling means reach across the hole.",
    remedy="Fill the gap with missing rows, or treat the parts as series of their own.",
    rank=74,
)
def time_gaps(run: Run, threshold: float) -> Verdict:
    """Distances of more than five steps in a series that keeps a step."""
    column, time = _series(run)
    if time.irregular > KEEPS_STEP:
        raise NotApplicable(f"the times of {one_line(column.name, 40)} keep no step")
    if time.n_gaps <= threshold:
        return passed(f"The times of {named([column.name])} have no gap", time.n_gaps)
    title = several(time.n_gaps, "gap in time", "gaps in time")
    step = f", where a step is {duration(time.step)}" if time.step else ""
    detail = ""
    if time.gaps and not column.sensitive:
        first, last, seconds = time.gaps[0]
        detail = f"The longest in {named([column.name])} is {duration(seconds)}, from {first} to {last}{step}."
    return failed(title, time.n_gaps, detail, (column.name,))


@check(
    group="time",
    severity="notice",
    threshold=0.05,
    unit="share of the steps with another length",
    title="Irregular intervals",
    meaning="A lag of one row is not always the same time: differences and rolling means are not comparable.",
    remedy="Bring the series to equal steps, or use the time between rows as a feature.",
    rank=75,
)
def irregular_intervals(run: Run, threshold: float) -> Verdict:
    """A series whose steps are mostly of one length, but not all; events that keep no step do not count."""
    column, time = _series(run)
    name = named([column.name])
    if time.irregular > KEEPS_NONE:
        raise NotApplicable(f"the times of {name} keep no step")
    if any(time.by_weekday) and not all(time.by_weekday):
        raise NotApplicable(f"{name} leaves out days of the week, as business days do")
    if time.irregular <= threshold:
        return passed(f"The times of {name} keep their step", time.irregular)
    usual = f" of {duration(time.step)}" if time.step and not column.sensitive else ""
    detail = f"In {name} {percent(time.irregular)} of the steps differ from the usual one{usual}."
    return failed("The intervals between the times differ", time.irregular, detail, (column.name,))


@check(
    group="time",
    severity="notice",
    threshold=0,
    unit="share of the rows before their predecessor",
    title="Order of rows",
    meaning="A series whose rows are not in the order of time gives wrong lags, and a wrong split by position.",
    remedy="Sort the file by its time.",
    rank=68,
)
def unordered_rows(run: Run, threshold: float) -> Verdict:
    """Rows out of order, in a table that is nearly in order or whose times keep a step."""
    column, time = _table_time(run)
    name = named([column.name])
    if time.order:
        return passed(f"The rows are in the order of {name}", 0.0)
    assert run.dataset is not None
    back = _backwards(run.dataset.frame[column.name].dropna().to_numpy().view(np.int64))
    if back > NEARLY_IN_ORDER and not _keeps_step(column):
        raise NotApplicable(f"the rows have no order in {name}, nor do its times keep a step")
    if back <= threshold:
        return passed(f"The rows are in the order of {name}", back)
    detail = f"{percent(back)} of them come before their predecessor in {name}."
    return failed("The rows are not in the order of time", back, detail, (column.name,))


def _backwards(times: np.ndarray) -> float:
    """The share of neighbours in the rarer of the two directions."""
    steps = np.diff(times)
    down, up = int((steps < 0).sum()), int((steps > 0).sum())
    return share(min(down, up), down + up)


def _seasons(run: Run) -> list[Seasonality]:
    column, time = _table_time(run)
    if not time.order and not _keeps_step(column):
        raise NotApplicable(f"the rows have no order in {named([column.name])}, nor do its times keep a step")
    found = [one.season for one in profiled(run).columns if one.season is not None and not one.sensitive]
    long = [season for season in found if sum(mean is not None for mean in season.means) >= _ENOUGH_STEPS]
    if not long:
        raise NotApplicable(f"no number has values in {_ENOUGH_STEPS} steps of time")
    return long


@check(
    group="time",
    severity="notice",
    threshold=0.3,
    unit="share of the variance between the parts of the time",
    title="Stationarity",
    meaning="The level moves with time: what held early does not hold late, and a random split hides it.",
    remedy="Set split: {by: time}; use differences, or the time as a feature.",
    rank=36,
)
def not_stationary(run: Run, threshold: float) -> Verdict:
    """Numbers whose level differs between fifths of the time, where the KPSS test rejects stationarity at 1 %."""
    tested = [one for one in _seasons(run) if one.p_stationary is not None]
    if not tested:
        raise NotApplicable("no number has steps of time enough to test")
    moved = [(_between(one) if (one.p_stationary or 0.0) <= _KPSS else 0.0, one.column) for one in tested]
    words = ("column is not stationary", "columns are not stationary", "No number changes its level along the time")
    return exceeding(moved, threshold, words, fixed)


def _between(season: Seasonality) -> float:
    """The share of the variance that lies between five parts of the time, less what chance puts there (eps²).

    Kelley's epsilon squared (1935): 1 - (1 - eta²) (n - 1) / (n - k).
    """
    parts = np.array_split(np.array(season.means, dtype=float), _PARTS)
    values = np.concatenate(parts)
    known = np.isfinite(values)
    groups = np.repeat(np.arange(_PARTS), [len(part) for part in parts])[known]
    values = values[known]
    if len(values) <= _PARTS:
        return 0.0
    whole = float(((values - values.mean()) ** 2).sum())
    if whole == 0 or not np.isfinite(whole):
        return 0.0
    within = sum(float(((part - part.mean()) ** 2).sum()) for g in range(_PARTS) if len(part := values[groups == g]))
    return max(0.0, 1 - within / whole * (len(values) - 1) / (len(values) - _PARTS))


@check(
    group="time",
    severity="notice",
    threshold=0.64,
    unit="strength of the season, 0 to 1",
    title="Seasons",
    meaning="The number repeats itself: without the time as a feature a model cannot know where in the season it is.",
    remedy="Keep the column of times, so that its parts become features; compare with the seasonal naive forecast.",
    rank=86,
)
def seasonal(run: Run, threshold: float) -> Verdict:
    """Numbers that a period explains beside the trend: 0.64 is what forecasting takes for strongly seasonal."""
    seasons = _seasons(run)
    periods = {one.column: one.period for one in seasons if one.period}
    words = ("column is seasonal", "columns are seasonal", "No number is strongly seasonal")
    verdict = exceeding([(one.strength, one.column) for one in seasons], threshold, words, fixed)
    period = periods.get(verdict.subjects[0]) if verdict.failed else None
    if period is None:
        return verdict
    return failed(
        verdict.title,
        verdict.value,
        f"{verdict.detail} {'It' if len(verdict.subjects) == 1 else 'The first'} repeats {every(period)}.",
        verdict.subjects,
    )
