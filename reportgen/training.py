"""One training in the model's child process: what it is given, what it says of each split, and baselines beside it."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

from reportgen.dataset import Splits, Task
from reportgen.errors import NotApplicable, ReportgenError, TrainingError
from reportgen.fitted import FitJob, FitResult
from reportgen.results import Prediction, Run
from reportgen.session import Session
from reportgen.text import one_line
from reportgen.workers import ChildDied, Inline, Worker


def job(state: Run, splits: Splits, folder: str = ".") -> FitJob:
    """The part of a run that a model needs."""
    assert state.task is not None
    return FitJob(
        model=state.spec.model,
        train=state.spec.train,
        task=state.task,
        feature_names=splits.feature_names,
        X={name: part.X for name, part in splits.parts.items()},
        y={name: part.y for name, part in splits.parts.items()},
        seed=state.spec.seed,
        threshold=0.5 if state.spec.evaluate.threshold == "tuned" else state.spec.evaluate.threshold,
        shape=splits.shape,
        vocabulary=splits.vocabulary,
        folder=folder,
        samples=state.spec.report.samples,
        naive={name: part.naive for name, part in splits.parts.items() if part.naive is not None},
    )


def begin(
    host: Worker | Inline, given: FitJob, session: Session, told: Mapping[str, Any] | None = None
) -> Future[FitResult]:
    """Begin to train without waiting; `told` is said with every epoch."""

    def listen(event: Mapping[str, Any]) -> bool:
        session.progress.epoch({**event, **(told or {})})
        return session.stop.signal is None

    return host.submit("fit", given, listener=listen)


@contextmanager
def alive() -> Iterator[None]:
    """Tell what the end of the model's process means.

    Raises:
        TrainingError: it was killed, or crashed.
    """
    try:
        yield
    except ChildDied as error:
        raise _killed(error) from error


def predictions(task: Task, splits: Splits, result: FitResult) -> dict[str, Prediction]:
    """What a model said of each split, beside the truth."""
    made = {
        name: Prediction(
            split=name,
            y_true=part.y,
            y_pred=result.y_pred[name],
            y_score=result.y_score.get(name),
            labels=task.labels,
            rows=part.rows,
        )
        for name, part in splits.parts.items()
        if name in result.y_pred
    }
    if task.name != "forecast":
        return {name: one.depending(splits.dependence) for name, one in made.items()}
    from reportgen.prepare import flat

    return {name: flat(prediction, splits) for name, prediction in made.items()}


def ending(result: FitResult) -> str:
    """What was trained and how that ended, for the progress display."""
    fitted = result.fitted
    if fitted.epoch is None:
        return fitted.title
    words = {"completed": "", "early": ", stopped early", "interrupted": ", interrupted", "diverged": ", diverged"}
    return f"{fitted.title}, epoch {fitted.epoch} of {fitted.epochs}{words[fitted.ended]}"


def baselines(
    state: Run, splits: Splits, session: Session
) -> tuple[dict[str, Mapping[str, Prediction]], tuple[str, ...]]:
    """What simple models say of the same rows by the same features, and what they have to say about it.

    One that fails is missing and told of, unless the data are at fault, which stops the model, too.
    """
    from reportgen.decisions import decided
    from reportgen.models._baselines import fit_baseline

    assert state.task is not None
    shared = job(state, splits)
    made: dict[str, Mapping[str, Prediction]] = {}
    told: list[str] = []
    for name in state.spec.evaluate.baselines:
        try:
            result = fit_baseline(name, shared)
        except NotApplicable as reason:
            told.append(f"the {name} baseline is left out: {reason}")
            continue
        except Exception as error:
            if session.strict or isinstance(error, ReportgenError):
                raise
            told.append(f"the {name} baseline failed: {type(error).__name__}: {one_line(error)}")
            continue
        said = predictions(state.task, splits, result)
        made[name], _, problems = decided(state.spec, state.task, said, guesses=name == "dummy")
        told += [f"the {name} baseline: {problem}" for problem in problems]
        told += [f"the {name} baseline: {warning}" for warning in result.fitted.warnings]
    return made, tuple(told)


def _killed(error: ChildDied) -> ReportgenError:
    if error.signal == signal.SIGKILL:
        return TrainingError(
            "the training process was killed, most likely for want of memory",
            fix="make train.batch_size smaller, or the data",
        )
    return TrainingError(
        f"the training process ended unexpectedly: {error.problems[0].what}", fix="run again with --debug"
    )
