"""What a split lacks: classes without a row, classes with one, levels that train has never seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from reportgen.dataset import Dataset, Kind, Lack, Task
from reportgen.errors import DataError
from reportgen.prepare.preprocess import Matrix
from reportgen.prepare.staging import LIMIT, Block
from reportgen.text import listing, plural, quoted

_SHOWN = 5


def classes(task: Task, y: Mapping[str, np.ndarray]) -> list[Lack]:
    """Classes without a row in a split, or with a single one in train; so of each of several labels.

    Raises:
        DataError: train has one class only, or a label that none or all of its rows have.
    """
    if task.name == "multilabel":
        return _labels(task, y)
    if not task.is_classification:
        return []
    found = []
    for name, codes in y.items():
        members = np.bincount(codes, minlength=len(task.labels))
        if name == "train" and (members > 0).sum() < 2:
            only = quoted(task.labels[int(members.argmax())])
            what, fix = f"every training row is of class {only}", "set split.by: stratified, or give more rows"
            raise DataError(what, fix, key="split")
        if len(absent := np.flatnonzero(members == 0)):
            it = "it" if len(absent) == 1 else "they"
            consequence = f"so {it} cannot be learnt" if name == "train" else "which nothing is said about"
            found.append(Lack(name, task.target, f"no row of {_classes(task, absent)}, {consequence}", 0))
        if name == "train" and len(lone := np.flatnonzero(members == 1)):
            found.append(Lack(name, task.target, f"a single row of {_classes(task, lone, 'and')}", len(lone)))
    return found


def _labels(task: Task, y: Mapping[str, np.ndarray]) -> list[Lack]:
    found = []
    for name, flags in y.items():
        members = flags.sum(axis=0)
        alike = np.flatnonzero((members == 0) | (members == len(flags)))
        if name == "train" and len(alike):
            label, has = quoted(task.labels[alike[0]]), "every" if members[alike[0]] else "no"
            what = f"{has} training row has the label {label}, so there is nothing to tell apart"
            raise DataError(what, "leave the label out of data.target, or give more rows", key="data.target")
        for place in alike:
            has, why = ("every", "a row without it") if members[place] else ("no", "a row with it")
            what = f"{has} row has the label, so that nothing is said of {why}"
            found.append(Lack(name, task.labels[place], what, 0))
        lone = np.flatnonzero((members == 1) & (name == "train"))
        found += [Lack(name, task.labels[place], "a single row with the label", 1) for place in lone]
    return found


def levels(matrix: Matrix, parts: Mapping[str, np.ndarray]) -> list[Lack]:
    """Levels of categorical columns that train does not have, by the rows that have them."""
    found = []
    for piece in matrix.pieces:
        if piece.block.kind is not Kind.CATEGORICAL or piece.marks:
            continue
        for name, rows in parts.items():
            if name == "train":
                continue
            for place, codes in enumerate(piece.block.values[rows].T):
                counts = piece.transformer.counts_[place]
                new = codes[np.append(counts, 0)[np.minimum(codes + 1, len(counts))] == 0]
                new = new[new >= 0]
                if len(new):
                    what = f"{plural(len(np.unique(new)), 'level')} that train does not have"
                    found.append(Lack(name, piece.block.names[place], what, len(new)))
    return sorted(found, key=lambda lack: -lack.rows)


def extremes(dataset: Dataset, blocks: Sequence[Block], used: np.ndarray) -> list[str]:
    """Numbers that a model cannot take as they are, and what they were taken for."""
    infinite: dict[str, int] = {}
    large: dict[str, int] = {}
    for block in blocks:
        if block.kind is not Kind.NUMERIC:
            continue
        suspect = np.flatnonzero(block.missing(used).any(axis=0) | (np.abs(block.values[used]) == LIMIT).any(axis=0))
        for name in [block.names[place] for place in suspect]:
            size = np.abs(dataset.frame[name].to_numpy("float64", na_value=np.nan)[used])
            infinite[name] = int(np.isinf(size).sum())
            large[name] = int((size > LIMIT).sum()) - infinite[name]
    return [
        *_taken(infinite, "infinite value", "infinite values", "missing"),
        *_taken(large, f"value beyond {LIMIT:g}", f"values beyond {LIMIT:g}", f"{LIMIT:g}"),
    ]


def _taken(counts: Mapping[str, int], one: str, many: str, taken_for: str) -> list[str]:
    names = [quoted(name) for name, count in counts.items() if count]
    if not names:
        return []
    what = plural(sum(counts.values()), one, many)
    return [
        f"{what} in {'column' if len(names) == 1 else 'columns'} {listing(names, most=_SHOWN)} taken as {taken_for}."
    ]


def _classes(task: Task, codes: np.ndarray, joiner: str = "or") -> str:
    labels = [quoted(task.labels[code]) for code in codes]
    return f"{'class' if len(labels) == 1 else 'classes'} {listing(labels, most=_SHOWN, joiner=joiner)}"
