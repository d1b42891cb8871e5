"""Runs that were trained several times, as folds or with seeds, without any training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from reportgen.metrics import score_prediction, spreads
from reportgen.results import Run, Trial
from reportgen.spec import Split


def trial(number: int, kind: Any, **scores: float | None) -> Trial:
    """Of 320 training and 80 test rows, three epochs, with these test scores."""
    name = f"fold {number}" if kind == "fold" else f"seed {41 + number}"
    loss = np.linspace(1.0, 0.1 * number, 3).tolist()
    history = {"loss": loss, "val_loss": loss[::-1], "accuracy": loss, "val_accuracy": loss}
    tested = {"train": dict(scores), "test": dict(scores)}
    seed = 42 if kind == "fold" else 41 + number
    return Trial(name, kind, seed, {"train": 320, "test": 80}, history, "completed", 3, 2, tested)


def with_trials(run: Run, kind: Any, metric: str, values: Sequence[float]) -> Run:
    """The same run, scored, as the first of several whose test scores are these."""
    assert run.task is not None
    split: dict[str, Any] = {"split": Split(folds=len(values))} if kind == "fold" else {"repeats": len(values)}
    made = tuple(trial(number, kind, **{metric: value}) for number, value in enumerate(values, 1))
    scores = run.scores or score_prediction(run.predictions["test"], run.task)
    spec = run.spec.model_copy(update=split)
    return replace(run, spec=spec, scores=scores, trials=made, spreads=spreads(made, 0.95))
