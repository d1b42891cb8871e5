"""Where the data lie: paths, formats, what is refused unopened; and the head of a delimited text file."""

from __future__ import annotations

import gzip
import os
import socket
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen import delimited, registry, source
from reportgen.errors import DataError, LimitExceeded, SpecError


@pytest.fixture
def spec_file(tmp_path):
    return tmp_path / "experiment.yaml"


def write(folder, name, data=b"a,b\n1,2\n"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def refused(kind, path, spec_file):
    with pytest.raises(kind) as caught:
        source.resolve(path, spec_file, 3, 9)
    problem = caught.value.problems[0]
    assert (problem.file, problem.line, problem.column, problem.key) == (str(spec_file), 3, 9, "data.path")
    return problem


# --- finding the file ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.txt", "T.CSV", "t.csv.gz", "sub/t.csv", "a.b.csv"])
def test_delimited_text_by_its_suffix(spec_file, name):
    path = write(spec_file.parent, name)
    location = source.resolve(name, spec_file)
    assert location == source.Location("csv", path, path.name)


def test_parquet_by_its_suffix(spec_file):
    write(spec_file.parent, "t.parquet")
    assert source.resolve("t.parquet", spec_file).loader == "parquet"


def test_a_path_is_relative_to_the_experiment_file_and_not_to_the_current_folder(spec_file, tmp_path, monkeypatch):
    write(tmp_path, "t.csv")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert source.resolve("t.csv", spec_file).path == tmp_path / "t.csv"


def test_a_bundled_table_has_no_file(spec_file):
    assert source.resolve("sklearn:iris", spec_file) == source.Location("sklearn", None, "sklearn:iris")


def test_an_unknown_bundled_table_is_suggested(spec_file):
    assert refused(SpecError, "sklearn:irs", spec_file).fix == "did you mean 'iris'?"


def test_a_table_with_three_targets_is_refused(spec_file):
    assert "three targets" in refused(SpecError, "sklearn:linnerud", spec_file).what


def test_a_missing_file_is_data_that_is_not_there(spec_file):
    write(spec_file.parent, "breast_cancer.csv")
    problem = refused(DataError, "breast-cancer.csv", spec_file)
    assert problem.what == "'breast-cancer.csv' does not exist"
    assert problem.fix == "did you mean 'breast_cancer.csv'?"


# --- databases ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["sqlite", "sqlite+pysqlite", "duckdb"])
def test_a_database_that_is_a_file_lies_beside_the_experiment_file(spec_file, scheme, monkeypatch):
    path = write(spec_file.parent, "sub/t.db")
    monkeypatch.chdir("/")
    location = source.resolve(f"{scheme}:///sub/t.db", spec_file)
    assert (location.loader, location.path, location.name) == ("sql", path, "t.db")
    assert location.url == f"{scheme}:///{path}"


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "sqlite:///:memory:"])
def test_a_database_in_memory_holds_nothing(spec_file, url):
    assert "names no file" in refused(SpecError, url, spec_file).what


def test_a_database_file_that_is_not_there(spec_file):
    assert refused(DataError, "sqlite:///none.db", spec_file).what == "'none.db' does not exist"


def test_a_database_file_named_as_a_path_is_shown_the_way(spec_file):
    write(spec_file.parent, "t.sqlite")
    assert refused(SpecError, "t.sqlite", spec_file).fix == "write sqlite:///t.sqlite with data.query"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql://analyst@db.example.org:5432/sales?sslmode=require", "postgresql:sales"),
        ("mysql+pymysql://db.example.org/shop", "mysql:shop"),
        ("mssql+pyodbc://dsn", "mssql:"),
    ],
)
def test_the_name_of_a_database_shows_no_host_user_or_options(spec_file, url, name):
    location = source.resolve(url, spec_file)
    assert (location.loader, location.path, location.name, location.url) == ("sql", None, name, url)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:geheim@h/d",
        "postgresql+psycopg://me:geheim@h/d",
        "mysql://h/d?user=me&password=geheim",
        "mssql+pyodbc:///?odbc_connect=DRIVER%3D1;PWD=geheim",
        "mssql+pyodbc:///?odbc_connect=DRIVER%3D1%3BPWD%3Dgeheim",
        "postgresql://:geheim@h/d",
        "postgresql://me:ge/heim@h/d",
    ],
)
def test_a_password_is_refused_and_not_repeated(spec_file, url):
    problem = refused(SpecError, url, spec_file)
    assert "holds a password" in problem.what
    assert "geheim" not in str(problem)


# --- what is never opened -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "m.pkl",
        "m.pickle",
        "m.joblib",
        "m.h5",
        "m.hdf5",
        "m.pt",
        "m.pth",
        "m.npy",
        "m.keras",
        "m.PKL",
        "m.pkl.gz",
        "m.rds",
        "m.py",
    ],
)
def test_a_format_that_can_execute_code_is_refused_by_name(spec_file, name):
    write(spec_file.parent, name)
    assert "can execute code" in refused(SpecError, name, spec_file).what


@pytest.mark.parametrize("name", ["t.xlsx", "t.feather", "t.json"])
def test_a_known_format_without_a_loader_says_so_and_lists_what_there_is(spec_file, name, monkeypatch):
    monkeypatch.setattr(registry, "names", lambda family: ("csv", "parquet"))
    write(spec_file.parent, name)
    problem = refused(SpecError, name, spec_file)
    assert "not supported yet" in problem.what
    assert problem.fix == (
        "use one of .csv, .tsv, .txt, .parquet or .pq; "
        ".csv and other text may be packed as .gz, .zip, .zst, .bz2 or .xz"
    )


@pytest.mark.parametrize(
    ("name", "words"), [("t.foo", "'.foo'"), ("t", "has no suffix"), ("t.parquet.gz", ".parquet.gz is not supported")]
)
def test_an_unknown_suffix_is_a_problem_of_the_experiment_file(spec_file, name, words):
    write(spec_file.parent, name)
    assert words in refused(SpecError, name, spec_file).what


@pytest.mark.parametrize(
    "path",
    [
        "https://user:secret@example.org/t.csv",
        "mongodb://user:secret@h/d",
        "sql:select 1",
        "file:///t.csv",
        "s3://bucket/t.csv",
    ],
)
def test_no_address_is_followed_and_none_is_repeated(spec_file, path):
    problem = refused(SpecError, path, spec_file)
    assert "is not read" in problem.what
    assert "secret" not in str(problem)


def test_a_folder(spec_file):
    (spec_file.parent / "t.csv").mkdir()
    assert refused(DataError, "t.csv", spec_file).what == "'t.csv' is a folder without images"
    assert refused(DataError, ".", spec_file).what == "'.' is a folder without images"


def test_a_folder_of_images(spec_file):
    write(spec_file.parent, "pets/cats/tom.JPG")
    location = source.resolve("pets", spec_file)
    assert (location.loader, location.path, location.name) == ("images", spec_file.parent / "pets", "pets")


def test_a_pipe_is_refused_at_once(spec_file):
    os.mkfifo(spec_file.parent / "t.csv")
    assert refused(DataError, "t.csv", spec_file).what == "'t.csv' is a pipe (FIFO)"


def test_a_device_and_a_socket(spec_file):
    assert refused(DataError, "/dev/zero", spec_file).what == "'/dev/zero' is a device"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(spec_file.parent / "t.csv"))
        assert refused(DataError, "t.csv", spec_file).what == "'t.csv' is a socket"


def test_a_file_that_may_not_be_read(spec_file, monkeypatch):
    write(spec_file.parent, "t.csv").chmod(0)
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may read everything
    assert "permission denied" in refused(DataError, "t.csv", spec_file).what


@pytest.mark.parametrize("path", ["a\0.csv", "\ud800.csv"])
def test_what_no_file_system_takes_as_a_name(spec_file, path):
    assert "is not a file name" in refused(SpecError, path, spec_file).what


@given(st.text(max_size=30))
def test_any_path_that_names_no_file_is_refused(tmp_path_factory, path):
    with pytest.raises((SpecError, DataError)):
        source.resolve(path, tmp_path_factory.getbasetemp() / "nowhere" / "experiment.yaml")


# --- the file during a run ----------------------------------------------------------------------------------------


def test_a_file_that_stays_is_unchanged(spec_file):
    write(spec_file.parent, "t.csv")
    source.unchanged(source.resolve("t.csv", spec_file))
    source.unchanged(source.resolve("sklearn:iris", spec_file))


@pytest.mark.parametrize("change", ["write", "remove", "replace"])
def test_a_file_that_changes_during_the_run_is_noticed(spec_file, change):
    path = write(spec_file.parent, "t.csv")
    location = source.resolve("t.csv", spec_file)
    if change == "write":
        path.write_bytes(b"a,b\n1,22\n")
    elif change == "remove":
        path.unlink()
    else:
        write(spec_file.parent, "new.csv", path.read_bytes()).rename(path)
    with pytest.raises(DataError, match="changed during the run"):
        source.unchanged(location)


# --- the head of a delimited text file ----------------------------------------------------------------------------


def head(tmp_path, data, name="t.csv", **options):
    return delimited.read_head(write(tmp_path, name, data), **options)


@pytest.mark.parametrize(
    ("data", "separator"),
    [
        (b"a,b,c\n1,2,3\n", ","),
        (b"a;b;c\n1,5;2,5;3\n", ";"),
        (b"a\tb\n1\t2\n", "\t"),
        (b"a|b\n1|2\n", "|"),
        (b"a,b;c\n1,2;3\n", ","),
        (b"a,b;c\n1;2\n", ";"),
        (b'"x;y;z",b\n"1;1;1",2\n', ","),
        (b"only\n1\n2\n", ","),
    ],
)
def test_the_separator_is_the_one_that_all_rows_agree_on(tmp_path, data, separator):
    assert head(tmp_path, data).separator == separator


def test_a_declared_separator_is_taken(tmp_path):
    assert head(tmp_path, b"a,b;c\n", separator=";").names == ("a,b", "c")


def test_a_tsv_has_tabs(tmp_path):
    assert head(tmp_path, b"a,b\tc\n", "t.tsv").names == ("a,b", "c")


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path):
    assert head(tmp_path, b"\xef\xbb\xbfa,b\n").names == ("a", "b")
    assert head(tmp_path, b"\xef\xbb\xbfa,b\n", encoding="utf-8").names == ("a", "b")


def test_a_compressed_file(tmp_path):
    assert head(tmp_path, gzip.compress(b"a,b\n1,2\n"), "t.csv.gz").names == ("a", "b")


@pytest.mark.parametrize(
    "data",
    [b"no gzip", gzip.compress(b"a,b\n" * 1000)[:-20], gzip.compress(b"a,b")[:12] + b"\xff" * 20],
    ids=["no gzip", "cut off", "broken inside"],
)
def test_a_damaged_compressed_file(tmp_path, data):
    with pytest.raises(DataError, match=r"t\.csv\.gz: the compressed file is (damaged|cut off)"):
        head(tmp_path, data, "t.csv.gz")


def test_a_long_line_of_names_is_read_whole(tmp_path):
    names = tuple(f"measurement number {number:07d} of the series" for number in range(10_000))
    assert head(tmp_path, (",".join(names) + "\n").encode() + b"1," * 9_999 + b"1\n").names == names


def test_a_first_line_without_end_exceeds_a_limit(tmp_path):
    with pytest.raises(LimitExceeded, match="the first line is longer than"):
        head(tmp_path, b"x" * 5_000_000)


@pytest.mark.parametrize("codec", ["undefined", "nonsense"])
def test_what_is_no_encoding_of_files(tmp_path, codec):
    with pytest.raises(DataError, match=codec):
        head(tmp_path, b"\xffa,b\n", encoding=codec)


def test_quoted_names_may_hold_separators_quotes_and_line_ends(tmp_path):
    assert head(tmp_path, b'"a,1","b ""q""","c\nd"\n1,2,3\n').names == ("a,1", 'b "q"', "c d")


def test_equal_and_blank_names_are_kept_apart():
    assert delimited.distinct(["a", "a", "", "a (2)", " ", "a"]) == (
        "a",
        "a (3)",
        "column 3",
        "a (2)",
        "column 5",
        "a (4)",
    )


@given(st.lists(st.sampled_from(["a", "a (2)", "a (3)", "", "column 1", "column 2", "b"])))
def test_names_become_distinct_and_those_that_were_stay(names):
    found = delimited.distinct(names)
    assert len(set(found)) == len(found) == len(names)
    assert all(name.strip() for name in found)
    for old, new in zip(names, found, strict=True):
        if names.count(old) == 1 and old:
            assert new == old


@pytest.mark.parametrize("data", [b"", b"  \n\n", b"\xef\xbb\xbf"])
def test_an_empty_file(tmp_path, data):
    with pytest.raises(DataError, match="the file is empty"):
        head(tmp_path, data)


def test_an_unclosed_quote_in_the_first_line(tmp_path):
    with pytest.raises(DataError, match="line of column names cannot be read"):
        head(tmp_path, b'"a,b\n1,2\n')


def test_text_that_is_not_utf8_names_the_byte_the_line_and_an_encoding_that_works(tmp_path):
    data = "Name,Größe\nä,1\n".encode("cp1252")
    with pytest.raises(DataError) as caught:
        head(tmp_path, data)
    problem = caught.value.problems[0]
    assert problem.what == "byte 8 (0xf6) is not UTF-8 text"
    assert problem.fix == "set data.options.encoding, perhaps to cp1252"
    assert problem.line == 1
    assert head(tmp_path, data, encoding="cp1252").names == ("Name", "Größe")


def test_chinese_text_suggests_gbk(tmp_path):
    data = "姓名,年龄,城市\n张三,20,北京\n李四,30,上海\n".encode("gbk")
    with pytest.raises(DataError, match="perhaps to gbk"):
        head(tmp_path, data)
    assert head(tmp_path, data, encoding="gbk").names == ("姓名", "年龄", "城市")


def test_utf16_is_named_and_works_when_it_is_set(tmp_path):
    data = "a,b\n1,2\n".encode("utf-16")
    with pytest.raises(DataError, match=r"the text is UTF-16, not UTF-8 - fix: set data\.options\.encoding: utf-16"):
        head(tmp_path, data)
    assert head(tmp_path, data, encoding="utf-16").names == ("a", "b")


@given(st.binary(max_size=200))
def test_any_bytes_have_a_head_or_are_refused(tmp_path_factory, data):
    with suppress(DataError):
        assert head(tmp_path_factory.getbasetemp(), data).names
