"""How much memory there is to take, so that what does not fit is refused before it is loaded."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath

from reportgen.errors import LimitExceeded

#: Where control groups are mounted, of version 2 and 1: the folder, its limit, what is used, and of that the files'.
_CGROUPS = (
    (Path("/sys/fs/cgroup"), "memory.max", "memory.current", "inactive_file"),
    (Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
)
_OWN_GROUPS = Path("/proc/self/cgroup")
#: A limit on the address space also counts what threads reserve for stacks and heaps, and never touch.
_RESERVED = 1 << 28
_NO_ROOM = ("failed to map segment", "cannot allocate memory", "can't start new thread")


def available() -> int:
    """Bytes that this process may still take: the least of what machine, container and process limit leave."""
    return max(
        0, min((room for room in (_machine(), _container(), _process()) if room is not None), default=sys.maxsize)
    )


def require(needed: float, what: str, fix: str, *, file: str = "", share: float = 1.0) -> None:
    """Refuse what would need more than `share` of the available memory.

    Args:
        needed: bytes.
        what: the subject of the message, such as "the table".

    Raises:
        LimitExceeded: it does not fit.
    """
    room = available()
    if needed > share * room:
        raise LimitExceeded(
            f"{what} needs about {size(needed)} of memory, {size(share * room)} can be had", fix, file=file
        )


def spare_addresses() -> None:
    """Where the address space is limited, keep allocators from taking what they may never touch.

    Arrow's own takes a gigabyte at once, the C library 64 MB for each of many threads.
    """
    if address_limit() is None:
        return
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    with suppress(AttributeError):  # Another C library than GNU's.
        import ctypes

        most_arenas = -8
        ctypes.CDLL(None).mallopt(most_arenas, 2)


def ran_out(error: BaseException) -> bool:
    """Whether an error says that there is no more memory; a library or a thread that finds no room says it in words."""
    if isinstance(error, (ImportError, RuntimeError)):
        return any(words in str(error) for words in _NO_ROOM)
    return isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM)


def size(count: float) -> str:
    """`512 B`, `1.5 GB`: bytes in decimal units."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:,.1f} TB"


def _machine() -> int | None:
    for line in _lines(Path("/proc/meminfo")):
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None


def _container() -> int | None:
    """The least of what the control groups leave that this process is in, each of which lies in the one above."""
    return min((room for group in _groups() if (room := _left(*group)) is not None), default=None)


def _groups() -> Iterator[tuple[Path, str, str, str]]:
    """The folders of this process's own groups and of those above; a container may show but the uppermost."""
    names = [line.split(":", 2) for line in _lines(_OWN_GROUPS) if line.count(":") >= 2]
    for (mount, limit, used, key), controller in zip(_CGROUPS, ("", "memory"), strict=True):
        own = next((name for _, controllers, name in names if controller in controllers.split(",")), "/")
        inner = PurePosixPath(own.lstrip("/"))
        for folder in (inner, *inner.parents):
            yield mount / folder, limit, used, key


def _left(folder: Path, limit: str, used: str, key: str) -> int | None:
    numbers = [text for name in (limit, used) for text in _lines(folder / name)]
    if len(numbers) != 2 or not all(number.isdigit() for number in numbers):
        return None
    # Files that were read lately count as used, and are given up when memory is wanted.
    cached = sum(int(line.split()[1]) for line in _lines(folder / "memory.stat") if line.startswith(key + " "))
    return int(numbers[0]) - int(numbers[1]) + cached


def address_limit() -> int | None:
    """Bytes of address space that this process may have, or None; a limit that Linux alone keeps."""
    if sys.platform != "linux":
        return None
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if limit == resource.RLIM_INFINITY else limit


def _process() -> int | None:
    limit, pages = address_limit(), _lines(Path("/proc/self/statm"))
    if limit is None or not pages:
        return None
    return limit - int(pages[0].split()[0]) * os.sysconf("SC_PAGE_SIZE") - _RESERVED


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").splitlines()
    except OSError:
        return []
