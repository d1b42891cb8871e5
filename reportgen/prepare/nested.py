"""Training rows -> ever larger parts of them, each within the next, for a learning curve."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reportgen.dataset import Dataset
from reportgen.prepare import _groups, _strata, _times
from reportgen.spec import Split
from reportgen.text import quoted


def nested(dataset: Dataset, rows: np.ndarray, split: Split, shares: Sequence[float], seed: int) -> list[np.ndarray]:
    """The part of `rows` for each share of them, in the order of the shares; sorted as `rows` are.

    What the split keeps together stays together: whole groups, of which the last may make a part larger than asked; of
    rows in time the latest; else rows at random, classes (or tenths of the target) in the proportion of the whole.

    Args:
        rows: positions in `Dataset.frame`, of a forecast origins in the order of time.
    """
    order = _order(dataset, rows, split, seed)
    counts = [int(np.ceil(share * len(rows) - 1e-9)) for share in shares]
    if _by(dataset, split) == "group":
        counts = [_whole_groups(_codes(dataset, rows, split)[order], count) for count in counts]
    return [rows[np.sort(order[:count])] for count in counts]


def how(dataset: Dataset, split: Split) -> str:
    """How the parts are drawn, within a sentence."""
    assert dataset.task is not None
    alike = "classes" if dataset.task.is_classification else "small and large targets"
    return {
        "time": "the latest rows before the test",
        "group": f"whole groups of column {quoted(split.column)}, drawn at random",
        "stratified": f"rows drawn at random, {alike} in the proportion of the whole",
        "random": "rows drawn at random",
    }[_by(dataset, split)]


def _by(dataset: Dataset, split: Split) -> str:
    assert dataset.task is not None
    if dataset.task.time is not None:
        return "time"
    if split.by != "auto":
        return split.by
    return "stratified" if dataset.task.is_classification and dataset.task.name != "multilabel" else "random"


def _order(dataset: Dataset, rows: np.ndarray, split: Split, seed: int) -> np.ndarray:
    """Places in `rows`, those that the smallest part takes first."""
    assert dataset.task is not None
    by = _by(dataset, split)
    if dataset.task.time is not None:
        return np.arange(len(rows))[::-1]
    if by == "time":
        times = _times.moments(dataset.frame[split.column])(rows)
        return np.asarray(np.argsort(times, kind="stable")[::-1])
    shuffled = np.random.default_rng(seed).permutation(len(rows))
    if by == "group":
        _, first, codes = np.unique(_codes(dataset, rows, split)[shuffled], return_index=True, return_inverse=True)
        return np.asarray(shuffled[np.argsort(first[codes], kind="stable")])
    if by == "stratified":
        return np.asarray(shuffled[np.argsort(_place_in_class(_strata.codes(dataset)(rows)[shuffled]), kind="stable")])
    return np.asarray(shuffled)


def _codes(dataset: Dataset, rows: np.ndarray, split: Split) -> np.ndarray:
    return np.asarray(_groups.codes(dataset.frame[split.column])[rows])


def _whole_groups(codes: np.ndarray, count: int) -> int:
    """How many rows there are up to the end of the group that the last of `count` rows is of."""
    ends = np.append(np.flatnonzero(np.diff(codes)) + 1, len(codes))
    return int(ends[np.searchsorted(ends, count)])


def _place_in_class(codes: np.ndarray) -> np.ndarray:
    """(n,) how far into its class each row comes, from 0 to 1, so that any first part has all in proportion."""
    order = np.argsort(codes, kind="stable")
    _, begins, members = np.unique(codes[order], return_index=True, return_counts=True)
    place = np.empty(len(codes))
    place[order] = (np.arange(len(codes)) - np.repeat(begins, members) + 0.5) / np.repeat(members, members)
    return place
