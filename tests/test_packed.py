"""Compressed tables: every packing gives the same rows, and what is damaged, locked or a bomb is refused."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from tables import load, rows

from reportgen import memory, packed, source
from reportgen.errors import DataError, LimitExceeded, ReportgenError

TEXT = rows("a,b", *(f"{number},wörd {number**2}" for number in range(500)))
LINES = "".join(f'{{"a": {number}, "b": "wörd {number**2}"}}\n' for number in range(500))


def zipped(data: bytes, *names: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names or ("t.csv",):
            file.writestr(name, data)
    return archive.getvalue()


PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": lambda data: pa.compress(data, codec="zstd", asbytes=True),
    ".zip": zipped,
}


@pytest.mark.parametrize("suffix", packed.PACKED)
class TestEveryPacking:
    def test_gives_the_rows_of_a_csv(self, suffix: str, tmp_path: Path) -> None:
        plain = load(tmp_path, TEXT).frame
        found = load(tmp_path, PACKINGS[suffix](TEXT.encode()), f"t.csv{suffix}")

        assert found.frame.equals(plain)
        assert found.source.format == "csv"

    def test_gives_the_records_of_json_lines(self, suffix: str, tmp_path: Path) -> None:
        found = load(tmp_path, PACKINGS[suffix](LINES.encode()), f"t.jsonl{suffix}").frame

        assert found["a"].tolist() == list(range(500))

    def test_hashes_the_file_as_it_lies_there(self, suffix: str, tmp_path: Path) -> None:
        content = PACKINGS[suffix](TEXT.encode())
        found = load(tmp_path, content, f"t.csv{suffix}").source

        assert (found.size, found.sha256) == (len(content), hashlib.sha256(content).hexdigest())

    def test_refuses_a_file_that_is_cut_off(self, suffix: str, tmp_path: Path) -> None:
        content = PACKINGS[suffix](TEXT.encode())
        for end in (1, 5, len(content) // 2, len(content) - 9):
            with pytest.raises(DataError, match=r"compressed file is (cut off|damaged)"):
                load(tmp_path, content[:-end], f"t.csv{suffix}")

    def test_refuses_a_file_that_is_no_such_packing(self, suffix: str, tmp_path: Path) -> None:
        with pytest.raises(DataError, match=r"compressed file is (cut off|damaged)"):
            load(tmp_path, TEXT, f"t.csv{suffix}")

    def test_refuses_changed_bytes_or_reads_what_was_written(self, suffix: str, tmp_path: Path) -> None:
        content = bytearray(PACKINGS[suffix](TEXT.encode()))
        plain = load(tmp_path, TEXT).frame
        for position in range(20, len(content) - 20, len(content) // 9):
            damaged = bytes(content[:position]) + bytes([content[position] ^ 0x55]) + bytes(content[position + 1 :])
            try:
                found = load(tmp_path, damaged, f"t.csv{suffix}").frame
            except ReportgenError:
                continue
            # Zstandard frames carry a checksum only where the writer asked for one.
            assert suffix == ".zst" or found.equals(plain)

    def test_refuses_an_empty_table(self, suffix: str, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="the file is empty"):
            load(tmp_path, PACKINGS[suffix](b""), f"t.csv{suffix}")

    def test_refuses_a_bomb(self, suffix: str, tmp_path: Path) -> None:
        content = PACKINGS[suffix](b"a,b\n" + b"1,1\n" * 4_300_000)

        with pytest.raises(LimitExceeded, match="grows more than 200 times"):
            load(tmp_path, content, f"t.csv{suffix}")

    def test_holds_memory_while_it_unpacks(self, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        content = PACKINGS[suffix](rows("a,b", *(f"{number},{number**3}" for number in range(60_000))).encode())
        monkeypatch.setattr(memory, "available", lambda: 3 * len(content) + 100_000)

        with pytest.raises(LimitExceeded, match=r"does not fit into memory|the table needs about"):
            load(tmp_path, content, f"t.csv{suffix}")


class TestZip:
    def load(self, folder: Path, content: bytes) -> list[int]:
        return load(folder, content, "t.zip").frame["a"].tolist()

    def test_the_one_file_in_it_tells_the_format(self, tmp_path: Path) -> None:
        assert self.load(tmp_path, zipped(TEXT.encode(), "deep/in/table.csv"))[:3] == [0, 1, 2]
        assert self.load(tmp_path, zipped(LINES.encode(), "table.jsonl"))[:3] == [0, 1, 2]
        assert source.resolve("t.zip", tmp_path / "e.yaml").loader == "json"

    def test_what_is_no_table_is_passed_over(self, tmp_path: Path) -> None:
        content = zipped(TEXT.encode(), "table.csv", "read me.md", "__MACOSX/._table.csv", ".DS_Store")

        assert len(self.load(tmp_path, content)) == 500

    @pytest.mark.parametrize(
        ("names", "words"),
        [
            (("a.csv", "b.csv"), "holds 2 tables"),
            (("a.md", "b.md"), "holds 0 tables"),
            (("a.csv.gz",), "packed itself"),
        ],
    )
    def test_other_archives_are_refused(self, names: tuple[str, ...], words: str, tmp_path: Path) -> None:
        with pytest.raises(DataError, match=words):
            self.load(tmp_path, zipped(TEXT.encode(), *names))

    def test_an_empty_archive_is_refused(self, tmp_path: Path) -> None:
        empty = io.BytesIO()
        zipfile.ZipFile(empty, "w").close()

        with pytest.raises(DataError, match="the zip file is empty"):
            self.load(tmp_path, empty.getvalue())

    def test_a_locked_archive_is_refused(self, tmp_path: Path) -> None:
        content = bytearray(zipped(TEXT.encode()))
        for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            content[content.index(mark) + offset] |= 1

        with pytest.raises(DataError, match="locked by a password"):
            self.load(tmp_path, bytes(content))

    def test_a_format_that_is_no_text_is_not_packed(self, tmp_path: Path) -> None:
        with pytest.raises(ReportgenError, match=r"\.parquet is not supported"):
            self.load(tmp_path, zipped(b"PAR1", "t.parquet"))
