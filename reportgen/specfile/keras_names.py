"""Parts of Keras by their names, judged without Keras: what there is, what it takes, what is refused.

`keras_names.json` lists names and arguments as the Keras has them that this was made with, each argument with its
default: null where that is no plain value, `REQUIRED` where there is none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from reportgen.registry import suggestion
from reportgen.spelling import nearest
from reportgen.text import listing, quoted

PATH = Path(__file__).with_name("keras_names.json")
Names = Mapping[str, tuple[str, ...]]
REQUIRED: dict[str, Any] = {}

#: One of a family, as messages call it.
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "activations": "activation",
        "callbacks": "callback",
        "initializers": "initialiser",
        "layers": "layer",
        "losses": "loss",
        "optimizers": "optimiser",
        "regularizers": "regulariser",
        "schedules": "learning-rate schedule",
    }
)
_ALIASES: Mapping[str, Mapping[str, str]] = {
    "initializers": {"uniform": "RandomUniform", "normal": "RandomNormal", "zero": "Zeros", "one": "Ones"},
    "losses": {
        "bce": "BinaryCrossentropy",
        "kld": "KLDivergence",
        "mae": "MeanAbsoluteError",
        "mape": "MeanAbsolutePercentageError",
        "mse": "MeanSquaredError",
        "msle": "MeanSquaredLogarithmicError",
    },
}
_PROBABILITIES = ("BinaryCrossentropy", "BinaryFocalCrossentropy", "MeanSquaredError", "MeanAbsoluteError")
_NUMBERS = ("MeanSquaredError", "MeanAbsoluteError", "Huber", "LogCosh")
#: Losses that look at the size of a target and not at its difference from the mean.
SIZES = ("MeanAbsolutePercentageError", "MeanSquaredLogarithmicError", "Poisson")
#: Losses by task; the first is what `auto` means.
LOSSES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "binary": (*_PROBABILITIES, "Hinge", "SquaredHinge"),
        "multilabel": _PROBABILITIES,
        "multiclass": (
            *("CategoricalCrossentropy", "SparseCategoricalCrossentropy", "CategoricalFocalCrossentropy"),
            *("CategoricalGeneralizedCrossEntropy", "CategoricalHinge", "KLDivergence", "MeanSquaredError"),
            *("MeanAbsoluteError", "Poisson"),
        ),
        "regression": (*_NUMBERS, *SIZES),
        "forecast": (*_NUMBERS, *SIZES),
    }
)
_BY_CODE = "it runs code of its own, which an experiment file cannot hold"
_BY_FILES = "it writes files of its own"
_WRAPS = "it wraps other optimisers, which a name cannot give it"
#: Why a part of Keras cannot be asked for, and what to do instead.
REFUSED: Mapping[str, Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "callbacks": {
            "BackupAndRestore": (_BY_FILES, "set train.save_weights"),
            "CSVLogger": (_BY_FILES, "remove it: the report carries the history"),
            "CallbackList": ("it holds other callbacks", "list these one by one"),
            "History": ("the report carries the history", "remove it"),
            "LambdaCallback": (_BY_CODE, "remove it"),
            "LearningRateScheduler": (_BY_CODE, "set train.learning_rate to a schedule, such as ExponentialDecay"),
            "ModelCheckpoint": (_BY_FILES, "set train.early_stopping and train.save_weights"),
            "OrbaxCheckpoint": (_BY_FILES, "set train.early_stopping and train.save_weights"),
            "ProgbarLogger": ("the progress is shown already", "remove it"),
            "RemoteMonitor": ("it sends data over a network", "remove it"),
            "SwapEMAWeights": ("it exchanges the weights around every validation", "set use_ema of the optimiser"),
            "TensorBoard": (_BY_FILES, "set train.tensorboard"),
        },
        "optimizers": {
            "LossScaleOptimizer": (_WRAPS, "name the optimiser itself"),
            "MultiOptimizer": (_WRAPS, "name one optimiser"),
            "OptimizerMap": (_WRAPS, "name one optimiser"),
        },
    }
)
#: Arguments that are set elsewhere, or not at all.
_ELSEWHERE: Mapping[str, Mapping[str, str]] = {
    "initializers": {"seed": "remove it: seed: decides all that is drawn"},
    "losses": {
        "dtype": "remove it: networks compute in 32 bits",
        "from_logits": "remove it: the last layer gives probabilities",
        "name": "remove it",
        "reduction": "remove it: a loss is the mean of its rows",
    },
    "optimizers": {"learning_rate": "set train.learning_rate", "name": "remove it"},
}


class Part(NamedTuple):
    """A part of Keras as it is spelled there, with its arguments."""

    name: str
    arguments: Mapping[str, Any]


class Fault(NamedTuple):
    """What is wrong with a part, and how to mend it; `inside` is its place in the value."""

    what: str
    fix: str
    inside: tuple[str, ...] = ()


@cache
def names(family: str) -> Names:
    """Names and arguments of a family."""
    return {name: tuple(arguments) for name, arguments in _listed()[family].items()}


@cache
def _listed() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    listed: Mapping[str, Mapping[str, Mapping[str, Any]]] = json.loads(PATH.read_text(encoding="utf-8"))
    return listed


@cache
def _spellings(family: str) -> Mapping[str, str]:
    """A name without its case and underscores -> the name in Keras."""
    return {_plain(name): name for name in names(family)} | dict(_ALIASES.get(family, {}))


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def spelled(family: str, name: str) -> str | None:
    """A name as Keras has it, from `rmsprop`, `RMSprop`, `mean_squared_error`; None where there is none."""
    return name if name in names(family) else _spellings(family).get(_plain(name))


def part(family: str, value: str | Mapping[str, Mapping[str, Any]]) -> Part:
    """A value of an experiment file that has no `fault`, `rmsprop` or `{RMSprop: {rho: 0.9}}`, as Keras has it."""
    name, arguments = written(value)
    return Part(spelled(family, name) or name, arguments)


def written(value: str | Mapping[str, Mapping[str, Any]]) -> Part:
    """Name and arguments as they are written."""
    return Part(value, {}) if isinstance(value, str) else Part(*next(iter(value.items())))


def fault(family: str, value: str | Mapping[str, Mapping[str, Any]]) -> Fault | None:
    """What is wrong with the name or the names of the arguments, if anything."""
    name, arguments = written(value)
    known = spelled(family, name)
    if known is None:
        return Fault(f"{quoted(name)} is no {WORDS[family]} of Keras", _nearest(family, name))
    if known in REFUSED.get(family, {}):
        why, fix = REFUSED[family][known]
        return Fault(f"{known} cannot be used here: {why}", fix)
    return next(_wrong_arguments(family, name, known, arguments), None)


def _nearest(family: str, name: str) -> str:
    shown = {_plain(one): one for one in _plain_names(family)}
    close = nearest(_plain(name), shown)
    return f"did you mean '{shown[close]}'?" if close else suggestion(name, tuple(shown.values()))


def _plain_names(family: str) -> Iterator[str]:
    """Names as they are mostly written in a file: activations and losses small, classes as in Keras."""
    for name in names(family):
        if name not in REFUSED.get(family, {}):
            yield snake(name) if family in ("activations", "losses", "initializers") else name


def snake(name: str) -> str:
    """`mean_squared_error` of `MeanSquaredError`, `kl_divergence` of `KLDivergence`."""
    letters = [
        "_" + letter
        if place and letter.isupper() and (name[place - 1].islower() or name[place + 1 : place + 2].islower())
        else letter
        for place, letter in enumerate(name)
    ]
    return "".join(letters).lower()


def _wrong_arguments(family: str, name: str, known: str, arguments: Mapping[str, Any]) -> Iterator[Fault]:
    taken, elsewhere = names(family)[known], _ELSEWHERE.get(family, {})
    for argument, value in arguments.items():
        inside = (name, argument)
        if argument in elsewhere:
            yield Fault(f"{quoted(argument)} is not set here", elsewhere[argument], inside)
        elif argument not in taken:
            left = tuple(own for own in taken if own not in elsewhere)
            fix = suggestion(argument, left) if left else "remove it: there are none"
            yield Fault(f"{known} has no argument {quoted(argument)}", fix, inside)
        elif fault := value_fault(family, known, argument, value):
            yield fault._replace(inside=inside)
    yield from missing(family, known, arguments)


def value_fault(family: str, known: str, argument: str, value: Any) -> Fault | None:
    """What is wrong with the value of an argument, as far as the default tells it."""
    default, of_layer = _listed()[family][known][argument], family == "layers"
    if value is None or (of_layer and not isinstance(default, (bool, int, float))):
        return None
    if isinstance(default, bool):
        wanted, fits = "true or false", isinstance(value, bool)
    elif isinstance(default, str):
        wanted, fits = "a word", isinstance(value, str)
    elif default is None and family != "optimizers":
        return None
    else:
        wanted, fits = "a number", isinstance(value, (int, float, list)) and not isinstance(value, bool)
    if fits:
        return None
    usual = "write one" if default in (None, REQUIRED) else f"the default is {str(default).lower()}"
    return Fault(f"{argument} needs {wanted}, found {quoted(value)}", usual)


def missing(family: str, known: str, arguments: Iterable[str]) -> Iterator[Fault]:
    """The arguments without a default that are not written; `Embedding` counts the words of a text by itself."""
    needed = [name for name, default in _listed()[family][known].items() if default == REQUIRED]
    left = [name for name in needed if name not in arguments and (known, name) != ("Embedding", "input_dim")]
    if left:
        shown = ", ".join(f"{name}: …" for name in left)
        what = f"{known} needs {listing(left, most=6, joiner='and')}"
        yield Fault(what, f"write {{{known}: {{{shown}}}}}")


def loss_fault(task: str, value: str | Mapping[str, Mapping[str, Any]]) -> Fault | None:
    """What is wrong with a loss for a task, if anything."""
    if value == "auto":
        return None
    wrong = fault("losses", value)
    if wrong is None and part("losses", value).name not in LOSSES[task]:
        fitting = listing(["auto", *map(snake, LOSSES[task])], most=30, joiner="or")
        return Fault(f"{written(value).name} does not fit a {task} task", f"choose {fitting}")
    return wrong
