"""Figures of errors: by tolerance, along the predictions, by column, and of the weakest slices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, kruskal, spearmanr

from reportgen.dataset import Column, Kind
from reportgen.drawing import Studio
from reportgen.errors import NotApplicable
from reportgen.figures import _smooth, error_by_feature, rec_curve, scale_location, slices
from reportgen.mistakes import Mistakes
from reportgen.results import FigureData, Run
from tests import runs
from tests.sized_runs import with_slices

NUMBERS = st.lists(st.integers(-1000, 1000), min_size=4, max_size=40)


def erring(errors: Sequence[float], y_pred: Sequence[float] | None = None, **baselines: Sequence[float]) -> Run:
    """A regression whose test rows have these errors, and its baselines theirs."""
    run = runs.regression()
    test = run.predictions["test"]
    assert test.rows is not None
    n = len(errors)
    base = np.zeros(n) if y_pred is None else np.array(y_pred, dtype=float)
    one = replace(test, y_true=base + np.array(errors, dtype=float), y_pred=base, rows=test.rows[:n])
    others = {name: {"test": replace(one, y_pred=one.y_true - values)} for name, values in baselines.items()}
    return replace(run, predictions={**run.predictions, "test": one}, baselines=others)


def with_column(run: Run, name: str, values: Sequence[Any], **options: Any) -> Run:
    """The run whose test rows have these values of a new column of words."""
    assert run.dataset is not None
    rows = run.predictions["test"].rows
    assert rows is not None
    column = pd.Series(["none"] * run.dataset.n_rows, dtype="str")
    column.iloc[rows] = list(values)
    frame = run.dataset.frame.assign(**{name: column})
    columns = (*run.dataset.columns, Column(name, Kind.CATEGORICAL, "by its values", **options))
    return replace(run, dataset=replace(run.dataset, frame=frame, columns=columns))


def one(found: list[FigureData]) -> FigureData:
    (data,) = found
    return data


def curve(data: FigureData, name: str, column: str) -> list[float]:
    rows = zip(data.columns["curve"], data.columns[column], strict=True)
    return [value for curve, value in rows if curve == name]


class TestRecCurve:
    def test_each_error_is_a_step(self) -> None:
        data = one(rec_curve.compute(erring([-1, 2, 3, -4, 5, 6, 7, 8, 9, 10])))
        assert curve(data, "model", "tolerance") == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
        assert curve(data, "model", "share") == [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]

    def test_equal_errors_are_one_step_and_a_right_prediction_begins_above_zero(self) -> None:
        data = one(rec_curve.compute(erring([0, 0, 2, 2, 2, 2, 2, 2, 4, 4])))
        assert curve(data, "model", "tolerance") == [0, 2, 4]
        assert curve(data, "model", "share") == [0.2, 0.8, 1]

    def test_the_title_tells_the_smallest_tolerances_that_hold_nine_in_ten(self) -> None:
        data = one(rec_curve.compute(erring(range(1, 11), linear=range(2, 22, 2))))
        assert data.facts["within"] == {"model": [5, 9], "linear": [10, 18]}
        title = rec_curve.describe(data).title
        assert title == "Nine in ten predictions lie within 9.00; the linear model's within 18.0."

    def test_the_area_above_each_curve_is_its_mean_absolute_error(self) -> None:
        data = one(rec_curve.compute(erring(range(1, 11), dummy=[3] * 10)))
        assert data.facts["areas"] == {"model": 5.5, "dummy": 3}

    def test_the_band_is_wilsons(self) -> None:
        data = one(rec_curve.compute(erring(range(1, 11))))
        interval = binomtest(3, 10).proportion_ci(method="wilson")
        assert curve(data, "model", "low")[3] == pytest.approx(interval.low, abs=1e-4)
        assert curve(data, "model", "high")[3] == pytest.approx(interval.high, abs=1e-4)

    def test_rows_of_groups_have_no_band(self) -> None:
        run = erring(range(1, 11))
        grouped = replace(run.predictions["test"], group=np.arange(10) // 2)
        data = one(rec_curve.compute(replace(run, predictions={"test": grouped})))
        assert set(data.columns["low"]) == {None}
        assert "Band" not in rec_curve.describe(data).caption

    def test_a_baseline_that_is_not_finite_is_left_out(self) -> None:
        data = one(rec_curve.compute(erring(range(1, 11), linear=[np.inf] * 10)))
        assert set(data.columns["curve"]) == {"model"}

    def test_many_rows_are_a_few_hundred_steps_over_the_same_area(self) -> None:
        run = runs.regression(rows=5000)
        test = run.predictions["test"]
        data = one(rec_curve.compute(run))
        tolerance, share = (np.array(curve(data, "model", name)) for name in ("tolerance", "share"))
        assert len(share) <= 251
        assert share[-1] == 1
        assert tolerance[-1] == pytest.approx(np.abs(test.y_true - test.y_pred).max(), rel=1e-5)
        area = (np.diff(tolerance) * (1 - share[:-1])).sum()
        assert area == pytest.approx(np.abs(test.y_true - test.y_pred).mean(), rel=1e-5)


class TestScaleLocation:
    def test_shows_the_root_of_each_error_in_units_of_the_rmse(self) -> None:
        data = one(scale_location.compute(erring([3.0, -1.0] * 10, y_pred=range(20))))
        rmse = np.sqrt(5)
        assert data.facts["rmse"] == pytest.approx(rmse)
        assert data.columns["root of scaled error"][:2] == pytest.approx([(3 / rmse) ** 0.5, (1 / rmse) ** 0.5], 1e-5)

    def test_errors_that_grow_are_told(self) -> None:
        data = one(scale_location.compute(erring([(-1) ** n * n for n in range(1, 31)], y_pred=range(30))))
        assert data.facts["correlation"] == pytest.approx(1)
        expected = "The higher the prediction, the larger the error (rank correlation 1.00, p < 0.001)."
        assert scale_location.describe(data).title == expected

    def test_errors_of_one_size_are_no_finding(self) -> None:
        data = one(scale_location.compute(erring([1.0, -1.0] * 15, y_pred=range(30))))
        assert scale_location.describe(data).title.startswith("The size of the errors does not clearly depend")

    def test_overlapping_forecasts_have_none(self) -> None:
        with pytest.raises(NotApplicable, match="regression"):
            scale_location.compute(runs.forecast())

    @given(NUMBERS, st.randoms(use_true_random=False))
    def test_the_rank_correlation_is_spearmans(self, values: list[int], random: Any) -> None:
        x, y = np.array(values, dtype=float), np.array([random.randint(-5, 5) for _ in values], dtype=float)
        rho, p = _smooth.rank_correlation(x, y)
        if np.ptp(x) == 0 or np.ptp(y) == 0:
            assert (rho, p) == (0, 1)
            return
        expected = spearmanr(x, y)
        assert rho == pytest.approx(expected.statistic, abs=1e-9)
        assert p == pytest.approx(expected.pvalue, abs=1e-6)

    @given(st.sets(st.integers(-100, 100), min_size=20), st.floats(-5, 5), st.floats(-100, 100))
    def test_the_smooth_of_a_line_is_the_line(self, values: set[int], slope: float, level: float) -> None:
        x = np.array(sorted(values), dtype=float)
        places, smooth = _smooth.local_line(x, slope * x + level)
        assert smooth == pytest.approx(slope * places + level, abs=1e-6)

    def test_the_smooth_of_a_step_stays_within_it_far_from_the_step(self) -> None:
        x = np.arange(300.0)
        places, smooth = _smooth.local_line(x, np.where(x < 150, 1.0, 2.0))
        assert smooth[places == 0] == pytest.approx(1, abs=0.15)
        assert smooth[places == 299] == pytest.approx(2, abs=0.15)


def uneven(**options: Any) -> Run:
    """Eighty test rows, those of district north with errors about 10, of the others about 1."""
    random = np.random.default_rng(0)
    names = ["north", "south"] * 38 + ["east"] * 4
    errors = [
        10 + value if name == "north" else 1 + value for name, value in zip(names, random.random(80), strict=True)
    ]
    return with_column(erring(errors), "district", names, **options)


class TestErrorByFeature:
    def test_the_column_that_divides_the_errors_comes_first(self) -> None:
        run = uneven()
        data = one(error_by_feature.compute(run))
        shown = [place for place, name in enumerate(data.columns["column"]) if name == "district"]
        assert [data.columns["group"][place] for place in shown] == ["district is 'north'", "district is 'south'"]
        errors = np.abs(run.predictions["test"].y_true)
        assert data.columns["error"][0] == pytest.approx(errors[:76:2].mean(), rel=1e-5)
        assert data.columns["rows"][:2] == [38, 38]
        assert error_by_feature.describe(data).title == (
            "The mean absolute error differs most clearly by district: "
            f"{errors[1:76:2].mean():.2f} where district is 'south', "
            f"{errors[:76:2].mean():.1f} where district is 'north'."
        )

    def test_p_values_are_those_of_kruskal_and_wallis_corrected_for_the_columns(self) -> None:
        run = erring(np.random.default_rng(1).exponential(size=80))
        run = with_column(run, "half", ["a"] * 40 + ["b"] * 40)
        assert run.dataset is not None
        kept = tuple(column for column in run.dataset.columns if column.name in ("half", "price"))
        run = replace(run, dataset=replace(run.dataset, columns=kept))
        errors = np.abs(run.predictions["test"].y_true)
        data = one(error_by_feature.compute(run))
        assert data.facts["p"] == pytest.approx([kruskal(errors[:40], errors[40:]).pvalue])
        assert data.facts["searched"] == 1

    def test_a_level_of_few_rows_is_not_shown(self) -> None:
        assert "east" not in str(one(error_by_feature.compute(uneven())))

    def test_a_sensitive_column_is_not_shown(self) -> None:
        assert "district" not in str(one(error_by_feature.compute(uneven(sensitive=True))))

    def test_what_is_not_shown_to_matter_is_folded(self) -> None:
        data = one(error_by_feature.compute(erring(np.random.default_rng(2).normal(size=80))))
        assert data.fold
        assert error_by_feature.describe(data).title.startswith("The errors do not clearly depend on any of 7 columns")

    def test_classes_have_shares_of_wrong_predictions(self) -> None:
        run = runs.binary()
        data = one(error_by_feature.compute(run))
        score = np.mean(run.predictions["test"].y_pred != run.predictions["test"].y_true)
        assert data.facts["overall"] == pytest.approx(score)
        assert error_by_feature.describe(data).caption.startswith("Share of wrong predictions")

    def test_rows_that_depend_on_each_other_are_told_of(self) -> None:
        run = uneven()
        test = replace(run.predictions["test"], moment=np.arange(80))
        data = one(error_by_feature.compute(replace(run, predictions={"test": test})))
        assert "depend on each other" in error_by_feature.describe(data).caption

    def test_needs_the_table(self) -> None:
        run = uneven()
        with pytest.raises(NotApplicable, match="table"):
            error_by_feature.compute(replace(run, predictions={"test": replace(run.predictions["test"], rows=None)}))


class TestSlices:
    def test_shows_each_slice_beside_all_other_rows(self) -> None:
        data = one(slices.compute(with_slices(runs.regression(), 0.01, 0.03)))
        assert data.columns["value"] == [5, 6]
        assert data.columns["all other rows"] == [2, 2]
        expected = "Where radius below 12, MAE is 5.00, on all other rows 2.00."
        assert slices.describe(data).title == expected
        assert not data.fold

    def test_without_proof_they_are_folded(self) -> None:
        data = one(slices.compute(with_slices(runs.regression(), 0.6)))
        assert data.fold
        assert slices.describe(data).title == "None of 30 slices is shown to be weaker than the other rows."

    def test_says_why_there_are_none(self) -> None:
        run = replace(runs.regression(), mistakes=Mistakes("mae", 2.5, (), note="slices need 60 test rows or more"))
        with pytest.raises(NotApplicable, match="60 test rows"):
            slices.compute(run)


@pytest.mark.parametrize("figure", ["rec_curve", "scale_location", "error_by_feature"])
def test_hostile_names_leave_the_drawing_whole(figure: str) -> None:
    unit = {"rec_curve": rec_curve, "scale_location": scale_location, "error_by_feature": error_by_feature}[figure]
    run = with_column(
        erring([n % 7 for n in range(80)], y_pred=range(80)), "a", ["</svg><b>"] * 40 + ["\u202e$x$"] * 40
    )
    run = runs.with_names(run, {"price": "</text><script>$\\frac$", "a": "\x00" + "w" * 500})
    for data in unit.compute(run):  # type: ignore[attr-defined]
        drawn = Studio().draw(figure, data, "x")
        assert "<script" not in drawn.svg
        assert len(drawn.svg) < 60_000
