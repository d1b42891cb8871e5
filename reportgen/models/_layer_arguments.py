"""One Keras layer of the experiment file: its name, its arguments, and what in them stands for parts of Keras."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from reportgen.errors import SpecError
from reportgen.models import _objectives
from reportgen.models._building import Parts
from reportgen.models._keras import keras
from reportgen.specfile import keras_names
from reportgen.specfile.layers import INNER, PARTS, faults
from reportgen.text import one_line

_BOLD = re.compile(r"\x1b\[1m(.*?)\x1b\[0m", re.DOTALL)


def layer(written: str | Mapping[str, Mapping[str, Any]], name: str, parts: Parts, key: str) -> Any:
    """The layer, untrained. What it draws comes from the seed of the job.

    Raises:
        SpecError: unknown or refused, or with arguments that it does not take.
    """
    for fault in faults(written):
        raise SpecError(fault.what, fault.fix, key=".".join((key, *fault.inside)))
    return parts.drawn(_made(written, {"name": name}, parts, key))


def reason(error: Exception) -> str:
    """What Keras says is wrong, without where in Keras."""
    found = _BOLD.search(str(error))
    return one_line(found[1] if found else error, 200)


def _made(written: Any, named: Mapping[str, str], parts: Parts, key: str) -> Any:
    kind, arguments = keras_names.part("layers", written)
    made = {argument: _value(argument, value, parts, key) for argument, value in arguments.items()}
    try:
        return getattr(keras.layers, kind)(**{**_defaults(kind, parts), **_counted(kind, made, parts, key), **named})
    except SpecError:
        raise
    except Exception as error:
        what = f"the layer {kind} does not take these arguments: {reason(error)}"
        raise SpecError(what, "see its page in the Keras documentation", key=key) from error


def _value(argument: str, value: Any, parts: Parts, key: str) -> Any:
    if argument in INNER:
        several = isinstance(value, list)
        made = [_made(one, {}, parts, key) for one in (value if several else [value])]
        return made if several else made[0]
    family = PARTS.get(argument.rpartition("_")[2])
    if family is not None and value is not None:
        return _objectives.made(family, value, f"{key}.{argument}")
    return tuple(value) if isinstance(value, list) else value


def _defaults(kind: str, parts: Parts) -> dict[str, Any]:
    """What decides chance, where it is not given, and the type of numbers."""
    chance = {"seed": parts.noise()} if "seed" in keras_names.names("layers")[kind] else {}
    return {"dtype": "float32", **chance, **parts.defaults(getattr(keras.layers, kind))}


def _counted(kind: str, made: dict[str, Any], parts: Parts, key: str) -> dict[str, Any]:
    """The arguments, of an Embedding with as many vectors as there are numbers of words."""
    vocabulary = parts.job.vocabulary
    if kind != "Embedding" or vocabulary is None:
        return made
    given = made.get("input_dim", vocabulary)
    if isinstance(given, int) and given < vocabulary:
        what = f"Embedding has {given:,} vectors, and word numbers go up to {vocabulary - 1:,}"
        raise SpecError(what, "leave input_dim out", key=f"{key}.Embedding.input_dim")
    return {**made, "input_dim": given}
