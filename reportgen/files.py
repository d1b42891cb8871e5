"""Writing a file so that a reader finds the old one or the new one, never a piece of either."""

from __future__ import annotations

import errno
import os
import re
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from reportgen.errors import OutputError

#: The cause in plain words and the remedy, by errno.
_CAUSES: dict[int, tuple[str, str]] = {
    errno.ENOSPC: ("the disk is full", "free some space, or write to another disk"),
    errno.EDQUOT: ("the disk quota is used up", "free some space, or write to another disk"),
    errno.EFBIG: ("the file is larger than this disk or user may write", "write to another disk, or raise the limit"),
    errno.EROFS: ("the disk is read-only", "write to another folder"),
    errno.EACCES: ("no permission to write there", "write to a folder of yours"),
    errno.EPERM: ("no permission to write there", "write to a folder of yours"),
    errno.ENOENT: ("the folder does not exist", "create the folder, or write to another one"),
    errno.ENOTDIR: ("a part of the path is a file, not a folder", "write to another folder"),
    errno.ELOOP: ("the path goes round in a circle of links", "write to another folder"),
    errno.EEXIST: ("it is no ordinary file", "choose another name"),
    errno.EISDIR: ("it is a folder", "give the name of a file"),
    errno.ENAMETOOLONG: ("the name is too long for this disk", "choose a shorter name"),
    errno.EILSEQ: ("this disk does not take such a name", "choose a plainer name"),
    errno.EINVAL: ("this disk does not take such a name", "choose a plainer name"),
    errno.EIO: ("the disk reports an error", "check the disk, or write to another one"),
    errno.EMFILE: ("too many files are open", "raise the limit on open files (ulimit -n)"),
}
#: Two threads that write the same file would share its temporary name.
_ONE_AT_A_TIME = threading.Lock()
_LEFTOVER = re.compile(r"\.(?P<name>.+)\.(?P<pid>\d{1,10})\.tmp")


def write_atomic(path: Path, data: bytes) -> None:
    """Write `data` to `path`: at any moment the old content stands there whole, or the new.

    The bytes go to a temporary file in the same folder, to the disk, and then take the name. Leftovers of processes
    that were killed while writing the same file are removed. A link is followed, so that its target is replaced.

    Raises:
        OutputError: it cannot be written; the old file stands, and nothing is left behind.
    """
    with explained(path), _ONE_AT_A_TIME:
        target = _target(path)
        _remove_leftovers(target)
        temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        try:
            _write_through(temporary, data)
            os.rename(temporary, target)  # noqa: PTH104 - one way to reach the system calls, for writing and for tests
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
        sync_folder(target.parent)


def check_writable(path: Path) -> None:
    """Find out, before hours of training, whether `path` can be written; leaves nothing behind.

    Raises:
        OutputError: the folder is missing, no folder or not writable, or `path` is a folder.
    """
    with explained(path), _ONE_AT_A_TIME:
        target = _target(path)
        probe = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        os.close(_create(probe))
        probe.unlink()


def _target(path: Path) -> Path:
    """Where the bytes go: links followed, folders and devices refused."""
    if "\0" in str(path):
        raise OSError(errno.EINVAL, "NUL in the name")
    target = Path(os.path.realpath(path)) if path.is_symlink() else path
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return target
    if stat.S_ISDIR(mode):
        raise OSError(errno.EISDIR, "a folder")
    if not stat.S_ISREG(mode):
        raise OSError(errno.EEXIST, "not a regular file")
    return target


def _create(temporary: Path) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    with suppress(FileNotFoundError):
        temporary.unlink()  # of an earlier process that had this process's id
    return os.open(temporary, flags, 0o666)  # the umask takes its part


def _write_through(temporary: Path, data: bytes) -> None:
    descriptor = _create(temporary)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make the new name last through a power cut, where the system can."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    except OSError:  # a folder that may be written but not read: the file stands all the same
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise
    finally:
        os.close(descriptor)


def _remove_leftovers(target: Path) -> None:
    try:
        names = os.listdir(target.parent)  # noqa: PTH208
    except PermissionError:  # a folder that may be written but not listed
        return
    for name in names:
        match = _LEFTOVER.fullmatch(name)
        if match and match["name"] == target.name and not is_alive(int(match["pid"])):
            with suppress(OSError):
                (target.parent / name).unlink()


def is_alive(pid: int) -> bool:
    """Whether a process of this machine has that id."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what the system says into an error for the user that names `path`.

    Raises:
        OutputError: in place of an OSError.
    """
    try:
        yield
    except (OSError, UnicodeEncodeError) as error:
        code = errno.EILSEQ if isinstance(error, UnicodeEncodeError) else error.errno
        cause, fix = _CAUSES.get(code or 0, (os.strerror(code or 0), "write to another folder"))
        raise OutputError(f"cannot be written: {cause}", fix=fix, file=str(path)) from error
