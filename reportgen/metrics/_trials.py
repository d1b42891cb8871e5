"""What several trials come to: mean, spread and interval of each metric on their test rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from reportgen import registry, statistics
from reportgen.metrics._metric import Metric
from reportgen.results import Spread, Trial


def spreads(trials: Sequence[Trial], confidence: float) -> tuple[Spread, ...]:
    """Each metric that two trials or more have a value of, in the order of the trials' scores.

    Intervals are Student's t on the trials; of folds corrected for the training rows that they share. They end where
    the metric does.
    """
    names = dict.fromkeys(name for trial in trials for name in trial.scores.get("test", {}))
    return tuple(found for name in names for found in _spread(trials, name, confidence))


def _spread(trials: Sequence[Trial], name: str, confidence: float) -> Iterator[Spread]:
    tested = [trial for trial in trials if trial.scores.get("test", {}).get(name) is not None]
    if len(tested) < 2:
        return
    values = np.array([trial.scores["test"][name] for trial in tested], dtype=float)
    shares = [trial.rows["test"] / trial.rows["train"] for trial in tested if trial.kind == "fold"]
    low, high = statistics.trial_interval(values, confidence, float(np.mean(shares)) if shares else 0.0)
    unit: Metric = registry.load("metrics", name)
    low, high = unit.inside(low, high)
    yield Spread(
        metric=name,
        n=len(values),
        mean=float(values.mean()),
        std=float(values.std(ddof=1)),
        smallest=float(values.min()),
        largest=float(values.max()),
        low=low,
        high=high,
    )
