"""How strongly two columns go together: rank, chi-square and variance measures, and a correlation matrix with gaps."""

from __future__ import annotations

import numpy as np


def auc(values: np.ndarray, codes: np.ndarray, n_classes: int) -> np.ndarray:
    """ROC AUC of the values as a score for each class against the rest, (n_classes,), NaN for a class without members.

    Mann-Whitney: (R - m(m + 1)/2) / (m(n - m)), with R the sum of the average ranks of the m members.
    """
    order = np.argsort(values)
    members = np.bincount(codes, minlength=n_classes).astype(float)
    sums = np.bincount(codes[order], weights=_average_ranks(values[order]), minlength=n_classes)
    with np.errstate(divide="ignore", invalid="ignore"):
        found: np.ndarray = (sums - members * (members + 1) / 2) / (members * (len(values) - members))
    return found


def label_auc(values: np.ndarray, flags: np.ndarray) -> np.ndarray:
    """The same of several labels (n_labels, n) of 0 and 1, which a row may have side by side: (n_labels,)."""
    ranked = ranks(values)
    members = flags.sum(axis=1, dtype=float)
    sums = np.array([ranked[flag == 1].sum() for flag in flags])
    with np.errstate(divide="ignore", invalid="ignore"):
        found: np.ndarray = (sums - members * (members + 1) / 2) / (members * (len(values) - members))
    return found


def ranks(values: np.ndarray) -> np.ndarray:
    """The rank of each value (n,) from 1, equal ones with the average of theirs; for values without NaN."""
    order = np.argsort(values)
    found = np.empty(len(values))
    found[order] = _average_ranks(values[order])
    return found


def _average_ranks(ordered: np.ndarray) -> np.ndarray:
    """The ranks of sorted values (n,)."""
    new = np.ones(len(ordered) + 1, bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:-1])
    bounds = np.flatnonzero(new)
    return np.repeat((bounds[:-1] + bounds[1:] + 1) / 2, np.diff(bounds))


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
    first, second = _dense(first), _dense(second)
    n_first, n_second = (int(codes.max()) + 1 if len(codes) else 0 for codes in (first, second))
    cells, seen = _cells(first.astype(np.int64) * n_second + second, n_first * n_second)
    rows, columns = np.bincount(first).astype(float), np.bincount(second).astype(float)
    if min(n_first, n_second) < 2:
        return None
    # Sum of observed squared over expected, less n, is chi-square; empty cells add nothing to the first.
    phi2 = (seen.astype(float) ** 2 / (rows[cells // n_second] * columns[cells % n_second])).sum() - 1
    found = _bergsma(np.array([phi2]), n_first, n_second, len(first))[0]
    return float(found) if np.isfinite(found) else None


def presence_v(inside: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Cramér's V, as above, of being inside each of k sets of rows with the class, (k,); NaN where one is constant.

    Args:
        inside: rows inside by class (k, n_classes).
        totals: rows by class (n_classes,).
    """
    totals, inside = totals[totals > 0].astype(float), inside[:, totals > 0].astype(float)
    n, members = totals.sum(), inside.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        squares = inside**2 / members + (totals - inside) ** 2 / (n - members)
        phi2 = (squares / totals).sum(axis=1) - 1
    if len(totals) < 2:
        return np.full(len(inside), np.nan)
    return _bergsma(phi2, 2, len(totals), int(n))


def correlation_ratio(codes: np.ndarray, values: np.ndarray) -> float | None:
    """Eta, 0 to 1: the square root of the share of the variance of finite `values` (n,) that lies between groups.

    Corrected for the variance that groups explain by chance: T. L. Kelley, An unbiased correlation ratio measure,
    Proc. Natl. Acad. Sci. 21 (1935). None where the values or the groups are constant or every value has a group of
    its own.

    Args:
        codes: the group of each value (n,) >= 0.
    """
    codes = _dense(codes)
    members = np.bincount(codes)
    if len(members) < 2 or len(members) == len(values):
        return None
    away = centred(values)
    spread = float((away**2).sum())
    if spread == 0.0:
        return None
    between = float((np.bincount(codes, weights=away) ** 2 / members).sum())
    return float(_kelley(np.array([between / spread]), len(members), len(values))[0])


def presence_ratio(rows: np.ndarray, sets: np.ndarray, n_sets: int, values: np.ndarray) -> np.ndarray:
    """The correlation ratio, as above, of being inside each of k sets of rows with finite values (n,): (k,).

    NaN where a set holds no row or every row, or the values are constant.

    Args:
        rows, sets: a row and the set that it is in, one pair for each member of a set; no pair twice.
    """
    away = centred(values)
    members = np.bincount(sets, minlength=n_sets).astype(float)
    sums = np.bincount(sets, weights=away[rows], minlength=n_sets)
    return ratio_of_sums(sums, members, float((away**2).sum()), len(values))


def ratio_of_sums(sums: np.ndarray, members: np.ndarray, spread: float, n: int) -> np.ndarray:
    """The same from the sums (k,) of `centred` values over the members (k,) of each set.

    Args:
        spread: the sum of squares of all centred values.
        n: how many values there are.
    """
    if n < 3 or spread == 0.0:
        return np.full(len(sums), np.nan)
    part = (members > 0) & (members < n)
    sizes = np.where(part, members, 1.0)
    share = (sums**2 / sizes + sums**2 / (n - sizes)) / spread
    return np.where(part, _kelley(share, 2, n), np.nan)


def centred(values: np.ndarray) -> np.ndarray:
    """Finite values less their mean, in units of the largest; zeros where they are constant but for rounding."""
    largest = float(np.abs(values).max()) if len(values) else 0.0
    if largest == 0.0:
        return np.zeros(len(values))
    scaled = values / largest
    away: np.ndarray = scaled - scaled.mean()
    return away if np.abs(away).max() > 1e-13 else np.zeros(len(values))


def _dense(codes: np.ndarray) -> np.ndarray:
    """Codes as 0 … k - 1, each of which occurs."""
    highest = int(codes.max()) if len(codes) else 0
    if highest > max(1000, 4 * len(codes)):
        found: np.ndarray = np.unique(codes, return_inverse=True)[1]
        return found
    place = np.cumsum(np.bincount(codes, minlength=1) > 0) - 1
    dense: np.ndarray = place[codes]
    return dense


def _cells(codes: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """The different codes and their members."""
    if most > max(1000, 4 * len(codes)):
        return np.unique(codes, return_counts=True)
    counts = np.bincount(codes, minlength=1)
    cells = np.flatnonzero(counts)
    return cells, counts[cells]


def _bergsma(phi2: np.ndarray, r: int, k: int, n: int) -> np.ndarray:
    if n < 2:
        return np.full(len(phi2), np.nan)
    phi2 = np.maximum(0.0, phi2 - (r - 1) * (k - 1) / (n - 1))
    smaller = min(r - (r - 1) ** 2 / (n - 1), k - (k - 1) ** 2 / (n - 1)) - 1
    return np.minimum(1.0, np.sqrt(phi2 / smaller)) if smaller > 0 else np.full(len(phi2), np.nan)


def _kelley(share: np.ndarray, n_groups: int, n: int) -> np.ndarray:
    return np.sqrt(np.clip(1 - (1 - share) * (n - 1) / (n - n_groups), 0.0, 1.0))


def spearman(first: np.ndarray, second: np.ndarray) -> float | None:
    """Spearman's rank correlation, average ranks for ties; None where either is constant."""
    ranked = [ranks(values) for values in (first, second)]
    ranked = [rank - rank.mean() if len(rank) else rank for rank in ranked]
    size = float(np.sqrt((ranked[0] ** 2).sum() * (ranked[1] ** 2).sum()))
    return max(-1.0, min(1.0, float(ranked[0] @ ranked[1]) / size)) if size > 0 else None


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
