"""Dataset -> Splits: clean, split, preprocess, and a ledger of every row and column on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from reportgen import memory
from reportgen.dataset import Column, Dataset, Kind, Split, Splits, Task
from reportgen.errors import DataError
from reportgen.prepare import cleaning, entries, lacks, outliers, preprocess, splitting, staging
from reportgen.prepare.ledger import Ledger
from reportgen.prepare.preprocess import Settings
from reportgen.prepare.splitting import Drawn
from reportgen.prepare.staging import Block
from reportgen.profile import rows as row_codes
from reportgen.spec import MissingPolicy, Spec
from reportgen.text import listing, plural, quoted

#: Of the available memory, what the features may take.
_SHARE = 0.4
#: Estimators compute in 32-bit numbers, which end at 3.4e38.
_LARGEST_TARGET = 1e38
_PARTS_OF_TIME = 6


def prepare(dataset: Dataset, spec: Spec, seed: int | None = None, drawn: Drawn | None = None) -> Splits:
    """Clean the rows, divide them, and make features by transformers fitted on the training rows alone.

    Args:
        seed: for the division; the experiment's own if left out.
        drawn: a division of `usable` rows, such as one fold; drawn as the experiment says if left out.

    Raises:
        DataError: no target, no feature or no row is left, a split would be empty or hold one class only, or a column
            that the experiment names is missing or of the wrong kind.
        SpecError: the split does not fit the task.
        LimitExceeded: the features would not fit into memory.
    """
    task, seed = _task(dataset), spec.seed if seed is None else seed
    ledger = Ledger(dataset.n_rows, len(dataset.columns))
    shape = f"{plural(dataset.n_rows, 'row')}, {plural(len(dataset.columns), 'column')}"
    ledger.add("load", shape, f"all that {dataset.source.name} holds")
    columns = cleaning.features(dataset, spec, ledger)
    kept, notes = cleaning.clean(dataset, columns, spec, ledger)
    drawn = splitting.draw(dataset, kept, spec.split, seed) if drawn is None else drawn
    _enter_split(kept, drawn, ledger)
    _require_memory(kept, len(drawn.parts["train"]), columns, dataset, spec)
    blocks = staging.blocks(dataset, columns)
    parts, blocks, settings = _without_outliers(dataset, blocks, drawn.parts, spec, seed, ledger)
    y = {name: _target(dataset, task, part) for name, part in parts.items()}
    lacking = lacks.classes(task, y)
    matrix = preprocess.fit(dataset, blocks, parts["train"], settings)
    entries.enter(matrix, parts, settings, ledger)
    steps = ledger.close(parts, matrix.feature_names)
    lacking += lacks.levels(matrix, parts)
    notes += [*drawn.notes, *lacks.extremes(dataset, blocks, np.concatenate(list(parts.values())))]
    made = {name: Split(name, matrix.transform(part), y[name], part) for name, part in parts.items()}
    return Splits(made, matrix.feature_names, steps, matrix.made_from, tuple(notes), tuple(lacking))


def usable(dataset: Dataset, spec: Spec) -> np.ndarray:
    """Positions of the rows that cleaning leaves, which is what `splitting.folds` divides.

    Raises:
        DataError: no target, no feature or no row is left.
    """
    _task(dataset)
    ledger = Ledger(dataset.n_rows, len(dataset.columns))
    return cleaning.clean(dataset, cleaning.features(dataset, spec, ledger), spec, ledger)[0]


def _task(dataset: Dataset) -> Task:
    if dataset.task is None:
        raise DataError("nothing to predict", "set data.target", file=dataset.source.name, key="data.target")
    return dataset.task


def _enter_split(kept: np.ndarray, drawn: Drawn, ledger: Ledger) -> None:
    sizes = listing((f"{len(part):,} {name}" for name, part in drawn.parts.items()), joiner="and")
    if sum(map(len, drawn.parts.values())) < len(kept):
        unused = np.setdiff1d(kept, np.concatenate(list(drawn.parts.values())))
        why = "a fold in time trains on what came before its test"
        ledger.remove("later rows", unused, f"{plural(len(unused), 'row')} left out of this fold", why)
    ledger.add("split", f"{sizes}, {drawn.how}", drawn.why)


def _without_outliers(
    dataset: Dataset, blocks: Sequence[Block], parts: Mapping[str, np.ndarray], spec: Spec, seed: int, ledger: Ledger
) -> tuple[Mapping[str, np.ndarray], list[Block], Settings]:
    """The rows of each part, the columns with a value in train, and how they become features."""
    policy = spec.clean.missing if isinstance(spec.clean.missing, MissingPolicy) else MissingPolicy()
    settings = Settings(spec.preprocess, policy, seed)
    wish, file = spec.clean.outliers, dataset.source.name
    if wish is not None:
        numeric = [name for block in blocks if block.kind is Kind.NUMERIC for name in block.names]
        outliers.require_columns(dataset, wish, numeric)
        if wish.action == "drop":
            parts = outliers.drop(blocks, parts, wish, ledger, file)
    found = _with_values(blocks, parts["train"], ledger, file)
    if wish is not None and wish.action != "drop":
        bounds = outliers.enter(found, parts, wish, ledger)
        settings = replace(settings, clip=bounds) if wish.action == "clip" else replace(settings, flag=bounds)
    return parts, found, settings


def _with_values(blocks: Sequence[Block], train: np.ndarray, ledger: Ledger, file: str) -> list[Block]:
    known = [block.known(train) for block in blocks]
    empty = [name for block, has in zip(blocks, known, strict=True) for name in np.array(block.names, object)[~has]]
    found = [block.only(has) for block, has in zip(blocks, known, strict=True) if has.any()]
    if empty:
        why = "no row of train has a value, so nothing can be learnt from them"
        left = sum(len(block.columns) for block in found)
        ledger.add("empty columns", cleaning.columns_named(empty), why, columns=left, fitted_on="train")
    if not found:
        raise DataError("no feature has a value in the training rows", "give columns with values", file=file)
    return found


def _target(dataset: Dataset, task: Task, part: np.ndarray) -> np.ndarray:
    column = dataset.frame[task.target].iloc[part]
    if task.is_classification:
        return row_codes.class_codes(column, task.labels)
    values = column.to_numpy("float64")
    if (beyond := np.abs(values) > _LARGEST_TARGET).any():
        first = int(np.argmax(beyond))
        what = f"the target {quoted(task.target)}, row {part[first] + 1:,}: {values[first]:g} is too large to learn"
        fix = "give the target in a larger unit, or mend the value"
        raise DataError(what, fix, file=dataset.source.name, key="data.target")
    return values


def _require_memory(kept: np.ndarray, n_train: int, columns: Sequence[Column], dataset: Dataset, spec: Spec) -> None:
    height, width = spec.preprocess.image_size
    words = preprocess.most_words(n_train)
    fixed = {Kind.DATETIME: _PARTS_OF_TIME, Kind.TEXT: words, Kind.IMAGE: 3 * height * width}
    n_features = texts = 0
    for column in columns:
        n_features += fixed.get(column.kind, 1)
        if column.kind is Kind.CATEGORICAL and spec.preprocess.categorical == "onehot":
            n_features += min(len(staging.codes(dataset, column.name).words), preprocess.MOST_LEVELS) - 1
        elif column.kind is Kind.TEXT:
            texts += int(dataset.frame[column.name].memory_usage(index=False, deep=False))
    n_staged = sum(column.kind is not Kind.IMAGE for column in columns)
    # Features as float32; columns as staged, those of train once more and once as the scaler has them; counts of words.
    needed = len(kept) * (4.0 * n_features + 24.0 * n_staged) + 3.0 * texts
    what = f"{len(kept):,} rows of about {n_features:,} features"
    fix = "drop text or high-cardinality columns under data.columns, or use fewer rows"
    memory.require(needed, what, fix, file=dataset.source.name, share=_SHARE)
