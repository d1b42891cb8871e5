"""How scores become decisions: recalibrated, and cut at a threshold; validation rows choose, never test rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reportgen.dataset import Task
from reportgen.errors import NotApplicable, Problem, SpecError
from reportgen.results import Prediction

if TYPE_CHECKING:
    from reportgen.spec import Spec
    from reportgen.spec.evaluate import Evaluate

Predictions = dict[str, Prediction]


@dataclass(frozen=True)
class Decision:
    """What was chosen on the validation rows.

    `threshold` is None where it was given; of folds the mean of `thresholds`, one a fold. `tuned` is f1, youden, cost
    or "", `calibration` sigmoid, isotonic or "". `rows` counts the validation rows of the first training. `before` is
    the test prediction as the model made it: scores as they came, cut at 0.5 or the threshold given.
    """

    threshold: float | None
    tuned: str
    calibration: str
    rows: int
    before: Prediction
    thresholds: tuple[float, ...] = ()


def require(task: Task, options: Evaluate) -> None:
    """Refuse what a task has no place for.

    Raises:
        SpecError: names every such key.
    """
    wrong = {}
    if task.name != "binary":
        asked = {"costs": options.costs is not None, "threshold": options.threshold == "tuned"}
        wrong = {key: "two classes" for key, is_asked in asked.items() if is_asked}
    if not task.is_classification and options.calibration != "none":
        wrong["calibration"] = "classes"
    if wrong:
        told = {key: f"{key} is for {what}, and this is a {task.name} task" for key, what in wrong.items()}
        raise SpecError.of([Problem(what, "remove it", key=f"evaluate.{key}") for key, what in told.items()])


def criterion(options: Evaluate) -> str:
    """What a tuned threshold is tuned for: as asked, else the cost where costs are given, else F1."""
    return options.tune or ("cost" if options.costs is not None else "f1")


def decided(
    spec: Spec, task: Task, said: Mapping[str, Prediction], *, guesses: bool = False
) -> tuple[Predictions, Decision | None, tuple[str, ...]]:
    """The predictions of every split as the experiment file wants them decided, what was chosen, and what is to tell.

    The transformations are fitted on the validation rows and applied to every split. Of a model that ignores the
    features (`guesses`) nothing is changed, but for a threshold by cost, which makes it the cheapest guess.
    """
    options = spec.evaluate
    costs = options.costs
    made: Predictions = {
        name: replace(one, costs=(costs.false_positive, costs.false_negative)) if costs else one
        for name, one in said.items()
    }
    tunes = task.name == "binary" and options.threshold == "tuned" and (not guesses or criterion(options) == "cost")
    calibrates = options.calibration != "none" and not guesses
    if not (tunes or calibrates) or "test" not in made:
        return made, None, ()
    try:
        return _decided(made, options, tunes, calibrates)
    except NotApplicable as reason:
        return made, None, (f"neither threshold nor calibration was fitted: {reason}",)


def _decided(
    made: Predictions, options: Evaluate, tunes: bool, calibrates: bool
) -> tuple[Predictions, Decision, tuple[str, ...]]:
    before, validation = made["test"], made.get("validation")
    if validation is None or validation.y_score is None:
        raise NotApplicable("the model gives no class probabilities")
    if len(np.unique(validation.y_true)) < 2:
        raise NotApplicable("the validation rows hold one class alone")
    if calibrates:
        change = calibration(options.calibration, validation.y_true, validation.y_score)
        made = {name: replace(one, y_score=change(one.y_score)) for name, one in made.items()}
    given = 0.5 if options.threshold == "tuned" else options.threshold
    threshold = None
    if tunes:
        scores = made["validation"].y_score
        assert scores is not None
        threshold = best_threshold(validation.y_true, scores[:, 1], criterion(options), validation.costs)
    made = {name: _cut(one, given if threshold is None else threshold) for name, one in made.items()}
    said = Decision(
        threshold=threshold,
        tuned=criterion(options) if tunes else "",
        calibration=options.calibration if calibrates else "",
        rows=len(validation.y_true),
        before=before,
    )
    return made, said, ()


def _cut(prediction: Prediction, threshold: float) -> Prediction:
    assert prediction.y_score is not None
    score = np.asarray(prediction.y_score, np.float64)
    binary = score.shape[1] == 2
    y_pred = (score[:, 1] >= threshold).astype(np.int64) if binary else score.argmax(axis=1).astype(np.int64)
    return replace(prediction, y_pred=y_pred)


def best_threshold(
    y_true: np.ndarray, y_score: np.ndarray, tuned: str, costs: tuple[float, float] | None = None
) -> float:
    """The threshold with the highest F1 or Youden index, or the lowest cost, on the rows given.

    Args:
        y_true, y_score: (n,) of 0 and 1, both present; and the scores of class 1. A score at or above it is positive.
        tuned: f1, youden or cost.
        costs: of a false positive and a false negative.

    Between two neighbouring scores every threshold decides alike: the one of fewest digits in the middle is given, and
    of several that are equally good the one nearest to 0.5.
    """
    order = np.unique(np.asarray(y_score, np.float64))
    # Calling positive what is at or above each distinct score, or nothing at all.
    positive, negative = (np.sort(np.asarray(y_score, np.float64)[y_true == code]) for code in (1, 0))
    tp = np.append(len(positive) - np.searchsorted(positive, order, "left"), 0)
    fp = np.append(len(negative) - np.searchsorted(negative, order, "left"), 0)
    worth = _worth(tp, fp, len(positive), len(negative), tuned, costs)
    # Below the lowest score all is positive, above the highest nothing is, be they 0 and 1 already.
    lowest = 0.0 if order[0] > 0 else float(np.nextafter(order[0], -1.0))
    highest = 1.0 if order[-1] < 1 else float(np.nextafter(order[-1], 2.0))
    lows, highs = np.append(lowest, order), np.append(order, highest)
    best = np.flatnonzero(worth >= worth.max() - 1e-12)
    away = [max(lows[place] - 0.5, 0.5 - highs[place], 0.0) for place in best]
    place = int(best[int(np.argmin(away))])
    return _roundest(float(lows[place]), float(highs[place]))


def _worth(
    tp: np.ndarray, fp: np.ndarray, positives: int, negatives: int, tuned: str, costs: tuple[float, float] | None
) -> np.ndarray:
    if tuned == "f1":
        return np.asarray(2 * tp / np.maximum(tp + fp + positives, 1))
    if tuned == "youden":
        return np.asarray(tp / positives - fp / negatives)
    assert costs is not None
    return np.asarray(-(fp * costs[0] + (positives - tp) * costs[1]) / (positives + negatives))


def _roundest(low: float, high: float) -> float:
    """The number above `low` and at most `high` with the fewest digits, near the middle; 0.5 where it is between."""
    if low < 0.5 <= high:
        return 0.5
    middle = (low + high) / 2
    found = (round(middle, digits) for digits in range(1, 18))
    near = (high - low) / 4
    return next((number for number in found if abs(number - middle) <= near and low < number <= high), high)


class _Sigmoid:
    """Platt 1999: a logistic regression on the log-odds, its targets kept off 0 and 1 by the number of rows.

    It is fitted as if no score were nearer to 0 or 1 than so many rows can tell: a forest's scores of exactly 0 would
    else flatten the curve for all others.
    """

    def __init__(self, happened: np.ndarray, score: np.ndarray) -> None:
        from sklearn.linear_model import LogisticRegression

        positives, negatives = int(happened.sum()), int((~happened).sum())
        target = np.where(happened, (positives + 1) / (positives + 2), 1 / (negatives + 2))
        least = 1 / (len(score) + 2)
        odds = _log_odds(np.clip(score, least, 1 - least))[:, None]
        doubled = np.repeat([1, 0], len(odds))
        model = LogisticRegression(C=1e10, tol=1e-8, max_iter=1000)
        self.model = model.fit(np.vstack([odds, odds]), doubled, sample_weight=np.concatenate([target, 1 - target]))

    def __call__(self, score: np.ndarray) -> np.ndarray:
        return np.asarray(self.model.predict_proba(_log_odds(score)[:, None])[:, 1])


class _Isotonic:
    """Zadrozny & Elkan 2002: the rising step function that fits best."""

    def __init__(self, happened: np.ndarray, score: np.ndarray) -> None:
        from sklearn.isotonic import IsotonicRegression

        self.model = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(score, happened)

    def __call__(self, score: np.ndarray) -> np.ndarray:
        return np.asarray(self.model.predict(score))


def _log_odds(score: np.ndarray) -> np.ndarray:
    kept = np.clip(np.asarray(score, np.float64), 1e-7, 1 - 1e-7)
    return np.asarray(np.log(kept / (1 - kept)))


class calibration:  # noqa: N801 -- called like a function that returns one
    """Recalibration fitted on `y_true` (n,) and `y_score` (n, n_classes); called, it maps scores to scores.

    Of two classes the positive one is recalibrated; of more each against the rest, and the rows sum to 1 again. A class
    that these rows lack keeps its scores.
    """

    def __init__(self, method: str, y_true: np.ndarray, y_score: np.ndarray) -> None:
        kind = _Sigmoid if method == "sigmoid" else _Isotonic
        score = np.asarray(y_score, np.float64)
        codes = [1] if score.shape[1] == 2 else [code for code in range(score.shape[1]) if (y_true == code).any()]
        self.fitted = {code: kind(y_true == code, score[:, code]) for code in codes}

    def __call__(self, y_score: np.ndarray | None) -> np.ndarray:
        assert y_score is not None
        score = np.array(y_score, np.float64)
        if not np.isfinite(score).all():
            raise NotApplicable("the model's class probabilities are not all finite")
        for code, model in self.fitted.items():
            score[:, code] = model(score[:, code])
        if score.shape[1] == 2:
            score[:, 0] = 1 - score[:, 1]
            return score
        total = score.sum(axis=1, keepdims=True)
        mended: np.ndarray = np.divide(score, total, out=np.full_like(score, 1 / score.shape[1]), where=total > 0)
        return mended
