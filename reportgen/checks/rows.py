"""Checks of whole rows."""

from __future__ import annotations

from reportgen.checks import Verdict, check, failed, passed
from reportgen.checks._table import features, need_distinct, profiled
from reportgen.checks._words import several
from reportgen.errors import NotApplicable
from reportgen.results import Run
from reportgen.text import percent


@check(
    group="rows",
    severity="warning",
    threshold=0.01,
    unit="share of the rows",
    title="Duplicate rows",
    meaning="A row that comes twice counts twice, and may stand in train and test at once.",
    remedy="Set clean: {duplicates: drop}, unless the repeats are real.",
    rank=27,
)
def duplicate_rows(run: Run, threshold: float) -> Verdict:
    """Rows that repeat an earlier one in every column, more than chance would make."""
    profile = profiled(run)
    number = profile.duplicate_rows
    share = number / profile.n_rows
    if share <= threshold:
        return passed(f"{several(number, 'row repeats', 'rows repeat')} an earlier one", share)
    if run.splits is not None and run.spec.clean.duplicates == "drop":
        return passed(f"{several(number, 'row', 'rows')} that repeated an earlier one {_were(number)} dropped", 0.0)
    need_distinct(profile.columns, profile.n_rows)
    return failed(
        f"{several(number, 'row repeats', 'rows repeat')} an earlier one",
        share,
        f"That is {percent(share)} of all rows.",
    )


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


@check(
    group="rows",
    severity="notice",
    threshold=0.01,
    unit="share of the rows",
    title="Near-duplicate rows",
    meaning="Rows that are alike but for case, blanks and the last digits are most often one row written twice.",
    remedy="Bring the values to one form and drop the repeats; or keep twins on one side: split: {by: group}.",
    rank=37,
)
def near_duplicate_rows(run: Run, threshold: float) -> Verdict:
    """Rows that repeat an earlier one but for case, blanks and the seventh digit; exact repeats do not count here."""
    profile = profiled(run)
    number = profile.near_duplicate_rows
    share, title = number / profile.n_rows, several(number, "row nearly repeats", "rows nearly repeat")
    if share <= threshold:
        return passed(f"{title} an earlier one", share)
    need_distinct(profile.columns, profile.n_rows)
    return failed(f"{title} an earlier one", share, f"That is {percent(share)} of all rows.")


@check(
    group="rows",
    severity="warning",
    threshold=0.01,
    unit="share of the rows",
    title="Conflicting labels",
    meaning="Where equal features have different classes, a label is wrong or a feature missing: no model can tell.",
    remedy="Look at the labels of these rows, or add what tells them apart.",
    rank=21,
)
def conflicting_labels(run: Run, threshold: float) -> Verdict:
    """Rows that agree with another in every feature and have another class, or other labels."""
    profile = profiled(run)
    if run.task is None or run.task.is_numeric:
        raise NotApplicable("for classes only")
    share = profile.conflicting_rows / profile.n_rows
    if share <= threshold:
        return passed(f"{several(profile.conflicting_rows, 'row contradicts', 'rows contradict')} another", share)
    need_distinct(features(run), profile.n_rows)
    title = several(profile.conflicting_rows, "row contradicts another", "rows contradict each other")
    what = "classes" if run.task.is_classification else "labels"
    return failed(title, share, f"Their features are equal and their {what} differ: {percent(share)} of all rows.")


@check(
    group="rows",
    severity="warning",
    threshold=0,
    unit="rows",
    title="Empty rows",
    meaning="A row without any feature teaches the mean of the others.",
    remedy="Set clean: {missing: drop}, or mend the file.",
    rank=64,
)
def empty_rows(run: Run, threshold: float) -> Verdict:
    """Rows without any feature value."""
    features(run)
    number = profiled(run).empty_rows
    if number > threshold:
        title = several(number, "row is empty", "rows are empty")
        return failed(title, number, "No feature has a value there.")
    return passed("Every row has a value", number)
