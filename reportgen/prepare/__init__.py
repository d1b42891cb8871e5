"""Dataset -> Splits: clean, split, preprocess, and a ledger of every row and column on the way."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from reportgen import memory
from reportgen.dataset import Column, Dataset, Kind, Split, Splits, Task
from reportgen.errors import DataError
from reportgen.prepare import preprocess, splitting
from reportgen.prepare.ledger import Ledger
from reportgen.prepare.preprocess import Matrix
from reportgen.profile import rows
from reportgen.spec import MissingPolicy, Spec
from reportgen.text import listing, plural, quoted

#: Of the available memory, what the features may take.
_SHARE = 0.4
#: Estimators compute in 32-bit numbers, which end at 3.4e38.
_LARGEST_TARGET = 1e38
_SHOWN = 5


def prepare(dataset: Dataset, spec: Spec, seed: int | None = None) -> Splits:
    """Clean the rows, divide them, and make features by transformers fitted on the training rows alone.

    Args:
        seed: for the division; the experiment's own if left out.

    Raises:
        DataError: no target, no feature or no row is left, or a split would be empty or hold one class only.
        SpecError: the split does not fit the task.
        LimitExceeded: the features would not fit into memory.
    """
    task = dataset.task
    if task is None:
        raise DataError("nothing to predict", "set data.target", file=dataset.source.name, key="data.target")
    ledger = Ledger(dataset.n_rows, len(dataset.columns))
    shape = f"{plural(dataset.n_rows, 'row')}, {plural(len(dataset.columns), 'column')}"
    ledger.add("load", shape, f"all that {dataset.source.name} holds")
    features = _features(dataset, spec, ledger)
    kept = _clean(dataset, features, spec, ledger)
    drawn = splitting.draw(dataset, kept, spec.split, spec.seed if seed is None else seed)
    sizes = listing((f"{len(part):,} {name}" for name, part in drawn.parts.items()), joiner="and")
    ledger.add("split", f"{sizes}, {drawn.how}", drawn.why)
    y = {name: _target(dataset, task, part) for name, part in drawn.parts.items()}
    class_notes = _classes(task, y) if task.is_classification else []
    _require_memory(len(kept), features, dataset)
    table = preprocess.staged(dataset.frame, features)
    features = _with_values(features, table.iloc[drawn.parts["train"]], ledger, dataset.source.name)
    tables = {name: table[[column.name for column in features]].iloc[part] for name, part in drawn.parts.items()}
    policy = spec.clean.missing if isinstance(spec.clean.missing, MissingPolicy) else MissingPolicy()
    matrix = preprocess.fit(tables["train"], features, spec.preprocess, policy)
    gaps = {kind: _gaps(tables, features, kind) for kind in Kind}
    _enter_transformers(matrix, features, gaps, spec, policy, ledger)
    parts = {name: Split(name, matrix.transform(tables[name]), y[name], drawn.parts[name]) for name in drawn.parts}
    notes = (*drawn.notes, *class_notes, *_unseen_levels(matrix, tables), *_extremes(features, dataset.frame, kept))
    steps = ledger.close(dict(parts), matrix.feature_names)
    return Splits(parts, matrix.feature_names, steps, matrix.made_from, notes)


def _features(dataset: Dataset, spec: Spec, ledger: Ledger) -> list[Column]:
    assert dataset.task is not None
    group = spec.split.column if spec.split.by == "group" else None
    apart = {
        "the target": [dataset.task.target],
        "ids, which name rows and do not describe them": _names(dataset.columns, Kind.ID, dataset.task.target),
        "declared or found to be of no use": _names(dataset.columns, Kind.IGNORE, dataset.task.target),
        "the group, which decides the split": [group] if group else [],
    }
    dropped = {Kind.TEXT: spec.preprocess.text, Kind.DATETIME: spec.preprocess.datetime}
    for kind, how in dropped.items():
        if how == "drop":
            apart[f"{kind.value} columns, dropped by preprocess.{kind.value}"] = _names(
                dataset.columns, kind, dataset.task.target
            )
    taken: set[str] = set()
    for why, names in apart.items():
        found = [name for name in names if name not in taken]
        taken.update(found)
        if found:
            ledger.add("set apart", _list(found), why, columns=len(dataset.columns) - len(taken))
    features = [column for column in dataset.columns if column.name not in taken]
    if not features:
        raise DataError(
            "no column is left to learn from", "declare a kind for one under data.columns", file=dataset.source.name
        )
    return features


def _clean(dataset: Dataset, features: list[Column], spec: Spec, ledger: Ledger) -> np.ndarray:
    """Positions of the rows that stay, in their order."""
    assert dataset.task is not None
    frame = dataset.frame
    stays = _known(frame[dataset.task.target]).copy()
    _enter_rows(
        ledger, "missing target", stays, len(frame), "a row without a target teaches and tests nothing", dataset
    )
    if spec.clean.duplicates == "drop":
        marks = rows.fingerprints((rows.bits(frame[name]) for name in frame.columns), len(frame))
        before = int(stays.sum())
        stays[stays] &= ~rows.repeats(marks[stays])
        _enter_rows(
            ledger,
            "duplicates",
            stays,
            before,
            "clean.duplicates: drop removes rows that repeat an earlier one",
            dataset,
        )
    if spec.clean.missing == "drop":
        before = int(stays.sum())
        for column in features:
            stays &= _known(frame[column.name])
        _enter_rows(ledger, "missing values", stays, before, "clean.missing: drop removes rows with a gap", dataset)
    return np.flatnonzero(stays)


def _known(series: pd.Series) -> np.ndarray:
    """Which values are there, and finite."""
    known: np.ndarray = np.isfinite(series.to_numpy()) if series.dtype == np.float64 else series.notna().to_numpy()
    return known


def _enter_rows(ledger: Ledger, name: str, stays: np.ndarray, before: int, why: str, dataset: Dataset) -> None:
    after = int(stays.sum())
    if after < before:
        ledger.add(name, f"{plural(before - after, 'row')} removed", why, rows=after)
    if after == 0:
        raise DataError(
            f"no row is left: {why}", "mend the data, or change clean", file=dataset.source.name, key="clean"
        )


def _with_values(features: list[Column], train: pd.DataFrame, ledger: Ledger, file: str) -> list[Column]:
    known = train.notna().any().to_numpy()
    empty = [
        column.name
        for column, has in zip(features, known, strict=True)
        if not has or (column.kind is Kind.TEXT and not any(map(preprocess.WORD.search, train[column.name])))
    ]
    found = [column for column in features if column.name not in set(empty)]
    if empty:
        before = len(features)
        why = "no row of train has a value, so nothing can be learnt from them"
        ledger.add("empty columns", _list(empty), why, columns=before - len(empty), fitted_on="train")
    if not found:
        what = "no feature has a value in the training rows"
        raise DataError(what, "give columns with values", file=file)
    return found


def _target(dataset: Dataset, task: Task, part: np.ndarray) -> np.ndarray:
    column = dataset.frame[task.target].iloc[part]
    if task.is_classification:
        return rows.class_codes(column, task.labels)
    values = column.to_numpy("float64")
    if (beyond := np.abs(values) > _LARGEST_TARGET).any():
        first = int(np.argmax(beyond))
        what = f"the target {quoted(task.target)}, row {part[first] + 1:,}: {values[first]:g} is too large to learn"
        fix = "give the target in a larger unit, or mend the value"
        raise DataError(what, fix, file=dataset.source.name, key="data.target")
    return values


def _classes(task: Task, y: Mapping[str, np.ndarray]) -> list[str]:
    """Notes on classes that a split lacks."""
    notes = []
    seen = {name: np.bincount(codes, minlength=len(task.labels)) > 0 for name, codes in y.items()}
    if seen["train"].sum() < 2:
        only = quoted(task.labels[int(np.argmax(seen["train"]))])
        raise DataError(
            f"every training row is of class {only}", "set split.by: stratified, or give more rows", key="split"
        )
    for name, has in seen.items():
        lacking = [quoted(label) for label, there in zip(task.labels, has, strict=True) if not there]
        if lacking:
            consequence = ", so it cannot be learnt" if name == "train" else ""
            notes.append(f"No {name} row is of class {listing(lacking, most=_SHOWN, joiner='or')}{consequence}.")
    return notes


def _require_memory(n_rows: int, features: list[Column], dataset: Dataset) -> None:
    width = 0
    for column in features:
        distinct = dataset.frame[column.name].nunique() if column.kind in (Kind.CATEGORICAL, Kind.TEXT) else 0
        most = {
            Kind.CATEGORICAL: min(distinct, preprocess.MOST_LEVELS),
            Kind.TEXT: preprocess.MOST_WORDS,
            Kind.DATETIME: 6,
        }
        width += most.get(column.kind, 1)
    # Once staged as float64, once on the way to float32.
    what = f"{n_rows:,} rows of about {width:,} features"
    fix = "drop text or high-cardinality columns under data.columns, or use fewer rows"
    memory.require(20.0 * n_rows * width, what, fix, file=dataset.source.name, share=_SHARE)


def _enter_transformers(
    matrix: Matrix,
    features: list[Column],
    gaps: Mapping[Kind, int],
    spec: Spec,
    policy: MissingPolicy,
    ledger: Ledger,
) -> None:
    """One line a kind: how its gaps were filled and what became of its columns."""
    words = {
        Kind.NUMERIC: (_fill(policy.numeric), _SCALED[spec.preprocess.numeric]),
        Kind.BOOLEAN: ("the most frequent value", "taken as 0 and 1"),
        Kind.CATEGORICAL: (_fill(policy.categorical), _ENCODED[spec.preprocess.categorical]),
        Kind.DATETIME: (
            "the median",
            f"taken apart into year to hour, elapsed days; {_SCALED[spec.preprocess.numeric]}",
        ),
        Kind.TEXT: ("no word", f"one feature a word, at most {preprocess.MOST_WORDS:,}, weighted by TF-IDF"),
    }
    made = {column.name: 0 for column in features}
    for source in matrix.made_from.values():
        made[source] += 1
    width = len(features)
    for kind, (filling, form) in words.items():
        names = _names(features, kind)
        if not names:
            continue
        filled = f"{plural(gaps[kind], 'gap')} filled with {filling}; " if gaps[kind] else ""
        width += sum(made[name] for name in names) - len(names)
        changed = f"{plural(len(names), 'column')}: {filled}{form}"
        ledger.add(f"{kind.value} columns", changed, _WHY[kind], columns=width, fitted_on="train")


def _gaps(tables: Mapping[str, pd.DataFrame], features: list[Column], kind: Kind) -> int:
    names = _names(features, kind)
    if kind is Kind.TEXT:  # A missing text is an empty one.
        return sum(int((table[name] == "").sum()) for table in tables.values() for name in names)
    return sum(int(table[names].isna().to_numpy().sum()) for table in tables.values())


def _fill(policy: str) -> str:
    return {"zero": "0", "most_frequent": "the most frequent value", "own_level": "a level of its own"}.get(
        policy, f"the {policy}"
    )


def _unseen_levels(matrix: Matrix, frames: Mapping[str, pd.DataFrame]) -> list[str]:
    notes = []
    for column, levels in matrix.levels.items():
        for name, frame in frames.items():
            series = frame[column].dropna()
            new = series[~series.isin(levels)] if name != "train" else series[:0]
            if len(new):
                what = f"{plural(int(new.nunique()), 'level')} that train does not have"
                notes.append(f"Column {quoted(column)} has {what}, in {plural(len(new), f'{name} row')}.")
    return notes


def _extremes(features: list[Column], frame: pd.DataFrame, kept: np.ndarray) -> list[str]:
    notes = []
    for name in _names(features, Kind.NUMERIC):
        size = np.abs(frame[name].to_numpy("float64", na_value=np.nan)[kept])
        infinite = int(np.isinf(size).sum())
        large = int((size > preprocess.LIMIT).sum()) - infinite
        if infinite:
            notes.append(f"Column {quoted(name)}: {plural(infinite, 'infinite value')} taken as missing.")
        if large:
            limit = f"{plural(large, 'value')} beyond {preprocess.LIMIT:g} taken as {preprocess.LIMIT:g}"
            notes.append(f"Column {quoted(name)}: {limit}.")
    return notes


def _names(columns: tuple[Column, ...] | list[Column], kind: Kind, but: str | None = None) -> list[str]:
    return [column.name for column in columns if column.kind is kind and column.name != but]


def _list(names: list[str]) -> str:
    return f"{plural(len(names), 'column')}: {listing(map(quoted, names), most=_SHOWN)}"


_SCALED = {
    "standard": "standardised to mean 0 and standard deviation 1",
    "minmax": "scaled to 0 … 1",
    "robust": "centred on the median and scaled by the interquartile range",
    "none": "left as they are",
}
_ENCODED = {
    "onehot": f"one feature a level, those beyond {preprocess.MOST_LEVELS - 1} pooled",
    "ordinal": "a number for each level, -1 for unknown ones",
}
_WHY = {
    Kind.NUMERIC: "columns of one scale learn at one pace",
    Kind.BOOLEAN: "a model takes numbers",
    Kind.CATEGORICAL: "a model takes numbers, and levels have no order",
    Kind.DATETIME: "a model takes numbers",
    Kind.TEXT: "a model takes numbers",
}
