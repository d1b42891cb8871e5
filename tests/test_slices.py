"""The search for weak slices: what it finds, what it must not find, and its numbers by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact, hypergeom, ranksums, ttest_ind

from reportgen.conditions import parse
from reportgen.dataset import Column, Dataset, Kind, Source, Task
from reportgen.errors import SpecError
from reportgen.mistakes import Mistakes
from reportgen.results import Prediction
from reportgen.slicing import Wishes, mistakes, require
from reportgen.slicing.coding import Coded, code
from reportgen.slicing.search import Found, search
from reportgen.slicing.selecting import holds
from reportgen.slicing.testing import (
    Estimate,
    difference,
    fisher,
    holm,
    hypergeometric_tail,
    scored,
    standardised,
    two_sided,
    welch,
)

BINARY, NUMBER = Task("binary", "y", ("no", "yes")), Task("regression", "y")


def table(rng: np.random.Generator, n: int) -> Dataset:
    frame = pd.DataFrame({"age": rng.normal(50, 9, n), "town": pd.Series(rng.choice([*"abcd"], n), dtype="str")})
    columns = (Column("age", Kind.NUMERIC, ""), Column("town", Kind.CATEGORICAL, ""))
    return Dataset(frame, columns, Source("", "", 0, ""))


def judged(wrong: np.ndarray, dataset: Dataset) -> Mistakes:
    y = np.zeros(len(wrong), dtype=np.int64)
    told = Prediction("test", y, wrong.astype(np.int64), None, ("no", "yes"), np.arange(len(y)))
    return mistakes(told, BINARY, dataset, 0.95)


def test_a_planted_weak_slice_is_found_by_name() -> None:
    rng = np.random.default_rng(3)
    dataset = table(rng, 2000)
    bad = (dataset.frame["town"] == "b").to_numpy()
    found = judged(rng.random(2000) < np.where(bad, 0.3, 0.05), dataset).slices[0]
    assert found.columns == ("town",)
    assert found.rows == bad.sum()
    assert found.p_value < 1e-6


def test_a_sensitive_column_is_never_searched() -> None:
    rng = np.random.default_rng(3)
    dataset = table(rng, 2000)
    hidden = Dataset(dataset.frame, (Column("town", Kind.CATEGORICAL, "", True),), dataset.source)
    assert judged((dataset.frame["town"] == "b").to_numpy(), hidden).slices == ()


@pytest.mark.slow
def test_clean_tables_yield_a_slice_in_no_more_than_one_of_twenty() -> None:
    rng = np.random.default_rng(8)
    alarms = 0
    for _ in range(500):
        found = judged(rng.random(400) < 0.2, table(rng, 400))
        alarms += bool(found.slices) and found.slices[0].p_value <= 0.05
    assert alarms <= 38  # the 99.7 % point of 500 draws at 5 %


def test_the_tail_is_the_hypergeometric_one() -> None:
    assert hypergeometric_tail(7, 30, 40, 300) == pytest.approx(hypergeom.sf(6, 300, 40, 30))


def test_ranks_are_standardised_as_in_the_rank_sum_test() -> None:
    errors = np.random.default_rng(1).exponential(size=200)
    inside = np.arange(200) < 50
    scores = scored(errors)
    z = standardised(np.array([scores[inside].sum()]), np.array([50]), 200, float(scores @ scores))
    assert z[0] == pytest.approx(ranksums(errors[inside], errors[~inside]).statistic)


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03], 4) == pytest.approx([0.04, 0.09, 0.09])


def test_the_worst_predictions_come_worst_first() -> None:
    told = Prediction("test", np.array([1.0, 2.0, 3.0]), np.array([1.5, 2.0, 0.0]), None, (), np.array([7, 8, 9]))
    assert [(one.row, one.loss) for one in mistakes(told, NUMBER, None, 0.95).worst] == [(9, 3.0), (7, 0.5)]


# The search.


def by_hand(
    losses: np.ndarray, coded: list[Coded], smallest: int
) -> dict[tuple[tuple[int, int], ...], tuple[float, int]]:
    """Every slice as an intersection of row sets, its z from the variance over all ways to choose rows."""
    scores, n = scored(losses), len(losses)
    masks = {(place, c): one.codes == c for place, one in enumerate(coded) for c in range(len(one.names))}
    single: dict[tuple[tuple[int, int], ...], np.ndarray] = {
        (key,): mask for key, mask in masks.items() if smallest <= mask.sum() <= n - smallest
    }
    pairs = {
        (*one, *other): single[one] & single[other] for one in single for other in single if one[0][0] < other[0][0]
    }
    both = {**single, **{key: mask for key, mask in pairs.items() if mask.sum() >= smallest}}
    return {
        key: (scores[mask].sum() / np.sqrt(mask.sum() * (n - mask.sum()) / (n - 1)), int(mask.sum()))
        for key, mask in both.items()
    }


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.booleans(), st.integers(1, 12))
def test_the_search_is_equal_to_brute_force(seed: int, hits: bool, smallest: int) -> None:
    rng = np.random.default_rng(seed)
    losses = (rng.random(80) < 0.3).astype(float) if hits else rng.exponential(size=80)
    losses[:2] = 0.0, 1.0
    coded = [Coded(str(k), rng.integers(-1, levels, 80), tuple("abcd"[:levels])) for k, levels in enumerate((2, 3, 4))]
    found = {one.parts: (one.z, one.rows) for one in search(losses, coded, smallest)}
    expected = by_hand(losses, coded, smallest)
    assert set(found) == set(expected)
    for parts, (z, rows) in expected.items():
        assert found[parts][0] == pytest.approx(z)
        assert found[parts][1] == rows


def test_equal_errors_leave_nothing_to_find() -> None:
    one = Coded("a", np.arange(80) % 2, ("x", "y"))
    assert search(np.zeros(80), [one], 10) == [Found(0.0, 40, ((0, 0),)), Found(0.0, 40, ((0, 1),))]


def test_columns_that_matter_come_first() -> None:
    dataset = table(np.random.default_rng(0), 100)
    found = code(dataset, BINARY, np.arange(100), ["town"])
    assert [one.column for one in found.coded] == ["town", "age"]
    assert (found.there, found.ranked) == (2, 1)


# Tests and intervals.


def test_fisher_is_twice_the_smaller_tail() -> None:
    tails = [fisher_exact([[3, 17], [30, 50]], alternative=way)[1] for way in ("less", "greater")]
    assert fisher(3, 20, 33, 100) == pytest.approx(2 * min(tails))


def test_welch_is_the_t_test_of_unequal_variances() -> None:
    rng = np.random.default_rng(2)
    first, second = rng.normal(0, 1, 30), rng.normal(1, 3, 12)
    assert welch(first, second) == pytest.approx(ttest_ind(first, second, equal_var=False).pvalue)


def test_absolute_errors_are_compared_by_their_ranks() -> None:
    errors = np.random.default_rng(5).exponential(size=90)
    inside = np.arange(90) < 20
    assert two_sided(errors, inside) == pytest.approx(ranksums(errors[inside], errors[~inside]).pvalue)


def test_a_difference_of_shares_is_newcombes() -> None:
    """56 of 70 against 48 of 80: 0.0524 to 0.3339 in Newcombe (1998), table II, method 10."""
    from reportgen.statistics import wilson

    parts = [Estimate(hits / n, *wilson(hits, n, 0.95)) for hits, n in ((56, 70), (48, 80))]
    assert difference(*parts) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


# Named slices.


def people() -> Dataset:
    """Twenty rows: sex alternates, age is 0, 3, 6 … and missing once, joined a day later each."""
    frame = pd.DataFrame(
        {
            "sex": pd.Series(["f", "m"] * 10, dtype="str"),
            "age": [None, *np.arange(3.0, 60.0, 3.0)],
            "joined": pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(20), unit="D"),
            "member": pd.array([True, False, None, True] * 5, dtype="boolean"),
            "note": pd.Series(["a b"] * 20, dtype="str"),
            "left out": np.arange(20),
        }
    )
    kinds = {"sex": Kind.CATEGORICAL, "age": Kind.NUMERIC, "joined": Kind.DATETIME, "member": Kind.BOOLEAN}
    kinds |= {"note": Kind.TEXT, "left out": Kind.IGNORE}
    columns = tuple(Column(name, kind, "") for name, kind in kinds.items())
    return Dataset(frame, columns, Source("", "", 0, ""))


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ("age >= 51", [17, 18, 19]),
        ("age != 51 and age > 48", [18, 19]),
        ("age is missing", [0]),
        ("sex = f and age < 10", [2]),
        ("joined < 2024-01-03", [0, 1]),
        ("member = yes and joined < 2024-01-06", [0, 3, 4]),
        ("member != true and age <= 15", [1, 5]),
        ("member is missing and left out < 7", [2, 6]),
        ("note is not missing and left out = 4", [4]),
    ],
)
def test_a_condition_holds_where_it_says(condition: str, rows: list[int]) -> None:
    assert np.flatnonzero(holds(parse(condition), people(), np.arange(20))).tolist() == rows


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("agee > 3", "there is no column 'agee'"),
        ("sex > 3", "'sex' is categorical, and its values have no order"),
        ("sex = x", "no row has 'x' in 'sex'"),
        ("age = old", "'age' is numeric, and 'old' is no number"),
        ("joined > 3", "'joined' holds dates, and '3' is none"),
        ("member = maybe", "'member' is true or false, and 'maybe' is neither"),
        ("note = a", "'note' is of kind text, which compares with nothing"),
        ("note", "'note' is of kind text, which has no levels"),
    ],
)
def test_what_the_data_have_no_answer_to_is_refused_by_key(text: str, what: str) -> None:
    with pytest.raises(SpecError) as refused:
        require(people(), BINARY, ["sex", text], [])
    (problem,) = refused.value.problems
    assert (problem.key, problem.what) == ("evaluate.slices[1]", what)
    assert problem.fix


def test_a_named_slice_by_hand() -> None:
    """Wrong are rows 0 to 4; of the ten f these are three, of the ten m two."""
    y = np.zeros(20, dtype=np.int64)
    told = Prediction("test", y, (np.arange(20) < 5).astype(np.int64), None, ("no", "yes"), np.arange(20))
    wishes = Wishes(slices=["sex", "age >= 51"])
    women, men, old = mistakes(told, BINARY, people(), 0.95, wishes).named
    assert (women.name, women.rows, women.value, women.rest) == ("sex is 'f'", 10, 0.7, 0.8)
    assert women.difference == pytest.approx(-0.1)
    # Each is tested against the other: three or more of five wrong among ten of twenty, twice; times two tests.
    assert women.p_value == men.p_value == 1.0
    assert (old.name, old.rows, old.value) == ("age >= 51", 3, None)


def test_p_values_of_named_slices_are_corrected_for_one_another() -> None:
    rng = np.random.default_rng(3)
    dataset = table(rng, 500)
    wrong = (rng.random(500) < np.where(dataset.frame["town"] == "b", 0.5, 0.1)).astype(np.int64)
    told = Prediction("test", 0 * wrong, wrong, None, ("no", "yes"), np.arange(500))
    slices = ["town = b", "town = c", "age < 50"]
    found = mistakes(told, BINARY, dataset, 0.95, Wishes(slices=slices)).named
    masks = [holds(parse(text), dataset, np.arange(500)) for text in slices]
    raw = [
        fisher_exact([[wrong[m].sum(), (1 - wrong[m]).sum()], [wrong[~m].sum(), (1 - wrong[~m]).sum()]]) for m in masks
    ]
    assert found[0].p_value is not None
    assert found[0].p_value < 1e-6
    assert found[0].p_value >= raw[0][1]  # Twice the smaller tail is no smaller than SciPy's two-sided p.


def test_a_forecast_is_not_sliced_and_says_why() -> None:
    told = Prediction("test", np.zeros(80), np.ones(80), None, (), np.arange(80), np.arange(80) % 4 + 1)
    found = mistakes(told, Task("forecast", "y"), table(np.random.default_rng(0), 80), 0.95, Wishes(slices=["town"]))
    assert found.note.startswith("neighbouring forecasts err alike")
    assert found.named == ()


def test_several_labels_are_sliced_by_rows_that_are_right_in_all() -> None:
    y = np.zeros((20, 2), dtype=np.int64)
    wrong = y.copy()
    wrong[[1, 3, 5, 7, 9], 1] = 1
    told = Prediction("test", y, wrong, None, ("a", "b"), np.arange(20))
    task = Task("multilabel", "a and b", ("a", "b"), targets=("a", "b"))
    women, men = mistakes(told, task, people(), 0.95, Wishes(slices=["sex"])).named
    assert (women.value, men.value) == (1.0, 0.5)
