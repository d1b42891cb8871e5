"""Checks of how the optimiser went: the size of its steps, plateaus, and the gradients that it followed."""

from __future__ import annotations

import numpy as np

from reportgen.checks import Verdict, check, failed, passed
from reportgen.checks._parts import fitted_of
from reportgen.checks._words import named
from reportgen.errors import NotApplicable
from reportgen.fitted import LayerCourse
from reportgen.results import Run
from reportgen.text import percent, significant, times

_FEWEST_EPOCHS = 12
#: A jitter of less than this share of the loss itself is that of the batches, however small the fall.
_LEAST_JITTER = 0.02
#: A fall of the loss that is clearly more than its jitter, in times of that.
_CLEAR = 3.0
_STEP, _RESUMED = 0.01, 0.1  # shares of the whole fall: what counts as a fall, and what must follow a plateau
#: More than any ratio of numbers that mean something; a gradient of zero would give infinity.
_LARGEST = 1e12


def _loss(run: Run) -> np.ndarray:
    """The training loss by epoch, (n,)."""
    fitted = fitted_of(run)
    loss = np.array(fitted.history.get("loss", ()), dtype=float)
    if not len(loss):
        raise NotApplicable("the model has no epochs")
    if not np.isfinite(loss).all():
        raise NotApplicable("training diverged")
    if len(loss) < _FEWEST_EPOCHS:
        raise NotApplicable(f"fewer than {_FEWEST_EPOCHS} epochs show no trend")
    return loss


@check(
    group="training",
    severity="warning",
    threshold=0.1,
    unit="jitter over fall",
    title="Learning rate, upper side",
    meaning="With steps that are too large the loss jumps about its valley instead of going down in it.",
    remedy="Lower train.learning_rate, or let a schedule lower it; a larger batch_size calms the loss too.",
    rank=31,
)
def learning_rate_too_high(run: Run, threshold: float) -> Verdict:
    """How far the training loss jumps from epoch to epoch in the second half, as a share of its whole fall."""
    loss = _loss(run)
    jumps = np.abs(np.diff(loss[len(loss) // 2 :]))
    jitter, level = float(np.median(jumps)), float(np.median(np.abs(loss[len(loss) // 2 :])))
    # What a steady fall or rise makes of each step is no jitter.
    jitter = max(jitter - abs(float(loss[-1] - loss[len(loss) // 2])) / len(jumps), 0.0)
    fall = max(float(loss[0] - loss.min()), jitter)
    share = jitter / fall if fall > 0 else 0.0
    if share > threshold and jitter > _LEAST_JITTER * level:
        detail = (
            f"From epoch to epoch the training loss jumps by {significant(jitter)}, at a level of {significant(level)}."
        )
        return failed("The training loss jumps about instead of settling", share, detail)
    return passed(f"The training loss jumps by {percent(share)} of its fall from epoch to epoch", share)


@check(
    group="training",
    severity="notice",
    threshold=0.5,
    unit="speed at the end over that at the start",
    title="Learning rate, lower side",
    meaning="A loss that falls along a straight line is far from its valley: the steps are too small to get there.",
    remedy="Raise train.learning_rate, tenfold at first; more epochs do the same at more cost.",
    rank=31,
)
def learning_rate_too_low(run: Run, threshold: float) -> Verdict:
    """The fall of the training loss in the last third of the epochs over that in the first third."""
    fitted, loss = fitted_of(run), _loss(run)
    if fitted.ended != "completed":
        raise NotApplicable("training was not ended by the number of epochs")
    third = len(loss) // 3
    first, last = float(loss[0] - loss[third]), float(loss[-third - 1] - loss[-1])
    jitter = float(np.median(np.abs(np.diff(loss, n=2))))
    if first <= 0 or loss[0] - loss[-1] <= _CLEAR * jitter:
        raise NotApplicable("the training loss does not fall clearly")
    ratio = last / first
    if ratio > threshold:
        detail = (
            f"It fell by {significant(first)} in the first third of {len(loss)} epochs and by {significant(last)} in "
            "the last third."
        )
        return failed("The training loss falls in a straight line", ratio, detail)
    return passed("The training loss falls fast at first and slowly at the end", max(ratio, 0.0))


@check(
    group="training",
    severity="notice",
    threshold=0.3,
    unit="share of the epochs",
    title="Plateau",
    meaning="On a plateau the gradient leads nowhere for a while: the epochs spent there are lost.",
    remedy="Try another initialisation, a warm-up or a higher learning rate, normalisation, or momentum.",
    rank=42,
)
def plateau(run: Run, threshold: float) -> Verdict:
    """The longest stretch of epochs in which the training loss stood still before it fell on."""
    loss = _loss(run)
    lowest = np.minimum.accumulate(loss)
    fall = float(lowest[0] - lowest[-1])
    if fall <= _CLEAR * float(np.median(np.abs(np.diff(loss, n=2)))):
        raise NotApplicable("the training loss does not fall clearly")
    start, length = _longest_stretch(lowest / fall)
    share = length / len(loss)
    if share > threshold:
        stretch = f"From epoch {start + 1} to {start + length + 1} of {len(loss)}"
        detail = f"{stretch} the training loss hardly moved, then fell on."
        return failed("Training stood still for a while", share, detail)
    return passed("The training loss fell without a long halt", share)


def _longest_stretch(lowest: np.ndarray) -> tuple[int, int]:
    """Start and length of the longest stretch in which it falls by less than a step, and after which it falls clearly.

    Args:
        lowest: the lowest loss so far, (n,), in shares of the whole fall.
    """
    best = 0, 0
    for start, value in enumerate(lowest):
        end = int(np.searchsorted(-lowest, -(value - _STEP), side="right"))  # the first epoch a step lower
        if end < len(lowest) and lowest[end - 1] - lowest[-1] >= _RESUMED and end - 1 - start > best[1]:
            best = start, end - 1 - start
    return best


# Gradients


def _courses(run: Run) -> list[LayerCourse]:
    """What was seen of the layers that hold a kernel, in the network's order."""
    fitted = fitted_of(run)
    kinds = {layer.name: layer.kind for layer in fitted.layers}
    found = [course for course in fitted.courses if "Normalization" not in kinds.get(course.layer, "")]
    if fitted.ended == "diverged":
        raise NotApplicable("training diverged")
    if not found:
        raise NotApplicable("no gradient was observed")
    return found


@check(
    group="training",
    severity="warning",
    threshold=1000,
    unit="times",
    title="Vanishing gradients",
    meaning="Where next to no gradient reaches the first layers, they stay as they were drawn at random.",
    remedy="Use relu or gelu, he_normal, normalisation or residual connections; for sequences gru or lstm.",
    rank=33,
)
def vanishing_gradients(run: Run, threshold: float) -> Verdict:
    """How many times larger the gradient of a weight is in the last layer than in the first."""
    courses = _courses(run)
    if len(courses) < 3:
        raise NotApplicable("fewer than three layers have weights")
    first, last = (_typical(run, course) for course in (courses[0], courses[-1]))
    if last is None or last <= 0:
        raise NotApplicable("the gradient of the last layer is zero")
    ratio = min(last / first, _LARGEST) if first else _LARGEST
    told = f"{times(ratio)} times" if ratio < _LARGEST else "more than 10¹² times"
    if ratio > threshold:
        one, other = (named([courses[place].layer]) for place in (-1, 0))
        detail = f"A weight of {one} has a gradient {told} that of one of {other}."
        return failed("The gradient vanishes on its way to the first layer", ratio, detail, (courses[0].layer,))
    return passed(f"The gradient of the last layer is {told} that of the first", ratio)


def _typical(run: Run, course: LayerCourse) -> float | None:
    """The middle over the epochs of a weight's gradient, root mean square; None where it was never a number."""
    known = course.gradient_norm[np.isfinite(course.gradient_norm)]
    if not len(known):
        return None
    counts = {layer.name: layer.trainable or layer.parameters for layer in fitted_of(run).layers}
    return float(np.median(known) / np.sqrt(max(counts.get(course.layer, 1), 1)))


@check(
    group="training",
    severity="warning",
    threshold=100,
    unit="times",
    title="Exploding gradients",
    meaning="A gradient that grows a hundredfold throws the weights far away in a single step.",
    remedy="Set clipnorm in train.optimizer, lower train.learning_rate, or scale the features.",
    rank=28,
)
def exploding_gradients(run: Run, threshold: float) -> Verdict:
    """How many times larger than at first the gradient of the whole network becomes."""
    courses = _courses(run)
    shortest = min(len(course.gradient_norm) for course in courses)
    squares = np.array([np.asarray(course.gradient_norm[:shortest], dtype=float) ** 2 for course in courses])
    norms = np.sqrt(squares.sum(axis=0))
    epochs = np.asarray(courses[0].epochs[:shortest])[np.isfinite(norms)]
    norms = norms[np.isfinite(norms)]
    if len(norms) < 3 or not norms[0] > 0:
        raise NotApplicable("the gradient was observed at fewer than three epochs, or is zero")
    growth = min(float(norms.max() / norms[0]), _LARGEST)
    if growth > threshold:
        first, largest = (significant(float(norms[place])) for place in (0, int(norms.argmax())))
        detail = f"Its norm grew from {first} at epoch {epochs[0]} to {largest} at epoch {epochs[int(norms.argmax())]}."
        return failed("The gradient grew beyond measure", growth, detail)
    return passed(f"The gradient grew at most {significant(growth)} times", growth)
