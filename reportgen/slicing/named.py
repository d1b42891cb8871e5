"""The slices that the experiment file names, measured and compared with all other rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from reportgen.conditions import NamedCondition
from reportgen.dataset import Dataset
from reportgen.mistakes import NamedSlice
from reportgen.results import Prediction, Score
from reportgen.slicing.coding import FEWEST_MEMBERS, code_column
from reportgen.slicing.selecting import holds
from reportgen.slicing.testing import difference, holm, two_sided, with_interval

Scorer = Callable[[Prediction], Sequence[Score]]


def named(
    prediction: Prediction,
    losses: np.ndarray,
    hits: bool,
    dataset: Dataset,
    conditions: Sequence[NamedCondition],
    confidence: float,
    score: Scorer | None = None,
) -> tuple[NamedSlice, ...]:
    """Each named slice in the order of the file; p-values are two-sided, and corrected (Holm) for all that are tested.

    Where a column is named alone, each of its levels or fifths is a slice. A slice of fewer than five rows, or without
    so many others, is not measured.
    """
    assert prediction.rows is not None
    measured, raw = [], []
    for name, inside in _masks(dataset, conditions, prediction.rows):
        if min(int(inside.sum()), int((~inside).sum())) < FEWEST_MEMBERS:
            measured.append(NamedSlice(name, int(inside.sum())))
            continue
        raw.append(two_sided(losses, inside))
        found = _measured(name, losses, inside, hits, confidence)
        scores = () if score is None else tuple(score(part_of(prediction, inside)))
        measured.append(replace(found, scores=scores))
    corrected = iter(holm(raw, len(raw)))
    return tuple(one if one.value is None else replace(one, p_value=next(corrected)) for one in measured)


def _masks(
    dataset: Dataset, conditions: Sequence[NamedCondition], rows: np.ndarray
) -> Iterator[tuple[str, np.ndarray]]:
    for condition in conditions:
        if condition.column is None:
            yield str(condition), holds(condition, dataset, rows)
            continue
        coded = code_column(dataset, dataset.column(condition.column), rows)
        for code, name in enumerate(coded.names):
            inside = coded.codes == code
            if inside.sum() >= FEWEST_MEMBERS:
                yield name, inside


def _measured(name: str, losses: np.ndarray, inside: np.ndarray, hits: bool, confidence: float) -> NamedSlice:
    own, rest = (with_interval(losses[part], hits, confidence) for part in (inside, ~inside))
    gap = difference(own, rest)
    return NamedSlice(name, int(inside.sum()), own.value, own.low, own.high, rest.value, *gap)


#: What a prediction holds for each row.
_BY_ROW = ("y_true", "y_pred", "y_score", "rows", "step", "fold", "group", "moment")


def part_of(prediction: Prediction, inside: np.ndarray) -> Prediction:
    """The prediction of the rows inside alone."""
    there = {name: getattr(prediction, name) for name in _BY_ROW}
    kept: dict[str, Any] = {name: None if values is None else values[inside] for name, values in there.items()}
    return replace(prediction, **kept)
