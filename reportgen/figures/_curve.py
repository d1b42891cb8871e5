"""What the curves over all thresholds share: one a class, beside the linear model's, in few points."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import Plain, array, baseline_scores, both_classes, class_names, plain, scores_of, thin
from reportgen.results import FigureData, Run
from reportgen.svg import BAND, SERIES, SOFT
from reportgen.text import classed, fixed

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

#: y_true (n,) of 0 and 1, y_score (n,) -> x and y of the curve, and the area that it is judged by.
Curve = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray, float]]
#: y_true (n,) of 0 and 1, y_score (n,), confidence -> a band: heights `low` and `high` at each `x`.
Band = Callable[[np.ndarray, np.ndarray, float], dict[str, Plain]]
MOST_CLASSES = 8
_MOST_POINTS = 200
_MOST_TRIED = 50


def compute_curves(
    run: Run,
    curve: Curve,
    x_name: str,
    y_name: str,
    band: Band | None = None,
    tasks: Sequence[str] = ("binary", "multiclass", "multilabel"),
) -> FigureData:
    """One curve for a binary task, one a class against the rest for those that a multiclass model tells worst.

    One a label, likewise, of several labels. The `band` is that of a binary task's curve.
    """
    prediction, y_score = scores_of(run, *tasks)
    several = prediction.y_true.ndim == 2
    if not several:
        both_classes(prediction.y_true)
    names = class_names(run)
    binary = not several and len(names) == 2
    flags = prediction.y_true == 1 if several else prediction.y_true[:, None] == np.arange(len(names))
    codes = [1] if binary else _worst(flags, y_score, of_precision=y_name == "precision")
    found = [("model" if binary else names[code], code, y_score[:, code]) for code in codes]
    linear = baseline_scores(run)
    if binary and linear is not None and linear.shape == y_score.shape and np.isfinite(linear).all():
        found.append(("linear", 1, linear[:, 1]))
    columns: dict[str, Plain] = {"curve": [], x_name: [], y_name: []}
    areas = {}
    for label, code, scores in found:
        x, y, areas[label] = curve(flags[:, code].astype(int), scores)
        kept = corners(x, y)
        columns["curve"] += [label] * len(kept)
        columns[x_name] += plain(x[kept], 4)
        columns[y_name] += plain(y[kept], 4)
    facts: dict[str, Any] = {"areas": areas, "x": x_name, "y": y_name, "binary": binary, "classes": len(names)}
    shares = {label: float(flags[:, code].mean()) for label, code, _ in found}
    facts |= {"rows": len(flags), "positive": names[-1], "shares": shares, "several": several}
    if binary and band is not None:
        facts["confidence"] = run.spec.evaluate.confidence
        facts["band"] = band(prediction.y_true, y_score[:, 1], run.spec.evaluate.confidence)
    return FigureData(columns, facts)


def _worst(flags: np.ndarray, y_score: np.ndarray, *, of_precision: bool) -> list[int]:
    """The classes that are told worst, in the order of the labels; of many, among the largest.

    A class that no row, or every row, belongs to has no curve.
    """
    counts = flags.sum(axis=0)
    order = [int(code) for code in np.argsort(-counts, kind="stable") if 0 < counts[code] < len(flags)]
    if not order:
        raise NotApplicable("the test set holds one class alone")
    if len(order) > MOST_CLASSES:
        from reportgen.statistics import auc_ranking, average_precision_ranking  # brings SciPy

        ranking = average_precision_ranking if of_precision else auc_ranking
        areas = {code: ranking(flags[:, code], y_score[:, code]).value for code in order[:_MOST_TRIED]}
        order = sorted(areas, key=lambda code: areas[code])
    return sorted(order[:MOST_CLASSES])


def whose(data: FigureData) -> str:
    """What the curves are of, for the caption, where there is one a class or a label."""
    facts, shown = data.facts, len(data.facts["areas"])
    one, many = ("label", "labels") if facts["several"] else ("class against the rest", "classes")
    tried = f" of the {_MOST_TRIED} largest" if facts["classes"] > _MOST_TRIED else ""
    cut = f", for the {shown} told worst{tried} of {facts['classes']:,} {many}" if shown < facts["classes"] else ""
    return f"of each {one}{cut}"


def who(label: str) -> str:
    """Of which class rows are: rows that are `malignant`, or `of class 1`."""
    return label if classed(label) == label else f"of {classed(label)}"


def corners(x: np.ndarray, y: np.ndarray, most: int = _MOST_POINTS) -> np.ndarray:
    """Positions of the points where the curve turns, at most `most` of them, first and last among them."""
    if len(x) < 3:
        return np.arange(len(x))
    before, after = np.stack([x[1:-1] - x[:-2], y[1:-1] - y[:-2]]), np.stack([x[2:] - x[1:-1], y[2:] - y[1:-1]])
    turns = np.abs(before[0] * after[1] - before[1] * after[0]) > 1e-12
    kept = np.concatenate([[0], 1 + np.flatnonzero(turns), [len(x) - 1]])
    return np.asarray(kept[thin(len(kept), most)])


def size(data: FigureData) -> tuple[float, float]:
    return (3.3 if data.facts["binary"] else 4.3), 3.0


class Line(NamedTuple):
    """One curve as it is drawn: its name, its points, its colour, how thick and how far in front."""

    label: str
    x: np.ndarray
    y: np.ndarray
    colour: str
    style: dict[str, Any]


def lines(data: FigureData) -> Iterator[Line]:
    """The curves in their order; the linear model's beside that of a binary task is thinner, and behind it."""
    for number, label in enumerate(data.facts["areas"]):
        rows = [place for place, name in enumerate(data.columns["curve"]) if name == label]
        x, y = (array([data.columns[data.facts[key]][place] for place in rows]) for key in ("x", "y"))
        under = data.facts["binary"] and label == "linear"
        style = {"linewidth": 0.8, "zorder": 2.1} if under else {"linewidth": 1.4, "zorder": 2.2}
        yield Line(label, x, y, SERIES[(1 + number) % len(SERIES)], style)


def draw_curves(
    axes: Axes, data: FigureData, corner: tuple[float, float], band_style: dict[str, Any] | None = None, **style: Any
) -> None:
    """The curves, and their names with their areas: at `corner`, in shares of the panel, or where many, beside it."""
    draw_band(axes, data, **(band_style or {}))
    labels = []
    for line in lines(data):
        axes.line(line.x, line.y, line.colour, line.label, **line.style, **style)
        labels.append((f"{fixed(data.facts['areas'][line.label])}\u00a0\u00a0{classed(line.label)}", line.colour))
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), xlabel=data.facts["x"], ylabel=data.facts["y"])
    axes.ticks("x", [0, 0.25, 0.5, 0.75, 1])
    axes.ticks("y", [0, 0.25, 0.5, 0.75, 1])
    if data.facts["binary"]:
        write_names(axes, labels, corner)
    else:
        axes.aside(labels)


def write_names(axes: Axes, labels: Sequence[tuple[str, str]], corner: tuple[float, float]) -> None:
    """Words with their colours, the first on top, from `corner` upwards, in shares of the panel."""
    for number, (text, colour) in enumerate(reversed(labels)):
        axes.text(corner[0], corner[1] + 0.075 * number, text, color=colour, transform=axes.transAxes)


def draw_band(axes: Axes, data: FigureData, **style: Any) -> None:
    """The band of a binary task's curve, where it has one."""
    if (band := data.facts.get("band")) is not None:
        low, high = array(band["low"]), array(band["high"])
        axes.fill_between(array(band["x"]), low, high, color=BAND, linewidth=0, zorder=0.8, **style)


def chance(axes: Axes, x: Sequence[float], y: Sequence[float]) -> None:
    """A thin dashed line where a model that knows nothing lies."""
    axes.plot(x, y, color=SOFT, linewidth=0.6, dashes=(3, 3), zorder=1.5)
