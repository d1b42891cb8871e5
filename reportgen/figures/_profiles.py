"""What the figures of the data share: columns that may be shown, their relation to the target, groups of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reportgen.dataset import Dataset, Kind
from reportgen.errors import NotApplicable
from reportgen.figures._data import LARGEST, class_names, name_of
from reportgen.profile.summaries import SIGNS
from reportgen.results import Run
from reportgen.svg import SERIES
from reportgen.text import classed, fixed, listing, one_line

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes
    from reportgen.profile import ColumnProfile, Profile, Relation

#: Series colours by their words, in their order.
COLOURS = ("grey", "blue", "orange", "green", "violet")
_SHAPES = ("", " (squares)", " (large)", " (large squares)")
MOST_CLASSES = 4
_ALIKE = 0.9
_THIRDS = ("lowest third", "middle third", "highest third")


def profile_of(run: Run) -> Profile:
    if run.profile is None or run.profile.n_rows == 0:
        raise NotApplicable("there are no rows")
    return run.profile


def shown_features(profile: Profile) -> list[ColumnProfile]:
    """The columns whose values may be shown: no target, no id, nothing ignored or sensitive."""
    return [
        column
        for column in profile.columns
        if not column.is_target and not column.sensitive and column.kind not in (Kind.ID, Kind.IGNORE)
    ]


def numbers_that_vary(profile: Profile) -> list[ColumnProfile]:
    """The numeric ones among them with two different values or more."""
    return [c for c in shown_features(profile) if c.kind is Kind.NUMERIC and c.distinct > 1 and c.histogram]


def strength(relation: Relation | None) -> float:
    """`Relation.strength`, -1 where it is unknown."""
    return -1.0 if relation is None or not np.isfinite(relation.value) else relation.strength


def relation_text(relation: Relation) -> str:
    """`AUC 0.94`, `V 0.31`, `AUC 0.998`."""
    # What is not quite 1 must not read as 1.
    digits = 3 if 0.995 <= relation.value < 0.9995 else 2
    return f"{SIGNS.get(relation.name, one_line(relation.name, 30))} {fixed(relation.value, digits)}"


def unlike(profile: Profile, columns: Sequence[ColumnProfile], most: int) -> list[ColumnProfile]:
    """The first `most` columns, passing over those that correlate by 0.9 or more with one before them.

    Where so few are left that one alone would stand, the others follow after all.
    """
    pairs = {frozenset((pair.first, pair.second)) for pair in profile.correlated if abs(pair.r) >= _ALIKE}
    kept: list[ColumnProfile] = []
    passed: list[ColumnProfile] = []
    for column in columns:
        if len(kept) == most:
            break
        alike = any(frozenset((column.name, other.name)) in pairs for other in kept)
        (passed if alike else kept).append(column)
    return kept if len(kept) > 1 else (kept + passed)[:most]


def by_relation(columns: Sequence[ColumnProfile]) -> list[ColumnProfile]:
    """The columns most related to the target first; without any relation, in their order."""
    return sorted(columns, key=lambda column: -strength(column.relation))


def sample(n_rows: int, most: int, seed: int) -> np.ndarray:
    """Positions of all rows, or of `most` drawn at random, in their order."""
    if n_rows <= most:
        return np.arange(n_rows)
    return np.sort(np.random.default_rng(seed).choice(n_rows, most, replace=False))


def numbers(dataset: Dataset, name: str, rows: np.ndarray) -> np.ndarray:
    """A numeric column at these rows, (n,) floats of a size that can be squared; NaN for what is not finite."""
    values = dataset.frame[name].iloc[rows].to_numpy(dtype="float64", na_value=np.nan)
    return np.where(np.abs(values) < LARGEST, values, np.nan)


def words(dataset: Dataset, name: str, rows: np.ndarray) -> list[str]:
    """A column of words or booleans at these rows; "" where missing."""
    column = dataset.frame[name].iloc[rows]
    known = column.notna().to_numpy()
    is_boolean = str(column.dtype) in ("boolean", "bool")
    values = (str(value).lower() if is_boolean else str(value) for value in column.to_numpy(dtype=object))
    return [value if there else "" for value, there in zip(values, known, strict=True)]


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows by class or by thirds of the target: codes (n,), -1 where the target is missing, and the group's names."""

    names: tuple[str, ...]
    codes: np.ndarray
    by: str = ""  # of what the groups are, for the caption


def groups(run: Run, dataset: Dataset, rows: np.ndarray) -> Groups:
    """How to colour these rows: by class, the largest four if there are more, by thirds of a number, or not at all.

    Of several labels by the one that a single column tells best.
    """
    task = run.task
    if task is None:
        return Groups(("rows",), np.zeros(len(rows), dtype=int))
    if task.is_classification:
        return _classes(run, dataset, rows)
    if task.name == "multilabel":
        return _best_label(run, dataset, rows)
    values = numbers(dataset, task.target, rows)
    finite = values[np.isfinite(values)]
    if len(np.unique(finite)) < 3:
        return Groups(("rows",), np.zeros(len(rows), dtype=int))
    codes = np.searchsorted(np.quantile(finite, [1 / 3, 2 / 3]), np.nan_to_num(values), side="left")
    return Groups(_THIRDS, np.where(np.isfinite(values), codes, -1), f"of {name_of(task.target)}")


def draw_groups(axes: Axes, x: np.ndarray, y: np.ndarray, codes: np.ndarray, names: Sequence[str]) -> None:
    """Points in a colour and a shape for each group, so that they are told apart in grey too."""
    for code, name in enumerate(names):
        mine = codes == code
        size = 2.7 if code < 2 else 4.4
        axes.points(x[mine], y[mine], SERIES[code + 1], name, size=size, alpha=0.6, square=code % 2 == 1)


def legend(names: Sequence[str], by: str) -> str:
    """`benign blue and malignant orange (squares)`."""
    told = zip(names, COLOURS[1:], _SHAPES, strict=False)
    return listing(f"{classed(name)} {colour}{shape}" for name, colour, shape in told) + (f" {by}" if by else "")


def _best_label(run: Run, dataset: Dataset, rows: np.ndarray) -> Groups:
    assert run.task is not None
    known = [c.relation for c in run.profile.columns if c.relation and not c.is_target] if run.profile else []
    best = max(known, key=strength, default=None)
    label = best.label if best is not None and best.label in run.task.targets else run.task.targets[0]
    codes = np.nan_to_num(numbers(dataset, label, rows), nan=-1.0).astype(int)
    return Groups((f"not {name_of(label)}", name_of(label)), codes)


def _classes(run: Run, dataset: Dataset, rows: np.ndarray) -> Groups:
    assert run.task is not None
    names = class_names(run)
    places = {label: code for code, label in enumerate(run.task.labels)}
    codes = np.array([places.get(word, -1) for word in words(dataset, run.task.target, rows)], dtype=int)
    if len(names) <= MOST_CLASSES:
        return Groups(names, codes)
    members = np.bincount(codes[codes >= 0], minlength=len(names))
    largest = np.sort(np.argsort(-members, kind="stable")[: MOST_CLASSES - 1])
    place = np.full(len(names) + 1, len(largest))
    place[largest] = np.arange(len(largest))
    place[-1] = -1
    return Groups((*(names[code] for code in largest), "other classes"), place[codes])
