"""Whether a last layer that the experiment file gives fits the task and the loss."""

from __future__ import annotations

from typing import Any

from reportgen.errors import SpecError
from reportgen.fitted import FitJob
from reportgen.models._building import last_activation, units
from reportgen.models._keras import keras

_WHY = {
    "sigmoid": "scores are probabilities",
    "softmax": "scores are probabilities that sum to 1",
    "softplus": "the loss takes no negative number",
    "linear": "the target is standardised, so it has any sign and size",
}
#: Layers that are an activation by themselves.
_OWN = {"Softmax": "softmax", "ReLU": "relu", "LeakyReLU": "leaky_relu", "PReLU": "prelu", "ELU": "elu"}


def require(layer: Any, output: Any, job: FitJob, key: str) -> None:
    """Check what the layer gives a row, and by which activation.

    Raises:
        SpecError: the number of outputs or the activation does not fit; the key names the layer.
    """
    n_outputs, wanted = units(job), last_activation(job)
    fix = f"end with {{Dense: {{units: {n_outputs}, activation: {wanted}}}}}, or set model.output: auto"
    if tuple(output.shape[1:]) != (n_outputs,):
        what = f"the last layer gives {list(output.shape[1:])} a row, and this {job.task.name} task needs [{n_outputs}]"
        raise SpecError(what, fix, key=key)
    found = _activation(layer)
    if found != wanted:
        what = f"the last layer ends in {found}, and this {job.task.name} task needs {wanted}: {_WHY[wanted]}"
        raise SpecError(what, fix, key=key)


def _activation(layer: Any) -> str:
    """The Keras name of the function that a layer ends in; linear where it has none."""
    inner = layer.forward_layer if isinstance(layer, keras.layers.Bidirectional) else getattr(layer, "layer", None)
    if inner is not None:
        return _activation(inner)
    function = getattr(layer, "activation", None)
    if type(layer).__name__ in _OWN or function is None:
        return _OWN.get(type(layer).__name__, "linear")
    return str(getattr(function, "__name__", type(function).__name__))
