"""A scikit-learn estimator that the user's file made."""

from __future__ import annotations

from typing import Any

from sklearn.base import clone

from reportgen.errors import SpecError
from reportgen.fitted import FitJob
from reportgen.models import sklearn


class Estimator(sklearn.Model):
    """The estimator as it came, untrained; whatever draws and has no seed gets that of the experiment."""

    kind = "python"
    key = "model.path"

    def __init__(self, made: Any) -> None:
        self._made = made

    def build(self, job: FitJob) -> Any:
        """The estimator, checked against the task."""
        if job.train.model_fields_set:
            what = f"train is for networks, and {job.model.factory} returned a {type(self._made).__name__}"
            raise SpecError(what, "remove train:", key="train")
        if job.model.input_shape is not None:
            what = "an estimator of scikit-learn reads all features side by side"
            raise SpecError(what, "remove it", key="model.input_shape")
        try:
            estimator = clone(self._made)
        except (TypeError, RuntimeError):  # It does not keep its parameters as they came.
            estimator = self._made
        seeds = [name for name, value in estimator.get_params().items() if _is_seed(name) and value is None]
        if seeds:
            estimator.set_params(**dict.fromkeys(seeds, job.seed))
        return sklearn.fitting(estimator, job, self.key)


def _is_seed(name: str) -> bool:
    return name.rpartition("__")[2] == "random_state"
