"""Checks of the split: whether the test rows are enough, and whether training saw what they hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import pdtrik

from reportgen import parallel
from reportgen.checks import Verdict, check, failed, passed
from reportgen.checks._parts import frame, labels, looked_at, splits, used
from reportgen.checks._table import FALSE_ALARM, exceeding
from reportgen.checks._words import named, several
from reportgen.dataset import Column, Kind
from reportgen.errors import NotApplicable
from reportgen.profile.rows import encode
from reportgen.results import Run
from reportgen.text import classed, fixed, in_sentence, one_line, percent, plural


@check(
    group="split",
    severity="warning",
    threshold=50,
    unit="test rows, of the rarest class",
    title="Size of the test set",
    meaning="On few rows a score is a rough estimate, and only a large difference between two models can be shown.",
    remedy="Raise split.test, or collect more rows; read the intervals, not the digits.",
    rank=14,
)
def test_too_small(run: Run, threshold: float) -> Verdict:
    """Test rows, of the class that has fewest of them."""
    test = _tested(run)
    if run.task is None or run.task.is_numeric:
        n, whose, metric = len(test), "", "r2"
    elif run.task.name == "multilabel":
        members = test.sum(axis=0)
        rarest = int(members.argmin())
        n, metric = int(members[rarest]), "recall_micro"
        whose = f" with the label {one_line(run.task.labels[rarest], 40)}"
    else:
        counts = np.bincount(test, minlength=len(run.task.labels))
        rarest = int(np.where(counts > 0, counts, len(test) + 1).argmin())
        n, whose, metric = int(counts[rarest]), f" of {one_line(classed(run.task.labels[rarest]), 40)}", "recall"
    rows = plural(n, "row")
    if n >= threshold:
        return passed(f"The test set has {rows}{whose}" if whose else f"The test set has {rows}", n)
    return failed("The test set is small", n, _what_a_row_moves(run, metric, n, f"{rows}{whose}"))


def _tested(run: Run) -> np.ndarray:
    """The truth of the test rows, of folds those of all; of a forecast a value for each origin."""
    pooled = run.predictions.get("test") if run.spec.split.folds else None
    if pooled is None:
        return splits(run).test.y
    return pooled.y_true if pooled.step is None else pooled.y_true[pooled.step == 1]


def _what_a_row_moves(run: Run, metric: str, n: int, rows: str) -> str:
    score = run.score(metric)
    if score is None or score.low is None or score.high is None:
        return f"It has {rows}."
    interval = f"the interval of {in_sentence(score.title)} runs from {fixed(score.low)} to {fixed(score.high)}"
    text = f"With {rows}, {interval}"
    if run.task is not None and run.task.name == "binary":
        text += f": one missed case moves it by {fixed(100 / n, 1)} points"
    return text + "."


@check(
    group="split",
    severity="error",
    threshold=0,
    unit="classes",
    title="New labels",
    meaning="A class that was never seen in training cannot be predicted.",
    remedy="Set split: {by: stratified}, or leave the class out.",
    rank=8,
)
def new_labels(run: Run, threshold: float) -> Verdict:
    """Classes of the test or validation rows that no training row has."""
    names_of, parts = labels(run), splits(run).parts
    seen = {name: np.bincount(part.y, minlength=len(names_of)) > 0 for name, part in parts.items()}
    others = np.logical_or.reduce(list(seen.values())) & ~seen["train"]
    names = tuple(names_of[code] for code in np.flatnonzero(others))
    if len(names) > threshold:
        title = several(len(names), "class was never seen in training", "classes were never seen in training")
        return failed(title, len(names), f"{'It is' if len(names) == 1 else 'They are'} {named(names)}.", names)
    return passed("Every class was seen in training", len(names))


@check(
    group="split",
    severity="warning",
    threshold=0.01,
    unit="share of the test rows",
    title="New levels",
    meaning="A level that was never seen in training is coded as none at all.",
    remedy="Pool rare levels, or stratify.",
    rank=28,
)
def new_levels(run: Run, threshold: float) -> Verdict:
    """Test rows whose level no training row has, where there are more than a random split makes."""
    table, parts, features = frame(run), splits(run), used(run)
    assert run.dataset is not None
    columns = [one for one in run.dataset.features if one.kind is Kind.CATEGORICAL and one.name in features]
    if not columns:
        raise NotApplicable("there is no categorical column")
    few = [looked_at(part, len(columns)) for part in (parts.train, parts.test)]

    def new(column: Column) -> float:
        values = table[column.name]
        if _has_all(values.iloc[few[0]], values.iloc[few[1]]):
            return 0.0
        return _new(values, parts.train.rows, parts.test.rows, FALSE_ALARM / len(columns))

    found = parallel.each(new, columns)
    words = (
        "column has levels in test that train has not",
        "columns have levels in test that train has not",
        "The levels of the test rows were seen in training",
    )
    return exceeding([(share, one.name) for share, one in zip(found, columns, strict=True)], threshold, words, percent)


def _has_all(train: pd.Series, test: pd.Series) -> bool:
    """Whether some training rows have every level of some test rows already."""
    return bool(pd.Series(test.dropna().unique()).isin(train.unique()).all())


def _new(values: pd.Series, train: np.ndarray, test: np.ndarray, chance: float) -> float:
    """The share of test rows with a level that train lacks; 0 where a random split makes as many by chance.

    Of a random row the chance to bring a new level is that of the levels seen once (Good 1953, Biometrika 40:237-264).
    That number varies itself, so that one and two standard deviations are added to it.
    """
    codes, words = encode(values)
    members = np.bincount(codes[train] + 1, minlength=len(words) + 1)[1:]
    asked = codes[test]
    new = int((members[asked[asked >= 0]] == 0).sum())
    lone = int((members == 1).sum()) + 1
    expected = (lone + 2 * lone**0.5) / max(1, len(train)) * len(test)
    return new / len(test) if new > pdtrik(1 - chance, expected) else 0.0
