"""Where JAX keeps what it compiled, so that the second run of a network need not wait for it."""

from __future__ import annotations

import hashlib
import os
import platform
from pathlib import Path

import jax

_MOST_FILES = 400


def enable() -> None:
    """Keep compiled programs in the user's cache folder; quietly do without where it cannot be written.

    A folder that the user gave JAX stays.
    """
    if jax.config.jax_compilation_cache_dir:
        return
    try:
        folder = _user_cache() / "reportgen" / "jax" / _processor()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _drop_oldest(folder)
    except (OSError, RuntimeError):
        return
    if not os.access(folder, os.W_OK):
        return
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", 0)


def _user_cache() -> Path:
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return given if given.is_absolute() else Path.home() / ".cache"


def _processor() -> str:
    """A name for this kind of processor: a home folder may be shared by machines that cannot run each other's code."""
    described = platform.machine()
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
        described += next((line for line in text.splitlines() if line.startswith(("flags", "Features"))), "")
    except OSError:
        described += platform.processor()
    return f"{platform.machine() or 'cpu'}-{hashlib.sha256(described.encode()).hexdigest()[:8]}"


def _drop_oldest(folder: Path) -> None:
    """Keep the folder small: a few files come with each shape of network."""
    files = list(folder.glob("*-cache"))
    if len(files) > _MOST_FILES:
        for path in sorted(files, key=lambda path: path.stat().st_mtime)[: len(files) - _MOST_FILES // 2]:
            path.unlink(missing_ok=True)
