"""Splitting: every way to divide rows, and what it promises."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prepared import balanced, check_ledger, spec, table, words
from sklearn.model_selection import train_test_split

from reportgen.dataset import Dataset, Lack, Task
from reportgen.errors import DataError, SpecError
from reportgen.prepare import _groups, prepare, splitting, usable
from reportgen.spec import Clean, Split


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
        assert any("class 'w'" in lack.what for lack in splits.lacks)
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

    def test_a_border_moves_behind_the_rows_of_one_moment(self) -> None:
        times = np.repeat(np.arange(5.0), [30, 45, 5, 5, 15])
        splits = prepare(balanced(100, a=np.zeros(100), t=times), spec(split=Split(by="time", column="t")))

        assert {name: sorted(set(times[part.rows])) for name, part in splits.parts.items()} == {
            "train": [0, 1],
            "validation": [2],
            "test": [3, 4],
        }
        sizes = "train has 75 rows instead of 70 and validation has 5 rows instead of 10"
        assert f"Rows of one moment stay together: {sizes}." in splits.notes

    def test_a_border_moves_back_where_no_later_moment_is_left(self) -> None:
        times = np.repeat(np.arange(3.0), [10, 10, 80])
        splits = prepare(balanced(100, a=np.zeros(100), t=times), spec(split=Split(by="time", column="t")))

        assert [len(part) for part in splits.parts.values()] == [10, 10, 80]

    def test_fewer_moments_than_splits_are_refused(self) -> None:
        with pytest.raises(DataError, match="column 't' has 1 moment, too few for 3 splits"):
            prepare(balanced(100, a=np.zeros(100), t=np.zeros(100)), spec(split=Split(by="time", column="t")))

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

    def test_a_regression_is_stratified_by_its_tenths(self) -> None:
        target = np.random.default_rng(0).permutation(np.arange(1000.0) ** 3)
        splits = prepare(table(target.tolist(), a=np.arange(1000.0)), spec(split=Split(by="stratified")))

        tenth = np.argsort(np.argsort(target)) // 100
        assert [np.bincount(tenth[part.rows]).tolist() for part in splits.parts.values()] == [
            [70] * 10,
            [10] * 10,
            [20] * 10,
        ]
        assert "stratified by the target's tenths" in next(
            step.changed for step in splits.ledger if step.name == "split"
        )

    def test_few_values_of_a_regression_are_strata_of_their_own(self) -> None:
        target = [0.0] * 80 + [5.0] * 20
        splits = prepare(table(target, a=np.arange(100.0)), spec(split=Split(by="stratified")))

        assert [int((part.y == 5).sum()) for part in splits.parts.values()] == [14, 2, 4]

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

        assert Lack("train", "y", "no row of class 'w', so it cannot be learnt", 0) in splits.lacks
        assert set(splits.test.y) == {2}


class TestGroups:
    def test_classes_keep_their_shares_as_far_as_whole_groups_allow(self) -> None:
        random = np.random.default_rng(3)
        groups = random.integers(0, 60, 1200)
        is_positive = random.random(60)[groups] < 0.3  # All of a group are of one class.
        target = np.where(is_positive, "p", "n").tolist()
        splits = prepare(
            table(target, a=np.arange(1200.0), g=groups.astype(float)), spec(split=Split(by="group", column="g"))
        )

        shares = [float(part.y.mean()) for part in splits.parts.values()]
        assert shares == pytest.approx([is_positive.mean()] * 3, abs=0.05)
        assert [len(part) / 1200 for part in splits.parts.values()] == pytest.approx([0.7, 0.1, 0.2], abs=0.04)
        assert "the shares of the classes kept" in next(step.changed for step in splits.ledger if step.name == "split")

    def test_shares_are_of_rows_where_groups_are_unequal(self) -> None:
        groups = np.repeat(np.arange(31.0), [400, *[20] * 30])
        source = table(np.arange(1000.0).tolist(), a=np.arange(1000.0), g=groups)
        splits = prepare(source, spec(split=Split(by="group", column="g")))

        assert [len(part) / 1000 for part in splits.parts.values()] == pytest.approx([0.7, 0.1, 0.2], abs=0.02)

    def test_the_seed_decides(self) -> None:
        source = balanced(100, a=np.arange(100.0), g=np.repeat(np.arange(20.0), 5))
        found = [
            prepare(source, spec(seed=seed, split=Split(by="group", column="g"))).test.rows.tolist()
            for seed in (1, 1, 2)
        ]

        assert found[0] == found[1] != found[2]

    @pytest.mark.parametrize(
        "groups",
        [
            pd.Series([True, False] * 50, dtype="boolean"),
            pd.Series([1, 2, 3, None] * 25, dtype="Int64"),
            pd.Series(["u", "v", "w", None] * 25, dtype="str"),
            pd.Series([1.5, np.inf] * 50),
            pd.Series(pd.to_datetime(["2020-01-01", None] * 50)),
        ],
    )
    def test_a_group_may_be_of_any_kind(self, groups: pd.Series) -> None:
        source = table(np.arange(100.0).tolist(), a=np.arange(100.0), g=groups)
        splits = prepare(source, spec(split=Split(by="group", column="g", validation=0.0)))

        of = [set(groups.iloc[part.rows].astype(object).where(groups.notna(), "gap")) for part in splits.parts.values()]
        assert not of[0] & of[1]

    @given(st.lists(st.integers(0, 6), min_size=20, max_size=60), st.integers(0, 5))
    @settings(max_examples=30, deadline=None)
    def test_groups_are_whole_and_no_part_is_empty(self, groups: list[int], seed: int) -> None:
        codes = np.array(groups)
        if len(set(groups)) < 3:
            return
        parts = _groups.allot(codes, np.arange(len(codes)) % 2, [0.7, 0.1, 0.2], seed, "g")

        assert set(parts) == {0, 1, 2}
        assert all(len(set(parts[codes == group])) == 1 for group in set(groups))

    def test_very_many_groups_fill_the_shares_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_groups, "_PLACED", 10)
        parts = _groups.allot(np.arange(5000) // 2, np.zeros(5000, int), [0.7, 0.1, 0.2], 0, "g")

        assert (np.bincount(parts) / 5000).tolist() == pytest.approx([0.7, 0.1, 0.2], abs=0.01)
        assert (parts[::2] == parts[1::2]).all()


class TestTimes:
    def test_false_comes_before_true(self) -> None:
        late = pd.Series([True] * 30 + [False] * 70, dtype="boolean")
        source = balanced(100, a=np.arange(100.0), t=late)
        splits = prepare(source, spec(split=Split(by="time", column="t", validation=0.0)))

        assert sorted(splits.test.rows) == list(range(30))

    def test_large_integers_keep_their_order(self) -> None:
        times = pd.Series([2**60 + number for number in range(100)], dtype="Int64")
        splits = prepare(balanced(100, a=np.zeros(100), t=times), spec(split=Split(by="time", column="t")))

        assert splits.test.rows.tolist() == list(range(80, 100))

    def test_words_are_refused_with_the_way_to_declare_them(self) -> None:
        source = balanced(10, a=np.arange(10.0), k=words(*["u", "v"] * 5))
        with pytest.raises(DataError, match=r"declare it under data\.columns as datetime or numeric"):
            prepare(source, spec(split=Split(by="time", column="k")))

    def test_infinity_is_no_time(self) -> None:
        with pytest.raises(DataError, match="column 't', row 2: no time"):
            prepare(
                balanced(10, a=np.arange(10.0), t=[1.0, np.inf, *range(8)]), spec(split=Split(by="time", column="t"))
            )

    @given(st.lists(st.integers(0, 8), min_size=12, max_size=60), st.floats(0.05, 0.5), st.floats(0.05, 0.4))
    @settings(max_examples=40, deadline=None)
    def test_no_moment_is_in_two_splits(self, moments: list[int], test: float, validation: float) -> None:
        source = table(
            np.arange(float(len(moments))).tolist(), a=np.zeros(len(moments)), t=pd.Series(moments, dtype=float)
        )
        rows = np.arange(len(moments))
        try:
            parts = splitting.draw(
                source, rows, Split(by="time", column="t", test=test, validation=validation), 0
            ).parts
        except DataError:
            assert len(set(moments)) < 3 or (np.ceil([test * len(rows), validation * len(rows)])).sum() >= len(rows)
            return

        times = [np.array(moments)[part] for part in parts.values()]
        assert all(before.max() < after.min() for before, after in pairwise(times))


def with_files(source: Dataset, **ranges: tuple[int, int]) -> Dataset:
    return replace(source, given=ranges)


class TestGivenFiles:
    def test_they_are_used_as_they_are(self) -> None:
        source = with_files(balanced(100), train=(0, 60), validation=(60, 75), test=(75, 100))
        splits = prepare(source, spec())

        assert {name: part.rows.tolist() for name, part in splits.parts.items()} == {
            "train": list(range(60)),
            "validation": list(range(60, 75)),
            "test": list(range(75, 100)),
        }
        step = next(step for step in splits.ledger if step.name == "split")
        assert step.changed == "60 train, 15 validation and 25 test, as the files give them"

    def test_validation_is_drawn_from_train_where_no_file_gives_it(self) -> None:
        splits = prepare(with_files(balanced(100), train=(0, 80), test=(80, 100)), spec())

        assert splits.test.rows.tolist() == list(range(80, 100))
        assert len(splits.parts["validation"]) == 8  # a tenth of the training file
        assert sorted([*splits.train.rows, *splits.parts["validation"].rows]) == list(range(80))
        step = next(step for step in splits.ledger if step.name == "split")
        assert step.changed.endswith("test as given, validation drawn from the training file, stratified by class")

    def test_none_is_drawn_where_none_is_wanted(self) -> None:
        source = with_files(balanced(100), train=(0, 80), test=(80, 100))

        assert set(prepare(source, spec(split=Split(validation=0.0))).parts) == {"train", "test"}

    def test_a_test_is_drawn_from_train_where_only_validation_is_given(self) -> None:
        splits = prepare(with_files(balanced(100), train=(0, 80), validation=(80, 100)), spec())

        assert splits.parts["validation"].rows.tolist() == list(range(80, 100))
        assert len(splits.test) == 16

    @pytest.mark.parametrize("split", [Split(by="time", column="a"), Split(by="group", column="a"), Split(by="random")])
    def test_validation_is_drawn_the_way_that_is_wanted(self, split: Split) -> None:
        source = with_files(
            balanced(100, a=np.arange(100.0)[::-1].copy(), b=np.zeros(100)), train=(0, 80), test=(80, 100)
        )
        splits = prepare(source, spec(split=split))

        assert splits.test.rows.tolist() == list(range(80, 100))
        if split.by == "time":
            assert sorted(splits.parts["validation"].rows) == list(range(8))

    def test_duplicates_leave_train_alone_and_a_repeated_test_row_is_told(self) -> None:
        source = table(["n", "p"] * 50, a=np.arange(100.0) // 4)
        source.frame.loc[90:91] = source.frame.loc[0:1].to_numpy()
        source = with_files(source, train=(0, 80), test=(80, 100))
        splits = prepare(source, spec(clean=Clean(duplicates="drop"), split=Split(validation=0.0)))

        assert len(splits.train) == 40
        assert splits.test.rows.tolist() == list(range(80, 100))
        assert "2 test rows repeat a row of train; a given split is left as it is." in splits.notes
        step = next(step for step in splits.ledger if step.name == "duplicates")
        assert step.changed == "40 rows removed: 40 of train"

    def test_cleaning_is_counted_by_split(self) -> None:
        source = table(["n", "p", None, "p"] * 25, a=[np.nan, *range(98), np.nan])
        source = with_files(source, train=(0, 60), validation=(60, 80), test=(80, 100))
        splits = prepare(source, spec(clean=Clean(missing="drop")))

        steps = {step.name: step.changed for step in splits.ledger}
        assert steps["missing target"] == "25 rows removed: 15 of train, 5 of validation and 5 of test"
        assert steps["missing values"] == "2 rows removed: 1 of train and 1 of test"

    def test_a_file_of_which_no_row_is_left_is_refused(self) -> None:
        source = table([*["n", "p"] * 40, *[None] * 20], a=np.arange(100.0))
        with pytest.raises(DataError, match="the test split is empty"):
            prepare(with_files(source, train=(0, 80), test=(80, 100)), spec())


class TestFolds:
    @pytest.mark.parametrize(
        "split",
        [Split(by="random"), Split(by="stratified"), Split(by="group", column="g")],
        ids=["random", "class", "group"],
    )
    @pytest.mark.parametrize("n_folds", [2, 5])
    def test_each_row_is_tested_once(self, split: Split, n_folds: int) -> None:
        source = balanced(103 * 2, a=np.arange(206.0), g=np.arange(206.0) // 7)
        rows = np.arange(3, 206)
        folds = splitting.folds(source, rows, split, n_folds, 0)

        assert len(folds) == n_folds
        assert sorted(np.concatenate([fold.parts["test"] for fold in folds])) == rows.tolist()
        for fold in folds:
            assert sorted(np.concatenate(list(fold.parts.values()))) == rows.tolist()
            assert len(fold.parts["validation"]) == pytest.approx(21, abs=7)

    def test_classes_differ_by_one_row_at_most(self) -> None:
        target = ["u"] * 53 + ["v"] * 22 + ["w"]
        folds = splitting.folds(table(target, a=np.arange(76.0)), np.arange(76), Split(validation=0.0), 5, 0)

        counts = np.array([[sum(target[row] == k for row in fold.parts["test"]) for k in "uvw"] for fold in folds])
        assert np.ptp(counts, axis=0).tolist() == [1, 1, 1]

    def test_groups_stay_whole(self) -> None:
        groups = np.random.default_rng(0).integers(0, 12, 200)
        source = balanced(200, a=np.arange(200.0), g=groups.astype(float))
        for fold in splitting.folds(source, np.arange(200), Split(by="group", column="g"), 4, 0):
            of = [set(groups[part]) for part in fold.parts.values()]
            assert sum(map(len, of)) == len(set.union(*of))

    def test_time_expands(self) -> None:
        source = balanced(120, a=np.arange(120.0)[::-1].copy())
        folds = splitting.folds(source, np.arange(120), Split(by="time", column="a", validation=0.0), 3, 0)

        assert [fold.parts["test"].tolist() for fold in folds] == [
            list(range(89, 59, -1)),
            list(range(59, 29, -1)),
            list(range(29, -1, -1)),
        ]
        assert [len(fold.parts["train"]) for fold in folds] == [30, 60, 90]

    def test_a_fold_can_be_prepared_and_accounts_for_every_row(self) -> None:
        source = balanced(120, a=np.arange(120.0), b=np.arange(120.0) % 7)
        for split in (Split(), Split(by="time", column="a")):
            rows = usable(source, spec())
            for fold in splitting.folds(source, rows, split, 3, 0):
                splits = prepare(source, spec(split=split), drawn=fold)

                check_ledger(splits, source)
                assert splits.test.rows.tolist() == fold.parts["test"].tolist()

    @pytest.mark.parametrize(("n_folds", "split"), [(1, Split()), (11, Split()), (10, Split(by="time", column="a"))])
    def test_more_folds_than_rows_are_refused(self, n_folds: int, split: Split) -> None:
        with pytest.raises(DataError, match="cannot make"):
            splitting.folds(balanced(10), np.arange(10), split, n_folds, 0)
