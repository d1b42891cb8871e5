"""Preprocessing: columns of every kind as numbers, nothing learnt outside train."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prepared import balanced, check_ledger, column, spec, table, words
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.preprocessing import OneHotEncoder, PowerTransformer, QuantileTransformer, StandardScaler

from reportgen.dataset import Dataset, Kind, Lack
from reportgen.errors import DataError
from reportgen.prepare import _words, prepare
from reportgen.prepare.preprocess import most_words
from reportgen.prepare.transformers import DatetimeParts, Levels
from reportgen.prepare.word_features import WordWeights
from reportgen.spec import Clean, MissingPolicy, Outliers, Preprocess, Split


class TestNumericColumns:
    def test_they_are_standardised_by_train_alone(self) -> None:
        values = np.arange(100.0) ** 2
        splits = prepare(balanced(100, a=values), spec())
        scaler = StandardScaler().fit(values[splits.train.rows, None])

        for part in splits.parts.values():
            assert part.X[:, 0] == pytest.approx(scaler.transform(values[part.rows, None])[:, 0], abs=1e-6)
        assert splits.ledger[-1].fitted_on == "train"

    def test_rows_outside_train_change_nothing_in_train(self) -> None:
        values = np.arange(100.0)
        before = prepare(balanced(100, a=values), spec())
        values = values.copy()
        values[before.test.rows] = 1e6

        assert prepare(balanced(100, a=values), spec()).train.X.tolist() == before.train.X.tolist()

    @pytest.mark.parametrize(
        ("policy", "filled"),
        [("median", np.median), ("mean", np.mean), ("zero", lambda values: 0.0)],
    )
    def test_gaps_are_filled_as_told(self, policy: str, filled: Any) -> None:
        values = np.arange(100.0)
        values[::7] = np.nan
        how = spec(clean=Clean(missing=MissingPolicy(numeric=policy)), preprocess=Preprocess(numeric="none"))
        splits = prepare(balanced(100, a=values), how)

        train = values[splits.train.rows]
        expected = filled(train[~np.isnan(train)])
        assert column(splits, "a") == pytest.approx(np.where(np.isnan(train), expected, train).tolist(), rel=1e-6)
        assert f"15 gaps filled with {'0' if policy == 'zero' else f'the {policy}'}" in splits.ledger[-1].changed

    @pytest.mark.parametrize(
        ("how", "centre", "scale"),
        [
            ("minmax", np.min, np.ptp),
            ("robust", np.median, lambda values: np.subtract(*np.percentile(values, [75, 25]))),
        ],
    )
    def test_other_scales(self, how: str, centre: Any, scale: Any) -> None:
        values = np.arange(100.0) ** 2
        splits = prepare(balanced(100, a=values), spec(preprocess=Preprocess(numeric=how)))

        train = values[splits.train.rows]
        assert column(splits, "a") == pytest.approx(((train - centre(train)) / scale(train)).tolist(), abs=1e-6)

    def test_infinite_values_are_gaps_and_told(self) -> None:
        splits = prepare(balanced(100, a=[np.inf, -np.inf, *range(98)]), spec())

        assert all(np.isfinite(part.X).all() for part in splits.parts.values())
        assert "2 infinite values in column 'a' taken as missing." in splits.notes

    @pytest.mark.parametrize("how", ["standard", "minmax", "robust", "none"])
    def test_values_near_the_end_of_the_range_stay_finite(self, how: str) -> None:
        source = balanced(100, a=[1e308, -1e308, *range(98)], b=[1e18, *range(99)])
        splits = prepare(source, spec(preprocess=Preprocess(numeric=how)))

        assert all(np.isfinite(part.X).all() for part in splits.parts.values())

    def test_a_column_without_a_value_in_train_is_dropped_and_told(self) -> None:
        source = balanced(100, a=np.arange(100.0), empty=np.full(100, np.nan))
        splits = prepare(source, spec())

        step = next(step for step in splits.ledger if step.name == "empty columns")
        assert (step.changed, step.columns_in - step.columns_out) == ("1 column: 'empty'", 1)
        assert splits.feature_names == ("a",)
        check_ledger(splits, source)

    def test_features_are_float32(self) -> None:
        splits = prepare(balanced(), spec())

        assert {part.X.dtype for part in splits.parts.values()} == {np.dtype("float32")}
        assert splits.train.y.dtype == np.int64


class TestOtherColumns:
    def test_levels_become_features_with_readable_names(self) -> None:
        source = balanced(100, sex=words(*["male", "female", "male", None] * 25))
        splits = prepare(source, spec())

        assert splits.feature_names == ("sex=female", "sex=male")
        assert dict(splits.made_from) == {"sex=female": "sex", "sex=male": "sex"}
        male = source.frame["sex"].iloc[splits.train.rows].fillna("male") == "male"
        assert column(splits, "sex=male") == male.astype(float).tolist()

    def test_missing_may_be_a_level_of_its_own(self) -> None:
        how = spec(clean=Clean(missing=MissingPolicy(categorical="own_level")))
        splits = prepare(balanced(100, sex=words(*["male", "female", "male", None] * 25)), how)

        assert splits.feature_names == ("sex=(missing)", "sex=female", "sex=male")

    def test_rare_levels_share_a_feature(self) -> None:
        levels = [f"k{number:02}" for number in range(60)]
        source = balanced(1200, a=words(*levels * 20))
        splits = prepare(source, spec())

        assert len(splits.feature_names) == 50
        assert splits.feature_names[-1] == "a=(11 rare levels)"
        assert splits.train.X.sum(axis=1).tolist() == [1.0] * len(splits.train)

    def test_levels_of_few_members_and_of_sensitive_columns_are_not_named(self) -> None:
        values = words(*["common"] * 97, "secret", "secret", "secret")
        source = balanced(100, a=values)

        assert not any("secret" in name for name in prepare(source, spec()).feature_names)
        hidden = tuple(type(found)(found.name, found.kind, found.reason, True) for found in source.columns)
        splits = prepare(Dataset(source.frame, hidden, source.source, source.task), spec())
        assert splits.feature_names[0] == "a=(level 1)"

    def test_a_level_that_train_lacks_is_told_and_encoded_as_none(self) -> None:
        source = balanced(100, a=words(*["u", "v"] * 40, *["w"] * 20), t=np.arange(100.0))
        splits = prepare(source, spec(split=Split(by="time", column="t", validation=0.0)))

        assert splits.lacks == (Lack("test", "a", "1 level that train does not have", 20),)
        assert column(splits, "a=u", "test") == column(splits, "a=v", "test") == [0.0] * 20

    def test_levels_may_be_numbered(self) -> None:
        source = balanced(100, a=words(*["u", "v"] * 40, *["w"] * 20), t=np.arange(100.0))
        how = spec(preprocess=Preprocess(categorical="ordinal"), split=Split(by="time", column="t", validation=0.0))
        splits = prepare(source, how)

        assert set(column(splits, "a")) == {0.0, 1.0}
        assert set(column(splits, "a", "test")) == {-1.0}

    def test_booleans_are_zero_and_one(self) -> None:
        splits = prepare(balanced(100, a=pd.array([True, True, False, None] * 25, dtype="boolean")), spec())

        assert set(column(splits, "a")) == {0.0, 1.0}

    def test_dates_are_taken_apart_where_they_vary(self) -> None:
        days = pd.Series(pd.date_range("2021-03-01", periods=20, unit="s")).repeat(5).reset_index(drop=True)
        splits = prepare(balanced(100, t=days), spec(preprocess=Preprocess(numeric="none")))

        assert splits.feature_names == ("t day", "t weekday", "t elapsed days")
        at = days.iloc[splits.train.rows]
        assert column(splits, "t day") == at.dt.day.astype(float).tolist()
        assert column(splits, "t weekday") == at.dt.day_of_week.astype(float).tolist()
        assert column(splits, "t elapsed days") == (at - at.min()).dt.days.astype(float).tolist()

    def test_a_gap_in_dates_is_filled(self) -> None:
        days = pd.Series(pd.date_range("2021-03-01", periods=100, unit="s"))
        days[::9] = None
        splits = prepare(balanced(100, t=days), spec())

        assert all(np.isfinite(part.X).all() for part in splits.parts.values())

    def test_text_becomes_weighted_words(self) -> None:
        source = table(["n", "p"] * 50, {"a": Kind.TEXT}, a=words(*["good lamp", "bad lamp"] * 50))
        splits = prepare(source, spec())

        assert splits.feature_names == ("a: bad", "a: good", "a: lamp")
        assert (splits.train.X**2).sum(axis=1) == pytest.approx(1.0, abs=1e-5)

    def test_text_without_spaces_is_taken_by_signs(self) -> None:
        source = table(["n", "p"] * 50, {"a": Kind.TEXT}, a=words(*["数据好", "数据坏"] * 50))

        assert set(prepare(source, spec()).feature_names) == {"a: 数", "a: 据", "a: 好", "a: 坏"}

    def test_rare_words_are_not_named(self) -> None:
        texts = ["good lamp", "bad lamp"] * 49 + ["secret lamp"] * 2
        names = prepare(table(["n", "p"] * 50, {"a": Kind.TEXT}, a=words(*texts)), spec()).feature_names

        assert not any("secret" in name for name in names)

    def test_text_without_a_word_is_dropped(self) -> None:
        source = table(["n", "p"] * 50, {"a": Kind.TEXT}, a=words(*["!", "?"] * 50), b=np.arange(100.0))

        assert prepare(source, spec()).feature_names == ("b",)

    @pytest.mark.parametrize("kind", [Kind.TEXT, Kind.DATETIME])
    def test_a_kind_may_be_dropped(self, kind: Kind) -> None:
        values = (
            words(*["good lamp"] * 100) if kind is Kind.TEXT else pd.date_range("2020-01-01", periods=100, unit="s")
        )
        source = table(["n", "p"] * 50, {"a": kind}, a=values, b=np.arange(100.0))
        splits = prepare(source, spec(preprocess=Preprocess(**{kind.value: "drop"})))

        assert splits.feature_names == ("b",)
        check_ledger(splits, source)

    def test_ids_ignored_columns_and_the_target_are_set_apart(self) -> None:
        source = table(
            ["n", "p"] * 50, {"i": Kind.ID, "j": Kind.IGNORE}, a=np.arange(100.0), i=np.arange(100), j=np.ones(100)
        )
        splits = prepare(source, spec())

        assert splits.feature_names == ("a",)
        assert [step.changed for step in splits.ledger if step.name == "set apart"] == [
            "1 column: 'y'",
            "1 column: 'i'",
            "1 column: 'j'",
        ]

    def test_equal_feature_names_are_kept_apart(self) -> None:
        source = table(["n", "p"] * 50, {}, **{"a": words(*["u", "v"] * 50), "a=u": np.arange(100.0)})
        splits = prepare(source, spec())

        assert len(set(splits.feature_names)) == 3
        assert splits.made_from["a=u"] == "a=u"


class TestShapes:
    @pytest.mark.parametrize("how", ["quantile", "power"])
    def test_numbers_become_those_of_the_scikit_learn_transformer(self, how: str) -> None:
        values = np.random.default_rng(0).lognormal(size=200)
        splits = prepare(balanced(200, a=values), spec(preprocess=Preprocess(numeric=how)))
        train = values[splits.train.rows, None]
        expected = (
            PowerTransformer().fit(train)
            if how == "power"
            else QuantileTransformer(n_quantiles=len(train), output_distribution="normal").fit(train)
        )

        for part in splits.parts.values():
            assert part.X[:, 0] == pytest.approx(expected.transform(values[part.rows, None])[:, 0], abs=1e-4)

    @pytest.mark.parametrize("how", ["standard", "minmax", "robust", "quantile", "power", "none"])
    @given(values=st.lists(st.one_of(st.none(), st.floats(allow_nan=True)), min_size=20, max_size=20))
    @settings(max_examples=25, deadline=None)
    def test_odd_numbers_stay_finite_and_silent(self, how: str, values: list[float | None]) -> None:
        source = balanced(20, a=pd.Series(values, dtype=float), b=np.arange(20.0), c=np.ones(20))
        splits = prepare(source, spec(preprocess=Preprocess(numeric=how)))

        assert all(np.isfinite(part.X).all() for part in splits.parts.values())


class TestNothingIsLearntOutsideTrain:
    @pytest.mark.parametrize("numeric", ["standard", "quantile", "power"])
    @pytest.mark.parametrize("action", ["clip", "flag", "drop"])
    def test_wild_rows_elsewhere_change_nothing_in_train(self, numeric: str, action: str) -> None:
        random = np.random.default_rng(0)
        n = 200
        columns = {
            "a": random.lognormal(size=n),
            "b": np.where(random.random(n) < 0.1, np.nan, random.normal(size=n)),
            "k": pd.Series(random.choice(["m", "n", "o"], n), dtype="str"),
            "f": pd.array(random.random(n) < 0.3, dtype="boolean"),
            "d": pd.Series(pd.Timestamp("2020-01-01") + pd.to_timedelta(random.integers(0, 900, n), "D")),
            "x": pd.Series(random.choice(["red lamp", "blue lamp", "red chair 数据"], n), dtype="str"),
        }
        tame = table(["n", "p"] * (n // 2), {"x": Kind.TEXT}, **columns)
        wild = table(["n", "p"] * (n // 2), {"x": Kind.TEXT}, **columns)
        outside = np.arange(120, n)
        wild.frame.loc[outside, "a"] = random.choice([1e300, -1e18, np.inf, np.nan], len(outside))
        wild.frame.loc[outside, "b"] = 1e9
        wild.frame.loc[outside, "k"] = [f"a{row}" for row in outside]
        wild.frame.loc[outside, "f"] = True
        wild.frame.loc[outside, "d"] = pd.Timestamp("1700-06-05 04:03")
        wild.frame.loc[outside, "x"] = [f"aa{row} zz{row} 新 lamp" for row in outside]
        how = spec(
            clean=Clean(missing=MissingPolicy(indicator=True), outliers=Outliers(action=action)),
            preprocess=Preprocess(numeric=numeric),
        )
        before, after = (
            prepare(replace(source, given={"train": (0, 120), "validation": (120, 150), "test": (150, n)}), how)
            for source in (tame, wild)
        )

        assert after.feature_names == before.feature_names
        assert after.made_from == before.made_from
        assert after.train.rows.tolist() == before.train.rows.tolist()
        assert after.train.X.tobytes() == before.train.X.tobytes()
        assert all(np.isfinite(part.X).all() for part in after.parts.values())


class TestLevels:
    def test_ten_thousand_levels_make_fifty_features(self) -> None:
        levels = np.concatenate([np.arange(10_000), np.repeat(np.arange(49), 20)])
        source = balanced(len(levels) // 2 * 2, a=words(*[f"k{level:05}" for level in levels[: len(levels) // 2 * 2]]))
        splits = prepare(source, spec())

        assert len(splits.feature_names) == 50
        assert splits.feature_names[:2] == ("a=k00000", "a=k00001")
        assert splits.train.X.sum() == len(splits.train)

    def test_an_unseen_level_goes_where_the_rare_ones_are(self) -> None:
        fitted = Levels(most=3).fit(np.array([[0, 0, 1, 1, 2, 3]], np.int32).T)

        assert [levels.tolist() for levels in fitted.levels_] == [[0, 1]]
        assert fitted.transform(np.array([[0], [3], [7], [-1]], np.int32)).tolist() == [
            [1, 0, 0],
            [0, 0, 1],
            [0, 0, 1],
            [1, 0, 0],
        ]

    @given(st.lists(st.integers(-1, 6), min_size=1, max_size=40), st.lists(st.integers(-1, 9), min_size=1, max_size=10))
    @settings(max_examples=60, deadline=None)
    def test_few_levels_are_encoded_as_scikit_learn_does(self, train: list[int], test: list[int]) -> None:
        if max(train) < 0:
            return
        fitted = Levels(own_level=True).fit(np.array([train], np.int32).T)
        expected = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(np.array([train]).T)

        assert (
            fitted.transform(np.array([test], np.int32).T).tolist() == expected.transform(np.array([test]).T).tolist()
        )


class TestTexts:
    TEXTS = ("The lamp, the LAMP!", "a chair_2 - red", "", "x", "Öl & don't", "the chair the chair")

    def test_words_are_weighted_as_scikit_learn_does(self) -> None:
        vectorizer = TfidfVectorizer().fit(self.TEXTS)
        counts, found = _words.counts(pa.array(self.TEXTS))
        fitted = WordWeights().fit(counts)

        assert found.to_pylist() == sorted(vectorizer.get_feature_names_out())
        assert fitted.transform(counts) == pytest.approx(vectorizer.transform(self.TEXTS).toarray(), abs=1e-6)

    @given(st.lists(st.text(st.sampled_from("ab_9é -,.'\n\t"), max_size=12), min_size=1, max_size=8))
    @settings(max_examples=60, deadline=None)
    def test_words_are_those_of_scikit_learn(self, texts: list[str]) -> None:
        split = CountVectorizer().build_analyzer()
        counts, found = _words.counts(pa.array(texts, pa.string()))

        assert counts.shape == (len(texts), len(found))
        for text, row in zip(texts, counts.toarray(), strict=True):
            assert {word: int(count) for word, count in zip(found.to_pylist(), row, strict=True) if count} == Counter(
                split(text)
            )

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("数据, 好 data", {"数", "据", "好", "data"}),
            ("カタ ひら", {"カ", "タ", "ひ", "ら"}),
            ("ที่นี่", {"ที่", "นี่"}),
            ("नमस्ते दुनिया", {"नमस्ते", "दुनिया"}),
            ("שלום عالم", {"שלום", "عالم"}),
            ("한국어 좋다", {"한국어", "좋다"}),
        ],
    )
    def test_scripts_without_spaces_are_taken_by_signs(self, text: str, expected: set[str]) -> None:
        assert set(_words.counts(pa.array([text]))[1].to_pylist()) == expected

    def test_the_commonest_words_are_taken(self) -> None:
        counts, found = _words.counts(pa.array(["bb bb cc dd", "bb cc ee"]))
        fitted = WordWeights(most=2).fit(counts)

        assert [found[int(place)].as_py() for place in fitted.words_] == ["bb", "cc"]
        assert fitted.members_.tolist() == [2, 2]

    def test_many_rows_make_fewer_words(self) -> None:
        assert [most_words(n) for n in (100, 50_000, 100_000, 10_000_000)] == [1000, 1000, 500, 50]


class Squares:
    """Images 2 x 2: the row's number in every pixel; blue as well where `colour`; none in every tenth row."""

    def __init__(self, n: int, colour: bool) -> None:
        self.n, self.colour = n, colour

    def __len__(self) -> int:
        return self.n

    def shapes(self) -> np.ndarray:
        there = (np.arange(self.n) % 10 > 0)[:, None]
        return (there * [2, 2, 3]).astype(np.int32)

    def read(self, rows: np.ndarray, size: tuple[int, int], channels: int) -> np.ndarray:
        there = np.where(rows % 10 > 0, rows, 0).astype(np.uint8)
        found = np.repeat(there, size[0] * size[1] * channels).reshape(len(rows), *size, channels)
        if self.colour and channels == 3:
            found[..., 2] = np.where(there, 255, 0)[:, None, None]
        return found


def pictures(colour: bool) -> Dataset:
    names = words(*[f"{row}.png" if row % 10 else None for row in range(100)])
    source = table(["n", "p"] * 50, {"face": Kind.IMAGE}, face=names)
    return replace(source, images={"face": Squares(100, colour)})


class TestImages:
    def test_pixels_are_features_between_0_and_1(self) -> None:
        splits = prepare(pictures(colour=False), spec(preprocess=Preprocess(image_size=(2, 3))))

        assert splits.feature_names == ("face 0,0", "face 0,1", "face 0,2", "face 1,0", "face 1,1", "face 1,2")
        expected = np.where(splits.test.rows % 10, splits.test.rows, 0) / 255
        assert splits.test.X[:, 5] == pytest.approx(expected, abs=1e-6)
        assert splits.ledger[-1].changed == (
            "1 column: 10 gaps filled with 0 for every pixel; grey values of 2 × 3 pixels, scaled to 0 … 1"
        )
        check_ledger(splits, pictures(colour=False))

    def test_colours_are_kept_where_there_are_some(self) -> None:
        splits = prepare(pictures(colour=True), spec(preprocess=Preprocess(image_size=(1, 1))))

        assert splits.feature_names == ("face 0,0,red", "face 0,0,green", "face 0,0,blue")
        assert set(column(splits, "face 0,0,blue")) == {0.0, 1.0}

    def test_a_missing_image_can_have_an_indicator(self) -> None:
        how = spec(preprocess=Preprocess(image_size=(1, 1)), clean=Clean(missing=MissingPolicy(indicator=True)))
        splits = prepare(pictures(colour=False), how)

        assert splits.feature_names == ("face 0,0", "face missing")
        assert column(splits, "face missing") == [float(row % 10 == 0) for row in splits.train.rows]

    def test_rows_without_an_image_can_be_dropped(self) -> None:
        splits = prepare(pictures(colour=False), spec(clean=Clean(missing="drop")))

        assert sum(map(len, splits.parts.values())) == 90

    def test_images_can_be_left_out(self) -> None:
        with pytest.raises(DataError, match="no column is left to learn from"):
            prepare(pictures(colour=False), spec(preprocess=Preprocess(image="drop")))


class TestDatetimeParts:
    @given(st.lists(st.one_of(st.none(), st.datetimes(pd.Timestamp(1600, 1, 1), pd.Timestamp(9999, 12, 31)))))
    @settings(max_examples=40, deadline=None)
    def test_parts_are_those_of_pandas(self, moments: list[object]) -> None:
        series = pd.Series([*moments, pd.Timestamp("2020-02-29 23:00")], dtype="datetime64[us]")
        fitted = DatetimeParts().fit(series.to_numpy()[:, None])
        fitted.parts_ = [["year", "month", "day", "weekday", "hour"]]
        of = series.dt
        expected = [of.year, of.month, of.day, of.day_of_week, of.hour, (series - series.min()) / pd.Timedelta(days=1)]

        found = fitted.transform(series.to_numpy()[:, None])
        assert found == pytest.approx(np.column_stack(expected).astype(float), nan_ok=True)


def test_ten_thousand_columns_are_prepared() -> None:
    random = np.random.default_rng(0)
    numbers = {f"n{place}": random.normal(size=100) for place in range(9000)}
    levels = {f"k{place}": pd.Series(random.choice(["u", "v"], 100), dtype="str") for place in range(1000)}
    source = balanced(100, **numbers, **levels)
    splits = prepare(source, spec())

    assert splits.train.X.shape == (70, 11_000)
    check_ledger(splits, source)
