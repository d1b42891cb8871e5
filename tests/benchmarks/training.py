"""Training with every capture on against plain Keras: rows a second, and the most memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

from tests.benchmarks._timing import Command

ROOT = Path(__file__).parents[2]
SCRIPT = str(Path(__file__).with_name("training_script.py"))
SLOWEST, MOST_MEMORY = 0.95, 1.2


def throughput(folder: Path, pairs: int) -> None:
    """The tutorial network on 100,000 rows, and a small convolutional network on images like digits.

    Both find what they compiled in a run before.
    """
    for kind, title in (("mlp", "tutorial network, 100,000 rows"), ("cnn", "convolutional network, 20,000 images")):
        commands = [_command(how, kind, folder) for how in ("ours", "keras")]
        rates = [tuple(map(_rate, commands)) for _ in range(pairs + 1)][1:]
        ours, theirs = (statistics.median(column) for column in zip(*rates, strict=True))
        _told(f"{title}, rows/s", ours, theirs, SLOWEST, reached=ours >= SLOWEST * theirs)
        peaks = [command.peak() for command in commands]
        _told(f"{title}, peak MB", *peaks, MOST_MEMORY, reached=peaks[0] <= MOST_MEMORY * peaks[1])


def _command(how: str, kind: str, folder: Path) -> Command:
    environment = {
        "PYTHONPATH": str(ROOT),
        "JAX_COMPILATION_CACHE_DIR": str(folder / how),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }
    return Command(how, [sys.executable, SCRIPT, how, kind], environment)


def _rate(command: Command) -> float:
    done = subprocess.run(
        command.arguments, env={**os.environ, **command.environment}, capture_output=True, text=True, check=True
    )
    return float(done.stdout.split()[-1])


def _told(title: str, ours: float, theirs: float, reach: float, *, reached: bool) -> None:
    ratio = f"{title:<58} {ours:9,.0f} / {theirs:9,.0f} = {ours / theirs:5.2f} x (reach {reach:.2f})"
    print(ratio + ("" if reached else "  NOT REACHED"))
