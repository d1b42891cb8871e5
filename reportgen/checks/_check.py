"""The decorator that makes a check of a function, its record, and what a check answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from reportgen.results import Run, Severity

Topic = Literal["columns", "rows", "time", "split", "target", "training", "evaluation", "record"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found. `title` is a short sentence made from the numbers, `detail` goes on from it.

    `subjects` are the columns, classes or layers concerned, in full; `severity` is set where it depends on the value.
    """

    failed: bool
    title: str
    value: float | None = None
    detail: str = ""
    subjects: tuple[str, ...] = ()
    severity: Severity | None = None


def passed(title: str, value: float | None = None) -> Verdict:
    return Verdict(False, title, value)


def failed(
    title: str,
    value: float | None = None,
    detail: str = "",
    subjects: tuple[str, ...] = (),
    severity: Severity | None = None,
) -> Verdict:
    return Verdict(True, title, value, detail, subjects, severity)


@dataclass(frozen=True)
class Check:
    """A check: called with a `Run` and its threshold it returns a `Verdict`, or raises NotApplicable with the reason.

    Findings stand in the order of what they mean for the decision: by severity, then by `rank`, then by how many times
    beyond its threshold the value is, then by name. `rank` says what a finding makes of the result, the gravest first:

    1 to 9: it is void. There is no model or the report contradicts itself (1); the test rows were known, by the target
    itself (2), in person (3), by a relative (4), from later on (5) or by the preparation (6); the model is not shown
    to be better than guessing (7); a class cannot be predicted (8).
    10 to 29: it may be wrong. Good for another reason than thought, or measured on too few, other or spoilt rows.
    30 to 59: it holds, and the model could be better, simpler or cheaper.
    60 and above: it holds, and the data deserve a look.
    """

    name: str
    function: Callable[[Run, float], Verdict]
    group: Topic
    severity: Severity
    threshold: float
    unit: str
    title: str
    meaning: str
    remedy: str
    rank: int
    summary: str

    def __call__(self, run: Run, threshold: float | None = None) -> Verdict:
        return self.function(run, self.threshold if threshold is None else threshold)


def check(
    *,
    group: Topic,
    severity: Severity,
    threshold: float,
    title: str,
    meaning: str,
    remedy: str,
    unit: str = "",
    rank: int = 70,
) -> Callable[[Callable[[Run, float], Verdict]], Check]:
    """Make a check of a function `(run, threshold) -> Verdict`; its name is the key in `checks:`.

    `title` names the check where there is no finding to speak of; `unit` is that of the threshold.
    """

    def make(function: Callable[[Run, float], Verdict]) -> Check:
        return Check(
            name=function.__name__,
            function=function,
            group=group,
            severity=severity,
            threshold=threshold,
            unit=unit,
            title=title,
            meaning=meaning,
            remedy=remedy,
            rank=rank,
            summary=(function.__doc__ or "").partition("\n")[0],
        )

    return make
