"""The same network on every Keras backend that is installed."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from reportgen import experiment, specfile
from reportgen.errors import OutputError
from reportgen.fitted import FitResult
from reportgen.session import Session
from reportgen.spec import Train
from reportgen.spec.models import Mlp
from reportgen.workers import Worker
from tests.test_models import BINARY, MULTICLASS, REGRESSION, Task, make_job, new_model

pytestmark = pytest.mark.slow

BACKENDS = [name for name in ("jax", "tensorflow", "torch") if find_spec(name)]
TASKS = (BINARY, MULTICLASS, REGRESSION)
OTHERS = [name for name in BACKENDS if name != "jax"]


def fit(backend: str, task: Task, kind: str = "mlp", **changes: object) -> FitResult:
    with Worker(f"reportgen.models.{kind}:Model", environment={"KERAS_BACKEND": backend}) as host:
        result: FitResult = host.call("fit", make_job(kind, task, **changes), timeout=300)
    return result


@pytest.mark.parametrize("backend", BACKENDS)
def test_trains_and_names_itself(backend: str) -> None:
    assert fit(backend, BINARY).fitted.backend.startswith(backend)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
@pytest.mark.parametrize("backend", OTHERS)
def test_learns_what_it_learns_on_jax(backend: str, task: Task) -> None:
    one, other = fit("jax", task), fit(backend, task)
    np.testing.assert_allclose(one.fitted.history["loss"], other.fitted.history["loss"], rtol=1e-3)
    np.testing.assert_allclose(one.y_pred["test"], other.y_pred["test"], rtol=1e-3)


@pytest.mark.parametrize("backend", OTHERS)
@pytest.mark.parametrize("kind", ["cnn", "layers", "rnn"])
def test_other_networks_learn_what_they_learn_on_jax(backend: str, kind: str) -> None:
    one, other = fit("jax", BINARY, kind), fit(backend, BINARY, kind)
    np.testing.assert_allclose(one.fitted.history["loss"], other.fitted.history["loss"], rtol=1e-3)
    np.testing.assert_allclose(one.fitted.history["val_loss"], other.fitted.history["val_loss"], rtol=1e-3)
    for mine, theirs in zip(one.fitted.courses, other.fitted.courses, strict=True):
        np.testing.assert_allclose(mine.gradient_norm, theirs.gradient_norm, rtol=1e-2, atol=1e-6)


@pytest.mark.parametrize("backend", OTHERS)
def test_schedules_penalties_callbacks_and_class_weights_are_the_same(backend: str) -> None:
    schedule = {"ExponentialDecay": {"initial_learning_rate": 0.1, "decay_steps": 4, "decay_rate": 0.5}}
    plan = Train(
        epochs=3,
        batch_size=8,
        learning_rate=schedule,
        class_weights="balanced",
        callbacks=({"EarlyStopping": {"patience": 2}},),
    )
    model = Mlp(kind="mlp", hidden=(4,), regularizer={"L2": {"l2": 0.01}})
    one, other = (fit(name, BINARY, model=model, train=plan) for name in ("jax", backend))
    for name in ("loss", "val_loss", "learning_rate"):
        np.testing.assert_allclose(one.fitted.history[name], other.fitted.history[name], rtol=1e-3)


def test_is_chosen_by_the_experiment_file(tmp_path: Path) -> None:
    draft = specfile.draft_of(
        "data: {path: t.csv, target: y}\nmodel: {kind: mlp, hidden: [2], backend: " + BACKENDS[-1] + "}\n"
        "train: {epochs: 1}\nevaluate: {baselines: []}",
        str(tmp_path / "e.yaml"),
    )
    rows = "".join(f"{number},{'ab'[number % 2]}\n" for number in range(60))
    (tmp_path / "t.csv").write_text("x,y\n" + rows)
    assert experiment.run(draft, Session()).fitted.backend.startswith(BACKENDS[-1])


def test_that_another_one_took_in_this_process_is_told() -> None:
    another = "torch" if os.environ.get("KERAS_BACKEND") == "tensorflow" else "tensorflow"
    job = make_job("mlp", BINARY, model=Mlp(kind="mlp", backend=another))
    with pytest.raises(OutputError, match=r"model\.backend: Keras runs on \w+ in this process already"):
        new_model("mlp").fit(job)
