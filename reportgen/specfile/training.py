"""What an experiment file says of a network's parts and training, judged by Keras's names without Keras."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import Any

from reportgen.specfile import keras_names
from reportgen.specfile.schema import Written
from reportgen.text import quoted

Place = tuple[str | int, ...]
_CODE = (".h5", ".hdf5", ".keras", ".pt", ".pth", ".pkl", ".pickle", ".joblib", ".ckpt", ".bin")


def parts_are_of_keras(written: Written) -> None:
    for path, family, value in _parts(written):
        fault = keras_names.fault(family, value)
        if fault is not None and family == "schedules" and isinstance(value, str) and not value.isidentifier():
            written.add(path, f"needs a number above 0 and at most 100, found {quoted(value)}", "write it as 0.001")
        elif fault is not None:
            written.add((*path, *fault.inside), fault.what, fault.fix)


def _parts(written: Written) -> Iterator[tuple[Place, str, Any]]:
    """Every place where a part of Keras is named, with its family, but for layers and the loss."""
    for path, family in (
        (("model", "activation"), "activations"),
        (("model", "initializer"), "initializers"),
        (("model", "regularizer"), "regularizers"),
        (("train", "optimizer"), "optimizers"),
        (("train", "learning_rate"), "schedules"),
    ):
        value = written.get(*path)
        if written.has(*path) and isinstance(value, (str, dict)) and not written.doubtful(*path):
            yield path, family, value
    listed = written.get("train", "callbacks")
    for number, value in enumerate(listed if isinstance(listed, tuple) else ()):
        if isinstance(value, (str, dict)):
            yield ("train", "callbacks", number), "callbacks", value


def loss_fits_the_task(written: Written) -> None:
    value, task = written.get("train", "loss"), _task(written)
    if not isinstance(value, (str, dict)) or value == "auto":
        return
    fault = keras_names.loss_fault(task, value) if task in keras_names.LOSSES else keras_names.fault("losses", value)
    if fault is not None:
        written.add(("train", "loss", *fault.inside), fault.what, fault.fix)


def _task(written: Written) -> Any:
    """The task as far as the file alone tells it."""
    if isinstance(written.get("data", "target"), tuple):
        return "multilabel"
    return "forecast" if written.get("data", "forecast") is not None else written.get("data", "task")


def one_thing_sets_the_rate(written: Written) -> None:
    rate, listed = written.get("train", "learning_rate"), written.get("train", "callbacks")
    for number, value in enumerate(listed if isinstance(listed, tuple) else ()):
        if isinstance(value, (str, dict)) and isinstance(rate, (str, dict)):
            name = keras_names.written(value).name
            if keras_names.spelled("callbacks", name) == "ReduceLROnPlateau":
                what = f"the schedule {keras_names.written(rate).name} sets the learning rate already"
                written.add(("train", "callbacks", number), what, "make train.learning_rate a number, or remove this")


def classes_have_weights(written: Written) -> None:
    task = _task(written)
    if written.get("train", "class_weights") not in ("none", None) and task in ("regression", "forecast", "multilabel"):
        what = f"a {task} task has no classes that could weigh differently"
        written.add(("train", "class_weights"), what, "remove it", at_key=True)


def weights_are_plain_arrays(written: Written) -> None:
    for key in ("initial_weights", "save_weights"):
        name = written.get("train", key)
        fault = weights_fault(name) if isinstance(name, str) else None
        if fault is not None:
            written.add(("train", key), *fault)


def weights_fault(name: str) -> tuple[str, str] | None:
    """What is wrong with a file's name as one of weights, and how to mend it."""
    ending = PurePath(name).suffix.lower()
    if ending == ".npz":
        return None
    why = "is of a format that can carry code" if ending in _CODE else "is no .npz file"
    return f"{quoted(name)} {why}", "name a .npz of plain arrays, as train.save_weights writes it"


Rule = Callable[[Written], Any]
#: The keys that a rule compares, and the rule; see `consistency`.
RULES: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (("model.kind",), parts_are_of_keras),
    (("train.loss", "data.task", "data.target", "data.forecast"), loss_fits_the_task),
    (("train.learning_rate", "train.callbacks"), one_thing_sets_the_rate),
    (("train.class_weights", "data.task", "data.target", "data.forecast"), classes_have_weights),
    (("train.initial_weights", "train.save_weights"), weights_are_plain_arrays),
)
