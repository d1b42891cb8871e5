"""Forecasts: windows of the past, values ahead, parts in the order of time, and how errors that depend are judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import dataset

from reportgen import api, statistics
from reportgen.checks import run_checks
from reportgen.clusters import clusters
from reportgen.dataset import Dataset, Kind, Splits, Task
from reportgen.document import Table
from reportgen.errors import DataError, NotApplicable, SpecError
from reportgen.fitted import FitJob
from reportgen.metrics import score_prediction
from reportgen.models._baselines import fit_baseline
from reportgen.models.sklearn import Model
from reportgen.paired import compare
from reportgen.prepare import flat, prepare, splitting, usable
from reportgen.results import Prediction
from reportgen.session import Session
from reportgen.spec import Data, Forecast, Preprocess, SklearnModel, Spec, Split, Train
from reportgen.specfile import decode
from tests import runs
from tests.prepared import check_ledger

TASK = Task("forecast", "sales", time="day", season=1)
RAW = Preprocess(numeric="none")


def series(
    sales: Any, day: Any = None, season: int = 1, kinds: Mapping[str, Kind] | None = None, **more: Any
) -> Dataset:
    """Sales on consecutive days, with other columns beside."""
    n = len(sales)
    day = pd.date_range("2024-01-01", periods=n, freq="D") if day is None else day
    frame = pd.DataFrame({"day": day, **more, "sales": np.asarray(sales, dtype=float)})
    found = dict.fromkeys(map(str, frame), Kind.NUMERIC) | {"day": Kind.DATETIME} | dict(kinds or {})
    return dataset(frame, found, task=replace(TASK, season=season))


def spec(window: int = 3, horizon: int = 2, season: int = 1, **blocks: Any) -> Spec:
    wish = Forecast(time="day", window=window, horizon=horizon, season=season)
    return Spec(data=Data(path="table.csv", target="sales", forecast=wish), **({"preprocess": RAW} | blocks))


def cut(sales: Any, window: int = 3, horizon: int = 2, season: int = 1, day: Any = None, **blocks: Any) -> Splits:
    return prepare(series(sales, day, season), spec(window, horizon, season, **blocks))


def origins(splits: Splits) -> list[int]:
    return np.concatenate([part.rows for part in splits.parts.values()]).tolist()


class TestWindows:
    @settings(max_examples=25)
    @given(window=st.integers(1, 6), horizon=st.integers(1, 4), season=st.integers(1, 8), n=st.integers(45, 70))
    def test_hold_the_steps_up_to_an_origin_and_the_values_after_it(self, window, horizon, season, n):
        sales = np.random.default_rng(n).normal(size=n)
        splits = cut(sales, window, horizon, season)
        for part in splits.parts.values():
            for x, y, row, ahead, naive in zip(part.X, part.y, part.rows, part.ahead, part.naive, strict=True):
                assert x.tolist() == [np.float32(sales[row - back]) for back in reversed(range(window))]
                assert y.tolist() == [sales[row + step] for step in range(1, horizon + 1)]
                assert ahead.tolist() == [row + step for step in range(1, horizon + 1)]
                for step, value in enumerate(naive, start=1):
                    last = row + step
                    while last > row:  # The last value that is known, whole seasons before.
                        last -= season
                    assert value == sales[last]
        assert splits.shape == (window, 1)

    def test_are_named_by_how_far_back_a_step_is(self):
        splits = prepare(series(np.arange(30.0), price=np.arange(30.0)), spec(window=2))
        assert splits.feature_names == ("price t-1", "sales t-1", "price t", "sales t") or splits.feature_names == (
            "sales t-1",
            "price t-1",
            "sales t",
            "price t",
        )
        assert splits.made_from["price t-1"] == "price"

    def test_take_rows_in_the_order_of_time_whatever_their_order_in_the_file(self):
        shuffled = np.random.default_rng(0).permutation(40)
        days = pd.date_range("2024-01-01", periods=40, freq="D")[shuffled]
        splits = cut(shuffled.astype(float), day=days)
        for part in splits.parts.values():
            assert (np.diff(part.y[:, 0]) == 1).all()
            np.testing.assert_array_equal(part.X[:, -1] + 1, part.y[:, 0])

    def test_never_cross_a_missing_step(self):
        days = pd.date_range("2024-01-01", periods=61, freq="D").delete(20)
        splits = cut(np.arange(60.0), day=days)
        # The day after row 19 is missing: 18 and 19 have no two days after them, 20 and 21 no three up to them.
        assert set(range(2, 58)) - set(origins(splits)) >= {18, 19, 20, 21}
        assert {17, 22} <= set(origins(splits))
        assert any("1 gap" in note and "not 1 day away" in note for note in splits.notes)

    def test_treat_a_missing_target_as_a_missing_step(self):
        sales = np.arange(60.0)
        sales[30] = np.nan
        splits = cut(sales)
        assert not {28, 29, 30, 31, 32} & set(origins(splits))
        assert {27, 33} <= set(origins(splits))
        check_ledger(splits, series(sales))

    def test_of_months_follow_the_calendar(self):
        starts = pd.date_range("2020-01-01", periods=40, freq="MS")
        ends = pd.date_range("2020-01-31", periods=40, freq="ME")
        for days in (starts, ends):
            splits = cut(np.arange(40.0), day=days)
            assert len(origins(splits)) == 40 - 2 - 2 - 2 * 1  # Window, horizon, and what two borders purge.

    def test_count_numbers_as_times(self):
        splits = cut(np.arange(40.0), day=np.arange(0, 80, 2))
        assert splits.notes == ()
        assert "1 day" not in str(splits.ledger)

    def test_have_a_channel_for_each_feature_that_a_category_or_truth_value_makes(self):
        table = series(
            np.arange(40.0),
            kinds={"kind": Kind.CATEGORICAL, "open": Kind.BOOLEAN, "note": Kind.TEXT},
            kind=pd.Series(["rain", "sun"] * 20, dtype="str"),
            open=pd.array([True, False] * 20, dtype="boolean"),
            note=pd.Series(["a b c"] * 40, dtype="str"),
        )
        splits = prepare(table, spec(window=3))
        assert splits.shape == (3, 4)
        assert {"kind=rain t-2", "kind=sun t", "open t-1", "sales t"} <= set(splits.feature_names)
        check_ledger(splits, table)
        assert any("'note'" in step.changed for step in splits.ledger)

    def test_are_scaled_by_what_train_sees_alone(self):
        sales = np.concatenate([np.tile([0.0, 2.0], 21), np.full(18, 1000.0)])
        splits = cut(sales, preprocess=Preprocess())
        seen = sales[: splits.train.ahead.max() + 1]
        assert seen.max() == 2.0
        wanted = (np.array([0.0, 2.0]) - seen.mean()) / seen.std()
        np.testing.assert_allclose(np.unique(splits.train.X), wanted, rtol=1e-6)


class TestParts:
    def test_follow_each_other_and_no_horizon_reaches_into_the_next(self):
        splits = cut(np.arange(100.0), horizon=4)
        parts = [splits.parts[name] for name in ("train", "validation", "test")]
        for earlier, later in pairwise(parts):
            assert earlier.ahead.max() == later.rows.min()
        # 100 rows, 2 without a window, 4 without a horizon: 94 origins; 19 and 10 of them are kept apart.
        assert [len(part) for part in parts] == [94 - 19 - 10 - 3, 10 - 3, 19]

    def test_leave_an_account_of_every_row(self):
        table = series(np.arange(100.0))
        splits = prepare(table, spec())
        check_ledger(splits, table)
        assert [step.name for step in splits.ledger] == [
            "load", "set apart", "windows", "split", "purge", "numeric columns", "lags"
        ]  # fmt: skip
        assert splits.ledger[4].changed == "2 rows left out: 1 of train and 1 of validation"

    def test_are_the_folds_that_are_drawn(self):
        table, wish = series(np.arange(100.0)), spec(split=Split(validation=0.0))
        folds = splitting.folds(table, usable(table, wish), wish.split, 3, 0)
        tested = [prepare(table, wish, drawn=drawn) for drawn in folds]
        assert len(tested) == 3
        assert all(one.train.ahead.max() <= one.test.rows.min() for one in tested)
        assert np.diff(np.concatenate([one.test.rows for one in tested])).tolist() == [1] * (
            sum(len(one.test) for one in tested) - 1
        )

    def test_of_given_files_must_follow_in_time(self):
        table = replace(series(np.arange(60.0)), given={"train": (30, 60), "test": (0, 30)})
        with pytest.raises(DataError, match="the train rows do not all come before the test rows"):
            prepare(table, spec(split=Split(validation=0.0)))


class TestRefusals:
    def test_two_rows_of_one_time(self):
        days = pd.DatetimeIndex([*pd.date_range("2024-01-01", periods=39, freq="D"), pd.Timestamp("2024-01-05")])
        with pytest.raises(DataError, match="rows 5 and 40 have the same time") as caught:
            cut(np.arange(40.0), day=days)
        assert "data.forecast.time" in str(caught.value)

    def test_times_without_a_step(self):
        days = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(40) ** 2, unit="D")
        with pytest.raises(DataError, match="bring the rows onto even steps"):
            cut(np.arange(40.0), day=days)

    def test_a_time_that_is_missing(self):
        days = pd.Series(pd.date_range("2024-01-01", periods=40, freq="D"))
        days[3] = pd.NaT
        with pytest.raises(DataError, match="row 4: no time"):
            cut(np.arange(40.0), day=days)

    def test_a_series_too_short_for_window_and_horizon(self):
        with pytest.raises(DataError, match="need 52 steps in a row, and the series has 40 steps"):
            cut(np.arange(40.0), window=50)

    def test_a_part_whose_every_horizon_reaches_into_the_next(self):
        with pytest.raises(DataError, match="the validation split has no forecast that ends before the test split"):
            cut(np.arange(60.0), horizon=9)


FILE = """\
data: {{path: table.csv, target: sales, forecast: {{time: day, window: 4, horizon: 2}}{data}}}
model: {{kind: sklearn, estimator: sklearn.linear_model.Ridge}}
{more}
"""


def wrong(data: str = "", more: str = "", text: str = FILE) -> str:
    with pytest.raises(SpecError) as caught:
        decode(text.format(data=data, more=more), "e.yaml")
    return str(caught.value)


class TestTheFile:
    def test_is_right_with_a_forecast_alone(self):
        assert decode(FILE.format(data="", more=""), "e.yaml").data.forecast.horizon == 2

    def test_may_name_the_way_of_the_split_and_its_column(self):
        decode(FILE.format(data="", more="split: {by: time, column: day}"), "e.yaml")
        decode(FILE.format(data="", more="split: {by: time}"), "e.yaml")

    @pytest.mark.parametrize(
        ("data", "more", "key"),
        [
            (", task: regression", "", "data.task"),
            (", sample: 100", "", "data.sample"),
            (", positive: 1", "", "data.positive"),
            (", columns: {day: categorical}", "", "data.columns.day"),
            ("", "split: {by: random}", "split.by"),
            ("", "split: {by: time, column: other}", "split.column"),
            ("", "clean: {outliers: {action: drop}}", "clean.outliers.action"),
            ("", "evaluate: {threshold: 0.4}", "evaluate.threshold"),
        ],
    )
    def test_is_refused_where_something_does_not_go_with_a_forecast(self, data, more, key):
        told = wrong(data, more)
        assert f": {key}: " in told
        assert "\n" not in told

    def test_needs_a_window_for_the_task(self):
        text = "data: {{path: t.csv, target: y, task: forecast}}\nmodel: {{kind: mlp}}\n"
        assert "data.task: a forecast needs its time, window and horizon" in wrong(text=text)

    def test_has_one_target_that_is_not_the_time(self):
        assert "data.forecast.time: 'sales' is the target" in wrong(text=FILE.replace("time: day", "time: sales"))
        assert "data.target: a forecast has one target" in wrong(text=FILE.replace("sales", "[a, b]"))

    def test_takes_no_predictions_made_elsewhere(self):
        text = FILE.replace("{{kind: sklearn, estimator: sklearn.linear_model.Ridge}}", "{{kind: predictions}}")
        assert "data.forecast: predictions made elsewhere" in wrong(text=text)

    def test_takes_no_classifier(self):
        text = FILE.replace("linear_model.Ridge", "ensemble.RandomForestClassifier")
        assert "model.estimator: RandomForestClassifier predicts classes" in wrong(text=text)


def job(estimator: str, horizon: int = 3, **params: Any) -> FitJob:
    splits = cut(np.sin(np.arange(80.0)), window=5, horizon=horizon, season=4)
    return FitJob(
        model=SklearnModel(kind="sklearn", estimator=estimator, params=params),
        train=Train(),
        task=replace(TASK, season=4),
        feature_names=splits.feature_names,
        X={name: part.X for name, part in splits.parts.items()},
        y={name: part.y for name, part in splits.parts.items()},
        seed=0,
        naive={name: part.naive for name, part in splits.parts.items()},
    )


class TestModels:
    def test_an_estimator_of_several_outputs_learns_all_steps_at_once(self):
        made = job("sklearn.linear_model.Ridge")
        model = Model()
        result = model.fit(made)
        assert result.y_pred["test"].shape == made.y["test"].shape
        assert type(model.estimator).__name__ == "Ridge"

    def test_an_estimator_of_one_output_is_fitted_for_each_step(self):
        from sklearn.svm import SVR

        made = job("sklearn.svm.SVR", C=2.0)
        result = Model().fit(made)
        assert result.fitted.title == "3 x SVR, one a step"
        alone = SVR(C=2.0).fit(made.X["train"], made.y["train"][:, 1]).predict(made.X["test"])
        np.testing.assert_allclose(result.y_pred["test"][:, 1], alone)

    @pytest.mark.parametrize("estimator", ["svm.SVR", "ensemble.RandomForestRegressor", "linear_model.Ridge"])
    def test_one_step_is_a_column(self, estimator):
        made = job(f"sklearn.{estimator}", horizon=1)
        result = Model().fit(made)
        assert result.y_pred["test"].shape == (len(made.y["test"]), 1)
        assert result.fitted.warnings == ()

    def test_the_dummy_is_the_seasonal_naive_forecast_and_says_so(self):
        made = job("sklearn.linear_model.Ridge")
        result = fit_baseline("dummy", made)
        np.testing.assert_array_equal(result.y_pred["test"], made.naive["test"])
        assert result.fitted.title == "seasonal naive, 4 steps back"

    def test_the_linear_baseline_forecasts_every_step_from_the_window(self):
        made = job("sklearn.linear_model.Ridge")
        assert np.abs(fit_baseline("linear", made).y_pred["test"] - made.y["test"]).mean() < 0.1


def forecast(error: np.ndarray, naive_error: float | None = 1.0) -> Prediction:
    """A flat forecast with these errors (origins, steps)."""
    origins, steps = error.shape
    truth = np.random.default_rng(0).normal(10, 3, error.size)
    step = np.tile(np.arange(1, steps + 1), origins)
    return Prediction("test", truth, truth + error.ravel(), None, (), None, step, naive_error)


def scores(prediction: Prediction, *names: str, season: int = 1, **options: Any) -> dict[tuple[str, str | None], Any]:
    found = score_prediction(prediction, replace(TASK, season=season), names or "auto", **options)
    return {(score.metric, score.label): score for score in found}


def dependent(rng: np.random.Generator, n: int, coefficient: float) -> np.ndarray:
    """An autoregressive series of mean 0."""
    values = np.zeros(n + 200)
    for place, shock in enumerate(rng.normal(size=n + 199), start=1):
        values[place] = coefficient * values[place - 1] + shock
    return values[200:]


class TestMase:
    def test_is_the_error_in_units_of_the_naive_error_of_train(self):
        # Train sees 0 3 1 5 2 8 4, whose differences two steps apart are 1, 2, 1, 3 and 2.
        table = series([0, 3, 1, 5, 2, 8, 4, 4, 6, 1], season=2)
        wish = spec(window=2, horizon=1, season=2, split=Split(test=0.3, validation=0.0))
        splits = prepare(table, wish)
        assert splits.train.ahead.max() == 6
        assert splits.naive_error == pytest.approx(1.8)
        part = splits.test
        prediction = flat(Prediction("test", part.y, part.y + 7.2, None, (), part.rows), splits)
        assert scores(prediction, "mase")["mase", None].value == pytest.approx(4.0)

    def test_is_undefined_where_train_repeats_itself(self):
        score = scores(forecast(np.ones((30, 2)), naive_error=0.0), "mase")["mase", None]
        assert score.value is None
        assert "the season before" in score.note

    def test_is_for_forecasts_alone(self):
        with pytest.raises(SpecError):
            decode("data: {path: t.csv, target: y, task: regression}\nexpect: {test.nomase: '> 1'}\n", "e.yaml")
        run = runs.regression()
        assert "mase" not in {score.metric for score in score_prediction(run.predictions["test"], run.task)}


class TestIntervals:
    @given(origins=st.integers(30, 200), steps=st.integers(1, 4), season=st.integers(1, 9))
    def test_blocks_hold_consecutive_origins_with_all_their_steps(self, origins, steps, season):
        found = clusters(forecast(np.ones((origins, steps))), season)
        by_origin = found.codes.reshape(origins, steps)
        assert (by_origin == by_origin[:, :1]).all()
        assert set(np.diff(by_origin[:, 0])) <= {0, 1}
        lengths = np.bincount(by_origin[:, 0])
        assert lengths.min() >= steps
        assert lengths.max() - lengths.min() <= 1

    def test_blocks_are_about_as_many_as_origins_in_each_and_at_most_fifty(self):
        assert [clusters(forecast(np.ones((n, 1)))).count for n in (25, 100, 900, 10_000)] == [5, 10, 30, 50]
        assert clusters(forecast(np.ones((100, 1))), season=10).count == 10
        assert clusters(forecast(np.ones((100, 7)))).count == 10
        assert clusters(forecast(np.ones((50, 7)))).count == 7  # No block is shorter than the horizon.

    def test_a_block_is_as_long_as_horizon_season_and_cube_root_ask(self):
        assert statistics.block_length(1000, horizon=3, season=1) == 10
        assert statistics.block_length(1000, horizon=24, season=7) == 24
        assert statistics.block_length(1000, horizon=3, season=12) == 12
        assert statistics.block_length(40, horizon=3, season=12) == 4  # Not four whole seasons.

    def test_say_how_many_blocks_and_how_long_they_are(self):
        found = scores(forecast(np.random.default_rng(1).normal(size=(100, 7))))
        methods = {score.method.partition(", ")[2] for score in found.values() if score.low is not None}
        assert methods == {"10 blocks of 10 origins"}

    def test_there_are_none_from_fewer_than_five_blocks(self):
        score = scores(forecast(np.random.default_rng(1).normal(size=(34, 7))), "mae")["mae", None]
        assert score.low is None
        assert "5 blocks of 7 origins" in score.note

    def test_depend_on_nothing_but_the_rows(self):
        prediction = forecast(np.random.default_rng(1).normal(size=(60, 2)))
        assert scores(prediction, seed=1) == scores(prediction, seed=2)

    def test_cover_the_truth_where_errors_depend_on_each_other(self):
        rng = np.random.default_rng(3)
        errors = [dependent(rng, 200, 0.6)[:, None] for _ in range(500)]
        found = [scores(forecast(one), "mean_error", season=7)["mean_error", None] for one in errors]
        covered = np.mean([score.low <= 0 <= score.high for score in found])
        assert covered >= 0.92
        # The interval that takes the rows as independent covers it far less often.
        plain = [statistics.mean_interval(one.ravel(), 0.95) for one in errors]
        assert np.mean([low <= 0 <= high for low, high in plain]) < 0.75


class TestSteps:
    def test_have_scores_of_their_own(self):
        error = np.tile([1.0, -2.0, 4.0], (40, 1))
        found = scores(forecast(error, naive_error=2.0), "mae", per_class=True)
        assert [found["mae", f"step {step}"].value for step in (1, 2, 3)] == pytest.approx([1, 2, 4])
        assert [found["mase", f"step {step}"].value for step in (1, 2, 3)] == pytest.approx([0.5, 1, 2])
        assert found["rmse", "step 2"].value == pytest.approx(2)

    def test_of_a_long_horizon_are_sixty(self):
        found = scores(forecast(np.ones((4, 300))), "mae", per_class=True)
        labels = [label for metric, label in found if metric == "mae" and label]
        assert (len(labels), labels[0], labels[-1]) == (60, "step 1", "step 300")


class TestComparison:
    def test_is_newey_and_wests_by_hand(self):
        values = np.array([1.0, 2.0, 4.0, 3.0])
        # Deviations -1.5 -0.5 1.5 0.5; autocovariances 5/4 and (0.75 - 0.75 + 0.75)/4; weight 1/2.
        variance = 1.25 + 2 * 0.5 * 0.1875
        assert statistics.long_run_t_test(values, 1)[1] == pytest.approx(np.sqrt(variance / 3))

    def test_takes_an_origin_as_one_observation(self):
        run = runs.forecast()
        assert run.task is not None
        test = compare(run.predictions["test"], run.baselines["linear"]["test"], run.task)
        gains = np.abs(run.baselines["linear"]["test"].y_pred - run.predictions["test"].y_true)
        gains -= np.abs(run.predictions["test"].y_pred - run.predictions["test"].y_true)
        assert test.difference == pytest.approx(gains.mean())
        assert test.method.startswith("Diebold-Mariano")

    def test_of_a_model_with_itself_in_other_precision_finds_nothing(self):
        run = runs.forecast()
        assert run.task is not None
        model = run.predictions["test"]
        other = replace(model, y_pred=model.y_pred.astype(np.float32).astype(float) + 1e-6)
        assert compare(model, other, run.task).p_value == 1.0

    def test_needs_the_same_forecasts(self):
        run = runs.forecast()
        assert run.task is not None
        with pytest.raises(NotApplicable):
            compare(run.predictions["test"], run.baselines["linear"]["train"], run.task)

    def test_rarely_finds_a_difference_between_equal_forecasts(self):
        rng, task, alarms = np.random.default_rng(9), TASK, 0
        for _ in range(1000):
            first, second = (forecast(dependent(rng, 200, 0.6)[:, None]) for _ in range(2))
            alarms += compare(first, second, task).p_value < 0.05
        assert alarms / 1000 < 0.12


class TestChecks:
    def test_of_drift_and_order_do_not_take_a_series_for_independent_rows(self):
        run = runs.forecast()
        found = {finding.check: finding for finding in run_checks(run, strict=True)}
        for name in ("drift", "label_drift", "multivariate_drift", "index_leakage", "leaking_feature", "group_overlap"):
            assert found[name].status == "not applicable", name
        assert found["time_overlap"].status == "passed"
        assert found["row_overlap"].status == "passed"
        assert not [finding for finding in found.values() if finding.status == "broken"]

    def test_name_the_naive_forecast_where_the_model_is_no_better(self):
        run = runs.forecast()
        run = replace(run, predictions=run.baselines["dummy"])
        (finding,) = [one for one in run_checks(run) if one.check == "no_better_than_dummy"]
        assert finding.title == "The model is not shown to be better than the naive forecast"


def written(folder: Path, model: str, horizon: int = 3, more: str = "") -> Path:
    """An experiment on 240 hours of a sine with noise."""
    rng = np.random.default_rng(4)
    hours = pd.date_range("2024-03-01", periods=240, freq="h")
    load = 20 + 5 * np.sin(np.arange(240) * 2 * np.pi / 24) + 0.3 * rng.normal(size=240)
    wind = rng.gamma(2, size=240)
    pd.DataFrame({"hour": hours, "load": load, "wind": wind}).to_csv(folder / "load.csv", index=False)
    wish = f"{{time: hour, window: 24, horizon: {horizon}, season: 24}}"
    path = folder / "e.yaml"
    path.write_text(
        f"data: {{path: load.csv, target: load, forecast: {wish}}}\nmodel: {model}\n{more}", encoding="utf-8"
    )
    return path


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> api.Report:
    model = "{kind: sklearn, estimator: sklearn.linear_model.Ridge}"
    return api.run(written(tmp_path_factory.mktemp("e"), model, more="expect: {test.mase: '< 1.2'}\n"))


class TestTheReport:
    def test_shows_each_step_and_every_figure_of_a_forecast(self, report):
        assert (report.warnings, report.exit_status) == ((), 0)
        tables = {block.id: block for block in report.document.blocks() if isinstance(block, Table)}
        assert [row[0] for row in tables["table-steps"].rows] == ["1", "2", "3"]
        assert [column.title for column in tables["table-headline"].columns][-1] in ("seasonal naive", "linear")
        kinds = {block.id for block in report.document.blocks() if hasattr(block, "drawing")}
        assert {"figure-forecast-over-time", "figure-error-by-horizon", "figure-residuals-over-time"} <= kinds
        assert {"figure-predicted-actual", "figure-residuals", "figure-qq"} <= kinds

    def test_keeps_the_step_of_each_prediction_as_evidence(self, report):
        kept = report.document.evidence.predictions["test"]
        assert kept["step"][:4] == [1, 2, 3, 1]
        assert len(kept["step"]) == len(kept["y_true"]) == len(kept["rows"])

    @pytest.mark.slow
    @pytest.mark.parametrize(
        "model", ["{kind: rnn, units: [8]}", "{kind: mlp, hidden: [16]}", "{kind: cnn, filters: [8], hidden: [8]}"]
    )
    def test_is_written_for_a_network(self, tmp_path, model):
        more = "train: {epochs: 40, learning_rate: 0.01}\nexpect: {test.r2: '> 0.5'}\n"
        report = api.run(written(tmp_path, model, more=more), session=Session(inline=True))
        assert (report.warnings, report.exit_status) == ((), 0)

    @pytest.mark.slow
    def test_of_one_step_says_so(self, tmp_path):
        report = api.run(written(tmp_path, "{kind: sklearn, estimator: sklearn.svm.SVR}", horizon=1))
        assert report.warnings == ()
        assert "forecasts of 1 step." in str(report.document.verdict)
