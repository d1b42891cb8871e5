"""Rows compared as wholes, and values told apart: a code for each value of a column, a fingerprint for each row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2**64 divided by the golden ratio, as in splitmix64
_SHIFT = np.uint64(29)
_GAP = np.int64(-(2**63) + 1)


class Encoded(NamedTuple):
    """A column of words: codes (n,) int32, -1 where missing, and the different words."""

    codes: np.ndarray
    words: pa.Array


def words(series: pd.Series) -> pa.Array:
    """A column of pandas `str` as Arrow, without a copy."""
    found = pa.array(series.array, from_pandas=True)
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def encode(series: pd.Series) -> Encoded:
    """The column as codes of its different words, in the order in which they come."""
    return coded(pc.dictionary_encode(words(series)))


def coded(encoded: pa.DictionaryArray) -> Encoded:
    """An Arrow dictionary as codes and words."""
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
    return Encoded(codes.astype(np.int32, copy=False), encoded.dictionary)


def plainly(words: pa.Array) -> pa.Array:
    """Words in small letters and without blanks: equal for words that differ in nothing else."""
    return pc.utf8_trim_whitespace(pc.replace_substring(pc.utf8_lower(words), " ", ""))


def bits(series: pd.Series) -> np.ndarray:
    """One int64 a value, equal where and only where the values are; missing is equal to missing."""
    kind = series.dtype
    if isinstance(kind, pd.StringDtype):
        return encode(series)[0].astype(np.int64)
    if isinstance(kind, pd.BooleanDtype):
        return series.to_numpy("int8", na_value=2).astype(np.int64)
    if isinstance(kind, pd.Int64Dtype):
        return series.to_numpy("int64", na_value=_GAP)
    if pd.api.types.is_datetime64_dtype(kind):
        return series.to_numpy().view(np.int64)
    if kind == np.float64:
        numbers = series.to_numpy() + 0.0  # -0.0 equals 0.0
        numbers[np.isnan(numbers)] = np.nan
        return numbers.view(np.int64)
    return series.to_numpy().astype(np.int64, copy=False)


def six_digits(numbers: np.ndarray) -> np.ndarray:
    """One int64 a number (n,) float64, equal for those that are equal when rounded to six significant digits."""
    with np.errstate(all="ignore"):
        exponent = np.floor(np.log10(np.abs(numbers)))
        digits = np.rint(numbers / 10.0 ** (exponent - 5))
        carried = np.abs(digits) == 1e6
        exponent += carried
        digits[carried] /= 10
        found: np.ndarray = digits.astype(np.int64) * 1024 + exponent.astype(np.int64)
    # Zero, missing and infinite values, and those next to the ends of the range, stand for themselves.
    odd = ~np.isfinite(digits)
    if odd.any():
        found[odd] = bits(pd.Series(numbers[odd]))
    return found


def mixed(marks: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Fingerprints (n,) uint64 with one more column of `bits` (n,); the marks stay as they were."""
    found: np.ndarray = marks ^ codes.view(np.uint64)
    found *= _MULTIPLIER
    found ^= found >> _SHIFT
    found *= _MULTIPLIER
    return found


def fingerprints(columns: Iterable[np.ndarray], n_rows: int) -> np.ndarray:
    """A uint64 for each row, made from the `bits` of its columns.

    Equal rows have equal fingerprints. Two different ones of a million share one with a probability of 3e-8.
    """
    found = np.zeros(n_rows, np.uint64)
    for codes in columns:
        found = mixed(found, codes)
    return found


def repeats(marks: np.ndarray) -> np.ndarray:
    """Which rows repeat an earlier one: boolean (n,)."""
    return pd.Series(marks).duplicated().to_numpy()


def conflicts(features: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Which rows agree with another in every feature and differ from it in the target: boolean (n,).

    Args:
        features: fingerprints of the features (n,).
        target: codes of the target (n,), equal for equal values.
    """
    order = np.argsort(features, kind="stable")
    features, target = features[order], target[order]
    starts = np.flatnonzero(np.concatenate(([True], features[1:] != features[:-1]))[: len(features)])
    found = np.zeros(len(features), bool)
    if len(starts):
        differ = np.minimum.reduceat(target, starts) != np.maximum.reduceat(target, starts)
        found[order] = np.repeat(differ, np.diff(np.append(starts, len(features))))
    return found


def label_codes(frame: pd.DataFrame, names: Sequence[str]) -> np.ndarray:
    """Columns of true and false as 1 and 0 (n, n_labels) int8; -1 throughout a row where one is missing."""
    found = np.stack([frame[name].to_numpy("int8", na_value=-1) for name in names], axis=1)
    found[(found < 0).any(axis=1)] = -1
    return found


def class_codes(series: pd.Series, labels: tuple[str, ...]) -> np.ndarray:
    """The position of each word in `labels` (n,) int64, -1 where it is missing."""
    codes, different = encode(series)
    positions = {label: position for position, label in enumerate(labels)}
    lookup = np.array([*(positions[word] for word in different.to_pylist()), -1], np.int64)
    found: np.ndarray = lookup[codes]
    return found
