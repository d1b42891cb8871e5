"""Training with every capture on against plain Keras: rows a second of wall clock and of processor, and memory."""

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
KINDS = {
    "mlp": "tutorial network, 100,000 rows",
    "cnn": "convolutional network, 20,000 images",
    "rnn": "LSTM, 20,000 sequences",
}


def throughput(folder: Path, pairs: int) -> None:
    """The tutorial network on 100,000 rows, a small convolutional network on images like digits, a small LSTM.

    Both find what they compiled in a run before. What other programs do to a machine moves the wall clock by a third
    and hardly touches the time of the processor, which is told beside it.
    """
    for kind, title in KINDS.items():
        commands = [_command(how, kind, folder) for how in ("ours", "keras")]
        rates = [[_rates(command) for command in commands] for _ in range(pairs + 1)][1:]
        for place, of in enumerate(("rows/s", "rows/s of processor time")):
            ours, theirs = (statistics.median(pair[which][place] for pair in rates) for which in (0, 1))
            _told(f"{title}, {of}", ours, theirs, SLOWEST, reached=ours >= SLOWEST * theirs)
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


def _rates(command: Command) -> tuple[float, ...]:
    done = subprocess.run(
        command.arguments, env={**os.environ, **command.environment}, capture_output=True, text=True, check=True
    )
    return tuple(map(float, done.stdout.split()[-2:]))


def _told(title: str, ours: float, theirs: float, reach: float, *, reached: bool) -> None:
    ratio = f"{title:<64} {ours:9,.0f} / {theirs:9,.0f} = {ours / theirs:5.2f} x (reach {reach:.2f})"
    print(ratio + ("" if reached else "  NOT REACHED"))
