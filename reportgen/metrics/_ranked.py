"""Intervals of metrics that rank rows: of two classes, or the macro average over classes or labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from reportgen import statistics
from reportgen.errors import NotApplicable
from reportgen.metrics._sample import Estimate, Sample, Strategy
from reportgen.results import Prediction
from reportgen.statistics import Ranking

_CELLS = 4_000_000  # scores turned together
#: Positive and negative rows, a class against the rest, and their scores (n,) -> value and influences.
Rank = Callable[[np.ndarray, np.ndarray], Ranking]
#: Positive and negative cases and the confidence -> the lower end where a ranking is flawless.
Flawless = Callable[[int, int, float], float]


def macro(ranking: Rank) -> Callable[[Prediction], float]:
    """The value of a ranking metric: binary, or the mean over the classes or labels that occur."""

    def value(prediction: Prediction) -> float:
        return float(np.mean([ranking(*one).value for one in one_by_one(prediction)]))

    return value


def ranked(ranking: Rank, method: str, flawless: Flawless) -> Strategy:
    """The logit interval of a ranking metric: binary, or the macro average over the classes that occur.

    A flawless ranking has no spread to judge by; there `flawless` gives the lower end from the number of positive and
    negative rows and the confidence.
    """

    def strategy(sample: Sample, value: float) -> Estimate:
        error, degrees = _spread(sample, _mean_influence(sample.prediction, ranking))
        if 0 < value < 1 and error > 0:
            bounds = statistics.logit_interval(value, error, sample.confidence, degrees)
            return Estimate(*bounds, sample.named(method))
        if 0 < value < 1:
            raise NotApplicable("every row has the same score")
        rarest, others = _cases(sample)
        bound = flawless(rarest, others, sample.confidence)
        low, high = (bound, 1.0) if value == 1 else (0.0, 1 - bound)
        return Estimate(low, high, sample.named("bound for a flawless ranking"))

    return strategy


def ranked_by_class(ranking: Rank, method: str, flawless: Flawless) -> Strategy:
    """The same from an interval of each class, which is honest where a class has few rows.

    A class's logit interval has one degree of freedom less than it has rows; those of all add up in squares, with the
    correlations of what the rows add (MOVER: Zou and Donner 2008, Statistics in Medicine 27:1693-1702). Where a class
    has five rows this is wide rather than narrow: at 100 rows 98 % of intervals hold the truth, by one standard error
    of the mean it would be 89 %.
    """
    together = ranked(ranking, method, flawless)

    def strategy(sample: Sample, value: float) -> Estimate:
        if sample.clusters is not None or not 0 < value < 1:
            return together(sample, value)
        found = _Reaches(len(sample.prediction.y_true))
        for positive, score in one_by_one(sample.prediction):
            found.add(ranking(positive, score), int(positive.sum()), sample.confidence, flawless)
        if not found.by_row.any():
            raise NotApplicable("every row has the same score")
        below, above = found.together()
        return Estimate(value - below, value + above, sample.named(method))

    return strategy


class _Reaches:
    """What the intervals of the classes reach, added up class by class: of a thousand classes not all are held.

    With the influences u_i scaled to length 1 the correlations are u_i u_j, so that the sum over all pairs of
    reach_i reach_j u_i u_j is the squared length of the sum of reach_i u_i. One without influence has its reach alone.
    """

    def __init__(self, n_rows: int) -> None:
        self.by_row = np.zeros((2, n_rows))  # below, above
        self.alone = np.zeros(2)
        self.classes = 0

    def add(self, one: Ranking, rows: int, confidence: float, flawless: Flawless) -> None:
        # Not by BLAS, whose threads wait for each other longer than so short a sum takes.
        length = float(np.sqrt(np.square(one.influence).sum()))
        reach = np.array(_reach(one.value, length, (rows, len(one.influence) - rows), confidence, flawless))
        self.classes += 1
        if length > 0:
            self.by_row += (reach / length)[:, None] * one.influence
        else:
            self.alone += reach**2

    def together(self) -> tuple[float, float]:
        below, above = np.sqrt((self.by_row**2).sum(axis=1) + self.alone) / self.classes
        return float(below), float(above)


def _mean_influence(prediction: Prediction, ranking: Rank) -> np.ndarray:
    """What each row adds to the mean over the classes, (n,)."""
    total, classes = np.zeros(len(prediction.y_true)), 0
    for positive, score in one_by_one(prediction):
        total += ranking(positive, score).influence
        classes += 1
    return total / classes


def _reach(
    value: float, error: float, cases: tuple[int, int], confidence: float, flawless: Flawless
) -> tuple[float, float]:
    """How far the interval of one class reaches below and above its value; `cases` are of the class and of others."""
    if 0 < value < 1 and error > 0:
        low, high = statistics.logit_interval(value, error, confidence, max(cases[0] - 1, 1))
        return value - low, high - value
    return max(0.0, value - flawless(*cases, confidence)), 0.0


def _spread(sample: Sample, influence: np.ndarray) -> tuple[float, float]:
    """The standard error from what each row adds (n,), and its degrees of freedom.

    Of independent rows each class's part is as sure as it has rows (Satterthwaite 1946, Biometrics Bulletin 2:110-114);
    of clusters their sums are what varies (Obuchowski 1997, Biometrics 53:567-578, of the area under the ROC curve).
    """
    if sample.clusters is not None:
        count = sample.clusters.count
        return float(np.linalg.norm(sample.clusters.sums(influence)) * np.sqrt(count / (count - 1))), sample.degrees
    error = float(np.linalg.norm(influence))
    truth = sample.prediction.y_true
    if truth.ndim == 2 or error == 0:
        return error, np.inf
    parts, rows = np.bincount(truth, weights=influence**2), np.bincount(truth)
    return error, error**4 / float((parts**2 / np.maximum(rows - 1, 1)).sum())


def _cases(sample: Sample) -> tuple[int, int]:
    """Cases of the rarest kind, and all others: rows, or clusters that have such rows."""
    flags = (positive for positive, _ in one_by_one(sample.prediction))
    pairs = [(_count(sample, positive), _count(sample, ~positive)) for positive in flags]
    return min(((min(pair), max(pair)) for pair in pairs), key=lambda pair: pair[0])


def _count(sample: Sample, rows: np.ndarray) -> int:
    return int((rows if sample.clusters is None else sample.clusters.sums(rows) > 0).sum())


def one_by_one(prediction: Prediction) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Which rows are of a class (n,) and their scores for it (n,): of the positive class, or of each that occurs.

    Of several labels those that some rows have and others have not. Some columns are turned at a time, since each by
    itself would be gathered from all over the memory.

    Raises:
        NotApplicable: only one class occurs, or no row; at the first step.
    """
    if prediction.y_score is None:
        raise NotApplicable("the model gives no class probabilities")
    columns = _labels(prediction) if prediction.y_true.ndim == 2 else _classes(prediction)
    step = max(1, _CELLS // len(prediction.y_true))
    for first in range(0, len(columns), step):
        some = columns[first : first + step]
        for column, score in zip(some, np.ascontiguousarray(prediction.y_score[:, some].T), strict=True):
            flags = prediction.y_true[:, column] == 1 if prediction.y_true.ndim == 2 else prediction.y_true == column
            yield flags, score


def _classes(prediction: Prediction) -> np.ndarray:
    codes = np.unique(prediction.y_true)
    if len(codes) < 2:
        raise NotApplicable("only one class occurs in this split" if len(codes) else "no row in this split")
    return np.array([1]) if len(prediction.labels) == 2 else codes


def _labels(prediction: Prediction) -> np.ndarray:
    positive = prediction.y_true == 1
    told = positive.any(axis=0) & ~positive.all(axis=0)
    if not told.any():
        raise NotApplicable("no label that some rows of this split have and others have not")
    return np.flatnonzero(told)
