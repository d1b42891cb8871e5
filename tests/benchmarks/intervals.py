"""All metrics and intervals of one report at 100,000 test rows, as `evaluate` computes them, in CPU seconds."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from reportgen.dataset import Task
from reportgen.metrics import score_prediction
from reportgen.results import Prediction
from tests.benchmarks.coverage import BINARY, LABELS, NUMBERS, SERIES, binary, forecast, multilabel, regression

ROWS, REACH, _TIMES = 100_000, 2.0, 3
TEN = Task("multiclass", "y", tuple("abcdefghij"))


def _ten_classes(rng: np.random.Generator, n: int) -> Prediction:
    y = rng.integers(0, 10, n)
    score = rng.random((n, 10))
    score[np.arange(n), y] += 0.4
    score /= score.sum(axis=1, keepdims=True)
    return Prediction("test", y, score.argmax(axis=1), score, TEN.labels)


def _cases(rng: np.random.Generator) -> dict[str, tuple[Prediction, Task]]:
    two, ten = binary(rng, ROWS), _ten_classes(rng, ROWS)
    group, moment = rng.integers(0, ROWS // 20, ROWS), rng.permutation(ROWS)
    return {
        "binary": (two, BINARY),
        "multiclass of 10": (ten, TEN),
        "regression": (regression(rng, ROWS), NUMBERS),
        "multilabel of 3": (multilabel(rng, ROWS), LABELS),
        "forecast, 3 steps": (forecast(rng, ROWS // 3), SERIES),
        "binary, 5,000 groups": (replace(two, group=group), BINARY),
        "multiclass of 10, 5,000 groups": (replace(ten, group=group), TEN),
        "regression in time": (replace(regression(rng, ROWS), moment=moment), NUMBERS),
    }


def benchmark(_folder: Path, _pairs: int) -> None:
    """Every metric of the test rows, per class too, with its interval: the best of three."""
    with threadpool_limits(1):
        for name, (prediction, task) in _cases(np.random.default_rng(0)).items():
            best = min(_seconds(prediction, task) for _ in range(_TIMES))
            missed = "" if best <= REACH else "  NOT REACHED"
            print(f"intervals at {ROWS:,} rows, {name:<34} {best:7.2f} s (reach {REACH:g}){missed}")


def _seconds(prediction: Prediction, task: Task) -> float:
    began = time.process_time()
    score_prediction(prediction, task, per_class=True, strict=True)
    return time.process_time() - began
