"""The errors of a forecast at each step ahead by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from reportgen import registry
from reportgen.metrics._metric import Metric
from reportgen.metrics._sample import Sample, rows_of
from reportgen.results import Prediction, Score

NAMES = ("mae", "rmse", "r2", "mase")
#: Steps with scores of their own; of a longer horizon as many evenly spread, the first and the last among them.
_MOST_STEPS = 60


def score_steps(sample: Sample, score: Callable[[Metric, Sample], Score]) -> Iterator[Score]:
    """Four scores a step, with `label` set to `step 1` and so on; `score` measures one metric on one sample."""
    assert sample.prediction.step is not None
    steps = np.unique(sample.prediction.step)
    chosen = np.unique(np.rint(np.linspace(0, len(steps) - 1, min(len(steps), _MOST_STEPS))).astype(int))
    for step in steps[chosen]:
        part = replace(sample, prediction=_at(sample.prediction, int(step)))
        for name in NAMES:
            yield replace(score(registry.load("metrics", name), part), label=f"step {step}")


def _at(prediction: Prediction, step: int) -> Prediction:
    """The entries so many steps ahead."""
    assert prediction.step is not None
    return replace(rows_of(prediction, np.flatnonzero(prediction.step == step)), fold=None)
