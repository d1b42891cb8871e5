"""Spec -> Run: one function a stage, in the order of the experiment.

The model lives in a child process that starts first, so that its imports overlap with loading and preparing; while it
trains, this process profiles the data and fits the baselines.
"""

from __future__ import annotations

import signal
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen import gates, provenance, source
from reportgen.errors import DataError, ReportgenError, TrainingError
from reportgen.results import FitJob, FitResult, Gate, Prediction, Run, Score
from reportgen.session import Session
from reportgen.text import fixed, one_line
from reportgen.workers import ChildDied, Inline, Worker

if TYPE_CHECKING:
    from reportgen.dataset import Dataset, Splits
    from reportgen.source import Location
    from reportgen.spec import Spec
    from reportgen.specfile import Draft


def run(draft: Draft, session: Session) -> Run:
    """Execute an experiment.

    Raises:
        SpecError, DataError: the data cannot be read, or do not fit the experiment file.
        TrainingError: training failed without anything to report.
    """
    location, spec = draft.locate(), draft.spec()
    host = start_model(spec, session)
    try:
        state = load(Run(spec, draft.text, draft.overrides), location, Path(draft.file).name, session)
        state = prepare(state, session)
        training = fit(state, host, session)
        state = profile(state, session)
        session.observe("profiled", state)
        state = fit_baselines(state, session)
        state = collect(state, training, session)
        session.observe("fitted", state)
    finally:
        if host is not None:
            host.close()
    state = evaluate(state, session)
    session.observe("scored", state)
    return conclude(replace(state, provenance=record(state, Path(draft.file))), session)


def start_model(spec: Spec, session: Session) -> Worker | Inline | None:
    """The model's child process, importing what it needs already; None where nothing is trained."""
    if spec.model is None:
        return None
    return (Inline if session.inline else Worker)(f"reportgen.models.{spec.model.kind}:Model")


def load(state: Run, location: Location, spec_name: str, session: Session) -> Run:
    """Read the table, and find out what its columns are and what is to be predicted."""
    session.begin("load")
    from reportgen.loaders import load as load_table

    dataset = load_table(location, state.spec.data, spec_name, state.spec.seed)
    source.unchanged(location)
    session.end("load", f"{dataset.n_rows:,} rows, {len(dataset.columns):,} columns")
    return replace(state, dataset=dataset)


def profile(state: Run, session: Session) -> Run:
    """Describe every column; no stage of its own where a model trains meanwhile."""
    from reportgen.profile import profile as describe

    if session.stop.training:
        return replace(state, profile=describe(_dataset(state)))
    session.begin("profile")
    state = replace(state, profile=describe(_dataset(state)))
    session.end("profile")
    return state


def prepare(state: Run, session: Session) -> Run:
    """Clean, split and preprocess; the transformers learn from the training rows alone."""
    if state.task is None or state.spec.model is None:
        return state
    session.begin("prepare")
    from reportgen.metrics import require
    from reportgen.prepare import prepare as split_and_transform

    require(state.task, named_metrics(state.spec))
    splits = split_and_transform(_dataset(state), state.spec)
    session.end("prepare", ", ".join(f"{len(part):,} {name}" for name, part in splits.parts.items()))
    return replace(state, splits=splits)


def named_metrics(spec: Spec) -> dict[str, str]:
    """Every metric that the experiment file names, by its key there."""
    listed = () if spec.evaluate.metrics == "auto" else spec.evaluate.metrics
    gated = {
        f"expect.{expression}": metric
        for expression, bound in spec.expect.items()
        for _, metric in gates.parse(expression, bound).scores
    }
    return {**{f"evaluate.metrics[{position}]": name for position, name in enumerate(listed)}, **gated}


def fit(state: Run, host: Worker | Inline | None, session: Session) -> Future[FitResult] | None:
    """Begin training in the model's process."""
    if host is None or state.splits is None:
        return None
    session.begin("train")
    session.stop.training = True

    def listen(event: Mapping[str, Any]) -> bool:
        session.progress.epoch(event)
        return session.stop.signal is None

    return host.submit("fit", job(state, state.splits), listener=listen)


def job(state: Run, splits: Splits) -> FitJob:
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
        threshold=state.spec.evaluate.threshold,
    )


def collect(state: Run, training: Future[FitResult] | None, session: Session) -> Run:
    """Wait for the trained model and take over its predictions."""
    if training is None:
        return state
    try:
        result = training.result()
    except ChildDied as error:
        raise _killed(error) from error
    finally:
        session.stop.training = False
    session.end("train", _trained(result))
    warnings = (*result.fitted.warnings, *state.warnings)
    return replace(state, fitted=result.fitted, predictions=predictions(state, result), warnings=warnings)


def predictions(state: Run, result: FitResult) -> dict[str, Prediction]:
    """What a model said of each split, beside the truth."""
    assert state.splits is not None
    assert state.task is not None
    return {
        name: Prediction(
            split=name,
            y_true=part.y,
            y_pred=result.y_pred[name],
            y_score=result.y_score.get(name),
            labels=state.task.labels,
        )
        for name, part in state.splits.parts.items()
        if name in result.y_pred
    }


def fit_baselines(state: Run, session: Session) -> Run:
    """The same rows and features, given to models that anybody would try first; one that fails loses nothing else."""
    if state.splits is None:
        return state
    from reportgen.models._baselines import fit_baseline

    shared = job(state, state.splits)
    made: dict[str, Mapping[str, Prediction]] = {}
    told = list(state.warnings)
    for name in state.spec.evaluate.baselines:
        try:
            result = fit_baseline(name, shared)
        except Exception as error:
            # What is wrong with the data stops the model, too.
            if session.strict or isinstance(error, ReportgenError):
                raise
            told.append(f"the {name} baseline failed: {type(error).__name__}: {one_line(error)}")
            continue
        made[name] = predictions(state, result)
        told += [f"the {name} baseline: {warning}" for warning in result.fitted.warnings]
    return replace(state, baselines=made, warnings=tuple(told))


def evaluate(state: Run, session: Session) -> Run:
    """Every metric with its interval, on every split, for the model and its baselines."""
    if state.task is None or not state.predictions:
        return state
    session.begin("evaluate")
    from reportgen.metrics import score_prediction

    options = state.spec.evaluate
    tested = {name: {"test": by_split["test"]} for name, by_split in state.baselines.items()}
    scores: list[Score] = []
    for model, by_split in {"model": state.predictions, **tested}.items():
        for name, prediction in by_split.items():
            scores += score_prediction(
                prediction,
                state.task,
                options.metrics,
                confidence=options.confidence,
                seed=state.spec.seed,
                model=model,
                per_class=model == "model" and name == "test" and state.task.is_classification,
                strict=session.strict,
            )
    session.end("evaluate", _measured(scores))
    return replace(state, scores=tuple(scores))


def conclude(state: Run, session: Session) -> Run:
    """Gates and checks: what the numbers mean."""
    session.begin("check")
    from reportgen.checks import run_checks

    state = replace(state, gates=judge(state))
    findings = run_checks(state, state.spec.checks, strict=session.strict)
    failed = sum(finding.status == "failed" for finding in findings)
    session.end("check", f"{failed} of {len(findings)} checks have something to say")
    return replace(state, findings=findings)


def judge(state: Run) -> tuple[Gate, ...]:
    """The gates of `expect`, judged on the model's scores."""
    values = {
        f"{score.split}.{score.metric}": score.value
        for score in state.scores
        if score.model == "model" and score.label is None
    }
    judged = []
    for expression, bound in state.spec.expect.items():
        outcome = gates.parse(expression, bound).evaluate(values)
        judged.append(Gate(expression, bound, outcome.value, outcome.passed, outcome.note))
    return tuple(judged)


def record(state: Run, spec_file: Path) -> provenance.Provenance:
    """What this run ran with."""
    origin = _dataset(state).source
    commit, dirty = provenance.commit(spec_file.resolve().parent)
    return provenance.Provenance(
        seed=state.spec.seed,
        spec_sha256=provenance.text_sha256(state.spec_text),
        data_name=origin.name,
        data_format=origin.format,
        data_bytes=origin.size,
        data_sha256=origin.sha256,
        data_files={file.name: file.sha256 for file in origin.files},
        python=provenance.python(),
        platform=provenance.system(),
        packages=provenance.packages(),
        backend=state.fitted.backend if state.fitted else "",
        commit=commit,
        dirty=dirty,
    )


def _dataset(state: Run) -> Dataset:
    if state.dataset is None:
        raise DataError("no data were loaded")
    return state.dataset


def _measured(scores: list[Score]) -> str:
    """The first test score with its interval."""
    first = next((score for score in scores if score.split == "test" and score.value is not None), None)
    if first is None:
        return ""
    interval = f" ({fixed(first.low)} to {fixed(first.high)})" if first.low is not None else ""
    return f"{first.title} {fixed(first.value)}{interval} on test"


def _trained(result: FitResult) -> str:
    fitted = result.fitted
    if fitted.epoch is None:
        return fitted.title
    words = {"completed": "", "early": ", stopped early", "interrupted": ", interrupted", "diverged": ", diverged"}
    return f"{fitted.title}, epoch {fitted.epoch} of {fitted.epochs}{words[fitted.ended]}"


def _killed(error: ChildDied) -> ReportgenError:
    if error.signal == signal.SIGKILL:
        return TrainingError(
            "the training process was killed, most likely for want of memory",
            fix="make train.batch_size smaller, or the data",
        )
    return TrainingError(
        f"the training process ended unexpectedly: {error.problems[0].what}", fix="run again with --debug"
    )
