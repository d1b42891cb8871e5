"""Weights in a file: a .npz of plain arrays, named by layer. Formats that can carry code are not read."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from reportgen.errors import DataError, OutputError, SpecError
from reportgen.files import check_writable, write_atomic
from reportgen.fitted import FitJob
from reportgen.registry import suggestion
from reportgen.specfile.training import weights_fault
from reportgen.text import plural, quoted

_INITIAL, _SAVE = "train.initial_weights", "train.save_weights"
_HEADER_BYTES = 4096  # of an array in a .npz, with its place in the archive


def named(network: Any) -> dict[str, Any]:
    """The Keras variables of a network by layer and name, such as `hidden_1/kernel`, in the network's order."""
    found: dict[str, Any] = {}
    for variable in network.weights:
        path = variable.path.removeprefix(f"{network.name}/")  # Which has it depends on how it was put together.
        name, number = path, 1
        while name in found:
            number += 1
            name = f"{path}_{number}"
        found[name] = variable
    return found


def start_from(network: Any, job: FitJob) -> str:
    """Give a network the weights of `train.initial_weights`; what was taken, in words, "" where none are asked for.

    Raises:
        SpecError: the file is not a .npz, or its arrays are not the network's.
        DataError: the file cannot be read.
    """
    if job.train.initial_weights is None:
        return ""
    path = _path(job, job.train.initial_weights, _INITIAL)
    wanted = named(network)
    arrays = _read(path, sum(math.prod(variable.shape) for variable in wanted.values()), len(wanted))
    for name, values in arrays.items():
        _check(name, values, wanted)
    for name, values in arrays.items():
        wanted[name].assign(values.astype(wanted[name].dtype))
    return f"{len(arrays)} of {plural(len(wanted), 'array')} from {path.name}"


def _read(path: Path, n_values: int, n_arrays: int) -> Mapping[str, np.ndarray]:
    if not path.is_file():
        raise DataError(f"there is no file {quoted(path.name)}", "name a .npz file beside it", key=_INITIAL)
    try:
        with zipfile.ZipFile(path) as archive:
            held = sum(entry.file_size for entry in archive.infolist())
        # Doubles are twice as long as the network's own numbers.
        if held > 8 * n_values + _HEADER_BYTES * (n_arrays + 1):
            what = f"{quoted(path.name)} holds {held:,} bytes, more than this network's weights can take"
            raise SpecError(what, "name the weights of this very network", key=_INITIAL)
        with np.load(path, allow_pickle=False) as arrays:
            return dict(arrays)
    except (OSError, ValueError, zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        what = f"{quoted(path.name)} cannot be read as a .npz of plain arrays"
        raise DataError(what, "write it with train.save_weights", key=_INITIAL) from error


def _check(name: str, values: np.ndarray, wanted: Mapping[str, Any]) -> None:
    if name not in wanted:
        what = f"the network has no weights {quoted(name)}"
        raise SpecError(what, suggestion(name, tuple(wanted)), key=_INITIAL)
    shape = tuple(wanted[name].shape)
    if values.shape != shape:
        what = f"{quoted(name)} has shape {_told(values.shape)}, and the network's has {_told(shape)}"
        raise SpecError(what, "name the weights of this very network", key=_INITIAL)
    if values.dtype.kind not in "fiu" or not np.isfinite(values).all():
        what = f"{quoted(name)} holds values that are not finite numbers"
        raise SpecError(what, "name the weights of a training that did not diverge", key=_INITIAL)


def _told(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) or "()"


def check_places(job: FitJob) -> None:
    """Find out before training whether the weights can be read and written at their places.

    Raises:
        SpecError: a format that can carry code, or none that is known.
        OutputError: the place cannot be written to.
    """
    if job.train.initial_weights is not None:
        _path(job, job.train.initial_weights, _INITIAL)
    if job.train.save_weights is not None:
        path = _path(job, job.train.save_weights, _SAVE)
        try:
            check_writable(path)
        except OutputError as error:
            problem = error.problems[0]
            raise OutputError(f"{quoted(path.name)} {problem.what}", problem.fix, key=_SAVE) from error


def save(network: Any, job: FitJob) -> None:
    """Write the weights to `train.save_weights`, where that is asked for.

    Raises:
        OutputError: they cannot be written.
    """
    if job.train.save_weights is None:
        return
    arrays = {name: variable.numpy() for name, variable in named(network).items()}
    packed = io.BytesIO()
    np.savez(packed, **arrays)
    write_atomic(_path(job, job.train.save_weights, _SAVE), packed.getvalue())


def _path(job: FitJob, name: str, key: str) -> Path:
    wrong = weights_fault(name)
    if wrong:
        raise SpecError(*wrong, key=key)
    return Path(job.folder) / name
