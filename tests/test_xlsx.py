"""Workbooks: cells keep their type, names and columns stay where they are, and no sheet takes more than it may."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet
from tables import load_file

from reportgen import memory
from reportgen.dataset import Dataset, Kind
from reportgen.errors import DataError, LimitExceeded, ReportgenError
from reportgen.loaders import _sheet_xml

fuzzed = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

#: Numbers of the 15 digits that the writer keeps.
FLOATS = st.floats(-1e300, 1e300).map(lambda number: float(f"{number:.15g}"))

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_MANIFEST = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
_ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
    '<office:body><office:spreadsheet><table:table table:name="A &amp; B">%s</table:table>'
    "</office:spreadsheet></office:body></office:document-content>"
)


def load(folder: Path, *rows: list[Any], **data: Any) -> Dataset:
    """A workbook of one sheet with these rows, loaded."""
    book = openpyxl.Workbook()
    for row in rows:
        sheet(book).append(row)
    book.save(folder / "t.xlsx")
    return load_file(folder, "t.xlsx", **data)


def sheet(book: openpyxl.Workbook) -> Worksheet:
    assert isinstance(book.active, Worksheet)
    return book.active


def saved(folder: Path, book: openpyxl.Workbook, **data: Any) -> Dataset:
    book.save(folder / "t.xlsx")
    return load_file(folder, "t.xlsx", **data)


def raw(folder: Path, cells: str, shared: str = "") -> None:
    """A workbook of one sheet with this XML for its rows."""
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{_LINKS}">'
        f'<Relationship Id="a" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_LINKS}">'
        f'<Relationship Id="b" Type="{_OFFICE}/worksheet" Target="/xl/worksheets/one.xml"/>'
        f'<Relationship Id="c" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_SHEETS}" xmlns:r="{_OFFICE}">'
        f'<sheets><sheet name="S" sheetId="1" r:id="b"/></sheets></workbook>',
        "xl/worksheets/one.xml": f'<worksheet xmlns="{_SHEETS}"><sheetData>{cells}</sheetData></worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{_SHEETS}">{shared}</sst>',
    }
    with zipfile.ZipFile(folder / "t.xlsx", "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)


def ods(folder: Path, rows: str) -> None:
    with zipfile.ZipFile(folder / "t.ods", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        file.writestr("META-INF/manifest.xml", _MANIFEST)
        file.writestr("content.xml", _ODS % rows)


def ods_row(*cells: str, repeated: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(cells)}</table:table-row>'


def ods_cell(value: float | str, repeated: int = 1) -> str:
    kind = "string" if isinstance(value, str) else "float"
    held = "" if isinstance(value, str) else f' office:value="{value}"'
    return (
        f'<table:table-cell office:value-type="{kind}"{held} table:number-columns-repeated="{repeated}">'
        f"<text:p>{value}</text:p></table:table-cell>"
    )


def refused(folder: Path, name: str = "t.xlsx", kind: type[ReportgenError] = DataError, **data: Any) -> str:
    with pytest.raises(kind) as caught:
        load_file(folder, name, **data)
    assert "fix: " in str(caught.value)
    return str(caught.value)


class TestCells:
    def test_keep_their_types(self, tmp_path: Path) -> None:
        frame = load(
            tmp_path,
            ["whole", "number", "flag", "day", "moment", "clock", "word", "lasts"],
            [
                1,
                2.5,
                True,
                dt.date(2020, 1, 31),
                dt.datetime(2020, 1, 31, 4, 5, 6),
                dt.time(3, 4),
                "007",
                dt.timedelta(hours=30),
            ],
            [2, None, False, dt.date(1900, 3, 1), dt.datetime(9999, 12, 31), dt.time(23, 59), "x", dt.timedelta(0)],
        ).frame

        assert frame["whole"].tolist() == [1, 2]
        assert str(frame["whole"].dtype) == "int64"
        assert np.array_equal(frame["number"], [2.5, np.nan], equal_nan=True)
        assert frame["flag"].tolist() == [True, False]
        assert frame["day"].dt.strftime("%Y-%m-%d").tolist() == ["2020-01-31", "1900-03-01"]
        assert frame["moment"].tolist() == [pd.Timestamp(2020, 1, 31, 4, 5, 6), pd.Timestamp(9999, 12, 31)]
        assert frame["clock"].tolist() == ["03:04:00.000000", "23:59:00.000000"]
        assert frame["word"].tolist() == ["007", "x"]
        assert frame["lasts"].tolist() == [108000.0, 0.0]

    def test_numbers_typed_as_text_stay_text(self, tmp_path: Path) -> None:
        dataset = load(tmp_path, ["code", "price"], ["007", "1.50"], ["012", "2.00"])

        assert dataset.frame["code"].tolist() == ["007", "012"]
        assert dataset.frame["price"].tolist() == ["1.50", "2.00"]
        assert any("'price': numbers in cells of text" in note for note in dataset.notes)

    def test_numbers_and_words_together_are_words_and_told(self, tmp_path: Path) -> None:
        dataset = load(tmp_path, ["a", "b"], [1, 1], [2.5, 2], ["three", 3])

        assert dataset.frame["a"].tolist() == ["1", "2.5", "three"]
        assert any("numbers in 2 rows and words in 1 row, row 3" in note for note in dataset.notes)

    def test_spellings_of_missing_among_numbers_are_missing_and_told(self, tmp_path: Path) -> None:
        dataset = load(tmp_path, ["a", "b"], [1, "NA"], ["n/a", "x"], [3, "y"])

        assert dataset.frame["a"].tolist() == [1, pd.NA, 3]
        assert dataset.frame["b"].tolist() == ["NA", "x", "y"]
        assert any("words for missing in 1 row" in note for note in dataset.notes)

    def test_declared_spellings_of_missing_are_missing(self, tmp_path: Path) -> None:
        frame = load(
            tmp_path, ["a", "b"], ["none given", 1], ["u", -99], options={"missing": ("none given", "-99")}
        ).frame

        assert frame["a"].isna().tolist() == [True, False]
        assert frame["b"].tolist() == [1, pd.NA]

    def test_a_declared_word_column_of_numbers_is_spelled_as_it_looks(self, tmp_path: Path) -> None:
        assert load(tmp_path, ["a", "b"], [1, 1], [20, 2], columns={"a": "categorical"}).frame["a"].tolist() == [
            "1",
            "20",
        ]

    def test_dates_typed_as_text_are_dates(self, tmp_path: Path) -> None:
        assert load(tmp_path, ["a", "b"], ["2020-01-31", 1], ["2020-02-29", 2]).column("a").kind is Kind.DATETIME

    def test_dates_count_from_1904_where_the_workbook_says_so(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        book.epoch = CALENDAR_MAC_1904
        for row in (["a", "b"], [dt.datetime(2021, 6, 7), 1], [dt.datetime(1904, 1, 2), 2]):
            sheet(book).append(row)

        assert saved(tmp_path, book).frame["a"].dt.strftime("%Y-%m-%d").tolist() == ["2021-06-07", "1904-01-02"]

    def test_whole_numbers_that_a_workbook_rounds_are_told(self, tmp_path: Path) -> None:
        assert any("rounds" in note for note in load(tmp_path, ["a", "b"], [2**60, 1], [1, 2]).notes)

    def test_errors_are_missing_counted_and_placed(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        for row in (["a", "b"], [1, "x"], [None, "y"], [3, None]):
            sheet(book).append(row)
        for place, error in (("A3", "#DIV/0!"), ("B4", "#N/A")):
            sheet(book)[place] = error
            sheet(book)[place].data_type = "e"
        dataset = saved(tmp_path, book)

        assert dataset.frame["a"].tolist() == [1, pd.NA, 3]
        assert dataset.frame["b"].isna().tolist() == [False, False, True]
        assert "2 cells hold an error, A3 the first, read as missing." in dataset.notes

    def test_a_row_of_nothing_but_errors_is_a_row(self, tmp_path: Path) -> None:
        raw(
            tmp_path,
            '<row r="1"><c r="A1" t="str"><v>a</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>'
            '<row r="3"><c r="A3" t="e"><v>#N/A</v></c></row><row r="4"><c r="A4"><v>3</v></c></row>',
        )

        assert load_file(tmp_path, "t.xlsx").frame["a"].tolist() == [1, pd.NA, 3]

    def test_formulas_give_their_stored_results(self, tmp_path: Path) -> None:
        raw(
            tmp_path, '<row r="1"><c r="A1" t="str"><v>a</v></c></row><row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row>'
        )

        dataset = load_file(tmp_path, "t.xlsx")
        assert dataset.frame["a"].tolist() == [2]
        assert dataset.notes == ()

    def test_formulas_without_a_stored_result_are_told(self, tmp_path: Path) -> None:
        dataset = load(tmp_path, ["a", "b"], [1, "=A2*2"], [2, "=A3*2"])

        assert dataset.frame["b"].isna().all()
        assert any("2 formulas have no stored result, B2 the first" in note for note in dataset.notes)

    @fuzzed
    @given(
        st.lists(
            st.tuples(
                st.one_of(st.none(), st.integers(-(2**53) + 1, 2**53 - 1)),
                st.one_of(st.none(), FLOATS),
                st.one_of(st.none(), st.booleans()),
                st.dates(dt.date(1901, 1, 1)),
            ),
            min_size=1,
            max_size=20,
        )
    )
    def test_what_was_written_comes_back(self, tmp_path: Path, rows: list[tuple[Any, ...]]) -> None:
        frame = load(tmp_path, list("abcd"), *map(list, rows)).frame

        for place, name in enumerate("abc"):
            found = [None if pd.isna(value) else value for value in frame[name]]
            assert found == [row[place] for row in rows]
        assert [moment.date() for moment in frame["d"]] == [row[3] for row in rows]


class TestNames:
    def test_blank_and_equal_names_are_made_distinct_and_told(self, tmp_path: Path) -> None:
        dataset = load(tmp_path, ["a", "a", None, "  b\n c "], [1, 2, 3, 4])

        assert list(dataset.frame.columns) == ["a", "a (2)", "column 3", "b c"]
        assert any("called 'a (2)' (B1) and 'column 3' (C1) here" in note for note in dataset.notes)

    def test_numbers_and_dates_as_names_are_spelled(self, tmp_path: Path) -> None:
        assert list(load(tmp_path, [2020, 0.5, dt.date(2020, 1, 2)], [1, 2, 3]).frame.columns) == [
            "2020",
            "0.5",
            "2020-01-02",
        ]

    def test_empty_rows_above_are_told(self, tmp_path: Path) -> None:
        dataset = load(tmp_path, [None], [None], ["a", "b"], [1, 2])

        assert list(dataset.frame.columns) == ["a", "b"]
        assert "The column names stand in row 3 of the sheet, below 2 empty rows." in dataset.notes

    def test_empty_rows_and_columns_around_the_table_are_no_part_of_it(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        for place, value in {"C2": "a", "E2": "b", "C3": 1, "E3": 2, "C5": 3, "E5": 4, "H9": ""}.items():
            sheet(book)[place] = value
        dataset = saved(tmp_path, book)

        assert list(dataset.frame.columns) == ["a", "b"]
        assert dataset.frame.to_numpy().tolist() == [[1, 2], [3, 4]]
        assert "1 empty row between others left out, row 4 of the sheet." in dataset.notes

    @pytest.mark.parametrize("merged", ["A1:B1", "A1:A2"])
    def test_merged_names_are_refused_by_place(self, merged: str, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        for row in (["a", "b", "c"], [1, 2, 3], [4, 5, 6]):
            sheet(book).append(row)
        sheet(book).merge_cells(merged)
        book.save(tmp_path / "t.xlsx")

        message = refused(tmp_path)
        assert message.startswith("t.xlsx:1: the column names stand in merged cells, ")
        assert merged.replace(":", " to ") in message

    def test_merged_cells_below_are_told(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        for row in (["a", "b"], [1, 2], [None, 3]):
            sheet(book).append(row)
        sheet(book).merge_cells("A2:A3")
        dataset = saved(tmp_path, book)

        assert dataset.frame["a"].tolist() == [1, pd.NA]
        assert any("1 range of merged cells, A2: " in note for note in dataset.notes)

    def test_markup_and_scripts_stay_text(self, tmp_path: Path) -> None:
        dataset = load(tmp_path, ["<img src=x>", "数", "=cmd"[1:]], ["</script>", "ü", "{{7*7}}"])

        assert dataset.frame.loc[0].tolist() == ["</script>", "ü", "{{7*7}}"]
        assert list(dataset.frame.columns)[:2] == ["<img src=x>", "数"]


class TestSheets:
    @pytest.fixture
    def book(self, tmp_path: Path) -> Path:
        book = openpyxl.Workbook()
        for number, name in enumerate(("Hidden", "A & B", "<c>"), start=1):
            page = book.create_sheet(name)
            page.append(["a", "b"])
            page.append([number, 0])
        book.remove(sheet(book))
        book["Hidden"].sheet_state = "hidden"
        book.active = 1
        book.save(tmp_path / "t.xlsx")
        return tmp_path

    def test_the_first_visible_one_is_read_and_told(self, book: Path) -> None:
        dataset = load_file(book, "t.xlsx")

        assert dataset.frame["a"].tolist() == [2]
        assert "The sheet 'A & B' was read; the workbook has 2 other sheets." in dataset.notes

    @pytest.mark.parametrize(("wanted", "value"), [("<c>", 3), ("A & B", 2), (1, 1), (3, 3)])
    def test_one_is_named_or_numbered(self, wanted: str | int, value: int, book: Path) -> None:
        assert load_file(book, "t.xlsx", options={"sheet": wanted}).frame["a"].tolist() == [value]

    @pytest.mark.parametrize("wanted", ["C", 0, 4])
    def test_one_that_is_not_there_is_an_error_with_a_suggestion(self, wanted: str | int, book: Path) -> None:
        message = refused(book, options={"sheet": wanted})

        assert "data.options.sheet: there is no sheet" in message

    def test_the_hash_is_that_of_the_file(self, book: Path) -> None:
        found = load_file(book, "t.xlsx").source

        assert found.sha256 == hashlib.sha256((book / "t.xlsx").read_bytes()).hexdigest()
        assert (found.name, found.format) == ("t.xlsx", "xlsx")

    @pytest.mark.parametrize("rows", [[], [["a", "b"]], [[None, None]]])
    def test_an_empty_one_or_names_alone_are_refused(self, rows: list[list[Any]], tmp_path: Path) -> None:
        with pytest.raises(DataError, match="fix: "):
            load(tmp_path, *rows)


class TestOds:
    def test_is_read_like_any_other(self, tmp_path: Path) -> None:
        ods(
            tmp_path,
            ods_row(ods_cell("a"), ods_cell("b"))
            + ods_row(ods_cell(1), ods_cell("007"))
            + ods_row(ods_cell(2.5), ods_cell("x")),
        )
        frame = load_file(tmp_path, "t.ods").frame

        assert frame["a"].tolist() == [1.0, 2.5]
        assert frame["b"].tolist() == ["007", "x"]

    def test_errors_and_merged_names_are_found(self, tmp_path: Path) -> None:
        error = ods_cell("#DIV/0!").replace(" table:", ' calcext:value-type="error" table:')
        ods(tmp_path, ods_row(ods_cell("a"), ods_cell("b")) + ods_row(error, ods_cell(1)))
        assert "1 cell holds an error, A2, read as missing." in load_file(tmp_path, "t.ods").notes

        ods(
            tmp_path,
            ods_row(
                ods_cell("a").replace("<table:table-cell ", '<table:table-cell table:number-columns-spanned="2" '),
                "<table:covered-table-cell/>",
            )
            + ods_row(ods_cell(1), ods_cell(2)),
        )
        assert "merged cells, A1 to B1" in refused(tmp_path, "t.ods")

    def test_formats_that_reach_to_the_end_take_no_room(self, tmp_path: Path) -> None:
        empty = '<table:table-cell table:number-columns-repeated="16382"/>'
        ods(tmp_path, ods_row(ods_cell("a"), empty) + ods_row(ods_cell(1)) + ods_row(empty, repeated=1_048_570))

        assert load_file(tmp_path, "t.ods").frame["a"].tolist() == [1]

    @pytest.mark.parametrize(
        "rows",
        [
            ods_row(ods_cell(1, 16384), repeated=1_000_000),
            ods_row(ods_cell(1))
            + ods_row(repeated=900_000)
            + ods_row('<table:table-cell table:number-columns-repeated="16000"/>', ods_cell(1)),
        ],
    )
    def test_repeated_cells_that_take_more_than_memory_are_a_limit(self, rows: str, tmp_path: Path) -> None:
        ods(tmp_path, rows)

        assert refused(tmp_path, "t.ods", LimitExceeded)


class TestHostile:
    FAR = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576">%s</row>'

    @pytest.mark.parametrize(
        "cell",
        [
            '<c r="XFD1048576"><v>1</v></c>',
            "<c r='XFD1048576'><v>1</v></c>",
            '<c s="a>b" r = "XFD1048576"><v>1</v></c>',
            '<c s=\' r="A1"\' r="XFD1048576"><v>1</v></c>',
            '<c r="xfd1048576"><v>1</v></c>',
        ],
    )
    def test_a_cell_far_from_the_table_is_a_limit_however_it_is_written(self, cell: str, tmp_path: Path) -> None:
        raw(tmp_path, self.FAR % cell)

        assert "1,048,576 rows and 16,384 columns" in refused(tmp_path, kind=LimitExceeded)

    @pytest.mark.parametrize("hidden", ['<!-- <row r="1"> -->', "<![CDATA[<row r='1'>]]>"])
    def test_comments_hide_no_row(self, hidden: str) -> None:
        cell = "<c><v>1</v></c>"
        found = _sheet_xml.survey(f'<row r="1">{cell}</row><row r="1048576">{hidden}{cell}</row>'.encode())

        assert found.rows == 1_048_576

    def test_cells_without_a_reference_are_counted(self) -> None:
        found = _sheet_xml.survey(b"<row><c><v>1</v></c><c><v>2</v></c></row><row/><row><c/><c/><c><v>3</v></c></row>")

        assert (found.rows, found.columns, found.filled) == (3, 3, 3)

    def test_formatted_cells_without_a_value_take_no_room(self, tmp_path: Path) -> None:
        text = "".join(f'<c r="{name}1" t="str"><v>{name}</v></c>' for name in "AB")
        rows = f'<row r="1">{text}</row><row r="2"><c r="A2"><v>1</v></c></row>'
        raw(tmp_path, rows + '<row r="1048576"><c r="XFD1048576" s="1"/></row>')

        assert load_file(tmp_path, "t.xlsx").n_rows == 1

    @given(st.lists(st.tuples(st.integers(0, 1_048_575), st.integers(0, 16_383)), min_size=1, max_size=8))
    def test_the_quick_look_and_the_long_one_agree(self, places: list[tuple[int, int]]) -> None:
        cells = "".join(
            f'<row r="{row + 1}"><c r="{_sheet_xml.cell_name(row, column)}"><v>1</v></c></row>'
            for row, column in places
        )
        rows, columns, filled = _sheet_xml._outermost(cells.encode())
        last_row, last_column = (max(place[axis] for place in places) for axis in (0, 1))

        assert (rows, columns, filled) == (last_row + 1, last_column + 1, len(places))
        assert _sheet_xml._walked(cells.encode())[:2] == (
            last_row - min(row for row, _ in places) + 1,
            last_column - min(column for _, column in places) + 1,
        )

    @pytest.mark.parametrize(
        ("place", "name"),
        [((0, 0), "A1"), ((6, 2), "C7"), ((0, 25), "Z1"), ((0, 26), "AA1"), ((1_048_575, 16_383), "XFD1048576")],
    )
    def test_cells_are_named_as_a_workbook_names_them(self, place: tuple[int, int], name: str) -> None:
        assert _sheet_xml.cell_name(*place) == name

    def test_a_part_that_unpacks_to_far_more_is_a_limit(self, tmp_path: Path) -> None:
        raw(tmp_path, " " * 60_000_000)

        assert "grows more than 200 times" in refused(tmp_path, kind=LimitExceeded)

    def test_a_claim_of_more_than_memory_is_a_limit(self, tmp_path: Path) -> None:
        raw(tmp_path, '<row r="1"><c r="A1"><v>1</v></c></row>')
        data = (tmp_path / "t.xlsx").read_bytes()
        entry = data.index(b"PK\1\2", data.rindex(b"xl/workbook.xml") + 1)
        assert b"one.xml" in data[entry : entry + 80]
        huge = data[: entry + 24] + struct.pack("<I", 2**32 - 2) + data[entry + 28 :]
        (tmp_path / "t.xlsx").write_bytes(huge)

        assert refused(tmp_path, kind=LimitExceeded)

    def test_a_part_larger_than_it_claims_is_damage(self, tmp_path: Path) -> None:
        raw(tmp_path, '<row r="1"><c r="A1"><v>1</v></c></row>' * 500)
        data = (tmp_path / "t.xlsx").read_bytes()
        entry = data.index(b"PK\1\2", data.rindex(b"xl/workbook.xml") + 1)
        (tmp_path / "t.xlsx").write_bytes(data[: entry + 24] + struct.pack("<I", 100) + data[entry + 28 :])

        assert "damaged" in refused(tmp_path)

    def test_a_cell_of_ten_million_characters_is_a_limit(self, tmp_path: Path) -> None:
        text = np.random.default_rng(0).integers(97, 123, 10_000_000, np.uint8).tobytes().decode()
        raw(tmp_path, f'<row r="1"><c r="A1" t="str"><v>{text}</v></c></row>')

        assert "more than 1,000,000 characters" in refused(tmp_path, kind=LimitExceeded)

    def test_one_long_word_in_many_cells_is_counted_as_often(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(memory, "available", lambda: 2_000_000_000)
        word = np.random.default_rng(0).integers(97, 123, 900_000, np.uint8).tobytes().decode()
        cells = "".join(f'<row r="{row}"><c r="A{row}" t="s"><f>1</f><v>0</v></c></row>' for row in range(1, 2001))
        raw(tmp_path, cells, f"<si><t>{word}</t></si>")

        assert "the words of the sheet" in refused(tmp_path, kind=LimitExceeded)

    def test_more_cells_than_memory_is_a_limit(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(memory, "available", lambda: 1_000_000)
        cells = "".join(f'<c r="{_sheet_xml.cell_name(0, place)}"><v>1</v></c>' for place in range(12_000))
        raw(tmp_path, f'<row r="1">{cells}</row>')

        assert "the sheet of 12,000 cells needs about" in refused(tmp_path, kind=LimitExceeded)

    def test_an_encrypted_workbook_is_told(self, tmp_path: Path) -> None:
        mark = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
        (tmp_path / "t.xlsx").write_bytes(mark)

        assert "the workbook is encrypted" in refused(tmp_path)

    @pytest.mark.parametrize(
        "start",
        [
            b"a,b\n1,2\n",
            b"\x89PNG\r\n\x1a\n",
            b"%PDF-1.7",
            b"<html>",
            b"PK\3\4",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            b"x",
        ],
    )
    def test_another_format_is_refused(self, start: bytes, tmp_path: Path) -> None:
        for name in ("t.xlsx", "t.xls", "t.ods", "t.xlsm"):
            (tmp_path / name).write_bytes(start + bytes(2000))
            assert name in refused(tmp_path, name)

    def test_a_zip_that_is_no_workbook_is_refused(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as file:
            file.writestr("a.txt", "hello")

        assert "damaged" in refused(tmp_path)

    def test_entities_are_refused(self, tmp_path: Path) -> None:
        raw(tmp_path, "")
        with zipfile.ZipFile(tmp_path / "t.xlsx") as file:
            parts = {name: file.read(name) for name in file.namelist()}
        bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
        with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as file:
            for name, content in parts.items():
                file.writestr(name, bomb + content if name.endswith("workbook.xml") else content)

        assert "damaged" in refused(tmp_path)

    @fuzzed
    @given(at=st.integers(0, 100_000), byte=st.integers(0, 255), cut=st.integers(0, 3000))
    def test_any_damage_gives_a_table_or_an_error_of_ours(self, at: int, byte: int, cut: int, tmp_path: Path) -> None:
        load(tmp_path, ["a", "b"], *[[number, f"w{number}"] for number in range(20)])
        data = bytearray((tmp_path / "t.xlsx").read_bytes())
        data[at % len(data)] = byte
        (tmp_path / "t.xlsx").write_bytes(data[: len(data) - cut if cut % 4 == 0 else len(data)])
        with contextlib.suppress(DataError, LimitExceeded):
            load_file(tmp_path, "t.xlsx")

    @fuzzed
    @given(at=st.integers(0, 2000), junk=st.text(st.sampled_from("<>/\"'= rcvtA1e&;"), max_size=8))
    def test_any_xml_gives_a_table_or_an_error_of_ours(self, at: int, junk: str, tmp_path: Path) -> None:
        cells = "".join(
            f'<row r="{row}"><c r="A{row}"><v>{row}</v></c><c r="B{row}" t="str"><f>A1</f><v>x</v></c></row>'
            for row in range(1, 9)
        )
        at %= len(cells)
        raw(tmp_path, cells[:at] + junk + cells[at:])
        with contextlib.suppress(DataError, LimitExceeded):
            load_file(tmp_path, "t.xlsx")
