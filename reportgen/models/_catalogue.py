"""Names in Keras, and the arguments of each; `python -m reportgen.models._catalogue` writes them down for `check`."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from reportgen.models._keras import keras
from reportgen.specfile import keras_names

#: Where each family is in Keras, and the class that its members have in common.
_FAMILIES: dict[str, tuple[Any, type]] = {
    "callbacks": (keras.callbacks, keras.callbacks.Callback),
    "initializers": (keras.initializers, keras.initializers.Initializer),
    "layers": (keras.layers, keras.layers.Layer),
    "losses": (keras.losses, keras.losses.Loss),
    "optimizers": (keras.optimizers, keras.optimizers.Optimizer),
    "regularizers": (keras.regularizers, keras.regularizers.Regularizer),
    "schedules": (keras.optimizers.schedules, keras.optimizers.schedules.LearningRateSchedule),
}
_NO_ACTIVATIONS = ("get", "serialize", "deserialize")


def find(family: str, name: str) -> Callable[..., Any]:
    """The class, or the activation function, of a name as `names` gives it."""
    place = keras.activations if family == "activations" else _FAMILIES[family][0]
    return getattr(place, name)  # type: ignore[no-any-return]


def names() -> dict[str, dict[str, dict[str, Any]]]:
    """Family -> name -> argument -> default, as the installed Keras has them; see `keras_names`."""
    found = {family: dict(_classes(*place)) for family, place in _FAMILIES.items()}
    functions = (name for name in dir(keras.activations) if not name.startswith("_") and name not in _NO_ACTIVATIONS)
    found["activations"] = {name: _arguments(getattr(keras.activations, name)) for name in functions}
    return dict(sorted(found.items()))


def _classes(place: Any, common: type) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in dir(place):
        kind = getattr(place, name)
        if name[0].isupper() and inspect.isclass(kind) and issubclass(kind, common) and kind is not common:
            yield name, _arguments(kind.__init__)


def _arguments(function: Callable[..., Any]) -> dict[str, Any]:
    """All but the first, which is the object or what an activation works on."""
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    known = list(inspect.signature(function).parameters.values())[1:]
    return {one.name: _default(one) for one in known if one.kind not in kinds}


def _default(argument: inspect.Parameter) -> Any:
    if argument.default is argument.empty:
        return keras_names.REQUIRED
    return argument.default if isinstance(argument.default, (bool, int, float, str)) else None


def write(path: Path = keras_names.PATH) -> None:
    """Write the names down, a line each."""
    families = (
        f" {json.dumps(family)}: {{\n"
        + ",\n".join(f"  {json.dumps(name)}: {json.dumps(arguments)}" for name, arguments in members.items())
        + "\n }"
        for family, members in names().items()
    )
    path.write_text("{\n" + ",\n".join(families) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    write()
