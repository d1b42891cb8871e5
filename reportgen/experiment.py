"""Spec -> Run: one function a stage, in the order of the experiment.

The model lives in a child process that starts first, so that its imports overlap with loading and preparing; while it
trains, this process profiles the data and fits the baselines.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen import elsewhere, explanation, gates, learning_curve, provenance, source, training, weaknesses
from reportgen.dataset import Source
from reportgen.errors import DataError
from reportgen.expected import require_scores
from reportgen.fitted import FitResult
from reportgen.results import Gate, Run, Score
from reportgen.session import Session
from reportgen.text import fixed, plural
from reportgen.workers import Inline, Worker

if TYPE_CHECKING:
    from reportgen.dataset import Dataset
    from reportgen.source import Location
    from reportgen.spec import Spec
    from reportgen.specfile import Draft
    from reportgen.specfile.model_files import ModelFiles
    from reportgen.trials import Plan

#: Stands for a table, or the file of a model, where there is none.
_NOTHING = Source("", "", 0, "")


def run(draft: Draft, session: Session) -> Run:
    """Execute an experiment.

    Raises:
        SpecError, DataError: the data cannot be read, or do not fit the experiment file.
        TrainingError: training failed without anything to report.
    """
    location, spec = draft.locate() if draft.has_data else None, draft.spec()
    files = draft.model_files()
    host = start_model(spec, session)
    try:
        state = load(Run(spec, draft.text, draft.overrides), location, Path(draft.file).name, session)
        state = read_model(state, files, Path(draft.file).name, session)
        folder, plans = str(Path(draft.file).parent), planned(state)
        state = prepare(state, session, plans)
        fitting = fit(state, host, session, folder, plans)
        asked = explanation.begin(state, host, session)
        state = profile(state, session)
        session.observe("profiled", state)
        state = fit_baselines(state, session)
        state = collect(state, fitting, host, session, folder, plans)
        session.observe("fitted", state)
        state = explanation.take_over(evaluate(state, session), asked, session)
        state = learning_curve.trained(state, host, session, folder)
        state = replace(state, mistakes=weaknesses.find(state))
    finally:
        if host is not None:
            host.close()
    session.observe("scored", state)
    return conclude(replace(state, provenance=record(state, Path(draft.file), session)), session)


def start_model(spec: Spec, session: Session) -> Worker | Inline | None:
    """The model's child process, importing what it needs already; None where nothing is trained."""
    if not elsewhere.is_trained(spec):
        return None
    assert spec.model is not None
    path = f"reportgen.models.{spec.model.kind}:Model"
    if session.inline:
        return Inline(path)
    backend = getattr(spec.model, "backend", None)
    return Worker(path, environment={"KERAS_BACKEND": backend} if backend else None)


def load(state: Run, location: Location | None, spec_name: str, session: Session) -> Run:
    """Read the table, if there is one, and find out what its columns are and what is to be predicted."""
    data = elsewhere.data_to_read(state.spec)
    if location is None or data is None:
        return state
    session.begin("load")
    from reportgen.loaders import load as load_table

    with elsewhere.naming_keys(state.spec.model):
        dataset = load_table(location, data, spec_name, state.spec.seed)
    source.unchanged(location)
    session.end("load", f"{dataset.n_rows:,} rows, {len(dataset.columns):,} columns")
    return replace(state, dataset=dataset)


def read_model(state: Run, files: ModelFiles, spec_name: str, session: Session) -> Run:
    """Read what the model comes in, where it comes from elsewhere."""
    if elsewhere.is_trained(state.spec) or state.spec.model is None:
        return elsewhere.read(state, files, spec_name)
    session.begin("model")
    state = elsewhere.read(state, files, spec_name)
    session.end("model", state.fitted.title if state.fitted else "")
    return state


def profile(state: Run, session: Session) -> Run:
    """Describe every column; no stage of its own where a model trains meanwhile."""
    if state.dataset is None:
        return state
    from reportgen.profile import profile as describe

    if session.stop.training:
        return replace(state, profile=describe(_dataset(state)))
    session.begin("profile")
    state = replace(state, profile=describe(_dataset(state)))
    session.end("profile")
    return state


def planned(state: Run) -> tuple[Plan, ...]:
    """The trainings that the experiment asks for where it asks for several, else none; raises as `prepare` does."""
    if state.spec.split.folds is None and state.spec.repeats == 1:
        return ()
    from reportgen.trials import planned as plans

    return plans(state)


def prepare(state: Run, session: Session, plans: Sequence[Plan] = ()) -> Run:
    """Clean, split and preprocess, of folds the first; the transformers learn from the training rows alone."""
    if state.task is None or state.spec.model is None:
        return state
    from reportgen import decisions

    decisions.require(state.task, state.spec.evaluate)
    weaknesses.require(state)
    if not elsewhere.is_trained(state.spec):
        require_scores(state.spec, state.task)
        return replace(state, predictions=decisions.decided(state.spec, state.task, state.predictions)[0])
    session.begin("prepare")
    from reportgen.prepare import prepare as split_and_transform

    require_scores(state.spec, state.task)
    splits = split_and_transform(_dataset(state), state.spec, drawn=plans[0].drawn if plans else None)
    session.end("prepare", ", ".join(f"{len(part):,} {name}" for name, part in splits.parts.items()))
    return replace(state, splits=splits)


def fit(
    state: Run, host: Worker | Inline | None, session: Session, folder: str, plans: Sequence[Plan] = ()
) -> Future[FitResult] | None:
    """Begin the training, or the first one, in the model's process."""
    if host is None or state.splits is None:
        return None
    session.begin("train")
    session.stop.training = True
    if not plans:
        return training.begin(host, training.job(state, state.splits, folder), session)
    from reportgen.trials import job

    return training.begin(host, job(state, state.splits, folder, plans[0]), session, plans[0].told)


def collect(
    state: Run,
    fitting: Future[FitResult] | None,
    host: Worker | Inline | None,
    session: Session,
    folder: str,
    plans: Sequence[Plan] = (),
) -> Run:
    """Wait for the trained model and take over its predictions; then train the further ones."""
    if fitting is None or host is None:
        return state
    try:
        with training.alive():
            result = fitting.result()
        state = take_over(state, result)
        if plans:
            from reportgen.trials import go_on

            state = go_on(state, plans, host, session, folder)
    finally:
        session.stop.training = False
    session.end("train", training.ending(result) + (f", {plural(len(state.trials), plans[0].kind)}" if plans else ""))
    return state


def take_over(state: Run, result: FitResult) -> Run:
    """The run with what was fitted and what it says of each split."""
    assert state.task is not None
    assert state.splits is not None
    from reportgen.decisions import decided

    made = training.predictions(state.task, state.splits, result)
    said, decision, told = decided(state.spec, state.task, made)
    warnings = (*result.fitted.warnings, *told, *state.warnings)
    return replace(state, fitted=result.fitted, predictions=said, decision=decision, warnings=warnings)


def fit_baselines(state: Run, session: Session) -> Run:
    """The same rows and features, given to models that anybody would try first; one that fails loses nothing else."""
    if state.splits is None or not elsewhere.is_trained(state.spec):
        return state
    made, told = training.baselines(state, state.splits, session)
    return replace(state, baselines=made, warnings=(*state.warnings, *told))


def evaluate(state: Run, session: Session) -> Run:
    """Every metric with its interval, on every split, for the model and its baselines."""
    if state.task is None or not state.predictions:
        return state
    session.begin("evaluate")
    from reportgen.metrics import score_prediction, spreads

    options = state.spec.evaluate
    tested = {name: {"test": by_split["test"]} for name, by_split in state.baselines.items()}
    if state.decision is not None:
        tested["as made"] = {"test": state.decision.before}
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
                per_class=model == "model" and name == "test",
                strict=session.strict,
            )
    session.end("evaluate", _measured(scores))
    return replace(state, scores=tuple(scores), spreads=spreads(state.trials, options.confidence))


def conclude(state: Run, session: Session) -> Run:
    """Gates and checks: what the numbers mean."""
    session.begin("check")
    from reportgen.checks import run_checks

    state = replace(state, gates=judge(state), drawn=session.drawn())
    findings = run_checks(state, state.spec.checks, strict=session.strict)
    failed = sum(finding.status == "failed" for finding in findings)
    session.end("check", f"{failed} of {len(findings)} checks have something to say")
    return replace(state, findings=findings)


def judge(state: Run) -> tuple[Gate, ...]:
    """The gates of `expect`, judged on the scores of the model and its baselines."""
    values = {
        gates.score_name(score.split, score.metric, score.model, score.label): score.value for score in state.scores
    }
    judged = []
    for expression, bound in state.spec.expect.items():
        outcome = gates.parse(expression, bound).evaluate(values)
        judged.append(Gate(expression, bound, outcome.value, outcome.passed, outcome.note))
    return tuple(judged)


def record(state: Run, spec_file: Path, session: Session) -> provenance.Provenance:
    """What this run ran with."""
    origin = state.dataset.source if state.dataset else _NOTHING
    model = state.model_source or _NOTHING
    commit, dirty = session.commit or provenance.commit(spec_file.resolve().parent)
    return provenance.Provenance(
        seed=state.spec.seed,
        spec_sha256=provenance.text_sha256(state.spec_text),
        data_name=origin.name,
        data_format=origin.format,
        data_bytes=origin.size,
        data_sha256=origin.sha256,
        data_files={file.name: file.sha256 for file in origin.files},
        model_name=model.name,
        model_bytes=model.size,
        model_sha256=model.sha256,
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
