"""Where a result comes from: versions, commit, seed and the hashes of data and experiment file.

Nothing here names a machine, a user, a folder or a remote.
"""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from reportgen.errors import UsageError
from reportgen.text import quoted

#: The packages whose version can change a number or a picture.
_PACKAGES = (
    *(
        "reportgen",
        "numpy",
        "pandas",
        "pyarrow",
        "scipy",
        "scikit-learn",
        "keras",
        "jax",
        "jaxlib",
        "tensorflow",
        "torch",
    ),
    *("matplotlib", "jinja2", "markdown-it-py", "nh3", "pydantic", "pyyaml", "weasyprint"),
    *("pillow", "python-calamine", "sqlalchemy"),
)


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a run ran with. `commit` is the git commit of the experiment's folder and `dirty` whether it had changes."""

    seed: int
    spec_sha256: str
    data_name: str
    data_format: str
    data_bytes: int
    data_sha256: str
    python: str
    platform: str
    packages: Mapping[str, str]
    backend: str = ""
    commit: str | None = None
    dirty: bool | None = None
    data_files: Mapping[str, str] = field(default_factory=dict)  # of several: name -> SHA-256
    model_name: str = ""  # of the file that the model came in, where it came in one
    model_bytes: int = 0
    model_sha256: str = ""


def packages() -> dict[str, str]:
    """The installed ones of the packages that matter, with their versions."""
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def system() -> str:
    """The operating system and processor family, such as `Linux x86_64`."""
    return f"{platform.system()} {platform.machine()}"


def python() -> str:
    return f"{platform.python_implementation()} {platform.python_version()}"


def text_sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def source_date_epoch() -> int | None:
    """The moment that reproducible builds count as now, in seconds since 1970; None where none is set.

    Raises:
        UsageError: SOURCE_DATE_EPOCH is not a whole number of seconds.
    """
    text = os.environ.get("SOURCE_DATE_EPOCH")
    if text is None:
        return None
    # Year 9999 is the last that ISO 8601 and PDF dates can show.
    if not (text.isascii() and text.isdigit() and len(text) <= 12 and int(text) <= 253402300799):
        raise UsageError(f"SOURCE_DATE_EPOCH is {quoted(text)}", fix="give whole seconds since 1970, or unset it")
    return int(text)


def commit(folder: Path) -> tuple[str | None, bool | None]:
    """The git commit of a folder and whether the folder has uncommitted changes; None where there is no git."""
    head = _git(folder, "rev-parse", "--verify", "HEAD")
    if not head:
        return None, None
    return head.strip(), bool(_git(folder, "status", "--porcelain", "--untracked-files=no", "--", "."))


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            # The user's own git, wherever it is; it writes nothing, and starts no watcher that the folder names.
            ["git", "--no-optional-locks", "-c", "core.fsmonitor=false", "-C", str(folder), *arguments],  # noqa: S607
            capture_output=True,
            text=True,
            errors="replace",  # file names in any encoding
            timeout=5,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout if done.returncode == 0 else ""
