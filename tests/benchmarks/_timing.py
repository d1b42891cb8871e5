"""Whole processes timed in turn: A B A B …, so that a machine whose speed drifts slows both."""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Command:
    """A process to time: its arguments and what it gets beside this environment; `before` runs untimed."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    before: Callable[[], None] = lambda: None

    def seconds(self) -> float:
        """Wall-clock seconds from start to exit."""
        self.before()
        start = time.perf_counter()
        done = subprocess.run(
            self.arguments, env={**os.environ, **self.environment}, capture_output=True, text=True, check=False
        )
        seconds = time.perf_counter() - start
        if done.returncode:
            sys.exit(f"{self.name} failed:\n{done.stderr}")
        return seconds

    def peak(self) -> float:
        """The most memory, in MB, that the process and its children held at one time.

        Pages that they share count once (the proportional set size), looked at every 10 ms.
        """
        self.before()
        process = subprocess.Popen(
            self.arguments,
            env={**os.environ, **self.environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        most = 0
        while process.poll() is None:
            most = max(most, sum(map(_proportional, _family(process.pid))))
            time.sleep(0.01)
        if process.returncode:
            sys.exit(f"{self.name} failed with {process.returncode}")
        return most / 1000


def compare(title: str, first: Command, second: Command, pairs: int, reach: float) -> None:
    """Time both in turn after one warm-up each and print medians and their ratio."""
    first.seconds()
    second.seconds()
    times = [(first.seconds(), second.seconds()) for _ in range(pairs)]
    medians = [statistics.median(column) for column in zip(*times, strict=True)]
    ratio = medians[0] / medians[1]
    spread = sorted(a / b for a, b in times)
    print(
        f"{title:<58} {medians[0]:7.3f} s / {medians[1]:7.3f} s = {ratio:5.2f} x "
        f"(pairs {spread[0]:.2f} to {spread[-1]:.2f}, reach {reach:.2f}){'' if ratio <= reach else '  NOT REACHED'}"
    )


def _family(first: int) -> list[Path]:
    """A process and all that descend from it."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError, IndexError):  # It ended meanwhile.
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    found = {first}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return [Path("/proc") / str(process) for process in found]


def _proportional(folder: Path) -> int:
    """Kilobytes."""
    with contextlib.suppress(OSError):
        for line in (folder / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
