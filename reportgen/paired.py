"""Two models on the same rows: whether one is better, by how much, and what difference these rows could show."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import gammaln

from reportgen import statistics
from reportgen.clusters import Clusters, clusters
from reportgen.dataset import Task
from reportgen.errors import NotApplicable
from reportgen.results import Prediction, Run

#: The squares of larger errors would overflow.
_LARGEST = 1e150
#: Of the mean error, what two fits of one model differ by where one of them saw its features in 32 bits.
_ROUNDING = 1e-5
#: Of a randomisation test, signs of one size that are turned exactly.
_MOST_FLIPS = 2_000


@dataclass(frozen=True, slots=True)
class PairedTest:
    """A model against another on the same rows of one split.

    `difference` is positive where the model is better: of accuracy for classes, of subset accuracy for several labels,
    of the mean absolute error for numbers (then in units of the target), of the mean cost of a row where there are
    costs. `resolvable` is the smallest difference that the test would call significant on these rows. The counts are of
    rows, and None for numbers and costs.
    """

    measure: str  # accuracy | subset accuracy | mae | cost
    other: str
    n: int
    difference: float
    low: float
    high: float
    p_value: float
    resolvable: float
    method: str
    model_right: int | None = None
    other_right: int | None = None
    only_model_right: int | None = None
    only_other_right: int | None = None
    confidence: float = 0.95

    @property
    def significant(self) -> bool:
        return self.p_value <= 1 - self.confidence

    @property
    def measured(self) -> str:
        """The measure in a sentence: `accuracy`, `the mean absolute error`."""
        return {"mae": "the mean absolute error", "cost": "the mean cost of a row"}.get(self.measure, self.measure)


def compare(
    model: Prediction, other: Prediction, task: Task, name: str = "other", confidence: float = 0.95
) -> PairedTest:
    """Test whether the model differs from `other`, called `name`, on the same rows, by what `strongest` goes by.

    Where rows depend on each other, their groups or blocks in time are compared instead.

    Raises:
        NotApplicable: fewer than two rows or five groups, different rows, or errors that are not finite or cannot be
            squared.
    """
    if len(model.y_true) < 2:
        raise NotApplicable("a comparison needs two rows or more")
    if not np.array_equal(model.y_true, other.y_true):
        raise NotApplicable("the two models did not predict the same rows")
    alike = clusters(model) if model.step is None else None
    if alike is not None:
        return _compare_clusters(model, other, alike, task, name, confidence)
    if model.costs is not None and model.costs == other.costs:
        return _compare_costs(model, other, name, confidence)
    if model.step is not None:
        return _compare_forecasts(model, other, name, confidence, task.season)
    return (_compare_errors if task.is_numeric else _compare_hits)(model, other, name, confidence)


#: The baselines, of two that are as good the one that is simpler to explain first.
BASELINES = ("linear", "boosted", "dummy")


def strongest(run: Run) -> str | None:
    """The baseline that does best on the test rows, by cost where there are costs, by right rows, or by mean error.

    Chosen by the test rows themselves, which favours it: the model must beat it all the same.
    """
    there = [name for name in BASELINES if "test" in run.baselines.get(name, {})]
    return min(there, key=lambda name: _badness(run.baselines[name]["test"]), default=None)


def _badness(prediction: Prediction) -> float:
    """The mean cost of a row, the share of wrong rows, or the mean absolute error; infinite where it is no number."""
    if prediction.costs is not None:
        return float(losses(prediction).mean())
    if prediction.labels:
        return 1.0 - float(_hits(prediction.y_pred, prediction.y_true).mean())
    with np.errstate(over="ignore", invalid="ignore"):
        error = float(np.abs(prediction.y_pred - prediction.y_true).mean())
    return error if np.isfinite(error) else np.inf


def losses(prediction: Prediction) -> np.ndarray:
    """What the decision on each row costs, (n,); raises NotApplicable without costs."""
    if prediction.costs is None:
        raise NotApplicable("the experiment file gives no costs")
    false_positive = (prediction.y_true == 0) & (prediction.y_pred == 1)
    false_negative = (prediction.y_true == 1) & (prediction.y_pred == 0)
    return np.asarray(prediction.costs[0] * false_positive + prediction.costs[1] * false_negative, dtype=float)


def _compare_costs(model: Prediction, other: Prediction, name: str, confidence: float) -> PairedTest:
    assert model.costs is not None
    gains = losses(other) - losses(model)
    n = len(gains)
    error = float(gains.std(ddof=1)) / float(np.sqrt(n))
    found = _of_gains(gains, sign_flip_test(gains), _reach(gains, error, confidence), name, confidence)
    # Where hardly a row differs the spread says nothing: as many as would be significant, of the cheaper mistake.
    cheapest = min((cost for cost in model.costs if cost > 0), default=0.0)
    least = statistics.smallest_discordance(0, 1 - confidence) * cheapest / n
    method = "randomisation test of the costs; interval by Student's t"
    return replace(found, measure="cost", method=method, resolvable=max(found.resolvable, least))


def sign_flip_test(values: np.ndarray) -> float:
    """The two-sided p-value that values (n,) of a few sizes are as often positive as negative, of each size.

    Fisher's randomisation test (1935): each sign is turned by chance, and what sums to as much or more is counted.
    Exact where at most two sizes other than zero occur, 2,000 times each at most, and with one size McNemar's; else
    the t-test, which it comes to on many rows.
    """
    sizes, counts = np.unique(np.abs(values[values != 0]), return_counts=True)
    if not len(sizes):
        return 1.0
    if len(sizes) > 2 or counts.max() > _MOST_FLIPS:
        return statistics.t_test(values)
    total, chance = np.zeros(1), np.ones(1)
    for size, count in zip(sizes, counts, strict=True):
        positive = np.arange(count + 1)
        share = np.exp(gammaln(count + 1) - gammaln(positive + 1) - gammaln(count - positive + 1) - count * np.log(2))
        total = np.add.outer(total, size * (2 * positive - count)).ravel()
        chance = np.multiply.outer(chance, share).ravel()
    reached = np.abs(total) >= abs(float(values.sum())) - 1e-9 * float(sizes.max())
    return min(1.0, float(chance[reached].sum()))


def _compare_hits(model: Prediction, other: Prediction, name: str, confidence: float) -> PairedTest:
    right, other_right = (_hits(each.y_pred, model.y_true) for each in (model, other))
    only_model, only_other = int((right & ~other_right).sum()), int((~right & other_right).sum())
    n = len(right)
    low, high = _difference_interval(only_model, only_other, n, confidence)
    return PairedTest(
        measure="subset accuracy" if model.y_true.ndim == 2 else "accuracy",
        other=name,
        n=n,
        difference=(only_model - only_other) / n,
        low=low,
        high=high,
        p_value=statistics.mcnemar(only_model, only_other),
        resolvable=statistics.smallest_discordance(only_model + only_other, 1 - confidence) / n,
        method="exact McNemar test; interval of Agresti and Min (2005)",
        model_right=int(right.sum()),
        other_right=int(other_right.sum()),
        only_model_right=only_model,
        only_other_right=only_other,
        confidence=confidence,
    )


def _hits(y_pred: np.ndarray, y_true: np.ndarray) -> np.ndarray:
    """Which rows are right (n,); of several labels those that are right in each."""
    right = y_pred == y_true
    found: np.ndarray = right.all(axis=1) if right.ndim == 2 else right
    return found


def _difference_interval(first: int, second: int, n: int, confidence: float) -> tuple[float, float]:
    """Agresti & Min 2005 (Statistics in Medicine 24:729-740): Wald after half a row is added to each of four cells."""
    b, c, total = first + 0.5, second + 0.5, n + 2
    centre = (b - c) / total
    half = statistics.normal_quantile(confidence) * np.sqrt(b + c - (b - c) ** 2 / total) / total
    return max(-1.0, float(centre - half)), min(1.0, float(centre + half))


def _gains(model: Prediction, other: Prediction) -> np.ndarray:
    """How much larger the absolute errors of the other are (n,); what 32-bit numbers make of equal ones is nothing."""
    with np.errstate(over="ignore", invalid="ignore"):
        errors = np.abs(other.y_pred - other.y_true)
        gains = errors - np.abs(model.y_pred - model.y_true)
        gains = np.where(np.abs(gains) <= _ROUNDING * errors.mean(), 0.0, gains)
    if not (np.abs(gains) < _LARGEST).all():
        raise NotApplicable("an error is not a finite number, or beyond 1e150")
    found: np.ndarray = gains
    return found


def _compare_forecasts(model: Prediction, other: Prediction, name: str, confidence: float, season: int) -> PairedTest:
    """The mean gain of each origin, in the order of time."""
    assert model.step is not None
    gains = _gains(model, other).reshape(-1, len(np.unique(model.step))).mean(axis=1)
    n = len(gains)
    if n < 2:
        raise NotApplicable("a comparison needs two origins or more")
    p, error = statistics.long_run_t_test(gains, statistics.block_length(n, int(model.step.max()), season))
    found = _of_gains(gains, p, _reach(gains, error, confidence), name, confidence)
    return replace(found, n=len(model.y_true), method="Diebold-Mariano test of the absolute errors")


def _compare_errors(model: Prediction, other: Prediction, name: str, confidence: float) -> PairedTest:
    gains = _gains(model, other)
    error = float(gains.std(ddof=1)) / float(np.sqrt(len(gains)))
    return _of_gains(gains, statistics.t_test(gains), _reach(gains, error, confidence), name, confidence)


def _reach(gains: np.ndarray, error: float, confidence: float) -> float:
    """How far Student's interval of the mean gain reaches, of so large a standard error."""
    return statistics.t_quantile(confidence, len(gains) - 1) * error


def _of_gains(gains: np.ndarray, p: float, half: float, name: str, confidence: float) -> PairedTest:
    """A test of the mean gain, whose interval reaches so far to either side."""
    centre = float(gains.mean())
    return PairedTest(
        measure="mae",
        other=name,
        n=len(gains),
        difference=centre,
        low=centre - half,
        high=centre + half,
        p_value=p,
        resolvable=half,
        method="paired t-test of the absolute errors",
        confidence=confidence,
    )


def _compare_clusters(
    model: Prediction, other: Prediction, alike: Clusters, task: Task, name: str, confidence: float
) -> PairedTest:
    """A t-test of the clusters' mean gains, whatever the measure: of rows that depend on each other none is exact."""
    with_costs = model.costs is not None and model.costs == other.costs
    right, other_right = (_hits(each.y_pred, model.y_true) for each in (model, other))
    if with_costs:
        gains = losses(other) - losses(model)
    else:
        gains = _gains(model, other) if task.is_numeric else right.astype(float) - other_right
    means = alike.means(gains)
    error = float(means.std(ddof=1)) / float(np.sqrt(alike.count))
    p = statistics.t_test(means, alike.degrees)
    half = statistics.t_quantile(confidence, alike.degrees) * error
    found = _of_gains(gains, p, half, name, confidence)
    found = replace(found, method=f"paired t-test, {alike.told}")
    if with_costs:
        return replace(found, measure="cost")
    if task.is_numeric:
        return found
    return replace(
        found,
        measure="subset accuracy" if model.y_true.ndim == 2 else "accuracy",
        resolvable=max(half, statistics.smallest_discordance(0, 1 - confidence) / len(gains)),
        model_right=int(right.sum()),
        other_right=int(other_right.sum()),
        only_model_right=int((right & ~other_right).sum()),
        only_other_right=int((~right & other_right).sum()),
    )
