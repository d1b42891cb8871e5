"""Any Keras layers by their Keras names, in order or as branches."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from reportgen.errors import SpecError
from reportgen.fitted import FitJob
from reportgen.models import _layer_arguments, _output_given
from reportgen.models._building import Parts
from reportgen.models._keras import keras
from reportgen.models._network import Network
from reportgen.spec import LayerEntry
from reportgen.text import listing, quoted

_INPUT, _OUTPUT = "input", "output"


class Model(Network):
    """The layers of the experiment file; each reads the one before it unless it names others.

    With `output: auto` a Dense layer follows that fits the task; with `output: given` the last listed layer must.
    """

    kind = "layers"

    def build(self, job: FitJob) -> Any:
        """The untrained network.

        Raises:
            SpecError: a layer is unknown, refused, does not take an argument or what it reads, or is read by none; or
                the last one does not fit the task or the loss. The key names the layer.
        """
        graph = _Graph(Parts(job))
        entries = [_Entry.of(place, written) for place, written in enumerate(job.model.layers)]
        _name(entries)
        for entry in entries:
            graph.add(entry)
        return graph.network()


@dataclass
class _Entry:
    """One item of `model.layers`."""

    place: int
    layer: str | dict[str, dict[str, Any]]
    name: str = ""
    inputs: tuple[str, ...] | None = None

    @classmethod
    def of(cls, place: int, written: Any) -> _Entry:
        if isinstance(written, LayerEntry):
            return cls(place, written.layer, written.name or "", written.inputs)
        if isinstance(written, dict) and set(written) == {"layer"}:
            return cls(place, written["layer"])
        return cls(place, written)

    @property
    def key(self) -> str:
        return f"model.layers[{self.place}]"

    @property
    def kind(self) -> str:
        return self.layer if isinstance(self.layer, str) else next(iter(self.layer))


def _name(entries: Sequence[_Entry]) -> None:
    """Give every layer without a name one that no other has, such as `dense_2`."""
    taken = {_INPUT, _OUTPUT}
    for entry in entries:
        if entry.name in taken:
            what = f"the name {quoted(entry.name)} is taken"
            raise SpecError(what, "give each layer a name of its own", key=f"{entry.key}.name")
        taken.update([entry.name] if entry.name else [])
    for entry in entries:
        if not entry.name:
            names = (f"{_snake(entry.kind)}_{number}" for number in itertools.count(1))
            entry.name = next(name for name in names if name not in taken)
            taken.add(entry.name)


def _snake(kind: str) -> str:
    """`MaxPooling2D` as Keras names such a layer: `max_pooling2d`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=.)(?=[A-Z][a-z])", "_", kind).lower()


@dataclass
class _Graph:
    """A network that grows layer by layer: what each gives, by its name, and who was read."""

    parts: Parts
    outputs: dict[str, Any] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    last: str = _INPUT
    final: Any = None

    def __post_init__(self) -> None:
        self.outputs[_INPUT] = self.parts.input()

    def add(self, entry: _Entry) -> None:
        layer = _layer_arguments.layer(entry.layer, entry.name, self.parts, entry.key)
        names = entry.inputs or (self.last,)
        for name in names:
            if name not in self.outputs:
                there_is = listing(map(quoted, self.outputs), most=9, joiner="or")
                raise SpecError(
                    f"{quoted(name)} is no layer before this one", f"name {there_is}", key=f"{entry.key}.inputs"
                )
        tensors = [self.outputs[name] for name in names]
        try:
            found = layer(*tensors) if _reads_apart(layer) else layer(tensors if len(tensors) > 1 else tensors[0])
        except Exception as error:
            shapes = listing(str(list(tensor.shape[1:])) for tensor in tensors)
            what = f"{entry.kind} cannot read {shapes}: {_layer_arguments.reason(error)}"
            raise SpecError(what, "change its arguments, or the layers before it", key=entry.key) from error
        self.read.update(names)
        self.outputs[entry.name], self.last, self.final = found, entry.name, layer

    def network(self) -> Any:
        job, last = self.parts.job, self.outputs[self.last]
        place = len(job.model.layers) - 1
        for name in self.outputs:
            if name not in self.read and name != self.last:
                fix = "name it among the inputs of another layer, or remove it"
                raise SpecError(f"nothing reads the layer {quoted(name)}", fix, key="model.layers")
        if job.model.output == "given":
            _output_given.require(self.final, last, job, f"model.layers[{place}]")
            return keras.Model(self.outputs[_INPUT], last, name="network")
        if len(last.shape) != 2:
            what = f"the last layer gives {list(last.shape[1:])} a row, and the output layer reads a list of numbers"
            fix = "end with Flatten, or a GlobalAveragePooling or a recurrent layer that gives its last step"
            raise SpecError(what, fix, key=f"model.layers[{place}]")
        return keras.Model(self.outputs[_INPUT], self.parts.output()(last), name="network")


def _reads_apart(layer: Any) -> bool:
    """Whether the layer takes its inputs one by one and not as a list."""
    return isinstance(layer, keras.layers.MultiHeadAttention | keras.layers.GroupQueryAttention)
