"""The same network on every Keras backend that is installed."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest

from reportgen.results import FitResult
from reportgen.workers import Worker
from tests.test_models import BINARY, MULTICLASS, REGRESSION, Task, make_job

pytestmark = pytest.mark.slow

BACKENDS = [name for name in ("jax", "tensorflow", "torch") if find_spec(name)]
TASKS = (BINARY, MULTICLASS, REGRESSION)


def fit(backend: str, task: Task) -> FitResult:
    with Worker("reportgen.models.mlp:Model", environment={"KERAS_BACKEND": backend}) as host:
        result: FitResult = host.call("fit", make_job("mlp", task), timeout=120)
    return result


@pytest.mark.parametrize("backend", BACKENDS)
def test_trains_and_names_itself(backend: str) -> None:
    assert fit(backend, BINARY).fitted.backend.startswith(backend)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
@pytest.mark.parametrize("backend", [name for name in BACKENDS if name != "jax"])
def test_learns_what_it_learns_on_jax(backend: str, task: Task) -> None:
    one, other = fit("jax", task), fit(backend, task)
    np.testing.assert_allclose(one.fitted.history["loss"], other.fitted.history["loss"], rtol=1e-3)
    np.testing.assert_allclose(one.y_pred["test"], other.y_pred["test"], rtol=1e-3)
