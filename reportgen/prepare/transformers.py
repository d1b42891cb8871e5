"""What learns from the training rows: scikit-learn transformers of one kind of column each, on plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin

from reportgen.images import Images
from reportgen.prepare._quantiles import quantiles

#: Of an image column, how many training images are looked at to tell grey from colour.
_LOOKED_AT = 200
#: Pixels are read and scaled for so many images at a time.
_BATCH = 256


class Fill(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Numbers (n, k) with NaN -> numbers without: by the median, the mean, zero or the more frequent of 0 and 1.

    As scikit-learn's SimpleImputer, which takes four times as long for the median of long columns.
    """

    def __init__(self, strategy: str = "median") -> None:
        self.strategy = strategy

    def fit(self, X: np.ndarray, y: object = None) -> Self:  # noqa: ARG002
        n_columns = X.shape[1]
        self.n_features_in_ = n_columns
        if self.strategy == "zero":
            self.statistics_ = np.zeros(n_columns)
        elif self.strategy == "median":
            self.statistics_ = quantiles(X, (0.5,))[0]
        else:
            known = ~np.isnan(X)
            mean = np.where(known, X, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
            self.statistics_ = mean if self.strategy == "mean" else (mean > 0.5).astype(float)
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        return np.where(np.isnan(X), self.statistics_.astype(X.dtype), X)


class OutlierBounds(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Numbers (n, k) clipped to bounds learnt for each column; NaN is neither learnt from nor clipped.

    iqr: quartiles -+ `limit` interquartile ranges (Tukey 1977). zscore: mean -+ `limit` standard deviations. mad:
    median -+ `limit` median absolute deviations, scaled by 1.4826 to the standard deviation of a normal distribution
    (Iglewicz and Hoaglin 1993). quantile: the quantiles `limit` and 1 - `limit`. A column whose measure of spread is 0
    has no bounds, nor has one that is not among `columns`, where they are given.

    Attributes:
        lower_, upper_: bounds (k,), infinite where there are none.
    """

    def __init__(self, method: str = "iqr", limit: float = 1.5, columns: Sequence[int] | None = None) -> None:
        self.method = method
        self.limit = limit
        self.columns = columns

    def fit(self, X: np.ndarray, y: object = None) -> Self:  # noqa: ARG002
        self.n_features_in_ = X.shape[1]
        if self.method == "quantile":
            low, high = quantiles(X, (self.limit, 1 - self.limit))
            spread = np.ones(X.shape[1])
        elif self.method == "iqr":
            low, high = quantiles(X, (0.25, 0.75))
            spread = high - low
        else:
            low, spread = _moments(X) if self.method == "zscore" else _deviations(X)
            high = low
        reach = 0.0 if self.method == "quantile" else self.limit * spread
        bounded = np.isfinite(low) & (spread > 0)
        if self.columns is not None:
            bounded &= np.isin(np.arange(X.shape[1]), self.columns)
        self.lower_ = np.where(bounded, low - reach, -np.inf)
        self.upper_ = np.where(bounded, high + reach, np.inf)
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        found: np.ndarray = np.clip(X, self.lower_, self.upper_)
        return found

    def marks(self, X: np.ndarray) -> np.ndarray:
        """Which values lie outside the bounds: boolean (n, k)."""
        outside: np.ndarray = (self.lower_ > X) | (self.upper_ < X)
        return outside


class Varying(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Marks (n, k) boolean -> 0 and 1, of the columns that have a mark in train.

    Attributes:
        columns_: their positions.
    """

    def fit(self, X: np.ndarray, y: object = None) -> Self:  # noqa: ARG002
        self.n_features_in_ = X.shape[1]
        self.columns_ = np.flatnonzero(X.any(axis=0))
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        return X[:, self.columns_].astype(np.float32)


class DatetimeParts(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Moments (n, k) datetime64[us] -> numbers: of each column the parts that vary in train, and the elapsed days.

    Parts are year, month, day, weekday (Monday is 0) and hour; days are counted from the column's first training row in
    time. NaT becomes NaN.
    """

    def fit(self, X: np.ndarray, y: object = None) -> Self:  # noqa: ARG002
        self.n_features_in_ = X.shape[1]
        self.first_ = np.fmin.reduce(X, axis=0)
        varies = {name: _spread(values) > 0 for name, values in _parts(X).items()}
        self.parts_ = [[name for name, does in varies.items() if does[place]] for place in range(X.shape[1])]
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        elapsed = (X - self.first_) / np.timedelta64(1, "D")
        found = np.empty((len(X), sum(map(len, self.parts_)) + X.shape[1]))
        parts, place = _parts(X), 0
        for column, names in enumerate(self.parts_):
            for name in names:
                found[:, place] = parts[name][:, column]
                place += 1
            found[:, place] = elapsed[:, column]
            place += 1
        return found


class Levels(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Codes of levels (n, k) int32, -1 where missing -> numbers.

    onehot: a feature for each level of train in the order of the codes; where there are more than `most`, for the
    `most` - 1 commonest and one for all others, which is where an unseen level goes too. ordinal: the rank of the level
    among those of train, -1 for an unseen one. Missing is the most frequent level, or with `own_level` one of its own.

    Attributes:
        counts_: training rows by code + 1, so the first is of the missing; one array a column.
        levels_: codes with a feature of their own, -1 for the missing; one array a column.
        pooled_: levels that share the last feature; one number a column.
    """

    def __init__(self, encoding: str = "onehot", own_level: bool = False, most: int = 50) -> None:
        self.encoding = encoding
        self.own_level = own_level
        self.most = most

    def fit(self, X: np.ndarray, y: object = None) -> Self:  # noqa: ARG002
        self.n_features_in_ = X.shape[1]
        self.counts_ = [np.bincount(column + 1, minlength=2) for column in X.T]
        learnt = [self._learn(counts) for counts in self.counts_]
        self.levels_ = [levels for levels, _, _ in learnt]
        self.pooled_ = [pooled for _, pooled, _ in learnt]
        self._features = [features for _, _, features in learnt]
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        found = [
            features[np.minimum(column + 1, len(features) - 1)]
            for column, features in zip(X.T, self._features, strict=True)
        ]
        if self.encoding == "ordinal":
            return np.column_stack(found)
        widths = [len(levels) + bool(pooled) for levels, pooled in zip(self.levels_, self.pooled_, strict=True)]
        shown = np.zeros((len(X), sum(widths)), np.float32)
        for start, places in zip(np.cumsum([0, *widths[:-1]]), found, strict=True):
            known = np.flatnonzero(places >= 0)
            shown[known, start + places[known]] = 1.0
        return shown

    def _learn(self, counts: np.ndarray) -> tuple[np.ndarray, int, np.ndarray]:
        """Codes with a feature, how many levels share one, and the feature by code + 1, then that of unseen codes."""
        levels = np.flatnonzero(counts[1:])
        if self.own_level and counts[0]:
            levels = np.append(-1, levels)
        every, pooled = levels, 0
        if self.encoding == "onehot" and len(levels) > self.most:
            commonest = np.argsort(-counts[levels + 1], kind="stable")[: self.most - 1]
            levels, pooled = np.sort(levels[commonest]), len(levels) - self.most + 1
        features = np.full(len(counts) + 1, len(levels) if pooled else -1)
        features[every + 1] = len(levels)
        features[levels + 1] = np.arange(len(levels))
        if not self.own_level:
            features[0] = features[1 + counts[1:].argmax()]
        return levels, pooled, features


class Pixels(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Rows of an image column (n, 1) -> their pixels, scaled to a size and to 0 ... 1; no image is all 0.

    Learns one thing: grey is enough where the three channels agree in up to 200 training images, evenly spread.
    """

    def __init__(self, images: Images, size: tuple[int, int]) -> None:
        self.images = images
        self.size = size

    def fit(self, X: np.ndarray, y: object = None) -> Self:  # noqa: ARG002
        self.n_features_in_ = 1
        chosen = X[np.linspace(0, len(X) - 1, min(len(X), _LOOKED_AT)).astype(int), 0]
        seen = self.images.read(chosen, self.size, 3)
        self.channels_ = 3 if (seen != seen[..., :1]).any() else 1
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        height, width = self.size
        found = np.empty((len(X), height * width * self.channels_), np.float32)
        for start in range(0, len(X), _BATCH):
            part = slice(start, start + _BATCH)
            found[part] = self.images.read(X[part, 0], self.size, self.channels_).reshape(len(X[part]), -1)
        found /= 255
        return found


def _moments(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each column, NaN apart."""
    known = ~np.isnan(X)
    n_known = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, X, 0.0).sum(axis=0) / n_known
    return mean, np.sqrt(np.where(known, (X - mean) ** 2, 0.0).sum(axis=0) / n_known)


def _deviations(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Median and scaled median absolute deviation of each column, NaN apart."""
    median = quantiles(X, (0.5,))[0]
    return median, 1.4826 * quantiles(np.abs(X - median), (0.5,))[0]


def _parts(X: np.ndarray) -> dict[str, np.ndarray]:
    """Year, month, day, weekday and hour of moments (n, k), each float64 with NaN for NaT."""
    years, months, days, hours = (X.astype(f"datetime64[{unit}]") for unit in "YMDh")
    found = {
        "year": years.astype(np.int64) + 1970,
        "month": (months - years).astype(np.int64) + 1,
        "day": (days - months).astype(np.int64) + 1,
        "weekday": (days.astype(np.int64) + 3) % 7,  # Day 0 was a Thursday.
        "hour": (hours - days).astype(np.int64),
    }
    missing = np.isnat(X)
    return {name: np.where(missing, np.nan, values) for name, values in found.items()}


def _spread(X: np.ndarray) -> np.ndarray:
    """Largest less smallest value of each column, NaN apart; 0 without a value."""
    found: np.ndarray = np.nan_to_num(np.fmax.reduce(X, axis=0) - np.fmin.reduce(X, axis=0))
    return found
