"""What torch has for a training that is asked for in Keras's words, and what a report shows of a torch module."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch

from reportgen.dataset import Task
from reportgen.errors import SpecError
from reportgen.fitted import FitJob, Layer, WeightMatrix
from reportgen.models._loop import Rows
from reportgen.models._matrices import weight_matrix
from reportgen.registry import suggestion
from reportgen.text import listing, one_line, plural, quoted

_KEY = "model.path"
_MOST_MATRICES = 24
#: Loss of the experiment file -> that of torch, by task; the first is `auto`.
_LOSSES: Mapping[str, Mapping[str, str]] = {
    "binary": {"binary_crossentropy": "BCEWithLogitsLoss"},
    "multilabel": {"binary_crossentropy": "BCEWithLogitsLoss"},
    "multiclass": {"categorical_crossentropy": "CrossEntropyLoss"},
    "regression": {"mean_squared_error": "MSELoss", "mean_absolute_error": "L1Loss", "huber": "HuberLoss"},
}
_LOSSES = {**_LOSSES, "forecast": _LOSSES["regression"]}


def loss(job: FitJob) -> tuple[str, Callable[[Any, Any], Any]]:
    """The loss by its name here, and as a value for each row.

    Raises:
        SpecError: torch modules are not trained with such a loss, or not for this task.
    """
    known, wanted = _LOSSES[job.task.name], job.train.loss
    name = next(iter(known)) if wanted == "auto" else wanted
    if name not in known:
        what = f"{quoted(name)} is no loss of a torch module for a {job.task.name} task"
        raise SpecError(what, f"choose auto or {listing(known, joiner='or')}", key="train.loss")
    made = getattr(torch.nn, known[name])(reduction="none")

    def of_rows(output: Any, y: Any) -> Any:
        values = made(output, y)
        return values.reshape(len(values), -1).mean(dim=1)

    return name, of_rows


def metric(task: Task, threshold: float, scale: float) -> tuple[str, Callable[[Any, Any], Any]]:
    """The metric watched beside the loss: its name, and its value for each row of logits."""

    def accuracy(output: Any, y: Any) -> Any:
        if task.name == "multiclass":
            return (output.argmax(dim=1) == y).float()
        return ((torch.sigmoid(output) >= threshold).float() == y).float().mean(dim=1)

    def mean_absolute_error(output: Any, y: Any) -> Any:
        return (output - y).abs().mean(dim=1) * scale

    if task.is_numeric:
        return "mean_absolute_error", mean_absolute_error
    return "binary_accuracy" if task.name == "multilabel" else "accuracy", accuracy


def optimizer(job: FitJob, module: torch.nn.Module) -> torch.optim.Optimizer:
    """That of torch which is called as the experiment file says."""
    wanted, rate = job.train.optimizer, job.train.learning_rate
    name, arguments = (wanted, {}) if isinstance(wanted, str) else next(iter(wanted.items()))
    if not isinstance(rate, float):
        what = "a schedule is for Keras networks, and this is a torch module"
        raise SpecError(what, "give a number", key="train.learning_rate")
    known = {kind.lower(): kind for kind in dir(torch.optim) if _is_optimizer(getattr(torch.optim, kind))}
    if name.lower() not in known:
        raise SpecError(f"torch has no optimiser {quoted(name)}", suggestion(name, known), key="train.optimizer")
    try:
        return getattr(torch.optim, known[name.lower()])(module.parameters(), lr=rate, **arguments)
    except (TypeError, ValueError) as error:
        raise SpecError(one_line(error, 200), "see torch.optim", key="train.optimizer") from error


def _is_optimizer(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, torch.optim.Optimizer) and kind is not torch.optim.Optimizer


def require_logits(module: torch.nn.Module, rows: Rows, job: FitJob) -> None:
    """See that the module reads a row and gives the numbers of this task, not yet made probabilities."""
    task = job.task
    wanted = rows.y.shape[1] if task.is_numeric else 1 if task.name == "binary" else len(task.labels)
    X = torch.from_numpy(rows.X[:4])
    module.eval()
    try:
        with torch.no_grad():
            shape = tuple(module(X).shape[1:])
    except Exception as error:
        what = f"the module cannot read rows of shape {list(rows.X.shape[1:])}: {one_line(error, 200)}"
        raise SpecError(what, "let it take such rows, or set model.input_shape", key=_KEY) from error
    if shape != (wanted,):
        found = " x ".join(map(str, shape)) or "no"
        what = f"the module gives {found} numbers a row, and this {task.name} task needs {wanted}"
        raise SpecError(what, f"end with a Linear layer of {plural(wanted, 'output')}", key=_KEY)
    last = list(module.modules())[-1]
    if not task.is_numeric and isinstance(last, torch.nn.Sigmoid | torch.nn.Softmax | torch.nn.LogSoftmax):
        what = f"the module ends in {type(last).__name__}, and its loss reads logits"
        raise SpecError(what, "leave the last activation out", key=_KEY)


def layers(module: torch.nn.Module) -> Iterator[Layer]:
    """The modules that hold no others, in their order."""
    for name, own in module.named_modules():
        if not list(own.children()):
            values = list(own.parameters())
            count = sum(value.numel() for value in values)
            trainable = sum(value.numel() for value in values if value.requires_grad)
            yield Layer(
                name or type(own).__name__, type(own).__name__, (), count, detail=own.extra_repr(), trainable=trainable
            )


def matrices(module: torch.nn.Module) -> Iterator[WeightMatrix]:
    """Kernels of linear layers, inputs down and units across."""
    linear = [(name, own) for name, own in module.named_modules() if isinstance(own, torch.nn.Linear)]
    for name, own in linear[:_MOST_MATRICES]:
        yield weight_matrix(name or "linear", own.weight.detach().numpy().T)
