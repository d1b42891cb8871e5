"""Tables too large for memory, or of which fewer rows are wanted: a random sample, each row as likely, and told."""

from __future__ import annotations

import csv
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tables import load, load_file, load_spec, rows

from reportgen import memory
from reportgen.dataset import Dataset
from reportgen.errors import DataError, LimitExceeded
from reportgen.loaders import _text_stream
from reportgen.loaders._arrow_rows import Positions
from reportgen.loaders._draw import Draw

N = 3000


def write(folder: Path, loader: str, n_rows: int = N) -> str:
    """A table whose column a counts the rows from 0, b has words with a line end now and then, y classes."""
    numbers = np.arange(n_rows)
    table = pa.table(
        {"a": numbers, "b": [f"w{number % 7}" for number in numbers], "y": np.where(numbers % 3 == 0, "u", "v")}
    )
    name = f"t.{loader}"
    if loader == "csv":
        table.to_pandas().to_csv(folder / name, index=False)
    elif loader == "jsonl":
        (folder / name).write_text("".join(json.dumps(record) + "\n" for record in table.to_pylist()))
    elif loader == "parquet":
        pq.write_table(table, folder / name, row_group_size=700)
    else:
        with pa.ipc.new_file(str(folder / name), table.schema) as file:
            file.write_table(table, max_chunksize=100)
    return name


class TestDraw:
    def drawn(self, seed: int, n_rows: int | None, sizes: list[int], room: float = 1e9) -> tuple[Draw, np.ndarray]:
        draw = Draw(seed, n_rows, room)
        start = 0
        for size in sizes:
            draw.add(0, Positions(np.arange(start, start + size)))
            start += size
        draw.close()
        return draw, np.concatenate([np.empty(0, int), *(batch.rows for batch in draw.kept(0))])

    @given(
        seed=st.integers(0, 2**32 - 1),
        n_rows=st.integers(1, 400),
        sizes=st.lists(st.integers(1, 200), min_size=1, max_size=8),
    )
    def test_exactly_as_many_rows_as_asked_in_their_order(self, seed: int, n_rows: int, sizes: list[int]) -> None:
        draw, rows = self.drawn(seed, n_rows, sizes)

        assert len(rows) == min(n_rows, sum(sizes))
        assert (np.diff(rows) > 0).all()
        assert draw.is_whole == (n_rows >= sum(sizes))

    def test_the_rows_do_not_depend_on_how_the_stream_is_cut(self) -> None:
        once, often = self.drawn(1, 50, [60_000])[1], self.drawn(1, 50, [1000] * 60)[1]

        assert once.tolist() == often.tolist()

    def test_every_row_is_as_likely(self) -> None:
        # 2,000 draws of 30 of 100: each row 600 times, give or take 5 standard deviations of 20.5.
        counted = np.bincount(
            np.concatenate([self.drawn(seed, 30, [40, 60])[1] for seed in range(2000)]), minlength=100
        )

        assert np.abs(counted - 600).max() < 5 * np.sqrt(2000 * 0.3 * 0.7)

    def test_what_there_is_room_for(self) -> None:
        draw = Draw(3, None, 10_000)
        for start in range(0, 50_000, 1000):
            text = b"12345678\n" * 1000
            draw.add(0, _text_stream.lines(text))
            assert sum(batch.nbytes for batch in draw.kept(0)) <= 10_000, start
        draw.close()

        assert 200 < sum(len(batch) for batch in draw.kept(0)) < 10_000 / 17
        assert draw.seen == 50_000


@pytest.mark.parametrize("loader", ["csv", "jsonl", "parquet", "feather"])
class TestAskedFor:
    def test_gives_exactly_so_many_rows_in_their_order(self, loader: str, tmp_path: Path) -> None:
        dataset = load_file(tmp_path, write(tmp_path, loader), sample=500)
        numbers = dataset.frame["a"].to_numpy()

        assert len(numbers) == 500
        assert (np.diff(numbers) > 0).all()
        assert dataset.sampled_from == N
        assert dataset.frame["b"].tolist() == [f"w{number % 7}" for number in numbers]

    def test_says_so_with_the_seed(self, loader: str, tmp_path: Path) -> None:
        notes = load_file(tmp_path, write(tmp_path, loader), sample=500, seed=7).notes

        assert "A random sample of 500 rows of 3,000, drawn with the seed 7, as data.sample asks." in " ".join(notes)

    def test_the_seed_decides(self, loader: str, tmp_path: Path) -> None:
        name = write(tmp_path, loader)
        first, again, other = (
            load_file(tmp_path, name, sample=100, seed=seed).frame["a"].tolist() for seed in (1, 1, 2)
        )

        assert first == again != other

    def test_every_format_draws_the_same_rows(self, loader: str, tmp_path: Path) -> None:
        found = load_file(tmp_path, write(tmp_path, loader), sample=100).frame["a"].tolist()

        assert found == load_file(tmp_path, write(tmp_path, "csv"), sample=100).frame["a"].tolist()

    def test_a_table_with_fewer_rows_is_whole(self, loader: str, tmp_path: Path) -> None:
        dataset = load_file(tmp_path, write(tmp_path, loader), sample=N)

        assert dataset.frame["a"].tolist() == list(range(N))
        assert dataset.sampled_from is None
        assert dataset.notes == ()

    def test_the_whole_file_is_hashed(self, loader: str, tmp_path: Path) -> None:
        name = write(tmp_path, loader)

        assert (
            load_file(tmp_path, name, sample=10).source.sha256
            == hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
        )

    def test_with_a_target(self, loader: str, tmp_path: Path) -> None:
        assert load_file(tmp_path, write(tmp_path, loader), sample=100, target="y").task.labels == ("v", "u")


def test_a_list_of_json_records_is_thinned_out(tmp_path: Path) -> None:
    dataset = load(tmp_path, json.dumps([{"a": number} for number in range(N)]), "t.json", sample=100)

    assert dataset.sampled_from == N
    assert dataset.frame["a"].tolist() == load_file(tmp_path, write(tmp_path, "csv"), sample=100).frame["a"].tolist()


@pytest.mark.parametrize("loader", ["csv", "parquet"])
def test_memory_that_runs_out_is_a_limit(loader: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_options: object) -> None:
        raise pa.ArrowMemoryError("malloc failed")

    name = write(tmp_path, loader)
    monkeypatch.setattr("pyarrow.csv.read_csv", broken)
    monkeypatch.setattr("pyarrow.parquet.read_metadata", broken)
    monkeypatch.setattr("pyarrow.parquet.ParquetFile", broken)
    with pytest.raises(LimitExceeded, match="memory ran out while the table was read"):
        load_file(tmp_path, name)


def test_a_table_that_is_read_whole_is_thinned_out(tmp_path: Path) -> None:
    dataset = load_file(tmp_path, "sklearn:iris", sample=50, target="target")

    assert (dataset.n_rows, dataset.sampled_from) == (50, 150)


class TestSeveralFiles:
    def test_every_row_of_all_files_has_the_same_chance(self, tmp_path: Path) -> None:
        for name, start, stop in (("a", 0, 2500), ("b", 2500, N)):
            (tmp_path / f"{name}.csv").write_text(rows("x", *map(str, range(start, stop))))
        write(tmp_path, "csv")
        dataset = load_spec(tmp_path, "path: [a.csv, b.csv]\nsample: 600")

        assert dataset.frame["x"].tolist() == load_file(tmp_path, "t.csv", sample=600).frame["a"].tolist()
        assert dataset.sampled_from == N

    def test_given_splits_keep_their_rows(self, tmp_path: Path) -> None:
        for name, start, stop in (("a", 0, 2000), ("b", 2000, N)):
            (tmp_path / f"{name}.csv").write_text(rows("x", *map(str, range(start, stop))))
        dataset = load_spec(tmp_path, "path: a.csv\ntest: b.csv\nsample: 600")
        numbers = dataset.frame["x"].to_numpy()

        assert dataset.given == {"train": (0, int((numbers < 2000).sum())), "test": (int((numbers < 2000).sum()), 600)}

    def test_codes_in_one_file_keep_the_spelling_of_all(self, tmp_path: Path) -> None:
        (tmp_path / "a.csv").write_text(rows("x", *map(str, range(100))))
        (tmp_path / "b.csv").write_text(rows("x", *(f"{number:03}" for number in range(100))))
        found = load_spec(tmp_path, "path: [a.csv, b.csv]\nsample: 150").frame["x"].tolist()

        assert len(found) == 150
        assert all(isinstance(value, str) for value in found)
        assert {value for value in found if value.startswith("0")} > set()


class TestTooLarge:
    """Memory is made small, and so is what a stream itself is thought to need, so that small files do."""

    @pytest.fixture
    def little(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("reportgen.loaders._files._LEAST", 0)
        monkeypatch.setattr(memory, "available", lambda: 60_000)

    @pytest.mark.parametrize("loader", ["csv", "jsonl", "feather"])
    @pytest.mark.usefixtures("little")
    def test_as_many_rows_as_fit_are_drawn(self, loader: str, tmp_path: Path) -> None:
        dataset = load_file(tmp_path, write(tmp_path, loader), target="y")

        assert dataset.sampled_from == N
        assert 50 < dataset.n_rows < N // 2
        assert dataset.task.labels == ("v", "u")
        assert any("because the whole table does not fit into memory" in note for note in dataset.notes)

    @pytest.mark.usefixtures("little")
    def test_a_parquet_file_of_different_values_is_sampled(self, tmp_path: Path) -> None:
        numbers = np.random.default_rng(0).normal(size=5000)
        pq.write_table(pa.table({"x": numbers}), tmp_path / "t.parquet")
        dataset = load_file(tmp_path, "t.parquet")

        assert dataset.sampled_from == 5000
        assert set(dataset.frame["x"]) < set(numbers)

    @pytest.mark.usefixtures("little")
    def test_a_packed_file_is_sampled(self, tmp_path: Path) -> None:
        write(tmp_path, "csv")
        (tmp_path / "t.csv.zst").write_bytes(pa.compress((tmp_path / "t.csv").read_bytes(), "zstd", asbytes=True))

        assert load_file(tmp_path, "t.csv.zst").sampled_from == N

    @pytest.mark.usefixtures("little")
    def test_one_list_of_json_records_cannot_be_read_in_parts(self, tmp_path: Path) -> None:
        with pytest.raises(LimitExceeded, match="the table needs about"):
            load(tmp_path, json.dumps([{"a": number} for number in range(3000)]), "t.json")

    def test_a_small_memory_is_no_place_for_a_stream(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(memory, "available", lambda: 1000)

        with pytest.raises(LimitExceeded, match="the table needs about"):
            load_file(tmp_path, write(tmp_path, "csv"))

    @pytest.mark.slow
    @pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
    def test_a_process_with_a_hard_limit_samples_and_lives(self, tmp_path: Path) -> None:
        with (tmp_path / "t.csv").open("w") as file:
            file.write("a,b,c,y\n")
            line = "".join(
                f"{number},{number * 0.37:.6f},word {number % 99} of a text,{'uv'[number % 2]}\n"
                for number in range(100_000)
            )
            for _ in range(40):
                file.write(line)
        code = (
            "import resource, sys\n"
            "from pathlib import Path\n"
            "from reportgen import loaders, source\n"
            "from reportgen.loaders import _files, _table, csv\n"
            "from reportgen.spec import Data\n"
            "pages = int(Path('/proc/self/statm').read_text().split()[0]) * resource.getpagesize()\n"
            "resource.setrlimit(resource.RLIMIT_AS, (pages + 600_000_000,) * 2)\n"
            "location = source.resolve('t.csv', Path(sys.argv[1]) / 'e.yaml')\n"
            "found = loaders.load(location, Data(path='t.csv', target='y'))\n"
            "print(found.n_rows, found.sampled_from)\n"
        )
        done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False)

        assert done.returncode == 0, done.stderr
        kept, seen = map(int, done.stdout.split())
        assert seen == 4_000_000
        assert 100_000 < kept < seen


class TestRowsThatAreNotKept:
    """A faulty row is found wherever it stands, though hardly any row is kept."""

    def sampled(self, folder: Path, content: str | bytes, **data: object) -> Dataset:
        return load(folder, content, sample=2, **data)

    @pytest.mark.parametrize(
        ("broken", "words"),
        [
            ("1,2,3", r"table\.csv:502: 3 fields where the first line names 2 columns"),
            ("1", r"table\.csv:502: 1 field where"),
            ('1,"x"y', r"table\.csv:502: text follows a closing quote"),
        ],
    )
    def test_a_row_that_does_not_fit_is_named_with_its_line(self, broken: str, words: str, tmp_path: Path) -> None:
        with pytest.raises(DataError, match=words):
            self.sampled(tmp_path, rows("a,b", *["1,2"] * 500, broken, *["1,2"] * 500))

    def test_a_quote_that_is_never_closed(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match=r"table\.csv:502: a quote that is opened here is never closed"):
            self.sampled(tmp_path, rows("a,b", *["1,2"] * 500, '1,"2', *["1,2"] * 500))

    @pytest.mark.parametrize("codec", ["cp1252", "utf-16", "gbk"])
    def test_bytes_of_another_encoding(self, codec: str, tmp_path: Path) -> None:
        content = rows("a,b", *["1,2"] * 500, "1,数" if codec == "gbk" else "1,é").encode(codec)
        with pytest.raises(DataError, match="not UTF-8"):
            self.sampled(tmp_path, content)

        assert self.sampled(tmp_path, content, options={"encoding": codec}).sampled_from == 501

    def test_the_byte_and_the_line_are_named(self, tmp_path: Path) -> None:
        content = rows("a,b", *["1,2"] * 500).encode() + b"1,\xe9\n"

        with pytest.raises(DataError, match=r"table\.csv:502: byte 2,?007 \(0xe9\)"):
            self.sampled(tmp_path, content)

    def test_damage_far_into_a_packed_file(self, tmp_path: Path) -> None:
        packed = pa.compress(rows("a,b", *(f"{n},{n * 7919}" for n in range(50_000))).encode(), "gzip", asbytes=True)
        with pytest.raises(DataError, match="cut off"):
            load(tmp_path, packed[:-5], "t.csv.gz", sample=2)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    table=st.lists(
        st.tuples(st.integers(0, 99), st.text(st.sampled_from('a,"\n\r é;'), min_size=1, max_size=6)),
        min_size=1,
        max_size=40,
    ),
    piece=st.integers(1, 60),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_a_stream_that_keeps_all_gives_the_table(
    table: list[tuple[int, str]], piece: int, end: str, tmp_path: Path
) -> None:
    text = pd.DataFrame(table, columns=["a", "b"]).to_csv(index=False, lineterminator=end, quoting=csv.QUOTE_NONNUMERIC)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_text_stream, "_PIECE", piece)
        found = load(tmp_path, text.encode(), sample=1000, columns={"b": "text"}).frame

    assert found.to_dict("list") == load(tmp_path, text.encode(), columns={"b": "text"}).frame.to_dict("list")
    assert found["b"].tolist() == [word for _, word in table]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.sampled_from('a1,"\n\r 0'), max_size=60), piece=st.integers(1, 20))
def test_a_stream_refuses_what_the_whole_file_does(text: str, piece: int, tmp_path: Path) -> None:
    try:
        whole = load(tmp_path, text).frame
    except DataError:
        whole = None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_text_stream, "_PIECE", piece)
        try:
            found = load(tmp_path, text, sample=1000).frame
        except DataError:
            found = None
    assert (whole is None) == (found is None)
    if whole is not None:
        pd.testing.assert_frame_equal(whole, found)


def test_rows_are_numbered_within_the_sample_and_said_to_be(tmp_path: Path) -> None:
    numbers = [str(number) for number in range(400)]
    numbers[350:] = ["oops"] * 50
    (tmp_path / "t.csv").write_text("a\n" + "\n".join(numbers) + "\n")
    with pytest.raises(DataError, match=r"column 'a', row [0-9]+ of the sample: 'oops' is not a number"):
        load_file(tmp_path, "t.csv", sample=300, columns={"a": "numeric"})
    notes = load_file(tmp_path, "t.csv", sample=300).notes
    assert any("Rows are numbered as they stand in the sample." in note for note in notes)
