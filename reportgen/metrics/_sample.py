"""A prediction while it is being scored, and what a way to find an interval gets and gives."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.metrics._blocks import Blocks
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

    @property
    def is_in_time(self) -> bool:
        """Whether the entries follow each other in time, as those of a forecast do."""
        return self.prediction.step is not None

    @cached_property
    def blocks(self) -> Blocks:
        """How the origins of a forecast are resampled; raises NotApplicable where they are too few."""
        return Blocks.of(self.prediction, self.season, self.confidence)

    @cached_property
    def block_draws(self) -> np.ndarray:
        """The blocks drawn, (draws, n_blocks): once, for every metric that is made from means."""
        return self.blocks.starts(self.rng("blocks"))

    def block_means(self, terms: np.ndarray) -> np.ndarray:
        """The mean of the entries' terms (n,) in each draw of blocks."""
        return self.blocks.means(terms, self.block_draws)

    @cached_property
    def confusion_draws(self) -> Counts:
        """Random confusion matrices like the one seen: drawn once, used by every metric that is made from counts."""
        return draw(self.prediction, self.rng("confusion matrix"))

    @cached_property
    def label_draws(self) -> Counts:
        """Random counts of each label like those seen: drawn once, likewise."""
        return draw_labels(self.prediction, self.rng("label counts"))

    def quantiles(self, values: np.ndarray, around: float) -> tuple[float, float]:
        """The central quantiles of drawn values, widened where they leave out the value itself."""
        tail = (1 - self.confidence) / 2
        low, high = np.quantile(values, [tail, 1 - tail])
        return min(float(low), around), max(float(high), around)

    def need_rows(self, least: int = 2) -> None:
        if len(self.prediction.y_true) < least:
            raise NotApplicable(f"an interval needs {least} rows or more")


#: Finds the interval of a metric's value on a sample; raises NotApplicable where there is none.
Strategy = Callable[[Sample, float], Estimate]
