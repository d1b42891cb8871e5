"""The layers of any Keras network: what each is, what it holds, gives and reads."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from reportgen.fitted import Layer
from reportgen.models._keras import keras

#: Layers that are an activation function, and what it is called.
FUNCTIONS = {
    keras.layers.ReLU: "relu",
    keras.layers.LeakyReLU: "leaky_relu",
    keras.layers.ELU: "elu",
    keras.layers.PReLU: "prelu",
    keras.layers.Softmax: "softmax",
}
_MOST_WEIGHTS_NAMED = 6
#: What is worth telling of a layer beside its weights: an attribute and the words before its value.
_SETTINGS = {
    "rate": "rate ",
    "pool_size": "",
    "size": "",
    "target_shape": "to ",
    "stddev": "deviation ",
    "negative_slope": "slope ",
    "mask_value": "mask ",
}


@dataclass
class Place:
    """A layer in the graph of a network. `name` has the models around it before it: `block/conv`.

    `shape` is that of its output without the batch axis, () where it is unknown; `inputs` are names in order.
    """

    name: str
    layer: Any
    shape: tuple[int | None, ...] = ()
    inputs: dict[str, None] = field(default_factory=dict)


def layers(network: Any) -> tuple[Layer, ...]:
    """A row for each layer of a Keras network, in the order of computing, inputs first; nested models laid open.

    A layer that is called several times has one row. Of a model without a graph (a subclass with its own `call`) the
    layers come in the order of their making, their `inputs` are empty and their shapes ().
    """
    return tuple(_row(place) for place in places(network))


def places(network: Any) -> list[Place]:
    """The layers in the order of computing."""
    found: dict[int, Place] = {}
    graph = _graph(network)
    if graph is None:
        _in_order(network, "", found)
    else:
        names = [[tensor._keras_history.operation.name] for tensor in graph.inputs]
        for tensor, (name,) in zip(graph.inputs, names, strict=True):
            found[id(tensor)] = Place(name, tensor._keras_history.operation, tuple(tensor.shape[1:]))
        _through(graph, "", names, found)
    return list(found.values())


def _graph(model: Any) -> Any | None:
    """The functional graph of a model, None where it has none."""
    if isinstance(model, keras.Sequential):
        model = getattr(model, "_functional", None)
    return model if hasattr(model, "_nodes_by_depth") else None


def _through(graph: Any, prefix: str, feeds: list[list[str]], found: dict[int, Place]) -> list[list[str]]:
    """Walk one call of a graph whose inputs come from the layers `feeds`; returns the layers of its outputs."""
    sources = {id(tensor): names for tensor, names in zip(graph.inputs, feeds, strict=True)}
    for depth in sorted(graph._nodes_by_depth, reverse=True):
        for node in graph._nodes_by_depth[depth]:
            if node.is_input:
                continue
            if node.outputs and node.outputs[0].dtype == "bool":  # a mask, which Keras computes beside the values
                continue
            read = [sources.get(id(tensor), []) for tensor in node.input_tensors]
            given = _call(node, prefix, read, found)
            sources.update((id(tensor), names) for tensor, names in zip(node.outputs, given, strict=False))
    return [sources.get(id(tensor), []) for tensor in graph.outputs]


def _call(node: Any, prefix: str, read: list[list[str]], found: dict[int, Place]) -> list[list[str]]:
    layer, name = node.operation, f"{prefix}{node.operation.name}"
    inner = _graph(layer)
    if inner is not None and len(inner.inputs) == len(read):
        return _through(inner, f"{name}/", read, found)
    place = found.setdefault(id(layer), Place(name, layer, _shape(node.outputs)))
    place.inputs.update(dict.fromkeys(source for names in read for source in names))
    return [[place.name]] * len(node.outputs)


def _shape(outputs: list[Any]) -> tuple[int | None, ...]:
    return tuple(outputs[0].shape[1:]) if outputs else ()


def _in_order(model: Any, prefix: str, found: dict[int, Place]) -> None:
    for layer in model.layers:
        inner = _graph(layer)
        if inner is not None:
            _through(inner, f"{prefix}{layer.name}/", [[] for _ in inner.inputs], found)
        elif isinstance(layer, keras.Model):
            _in_order(layer, f"{prefix}{layer.name}/", found)
        else:
            found.setdefault(id(layer), Place(f"{prefix}{layer.name}", layer))


def _row(place: Place) -> Layer:
    layer = place.layer
    weights = getattr(layer, "weights", [])
    kind = type(layer).__name__
    return Layer(
        name=place.name,
        kind="Input" if kind == "InputLayer" else kind,
        output_shape=place.shape,
        parameters=_count(weights),
        activation=function_name(layer),
        detail=", ".join(_detail(layer, weights)),
        inputs=tuple(place.inputs),
        trainable=_count(getattr(layer, "trainable_variables", [])),
    )


def _count(weights: Iterable[Any]) -> int:
    return sum(math.prod(weight.shape) for weight in weights)


def function_name(layer: Any) -> str:
    """The Keras name of a layer's activation function, "" where it has none."""
    function = FUNCTIONS.get(type(layer)) or getattr(layer, "activation", None)
    if function is None or isinstance(function, str):
        return function or ""
    if isinstance(function, keras.layers.Layer):
        return function_name(function) or type(function).__name__
    function = getattr(function, "func", function)  # of a partial one
    return str(getattr(function, "__name__", type(function).__name__))


def _detail(layer: Any, weights: list[Any]) -> Iterator[str]:
    wrapped = getattr(layer, "forward_layer", None) or getattr(layer, "layer", None)
    if wrapped is not None:
        yield f"of {type(wrapped).__name__}"
    for weight in weights[:_MOST_WEIGHTS_NAMED]:
        yield _held(layer, weight)
    if len(weights) > _MOST_WEIGHTS_NAMED:
        yield f"{len(weights) - _MOST_WEIGHTS_NAMED} more"
    for attribute in ("strides", "dilation_rate"):
        steps = getattr(layer, attribute, 1)
        if not hasattr(layer, "pool_size") and steps not in (1, (1,) * len(_listed(steps))):
            yield f"{attribute.partition('_')[0]} {times(steps)}"
    for attribute, words in _SETTINGS.items():
        value = getattr(layer, attribute, None)
        if isinstance(value, (int, float, tuple)):
            yield f"{words}{times(value)}"
    if getattr(layer, "recurrent_activation", None) is not None:
        yield f"recurrent {getattr(layer.recurrent_activation, '__name__', layer.recurrent_activation)}"


def _held(layer: Any, weight: Any) -> str:
    name = "biases" if weight.name == "bias" and math.prod(weight.shape) > 1 else weight.name
    if isinstance(layer, keras.layers.Dense) and weight.name == "kernel":
        name = "weights"
    return f"{times(tuple(weight.shape))} {name}"


def times(value: Any) -> str:
    """A size as it is written here: 3 x 3."""
    return " x ".join(f"{part:g}" if isinstance(part, (int, float)) else str(part) for part in _listed(value))


def _listed(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)
