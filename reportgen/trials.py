"""Several trainings of one experiment, folds or seeds: one after the other, and what they say together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from reportgen import elsewhere, training
from reportgen.dataset import Splits
from reportgen.decisions import decided
from reportgen.errors import ReportgenError
from reportgen.fitted import FitJob, Fitted
from reportgen.results import Prediction, Run, Trial
from reportgen.session import Session
from reportgen.text import slug
from reportgen.workers import Inline, Worker

if TYPE_CHECKING:
    from reportgen.decisions import Decision
    from reportgen.prepare.splitting import Drawn


@dataclass(frozen=True)
class Plan:
    """A training to come: which of how many, its seed, and of a fold the rows of each split."""

    name: str  # "fold 1", "seed 43"
    kind: Literal["fold", "seed"]
    number: int
    total: int
    seed: int
    drawn: Drawn | None = None

    @property
    def told(self) -> Mapping[str, object]:
        """What a progress display says with every epoch."""
        return {"trial": self.kind, "number": self.number, "total": self.total}


def planned(state: Run) -> tuple[Plan, ...]:
    """The trainings that the experiment asks for; none of its own where it is one.

    Raises:
        SpecError, DataError: the rows cannot be divided so.
    """
    spec = state.spec
    if not elsewhere.is_trained(spec) or state.dataset is None or state.task is None:
        return ()
    if spec.split.folds is None:
        total = spec.repeats if spec.repeats > 1 else 0
        seeds = range(spec.seed, spec.seed + total)
        return tuple(Plan(f"seed {seed}", "seed", n, total, seed) for n, seed in enumerate(seeds, 1))
    from reportgen.prepare import splitting, usable

    rows = usable(state.dataset, spec)
    drawn = splitting.folds(state.dataset, rows, spec.split, spec.split.folds, spec.seed)
    return tuple(Plan(f"fold {n}", "fold", n, len(drawn), spec.seed, each) for n, each in enumerate(drawn, 1))


def job(state: Run, splits: Splits, folder: str, plan: Plan) -> FitJob:
    """What one training is given; event files go into a folder each, and the first alone is shown and saves weights."""
    given = training.job(state, splits, folder)
    events, first = given.train.tensorboard, plan.number == 1
    update = {
        "tensorboard": events and f"{events}/{slug(plan.name)}",
        "save_weights": given.train.save_weights if first else None,
    }
    return replace(given, seed=plan.seed, shown=first, train=given.train.model_copy(update=update))


@dataclass(frozen=True)
class _Done:
    """What is kept of a training: no features, and predictions of its test rows alone."""

    trial: Trial
    test: Prediction | None
    baselines: Mapping[str, Prediction]
    told: tuple[str, ...] = ()
    decision: Decision | None = None


def go_on(state: Run, plans: Sequence[Plan], host: Worker | Inline, session: Session, folder: str) -> Run:
    """Train what is left after the first, and put together what all of them say.

    A wish to stop leaves the training under way behind; those before it stand.

    Raises:
        ReportgenError: a training fails; names it.
    """
    assert state.splits is not None
    assert state.fitted is not None
    shown = {name: by_split["test"] for name, by_split in state.baselines.items() if "test" in by_split}
    trial = _trial(plans[0], state.splits, state.fitted, state.predictions, state)
    done = [_Done(trial, state.predictions.get("test"), shown, decision=state.decision)]
    for plan in plans[1:]:
        if session.stop.signal is not None:
            break
        with _naming(plan):
            further = _train(state, plan, host, session, folder)
        if further is None:
            break
        done.append(further)
    warnings = dict.fromkeys(state.warnings + tuple(text for each in done for text in each.told))
    state = replace(state, trials=tuple(each.trial for each in done), warnings=tuple(warnings))
    return _pooled(state, done) if plans[0].kind == "fold" else state


def _train(state: Run, plan: Plan, host: Worker | Inline, session: Session, folder: str) -> _Done | None:
    """Train once more; None where that was interrupted."""
    assert state.splits is not None
    assert state.task is not None
    splits = state.splits if plan.drawn is None else _prepared(state, plan.drawn)
    fitting = training.begin(host, job(state, splits, folder, plan), session, plan.told)
    beside, told = ({}, ()) if plan.drawn is None else training.baselines(state, splits, session)
    with training.alive():
        result = fitting.result()
    if result.fitted.ended == "interrupted":
        return None
    made = training.predictions(state.task, splits, result)
    said, decision, problems = decided(state.spec, state.task, made)
    told = (*result.fitted.warnings, *problems, *told)
    told = tuple(f"{plan.name}: {text}" for text in told if text not in state.warnings)
    tests = {name: by_split["test"] for name, by_split in beside.items()}
    return _Done(_trial(plan, splits, result.fitted, said, state), said.get("test"), tests, told, decision)


def _prepared(state: Run, drawn: Drawn) -> Splits:
    from reportgen.prepare import prepare

    assert state.dataset is not None
    return prepare(state.dataset, state.spec, drawn=drawn)


def _trial(plan: Plan, splits: Splits, fitted: Fitted, said: Mapping[str, Prediction], state: Run) -> Trial:
    from reportgen.metrics import measure

    assert state.task is not None
    wanted = state.spec.evaluate.metrics
    return Trial(
        name=plan.name,
        kind=plan.kind,
        seed=plan.seed,
        rows={name: len(part) for name, part in splits.parts.items()},
        history={name: values for name, values in fitted.history.items() if name != "seconds"},
        ended=fitted.ended,
        epoch=fitted.epoch,
        best_epoch=fitted.best_epoch,
        scores={name: measure(prediction, state.task, wanted) for name, prediction in said.items()},
    )


def _pooled(state: Run, done: Sequence[_Done]) -> Run:
    """The run with the test predictions of all folds that have any, of the baselines on the same rows."""
    tested = [each for each in done if each.test is not None]
    if not tested:
        return replace(state, baselines={})
    made = {"test": pooled([(_number(each), each.test) for each in tested if each.test is not None])}
    beside: dict[str, Mapping[str, Prediction]] = {}
    for name in state.spec.evaluate.baselines:
        if all(name in each.baselines for each in tested):
            one = pooled([(_number(each), each.baselines[name]) for each in tested])
            beside[name] = {**state.baselines.get(name, {}), "test": one}
    state = replace(state, predictions={**state.predictions, **made}, baselines=beside)
    return replace(state, decision=_decision(tested))


def _decision(done: Sequence[_Done]) -> Decision | None:
    """What all folds decided, taken together; None where one of them could not."""
    found = [each.decision for each in done if each.decision is not None]
    if len(found) < len(done):
        return None
    chosen = tuple(one.threshold for one in found if one.threshold is not None)
    before = pooled([(_number(each), one.before) for each, one in zip(done, found, strict=True)])
    mean = float(np.mean(chosen)) if chosen else None
    return replace(found[0], threshold=mean, thresholds=chosen, before=before)


def _number(done: _Done) -> int:
    return int(done.trial.name.removeprefix("fold "))


def pooled(folds: Sequence[tuple[int, Prediction]]) -> Prediction:
    """The predictions of several folds, each with its number, as one, in the order of the rows.

    Forecasts stay in the order of their folds, which is that of time; what divides their errors in MASE is the mean
    of the folds' naive errors, weighted by their forecasts.
    """
    parts = [part for _, part in folds]
    first = parts[0]
    sizes = [len(part.y_true) for part in parts]
    rows = _joined([part.rows for part in parts])
    order = np.arange(sum(sizes)) if rows is None or first.step is not None else np.argsort(rows, kind="stable")

    def ordered(values: np.ndarray | None) -> np.ndarray | None:
        return None if values is None else values[order]

    naive = [part.naive_error for part in parts if part.naive_error is not None]
    return replace(
        first,
        y_true=np.concatenate([part.y_true for part in parts])[order],
        y_pred=np.concatenate([part.y_pred for part in parts])[order],
        y_score=ordered(_joined([part.y_score for part in parts])),
        rows=ordered(rows),
        step=ordered(_joined([part.step for part in parts])),
        group=ordered(_joined([part.group for part in parts])),
        moment=ordered(_joined([part.moment for part in parts])),
        fold=np.repeat([number for number, _ in folds], sizes)[order],
        naive_error=float(np.average(naive, weights=sizes)) if len(naive) == len(parts) else None,
    )


def _joined(arrays: Sequence[np.ndarray | None]) -> np.ndarray | None:
    """One array of all; None where one is missing."""
    there = [array for array in arrays if array is not None]
    return np.concatenate(there) if len(there) == len(arrays) else None


@contextmanager
def _naming(plan: Plan) -> Iterator[None]:
    """Let errors say which training they are of."""
    try:
        yield
    except ReportgenError as error:
        error.problems = tuple(replace(one, what=f"{plan.name}: {one.what}") for one in error.problems)
        error.args = ("\n".join(map(str, error.problems)),)
        raise
