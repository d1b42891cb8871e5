"""Checks of the split: whether the test rows are like the training rows, column by column and all together."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reportgen import parallel, statistics
from reportgen.checks import Verdict, check, failed, passed
from reportgen.checks._compare import Difference, categories, numbers
from reportgen.checks._discrimination import Told, told_apart
from reportgen.checks._labels import differing
from reportgen.checks._parts import SAMPLE, divided_by, frame, looked_at, need_independent, splits, used
from reportgen.checks._table import FALSE_ALARM, sizes
from reportgen.checks._words import named, several
from reportgen.dataset import Column, Kind
from reportgen.errors import NotApplicable
from reportgen.profile.sample import spread
from reportgen.results import Run
from reportgen.text import fixed, one_line, percent

_MOST_TOLD = 3


@check(
    group="split",
    severity="warning",
    threshold=0.1,
    unit="largest gap of the distributions, or Cramér's V, 0 to 1",
    title="Drift of the features",
    meaning="Test rows from elsewhere measure something else than the training rows taught.",
    remedy="Look how the rows were drawn; split at random unless time or group forbid it.",
    rank=18,
)
def drift(run: Run, threshold: float) -> Verdict:
    """Columns that differ between train and test: Kolmogorov-Smirnov or chi-square, Bonferroni-corrected.

    Numbers, dates and the lengths of texts by their distributions, categories by the rows of their levels, all by their
    missing values too. The rows compared are at most 20,000 of each part, of many columns fewer, evenly spread.
    """
    need_independent(run)
    columns = _compared(run)
    train, test = (looked_at(part, len(columns)) for part in (splits(run).train, splits(run).test))
    table = frame(run)

    def compare(column: Column) -> Difference:
        return _difference(column, table[column.name].iloc[train], table[column.name].iloc[test])

    found = parallel.each(compare, columns)
    # A column is tested twice: by its values and by its gaps.
    sure = [(one if one.p < FALSE_ALARM / (2 * len(columns)) else one.none()) for one in found]
    sure.sort(key=lambda one: (-one.size, one.name))
    worst = [one for one in sure if one.size > threshold]
    if not worst:
        return passed("No column differs between train and test beyond chance", sure[0].size)
    title = several(len(worst), "column differs between train and test", "columns differ between train and test")
    pairs = [(one.size, one.name) for one in worst]
    detail = f"Beyond chance, by the largest gap: {sizes(pairs, fixed)} {_measures(worst[:_MOST_TOLD])}"
    return failed(title, worst[0].size, detail, tuple(one.name for one in worst))


def _compared(run: Run) -> list[Column]:
    """The columns that features were made from; the one whose order made the split differs by design."""
    kept = used(run)
    by, column = divided_by(run)
    assert run.dataset is not None or kept == set()
    columns = [one for one in run.dataset.features if one.name in kept] if run.dataset is not None else []
    by_design = column if by == "time" else None
    columns = [one for one in columns if one.name != by_design and one.kind is not Kind.IMAGE]
    if not columns:
        raise NotApplicable("there is no feature to compare")
    return columns


def _difference(column: Column, train: pd.Series, test: pd.Series) -> Difference:
    if column.kind in (Kind.CATEGORICAL, Kind.BOOLEAN):
        return categories(column.name, train, test)
    return numbers(column.name, *(_as_numbers(column.kind, one) for one in (train, test)))


def _as_numbers(kind: Kind, values: pd.Series) -> np.ndarray:
    """Numbers as they are, times in seconds, texts by their length; NaN where missing."""
    if kind is Kind.TEXT:
        return values.str.len().to_numpy(dtype=float, na_value=np.nan)
    if kind is Kind.DATETIME:
        stamps = values.to_numpy()
        return np.where(np.isnat(stamps), np.nan, stamps.astype("datetime64[us]").astype(np.int64) / 1e6)
    return values.to_numpy(dtype=float, na_value=np.nan)


def _measures(worst: list[Difference]) -> str:
    return " ".join(f"{one_line(one.name, 40)}: {one.told()}." for one in worst)


@check(
    group="split",
    severity="warning",
    threshold=0.1,
    unit="Cramér's V or largest gap, 0 to 1",
    title="Drift of the target",
    meaning="A test set with other shares or sizes of the target rewards another model than the training set taught.",
    remedy="Set split: {by: stratified}, which keeps the shares of the classes.",
    rank=17,
)
def label_drift(run: Run, threshold: float) -> Verdict:
    """The difference of the target between train and test, where chance does not explain it."""
    need_independent(run)
    parts = splits(run)
    train, test = parts.train.y, parts.test.y
    if run.task is not None and run.task.name == "multilabel":
        size, p, place = differing(train, test)
        shares = [percent(flags[:, place].mean()) for flags in (train, test)]
        told = f"{shares[0]} of train and {shares[1]} of test have the label {named([run.task.labels[place]])}."
    elif run.task is not None and run.task.is_classification:
        counts = np.stack([np.bincount(y, minlength=len(run.task.labels)) for y in (train, test)]).astype(float)
        size, p = statistics.chi_square(counts[:, counts.sum(0) > 0])
        told = _shares(run.task.labels, counts)
    else:
        train, test = train[spread(len(train), SAMPLE)], test[spread(len(test), SAMPLE)]
        size, p = statistics.kolmogorov_smirnov(train, test)
        told = f"The largest gap between the two distributions is {percent(size)} of the rows."
    if size > threshold and p < FALSE_ALARM:
        return failed("The target differs between train and test", size, told)
    return passed("The target is alike in train and test", size)


def _shares(labels: tuple[str, ...], counts: np.ndarray) -> str:
    """`Class ill has 31 % of train and 52 % of test.`, of the class that differs most."""
    train, test = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    most = int(np.abs(train - test).argmax())
    return f"Class {named([labels[most]])} has {percent(train[most])} of train and {percent(test[most])} of test."


@check(
    group="split",
    severity="warning",
    threshold=0.6,
    unit="ROC AUC of telling test rows from train rows",
    title="Drift of all features together",
    meaning="A model can tell test rows from training rows: they differ in ways that single columns need not show.",
    remedy="Look how the rows were drawn; columns named under Drift of the features come first.",
    rank=18,
)
def multivariate_drift(run: Run, threshold: float) -> Verdict:
    """The cross-validated AUC of a ridge classifier of features, squares and products, against permuted labels."""
    parts = splits(run)
    if divided_by(run)[0] == "time":
        raise NotApplicable("later rows can be told from earlier ones by their time")
    if not parts.feature_names:
        raise NotApplicable("there is no feature")
    if parts.vocabulary is not None:
        raise NotApplicable("word numbers have no size to compare")
    told: Told = told_apart(parts.train.X, parts.test.X, run.spec.seed)
    if told.auc > threshold and told.sure:
        detail = (
            f"Of a training and a test row a classifier finds which is which {percent(told.auc, 0)} of the time, "
            f"on {told.rows:,} rows; with the rows shuffled at most {percent(told.shuffled, 0)}."
        )
        return failed("Test rows can be told from training rows", told.auc, detail)
    return passed("Test rows cannot be told from training rows", max(told.auc, 0.5))
