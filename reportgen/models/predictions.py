"""Predictions made elsewhere, as columns of the table or of a file of their own; nothing is trained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from reportgen.dataset import Dataset, Split, Splits, Step, Task
from reportgen.errors import DataError
from reportgen.fitted import Fitted
from reportgen.results import Prediction
from reportgen.spec import Predictions
from reportgen.text import listing, plural, quoted

_SPLITS = ("train", "validation", "test")
_SPELLINGS = {"valid": "validation", "val": "validation", "dev": "validation", "training": "train", "testing": "test"}
#: Scores of a row are rounded when they are written down: their sum may be so far from 1.
_TOLERANCE = 0.01
_LARGEST = 1e38
#: Columns of scores that are put side by side together.
_AT_ONCE = 64


@dataclass(frozen=True)
class Read:
    """What an experiment has where nothing is trained: the table without predictions, its splits, the predictions."""

    dataset: Dataset
    splits: Splits
    predictions: Mapping[str, Prediction]
    fitted: Fitted


def read(dataset: Dataset, table: Dataset | None, model: Predictions, decimal: str = ".") -> Read:
    """The predictions of every row with a target, checked.

    Args:
        dataset: the table; where there is no other, its columns of predictions become none of the data's.
        table: the file of predictions, a row for each of the table; None where they are in the table.
        decimal: the decimal mark of predictions that are words.

    Raises:
        DataError: a column is missing, the rows are not as many, or a value is no prediction; names column and row.
    """
    task, source = _task(dataset), table or dataset
    _require_columns(source, model)
    if table is not None and table.n_rows != dataset.n_rows:
        what = f"it has {plural(table.n_rows, 'row')} and the table {dataset.n_rows:,}"
        raise DataError(
            what, "give one prediction a row, in the table's order", file=table.source.name, key="model.path"
        )
    known = _known(dataset.frame[task.target])
    rows = np.flatnonzero(known)
    if not len(rows):
        raise DataError("no row has a target", "name another column", file=dataset.source.name, key="data.target")
    column = _Columns(source, rows, decimal)
    parts = _parts(column, model, dataset)
    truth, labels = _truth(dataset, task), task.labels
    predicted = column.codes(model.predicted, labels) if labels else column.numbers(model.predicted)
    score = _scores(column, model, task)
    kept = dataset if table is not None else _without(dataset, set(model.columns()))
    splits = Splits(
        {name: Split(name, np.empty((len(part), 0), np.float32), truth[part], part) for name, part in parts.items()},
        (),
        _ledger(dataset, kept, table, model, len(rows)),
        made_from={feature.name: feature.name for feature in kept.features},
    )
    predictions = {
        name: Prediction(name, truth[part], predicted[part], None if score is None else _of(score, part), labels, part)
        for name, part in parts.items()
    }
    told = () if score is None else tuple(_disagreement(score.argmax(axis=1)[rows], predicted[rows], task))
    return Read(kept, splits, predictions, _fitted(source, model, told))


def _task(dataset: Dataset) -> Task:
    if dataset.task is None or dataset.task.name not in ("binary", "multiclass", "regression"):
        name = dataset.task.name if dataset.task else "no"
        what = f"predictions of a {name} task are not read yet"
        raise DataError(what, "set data.task: binary, multiclass or regression", key="data.task")
    return dataset.task


def _require_columns(source: Dataset, model: Predictions) -> None:
    there = tuple(map(str, source.frame.columns))
    for name, key in model.columns().items():
        if name not in there:
            what = f"there is no column {quoted(name)} in {quoted(source.source.name)}"
            raise DataError(what, f"its columns are {listing(map(quoted, there), most=8)}", key=key)


def _known(target: pd.Series) -> np.ndarray:
    known: np.ndarray = target.notna().to_numpy()
    return known & np.isfinite(target.to_numpy()) if target.dtype == np.float64 else known


def _truth(dataset: Dataset, task: Task) -> np.ndarray:
    """Codes or numbers (n_rows,); -1 or NaN where there is none."""
    target = dataset.frame[task.target]
    if not task.is_classification:
        return target.to_numpy("float64")
    return np.asarray(pd.Index(task.labels).get_indexer(pd.Index(target)), np.int64)


@dataclass(frozen=True)
class _Columns:
    """Columns of predictions, of which the rows with a target count."""

    source: Dataset
    rows: np.ndarray
    decimal: str = "."

    def refuse(self, name: str, row: int, what: str, fix: str) -> DataError:
        return DataError(f"column {quoted(name)}, row {row + 1:,}: {what}", fix, file=self.source.source.name)

    def values(self, name: str) -> pd.Series:
        """The column in the rows that count; of a thousand columns each copy would be seen."""
        values = self.source.frame[name]
        return values if len(self.rows) == self.source.n_rows else values.iloc[self.rows]

    def words(self, name: str) -> pd.Series:
        """Words of the rows that count, no gap among them."""
        values = self.values(name)
        if values.isna().any():
            row = int(self.rows[int(values.isna().to_numpy().argmax())])
            raise self.refuse(name, row, "there is no value", "give every row with a target a prediction")
        return values.astype(str)

    def codes(self, name: str, labels: Sequence[str]) -> np.ndarray:
        """Class codes (n_rows,), -1 where no target is."""
        words = self.words(name).str.strip()
        codes = pd.Index(labels).get_indexer(pd.Index(words))
        if (codes < 0).any() and all(map(_is_number, labels)):
            by_number = {float(label): code for code, label in enumerate(labels)}  # 1 and 1.0 are one class.
            numbers = [by_number.get(float(word), -1) if _is_number(word) else -1 for word in words]
            codes = np.array(numbers, np.int64)
        if (codes < 0).any():
            place = int((codes < 0).argmax())
            what = f"{quoted(words.iloc[place])} is none of the target's classes"
            shown = listing(map(quoted, labels), most=6, joiner="and")
            raise self.refuse(name, int(self.rows[place]), what, f"the classes are {shown}; mend the value")
        return self._spread(codes.astype(np.int64), -1)

    def numbers(self, name: str) -> np.ndarray:
        """Finite numbers (n_rows,), NaN where no target is."""
        numbers = self._read(name)
        bad = ~(np.abs(numbers) <= _LARGEST)
        if bad.any():
            place = int(bad.argmax())
            what = f"{quoted(self.words(name).iloc[place])} is no finite number"
            raise self.refuse(name, int(self.rows[place]), what, "mend the value")
        return self._spread(numbers, np.nan)

    def _read(self, name: str) -> np.ndarray:
        """Numbers of the rows that count, NaN for what is none; of a column of numbers without a detour by words."""
        values = self.values(name)
        if values.dtype.kind in "iuf" and not values.isna().any():
            return values.to_numpy("float64")
        plain = self.words(name).str.strip().str.replace(self.decimal, ".", regex=False)
        return np.asarray(pd.to_numeric(plain, errors="coerce").to_numpy("float64"))

    def _spread(self, values: np.ndarray, nothing: float) -> np.ndarray:
        if len(self.rows) == self.source.n_rows:
            return values
        whole = np.full(self.source.n_rows, nothing, values.dtype)
        whole[self.rows] = values
        return whole


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _parts(column: _Columns, model: Predictions, dataset: Dataset) -> dict[str, np.ndarray]:
    """Rows with a target, by split."""
    rows = column.rows
    if model.split is None:
        given = {name: rows[(first <= rows) & (rows < end)] for name, (first, end) in dataset.given.items()}
        return (
            {name: given[name] for name in _SPLITS if len(given.get(name, ()))} if "test" in given else {"test": rows}
        )
    words = column.words(model.split).str.strip().str.lower().replace(_SPELLINGS)
    unknown = ~words.isin(_SPLITS).to_numpy()
    if unknown.any():
        place = int(unknown.argmax())
        what = f"{quoted(words.iloc[place])} is no split"
        raise column.refuse(model.split, int(rows[place]), what, "write train, validation or test")
    found = {name: rows[(words == name).to_numpy()] for name in _SPLITS}
    if not len(found["test"]):
        what = f"no row with a target is of the test split in column {quoted(model.split)}"
        raise DataError(what, "write test in some rows", file=column.source.source.name, key="model.split")
    return {name: part for name, part in found.items() if len(part)}


def _scores(column: _Columns, model: Predictions, task: Task) -> np.ndarray | None:
    """Probabilities (n_rows, n_classes) whose rows sum to 1; None where no column has them."""
    names = model.score_columns
    if not names:
        return None
    if not task.is_classification:
        raise DataError("a regression has no scores of classes", "remove it", key="model.scores")
    single = task.name == "binary" and len(names) == 1
    if len(names) != len(task.labels) and not single:
        what = f"there are {plural(len(names), 'column')} of scores and {len(task.labels)} classes"
        order = listing(map(quoted, task.labels), most=8, joiner="and")
        raise DataError(what, f"name one a class, in the order {order}", key="model.scores")
    scores = _side_by_side(column, names)
    if single:
        return np.column_stack([1 - scores, scores])
    total = scores.sum(axis=1)[column.rows]
    wrong = ~(np.abs(total - 1) <= _TOLERANCE)
    if wrong.any():
        place = int(wrong.argmax())
        what = f"row {column.rows[place] + 1:,}: the scores sum to {total[place]:.4g}, not to 1"
        fix = "give probabilities, one a class"
        raise DataError(what, fix, file=column.source.source.name, key="model.scores")
    scores /= scores.sum(axis=1, keepdims=True)  # in place: of a thousand classes they are hundreds of megabytes
    return scores


def _side_by_side(column: _Columns, names: Sequence[str]) -> np.ndarray:
    """The columns (n_rows, n_names), a few at a time: written one by one, every number is a line of memory."""
    scores = np.empty((column.source.n_rows, len(names)))
    for start in range(0, len(names), _AT_ONCE):
        block = np.stack([_probabilities(column, name) for name in names[start : start + _AT_ONCE]])
        scores[:, start : start + len(block)] = block.T
    return scores


def _of(scores: np.ndarray, part: np.ndarray) -> np.ndarray:
    """The rows of one part, without a copy where it is all of them."""
    return scores if len(part) == len(scores) else scores[part]


def _probabilities(column: _Columns, name: str) -> np.ndarray:
    values = column.numbers(name)
    found = values[column.rows]
    outside = (found < 0) | (found > 1)
    if outside.any():
        place = int(outside.argmax())
        what = f"the score {found[place]:.6g} is outside 0 to 1"
        raise column.refuse(name, int(column.rows[place]), what, "give probabilities")
    return values


def _without(dataset: Dataset, names: set[str]) -> Dataset:
    kept = tuple(column for column in dataset.columns if column.name not in names)
    frame = dataset.frame.drop(columns=[name for name in dataset.frame.columns if name in names])
    encoded = {name: values for name, values in dataset.encoded.items() if name not in names}
    return replace(dataset, frame=frame, columns=kept, encoded=encoded)


def _ledger(
    dataset: Dataset, kept: Dataset, table: Dataset | None, model: Predictions, n_known: int
) -> tuple[Step, ...]:
    n_rows, before, after = dataset.n_rows, len(dataset.columns), len(kept.columns)
    shape = f"{plural(n_rows, 'row')}, {plural(before, 'column')}"
    steps = [Step("load", n_rows, n_rows, before, before, shape, f"all that {dataset.source.name} holds")]
    names = listing(map(quoted, model.columns()), most=5, joiner="and")
    if table is None:
        why = "predictions made elsewhere, which are no data"
        steps.append(Step("predictions", n_rows, n_rows, before, after, f"{names} set apart", why))
    else:
        what = f"{names} of {quoted(table.source.name)}, a row for each"
        steps.append(Step("predictions", n_rows, n_rows, before, after, what, "predictions made elsewhere"))
    if n_known < n_rows:
        what = f"{plural(n_rows - n_known, 'row')} removed"
        why = "without a target a prediction is neither right nor wrong"
        steps.append(Step("missing target", n_rows, n_known, after, after, what, why))
    how = f"as {quoted(model.split)} says" if model.split else "as the files give them" if dataset.given else "all test"
    steps.append(Step("split", n_known, n_known, after, after, how, "nothing was trained or prepared here"))
    return tuple(steps)


def _disagreement(highest: np.ndarray, predicted: np.ndarray, task: Task) -> Iterator[str]:
    """Scores of other classes than they are taken for show in predictions that mostly have not the highest one.

    Of two classes a threshold far from a half explains some; it cannot explain all of both classes.
    """
    other = int((highest != predicted).sum())
    if 2 * other <= len(predicted) or (task.name == "binary" and len(np.unique(predicted)) < 2):
        return
    remedy = "the order of model.scores" if task.name == "multiclass" else "data.positive"
    yield (
        f"of {other:,} of {plural(len(predicted), 'row')} the class predicted has not the highest score: see whether "
        f"{remedy} is right"
    )


def _fitted(source: Dataset, model: Predictions, told: tuple[str, ...]) -> Fitted:
    scores = model.score_columns
    settings = {
        "predicted": model.predicted,
        "scores": listing(scores, most=10) or "none",
        "split": model.split or "none",
        "trained": "elsewhere",
    }
    return Fitted(
        "predictions", f"predictions made elsewhere, from {source.source.name}", None, settings, warnings=told
    )
