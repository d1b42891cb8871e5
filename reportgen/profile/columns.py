"""A column in numbers: its moments, quantiles, levels and distribution, and how it goes with the target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from reportgen.dataset import Column, Kind
from reportgen.profile import association
from reportgen.profile.histogram import bin_edges, histogram
from reportgen.profile.moments import quantile, shape
from reportgen.profile.summaries import ColumnProfile, Level, Relation, TextProfile
from reportgen.text import plural, shorten

#: A column of words as `rows.encode` leaves it.
Encoded = tuple[np.ndarray, pa.Array]

#: Levels shown by name, and the members that a level must have to be named.
_MOST_LEVELS = 10
_FEWEST_MEMBERS = 5


@dataclass(frozen=True)
class Target:
    """The target as codes (n,), -1 where missing, or as numbers (n,), or neither.

    `sample` are the rows to relate, `series` the labels of the classes that histograms and levels count apart.
    """

    name: str | None
    sample: slice
    codes: np.ndarray | None = None
    values: np.ndarray | None = None
    labels: tuple[str, ...] = ()
    series: tuple[str, ...] = ()

    @property
    def series_codes(self) -> np.ndarray | None:
        return self.codes if self.series else None


def summarise(column: Column, series: pd.Series, encoded: Encoded | None, target: Target) -> ColumnProfile:
    """One column in numbers.

    Args:
        series: its values (n,).
        encoded: their codes and words, where they are words.
        target: what the column is related to.
    """
    is_target = column.name == target.name
    found: dict[str, object] = {"name": column.name, "kind": column.kind, "reason": column.reason}
    found |= {"is_target": is_target, "sensitive": column.sensitive}
    related = Target(target.name, target.sample) if is_target else target
    if encoded is not None:
        found |= _words(encoded, related, column.kind, named=target.labels if is_target else ())
    elif column.kind is Kind.BOOLEAN:
        found |= _words(_encoded_booleans(series), related, column.kind, named=("false", "true"))
    elif column.kind is Kind.DATETIME:
        found |= _dates(series, related)
    else:
        found |= _numbers(series, related)
    for name in _hidden(column):
        found.pop(name, None)
    return ColumnProfile(**found)  # type: ignore[arg-type]


def _hidden(column: Column) -> tuple[str, ...]:
    """What is not said of a column: values of sensitive ones and of ids, anything but counts of ignored ones."""
    spread = ("mean", "std", "min", "q25", "median", "q75", "max", "histogram")
    if column.kind is Kind.IGNORE:
        return (*spread, "levels", "text", "relation", "skewness", "kurtosis")
    if column.kind is Kind.ID:
        return (*spread, "levels")
    return (*spread, "levels", "text") if column.sensitive else ()


def _numbers(series: pd.Series, target: Target) -> dict[str, object]:
    numbers = series.to_numpy("float64", na_value=np.nan)
    known = np.isfinite(numbers)
    finite = numbers if known.all() else numbers[known]
    missing = int(np.isnan(numbers).sum())
    found: dict[str, object] = {"missing": missing, "count": len(numbers) - missing}
    found |= {"infinite": len(numbers) - missing - len(finite), "relation": _relation_of_numbers(numbers, target)}
    if len(finite) == 0:
        return found | {"distinct": len(np.unique(numbers[~np.isnan(numbers)]))}
    exact = series.dropna().to_numpy("int64") if series.dtype in ("int64", "Int64") else finite
    ordered = np.sort(exact)
    runs = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1], [True])))
    found |= {
        "distinct": len(runs) - 1 + len(np.unique(numbers[np.isinf(numbers)])),
        "most_frequent": int(np.diff(runs).max()),
    }
    found |= {"min": ordered[0].item(), "max": ordered[-1].item()}
    ordered = ordered.astype(float, copy=False)
    found |= shape(finite, ordered)
    codes = target.series_codes
    edges = bin_edges(ordered, float(found["q25"]), float(found["q75"]))  # type: ignore[arg-type]
    counted = histogram(finite, edges, None if codes is None else codes[known], len(target.series) or 1)
    return found | {"histogram": counted, "whole": bool((ordered == np.floor(ordered)).all())}


def _dates(series: pd.Series, target: Target) -> dict[str, object]:
    known = series.notna().to_numpy()
    stamps = series.to_numpy()[known]
    found: dict[str, object] = {"count": len(stamps), "missing": int((~known).sum())}
    if len(stamps) == 0:
        return found | {"distinct": 0}
    ordered = np.sort(stamps)
    seconds = _seconds(ordered)
    _, members = np.unique(ordered, return_counts=True)
    middle = ordered[(len(ordered) - 1) // 2]
    found |= {"distinct": len(members), "most_frequent": int(members.max())}
    found |= {"min": _iso(ordered[0]), "median": _iso(middle), "max": _iso(ordered[-1])}
    codes = target.series_codes
    edges = bin_edges(seconds + 0.0, quantile(seconds, 0.25), quantile(seconds, 0.75))
    counted = histogram(_seconds(stamps), edges, None if codes is None else codes[known], len(target.series) or 1)
    every = np.full(len(series), np.nan)
    every[known] = _seconds(stamps)
    return found | {"histogram": counted, "relation": _relation_of_numbers(every, target)}


def _seconds(stamps: np.ndarray) -> np.ndarray:
    return stamps.astype("datetime64[us]").astype(np.int64) / 1e6


def _iso(stamp: np.datetime64) -> str:
    return str(stamp.astype("datetime64[s]")).removesuffix("T00:00:00").replace("T", " ")


def _words(encoded: Encoded, target: Target, kind: Kind, named: tuple[str, ...]) -> dict[str, object]:
    """Of a column of words; `named` ones are listed however few their members."""
    codes, words = encoded
    members = np.bincount(codes[codes >= 0], minlength=len(words))
    count = int(members.sum())
    found: dict[str, object] = {"count": count, "missing": len(codes) - count, "distinct": len(words)}
    found["most_frequent"] = int(members.max()) if len(members) else 0
    if kind is Kind.TEXT:
        return found | {"text": _lengths(words, members)}
    if kind in (Kind.ID, Kind.IGNORE):
        return found
    return found | {
        "levels": _levels(codes, words, members, target, named),
        "relation": _relation_of_words(codes, target),
    }


def _encoded_booleans(series: pd.Series) -> Encoded:
    codes = series.to_numpy("int8", na_value=-1).astype(np.int32)
    return codes, pa.array(["false", "true"])


def _levels(
    codes: np.ndarray, words: pa.Array, members: np.ndarray, target: Target, named: tuple[str, ...]
) -> tuple[Level, ...]:
    """The most frequent levels by name, and the others as one."""
    order = sorted(range(len(members)), key=lambda code: -members[code])
    least, most = (0, len(named)) if named else (_FEWEST_MEMBERS, _MOST_LEVELS)
    shown = [code for code in order[:most] if members[code] >= least]
    place = np.full(len(words) + 1, len(shown))
    place[shown] = np.arange(len(shown))
    table = np.zeros((len(shown) + 1, 0), int)
    if target.series_codes is not None:
        kept = (codes >= 0) & (target.series_codes >= 0)
        cells = place[codes[kept]] * len(target.series) + target.series_codes[kept]
        table = np.bincount(cells, minlength=(len(shown) + 1) * len(target.series)).reshape(len(shown) + 1, -1)
    levels = [
        Level(shorten(words[code].as_py()), int(members[code]), tuple(table[row].tolist()))
        for row, code in enumerate(shown)
    ]
    if rest := len(words) - len(shown):
        others = int(members.sum()) - sum(level.count for level in levels)
        levels.append(Level(f"other ({plural(rest, 'level')})", others, tuple(table[-1].tolist()), rest))
    return tuple(levels)


def _lengths(words: pa.Array, members: np.ndarray) -> TextProfile | None:
    if len(words) == 0:
        return None
    sizes = np.repeat(pc.utf8_length(words).to_numpy(), members)
    counts = np.repeat(pc.count_substring_regex(words, r"\S+").to_numpy(), members)
    return TextProfile(int(sizes.min()), float(np.median(sizes)), int(sizes.max()), float(counts.mean()))


def _relation_of_numbers(numbers: np.ndarray, target: Target) -> Relation | None:
    numbers = numbers[target.sample]
    if target.codes is not None:
        codes = target.codes[target.sample]
        kept = np.isfinite(numbers) & (codes >= 0)
        best = association.separation(numbers[kept], codes[kept], len(target.labels))
        return Relation("AUC", best[0], target.labels[best[1]]) if best else None
    if target.values is not None:
        values = target.values[target.sample]
        kept = np.isfinite(numbers) & np.isfinite(values)
        rho = association.spearman(numbers[kept], values[kept])
        return None if rho is None else Relation("Spearman", abs(rho))
    return None


def _relation_of_words(codes: np.ndarray, target: Target) -> Relation | None:
    codes = codes[target.sample]
    if target.codes is not None:
        classes = target.codes[target.sample]
        kept = (codes >= 0) & (classes >= 0)
        value, name = association.cramers_v(codes[kept], classes[kept]), "Cramér's V"
    elif target.values is not None:
        values = target.values[target.sample]
        kept = (codes >= 0) & np.isfinite(values)
        value, name = association.correlation_ratio(codes[kept], values[kept]), "correlation ratio"
    else:
        return None
    return None if value is None else Relation(name, value)
