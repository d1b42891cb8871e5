"""How strongly two columns go together: rank, chi-square and variance measures, and a correlation matrix with gaps."""

from __future__ import annotations

import numpy as np
import pandas as pd


def auc(values: np.ndarray, codes: np.ndarray, n_classes: int) -> np.ndarray:
    """ROC AUC of the values as a score for each class against the rest, (n_classes,), NaN for a class without members.

    Mann-Whitney: (R - m(m + 1)/2) / (m(n - m)), with R the sum of the average ranks of the m members.
    """
    ranks = pd.Series(values).rank().to_numpy()
    members = np.bincount(codes, minlength=n_classes).astype(float)
    sums = np.bincount(codes, weights=ranks, minlength=n_classes)
    with np.errstate(divide="ignore", invalid="ignore"):
        found: np.ndarray = (sums - members * (members + 1) / 2) / (members * (len(values) - members))
    return found


def separation(values: np.ndarray, codes: np.ndarray, n_classes: int) -> tuple[float, int] | None:
    """The largest one-against-rest AUC in either direction, 0.5 to 1, and its class; None where one class is all.

    Of equal ones the last class counts, which is the positive one of two.
    """
    found = auc(values, codes, n_classes)
    found = np.maximum(found, 1 - found)
    if np.isnan(found).all():
        return None
    if n_classes == 2:
        return float(found[1]), 1
    best = n_classes - 1 - int(np.nanargmax(found[::-1]))
    return float(found[best]), best


def cramers_v(first: np.ndarray, second: np.ndarray) -> float | None:
    """Cramér's V with Bergsma's correction for bias, 0 to 1, of two columns of codes (n,) >= 0.

    W. Bergsma, A bias-correction for Cramér's V and Tschuprow's T, J. Korean Stat. Soc. 42 (2013). None where either
    column is constant.
    """
    n = len(first)
    _, first = np.unique(first, return_inverse=True)
    _, second = np.unique(second, return_inverse=True)
    r, k = (int(codes.max()) + 1 if n else 0 for codes in (first, second))
    if min(r, k) < 2 or n < 2:
        return None
    cells, seen = np.unique(first.astype(np.int64) * k + second, return_counts=True)
    rows, columns = np.bincount(first), np.bincount(second)
    # Sum of observed squared over expected, less n, is chi-square; empty cells add nothing to the first.
    phi2 = float((seen.astype(float) ** 2 / (rows[cells // k].astype(float) * columns[cells % k])).sum()) - 1
    phi2 = max(0.0, phi2 - (r - 1) * (k - 1) / (n - 1))
    smaller = min(r - (r - 1) ** 2 / (n - 1), k - (k - 1) ** 2 / (n - 1)) - 1
    return min(1.0, float(np.sqrt(phi2 / smaller))) if smaller > 0 else None


def correlation_ratio(codes: np.ndarray, values: np.ndarray) -> float | None:
    """Eta, 0 to 1: the square root of the share of the variance of `values` that lies between the groups of `codes`."""
    spread = float(((values - values.mean()) ** 2).sum()) if len(values) else 0.0
    if spread == 0.0 or not np.isfinite(spread):
        return None
    members = np.bincount(codes)
    sums = np.bincount(codes, weights=values - values.mean())
    between = float((sums[members > 0] ** 2 / members[members > 0]).sum())
    return min(1.0, float(np.sqrt(between / spread)))


def spearman(first: np.ndarray, second: np.ndarray) -> float | None:
    """Spearman's rank correlation, average ranks for ties; None where either is constant."""
    ranks = [pd.Series(values).rank().to_numpy() for values in (first, second)]
    ranks = [rank - rank.mean() if len(rank) else rank for rank in ranks]
    size = float(np.sqrt((ranks[0] ** 2).sum() * (ranks[1] ** 2).sum()))
    return max(-1.0, min(1.0, float(ranks[0] @ ranks[1]) / size)) if size > 0 else None


def correlations(columns: np.ndarray) -> np.ndarray:
    """Pearson's r of every two columns (n, k) over the rows where both are finite, (k, k); NaN where one is constant.

    Gaps become zeros of centred and scaled columns, so that four matrix products give all pairwise sums at once.
    """
    known = np.isfinite(columns)
    scaled = _scaled(np.where(known, columns, np.nan))
    if known.all():
        return _bounded(scaled.T @ scaled)
    filled, seen = np.where(known, scaled, 0.0), known.astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        n = seen.T @ seen
        sums = filled.T @ seen
        squares = (filled**2).T @ seen
        spread = squares - sums**2 / n
        spread[spread < 1e-12 * squares] = np.nan
        return _bounded((filled.T @ filled - sums * sums.T / n) / np.sqrt(spread * spread.T))


def _scaled(columns: np.ndarray) -> np.ndarray:
    """Columns with mean 0 and length 1, NaN where constant; scaled before squaring, which may overflow."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        largest = np.fmax.reduce(np.abs(columns), axis=0, initial=0.0)
        columns = columns / np.where(largest > 0, largest, 1.0)
        n = (~np.isnan(columns)).sum(axis=0)
        columns = columns - np.nansum(columns, axis=0) / n
        length = np.sqrt(np.nansum(columns**2, axis=0))
        found: np.ndarray = columns / np.where(length > 1e-13 * np.sqrt(n), length, np.nan)
    return found


def _bounded(matrix: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.clip(matrix, -1.0, 1.0)
    return found
