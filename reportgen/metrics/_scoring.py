"""From predictions to scores: which metrics, their values, their intervals, and what to say where there is none."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from reportgen import registry
from reportgen.dataset import Task
from reportgen.errors import InternalError, NotApplicable, Problem, SpecError
from reportgen.metrics._intervals import bootstrapped
from reportgen.metrics._metric import Metric
from reportgen.metrics._sample import Sample
from reportgen.results import Prediction, Score
from reportgen.text import listing, one_line

_UNITS = {"target": "units of {}", "target²": "squared units of {}"}


def auto(task: Task, has_scores: bool, has_costs: bool = False) -> tuple[str, ...]:
    """The names of the metrics that apply to a task, those for the first page first."""
    units: Iterable[Metric] = (registry.load("metrics", name) for name in registry.names("metrics"))
    fitting = [unit for unit in units if unit.applies(task, has_scores, has_costs)]
    return tuple(unit.name for unit in sorted(fitting, key=lambda unit: (unit.order, unit.name)))


def require(task: Task, names: Mapping[str, str]) -> None:
    """Refuse metrics that a task does not have; `names` maps a key of the experiment file to the metric it names.

    Raises:
        SpecError: lists every such key.
    """
    units: dict[str, Metric] = {key: registry.load("metrics", name) for key, name in names.items()}
    wrong = [
        Problem(
            f"{unit.name} is for {listing(unit.tasks)} tasks, and this is a {task.name} task",
            f"choose from {listing(auto(task, has_scores=True))}, or set data.task",
            key=key,
        )
        for key, unit in units.items()
        if task.name not in unit.tasks
    ]
    if wrong:
        raise SpecError.of(wrong)


def score_prediction(
    prediction: Prediction,
    task: Task,
    names: Sequence[str] | Literal["auto"] = "auto",
    *,
    confidence: float = 0.95,
    seed: int = 0,
    model: str = "model",
    per_class: bool = False,
    strict: bool = False,
) -> tuple[Score, ...]:
    """Every named metric of one prediction with its interval, in the order of `names`.

    A metric that is undefined here has the value None and a note that says why; so has one that fails, unless `strict`.
    `per_class` adds precision, recall and F1 of every class that occurs, those and the ROC AUC of each of several
    labels, or the errors of a forecast at each step ahead, with `label` set.

    Raises:
        UsageError: an unknown metric.
        InternalError: a metric failed, and `strict` is set.
    """
    units = _units(prediction, task, names)
    sample = Sample(prediction, confidence, seed, task.season)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        # What scikit-learn warns of, such as a class that is never predicted, is said in the score's note.
        warnings.simplefilter("ignore")
        scores = [_score(unit, sample, task, model, strict) for unit in units]
        if per_class and task.labels and len(prediction.y_true):
            scores += _by_label(sample, model) if task.name == "multilabel" else _by_class(sample, model)
        elif per_class and prediction.step is not None and len(prediction.y_true):
            scores += _by_step(sample, lambda unit, part: _score(unit, part, task, model, strict))
    return tuple(scores)


def measure(
    prediction: Prediction, task: Task, names: Sequence[str] | Literal["auto"] = "auto"
) -> dict[str, float | None]:
    """The value of every named metric, without interval; None where it is undefined, or fails."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return {unit.name: _value_or_none(unit, prediction, task) for unit in _units(prediction, task, names)}


def _units(prediction: Prediction, task: Task, names: Sequence[str] | Literal["auto"]) -> list[Metric]:
    chosen = auto(task, prediction.y_score is not None, prediction.costs is not None) if names == "auto" else names
    return [registry.load("metrics", name) for name in chosen]


def _value_or_none(unit: Metric, prediction: Prediction, task: Task) -> float | None:
    try:
        return _value(unit, prediction, task)
    except Exception:  # Measured on all trials together the same failure is told, or raised.
        return None


def _by_class(sample: Sample, model: str) -> list[Score]:
    from reportgen.metrics._by_class import score_classes  # brings scikit-learn, as the units do

    return score_classes(sample, model)


def _by_step(sample: Sample, score: Callable[[Metric, Sample], Score]) -> list[Score]:
    from reportgen.metrics._by_step import score_steps

    return list(score_steps(sample, score))


def _by_label(sample: Sample, model: str) -> list[Score]:
    from reportgen.metrics._by_label import score_labels

    return score_labels(sample, model)


def _score(unit: Metric, sample: Sample, task: Task, model: str, strict: bool) -> Score:
    score = Score(
        metric=unit.name,
        split=sample.prediction.split,
        value=None,
        model=model,
        title=unit.titles.get(task.name, unit.name),
        unit=_UNITS.get(unit.unit, unit.unit).format(one_line(task.target, 40)),
        greater_is_better=unit.greater_is_better,
    )
    try:
        value = _value(unit, sample.prediction, task)
        remark = unit.remark(sample.prediction) if unit.remark else ""
        return _with_interval(replace(score, value=value, note=remark), value, unit, sample)
    except NotApplicable as reason:
        return replace(score, note=str(reason))
    except Exception as error:
        if strict:
            raise InternalError(f"the metric {unit.name} failed: {type(error).__name__}: {error}") from error
        return replace(score, note=f"failed: {type(error).__name__}: {one_line(error)}")


def _value(unit: Metric, prediction: Prediction, task: Task) -> float:
    if task.name not in unit.titles:
        raise NotApplicable(f"for {listing(unit.tasks)} tasks only")
    if not len(prediction.y_true):
        raise NotApplicable("no row in this split")
    if unit.needs == "costs" and prediction.costs is None:
        raise NotApplicable("the experiment file gives no costs")
    if unit.needs == "score":
        if prediction.y_score is None:
            raise NotApplicable("the model gives no class probabilities")
        if not np.isfinite(prediction.y_score).all():
            raise NotApplicable("a predicted probability is not a number")
    if not np.isfinite(prediction.y_pred).all():
        raise NotApplicable("a prediction is not a finite number")
    value = float(unit(prediction))
    if not np.isfinite(value):
        raise NotApplicable("the value is too large for a number, or is undefined")
    return value


def _with_interval(score: Score, value: float, unit: Metric, sample: Sample) -> Score:
    strategy = unit.interval or bootstrapped(unit.function, unit.name)
    try:
        found = strategy(sample, value)
    except NotApplicable as reason:
        return replace(score, note="; ".join(filter(None, (score.note, f"no interval: {reason}"))))
    low, high = unit.inside(found.low, found.high)
    if not (np.isfinite(low) and np.isfinite(high)):
        return replace(score, note="; ".join(filter(None, (score.note, "no interval: the values are too large"))))
    return replace(score, low=low, high=high, method=found.method)
