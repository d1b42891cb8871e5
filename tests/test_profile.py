"""Summaries against values computed by hand, by pandas, by scipy or by brute force."""

from __future__ import annotations

import dataclasses
import itertools
import json
import time

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats
from sklearn.metrics import roc_auc_score
from tables import dataset

from reportgen.dataset import Dataset, Kind, Task
from reportgen.profile import ColumnProfile, Profile, association, profile, rows, spelling
from reportgen.profile.histogram import bin_edges, histogram

FINITE = st.floats(-1e6, 1e6).map(lambda number: round(number, 3))


def numbers(*values: float) -> ColumnProfile:
    return profile(dataset(pd.DataFrame({"a": values}), {"a": Kind.NUMERIC})).columns[0]


def assert_finite(value: object) -> None:
    """That the value can be written as JSON: no NaN and no infinity anywhere in it."""
    json.dumps(dataclasses.asdict(value), allow_nan=False)  # type: ignore[call-overload]


def distance(first: str, second: str) -> int:
    """Levenshtein's."""
    row = list(range(len(second) + 1))
    for place, letter in enumerate(first, 1):
        before, row[0] = row[0], place
        for other, sign in enumerate(second, 1):
            before, row[other] = row[other], min(row[other] + 1, row[other - 1] + 1, before + (letter != sign))
    return row[-1]


def words(*values: str | None, sensitive: bool = False, kind: Kind = Kind.CATEGORICAL) -> ColumnProfile:
    frame = pd.DataFrame({"a": pd.Series(values, dtype="str")})
    return profile(dataset(frame, {"a": kind}, sensitive=("a",) if sensitive else ())).columns[0]


def classified(target: list[str | None], labels: tuple[str, ...], **columns: pd.Series | list[float]) -> Profile:
    frame = pd.DataFrame({**columns, "y": pd.Series(target, dtype="str")})
    kinds = {name: Kind.CATEGORICAL if frame[name].dtype == "str" else Kind.NUMERIC for name in frame}
    task = Task("binary" if len(labels) == 2 else "multiclass", "y", labels)
    return profile(dataset(frame, kinds, task=task))


class TestNumbers:
    def test_a_small_column_by_hand(self) -> None:
        found = numbers(1.0, 2.0, 2.0, 5.0, np.nan, np.inf, 0.0, -4.0)

        assert (found.count, found.missing, found.infinite) == (7, 1, 1)
        assert (found.min, found.median, found.max, found.mean) == (-4.0, 1.5, 5.0, 1.0)
        assert (found.zeros, found.negative, found.distinct, found.most_frequent) == (1, 1, 6, 2)
        # 6 values, mean 1: squares 0 + 1 + 1 + 16 + 1 + 25 = 44.
        assert found.std == pytest.approx((44 / 5) ** 0.5)

    @given(st.lists(FINITE, min_size=3, max_size=60))
    @settings(max_examples=60, deadline=None)
    def test_moments_and_quantiles_are_those_of_pandas_and_scipy(self, values: list[float]) -> None:
        found, series = numbers(*values), pd.Series(values)

        expected = series.quantile([0.25, 0.5, 0.75]).tolist()
        assert [found.q25, found.median, found.q75] == pytest.approx(expected, rel=1e-9, abs=1e-9)
        assert found.mean == pytest.approx(series.mean(), rel=1e-9, abs=1e-9)
        assert found.std == pytest.approx(series.std(), rel=1e-6, abs=1e-9)
        assert found.distinct == series.nunique()
        if series.std() > 1e-3 * abs(series.mean()) and series.std() > 0:
            assert found.skewness == pytest.approx(stats.skew(values), rel=1e-6, abs=1e-6)
            assert found.kurtosis == pytest.approx(stats.kurtosis(values), rel=1e-6, abs=1e-6)

    def test_outliers_lie_outside_one_and_a_half_interquartile_ranges(self) -> None:
        # Quartiles 2.5 and 7.5, fences -5 and 15.
        assert numbers(0, 1, 2, 3, 4, 5, 6, 7, 8, 100, -30).outliers == 2

    def test_a_constant_has_no_shape(self) -> None:
        found = numbers(0.1, 0.1, 0.1)

        assert (found.std, found.skewness, found.distinct) == (0.0, None, 1)
        assert found.histogram.totals == (3,)

    def test_a_column_without_values(self) -> None:
        found = numbers(np.nan, np.nan)

        assert (found.missing, found.missing_share, found.distinct) == (2, 1.0, 0)
        assert (found.mean, found.histogram) == (None, None)

    @pytest.mark.parametrize("values", [(1e308, -1e308, 5.0), (1e-300, 2e-300, 3e-300), (1e18, 1.0, 2.0, 3.0)])
    def test_extremes_give_finite_numbers(self, values: tuple[float, ...]) -> None:
        found = numbers(*values)

        summary = (found.mean, found.std, found.q25, found.q75, found.skewness, *found.histogram.edges)
        assert np.isfinite(summary).all()
        assert sum(found.histogram.totals) == len(values)

    def test_large_whole_numbers_are_exact(self) -> None:
        found = numbers(2**62 + 1, 2**62)

        assert (found.min, found.max, found.distinct) == (2**62, 2**62 + 1, 2)

    def test_whole_numbers_with_gaps(self) -> None:
        frame = pd.DataFrame({"a": pd.array([3, None, 5], dtype="Int64")})
        found = profile(dataset(frame, {"a": Kind.NUMERIC})).columns[0]

        assert (found.min, found.max, found.mean, found.missing, found.whole) == (3, 5, 4.0, 1, True)

    @given(st.lists(FINITE, min_size=1, max_size=60))
    @settings(max_examples=60, deadline=None)
    def test_tails_and_the_median_deviation_are_those_of_pandas_and_scipy(self, values: list[float]) -> None:
        found, series = numbers(*values), pd.Series(values)

        assert [found.p05, found.p95] == pytest.approx(series.quantile([0.05, 0.95]).tolist(), rel=1e-9, abs=1e-9)
        assert found.mad == pytest.approx(stats.median_abs_deviation(values), rel=1e-9, abs=1e-9)
        assert (found.zeros, found.negative) == ((series == 0).sum(), (series < 0).sum())

    def test_many_decimals_are_counted_as_they_would_be_sorted(self) -> None:
        random = np.random.default_rng(0)
        for values in (random.integers(-3000, 3000, 20_000) / 100, random.integers(0, 90, 20_000) / 1.0):
            found, series = numbers(*values), pd.Series(values)

            assert [found.q25, found.median, found.q75] == series.quantile([0.25, 0.5, 0.75]).tolist()
            assert (found.distinct, found.most_frequent) == (series.nunique(), series.value_counts().max())
            assert (found.min, found.max) == (series.min(), series.max())
            assert found.smallest == tuple(np.unique(values)[:5])
            assert found.kurtosis == pytest.approx(stats.kurtosis(values))
            assert sum(found.histogram.totals) == len(values)

    @pytest.mark.parametrize("dtype", ["int64", "Int64", "float64"])
    def test_many_whole_numbers_of_any_type(self, dtype: str) -> None:
        values = np.random.default_rng(1).integers(10**15, 10**15 + 500, 5000)
        frame = pd.DataFrame({"a": pd.Series(values).astype(dtype)})
        found = profile(dataset(frame, {"a": Kind.NUMERIC})).columns[0]

        assert (found.min, found.max, found.whole) == (values.min(), values.max(), True)
        assert found.distinct == len(np.unique(values))
        assert found.mean == pytest.approx(values.mean(), rel=1e-15)
        assert found.std == pytest.approx(values.std(ddof=1), rel=1e-9)

    @pytest.mark.parametrize("values", [(1.7e308, -1.7e308), (5e-324, 0.0), (1.0, 1.0 + 1e-15), (1e-200, 1e-200 * 3)])
    def test_no_summary_is_infinite(self, values: tuple[float, ...]) -> None:
        assert_finite(numbers(*values))

    @pytest.mark.parametrize(
        ("values", "order"),
        [
            ((1, 2, 2, 9), "increasing"),
            ((1, 2, np.nan, 3), "strictly increasing"),
            ((9, 2, 2, 1), "decreasing"),
            ((3, 2, -np.inf), "strictly decreasing"),
            ((1, 3, 2, 4), ""),
            ((1, 1, 1), ""),
            ((1,), ""),
        ],
    )
    def test_how_they_stand_in_the_rows(self, values: tuple[float, ...], order: str) -> None:
        assert numbers(*values).order == order

    def test_order_is_told_by_all_rows(self) -> None:
        rising = np.arange(5000.0)
        rising[4000] = 0

        assert numbers(*np.arange(5000.0)).order == "strictly increasing"
        assert numbers(*rising).order == ""

    def test_frequent_values_have_five_rows(self) -> None:
        found = numbers(*[1.5] * 7, *[3.0] * 9, *[2.0] * 4, np.inf)

        assert [(level.name, level.count) for level in found.frequent] == [("3", 9), ("1.5", 7)]

    def test_the_five_values_at_each_end(self) -> None:
        found = numbers(4, 4, 1, 2, 3, 9, 8, 7, 7, np.inf)

        assert (found.smallest, found.largest) == ((1, 2, 3, 4, 7), (9, 8, 7, 4, 3))

    def test_dates_of_an_odd_unit(self) -> None:
        stamps = pd.Series(np.array(["2020-01-01T00:00:00.000000001", "2020-01-02"], dtype="datetime64[ns]"))
        found = profile(dataset(pd.DataFrame({"a": stamps}), {"a": Kind.DATETIME})).columns[0]

        assert (found.order, found.distinct, sum(found.histogram.totals)) == ("strictly increasing", 2, 2)


class TestHeaping:
    def test_rounded_values_are_found_by_their_share(self) -> None:
        exact = np.arange(20, 80).repeat(20)
        rounded = np.round(exact[::2] / 5) * 5

        # Half of 1,200 values are rounded: a fifth of the other half ends in 0 or 5 as well.
        assert numbers(*exact).heaped == 0.0
        assert numbers(*exact[1::2], *rounded).heaped == pytest.approx(0.5, abs=0.03)

    @pytest.mark.parametrize("seed", range(5))
    def test_counts_of_chance_are_not_heaped(self, seed: int) -> None:
        random = np.random.default_rng(seed)
        for values in (
            random.normal(100, 15, 5000).round(),
            random.poisson(40, 5000),
            random.exponential(30, 5000).round(),
            random.geometric(0.02, 5000),
        ):
            assert numbers(*map(float, values)).heaped < 0.06

    @pytest.mark.parametrize(
        "values", [np.arange(0, 1000, 5).repeat(3), np.arange(10).repeat(90), np.arange(300) / 7, np.arange(0, 90, 5)]
    )
    def test_a_unit_of_five_few_values_and_fractions_are_none(self, values: np.ndarray) -> None:
        assert numbers(*map(float, values)).heaped == 0.0


class TestHistogram:
    @given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=80))
    @settings(max_examples=80, deadline=None)
    def test_every_finite_value_is_counted_where_its_edges_say(self, values: list[float]) -> None:
        found = numbers(*values).histogram

        edges = np.array(found.edges)
        assert np.isfinite(edges).all()
        assert (np.diff(edges) > 0).all()
        assert len(edges) <= 21
        clipped = np.clip(np.array(values), edges[0], edges[-1])
        expected = np.clip(np.searchsorted(edges, clipped, side="right") - 1, 0, len(edges) - 2)
        assert found.totals == tuple(np.bincount(expected, minlength=len(edges) - 1))

    def test_a_far_outlier_does_not_flatten_the_rest(self) -> None:
        values = [*np.linspace(0.0, 1.0, 400), 1e18]
        found = numbers(*values).histogram

        assert found.edges[-1] < 10
        assert found.outside == 1
        assert sum(count > 0 for count in found.totals) > 5

    def test_few_whole_numbers_have_a_bin_each(self) -> None:
        found = numbers(1, 2, 2, 4).histogram

        assert found.edges == (0.5, 1.5, 2.5, 3.5, 4.5)
        assert found.totals == (1, 2, 0, 1)

    def test_it_counts_each_class_apart(self) -> None:
        found = classified(["u", "v", "v", None], ("u", "v"), a=[1.0, 1.0, 2.0, 2.0])

        assert found.series == ("u", "v")
        assert found.column("a").histogram.counts == ((1, 0), (1, 1))

    def test_many_classes_are_counted_together(self) -> None:
        labels = tuple(f"k{number:02}" for number in range(11))
        found = classified([*labels], labels, a=[*map(float, range(11))])

        assert found.series == ()
        assert len(found.column("a").histogram.counts) == 1

    def test_edges_span_the_values(self) -> None:
        edges = bin_edges(np.array([0.5, 1.0, 2.5]), 0.75, 1.75)

        assert histogram(np.array([0.5, 1.0, 2.5]), edges).outside == 0


class TestWords:
    def test_levels_are_listed_by_frequency_and_rare_ones_pooled(self) -> None:
        found = words(*["u"] * 6, *["v"] * 9, *["w"] * 4, "x", None)

        assert [(level.name, level.count) for level in found.levels] == [("v", 9), ("u", 6), ("other (2 levels)", 5)]
        assert (found.count, found.missing, found.distinct, found.most_frequent) == (20, 1, 4, 9)

    def test_ten_levels_are_listed(self) -> None:
        found = words(*[f"k{number:02}" for number in range(15)] * 5)

        assert len(found.levels) == 11
        assert found.levels[-1].pooled == 5
        assert found.levels[-1].count == 25

    def test_levels_count_each_class(self) -> None:
        target = ["p"] * 6 + ["n"] * 4
        found = classified(target, ("n", "p"), a=pd.Series(["u"] * 5 + ["v"] * 5, dtype="str"))

        assert [level.by_class for level in found.column("a").levels] == [(0, 5), (4, 1)]

    @pytest.mark.parametrize("kind", [Kind.ID, Kind.IGNORE])
    def test_values_of_ids_and_ignored_columns_are_not_listed(self, kind: Kind) -> None:
        found = words(*["secret"] * 9, kind=kind)

        assert "secret" not in repr(found)
        assert found.distinct == 1

    def test_values_of_sensitive_columns_are_not_listed(self) -> None:
        assert "secret" not in repr(words(*["secret"] * 9, sensitive=True))

    def test_extremes_of_sensitive_numbers_are_not_shown(self) -> None:
        frame = pd.DataFrame({"a": [7.25, 123456.5, 3.0]})
        found = profile(dataset(frame, {"a": Kind.NUMERIC}, sensitive=("a",))).columns[0]

        assert (found.min, found.max, found.mean, found.median, found.histogram) == (None,) * 5
        assert "123456" not in repr(found)

    def test_booleans_are_levels(self) -> None:
        frame = pd.DataFrame({"a": pd.array([True, None, False, True], dtype="boolean")})
        found = profile(dataset(frame, {"a": Kind.BOOLEAN})).columns[0]

        assert [(level.name, level.count) for level in found.levels] == [("true", 2), ("false", 1)]
        assert found.missing == 1

    def test_lengths_of_texts(self) -> None:
        found = words("a bc", "a bc", "d e f g", None, kind=Kind.TEXT)

        assert (found.text.shortest, found.text.median, found.text.longest) == (4, 4.0, 7)
        assert found.text.mean_words == pytest.approx(8 / 3)
        assert found.levels == ()

    def test_dates_have_a_first_and_a_last(self) -> None:
        frame = pd.DataFrame(
            {
                "a": pd.to_datetime(["2021-03-01", None, "1999-12-31 12:30", "2020-01-01"], format="ISO8601").astype(
                    "datetime64[s]"
                )
            }
        )
        found = profile(dataset(frame, {"a": Kind.DATETIME})).columns[0]

        assert (found.min, found.median, found.max) == ("1999-12-31 12:30:00", "2020-01-01", "2021-03-01")
        assert (found.count, found.missing, sum(found.histogram.totals)) == (3, 1, 3)

    def test_rare_levels_and_entropy(self) -> None:
        values = ["u"] * 120 + ["v"] * 78 + ["w", "x"]
        found = words(*values, None)

        assert (found.rare_levels, found.rare_rows) == (2, 2)
        assert found.entropy == pytest.approx(stats.entropy([120, 78, 1, 1]) / np.log(4))
        assert words("u", "u").entropy is None
        assert words(*["u", "v"] * 5).entropy == pytest.approx(1.0)

    def test_a_boolean_column_of_one_value_has_one_level(self) -> None:
        frame = pd.DataFrame({"a": pd.array([True, True, None], dtype="boolean")})
        found = profile(dataset(frame, {"a": Kind.BOOLEAN})).columns[0]

        assert (found.distinct, found.entropy, len(found.levels)) == (1, None, 1)

    def test_codes_that_the_loader_has_are_used(self) -> None:
        frame = pd.DataFrame({"a": pd.Series(["u", "v", None, "u"], dtype="str")})
        codes = pa.array(["w", "u", "v", None, "u"]).dictionary_encode().slice(1)
        plain, given = (
            profile(dataset(frame, {"a": Kind.CATEGORICAL}, encoded=encoded)).columns[0]
            for encoded in ({}, {"a": codes})
        )

        assert (given.distinct, given.missing, given.spelling, given.entropy) == (2, 1, plain.spelling, plain.entropy)

    def test_memory_is_that_of_the_frame(self) -> None:
        frame = pd.DataFrame({"a": [1.0, 2.0], "b": pd.Series(["u", "vv"], dtype="str")})
        found = profile(dataset(frame, {"a": Kind.NUMERIC, "b": Kind.CATEGORICAL}))

        assert found.column("a").memory == 16
        assert found.memory == frame.memory_usage(index=False).sum()


class TestSpelling:
    @pytest.mark.parametrize("word", ["1", "-2.5", "+3e5", "1,234,567.5", "2,5", ".5", " 7 ", "1e-300"])
    def test_numbers(self, word: str) -> None:
        assert words("u", word, "v").spelling.numbers == 1

    @pytest.mark.parametrize("word", ["1.2.3", "e5", "--1", "1,23,4", "12a", "½", "nan", "1e5000"])
    def test_no_numbers(self, word: str) -> None:
        assert words("u", word).spelling.numbers == 0

    @pytest.mark.parametrize(
        "word",
        [
            "2021-04-30",
            "2021/4/3",
            "2021-04-30T12:30:01.5Z",
            "2021-04-30 12:30:01 +02:00",
            "30.04.2021",
            "4/30/21",
            "30 Apr 2021",
            "1st of".replace(" of", " May 2020"),
            "April 30, 2021",
            "Sept. 3, 1999 3:05 pm",
            "30-APR-21",
        ],
    )
    def test_dates_in_any_usual_form(self, word: str) -> None:
        assert words("u", word).spelling.dates == 1

    @pytest.mark.parametrize(
        "word", ["2021-13-01", "31.31.2020", "12", "1.2", "May", "10-20", "192.168.1.1", "30 Mau 2020"]
    )
    def test_no_dates(self, word: str) -> None:
        assert words("u", word).spelling.dates == 0

    def test_spellings_of_missing_with_their_rows(self) -> None:
        found = words("u", "N/A", "n/a ", "N/A", "-", "-1", "none of it").spelling

        assert found.missing_words == {"n/a": 3, "-": 1}

    def test_variants_padded_and_special_words(self) -> None:
        found = words(
            "New York", "new york", " newyork", "Newark", "zero\u200bwidth", "bad\ufffd", "two\nlines"
        ).spelling

        assert (found.case_variants, found.padded, found.special, found.sampled) == (2, 1, 2, 7)

    def test_words_one_letter_apart(self) -> None:
        levels = ["Germany"] * 9 + ["Germani"] * 5 + ["Germny"] * 6 + ["Norway"] * 5 + ["Norwaay"] * 4
        assert words(*levels).spelling.near_duplicates == (("Germany", "Germny"), ("Germany", "Germani"))

    @pytest.mark.parametrize(
        "pair",
        [
            ("region A", "region B"),
            ("shop 11", "shop 12"),
            ("cat", "car"),
            ("male", "female"),
            ("Spain", "spain"),
            ("product11", "product12"),
            ("angle", "angel"),
        ],
    )
    def test_names_that_are_meant_to_differ(self, pair: tuple[str, str]) -> None:
        assert spelling.near_duplicates(pair) == ()

    @given(st.lists(st.text("abcd", min_size=5, max_size=7), unique=True, max_size=12))
    @settings(max_examples=100, deadline=None)
    def test_they_are_those_of_an_edit_distance_of_one(self, names: list[str]) -> None:
        found = set(spelling.near_duplicates(names))
        expected = {pair for pair in itertools.combinations(names, 2) if distance(*pair) == 1}

        assert found == expected if len(expected) <= 20 else found < expected

    def test_near_duplicates_of_thousands_of_words_take_no_time(self) -> None:
        random = np.random.default_rng(0)
        names = ["".join(letters) for letters in random.choice([*"abcdefghij"], (2000, 12))]
        started = time.process_time()
        spelling.near_duplicates([*names, names[7][:-1]])

        assert time.process_time() - started < 1.0

    @pytest.mark.parametrize("hidden", [{"sensitive": True}, {"kind": Kind.ID}])
    def test_words_that_may_not_be_shown_are_counted_alone(self, hidden: dict[str, object]) -> None:
        found = words(*["Germany"] * 9, *["Germani"] * 5, *["n/a"] * 5, **hidden)  # type: ignore[arg-type]

        assert (found.spelling.near_duplicates, found.spelling.missing_words) == ((), {})
        assert "German" not in repr(found)
        assert found.spelling.sampled == 3


class TestRelation:
    @given(st.lists(st.tuples(FINITE, st.booleans()), min_size=2, max_size=50))
    @settings(max_examples=60, deadline=None)
    def test_auc_is_that_of_scikit_learn(self, pairs: list[tuple[float, bool]]) -> None:
        values, codes = np.array([pair[0] for pair in pairs]), np.array([int(pair[1]) for pair in pairs])
        found = association.auc(values, codes, 2)[1]

        if 0 < codes.sum() < len(codes):
            assert found == pytest.approx(roc_auc_score(codes, values))
        else:
            assert np.isnan(found)

    def test_the_best_class_against_the_rest_is_named(self) -> None:
        target = ["u", "u", "v", "v", "w", "w"]
        found = classified(target, ("u", "v", "w"), a=[1.0, 2.0, 3.0, 4.0, 3.5, 4.5]).column("a").relation

        assert (found.name, found.value, found.label) == ("AUC", 1.0, "u")

    def test_a_gap_in_either_column_does_not_count(self) -> None:
        found = classified(["n", "n", "p", "p", None], ("n", "p"), a=[1.0, np.nan, 2.0, np.inf, 0.0])

        assert found.column("a").relation.value == 1.0

    def test_cramers_v_of_independent_and_equal_columns(self) -> None:
        first = np.array([0, 0, 1, 1] * 50)

        assert association.cramers_v(first, np.array([0, 1] * 100)) == 0.0
        assert association.cramers_v(first, first) == pytest.approx(1.0)
        assert association.cramers_v(first, np.zeros(200, int)) is None

    @given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=5, max_size=60))
    @settings(max_examples=60, deadline=None)
    def test_cramers_v_follows_from_scipys_chi_square(self, pairs: list[tuple[int, int]]) -> None:
        first, second = (np.array(column) for column in zip(*pairs, strict=True))
        table = pd.crosstab(first, second).to_numpy()
        (r, k), n = table.shape, len(pairs)
        found = association.cramers_v(first, second)
        if min(r, k) < 2:
            assert found is None
            return
        phi2 = stats.chi2_contingency(table, correction=False).statistic / n
        phi2 = max(0.0, phi2 - (r - 1) * (k - 1) / (n - 1))
        smaller = min(r - (r - 1) ** 2 / (n - 1), k - (k - 1) ** 2 / (n - 1)) - 1

        assert found == (pytest.approx(min(1.0, (phi2 / smaller) ** 0.5), abs=1e-6) if smaller > 0 else None)

    @given(st.lists(st.tuples(FINITE, FINITE), min_size=3, max_size=50))
    @settings(max_examples=60, deadline=None)
    def test_spearman_is_that_of_scipy(self, pairs: list[tuple[float, float]]) -> None:
        first, second = (np.array(column) for column in zip(*pairs, strict=True))
        found = association.spearman(first, second)

        if len(set(first)) > 1 and len(set(second)) > 1:
            assert found == pytest.approx(stats.spearmanr(first, second).statistic, abs=1e-9)
        else:
            assert found is None

    def test_correlation_ratio_by_hand(self) -> None:
        # Group means 1 and 4, total mean 2.5: squares between 4 * 1.5 ** 2 = 9, in all 9 + 2 * 1 = 11, and Kelley's
        # correction 1 - (2 / 11) * (4 - 1) / (4 - 2) = 8 / 11.
        found = association.correlation_ratio(np.array([0, 0, 1, 1]), np.array([1.0, 1.0, 3.0, 5.0]))

        assert found == pytest.approx((8 / 11) ** 0.5)

    def test_of_words_with_a_number_it_is_the_correlation_ratio(self) -> None:
        frame = pd.DataFrame({"a": pd.Series(["u", "u", "v", "v"], dtype="str"), "y": [1.0, 1.0, 3.0, 5.0]})
        found = profile(dataset(frame, {"a": Kind.CATEGORICAL, "y": Kind.NUMERIC}, task=Task("regression", "y")))

        assert found.column("a").relation.name == "correlation ratio"
        assert found.column("y").relation is None
        assert found.column("y").is_target


class TestCorrelations:
    @given(
        arrays.arrays(
            float, st.tuples(st.integers(3, 30), st.integers(2, 5)), elements=st.one_of(FINITE, st.just(np.nan))
        )
    )
    @settings(max_examples=60, deadline=None)
    def test_gaps_are_left_out_by_pairs_as_pandas_does(self, table: np.ndarray) -> None:
        found = association.correlations(table)
        expected = pd.DataFrame(table).corr().to_numpy()

        for i, j in np.ndindex(found.shape):
            both = ~np.isnan(table[:, [i, j]]).any(axis=1)
            spreads = [np.ptp(table[both, column]) if both.any() else 0 for column in (i, j)]
            sizes = [np.abs(table[~np.isnan(table[:, column]), column]).max(initial=1) for column in (i, j)]
            if min(spread / size for spread, size in zip(spreads, sizes, strict=True)) > 1e-3:
                assert found[i, j] == pytest.approx(expected[i, j], abs=1e-6)

    def test_strong_pairs_are_listed_strongest_first(self) -> None:
        random = np.random.default_rng(0)
        a = random.normal(size=200)
        frame = pd.DataFrame({"a": a, "b": a + 0.3 * random.normal(size=200), "c": -a, "d": random.normal(size=200)})
        found = profile(dataset(frame, dict.fromkeys("abcd", Kind.NUMERIC)))

        assert [(pair.first, pair.second) for pair in found.correlated] == [("a", "c"), ("a", "b"), ("b", "c")]
        assert found.correlated[0].r == pytest.approx(-1.0)
        assert found.correlation_names == ("a", "b", "c", "d")

    def test_a_constant_column_has_none(self) -> None:
        frame = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [0.1, 0.1, 0.1]})
        found = profile(dataset(frame, {"a": Kind.NUMERIC, "b": Kind.NUMERIC}))

        assert found.correlation[0][1] is None
        assert found.correlated == ()

    def test_values_near_the_end_of_the_range_do_not_overflow(self) -> None:
        table = np.array([[1e308, 1.0], [-1e308, -1.0], [5e307, 0.5]])

        assert association.correlations(table)[0, 1] == pytest.approx(1.0)


class TestRows:
    def frame(self) -> Dataset:
        frame = pd.DataFrame(
            {
                "a": [1.0, 1.0, -0.0, 0.0, np.nan, np.nan],
                "b": pd.Series(["u", "u", None, None, "w", "w"], dtype="str"),
                "y": pd.Series(["p", "p", "p", "n", "n", None], dtype="str"),
            }
        )
        kinds = {"a": Kind.NUMERIC, "b": Kind.CATEGORICAL, "y": Kind.CATEGORICAL}
        return dataset(frame, kinds, task=Task("binary", "y", ("n", "p")))

    def test_duplicates_and_conflicts_by_hand(self) -> None:
        found = profile(self.frame())

        assert found.duplicate_rows == 1  # row 1
        assert found.conflicting_rows == 2  # rows 2 and 3; row 5 has no target
        assert found.missing_cells == 5
        assert found.class_counts == {"n": 2, "p": 3}

    def test_a_row_without_features_is_empty(self) -> None:
        frame = pd.DataFrame({"a": [1.0, np.nan], "b": [np.nan, np.nan]})

        assert profile(dataset(frame, {"a": Kind.NUMERIC, "b": Kind.NUMERIC})).empty_rows == 1

    @given(
        st.lists(
            st.tuples(
                st.sampled_from([0.0, -0.0, 1.5, None]), st.sampled_from(["u", "v", None]), st.sampled_from([1, 2])
            ),
            min_size=1,
            max_size=40,
        )
    )
    @settings(max_examples=60, deadline=None)
    def test_duplicates_are_those_of_pandas(self, table: list[tuple[object, ...]]) -> None:
        frame = pd.DataFrame(table, columns=["a", "b", "c"]).astype({"a": float, "b": "str", "c": "int64"})
        marks = rows.fingerprints((rows.bits(frame[name]) for name in frame), len(frame))

        assert rows.repeats(marks).tolist() == frame.duplicated().tolist()

    @pytest.mark.parametrize(
        "series",
        [
            pd.Series([1, None, 1, 2], dtype="Int64"),
            pd.Series([True, None, True, False], dtype="boolean"),
            pd.Series(pd.to_datetime(["2020-01-01", None, "2020-01-01", "2021-01-01"])),
            pd.Series(["u", None, "u", ""], dtype="str"),
            pd.Series([np.nan, np.inf, np.nan, -np.inf]),
        ],
    )
    def test_bits_are_equal_where_values_are(self, series: pd.Series) -> None:
        found = rows.bits(series)

        expected = pd.factorize(series, use_na_sentinel=False)[0]
        assert (found[:, None] == found).tolist() == (expected[:, None] == expected).tolist()


class TestNearDuplicates:
    def counted(self, **columns: list[object]) -> tuple[int, int]:
        frame = pd.DataFrame(columns)
        kinds = {name: Kind.CATEGORICAL if frame[name].dtype == "str" else Kind.NUMERIC for name in frame}
        found = profile(dataset(frame, kinds))
        return found.duplicate_rows, found.near_duplicate_rows

    def test_case_blanks_and_the_seventh_digit_do_not_count(self) -> None:
        a = [1.234561, 1.234562, 1.234561, 1.23457, 1.234561]
        b = ["New York", "new york ", "New York", "New York", "Newark"]

        # Row 1 is row 0 but for blanks, case and the seventh digit; row 2 repeats row 0 exactly.
        assert self.counted(a=a, b=b) == (1, 1)

    def test_whole_numbers_count_in_full(self) -> None:
        assert self.counted(a=[12345671, 12345672]) == (0, 0)

    @given(
        st.lists(
            st.tuples(
                st.sampled_from([1.000001, 1.0, 1.0001, -1.0, 0.0, -0.0, 1e-300, np.inf, None, 123456.7, 123456.8]),
                st.sampled_from(["u", "U", " u", "v", None, ""]),
                st.sampled_from([1, 2]),
            ),
            min_size=1,
            max_size=40,
        )
    )
    @settings(max_examples=60, deadline=None)
    def test_they_are_those_of_plain_comparison(self, table: list[tuple[object, ...]]) -> None:
        frame = pd.DataFrame(table, columns=["a", "b", "c"]).astype({"a": float, "b": "str", "c": "int64"})
        found = profile(dataset(frame, {"a": Kind.NUMERIC, "b": Kind.CATEGORICAL, "c": Kind.NUMERIC}))
        plain = pd.DataFrame(
            {
                "a": [float(f"{value:.5e}") + 0.0 for value in frame["a"]],
                "b": frame["b"].str.lower().str.replace(" ", ""),
                "c": frame["c"],
            }
        )

        assert found.duplicate_rows == frame.duplicated().sum()
        assert found.near_duplicate_rows == plain.duplicated().sum() - frame.duplicated().sum()


ODD_NUMBERS = st.sampled_from([0.0, -0.0, 1.0, -1.5, 1e308, -1e308, 5e-324, np.inf, -np.inf, np.nan, 2.0**53, 0.1])
ODD_WORDS = st.one_of(st.none(), st.sampled_from(["", " ", "n/a", "u", "U", "1", "2020-01-01"]), st.text(max_size=6))
ODD_DATES = st.one_of(st.just("NaT"), st.datetimes().map(lambda stamp: stamp.isoformat()))


@st.composite
def odd_datasets(draw: st.DrawFn) -> Dataset:
    n = draw(st.integers(1, 25))

    def column(values: st.SearchStrategy[object], dtype: str) -> pd.Series:
        return pd.Series(draw(st.lists(values, min_size=n, max_size=n)), dtype=dtype)

    integers = st.integers(-(2**62), 2**62)
    frame = pd.DataFrame(
        {
            "float": column(ODD_NUMBERS, "float64"),
            "int": column(integers, "int64"),
            "gaps": pd.Series(draw(st.lists(st.one_of(st.none(), integers), min_size=n, max_size=n)), dtype="Int64"),
            "flag": column(st.sampled_from([True, False, None]), "boolean"),
            "word": column(ODD_WORDS, "str"),
            "text": column(ODD_WORDS, "str"),
            "id": column(ODD_WORDS, "str"),
            "when": pd.Series(np.array(draw(st.lists(ODD_DATES, min_size=n, max_size=n)), dtype="datetime64[us]")),
        }
    )
    kinds = ["numeric", "numeric", "numeric", "boolean", "categorical", "text", "id", "datetime"]
    task = draw(st.sampled_from(["none", "binary", "regression"]))
    if task == "binary":
        frame["y"] = column(st.sampled_from(["n", "p", None]), "str")
    elif task == "regression":
        frame["y"] = column(ODD_NUMBERS, "float64")
    kinds += {"none": [], "binary": ["categorical"], "regression": ["numeric"]}[task]
    found = None if task == "none" else Task(task, "y", ("n", "p") if task == "binary" else ())
    hidden = ("float", "word") if draw(st.booleans()) else ()
    return dataset(frame, dict(zip(frame, map(Kind, kinds), strict=True)), task=found, sensitive=hidden)


@pytest.mark.slow
@given(odd_datasets())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_of_odd_columns_the_counts_add_up_and_every_number_is_finite(odd: Dataset) -> None:
    found = profile(odd)

    assert_finite(found)
    for column in found.columns:
        series = odd.frame[column.name]
        assert (column.count, column.missing) == (series.notna().sum(), series.isna().sum())
        assert column.distinct == series.nunique()
        assert column.memory == series.memory_usage(index=False)
        if column.histogram is not None and not found.series:
            assert sum(column.histogram.totals) == column.count - column.infinite
        if column.levels:
            assert sum(level.count for level in column.levels) == column.count
            assert sum(level.pooled or 1 for level in column.levels) == column.distinct
        spread = [column.min, column.p05, column.q25, column.median, column.q75, column.p95, column.max]
        if column.p05 is not None:
            assert spread == sorted(spread, key=float)
        assert column.rare_rows <= column.count
        assert column.entropy is None or 0 <= column.entropy <= 1
        if column.sensitive:
            assert (column.min, column.levels, column.frequent, column.smallest, column.season) == (
                None,
                (),
                (),
                (),
                None,
            )
    assert found.duplicate_rows == odd.frame.duplicated().sum()


def test_it_takes_every_kind_at_once() -> None:
    n = 50
    frame = pd.DataFrame(
        {
            "number": np.arange(n) / 3,
            "whole": pd.array([*range(n - 1), None], dtype="Int64"),
            "flag": pd.array([True, False] * (n // 2), dtype="boolean"),
            "level": pd.Series(["u", "v"] * (n // 2), dtype="str"),
            "when": pd.date_range("2020-01-01", periods=n, unit="s"),
            "note": pd.Series(["some words of text"] * n, dtype="str"),
            "key": pd.Series([f"k{number}" for number in range(n)], dtype="str"),
            "y": pd.Series(["n", "p"] * (n // 2), dtype="str"),
        }
    )
    kinds = ["numeric", "numeric", "boolean", "categorical", "datetime", "text", "id", "categorical"]
    found = profile(
        dataset(frame, dict(zip(frame, map(Kind, kinds), strict=True)), task=Task("binary", "y", ("n", "p")))
    )

    assert (found.n_rows, found.n_columns) == (n, 8)
    assert found.column("flag").relation.value == pytest.approx(1.0)
    assert found.column("number").relation.value == pytest.approx(0.52)
    assert found.memory > n * 8
    assert found.missing_share == pytest.approx(1 / (8 * n))
