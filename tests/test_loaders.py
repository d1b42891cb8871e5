"""Reading: what a file holds arrives unchanged, and what cannot be read is named with its place and a remedy."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import io
import json
import os
import re
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tables import load, load_file, rows

from reportgen import memory, registry, source
from reportgen.dataset import Kind
from reportgen.errors import DataError, LimitExceeded, SpecError
from reportgen.loaders import _contents, _text_rows, _text_types

fuzzed = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)


def refused(folder: Path, content: str | bytes, name: str = "table.csv", **data: object) -> str:
    """The one line that the user is shown."""
    with pytest.raises(DataError) as caught:
        load(folder, content, name, **data)
    assert "fix: " in str(caught.value)
    return str(caught.value)


#: Loaders of files of columns; those of workbooks, databases, arrays and images have tests of their own.
FILES = ("csv", "feather", "json", "parquet")


class TestEveryLoader:
    def test_is_looked_at_here_or_elsewhere(self) -> None:
        assert set(registry.names("loaders")) <= {*FILES, "sklearn", "images", "npz", "sql", "xlsx"}

    @pytest.mark.parametrize("name", [*FILES, "sklearn"])
    def test_reads_by_one_contract(self, name: str, tmp_path: Path) -> None:
        dataset = load_file(tmp_path, written(name, tmp_path), target="target" if name == "sklearn" else "y")

        assert dataset.frame.index.equals(pd.RangeIndex(dataset.n_rows))
        assert [column.name for column in dataset.columns] == list(dataset.frame.columns)
        assert all(column.reason for column in dataset.columns)
        assert dataset.source.format == name
        assert re.fullmatch("[0-9a-f]{64}", dataset.source.sha256)
        assert dataset.source.size > 0
        assert "/" not in dataset.source.name
        assert dataset.task is not None

    @pytest.mark.parametrize("name", FILES)
    def test_gives_the_same_table_for_the_same_rows(self, name: str, tmp_path: Path) -> None:
        frame = load_file(tmp_path, written(name, tmp_path)).frame

        assert frame["a"].tolist() == [1, 2, 3]
        assert frame["b"].tolist() == ["x", "ü", "z"]
        assert frame["c"].tolist()[:2] == [0.5, 1.5]
        assert np.isnan(frame["c"].tolist()[2])

    @pytest.mark.parametrize("name", FILES)
    def test_hashes_the_bytes_of_the_file(self, name: str, tmp_path: Path) -> None:
        path = tmp_path / written(name, tmp_path)

        assert load_file(tmp_path, path.name).source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()

    @pytest.mark.parametrize("name", FILES)
    def test_refuses_a_damaged_file(self, name: str, tmp_path: Path) -> None:
        path = tmp_path / written(name, tmp_path)
        path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe" + path.read_bytes()[12:40])

        with pytest.raises(DataError, match=path.name):
            load_file(tmp_path, path.name)


def written(loader: str, folder: Path) -> str:
    """Three rows of a: whole, b: words, c: numbers with a gap, y: target; as a file of the loader."""
    table = pa.table({"a": [1, 2, 3], "b": ["x", "ü", "z"], "c": [0.5, 1.5, None], "y": ["u", "v", "v"]})
    if loader == "sklearn":
        return "sklearn:iris"
    if loader == "csv":
        (folder / "t.csv").write_text("a,b,c,y\n1,x,0.5,u\n2,ü,1.5,v\n3,z,,v\n", encoding="utf-8")
    elif loader == "parquet":
        pq.write_table(table, folder / "t.parquet")
    elif loader == "json":
        (folder / "t.json").write_text(json.dumps(table.to_pylist()), encoding="utf-8")
    elif loader == "feather":
        with pa.ipc.new_file(str(folder / "t.feather"), table.schema) as file:
            file.write_table(table)
    else:
        raise AssertionError(f"write a sample for the loader {loader}")
    return f"t.{loader}"


class TestRows:
    def test_a_short_row_is_named_with_its_line(self, tmp_path: Path) -> None:
        message = refused(tmp_path, rows("a,b,c", "1,2,3", "4,5", "6,7,8"))

        assert message.startswith("table.csv:3: 2 fields where the first line names 3 columns")

    def test_a_long_row_is_named_with_its_line(self, tmp_path: Path) -> None:
        assert "table.csv:4: 3 fields where the first line names 2 columns" in refused(
            tmp_path, rows("a,b", "1,2", "3,4", "5,6,7", "8,9")
        )

    def test_rows_that_are_all_longer_than_the_header_are_not_shifted(self, tmp_path: Path) -> None:
        assert "table.csv:2: 3 fields" in refused(tmp_path, rows("a,b", "1,2,3", "4,5,6"))

    def test_the_line_counts_line_ends_inside_quotes_and_empty_lines(self, tmp_path: Path) -> None:
        assert "table.csv:6: 3 fields" in refused(tmp_path, 'a,b\n1,"x\ny"\n\n2,z\n1,2,3\n')

    def test_a_quote_that_is_never_closed_is_named(self, tmp_path: Path) -> None:
        assert "table.csv:3: a quote that is opened here is never closed" in refused(
            tmp_path, rows("a,b", "1,x", '2,"y', "3,z")
        )

    def test_two_open_quotes_do_not_swallow_a_row(self, tmp_path: Path) -> None:
        # A lenient parser reads one row whose second field is 'x\n2,y'.
        assert "table.csv:2: text follows a closing quote" in refused(tmp_path, rows("a,b", '1,"x', '2,"y'))

    def test_an_inch_mark_inside_a_value_is_no_quote(self, tmp_path: Path) -> None:
        assert load(tmp_path, rows("a,b", '1,5" pipe', "2,x")).frame["b"].tolist() == ['5" pipe', "x"]

    def test_quoted_values_hold_separators_quotes_and_line_ends(self, tmp_path: Path) -> None:
        dataset = load(tmp_path, 'a,b\n"x,1","say ""hi"""\n"two\nlines",z\n')

        assert dataset.frame["a"].tolist() == ["x,1", "two\nlines"]
        assert dataset.frame["b"].tolist() == ['say "hi"', "z"]

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_any_line_end_will_do(self, end: str, tmp_path: Path) -> None:
        assert load(tmp_path, end.join(["a,b", "1,x", "2,y"])).frame["a"].tolist() == [1, 2]

    def test_an_empty_file_is_refused(self, tmp_path: Path) -> None:
        assert "table.csv: the file is empty" in refused(tmp_path, "")

    def test_a_file_of_blank_lines_is_refused(self, tmp_path: Path) -> None:
        assert "the file is empty" in refused(tmp_path, "\n\n\n")

    @pytest.mark.parametrize("text", ["a,b", "a,b\n", "a,b\n\n\n", "a,b\r\n"])
    def test_a_header_alone_is_refused(self, text: str, tmp_path: Path) -> None:
        assert "table.csv:1: the file has column names but no row" in refused(tmp_path, text)

    def test_one_row_and_one_column_are_a_table(self, tmp_path: Path) -> None:
        assert load(tmp_path, "a\n7\n").frame["a"].tolist() == [7]

    def test_a_row_beyond_the_block_is_a_limit(self, tmp_path: Path) -> None:
        with pytest.raises(LimitExceeded, match="a row is longer than 4 MB"):
            load(tmp_path, rows(",".join("abcdefghijklmnopqrst"), ",".join(["x" * 900_000] * 20), "1" + "," * 19))

    def test_a_value_of_over_a_million_characters_is_a_limit(self, tmp_path: Path) -> None:
        with pytest.raises(LimitExceeded, match="more than 1,000,000 characters"):
            load(tmp_path, "a,b\n1," + "x" * 1_000_001 + "\n2,y\n")

    @fuzzed
    @given(table=st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), WORDS), min_size=1, max_size=30))
    def test_what_a_csv_writer_wrote_comes_back(self, table: list[tuple[int, str]], tmp_path: Path) -> None:
        text = io.StringIO()
        pd.DataFrame(table, columns=["a", "b"]).to_csv(text, index=False)
        dataset = load(tmp_path, text.getvalue(), columns={"b": "categorical"})

        assert dataset.frame["b"].tolist() == [word for _, word in table]
        assert dataset.frame["a"].tolist() == [number for number, _ in table]

    @fuzzed
    @given(text=st.text(st.sampled_from('a1,;"\n\r\t 0.'), max_size=60))
    def test_any_text_gives_a_table_or_a_data_error(self, text: str, tmp_path: Path) -> None:
        try:
            dataset = load(tmp_path, text)
        except DataError:
            return
        assert len(set(dataset.frame.columns)) == len(dataset.columns)


class TestLongTexts:
    """Their types are supposed from some rows; whatever the others hold, nothing must come out in another way."""

    @fuzzed
    @given(
        values=st.lists(
            st.sampled_from(
                [
                    "",
                    "1",
                    "-2",
                    "2.5",
                    "007",
                    "NA",
                    "u",
                    "yes",
                    "12:30",
                    "2021-01-01",
                    "2021-01-01 10:00",
                    "1e3",
                    '"a\nb"',
                ]
            ),
            min_size=8,
            max_size=60,
        ),
        width=st.integers(1, 60),
    )
    def test_give_what_a_parser_finds_that_sees_all(self, values: list[str], width: int, tmp_path: Path) -> None:
        text = rows("a,b,c", *(f"{value},x,{value}" for value in values))
        whole = load(tmp_path, text)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_text_types, "LONG", 0)
            patch.setattr(_text_types, "_WIDTH", width)
            for module in (_text_rows, _text_types):
                patch.setattr(module, "PIECE", 7)
            found = load(tmp_path, text)

        pd.testing.assert_frame_equal(whole.frame, found.frame)
        assert whole.columns == found.columns

    def test_a_word_far_into_a_column_of_numbers_is_kept(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_text_types, "LONG", 0)
        values = [*map(str, range(200_000)), "007", "1.5"]

        assert load(tmp_path, rows("a,b", *(f"{value},x" for value in values))).frame["a"].tolist() == values


class TestSeparators:
    @pytest.mark.parametrize(("sign", "word"), [(";", "semicolon"), ("\t", "tab"), ("|", "bar")])
    def test_another_separator_is_found_and_told(self, sign: str, word: str, tmp_path: Path) -> None:
        dataset = load(tmp_path, rows(f"a{sign}b", f"1{sign}x", f"2{sign}y"))

        assert list(dataset.frame.columns) == ["a", "b"]
        assert any(word in note for note in dataset.notes)

    def test_a_tsv_needs_no_note(self, tmp_path: Path) -> None:
        assert load(tmp_path, rows("a\tb", "1\tx", "2\ty"), "table.tsv").notes == ()

    def test_a_declared_separator_that_finds_one_column_is_refused_with_the_right_one(self, tmp_path: Path) -> None:
        message = refused(tmp_path, rows("a;b", "1;x", "2;y"), options={"sep": ","})

        assert 'set data.options: {sep: ";"}' in message

    def test_a_declared_separator_is_obeyed(self, tmp_path: Path) -> None:
        dataset = load(tmp_path, rows("a:b", "1:x,y", "2:z"), options={"sep": ":"})

        assert dataset.frame["b"].tolist() == ["x,y", "z"]

    @pytest.mark.parametrize("sign", ['"', "\n", "é"])
    def test_a_sign_that_cannot_separate_is_a_mistake_of_the_experiment_file(self, sign: str, tmp_path: Path) -> None:
        with pytest.raises(SpecError, match=r"data\.options\.sep"):
            load(tmp_path, rows("a,b", "1,2"), options={"sep": sign})

    def test_a_separator_cannot_be_the_decimal_mark(self, tmp_path: Path) -> None:
        with pytest.raises(SpecError, match=r"data\.options\.decimal"):
            load(tmp_path, rows("a,b", "1,2"), options={"sep": ",", "decimal": ","})


class TestNames:
    def test_equal_and_blank_names_are_kept_apart_and_told(self, tmp_path: Path) -> None:
        dataset = load(tmp_path, rows("a,a,,a", "1,2,3,4", "5,6,7,8"))

        assert list(dataset.frame.columns) == ["a", "a (2)", "column 3", "a (3)"]
        assert "3 columns had no name or the name of another" in dataset.notes[0]

    def test_a_name_that_is_taken_already_is_not_given_again(self, tmp_path: Path) -> None:
        assert list(load(tmp_path, rows("a,a,a (2)", "1,2,3")).frame.columns) == ["a", "a (3)", "a (2)"]

    def test_quoted_names_are_read_as_values_are(self, tmp_path: Path) -> None:
        assert list(load(tmp_path, 'a,"b,c","say ""d"""\n1,2,3\n').frame.columns) == ["a", "b,c", 'say "d"']

    def test_numbers_as_names_are_kept_with_a_warning(self, tmp_path: Path) -> None:
        dataset = load(tmp_path, rows("1,2.5", "3,4", "5,6"))

        assert list(dataset.frame.columns) == ["1", "2.5"]
        assert any("Every column name is a number" in note for note in dataset.notes)

    def test_very_long_names_stay_distinct(self, tmp_path: Path) -> None:
        long = "x" * 10_000

        assert load(tmp_path, f"{long}a,{long}b\n1,2\n").frame.shape == (1, 2)

    @pytest.mark.slow
    def test_ten_thousand_columns_are_read(self, tmp_path: Path) -> None:
        names = [f"a feature with a long name {number}" for number in range(10_000)]
        dataset = load(tmp_path, rows(",".join(names), *[",".join(["1.5"] * 10_000)] * 3))

        assert list(dataset.frame.columns) == names


class TestEncodings:
    def test_a_byte_order_mark_is_not_part_of_a_name(self, tmp_path: Path) -> None:
        assert list(load(tmp_path, "größe,b\n1,é\n".encode("utf-8-sig")).frame.columns) == ["größe", "b"]

    @pytest.mark.parametrize(
        ("codec", "text"),
        [("cp1252", "Größe café naïve über"), ("gbk", "数据报告的模型训练结果"), ("utf-16", "naïve")],
    )
    def test_another_encoding_is_refused_with_one_that_works(self, codec: str, text: str, tmp_path: Path) -> None:
        content = f"a,b\n1,x\n2,{text}\n3,y\n".encode(codec)
        message = refused(tmp_path, content)
        suggested = message.split()[-1]

        assert re.search(r"table\.csv:\d+: ", message)
        assert load(tmp_path, content, options={"encoding": suggested}).frame["b"].tolist() == ["x", text, "y"]

    def test_the_byte_and_the_line_are_named(self, tmp_path: Path) -> None:
        assert "table.csv:3: byte 11 (0xe9)" in refused(tmp_path, "a,b\n1,x\n2,é\n".encode("cp1252"))

    @pytest.mark.parametrize("position", [(1 << 20) - 2, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3_000_000])
    def test_a_bad_byte_is_found_far_into_the_file(self, position: int, tmp_path: Path) -> None:
        content = bytearray("a\n" + "é\n" * 1_200_000, "utf-8")
        # The second byte of an é, or the first one, whichever lies there.
        content[position] = 0xFF

        start = position if content[position - 1] != 0xC3 else position - 1
        assert f"byte {start + 1:,}" in refused(tmp_path, bytes(content))

    def test_a_declared_encoding_that_does_not_fit_is_refused(self, tmp_path: Path) -> None:
        assert "is not ASCII text" in refused(tmp_path, "a,b\n1,é\n", options={"encoding": "ascii"})

    def test_an_unknown_encoding_is_refused(self, tmp_path: Path) -> None:
        assert "is not a text encoding" in refused(tmp_path, "a,b\n1,x\n", options={"encoding": "klingon"})


class TestValues:
    def column(self, tmp_path: Path, *values: str, **data: object) -> pd.Series:
        return load(tmp_path, rows("a,b", *(f"{value},x" for value in values)), **data).frame["a"]

    def test_leading_zeros_are_kept(self, tmp_path: Path) -> None:
        assert self.column(tmp_path, "007", "8", "011").tolist() == ["007", "8", "011"]

    def test_leading_zeros_are_seen_in_the_last_row_of_many(self, tmp_path: Path) -> None:
        values = [str(number) for number in range(1, 5000)]

        assert self.column(tmp_path, *values, "007").tolist()[-1] == "007"

    def test_leading_zeros_are_seen_behind_a_space(self, tmp_path: Path) -> None:
        assert [value.strip() for value in self.column(tmp_path, "7", " 008")] == ["7", "008"]

    @pytest.mark.parametrize(
        ("body", "found"),
        [
            (b"007,1\n", True),
            (b"7,010\n", True),
            (b'7,"010"\n', True),
            (b"1, 01\n", True),
            (b"1,0x1f\n", True),
            (b"10,100\n", False),
            (b"0,0.5\n", False),
            (b"2024-01-01 00:00,5\n", False),
        ],
    )
    def test_only_the_start_of_a_field_is_suspicious(self, body: bytes, found: bool) -> None:
        assert _text_rows.signs(memoryview(body), ",").leading_zero == found

    def test_hexadecimal_is_no_number(self, tmp_path: Path) -> None:
        assert self.column(tmp_path, "0x10", "11").tolist() == ["0x10", "11"]

    def test_a_zero_before_the_point_is_no_code(self, tmp_path: Path) -> None:
        assert self.column(tmp_path, "0.5", "0", "-0.25").tolist() == [0.5, 0.0, -0.25]

    def test_whole_numbers_beyond_a_float_are_exact(self, tmp_path: Path) -> None:
        assert self.column(tmp_path, str(2**53 + 1), "", "3").tolist() == [2**53 + 1, pd.NA, 3]

    def test_whole_numbers_that_fractions_beside_them_would_round_stay_words(self, tmp_path: Path) -> None:
        assert self.column(tmp_path, str(2**53 + 1), "0.5").tolist() == [str(2**53 + 1), "0.5"]
        assert self.column(tmp_path, str(2**53), "0.5").tolist() == [2.0**53, 0.5]

    def test_whole_numbers_beyond_64_bits_are_kept_as_words(self, tmp_path: Path) -> None:
        assert self.column(tmp_path, str(2**70), "1").tolist() == [str(2**70), "1"]

    def test_the_ends_of_the_float_range_are_numbers(self, tmp_path: Path) -> None:
        assert self.column(tmp_path, "1e308", "-1e18", "inf", "2").tolist() == [1e308, -1e18, np.inf, 2.0]

    def test_words_for_missing_stay_words_among_words(self, tmp_path: Path) -> None:
        dataset = load(tmp_path, rows("a,b", "NA,1", "None,2", "x,3", ",4"))

        assert dataset.frame["a"].tolist()[:3] == ["NA", "None", "x"]
        assert dataset.frame["a"].isna().tolist() == [False, False, False, True]

    @pytest.mark.parametrize("word", ["NA", "None", "null", "n/a", "?", " ", "-"])
    def test_words_for_missing_are_gaps_among_numbers_and_told(self, word: str, tmp_path: Path) -> None:
        dataset = load(tmp_path, rows("a,b", "1,x", f"{word},y", "3,z"))

        assert dataset.frame["a"].tolist() == [1, pd.NA, 3]
        assert any("in 1 row read as missing" in note for note in dataset.notes)

    def test_a_declared_spelling_is_missing_everywhere(self, tmp_path: Path) -> None:
        dataset = load(tmp_path, rows("a,b", "1,x", "-999,none", "3,z"), options={"missing": ("-999", "none")})

        assert dataset.frame.isna().sum().tolist() == [1, 1]

    def test_a_decimal_comma_is_read_when_declared(self, tmp_path: Path) -> None:
        dataset = load(tmp_path, rows("a;b", "1,5;x", "2,25;y"), options={"sep": ";", "decimal": ","})

        assert dataset.frame["a"].tolist() == [1.5, 2.25]

    def test_a_decimal_comma_is_found_when_nothing_speaks_against_it(self, tmp_path: Path) -> None:
        dataset = load(tmp_path, rows("a;b", "1,5;x", "2,25;y"))

        assert dataset.frame["a"].tolist() == [1.5, 2.25]
        assert any("decimal comma" in note for note in dataset.notes)

    def test_a_comma_that_may_divide_thousands_is_left_alone_and_told(self, tmp_path: Path) -> None:
        dataset = load(tmp_path, rows("a;b", "1,500;x", "2,250;y"))

        assert dataset.frame["a"].tolist() == ["1,500", "2,250"]
        assert any("set data.options.decimal" in note for note in dataset.notes)

    def test_a_decimal_comma_without_quotes_never_shifts_a_column(self, tmp_path: Path) -> None:
        assert "table.csv:3: 3 fields" in refused(tmp_path, rows("a,b", "1,2", "1,5,2"))

    def test_dates_before_and_after_the_nanosecond_range(self, tmp_path: Path) -> None:
        dates = self.column(tmp_path, "1600-01-01", "9999-12-31")

        assert dates.dt.year.tolist() == [1600, 9999]

    def test_times_of_one_zone_or_several_become_utc(self, tmp_path: Path) -> None:
        times = self.column(tmp_path, "2024-01-01T12:00:00+02:00", "2024-01-01T12:00:00Z")

        assert times.tolist() == [pd.Timestamp("2024-01-01 10:00"), pd.Timestamp("2024-01-01 12:00")]

    def test_times_with_and_without_a_zone_stay_words(self, tmp_path: Path) -> None:
        dataset = load(tmp_path, rows("a,b", "2024-01-01T12:00:00Z,1", "2024-01-01T12:00:00,2"))

        assert dataset.column("a").kind is Kind.CATEGORICAL
        assert "some have a zone" in dataset.column("a").reason

    def test_times_of_the_day_keep_their_spelling(self, tmp_path: Path) -> None:
        assert self.column(tmp_path, "12:30", "08:15").tolist() == ["12:30", "08:15"]

    def test_any_script_comes_through(self, tmp_path: Path) -> None:
        values = ["数据", "بيانات", "נתונים", "ข้อมูล", "🎉"]

        assert self.column(tmp_path, *values).tolist() == values


class TestLimits:
    def test_a_file_too_large_for_memory_is_refused_before_it_is_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(memory, "available", lambda: 1000)
        monkeypatch.setattr(_contents, "_read", lambda *_: pytest.fail("the file was read"))

        with pytest.raises(LimitExceeded, match=r"table.csv: the table needs about"):
            load(tmp_path, rows("a,b", *["1,2"] * 200))

    def test_a_compressed_file_is_read(self, tmp_path: Path) -> None:
        packed = gzip.compress(b"a,b\n1,x\n") + gzip.compress(b"2,y\n")

        assert load(tmp_path, packed, "table.csv.gz").frame["a"].tolist() == [1, 2]

    def test_a_compressed_bomb_is_refused(self, tmp_path: Path) -> None:
        packed = gzip.compress(b"a,b\n" + b"1,1\n" * 8_000_000)

        with pytest.raises(LimitExceeded, match="grows more than 200 times"):
            load(tmp_path, packed, "table.csv.gz")

    def test_a_compressed_file_that_is_cut_off_is_refused(self, tmp_path: Path) -> None:
        packed = gzip.compress(rows("a,b", *(f"{number},{number**2}" for number in range(1000))).encode())

        refused(tmp_path, packed[: len(packed) // 2], "table.csv.gz")

    def test_a_file_that_grows_while_it_is_read_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "table.csv"
        path.write_text("a,b\n1,2\n")
        real = os.fstat

        def writing(descriptor: int) -> os.stat_result:
            found = real(descriptor)
            if found.st_ino == path.stat().st_ino:
                with path.open("a") as file:
                    file.write("3,4\n")
            return found

        monkeypatch.setattr(os, "fstat", writing)
        with pytest.raises(DataError, match="changed while it was read"):
            load_file(tmp_path, "table.csv")

    @pytest.mark.parametrize(
        ("count", "shown"), [(512, "512 B"), (1500, "1.5 kB"), (2.5e9, "2.5 GB"), (3e12, "3.0 TB")]
    )
    def test_sizes_are_shown_in_decimal_units(self, count: float, shown: str) -> None:
        assert memory.size(count) == shown


class TestParquet:
    def load(self, folder: Path, **columns: object) -> object:
        pq.write_table(pa.table(columns), folder / "table.parquet")
        return load_file(folder, "table.parquet")

    def test_types_become_kinds(self, tmp_path: Path) -> None:
        dataset = self.load(
            tmp_path,
            small=pa.array([1, None], pa.int8()),
            single=pa.array([0.5, np.nan], pa.float32()),
            level=pa.array(["u", "v"]).dictionary_encode(),
            flag=pa.array([True, None]),
            day=pa.array([dt.date(1600, 1, 1), None]),
            price=pa.array([Decimal("1.50"), None]),
            wait=pa.array([dt.timedelta(minutes=2), None]),
        )

        kinds = {column.name: column.kind.value for column in dataset.columns}
        assert kinds == {
            "small": "numeric",
            "single": "numeric",
            "level": "categorical",
            "flag": "boolean",
            "day": "datetime",
            "price": "numeric",
            "wait": "numeric",
        }
        assert dataset.frame.iloc[0].tolist() == [1, 0.5, "u", True, pd.Timestamp(1600, 1, 1), 1.5, 120.0]
        assert dataset.frame.iloc[1].drop("level").isna().all()

    def test_a_time_zone_is_turned_into_utc_and_told(self, tmp_path: Path) -> None:
        noon = dt.datetime(2024, 7, 1, 12, tzinfo=dt.UTC)
        dataset = self.load(tmp_path, when=pa.array([noon], pa.timestamp("ms", "Asia/Tokyo")))

        assert dataset.frame["when"].tolist() == [pd.Timestamp("2024-07-01 12:00")]
        assert "UTC" in dataset.column("when").reason

    def test_nested_and_binary_columns_are_ignored_with_a_reason(self, tmp_path: Path) -> None:
        dataset = self.load(tmp_path, a=[1, 2], nest=[[1], None], raw=pa.array([b"\xff", None]))

        assert [column.kind for column in dataset.columns] == [Kind.NUMERIC, Kind.IGNORE, Kind.IGNORE]
        assert "nested" in dataset.column("nest").reason
        assert dataset.frame["nest"].isna().tolist() == [False, True]

    def test_whole_numbers_beyond_int64_are_kept_as_words(self, tmp_path: Path) -> None:
        dataset = self.load(tmp_path, a=pa.array([2**64 - 1, 1], pa.uint64()))

        assert dataset.frame["a"].tolist() == [str(2**64 - 1), "1"]

    def test_no_rows_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="no row"):
            self.load(tmp_path, a=pa.array([], pa.int64()))

    def test_a_file_that_is_cut_off_is_refused(self, tmp_path: Path) -> None:
        self.load(tmp_path, a=list(range(1000)))
        whole = (tmp_path / "table.parquet").read_bytes()

        assert "not a Parquet file that can be read" in refused(tmp_path, whole[:-20], "table.parquet")

    def test_a_csv_under_its_suffix_is_refused(self, tmp_path: Path) -> None:
        assert "not a Parquet file" in refused(tmp_path, rows("a,b", "1,2"), "table.parquet")

    def test_a_claim_of_more_rows_than_memory_holds_is_a_limit(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # A constant column of a million rows takes a few hundred bytes.
        pq.write_table(pa.table({"a": pa.array(np.zeros(1_000_000))}), tmp_path / "table.parquet")
        assert (tmp_path / "table.parquet").stat().st_size < 20_000
        monkeypatch.setattr(memory, "available", lambda: 10_000_000)

        with pytest.raises(LimitExceeded, match="the table needs about 16 MB"):
            load_file(tmp_path, "table.parquet")


class TestJson:
    def test_one_record_a_line(self, tmp_path: Path) -> None:
        dataset = load(tmp_path, '{"a": 1, "b": "x\u2028y"}\n\n{"b": "z", "c": true}\n', "t.jsonl")

        assert dataset.frame["a"].tolist() == [1, pd.NA]
        assert dataset.frame["b"].tolist() == ["x\u2028y", "z"]
        assert dataset.column("c").kind is Kind.BOOLEAN

    def test_words_that_are_dates_are_dates(self, tmp_path: Path) -> None:
        dataset = load(tmp_path, '[{"a": "2021-03-04", "b": "7"}, {"a": null, "b": "8"}]', "t.json")

        assert [column.kind for column in dataset.columns] == [Kind.DATETIME, Kind.CATEGORICAL]

    def test_whole_numbers_and_fractions_are_numbers(self, tmp_path: Path) -> None:
        assert load(tmp_path, '[{"a": 1}, {"a": 2.5}]', "t.json").frame["a"].tolist() == [1.0, 2.5]

    def test_nested_values_are_ignored(self, tmp_path: Path) -> None:
        assert load(tmp_path, '[{"a": {"b": 1}, "c": 1}]', "t.json").column("a").kind is Kind.IGNORE

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ('[{"a": 1},\n {"a": }]', "t.json:2: not JSON"),
            ('{"a": 1}\n{"a": 2\n', "t.json:2: not JSON"),
            ('{"a": 1}\n{"a": NaN}\n', "t.json:2: not JSON: NaN is no JSON value"),
            ('[{"a": 1, "a": 2}]', "the name 'a' twice"),
            ("[1, 2]", "record 1 is no object"),
            ('[{"a": 1}, {"a": "x"}]', "column 'a' changes its type in record 2: 'x'"),
            ("[]", "no column"),
            ("[{}]", "no column"),
        ],
    )
    def test_what_is_no_table_is_refused(self, text: str, words: str, tmp_path: Path) -> None:
        assert words in refused(tmp_path, text, "t.json")

    def test_deep_nesting_is_a_limit(self, tmp_path: Path) -> None:
        with pytest.raises(LimitExceeded, match="nested too deeply"):
            load(tmp_path, "[" * 100_000 + "]" * 100_000, "t.json")


class TestBundledTables:
    @pytest.mark.parametrize("name", source.BUNDLED)
    def test_every_one_is_read_with_its_target(self, name: str, tmp_path: Path) -> None:
        dataset = load_file(tmp_path, f"sklearn:{name}", target="target")

        assert dataset.task is not None
        assert dataset.task.name == {"breast_cancer": "binary", "diabetes": "regression"}.get(name, "multiclass")

    def test_classes_have_their_names(self, tmp_path: Path) -> None:
        dataset = load_file(tmp_path, "sklearn:breast_cancer", target="target")

        assert dataset.task.labels == ("benign", "malignant")
        assert dataset.frame["target"].value_counts().to_dict() == {"benign": 357, "malignant": 212}
        assert dataset.frame.shape == (569, 31)

    def test_the_digest_is_of_names_features_and_targets(self, tmp_path: Path) -> None:
        from sklearn.datasets import load_diabetes

        bunch = load_diabetes(scaled=False)
        digest = hashlib.sha256("\n".join([*bunch.feature_names, "target", ""]).encode())
        digest.update(bunch.data.astype("<f8").tobytes())
        digest.update("\n".join(map(str, bunch.target.tolist())).encode())

        assert load_file(tmp_path, "sklearn:diabetes").source.sha256 == digest.hexdigest()

    def test_diabetes_holds_what_was_measured_not_scikit_learn_s_standardised_values(self, tmp_path: Path) -> None:
        frame = load_file(tmp_path, "sklearn:diabetes", target="target").frame

        assert frame["age"].min() == 19
        assert frame["age"].max() == 79


class TestLinesAboveTheNames:
    @pytest.mark.parametrize("sample", [None, 2])
    @pytest.mark.parametrize("text", ["sep=;\na;b\n1,5;x\n2;y\n", "\ufeffSEP=\t\r\na\tb\r\n1,5\tx\r\n2\ty\r\n"])
    def test_that_tell_excel_the_separator_are_no_data(self, text: str, sample: int | None, tmp_path: Path) -> None:
        frame = load(tmp_path, text, sample=sample).frame

        assert frame.to_dict("list") == {"a": [1.5, 2.0], "b": ["x", "y"]}

    def test_keep_their_number(self, tmp_path: Path) -> None:
        assert "table.csv:4: 3 fields" in refused(tmp_path, "sep=;\na;b\n1;2\n1;2;3\n")

    @pytest.mark.parametrize(
        ("text", "remedy"),
        [("# made\na,b\n1,2\n", "delete the comment"), ("A title\na,b\n1,2\n", "delete what stands above")],
    )
    def test_that_are_comments_or_titles_are_to_be_deleted(self, text: str, remedy: str, tmp_path: Path) -> None:
        assert remedy in refused(tmp_path, text)


class TestOddJson:
    def test_half_a_character_is_refused(self, tmp_path: Path) -> None:
        assert "half a character" in refused(tmp_path, '[{"a": "\\ud800"}]', "t.json")

    def test_numbers_that_a_float_would_round_stay_as_spelled(self, tmp_path: Path) -> None:
        frame = load(tmp_path, f'[{{"a": {2**53 + 1}}}, {{"a": 1.5}}, {{"a": 1{"0" * 400}}}]', "t.json").frame

        assert frame["a"].tolist() == [str(2**53 + 1), "1.5", "1" + "0" * 400]

    @pytest.mark.parametrize("nested", ['[["x"], [1]]', '[{"k": 1}, {"k": "x"}]', f"[[1], [{10**30}]]"])
    def test_nested_values_of_several_types_are_left_out(self, nested: str, tmp_path: Path) -> None:
        records = [{"a": value, "b": row} for row, value in enumerate(json.loads(nested))]

        assert load(tmp_path, json.dumps(records), "t.json").column("a").kind is Kind.IGNORE

    def test_a_change_of_type_hides_a_sensitive_value(self, tmp_path: Path) -> None:
        assert "secret" not in refused(tmp_path, '[{"a": 1}, {"a": "secret"}]', "t.json", sensitive=("a",))
