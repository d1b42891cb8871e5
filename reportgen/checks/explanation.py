"""Checks of what the model relies on: one column alone, or columns that it does not use."""

from __future__ import annotations

from dataclasses import replace

from reportgen.checks import Verdict, check, failed, passed
from reportgen.checks._words import named, several
from reportgen.errors import NotApplicable
from reportgen.explained import Importances
from reportgen.results import Run
from reportgen.text import percent

_FEWEST_COLUMNS = 3
_UNUSED = 0.01  # of the largest importance
_LEFT = 0.05  # Of the loss without the column, what is left with it where it tells nearly all.


def _importances(run: Run) -> Importances:
    found = run.explained.importances if run.explained else None
    if found is None:
        raise NotApplicable("no columns were shuffled")
    if run.dataset is not None:  # Those that a check ignores are gone from it.
        there = {column.name for column in run.dataset.columns}
        found = replace(found, columns=tuple(one for one in found.columns if one.column in there))
    if len(found.columns) < _FEWEST_COLUMNS:
        raise NotApplicable("there are fewer than three columns")
    if found.columns[0].low <= 0:
        raise NotApplicable("no column makes a clear difference when it is shuffled")
    return found


@check(
    group="evaluation",
    severity="warning",
    threshold=0.95,
    unit="share of the importance",
    title="Reliance on one column",
    meaning="One column that tells nearly all is often known only after the fact, as the target itself is.",
    remedy="Ask when this column is known; if after the target, leave it out.",
    rank=12,
)
def one_column_carries_all(run: Run, threshold: float) -> Verdict:
    """The share of the permutation importance that the first column has, where with it hardly any loss is left."""
    found = _importances(run)
    rises = [max(0.0, one.value) for one in found.columns]
    share, first = rises[0] / sum(rises), found.columns[0]
    if share < threshold or found.before > _LEFT * (found.before + first.value):
        return passed(f"The most important column carries {percent(share, 0)} of the importance", share)
    title = f"One column carries {percent(share, 0)} of what the model relies on: {named([first.column])}"
    return failed(title, share, subjects=(first.column,))


@check(
    group="evaluation",
    severity="notice",
    threshold=0.0,
    unit="columns",
    title="Use of every column",
    meaning="Columns that the model does not use cost effort to collect and can only do harm later.",
    remedy="Try the model without them.",
    rank=75,
)
def unused_columns(run: Run, threshold: float) -> Verdict:
    """Columns whose shuffling surely raises the loss by less than a hundredth of what the first one does."""
    found = _importances(run)
    least = _UNUSED * found.columns[0].value
    unused = tuple(one.column for one in found.columns if max(abs(one.low), abs(one.high)) < least)
    if len(unused) <= threshold:
        return passed("The model uses every column, as far as these rows can tell", len(unused))
    title = f"{several(len(unused), 'column makes', 'columns make')} no difference to the model: {named(unused)}"
    return failed(title, len(unused), subjects=unused)
