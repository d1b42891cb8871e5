"""Share of the rows whose class is among the k most probable, beside the baselines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.figures._cuts import wilson_ends
from reportgen.figures._data import array, plain, scores_of
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import fixed, percent, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 25
_MOST = 10
_AT_ONCE = 4_000_000  # probabilities compared at a time
_COLOURS = {"boosted": SERIES[4], "linear": SERIES[2], "dummy": SERIES[0]}
_RIGHT = 0.95  # share of the rows up to which the words count the classes


def compute(run: Run) -> list[FigureData]:
    prediction, y_score = scores_of(run, "multiclass")
    most = min(y_score.shape[1], _MOST)
    hits = _hits(prediction.y_true, y_score, most)
    rows, confidence = len(y_score), run.spec.evaluate.confidence
    low, high = wilson_ends(hits, rows, confidence)
    columns = {
        "k": list(range(1, most + 1)),
        "model": plain(hits / rows, 6),
        "low": plain(low, 4),
        "high": plain(high, 4),
    }
    for name in _COLOURS:
        other = run.baselines.get(name, {}).get("test")
        score = None if other is None else other.y_score
        if score is not None and score.shape == y_score.shape and np.isfinite(score).all():
            columns[name] = plain(_hits(prediction.y_true, score, most) / rows, 6)
    return [FigureData(columns, {"rows": rows, "classes": y_score.shape[1], "confidence": confidence})]


def _hits(y_true: np.ndarray, y_score: np.ndarray, most: int) -> np.ndarray:
    """Rows whose class is among the first 1, 2 ... classes; of equal ones the last comes first, as in scikit-learn."""
    step = max(_AT_ONCE // y_score.shape[1], 1)
    parts = [_ranks(y_true[at : at + step], y_score[at : at + step]) for at in range(0, len(y_true), step)]
    found: np.ndarray = np.cumsum(np.bincount(np.concatenate(parts), minlength=most)[:most])
    return found


def _ranks(y_true: np.ndarray, y_score: np.ndarray) -> np.ndarray:
    own = y_score[np.arange(len(y_true)), y_true][:, None]
    later = np.arange(y_score.shape[1]) > y_true[:, None]
    return np.asarray(((y_score > own) | ((y_score == own) & later)).sum(axis=1))


def size(data: FigureData) -> tuple[float, float]:  # noqa: ARG001
    return 3.6, 2.8


def draw(axes: Axes, data: FigureData) -> None:
    k = array(data.columns["k"])
    axes.band(k, data.columns["low"], data.columns["high"])
    for name, colour in _COLOURS.items():
        if name in data.columns:
            axes.line(k, array(data.columns[name]), colour, name, linewidth=0.8)
            axes.above(name, colour)
    axes.line(k, array(data.columns["model"]), SERIES[1], "model", linewidth=1.4, zorder=2.4)
    axes.points(k, array(data.columns["model"]), SERIES[1], "", size=4, alpha=1.0)
    axes.above("model", SERIES[1])
    axes.set(xlim=(0.8, len(k) + 0.2), ylim=(0, 1.02), xlabel="k", ylabel="share of rows")
    axes.whole("x")


def describe(data: FigureData) -> Words:
    facts, model = data.facts, data.columns["model"]
    enough = next((k for k, share in zip(data.columns["k"], model, strict=True) if share >= _RIGHT), None)
    if enough == 1:
        title = f"The most probable class is right in {percent(model[0])} of the rows."
    elif enough is None or enough == facts["classes"]:
        second = f", among the two most probable in {percent(model[1])}" if len(model) > 1 else ""
        title = f"The class is the most probable one in {percent(model[0])} of the rows{second}."
    else:
        title = (
            f"The {enough} most probable classes hold the right one in {percent(model[enough - 1])} of the rows, "
            f"the first in {percent(model[0])}."
        )
    others = [name for name in _COLOURS if name in data.columns]
    beside = f", beside the {'baseline' if len(others) == 1 else 'baselines'}" if others else ""
    caption = (
        f"Top-k accuracy on {plural(facts['rows'], 'test row')} of {facts['classes']} classes{beside}. Band: "
        f"{percent(facts['confidence'], 0)} Wilson interval at each k."
    )
    listed = "; ".join(
        f"{name}: {', '.join(fixed(share) for share in data.columns[name])}" for name in ("model", *others)
    )
    return Words(title, caption, f"Share of rows whose class is among the k most probable, for k from 1: {listed}.")
