"""What columns are related to: the target as codes or numbers, and the rows that measures of association look at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from reportgen.dataset import Dataset
from reportgen.profile import association, rows
from reportgen.profile.sample import spread

#: Rows that measures of association look at, evenly spread.
SAMPLE = 100_000
#: Classes that are counted apart in a histogram.
_MOST_SERIES = 10


@dataclass(frozen=True)
class Target:
    """The target as codes (n,), -1 where missing, or as numbers (n,), or neither.

    `sample` selects the rows to relate, `series` the labels of the classes that histograms and levels count apart.
    Of a multilabel task `several` has a target for each label, with the codes 0 and 1, all of them -1 where one is
    missing, and its name as the last of its labels.
    """

    names: tuple[str, ...]
    sample: slice | np.ndarray
    codes: np.ndarray | None = None
    values: np.ndarray | None = None
    labels: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    several: tuple[Target, ...] = ()

    def at(self, rows: np.ndarray) -> Target:
        """The target of these rows alone, all of them to be related."""
        codes, values = (None if all_of is None else all_of[rows] for all_of in (self.codes, self.values))
        several = tuple(one.at(rows) for one in self.several)
        return replace(self, sample=slice(None), codes=codes, values=values, several=several)

    @property
    def series_codes(self) -> np.ndarray | None:
        return self.codes if self.series else None

    @property
    def is_known(self) -> bool:
        """Whether there is anything to relate a column to."""
        return self.codes is not None or self.values is not None or bool(self.several)

    @cached_property
    def n_values(self) -> int:
        """Rows with a finite number."""
        return 0 if self.values is None else int(np.count_nonzero(np.isfinite(self.values)))

    @cached_property
    def centred(self) -> np.ndarray:
        """The numbers less their mean in units of the largest (n,), 0 where there is none."""
        if self.values is None:
            return np.zeros(0)
        known = np.isfinite(self.values)
        found = np.zeros(len(known))
        found[known] = association.centred(self.values[known])
        return found

    @cached_property
    def spread(self) -> float:
        """The sum of squares of `centred`."""
        return float((self.centred**2).sum())

    @cached_property
    def class_counts(self) -> dict[str, int]:
        """Rows of each class, or with each of several labels; {} where there are neither."""
        if self.several:
            return {one.labels[1]: int(np.count_nonzero(one.codes == 1)) for one in self.several}
        if self.codes is None:
            return {}
        counts = np.bincount(self.codes[self.codes >= 0], minlength=len(self.labels))
        return dict(zip(self.labels, counts.tolist(), strict=True))


def target_of(dataset: Dataset) -> Target:
    """The target of the data set's task."""
    sample = slice(None) if dataset.n_rows <= SAMPLE else spread(dataset.n_rows, SAMPLE)
    task = dataset.task
    if task is None:
        return Target((), sample)
    if task.name == "multilabel":
        return Target(task.targets, sample, several=_labels(dataset, task.targets, sample))
    column = dataset.frame[task.target]
    if not task.is_classification:
        return Target((task.target,), sample, values=column.to_numpy("float64", na_value=np.nan))
    codes = rows.class_codes(column, task.labels)
    series = task.labels if len(task.labels) <= _MOST_SERIES else ()
    return Target((task.target,), sample, codes, None, task.labels, series)


def _labels(dataset: Dataset, names: tuple[str, ...], sample: slice | np.ndarray) -> tuple[Target, ...]:
    codes = rows.label_codes(dataset.frame, names)
    return tuple(
        Target((name,), sample, np.ascontiguousarray(codes[:, place]), None, ("", name))
        for place, name in enumerate(names)
    )
