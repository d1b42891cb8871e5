"""What columns are and what is to be predicted: found in the values and stated, or declared and enforced."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tables import load, load_file, rows

from reportgen.dataset import Column, Dataset, Kind
from reportgen.errors import DataError, SpecError


def column(folder: Path, *values: str, name: str = "a", **data: object) -> Column:
    return load(folder, rows(f"{name},b", *(f'"{value}",x' for value in values)), **data).column(name)


class TestDates:
    @pytest.mark.parametrize(
        ("written", "expected"),
        [
            (("2012/01/02", "2012/1/31"), ("2012-01-02", "2012-01-31")),
            (("1600.02.29", "9999.12.31"), ("1600-02-29", "9999-12-31")),
            (("2012-01-02", "2012/1/3"), ("2012-01-02", "2012-01-03")),
            (("2012/1/2 8:05", "2012/1/2 18:05:06"), ("2012-01-02 08:05", "2012-01-02 18:05:06")),
            (("31.1.2012 8:05", "1.2.2012 10:00"), ("2012-01-31 08:05", "2012-02-01 10:00")),
        ],
    )
    def test_of_any_unambiguous_spelling_are_read(
        self, written: tuple[str, ...], expected: tuple[str, ...], tmp_path: Path
    ) -> None:
        frame = load(tmp_path, rows("a,b", *(f"{value},x" for value in written))).frame

        assert frame["a"].tolist() == [pd.Timestamp(value).as_unit("s") for value in expected]

    def test_out_of_the_calendar_are_named_by_their_row(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="row 3: '2012/13/01' is not a date"):
            column(tmp_path, "2012/01/01", "2012/01/02", "2012/13/01", "2012/01/03", columns={"a": "datetime"})

    def test_out_of_the_calendar_stay_words(self, tmp_path: Path) -> None:
        assert "not in the calendar" in column(tmp_path, "2012/13/01", "2012/01/01").reason


class TestFoundKinds:
    @pytest.mark.parametrize(
        ("values", "kind", "reason"),
        [
            (("1", "2", "3"), "numeric", "whole numbers"),
            (("1.5", "2", ""), "numeric", "numbers"),
            (("", "", ""), "numeric", "no value in any row"),
            (("0", "1", "1"), "numeric", "whole numbers"),
            (("yes", "no", "yes"), "boolean", "words for true and false, such as 'yes'"),
            (("TRUE", "false", ""), "boolean", "words for true and false, such as 'TRUE'"),
            (("u", "v", "u"), "categorical", "words, 2 different ones"),
            (("yes", "no", "maybe"), "categorical", "words, 3 different ones"),
            (("2021-03-04", "2021-03-05", ""), "datetime", "dates"),
            (("2021-03-04 10:30", "2021-03-05 11:00:05.5", ""), "datetime", "dates"),
            (("25/12/2020", "01/02/2021", ""), "datetime", "dates; written with the day first"),
            (("12/25/2020", "01/02/2021", ""), "datetime", "dates; written with the month first"),
            (("2012/01/31", "2012/1/2 8:05", ""), "datetime", "dates"),
            (("2012.01.31", "2012-2-1", ""), "datetime", "dates"),
            (("20120131", "20120201"), "numeric", "whole numbers"),
            (("2012.01", "2012.02"), "numeric", "numbers"),
            (("2012/01.31", "2012/02.01"), "categorical", "words, 2 different ones"),
        ],
    )
    def test_values_decide_and_the_reason_is_said(
        self, values: tuple[str, ...], kind: str, reason: str, tmp_path: Path
    ) -> None:
        found = column(tmp_path, *values)

        assert (found.kind, found.reason) == (kind, reason)

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            (("01/02/2021", "03/04/2021"), "day and month cannot be told apart"),
            (("25/12/2020", "12/25/2020"), "dates in more than one spelling"),
            (("25/12/2020", "25.12.2021"), "dates in more than one spelling"),
            (("2021-02-29", "2021-03-01"), "one is not in the calendar"),
            (("2021-02-01", "2021-03-01", "soon"), "dates but for row 3, so"),
            (("007", "012"), "leading zeros"),
        ],
    )
    def test_words_that_might_be_more_stay_words_and_say_why(
        self, values: tuple[str, ...], words: str, tmp_path: Path
    ) -> None:
        found = column(tmp_path, *values)

        assert found.kind is Kind.CATEGORICAL
        assert words in found.reason

    def test_a_few_words_among_numbers_are_named(self, tmp_path: Path) -> None:
        found = column(tmp_path, *map(str, range(30)), "abc")

        assert found.kind is Kind.CATEGORICAL
        assert "numbers but for row 31, so read as words" in found.reason

    def test_sentences_are_text(self, tmp_path: Path) -> None:
        found = column(tmp_path, *(f"the lamp number {number} does not work" for number in range(30)))

        assert found.kind is Kind.TEXT
        assert found.reason == "7 words in a value on average, 30 different ones"

    def test_repeated_sentences_are_categories(self, tmp_path: Path) -> None:
        sentences = ("I agree with all of it", "I do not agree with it")

        assert column(tmp_path, *sentences * 10).kind is Kind.CATEGORICAL

    def test_a_different_word_in_every_row_is_an_id(self, tmp_path: Path) -> None:
        assert column(tmp_path, *(f"K{number:03}" for number in range(30))).kind is Kind.ID

    def test_a_few_rows_do_not_make_an_id(self, tmp_path: Path) -> None:
        assert column(tmp_path, "u", "v", "w").kind is Kind.CATEGORICAL

    @pytest.mark.parametrize("name", ["id", "ID", "customer_id", "userId", "row id", "index", "Unnamed: 0", "uuid"])
    def test_different_numbers_under_the_name_of_an_id_are_one(self, name: str, tmp_path: Path) -> None:
        assert column(tmp_path, *map(str, range(30)), name=name).kind is Kind.ID

    @pytest.mark.parametrize("name", ["a", "paid", "width", "humid", "grid", "x"])
    def test_different_numbers_under_another_name_are_numbers(self, name: str, tmp_path: Path) -> None:
        assert column(tmp_path, *map(str, range(30)), name=name).kind is Kind.NUMERIC

    def test_an_id_that_repeats_is_a_number(self, tmp_path: Path) -> None:
        assert column(tmp_path, *map(str, [*range(29), 0]), name="id").kind is Kind.NUMERIC

    def test_a_column_without_a_name_that_counts_rows_is_an_id(self, tmp_path: Path) -> None:
        dataset = load(tmp_path, rows(",b", *(f"{number},{number * number}" for number in range(30))))

        assert [found.kind for found in dataset.columns] == [Kind.ID, Kind.NUMERIC]

    def test_sensitive_columns_are_marked(self, tmp_path: Path) -> None:
        dataset = load(tmp_path, rows("a,b", "1,2", "3,4"), sensitive=("b",))

        assert [found.sensitive for found in dataset.columns] == [False, True]


class TestFrame:
    def test_types_are_as_promised(self, tmp_path: Path) -> None:
        frame = load(
            tmp_path,
            rows("n,g,f,b,d,w", "1,1,0.5,yes,2021-01-01,x", "2,,,,,", "3,3,1.5,no,2021-01-03,y"),
        ).frame

        types = [str(kind) for kind in frame.dtypes]
        assert types == ["int64", "Int64", "float64", "boolean", "datetime64[s]", "str"]
        assert frame.iloc[1].isna().tolist() == [False, True, True, True, True, True]


class TestDeclaredKinds:
    def load(self, folder: Path, kind: str, *values: str) -> Dataset:
        return load(folder, rows("a,b", *(f"{value},x" for value in values)), columns={"a": kind})

    @pytest.mark.parametrize("kind", ["categorical", "text", "id"])
    def test_words_keep_their_spelling(self, kind: str, tmp_path: Path) -> None:
        dataset = self.load(tmp_path, kind, "1.50", "2", "1e3")

        assert dataset.frame["a"].tolist() == ["1.50", "2", "1e3"]
        assert dataset.column("a") == Column("a", Kind(kind), "declared in the experiment file")

    def test_zero_and_one_become_boolean(self, tmp_path: Path) -> None:
        assert self.load(tmp_path, "boolean", "0", "1", "").frame["a"].tolist() == [False, True, pd.NA]

    def test_codes_become_numbers(self, tmp_path: Path) -> None:
        assert self.load(tmp_path, "numeric", "007", "NA", "1").frame["a"].tolist() == [7, pd.NA, 1]

    def test_an_ignored_column_is_no_feature(self, tmp_path: Path) -> None:
        dataset = self.load(tmp_path, "ignore", "1", "2")

        assert [found.name for found in dataset.features] == ["b"]

    @pytest.mark.parametrize(
        ("kind", "values", "bad", "row"),
        [
            ("numeric", ("1", "x", "3"), "'x' is not a number", 2),
            ("numeric", ("1", "2", "1.5.2"), "'1.5.2' is not a number", 3),
            ("boolean", ("1", "0", "2"), "'2' is not true or false", 3),
            ("datetime", ("2021-01-01", "soon"), "'soon' is not a date", 2),
            ("datetime", ("01/02/2021", "02/03/2021"), "'01/02/2021' is not a date", 1),
            ("datetime", ("5", "6"), "'5' is not a date", 1),
        ],
    )
    def test_a_value_of_another_kind_is_named_with_its_row(
        self, kind: str, values: tuple[str, ...], bad: str, row: int, tmp_path: Path
    ) -> None:
        with pytest.raises(DataError) as caught:
            self.load(tmp_path, kind, *values)

        assert f"table.csv: data.columns.a: column 'a', row {row}: {bad}" in str(caught.value)
        assert "fix: " in str(caught.value)

    def test_a_value_of_a_sensitive_column_is_not_quoted(self, tmp_path: Path) -> None:
        with pytest.raises(DataError) as caught:
            load(tmp_path, rows("a,b", "1,x", "secret,y"), columns={"a": "numeric"}, sensitive=("a",))

        assert "row 2: the value is not a number" in str(caught.value)
        assert "secret" not in str(caught.value)

    def test_typed_columns_are_converted_too(self, tmp_path: Path) -> None:
        pq.write_table(pa.table({"a": [1.0, 2.0], "b": [True, False], "c": ["1", "2.5"]}), tmp_path / "t.parquet")
        dataset = load_file(tmp_path, "t.parquet", columns={"a": "categorical", "b": "numeric", "c": "numeric"})

        assert [dataset.frame[name].tolist() for name in "abc"] == [["1", "2"], [1, 0], [1.0, 2.5]]

    @pytest.mark.parametrize("key", ["columns", "sensitive", "target"])
    def test_a_column_that_is_not_there_is_named_with_the_nearest(self, key: str, tmp_path: Path) -> None:
        value = {"columns": {"prize": "numeric"}, "sensitive": ("prize",), "target": "prize"}[key]
        with pytest.raises(DataError) as caught:
            load(tmp_path, rows("price,b", "1,2"), **{key: value})

        told = str(caught.value)
        assert told.startswith(f"data.{key}")
        assert told.endswith(": there is no column 'prize' in 'table.csv' - fix: did you mean 'price'?")


def task(folder: Path, *values: object, **data: object) -> Dataset:
    return load(folder, rows("a,y", *(f"{number},{value}" for number, value in enumerate(values))), target="y", **data)


class TestTask:
    @pytest.mark.parametrize(
        ("values", "name", "labels"),
        [
            (["u", "v"] * 5, "binary", ("u", "v")),
            ([0, 1] * 5, "binary", ("0", "1")),
            (["yes", "no"] * 5, "binary", ("no", "yes")),
            (["u", "v", "w"] * 5, "multiclass", ("u", "v", "w")),
            ([10, 9, 2] * 5, "multiclass", ("2", "9", "10")),
            ([1.0, 3.0, 2.0] * 5, "multiclass", ("1", "2", "3")),
            ([0.5, 1.5] * 5, "regression", ()),
            (list(range(50)), "regression", ()),
            ([1, 2, 3, 4], "regression", ()),
        ],
    )
    def test_the_target_decides(self, values: list[object], name: str, labels: tuple[str, ...], tmp_path: Path) -> None:
        found = task(tmp_path, *values).task

        assert (found.name, found.labels) == (name, labels)
        assert found.stated

    def test_labels_keep_their_spelling(self, tmp_path: Path) -> None:
        dataset = task(tmp_path, "Yes", "No", "Yes")

        assert dataset.task.labels == ("No", "Yes")
        assert dataset.frame["y"].tolist() == ["Yes", "No", "Yes"]

    def test_a_declared_task_is_obeyed(self, tmp_path: Path) -> None:
        assert task(tmp_path, *[1, 2, 3] * 5, task="regression").task.name == "regression"
        assert task(tmp_path, *list(range(10)) * 2, task="multiclass").task.name == "multiclass"

    def test_numbers_declared_categorical_are_classes(self, tmp_path: Path) -> None:
        assert task(tmp_path, *[3, 1, 2, 5, 8] * 2, columns={"y": "categorical"}).task.labels == (
            "1",
            "2",
            "3",
            "5",
            "8",
        )

    def test_the_regression_target_is_float(self, tmp_path: Path) -> None:
        assert str(task(tmp_path, *range(50)).frame["y"].dtype) == "float64"

    def test_gaps_in_the_target_are_kept_for_cleaning(self, tmp_path: Path) -> None:
        assert task(tmp_path, "u", "", "v", "u").frame["y"].isna().tolist() == [False, True, False, False]

    def test_no_target_is_no_task(self, tmp_path: Path) -> None:
        assert load(tmp_path, rows("a,b", "1,2")).task is None

    @pytest.mark.parametrize(
        ("values", "data", "words"),
        [
            (["u"] * 3, {}, "is 'u' in every row"),
            ([""] * 3, {}, "has no value in any row"),
            (["2021-01-01", "2021-01-02"], {}, "holds dates"),
            (["k1", "k2", "k3"], {}, "a different word in every row"),
            ([*range(40), "x"], {}, "column 'y', row 41: 'x' is not a number"),
            (["u", "v", "w"], {"task": "binary"}, "has 3 different values ('u', 'v' and 'w'), a binary task two"),
            (["1", "x", "3"], {"task": "regression"}, "column 'y', row 2: 'x' is not a number"),
            (list(range(1001)) * 2, {"task": "multiclass"}, "has 1,001 classes, more than 1,000"),
            ([1, 2, 3], {"task": "multiclass"}, "has a class of its own in every row"),
        ],
    )
    def test_a_target_that_cannot_be_predicted_is_refused(
        self, values: list[object], data: dict[str, object], words: str, tmp_path: Path
    ) -> None:
        with pytest.raises(DataError) as caught:
            task(tmp_path, *values, **data)

        assert words in str(caught.value)
        assert "fix: " in str(caught.value)

    def test_a_thousand_classes_are_enough(self, tmp_path: Path) -> None:
        assert len(task(tmp_path, *list(range(1000)) * 2, task="multiclass").task.labels) == 1000

    @pytest.mark.parametrize("kind", ["ignore", "id", "text", "datetime"])
    def test_a_target_of_a_kind_that_cannot_be_one_is_a_mistake(self, kind: str, tmp_path: Path) -> None:
        with pytest.raises(SpecError, match=r"data\.columns\.y: the target cannot be of the kind"):
            task(tmp_path, "u", "v", columns={"y": kind})


class TestPositiveLabel:
    @pytest.mark.parametrize(
        ("values", "positive"),
        [
            (["no", "yes", "yes"], "yes"),
            (["true", "false", "true"], "true"),
            ([0, 1, 1], "1"),
            ([-1, 1, 1], "1"),
            (["positive", "negative", "positive"], "positive"),
            (["u", "v", "v"], "u"),
            (["u", "v"] * 2, "v"),
        ],
    )
    def test_it_is_found_by_name_or_else_the_rarer(self, values: list[object], positive: str, tmp_path: Path) -> None:
        found = task(tmp_path, *values).task

        assert found.positive == found.labels[-1] == positive
        assert f"'{positive}' counts as positive" in found.stated

    @pytest.mark.parametrize(
        ("values", "declared", "positive"),
        [(["u", "v", "v"], "v", "v"), ([0, 1, 1], 0, "0"), (["yes", "no"], False, "no"), ([1.0, 2.0], 1.0, "1")],
    )
    def test_it_can_be_declared(self, values: list[object], declared: object, positive: str, tmp_path: Path) -> None:
        assert task(tmp_path, *values, positive=declared).task.positive == positive

    def test_one_that_is_no_label_is_a_mistake_with_the_nearest(self, tmp_path: Path) -> None:
        with pytest.raises(SpecError) as caught:
            task(tmp_path, "benign", "malignant", positive="malign")

        assert str(caught.value).startswith("experiment.yaml: data.positive: 'malign' is not one of the labels")
        assert "did you mean 'malignant'?" in str(caught.value)

    @pytest.mark.parametrize("values", [["u", "v", "w"] * 2, list(range(50))])
    def test_only_a_binary_task_has_one(self, values: list[object], tmp_path: Path) -> None:
        with pytest.raises(SpecError, match=r"data\.positive"):
            task(tmp_path, *values, positive="u")


class TestTargetsThatNoFloatHolds:
    def test_are_rounded_and_it_is_said(self, tmp_path: Path) -> None:
        numbers = [2**53 + 1 + 2 * row for row in range(30)]
        found = load(tmp_path, rows("a,y", *(f"{row},{number}" for row, number in enumerate(numbers))), target="y")

        assert found.frame["y"].tolist() == [float(number) for number in numbers]
        assert "more than 15 digits" in found.column("y").reason

    def test_nested_ones_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="holds nested or binary values - fix: "):
            load(tmp_path, '[{"a": 1, "y": [1]}, {"a": 2, "y": [2]}]', "t.json", target="y")
