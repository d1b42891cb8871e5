"""Scores, trainings and gates, computed again from the predictions in a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields, replace

from reportgen import compose, experiment
from reportgen.audit._check import Check, apart, differs
from reportgen.gates import score_name
from reportgen.metrics import measure, rows_of, score_prediction, spreads
from reportgen.results import Gate, Prediction, Run, Score, Trial
from reportgen.text import listing, plural

Key = tuple[str, str, str, str | None]  # model, split, metric, label
_NUMBERS = ("value", "low", "high")
_WORDS = ("method", "title", "unit", "note", "greater_is_better")


def scores(run: Run) -> tuple[Check, Run]:
    """Every value and interval; and the run with the scores as computed again, those as stated that cannot be."""
    again = {_key(score): score for score in _again(run)}
    kept, wrong, missing = [], [], []
    for stated in run.scores:
        found = again.get(_key(stated))
        if found is None or _lost(stated, found, run):
            kept.append(stated)
            missing.append(stated)
            continue
        kept.append(found)
        wrong += list(_apart(stated, found))
    lost = set(map(_key, missing))
    values = [score for score in run.scores if _key(score) not in lost]
    told = f"{plural(sum(score.value is not None for score in values), 'value')} and "
    told += f"{plural(sum(score.low is not None for score in values), 'interval')} computed again"
    check = Check("scores", len(values), told, tuple(wrong), missing=_missing(missing, run))
    return check, replace(run, scores=tuple(kept))


def _key(score: Score) -> Key:
    return score.model, score.split, score.metric, score.label


def _again(run: Run) -> Iterator[Score]:
    """Every score that the report states, as far as its predictions are there."""
    if run.task is None:
        return
    wanted: dict[tuple[str, str], dict[str, None]] = {}
    for score in run.scores:
        if score.label is None:
            wanted.setdefault((score.model, score.split), {})[score.metric] = None
    for (model, split), names in wanted.items():
        prediction = _predicted(run, model, split)
        if prediction is not None:
            yield from score_prediction(
                prediction,
                run.task,
                tuple(names),
                confidence=run.spec.evaluate.confidence,
                seed=run.spec.seed,
                model=model,
                per_class=model == "model" and split == "test",
            )


def _predicted(run: Run, model: str, split: str) -> Prediction | None:
    if model == "model":
        return run.predictions.get(split)
    if run.decision is not None and model == "as made":
        return run.decision.before
    return run.baselines.get(model, {}).get(split)


def _lost(stated: Score, found: Score, run: Run) -> bool:
    """Whether a score has no value now because the report does not carry the probabilities that it is made of."""
    prediction = _predicted(run, stated.model, stated.split)
    return found.value is None and stated.value is not None and prediction is not None and prediction.y_score is None


def _apart(stated: Score, found: Score) -> Iterator[str]:
    what = score_name(stated.split, stated.metric, stated.model, stated.label)
    for name in (*_NUMBERS, *_WORDS):
        if differs(getattr(stated, name), getattr(found, name)):
            of = what if name == "value" else f"{what}, {_said(name)}"
            yield apart(of, getattr(stated, name), getattr(found, name))


def _said(name: str) -> str:
    return {"low": "lower end of the interval", "high": "upper end of the interval"}.get(name, name)


def _missing(missing: Sequence[Score], run: Run) -> tuple[str, ...]:
    if not missing:
        return ()
    if not run.predictions:
        return (f"{plural(len(missing), 'score')}: the report carries no predictions",)
    names = listing(dict.fromkeys(score.metric for score in missing), most=6)
    return (f"{plural(len(missing), 'score')} ({names}): the report does not carry what they are made of",)


# Several trainings.


def trainings(run: Run) -> Check:
    """The scores of each of several trainings, as far as its predictions are there, and what they come to."""
    if not run.trials:
        return Check("trainings", skipped=("there is one",))
    compared, wrong = 0, []
    for place, trial in enumerate(run.trials):
        for split, prediction in _of_trial(run, trial, place):
            stated = trial.scores.get(split, {})
            found = measure(prediction, run.task, tuple(stated)) if run.task else {}
            known = [name for name in stated if found[name] is not None or stated[name] is None]
            compared += len(known)
            wrong += [
                apart(f"{trial.name}, {split}.{name}", stated[name], found[name])
                for name in known
                if differs(stated[name], found[name])
            ]
    spread = _spreads(run)
    total = sum(len(names) for trial in run.trials for names in trial.scores.values())
    left = total - compared
    told = f"{plural(compared, 'score')} of single trainings and {plural(len(run.spreads), 'spread')} computed again"
    skipped = (f"{plural(left, 'score')} of trainings whose predictions are not carried",) if left else ()
    return Check("trainings", compared + len(run.spreads), told, (*wrong, *spread), skipped)


def _of_trial(run: Run, trial: Trial, place: int) -> Iterator[tuple[str, Prediction]]:
    """The splits whose predictions are those of this training."""
    for split, prediction in run.predictions.items():
        if prediction.fold is not None and trial.name.startswith("fold "):
            rows = (prediction.fold == int(trial.name.removeprefix("fold "))).nonzero()[0]
            yield split, replace(rows_of(prediction, rows), fold=None, naive_error=None)
        elif place == 0:
            yield split, prediction


def _spreads(run: Run) -> Iterator[str]:
    again = {spread.metric: spread for spread in spreads(run.trials, run.spec.evaluate.confidence)}
    for stated in run.spreads:
        found = again.get(stated.metric)
        if found is None:
            yield f"{stated.metric}: no two trainings have a value, and the report states a spread"
            continue
        for name in (item.name for item in fields(stated)):
            if differs(getattr(stated, name), getattr(found, name)):
                yield apart(f"{stated.metric} over trainings, {name}", getattr(stated, name), getattr(found, name))


# Gates.


def gates(run: Run, outcome: str) -> Check:
    """Every line of `expect`, judged again, and what became of the whole."""
    if not run.spec.expect and not run.gates:
        return Check("gates", skipped=("the experiment file has none",))
    again = {gate.expression: gate for gate in experiment.judge(run)}
    stated = {gate.expression: gate for gate in run.gates}
    wrong = [f"{name}: asked for by the experiment file, and not judged" for name in again.keys() - stated]
    wrong += [f"{name}: judged, and not asked for by the experiment file" for name in stated.keys() - again]
    for name in stated.keys() & again.keys():
        wrong += list(_judged(stated[name], again[name]))
    if outcome != compose.outcome(replace(run, gates=tuple(again.values()))):
        wrong.append(f"the report says {outcome}, which its gates and trainings do not")
    return Check("gates", len(again), f"{plural(len(again), 'gate')} judged again", tuple(sorted(wrong)))


def _judged(stated: Gate, found: Gate) -> Iterator[str]:
    before, after = asdict(stated), asdict(found)
    for name in ("bound", "value", "passed", "note"):
        if differs(before[name], after[name]):
            what = stated.expression if name == "value" else f"{stated.expression}, {name}"
            yield apart(what, before[name], after[name])
