"""Rows that depend on each other, taken together: groups, or blocks of rows that follow each other in time.

Rows of one patient, or of neighbouring days, are alike: a hundred of them tell less than a hundred independent ones.
What intervals and tests take as cases are then the clusters, which come close to being independent.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from scipy.special import ndtr

from reportgen import statistics
from reportgen.errors import NotApplicable
from reportgen.results import Prediction

FEWEST = 5
#: More groups are put together to so many clusters of nearly equal size, which bounds the cost and loses little.
MOST = 1_000
#: Blocks of time: about as many as rows are in one, and not more, for the more rows in each the less they depend.
_MOST_BLOCKS = 50


@dataclass(frozen=True)
class Clusters:
    """The cluster of each row, `codes` (n,) from 0 to `count` - 1, none of them empty.

    `told` is how many groups, or blocks of how many rows, the clusters are made of.
    """

    codes: np.ndarray
    count: int
    told: str
    kind: Literal["groups", "blocks"]

    @cached_property
    def sizes(self) -> np.ndarray:
        """Rows of each cluster (count,)."""
        return np.bincount(self.codes, minlength=self.count)

    @cached_property
    def degrees(self) -> float:
        """Degrees of freedom of a t-test of the clusters: n² / sum(size²) - 1, which is count - 1 for equal sizes.

        Few clusters that hold most rows decide the variance (Carter, Schnepel and Steigerwald 2017, Review of Economics
        and Statistics 99:698-709, count effective clusters likewise).
        """
        return max(1.0, float(self.sizes.sum() ** 2 / (self.sizes.astype(float) ** 2).sum()) - 1)

    def tail(self, confidence: float) -> float:
        """Which quantile of drawn values ends an interval: by Student's t and sqrt((count + 1) / (count - 1)).

        The Bayesian bootstrap's spread of few clusters is as much too small.
        """
        wider = np.sqrt((self.count + 1) / (self.count - 1)) * statistics.t_quantile(confidence, self.degrees)
        return float(ndtr(-wider))

    def sums(self, terms: np.ndarray) -> np.ndarray:
        """The sum of the rows' terms in each cluster: (count,) of (n,), (count, k) of (n, k)."""
        if terms.ndim == 2:
            return np.stack([self.sums(column) for column in terms.T], axis=1)
        found: np.ndarray = np.bincount(self.codes, weights=terms, minlength=self.count)
        return found

    def means(self, terms: np.ndarray) -> np.ndarray:
        """Values (count,) whose mean is that of the rows' terms (n,) and whose spread is that of its clusters.

        The linearised mean: mean + count (sum in the cluster - rows of it x mean) / n.
        """
        mean = float(terms.mean())
        return np.asarray(mean + self.count / len(terms) * self.sums(terms - mean))

    @cached_property
    def order(self) -> np.ndarray:
        """The rows (n,), those of a cluster together."""
        return np.argsort(self.codes, kind="stable")

    @cached_property
    def rows(self) -> list[np.ndarray]:
        """The rows of each cluster."""
        return np.split(self.order, np.cumsum(self.sizes)[:-1])


def clusters(prediction: Prediction, season: int = 1) -> Clusters | None:
    """The clusters of a prediction's rows; None where the rows are independent. `season` is that of a forecast.

    Raises:
        NotApplicable: fewer than five.
    """
    if prediction.step is not None:
        return _of_origins(prediction.step, season)
    if prediction.group is not None:
        return _of_groups(prediction.group)
    return None if prediction.moment is None else _of_moments(prediction.moment)


def _of_groups(group: np.ndarray) -> Clusters:
    _, codes, sizes = np.unique(group, return_inverse=True, return_counts=True)
    count = len(sizes)
    _require(count, "groups of rows that are alike")
    if count > MOST:  # The largest go each to a cluster of its own first.
        codes = _dealt(sizes)[codes]
    return Clusters(codes, min(count, MOST), f"{count:,} groups", "groups")


def _dealt(sizes: np.ndarray) -> np.ndarray:
    """The cluster of each group: dealt by size, to and fro."""
    place = np.empty(len(sizes), np.int64)
    place[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    turn, seat = np.divmod(place, MOST)
    return np.where(turn % 2 == 0, seat, MOST - 1 - seat)


def _of_moments(moment: np.ndarray) -> Clusters:
    """Blocks of about equally many rows that follow each other; rows of one moment are in one block."""
    _, place, sizes = np.unique(moment, return_inverse=True, return_counts=True)
    _require(len(sizes), "moments in time")
    wanted = _blocks(len(sizes), 1)
    block = ((np.cumsum(sizes) - sizes) * wanted // len(moment))[place]
    _, codes = np.unique(block, return_inverse=True)
    count = int(codes.max()) + 1
    _require(count, "blocks of rows in time")
    return Clusters(codes, count, f"{count} blocks in time", "blocks")


def _of_origins(step: np.ndarray, season: int) -> Clusters:
    """Blocks of consecutive origins of a forecast with all their steps, none shorter than horizon and season.

    Errors of two origins are made of the same values where they are closer than the horizon. A season is held together
    where that leaves ten blocks or more.
    """
    steps = len(np.unique(step))
    origins = len(step) // max(steps, 1)
    shortest = max(int(step.max(initial=1)), season if 2 * FEWEST * season <= origins else 1)
    _require(origins // shortest, f"blocks of {shortest:,} origins, which depend on each other in time")
    count = _blocks(origins, shortest)
    codes = np.repeat(np.arange(origins) * count // origins, steps)
    return Clusters(codes, count, f"{count} blocks of {origins // count:,} origins", "blocks")


def _blocks(units: int, shortest: int) -> int:
    """How many blocks: the root of the units, five to fifty, as far as none gets shorter than it may be."""
    return min(int(np.clip(np.sqrt(units), FEWEST, _MOST_BLOCKS)), units // shortest)


def _require(count: int, what: str) -> None:
    if count < FEWEST:
        raise NotApplicable(f"fewer than {FEWEST} {what}")


def effective_rows(hits: np.ndarray, trials: np.ndarray, confidence: float) -> np.ndarray:
    """How many independent trials tell as much of each share (k,) as the trials (count, k) of clusters do.

    The trials divided by the design effect, and by (t / z)² for the degrees of freedom of the clusters that have any
    (Korn and Graubard 1998, Survey Methodology 24:193-201); never more than there are. A share of 0 or 1 has no
    variance to judge by: there each cluster counts once.
    """
    total, n_hits = trials.sum(axis=0), hits.sum(axis=0)
    used = (trials > 0).sum(axis=0).astype(float)
    share = np.divide(n_hits, total, out=np.zeros(total.shape), where=total > 0)
    factor = used / np.maximum(used - 1, 1)
    spread = factor * ((hits - share * trials) ** 2).sum(axis=0)
    certain = (n_hits == 0) | (n_hits == total)
    rows = np.divide(share * (1 - share) * total**2, spread, out=total.astype(float), where=spread > 0)
    squares = (trials.astype(float) ** 2).sum(axis=0)
    degrees = np.maximum(np.divide(total**2, squares, out=np.ones(total.shape), where=squares > 0) - 1, 1.0)
    quantile = np.array([statistics.t_quantile(confidence, each) for each in degrees])
    rows = np.where(certain, used, rows) * (statistics.normal_quantile(confidence) / quantile) ** 2
    return np.asarray(np.minimum(rows, total))


def quantile_interval(values: np.ndarray, alike: Clusters, at: float, confidence: float) -> tuple[float, float]:
    """The interval of the quantile `at` of values (n,), from the spread of the share of values up to it.

    Woodruff 1952, Journal of the American Statistical Association 47:635-646.
    """
    shares = alike.means((values <= at).astype(float))
    half = statistics.t_quantile(confidence, alike.degrees) * float(shares.std(ddof=1)) / np.sqrt(alike.count)
    low, high = np.clip(float(shares.mean()) + np.array([-half, half]), 0.0, 1.0) * len(values)
    ordered, last = np.sort(values), len(values) - 1
    return float(ordered[max(0, int(np.ceil(low)) - 1)]), float(ordered[min(last, int(np.floor(high)))])
