"""Which words a network that learns word vectors relies on: integrated gradients with respect to the vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from reportgen.explained import WordAttribution
from reportgen.fitted import FitJob
from reportgen.models._histograms import spread
from reportgen.models._keras import keras
from reportgen.models._loop import Rows

STEPS = 8  # of the path, at the middle of each
_FEWEST_ROWS = 20  # of a class
_FEWEST_HOLDING = 5  # rows, for a word to be named
_MOST_CLASSES, _MOST_WORDS = 6, 12
_FIRST_WORD = 2  # 0 stands for none, 1 for an unknown word


def place_of_vectors(network: Any) -> int | None:
    """Where the word vectors stand among the trainable variables, None where there are none."""
    layers = [
        layer for layer in network._flatten_layers(include_self=False) if isinstance(layer, keras.layers.Embedding)
    ]
    if len(layers) != 1:
        return None
    variables = [id(variable) for variable in network.trainable_variables]
    own = [variables.index(id(one)) for one in layers[0].trainable_variables if id(one) in variables]
    return own[0] if len(own) == 1 else None


def word_attributions(
    trainer: Any, place: int, rows: Rows, job: FitJob, split: str, size: int, ask: Callable[[], None]
) -> Iterator[WordAttribution]:
    """The words that move the loss of each class most.

    Args:
        trainer: has the weights that predict, and has them again at the end.
        rows: of the split, as the network takes them.
        size: rows that gradients are taken of at once: those for which the trainer has a compiled program. The rows of
            a class are repeated to as many where they are fewer.
        ask: called before each step; may raise to end it all.
    """
    groups = [(code, found) for code, found in _groups(job, split) if len(found) >= _FEWEST_ROWS]
    for code, found in sorted(groups, key=lambda group: -len(group[1]))[:_MOST_CLASSES]:
        chosen = found[spread(len(found), size)]
        repeated = np.resize(chosen, size)
        values = lowered(trainer, place, Rows(rows.X[repeated], rows.y[repeated]), ask)
        yield from _largest(values, rows.X[chosen], code)


def lowered(trainer: Any, place: int, rows: Rows, ask: Callable[[], None]) -> np.ndarray:
    """By how much each word lowers the mean loss of the rows, (n_words,), by the midpoint rule.

    The sum is, up to the rule's error, the loss with all vectors zero less the loss.
    """
    kept = trainer.snapshot()
    vectors = np.array(kept[0][place])
    total = np.zeros(vectors.shape)
    try:
        for step in range(STEPS):
            ask()
            scaled = [*kept[0]]
            scaled[place] = ((step + 0.5) / STEPS * vectors).astype(vectors.dtype)
            trainer.restore((scaled, kept[1]))
            total += np.asarray(trainer.gradients(rows)[place], float)
    finally:
        trainer.restore(kept)
    return np.asarray(-(vectors * total / STEPS).sum(axis=1))


def _groups(job: FitJob, split: str) -> Iterator[tuple[int | None, np.ndarray]]:
    """Each class and its rows; all rows where there is not one class a row."""
    y = job.y[split]
    if not job.task.is_classification:
        yield None, np.arange(len(y))
        return
    for code in range(len(job.task.labels)):
        yield code, np.flatnonzero(y == code)


def _largest(values: np.ndarray, X: np.ndarray, code: int | None) -> Iterator[WordAttribution]:
    holding = np.zeros(len(values), int)
    for row in X.reshape(len(X), -1):
        holding[np.unique(row.astype(int))] += 1
    holding[:_FIRST_WORD] = 0
    named = np.flatnonzero(holding >= _FEWEST_HOLDING)
    for number in named[np.argsort(-np.abs(values[named]), kind="stable")][:_MOST_WORDS]:
        yield WordAttribution(code, int(number), len(X), int(holding[number]), float(values[number]))
