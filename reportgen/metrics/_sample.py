"""A prediction while it is being scored, and what a way to find an interval gets and gives."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from reportgen.clusters import Clusters, clusters
from reportgen.errors import NotApplicable
from reportgen.metrics._counts import Counts, draw
from reportgen.metrics._label_counts import draw as draw_labels
from reportgen.results import Prediction


class Estimate(NamedTuple):
    """An interval and the name of its method."""

    low: float
    high: float
    method: str


@dataclass(frozen=True)
class Sample:
    """A prediction to be scored. Its random streams depend on the seed and a name alone."""

    prediction: Prediction
    confidence: float
    seed: int
    season: int = 1

    def rng(self, name: str) -> np.random.Generator:
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])

    @cached_property
    def clusters(self) -> Clusters | None:
        """The groups or blocks of rows that depend on each other; raises NotApplicable where they are too few."""
        return clusters(self.prediction, self.season)

    @cached_property
    def cluster_parts(self) -> list[Prediction]:
        """The rows of each cluster as a prediction of their own; one with all rows where they are independent."""
        if self.clusters is None:
            return [self.prediction]
        return [rows_of(self.prediction, rows) for rows in self.clusters.rows]

    @property
    def degrees(self) -> float:
        """Degrees of freedom of a spread that is judged from the clusters; infinite where rows are independent."""
        return np.inf if self.clusters is None else self.clusters.degrees

    def named(self, method: str) -> str:
        """The method, and what it takes as cases where that is not the rows: `Wilson, 37 groups`."""
        return method if self.clusters is None else f"{method}, {self.clusters.told}"

    @cached_property
    def confusion_draws(self) -> Counts:
        """Random confusion matrices like the one seen: drawn once, used by every metric that is made from counts."""
        return draw(self.prediction, self.rng("confusion matrix"), self.clusters)

    @cached_property
    def label_draws(self) -> Counts:
        """Random counts of each label like those seen: drawn once, likewise."""
        return draw_labels(self.prediction, self.rng("label counts"), self.clusters)

    def resamples(self, name: str, count: int) -> Iterator[np.ndarray]:
        """The rows of so many samples drawn with replacement, of whole clusters where rows depend on each other."""
        rng, n = self.rng(name), len(self.prediction.y_true)
        for _ in range(count):
            if self.clusters is None:
                yield rng.integers(0, n, n)
            else:
                drawn = rng.integers(0, self.clusters.count, self.clusters.count)
                yield np.concatenate([self.clusters.rows[one] for one in drawn])

    def quantiles(self, values: np.ndarray, around: float) -> tuple[float, float]:
        """The central quantiles of drawn values, widened where they leave out the value itself.

        Of few clusters they lie farther out (Hesterberg 2015, The American Statistician 69:371-386).
        """
        tail = (1 - self.confidence) / 2 if self.clusters is None else self.clusters.tail(self.confidence)
        low, high = np.quantile(values, [tail, 1 - tail])
        return min(float(low), around), max(float(high), around)

    def need_rows(self, least: int = 2) -> None:
        if len(self.prediction.y_true) < least:
            raise NotApplicable(f"an interval needs {least} rows or more")


def rows_of(prediction: Prediction, rows: np.ndarray) -> Prediction:
    """Some rows of a prediction, as often as they are named."""

    def taken(values: np.ndarray | None) -> np.ndarray | None:
        return None if values is None else values[rows]

    return replace(
        prediction,
        y_true=prediction.y_true[rows],
        y_pred=prediction.y_pred[rows],
        y_score=taken(prediction.y_score),
        rows=taken(prediction.rows),
        step=taken(prediction.step),
        fold=taken(prediction.fold),
        group=taken(prediction.group),
        moment=taken(prediction.moment),
    )


#: Finds the interval of a metric's value on a sample; raises NotApplicable where there is none.
Strategy = Callable[[Sample, float], Estimate]
