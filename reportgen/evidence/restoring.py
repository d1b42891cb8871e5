"""Evidence -> Run: no table, no model and no features, but all that was predicted, scored and judged."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reportgen.codec import decode
from reportgen.document import Document, Evidence
from reportgen.errors import DataError, SpecError
from reportgen.evidence._prediction import AS_MADE, prediction
from reportgen.results import Gate, Prediction, Run, Score, Spread, Trial

if TYPE_CHECKING:
    from reportgen.dataset import Task
    from reportgen.decisions import Decision
    from reportgen.fitted import Fitted
    from reportgen.provenance import Provenance
    from reportgen.spec import Spec


def restored(document: Document) -> Run:
    """The run that a report tells of, as far as its evidence goes: no table, no model, no features.

    Raises:
        DataError: the evidence does not fit together.
    """
    held = document.evidence
    try:
        return _restored(held, document)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError) as error:
        what = f"the evidence in the report does not fit together: {error}"
        raise DataError(what, "make the report again") from error


def _restored(held: Evidence, document: Document) -> Run:
    task = _task_of(held)
    predictions = {name: prediction(name, one, held.labels) for name, one in held.predictions.items()}
    beside = {name: {**held.predictions["test"], **one} for name, one in held.baselines.items()}
    others = {name: prediction("test", one, held.labels) for name, one in beside.items()}
    before = others.pop(AS_MADE, None)
    return Run(
        spec=_spec(held, document),
        spec_text=held.spec,
        overrides=held.overrides,
        dataset=_described(task, held) if task else None,
        fitted=_fitted(held.model) if held.model else None,
        predictions=predictions,
        baselines={name: {"test": one} for name, one in others.items()},
        trials=tuple(_trial_of(trial) for trial in held.trials),
        spreads=tuple(decode(Spread, dict(spread), "spread") for spread in held.spreads),
        decision=_decision_of(held.decision["chosen"], before) if before and "chosen" in held.decision else None,
        scores=tuple(decode(Score, dict(score), "score") for score in held.scores),
        gates=tuple(decode(Gate, dict(gate), "gate") for gate in held.gates),
        provenance=_provenance(held.provenance) if held.provenance else None,
    )


def _spec(held: Evidence, document: Document) -> Spec:
    """The experiment; of a report that was made from Python its seed and confidence."""
    from reportgen.spec import Evaluate, Spec
    from reportgen.specfile import draft_of

    if held.spec:
        try:
            return draft_of(held.spec, held.spec_name, held.overrides).spec()
        except SpecError as error:
            what = f"its experiment file is not one that this reportgen reads: {error.problems[0].what}"
            raise DataError(what, "audit it with the version that made it") from error
    confidence = float(held.task.get("confidence", 0.95))
    return Spec(title=document.title, seed=document.seed or 0, evaluate=Evaluate(confidence=confidence))


def _task_of(held: Evidence) -> Task | None:
    from reportgen.dataset import Task

    if not held.task:
        return None
    given = held.task
    names = {"name": given["name"], "target": given["target"], "time": given["time"], "season": given["season"]}
    return decode(Task, {**names, "labels": list(held.labels), "targets": list(given["targets"])}, "task")  # type: ignore[no-any-return]


def _described(task: Task, held: Evidence) -> Any:
    """A table without rows or columns, which a report does not carry."""
    import pandas as pd

    from reportgen.dataset import Dataset, Source

    origin = held.provenance
    name, kind, digest = (str(origin.get(f"data_{fact}", "")) for fact in ("name", "format", "sha256"))
    return Dataset(pd.DataFrame(), (), Source(name, kind, int(origin.get("data_bytes", 0)), digest), task)


def _fitted(given: Mapping[str, Any]) -> Fitted:
    from reportgen.fitted import Fitted

    history = {name: _numbers(values) for name, values in given["history"].items()}
    return Fitted(
        kind=str(given["kind"]),
        title=str(given["title"]),
        parameters=None,
        ended=given["ended"],
        epoch=given["epoch"],
        epochs=given["epochs"],
        best_epoch=given["best_epoch"],
        history=history or ({"loss": ()} if given["has_history"] else {}),
    )


def _numbers(values: Any) -> tuple[float, ...]:
    return tuple(math.nan if value is None else float(value) for value in values)


def _trial_of(given: Mapping[str, Any]) -> Trial:
    history = {name: _numbers(values) for name, values in given["history"].items()}
    rest = {name: value for name, value in given.items() if name != "history"}
    trial: Trial = decode(Trial, {**rest, "history": {}}, "trial")
    return Trial(**{**{name: getattr(trial, name) for name in rest}, "history": history})


def _decision_of(given: Mapping[str, Any], before: Prediction) -> Decision:
    from reportgen.decisions import Decision

    facts = {name: given[name] for name in ("threshold", "tuned", "calibration", "rows")}
    return Decision(**facts, before=before, thresholds=_numbers(given["thresholds"]))


def _provenance(given: Mapping[str, Any]) -> Provenance:
    from reportgen.provenance import Provenance

    return decode(Provenance, dict(given), "provenance")  # type: ignore[no-any-return]
