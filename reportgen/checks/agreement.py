"""Checks of the report itself: whether what a figure shows is what the metric beside it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from reportgen.checks import Verdict, check, failed, passed
from reportgen.checks._words import several
from reportgen.errors import NotApplicable
from reportgen.results import FigureData, Run
from reportgen.text import listing, plural, significant

#: Of a curve in fewer points than rows, what its area may miss.
_CURVE = 2e-3
_AS_COMPUTED = 1e-9


class _Implied(NamedTuple):
    """What a figure's numbers say of a metric, and by how much their rounding may miss it."""

    metric: str
    value: float
    slack: float = _AS_COMPUTED


def _from_confusions(data: FigureData) -> Iterator[_Implied]:
    yield _Implied("accuracy", data.facts["right"] / data.facts["rows"])


def _from_labels(data: FigureData) -> Iterator[_Implied]:
    yield _Implied("subset_accuracy", data.facts["right"] / data.facts["rows"])


def _from_roc(data: FigureData) -> Iterator[_Implied]:
    """The area under the points that are drawn, by the trapezoidal rule; of classes the mean, where all are drawn."""
    whose = np.array(data.columns["curve"])
    x, y = (np.array(data.columns[f"{kind} positive rate"], dtype=float) for kind in ("false", "true"))
    names = ["model"] if data.facts["binary"] else list(dict.fromkeys(whose.tolist()))
    if data.facts["binary"] or len(names) == data.facts["classes"]:
        yield _Implied("roc_auc", float(np.mean([_area(x[whose == one], y[whose == one]) for one in names])), _CURVE)


def _area(x: np.ndarray, y: np.ndarray) -> float:
    return float((np.diff(x) * (y[1:] + y[:-1])).sum() / 2)


def _from_residuals(data: FigureData) -> Iterator[_Implied]:
    mean = data.facts["mean"]
    size = float(np.hypot(mean, data.facts["spread"]))
    yield _Implied("mean_error", -mean, _AS_COMPUTED * size)
    yield _Implied("rmse", size, _AS_COMPUTED * size)


_FIGURES: Mapping[str, Callable[[FigureData], Iterator[_Implied]]] = MappingProxyType(
    {
        "confusion_matrix": _from_confusions,
        "label_errors": _from_labels,
        "roc": _from_roc,
        "residual_histogram": _from_residuals,
    }
)


@check(
    group="record",
    severity="error",
    threshold=0,
    unit="metrics",
    title="Figures and metrics",
    meaning="A figure and the number beside it cannot both be right: this report contradicts itself.",
    remedy="Report it as a fault of reportgen, with the experiment file.",
    rank=1,
)
def figure_disagrees(run: Run, threshold: float) -> Verdict:
    """Metrics of the test set that the numbers of a figure, added up again, tell otherwise."""
    compared = [
        (name, implied, score.value)
        for name, tell in _FIGURES.items()
        for data in run.drawn.get(name, ())
        for implied in tell(data)
        if (score := run.score(implied.metric)) is not None and score.value is not None
    ]
    if not compared:
        raise NotApplicable("no figure holds what a metric is made of")
    apart = [one for one in compared if not abs(one[1].value - one[2]) <= one[1].slack]
    if len(apart) <= threshold:
        figures = listing(dict.fromkeys(name for name, _, _ in compared))
        return passed(f"{plural(len(compared), 'metric')} computed again from {figures}: all agree", len(apart))
    name, implied, value = apart[0]
    detail = f"By {name}, {implied.metric} is {significant(implied.value)}; by the metric it is {significant(value)}."
    names = tuple(one.metric for _, one, _ in apart)
    return failed(
        f"{several(len(apart), 'metric disagrees', 'metrics disagree')} with a figure", len(apart), detail, names
    )
