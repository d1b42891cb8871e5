"""The test scores of every fold or seed, with their mean and its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import plain
from reportgen.results import FigureData, Run, Spread, Words
from reportgen.svg import SERIES
from reportgen.text import in_sentence, percent, plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 1
#: Those whose values can share a scale, of whatever task.
_METRICS = (
    *("accuracy", "balanced_accuracy", "precision", "recall", "f1", "roc_auc", "pr_auc"),
    *("subset_accuracy", "f1_micro", "f1_macro", "jaccard", "mean_average_precision"),
    *("mase", "r2", "mae", "rmse", "median_ae"),
)
#: Share of a row's height over which its dots are spread, in the order of the trials.
_SPREAD = 0.5


def compute(run: Run) -> list[FigureData]:
    """One drawing for the main metrics that are shares, one for those in the unit of the target."""
    if not run.spreads:
        raise NotApplicable("there are no folds or seeds to compare")
    alike: dict[str, list[Spread]] = {}
    for spread in [spread for spread in run.spreads if spread.metric in _METRICS] or run.spreads[:1]:
        if (score := run.score(spread.metric)) is not None:
            alike.setdefault(score.unit, []).append(spread)
    return [_data(run, unit, spreads) for unit, spreads in alike.items()]


def _data(run: Run, unit: str, spreads: list[Spread]) -> FigureData:
    titles = [in_sentence(score.title) for spread in spreads if (score := run.score(spread.metric))]
    columns = {
        "metric": titles,
        **{key: plain(getattr(spread, key) for spread in spreads) for key in ("mean", "low", "high")},
    }
    for trial in run.trials:
        values = [trial.scores.get("test", {}).get(spread.metric) for spread in spreads]
        columns[trial.name] = plain(np.nan if value is None else value for value in values)
    facts = {
        "kind": run.trials[0].kind,
        "trials": [trial.name for trial in run.trials],
        "unit": unit,
        "confidence": run.spec.evaluate.confidence,
    }
    return FigureData(columns, facts, part=unit)


def size(data: FigureData) -> tuple[float, float]:
    return 5.6, 0.55 + 0.32 * len(data.columns["metric"])


def draw(axes: Axes, data: FigureData) -> None:
    places = np.arange(len(data.columns["metric"]))
    trials = data.facts["trials"]
    for place in places.tolist():
        ends = [data.columns["low"][place], data.columns["high"][place]]
        axes.plot(ends, [place, place], color=SERIES[0], linewidth=1.2, zorder=1.5)
    for number, name in enumerate(trials):
        offset = _SPREAD * (number / max(len(trials) - 1, 1) - 0.5)
        values = [np.nan if value is None else value for value in data.columns[name]]
        axes.points(values, places + offset, SERIES[1], size=3.5, alpha=0.7)
    axes.points(data.columns["mean"], places, SERIES[2], "mean", size=6.0, alpha=1.0, square=True)
    axes.above("mean", SERIES[2])
    axes.above(data.facts["kind"], SERIES[1])
    axes.categories("y", data.columns["metric"])
    axes.set(ylim=(len(places) - 0.5, -0.5), xlim=_limits(data), xlabel=data.facts["unit"] or "test score")
    axes.bare("left")


def _limits(data: FigureData) -> tuple[float, float]:
    shown = [data.columns[name] for name in ("low", "high", *data.facts["trials"])]
    values = [value for column in shown for value in column if value is not None]
    low, high = min(values), max(values)
    margin = 0.04 * (high - low) or 0.05
    return low - margin, high + margin


def describe(data: FigureData) -> Words:
    columns, kind = data.columns, data.facts["kind"]
    count = plural(len(data.facts["trials"]), kind)
    metric, spread = columns["metric"][0], _of(data, 0)
    title = f"{metric[:1].upper()}{metric[1:]} lies between {significant(min(spread))} and {significant(max(spread))}."
    band = f"grey: {percent(data.facts['confidence'], 0)} interval of the mean"
    caption = f"Test scores of {count}, each a dot, from the first on top to the last; {band}."
    parts = [
        f"{name}: mean {significant(columns['mean'][place])}, from {significant(min(_of(data, place)))} to "
        f"{significant(max(_of(data, place)))}"
        for place, name in enumerate(columns["metric"])
    ]
    return Words(title, caption, f"Test scores of {count}. {'; '.join(parts)}.")


def _of(data: FigureData, place: int) -> list[float]:
    values = (data.columns[name][place] for name in data.facts["trials"])
    return [value for value in values if value is not None]
