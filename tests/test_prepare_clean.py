"""Cleaning and the ledger: every row and column accounted for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prepared import balanced, check_ledger, column, spec, table, words
from tables import dataset

from reportgen import memory
from reportgen.dataset import Dataset, Kind
from reportgen.errors import DataError, InternalError, LimitExceeded
from reportgen.prepare import prepare
from reportgen.prepare._quantiles import quantiles
from reportgen.prepare.ledger import Ledger
from reportgen.prepare.transformers import OutlierBounds
from reportgen.spec import Clean, MissingPolicy, Outliers, Preprocess, Split


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
            missing=data.draw(st.sampled_from(["drop", MissingPolicy(), MissingPolicy(indicator=True)])),
            outliers=data.draw(
                st.none()
                | st.builds(
                    Outliers,
                    method=st.sampled_from(["iqr", "zscore", "mad", "quantile"]),
                    action=st.sampled_from(["clip", "flag", "drop"]),
                    limit=st.sampled_from([0.01, 0.4]),
                )
            ),
        )
        by = data.draw(st.sampled_from(["random", "stratified", "group", "time"]))
        split = Split(by=by, column={"group": "k", "time": "n"}.get(by), test=data.draw(st.floats(0.05, 0.5)))
        how = Preprocess(numeric=data.draw(st.sampled_from(["standard", "robust", "quantile", "power", "none"])))
        if data.draw(st.booleans()):
            border = data.draw(st.integers(1, size - 1))
            source = replace(source, given={"train": (0, border), "test": (border, size)})
        try:
            splits = prepare(source, spec(clean=clean, split=split, preprocess=how))
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
            ledger.close({"train": np.arange(9)}, ["a", "b"])

    def test_a_lost_column_is_a_bug(self) -> None:
        with pytest.raises(InternalError, match="does not add up"):
            Ledger(10, 2).close({"train": np.arange(10)}, ["a"])


def test_features_that_do_not_fit_into_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available", lambda: 1000)
    with pytest.raises(LimitExceeded, match="100 rows of about 1 features"):
        prepare(balanced(), spec())


def outlying(**more: Any) -> Dataset:
    """100 rows; column a is 0 to 99, but 1000 in row 0 and -1000 in row 99; column b is 1 to 100."""
    values = np.arange(100.0)
    values[[0, 99]] = 1000, -1000
    return balanced(100, a=values, b=np.arange(1.0, 101.0), **more)


def outliers(action: str, **more: Any) -> Clean:
    return Clean(outliers=Outliers(action=action, **more))


PLAIN = Preprocess(numeric="none")


class TestOutlierBounds:
    X = np.array(
        [[1.0, 0.0, np.nan], [2.0, 0.0, np.nan], [3.0, 0.0, np.nan], [4.0, 9.0, np.nan], [np.nan, 0.0, np.nan]]
    )

    @pytest.mark.parametrize(
        ("method", "limit", "low", "high"),
        [
            ("iqr", 1.5, 1.75 - 1.5 * 1.5, 3.25 + 1.5 * 1.5),
            ("zscore", 2.0, 2.5 - 2 * np.sqrt(1.25), 2.5 + 2 * np.sqrt(1.25)),
            ("mad", 3.5, 2.5 - 3.5 * 1.4826, 2.5 + 3.5 * 1.4826),
            ("quantile", 0.1, 1.3, 3.7),
        ],
    )
    def test_bounds_are_those_of_the_method(self, method: str, limit: float, low: float, high: float) -> None:
        bounds = OutlierBounds(method, limit).fit(self.X)

        assert (bounds.lower_[0], bounds.upper_[0]) == pytest.approx((low, high))

    @pytest.mark.parametrize("method", ["iqr", "mad"])
    def test_a_column_of_which_half_is_one_value_has_none(self, method: str) -> None:
        bounds = OutlierBounds(method, 1.5).fit(self.X)

        assert np.isinf(bounds.lower_).tolist() == [False, True, True]
        assert not bounds.marks(self.X)[:, 1:].any()

    @given(
        st.lists(
            st.lists(st.one_of(st.just(np.nan), st.floats(-1e100, 1e100)), min_size=3, max_size=3),
            min_size=1,
            max_size=30,
        ),
        st.sampled_from(["iqr", "zscore", "mad", "quantile"]),
    )
    @settings(max_examples=60, deadline=None)
    def test_what_is_clipped_is_what_is_marked(self, rows: list[list[float]], method: str) -> None:
        X = np.array(rows)
        bounds = OutlierBounds(method, 0.25).fit(X)
        clipped = bounds.transform(X)

        assert (np.isnan(clipped) == np.isnan(X)).all()
        assert ((clipped != X) & ~np.isnan(X)).tolist() == bounds.marks(X).tolist()
        assert (clipped[~np.isnan(X)] >= np.broadcast_to(bounds.lower_, X.shape)[~np.isnan(X)]).all()

    @given(st.lists(st.one_of(st.just(np.nan), st.floats(-1e6, 1e6)), min_size=1, max_size=40))
    @settings(max_examples=40, deadline=None)
    def test_quantiles_are_those_of_numpy(self, values: list[float]) -> None:
        X = np.array(values)[:, None]
        known = X[~np.isnan(X)]
        expected = np.quantile(known, [0.1, 0.5, 0.9]) if len(known) else [np.nan] * 3

        assert quantiles(X, (0.1, 0.5, 0.9))[:, 0] == pytest.approx(expected, nan_ok=True, abs=1e-6)

    def test_long_columns_have_the_same(self) -> None:
        X = np.random.default_rng(0).normal(size=(10_001, 3))
        X[::5, 0], X[:, 2] = np.nan, np.nan

        expected = [np.nanquantile(X[:, 0], 0.25), np.quantile(X[:, 1], 0.25), np.nan]
        assert quantiles(X, (0.25,))[0] == pytest.approx(expected, nan_ok=True)


class TestOutliers:
    def test_clip_takes_every_split_to_the_bounds_of_train(self) -> None:
        source = outlying()
        splits = prepare(source, spec(clean=outliers("clip", columns=("a",)), preprocess=PLAIN))
        values = source.frame["a"].to_numpy()
        low, high = np.quantile(values[splits.train.rows], [0.25, 0.75])
        expected = np.clip(values, low - 1.5 * (high - low), high + 1.5 * (high - low))

        for part in splits.parts.values():
            assert part.X[:, 0] == pytest.approx(expected[part.rows], rel=1e-6)
        step = next(step for step in splits.ledger if step.name == "outliers")
        assert step.changed.startswith("2 values clipped in 1 column: 'a' (")
        assert "1.5 interquartile ranges outside the quartiles" in step.why
        assert step.fitted_on == "train"
        check_ledger(splits, source)

    def test_flag_adds_a_feature_where_train_has_some(self) -> None:
        source = outlying(t=np.arange(100.0))
        how = spec(clean=outliers("flag"), split=Split(by="time", column="t", validation=0.0), preprocess=PLAIN)
        splits = prepare(source, how)

        assert splits.feature_names == ("a", "b", "t", "a outlying")
        assert splits.made_from["a outlying"] == "a"
        assert column(splits, "a outlying") == [1.0] + [0.0] * 79
        assert column(splits, "a outlying", "test") == [0.0] * 19 + [1.0]
        assert column(splits, "a")[0] == 1000.0
        check_ledger(splits, source)

    def test_drop_takes_rows_of_train_before_anything_else_is_fitted(self) -> None:
        source = outlying(t=np.arange(100.0))
        how = spec(clean=outliers("drop"), split=Split(by="time", column="t", validation=0.0))
        splits = prepare(source, how)
        left = np.arange(1.0, 80.0)

        assert splits.train.rows.tolist() == list(range(1, 80))
        assert splits.test.rows.tolist() == list(range(80, 100))
        assert column(splits, "a") == pytest.approx(((left - left.mean()) / left.std()).tolist(), abs=1e-5)
        step = next(step for step in splits.ledger if step.name == "outliers")
        assert step.changed == "1 row of train removed, for values in 1 column: 'a'"
        assert "such rows stay where they test (1 of test)" in step.why
        check_ledger(splits, source)

    @pytest.mark.parametrize("action", ["clip", "flag", "drop"])
    def test_no_outlier_is_said_too(self, action: str) -> None:
        source = balanced(100, a=np.arange(100.0))
        splits = prepare(source, spec(clean=outliers(action)))

        step = next(step for step in splits.ledger if step.name == "outliers")
        assert step.changed.startswith("0 ")
        check_ledger(splits, source)

    @pytest.mark.parametrize("action", ["clip", "flag", "drop"])
    def test_nor_is_a_table_without_numbers_an_error(self, action: str) -> None:
        splits = prepare(balanced(100, k=words(*["u", "v"] * 50)), spec(clean=outliers(action)))

        step = next(step for step in splits.ledger if step.name == "outliers")
        assert step.changed == "0 values: there is no numeric feature"

    @pytest.mark.parametrize(
        ("name", "words_"),
        [
            ("aa", "there is no column 'aa' - fix: did you mean 'a'?"),
            ("k", "column 'k' is categorical, and outliers are for numeric features"),
            ("y", "'y' is the target, which is never changed"),
        ],
    )
    def test_columns_that_cannot_have_any_are_named(self, name: str, words_: str) -> None:
        source = outlying(k=words(*["u", "v"] * 50))
        with pytest.raises(DataError, match=r"clean\.outliers\.columns") as caught:
            prepare(source, spec(clean=outliers("clip", columns=(name,))))

        assert words_ in str(caught.value)

    def test_a_train_of_nothing_but_outliers_is_refused(self) -> None:
        source = balanced(10, a=[-1.0, 1.0] * 5)
        with pytest.raises(DataError, match=r"clean\.outliers: no training row is left"):
            prepare(source, spec(clean=outliers("drop", method="zscore", limit=0.5)))

    def test_the_limit_is_the_method_s_own_or_the_one_that_is_given(self) -> None:
        source = outlying()
        found = {
            limit: prepare(source, spec(clean=outliers("drop", method="zscore", limit=limit))).train.rows
            for limit in (None, 100.0)
        }

        assert not {0, 99} & set(found[None])
        assert len(found[100.0]) == 70


class TestMissingIndicators:
    def test_a_column_with_gaps_in_train_has_one(self) -> None:
        source = balanced(
            100,
            a=np.where(np.arange(100) % 10 == 3, np.nan, np.arange(100.0)),
            b=np.where(np.arange(100) > 90, np.nan, np.arange(100.0)),
            k=words(*["u", "v", None, "w"] * 25),
            t=np.arange(100.0),
        )
        clean = Clean(missing=MissingPolicy(indicator=True))
        splits = prepare(source, spec(clean=clean, split=Split(by="time", column="t", validation=0.0)))

        assert [name for name in splits.feature_names if name.endswith("missing")] == ["a missing", "k missing"]
        assert column(splits, "a missing") == [float(row % 10 == 3) for row in range(80)]
        assert column(splits, "k missing", "test") == [float(row % 4 == 2) for row in range(80, 100)]
        step = splits.ledger[-1]
        assert (step.name, step.changed) == (
            "missing indicators",
            "2 features added, one for each column with a gap in train",
        )
        check_ledger(splits, source)

    def test_a_level_of_its_own_needs_none(self) -> None:
        clean = Clean(missing=MissingPolicy(indicator=True, categorical="own_level"))
        splits = prepare(balanced(100, k=words(*["u", "v", None, "w"] * 25)), spec(clean=clean))

        assert splits.feature_names == ("k=(missing)", "k=u", "k=v", "k=w")

    def test_empty_text_and_dates_and_booleans_count_as_gaps(self) -> None:
        source = table(
            ["n", "p"] * 50,
            {"x": Kind.TEXT},
            x=words(*["good lamp", ""] * 50),
            d=pd.Series(pd.to_datetime(["2020-01-01", "2021-02-02", "2021-02-03", None] * 25)),
            b=pd.array([True, None, False, True] * 25, dtype="boolean"),
        )
        splits = prepare(source, spec(clean=Clean(missing=MissingPolicy(indicator=True))))

        assert {"x missing", "d missing", "b missing"} <= set(splits.feature_names)
        assert column(splits, "x missing") == [float(row % 2) for row in splits.train.rows]
        check_ledger(splits, source)


class TestAccount:
    def test_a_row_in_two_splits_is_a_bug(self) -> None:
        with pytest.raises(InternalError, match="does not add up"):
            Ledger(4, 1).close({"train": np.array([0, 1, 2]), "test": np.array([2, 3])}, ["a"])

    def test_a_row_of_nowhere_is_a_bug(self) -> None:
        with pytest.raises(InternalError, match="does not add up"):
            Ledger(2, 1).close({"train": np.array([0, 5])}, ["a"])

    def test_a_removed_row_that_comes_back_is_a_bug(self) -> None:
        ledger = Ledger(3, 1)
        ledger.remove("duplicates", np.array([1]), "1 row removed", "why")
        with pytest.raises(InternalError, match="does not add up"):
            ledger.close({"train": np.array([0, 1])}, ["a"])

    def test_a_row_cannot_be_removed_twice(self) -> None:
        ledger = Ledger(3, 1)
        ledger.remove("duplicates", np.array([1]), "1 row removed", "why")
        with pytest.raises(InternalError, match="removed before"):
            ledger.remove("missing values", np.array([1, 2]), "2 rows removed", "why")


class TestTooLittle:
    """What cannot be divided or learnt from is refused in one line that says what to do."""

    @pytest.mark.parametrize(
        ("source", "clean", "what"),
        [
            (table(["n", "p"], a=[1.0, 2.0]), Clean(), "the train split is empty, with 2 rows to divide"),
            (table(["n", "p"] * 10), Clean(), "no column is left to learn from"),
            (table(["n", "p"] * 10, a=[np.nan] * 20), Clean(), "no feature has a value in the training rows"),
            (table(["n", "p"] * 10, a=[np.nan] * 20), Clean(missing="drop"), "no row is left"),
            (table(["n", "p"] * 50, a=np.ones(100)), Clean(duplicates="drop"), "the train split is empty, with 2 rows"),
            (table([None, "n"] * 10, a=np.arange(20.0)), Clean(), "every training row is of class 'n'"),
        ],
        ids=["two rows", "target only", "no value", "all gaps", "all duplicates", "one class"],
    )
    def test_it_is_refused(self, source: Dataset, clean: Clean, what: str) -> None:
        with pytest.raises(DataError) as caught:
            prepare(source, spec(clean=clean))

        assert what in str(caught.value)
        assert "fix: " in str(caught.value)
        assert "\n" not in str(caught.value)

    def test_a_thousand_classes_are_divided_and_what_is_lacking_is_told(self) -> None:
        source = table([f"c{number}" for number in range(1000)] * 4, a=np.arange(4000.0))
        splits = prepare(source, spec())

        assert any("1,000 classes do not fit into 800 rows" in note for note in splits.notes)
        absent = 1000 - len(set(splits.train.y))
        assert next(lack for lack in splits.lacks if lack.split == "train").what.endswith(
            f"{absent - 5} more, so they cannot be learnt"
        )
        check_ledger(splits, source)

    def test_a_column_that_never_varies_is_kept_and_finite(self) -> None:
        source = balanced(100, a=np.ones(100), k=words(*["u"] * 100))
        splits = prepare(source, spec())

        assert splits.feature_names == ("a", "k=u")
        assert set(column(splits, "a")) == {0.0}
