"""Gaps between the groups of a column: how often each is selected, how often rightly, and what chance explains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from reportgen import statistics
from reportgen.dataset import Dataset, Task
from reportgen.mistakes import Gap, Group, Grouping, Rate
from reportgen.results import Prediction
from reportgen.slicing.coding import FEWEST_MEMBERS, code_column
from reportgen.slicing.testing import Estimate, difference, fisher, holm, welch, with_interval
from reportgen.slicing.worst import row_losses
from reportgen.text import one_line

_MOST_CLASSES = 4
_SURE = 0.05


class Measure(NamedTuple):
    """A share of the rows that count for it, or a mean: `values` (n,) 0 and 1 or numbers, `counts` (n,) which count."""

    name: str
    values: np.ndarray
    counts: np.ndarray
    is_share: bool = True


class _Pair(NamedTuple):
    """Two groups in one measure of one column, by their places, and how far they are apart."""

    column: int
    measure: int
    low: int
    high: int
    gap: float
    p_value: float


class _Groups(NamedTuple):
    """The rows (n,) of each group of a column, and what the groups are called."""

    column: str
    numbered: bool
    rows: list[np.ndarray]
    names: list[str]


def groupings(
    prediction: Prediction, task: Task, dataset: Dataset, columns: Sequence[str], confidence: float
) -> tuple[Grouping, ...]:
    """The groups of each column on the rows of `prediction`, and the gap between two of them in each measure.

    Every two groups are compared in every measure, and p-values corrected (Holm) for all of it together. The gap that
    is told is the largest beyond chance, else the largest; its interval is at a level raised (Bonferroni) for the pairs
    of the measure, so that it holds although the pair was chosen.
    """
    assert prediction.rows is not None
    found = measures(prediction, task)
    grouped = [_grouped(dataset, name, prediction.rows) for name in columns]
    pairs = [
        pair
        for place, one in enumerate(grouped)
        for number, measure in enumerate(found)
        for pair in _compared(one.rows, measure, place, number)
    ]
    corrected = holm([pair.p_value for pair in pairs], len(pairs))
    sure = [pair._replace(p_value=p) for pair, p in zip(pairs, corrected, strict=True)]
    return tuple(
        _grouping(one, [pair for pair in sure if pair.column == place], found, confidence)
        for place, one in enumerate(grouped)
    )


def _grouping(grouped: _Groups, pairs: Sequence[_Pair], found: Sequence[Measure], confidence: float) -> Grouping:
    groups = [_group(name, rows, found, confidence) for name, rows in zip(grouped.names, grouped.rows, strict=True)]
    return Grouping(
        column=grouped.column,
        numbered=grouped.numbered,
        measures=tuple(measure.name for measure in found),
        groups=tuple(groups),
        gaps=_gaps(pairs, grouped.rows, found, confidence),
        left_out=len(found[0].values) - sum(group.rows for group in groups),
    )


def measures(prediction: Prediction, task: Task) -> list[Measure]:
    """What is compared between groups: rates of a binary task, recalls of classes, mean errors of numbers."""
    everywhere = np.ones(len(prediction.y_true), dtype=bool)
    if task.is_numeric:
        errors = np.asarray(prediction.y_pred, dtype=float) - prediction.y_true
        return [
            Measure("MAE", np.abs(errors), everywhere, False),
            Measure("mean error", errors, everywhere, False),
        ]
    right = 1.0 - row_losses(prediction, task)
    if task.name == "multilabel":
        return [Measure("subset accuracy", right, everywhere)]
    if task.name == "multiclass":
        return [Measure("accuracy", right, everywhere), *_recalls(prediction, right)]
    called, true = prediction.y_pred == 1, prediction.y_true == 1
    return [
        Measure("selection rate", called.astype(float), everywhere),
        Measure("true positive rate", called.astype(float), true),
        Measure("false positive rate", called.astype(float), ~true),
        Measure("precision", true.astype(float), called),
        Measure("accuracy", right, everywhere),
    ]


def _recalls(prediction: Prediction, right: np.ndarray) -> list[Measure]:
    """Of the most frequent classes, in the order of the labels."""
    sizes = np.bincount(prediction.y_true, minlength=len(prediction.labels))
    codes = sorted(np.argsort(-sizes, kind="stable")[:_MOST_CLASSES].tolist())
    return [
        Measure(f"recall of {one_line(prediction.labels[code], 40)}", right, prediction.y_true == code)
        for code in codes
        if sizes[code]
    ]


def _grouped(dataset: Dataset, name: str, rows: np.ndarray) -> _Groups:
    """The groups of a column that are large enough to be shown; those of a sensitive one are numbered."""
    column = dataset.column(name)
    coded = code_column(dataset, column, rows)
    sizes = np.bincount(coded.codes + 1, minlength=len(coded.names) + 1)[1:]
    kept = [code for code in range(len(coded.names)) if sizes[code] >= FEWEST_MEMBERS]
    head = f"{one_line(name, 60)} is '"
    names = [coded.names[code] for code in kept]
    told = [one.removeprefix(head).removesuffix("'") if one.startswith(head) else one for one in names]
    numbered = [f"group {number}" for number in range(1, len(kept) + 1)]
    return _Groups(
        name, column.sensitive, [coded.codes == code for code in kept], numbered if column.sensitive else told
    )


def _values(measure: Measure, inside: np.ndarray) -> np.ndarray:
    return np.asarray(measure.values[inside & measure.counts])


def _estimate(measure: Measure, inside: np.ndarray, confidence: float) -> Estimate:
    values = _values(measure, inside)
    if measure.is_share:
        return with_interval(1.0 - values, True, confidence)
    return Estimate(float(values.mean()), *statistics.mean_interval(values, confidence))


def _group(name: str, inside: np.ndarray, found: Sequence[Measure], confidence: float) -> Group:
    sizes = [len(_values(measure, inside)) for measure in found]
    rates = [
        Rate(size, *_estimate(measure, inside, confidence)) if size >= FEWEST_MEMBERS else None
        for measure, size in zip(found, sizes, strict=True)
    ]
    return Group(name, int(inside.sum()), tuple(rates))


def _compared(parts: Sequence[np.ndarray], measure: Measure, column: int, number: int) -> Iterator[_Pair]:
    """Every two groups of which enough rows count."""
    values = {place: _values(measure, inside) for place, inside in enumerate(parts)}
    means = {place: float(one.mean()) for place, one in values.items() if len(one) >= FEWEST_MEMBERS}
    for pair in combinations(means, 2):
        low, high = sorted(pair, key=lambda place: (means[place], place))
        p = _p_value(values[low], values[high], measure.is_share)
        yield _Pair(column, number, low, high, means[high] - means[low], p)


def _p_value(first: np.ndarray, second: np.ndarray, is_share: bool) -> float:
    """Fisher's exact test of two shares, Welch's t-test of two means."""
    if not is_share:
        return welch(first, second)
    return fisher(int(first.sum()), len(first), int(first.sum() + second.sum()), len(first) + len(second))


def _gaps(
    pairs: Sequence[_Pair], parts: Sequence[np.ndarray], found: Sequence[Measure], confidence: float
) -> tuple[Gap, ...]:
    gaps = []
    for number, measure in enumerate(found):
        mine = [pair for pair in pairs if pair.measure == number]
        if mine:
            chosen = max([pair for pair in mine if pair.p_value <= _SURE] or mine, key=lambda pair: pair.gap)
            gaps.append(_gap(chosen, parts, measure, 1 - (1 - confidence) / len(mine)))
    return tuple(gaps)


def _gap(pair: _Pair, parts: Sequence[np.ndarray], measure: Measure, confidence: float) -> Gap:
    high, low = (_estimate(measure, parts[place], confidence) for place in (pair.high, pair.low))
    return Gap(measure.name, pair.low, pair.high, *difference(high, low), pair.p_value, measure.is_share)
