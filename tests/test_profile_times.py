"""Columns of times and numbers along them, against values computed by hand, by pandas or by brute force."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import dataset

from reportgen.dataset import Kind
from reportgen.profile import Profile, profile
from reportgen.profile.clock import edges_of, round_width
from reportgen.profile.seasons import kpss, p_stationary, season
from reportgen.profile.summaries import TimeProfile
from reportgen.profile.times import times

DAY = 86_400.0


def of(*texts: str | None, unit: str = "s") -> TimeProfile:
    found = times(pd.Series(np.array([text or "NaT" for text in texts], f"datetime64[{unit}]")))
    assert found is not None
    return found


def regular(start: str, periods: int, freq: str) -> TimeProfile:
    found = times(pd.Series(pd.date_range(start, periods=periods, freq=freq)))
    assert found is not None
    return found


class TestTimes:
    def test_days_by_hand(self) -> None:
        found = of("2024-03-01", "2024-03-02", None, "2024-03-02", "2024-03-03", "2024-03-04")

        assert (found.first, found.last, found.unit) == ("2024-03-01", "2024-03-04", "day")
        assert (found.step, found.irregular, found.ties, found.order) == (DAY, 0.0, 1, "increasing")
        assert found.coverage == (1, 2, 1, 1)
        assert found.edges[0] == pd.Timestamp("2024-03-01").timestamp()
        assert found.edges[-1] == pd.Timestamp("2024-03-05").timestamp()

    @pytest.mark.parametrize(
        ("last", "unit"),
        [
            ("2024-03-02", "day"),
            ("2024-03-02T05", "hour"),
            ("2024-03-02T05:06", "minute"),
            ("2024-03-02T05:06:07", "second"),
            ("2024-03-02T05:06:07.5", "subsecond"),
        ],
    )
    def test_the_unit_is_the_coarsest_that_holds_all(self, last: str, unit: str) -> None:
        assert of("2024-03-01", last, unit="ms").unit == unit

    def test_a_fraction_of_a_second_is_shown(self) -> None:
        assert of("2024-03-01", "2024-03-02T05:06:07.25", unit="ns").last == "2024-03-02 05:06:07.25"

    @pytest.mark.parametrize("freq", ["MS", "ME", "QS", "YS", "YE", "W", "D", "h"])
    def test_steps_of_the_calendar_are_regular(self, freq: str) -> None:
        found = regular("1999-12-31", 40, freq)

        assert (found.irregular, found.gaps) == (0.0, ())
        assert sum(found.coverage) == 40

    def test_working_days_have_one_long_step_in_five(self) -> None:
        assert regular("2024-01-01", 101, "B").irregular == pytest.approx(0.2)

    def test_a_gap_is_longer_than_five_steps(self) -> None:
        days = pd.date_range("2024-01-01", periods=300)
        series = pd.Series(days.delete(range(10, 14)).delete(range(96, 116)))  # 5 steps, and 21 steps
        found = times(series)

        assert found is not None
        assert found.n_gaps == 1
        assert found.gaps == (("2024-04-09", "2024-04-30", 21 * DAY),)
        assert found.irregular == pytest.approx(2 / (len(series) - 1))

    def test_random_times_have_no_gap(self) -> None:
        random = np.random.default_rng(0)
        found = [times(pd.Series(np.sort(random.integers(0, 10**9, 500)).astype("datetime64[s]"))) for _ in range(200)]

        assert sum(one.n_gaps > 0 for one in found if one is not None) <= 2

    def test_a_hole_in_random_times_is_one(self) -> None:
        seconds = np.random.default_rng(0).integers(0, 10**7, 2000)
        seconds = seconds[(seconds < 4_000_000) | (seconds > 6_000_000)]
        found = times(pd.Series(seconds.astype("datetime64[s]")))

        assert found is not None
        assert found.n_gaps == 1
        assert found.gaps[0][2] == pytest.approx(2_000_000, rel=0.05)

    @pytest.mark.parametrize(
        ("texts", "order"),
        [
            (("2024-01-01", None, "2024-01-03", "2024-01-03"), "increasing"),
            (("2024-01-03", "2024-01-03", "2024-01-01"), "decreasing"),
            (("2024-01-03", "2024-01-01", "2024-01-02"), ""),
            (("2024-01-01", "2024-01-01"), ""),
        ],
    )
    def test_how_rows_stand(self, texts: tuple[str, ...], order: str) -> None:
        assert of(*texts).order == order

    def test_hours_weekdays_and_months_are_those_of_pandas(self) -> None:
        random = np.random.default_rng(3)
        stamps = pd.Series(random.integers(-(10**9), 10**9, 3000).astype("datetime64[s]"))
        found = times(stamps)

        assert found is not None
        for counted, part, first in (
            (found.by_hour, stamps.dt.hour, 0),
            (found.by_weekday, stamps.dt.weekday, 0),
            (found.by_month, stamps.dt.month, 1),
        ):
            expected = part.value_counts().reindex(range(first, first + len(counted)), fill_value=0)
            assert counted == tuple(expected)

    def test_cycles_that_are_not_reached_over_are_left_out(self) -> None:
        day = of("2024-01-01T01:00:00", "2024-01-01T22:00:00")
        week = of("2024-01-01T01:00:00", "2024-01-09")
        year = of("2023-01-01", "2024-01-09")

        assert (day.by_hour, day.by_weekday, day.by_month) == ((), (), ())
        assert (len(week.by_hour), len(week.by_weekday), len(week.by_month)) == (24, 7, 0)
        # Days have no hours.
        assert (len(year.by_hour), len(year.by_month)) == (0, 12)

    @pytest.mark.parametrize("unit", ["s", "ms", "us"])
    def test_the_years_1600_and_9999(self, unit: str) -> None:
        found = of("1600-01-01", "9999-12-31", "2000-02-29", unit=unit)

        assert (found.first, found.last) == ("1600-01-01", "9999-12-31")
        assert found.step == pytest.approx((pd.Timedelta(days=1) / pd.Timedelta(seconds=1)) * 3067671 / 2, rel=0.5)
        assert sum(found.coverage) == sum(found.by_month) == 3

    def test_nanoseconds_over_their_whole_range(self) -> None:
        found = of("1677-09-22", "2262-04-11", unit="ns")

        assert found.step == (np.datetime64("2262-04-11") - np.datetime64("1677-09-22")).astype(int) * DAY
        assert found.edges[0] < pd.Timestamp("1677-09-22").timestamp()

    def test_one_time(self) -> None:
        found = of("1969-07-20T20:17:40", "1969-07-20T20:17:40")

        assert (found.step, found.irregular, found.ties, found.coverage) == (None, 0.0, 1, (2,))
        assert found.first == found.last == "1969-07-20 20:17:40"

    def test_no_time(self) -> None:
        assert times(pd.Series(np.array(["NaT", "NaT"], "datetime64[s]"))) is None
        assert times(pd.Series(np.array([], "datetime64[ns]"))) is None

    @given(
        st.lists(st.integers(-(2**40), 2**40), min_size=1, max_size=60),
        st.sampled_from(["s", "ms", "us", "ns"]),
        st.sampled_from([1, 3600, 86_400]),
    )
    @settings(max_examples=150, deadline=None)
    def test_every_row_is_counted_where_the_edges_say(self, values: list[int], unit: str, size: int) -> None:
        ticks = np.array(values) // size * size
        ticks = np.clip(ticks, -(2**37), 2**37) if unit == "s" else ticks
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = times(pd.Series(ticks.view(f"datetime64[{unit}]")))

        assert found is not None
        edges, seconds = np.array(found.edges), np.sort(ticks) / {"s": 1, "ms": 1e3, "us": 1e6, "ns": 1e9}[unit]
        assert 1 <= len(found.coverage) <= 60
        assert (np.diff(edges) > 0).all()
        assert edges[0] <= seconds[0]
        assert seconds[-1] <= edges[-1]
        assert sum(found.coverage) == len(values)
        # Of the first and the last half, which no rounding of an edge can touch.
        middle = len(edges) // 2
        expected = int((seconds < edges[middle]).sum())
        assert abs(sum(found.coverage[:middle]) - expected) <= int(np.isclose(seconds, edges[middle], rtol=1e-12).sum())
        assert math.isfinite(found.irregular)


class TestWidths:
    @pytest.mark.parametrize(
        ("least", "width"),
        [(0.03, 0.05), (1, 1), (1.5, 2), (31, 60), (3601, 7200), (DAY, DAY), (3 * DAY, 7 * DAY), (8 * DAY, 2_629_746)],
    )
    def test_they_are_round(self, least: float, width: float) -> None:
        assert round_width(least) == pytest.approx(width)

    def test_weeks_start_on_mondays_and_months_on_their_first_day(self) -> None:
        weeks = edges_of(np.datetime64("2023-01-03", "s"), np.datetime64("2023-12-30", "s"), 60)
        months = edges_of(np.datetime64("2021-01-03", "s"), np.datetime64("2023-12-30", "s"), 60)

        assert set(pd.DatetimeIndex(weeks).weekday) == {0}
        assert set(pd.DatetimeIndex(months).day) == {1}
        assert len(months) == 37


def along(values: np.ndarray, freq: str = "D", **more: object) -> Profile:
    frame = pd.DataFrame({"when": pd.date_range("2020-01-01", periods=len(values), freq=freq), "a": values, **more})
    kinds = {"when": Kind.DATETIME} | {name: Kind.NUMERIC for name in frame if name != "when"}
    return profile(dataset(frame, kinds))


class TestTimeColumn:
    def test_sorted_rows_come_first_and_then_times_of_their_own(self) -> None:
        days = pd.date_range("2024-01-01", periods=100)
        random = np.random.default_rng(0)
        frame = pd.DataFrame(
            {
                "born": pd.Series(random.integers(-(10**9), 10**9, 100).astype("datetime64[s]")),
                "month": days.to_period("M").to_timestamp(),
                "day": days,
            }
        )
        kinds = dict.fromkeys(frame, Kind.DATETIME)

        assert profile(dataset(frame, kinds)).time_column == "day"
        shuffled = frame.sample(frac=1, random_state=0).reset_index(drop=True)
        assert profile(dataset(shuffled, kinds)).time_column == "born"  # as many times, over more years
        assert (
            profile(dataset(frame[["born", "month"]], dict.fromkeys(["born", "month"], Kind.DATETIME))).time_column
            == "month"
        )

    def test_a_single_time_orders_nothing(self) -> None:
        frame = pd.DataFrame({"when": pd.to_datetime(["2024-01-01"] * 3), "a": [1.0, 2.0, 3.0]})
        found = profile(dataset(frame, {"when": Kind.DATETIME, "a": Kind.NUMERIC}))

        assert (found.time_column, found.column("a").season) == (None, None)

    def test_a_sensitive_one_is_not_used(self) -> None:
        frame = pd.DataFrame({"when": pd.date_range("2024-01-01", periods=50), "a": np.arange(50.0)})
        found = profile(dataset(frame, {"when": Kind.DATETIME, "a": Kind.NUMERIC}, sensitive=("when",)))

        assert (found.time_column, found.column("a").season) == (None, None)


class TestSeasonality:
    def test_a_week_in_days(self) -> None:
        found = along(np.tile([1.0, 2, 3, 4, 5, 9, 9], 60)).column("a").season

        assert found is not None
        assert (found.strength, found.period) == (pytest.approx(1.0), 7 * DAY)
        assert found.means[:7] == pytest.approx((1, 2, 3, 4, 5, 9, 9))

    def test_a_year_in_months_of_their_natural_lengths(self) -> None:
        months = np.arange(120)
        found = along(np.sin(months * np.pi / 6) + 0.05 * months, freq="MS").column("a").season

        assert found is not None
        assert found.period == pytest.approx(365.2425 * DAY)
        assert found.strength > 0.99
        assert len(found.means) == 120
        assert None not in found.means

    @pytest.mark.parametrize("freq", ["28D", "W", "QS", "YS", "ME", "3h"])
    def test_regular_times_have_a_step_each(self, freq: str) -> None:
        found = along(np.arange(60.0), freq=freq).column("a").season

        assert found is not None
        assert found.means == pytest.approx(np.arange(60.0).tolist())

    def test_a_day_in_hours_beside_noise(self) -> None:
        hours = np.arange(24 * 60)
        noise = np.random.default_rng(0).normal(size=len(hours))
        found = along(np.sin(hours * np.pi / 12) + noise, freq="h").column("a").season

        assert found is not None
        # The variance of the wave is 1/2, that of the noise 1.
        assert found.period == DAY
        assert found.strength == pytest.approx(1 / 3, abs=0.06)

    def test_a_period_that_no_calendar_has(self) -> None:
        steps = np.arange(1000)
        strength, period = season(np.sin(2 * np.pi * steps / 13.37), 1.0)

        assert strength > 0.95
        assert period == pytest.approx(13.37, rel=0.01)

    def test_weekends_may_be_missing(self) -> None:
        days = np.arange(700)
        means = np.where(days % 7 < 5, np.sin(2 * np.pi * days / 7) + 0.01 * days, np.nan)

        assert season(means, DAY) == (pytest.approx(1.0), 7 * DAY)

    @pytest.mark.parametrize("kind", ["noise", "walk", "autoregression", "outliers"])
    def test_noise_has_none(self, kind: str) -> None:
        random = np.random.default_rng(1)
        found = 0
        for _ in range(300):
            means = random.normal(size=200)
            if kind == "walk":
                means = means.cumsum()
            elif kind == "autoregression":
                for step in range(1, 200):
                    means[step] += 0.8 * means[step - 1]
            elif kind == "outliers":
                means = means**5
            found += season(means, DAY)[0] > 0

        assert found <= 3

    @pytest.mark.parametrize("values", [np.full(100, 5.0), np.arange(100.0), np.full(100, np.nan), np.arange(5.0)])
    def test_what_has_nothing_to_repeat(self, values: np.ndarray) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert season(values, DAY) == (0.0, None)

    def test_long_tables_are_kept_in_500_steps(self) -> None:
        values = np.arange(3000.0)
        found = along(values).column("a").season

        assert found is not None
        assert len(found.means) == 500
        assert found.means == pytest.approx(values.reshape(500, 6).mean(axis=1).tolist())

    def test_steps_without_rows_have_no_mean(self) -> None:
        days = pd.date_range("2024-01-01", periods=40).delete([3, 4])
        frame = pd.DataFrame({"when": days, "a": np.arange(38.0)})
        found = profile(dataset(frame, {"when": Kind.DATETIME, "a": Kind.NUMERIC})).column("a").season

        assert found is not None
        assert found.means[:3] == pytest.approx((0, 1, 2))
        assert found.means[3:5] == (None, None)
        assert found.means[5] == pytest.approx(3)

    def test_sensitive_numbers_are_not_followed(self) -> None:
        frame = pd.DataFrame({"when": pd.date_range("2024-01-01", periods=50), "a": np.arange(50.0)})
        found = profile(dataset(frame, {"when": Kind.DATETIME, "a": Kind.NUMERIC}, sensitive=("a",)))

        assert (found.time_column, found.column("a").season) == ("when", None)

    @given(
        st.lists(
            st.tuples(st.sampled_from([0, 1, 2, 60, 86_400, 10**9, -(10**10)]), st.floats()), min_size=1, max_size=60
        )
    )
    @settings(max_examples=80, deadline=None)
    def test_odd_columns_give_finite_values(self, table: list[tuple[int, float]]) -> None:
        frame = pd.DataFrame(
            {
                "when": np.array([stamp for stamp, _ in table]).cumsum().astype("datetime64[s]"),
                "a": [value for _, value in table],
            }
        )
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = profile(dataset(frame, {"when": Kind.DATETIME, "a": Kind.NUMERIC})).column("a").season

        if found is not None:
            assert all(mean is None or math.isfinite(mean) for mean in found.means)
            assert 0 <= found.strength <= 1


class TestStationarity:
    def test_the_statistic_by_hand(self) -> None:
        # Less their mean 2: -1, 1, -1, 1; sums -1, 0, -1, 0, whose squares are 2; variance 1 without lags.
        assert kpss(np.array([1.0, 3.0, 1.0, 3.0]), lags=0) == pytest.approx(2 / 16)
        # One lag of weight 1/2: (4 + 2 * 1/2 * -3) / 4 = 1/4.
        assert kpss(np.array([1.0, 3.0, 1.0, 3.0]), lags=1) == pytest.approx(2 / 16 / (1 / 4))

    @given(st.lists(st.floats(-1e3, 1e3).map(lambda value: round(value, 2)), min_size=5, max_size=80))
    @settings(max_examples=60, deadline=None)
    def test_the_statistic_follows_the_formula(self, values: list[float]) -> None:
        found, n = kpss(np.array(values)), len(values)
        lags = min(n - 1, int(12 * (n / 100) ** 0.25))
        away = [value - sum(values) / n for value in values]
        variance = sum(one * one for one in away) / n
        for lag in range(1, lags + 1):
            products = sum(away[step] * away[step - lag] for step in range(lag, n))
            variance += 2 / n * (1 - lag / (lags + 1)) * products
        if max(values) == min(values):
            assert found is None
        elif variance > 1e-6:
            sums = [sum(away[: step + 1]) for step in range(n)]
            assert found == pytest.approx(sum(one * one for one in sums) / n**2 / variance, rel=1e-4)

    def test_its_critical_values_are_those_of_the_paper(self) -> None:
        # The share of noise that exceeds the value for 5 %, and of 10 %.
        random = np.random.default_rng(0)
        found = np.array([kpss(random.normal(size=300), lags=0) for _ in range(3000)])

        assert np.mean(found > 0.463) == pytest.approx(0.05, abs=0.012)
        assert np.mean(found > 0.347) == pytest.approx(0.10, abs=0.016)

    def test_a_random_walk_is_not_stationary_and_noise_is(self) -> None:
        noise = np.random.default_rng(0).normal(size=400)

        assert p_stationary(noise) == pytest.approx(0.1)
        assert p_stationary(noise.cumsum()) == pytest.approx(0.01)

    def test_fewer_than_thirty_values_are_not_tested(self) -> None:
        assert p_stationary(np.arange(29.0)) is None
        assert p_stationary(np.full(100, 2.0)) is None
