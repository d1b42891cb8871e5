"""Checks of the record: whether the run can be repeated, and whether its rows are the table's."""

from __future__ import annotations

from reportgen.checks import Verdict, check, failed, passed
from reportgen.checks._words import several
from reportgen.errors import NotApplicable
from reportgen.results import Run
from reportgen.text import one_line, percent


@check(
    group="record",
    severity="notice",
    threshold=0,
    unit="folders with changes",
    title="Reproducibility",
    meaning="The commit named in the record is not what was run: files had been changed since.",
    remedy="Commit, then run again.",
    rank=65,
)
def not_reproducible(run: Run, threshold: float) -> Verdict:
    """Whether the experiment's folder had changes that no commit holds."""
    if run.provenance is None or run.provenance.commit is None:
        raise NotApplicable("the experiment is not under version control")
    commit, changed = run.provenance.commit[:12], int(bool(run.provenance.dirty))
    if changed > threshold:
        return failed(
            "The experiment had changes that no commit holds", changed, f"It was run after {one_line(commit)}."
        )
    return passed(f"Everything stands in commit {one_line(commit)}", changed)


@check(
    group="record",
    severity="warning",
    threshold=0.1,
    unit="share of the rows",
    title="Rows lost",
    meaning="Rows that are left out are seldom a random choice: the result holds for the rest alone.",
    remedy="Look at the steps that lost them; fill missing values rather than dropping their rows.",
    rank=29,
)
def rows_lost(run: Run, threshold: float) -> Verdict:
    """The share of the loaded rows that no split holds."""
    if run.splits is None or not run.splits.ledger:
        raise NotApplicable("nothing was prepared")
    ledger = run.splits.ledger
    loaded = ledger[0].rows_in
    later = sum(step.rows_in - step.rows_out for step in ledger if step.name == "later rows")  # Other folds have them.
    lost = loaded - later - sum(map(len, run.splits.parts.values()))
    share = lost / loaded if loaded else 0.0
    if share <= threshold:
        return passed(several(max(lost, 0), "row was left out", "rows were left out"), share)
    worst = max(ledger, key=lambda step: step.rows_in - step.rows_out)
    where = f"{one_line(worst.name, 40)}, from {worst.rows_in:,} to {worst.rows_out:,}"
    detail = f"That is {percent(share)}; most of them in the step {where}."
    return failed(several(lost, "row was left out", "rows were left out"), share, detail)
