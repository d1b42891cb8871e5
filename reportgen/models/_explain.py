"""Explaining a fitted model by what it predicts: columns are shuffled, or given other values, and it predicts again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from reportgen.explained import Attribution, Dependence, Explained, ExplainJob, Importance, Importances, WordAttribution
from reportgen.fitted import FitJob
from reportgen.models._histograms import spread
from reportgen.models._job import Outputs
from reportgen.models._loop import Emit
from reportgen.statistics import t_quantile

Predict = Callable[[np.ndarray], Outputs]
#: What is done where the experiment does not say: within these bounds as the work allows.
_REPEATS, _FEWEST_REPEATS = 10, 3
_ROWS, _FEWEST_ROWS = 1000, 100
_MEASURED = 40  # columns that are shuffled in full; of more, a first look chooses
_MOST_LOOKED_AT = 2000
_ROWS_PER_CALL, _VALUES_PER_CALL = 16_384, 4_000_000
_CURVES, _MOST_OUTPUTS = 30, 6
_SMALLEST = 1e-7  # Probabilities nearer to 0 count as this.
_SECONDS_BETWEEN_EVENTS = 0.1
_MOST_SECONDS = 20.0  # where the work was estimated too low


class Stopped(Exception):
    """The listener wants to stop, or it takes too long; then it says so."""


class Given:
    """A fitted model and the rows to explain it on.

    Args:
        affordable: how many rows it may predict for all that is explained, about, where the experiment does not say.
    """

    def __init__(self, predict: Predict, job: FitJob, wish: ExplainJob, emit: Emit | None, affordable: float) -> None:
        self._predict, self.job, self.wish, self._emit, self.affordable = predict, job, wish, emit, affordable
        self._begun, self._told = time.monotonic(), 0.0
        self.rng = np.random.default_rng((job.seed, 11))

    def rows(self, most: int) -> tuple[np.ndarray, np.ndarray]:
        """At most so many rows of the split, drawn at random, in their order: X and y."""
        X, y = self.job.X[self.wish.split], self.job.y[self.wish.split]
        if len(X) <= most:
            return X, y
        chosen = np.sort(self.rng.permutation(len(X))[:most])
        return X[chosen], y[chosen]

    def predict(self, X: np.ndarray) -> Outputs:
        """`y_score` and `y_pred`. Raises: Stopped."""
        self.ask()
        return self._predict(X)

    def watched(self, act: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, which raises Stopped where it is time to end."""

        def watched(*arguments: Any) -> Any:
            self.ask()
            return act(*arguments)

        return watched

    def ask(self) -> None:
        """Raises: Stopped, where the listener wants that or it takes too long."""
        now = time.monotonic()
        if self._emit is not None and now - self._told > _SECONDS_BETWEEN_EVENTS:
            self._told = now
            if not self._emit({"explaining": True}):
                raise Stopped
        if now - self._begun > _MOST_SECONDS and not (self.wish.rows and self.wish.repeats):
            raise Stopped(
                f"it was ended after {_MOST_SECONDS:g} s; evaluate.explain can ask for fewer rows and repeats"
            )

    def losses(self, X: np.ndarray, y: np.ndarray) -> np.ndarray:
        """The loss of each row, (n,): log loss with probabilities, else 0 or 1; of numbers the absolute error."""
        y_score, y_pred = self.predict(X)
        task = self.job.task
        if task.is_numeric:
            return _mean_of_row(np.abs(np.asarray(y_pred, float) - y))
        if y_score is None:
            return _mean_of_row((y_pred != y).astype(float))
        if task.name == "multilabel":
            right = np.where(y == 1, y_score, 1.0 - y_score)
        else:
            right = y_score[np.arange(len(y)), y.astype(int)]
        return _mean_of_row(-np.log(np.clip(right, _SMALLEST, 1.0)))

    def loss_name(self, X: np.ndarray) -> str:
        if self.job.task.is_numeric:
            return "mean_absolute_error"
        return "error_rate" if self.predict(X[:1])[0] is None else "log_loss"

    def outputs(self, X: np.ndarray) -> np.ndarray:
        """(n, n_outputs): the number, the probability of the positive class, or of each; without those 0 and 1."""
        y_score, y_pred = self.predict(X)
        task = self.job.task
        if task.is_numeric:
            return np.asarray(y_pred, float).reshape(len(X), -1)
        if y_score is None:
            y_score = y_pred if task.name == "multilabel" else np.eye(len(task.labels))[y_pred.astype(int)]
        return np.asarray(y_score[:, -1:] if task.name == "binary" else y_score, float)


def explain(given: Given, attributions: Iterable[Attribution] = (), words: Iterable[WordAttribution] = ()) -> Explained:
    """Permutation importance, partial dependence and gradients; what was finished where the listener wanted to stop.

    Args:
        attributions, words: of a network of images or of words, made as they are asked for.
    """
    found = Explained(split=given.wish.split)
    try:
        found = _with_importances(given, found)
        for dependence in dependences(given, found.importances):
            found = replace(found, dependences=(*found.dependences, dependence))
        for attribution in attributions:
            found = replace(found, attributions=(*found.attributions, attribution))
        found = replace(found, words=tuple(words))
    except Stopped as reason:
        return replace(found, interrupted=True, notes=(*found.notes, *map(str, reason.args)))
    return found


def _with_importances(given: Given, found: Explained) -> Explained:
    rows = len(given.job.X[given.wish.split])
    columns = given.wish.columns
    if len(columns) < 2:
        return replace(found, alone=len(columns) == 1)
    if rows < 5:
        return replace(found, notes=(f"{rows} {given.wish.split} rows are too few to shuffle",))
    if len(columns) > _MOST_LOOKED_AT:
        return replace(found, notes=(f"to shuffle each of {len(columns):,} columns would take too long",))
    return replace(found, importances=importances(given))


@dataclass(frozen=True)
class _Plan:
    rows: int
    repeats: int

    @classmethod
    def of(cls, given: Given, n_columns: int) -> _Plan:
        """As the experiment says, else what the work allows."""
        wish, there = given.wish, len(given.job.X[given.wish.split])
        rows = int(np.clip(given.affordable / (n_columns * _REPEATS), _FEWEST_ROWS, _ROWS))
        rows = min(wish.rows or rows, there)
        repeats = int(np.clip(given.affordable / (n_columns * rows), _FEWEST_REPEATS, _REPEATS))
        return cls(rows, wish.repeats or repeats)


def importances(given: Given) -> Importances:
    """How much the loss rises when the features of each column are shuffled together, the largest rise first."""
    columns = _looked_at(given)
    plan = _Plan.of(given, len(columns))
    X, y = given.rows(plan.rows)
    orders = np.stack([given.rng.permutation(len(X)) for _ in range(plan.repeats)])
    before = given.losses(X, y)
    rises = shuffled(given, X, y, [given.wish.columns[name] for name in columns], orders) - before
    found = [_importance(name, rise, given.wish.confidence) for name, rise in zip(columns, rises, strict=True)]
    return Importances(
        loss=given.loss_name(X),
        before=float(before.mean()),
        split=given.wish.split,
        rows=len(X),
        of_rows=len(given.job.X[given.wish.split]),
        repeats=plan.repeats,
        columns=tuple(sorted(found, key=lambda one: (-one.value, one.column))),
        looked_at=len(given.wish.columns),
    )


def _importance(column: str, rise: np.ndarray, confidence: float) -> Importance:
    """Args: rise (n_repeats, n_rows)."""
    of_rows, of_repeats = rise.mean(axis=0), rise.mean(axis=1)
    value = float(of_rows.mean())
    half = t_quantile(confidence, len(of_rows) - 1) * float(of_rows.std(ddof=1)) / np.sqrt(len(of_rows))
    std = float(of_repeats.std(ddof=1)) if len(of_repeats) > 1 else 0.0
    return Importance(column, value, value - half, value + half, std)


def _looked_at(given: Given) -> list[str]:
    """The columns to shuffle in full: all, or those whose one shuffle raised the loss of a few rows most."""
    names = list(given.wish.columns)
    if len(names) <= _MEASURED:
        return names
    X, y = given.rows(int(np.clip(given.affordable / (2 * len(names)), 20, _FEWEST_ROWS)))
    order = given.rng.permutation(len(X))[None]
    rises = shuffled(given, X, y, list(given.wish.columns.values()), order).mean(axis=(1, 2))
    return [names[place] for place in sorted(np.argsort(-rises, kind="stable")[:_MEASURED])]


def shuffled(
    given: Given, X: np.ndarray, y: np.ndarray, columns: Sequence[tuple[int, ...]], orders: np.ndarray
) -> np.ndarray:
    """The loss of each row where the features at these places come from other rows, (n_columns, n_repeats, n_rows).

    Args:
        orders: (n_repeats, n_rows) whose features each row gets, the same for every column.
    """
    n, repeats = len(X), len(orders)
    pairs = [(column, repeat) for column in range(len(columns)) for repeat in range(repeats)]
    found = np.empty((len(columns), repeats, n))
    at_once = max(1, min(_ROWS_PER_CALL, _VALUES_PER_CALL // max(1, X.shape[1])) // n)
    for start in range(0, len(pairs), at_once):
        part = pairs[start : start + at_once]
        stacked = np.tile(X, (len(part), 1))
        for place, (column, repeat) in enumerate(part):
            features = list(columns[column])
            stacked[place * n : (place + 1) * n, features] = X[orders[repeat]][:, features]
        losses = given.losses(stacked, np.tile(y, (len(part), *(1,) * (y.ndim - 1)))).reshape(len(part), n)
        for (column, repeat), values in zip(part, losses, strict=True):
            found[column, repeat] = values
    return found


def dependences(given: Given, ranked: Importances | None) -> Iterator[Dependence]:
    """Of the most important columns that can be varied, or of the first ones where none are ranked."""
    names = [one.column for one in ranked.columns] if ranked else list(given.wish.columns)
    names = [name for name in names if name in given.wish.grids][: given.wish.dependences]
    if not names:
        return
    size = max(len(given.wish.grids[name]) for name in names)
    most = given.wish.rows or int(np.clip(given.affordable / (len(names) * size), _FEWEST_ROWS, _ROWS))
    X, _ = given.rows(most)
    for name in names:
        yield dependence(given, X, name)


def dependence(given: Given, X: np.ndarray, column: str) -> Dependence:
    """The outputs on rows X where the features of a column are those of each row of its grid."""
    grid, features = given.wish.grids[column], list(given.wish.columns[column])
    found = []
    for values in grid:
        varied = X.copy()
        varied[:, features] = values
        found.append(given.outputs(varied))
    outputs = np.stack(found, axis=1)  # (n, n_grid, n_outputs)
    shown = _shown(given, outputs.shape[2])
    single = outputs[spread(len(X), _CURVES), :, 0] if outputs.shape[2] == 1 else np.empty((0, len(grid)))
    task = given.job.task
    codes = () if task.is_numeric else (len(task.labels) - 1,) if len(shown) == 1 else tuple(shown)
    return Dependence(column, given.wish.split, len(X), outputs.mean(axis=0)[:, shown], single, codes)


def _shown(given: Given, n_outputs: int) -> list[int]:
    """The outputs that are shown: all, or the classes or labels that most training rows have."""
    if n_outputs <= _MOST_OUTPUTS:
        return list(range(n_outputs))
    y = given.job.y["train"]
    members = y.sum(axis=0) if y.ndim == 2 else np.bincount(y.astype(int), minlength=n_outputs)
    return sorted(np.argsort(-members, kind="stable")[:_MOST_OUTPUTS].tolist())


def _mean_of_row(values: np.ndarray) -> np.ndarray:
    return np.asarray(values.reshape(len(values), -1).mean(axis=1))
