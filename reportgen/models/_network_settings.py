"""How a network was made and trained, line by line, for the table of settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reportgen.spec import Train

_TOLD_ELSEWHERE = ("kind", "backend", "initializer", "regularizer")


def of_model(model: Any) -> dict[str, Any]:
    """The keys of a network's block with their values."""
    own = {
        name: _told(value)
        for name in type(model).model_fields
        if name not in _TOLD_ELSEWHERE and (value := getattr(model, name)) is not None
    }
    return {**own, **of_weights(model)}


def of_weights(model: Any) -> dict[str, Any]:
    """How the weights are drawn and penalised."""
    told = {"initial_weights": f"{_words(_named(model.initializer))}, biases zero"}
    return told if model.regularizer is None else {**told, "regularizer": _named(model.regularizer)}


def of_training(plan: Train, loss: str) -> dict[str, Any]:
    """The keys of `train` that matter for this training."""
    stopping, rate = plan.early_stopping, plan.learning_rate
    told = {
        "epochs": plan.epochs,
        "batch_size": plan.batch_size,
        "optimizer": _named(plan.optimizer),
        "learning_rate": rate if isinstance(rate, float) else _named(rate),
        "loss": loss if isinstance(plan.loss, str) else _named({loss: next(iter(plan.loss.values()))}),
    }
    if plan.class_weights != "none":
        told["class_weights"] = _told(plan.class_weights)
    if plan.callbacks:
        told["callbacks"] = ", ".join(map(_named, plan.callbacks))
    told["early_stopping"] = f"patience {stopping.patience}, min_delta {stopping.min_delta:g}" if stopping else "none"
    return told


def _told(value: Any) -> Any:
    if isinstance(value, Mapping):
        nested = any(isinstance(inner, Mapping) for inner in value.values())
        return _named(value) if nested else ", ".join(f"{key} {inner:g}" for key, inner in value.items())
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return value


def _words(name: str) -> str:
    """`Glorot uniform` of `glorot_uniform`."""
    return name.replace("_", " ").capitalize() if name.islower() else name


def _named(value: str | Mapping[str, Mapping[str, Any]]) -> str:
    """A part of Keras in a line: `RMSprop (rho 0.9)`."""
    if isinstance(value, str):
        return value
    name, arguments = next(iter(value.items()))
    told = ", ".join(f"{key} {argument}" for key, argument in arguments.items())
    return f"{name} ({told})" if told else name
