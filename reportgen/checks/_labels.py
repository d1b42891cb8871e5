"""Several labels a row: their rows, and which of them differs most between train and test."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from reportgen import statistics
from reportgen.checks._table import profiled
from reportgen.errors import NotApplicable
from reportgen.results import Run


def label_rows(run: Run) -> dict[str, tuple[int, int]]:
    """Rows of the table with and without each label, where all labels are known."""
    assert run.dataset is not None
    assert run.task is not None
    known = int(run.dataset.frame[list(run.task.targets)].notna().all(axis=1).sum())
    return {label: (rows, known - rows) for label, rows in profiled(run).class_counts.items()}


def training_rows(run: Run) -> dict[str, int]:
    """Training rows with the label, or without it where those are fewer."""
    assert run.splits is not None
    assert run.task is not None
    flags = run.splits.train.y
    members = flags.sum(axis=0)
    return dict(zip(run.task.labels, np.minimum(members, len(flags) - members).tolist(), strict=True))


def differing(train: np.ndarray, test: np.ndarray) -> tuple[float, float, int]:
    """Of flags (n, n_labels) the label whose share differs most: Cramér's V, its p-value for all labels, its place.

    The p-value is that of one label times their number (Bonferroni).
    """
    found = []
    for place in range(train.shape[1]):
        counts = np.stack([np.bincount(flags[:, place], minlength=2) for flags in (train, test)]).astype(float)
        found.append((*statistics.chi_square(counts[:, counts.sum(axis=0) > 0]), place))
    size, p, place = max(found, key=lambda one: (one[0], -one[2]))
    return size, min(1.0, p * len(found)), place


def without_labels(run: Run, gone: Collection[str]) -> Run:
    """The run as if it had not these labels; predictions and scores stay.

    Raises:
        NotApplicable: none is left.
    """
    assert run.task is not None
    kept = [place for place, label in enumerate(run.task.labels) if label not in gone]
    if not kept:
        raise NotApplicable("every label is passed over")
    names = tuple(run.task.labels[place] for place in kept)
    if run.dataset is not None:
        run = replace(run, dataset=replace(run.dataset, task=replace(run.task, labels=names, targets=names)))
    if run.profile is not None:
        counts = {label: rows for label, rows in run.profile.class_counts.items() if label in names}
        run = replace(run, profile=replace(run.profile, class_counts=counts))
    if run.splits is not None:
        parts = {name: replace(part, y=part.y[:, kept]) for name, part in run.splits.parts.items()}
        run = replace(run, splits=replace(run.splits, parts=parts))
    return run
