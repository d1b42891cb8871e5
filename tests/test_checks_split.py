"""Checks of the split: what chance makes is no drift and no overlap, and sizes are what the textbooks say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats
from scipy.spatial import distance
from sklearn.metrics import roc_auc_score

from reportgen import registry
from reportgen.checks import _compare as compare
from reportgen.checks import _discrimination as discrimination
from reportgen.checks._target import order_tells
from reportgen.checks.split import _new
from reportgen.dataset import Kind, Task
from reportgen.errors import NotApplicable
from reportgen.results import Run
from reportgen.spec import Data, Spec
from tests.check_defects import DEFECTS, N
from tests.check_runs import clean_run, column
from tests.tables import dataset

FINITE = st.floats(-1e6, 1e6, width=32)
VALUES = arrays.arrays(float, st.integers(1, 40), elements=FINITE)


@pytest.fixture(scope="module")
def clean() -> Run:
    return clean_run()


def split_by(run: Run, by: str, name: str | None = None) -> Run:
    split = run.spec.split.model_copy(update={"by": by, "column": name})
    return replace(run, spec=run.spec.model_copy(update={"split": split}))


@settings(max_examples=60, deadline=None)
@given(first=VALUES, second=VALUES)
def test_wasserstein_is_scipys_in_standard_deviations(first: np.ndarray, second: np.ndarray) -> None:
    both = np.concatenate([first, second])
    spread = both.std()
    expected = stats.wasserstein_distance(first, second) / spread if spread > 1e-6 * np.abs(both).max() else None
    if expected is not None:
        assert compare.wasserstein(first, second) == pytest.approx(expected, rel=1e-6, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(counts=arrays.arrays(float, st.tuples(st.just(2), st.integers(1, 9)), elements=st.integers(0, 50).map(float)))
def test_jensen_shannon_is_scipys_to_base_two(counts: np.ndarray) -> None:
    if counts.sum(axis=1).min() > 0:
        expected = distance.jensenshannon(counts[0], counts[1], base=2)
        assert compare.jensen_shannon(counts[0], counts[1]) == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("values", [[], [np.nan, np.nan], [np.inf, 1.0], [1e308, -1e308, 0.0], [3.0, 3.0]])
def test_odd_columns_do_not_differ_from_themselves(values: list[float]) -> None:
    numbers = np.array(values, dtype=float)
    found = compare.numbers("x", numbers, numbers)
    assert found.size == 0
    assert np.isfinite(found.p)
    assert isinstance(found.told(), str)


def test_a_category_is_compared_by_cramers_v_of_its_levels() -> None:
    train, test = pd.Series(["a"] * 300 + ["b"] * 100), pd.Series(["a"] * 100 + ["b"] * 100)
    table = np.array([[300, 100], [100, 100]])
    found = compare.categories("x", train, test)
    chi2, p, *_ = stats.chi2_contingency(table, correction=False)
    assert found.size == pytest.approx(np.sqrt(chi2 / 600))
    assert found.p == pytest.approx(p)


def test_levels_of_few_rows_are_compared_as_one() -> None:
    counts = np.array([[50.0, 2, 1, 3], [50.0, 2, 2, 3]])
    assert compare._pooled(counts).tolist() == [[50, 6], [50, 7]]


def test_gaps_that_only_the_test_rows_have_are_drift(clean: Run) -> None:
    assert clean.splits is not None
    values = np.random.default_rng(1).normal(size=N)
    values[clean.splits.test.rows[::2]] = np.nan
    run = column("angle", values)(clean)
    verdict = registry.load("checks", "drift")(run)
    assert verdict.subjects == ("angle",)
    assert "missing in 0.0\u202f% of train and 50.0\u202f% of test" in verdict.detail


def test_drift_tells_the_usual_measures(clean: Run) -> None:
    detail = registry.load("checks", "drift")(DEFECTS["drift"](clean)).detail
    assert "Wasserstein" in detail
    assert "Jensen-Shannon" in detail


def test_label_drift_is_told_as_shares_and_not_as_a_p_value(clean: Run) -> None:
    detail = registry.load("checks", "label_drift")(DEFECTS["label_drift"](clean)).detail
    assert "p =" not in detail
    assert "of train and" in detail


def test_a_classifier_finds_what_single_columns_do_not_show(clean: Run) -> None:
    run = DEFECTS["multivariate_drift"](clean)
    assert not registry.load("checks", "drift")(run).failed
    assert registry.load("checks", "multivariate_drift")(run).failed


def test_a_spread_that_differs_is_found() -> None:
    rng = np.random.default_rng(3)
    told = discrimination.told_apart(rng.normal(size=(500, 4)), 2 * rng.normal(size=(500, 4)), 0)
    assert told.auc > 0.7
    assert told.sure


def test_equal_rows_cannot_be_told_apart() -> None:
    """Ties must not be broken by the order of train and test."""
    rng = np.random.default_rng(0)
    few = rng.integers(0, 2, (600, 2)).astype(float)
    told = discrimination.told_apart(few[:300], few[300:], 0)
    assert told.auc == pytest.approx(0.5, abs=0.08)
    assert not told.sure


def test_areas_are_scikit_learns() -> None:
    rng = np.random.default_rng(5)
    scores, targets = rng.normal(size=(80, 3)), np.sign(rng.normal(size=(80, 3)))
    expected = [roc_auc_score(targets[:, i] > 0, scores[:, i]) for i in range(3)]
    assert discrimination._areas(scores, targets) == pytest.approx(np.array(expected))


def test_a_constant_table_has_nothing_to_tell_apart() -> None:
    with pytest.raises(NotApplicable, match="no feature changes"):
        discrimination.told_apart(np.ones((60, 2)), np.ones((60, 2)), 0)


def test_a_level_seen_once_makes_new_ones_expected() -> None:
    """Of ten training rows with nine lone levels, a new level in test is nothing to wonder at."""
    lone = pd.Series([*"abcdefghii", "x", "y", "a", "b"], dtype="str")
    assert _new(lone, np.arange(10), np.arange(10, 14), 0.001) == 0
    common = pd.Series([*("ab" * 50), *"xyxyxyxyxy"], dtype="str")
    assert _new(common, np.arange(100), np.arange(100, 110), 0.001) == 1


def test_a_missing_level_is_no_new_one() -> None:
    values = pd.Series([*("ab" * 50), *[None] * 10], dtype="str")
    assert _new(values, np.arange(100), np.arange(100, 110), 0.001) == 0


def test_one_group_in_two_parts_of_a_split_by_group_is_an_error(clean: Run) -> None:
    run = DEFECTS["group_overlap"](split_by(clean, "group", "patient_id"))
    assert registry.load("checks", "group_overlap")(run).severity == "error"


def test_an_id_for_each_row_makes_no_groups(clean: Run) -> None:
    run = column("case_id", [f"C{i}" for i in range(N)], Kind.ID)(clean)
    with pytest.raises(NotApplicable, match="no id that comes twice"):
        registry.load("checks", "group_overlap")(run)


def test_later_rows_of_a_group_may_be_tested(clean: Run) -> None:
    with pytest.raises(NotApplicable, match="came before"):
        registry.load("checks", "group_overlap")(DEFECTS["group_overlap"](split_by(clean, "time", "angle")))


def test_a_split_by_time_with_earlier_test_rows_is_an_error(clean: Run) -> None:
    run = DEFECTS["time_overlap"](split_by(clean, "time", "at"))
    verdict = registry.load("checks", "time_overlap")(run)
    assert (verdict.severity, verdict.title) == ("error", "Test rows come before training rows")


def test_dates_of_birth_make_no_order_of_time(clean: Run) -> None:
    born = np.datetime64("1960-01-01") + np.random.default_rng(2).integers(0, 9000, N)
    with pytest.raises(NotApplicable, match="orders the rows"):
        registry.load("checks", "time_overlap")(column("born", born.astype("datetime64[us]"), Kind.DATETIME)(clean))


def test_a_file_in_the_order_of_its_classes_says_so(clean: Run) -> None:
    verdict = registry.load("checks", "index_leakage")(DEFECTS["index_leakage"](clean))
    assert verdict.value == pytest.approx(1.0)
    assert "looks sorted" in verdict.detail


def test_a_period_in_the_rows_hides_no_order() -> None:
    """Every third row is of one class, so that looking at every third row would see no other."""
    place = np.arange(60_000)
    label = pd.Series(np.where((place % 3 == 0) | (place > 30_000), "a", "b"), dtype="str")
    table = dataset(
        pd.DataFrame({"label": label}), {"label": Kind.CATEGORICAL}, task=Task("binary", "label", ("a", "b"))
    )
    run = Run(Spec(data=Data(path="x.csv")), dataset=table)
    # All of b lies in the lower half, with a quarter of a: of a pair a stands behind b in 3/4 + 1/4 * 1/2 of the cases.
    assert order_tells(run, pd.Series(place), 1) == pytest.approx(2 * 0.875 - 1, abs=0.01)
