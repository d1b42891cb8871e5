"""The same input, the same bytes: whatever the hash seed, the folder, the locale, the time zone and the user."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
NOBODY = 65534
ZONES = ("UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Chatham", "UTC")


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every user may enter and write to, as pytest's own is not."""
    made = Path(tempfile.mkdtemp(prefix="same-bytes-"))
    made.chmod(0o777)
    yield made
    shutil.rmtree(made)


def locales() -> tuple[str, ...]:
    """C, and one with other marks, names and order where the system has it."""
    listed = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout.split()
    german = [name for name in listed if name.startswith("de_DE")]
    return ("C", *(german[:1] or ["C.UTF-8"]))


def nobody() -> list[str]:
    """What takes on another user, who may read this Python wherever it lies; empty where that cannot be done."""
    may_read = [f"--{kind}-caps=+dac_read_search" for kind in ("inh", "ambient")]
    command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *may_read]
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("setpriv") is None:
        return []
    done = subprocess.run([*command, sys.executable, "-c", "import numpy"], cwd="/", capture_output=True, check=False)
    return command if done.returncode == 0 else []


def report(example: str, place: Path, number: int, user: list[str]) -> bytes:
    """The page that one run makes, in one of two folders, in surroundings of its own."""
    folder, home = place / ("first", "another one")[number % 2], place / f"home {number}"
    home.mkdir(mode=0o777)
    home.chmod(0o777)
    if not folder.exists():
        shutil.copytree(EXAMPLES / example, folder, ignore=shutil.ignore_patterns("*.html", "*.pdf"))
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(EXAMPLES.parent),
        "PYTHONDONTWRITEBYTECODE": "1",
        "SOURCE_DATE_EPOCH": "1700000000",
        "PYTHONHASHSEED": str(number),
        "LC_ALL": locales()[number % 2],
        "TZ": ZONES[number],
        "HOME": str(home),
        "TMPDIR": str(home),
    }
    command = [sys.executable, "-m", "reportgen", "run", str(folder / "experiment.yaml"), "-o", str(home / "r.html")]
    done = subprocess.run([*user, *command], env=environment, cwd=home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return (home / "r.html").read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("example", ["fuel-economy", "weather"])
def test_five_hash_seeds_two_folders_two_locales_and_two_users_make_one_page(example: str, place: Path) -> None:
    other = nobody()
    made = {report(example, place, number, other if number == 4 else []) for number in range(5)}
    assert len(made) == 1
