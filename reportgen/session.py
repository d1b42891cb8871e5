"""How a run is executed: who watches, who may stop it, where the model lives, how long each stage took."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reportgen.errors import Interrupted, Terminated
from reportgen.results import FigureData, Run

#: Told when a stage has filled its part of the Run: profiled, prepared, fitted, scored.
Observer = Callable[[str, Run], None]


def unobserved(stage: str, run: Run) -> None:
    """Nobody draws while the run goes on."""


class Silent:
    """The progress of a run that nobody watches; the command line shows one of its own."""

    def stage(self, name: str) -> None:
        """A stage begins."""

    def done(self, detail: str) -> None:
        """The stage that began last has ended, with these results."""

    def epoch(self, event: Mapping[str, Any]) -> None:
        """Training has reached an epoch."""

    def verdict(self, paragraphs: Sequence[str]) -> None:
        """The report is written, and this is what it says first."""


@dataclass
class Stop:
    """The user's wish to stop. While a network trains the first one ends training at the next batch."""

    training: bool = False
    signal: int | None = None

    def __call__(self, number: int, _frame: object = None) -> None:
        """As a signal handler."""
        if self.training and self.signal is None:
            self.signal = number
            return
        raise Terminated if number == signal.SIGTERM else Interrupted


@dataclass
class Session:
    """How a run is executed: who watches, where the model lives, whether a broken unit is an error."""

    observe: Observer = unobserved
    progress: Silent = field(default_factory=Silent)
    stop: Stop = field(default_factory=Stop)
    inline: bool = False
    strict: bool = False
    #: The numbers of the figures made so far, by the figure's name.
    drawn: Callable[[], Mapping[str, Sequence[FigureData]]] = dict
    seconds: dict[str, float] = field(default_factory=dict)
    #: The git commit of the experiment file and whether it was changed, where that is known; else it is looked up.
    commit: tuple[str | None, bool | None] | None = None
    _began: float = 0.0

    def begin(self, stage: str) -> None:
        """A stage begins; it is shown until the next one begins."""
        self.progress.stage(stage)
        self._began = time.perf_counter()

    def end(self, stage: str, detail: str = "") -> None:
        """The stage is over: count its wall-clock seconds and show what came of it."""
        self.seconds[stage] = round(time.perf_counter() - self._began, 3)
        self.progress.done(detail)
