"""The progress display: a line a stage on a terminal, nothing in a pipe."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from reportgen.session import Silent
from reportgen.text import one_line

_BAR = 20


class Terminal(Silent):
    """Lines on a terminal: the stage that runs, what came of it, how long it took."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._name = ""
        self._start = 0.0

    def stage(self, name: str) -> None:
        if self._name:
            self.done("")
        self._name, self._start = name, time.perf_counter()
        self._show(f"  {name:<9}")

    def done(self, detail: str) -> None:
        seconds = time.perf_counter() - self._start
        self._show(f"  {self._name:<9} {one_line(detail, 90):<60} {seconds:6.1f} s", end="\n")
        self._name = ""

    def epoch(self, event: Mapping[str, Any]) -> None:
        epoch, epochs = event.get("epoch"), event.get("epochs")
        if not epoch or not epochs:
            return
        trial, number, total = (event.get(key) for key in ("trial", "number", "total"))
        name = f"{trial} {number}/{total}" if trial else "train"
        filled = round(_BAR * epoch / epochs)
        losses = "  ".join(
            f"{label} {event[key]:.4g}"
            for key, label in (("loss", "loss"), ("val_loss", "validation"))
            if event.get(key) is not None
        )
        self._show(f"  {name:<9} {'━' * filled}{'╌' * (_BAR - filled)} {epoch}/{epochs}  {losses}")

    def verdict(self, paragraphs: Sequence[str]) -> None:
        self._stream.write("\n" + "".join(f"  {one_line(text, 1000)}\n" for text in paragraphs) + "\n")

    def _show(self, line: str, end: str = "") -> None:
        # Back to the line's start, and clear what the longer line before it left.
        self._stream.write(f"\r\x1b[2K{line}{end}")
        self._stream.flush()


def progress() -> Silent:
    """A display for a person; a silent one for a pipe, a file or a dumb terminal."""
    import os

    shows = sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    return Terminal() if shows else Silent()
