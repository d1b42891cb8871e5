"""What every threshold makes of the scores of a binary task, and how sure that is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from reportgen.figures._data import Plain, plain, thin

_MOST_BANDED = 25  # cuts that a band is made of


class Cuts(NamedTuple):
    """Calling positive what scores at or above each distinct score, the highest first; before them nothing at all.

    `threshold`, `hits` and `alarms` (true and false positives) are (n_cuts + 1,); the first threshold is infinite.
    """

    threshold: np.ndarray
    hits: np.ndarray
    alarms: np.ndarray

    @property
    def positives(self) -> int:
        return int(self.hits[-1])

    @property
    def negatives(self) -> int:
        return int(self.alarms[-1])

    @property
    def rows(self) -> int:
        return self.positives + self.negatives

    def at(self, places: np.ndarray) -> Cuts:
        """The cuts at these places; the first and the last must be among them."""
        return Cuts(*(values[places] for values in self))

    def few(self) -> Cuts:
        """So many of them as a band can be drawn from, evenly spread over the rows that are called positive."""
        called = self.hits + self.alarms
        if len(called) <= _MOST_BANDED:
            return self
        places = np.searchsorted(called, np.linspace(0, called[-1], _MOST_BANDED))
        return self.at(np.unique(np.append(places, len(called) - 1)))


def cuts(y_true: np.ndarray, y_score: np.ndarray) -> Cuts:
    """Of y_true (n,) of 0 and 1 and the scores (n,) of 1: one cut a distinct score, and one above all."""
    order = np.argsort(-np.asarray(y_score, dtype=float), kind="stable")
    scores = np.asarray(y_score, dtype=float)[order]
    ends = np.append(np.flatnonzero(np.diff(scores)), len(scores) - 1)
    hits = np.cumsum(y_true[order] == 1)[ends]
    alarms = ends + 1 - hits
    return Cuts(np.append(np.inf, scores[ends]), np.append(0, hits), np.append(0, alarms))


def wilson_ends(successes: np.ndarray, trials: np.ndarray | int, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's interval of each of several shares, (n,) each; 0 to 1 where nothing was tried."""
    from reportgen.statistics import wilson  # brings SciPy, which the process that draws does without

    pairs = zip(successes.tolist(), np.broadcast_to(trials, successes.shape).tolist(), strict=True)
    bounds = np.array([wilson(hits, tried, confidence) for hits, tried in pairs])
    return bounds[:, 0], bounds[:, 1]


def band(x: np.ndarray, ends: tuple[np.ndarray, np.ndarray]) -> dict[str, Plain]:
    """A band as the facts of a figure hold it: two heights at each x."""
    return {"x": plain(x, 4), "low": plain(ends[0], 4), "high": plain(ends[1], 4)}


def roc_band(found: Cuts, confidence: float, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and highest true positive rate at each false positive rate of `at`, which increases.

    Of each cut the true rates lie in the rectangle of two Wilson intervals, each at half the error that is allowed
    (Bonferroni); the band joins the outer corners of all rectangles. So it holds the point of the true curve at any one
    rate with the confidence asked for or more, in a flawless ranking too, which a bootstrap calls certain.
    """
    few, each = found.few(), (1 + confidence) / 2
    left, right = wilson_ends(few.alarms, few.negatives, each)
    low, high = wilson_ends(few.hits, few.positives, each)
    # Of corners above each other the outer one counts: the last of the upper ones, the first of the lower.
    last = np.append(np.diff(left) > 0, True)
    first = np.append(True, np.diff(right) > 0)
    return np.interp(at, right[first], low[first]), np.interp(at, left[last], high[last])


def kept(count: int, most: int, *always: int) -> np.ndarray:
    """At most `most` of `count` places, evenly spread, and those that must not be missing."""
    return np.unique(np.append(thin(count, most), always).astype(int))
