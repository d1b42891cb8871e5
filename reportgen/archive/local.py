"""An archive in a folder of this machine, or of a drive that several machines share."""

from __future__ import annotations

import errno
import hashlib
import itertools
import os
import platform
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from reportgen.archive.entry import ENTRY
from reportgen.errors import ArchiveBusy, OutputError
from reportgen.files import check_writable, explained, is_alive, sync_folder, write_atomic

#: Where a report is put together before it takes its place, all files at once.
_ADDING = ".adding"
_LOCK = ".index.lock"
_PLACE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,80})/[0-9a-f]{32}")
_WAITING = re.compile(r"(?P<pid>\d{1,10})-(?P<machine>[0-9a-f]{8})-(?P<session>[0-9a-f]{8})-\d+")
_MACHINE = hashlib.sha256(platform.node().encode()).hexdigest()[:8]
_SESSION, _NUMBER = os.urandom(4).hex(), itertools.count(1)
_ABANDONED = 86_400  # seconds after which what a process of another machine has left is removed
_TAKEN = (errno.EEXIST, errno.ENOTEMPTY)
_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS)


class LocalFolder:
    """See `reportgen.archive.Folder`. No link inside it is followed, so that nothing outside is touched."""

    def __init__(self, path: Path, name: str = "") -> None:
        self.root = path
        self.name = (name or str(path)).rstrip("/") or "/"

    def prepare(self) -> None:
        """Make the folder where it is missing, in one that is there."""
        with explained(self.root), suppress(FileExistsError):
            self.root.mkdir()
        check_writable(self.root / ENTRY)

    def listing(self) -> dict[str, dict[str, int]]:
        """Place -> file -> bytes."""
        found = {}
        with explained(self.root):
            for experiment in _folders(self.root):
                for report in _folders(Path(experiment.path)):
                    place = f"{experiment.name}/{report.name}"
                    if _PLACE.fullmatch(place):
                        found[place] = dict(_files(report.path))
        return dict(sorted(found.items()))

    def has(self, place: str) -> bool:
        return (self.root / place / ENTRY).is_file()

    def store(self, place: str, files: Mapping[str, bytes]) -> bool:
        """Put files at a place that appears whole or not at all; False where a report stands there already.

        Raises:
            OutputError: they cannot be written; nothing is left behind.
        """
        self.prepare()
        target = self.root / place
        with explained(target):
            self._refuse_links(target.parent)
            self._remove_leftovers()
            if self.has(place):
                return False
            waiting = self.root / _ADDING / f"{os.getpid()}-{_MACHINE}-{_SESSION}-{next(_NUMBER)}"
            waiting.mkdir(parents=True)
            try:
                for name, data in files.items():
                    write_atomic(waiting / name, data)
                return self._moved(waiting, target)
            finally:
                shutil.rmtree(waiting, ignore_errors=True)

    def read(self, paths: list[str]) -> dict[str, bytes | None]:
        return {path: self._bytes(path) for path in paths}

    def replace(self, name: str, data: bytes) -> None:
        """Write a file at the top. Raises OutputError, also where a link stands there."""
        self._refuse_links(self.root / name)
        write_atomic(self.root / name, data)

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the index alone; the system lets go where the holder dies.

        Raises:
            ArchiveBusy: another process holds it.
        """
        path = self.root / _LOCK
        self._refuse_links(path)
        with explained(path):
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
        try:
            with explained(path):
                _lock(descriptor, path)
            yield
        finally:
            os.close(descriptor)

    def _bytes(self, path: str) -> bytes | None:
        try:
            return (self.root / path).read_bytes()
        except OSError:
            return None

    def _moved(self, waiting: Path, target: Path) -> bool:
        with suppress(FileExistsError):
            target.parent.mkdir()
            sync_folder(self.root)
        try:
            os.rename(waiting, target)  # noqa: PTH104
        except OSError as error:
            if error.errno not in _TAKEN:
                raise
            if self.has(f"{target.parent.name}/{target.name}"):  # Another process was faster.
                return False
            what = "the folder has no entry, so what is in it cannot be relied on"
            raise OutputError(what, "remove it, and add the report again", file=str(target)) from error
        sync_folder(target.parent)
        return True

    def _remove_leftovers(self) -> None:
        """Remove what processes that were killed have left; those that live go on."""
        self._refuse_links(self.root / _ADDING)
        with suppress(FileNotFoundError):
            for entry in list(os.scandir(self.root / _ADDING)):
                match = _WAITING.fullmatch(entry.name)
                if match and _is_left(match, entry):
                    shutil.rmtree(entry.path, ignore_errors=True)

    @staticmethod
    def _refuse_links(*paths: Path) -> None:
        for path in paths:
            if path.is_symlink():
                what = "this is a link, which could lead out of the archive"
                raise OutputError(what, "remove it, or put a folder in its place", file=str(path))


def _is_left(match: re.Match[str], entry: os.DirEntry[str]) -> bool:
    pid = int(match["pid"])
    if match["machine"] != _MACHINE:
        with suppress(OSError):
            return time.time() - entry.stat(follow_symlinks=False).st_mtime > _ABANDONED
        return False
    return match["session"] != _SESSION if pid == os.getpid() else not is_alive(pid)


def _folders(path: Path) -> list[os.DirEntry[str]]:
    with os.scandir(path) as found:
        return [entry for entry in found if not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False)]


def _files(path: str) -> Iterator[tuple[str, int]]:
    with os.scandir(path) as found:
        for entry in found:
            if entry.is_file(follow_symlinks=False):
                yield entry.name, entry.stat(follow_symlinks=False).st_size


def _lock(descriptor: int, path: Path) -> None:
    """Take the lock and write down who has it."""
    try:
        import fcntl
    except ImportError:  # A system without such locks: the page is whole all the same, the last one written stays.
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
        who = f"process {holder}" if holder.isdigit() else "another process"
        raise ArchiveBusy(f"{who} is making the index", "run again when it is done", file=str(path)) from error
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        return
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
