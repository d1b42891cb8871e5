"""A model of somebody's own script, its training data and its test data -> Run: the same report as of an experiment."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from reportgen.dataset import Dataset, Source, Split, Splits, Step
from reportgen.errors import DataError
from reportgen.fitted import Fitted
from reportgen.loaders._kinds import spelled
from reportgen.loaders._raw import Raw
from reportgen.loaders._table import describe
from reportgen.results import Prediction, Run
from reportgen.spec import Data, Evaluate, Spec
from reportgen.text import one_line, plural, quoted

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

_TARGET = "target"


@dataclass(frozen=True)
class Options:
    """What a script may say beside its data: names, the title, and how scores are judged."""

    labels: Sequence[str] | None = None
    feature_names: Sequence[str] | None = None
    task: str | None = None
    title: str = "Model"
    seed: int = 42
    confidence: float = 0.95


Part = tuple[Any, Any]  # X and y


def table_run(parts: Mapping[str, Part], options: Options) -> Run:
    """A run with the table of all parts, one below the other, and their splits; nothing is prepared.

    Args:
        parts: split -> X (n, n_features), a frame or an array, and y (n,).

    Raises:
        DataError: X and y of a part have different lengths, or no task fits the target.
    """
    frames = {name: _frame(X, y, name, options) for name, (X, y) in parts.items()}
    frame = pd.concat(list(frames.values()), ignore_index=True)
    ends = np.cumsum([len(one) for one in frames.values()]).tolist()
    given = {name: (end - len(one), end) for (name, one), end in zip(frames.items(), ends, strict=True)}
    dataset = _dataset(frame, given, options)
    task = dataset.task
    assert task is not None
    if task.is_classification and options.labels is not None:
        dataset = replace(dataset, task=replace(task, labels=_ordered(task.labels, options.labels)))
    splits = {name: _split(name, dataset, range(*rows)) for name, rows in given.items()}
    spec = Spec(
        title=options.title,
        seed=options.seed,
        data=Data(path="arrays", target=_TARGET),
        evaluate=Evaluate(confidence=options.confidence, baselines=()),
    )
    made_from = {column.name: column.name for column in dataset.features}
    n_rows, n_columns = frame.shape
    step = Step(
        "load",
        n_rows,
        n_rows,
        n_columns,
        n_columns,
        f"{plural(n_rows, 'row')}, {plural(n_columns, 'column')}",
        "as the script gave them",
    )
    return Run(spec, dataset=dataset, splits=Splits(splits, (), (step,), made_from=made_from))


def predicted(run: Run, y_pred: Mapping[str, ArrayLike], y_score: Mapping[str, np.ndarray | None]) -> Run:
    """The run with what the model says of each split.

    Args:
        y_pred: split -> (n,) classes as they are spelled in y, or numbers.
        y_score: split -> (n, n_classes) probabilities in the order of the labels, or None.

    Raises:
        DataError: a class that no y has.
    """
    assert run.splits is not None
    assert run.task is not None
    labels = run.task.labels
    found = {
        name: Prediction(name, part.y, _codes(y_pred[name], labels), y_score.get(name), labels, part.rows)
        for name, part in run.splits.parts.items()
        if name in y_pred
    }
    return replace(run, predictions=found)


def estimator_run(estimator: Any, parts: Mapping[str, Part], options: Options) -> Run:
    """The run of a fitted scikit-learn estimator, or of whatever predicts like one.

    Raises:
        DataError: it is not fitted, or cannot predict these rows.
    """
    from reportgen.models import _estimator

    run = table_run(parts, options)
    assert run.task is not None
    try:
        y_pred = {name: np.asarray(estimator.predict(X)) for name, (X, _) in parts.items()}
        y_score = {name: _probabilities(estimator, X, run.task.labels) for name, (X, _) in parts.items()}
    except Exception as error:
        name = type(estimator).__name__
        raise DataError(f"{name} cannot predict: {one_line(error, 300)}", "fit it on such rows first") from error
    last = estimator[-1] if hasattr(estimator, "steps") else estimator
    names = _names_within(estimator, parts, options)
    fitted = Fitted(
        kind="sklearn",
        title=type(last).__name__,
        parameters=_estimator.parameter_count(last),
        settings=_estimator.settings(estimator),
        coefficients=_estimator.coefficients(last, names),
        importances=_estimator.importances(last, names),
    )
    return replace(predicted(run, y_pred, y_score), fitted=fitted)


def _frame(X: Any, y: Any, name: str, options: Options) -> pd.DataFrame:
    """X with its columns named, and y beside it."""
    if isinstance(X, pd.DataFrame):
        frame = X.reset_index(drop=True)
        frame.columns = frame.columns.map(str)
    else:
        values = np.asarray(X)
        values = values.reshape(len(values), -1) if values.ndim != 2 else values
        names = options.feature_names or [f"feature {place}" for place in range(1, values.shape[1] + 1)]
        if len(names) != values.shape[1]:
            what = f"there are {plural(len(names), 'feature name')} and {plural(values.shape[1], 'feature')}"
            raise DataError(what, "give one a column")
        frame = pd.DataFrame(values, columns=list(map(str, names)))
    truth = np.asarray(y).reshape(-1)
    if len(truth) != len(frame):
        what = f"X has {plural(len(frame), 'row')} and y {len(truth):,} values in {name}"
        raise DataError(what, "give one value a row")
    if _TARGET in frame.columns:
        frame = frame.rename(columns={_TARGET: f"{_TARGET} (feature)"})
    return frame.assign(**{_TARGET: truth})


def _dataset(frame: pd.DataFrame, given: Mapping[str, tuple[int, int]], options: Options) -> Dataset:
    if options.labels is not None and _are_codes(frame[_TARGET].to_numpy(), options.labels):
        frame = frame.assign(**{_TARGET: [str(options.labels[code]) for code in frame[_TARGET]]})
    table = pa.Table.from_pandas(frame, preserve_index=False)
    digest = hashlib.sha256(pd.util.hash_pandas_object(frame.astype(str), index=False).to_numpy().tobytes()).hexdigest()
    source = Source("arrays", "arrays in memory", int(table.nbytes), digest)
    columns = dict(zip(table.column_names, table.columns, strict=True))
    task: Any = options.task
    if task is None and pd.api.types.is_float_dtype(frame[_TARGET]) and options.labels is None:
        task = "regression"
    return describe(
        Raw(table.schema.empty_table(), source), columns, Data(path="arrays", target=_TARGET, task=task), "", given
    )


def _are_codes(values: np.ndarray, labels: Sequence[str]) -> bool:
    """Whether they are 0, 1, … in place of labels; where all are labels themselves they are what they say."""
    if values.dtype.kind not in "iu" or set(map(str, np.unique(values))) <= set(map(str, labels)):
        return False
    return bool(values.min() >= 0 and values.max() < len(labels))


def _ordered(found: Sequence[str], wanted: Sequence[str]) -> tuple[str, ...]:
    names = tuple(map(str, wanted))
    missing = [label for label in found if label not in names]
    if missing:
        raise DataError(f"{quoted(missing[0])} is not one of the labels", "give labels= with every class")
    return names


def _split(name: str, dataset: Dataset, rows: range) -> Split:
    assert dataset.task is not None
    target = dataset.frame[_TARGET].iloc[rows.start : rows.stop]
    y = (
        pd.Index(dataset.task.labels).get_indexer(pd.Index(target))
        if dataset.task.labels
        else target.to_numpy("float64")
    )
    return Split(name, np.empty((len(rows), 0), np.float32), np.asarray(y), np.arange(rows.start, rows.stop))


def _codes(values: ArrayLike, labels: tuple[str, ...]) -> np.ndarray:
    """Class codes of classes as they are spelled in y, or of codes where they are given so; of numbers themselves."""
    array = np.asarray(values).reshape(-1)
    if not labels:
        return array.astype(float)
    if _are_codes(array, labels):
        return array.astype(np.int64)
    codes = np.asarray(pd.Index(labels).get_indexer(pd.Index(spelled(pa.array(array)).to_pylist())), np.int64)
    if (codes < 0).any():
        place = int((codes < 0).argmax())
        raise DataError(f"{quoted(array[place])} is predicted and is no class of y", "give labels= with every class")
    return codes


def _probabilities(estimator: Any, X: Any, labels: tuple[str, ...]) -> np.ndarray | None:
    """`predict_proba` with its columns in the order of the labels; None where the estimator has none."""
    if not labels or not hasattr(estimator, "predict_proba"):
        return None
    found = np.asarray(estimator.predict_proba(X), np.float64)
    codes = _codes(estimator.classes_, labels)
    score = np.zeros((len(found), len(labels)))
    score[:, codes] = found / found.sum(axis=1, keepdims=True)
    return score


def _names_within(estimator: Any, parts: Mapping[str, Part], options: Options) -> tuple[str, ...]:
    """The names of the features that the last step of a pipeline sees."""
    X = next(iter(parts.values()))[0]
    own = X.columns if isinstance(X, pd.DataFrame) else options.feature_names
    if not hasattr(estimator, "steps"):
        return tuple(map(str, own if own is not None else range(1, np.shape(X)[1] + 1)))
    try:
        return tuple(map(str, estimator[:-1].get_feature_names_out(own)))
    except (AttributeError, ValueError):  # A step that does not say what it makes.
        return ()
