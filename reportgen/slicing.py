"""The search for weak slices of the test rows, and the worst predictions.

Every slice that is large enough is tested against the other rows, whatever its errors, and p-values are corrected for
all of them by Holm's step-down method (1979), which holds however slices overlap: searching and testing on the same
rows is then honest, and no row is kept back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import gammaln, ndtr

from reportgen import statistics
from reportgen.dataset import Column, Dataset, Kind, Task
from reportgen.mistakes import Mistakes, Slice, Worst
from reportgen.results import Prediction
from reportgen.text import one_line, quoted, significant

FEWEST_ROWS, SMALLEST_SHARE = 30, 0.02
_BINS, _MOST_LEVELS, _FEWEST_MEMBERS = 5, 20, 5
_MOST_COLUMNS, _MOST_PAIRED = 200, 30
_MOST_SHOWN, _MOST_TESTED, _SHOWN_WITHOUT_PROOF = 8, 200, 3
_SURE = 0.05
_KINDS = (Kind.NUMERIC, Kind.CATEGORICAL, Kind.BOOLEAN, Kind.DATETIME)


class Coded(NamedTuple):
    """A column as codes (n,), -1 where a row is in no slice of it, and the name of each code's slice."""

    column: str
    codes: np.ndarray
    names: tuple[str, ...]


class Found(NamedTuple):
    """A slice that was searched: its standardised excess of errors and the codes that make it."""

    z: float
    rows: int
    parts: tuple[tuple[int, int], ...]  # (place of the column, code)


def mistakes(
    prediction: Prediction, task: Task, dataset: Dataset | None, confidence: float, n_worst: int = 10
) -> Mistakes:
    """What the model gets wrong on the rows of `prediction`, at least one."""
    losses = row_losses(prediction, task)
    measure = {"multilabel": "subset accuracy"}.get(task.name, "mae" if task.is_numeric else "accuracy")
    overall = float(losses.mean()) if task.is_numeric else 1 - float(losses.mean())
    listed = worst(prediction, task, n_worst)
    why = _not_searched(prediction, task, dataset, losses)
    if why:
        return Mistakes(measure, overall, listed, note=why)
    assert dataset is not None
    assert prediction.rows is not None
    coded = code(dataset, task, prediction.rows)
    return _searched(losses, coded, confidence, Mistakes(measure, overall, listed))


def row_losses(prediction: Prediction, task: Task) -> np.ndarray:
    """(n,) absolute errors of numbers, else 1.0 where the prediction is wrong (of several labels: any of them)."""
    if task.is_numeric:
        return np.asarray(np.abs(np.asarray(prediction.y_pred, dtype=float) - prediction.y_true))
    wrong = prediction.y_pred != prediction.y_true
    return np.asarray(wrong.any(axis=1) if wrong.ndim == 2 else wrong, dtype=float)


def _not_searched(prediction: Prediction, task: Task, dataset: Dataset | None, losses: np.ndarray) -> str:
    if task.name == "forecast":
        return "neighbouring forecasts err alike, so that no test of chance holds for slices of them"
    if dataset is None or prediction.rows is None:
        return "there is no table of the columns"
    if len(losses) < 2 * FEWEST_ROWS:
        return f"slices need {2 * FEWEST_ROWS} test rows or more"
    return "" if np.isfinite(losses).all() else "some predictions are not finite"


# The worst predictions.


def worst(prediction: Prediction, task: Task, most: int) -> tuple[Worst, ...]:
    """The predictions with the largest loss, worst first; of classes those that are wrong."""
    losses = row_losses(prediction, task)
    ranked = _missed(prediction, losses)
    order = np.argsort(-np.where(np.isfinite(ranked), ranked, np.inf), kind="stable")
    taken = order[losses[order] != 0][:most].tolist()
    rows, steps = prediction.rows, prediction.step
    return tuple(
        Worst(
            place,
            None if rows is None else int(rows[place]),
            float(ranked[place]),
            None if steps is None else int(steps[place]),
        )
        for place in taken
    )


def _missed(prediction: Prediction, losses: np.ndarray) -> np.ndarray:
    """1 - the probability of the truth, where there is one."""
    scores, truth = prediction.y_score, prediction.y_true
    if scores is None:
        return losses
    if truth.ndim == 2:
        return np.asarray(np.abs(truth - scores).max(axis=1))
    return np.asarray(1 - scores[np.arange(len(truth)), truth])


# Columns as slices.


def code(dataset: Dataset, task: Task, rows: np.ndarray) -> list[Coded]:
    """Each column that may be shown, as slices of these rows: levels, fifths of numbers and dates, and gaps."""
    shown = [one for one in dataset.columns if one.kind in _KINDS and not one.sensitive]
    usable = [one for one in shown if one.name not in task.target_columns]
    found = [_coded(dataset, one, rows) for one in usable[:_MOST_COLUMNS]]
    return [one for one in found if len(one.names) > 1]


def _coded(dataset: Dataset, column: Column, rows: np.ndarray) -> Coded:
    values = dataset.frame[column.name].iloc[rows]
    missing, name = values.isna().to_numpy(), one_line(column.name, 60)
    if column.kind is Kind.DATETIME:
        numbers = values.to_numpy("datetime64[us]").astype(np.int64).astype(float)
        codes, names = _fifths(numbers, ~missing, name, dates=True)
    elif column.kind is Kind.NUMERIC:
        numbers = values.to_numpy("float64", na_value=np.nan)
        codes, names = _fifths(numbers, np.isfinite(numbers), name)
    else:
        codes, names = _levels(values[~missing].astype("str").to_numpy(object), ~missing, name)
    codes[missing] = len(names)
    return Coded(column.name, codes, (*names, f"{name} is missing"))


def _fifths(values: np.ndarray, known: np.ndarray, name: str, dates: bool = False) -> tuple[np.ndarray, list[str]]:
    """Fifths of equal size, of few distinct values fewer; a bound belongs to the slice above it."""
    codes = np.full(len(values), -1)
    if not known.any():
        return codes, []
    edges = np.unique(np.quantile(values[known], np.linspace(0, 1, _BINS + 1)[1:-1], method="nearest"))
    edges = edges[edges > values[known].min()]
    codes[known] = np.searchsorted(edges, values[known], "right")
    told = [str(np.datetime64(int(edge), "us"))[:10] if dates else significant(edge) for edge in edges]
    if not told:
        return codes, [f"{name} is given"]
    between = [f"{name} from {low} to {high}" for low, high in pairwise(told)]
    return codes, [f"{name} below {told[0]}", *between, f"{name} from {told[-1]} on"]


def _levels(values: np.ndarray, known: np.ndarray, name: str) -> tuple[np.ndarray, list[str]]:
    codes = np.full(len(known), -1)
    places, levels = pd.factorize(values)
    counts = np.bincount(places, minlength=len(levels))
    order = [int(one) for one in np.argsort(-counts, kind="stable") if counts[one] >= _FEWEST_MEMBERS][:_MOST_LEVELS]
    number = np.full(len(levels), -1)
    number[order] = np.arange(len(order))
    codes[known] = number[places] if len(levels) else -1
    return codes, [f"{name} is {quoted(levels[one])}" for one in order]


# The search.


def _searched(losses: np.ndarray, coded: Sequence[Coded], confidence: float, so_far: Mistakes) -> Mistakes:
    smallest = max(FEWEST_ROWS, int(np.ceil(SMALLEST_SHARE * len(losses))))
    found = search(losses, coded, smallest)
    tested = sorted(found, key=lambda one: (-one.z, one.parts))[:_MOST_TESTED]
    p_values = holm([p_value(losses, coded, one) for one in tested], len(found))
    proven = _different([(one, p) for one, p in zip(tested, p_values, strict=True) if p <= _SURE])[:_MOST_SHOWN]
    shown = proven or _different([*zip(tested, p_values, strict=True)])[:_SHOWN_WITHOUT_PROOF]
    hits = so_far.measure != "mae"
    slices = tuple(measured(losses, members(coded, one), _named(coded, one), hits, confidence, p) for one, p in shown)
    paired = min(len(coded), _MOST_PAIRED)
    return replace(so_far, slices=slices, searched=len(found), columns=len(coded), paired=paired, smallest=smallest)


def search(losses: np.ndarray, coded: Sequence[Coded], smallest: int) -> list[Found]:
    """Every slice of one column, and of two of the first thirty, of at least and without at least `smallest` rows.

    `z` is the sum of the errors' scores in the slice, standardised by its permutation variance: of wrong predictions
    (hypergeometric), or of the ranks of absolute errors (Wilcoxon), which no single large error decides.
    """
    scores = scored(losses)
    single = list(_single(scores, coded, smallest))
    return [*single, *_pairs(scores, coded[:_MOST_PAIRED], {one.parts[0] for one in single}, smallest)]


def _counted(scores: np.ndarray, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows and `z` of each cell."""
    rows = np.bincount(cells)
    return rows, standardised(scores, np.bincount(cells, scores), rows)


def _single(scores: np.ndarray, coded: Sequence[Coded], smallest: int) -> Iterator[Found]:
    for place, one in enumerate(coded):
        rows, z = _counted(scores, one.codes + 1)
        for cell in np.flatnonzero((rows >= smallest) & (len(scores) - rows >= smallest)):
            if cell:
                yield Found(float(z[cell]), int(rows[cell]), ((place, int(cell) - 1),))


def _pairs(scores: np.ndarray, coded: Sequence[Coded], large: set[tuple[int, int]], smallest: int) -> Iterator[Found]:
    """What two `large` slices of different columns share."""
    for (one, first), (other, second) in combinations(enumerate(coded), 2):
        width = len(second.names) + 1
        rows, z = _counted(scores, (first.codes + 1) * width + second.codes + 1)
        for cell in np.flatnonzero(rows >= smallest):
            parts = (one, int(cell) // width - 1), (other, int(cell) % width - 1)
            if large.issuperset(parts):
                yield Found(float(z[cell]), int(rows[cell]), parts)


def scored(losses: np.ndarray) -> np.ndarray:
    """(n,) centred, of variance 1: the losses where they are 0 and 1, else their midranks."""
    kinds = np.isin(losses, (0.0, 1.0)).all()
    values = losses if kinds else statistics.midranks(losses)
    spread = float(values.std())
    return np.asarray((values - values.mean()) / (spread or 1.0))


def standardised(scores: np.ndarray, sums: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Sums of so many of the (n,) centred scores, in standard deviations over all ways to choose the rows."""
    n = len(scores)
    spread = np.sqrt(sizes * (n - sizes) / (n * (n - 1.0)) * float(scores @ scores))
    return np.asarray(np.divide(sums, spread, out=np.zeros(len(sums)), where=spread > 0))


def members(coded: Sequence[Coded], found: Found) -> np.ndarray:
    """(n,) whether each row is in the slice."""
    return np.asarray(np.logical_and.reduce([coded[place].codes == code for place, code in found.parts]))


def p_value(losses: np.ndarray, coded: Sequence[Coded], found: Found) -> float:
    """One-sided, that the slice errs no more than the rest: Fisher's exact test of hits, else the rank sum's."""
    if not np.isin(losses, (0.0, 1.0)).all():
        return float(ndtr(-found.z))
    wrong = int(losses[members(coded, found)].sum())
    return hypergeometric_tail(wrong, found.rows, int(losses.sum()), len(losses))


def hypergeometric_tail(least: int, drawn: int, marked: int, n: int) -> float:
    """The probability of `least` marked or more among `drawn` of n, of which `marked` are."""
    k = np.arange(least, min(drawn, marked) + 1)
    k = k[drawn - k <= n - marked]

    def ways(total: np.ndarray | int, taken: np.ndarray | int) -> np.ndarray:
        return np.asarray(gammaln(total + 1) - gammaln(taken + 1) - gammaln(total - np.asarray(taken) + 1))

    logs = ways(marked, k) + ways(n - marked, drawn - k) - ways(n, drawn)
    return min(1.0, float(np.exp(logs).sum()))


def holm(p_values: Sequence[float], tests: int) -> list[float]:
    """Adjusted p-values (Holm 1979) of the smallest of `tests`, in the order given; those left out are larger."""
    order = np.argsort(p_values, kind="stable")
    raised = np.asarray(p_values)[order] * (tests - np.arange(len(order)))
    adjusted = np.empty(len(order))
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(raised)) if len(order) else raised
    return [float(value) for value in adjusted]


def _different(found: list[tuple[Found, float]]) -> list[tuple[Found, float]]:
    """The surest first, without slices that share a condition with one that is surer."""
    kept: list[tuple[Found, float]] = []
    seen: set[tuple[int, int]] = set()
    for one, p in sorted(found, key=lambda item: (item[1], -item[0].z, item[0].parts)):
        if not seen & set(one.parts):
            kept.append((one, p))
            seen |= set(one.parts)
    return kept


def _named(coded: Sequence[Coded], found: Found) -> tuple[str, tuple[str, ...]]:
    names = [coded[place].names[code] for place, code in found.parts]
    return " and ".join(names), tuple(coded[place].column for place, _ in found.parts)


def measured(
    losses: np.ndarray, inside: np.ndarray, named: tuple[str, tuple[str, ...]], hits: bool, confidence: float, p: float
) -> Slice:
    """Accuracy with Wilson's interval, or mean absolute error with that of a mean, of a slice and of the rest."""
    own, rest = losses[inside], float(losses[~inside].mean())
    if not hits:
        low, high = statistics.mean_interval(own, confidence)
        return Slice(*named, len(own), float(own.mean()), max(0.0, low), high, rest, p)
    right = len(own) - float(own.sum())
    low, high = statistics.wilson(right, len(own), confidence)
    return Slice(*named, len(own), right / len(own), low, high, 1 - rest, p)
