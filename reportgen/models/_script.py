"""A Python file of the user's: imported, and its factory called, with every mistake told at its line."""

from __future__ import annotations

import importlib.util
import inspect
import random
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import numpy as np

from reportgen.errors import SpecError
from reportgen.fitted import FitJob
from reportgen.text import listing, one_line, quoted

Factory = Callable[[], Any]


def given(job: FitJob) -> dict[str, Any]:
    """What a factory gets where it has parameters of these names.

    `input_shape` of a row without the batch axis; `n_classes`, 0 where numbers are predicted; `n_outputs`, the numbers
    that the model has to give a row; `vocabulary`, the count of word numbers or None; `seed`.
    """
    task = job.task
    horizon = job.y["train"].shape[1] if task.name == "forecast" else 1
    return {
        "input_shape": job.model.input_shape or job.shape or (len(job.feature_names),),
        "n_classes": len(task.labels),
        "n_outputs": len(task.labels) if task.name in ("multiclass", "multilabel") else horizon,
        "vocabulary": job.vocabulary,
        "seed": job.seed,
    }


def settings(job: FitJob) -> dict[str, Any]:
    """Where the model came from, for the table of settings."""
    shown = {f"params.{name}": one_line(value, 100) for name, value in job.model.params.items()}
    return {"file": Path(job.model.path).name, "factory": job.model.factory, **shown}


def factory(job: FitJob) -> Factory:
    """What makes the model that the file builds; each call makes a new one.

    Raises:
        SpecError: the file fails, has no such function, or the function does not take the parameters or fails; from
            the call, too.
    """
    path = Path(job.folder) / job.model.path
    with _at_home(path), _repeatable(job.seed):
        module = _import(path)
    function = getattr(module, job.model.factory, None)
    if not callable(function):
        what = f"{quoted(path.name)} has no function {quoted(job.model.factory)}"
        raise SpecError(what, "name one that returns the model", key="model.factory")
    arguments = _arguments(function, job, path)

    def make() -> Any:
        with _at_home(path), _repeatable(job.seed):
            try:
                return function(**arguments)
            except (Exception, SystemExit, KeyboardInterrupt) as error:
                _refuse(error, path, "model.params" if job.model.params else "model.factory")

    return make


def _import(path: Path) -> ModuleType:
    name = f"reportgen_script_{path.stem}"
    found = importlib.util.spec_from_file_location(name, path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module  # Classes look for their module by its name.
    try:
        found.loader.exec_module(module)
    except (Exception, SystemExit, KeyboardInterrupt) as error:
        _refuse(error, path, "model.path")
    return module


def _refuse(error: BaseException, path: Path, key: str) -> NoReturn:
    """The user's mistake, at the last line of the user's file that led to it."""
    if isinstance(error, SyntaxError):
        line = error.lineno
    else:
        home = path.resolve()
        frames = traceback.extract_tb(error.__traceback__)
        line = next((frame.lineno for frame in reversed(frames) if Path(frame.filename).resolve() == home), None)
    what = f"{type(error).__name__}: {one_line(error, 250)}".rstrip(": ")
    raise SpecError(what, "mend the file", file=path.name, line=line, key=key) from error


def _arguments(function: Callable[..., Any], job: FitJob, path: Path) -> dict[str, Any]:
    """The parameters of the experiment file, and what else the function asks for by name."""
    try:
        known: Mapping[str, inspect.Parameter] = inspect.signature(function).parameters
    except (TypeError, ValueError):  # Written in C.
        return dict(job.model.params)
    arguments = {**{name: value for name, value in given(job).items() if name in known}, **job.model.params}
    takes_any = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in known.values())
    for name in job.model.params:
        if name not in known and not takes_any:
            what = f"{job.model.factory} in {quoted(path.name)} has no parameter {quoted(name)}"
            raise SpecError(what, f"its parameters are {listing(known) or 'none'}", key=f"model.params.{name}")
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    for name, one in known.items():
        if one.default is one.empty and one.kind in named and name not in arguments:
            what = f"{job.model.factory} in {quoted(path.name)} needs {quoted(name)}"
            raise SpecError(what, "give it under model.params", key="model.params")
    return arguments


@contextmanager
def _at_home(path: Path) -> Iterator[None]:
    """Modules beside the file can be imported, and nothing is written there."""
    folder, written = str(path.parent.resolve()), sys.dont_write_bytecode
    sys.path.insert(0, folder)
    sys.dont_write_bytecode = True
    try:
        yield
    finally:
        sys.dont_write_bytecode = written
        if folder in sys.path:
            sys.path.remove(folder)


@contextmanager
def _repeatable(seed: int) -> Iterator[None]:
    """What is drawn without a seed of its own follows from this one; the states that were are given back."""
    of_python, of_numpy = random.getstate(), np.random.get_state()
    random.seed(seed)
    np.random.seed(seed)
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.manual_seed(seed)
    try:
        yield
    finally:
        random.setstate(of_python)
        np.random.set_state(of_numpy)
