"""What the model is asked after its training, and how its answer joins the run."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from reportgen.dataset import Column, Dataset, Kind, Splits
from reportgen.explained import Dependence, Explained, ExplainJob, WordAttribution
from reportgen.results import Run
from reportgen.session import Session
from reportgen.spec import Explain
from reportgen.text import one_line
from reportgen.workers import Inline, Worker

_POINTS = 20  # of a grid, at as many quantiles
_MOST_LEVELS, _FEWEST_MEMBERS = 12, 5
#: Training rows that grids are made from, of all columns together.
_MOST_VALUES, _MOST_ROWS = 2_000_000, 20_000
_DEPENDENCES = 4
_LEAST, _MOST = 0.05, 0.95  # quantiles at which a grid of numbers begins and ends


class Grid(NamedTuple):
    """Values of one column and the prepared features (n_grid, n_features of it) of rows that have them.

    A row that has the value tells its features, whatever the preprocessing: nothing is transformed again.
    """

    values: tuple[float | str, ...]
    prepared: np.ndarray
    kind: str  # numeric | levels
    shares: tuple[float, ...] = ()


class Asked(NamedTuple):
    """What the model was asked, and its answer to come."""

    grids: Mapping[str, Grid]
    answer: Future[Explained]


def begin(state: Run, host: Worker | Inline | None, session: Session) -> Asked | None:
    """Ask for an explanation; it is made as soon as the first training is done, before any further one."""
    wish = state.spec.evaluate.explain
    if host is None or state.splits is None or state.dataset is None or wish == "off":
        return None
    made = grids(state.dataset, state.splits) if _is_table(state) else {}
    told = wish if isinstance(wish, Explain) else Explain()
    job = ExplainJob(
        split=_split(state.splits),
        columns=columns(state.splits),
        grids={name: grid.prepared for name, grid in made.items()},
        seed=state.spec.seed,
        confidence=state.spec.evaluate.confidence,
        repeats=told.repeats,
        rows=told.rows,
        dependences=_DEPENDENCES if told.columns is None else told.columns,
        samples=state.spec.report.samples,
    )
    return Asked(made, host.submit("explain", job, listener=lambda _: session.stop.signal is None))


def take_over(state: Run, asked: Asked | None, session: Session) -> Run:
    """The run with what the model answered; a wish to stop ends the explanation early."""
    if asked is None or not state.predictions:
        return state
    session.begin("explain")
    session.stop.training = True
    try:
        found = asked.answer.result()
    except Exception as error:  # a finished training must not be lost
        if session.strict:
            raise
        told = f"the model could not be explained: {type(error).__name__}: {one_line(error)}"
        return replace(state, warnings=(*state.warnings, told))
    finally:
        session.stop.training = False
    told_of = tuple(_with_values(one, asked.grids[one.column]) for one in found.dependences)
    found = replace(found, dependences=told_of, words=named(found.words, state))
    session.end("explain", _measured(found))
    return replace(state, explained=found)


def _measured(found: Explained) -> str:
    ranked = found.importances
    return f"{ranked.columns[0].column} matters most" if ranked and ranked.columns else ""


def _with_values(dependence: Dependence, grid: Grid) -> Dependence:
    return replace(dependence, grid=grid.values, kind=grid.kind, shares=grid.shares)


def named(words: tuple[WordAttribution, ...], state: Run) -> tuple[WordAttribution, ...]:
    """The words by name, without those of a sensitive text or that fewer than five training rows hold."""
    assert state.splits is not None
    splits = state.splits
    sensitive = state.dataset is None or any(column.sensitive for column in state.dataset.features)
    if sensitive or not splits.words:
        return ()
    members = {one.number: _rows_with(splits.train.X, one.number) for one in words}
    names = {number: splits.words[number - 2] for number, rows in members.items() if rows >= _FEWEST_MEMBERS}
    return tuple(replace(one, word=names[one.number]) for one in words if one.number in names)


def _rows_with(X: np.ndarray, number: int) -> int:
    return int(np.equal(X, number).any(axis=1).sum())


def _is_table(state: Run) -> bool:
    """Whether a column can be given another value; not so of windows of time, words in order and pixels."""
    assert state.splits is not None
    return state.splits.shape is None and (state.task is None or state.task.name != "forecast")


def _split(splits: Splits) -> str:
    """Rows that the model has not learnt from: validation, else test."""
    return next(name for name in ("validation", "test", "train") if len(splits.parts.get(name, ())))


def columns(splits: Splits) -> dict[str, tuple[int, ...]]:
    """Column -> places of the features made from it, in the order of the features."""
    found: dict[str, list[int]] = {}
    for place, name in enumerate(splits.feature_names):
        found.setdefault(splits.made_from.get(name, name), []).append(place)
    return {name: tuple(places) for name, places in found.items()}


def grids(dataset: Dataset, splits: Splits) -> dict[str, Grid]:
    """A grid for each column of numbers, truth values or levels that may be shown and takes two values or more."""
    features = columns(splits)
    most = min(_MOST_ROWS, max(_FEWEST_MEMBERS, _MOST_VALUES // max(1, len(features))))
    rows = splits.train.rows
    places = np.unique(np.linspace(0, len(rows) - 1, min(len(rows), most)).astype(int))
    X, known = splits.train.X[places], {column.name for column in dataset.columns}
    made = {
        name: grid(dataset, dataset.column(name), rows[places], X[:, list(features[name])])
        for name in features
        if name in known
    }
    return {name: found for name, found in made.items() if found is not None}


def grid(dataset: Dataset, column: Column, rows: np.ndarray, prepared: np.ndarray) -> Grid | None:
    """The grid of one column, None where it has none.

    Args:
        rows: positions of training rows in the frame.
        prepared: (len(rows), n_features of the column) the features of these rows.
    """
    if column.sensitive or column.kind not in (Kind.NUMERIC, Kind.BOOLEAN, Kind.CATEGORICAL):
        return None
    values = dataset.frame[column.name].iloc[rows]
    if column.kind is Kind.NUMERIC:
        return _of_numbers(values.to_numpy("float64", na_value=np.nan), prepared)
    return _of_levels(values.astype("str").where(values.notna(), None).to_numpy(object), prepared)


def _of_numbers(values: np.ndarray, prepared: np.ndarray) -> Grid | None:
    known = np.flatnonzero(np.isfinite(values))
    distinct, first = np.unique(values[known], return_index=True)
    if len(distinct) < 2:
        return None
    if len(distinct) > _POINTS:
        levels = np.quantile(values[known], np.linspace(_LEAST, _MOST, _POINTS), method="nearest")
        taken = np.unique(np.searchsorted(distinct, levels))
        distinct, first = distinct[taken], first[taken]
    if len(distinct) < 2:
        return None
    return Grid(tuple(distinct.tolist()), prepared[known[first]], "numeric")


def _of_levels(values: np.ndarray, prepared: np.ndarray) -> Grid | None:
    known = np.flatnonzero(values != None)  # noqa: E711  element by element
    levels, first, counts = np.unique(values[known].astype(str), return_index=True, return_counts=True)
    order = [place for place in np.argsort(-counts, kind="stable") if counts[place] >= _FEWEST_MEMBERS][:_MOST_LEVELS]
    if len(order) < 2:
        return None
    shares = tuple((counts[order] / len(values)).tolist())
    return Grid(tuple(levels[order].tolist()), prepared[known[first[order]]], "levels", shares)
