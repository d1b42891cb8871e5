"""Models from elsewhere -> Run: predictions that were made already, and the log of a finished training."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen import source
from reportgen.dataset import Source
from reportgen.errors import DataError, LimitExceeded, ReportgenError
from reportgen.results import Run
from reportgen.spec import Data, Kind, Predictions, TensorboardLog

if TYPE_CHECKING:
    from reportgen.dataset import Dataset
    from reportgen.source import Location
    from reportgen.spec import Spec
    from reportgen.specfile.model_files import ModelFiles


def is_trained(spec: Spec) -> bool:
    """Whether the experiment trains its model here."""
    return spec.model is not None and not isinstance(spec.model, Predictions | TensorboardLog)


def data_to_read(spec: Spec) -> Data | None:
    """The `data` block, with the columns of predictions in it declared as what they are."""
    if spec.data is None or not isinstance(spec.model, Predictions) or spec.model.path is not None:
        return spec.data
    return spec.data.model_copy(update={"columns": {**spec.data.columns, **_kinds(spec.model)}})


@contextmanager
def naming_keys(model: object, **others: str) -> Iterator[None]:
    """Let errors name the key of `model` that names a column, where the loader knows it as one that was declared."""
    try:
        yield
    except ReportgenError as error:
        if not isinstance(model, Predictions):
            raise
        keys = {f"data.columns.{name}": key for name, key in model.columns().items()} | others
        error.problems = tuple(replace(one, key=keys.get(one.key, one.key)) for one in error.problems)
        error.args = ("\n".join(map(str, error.problems)),)
        raise


def read(state: Run, files: ModelFiles, spec_name: str) -> Run:
    """The run with what the model from elsewhere says; as it was where the model is trained here.

    Raises:
        DataError: a file does not hold what the experiment says.
    """
    model = state.spec.model
    if isinstance(model, TensorboardLog):
        from reportgen.models.tensorboard import read as read_log

        fitted, origin = read_log(files.name, files.log)
        return replace(state, fitted=fitted, model_source=origin, warnings=(*fitted.warnings, *state.warnings))
    if isinstance(model, Predictions):
        return _predicted(state, model, files, spec_name)
    if files.script is not None:
        return replace(state, model_source=_script(files.script))
    return state


def _script(path: Path) -> Source:
    try:
        text = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise DataError(f"cannot be read: {reason}", "mend its permissions", file=path.name) from error
    return Source(path.name, "python", len(text), hashlib.sha256(text).hexdigest())


def _predicted(state: Run, model: Predictions, files: ModelFiles, spec_name: str) -> Run:
    from reportgen.models.predictions import read as read_predictions
    from reportgen.prepare.dependence import dependence

    assert state.dataset is not None
    if files.table is not None and state.dataset.sampled_from is not None:
        what = "the table does not fit into memory, and a sample has other rows than the file of predictions"
        raise LimitExceeded(what, "keep the predictions in the table", key="model.path")
    table = None if files.table is None else _table(files.table, model, spec_name, state.spec.seed)
    decimal = state.spec.data.options.decimal if state.spec.data and table is None else "."
    found = read_predictions(state.dataset, table, model, decimal)
    alike = dependence(state.dataset, state.spec.split)
    return replace(
        state,
        dataset=found.dataset,
        splits=replace(found.splits, dependence=alike),
        predictions={name: one.depending(alike) for name, one in found.predictions.items()},
        fitted=found.fitted,
        warnings=(*found.fitted.warnings, *state.warnings),
        model_source=table.source if table else None,
    )


def _table(location: Location, model: Predictions, spec_name: str, seed: int) -> Dataset:
    from reportgen.loaders import load

    assert model.path is not None
    with naming_keys(model, **{"data.path": "model.path"}):
        dataset = load(location, Data(path=model.path, columns=_kinds(model)), spec_name, seed)
    source.unchanged(location)
    return dataset


def _kinds(model: Predictions) -> dict[str, Kind]:
    """Words keep their spelling, so that a class is found by it; of scores the loader sees that they are numbers."""
    scores = set(model.score_columns)
    found: dict[str, Kind] = {name: "categorical" for name in model.columns() if name not in scores}
    return found
