"""A column in numbers, by its kind, without what may not be said of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from reportgen.dataset import Column, Kind
from reportgen.images import Images
from reportgen.profile import relations
from reportgen.profile.clock import iso, seconds_of
from reportgen.profile.histogram import bin_edges, counted, histogram
from reportgen.profile.images import images
from reportgen.profile.missing import missing_relation
from reportgen.profile.moments import quantile
from reportgen.profile.numbers import numbers, order_of
from reportgen.profile.rows import Encoded
from reportgen.profile.summaries import ColumnProfile
from reportgen.profile.target import Target
from reportgen.profile.times import times
from reportgen.profile.words import booleans, words

#: What shows values of a column.
_SPREAD = ("mean", "std", "min", "p05", "q25", "median", "q75", "p95", "max", "mad", "histogram", "levels", "frequent")
_VALUES = (*_SPREAD, "smallest", "largest", "time", "images")


def summarise(
    column: Column, series: pd.Series, encoded: Encoded | None, pictures: Images | None, target: Target
) -> ColumnProfile:
    """One column in numbers.

    Args:
        series: its values (n,).
        encoded: their codes and words, where they are words.
        pictures: the images that the words name, where they name images.
        target: what the column is related to.
    """
    is_target = column.name in target.names
    related = Target(target.names, target.sample) if is_target else target
    shown = column.kind not in (Kind.ID, Kind.IGNORE)
    if pictures is not None:
        found = _pictures(series, pictures, related)
    elif encoded is not None:
        labels = target.labels if is_target else ()
        found = words(encoded, related, column.kind, labels, named=not column.sensitive)
    elif column.kind is Kind.BOOLEAN:
        found = booleans(series, related)
    elif pd.api.types.is_datetime64_dtype(series.dtype):
        found = _dates(series, related, shown)
    else:
        found = numbers(series, related, shown)
    if 0 < found["missing"] < len(series):
        found["missing_relation"] = missing_relation(series.isna().to_numpy(), related)
    for name in _hidden(column):
        found.pop(name, None)
    found |= {"is_target": is_target, "sensitive": column.sensitive, "memory": series.nbytes}
    return ColumnProfile(column.name, column.kind, column.reason, **found)


def _hidden(column: Column) -> tuple[str, ...]:
    """What is not said of a column: values of sensitive ones and of ids, anything but counts of ignored ones."""
    if column.kind is Kind.IGNORE:
        return (*_VALUES, "text", "relation", "missing_relation", "skewness", "kurtosis", "spelling")
    if column.kind is Kind.ID:
        return _VALUES
    return (*_VALUES, "text") if column.sensitive else ()


def _dates(series: pd.Series, target: Target, shown: bool) -> dict[str, Any]:
    known = series.notna().to_numpy()
    stamps = series.to_numpy()
    stamps = stamps if known.all() else stamps[known]
    found: dict[str, Any] = {"count": len(stamps), "missing": len(series) - len(stamps)}
    if len(stamps) == 0:
        return found | {"distinct": 0}
    ordered = _ordered(stamps.view(np.int64))
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1], [True])))
    found |= {"distinct": len(starts) - 1, "most_frequent": int(np.diff(starts).max()), "order": order_of(stamps)}
    if not shown:
        return found
    ordered = ordered.view(stamps.dtype)
    time = times(series, ordered)
    fine = time is not None and time.unit == "subsecond"
    first, middle, last = (iso(ordered[position], fine) for position in (0, (len(ordered) - 1) // 2, -1))
    found |= {"min": first, "median": middle, "max": last, "time": time}
    found["histogram"] = _histogram(stamps, ordered, known, target)
    sampled = series.to_numpy()[target.sample] if target.is_known else stamps[:0]
    seconds = np.where(np.isnat(sampled), np.nan, seconds_of(sampled))
    return found | {"relation": relations.of_sample(seconds, target)}


def _ordered(ticks: np.ndarray) -> np.ndarray:
    """In rising order; a reach of 32 bits, as seconds of 136 years have, takes half the time."""
    low, high = int(ticks.min()), int(ticks.max())
    if high - low >= 2**32:
        return np.sort(ticks)
    found: np.ndarray = np.sort((ticks - low).astype(np.uint32)).astype(np.int64)
    found += low
    return found


def _histogram(stamps: np.ndarray, ordered: np.ndarray, known: np.ndarray, target: Target) -> Any:
    seconds = seconds_of(ordered)
    edges = bin_edges(seconds, quantile(seconds, 0.25), quantile(seconds, 0.75))
    if target.series_codes is None:
        return counted(seconds, edges)
    return histogram(seconds_of(stamps), edges, target.series_codes[known], len(target.series))


def _pictures(series: pd.Series, pictures: Images, target: Target) -> dict[str, Any]:
    missing = int(series.isna().sum())
    summary, relation = images(pictures, target)
    counts = {"count": len(series) - missing, "missing": missing, "distinct": series.nunique()}
    return {**counts, "images": summary, "relation": relation}
