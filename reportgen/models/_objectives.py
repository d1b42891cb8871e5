"""What a training strives for and how: loss, metric, optimiser and learning rate, by their Keras names."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from reportgen.dataset import Task
from reportgen.errors import DataError, SpecError
from reportgen.fitted import FitJob
from reportgen.models import _catalogue
from reportgen.models._keras import keras
from reportgen.registry import suggestion
from reportgen.spec import Train
from reportgen.specfile import keras_names
from reportgen.text import one_line, quoted

#: Losses of a number that must not be negative, and neither must what predicts it.
_NEVER_NEGATIVE = ("MeanSquaredLogarithmicError", "Poisson")


@dataclass(frozen=True)
class Objectives:
    """What a training strives for.

    `loss` and `metric` take (y, output) and give a value for each row, (n,). `optimizer` makes a new one. `weigh`
    gives what a row counts in the loss, (n,), from y; None where all count the same.
    """

    loss_name: str
    loss: Callable[[Any, Any], Any]
    metric_name: str
    metric: Callable[[Any, Any], Any]
    optimizer: Callable[[], Any]
    weigh: Callable[[Any], Any] | None = None

    def trained(self, y: Any, output: Any) -> Any:
        """The loss of each row as it is trained, (n,)."""
        values = self.loss(y, output)
        return values if self.weigh is None else values * self.weigh(y)


def objectives(job: FitJob, scale: float) -> Objectives:
    """What the experiment file asks for.

    Args:
        scale: what the target was divided by: absolute errors come in the target's unit.

    Raises:
        SpecError: a name or an argument that Keras does not have, a loss or class weights that do not fit the task.
        DataError: a negative target, and a loss that takes none.
    """
    return Objectives(
        loss_name(job.train, job.task),
        loss(job),
        *metric(job.task, job.threshold, scale),
        checked_optimizer(job.train),
        class_weights(job),
    )


def made(family: str, value: str | Mapping[str, Mapping[str, Any]], key: str, **more: Any) -> Any:
    """A part of Keras by name, such as `rmsprop` or `{RMSprop: {rho: 0.9}}`; of activations the function.

    Raises:
        SpecError: names the key.
    """
    wrong = keras_names.fault(family, value)
    if wrong is not None:
        raise SpecError(wrong.what, wrong.fix, key=".".join((key, *wrong.inside)))
    part = keras_names.part(family, value)
    found = _catalogue.find(family, part.name)
    try:
        if family == "activations":
            return _with_arguments(found, part.arguments)
        return found(**part.arguments, **more)
    except (TypeError, ValueError, AttributeError) as error:
        what = f"{part.name} does not take these arguments: {one_line(error, 200)}"
        raise SpecError(what, "give the arguments that Keras's documentation names", key=key) from error


def _with_arguments(function: Callable[..., Any], arguments: Mapping[str, Any]) -> Callable[..., Any]:
    if not arguments:
        return function
    bound = functools.partial(function, **arguments)
    bound.__name__ = function.__name__  # type: ignore[attr-defined]
    bound(keras.ops.zeros((1, 2)))
    return bound


def loss_name(train: Train, task: Task) -> str:
    """The loss of this training as it is mostly written, such as mean_squared_error."""
    return keras_names.snake(_loss(train, task).name)


def loss_part(train: Train, task: Task) -> keras_names.Part:
    """The loss of this training with its arguments.

    Raises:
        SpecError: `train.loss` does not fit the task.
    """
    wrong = keras_names.loss_fault(task.name, train.loss)
    if wrong is not None:
        raise SpecError(wrong.what, wrong.fix, key=".".join(("train.loss", *wrong.inside)))
    return _loss(train, task)


def _loss(train: Train, task: Task) -> keras_names.Part:
    if train.loss == "auto":
        return keras_names.Part(keras_names.LOSSES[task.name][0], {})
    return keras_names.part("losses", train.loss)


def loss(job: FitJob) -> Callable[[Any, Any], Any]:
    """The loss of each row. Classes are codes; a loss that takes a column a class is given those."""
    name, arguments = loss_part(job.train, job.task)
    if name in _NEVER_NEGATIVE and (np.asarray(job.y["train"]) < 0).any():
        what = f"{keras_names.snake(name)} takes no negative numbers, and the target has some"
        raise DataError(what, "set train.loss: auto", key="train.loss")
    if name == "CategoricalCrossentropy" and not arguments:
        name = "SparseCategoricalCrossentropy"
    own = made("losses", {name: dict(arguments)}, "train.loss", reduction="none")
    if job.task.name != "multiclass" or name.startswith("Sparse"):
        return own  # type: ignore[no-any-return]
    n_classes = len(job.task.labels)

    def of_columns(y: Any, output: Any) -> Any:
        codes = keras.ops.cast(keras.ops.reshape(y, (-1,)), "int32")
        return own(
            codes if name == "CategoricalGeneralizedCrossEntropy" else keras.ops.one_hot(codes, n_classes), output
        )

    return of_columns


def needs_positive(job: FitJob) -> bool:
    """Whether the loss takes no negative prediction."""
    return job.task.is_numeric and _loss(job.train, job.task).name in _NEVER_NEGATIVE


def metric(task: Task, threshold: float, scale: float) -> tuple[str, Callable[[Any, Any], Any]]:
    """The metric watched beside the loss: its name, and its value for each row as Keras computes it."""
    n_labels = len(task.labels) if task.name == "multilabel" else 1

    def accuracy(y_true: Any, y_pred: Any) -> Any:
        if task.name == "multiclass":
            return keras.metrics.sparse_categorical_accuracy(y_true, y_pred)
        hits = keras.metrics.binary_accuracy(y_true, y_pred, threshold=threshold)
        return keras.ops.mean(keras.ops.reshape(hits, (-1, n_labels)), axis=-1)

    def mean_absolute_error(y_true: Any, y_pred: Any) -> Any:
        return keras.losses.mean_absolute_error(y_true, y_pred) * scale

    if task.is_numeric:
        return "mean_absolute_error", mean_absolute_error
    return "binary_accuracy" if task.name == "multilabel" else "accuracy", accuracy


def checked_optimizer(train: Train) -> Callable[[], Any]:
    """What makes an optimiser; made once already, so that what is wrong shows before anything is computed."""
    with keras.device("cpu"):
        optimizer(train)
    return functools.partial(optimizer, train)


def optimizer(train: Train) -> Any:
    """A fresh Keras optimiser with the learning rate or the schedule of this training."""
    return made("optimizers", train.optimizer, "train.optimizer", learning_rate=learning_rate(train))


def learning_rate(train: Train) -> Any:
    """A number, or a fresh Keras schedule."""
    if isinstance(train.learning_rate, float):
        return train.learning_rate
    return made("schedules", train.learning_rate, "train.learning_rate")


def class_weights(job: FitJob) -> Callable[[Any], Any] | None:
    """What a row counts, (n,), by its class.

    balanced: rows / (classes x rows of the class), over the classes that training rows have, as scikit-learn's
    compute_class_weight defines it.
    """
    wanted, labels = job.train.class_weights, job.task.labels
    if wanted == "none":
        return None
    if not job.task.is_classification:
        what = f"a {job.task.name} task has no classes that could weigh differently"
        raise SpecError(what, "remove it", key="train.class_weights")
    weights = _balanced(job) if wanted == "balanced" else _by_label(wanted, labels)

    def weigh(y: Any) -> Any:
        codes = keras.ops.cast(keras.ops.reshape(y, (-1,)), "int32")
        return keras.ops.take(keras.ops.convert_to_tensor(weights), codes)

    return weigh


def _balanced(job: FitJob) -> np.ndarray:
    counts = np.bincount(np.asarray(job.y["train"], np.int64), minlength=len(job.task.labels))
    return np.asarray(counts.sum() / (np.count_nonzero(counts) * np.maximum(counts, 1)), np.float32)


def _by_label(wanted: Mapping[str, float], labels: tuple[str, ...]) -> np.ndarray:
    for label in wanted:
        if label not in labels:
            what = f"{quoted(label)} is no class of the target"
            raise SpecError(what, fix=suggestion(label, labels), key=f"train.class_weights.{label}")
    return np.array([wanted.get(label, 1.0) for label in labels], np.float32)
