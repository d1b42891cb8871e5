"""Checks of several trainings: whether seeds or folds differ by more than the test rows explain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reportgen import statistics
from reportgen.checks import Verdict, check, failed, passed
from reportgen.errors import NotApplicable
from reportgen.results import Run, Score, Trial
from reportgen.text import fixed, in_sentence, percent, plural, significant

#: Means over rows, whose chance error on fewer rows is known: the one of the task is looked at.
_MEASURES = ("accuracy", "subset_accuracy", "mae")
_FEWEST = 3
#: A clean run is accused less often than this.
_FALSE_ALARM = 0.005


def _trials(run: Run, kind: str) -> tuple[np.ndarray, Score, Sequence[Trial]]:
    """The measure of each trial (k,), its score with an interval on the run's test rows, and the trials."""
    tested = [trial for trial in run.trials if trial.kind == kind and "test" in trial.scores]
    if len(tested) < _FEWEST:
        raise NotApplicable(f"fewer than {_FEWEST} {kind}s were trained")
    for name in _MEASURES:
        score = run.score(name)
        values = [trial.scores["test"].get(name) for trial in tested]
        if score is not None and score.low is not None and score.high is not None and None not in values:
            return np.array(values, dtype=float), score, tested
    raise NotApplicable("no measure with an interval was computed for every one of them")


def _width(score: Score) -> float:
    width = (score.high or 0.0) - (score.low or 0.0)
    if width <= 0:
        raise NotApplicable("the interval has no width")
    return width


def _range(values: np.ndarray, score: Score) -> str:
    title = in_sentence(score.title, start=True)
    return f"{title} goes from {_shown(float(values.min()), score)} to {_shown(float(values.max()), score)}"


def _shown(value: float, score: Score) -> str:
    return significant(value) if score.unit else fixed(value)


@check(
    group="training",
    severity="warning",
    threshold=0.5,
    unit="of the interval's width",
    title="Stability over seeds",
    meaning="Which seed is drawn matters about as much as which rows are tested: the interval of one training is too "
    "narrow.",
    remedy="Report the mean over seeds, train longer or with a smaller learning rate, or average several networks.",
    rank=33,
)
def unstable_over_seeds(run: Run, threshold: float) -> Verdict:
    """Two standard deviations over the seeds, as a share of the interval of the test score."""
    values, score, _ = _trials(run, "seed")
    share = 2 * float(values.std(ddof=1)) / _width(score)
    told = f"{_range(values, score)} over {plural(len(values), 'seed')}"
    if share <= threshold:
        return passed(told, share)
    detail = f"{told}; two standard deviations are {percent(share, 0)} of the width of one training's interval."
    return failed("The seed decides much of the score", share, detail)


@check(
    group="training",
    severity="warning",
    threshold=1.5,
    unit="times the spread by chance",
    title="Stability over folds",
    meaning="Some folds are harder than others: a score on one split of these rows would say little.",
    remedy="Look at the rows of the weakest fold; split by the group or the time that they have in common.",
    rank=33,
)
def unstable_over_folds(run: Run, threshold: float) -> Verdict:
    """The standard deviation over the folds, as a multiple of what their number of test rows explains."""
    values, score, trials = _trials(run, "fold")
    whole = _width(score) / (2 * statistics.normal_quantile(run.spec.evaluate.confidence))
    by_chance = whole * float(np.sqrt(len(values)))
    times = float(values.std(ddof=1)) / by_chance
    told = f"{_range(values, score)} over {plural(len(values), 'fold')}"
    if times <= threshold or statistics.spread_p_value(values, by_chance) > _FALSE_ALARM:
        return passed(told, times)
    weakest = trials[int(values.argmin() if score.greater_is_better else values.argmax())]
    detail = (
        f"{told}; weakest is {weakest.name}. By chance their standard deviation would be {_shown(by_chance, score)}."
    )
    return failed("The folds differ by more than chance", times, detail)
