"""Checks of the training: whether it ended well, and what the network is like inside."""

from __future__ import annotations

import numpy as np

from reportgen.checks import Verdict, check, failed, passed
from reportgen.checks._parts import fitted_of
from reportgen.checks._words import named, several
from reportgen.checks.evaluation import FIRST
from reportgen.errors import NotApplicable
from reportgen.fitted import Activation, Fitted
from reportgen.results import Prediction, Run, Score
from reportgen.text import fixed, percent, plural

#: A fall of the train score of less than this share of it is no overfitting, whatever the threshold.
RELATIVE_GAP = 0.1


def _history(run: Run) -> Fitted:
    fitted = fitted_of(run)
    if not fitted.history.get("loss"):
        raise NotApplicable("the model has no epochs")
    return fitted


@check(
    group="training",
    severity="error",
    threshold=0,
    unit="epochs",
    title="Divergence",
    meaning="After a loss that is not a finite number the weights are worthless, and so is every score.",
    remedy="Lower train.learning_rate, scale the features, or look for infinite values in the data.",
    rank=1,
)
def diverged(run: Run, threshold: float) -> Verdict:
    """Epochs whose loss is not a finite number."""
    fitted = _history(run)
    loss = np.array(fitted.history["loss"], dtype=float)
    bad = int((~np.isfinite(loss)).sum())
    if bad > threshold or fitted.ended == "diverged":
        at = int(np.argmin(np.isfinite(loss))) + 1 if bad else len(loss)
        return failed(f"Training diverged at epoch {at}", bad, "The loss was no longer a finite number.")
    return passed("The loss is a finite number in every epoch", bad)


def _watched(fitted: Fitted) -> tuple[np.ndarray, str]:
    """The validation loss where there is one, else the training loss, and what to call it."""
    name = "val_loss" if fitted.history.get("val_loss") else "loss"
    loss = np.array(fitted.history[name], dtype=float)
    if not np.isfinite(loss).all():
        raise NotApplicable("training diverged")
    return loss, "validation loss" if name == "val_loss" else "training loss"


@check(
    group="training",
    severity="warning",
    threshold=0.05,
    unit="share of the whole fall",
    title="Convergence",
    meaning="A loss that still falls at the end could fall further: the model is not yet what it could be.",
    remedy="Raise train.epochs, or the learning rate; for scikit-learn, max_iter.",
    rank=30,
)
def not_converged(run: Run, threshold: float) -> Verdict:
    """How far the loss still fell in the last tenth of the epochs."""
    fitted = fitted_of(run)
    unfinished = [warning for warning in fitted.warnings if "converge" in warning.lower()]
    if unfinished:
        return failed("The estimator stopped before it converged", None, "It said so itself, in a warning.")
    loss, word = _watched(_history(run))
    tenth = max(3, len(loss) // 10)
    if len(loss) < 4 * tenth:
        raise NotApplicable("too few epochs to see a trend")
    if fitted.ended != "completed":
        return passed("Training was ended by its own rule, not by the number of epochs")
    fall = float(np.median(loss[-2 * tenth : -tenth]) - np.median(loss[-tenth:]))
    whole = float(loss[0] - loss.min())
    share = fall / whole if whole > 0 else 0.0
    if share > threshold:
        detail = f"In the last {tenth} of {len(loss)} epochs the {word} fell by {percent(share)} of its whole fall."
        return failed("Training ended while the loss still fell", share, detail)
    return passed(f"The {word} had levelled off when training ended", max(share, 0.0))


@check(
    group="training",
    severity="notice",
    threshold=0.05,
    unit="rise over the lowest",
    title="Length of training",
    meaning="From the lowest validation loss on, the network learnt the training rows by heart.",
    remedy="Set train.early_stopping, or fewer epochs.",
    rank=40,
)
def trained_too_long(run: Run, threshold: float) -> Verdict:
    """How far the validation loss rose after its lowest epoch."""
    fitted = _history(run)
    if not fitted.history.get("val_loss"):
        raise NotApplicable("no validation loss was watched")
    loss, _ = _watched(fitted)
    best, total = int(loss.argmin()) + 1, len(loss)
    lowest, last = float(loss.min()), float(np.median(loss[-max(3, total // 20) :]))
    rise = (last - lowest) / lowest if lowest > 0 else 0.0
    if fitted.ended == "early":
        return passed(f"Early stopping kept the weights of epoch {fitted.best_epoch or best}", rise)
    # One lucky epoch among noisy ones is no minimum: the rise must stand out from the jitter.
    jitter = float(np.median(np.abs(np.diff(loss))))
    if rise > threshold and best <= 0.8 * total and last - lowest > 3 * jitter:
        detail = (
            f"Validation loss was lowest at epoch {best:,} of {total:,} and rose by {percent(rise, 0)} after that; "
            "early stopping would have cost nothing."
        )
        return failed("Training went on too long", rise, detail)
    return passed("The validation loss did not rise towards the end", max(rise, 0.0))


def _measure(run: Run) -> str:
    if run.task is None or not run.scores:
        raise NotApplicable("nothing was scored")
    return FIRST.get(run.task.name, "r2")


def _scored(run: Run, split: str, metric: str) -> tuple[float, Score]:
    score = run.score(metric, split)
    if score is None or score.value is None:
        raise NotApplicable(f"{metric} was not computed for {split}")
    return score.value, score


def _over_folds(run: Run, metric: str, train: float) -> tuple[float, str]:
    """The mean train score of folds, whose test rows are measured together; and what to call it."""
    found = [trial.scores.get("train", {}).get(metric) for trial in run.trials if trial.kind == "fold"]
    known = [value for value in found if value is not None]
    return (float(np.mean(known)), ", on average over the folds,") if known else (train, "")


@check(
    group="training",
    severity="warning",
    threshold=0.03,
    unit="difference of accuracy or R²",
    title="Overfitting",
    meaning="What the model does better on rows that it has seen, it has learnt by heart and not understood.",
    remedy="A smaller model, dropout, stronger regularisation, early stopping, or more rows.",
    rank=32,
)
def overfitting(run: Run, threshold: float) -> Verdict:
    """Train score minus test score, where it exceeds a tenth of the train score and the test's interval too."""
    metric = _measure(run)
    (train, _), (test, score) = _scored(run, "train", metric), _scored(run, "test", metric)
    train, whose = _over_folds(run, metric, train)
    gap, word = train - test, score.title or metric
    sure = score.high is None or train > score.high
    if sure and gap > max(threshold, RELATIVE_GAP * abs(train)):
        detail = f"{word} is {fixed(train)} on the rows it was trained on{whose} and {fixed(test)} on the test set."
        return failed("The model does better on the rows that it has seen", gap, detail)
    return passed(f"{word} on train is {fixed(train)}, on test {fixed(test)}", gap)


def _losses(prediction: Prediction, other: Prediction) -> tuple[float, float]:
    """The mean loss of each: squared distance of numbers or probabilities, else the share of wrong classes."""
    first, second = prediction.y_score, other.y_score
    if first is None or second is None:
        pair = [(each.y_pred - prediction.y_true) ** 2 for each in (prediction, other)]
        if prediction.labels:
            pair = [each != 0 for each in pair]
    else:
        several = prediction.y_true.ndim == 2
        truth = prediction.y_true if several else prediction.y_true[:, None] == np.arange(len(prediction.labels))
        pair = [((score - truth) ** 2).sum(1) for score in (first, second)]
    return float(pair[0].mean()), float(pair[1].mean())


@check(
    group="training",
    severity="warning",
    threshold=0.05,
    unit="share of the dummy's loss",
    title="Underfitting",
    meaning="A model that does not even describe the rows it has seen has learnt next to nothing.",
    remedy="A larger model, more epochs, another learning rate, or better features.",
    rank=12,
)
def underfitting(run: Run, threshold: float) -> Verdict:
    """The share of the dummy's squared loss that the model takes away on its own training rows."""
    model, dummy = run.predictions.get("train"), run.baselines.get("dummy", {}).get("train")
    if model is None or dummy is None:
        raise NotApplicable("needs predictions of the training rows, by the model and by the dummy baseline")
    loss, most = _losses(model, dummy)
    if not most or not np.isfinite(loss):
        raise NotApplicable("the dummy makes no error" if np.isfinite(loss) else "the predictions are not finite")
    gained = 1 - loss / most
    if gained < threshold:
        detail = (
            f"It removes {percent(max(gained, 0.0))} of the loss that guessing leaves, on the rows it was trained on."
        )
        return failed("The model hardly describes the rows that it was trained on", gained, detail)
    return passed(f"On the training rows the model removes {percent(gained)} of the loss that guessing leaves", gained)


def _hidden(run: Run, what: str) -> list[tuple[Activation, float]]:
    """The activation functions before the last layer and their share of units of that sort."""
    found = [(one, getattr(one, what)) for one in fitted_of(run).activations[:-1]]
    known = [(one, share) for one, share in found if share is not None]
    if not known:
        raise NotApplicable("no hidden layer has an activation function that can do so")
    return known


@check(
    group="training",
    severity="notice",
    threshold=0.25,
    unit="share of the units",
    title="Dead units",
    meaning="A unit that is zero for every row learns nothing more and takes no part in the prediction.",
    remedy="Lower the learning rate, use leaky_relu, or take fewer units.",
    rank=45,
)
def dead_units(run: Run, threshold: float) -> Verdict:
    """The largest share of a hidden layer's units that never fire."""
    layers = _hidden(run, "dead")
    worst, share = max(layers, key=lambda pair: pair[1])
    if share > threshold:
        subjects = tuple(one.layer for one, dead in layers if dead > threshold)
        title = several(len(subjects), "layer has many units that never fire", "layers have many units that never fire")
        detail = (
            f"In {named([worst.layer])}, {round(share * worst.units)} of {plural(worst.units, 'unit')} stay at zero."
        )
        return failed(title, share, detail, subjects)
    return passed(f"At most {percent(share)} of a layer's units never fire", share)


@check(
    group="training",
    severity="notice",
    threshold=0.5,
    unit="share of the outputs",
    title="Saturated units",
    meaning="Where an activation function is flat, no gradient passes, and the layers before it learn nothing.",
    remedy="Scale the inputs, use smaller initial weights, or another activation function.",
    rank=46,
)
def saturated_units(run: Run, threshold: float) -> Verdict:
    """The largest share of a hidden layer's outputs that are at a bound of the function."""
    layers = _hidden(run, "saturated")
    worst, share = max(layers, key=lambda pair: pair[1])
    if share > threshold:
        subjects = tuple(one.layer for one, saturated in layers if saturated > threshold)
        title = several(len(subjects), "layer is mostly saturated", "layers are mostly saturated")
        detail = f"In {named([worst.layer])}, {percent(share)} of the outputs of {worst.function} lie at a bound of it."
        return failed(title, share, detail, subjects)
    return passed(f"At most {percent(share)} of a hidden layer's outputs are saturated", share)
