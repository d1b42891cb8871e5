"""What is imported while a large file is read, and columns of times put in order."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen import source
from reportgen.loaders import _ahead
from reportgen.profile.columns import _ordered


def location(folder: Path, size: int) -> source.Location:
    (folder / "table.csv").write_bytes(b"x" * size)
    return source.resolve("table.csv", folder / "e.yaml")


class TestImports:
    def test_begin_while_a_large_file_is_read(self, tmp_path, monkeypatch):
        begun = []
        monkeypatch.setattr(_ahead.threading.Thread, "start", lambda thread: begun.append(thread._args))
        _ahead.import_meanwhile(location(tmp_path, _ahead._LARGE), "one", "two")
        assert begun == [(("one", "two"),)]

    def test_of_a_small_file_wait_for_their_turn(self, tmp_path, monkeypatch):
        monkeypatch.setattr(_ahead.threading.Thread, "start", lambda _: pytest.fail("a thread was started"))
        _ahead.import_meanwhile(location(tmp_path, 100), "one")

    def test_that_fail_are_left_to_whoever_wants_them(self):
        _ahead._imported(("reportgen.there_is_no_such_module", "one"))

    def test_do_without_a_thread_that_a_limit_forbids(self, tmp_path, monkeypatch):
        def refused(_: object) -> None:
            raise RuntimeError("can't start new thread")

        monkeypatch.setattr(_ahead.threading.Thread, "start", refused)
        _ahead.import_meanwhile(location(tmp_path, _ahead._LARGE), "one")


@pytest.mark.parametrize("loader", ["csv", "parquet", "feather", "json"])
def test_files_are_read_without_pandas(loader):
    """Else its import would not overlap with the reading."""
    program = f"import sys, reportgen.loaders._files, reportgen.loaders.{loader}; print('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@given(st.lists(st.integers(-(2**62), 2**62) | st.integers(-(2**31), 2**31), min_size=1))
def test_times_of_any_reach_are_put_in_order(ticks):
    found = _ordered(np.array(ticks, np.int64))
    assert found.tolist() == sorted(ticks)
    assert found.dtype == np.int64
