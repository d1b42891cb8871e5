"""Checks of what a model asks for where it is used."""

from __future__ import annotations

from reportgen.checks import Verdict, check, failed, passed
from reportgen.errors import NotApplicable
from reportgen.results import Run
from reportgen.text import significant

#: What one core does in a second, about.
_A_SECOND = 1e9


@check(
    group="evaluation",
    severity="notice",
    threshold=100e6,
    unit="operations a row",
    title="Work of a prediction",
    meaning="A prediction that takes long costs a server for each few users, and may come too late to be of use.",
    remedy="Take a smaller model; of neighbours or kernels, fewer training rows.",
    rank=47,
)
def slow_prediction(run: Run, threshold: float) -> Verdict:
    """Operations that one row's prediction takes, counted from the model; no clock, so that equal runs say the same."""
    operations = run.fitted.operations if run.fitted else None
    if operations is None:
        raise NotApplicable("what a prediction takes is not known")
    told = f"about {significant(operations / 1e6)} million operations"
    if operations <= threshold:
        return passed(f"A prediction takes {told}", operations)
    seconds = significant(operations / _A_SECOND, 2)
    detail = f"At a billion operations a second that is {seconds} s for each row; counted from the model, not timed."
    return failed(f"A prediction takes {told}", operations, detail)
