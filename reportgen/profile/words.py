"""A column of words as levels: their members, by class, the rare ones, and how evenly they share the rows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from reportgen.dataset import Kind
from reportgen.profile import relations
from reportgen.profile.rows import Encoded
from reportgen.profile.spelling import spelling
from reportgen.profile.summaries import Level, Spelling
from reportgen.profile.target import Target
from reportgen.profile.texts import texts
from reportgen.text import plural, shorten

#: Levels shown by name, and the members that a level must have to be named.
_MOST_LEVELS, _FEWEST_MEMBERS = 10, 5
#: A level with less than this share of the rows is rare.
_RARE = 0.01
_BOOLEANS = ("false", "true")
#: Rows looked at together: few enough to stay near the core.
_BLOCK = 2**16


def words(
    encoded: Encoded, target: Target, kind: Kind, labels: tuple[str, ...] = (), named: bool = True
) -> dict[str, Any]:
    """Summaries of a column of words (n,), as `ColumnProfile` names them.

    Args:
        labels: levels that are listed however few their members, all that there are.
        named: False where no word may be shown.
    """
    codes, different = encoded
    members = _members(codes, len(different))
    count = int(members.sum())
    found: dict[str, Any] = {"count": count, "missing": len(codes) - count, "distinct": int((members > 0).sum())}
    found["most_frequent"] = int(members.max()) if len(members) else 0
    if kind is Kind.IGNORE:
        return found
    found["spelling"] = _spelling(different, members, named and kind is not Kind.ID)
    if kind is Kind.TEXT:
        found["text"], found["relation"] = texts(encoded, members, target, named)
        return found
    return found if kind is Kind.ID else found | _levelled(encoded, members, target, labels)


def _spelling(different: pa.Array, members: np.ndarray, named: bool) -> Spelling | None:
    if members.all():
        return spelling(different, members, named)
    return spelling(different.filter(pa.array(members > 0)), members[members > 0], named)


def booleans(series: pd.Series, target: Target) -> dict[str, Any]:
    """Summaries of a column of true and false (n,), as `ColumnProfile` names them."""
    codes = series.to_numpy("int8", na_value=-1)
    members = _members(codes, 2)
    count = int(members.sum())
    found: dict[str, Any] = {"count": count, "missing": len(codes) - count}
    found |= {"distinct": int((members > 0).sum()), "most_frequent": int(members.max())}
    return found | _levelled(Encoded(codes, pa.array(_BOOLEANS)), members, target, _BOOLEANS)


def _members(codes: np.ndarray, n_levels: int) -> np.ndarray:
    """Rows of each level (n_levels,), counted in blocks, of which numpy makes wider copies."""
    found = np.zeros(n_levels + 1, np.int64)
    block = max(_BLOCK, n_levels)
    for start in range(0, len(codes), block):
        found += np.bincount(codes[start : start + block] + 1, minlength=n_levels + 1)
    return found[1:]


def _levelled(encoded: Encoded, members: np.ndarray, target: Target, labels: tuple[str, ...]) -> dict[str, Any]:
    count = int(members.sum())
    there = members[members > 0]
    rare = there[there < _RARE * count]
    return {
        "rare_levels": len(rare),
        "rare_rows": int(rare.sum()),
        "entropy": _entropy(there, count),
        "levels": _levels(encoded, members, target, labels),
        "relation": relations.of_words(encoded.codes, target),
    }


def _entropy(members: np.ndarray, count: int) -> float | None:
    if len(members) < 2:
        return None
    shares = members / count
    return min(1.0, float(-(shares * np.log(shares)).sum()) / math.log(len(members)))


def _levels(encoded: Encoded, members: np.ndarray, target: Target, labels: tuple[str, ...]) -> tuple[Level, ...]:
    """The most frequent levels by name, and the others as one."""
    least, most = (1, len(labels)) if labels else (_FEWEST_MEMBERS, _MOST_LEVELS)
    shown = _commonest(members, least, most)
    table = _by_class(encoded.codes, len(members), shown, target)
    names = encoded.words.take(pa.array(shown)).to_pylist()
    levels = [
        Level(shorten(name), int(members[code]), tuple(row))
        for name, code, row in zip(names, shown.tolist(), table, strict=False)
    ]
    if rest := int((members > 0).sum()) - len(shown):
        others = int(members.sum() - members[shown].sum())
        levels.append(Level(f"other ({plural(rest, 'level')})", others, tuple(table[-1]), rest))
    return tuple(levels)


def _commonest(members: np.ndarray, least: int, most: int) -> np.ndarray:
    """The levels with the most members, at least `least`, the first of equal ones first."""
    codes = np.flatnonzero(members >= least)
    if len(codes) > 10 * most:
        codes = codes[members[codes] >= np.partition(members[codes], -most)[-most]]
    return codes[np.argsort(-members[codes], kind="stable")[:most]]


def _by_class(codes: np.ndarray, n_levels: int, shown: np.ndarray, target: Target) -> list[list[int]]:
    """Rows of each shown level, and of all others, by class: (len(shown) + 1, classes)."""
    classes, n_classes = target.series_codes, len(target.series)
    if classes is None:
        return [[] for _ in range(len(shown) + 1)]
    # The place after the last is that of others, the one after it of missing ones, which -1 finds.
    place = np.full(n_levels + 1, len(shown))
    place[shown] = np.arange(len(shown))
    place[-1] = len(shown) + 1
    table = np.zeros((len(shown) + 2) * (n_classes + 1), np.int64)
    for start in range(0, len(codes), _BLOCK):
        cells = place[codes[start : start + _BLOCK]] * (n_classes + 1) + 1 + classes[start : start + _BLOCK]
        table += np.bincount(cells, minlength=len(table))
    found: list[list[int]] = table.reshape(-1, n_classes + 1)[: len(shown) + 1, 1:].tolist()
    return found
