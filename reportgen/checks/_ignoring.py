"""What a check passes over: the run as it would be without some columns, classes or layers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from reportgen.checks._labels import without_labels
from reportgen.checks._words import named
from reportgen.dataset import Dataset, Split, Splits
from reportgen.fitted import Fitted
from reportgen.profile import Profile, profile
from reportgen.profile.summaries import Associations, MissingTogether
from reportgen.results import Run


def without(run: Run, ignored: Collection[str], group: str) -> Run:
    """The run without these columns, classes and layers, for a check of that group.

    Whole rows must be compared anew where a column is gone, so for checks of rows the rest of the table is profiled
    again. The target stays: a check that knows the table by its target alone passes over the target's classes.
    """
    if not ignored:
        return run
    columns, classes, layers = _sorted_out(run, ignored)
    if classes and run.task is not None and run.task.name == "multilabel":
        run, columns, classes = without_labels(run, classes), columns | classes, set()
    if columns and run.dataset is not None:
        rest = _dataset(run.dataset, columns)
        seen = profile(rest) if group == "rows" else run.profile and _profile(run.profile, columns)
        run = replace(run, dataset=rest, profile=seen, splits=run.splits and _features(run.splits, columns))
    if classes and run.profile is not None:
        kept = {label: rows for label, rows in run.profile.class_counts.items() if label not in classes}
        run = replace(run, profile=replace(run.profile, class_counts=kept))
    if classes and run.splits is not None and run.task is not None:
        codes = [code for code, label in enumerate(run.task.labels) if label in classes]
        parts = {name: _rows(part, ~np.isin(part.y, codes)) for name, part in run.splits.parts.items()}
        run = replace(run, splits=replace(run.splits, parts=parts))
    return replace(run, fitted=_layers(run.fitted, layers)) if layers and run.fitted is not None else run


def remarks(run: Run, ignored: Collection[str], name: str) -> str:
    """What is passed over, and which of the names there is not; "" where nothing was to be ignored."""
    if not ignored:
        return ""
    known = set().union(*_sorted_out(run, ignored))
    strange = [one for one in ignored if one not in known]
    said = (
        f"Passed over, as the experiment file asks: {named(one for one in ignored if one in known)}." if known else ""
    )
    if strange:
        no_such = "is" if len(strange) == 1 else "are"
        said = f"{said} checks.{name}.ignore: {named(strange)} {no_such} no column, class or layer here.".lstrip()
    return said


def _sorted_out(run: Run, ignored: Collection[str]) -> tuple[set[str], set[str], set[str]]:
    """Which of the names are columns but the target, classes, layers."""
    names, targets = set(ignored), {run.task.target, *run.task.targets} if run.task else set()
    columns = {one.name for one in run.dataset.columns} if run.dataset else set()
    labels = set(run.task.labels) if run.task else set()
    layers = {one.layer for one in run.fitted.activations} if run.fitted else set()
    return (names & columns) - targets, names & labels, names & layers


def _dataset(dataset: Dataset, gone: set[str]) -> Dataset:
    columns = tuple(one for one in dataset.columns if one.name not in gone)
    frame = dataset.frame.drop(columns=[name for name in dataset.frame.columns if name in gone])
    images = {name: one for name, one in dataset.images.items() if name not in gone}
    encoded = {name: one for name, one in dataset.encoded.items() if name not in gone}
    return replace(dataset, frame=frame, columns=columns, images=images, encoded=encoded)


def _profile(table: Profile, gone: set[str]) -> Profile:
    correlated = tuple(pair for pair in table.correlated if not {pair.first, pair.second} & gone)
    names, matrix = _square(table.correlation_names, table.correlation, gone)
    strongest = tuple(one for one in table.associations.strongest if not {one.first, one.second} & gone)
    pairs = _square(table.associations.names, table.associations.matrix, gone)
    return replace(
        table,
        columns=tuple(one for one in table.columns if one.name not in gone),
        correlated=correlated,
        n_correlated=table.n_correlated - (len(table.correlated) - len(correlated)),
        correlation_names=names,
        correlation=matrix,
        associations=Associations(*pairs, strongest, table.associations.rows),
        missing=_missing(table.missing, gone),
        time_column=None if table.time_column in gone else table.time_column,
    )


Matrix = tuple[tuple[float | None, ...], ...]


def _square(names: tuple[str, ...], matrix: Matrix, gone: set[str]) -> tuple[tuple[str, ...], Matrix]:
    kept = [place for place, name in enumerate(names) if name not in gone]
    return tuple(names[i] for i in kept), tuple(tuple(matrix[i][j] for j in kept) for i in kept)


def _missing(table: MissingTogether, gone: set[str]) -> MissingTogether:
    """The matrix of the columns that stay; patterns and complete rows, which are of all columns, are left out."""
    names, matrix = _square(table.names, table.matrix, gone)
    return MissingTogether(names=names, matrix=matrix)


def _features(splits: Splits, gone: set[str]) -> Splits:
    names = splits.feature_names
    kept = [place for place, name in enumerate(names) if splits.made_from.get(name, name) not in gone]
    parts = {name: replace(part, X=part.X[:, kept]) for name, part in splits.parts.items()}
    made_from = {name: column for name, column in splits.made_from.items() if column not in gone}
    return replace(splits, parts=parts, feature_names=tuple(names[place] for place in kept), made_from=made_from)


def _rows(part: Split, kept: np.ndarray) -> Split:
    return replace(part, X=part.X[kept], y=part.y[kept], rows=part.rows[kept])


def _layers(fitted: Fitted, gone: set[str]) -> Fitted:
    """Without those hidden layers; the last one stays, which no check of hidden layers looks at."""
    last = fitted.activations[-1:]
    return replace(fitted, activations=tuple(one for one in fitted.activations[:-1] if one.layer not in gone) + last)
