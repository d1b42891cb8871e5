"""Predictions made elsewhere -> Run: the same report without training."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reportgen.dataset import Column, Dataset, Kind, Source, Task
from reportgen.errors import DataError
from reportgen.results import Prediction, Run
from reportgen.spec import Data, Evaluate, Spec
from reportgen.text import listing, quoted

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

_TARGET = "y_true"


def as_run(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    y_score: ArrayLike | None,
    *,
    labels: Sequence[str] | None,
    title: str,
    seed: int,
    confidence: float,
) -> Run:
    """A Run that holds the predictions as those of a test set.

    Args:
        y_true, y_pred: (n,) classes or numbers. Without `y_score` and `labels`, floats in `y_true` make a regression,
            and so do fractions in `y_pred`. Or (n, n_labels) of 0 and 1 for several labels, which `labels` names.
        y_score: (n,) scores of the positive class, (n, n_classes), or (n, n_labels).

    Raises:
        DataError: lengths or shapes do not agree, a value is missing, or a class is not among `labels`.
    """
    if _has_columns(y_true):
        return _labels_as_run(_flags(y_true, "y_true"), y_pred, y_score, labels, _spec(title, seed, confidence))
    truth, predicted = _alike(_vector(y_true, "y_true"), _vector(y_pred, "y_pred"))
    if len(truth) != len(predicted):
        raise DataError(f"y_true has {len(truth)} values and y_pred {len(predicted)}", fix="give one prediction a case")
    numbers = truth.dtype.kind == predicted.dtype.kind == "f" and y_score is None and labels is None
    task = (
        Task("regression", _TARGET, (), "floating-point values without scores")
        if numbers
        else _classes(truth, predicted, labels)
    )
    if numbers:
        prediction = Prediction("test", truth.astype(float), predicted.astype(float), None, ())
    else:
        codes = {label: code for code, label in enumerate(task.labels)}
        score = None if y_score is None else _scores(y_score, len(truth), len(task.labels))
        prediction = Prediction("test", _codes(truth, codes), _codes(predicted, codes), score, task.labels)
    return Run(_spec(title, seed, confidence), dataset=_dataset(truth, task), predictions={"test": prediction})


def _spec(title: str, seed: int, confidence: float) -> Spec:
    data = Data(path="predictions", target=_TARGET)
    return Spec(title=title, seed=seed, data=data, evaluate=Evaluate(confidence=confidence))


def _labels_as_run(
    truth: np.ndarray, y_pred: ArrayLike, y_score: ArrayLike | None, labels: Sequence[str] | None, spec: Spec
) -> Run:
    predicted, n_labels = _flags(y_pred, "y_pred"), truth.shape[1]
    if predicted.shape != truth.shape:
        raise DataError(f"y_true has shape {truth.shape} and y_pred {predicted.shape}", fix="give them alike")
    names = tuple(map(str, labels)) if labels is not None else tuple(f"label {n}" for n in range(1, n_labels + 1))
    if len(names) != n_labels or len(set(names)) < n_labels:
        raise DataError(f"labels has {len(names)} names for {n_labels} columns", fix="name each column once")
    score = None if y_score is None else _scores(y_score, len(truth), n_labels, binary=False)
    task = Task("multilabel", listing(names, most=3), names, f"y_true has {n_labels} columns", targets=names)
    frame = pd.DataFrame({name: pd.array(truth[:, place] == 1, "boolean") for place, name in enumerate(names)})
    columns = tuple(Column(name, Kind.BOOLEAN, "given as the truth") for name in names)
    digest = hashlib.sha256(f"{truth.shape}".encode() + truth.astype(np.uint8).tobytes()).hexdigest()
    source = Source("predictions", "arrays in memory", int(truth.nbytes), digest)
    prediction = Prediction("test", truth, predicted, score, names)
    return Run(spec, dataset=Dataset(frame, columns, source, task), predictions={"test": prediction})


def _has_columns(values: ArrayLike) -> bool:
    """Whether the truth is a table with two columns or more."""
    try:
        shape = np.shape(values)
    except ValueError:  # rows of different lengths, which are told of where the values are read
        return False
    return len(shape) == 2 and shape[1] > 1


def _flags(values: ArrayLike, name: str) -> np.ndarray:
    """Zeros and ones (n, n_labels) int64."""
    try:
        array = np.asarray(values)
    except ValueError as error:  # rows of different lengths
        raise DataError(f"{name} is no table of 0 and 1", fix="give a row a case and a column a label") from error
    if array.ndim != 2 or not len(array):
        raise DataError(f"{name} has shape {array.shape}", fix="give a row a case and a column a label")
    if array.dtype.kind not in "biuf" or not np.isin(array, (0, 1)).all():
        raise DataError(f"{name} holds other values than 0 and 1", fix="give 1 where a row has the label, 0 elsewhere")
    return array.astype(np.int64)


def _vector(values: ArrayLike, name: str) -> np.ndarray:
    try:
        array = np.asarray(values)
    except ValueError as error:  # rows of different lengths
        raise DataError(f"{name} is no list of values", fix="give one value a case") from error
    if array.ndim != 1:
        raise DataError(f"{name} has {array.ndim} dimensions", fix="give one value a case")
    if not len(array):
        raise DataError(f"{name} is empty", fix="give at least one case")
    if pd.isna(array).any():
        raise DataError(
            f"{name} has a missing value at position {int(np.argmax(pd.isna(array)))}", fix="drop such cases first"
        )
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise DataError(
            f"{name} is infinite at position {int(np.argmin(np.isfinite(array)))}", fix="drop such cases first"
        )
    return array


def _alike(truth: np.ndarray, predicted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both in one type where one has truth values, whole numbers or fractions and the other does not: 1, 1.0 and True
    are one class.
    """
    kinds = {truth.dtype.kind, predicted.dtype.kind}
    if len(kinds) == 1 or not kinds <= set("biuf"):
        return truth, predicted
    if "f" in kinds and (truth.dtype.kind == "f" or (predicted != np.floor(predicted)).any()):
        return truth.astype(float), predicted.astype(float)
    return truth.astype(np.int64), predicted.astype(np.int64)


def _classes(truth: np.ndarray, predicted: np.ndarray, labels: Sequence[str] | None) -> Task:
    found = sorted({str(value) for value in truth} | {str(value) for value in predicted}, key=_natural)
    if labels is None and not set(map(str, truth)) & set(map(str, predicted)):
        raise DataError("no prediction is one of the classes of y_true", fix="give both as labels, or both as codes")
    names = tuple(map(str, labels)) if labels is not None else tuple(found)
    if len(set(names)) < len(names):
        raise DataError("a class stands twice in labels", fix="name each class once")
    if len(names) < 2:
        raise DataError("all values are of one class", fix="name the classes with labels=")
    return Task("binary" if len(names) == 2 else "multiclass", _TARGET, names, f"{len(names):,} classes")


def _natural(label: str) -> tuple[int, float, str]:
    """Numbers by value, before words by letter."""
    try:
        return (0, float(label), label)
    except ValueError:
        return (1, 0.0, label)


def _codes(values: np.ndarray, codes: dict[str, int]) -> np.ndarray:
    missing = next((value for value in values if str(value) not in codes), None)
    if missing is not None:
        raise DataError(f"{quoted(missing)} is not one of the labels", fix="give labels= with every class")
    return np.array([codes[str(value)] for value in values], dtype=np.int64)


def _scores(y_score: ArrayLike, n: int, n_classes: int, binary: bool = True) -> np.ndarray:
    scores = np.asarray(y_score, dtype=float)
    if scores.shape == (n,) and n_classes == 2 and binary:
        scores = np.column_stack([1 - scores, scores])
    if scores.shape != (n, n_classes):
        raise DataError(
            f"y_score has shape {scores.shape}, not ({n}, {n_classes})",
            fix="give one column a class, or the positive class alone" if binary else "give one column a label",
        )
    if not np.isfinite(scores).all() or (scores < 0).any() or (scores > 1).any():
        raise DataError("y_score holds values outside 0 to 1", fix="give probabilities")
    return scores


def _dataset(truth: np.ndarray, task: Task) -> Dataset:
    kind = Kind.CATEGORICAL if task.is_classification else Kind.NUMERIC
    values = pd.Series(
        truth.astype(str) if task.is_classification else truth.astype(float),
        dtype="str" if task.is_classification else float,
    )
    frame = pd.DataFrame({_TARGET: values})
    digest = hashlib.sha256("\n".join(map(str, truth)).encode()).hexdigest()
    source = Source("predictions", "arrays in memory", int(truth.nbytes), digest)
    return Dataset(frame, (Column(_TARGET, kind, "given as the truth"),), source, task)
