"""The block bootstrap of forecasts: errors of origins that follow each other are alike, so whole blocks are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import ndtr

from reportgen import statistics
from reportgen.errors import NotApplicable
from reportgen.results import Prediction

#: Draws of blocks: so many, or of many blocks as many as make a million, but never fewer than 400.
_DRAWS, _FEWEST_DRAWS, _MOST_BLOCKS = 2000, 400, 1_000_000
_FEWEST = 3


@dataclass(frozen=True)
class Blocks:
    """Resamples of a forecast's origins: the circular block bootstrap (Politis and Romano 1992).

    Blocks of so many consecutive origins begin anywhere, those at the end go on at the start. All steps ahead of an
    origin stay together. Few blocks understate the spread, so that quantiles are taken farther out: by Student's t for
    the normal distribution and by sqrt(b / (b - 1)) for b blocks (Hesterberg 2015, The American Statistician 69).
    """

    origins: int
    steps: int  # of each origin
    length: int  # of a block, in origins
    confidence: float

    @classmethod
    def of(cls, prediction: Prediction, season: int, confidence: float) -> Blocks:
        """The blocks of a flat forecast.

        Raises:
            NotApplicable: fewer than three blocks.
        """
        assert prediction.step is not None
        steps = len(np.unique(prediction.step))
        origins = len(prediction.step) // max(steps, 1)
        length = statistics.block_length(origins, int(prediction.step.max(initial=1)), season)
        if origins < _FEWEST * length:
            raise NotApplicable(
                f"fewer than {_FEWEST} blocks of {length:,} origins, which depend on each other in time"
            )
        return cls(origins, steps, length, confidence)

    @property
    def method(self) -> str:
        return f"block bootstrap ({self.length:,})"

    def starts(self, rng: np.random.Generator, draws: int | None = None) -> np.ndarray:
        """The first origin of each block (draws, n_blocks)."""
        blocks = -(-self.origins // self.length)
        draws = draws or int(np.clip(_MOST_BLOCKS // blocks, _FEWEST_DRAWS, _DRAWS))
        return rng.integers(0, self.origins, (draws, blocks))

    def means(self, terms: np.ndarray, starts: np.ndarray) -> np.ndarray:
        """The mean of an entry's terms (origins * steps,) in each draw (draws,)."""
        by_origin = terms.reshape(self.origins, self.steps).mean(axis=1)
        middle = by_origin.mean()  # Sums of what lies round 0 lose no digits.
        sums = np.cumsum(np.concatenate([[0.0], np.tile(by_origin - middle, 2)]))
        drawn = (sums[starts + self.length] - sums[starts]).mean(axis=1) / self.length
        found: np.ndarray = middle + drawn
        return found

    def entries(self, starts: np.ndarray) -> np.ndarray:
        """The positions of the entries that one draw of blocks (n_blocks,) takes."""
        origins = (starts[:, None] + np.arange(self.length)).reshape(-1) % self.origins
        found: np.ndarray = (origins[:, None] * self.steps + np.arange(self.steps)).reshape(-1)
        return found

    def quantiles(self, values: np.ndarray, around: float) -> tuple[float, float]:
        """The central quantiles of drawn values, farther out for few blocks; they never leave out the value itself."""
        low, high = np.quantile(values, [self._tail, 1 - self._tail])
        return min(float(low), around), max(float(high), around)

    @cached_property
    def _tail(self) -> float:
        blocks = self.origins / self.length
        return float(ndtr(-np.sqrt(blocks / (blocks - 1)) * statistics.t_quantile(self.confidence, blocks - 1)))
