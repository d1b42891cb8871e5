"""Dataset -> Splits: clean, split, preprocess, and a ledger of every row and column on the way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reportgen import memory
from reportgen.dataset import Column, Dataset, Kind, Split, Splits, Task
from reportgen.errors import DataError
from reportgen.prepare import cleaning, entries, lacks, outliers, preprocess, splitting, staging, windows
from reportgen.prepare._target import target_numbers
from reportgen.prepare.dependence import dependence as dependence
from reportgen.prepare.ledger import Ledger
from reportgen.prepare.splitting import Drawn
from reportgen.prepare.windows import flat as flat
from reportgen.profile import rows as row_codes
from reportgen.spec import Spec
from reportgen.text import listing, plural, quoted

#: Of the available memory, what the features may take.
_SHARE = 0.4
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
    if task.name == "forecast":
        return windows.prepare(dataset, spec, seed, drawn)
    ledger = Ledger(dataset.n_rows, len(dataset.columns))
    shape = f"{plural(dataset.n_rows, 'row')}, {plural(len(dataset.columns), 'column')}"
    ledger.add("load", shape, f"all that {dataset.source.name} holds")
    columns = cleaning.features(dataset, spec, ledger)
    kept, notes = cleaning.clean(dataset, columns, spec, ledger)
    drawn = splitting.draw(dataset, kept, spec.split, seed) if drawn is None else drawn
    _enter_split(kept, drawn, ledger)
    _require_memory(kept, len(drawn.parts["train"]), columns, dataset, spec)
    blocks = staging.blocks(dataset, columns, _kept_words(columns, dataset, spec))
    parts, blocks, settings = outliers.settle(dataset, blocks, drawn.parts, spec, seed, ledger)
    y = {name: _target(dataset, task, part) for name, part in parts.items()}
    lacking = lacks.classes(task, y)
    matrix = preprocess.fit(dataset, blocks, parts["train"], settings)
    entries.enter(matrix, parts, settings, ledger)
    steps = ledger.close(parts, matrix.feature_names)
    lacking += lacks.levels(matrix, parts)
    notes += [*drawn.notes, *lacks.extremes(dataset, blocks, np.concatenate(list(parts.values())))]
    made = {name: Split(name, matrix.transform(part), y[name], part) for name, part in parts.items()}
    return Splits(
        made,
        matrix.feature_names,
        steps,
        matrix.made_from,
        shape=matrix.shape,
        vocabulary=matrix.vocabulary,
        words=matrix.words,
        notes=tuple(notes),
        lacks=tuple(lacking),
        dependence=dependence(dataset, spec.split),
    )


def _kept_words(columns: Sequence[Column], dataset: Dataset, spec: Spec) -> int | None:
    """How many words of a text stay in their order; None where words are counted."""
    if spec.preprocess.text != "tokens":
        return None
    texts = [column.name for column in columns if column.kind is Kind.TEXT]
    others = [column.name for column in columns if column.kind is not Kind.TEXT]
    file = dataset.source.name
    if not texts:
        what, fix = "there is no text column to make tokens of", "declare one under data.columns: {NAME: text}"
        raise DataError(what, fix, file=file, key="preprocess.text")
    if others or len(texts) > 1:
        beside = listing((quoted(name) for name in (*texts[1:], *others)), most=5, joiner="and")
        what = f"tokens are the words of one text column, and beside {quoted(texts[0])} there is {beside}"
        fix = "set the others to ignore under data.columns, or text: tfidf"
        raise DataError(what, fix, file=file, key="preprocess.text")
    return spec.preprocess.text_length


def usable(dataset: Dataset, spec: Spec) -> np.ndarray:
    """Positions of the rows that cleaning leaves, which is what `splitting.folds` divides; of a forecast the origins.

    Raises:
        DataError: no target, no feature or no row is left.
    """
    if _task(dataset).name == "forecast":
        return windows.origins(dataset, spec)
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


def _target(dataset: Dataset, task: Task, part: np.ndarray) -> np.ndarray:
    if task.name == "multilabel":
        return row_codes.label_codes(dataset.frame.iloc[part], task.targets).astype(np.int64)
    if task.is_classification:
        return row_codes.class_codes(dataset.frame[task.target].iloc[part], task.labels)
    return target_numbers(dataset, task.target, part)


def _require_memory(kept: np.ndarray, n_train: int, columns: Sequence[Column], dataset: Dataset, spec: Spec) -> None:
    height, width = spec.preprocess.image_size
    in_order = spec.preprocess.text == "tokens"
    words = 2 * spec.preprocess.text_length if in_order else preprocess.most_words(n_train)  # Staged, and as features.
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
