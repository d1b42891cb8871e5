"""Run -> Evidence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from reportgen.document import Evidence
from reportgen.evidence._prediction import AS_MADE, plain
from reportgen.results import Run, Trial


def gathered(run: Run, spec_name: str) -> Evidence:
    """What an auditor needs to compute every number again."""
    kept = run.predictions if run.keeps_predictions else {}
    predictions = {name: plain(one, run.keeps_probabilities) for name, one in kept.items()}
    return Evidence(
        spec=run.spec_text,
        spec_name=spec_name,
        overrides=run.overrides,
        task=_task(run),
        model=_model(run),
        predictions=predictions,
        baselines=_beside(run, predictions["test"]) if "test" in predictions else {},
        labels=run.task.labels if run.task else (),
        decision=_decision(run),
        scores=tuple(asdict(score) for score in run.scores),
        trials=tuple(_trial(trial, run.keeps_courses) for trial in run.trials),
        spreads=tuple(asdict(spread) for spread in run.spreads),
        gates=tuple(asdict(gate) for gate in run.gates),
        provenance=asdict(run.provenance) if run.provenance else {},
    )


def _task(run: Run) -> dict[str, Any]:
    """What is predicted, and the confidence of every interval."""
    if run.task is None:
        return {}
    task = run.task
    return {
        "name": task.name,
        "target": task.target,
        "targets": list(task.targets),
        "time": task.time,
        "season": task.season,
        "confidence": run.spec.evaluate.confidence,
    }


def _model(run: Run) -> dict[str, Any]:
    """What was trained and how that ended, with its curves where there is room."""
    fitted = run.fitted
    if fitted is None:
        return {}
    curves = {name: _finite(values) for name, values in fitted.history.items() if name != "seconds"}
    return {
        "kind": fitted.kind,
        "title": fitted.title,
        "ended": fitted.ended,
        "epoch": fitted.epoch,
        "epochs": fitted.epochs,
        "best_epoch": fitted.best_epoch,
        "history": curves if run.keeps_courses else {},
        "has_history": bool(fitted.history),
    }


def _finite(values: Any) -> list[float | None]:
    return [value if math.isfinite(value) else None for value in values]


def _beside(run: Run, test: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What each baseline says of the test rows, as far as it differs from what the model says."""
    others = {name: by_split["test"] for name, by_split in run.baselines.items() if "test" in by_split}
    if run.decision is not None:
        others[AS_MADE] = run.decision.before
    made = {name: plain(one, run.keeps_probabilities) for name, one in others.items()}
    return {
        name: {key: one.get(key) for key in (*test, *one) if one.get(key) != test.get(key)}
        for name, one in made.items()
    }


def _decision(run: Run) -> dict[str, Any]:
    """From which score a row counts as positive and what mistakes cost, if given; and what validation rows chose."""
    test = run.predictions.get("test")
    found: dict[str, Any] = {}
    if run.task is not None and run.task.name == "binary" and test is not None and test.y_score is not None:
        found = {"threshold": run.threshold, "costs": None if test.costs is None else list(test.costs)}
    chosen = run.decision
    if chosen is not None:
        found["chosen"] = {
            "threshold": chosen.threshold,
            "tuned": chosen.tuned,
            "calibration": chosen.calibration,
            "rows": chosen.rows,
            "thresholds": list(chosen.thresholds),
        }
    return found


def _trial(trial: Trial, with_course: bool) -> dict[str, Any]:
    """One of several trainings; its history where there is room, with None for what is not finite."""
    history = {name: _finite(values) for name, values in trial.history.items()}
    return {**asdict(trial), "history": history if with_course else {}}
