"""How much memory there is to take, so that what does not fit is refused before it is loaded."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from reportgen.errors import LimitExceeded

_CGROUPS = (
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current"), "inactive_file"),
    (
        Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
        Path("/sys/fs/cgroup/memory/memory.usage_in_bytes"),
        "total_inactive_file",
    ),
)
#: A limit on the address space also counts what threads reserve for stacks and heaps, and never touch.
_RESERVED = 1 << 28


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
    for limit, used, key in _CGROUPS:
        numbers = [text for path in (limit, used) for text in _lines(path)]
        if len(numbers) == 2 and all(number.isdigit() for number in numbers):
            # Files that were read lately count as used, and are given up when memory is wanted.
            cached = sum(
                int(line.split()[1]) for line in _lines(used.parent / "memory.stat") if line.startswith(key + " ")
            )
            return int(numbers[0]) - int(numbers[1]) + cached
    return None


def _process() -> int | None:
    if sys.platform != "linux":
        return None
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    pages = _lines(Path("/proc/self/statm"))
    if limit == resource.RLIM_INFINITY or not pages:
        return None
    return limit - int(pages[0].split()[0]) * os.sysconf("SC_PAGE_SIZE") - _RESERVED


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").splitlines()
    except OSError:
        return []
