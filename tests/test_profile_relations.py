"""Associations, relations to the target and gaps against pandas, scipy or values computed by hand."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from tables import dataset

from reportgen.dataset import Kind, Task
from reportgen.profile import Profile, association, profile
from reportgen.profile.sample import spread
from reportgen.profile.summaries import Relation

RANDOM = np.random.default_rng(7)
FINITE = st.floats(-1e6, 1e6).map(lambda number: round(number, 3))


def profiled(frame: pd.DataFrame, task: Task | None = None, **kinds: Kind) -> Profile:
    """Words are categories and numbers numeric unless `kinds` says something else."""
    every = {
        str(name): kinds.get(str(name), Kind.CATEGORICAL if frame[name].dtype == "str" else Kind.NUMERIC)
        for name in frame
    }
    return profile(dataset(frame, every, task=task))


def cell(found: Profile, first: str, second: str) -> float | None:
    names = found.associations.names
    return found.associations.matrix[names.index(first)][names.index(second)]


def cramers_v(first: pd.Series, second: pd.Series) -> float:
    """Bergsma's from scipy's chi-square."""
    table = pd.crosstab(first, second).to_numpy()
    (r, k), n = table.shape, table.sum()
    phi2 = stats.chi2_contingency(table, correction=False).statistic / n
    phi2 = max(0.0, phi2 - (r - 1) * (k - 1) / (n - 1))
    return (phi2 / (min(r - (r - 1) ** 2 / (n - 1), k - (k - 1) ** 2 / (n - 1)) - 1)) ** 0.5


def eta(levels: pd.Series, values: pd.Series) -> float:
    """Kelley's from the F of an analysis of variance: 1 - MS within / MS in all."""
    groups = [group.to_numpy() for _, group in values.groupby(levels)]
    within = sum(((group - group.mean()) ** 2).sum() for group in groups) / (len(values) - len(groups))
    return max(0.0, 1 - within / values.var()) ** 0.5


class TestSpread:
    @given(st.integers(0, 10**7), st.integers(1, 500))
    @settings(max_examples=60, deadline=None)
    def test_it_takes_one_row_of_each_equal_part(self, n_rows: int, most: int) -> None:
        rows = spread(n_rows, most)

        assert len(rows) == min(n_rows, most)
        assert (np.diff(rows) > 0).all()
        if n_rows > most:
            parts = np.arange(most + 1) * n_rows // most
            assert (rows >= parts[:-1]).all()
            assert (rows < parts[1:]).all()

    def test_it_hits_no_period(self) -> None:
        hours = spread(24 * 1000, 1000) % 24

        assert np.bincount(hours, minlength=24).min() >= 35  # 41.7 each


class TestAssociations:
    def test_numbers_dates_and_truth_values_have_spearmans_rank_correlation(self) -> None:
        numbers = RANDOM.normal(size=300).round(1)
        frame = pd.DataFrame(
            {
                "a": numbers,
                "when": pd.Timestamp("2024-01-01") + pd.to_timedelta((numbers + RANDOM.normal(size=300)) * 1e5, "s"),
                "yes": pd.array(numbers + RANDOM.normal(size=300) > 0, dtype="boolean"),
            }
        )
        found = profiled(frame, when=Kind.DATETIME, yes=Kind.BOOLEAN)

        plain = pd.DataFrame({"a": numbers, "when": frame["when"].astype("int64"), "yes": frame["yes"].astype(float)})
        for first, second in (("a", "when"), ("a", "yes"), ("when", "yes")):
            expected = stats.spearmanr(plain[first], plain[second]).statistic
            assert cell(found, first, second) == pytest.approx(expected)
            assert cell(found, second, first) == pytest.approx(expected)
        assert {pair.measure for pair in found.associations.strongest} == {"Spearman"}

    def test_gaps_are_left_out_by_pairs(self) -> None:
        first = pd.Series(RANDOM.normal(size=400))
        frame = pd.DataFrame({"a": first, "b": first + RANDOM.normal(size=400)})
        frame.loc[RANDOM.choice(400, 80, replace=False), "a"] = np.nan
        frame.loc[RANDOM.choice(400, 80, replace=False), "b"] = np.inf

        ranks = frame.replace(np.inf, np.nan).rank()
        assert cell(profiled(frame), "a", "b") == pytest.approx(ranks["a"].corr(ranks["b"]))

    def test_categories_have_cramers_v(self) -> None:
        first = pd.Series(RANDOM.choice(["x", "y", "z"], 300), dtype="str")
        second = first.where(pd.Series(RANDOM.random(300) < 0.5), "x").mask(pd.Series(RANDOM.random(300) < 0.1))
        found = profiled(pd.DataFrame({"a": first, "b": second.astype("str")}))

        known = second.notna()
        assert cell(found, "a", "b") == pytest.approx(cramers_v(first[known], second[known]))
        assert found.associations.strongest[0].measure == "Cramér's V"

    def test_a_category_and_a_number_have_the_correlation_ratio(self) -> None:
        levels = pd.Series(RANDOM.choice(["x", "y", "z"], 300), dtype="str")
        values = pd.Series(RANDOM.normal(size=300)) + (levels == "x")
        found = profiled(pd.DataFrame({"a": values, "b": levels}))

        assert cell(found, "a", "b") == pytest.approx(eta(levels, values))
        assert [(pair.first, pair.second, pair.measure) for pair in found.associations.strongest] == [
            ("a", "b", "correlation ratio")
        ]

    def test_texts_ids_and_ignored_columns_are_left_out(self) -> None:
        frame = pd.DataFrame({name: pd.Series(["u", "v"] * 10, dtype="str") for name in "abcde"})
        found = profiled(frame, b=Kind.TEXT, c=Kind.ID, d=Kind.IGNORE)

        assert found.associations.names == ("a", "e")

    def test_constants_and_pairs_of_fewer_than_five_rows_have_none(self) -> None:
        frame = pd.DataFrame({"a": np.arange(10.0), "one": 1.0, "few": [1.0, 2.0, 3.0, 4.0] + [np.nan] * 6})
        found = profiled(frame)

        assert cell(found, "a", "one") is None
        assert cell(found, "a", "few") is None
        assert cell(found, "one", "one") is None
        assert cell(found, "a", "a") == 1.0

    def test_the_target_comes_first_and_then_what_tells_it_best(self) -> None:
        target = RANDOM.normal(size=200)
        frame = pd.DataFrame({f"n{number}": RANDOM.normal(size=200) for number in range(50)})
        frame["near"], frame["y"] = target + RANDOM.normal(size=200) / 10, target
        found = profiled(frame, Task("regression", "y"))

        assert found.associations.names[:2] == ("y", "near")
        assert len(found.associations.names) == 40

    def test_numbers_beyond_the_matrix_are_among_the_strongest(self) -> None:
        frame = pd.DataFrame({f"n{number}": RANDOM.normal(size=100) for number in range(60)})
        frame["n59"] = -frame["n58"]
        found = profiled(frame).associations

        strongest = found.strongest[0]
        assert (strongest.first, strongest.second, strongest.value) == ("n58", "n59", pytest.approx(-1))
        assert "n58" not in found.names
        assert len(found.strongest) == 200
        sizes = [abs(pair.value) for pair in found.strongest]
        assert sizes == sorted(sizes, reverse=True)

    def test_more_than_two_hundred_levels_are_pooled(self) -> None:
        common = pd.Series(["x"] * 500 + ["y"] * 500)
        rare = [f"level {number}" for number in range(600)]
        frame = pd.DataFrame({"a": np.repeat([0.0, 1.0, 0.5], [500, 500, 600]), "b": [*common, *rare]})
        frame["b"] = frame["b"].astype("str")
        found = profiled(frame)

        # x and y and 197 of the rare ones apart, 403 as one.
        pooled = frame["b"].where(frame.index < 1197, "others")
        assert cell(found, "a", "b") == pytest.approx(eta(pooled, frame["a"]))

    def test_a_sample_is_named(self) -> None:
        frame = pd.DataFrame({"a": np.arange(50_000.0), "b": -np.arange(50_000.0)})
        found = profiled(frame).associations

        assert found.rows == 20_000
        assert found.strongest[0].value == pytest.approx(-1)

    @given(
        st.lists(
            st.tuples(
                st.floats(), st.sampled_from([None, "u", "v", ""]), st.sampled_from([1e308, -1e308, 0.0, np.nan])
            ),
            max_size=30,
        )
    )
    @settings(max_examples=60, deadline=None)
    def test_odd_tables_give_finite_values_or_none(self, table: list[tuple[float, str | None, float]]) -> None:
        frame = pd.DataFrame(table, columns=["a", "b", "c"]).astype({"a": float, "b": "str", "c": float})
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = profiled(frame)

        for row in found.associations.matrix:
            assert all(value is None or abs(value) <= 1 for value in row)
        assert all(-1 <= pair.value <= 1 for pair in found.associations.strongest)


class TestRatio:
    @given(st.lists(st.tuples(st.integers(0, 3), FINITE), min_size=4, max_size=50))
    @settings(max_examples=80, deadline=None)
    def test_it_follows_from_an_analysis_of_variance(self, pairs: list[tuple[int, float]]) -> None:
        levels, values = (pd.Series(column) for column in zip(*pairs, strict=True))
        found = association.correlation_ratio(levels.to_numpy(), values.to_numpy())

        if levels.nunique() in (1, len(levels)) or values.nunique() == 1:
            assert found is None
        elif values.std() > 1e-3 * values.abs().max():
            assert found == pytest.approx(eta(levels, values), abs=1e-6)

    def test_groups_of_one_explain_nothing(self) -> None:
        assert association.correlation_ratio(np.arange(50), RANDOM.normal(size=50)) is None

    def test_largest_numbers_do_not_overflow(self) -> None:
        values = np.array([1e308, 1e308, -1e308, -1e308])

        assert association.correlation_ratio(np.array([0, 0, 1, 1]), values) == 1.0


class TestPresence:
    def test_of_sets_of_rows_it_is_that_of_codes(self) -> None:
        classes = RANDOM.integers(0, 3, 100)
        inside = RANDOM.random((4, 100)) < np.array([[0.1], [0.5], [0.9], [0.3]])
        table = np.array([np.bincount(classes[row], minlength=3) for row in inside])
        found = association.presence_v(table, np.bincount(classes))

        for row, value in zip(inside, found, strict=True):
            assert value == pytest.approx(association.cramers_v(row.astype(int), classes))

    def test_the_ratio_of_sets_of_rows_is_that_of_codes(self) -> None:
        values, inside = RANDOM.normal(size=60), RANDOM.random((3, 60)) < 0.4
        sets, rows = np.nonzero(inside)
        found = association.presence_ratio(rows, sets, 3, values)

        for row, value in zip(inside, found, strict=True):
            assert value == pytest.approx(association.correlation_ratio(row.astype(int), values))

    def test_without_a_member_there_is_none(self) -> None:
        assert np.isnan(association.presence_v(np.array([[0, 0]]), np.array([3, 4])))[0]
        assert np.isnan(association.presence_ratio(np.array([], int), np.array([], int), 1, np.arange(5.0)))[0]


class TestMissingRelation:
    def test_with_classes_it_is_cramers_v_of_all_rows(self) -> None:
        target = pd.Series(RANDOM.choice(["n", "p"], 200), dtype="str")
        gaps = (target == "p") & pd.Series(RANDOM.random(200) < 0.5)
        frame = pd.DataFrame({"a": np.where(gaps, np.nan, 1.0), "y": target})
        relation = profiled(frame, Task("binary", "y", ("n", "p"))).column("a").missing_relation

        assert relation is not None
        assert relation.name == "Cramér's V"
        assert relation.value == pytest.approx(cramers_v(gaps, target))

    def test_with_numbers_it_is_the_correlation_ratio(self) -> None:
        target = pd.Series(RANDOM.normal(size=200))
        gaps = target > 1
        frame = pd.DataFrame({"a": np.where(gaps, np.nan, 1.0), "y": target})
        relation = profiled(frame, Task("regression", "y")).column("a").missing_relation

        assert relation is not None
        assert relation.name == "correlation ratio"
        assert relation.value == pytest.approx(eta(gaps, target))

    @pytest.mark.parametrize("n_missing", [4, 16])
    def test_fewer_than_five_missing_or_known_rows_are_not_related(self, n_missing: int) -> None:
        frame = pd.DataFrame({"a": [np.nan] * n_missing + [1.0] * (20 - n_missing), "y": ["n", "p"] * 10})
        frame["y"] = frame["y"].astype("str")

        assert profiled(frame, Task("binary", "y", ("n", "p"))).column("a").missing_relation is None

    def test_without_a_target_there_is_none(self) -> None:
        frame = pd.DataFrame({"a": [np.nan, 1.0] * 10})

        assert profiled(frame).column("a").missing_relation is None


def gappy(n_rows: int, **shares: float) -> pd.DataFrame:
    frame = pd.DataFrame({name: np.arange(n_rows, dtype=float) for name in shares})
    for name, share in shares.items():
        frame.loc[RANDOM.random(n_rows) < share, name] = np.nan
    return frame


class TestMissingTogether:
    def test_a_small_table_by_hand(self) -> None:
        n = np.nan
        frame = pd.DataFrame({"a": [n, n, 1, 1, n], "b": [n, n, n, 1, 1], "full": [1, np.inf, 1, 1, 1]}, dtype=float)
        found = profiled(frame).missing

        assert found.names == ("a", "b")
        # 2 rows without both, 3 of 5 without each: (5 * 2 - 3 * 3) / (3 * 2).
        assert found.matrix == ((1.0, pytest.approx(1 / 6)), (pytest.approx(1 / 6), 1.0))
        assert found.patterns == ((("a", "b"), 2), (("b",), 1), (("a",), 1))
        assert (found.n_patterns, found.complete) == (3, 1)
        assert found.bands == ((1.0, 1.0, 0.0, 0.0, 1.0), (1.0, 1.0, 1.0, 0.0, 0.0))

    def test_phi_is_pearsons_r_of_the_gaps(self) -> None:
        frame = gappy(500, a=0.2, b=0.5, c=0.9)
        frame.loc[frame["a"].isna(), "b"] = np.nan
        found = profiled(frame).missing

        expected = frame.isna().corr()
        for row, first in zip(found.matrix, found.names, strict=True):
            assert row == pytest.approx([expected.loc[first, second] for second in found.names])

    def test_patterns_are_counted_as_pandas_does(self) -> None:
        frame = gappy(2000, **{f"c{number}": 0.3 for number in range(12)})
        found = profiled(frame).missing

        expected = frame.isna().apply(tuple, axis=1).value_counts()
        empty = (False,) * 12
        assert found.complete == expected.get(empty, 0)
        assert found.n_patterns == len(expected.drop(empty, errors="ignore"))
        for names, rows in found.patterns:
            assert expected[tuple(name in names for name in frame)] == rows
        counts = sorted(expected.drop(empty, errors="ignore"), reverse=True)[:20]
        assert [rows for _, rows in found.patterns] == counts

    def test_a_hundred_columns_have_patterns_too(self) -> None:
        frame = pd.DataFrame({f"c{number}": [np.nan, 1.0, 1.0] for number in range(100)})
        frame.loc[1, "c99"] = np.nan
        found = profiled(frame).missing

        assert [(len(names), rows) for names, rows in found.patterns] == [(100, 1), (1, 1)]
        assert len(found.names) == 40
        assert found.complete == 1

    def test_bands_are_shares_of_fifty_equal_parts(self) -> None:
        frame = gappy(777, a=0.4)
        (bands,) = profiled(frame).missing.bands

        parts = np.arange(777) * 50 // 777
        assert bands == pytest.approx(frame["a"].isna().groupby(parts).mean().tolist())

    def test_a_column_that_is_missing_everywhere_has_no_phi(self) -> None:
        frame = pd.DataFrame({"a": [np.nan] * 4, "b": [np.nan, 1.0, 1.0, 1.0]})
        found = profiled(frame).missing

        assert found.names == ("a", "b")
        assert found.matrix == ((None, None), (None, 1.0))
        assert found.complete == 0

    def test_gaps_of_every_kind_of_column_count(self) -> None:
        frame = pd.DataFrame(
            {
                "words": pd.Series(["u", None, "v"], dtype="str"),
                "when": pd.to_datetime(["2024-01-01", None, "2024-01-02"]),
                "whole": pd.array([1, None, 2], dtype="Int64"),
                "yes": pd.array([True, None, False], dtype="boolean"),
            }
        )
        found = profiled(frame, when=Kind.DATETIME, yes=Kind.BOOLEAN).missing

        assert found.patterns == ((("words", "when", "whole", "yes"), 1),)

    def test_without_gaps_every_row_is_complete(self) -> None:
        found = profiled(pd.DataFrame({"a": [1.0, 2.0]})).missing

        assert (found.names, found.complete, found.n_patterns) == ((), 2, 0)


@pytest.mark.parametrize(
    ("measure", "value", "strength"), [("AUC", 0.5, 0), ("AUC", 0.75, 0.5), ("Cramér's V", 0.4, 0.4)]
)
def test_measures_of_relation_have_one_scale(measure: str, value: float, strength: float) -> None:
    assert Relation(measure, value).strength == strength


def test_the_rows_looked_at_are_those_of_each_measure() -> None:
    n = 120_000
    label = pd.Series(np.where(np.arange(n) % 3, "a", "b"), dtype="str")
    words = pd.Series(np.where(np.arange(n) % 2, "u", "v"), dtype="str")
    task = Task("binary", "label", ("a", "b"))
    found = profiled(pd.DataFrame({"words": words, "label": label}), task)

    assert (found.related_rows, found.correlated_rows) == (100_000, 0)
