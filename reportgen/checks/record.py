"""Checks of the record: whether the run can be repeated, and whether its rows are the table's."""

from __future__ import annotations

import numpy as np

from reportgen.checks import Verdict, check, failed, passed
from reportgen.checks._words import several
from reportgen.dataset import Kind, Splits
from reportgen.errors import NotApplicable
from reportgen.results import Run
from reportgen.text import one_line, percent, significant


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


@check(
    group="record",
    severity="error",
    threshold=0.01,
    unit="standard deviations",
    title="What preparation learnt from",
    meaning="A scale learnt from more than the training rows carries the test rows into training: scores are too good.",
    remedy="Report it as a fault of reportgen, with the experiment file.",
    rank=6,
)
def fitted_outside_train(run: Run, threshold: float) -> Verdict:
    """How far standardised features are from mean 0 and standard deviation 1 on the training rows."""
    if run.splits is None or "train" not in run.splits.parts:
        raise NotApplicable("nothing was prepared")
    elsewhere = [step.name for step in run.splits.ledger if step.fitted_on not in ("", "train")]
    if elsewhere:
        return failed(f"The step {one_line(elsewhere[0], 40)} did not learn from the training rows alone", 1.0)
    X, names = _standardised(run, run.splits)
    means, spreads = np.abs(X.mean(axis=0, dtype=float)), X.std(axis=0, dtype=float)
    off = np.maximum(means, np.where(spreads > 0, np.abs(spreads - 1), 0.0))
    worst = float(off.max())
    if worst <= threshold:
        return passed(f"{several(len(names), 'feature was', 'features were')} scaled by the training rows alone", worst)
    at = int(off.argmax())
    name, by_mean = one_line(names[at], 40), means[at] >= off[at]
    found = float(X[:, at].mean(dtype=float) if by_mean else spreads[at])
    what, wanted = ("mean", 0) if by_mean else ("standard deviation", 1)
    detail = f"On the training rows the {what} of {name} is {significant(found)}, and should be {wanted}."
    return failed("Features were scaled by more than the training rows", worst, detail, (name,))


def _standardised(run: Run, splits: Splits) -> tuple[np.ndarray, list[str]]:
    """The training rows of the features that are a numeric column each, standardised: (n, k), and their names."""
    if run.spec.preprocess.numeric != "standard" or splits.shape is not None or run.dataset is None:
        raise NotApplicable("no column is standardised by itself")
    numeric = {column.name for column in run.dataset.columns if column.kind is Kind.NUMERIC}
    places = [place for place, name in enumerate(splits.feature_names) if name in numeric]
    X = splits.train.X[:, places]
    if not X.size or not np.isfinite(X).all():
        raise NotApplicable("no numeric column became a finite feature")
    return X, [splits.feature_names[place] for place in places]
