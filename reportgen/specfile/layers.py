"""The list `model.layers`: which layers there are and what they take, which are refused, and what each reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from reportgen.registry import suggestion
from reportgen.specfile import keras_names
from reportgen.specfile.keras_names import Fault
from reportgen.specfile.schema import BROKEN, Path, Written
from reportgen.spelling import nearest
from reportgen.text import listing, quoted

_CODE = ("executes code that an experiment file cannot hold", "use a model of kind python, whose file is yours")
_FILES = ("reads files and learns words of its own", "set preprocess.text: tokens, and begin with Embedding")
_GIVEN = ("is what the data give", "remove it, and set model.input_shape where another shape is wanted")
_NOTHING = ("does nothing of its own", "name the layer itself")
#: Layers of Keras that no experiment file may name: why, and what to do instead.
REFUSED: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("Lambda", "TFSMLayer", "JaxLayer", "FlaxLayer", "TorchModuleWrapper"), _CODE),
    **dict.fromkeys(("TextVectorization", "StringLookup", "IntegerLookup"), _FILES),
    **dict.fromkeys(("Input", "InputLayer"), _GIVEN),
    **dict.fromkeys(("Layer", "Wrapper", "Pipeline"), _NOTHING),
}
#: Arguments that are layers themselves.
INNER = ("layer", "forward_layer", "backward_layer", "cell", "cells")
#: What every layer takes, beside its own arguments.
SHARED = ("activity_regularizer", "dtype", "name", "trainable")
#: How the arguments end that are parts of Keras by name, and the family of these.
PARTS = {"activation": "activations", "initializer": "initializers", "regularizer": "regularizers"}
#: What a serialised Keras object has; Keras would import what it names.
_SERIALISED = frozenset(("class_name", "registered_name", "module", "config"))


def faults(layer: Any) -> Iterator[Fault]:
    """What is wrong with a layer as it is written, its arguments and the layers among them included."""
    if not isinstance(layer, str) and not (isinstance(layer, Mapping) and len(layer) == 1):
        yield Fault("a layer is one Keras name, or one name with its arguments", "write {NAME: {its arguments}}")
        return
    written, arguments = (layer, {}) if isinstance(layer, str) else next(iter(layer.items()))
    kind = keras_names.spelled("layers", written)
    if (kind or written) in REFUSED:
        why, fix = REFUSED[kind or written]
        yield Fault(f"the layer {kind or written} {why}", fix)
    elif kind is None:
        yield Fault(f"{quoted(written)} is no layer of Keras", _nearest(written))
    elif not isinstance(arguments, Mapping):
        yield Fault(f"the arguments of {kind} are no block of keys", f"write {{{kind}: {{…}}}}")
    else:
        for argument, value in arguments.items():
            for fault in _of_argument(kind, str(argument), value):
                yield fault._replace(inside=(written, str(argument)))
        if set(arguments) <= {*keras_names.names("layers")[kind], *SHARED}:  # Else one is a misspelled one.
            yield from keras_names.missing("layers", kind, arguments)


def _nearest(name: str) -> str:
    known = {kind.lower(): kind for kind in keras_names.names("layers") if kind not in REFUSED}
    close = nearest(name.replace("_", "").lower(), known)
    return f"did you mean '{known[close]}'?" if close else "see the layers in the Keras documentation"


def _of_argument(kind: str, argument: str, value: Any) -> Iterator[Fault]:
    known = (*keras_names.names("layers")[kind], *SHARED)
    family = PARTS.get(argument.rpartition("_")[2])
    if argument not in known:
        yield Fault(f"the layer {kind} has no argument {quoted(argument)}", suggestion(argument, known))
    elif argument in INNER:
        for one in value if isinstance(value, list) else [value]:
            yield from faults(one)
    elif _is_serialised(value):
        what = f"the argument {quoted(argument)} is a serialised object, which can execute code"
        yield Fault(what, "name the part of Keras, or write {NAME: {its arguments}}")
    elif family is not None and value is not None:
        if not isinstance(value, str) and not (isinstance(value, dict) and len(value) == 1):
            yield Fault(f"{argument} is a Keras name, or one name with its arguments", "write {NAME: {…}}")
        elif fault := keras_names.fault(family, value):
            yield fault
    elif argument not in SHARED and (fault := keras_names.value_fault("layers", kind, argument, value)):
        yield fault


def _is_serialised(value: Any) -> bool:
    if isinstance(value, Mapping):
        return bool(_SERIALISED.intersection(value)) or any(map(_is_serialised, value.values()))
    return isinstance(value, list) and any(map(_is_serialised, value))


def layers_are_known(written: Written) -> None:
    for place, entry in enumerate(written.get("model", "layers") or ()):
        path: Path = ("model", "layers", place)
        if isinstance(entry, dict) and len(entry) > 1 and "layer" not in entry:
            named = listing(map(quoted, entry), joiner="and")
            written.add(path, f"one entry names {named}", "begin each layer with a dash of its own")
        elif entry is not BROKEN:
            whole = isinstance(entry, dict) and "layer" in entry
            for fault in faults(entry["layer"] if whole else entry):
                written.add((*path, *(("layer",) if whole else ()), *fault.inside), fault.what, fault.fix, at_key=True)


def layers_read_each_other(written: Written) -> None:
    """Names are unique, and a layer reads what stands before it."""
    known = ["input"]
    for place, entry in enumerate(written.get("model", "layers") or ()):
        if not isinstance(entry, dict) or "layer" not in entry:
            continue
        path: Path = ("model", "layers", place)
        for position, name in enumerate(entry.get("inputs") or ()):
            if name is not BROKEN and name not in known:
                there_is = listing(map(quoted, known), most=9, joiner="and")
                fix = f"name one that stands before it: {there_is}"
                written.add((*path, "inputs", position), f"{quoted(name)} is no layer before this one", fix)
        name = entry.get("name")
        if name in known or name == "output":
            written.add((*path, "name"), f"the name {quoted(name)} is taken", "give each layer a name of its own")
        elif name is not None:
            known.append(name)


Rule = Callable[[Written], Any]
#: The keys that a rule compares, and the rule; see `consistency`.
RULES: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (("model.kind",), layers_are_known),
    (("model.kind",), layers_read_each_other),
)
