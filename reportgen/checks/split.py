"""Checks of the split: whether the test rows are enough, new to the model, and like the training rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reportgen import statistics
from reportgen.checks import Verdict, check, failed, passed
from reportgen.checks._table import sizes, worst
from reportgen.checks._words import named, several
from reportgen.dataset import Kind, Splits
from reportgen.errors import NotApplicable
from reportgen.profile.rows import fingerprints
from reportgen.results import Run
from reportgen.text import fixed, in_sentence, one_line, percent, plural

#: The chance of a false alarm that all columns together are allowed.
FALSE_ALARM = 0.001
#: Rows of each part that are compared at most, evenly spread.
SAMPLE = 20_000
#: A share of test rows that also stand in train from which no score can be believed.
MANY_SHARED = 0.05


def _splits(run: Run) -> Splits:
    if run.splits is None:
        raise NotApplicable("nothing was split")
    if not len(run.splits.train) or not len(run.splits.test):
        raise NotApplicable("a part is empty")
    return run.splits


def _classes(run: Run) -> tuple[str, ...]:
    if run.task is None or not run.task.is_classification:
        raise NotApplicable("for classes only")
    return run.task.labels


@check(
    group="split",
    severity="warning",
    threshold=50,
    unit="test rows, of the rarest class",
    title="Size of the test set",
    meaning="On few rows a score is a rough estimate: one row more or less moves it visibly.",
    remedy="Raise split.test, or collect more rows; read the intervals, not the digits.",
    rank=14,
)
def test_too_small(run: Run, threshold: float) -> Verdict:
    """Test rows, of the class that has fewest of them."""
    test = _splits(run).test
    if run.task is None or not run.task.is_classification:
        n, whose, metric = len(test), "", "r2"
    else:
        counts = np.bincount(test.y, minlength=len(run.task.labels))
        rarest = int(np.where(counts > 0, counts, len(test) + 1).argmin())
        n, whose, metric = int(counts[rarest]), f" of class {one_line(run.task.labels[rarest], 40)}", "recall"
    rows = plural(n, "row")
    if n >= threshold:
        return passed(f"The test set has {rows}{whose}" if whose else f"The test set has {rows}", n)
    return failed("The test set is small", n, _what_a_row_moves(run, metric, n, f"{rows}{whose}"))


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
    rank=6,
)
def new_labels(run: Run, threshold: float) -> Verdict:
    """Classes of the test or validation rows that no training row has."""
    labels, splits = _classes(run), _splits(run)
    seen = set(np.unique(splits.train.y).tolist())
    others = {int(code) for part in splits.parts.values() for code in np.unique(part.y)} - seen
    names = tuple(labels[code] for code in sorted(others))
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
    """The largest share of test rows whose level no training row has."""
    splits = _splits(run)
    if run.dataset is None:
        raise NotApplicable("there is no table")
    used = set(splits.made_from.values()) or set(splits.feature_names)
    columns = [one for one in run.dataset.features if one.kind is Kind.CATEGORICAL and one.name in used]
    if not columns:
        raise NotApplicable("there is no categorical column")
    shares = []
    for one in columns:
        values = run.dataset.frame[one.name]
        test = values.iloc[splits.test.rows].dropna()
        new = ~test.isin(values.iloc[splits.train.rows].unique())
        shares.append((float(new.sum()) / len(splits.test), one.name))
    found = sorted((pair for pair in shares if pair[0] > threshold), key=lambda pair: (-pair[0], pair[1]))
    if not found:
        return passed("The levels of the test rows were seen in training", max(shares)[0])
    title = several(
        len(found), "column has levels in test that train has not", "columns have levels in test that train has not"
    )
    return failed(title, found[0][0], worst(found, percent), tuple(name for _, name in found))


@check(
    group="split",
    severity="error",
    threshold=0.01,
    unit="share of the test rows",
    title="Overlap of rows",
    meaning="A test row that also stands in train measures memory: the score is too good.",
    remedy="Set clean: {duplicates: drop}, or split by group.",
    rank=4,
)
def row_overlap(run: Run, threshold: float) -> Verdict:
    """Test rows whose prepared features and target are those of a training row."""
    splits = _splits(run)
    train, test = np.sort(_marks(splits, "train")), _marks(splits, "test")
    number = int((train[np.searchsorted(train, test).clip(max=len(train) - 1)] == test).sum())
    share = number / len(test)
    if share <= threshold or number < 2:  # One twin is a coincidence of rounded values.
        return passed("The test rows are new to the model", share)
    # Where rows repeat among the training rows just as often, that is the nature of the table and no leak.
    if float((train[1:] == train[:-1]).mean()) > 0.5:
        raise NotApplicable("the columns take so few different values that rows repeat by chance")
    detail = f"That is {percent(share)} of the test set, equal to a training row in every feature and in the target."
    title = several(number, "test row stands in train too", "test rows stand in train too")
    return failed(title, share, detail, severity="error" if share > MANY_SHARED else "warning")


def _marks(splits: Splits, name: str) -> np.ndarray:
    part = splits.parts[name]
    values = [np.ascontiguousarray(part.X[:, i]) + np.float32(0) for i in range(part.X.shape[1])]
    target = np.asarray(part.y, dtype=np.float64) + 0.0
    columns = [*(value.view(np.uint32).astype(np.int64) for value in values), target.view(np.int64)]
    return fingerprints(columns, len(part))


@check(
    group="split",
    severity="warning",
    threshold=0.1,
    unit="largest gap between the distributions, 0 to 1",
    title="Drift of the features",
    meaning="Test rows from elsewhere measure something else than the training rows taught.",
    remedy="Look how the rows were drawn; split at random unless time or group forbid it.",
    rank=18,
)
def drift(run: Run, threshold: float) -> Verdict:
    """Columns that differ between train and test: Kolmogorov-Smirnov, Bonferroni-corrected over the columns."""
    splits = _splits(run)
    if not splits.feature_names:
        raise NotApplicable("there is no feature")
    train, test = _spread(splits.train.X), _spread(splits.test.X)
    largest: dict[str, float] = {}
    for i, name in enumerate(splits.feature_names):
        gap, p = statistics.kolmogorov_smirnov(train[:, i], test[:, i])
        sure = p < FALSE_ALARM / len(splits.feature_names)
        column = splits.made_from.get(name, name)
        largest[column] = max(largest.get(column, 0.0), gap if sure else 0.0)
    return _drifted([(gap, name) for name, gap in largest.items()], threshold)


def _spread(X: np.ndarray) -> np.ndarray:
    return X[:: -(-len(X) // SAMPLE)]


def _drifted(gaps: Sequence[tuple[float, str]], threshold: float) -> Verdict:
    found = sorted((pair for pair in gaps if pair[0] > threshold), key=lambda pair: (-pair[0], pair[1]))
    if not found:
        return passed("No column differs between train and test beyond chance", max(gaps)[0])
    title = several(len(found), "column differs between train and test", "columns differ between train and test")
    detail = f"Beyond chance, by the largest gap of the distributions: {sizes(found, fixed)}"
    return failed(title, found[0][0], detail, tuple(name for _, name in found))


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
    splits = _splits(run)
    train, test = splits.train.y, splits.test.y
    if run.task is not None and run.task.is_classification:
        counts = np.stack([np.bincount(y, minlength=len(run.task.labels)) for y in (train, test)]).astype(float)
        size, p = statistics.chi_square(counts[:, counts.sum(0) > 0])
    else:
        size, p = statistics.kolmogorov_smirnov(train, test)
    if size > threshold and p < FALSE_ALARM:
        return failed("The target differs between train and test", size, f"Chance alone does so with p = {p:.1g}.")
    return passed("The target is alike in train and test", size)
