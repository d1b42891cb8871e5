"""A model that a function in a Python file of the user's builds: Keras, scikit-learn or torch."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

from reportgen.errors import SpecError
from reportgen.explained import Explained, ExplainJob
from reportgen.fitted import FitJob, FitResult
from reportgen.models import _script
from reportgen.models._job import Outputs
from reportgen.models._loop import Emit


class Model:
    """Whatever the factory returns, trained as its kind is: a Keras network, an estimator or a torch module."""

    def fit(self, job: FitJob, emit: Emit | None = None) -> FitResult:
        """Run the file, train what its factory returns, predict every split, and collect what the report shows.

        Raises:
            SpecError: the file or its factory fails, or returns nothing that fits the task.
            DataError, TrainingError: as the kind of model that it returns.
        """
        self._host = host(job)
        return self._host.fit(job, emit)  # type: ignore[no-any-return]

    def explain(self, wish: ExplainJob, emit: Emit | None = None) -> Explained:
        """What matters to it; see the kind of model."""
        return self._host.explain(wish, emit)  # type: ignore[no-any-return]

    def predict(self, X: np.ndarray) -> Outputs:
        """`y_score` and `y_pred`; see the kind of model."""
        return self._host.predict(X)  # type: ignore[no-any-return]


def host(job: FitJob) -> Any:
    """What trains the model that the user's file makes."""
    if _speaks_of(job, "keras") or _speaks_of(job, "tensorflow"):
        import reportgen.models._keras  # noqa: F401  before the user's import: it chooses the backend
    make = _script.factory(job)
    made = _made(make, job)
    if _is_a(made, "keras", "Model"):
        from reportgen.models._python_network import Network

        return Network(made)
    if _is_a(made, "torch.nn", "Module"):
        from reportgen.models._python_module import Module

        return Module(made)
    if all(hasattr(made, name) for name in ("fit", "predict", "get_params")) and not isinstance(made, type):
        from reportgen.models._python_estimator import Estimator

        return Estimator(made)
    what = f"{job.model.factory} returned {_article(made)}, which is no model"
    fix = "return a Keras model, a scikit-learn estimator or a torch module"
    raise SpecError(what, fix, key="model.factory" if "factory" in job.model.model_fields_set else "model.path")


def _made(make: _script.Factory, job: FitJob) -> Any:
    """The model; what Keras draws for it comes from the seed."""
    if "keras" not in sys.modules:
        made = make()
        if "keras" not in sys.modules or not _is_a(made, "keras", "Model"):
            return made
    from reportgen.models._initial import seeded

    with seeded(job.seed):
        return make()


def _speaks_of(job: FitJob, name: str) -> bool:
    try:
        return name.encode() in (Path(job.folder) / job.model.path).read_bytes()
    except OSError:
        return False


def _is_a(made: Any, module: str, name: str) -> bool:
    """Whether it is an instance of a class of a library, which need not be imported to know."""
    found = getattr(sys.modules.get(module), name, None)
    return found is not None and isinstance(made, found)


def _article(made: Any) -> str:
    if made is None:
        return "nothing"
    if isinstance(made, type):
        return f"the class {made.__name__} and no instance of it"
    word = type(made).__name__
    return f"{'an' if word[:1].lower() in 'aeiou' else 'a'} {word}"
