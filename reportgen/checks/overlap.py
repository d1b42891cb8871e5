"""Checks of what train and test share: rows, groups, times, and the order of the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reportgen.checks import Verdict, check, failed, passed
from reportgen.checks._parts import divided_by, frame, looked_at, splits, used
from reportgen.checks._table import ENOUGH_ROWS, exceeding, need_distinct, profiled
from reportgen.checks._target import order_tells
from reportgen.checks._words import named, several
from reportgen.dataset import Kind, Split
from reportgen.errors import NotApplicable
from reportgen.profile.rows import fingerprints
from reportgen.profile.sample import spread
from reportgen.results import Run
from reportgen.text import fixed, one_line, percent

if TYPE_CHECKING:
    from reportgen.profile import ColumnProfile

#: A share of test rows that also stand in train from which no score can be believed.
MANY_SHARED = 0.05
#: Test rows that are looked for among the training rows, evenly spread, and columns that sort out most of those.
_LOOKED_FOR, _FIRST_COLUMNS = 20_000, 2
#: Values of a group have so many rows on average, at most; those of a category have more.
_GROUP_ROWS = 50
_ID_NAME = re.compile(r"(^|[ _.-])(ids?|uuid|guid|key|code|no|nr)$", re.IGNORECASE)
_CAMEL_ID = re.compile(r"[a-z](Id|ID)$")


@check(
    group="split",
    severity="error",
    threshold=0.01,
    unit="share of the test rows",
    title="Overlap of rows",
    meaning="A test row that also stands in train measures memory: the score is too good.",
    remedy="Set clean: {duplicates: drop}, or split by group.",
    rank=3,
)
def row_overlap(run: Run, threshold: float) -> Verdict:
    """Test rows whose prepared features and target are those of a training row."""
    parts = splits(run)
    if not parts.feature_names:
        raise NotApplicable("no features were prepared")
    test = _evenly(parts.test, _LOOKED_FOR)
    again, marks = _found_again(parts.train, test)
    number = int(again.sum())
    share = number / len(test)
    if share <= threshold or number < 2:  # One twin is a coincidence of rounded values.
        return passed("The test rows are new to the model", share)
    # Where rows repeat among the training rows just as often, that is the nature of the table and no leak.
    if _repeats_itself(parts.train, marks):
        raise NotApplicable("the columns take so few different values that rows repeat by chance")
    if run.profile is not None:
        known = used(run)
        need_distinct([one for one in run.profile.columns if one.name in known or one.is_target], run.profile.n_rows)
    whole = "the test set" if len(test) == len(parts.test) else f"{len(test):,} test rows looked at"
    detail = f"That is {percent(share)} of {whole}, equal to a training row in every feature and in the target."
    title = several(number, "test row stands in train too", "test rows stand in train too")
    return failed(title, share, detail, severity="error" if share > MANY_SHARED else "warning")


def _evenly(part: Split, most: int) -> Split:
    return part if len(part) <= most else _of(part, spread(len(part), most))


def _found_again(train: Split, test: Split) -> tuple[np.ndarray, np.ndarray]:
    """Which test rows (n_test,) a training row equals, and the marks of the training rows that came into question.

    A few columns sort out nearly all training rows, so that the others need not be compared.
    """
    order = _most_different_first(test.X)
    first = order[:_FIRST_COLUMNS]
    asked, seen = _marks(test, first), _marks(train, first)
    wanted = np.unique(asked)
    near = np.flatnonzero(wanted[np.searchsorted(wanted, seen).clip(max=len(wanted) - 1)] == seen)
    marks = _marks(_of(train, near), order)
    there = np.flatnonzero(np.isin(asked, seen[near]))
    again = np.zeros(len(test), bool)
    again[there] = np.isin(_marks(_of(test, there), order), marks)
    return again, marks


def _of(part: Split, rows: np.ndarray) -> Split:
    return Split(part.name, part.X[rows], part.y[rows], part.rows[rows])


def _most_different_first(X: np.ndarray) -> np.ndarray:
    few = X[:: -(-len(X) // 500)]
    ordered = np.sort(few, axis=0)
    return np.argsort(-(ordered[1:] != ordered[:-1]).sum(axis=0), kind="stable")


def _marks(part: Split, columns: np.ndarray) -> np.ndarray:
    values = [np.ascontiguousarray(part.X[:, i]) + np.float32(0) for i in columns]
    targets = np.atleast_2d(np.asarray(part.y, dtype=np.float64).T) + 0.0
    seen = [
        *(value.view(np.uint32).astype(np.int64) for value in values),
        *(np.ascontiguousarray(target).view(np.int64) for target in targets),
    ]
    return fingerprints(seen, len(part))


def _repeats_itself(train: Split, marks: np.ndarray) -> bool:
    """Whether most training rows have a twin in train."""
    members = np.unique(marks, return_counts=True)[1]
    return int((members - 1).sum()) > 0.5 * len(train)


@check(
    group="split",
    severity="warning",
    threshold=0.01,
    unit="share of the test rows",
    title="Overlap of groups",
    meaning="A test row of somebody whom the model knows is easier than one of a stranger: the score is too good.",
    remedy="Set split: {by: group, column: NAME}.",
    rank=4,
)
def group_overlap(run: Run, threshold: float) -> Verdict:
    """Test rows whose group, or repeated id, also has training rows."""
    table, parts, (by, column) = frame(run), splits(run), divided_by(run)
    if by == "time":
        raise NotApplicable("what comes later may be of whom came before")
    chosen = column if by == "group" else None
    groups = [one.name for one in profiled(run).columns if one.name == chosen or _names_group(one)]
    if not groups:
        raise NotApplicable("there is no group, and no id that comes twice")
    rows = looked_at(parts.test)
    shared = [(_shared(table[name], parts.train.rows, rows), name) for name in groups]
    words = (
        "column has groups in train and test",
        "columns have groups in train and test",
        "No group stands in train and test",
    )
    verdict = exceeding(shared, threshold, words, percent)
    grave = verdict.failed and chosen in verdict.subjects
    return failed(verdict.title, verdict.value, verdict.detail, verdict.subjects, "error") if grave else verdict


def _names_group(column: ColumnProfile) -> bool:
    """A declared id that comes twice; a column called an id, with some rows for each of many values."""
    if column.is_target or not ENOUGH_ROWS <= column.distinct < column.count:
        return False
    if column.kind is Kind.ID:
        return True
    is_named = bool(_ID_NAME.search(column.name) or _CAMEL_ID.search(column.name))
    countable = column.kind is Kind.CATEGORICAL or (column.kind is Kind.NUMERIC and column.whole)
    return is_named and countable and column.count <= _GROUP_ROWS * column.distinct


def _shared(values: pd.Series, train: np.ndarray, test: np.ndarray) -> float:
    asked = values.iloc[test]
    return float((asked.notna() & asked.isin(values.iloc[train].dropna().unique())).to_numpy().mean())


@check(
    group="split",
    severity="notice",
    threshold=0.01,
    unit="share of the test rows",
    title="Overlap in time",
    meaning="The model is trained on rows that come after test rows: it knows what was yet to come.",
    remedy="Set split: {by: time, column: NAME}, if the model is to be used on later rows.",
    rank=5,
)
def time_overlap(run: Run, threshold: float) -> Verdict:
    """Test rows before the last training row, in a split by time or a table in the order of its time."""
    table, parts, (by, chosen) = frame(run), splits(run), divided_by(run)
    if by == "group":
        raise NotApplicable("the split is by group")
    column = chosen if by == "time" else _orders_rows(run)
    if column is None or column not in table:
        raise NotApplicable("no column of times orders the rows")
    times = table[column]
    last, asked = times.iloc[parts.train.rows].max(), times.iloc[parts.test.rows]
    share = float((asked < last).to_numpy(dtype=bool, na_value=False).mean())
    name = named([column])
    if share <= threshold:
        return passed(f"The test rows come after the training rows in {name}", share)
    title = "Test rows come before training rows" if by == "time" else "The split is not in the order of time"
    detail = f"{percent(share)} of the test rows come before the last training row in {name}."
    return failed(title, share, detail, (column,), "error" if by == "time" else None)


def _orders_rows(run: Run) -> str | None:
    """The table's time, where the rows stand in its order; a date of birth does not make a series."""
    profile = profiled(run)
    column = next((one for one in profile.columns if one.name == profile.time_column), None)
    return column.name if column is not None and column.time is not None and column.time.order else None


@check(
    group="split",
    severity="notice",
    threshold=0.3,
    unit="strength of the relation, 0 to 1",
    title="Order of the file",
    meaning="A row number among the features, or a split by position, leaks the target.",
    remedy="Keep row numbers out of the features and split at random; or split by time, if the order is that of time.",
    rank=69,
)
def index_leakage(run: Run, threshold: float) -> Verdict:
    """How strongly the position in the file goes with the target, beyond chance."""
    if divided_by(run)[0] == "time":
        raise NotApplicable("the rows are split in their order")
    table = frame(run)
    strength = order_tells(run, pd.Series(np.arange(len(table))), 1)
    if strength <= threshold:
        return passed("The position of a row does not tell its target", strength)
    assert run.task is not None
    how = "sorted by its target" if run.task.is_numeric else "sorted by its class"
    how = "sorted by a label" if run.task.name == "multilabel" else how
    sort = f"The strength is {fixed(strength, 2)}: 1 in a file {how}, 0 in random order"
    if strength > 0.9:
        sort = "The file looks sorted by it"
    return failed("The position of a row tells its target", strength, f"{sort}.", (one_line(run.task.target),))
