"""Files are written whole or not at all, and a failure says why."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reportgen.errors import OutputError
from reportgen.files import check_writable, write_atomic

not_root = pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write anywhere")


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


def failing(error: BaseException) -> Callable[..., object]:
    def fail(*_: object, **__: object) -> object:
        raise error

    return fail


# What is written


def test_a_new_file_holds_the_bytes(tmp_path: Path) -> None:
    write_atomic(tmp_path / "report.html", b"new")
    assert (tmp_path / "report.html").read_bytes() == b"new"
    assert names(tmp_path) == ["report.html"]


def test_an_old_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_bytes(b"something longer than the new")
    write_atomic(path, b"new")
    assert path.read_bytes() == b"new"


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200), steps=st.lists(st.integers(1, 50), min_size=1, max_size=5))
def test_a_system_that_writes_in_small_pieces_still_writes_all(tmp_path: Path, data: bytes, steps: list[int]) -> None:
    taken = iter(steps * 200)
    real = os.write
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "write", lambda fd, view: real(fd, view[: next(taken)]))
        write_atomic(tmp_path / "r", data)
    assert (tmp_path / "r").read_bytes() == data


def test_a_relative_path_means_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_atomic(Path("r.html"), b"new")
    assert names(tmp_path) == ["r.html"]


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600)])
def test_the_umask_decides_who_may_read(tmp_path: Path, mask: int, mode: int) -> None:
    previous = os.umask(mask)
    try:
        write_atomic(tmp_path / "r", b"x")
    finally:
        os.umask(previous)
    assert stat.S_IMODE((tmp_path / "r").stat().st_mode) == mode


def test_a_link_stays_and_its_target_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    write_atomic(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_the_bytes_are_on_the_disk_before_the_name_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    for name in ("write", "fsync", "rename"):
        real = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *args, real=real, name=name: (order.append(name), real(*args))[1])
    write_atomic(tmp_path / "r", b"x")
    assert order == ["write", "fsync", "rename", "fsync"]


def test_threads_that_write_the_same_file_leave_one_of_their_texts(tmp_path: Path) -> None:
    texts = [bytes([letter]) * 100_000 for letter in b"abcdefgh"]
    threads = [threading.Thread(target=write_atomic, args=(tmp_path / "r", text)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (tmp_path / "r").read_bytes() in texts
    assert names(tmp_path) == ["r"]


# Faults at each step


@pytest.mark.parametrize("old", [None, b"old"], ids=["new file", "old file"])
@pytest.mark.parametrize("step", ["open", "write", "fsync", "rename"])
@pytest.mark.parametrize(
    ("code", "cause"),
    [(errno.ENOSPC, "disk is full"), (errno.EIO, "reports an error"), (errno.EDQUOT, "quota"), (errno.EFBIG, "larger")],
)
def test_a_fault_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, code: int, cause: str, old: bytes | None
) -> None:
    path = tmp_path / "report.pdf"
    if old is not None:
        path.write_bytes(old)
    with monkeypatch.context() as patch:
        patch.setattr(os, step, failing(OSError(code, os.strerror(code))))
        with pytest.raises(OutputError, match=cause) as raised:
            write_atomic(path, b"new")
    assert raised.value.exit_status == 5
    assert raised.value.problems[0].file == str(path)
    assert raised.value.problems[0].fix
    assert (path.read_bytes() if path.exists() else None) == old
    assert names(tmp_path) == ([] if old is None else ["report.pdf"])


@pytest.mark.parametrize("step", ["write", "fsync", "rename"])
def test_ctrl_c_at_any_step_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    path = tmp_path / "r"
    path.write_bytes(b"old")
    with monkeypatch.context() as patch:
        patch.setattr(os, step, failing(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["r"]


def test_a_fault_after_the_name_was_taken_leaves_the_new_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, calls, real = tmp_path / "r", [], os.fsync

    def second_fails(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(errno.EIO, "folder")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", second_fails)
    with pytest.raises(OutputError, match="reports an error"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"new"


KILLED = """\
import os, signal, sys
from pathlib import Path
from reportgen.files import write_atomic
setattr(os, sys.argv[2], lambda *_: os.kill(os.getpid(), signal.SIGKILL))
write_atomic(Path(sys.argv[1]), b"new")
"""


@pytest.mark.parametrize("step", ["write", "fsync", "rename"])
def test_a_process_killed_at_any_step_leaves_the_old_file_and_the_next_write_cleans_up(
    tmp_path: Path, step: str
) -> None:
    path = tmp_path / "report.html"
    path.write_bytes(b"old")
    root = str(Path(__file__).parent.parent)
    status = subprocess.call([sys.executable, "-c", KILLED, str(path), step], env={**os.environ, "PYTHONPATH": root})
    assert status == -9
    assert path.read_bytes() == b"old"
    assert len(names(tmp_path)) == 2
    write_atomic(path, b"new")
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["report.html"]


# Leftovers


def test_a_leftover_of_this_very_process_id_is_removed(tmp_path: Path) -> None:
    (tmp_path / f".r.{os.getpid()}.tmp").write_bytes(b"from an earlier life")
    write_atomic(tmp_path / "r", b"new")
    assert names(tmp_path) == ["r"]


def test_files_of_living_processes_and_of_others_stay(tmp_path: Path) -> None:
    others = [f".r.{os.getppid()}.tmp", ".other.999999.tmp", ".r.tmp", "r.999999.tmp", ".r.x.tmp"]
    for name in others:
        (tmp_path / name).write_bytes(b"not ours")
    write_atomic(tmp_path / "r", b"new")
    assert names(tmp_path) == sorted([*others, "r"])


# Places that cannot be written


@pytest.mark.parametrize("function", [lambda path: write_atomic(path, b"x"), check_writable], ids=["write", "check"])
class TestRefused:
    def test_a_missing_folder(self, tmp_path: Path, function) -> None:
        with pytest.raises(OutputError, match=r"the folder does not exist - fix: create the folder"):
            function(tmp_path / "missing" / "r.html")

    def test_a_folder_in_place_of_the_file(self, tmp_path: Path, function) -> None:
        (tmp_path / "r.html").mkdir()
        with pytest.raises(OutputError, match="it is a folder"):
            function(tmp_path / "r.html")

    def test_a_file_in_place_of_the_folder(self, tmp_path: Path, function) -> None:
        (tmp_path / "file").write_bytes(b"old")
        with pytest.raises(OutputError, match="is a file, not a folder"):
            function(tmp_path / "file" / "r.html")

    def test_a_name_that_is_too_long(self, tmp_path: Path, function) -> None:
        with pytest.raises(OutputError, match="the name is too long"):
            function(tmp_path / ("r" * 300))

    def test_a_pipe_in_place_of_the_file(self, tmp_path: Path, function) -> None:
        os.mkfifo(tmp_path / "r")
        with pytest.raises(OutputError, match="no ordinary file"):
            function(tmp_path / "r")

    def test_links_that_go_round(self, tmp_path: Path, function) -> None:
        (tmp_path / "a").symlink_to("b")
        (tmp_path / "b").symlink_to("a")
        with pytest.raises(OutputError, match="circle of links"):
            function(tmp_path / "a")

    @pytest.mark.parametrize("name", ["a\0b", "a\ud800b"])
    def test_a_name_that_no_disk_takes(self, tmp_path: Path, function, name: str) -> None:
        with pytest.raises(OutputError, match="does not take such a name"):
            function(tmp_path / name)

    def test_a_read_only_disk(self, tmp_path: Path, function, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "open", failing(OSError(errno.EROFS, "read-only")))
        with pytest.raises(OutputError, match="the disk is read-only"):
            function(tmp_path / "r")

    @not_root
    def test_a_folder_without_permission(self, tmp_path: Path, function) -> None:
        tmp_path.chmod(0o500)
        try:
            with pytest.raises(OutputError, match="no permission"):
                function(tmp_path / "r")
        finally:
            tmp_path.chmod(0o700)


def test_a_check_of_a_good_place_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(b"old")
    check_writable(tmp_path / "old")
    check_writable(tmp_path / "new")
    assert names(tmp_path) == ["old"]
    assert (tmp_path / "old").read_bytes() == b"old"
