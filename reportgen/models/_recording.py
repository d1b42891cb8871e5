"""What each layer of a Keras network gives, and what reaches its activation functions, on some rows."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from reportgen.models._keras import ON_JAX, keras
from reportgen.models._layers_table import FUNCTIONS, Place, function_name

#: Their inner layers run once a step, inside a loop of the backend, from which nothing can be taken out.
_LOOPS = (keras.layers.RNN, keras.layers.TimeDistributed, keras.layers.Bidirectional)
_MISSING = object()


@dataclass(frozen=True)
class Function:
    """An activation function in a network: its name, and the layer whose `activation` it is or that is one itself."""

    name: str
    layer: Any

    @property
    def is_layer(self) -> bool:
        """Whether the layer itself is the function."""
        return isinstance(self.layer, tuple(FUNCTIONS))

    @property
    def called(self) -> Callable[..., Any]:
        return self.layer if self.is_layer else self.layer.activation  # type: ignore[no-any-return]

    @property
    def function(self) -> str:
        return function_name(self.layer)


def functions(found: Sequence[Place]) -> list[Function]:
    """The activation functions of the layers and of the layers inside them, linear ones left out."""
    shown: dict[int, Function] = {}
    for place in found:
        for name, layer in _inside(place):
            function = Function(name, layer)
            if function.is_layer or (callable(getattr(layer, "activation", None)) and function.function != "linear"):
                shown.setdefault(id(layer), function)
    return list(shown.values())


def _inside(place: Place) -> Iterator[tuple[str, Any]]:
    if isinstance(place.layer, _LOOPS):
        return
    yield place.name, place.layer
    if isinstance(place.layer, keras.layers.Layer):
        for inner in place.layer._flatten_layers(include_self=False, recursive=False):
            if inner is getattr(place.layer, "activation", None):
                continue
            yield from _inside(Place(f"{place.name}/{inner.name}", inner))


@dataclass
class Seen:
    """Arrays by layer name, the first axis that of the rows; of a layer called twice those of its first call."""

    into: dict[str, Any] = field(default_factory=dict)  # an activation function
    out: dict[str, Any] = field(default_factory=dict)  # of that function
    outputs: dict[str, Any] = field(default_factory=dict)  # of a layer
    inputs: dict[str, Any] = field(default_factory=dict)  # of a layer


class Listener:
    """Runs a network as in prediction, and gives what its layers saw.

    On JAX a call is one compiled program for each number of rows; elsewhere layers run one by one.

    Args:
        outputs: layers whose outputs are wanted.
        inputs: layers whose inputs are wanted.
        activations: functions whose inputs and outputs are wanted.
    """

    def __init__(
        self, network: Any, outputs: Sequence[Place], inputs: Sequence[Place], activations: Sequence[Function]
    ) -> None:
        self._network, self._outputs, self._inputs, self._functions = network, outputs, inputs, activations
        self._compiled: Callable[..., list[Any]] | None = None
        self._places: dict[str, dict[str, int]] = {}

    def __call__(self, X: np.ndarray) -> Seen:
        arrays = [as_array(value) for value in self._run(X)]
        kept = {
            kind: {name: arrays[place] for name, place in own.items() if len(arrays[place]) == len(X)}
            for kind, own in self._places.items()
        }
        return Seen(**kept)

    def _run(self, X: np.ndarray) -> list[Any]:
        network = self._network
        if not ON_JAX:
            with _no_gradients():
                return self._listened(lambda: network(keras.ops.convert_to_tensor(X), training=False), None)
        import jax

        self._compiled = self._compiled or jax.jit(self._traced)
        state = ([v.value for v in network.trainable_variables], [v.value for v in network.non_trainable_variables])
        return self._compiled(*state, X)

    def _traced(self, trainable: Any, other: Any, X: Any) -> list[Any]:
        # Unlike `stateless_call`, calling the network copes with one whose own `call` knows nothing of `training`.
        network = self._network
        state = zip((*network.trainable_variables, *network.non_trainable_variables), (*trainable, *other), strict=True)
        with keras.StatelessScope(state_mapping=list(state)):
            return self._listened(lambda: network(X, training=False), X)

    def _listened(self, run: Callable[[], Any], X: Any) -> list[Any]:
        """The values seen in a run, each once, and in `_places` where they were seen."""
        seen = Seen()
        with contextlib.ExitStack() as patches:
            for function in self._functions:
                attribute, called = (
                    ("call", function.layer.call) if function.is_layer else ("activation", function.called)
                )
                patches.enter_context(_replaced(function.layer, attribute, _function(seen, function.name, called, X)))
            for place in self._outputs:
                patches.enter_context(_replaced(place.layer, "call", _layer(seen.outputs, None, place, X)))
            for place in self._inputs:
                patches.enter_context(_replaced(place.layer, "call", _layer(None, seen.inputs, place, X)))
            run()
        values: dict[int, Any] = {id(value): value for kept in vars(seen).values() for value in kept.values()}
        order = {key: number for number, key in enumerate(values)}
        self._places = {kind: {n: order[id(v)] for n, v in kept.items()} for kind, kept in vars(seen).items()}
        return list(values.values())


@contextlib.contextmanager
def _replaced(target: Any, attribute: str, by: Any) -> Iterator[None]:
    """Another value of an attribute, put where Keras's tracking of attributes does not see it."""
    own = vars(target)
    before = own.get(attribute, _MISSING)
    own[attribute] = by
    try:
        yield
    finally:
        if before is _MISSING:
            del own[attribute]
        else:
            own[attribute] = before


def _function(seen: Seen, name: str, called: Callable[..., Any], X: Any) -> Callable[..., Any]:
    def recorded(z: Any, *arguments: Any, **named: Any) -> Any:
        a = called(z, *arguments, **named)
        if name not in seen.into and _outermost(z, X) and _outermost(a, X):
            seen.into[name], seen.out[name] = z, a
        return a

    return recorded


def _layer(outputs: dict[str, Any] | None, inputs: dict[str, Any] | None, place: Place, X: Any) -> Callable[..., Any]:
    called = place.layer.call

    def recorded(*arguments: Any, **named: Any) -> Any:
        given = called(*arguments, **named)
        for kept, values in ((outputs, given), (inputs, arguments)):
            first = next(iter(keras.tree.flatten(values)), None)
            if kept is not None and place.name not in kept and _outermost(first, X):
                kept[place.name] = first
        return given

    return recorded


def _outermost(value: Any, X: Any) -> bool:
    """Whether it is an array of the whole network's run: what a loop inside it holds cannot leave the loop."""
    if not hasattr(value, "shape") or len(value.shape) == 0:
        return False
    return not ON_JAX or getattr(value, "_trace", None) is getattr(X, "_trace", None)


def as_array(tensor: Any) -> np.ndarray:
    """A tensor of the backend as an array, without a copy where the backend allows that."""
    return np.asarray(tensor) if ON_JAX else np.asarray(keras.ops.convert_to_numpy(tensor))


def _no_gradients() -> contextlib.AbstractContextManager[Any]:
    if keras.config.backend() != "torch":
        return contextlib.nullcontext()
    import torch  # type: ignore[import-not-found, unused-ignore]

    return torch.no_grad()  # type: ignore[no-any-return]
