"""Checks of the target: its classes, and features that know it too well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.checks import Verdict, check, failed, passed
from reportgen.checks._labels import label_rows, training_rows
from reportgen.checks._table import NEARLY_ALL_DIFFER, counts_rows, exceeding, features, profiled, worst
from reportgen.checks._target import order_tells
from reportgen.checks._words import named, several
from reportgen.dataset import Kind, Task
from reportgen.errors import NotApplicable
from reportgen.profile.association import correlation_ratio
from reportgen.profile.rows import class_codes
from reportgen.results import Run
from reportgen.text import fixed, percent, plural, quoted

if TYPE_CHECKING:
    import pandas as pd

    from reportgen.profile import ColumnProfile


@check(
    group="target",
    severity="error",
    threshold=0.995,
    unit="strength of the relation, 0 to 1",
    title="Leaking features",
    meaning="A feature that alone tells the target is most often made from it, and will not be there when it matters.",
    remedy="Ask how and when the column comes about; leave it out if that is after the target.",
    rank=2,
)
def leaking_feature(run: Run, threshold: float) -> Verdict:
    """Features that alone tell the target: by AUC, Cramér's V, rank correlation or correlation ratio."""
    if run.task is None:
        raise NotApplicable("there is no target")
    if run.task.name == "forecast":
        raise NotApplicable("a forecast sees the features of past steps alone")
    related = [_related(run, one, threshold) for one in features(run) if one.relation is not None and _used(run, one)]
    if not related:
        raise NotApplicable("no feature could be related to the target")
    found = sorted((one for one in related if one[0] > threshold), key=lambda one: (-one[0], one[1]))
    if not found:
        value, name, measure = max(related)
        return passed(f"The best single feature is {named([name])} ({measure} {fixed(value)})", value)
    title = several(len(found), "feature alone tells the target", "features each tell the target alone")
    detail = worst([(value, f"{name}: {measure}") for value, name, measure in found], fixed)
    return failed(title, found[0][0], detail, tuple(name for _, name, _ in found))


def _used(run: Run, column: ColumnProfile) -> bool:
    """Whether a model can see the column: the one whose groups decide the split it cannot."""
    return run.spec.split.by != "group" or column.name != run.spec.split.column


def _related(run: Run, column: ColumnProfile, threshold: float) -> tuple[float, str, str]:
    """(strength, column, measure) of a column that has a relation.

    The AUC of a column is that of the class it tells best. With several classes, telling one of them apart is common
    and no leak, so there the strongest columns are measured again by how much of their variance the classes explain.
    """
    assert column.relation is not None
    assert run.task is not None
    if run.task.name != "multiclass" or column.relation.name != "AUC" or column.relation.value <= threshold:
        of = f" with the label {named([column.relation.label])}" if run.task.name == "multilabel" else ""
        return column.relation.value, column.name, column.relation.name + of
    assert run.dataset is not None
    values = _numbers(run.dataset.frame[column.name])
    codes = class_codes(run.dataset.frame[run.task.target], run.task.labels)
    kept = np.isfinite(values) & (codes >= 0)
    ratio = correlation_ratio(codes[kept], values[kept])
    return ratio or 0.0, column.name, "correlation ratio"


def _numbers(series: pd.Series) -> np.ndarray:
    """Numbers, or times in seconds, NaN where missing."""
    if series.dtype.kind != "M":
        return np.asarray(series.to_numpy("float64", na_value=np.nan))
    return np.asarray(np.where(series.notna(), series.to_numpy().astype("datetime64[s]").astype(np.float64), np.nan))


def _classes(run: Run) -> dict[str, int]:
    if run.task is None or not run.task.is_classification:
        raise NotApplicable("for classes only")
    counts = {label: rows for label, rows in profiled(run).class_counts.items() if rows}
    if len(counts) < 2:
        raise NotApplicable("fewer than two classes occur")
    return counts


@check(
    group="target",
    severity="warning",
    threshold=10,
    unit="rows of the largest class for one of the smallest",
    title="Class imbalance",
    meaning="A model can be right nearly always by never naming the small class; accuracy then says nothing.",
    remedy="Judge by recall, PR AUC and balanced accuracy; weight the classes.",
    rank=23,
)
def class_imbalance(run: Run, threshold: float) -> Verdict:
    """Rows of the largest class for each row of the smallest; of several labels rows without one for each with it."""
    if run.task is not None and run.task.name == "multilabel":
        return _label_imbalance(run, threshold)
    counts = _classes(run)
    largest, smallest = max(counts, key=lambda label: counts[label]), min(counts, key=lambda label: counts[label])
    ratio = counts[largest] / counts[smallest]
    if ratio > threshold:
        detail = (
            f"{quoted(largest, 40)} has {plural(counts[largest], 'row')}, {quoted(smallest, 40)} {counts[smallest]:,}: "
            f"{percent(counts[smallest] / sum(counts.values()))} of all."
        )
        return failed(f"The largest class is {ratio:.0f} times the smallest", ratio, detail, (smallest,))
    return passed(f"The largest class is {ratio:.1f} times the smallest", ratio)


def _label_imbalance(run: Run, threshold: float) -> Verdict:
    rows = {label: pair for label, pair in label_rows(run).items() if min(pair)}
    if not rows:
        raise NotApplicable("no label that some rows have and others have not")
    found = sorted(((max(pair) / min(pair), label) for label, pair in rows.items()), key=lambda one: (-one[0], one[1]))
    ratio, label = found[0]
    there, without = rows[label]
    if ratio <= threshold:
        return passed(f"The rarest label is {named([label])}, with {percent(there / (there + without))} of rows", ratio)
    uneven = tuple(name for size, name in found if size > threshold)
    title = several(len(uneven), "label is rare, or nearly everywhere", "labels are rare, or nearly everywhere")
    detail = f"{quoted(label, 40)} is in {plural(there, 'row')} and not in {without:,}."
    return failed(title, ratio, detail, uneven)


@check(
    group="target",
    severity="warning",
    threshold=10,
    unit="training rows",
    title="Rare classes",
    meaning="From a handful of rows nothing general is learnt, and nothing can be measured.",
    remedy="Collect more rows of the class, or pool it with another.",
    rank=16,
)
def rare_class(run: Run, threshold: float) -> Verdict:
    """Classes with fewer training rows than the threshold; of all rows where there is no split.

    Of several labels those with fewer rows that have it, or that have it not.
    """
    if run.task is not None and run.task.name == "multilabel":
        return _rare_label(run, threshold)
    counts = _train_classes(run, run.task) if run.splits and "train" in run.splits.parts and run.task else _classes(run)
    if not counts:
        raise NotApplicable("for classes only")
    found = sorted((rows, label) for label, rows in counts.items() if rows < threshold)
    if not found:
        return passed(f"Every class has {min(counts.values()):,} rows or more to learn from", min(counts.values()))
    title = several(len(found), "class has very few rows to learn from", "classes have very few rows to learn from")
    detail = worst(found, lambda rows: plural(int(rows), "row"))
    return failed(title, found[0][0], detail, tuple(label for _, label in found))


def _rare_label(run: Run, threshold: float) -> Verdict:
    trained = run.splits is not None and "train" in run.splits.parts
    counts = training_rows(run) if trained else {name: min(pair) for name, pair in label_rows(run).items()}
    found = sorted((rows, label) for label, rows in counts.items() if rows < threshold)
    fewest = min(counts.values())
    if not found:
        return passed(f"Every label has {fewest:,} rows or more with it, and without it, to learn from", fewest)
    title = several(len(found), "label has very few rows to learn from", "labels have very few rows to learn from")
    detail = worst(found, lambda rows: plural(int(rows), "row"))
    return failed(title, found[0][0], detail, tuple(label for _, label in found))


def _train_classes(run: Run, task: Task) -> dict[str, int]:
    if not task.is_classification or run.splits is None:
        return {}
    rows = np.bincount(run.splits.train.y, minlength=len(task.labels)).tolist()
    occurring = _classes(run)
    return {label: number for label, number in zip(task.labels, rows, strict=True) if label in occurring}


@check(
    group="target",
    severity="warning",
    threshold=0.3,
    unit="strength of the relation, 0 to 1",
    title="Ids and the target",
    meaning="What names a row tells its target: rows were numbered class by class, or the number holds the outcome.",
    remedy="Keep the id out of the features, and find out how the numbers were given.",
    rank=10,
)
def id_predicts_target(run: Run, threshold: float) -> Verdict:
    """Ids, and numbers that count the rows, whose order goes with the target beyond chance."""
    if run.task is None or run.dataset is None:
        raise NotApplicable("there is no target")
    ids = [one for one in profiled(run).columns if not one.is_target and _names_rows(one)]
    if not ids:
        raise NotApplicable("there is no id")
    told = [(order_tells(run, run.dataset.frame[one.name], len(ids)), one.name) for one in ids]
    words = ("id tells the target", "ids tell the target", "No id tells the target")
    return exceeding(told, threshold, words, fixed)


def _names_rows(column: ColumnProfile) -> bool:
    if column.kind is Kind.NUMERIC:
        return counts_rows(column) and column.distinct > NEARLY_ALL_DIFFER * column.count
    return column.kind is Kind.ID and column.count > 0
