"""Databases: one SELECT becomes a table with its types, nothing is written, and nothing of the address is shown."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sqlite3
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reportgen import loaders, memory, source
from reportgen.dataset import Dataset, Kind
from reportgen.errors import DataError, LimitExceeded, OutputError, ReportgenError, SpecError
from reportgen.loaders import sql
from reportgen.loaders._statement import is_ordered, require_reading
from reportgen.source import Location
from reportgen.spec import Data

fuzzed = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a database of one table, `wine` with 4 rows."""
    with closing(sqlite3.connect(tmp_path / "cellar.db")) as connection, connection:
        connection.execute("CREATE TABLE wine (id INTEGER, name TEXT, price REAL, bought TEXT, label BLOB)")
        connection.executemany(
            "INSERT INTO wine VALUES (?, ?, ?, ?, ?)",
            [
                (1, "007", 9.5, "2020-01-31", b"\x00"),
                (2, "NA", None, "2020-02-29", None),
                (3, "<img src=x>", 12.0, None, b"\xff"),
                (2**53 + 1, "é", 7.25, "2021-03-01", b""),
            ],
        )
    return tmp_path


def load(folder: Path, query: str | None, url: str = "sqlite:///cellar.db", **data: Any) -> Dataset:
    location = source.resolve(url, folder / "experiment.yaml")
    return loaders.load(location, Data(path=url, query=query, **data), "experiment.yaml")


def refused(folder: Path, query: str | None, kind: type[ReportgenError] = SpecError, **more: Any) -> str:
    with pytest.raises(kind) as caught:
        load(folder, query, **more)
    assert "fix: " in str(caught.value)
    assert str(folder) not in str(caught.value)
    return str(caught.value)


def said_of(query: str) -> str:
    """What SQLite says of a query, an empty database being asked; nothing where it is run."""
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.execute(query)
        except sqlite3.Error as error:
            return str(error)
    return ""


@contextmanager
def answering(rows: list[tuple[Any, ...]], names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A database that gives these rows, of whatever types."""

    class Result:
        returns_rows = True

        def __init__(self) -> None:
            self.left = list(rows)

        def keys(self) -> tuple[str, ...]:
            return names

        def fetchmany(self, count: int) -> list[tuple[Any, ...]]:
            found, self.left = self.left[:count], self.left[count:]
            return found

    class Connection:
        def exec_driver_sql(self, *_args: Any, **_options: Any) -> Result:
            return Result()

    @contextmanager
    def connected(_location: Location) -> Iterator[Connection]:
        yield Connection()

    monkeypatch.setattr(sql, "_connected", connected)
    yield


class TestRows:
    def test_columns_keep_their_types(self, folder: Path) -> None:
        dataset = load(folder, "SELECT * FROM wine ORDER BY id")
        frame = dataset.frame

        assert frame["id"].tolist() == [1, 2, 3, 2**53 + 1]
        assert frame["name"].tolist() == ["007", "NA", "<img src=x>", "é"]
        assert frame["price"].isna().tolist() == [False, True, False, False]
        assert frame["bought"].dt.day.tolist()[:2] == [31, 29]
        assert dataset.column("bought").kind is Kind.DATETIME
        assert dataset.column("label").kind is Kind.IGNORE
        assert dataset.notes == ()

    def test_rows_without_an_order_are_told(self, folder: Path) -> None:
        assert any("no ORDER BY" in note for note in load(folder, "SELECT id, name FROM wine").notes)

    def test_equal_names_are_made_distinct_and_told(self, folder: Path) -> None:
        dataset = load(folder, "SELECT id, id, name FROM wine ORDER BY 1")

        assert list(dataset.frame.columns) == ["id", "id (2)", "name"]
        assert any("called 'id (2)'" in note for note in dataset.notes)

    def test_signs_that_drivers_take_for_parameters_are_text(self, folder: Path) -> None:
        assert load(folder, "SELECT '50%s' AS a, ':x ?' AS b").frame.to_numpy().tolist() == [["50%s", ":x ?"]]

    def test_the_hash_is_that_of_the_rows_as_json_lines(self, folder: Path) -> None:
        found = load(folder, "SELECT id, name, price, label FROM wine ORDER BY id").source
        lines = [
            ["id", "name", "price", "label"],
            [1, "007", 9.5, "00"],
            [2, "NA", None, None],
            [3, "<img src=x>", 12.0, "ff"],
            [2**53 + 1, "é", 7.25, ""],
        ]
        text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)

        assert found.sha256 == hashlib.sha256(text.encode()).hexdigest()
        assert found.size == len(text)
        assert (found.name, found.format) == ("cellar.db", "sql")

    def test_changed_rows_change_the_hash(self, folder: Path) -> None:
        before = load(folder, "SELECT name FROM wine").source.sha256
        with closing(sqlite3.connect(folder / "cellar.db")) as connection, connection:
            connection.execute("UPDATE wine SET name = '7' WHERE id = 1")

        assert load(folder, "SELECT name FROM wine").source.sha256 != before

    def test_types_that_change_after_many_rows_are_words(self, folder: Path) -> None:
        numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10001)"
        query = f"{numbers} SELECT i, iif(i > 10000, 'x', i) AS v FROM n"
        dataset = load(folder, query)

        assert dataset.frame["v"].tolist()[-2:] == ["10000", "x"]
        assert dataset.frame["i"].tolist()[-1] == 10001
        assert any("'v'" in note and "read as words" in note for note in dataset.notes)

    def test_whole_numbers_and_fractions_are_numbers_unless_one_would_be_rounded(self, folder: Path) -> None:
        assert load(folder, "VALUES (1), (1.5)").frame["column1"].tolist() == [1.0, 1.5]
        assert load(folder, f"VALUES ({2**53 + 1}), (1.5)").frame["column1"].tolist() == [str(2**53 + 1), "1.5"]

    def test_a_declared_kind_is_obeyed(self, folder: Path) -> None:
        dataset = load(folder, "SELECT id, name FROM wine", columns={"id": "categorical"})

        assert dataset.frame["id"].tolist() == ["1", "2", "3", str(2**53 + 1)]

    def test_infinities_and_missing_columns_are_a_table(self, folder: Path) -> None:
        frame = load(folder, "SELECT 1e308 * 10 AS a, NULL AS b").frame

        assert frame["a"].tolist() == [float("inf")]
        assert frame["b"].isna().all()

    @fuzzed
    @given(
        st.lists(
            st.tuples(
                st.integers(-(2**63), 2**63 - 1),
                st.text(st.characters(exclude_categories=["Cs"]).filter(lambda sign: sign != "\0")),
            ),
            min_size=1,
        )
    )
    def test_what_was_inserted_comes_back(self, tmp_path: Path, rows: list[tuple[int, str]]) -> None:
        path = tmp_path / "any.db"
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("CREATE TABLE t (a INTEGER, b TEXT)")
            connection.executemany("INSERT INTO t VALUES (?, ?)", rows)
        frame = load(tmp_path, "SELECT * FROM t ORDER BY rowid", "sqlite:///any.db", columns={"b": "categorical"}).frame

        assert list(zip(frame["a"], frame["b"], strict=True)) == rows


class TestTypesOfOtherDatabases:
    def test_decimals_dates_times_and_truth(self, monkeypatch: pytest.MonkeyPatch) -> None:
        rows = [
            (
                Decimal("1.50"),
                dt.date(2020, 1, 31),
                dt.datetime(1600, 1, 1, 2, 3),
                dt.time(3, 4),
                True,
                dt.timedelta(hours=1),
            ),
            (Decimal("22.125"), None, dt.datetime(9999, 12, 31), None, None, dt.timedelta(0)),
        ]
        with answering(rows, ("money", "day", "moment", "clock", "flag", "lasts"), monkeypatch):
            dataset = loaders.load(Location("sql", None, "pg"), Data(path="x", query="SELECT 1 ORDER BY 1"))

        assert dataset.frame["money"].tolist() == [1.5, 22.125]
        assert dataset.frame["day"].dt.day.tolist()[0] == 31
        assert dataset.frame["moment"].dt.year.tolist() == [1600, 9999]
        assert dataset.frame["clock"].tolist()[0].startswith("03:04:00")
        assert dataset.frame["flag"].tolist()[0] is True
        assert dataset.frame["lasts"].tolist() == [3600.0, 0.0]

    def test_identifiers_are_words_and_what_is_unknown_is_left_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        rows = [(uuid.UUID(int=7), {"a": 1}, memoryview(b"x")), (uuid.UUID(int=8), [2], bytearray(b"y"))]
        with answering(rows, ("id", "json", "blob"), monkeypatch):
            dataset = loaders.load(Location("sql", None, "pg"), Data(path="x", query="SELECT 1"))

        assert dataset.frame["id"].tolist()[0] == "00000000-0000-0000-0000-000000000007"
        assert dataset.column("json").kind is Kind.IGNORE
        assert dataset.column("blob").kind is Kind.IGNORE

    def test_decimals_of_different_scale_in_different_chunks_are_one_column(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rows = [(Decimal("1.5"),)] * 10_000 + [(Decimal("123456.125"),)]
        with answering(rows, ("a",), monkeypatch):
            frame = loaders.load(Location("sql", None, "pg"), Data(path="x", query="SELECT 1")).frame

        assert frame["a"].tolist()[-2:] == [1.5, 123456.125]


class TestReadOnly:
    @pytest.mark.parametrize(
        "query",
        [
            "DROP TABLE wine",
            "DELETE FROM wine",
            "SELECT 1; DROP TABLE wine",
            "WITH x AS (SELECT 1) DELETE FROM wine",
            "WITH x AS (DELETE FROM wine RETURNING *) SELECT * FROM x",
            "SELECT * INTO copy FROM wine",
            "PRAGMA user_version = 7",
            "ATTACH 'other.db' AS o",
            "-- SELECT\nDELETE FROM wine",
            "/* SELECT */ UPDATE wine SET id = 1",
            "SELECT 1 /*! ; DROP TABLE wine */",
            "",
            " -- nothing",
            ";",
        ],
    )
    def test_what_may_write_is_refused_before_it_is_run(self, query: str, folder: Path) -> None:
        before = (folder / "cellar.db").read_bytes()
        assert "data.query" in refused(folder, query or ";")

        assert (folder / "cellar.db").read_bytes() == before
        assert sorted(path.name for path in folder.iterdir()) == ["cellar.db"]

    @pytest.mark.parametrize(
        "query",
        [
            "select 1 as a",
            "SELECT 'DELETE; DROP' AS a",
            'SELECT 1 AS "delete;"',
            "SELECT replace(name, 'a', 'b') AS a FROM wine; -- the end",
            "(SELECT 1 AS a)",
            "WITH x AS (SELECT 1 AS a) SELECT a FROM x /* ; */ ;",
            "VALUES (1), (2)",
            "SELECT load, call FROM (SELECT 1 AS load, 2 AS call)",
        ],
    )
    def test_what_reads_is_run(self, query: str) -> None:
        assert require_reading(query)

    def test_the_file_is_opened_for_reading_only(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sql, "require_reading", lambda query: query)

        assert "readonly database" in refused(folder, "DELETE FROM wine", DataError)

    def test_a_database_that_is_not_there_is_not_made(self, tmp_path: Path) -> None:
        location = Location("sql", tmp_path / "new.db", "new.db", url=f"sqlite:///{tmp_path}/new.db")
        with pytest.raises(DataError, match="no such database"):
            sql.read(location, Data(path="x", query="SELECT 1"))

        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        ("query", "ordered"),
        [
            ("SELECT a FROM t ORDER BY a", True),
            ("SELECT a FROM t order\n by a LIMIT 3", True),
            ("SELECT a FROM (SELECT a FROM t ORDER BY a)", False),
            ("SELECT ' ORDER BY a' FROM t -- ORDER BY a", False),
        ],
    )
    def test_an_order_counts_for_the_whole_statement_alone(self, query: str, ordered: bool) -> None:
        assert is_ordered(query) is ordered

    @fuzzed
    @given(st.text(st.sampled_from("SELCTDROP '\"`;-/*$()\n1a"), max_size=40))
    def test_any_text_is_read_or_refused(self, query: str) -> None:
        try:
            kept = require_reading(query)
        except SpecError:
            return
        assert query.startswith(kept)
        # More than one statement is what must never come through.
        assert "one statement" not in said_of(kept)


class TestErrors:
    def test_no_query(self, folder: Path) -> None:
        assert "data.query: a database needs a query" in refused(folder, None)

    def test_no_row(self, folder: Path) -> None:
        assert "the query gives no row" in refused(folder, "SELECT * FROM wine WHERE id < 0", DataError)

    def test_what_the_database_says_is_one_line(self, folder: Path) -> None:
        message = refused(folder, "SELECT nowhere FROM wine", DataError)

        assert "cellar.db: the database says: no such column: nowhere" in message
        assert "\n" not in message
        assert "sqlalche.me" not in message

    def test_a_file_that_is_no_database(self, folder: Path) -> None:
        (folder / "cellar.db").write_bytes(b"not a database at all" * 50)

        assert "file is not a database" in refused(folder, "SELECT 1 FROM wine", DataError)

    def test_a_damaged_database(self, folder: Path) -> None:
        data = (folder / "cellar.db").read_bytes()
        (folder / "cellar.db").write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))

        assert "the database says" in refused(folder, "SELECT * FROM wine", DataError)

    def test_text_that_is_no_utf8_is_not_shown(self, folder: Path) -> None:
        message = refused(folder, "SELECT CAST(x'736563726574ff' AS TEXT)", DataError)

        assert "UTF-8" in message
        assert "secret" not in message

    def test_a_missing_package_names_the_extra(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "sqlalchemy", None)

        assert "pip install 'reportgen[sql]'" in refused(folder, "SELECT 1", OutputError)

    def test_a_missing_driver_is_named(self) -> None:
        location = Location("sql", None, "db", url="postgresql+pg8000://bob@example.org/db")
        with pytest.raises(OutputError, match="the driver 'pg8000' is not installed") as caught:
            sql.read(location, Data(path="x", query="SELECT 1"))
        assert "bob" not in str(caught.value)

    @pytest.mark.parametrize("url", ["::", "nosuch://bob:pw@host/db", "sqlite:///cellar.db?plugin=evil"])
    def test_an_address_that_is_none_is_not_shown(self, url: str, folder: Path) -> None:
        with pytest.raises(SpecError) as caught:
            sql.read(Location("sql", folder / "cellar.db", "db", url=url), Data(path="x", query="SELECT 1"))
        assert "bob" not in str(caught.value)
        assert "pw" not in str(caught.value)

    def test_host_user_and_password_are_taken_out_of_what_is_said(self) -> None:
        url = sqlalchemy.make_url("postgresql://bob:hunter2@db.internal/sales")
        said = 'connection to "db.internal" (10.1.2.3) failed: no password hunter2 for user "bob"\nmore'

        found = sql._said(RuntimeError(said), url)
        assert found == 'connection to "…" (…) failed: no password … for user "…"'

    def test_more_rows_than_memory_is_a_limit(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(memory, "available", lambda: 1_000_000)
        query = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, i AS j FROM n"

        assert "add a LIMIT" in refused(folder, query, LimitExceeded)
