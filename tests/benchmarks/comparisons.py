"""How often a difference is claimed between models that are equally good, and how long 200 reports take.

`python -m tests.benchmarks.comparisons [--comparisons 500]`
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from reportgen.comparing.sharing import Shared
from reportgen.comparing.testing import TESTED, corrected, tested
from reportgen.dataset import Task
from reportgen.metrics import score_prediction
from reportgen.results import Prediction, Score

COMPARISONS, SEED, REACH = 500, 7, 0.05


class Model:
    """What the tests ask of a report: its scores."""

    def __init__(self, prediction: Prediction, task: Task) -> None:
        found = score_prediction(prediction, task, [name for name in TESTED[task.name] if name != "cost"])
        self._scores = {score.metric: score for score in found}

    def score(self, metric: str) -> Score | None:
        return self._scores.get(metric)


Draw = Callable[[np.random.Generator, int, int], tuple[Task, list[Prediction]]]


def binary(rng: np.random.Generator, n: int, models: int) -> tuple[Task, list[Prediction]]:
    """Models whose scores are the truth and noise, part of which they share: equally good."""
    y_true = (rng.random(n) < 0.4).astype(np.int64)
    y_true[:2] = 0, 1
    common = y_true + rng.normal(0, 0.5, n)
    found = []
    for _ in range(models):
        positive = 1 / (1 + np.exp(-3 * (common + rng.normal(0, 0.4, n) - 0.5)))
        score = np.column_stack([1 - positive, positive])
        found.append(Prediction("test", y_true, (positive >= 0.5).astype(np.int64), score, ("no", "yes"), np.arange(n)))
    return Task("binary", "y", ("no", "yes")), found


def multiclass(rng: np.random.Generator, n: int, models: int) -> tuple[Task, list[Prediction]]:
    """The same of four classes."""
    y_true = rng.integers(0, 4, n)
    y_true[:4] = range(4)
    common = np.eye(4)[y_true] * 1.5 + rng.normal(0, 0.8, (n, 4))
    found = []
    for _ in range(models):
        score = np.exp(common + rng.normal(0, 0.6, (n, 4)))
        score /= score.sum(axis=1, keepdims=True)
        found.append(Prediction("test", y_true, score.argmax(axis=1), score, tuple("abcd"), np.arange(n)))
    return Task("multiclass", "y", tuple("abcd")), found


def regression(rng: np.random.Generator, n: int, models: int) -> tuple[Task, list[Prediction]]:
    """Numbers with errors of a heavy tail, part of which the models share."""
    y_true = rng.normal(0, 3, n)
    common = rng.standard_t(4, n)
    made = [y_true + common + rng.standard_t(4, n) for _ in range(models)]
    return Task("regression", "y"), [Prediction("test", y_true, one, None, (), np.arange(n)) for one in made]


CASES: dict[str, tuple[Draw, int, int]] = {
    "binary, 60 rows": (binary, 60, 2),
    "binary, 400 rows": (binary, 400, 2),
    "multiclass, 200 rows": (multiclass, 200, 2),
    "regression, 100 rows": (regression, 100, 2),
    "binary, 200 rows, 8 reports": (binary, 200, 8),
}


def claimed(draw: Draw, n: int, models: int, comparisons: int, seed: int = SEED) -> int:
    """In how many of the comparisons any difference at all is claimed."""
    found = 0
    for number in range(comparisons):
        task, predictions = draw(np.random.default_rng([seed, number]), n, models)
        shared = Shared(tuple(range(models)), tuple(predictions), task, 0.95, seed + number)
        reports = [Model(prediction, task) for prediction in predictions]
        found += any(one.real for one in corrected([(shared, tested(shared, reports))]))
    return found


def count(comparisons: int) -> None:
    for name, (draw, n, models) in CASES.items():
        start = time.perf_counter()
        wrong = claimed(draw, n, models, comparisons)
        told = f"{wrong:3} of {comparisons} claim a difference (reach {REACH:.0%})"
        print(f"equal models, {name:<32} {told}, {time.perf_counter() - start:5.1f} s")


def benchmark(_folder: Path, _pairs: int) -> None:
    """False claims among 500 comparisons of equally good models, of each kind of task."""
    count(COMPARISONS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--comparisons", type=int, default=COMPARISONS)
    count(parser.parse_args().comparisons)


if __name__ == "__main__":
    main()
