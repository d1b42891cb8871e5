"""Intervals and tests that metrics and checks share: numpy and `scipy.special`, vectorised, no randomness.

Intervals are two-sided at `confidence` (0.95 leaves 2.5 % on either side). `scipy.stats` is left out on purpose: it
takes longer to import than everything here takes to compute.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import bdtr, chdtrc, expit, kolmogorov, logit, ndtri, stdtr, stdtrit

Bounds = tuple[float, float]


def normal_quantile(confidence: float) -> float:
    """The half width of a two-sided normal interval, in standard errors: 1.96 for 0.95."""
    return float(ndtri((1 + confidence) / 2))


def t_quantile(confidence: float, degrees: float) -> float:
    """The half width of a two-sided t interval, in standard errors; that of the normal one for infinite degrees."""
    return normal_quantile(confidence) if np.isinf(degrees) else float(stdtrit(degrees, (1 + confidence) / 2))


def wilson(successes: float, trials: float, confidence: float) -> Bounds:
    """The score interval of a proportion (Wilson 1927); (0, 1) where nothing was tried."""
    if trials <= 0:
        return 0.0, 1.0
    z2 = normal_quantile(confidence) ** 2
    share = successes / trials
    centre = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = np.sqrt(z2 * (share * (1 - share) / trials + z2 / (4 * trials**2))) / (1 + z2 / trials)
    # At 0 and at all successes one end is exact; rounding must not put it inside.
    low = 0.0 if successes <= 0 else max(0.0, float(centre - half))
    return low, 1.0 if successes >= trials else min(1.0, float(centre + half))


def mean_interval(values: np.ndarray, confidence: float, degrees: float | None = None) -> Bounds:
    """The interval of the mean of `values` (n,), n >= 2, corrected for their skewness; n - 1 degrees if left out.

    Student's t on Hall's monotone cubic transformation of the studentised mean (Hall 1992, "On the removal of skewness
    by transformation", JRSS B 54:221-228). Row losses are skewed: the plain t interval misses on the high side.
    """
    n = len(values)
    mean, spread = float(values.mean()), float(values.std(ddof=1))
    if spread == 0.0:
        return mean, mean
    skew = float((((values - mean) / spread) ** 3).mean())
    t = t_quantile(confidence, n - 1 if degrees is None else degrees) / np.sqrt(n)
    return mean - spread * _unskewed(t, skew, n), mean - spread * _unskewed(-t, skew, n)


def trial_interval(values: np.ndarray, confidence: float, test_over_train: float = 0.0) -> Bounds:
    """The interval of the mean of a score over several trainings, `values` (k,), k >= 2: Student's t, k - 1 degrees.

    Seeds are independent. Folds share training rows, so their variance over k understates that of the mean: it is
    raised by test rows over training rows, s² (1/k + n_test / n_train), as Nadeau and Bengio (2003, "Inference for the
    generalization error", Machine Learning 52:239-281) propose for resampled splits.
    """
    k = len(values)
    error = float(values.std(ddof=1)) * float(np.sqrt(1 / k + test_over_train))
    half = t_quantile(confidence, k - 1) * error
    return float(values.mean()) - half, float(values.mean()) + half


def spread_p_value(values: np.ndarray, error: float) -> float:
    """The p-value that `values` (k,), k >= 2, differ by more than their standard error alone makes them: chi-square.

    (k - 1) s² / error² is compared with k - 1 degrees of freedom.
    """
    if error <= 0:
        return 1.0 if float(np.ptp(values)) == 0.0 else 0.0
    degrees = len(values) - 1
    return float(chdtrc(degrees, degrees * float(values.var(ddof=1)) / error**2))


def _unskewed(t: float, skew: float, n: int) -> float:
    if abs(skew) < 1e-6:
        return t
    return float(3 / skew * (np.cbrt(1 + skew * (t - skew / (6 * n))) - 1))


def ratio_interval(top: np.ndarray, bottom: np.ndarray, confidence: float, degrees: float | None = None) -> Bounds:
    """The interval of mean(top) / mean(bottom), both (n,), n >= 2 and positive on average.

    Delta method on the logarithm, with Student's t: stays positive and leans to the side where a ratio can err more.
    """
    ratio = float(top.mean() / bottom.mean())
    influence = top / top.mean() - bottom / bottom.mean()
    n = len(top)
    half = t_quantile(confidence, n - 1 if degrees is None else degrees) * float(influence.std(ddof=1)) / np.sqrt(n)
    return ratio * float(np.exp(-half)), ratio * float(np.exp(half))


def median_interval(values: np.ndarray, confidence: float) -> Bounds | None:
    """The interval of the median from order statistics: no assumption on the distribution; None below six rows or so.

    The ranks are those of the sign test (Conover, Practical Nonparametric Statistics, 3.2).
    """
    n = len(values)
    width = int(4 * np.sqrt(n)) + 6
    ranks = np.arange(max(0, n // 2 - width), n // 2 + 1)
    below = ranks[bdtr(ranks, n, 0.5) <= (1 - confidence) / 2]
    if not len(below):
        return None
    ordered = np.sort(values)
    rank = int(below[-1])
    return float(ordered[rank]), float(ordered[n - 1 - rank])


def logit_interval(value: float, error: float, confidence: float, degrees: float = np.inf) -> Bounds:
    """Value and standard error on (0, 1), made symmetric on the logit scale so that the interval stays inside."""
    half = t_quantile(confidence, degrees) * error / (value * (1 - value))
    return float(expit(logit(value) - half)), float(expit(logit(value) + half))


@dataclass(frozen=True)
class Ranking:
    """A statistic of a ranking and what each row adds: `influence` (n,) sums to 0; squares sum to its variance."""

    value: float
    influence: np.ndarray


def auc_ranking(positive: np.ndarray, score: np.ndarray) -> Ranking:
    """Area under the ROC curve with its placement values; `positive` (n,) bool with both kinds, `score` (n,).

    The variance is DeLong's (1988), computed from ranks in O(n log n): Sun & Xu 2014, "Fast implementation of DeLong's
    algorithm", IEEE Signal Processing Letters 21:1389-1393.
    """
    order, ranks = _among_positives(positive, score)
    smaller, larger = (np.cumsum(np.bincount(rank, minlength=len(order)))[: len(order)] for rank in ranks)
    n_negative = len(score) - len(order)
    placed = (smaller + larger) / 2 / n_negative
    influence = np.zeros(len(score))
    influence[order] = _part(placed)
    influence[~positive] = _part(1 - (ranks[0] + ranks[1]) / 2 / len(order))
    return Ranking(float(placed.mean()), influence)


def _among_positives(positive: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """The positive rows by score, and of each negative row how many of them score lower or alike, and how many lower.

    Sorting the positives alone makes a rare class cheap, and so does looking only at the negatives that reach them.
    """
    rows = np.flatnonzero(positive)
    order = rows[np.argsort(score[rows], kind="stable")]
    above, below = score[order], score[~positive]
    reaching = np.flatnonzero(below >= above[0])
    up_to, lower = np.zeros((2, len(below)), np.int64)
    place = np.searchsorted(above, below[reaching], "right")
    alike = above[place - 1] == below[reaching]
    up_to[reaching] = place
    lower[reaching] = np.where(alike, np.searchsorted(above, above, "left")[place - 1], place)
    return order, (up_to, lower)


def _part(values: np.ndarray) -> np.ndarray:
    """Deviations scaled so that their squares sum to var(values, ddof=1) / n."""
    n = len(values)
    scaled: np.ndarray = (values - values.mean()) / np.sqrt(n * max(n - 1, 1))
    return scaled


def midranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 1, ties sharing the mean of theirs."""
    _, group, size = np.unique(values, return_inverse=True, return_counts=True)
    ranks: np.ndarray = (np.cumsum(size) - (size - 1) / 2)[group]
    return ranks


def average_precision_ranking(positive: np.ndarray, score: np.ndarray) -> Ranking:
    """Average precision as scikit-learn defines it, with each row's infinitesimal jackknife influence.

    `positive` (n,) bool with at least one True. AP = sum over positives of the precision at their score, divided by
    their number; the influence is its derivative in the weight of a row (Efron 1982, The Jackknife, chapter 6).
    """
    order, (ranks, _) = _among_positives(positive, score)
    above, total, n = score[order], len(order), len(score)
    hits = total - np.searchsorted(above, above, "left")
    taken = hits + (n - total) - np.cumsum(np.bincount(ranks, minlength=total))[:total]
    precision = hits / taken
    value = float(precision.mean())
    # Every positive row that a row scores above or like loses precision by it, or gains where it is positive itself.
    gain, loss = (np.concatenate([[0.0], np.cumsum(terms)]) for terms in (1 / taken, hits / taken.astype(float) ** 2))
    influence = np.zeros(n)
    influence[~positive] = -loss[ranks]
    own = np.searchsorted(above, above, "right")
    influence[order] = precision - value + gain[own] - loss[own]
    return Ranking(value, influence / total * np.sqrt(n / max(n - 1, 1)))


def perfect_auc_bound(n_positive: int, n_negative: int, confidence: float) -> float:
    """The lower end of the interval where the observed area is 1 and DeLong's variance is 0.

    Newcombe 2006, method 5 (Statistics in Medicine 25:559-573): solves 1 - A = z sqrt(V(A)) by bisection.
    """
    z = normal_quantile(confidence)
    half = (n_positive + n_negative) / 2 - 1

    def too_low(area: float) -> bool:
        spread = area * (1 - area) / (n_positive * n_negative)
        variance = spread * (1 + half * (1 - area) / (2 - area) + half * area / (1 + area))
        return bool(1 - area > z * np.sqrt(variance))

    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if too_low(middle) else (low, middle)
    return high


def perfect_precision_bound(n_positive: int, _n_negative: int, confidence: float) -> float:
    """The same of average precision: as many successes in a row as positive rows (Boyd et al. 2013 count likewise)."""
    return wilson(n_positive, n_positive, confidence)[0]


def mcnemar(only_first: int, only_second: int) -> float:
    """The exact two-sided p-value that two classifiers err equally often; of the rows that only one gets right.

    McNemar 1947 with the binomial distribution in place of chi-square.
    """
    return min(1.0, 2 * float(bdtr(min(only_first, only_second), only_first + only_second, 0.5)))


def smallest_discordance(discordant: int, level: float) -> int:
    """The smallest |b - c| that the exact McNemar test calls significant when b + c rows differ.

    Where too few differ for any outcome to be significant (five or fewer at 5 %): as many as are needed, all one way.
    """
    while mcnemar(0, discordant) > level:
        discordant += 1
    few = np.arange(discordant // 2 + 1)
    significant = few[2 * bdtr(few, discordant, 0.5) <= level]
    return int(discordant - 2 * significant[-1])


def t_test(values: np.ndarray, degrees: float | None = None) -> float:
    """The two-sided p-value of mean(values) = 0, `values` (n,), n >= 2, with n - 1 degrees if left out; 1 for all 0."""
    error = float(values.std(ddof=1)) / np.sqrt(len(values))
    if error == 0.0:
        return 1.0 if float(values.mean()) == 0.0 else 0.0
    freedom = len(values) - 1 if degrees is None else degrees
    return float(2 * stdtr(freedom, -abs(float(values.mean())) / error))


def block_length(origins: int, horizon: int, season: int) -> int:
    """How many consecutive origins of a forecast are taken to be alike.

    The errors of two origins are made of the same values where they are closer than the horizon; beyond, dependence
    fades with the length of the series, as its cube root (Hall, Horowitz and Jing 1995, Biometrika 82:561-574). A
    season is held together where there are four or more of them.
    """
    whole = season if 4 * season <= origins else 1
    return max(horizon, whole, int(np.ceil(max(origins, 1) ** (1 / 3))))


def long_run_t_test(values: np.ndarray, lags: int) -> tuple[float, float]:
    """The two-sided p-value of mean(values) = 0 and the mean's standard error, of (n,) values that depend in time.

    The variance sums autocovariances up to `lags`, weighted by Bartlett's triangle (Newey and West 1987, Econometrica
    55:703-708); of losses of two forecasts this is the test of Diebold and Mariano (1995), with Student's t as Harvey,
    Leybourne and Newbold (1997) advise.
    """
    n = len(values)
    if n < 2:  # One value has no spread to compare with.
        return float("nan"), float("nan")
    mean, deviations = float(values.mean()), values - values.mean()
    lags = min(lags, n - 1)
    covariances = [float(deviations[lag:] @ deviations[: n - lag]) / n for lag in range(lags + 1)]
    weights = 1 - np.arange(1, lags + 1) / (lags + 1)
    error = float(np.sqrt(max(covariances[0] + 2 * float(weights @ covariances[1:]), 0.0) / (n - 1)))
    if error == 0.0:
        return (1.0 if mean == 0.0 else 0.0), 0.0
    return float(2 * stdtr(n - 1, -abs(mean) / error)), error


def kolmogorov_smirnov(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """The largest gap between two empirical distributions and its asymptotic p-value (Smirnov 1948)."""
    first, second = np.sort(first), np.sort(second)
    both = np.concatenate([first, second])
    gaps = np.searchsorted(first, both, "right") / len(first) - np.searchsorted(second, both, "right") / len(second)
    gap = float(np.abs(gaps).max())
    size = np.sqrt(len(first) * len(second) / (len(first) + len(second)))
    return gap, float(kolmogorov(gap * size))


def chi_square(counts: np.ndarray) -> tuple[float, float]:
    """Cramér's V and the chi-square p-value of a table of counts (rows, columns) without empty rows or columns."""
    expected = counts.sum(1, keepdims=True) * counts.sum(0, keepdims=True) / counts.sum()
    statistic = float(((counts - expected) ** 2 / expected).sum())
    rows, columns = counts.shape
    if min(rows, columns) < 2:
        return 0.0, 1.0
    strength = np.sqrt(statistic / (counts.sum() * (min(rows, columns) - 1)))
    return float(strength), float(chdtrc((rows - 1) * (columns - 1), statistic))
