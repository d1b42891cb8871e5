"""Cleaning, splitting and preprocessing: every row accounted for, nothing learnt outside train."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from tables import dataset

from reportgen import memory
from reportgen.dataset import Dataset, Kind, Splits, Task
from reportgen.errors import DataError, InternalError, LimitExceeded, SpecError
from reportgen.prepare import prepare
from reportgen.prepare.ledger import Ledger
from reportgen.spec import Clean, Data, MissingPolicy, Preprocess, Spec, Split

LABELS = ("n", "p")


def spec(**blocks: Any) -> Spec:
    return Spec(data=Data(path="table.csv", target="y"), **blocks)


def table(target: Sequence[object], kinds: dict[str, Kind] | None = None, **columns: object) -> Dataset:
    """Columns and the target `y`: words for a classification, numbers for a regression."""
    numbers = all(isinstance(value, float) for value in target)
    frame = pd.DataFrame({**columns, "y": pd.Series(target, dtype="float64" if numbers else "str")})
    if numbers:
        task = Task("regression", "y")
    else:
        labels = tuple(sorted({str(value) for value in target if value is not None}))
        task = Task("binary" if len(labels) == 2 else "multiclass", "y", labels)
    found = {str(name): (kinds or {}).get(str(name), _kind(frame[name])) for name in frame}
    return dataset(frame, found, task=task)


def _kind(series: pd.Series) -> Kind:
    if isinstance(series.dtype, pd.StringDtype):
        return Kind.CATEGORICAL
    return Kind.BOOLEAN if series.dtype == "boolean" else Kind.DATETIME if series.dtype.kind == "M" else Kind.NUMERIC


def words(*values: str | None) -> pd.Series:
    return pd.Series(values, dtype="str")


def balanced(n: int = 100, **columns: object) -> Dataset:
    return table(["n", "p"] * (n // 2), **(columns or {"a": np.arange(n, dtype=float)}))


def column(splits: Splits, name: str, part: str = "train") -> list[float]:
    return splits.parts[part].X[:, splits.feature_names.index(name)].tolist()


def check_ledger(splits: Splits, source: Dataset) -> None:
    steps = splits.ledger
    assert (steps[0].rows_in, steps[0].columns_in) == (source.n_rows, len(source.columns))
    for before, after in pairwise(steps):
        assert (before.rows_out, before.columns_out) == (after.rows_in, after.columns_in)
    assert steps[-1].rows_out == sum(map(len, splits.parts.values()))
    assert steps[-1].columns_out == len(splits.feature_names)
    assert all(step.changed and step.why for step in steps)


class TestSplitting:
    @pytest.mark.parametrize("seed", [0, 42])
    def test_a_stratified_test_split_is_that_of_scikit_learn(self, seed: int) -> None:
        target = np.array(["benign", "malignant"])[(np.random.default_rng(1).random(569) < 0.37).astype(int)]
        splits = prepare(table(target.tolist(), a=np.arange(569.0)), spec(seed=seed, split=Split(validation=0.0)))
        train, test = train_test_split(np.arange(569), test_size=0.2, random_state=seed, stratify=target)

        assert splits.test.rows.tolist() == test.tolist()
        assert splits.train.rows.tolist() == train.tolist()

    def test_it_does_not_depend_on_which_label_is_positive(self) -> None:
        source = balanced()
        turned = Dataset(source.frame, source.columns, source.source, Task("binary", "y", ("p", "n")))

        assert prepare(source, spec()).test.rows.tolist() == prepare(turned, spec()).test.rows.tolist()

    def test_numeric_labels_are_numbered_by_size(self) -> None:
        target = [str(number) for number in np.random.default_rng(2).choice([2, 9, 10], 120)]
        splits = prepare(table(target, a=np.arange(120.0)), spec())
        expected = train_test_split(np.arange(120), test_size=0.2, random_state=42, stratify=list(map(int, target)))[1]

        assert splits.test.rows.tolist() == expected.tolist()

    def test_a_random_test_split_is_that_of_scikit_learn(self) -> None:
        splits = prepare(table(np.arange(101.0).tolist(), a=np.arange(101.0)), spec())

        assert splits.test.rows.tolist() == train_test_split(np.arange(101), test_size=0.2, random_state=42)[1].tolist()

    def test_shares_are_of_all_rows(self) -> None:
        splits = prepare(balanced(1000), spec(split=Split(test=0.2, validation=0.1)))

        assert {name: len(part) for name, part in splits.parts.items()} == {
            "train": 700,
            "validation": 100,
            "test": 200,
        }

    def test_no_validation_is_no_split(self) -> None:
        splits = prepare(balanced(), spec(split=Split(validation=0.0)))

        assert set(splits.parts) == {"train", "test"}
        assert splits.validation is None

    def test_classes_keep_their_proportion(self) -> None:
        splits = prepare(table(["p"] * 30 + ["n"] * 70, a=np.arange(100.0)), spec())

        assert [part.y.mean() for part in splits.parts.values()] == pytest.approx([0.3, 0.3, 0.3], abs=0.01)

    def test_the_seed_decides(self) -> None:
        one, two, other = (prepare(balanced(), spec(seed=seed)).test.rows.tolist() for seed in (1, 1, 2))

        assert one == two != other

    def test_a_class_with_one_member_does_not_stop_it(self) -> None:
        splits = prepare(table(["u"] * 30 + ["v"] * 30 + ["w"], a=np.arange(61.0)), spec())

        assert "1 class has a single row when the test split is drawn" in splits.notes[0]
        assert any("is of class 'w'" in note for note in splits.notes)
        assert sum(map(len, splits.parts.values())) == 61

    def test_more_classes_than_test_rows_are_drawn_at_random_and_told(self) -> None:
        splits = prepare(table(list("uvwxyz") * 2, a=np.arange(12.0)), spec(split=Split(test=0.2, validation=0.0)))

        assert len(splits.test) == 3
        assert "The test split was drawn at random: 6 classes do not fit into 3 rows." in splits.notes

    def test_no_group_is_in_two_splits(self) -> None:
        groups = np.repeat(np.arange(20.0), 5)
        source = balanced(100, a=np.arange(100.0), g=groups)
        splits = prepare(source, spec(split=Split(by="group", column="g")))

        seen = [set(groups[part.rows]) for part in splits.parts.values()]
        assert [len(found) for found in seen] == [14, 2, 4]
        assert len(set.union(*seen)) == 20
        assert splits.feature_names == ("a",)

    def test_rows_without_a_group_stay_together(self) -> None:
        groups = words(*(None if number < 10 else f"g{number % 9}" for number in range(100)))
        splits = prepare(balanced(100, a=np.arange(100.0), g=groups), spec(split=Split(by="group", column="g")))

        assert sum(bool(set(part.rows) & set(range(10))) for part in splits.parts.values()) == 1
        assert "10 rows without a group were kept together as one." in splits.notes

    def test_time_puts_earlier_rows_into_train(self) -> None:
        days = pd.date_range("2020-01-01", periods=100, unit="s")[::-1]
        splits = prepare(balanced(100, a=np.arange(100.0), t=days), spec(split=Split(by="time", column="t")))

        assert splits.train.rows.tolist() == list(range(99, 29, -1))
        assert splits.validation.rows.tolist() == list(range(29, 19, -1))
        assert splits.test.rows.tolist() == list(range(19, -1, -1))

    def test_one_moment_on_both_sides_of_a_border_is_told(self) -> None:
        splits = prepare(balanced(100, a=np.zeros(100), t=np.zeros(100)), spec(split=Split(by="time", column="t")))

        assert "Rows of one moment stand on both sides of a border between splits." in splits.notes

    @pytest.mark.parametrize(
        ("split", "error", "words"),
        [
            (Split(by="group"), SpecError, "split.column: no column to split by group"),
            (
                Split(by="group", column="ag"),
                DataError,
                "there is no column 'ag' in 'table.csv' - fix: did you mean 'a'?",
            ),
            (Split(by="group", column="k"), DataError, "has 2 groups, too few for 3 splits"),
            (Split(by="time", column="k"), DataError, "holds words, which have no order in time"),
            (Split(by="time", column="gap"), DataError, "column 'gap', row 3: no time"),
            (Split(by="time", column="y"), SpecError, "the target cannot decide"),
            (Split(column="a"), SpecError, "set split.by: group or time"),
            (Split(test=0.9, validation=0.1), DataError, "the train split is empty, with 10 rows to divide"),
            (Split(by="random", test=0.9, validation=0.1), DataError, "the train split is empty"),
            (Split(by="time", column="a", test=0.9, validation=0.1), DataError, "the train split is empty"),
        ],
    )
    def test_a_split_that_cannot_be_made_is_refused(self, split: Split, error: type[Exception], words: str) -> None:
        letters = pd.Series(["u", "v"] * 5, dtype="str")
        source = balanced(10, a=np.arange(10.0), k=letters, gap=[1.0, 2.0, np.nan, *range(7)])
        with pytest.raises(error) as caught:
            prepare(source, spec(split=split))

        assert words in str(caught.value)
        assert "fix: " in str(caught.value)

    def test_a_regression_cannot_be_stratified(self) -> None:
        with pytest.raises(SpecError, match=r"split\.by"):
            prepare(table([1.0, 2.0, 3.0] * 5, a=np.arange(15.0)), spec(split=Split(by="stratified")))

    def test_one_row_cannot_be_divided(self) -> None:
        with pytest.raises(DataError, match="the train split is empty, with 1 row to divide"):
            prepare(table([1.0], a=[1.0]), spec())

    def test_one_class_in_train_is_refused(self) -> None:
        source = table(["n"] * 80 + ["p"] * 20, a=np.arange(100.0))
        with pytest.raises(DataError, match="every training row is of class 'n'"):
            prepare(source, spec(split=Split(by="time", column="a")))

    def test_a_class_that_train_lacks_is_told(self) -> None:
        source = table(["u", "v"] * 40 + ["w"] * 20, a=np.arange(100.0))
        splits = prepare(source, spec(split=Split(by="time", column="a", validation=0.0)))

        assert "No train row is of class 'w', so it cannot be learnt." in splits.notes
        assert set(splits.test.y) == {2}


class TestCleaning:
    def test_rows_without_a_target_are_removed_and_counted(self) -> None:
        source = table(["n", "p", None, "n", "p"] * 10, a=np.arange(50.0))
        splits = prepare(source, spec())

        step = next(step for step in splits.ledger if step.name == "missing target")
        assert (step.rows_in, step.rows_out, step.changed) == (50, 40, "10 rows removed")
        assert not any(row % 5 == 2 for part in splits.parts.values() for row in part.rows)
        check_ledger(splits, source)

    def test_an_infinite_target_is_none(self) -> None:
        splits = prepare(table([*np.arange(49.0).tolist(), np.inf], a=np.arange(50.0)), spec())

        assert sum(map(len, splits.parts.values())) == 49

    def test_duplicates_stay_unless_they_are_to_be_dropped(self) -> None:
        source = table(["n", "n", "p", "p"] * 10, a=np.repeat(np.arange(20.0), 2))

        assert sum(map(len, prepare(source, spec()).parts.values())) == 40
        splits = prepare(source, spec(clean=Clean(duplicates="drop")))
        assert sorted(row for part in splits.parts.values() for row in part.rows) == list(range(0, 40, 2))
        check_ledger(splits, source)

    def test_rows_with_gaps_can_be_dropped(self) -> None:
        source = balanced(40, a=[np.nan, np.inf, *range(38)], k=words(*["u", "v"] * 19, None, "u"))
        splits = prepare(source, spec(clean=Clean(missing="drop")))

        step = next(step for step in splits.ledger if step.name == "missing values")
        assert step.rows_in - step.rows_out == 3
        check_ledger(splits, source)

    @pytest.mark.parametrize(
        ("source", "blocks"),
        [
            (table([None, None, "n", "p"], a=[np.nan] * 4), {"clean": Clean(missing="drop")}),
            (table([np.inf, np.inf], a=[1.0, 2.0]), {}),
        ],
    )
    def test_nothing_left_is_refused(self, source: Dataset, blocks: dict[str, Any]) -> None:
        with pytest.raises(DataError, match="clean: no row is left"):
            prepare(source, spec(**blocks))

    def test_no_target_is_refused(self) -> None:
        with pytest.raises(DataError, match=r"data\.target: nothing to predict"):
            prepare(dataset(pd.DataFrame({"a": [1.0]}), {"a": Kind.NUMERIC}), spec())

    def test_no_feature_is_refused(self) -> None:
        with pytest.raises(DataError, match="no column is left to learn from"):
            prepare(
                balanced(20, k=np.arange(20)).__class__(*_with_kind(balanced(20, k=np.arange(20)), Kind.ID)), spec()
            )


def _with_kind(source: Dataset, kind: Kind) -> tuple[object, ...]:
    columns = tuple(
        column if column.name == "y" else type(column)(column.name, kind, column.reason) for column in source.columns
    )
    return source.frame, columns, source.source, source.task


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
        assert "Column 'a': 2 infinite values taken as missing." in splits.notes

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

        assert "Column 'a' has 1 level that train does not have, in 20 test rows." in splits.notes
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


class TestLedger:
    @given(st.data())
    @settings(max_examples=40, deadline=None)
    def test_every_row_and_column_is_accounted_for(self, data: st.DataObject) -> None:
        size = data.draw(st.integers(12, 40))

        def drawn(values: st.SearchStrategy[object]) -> list[object]:
            return data.draw(st.lists(st.one_of(st.none(), values), min_size=size, max_size=size))

        source = table(
            [["u", "v"][number % 2] if data.draw(st.booleans()) else None for number in range(size)][:-6]
            + ["u", "v"] * 3,
            n=pd.Series(drawn(st.floats(-10, 10)), dtype=float),
            k=pd.Series(drawn(st.sampled_from(["x", "y", "z"])), dtype="str"),
            b=pd.Series(drawn(st.booleans()), dtype="boolean"),
            t=pd.Series(
                drawn(st.sampled_from(list(pd.date_range("2020-01-01", periods=3, unit="s")))), dtype="datetime64[s]"
            ),
        )
        clean = Clean(
            duplicates=data.draw(st.sampled_from(["keep", "drop"])),
            missing=data.draw(st.sampled_from(["drop", MissingPolicy()])),
        )
        try:
            splits = prepare(source, spec(clean=clean))
        except DataError:
            return

        check_ledger(splits, source)
        taken = np.concatenate([part.rows for part in splits.parts.values()])
        assert len(taken) == len(set(taken))
        for part in splits.parts.values():
            assert part.X.shape == (len(part), len(splits.feature_names))
            assert np.isfinite(part.X).all()
            assert [source.task.labels[code] for code in part.y] == source.frame["y"].iloc[part.rows].tolist()

    def test_a_lost_row_is_a_bug(self) -> None:
        ledger = Ledger(10, 2)
        ledger.add("load", "10 rows", "all")
        with pytest.raises(InternalError, match="does not add up"):
            ledger.close({"train": range(9)}, ["a", "b"])

    def test_a_lost_column_is_a_bug(self) -> None:
        with pytest.raises(InternalError, match="does not add up"):
            Ledger(10, 2).close({"train": range(10)}, ["a"])


def test_features_that_do_not_fit_into_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available", lambda: 1000)
    with pytest.raises(LimitExceeded, match="100 rows of about 1 features"):
        prepare(balanced(), spec())
