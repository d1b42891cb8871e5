"""How numbers run along time: their means, a season, and whether they are stationary."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from reportgen.profile.clock import DAY, HOUR, MONTH, SOLAR_YEAR, WEEK, round_width, seconds_of
from reportgen.profile.summaries import ColumnProfile, Seasonality

#: Steps in which seasons are looked for, steps that are kept, and the steps that a test of stationarity needs.
_MOST_STEPS, _MOST_KEPT, _FEWEST_STEPS = 4000, 500, 30
#: Distances of a regular column that may differ from its step.
_REGULAR = 0.25
#: Steps with fewer rows than this share of the median step are left out of tests.
_THIN = 0.1
#: Cycles and means that a season must have been seen for, phases told apart, and peaks of the periodogram tried.
_FEWEST_CYCLES, _FEWEST_MEANS, _MOST_PHASES, _MOST_PEAKS = 3, 24, 24, 3
#: The probability of a season in noise, over all periods tried.
_SIGNIFICANT = 0.001
#: Of periods that explain nearly the same, as multiples of one do, the shortest is taken.
_NEARLY = 0.95
_UNIT = {"day": DAY, "hour": HOUR, "minute": 60, "second": 1, "subsecond": 0}
#: Critical values of the KPSS statistic with a constant and their levels, Kwiatkowski et al. 1992, table 1.
_KPSS = (0.347, 0.463, 0.574, 0.739)
_KPSS_LEVELS = (0.10, 0.05, 0.025, 0.01)


@dataclass(frozen=True)
class Grid:
    """Equal steps of `width` seconds: the step of each row (n,) and how many there are."""

    steps: np.ndarray
    n_steps: int
    width: float


def grid(stamps: np.ndarray, column: ColumnProfile) -> Grid:
    """At most 4,000 equal steps of time for stamps (n >= 1) of a column of times with two different ones or more.

    A regular column has one step for each time, months and years of the calendar too, where these are not too many.
    """
    assert column.time is not None
    assert column.time.step is not None
    seconds = seconds_of(stamps)
    seconds = seconds - seconds.min()
    span = float(seconds.max())
    width = _calendar(column.time.step)
    if column.time.irregular <= _REGULAR and span / width < _MOST_STEPS:
        steps = np.rint(seconds / width).astype(np.int64)
    else:
        most = max(1, min(_MOST_STEPS, column.distinct))
        width = round_width(max(span / most, _UNIT[column.time.unit]))
        steps = (seconds / width).astype(np.int64)
    return Grid(steps, int(steps.max()) + 1, width)


def seasonality(name: str, values: np.ndarray, along: Grid) -> Seasonality | None:
    """How the values (n,) of a column run along the steps; None where none is finite."""
    known = np.isfinite(values)
    if not known.any():
        return None
    scale = float(np.abs(values[known]).max()) or 1.0
    steps = along.steps[known]
    counts = np.bincount(steps, minlength=along.n_steps)
    sums = np.bincount(steps, weights=values[known] / scale, minlength=along.n_steps)
    strength, period = season(_means(sums, _thick(counts)), along.width)
    starts = np.arange(0, along.n_steps, -(-along.n_steps // _MOST_KEPT))
    sums, counts = np.add.reduceat(sums, starts), np.add.reduceat(counts, starts)
    thick = _means(sums, _thick(counts))
    kept = tuple(None if math.isnan(mean) else mean * scale for mean in _means(sums, counts).tolist())
    return Seasonality(name, kept, strength, period, p_stationary(thick[~np.isnan(thick)]))


def season(means: np.ndarray, width: float) -> tuple[float, float | None]:
    """The strength of the best season, 0 to 1, and its period in seconds; (0, None) where there is none.

    Periods tried: the highest peaks of the periodogram, twice and three times these, a day, a week and a year, seen
    for three cycles or more. One counts where an analysis of variance of its phases finds it in what an autoregression
    of order one leaves (so that neither noise nor a random walk has a season), with a probability by chance under 0.001
    over all periods tried. The strength is that of Wang, Smith and Hyndman (2006) with a moving average over one period
    as trend, means of the phases (24 at most) as season, and variances by degrees of freedom.

    Args:
        means: by step of `width` seconds (n,), NaN where there is none.
    """
    known = np.flatnonzero(~np.isnan(means))
    if len(known) < _FEWEST_MEANS:
        return 0.0, None
    rest = _detrended(known, means[known])
    if not np.abs(rest).max() > 1e-12 * np.abs(means[known]).max():
        return 0.0, None
    white = _whitened(rest)
    calendar = _calendar_periods(len(means), width)
    # Those of the calendar come first, and keep their own number of trials where they are peaks too.
    trials = {**calendar, **_peaks(known[1:], white, len(means)), **calendar}
    found = []
    for period, n_trials in trials.items():
        if _chance(known[1:], white, period) * n_trials < _SIGNIFICANT:
            found.append((_strength(means, period), period))
    best = max((strength for strength, _ in found), default=0.0)
    if best <= 0:
        return 0.0, None
    near = [one for one in found if one[0] >= _NEARLY * best]
    shortest = min(period for _, period in near)
    # Of periods that explain the same but for rounding, the first: those of the calendar, then whole ones.
    strength, period = max((one for one in near if one[1] < 1.5 * shortest), key=lambda one: round(one[0], 3))
    return strength, period * width


def kpss(values: np.ndarray, lags: int | None = None) -> float | None:
    """The KPSS statistic of values (n,) in their order, with a constant; None where they are constant.

    D. Kwiatkowski, P. Phillips, P. Schmidt, Y. Shin, Testing the null hypothesis of stationarity against the
    alternative of a unit root, J. Econometrics 54 (1992), equations 10 and 13, Bartlett's weights.

    Args:
        lags: of the long-run variance; floor(12 (n / 100)^(1/4)) where None, as Schwert (1989) has it.
    """
    n = len(values)
    if n < 2:
        return None
    away = values - values.mean()
    lags = min(n - 1, int(12 * (n / 100) ** 0.25) if lags is None else lags)
    weights = 1 - np.arange(1, lags + 1) / (lags + 1)
    products = np.array([away[lag:] @ away[: n - lag] for lag in range(lags + 1)])
    variance = (products[0] + 2 * (weights @ products[1:])) / n
    if not np.abs(away).max() > 1e-12 * np.abs(values).max() or variance <= 0:
        return None
    return float((np.cumsum(away) ** 2).sum() / (n**2 * variance))


def p_stationary(values: np.ndarray) -> float | None:
    """The p-value of the KPSS statistic, 0.01 to 0.1 as tabulated; None for fewer than 30 values or constant ones."""
    statistic = kpss(values) if len(values) >= _FEWEST_STEPS else None
    return None if statistic is None else float(np.interp(statistic, _KPSS, _KPSS_LEVELS))


def _calendar(step: float) -> float:
    """The mean length of so many months where the step is a month, a quarter, a half year or a year of some length."""
    months = round(step / MONTH)
    return float(months * MONTH) if months >= 1 and abs(step - months * MONTH) <= DAY else step


def _thick(counts: np.ndarray) -> np.ndarray:
    """Rows of each step, 0 where they are so few beside those of others that their mean is mostly noise."""
    return np.where(counts < _THIN * np.median(counts[counts > 0]), 0, counts)


def _means(sums: np.ndarray, counts: np.ndarray) -> np.ndarray:
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def _detrended(places: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Less the straight line of least squares."""
    places = places - places.mean()
    away = values - values.mean()
    found: np.ndarray = away - places * (places @ away) / (places @ places)
    return found


def _whitened(rest: np.ndarray) -> np.ndarray:
    """What each value, but for the first, adds to the share of the one before that it keeps."""
    before = rest[:-1] @ rest[:-1]
    kept = min(1.0, max(0.0, float(rest[1:] @ rest[:-1] / before))) if before > 0 else 0.0
    found: np.ndarray = rest[1:] - kept * rest[:-1]
    return found


def _peaks(places: np.ndarray, white: np.ndarray, n_steps: int) -> dict[float, int]:
    """Periods in steps of the highest peaks and their multiples, each with the number of periods it was chosen from."""
    padded = 1 << (4 * n_steps - 1).bit_length()
    signal = np.zeros(n_steps)
    signal[places] = white - white.mean()
    power = np.abs(np.fft.rfft(signal, padded)) ** 2
    lowest = -(-_FEWEST_CYCLES * padded // n_steps)
    power[:lowest] = -1.0
    found: dict[float, int] = {}
    for _ in range(_MOST_PEAKS):
        top = int(power.argmax())
        if power[top] <= 0:
            break
        power[max(0, top - 6) : top + 7] = -1.0
        for multiple in (1, 2, 3):
            period = multiple * padded / top
            nearest = max(2, round(period))
            if abs(1 / period - 1 / nearest) < 0.5 / n_steps:
                found[float(nearest)] = 3 * n_steps
            found[period] = 3 * n_steps
    return {period: trials for period, trials in found.items() if period <= n_steps / _FEWEST_CYCLES}


def _calendar_periods(n_steps: int, width: float) -> dict[float, int]:
    periods = (length / width for length in (DAY, WEEK, SOLAR_YEAR))
    return {period: 3 for period in periods if 2 <= period <= n_steps / _FEWEST_CYCLES}


def _phases(places: np.ndarray, period: float) -> tuple[np.ndarray, int]:
    n_phases = min(_MOST_PHASES, int(period))
    # Rounding must not put the first step of a phase into the one before.
    phases = ((places % period) / period * n_phases + 1e-9).astype(np.int64)
    return np.minimum(phases, n_phases - 1), n_phases


def _between(phases: np.ndarray, n_phases: int, values: np.ndarray) -> tuple[float, float, int]:
    """Sum of squares between the phases and in all, and the phases that have values."""
    away = values - values.mean()
    members = np.bincount(phases, minlength=n_phases)
    sums = np.bincount(phases, weights=away, minlength=n_phases)
    seen = members > 0
    return float((sums[seen] ** 2 / members[seen]).sum()), float(away @ away), int(seen.sum())


def _chance(places: np.ndarray, white: np.ndarray, period: float) -> float:
    """The probability of so large differences between phases in noise: the F test of an analysis of variance."""
    between, total, groups = _between(*_phases(places, period), white)
    others = len(white) - groups
    if groups < 2 or others < 1 or total <= 0:
        return 1.0
    within = max(total - between, 1e-12 * total)
    return float(special.fdtrc(groups - 1, others, between / (groups - 1) / (within / others)))


def _strength(means: np.ndarray, period: float) -> float:
    """1 - var(rest) / var(season + rest) beside a moving average over one period."""
    trend = _moving_average(means, max(2, round(period)))
    rest = means - trend
    places = np.flatnonzero(~np.isnan(rest))
    if len(places) < 2:
        return 0.0
    between, total, groups = _between(*_phases(places, period), rest[places])
    if len(places) <= groups or total <= 0:
        return 0.0
    unexplained = (total - between) / (len(places) - groups) / (total / (len(places) - 1))
    return min(1.0, max(0.0, 1 - unexplained))


def _moving_average(means: np.ndarray, length: int) -> np.ndarray:
    """Centred, over `length` steps, the outermost two by half where that is even; NaN where it would reach out."""
    half, known = length // 2, ~np.isnan(means)
    if len(means) <= 2 * half:
        return np.full(len(means), np.nan)
    found = []
    for values in (np.where(known, means, 0.0), known.astype(float)):
        total = np.concatenate(([0.0], np.cumsum(values)))
        window = total[2 * half + 1 :] - total[: -2 * half - 1]
        if length % 2 == 0:
            window = window - (values[2 * half :] + values[: len(values) - 2 * half]) / 2
        found.append(window)
    trend = np.full(len(means), np.nan)
    enough = found[1] > 0
    trend[half : len(means) - half][enough] = found[0][enough] / found[1][enough]
    return trend
