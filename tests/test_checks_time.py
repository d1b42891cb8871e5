"""Checks of time: what is a series, what is an event, and what runs along them."""

from __future__ import annotations

import numpy as np
import pytest

from reportgen import registry
from reportgen.checks.time import _between
from reportgen.dataset import Kind
from reportgen.errors import NotApplicable
from reportgen.profile.summaries import Seasonality
from reportgen.results import Run
from tests.check_defects import DAYS, DEFECTS, N, along_time, times
from tests.check_runs import clean_run, column

RNG = np.random.default_rng(8)
EVENTS = np.datetime64("2020-01-01T00:00:00") + np.cumsum(RNG.exponential(3600, N)).astype("timedelta64[s]")
BUSINESS_DAYS = np.busday_offset(np.datetime64("2020-01-01"), np.arange(N), roll="forward")
MONTHS = (np.datetime64("1900-01") + np.arange(N)).astype("datetime64[D]")


@pytest.fixture(scope="module")
def clean() -> Run:
    return clean_run()


def silent(run: Run, name: str) -> bool:
    try:
        return not registry.load("checks", name)(run).failed
    except NotApplicable:
        return True


@pytest.mark.parametrize("name", ["time_gaps", "irregular_intervals", "unordered_rows"])
@pytest.mark.parametrize("values", [DAYS, DAYS[::-1], EVENTS, BUSINESS_DAYS, MONTHS, RNG.permutation(EVENTS)])
def test_regular_times_and_events_are_no_defect(name: str, values: np.ndarray, clean: Run) -> None:
    assert silent(times(values)(clean), name)


def test_dates_of_birth_are_no_series(clean: Run) -> None:
    born = (np.datetime64("1960-01-01") + RNG.integers(0, 9000, N)).astype("datetime64[us]")
    run = column("born", born, Kind.DATETIME)(clean)
    for name in ("time_gaps", "irregular_intervals", "unordered_rows", "not_stationary", "seasonal"):
        assert silent(run, name)


def test_many_rows_a_day_with_days_missing_by_chance_are_no_gaps(clean: Run) -> None:
    visits = np.datetime64("2020-01-01") + np.sort(RNG.integers(0, 600, N))
    for name in ("time_gaps", "irregular_intervals"):
        assert silent(times(visits)(clean), name)


def test_a_gap_is_told_with_its_ends(clean: Run) -> None:
    values = DAYS + np.where(np.arange(N) >= 700, 20, 0)
    verdict = registry.load("checks", "time_gaps")(times(values)(clean))
    assert (verdict.title, verdict.value) == ("One gap in time", 1)
    assert verdict.detail == "The longest in at is 21 days, from 2021-11-30 to 2021-12-21, where a step is 1 day."


def test_a_few_rows_out_of_order_are_counted(clean: Run) -> None:
    values = DAYS.copy()
    values[[100, 101]] = values[[101, 100]]
    verdict = registry.load("checks", "unordered_rows")(times(values)(clean))
    assert verdict.value == pytest.approx(1 / (N - 1))


def test_noise_has_neither_trend_nor_season(clean: Run) -> None:
    run = along_time("noise", RNG.normal(size=N))(clean)
    assert silent(run, "not_stationary")
    assert silent(run, "seasonal")


def test_a_season_is_told_with_its_period(clean: Run) -> None:
    verdict = registry.load("checks", "seasonal")(DEFECTS["seasonal"](clean))
    assert verdict.subjects == ("demand",)
    assert verdict.detail.endswith("It repeats every 7 days.")


def test_the_variance_between_fifths_of_time() -> None:
    """Ten values in fifths of two: means 0, 1, 2, 3, 4, each value half a unit from its mean."""
    means = tuple(float(level + way) for level in range(5) for way in (-0.5, 0.5))
    within, whole = 10 * 0.25, 10 * 0.25 + 2 * (4 + 1 + 0 + 1 + 4)
    season = Seasonality("x", means, 0.0, None, 0.01)
    assert _between(season) == pytest.approx(1 - within / whole * 9 / 5)


@pytest.mark.parametrize("means", [(None,) * 40, (1.0,) * 40, (1e308, -1e308) * 20, (0.0, None) * 20])
def test_odd_means_have_no_variance_between(means: tuple[float | None, ...]) -> None:
    with np.errstate(all="ignore"):
        assert 0 <= _between(Seasonality("x", means, 0.0, None, 0.01)) <= 1
