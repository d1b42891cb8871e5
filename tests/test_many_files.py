"""Several files as one table: in which order, joined how strictly, with what kinds, and the splits kept apart."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tables import load_spec, rows

from reportgen import source, specfile
from reportgen.dataset import Kind
from reportgen.errors import DataError, SpecError


def write(folder: Path, **files: str | pa.Table) -> None:
    """`a_csv="…"` becomes `a.csv`; an Arrow table is written as Parquet."""
    for key, content in files.items():
        stem, _, suffix = key.rpartition("_")
        if isinstance(content, str):
            (folder / f"{stem}.{suffix}").write_text(content, encoding="utf-8")
        else:
            pq.write_table(content, folder / f"{stem}.{suffix}")


def refused(folder: Path, text: str, kind: type[DataError | SpecError] = DataError) -> str:
    with pytest.raises(kind) as caught:
        load_spec(folder, text)
    assert "fix: " in str(caught.value)
    return str(caught.value)


class TestWhichFiles:
    def test_a_list_is_read_in_its_order(self, tmp_path: Path) -> None:
        write(tmp_path, a_csv=rows("x", "1"), b_csv=rows("x", "2"))

        assert load_spec(tmp_path, "path: [b.csv, a.csv]").frame["x"].tolist() == [2, 1]

    def test_a_pattern_is_sorted_by_name_and_numbers_by_size(self, tmp_path: Path) -> None:
        for number in (10, 9, 2):
            (tmp_path / f"part-{number}.csv").write_text(f"x\n{number}\n")

        assert load_spec(tmp_path, "path: part-*.csv").frame["x"].tolist() == [2, 9, 10]

    def test_a_pattern_may_stand_in_a_list_and_reach_into_folders(self, tmp_path: Path) -> None:
        (tmp_path / "sub").mkdir()
        (tmp_path / "sub" / "a.csv").write_text("x\n1\n")
        write(tmp_path, b_csv=rows("x", "2"))

        assert load_spec(tmp_path, "path: [b.csv, '*/*.csv']").frame["x"].tolist() == [2, 1]

    def test_a_file_whose_name_looks_like_a_pattern_is_that_file(self, tmp_path: Path) -> None:
        (tmp_path / "a[1].csv").write_text("x\n7\n")
        (tmp_path / "a1.csv").write_text("x\n8\n")

        assert load_spec(tmp_path, "path: 'a[1].csv'").frame["x"].tolist() == [7]

    def test_a_pattern_that_fits_nothing_is_data_that_is_not_there(self, tmp_path: Path) -> None:
        assert "e.yaml:2:9: data.path: no file fits 'part-*.csv'" in refused(tmp_path, "path: part-*.csv")

    def test_a_missing_file_is_reported_at_its_place_in_the_list(self, tmp_path: Path) -> None:
        write(tmp_path, a_csv=rows("x", "1"))

        assert "e.yaml:2:17: data.path[1]: 'b.csv' does not exist" in refused(tmp_path, "path: [a.csv, b.csv]")

    @pytest.mark.parametrize("text", ["path: [a.csv, ./a.csv]", "path: [a.csv, '*.csv']", "path: a.csv\ntest: a.csv"])
    def test_a_file_named_twice_is_a_mistake(self, text: str, tmp_path: Path) -> None:
        write(tmp_path, a_csv=rows("x", "1"))

        assert "'a.csv' is named twice" in refused(tmp_path, text, SpecError)

    def test_a_bundled_table_stands_alone(self, tmp_path: Path) -> None:
        write(tmp_path, a_csv=rows("x", "1"))

        assert "a table of its own" in refused(tmp_path, "path: [a.csv, 'sklearn:iris']", SpecError)

    def test_each_file_is_hashed_and_all_together(self, tmp_path: Path) -> None:
        write(tmp_path, a_csv=rows("x", "1"), b_csv=rows("x", "2"))
        found = load_spec(tmp_path, "path: [a.csv, b.csv]").source

        digests = [hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in ("a.csv", "b.csv")]
        assert [(file.name, file.size, file.sha256) for file in found.files] == [
            ("a.csv", 4, digests[0]),
            ("b.csv", 4, digests[1]),
        ]
        assert found.size == 8
        assert found.sha256 == hashlib.sha256(f"a.csv {digests[0]}\nb.csv {digests[1]}\n".encode()).hexdigest()

    def test_a_change_of_any_file_is_noticed(self, tmp_path: Path) -> None:
        write(tmp_path, a_csv=rows("x", "1"), b_csv=rows("x", "2"), c_csv=rows("x", "3"))
        location = specfile.draft_of("data: {path: [a.csv, b.csv], test: c.csv}", str(tmp_path / "e.yaml")).locate()
        source.unchanged(location)
        (tmp_path / "c.csv").write_text("x\n33\n")

        with pytest.raises(DataError, match=r"c\.csv: the file changed during the run"):
            source.unchanged(location)


class TestSameColumns:
    def test_their_order_may_differ(self, tmp_path: Path) -> None:
        write(tmp_path, a_csv=rows("x,y", "1,u"), b_csv=rows("y,x", "v,2"))
        frame = load_spec(tmp_path, "path: [a.csv, b.csv]").frame

        assert frame.to_dict("list") == {"x": [1, 2], "y": ["u", "v"]}

    @pytest.mark.parametrize(
        ("header", "words"),
        [
            ("x", "b.csv: there is no column 'y', which 'a.csv' has"),
            ("x,y,z", "b.csv: there is a column 'z', which 'a.csv' lacks"),
        ],
    )
    def test_a_file_with_other_columns_is_named(self, header: str, words: str, tmp_path: Path) -> None:
        write(tmp_path, a_csv=rows("x,y", "1,2"), b_csv=rows(header, ",".join("1" * len(header.split(",")))))

        assert words in refused(tmp_path, "path: [a.csv, b.csv]")

    def test_formats_may_be_mixed(self, tmp_path: Path) -> None:
        write(tmp_path, a_csv=rows("x,y", "1,u"), b_parquet=pa.table({"x": [2], "y": ["v"]}))
        dataset = load_spec(tmp_path, "path: [a.csv, b.parquet]")

        assert dataset.frame.to_dict("list") == {"x": [1, 2], "y": ["u", "v"]}
        assert dataset.source.format == "csv and parquet"


class TestTypes:
    def column(self, folder: Path, first: list[str], second: list[str], data: str = "") -> tuple[pd.Series, Kind, str]:
        write(
            folder,
            a_csv=rows("x,z", *(f"{one},1" for one in first)),
            b_csv=rows("x,z", *(f"{one},1" for one in second)),
        )
        dataset = load_spec(folder, "path: [a.csv, b.csv]" + data)
        return dataset.frame["x"], dataset.column("x").kind, dataset.column("x").reason

    def test_whole_numbers_and_fractions_become_numbers(self, tmp_path: Path) -> None:
        found, kind, _ = self.column(tmp_path, ["1", "2"], ["2.5"])

        assert (found.tolist(), kind) == ([1.0, 2.0, 2.5], Kind.NUMERIC)

    def test_codes_in_one_file_keep_the_spelling_of_all(self, tmp_path: Path) -> None:
        found, _, reason = self.column(tmp_path, ["7", "10"], ["007"])

        assert found.tolist() == ["7", "10", "007"]
        assert "leading zeros" in reason

    def test_words_for_missing_in_one_file_are_gaps_among_the_numbers_of_all(self, tmp_path: Path) -> None:
        found, kind, reason = self.column(tmp_path, ["1", "2"], ["NA", "NA"])

        assert (found.tolist(), kind) == ([1, 2, pd.NA, pd.NA], Kind.NUMERIC)
        assert "'NA' in 2 rows read as missing" in reason

    def test_a_file_without_values_agrees_with_any(self, tmp_path: Path) -> None:
        assert self.column(tmp_path, ["", ""], ["3"])[0].tolist() == [pd.NA, pd.NA, 3]
        assert self.column(tmp_path, ["", ""], ["u"])[0].tolist()[2:] == ["u"]

    def test_numbers_in_one_file_and_words_in_another_are_words(self, tmp_path: Path) -> None:
        found, kind, _ = self.column(tmp_path, ["1", "1.50"], ["u"])

        assert (found.tolist(), kind) == (["1", "1.50", "u"], Kind.CATEGORICAL)

    def test_days_and_times_become_times(self, tmp_path: Path) -> None:
        found, kind, _ = self.column(tmp_path, ["2021-01-01"], ["2021-01-02 10:00:00.5"])

        assert kind is Kind.DATETIME
        assert found.tolist() == [pd.Timestamp("2021-01-01"), pd.Timestamp("2021-01-02 10:00:00.5")]

    def test_all_files_decide_which_number_is_the_day(self, tmp_path: Path) -> None:
        found, _, reason = self.column(tmp_path, ["01/02/2021"], ["25/12/2020"])

        assert found.tolist() == [pd.Timestamp("2021-02-01"), pd.Timestamp("2020-12-25")]
        assert "day first" in reason

    def test_files_that_write_the_day_and_the_month_first_are_not_mixed(self, tmp_path: Path) -> None:
        _, kind, reason = self.column(tmp_path, ["25/12/2020"], ["12/25/2020"])

        assert kind is Kind.CATEGORICAL
        assert "more than one spelling" in reason

    def test_whole_numbers_beyond_a_float_keep_their_spelling_beside_fractions(self, tmp_path: Path) -> None:
        found, kind, _ = self.column(tmp_path, [str(2**53 + 1)], ["0.5"])

        assert (found.tolist(), kind) == ([str(2**53 + 1), "0.5"], Kind.CATEGORICAL)

    def test_the_kinds_are_found_over_all_rows(self, tmp_path: Path) -> None:
        assert self.column(tmp_path, ["yes", "no"], ["maybe"])[1] is Kind.CATEGORICAL
        assert self.column(tmp_path, ["yes", "no"], ["no"])[1] is Kind.BOOLEAN

    def test_types_that_a_format_fixes_are_not_bent(self, tmp_path: Path) -> None:
        write(tmp_path, a_parquet=pa.table({"x": [1]}), b_parquet=pa.table({"x": ["u"]}))

        assert "b.parquet: column 'x' holds words, and whole numbers in 'a.parquet'" in refused(
            tmp_path, "path: [a.parquet, b.parquet]"
        )

    def test_a_declared_kind_settles_it(self, tmp_path: Path) -> None:
        write(tmp_path, a_parquet=pa.table({"x": [1]}), b_parquet=pa.table({"x": ["u"]}))
        dataset = load_spec(tmp_path, "path: [a.parquet, b.parquet]\ncolumns: {x: categorical}")

        assert dataset.frame["x"].tolist() == ["1", "u"]

    def test_numbers_of_several_widths_and_levels_of_several_files(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            a_parquet=pa.table(
                {"x": pa.array([1], pa.int8()), "y": pa.array(["u", "v"]).dictionary_encode().take([0])}
            ),
            b_parquet=pa.table({"x": pa.array([2.5], pa.float32()), "y": pa.array(["w"])}),
        )
        frame = load_spec(tmp_path, "path: [a.parquet, b.parquet]").frame

        assert frame.to_dict("list") == {"x": [1.0, 2.5], "y": ["u", "w"]}

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        values=st.lists(
            st.sampled_from(
                ["", "1", "-2", "2.5", "007", "NA", "u", "yes", "no", "2021-01-01", "1e3", "9007199254740993"]
            ),
            min_size=2,
            max_size=12,
        ),
        data=st.data(),
    )
    def test_files_give_what_their_rows_in_one_file_give(
        self, values: list[str], data: st.DataObject, tmp_path: Path
    ) -> None:
        cut = data.draw(st.integers(1, len(values) - 1))
        parts = [values[:cut], values[cut:]]
        for name, part in (("a", values), ("b", parts[0]), ("c", parts[1])):
            (tmp_path / f"{name}.csv").write_text(rows("x,z", *(f"{one},1" for one in part)))
        whole, split = (load_spec(tmp_path, f"path: {path}") for path in ("a.csv", "[b.csv, c.csv]"))

        pd.testing.assert_series_equal(whole.frame["x"], split.frame["x"])
        assert whole.column("x") == split.column("x")


class TestGivenSplits:
    def test_rows_follow_in_the_order_train_validation_test(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            a_csv=rows("x", "1", "2"),
            b_csv=rows("x", "3"),
            v_csv=rows("x", "4", "5"),
            t_csv=rows("x", "6"),
        )
        dataset = load_spec(tmp_path, "path: [a.csv, b.csv]\ntest: t.csv\nvalidation: v.csv")

        assert dataset.frame["x"].tolist() == [1, 2, 3, 4, 5, 6]
        assert dataset.given == {"train": (0, 3), "validation": (3, 5), "test": (5, 6)}

    def test_one_table_has_none(self, tmp_path: Path) -> None:
        write(tmp_path, a_csv=rows("x", "1"), b_csv=rows("x", "2"))

        assert load_spec(tmp_path, "path: [a.csv, b.csv]").given == {}

    def test_the_target_is_found_over_all_of_them(self, tmp_path: Path) -> None:
        write(tmp_path, a_csv=rows("x,y", "1,u", "2,v"), t_csv=rows("x,y", "3,w", "4,u"))

        assert load_spec(tmp_path, "path: a.csv\ntest: t.csv\ntarget: y").task.labels == ("u", "v", "w")

    def test_a_test_file_that_lacks_a_column_is_named(self, tmp_path: Path) -> None:
        write(tmp_path, a_csv=rows("x,y", "1,u"), t_csv=rows("x", "3"))

        assert "t.csv: there is no column 'y'" in refused(tmp_path, "path: a.csv\ntest: t.csv")


def test_hundreds_of_small_files_are_one_table(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"p{number}.csv").write_text(f"x,y\n{number},u{number % 3}\n")
    dataset = load_spec(tmp_path, "path: p*.csv")

    assert dataset.frame["x"].tolist() == list(range(300))
    assert len(dataset.source.files) == 300
    assert np.unique(dataset.frame["y"]).tolist() == ["u0", "u1", "u2"]
