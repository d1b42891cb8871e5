"""Two models on the same rows: whether one is better, by how much, and what difference these rows could show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reportgen import statistics
from reportgen.dataset import Task
from reportgen.errors import NotApplicable
from reportgen.results import Prediction

#: The squares of larger errors would overflow.
_LARGEST = 1e150


@dataclass(frozen=True, slots=True)
class PairedTest:
    """A model against another on the same rows of one split.

    `difference` is positive where the model is better: of accuracy for classes, of the mean absolute error for numbers
    (then in units of the target). `resolvable` is the smallest difference that the test would call significant on these
    rows. The counts are of rows, and None for a regression.
    """

    measure: str  # accuracy | mae
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


def compare(
    model: Prediction, other: Prediction, task: Task, name: str = "other", confidence: float = 0.95
) -> PairedTest:
    """Test whether the model differs from `other`, called `name`, on the same rows.

    Raises:
        NotApplicable: fewer than two rows, different rows, or errors that are not finite or cannot be squared.
    """
    if len(model.y_true) < 2:
        raise NotApplicable("a comparison needs two rows or more")
    if not np.array_equal(model.y_true, other.y_true):
        raise NotApplicable("the two models did not predict the same rows")
    return (_compare_hits if task.is_classification else _compare_errors)(model, other, name, confidence)


def _compare_hits(model: Prediction, other: Prediction, name: str, confidence: float) -> PairedTest:
    right, other_right = model.y_pred == model.y_true, other.y_pred == other.y_true
    only_model, only_other = int((right & ~other_right).sum()), int((~right & other_right).sum())
    n = len(right)
    low, high = _difference_interval(only_model, only_other, n, confidence)
    return PairedTest(
        measure="accuracy",
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


def _difference_interval(first: int, second: int, n: int, confidence: float) -> tuple[float, float]:
    """Agresti & Min 2005 (Statistics in Medicine 24:729-740): Wald after half a row is added to each of four cells."""
    b, c, total = first + 0.5, second + 0.5, n + 2
    centre = (b - c) / total
    half = statistics.normal_quantile(confidence) * np.sqrt(b + c - (b - c) ** 2 / total) / total
    return max(-1.0, float(centre - half)), min(1.0, float(centre + half))


def _compare_errors(model: Prediction, other: Prediction, name: str, confidence: float) -> PairedTest:
    with np.errstate(over="ignore", invalid="ignore"):
        gains = np.abs(other.y_pred - other.y_true) - np.abs(model.y_pred - model.y_true)
    if not (np.abs(gains) < _LARGEST).all():
        raise NotApplicable("an error is not a finite number, or beyond 1e150")
    n = len(gains)
    half = statistics.t_quantile(confidence, n - 1) * float(gains.std(ddof=1)) / float(np.sqrt(n))
    centre = float(gains.mean())
    return PairedTest(
        measure="mae",
        other=name,
        n=n,
        difference=centre,
        low=centre - half,
        high=centre + half,
        p_value=statistics.t_test(gains),
        resolvable=half,
        method="paired t-test of the absolute errors",
        confidence=confidence,
    )
