"""Every number of a report computed again from the evidence in it, and the file compared with what it should be.

No code of the report is run and no data are opened: the predictions that the report carries are measured, its gates
judged and its tables made again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from reportgen import api, experiment
from reportgen.audit._check import Check
from reportgen.audit.written import content_id, experiment_file, page
from reportgen.document import Document
from reportgen.errors import DataError
from reportgen.results import Run
from reportgen.text import one_line

__all__ = ["Check", "audit"]


def audit(path: str | Path) -> tuple[Check, ...]:
    """Check a report: .html, .pdf or .json.

    Returns:
        One check a thing that was looked at, in the order of a reader's trust: the file, the experiment, the numbers.

    Raises:
        DataError: the file holds no report.
    """
    source = Path(path)
    document = api.read(source).document
    data = source.read_bytes()
    found = [content_id(document, data, source), page(document, data, source), experiment_file(document)]
    return (*found, *_numbers(document))


def _numbers(document: Document) -> Sequence[Check]:
    """What scikit-learn and pandas are needed for, where there is anything to measure."""
    if not document.evidence.scores:
        return (Check("scores", skipped=("the report has none",)),)
    from reportgen.evidence import restored

    try:
        run = restored(document)
    except DataError as error:
        return (Check("evidence", differences=(error.problems[0].what,)),)
    return _measured(run, document)


def _measured(run: Run, document: Document) -> Sequence[Check]:
    from reportgen.audit import measured, shown

    if run.task is None:
        return (Check("evidence", differences=("there are scores, and no task that they are of",)),)
    try:
        scores, again = measured.scores(run)
    except Exception as error:
        return (_stumbled("scores", error),)
    judged = replace(again, gates=experiment.judge(again))
    checks: dict[str, Callable[[], Check]] = {
        "trainings": lambda: measured.trainings(again),
        "gates": lambda: measured.gates(again, document.outcome),
        "tables": lambda: shown.tables(judged, document),
        "verdict": lambda: shown.verdict(judged, document),
        "figures": lambda: shown.figures(judged, document),
    }
    return (scores, *(_tried(name, check) for name, check in checks.items()))


def _tried(name: str, check: Callable[[], Check]) -> Check:
    """The check; what a stranger's evidence makes it stumble over is a difference, too."""
    try:
        return check()
    except Exception as error:
        return _stumbled(name, error)


def _stumbled(name: str, error: Exception) -> Check:
    what = f"what the report carries cannot be computed again ({type(error).__name__}: {one_line(error, 120)})"
    return Check(name, differences=(what,))
