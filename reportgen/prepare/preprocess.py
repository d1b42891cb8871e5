"""Columns of every kind -> one dense float32 matrix, by transformers that are fitted on the training rows alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, OrdinalEncoder, RobustScaler, StandardScaler

from reportgen.dataset import Column, Kind
from reportgen.spec import MissingPolicy, Preprocess
from reportgen.text import one_line

#: Levels of one column that get a feature each, the rarer ones one together; and words of one text column.
MOST_LEVELS, MOST_WORDS = 50, 1000
#: A level with fewer members in train is not named.
FEWEST_MEMBERS = 5
#: The level that stands for a missing value, with `missing: {categorical: own_level}`.
OWN_LEVEL = "(missing)"
_SCALERS = {"standard": StandardScaler, "minmax": MinMaxScaler, "robust": RobustScaler}
_PARTS = {"year": "year", "month": "month", "day": "day", "weekday": "day_of_week", "hour": "hour"}
_LARGEST = np.float32(3e38)
#: The squares of larger numbers would overflow, so they count as this one.
LIMIT = 1e100
#: Two letters or digits or more, or one sign of a script that writes words without spaces.
WORD = re.compile(r"[^\W\u3040-\u9fff]{2,}|[\u3040-\u9fff]")


class DatetimeParts(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Year, month, day, weekday (Monday is 0) and hour where they vary in train, and days since the first train row."""

    def fit(self, X: pd.DataFrame, y: object = None) -> Self:  # noqa: ARG002
        self.first_ = X.min()
        self.parts_ = {
            str(name): [part for part in _PARTS if getattr(X[name].dt, _PARTS[part]).nunique() > 1]
            for name in X.columns
        }
        return self

    def transform(self, X: pd.DataFrame) -> np.ndarray:
        columns = []
        for name, parts in self.parts_.items():
            columns += [getattr(X[name].dt, _PARTS[part]).to_numpy("float64", na_value=np.nan) for part in parts]
            columns.append(((X[name] - self.first_[name]) / pd.Timedelta(days=1)).to_numpy("float64"))
        return np.column_stack(columns)


@dataclass(frozen=True)
class Matrix:
    """The fitted preprocessing: names of the features it makes, and the column that each was made from."""

    transformer: ColumnTransformer
    feature_names: tuple[str, ...]
    made_from: Mapping[str, str]
    levels: Mapping[str, frozenset[str]]  # seen in train

    def transform(self, table: pd.DataFrame) -> np.ndarray:
        """Features (n, n_features) float32 of staged rows (n)."""
        found: np.ndarray = self.transformer.transform(table)
        small: np.ndarray = np.clip(found, -_LARGEST, _LARGEST).astype(np.float32)
        return small


def fit(train: pd.DataFrame, columns: Sequence[Column], how: Preprocess, missing: MissingPolicy) -> Matrix:
    """Learn from the training rows how columns become features.

    Args:
        train: the training rows, as `staged` leaves them.
        columns: the columns to use, each with a value in `train`; of kinds that `how` does not drop.
    """
    transformer = ColumnTransformer(
        _transformers(columns, how, missing), sparse_threshold=0.0, verbose_feature_names_out=False
    )
    transformer.fit(train)
    counts = {column.name: train[column.name].value_counts() for column in columns if column.kind is Kind.CATEGORICAL}
    made = list(_features(transformer, {column.name: column for column in columns}, counts, len(train)))
    names = _distinct([name for name, _ in made])
    made_from = dict(zip(names, (column for _, column in made), strict=True))
    return Matrix(
        transformer, names, made_from, {name: frozenset(map(str, found.index)) for name, found in counts.items()}
    )


def staged(frame: pd.DataFrame, columns: Iterable[Column]) -> pd.DataFrame:
    """The columns as scikit-learn takes them; nothing is learnt.

    Numbers and booleans are float64 with NaN for missing and infinite, within +-`LIMIT`; levels are objects with NaN,
    texts objects without, datetimes as they are.
    """
    return pd.DataFrame({column.name: _staged(frame[column.name], column.kind) for column in columns}, copy=False)


def _staged(series: pd.Series, kind: Kind) -> pd.Series | np.ndarray:
    if kind is Kind.NUMERIC:
        numbers = series.to_numpy("float64", na_value=np.nan)
        return np.clip(np.where(np.isfinite(numbers), numbers, np.nan), -LIMIT, LIMIT)
    if kind is Kind.BOOLEAN:
        return series.to_numpy("float64", na_value=np.nan)
    if kind is Kind.TEXT:
        return series.fillna("").to_numpy(object)
    if kind is Kind.CATEGORICAL:
        return pd.Series(series.to_numpy(object), dtype=object)
    return series.reset_index(drop=True)


def _transformers(columns: Sequence[Column], how: Preprocess, missing: MissingPolicy) -> list[tuple[str, Any, Any]]:
    names = {kind: [column.name for column in columns if column.kind is kind] for kind in Kind}
    fill = {"zero": {"strategy": "constant", "fill_value": 0.0}}.get(missing.numeric, {"strategy": missing.numeric})
    scaler = [] if how.numeric == "none" else [_SCALERS[how.numeric]()]
    own = {"strategy": "constant", "fill_value": OWN_LEVEL}
    common = own if missing.categorical == "own_level" else {"strategy": "most_frequent"}
    rest = [*scaler, *([] if scaler else ["passthrough"])]
    made = [
        (Kind.NUMERIC, make_pipeline(SimpleImputer(**fill), *rest)),
        (Kind.BOOLEAN, SimpleImputer(strategy="most_frequent")),
        (Kind.CATEGORICAL, make_pipeline(SimpleImputer(**common), _encoder(how))),
        (Kind.DATETIME, make_pipeline(DatetimeParts(), SimpleImputer(strategy="median"), *rest)),
    ]
    texts = [
        (
            f"text {position}",
            TfidfVectorizer(max_features=MOST_WORDS, token_pattern=WORD.pattern, dtype=np.float32),
            name,
        )
        for position, name in enumerate(names[Kind.TEXT])
    ]
    return [*((kind.value, transformer, names[kind]) for kind, transformer in made if names[kind]), *texts]


def _encoder(how: Preprocess) -> OneHotEncoder | OrdinalEncoder:
    if how.categorical == "ordinal":
        return OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    return OneHotEncoder(
        max_categories=MOST_LEVELS, handle_unknown="infrequent_if_exist", sparse_output=False, dtype=np.float32
    )


def _features(
    transformer: ColumnTransformer, columns: Mapping[str, Column], counts: Mapping[str, pd.Series], n_rows: int
) -> Iterable[tuple[str, str]]:
    """Name and source column of each feature, in the order of the matrix."""
    for key, fitted, names in transformer.transformers_:
        if key == Kind.DATETIME:
            for name, parts in fitted[0].parts_.items():
                yield from ((f"{name} {part}", name) for part in (*parts, "elapsed days"))
        elif key.startswith("text"):
            yield from ((f"{names}: {word}", names) for word in _words(fitted, columns[names], n_rows))
        elif key == Kind.CATEGORICAL and isinstance(fitted[-1], OneHotEncoder):
            for position, name in enumerate(names):
                yield from (
                    (f"{name}={level}", name) for level in _levels(fitted[-1], position, columns[name], counts[name])
                )
        else:
            yield from ((name, name) for name in names)


def _levels(encoder: OneHotEncoder, position: int, column: Column, counts: pd.Series) -> Iterable[str]:
    rare = encoder.infrequent_categories_[position]
    pooled = set() if rare is None else set(rare)
    for number, level in enumerate(encoder.categories_[position], start=1):
        if level in pooled:
            continue
        named = level == OWN_LEVEL or (not column.sensitive and counts.get(level, 0) >= FEWEST_MEMBERS)
        yield one_line(level, 60) if named else f"(level {number})"
    if pooled:
        yield f"({len(pooled)} rare levels)"


def _words(vectorizer: TfidfVectorizer, column: Column, n_rows: int) -> Iterable[str]:
    # The weights are ln((1 + n) / (1 + rows with the word)) + 1.
    members = np.rint((1 + n_rows) / np.exp(vectorizer.idf_.astype(float) - 1) - 1)
    for number, (word, count) in enumerate(zip(vectorizer.get_feature_names_out(), members, strict=True), start=1):
        named = not column.sensitive and count >= FEWEST_MEMBERS
        yield one_line(word, 60) if named else f"(word {number})"


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    taken, found = set(names), []
    for name in names:
        unique = name
        while unique in seen or (unique != name and unique in taken):
            seen[name] = seen.get(name, 1) + 1
            unique = f"{name} ({seen[name]})"
        seen.setdefault(unique, 1)
        found.append(unique)
    return tuple(found)
