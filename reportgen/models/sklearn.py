"""Any scikit-learn estimator, by its dotted name."""

from __future__ import annotations

import importlib
import inspect
import re
import threading
import warnings
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np
import sklearn
from sklearn.base import BaseEstimator, is_classifier, is_regressor
from sklearn.multioutput import MultiOutputClassifier, MultiOutputRegressor
from sklearn.utils import get_tags
from sklearn.utils.discovery import all_estimators

from reportgen.dataset import Task
from reportgen.errors import ReportgenError, SpecError, TrainingError
from reportgen.explained import Explained, ExplainJob
from reportgen.fitted import FitJob, FitResult, Fitted
from reportgen.models import _estimator, _explain, _labels
from reportgen.models._inference import Errors, coefficient_errors
from reportgen.models._job import Outputs, by_split, check
from reportgen.models._loop import Emit
from reportgen.models._rules import rules, tree_count
from reportgen.registry import suggestion
from reportgen.spelling import nearest
from reportgen.text import one_line, quoted

_SECONDS_BETWEEN_EVENTS = 0.1


class Model:
    """One estimator. Events are `epoch` 0 of 1 while it fits and 1 of 1 at the end.

    An estimator cannot be stopped half-way: when the listener asks to stop, its result is left behind, the training
    ends as interrupted, and there are no predictions (`y_pred` and `y_score` are empty mappings).
    """

    kind: ClassVar[str] = "sklearn"
    key: ClassVar[str] = "model.estimator"

    def build(self, job: FitJob) -> Any:
        """The estimator before it is fitted."""
        return build(job)

    def fit(self, job: FitJob, emit: Emit | None = None) -> FitResult:
        """Fit, predict every split, and collect what the report shows.

        Raises:
            SpecError: no such estimator, of the wrong kind, or with parameters it does not take.
            DataError: there is nothing to learn from.
            TrainingError: the estimator failed.
        """
        check(job)
        self._job = job
        self.estimator = self.build(job)
        told: list[str] = []
        with _estimator.collected_warnings(told):
            finished = _interruptible(self._fit, emit)
            outputs = {split: self._explained(self.predict, X) for split, X in job.X.items()} if finished else {}
        if finished and emit is not None:
            emit({"epoch": 1, "epochs": 1})
        scores, predictions = by_split(outputs)
        self._require_finite(scores, predictions)
        return FitResult(self._fitted(finished, [*told, *self._notes(outputs)]), scores, predictions)

    def predict(self, X: np.ndarray) -> Outputs:
        """`y_score` (n, n_classes) or None without probabilities, and `y_pred` (n,)."""
        return _estimator.predict(self.estimator, X, self._job)

    def explain(self, wish: ExplainJob, emit: Emit | None = None) -> Explained:
        """What matters to the estimator that was fitted last; see `_explain`."""
        affordable = _estimator.affordable_predictions(self.estimator, self._job.X["train"])
        with _estimator.collected_warnings([]):
            return _explain.explain(_explain.Given(self.predict, self._job, wish, emit, affordable))

    def _fit(self) -> None:
        y = self._job.y["train"]
        self._explained(self.estimator.fit, self._job.X["train"], y.ravel() if y.shape[1:] == (1,) else y)

    def _explained(self, act: Callable[..., Any], *args: Any) -> Any:
        name = type(self.estimator).__name__
        try:
            return act(*args)
        except MemoryError as error:
            raise TrainingError(f"{name} ran out of memory", fix="train on fewer rows or features") from error
        except Exception as error:
            refused = re.match(r"The '(\w+)' parameter of ", str(error))
            if refused:
                fix = "give one of the values that it names"
                raise SpecError(one_line(error, 300), fix, key=f"model.params.{refused[1]}") from error
            fix = "change its model.params or the data, or choose another estimator"
            raise TrainingError(f"{name}: {one_line(error, 300)}", fix, key=self.key) from error

    def _require_finite(self, *found: Mapping[str, np.ndarray | None]) -> None:
        for by_name in found:
            for split, values in by_name.items():
                if values is not None and not np.isfinite(values).all():
                    what = f"{type(self.estimator).__name__} predicts values of {split} that are not finite numbers"
                    raise TrainingError(what, "mend its parameters, or choose another estimator", key=self.key)

    def _notes(self, outputs: Mapping[str, Outputs]) -> list[str]:
        scored = any(score is not None for score, _ in outputs.values())
        if self._job.task.name not in ("binary", "multilabel") or scored or not outputs or self._job.threshold == 0.5:
            return []
        return ["the estimator gives no probabilities, so evaluate.threshold was not used"]

    def _settings(self) -> Mapping[str, str]:
        found = _estimator.settings(_labels.inner(self.estimator))
        task = self._job.task
        return {**found, **_labels.how(self.estimator, len(task.labels))} if task.name == "multilabel" else found

    def _fitted(self, finished: bool, told: list[str]) -> Fitted:
        estimator, names = self.estimator, self._job.feature_names
        coefficients = _estimator.coefficients(estimator, names) if finished else {}
        errors = self._errors() if coefficients else Errors(None)
        return Fitted(
            kind=self.kind,
            title=_title(estimator),
            parameters=_estimator.parameter_count(estimator) if finished else None,
            settings=self._settings(),
            coefficients=coefficients,
            coefficient_errors={} if errors.values is None else dict(zip(names, errors.values.tolist(), strict=True)),
            coefficient_degrees=errors.degrees,
            without_errors=errors.why,
            rules=rules(estimator, names) if finished else (),
            trees=tree_count(estimator) if finished else None,
            importances=_estimator.importances(estimator, names) if finished else {},
            operations=_estimator.operations_of_a_row(estimator, *self._job.X["train"].shape) if finished else None,
            ended="completed" if finished else "interrupted",
            backend=f"scikit-learn {sklearn.__version__}",
            warnings=tuple(told),
        )

    def _errors(self) -> Errors:
        return coefficient_errors(self.estimator, self._job.X["train"], self._job.y["train"])


def build(job: FitJob) -> Any:
    """The estimator with its parameters; `random_state` is the seed where it takes one and none is given.

    Raises:
        SpecError: names the key and suggests.
    """
    kind = find(job.model.estimator)
    known = inspect.signature(kind).parameters
    for name in job.model.params:
        if name not in known:
            what = f"{kind.__name__} has no parameter {quoted(name)}"
            raise SpecError(what, fix=suggestion(name, tuple(known)), key=f"model.params.{name}")
    for name, parameter in known.items():
        if parameter.default is parameter.empty and name not in job.model.params:
            what = f"{kind.__name__} needs the parameter {quoted(name)}"
            raise SpecError(what, fix=f"give {name} under model.params", key=f"model.params.{name}")
    params = _with_codes(job.model.params, job.task)
    if "random_state" in known:
        params.setdefault("random_state", job.seed)
    return fitting(kind(**params), job)


def fitting(estimator: Any, job: FitJob, key: str = "model.estimator") -> Any:
    """The estimator, or several of it where the task has several targets.

    Raises:
        SpecError: it is of the wrong kind; names `key`.
    """
    _check_kind(estimator, job.task, key)
    if job.task.name == "multilabel":
        return _labels.for_labels(estimator)
    if _is_for_one_number(estimator, job):
        return MultiOutputRegressor(estimator)
    return estimator


def _is_for_one_number(estimator: Any, job: FitJob) -> bool:
    """Whether several steps are to be forecast by an estimator that predicts one number, so that each has its own."""
    several = job.task.name == "forecast" and job.y["train"].shape[1] > 1
    return several and not get_tags(estimator).target_tags.multi_output


def _title(estimator: Any) -> str:
    if isinstance(estimator, MultiOutputRegressor) and len(getattr(estimator, "estimators_", ())) > 1:
        return f"{len(estimator.estimators_)} x {type(estimator.estimator).__name__}, one a step"
    if isinstance(estimator, MultiOutputClassifier) and hasattr(estimator, "estimators_"):
        return f"{len(estimator.estimators_)} x {type(estimator.estimator).__name__}, one a label"
    return type(estimator).__name__


def find(dotted: str) -> type[Any]:
    """The estimator class of a dotted name below `sklearn`.

    Raises:
        SpecError: there is no such class, or it is no estimator.
    """
    module, _, name = dotted.rpartition(".")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = getattr(importlib.import_module(module), name, None) if module else None
    except ImportError:
        found = None
    own = inspect.isclass(found) and issubclass(found, BaseEstimator) and found.__module__.startswith("sklearn.")
    if not own or found is None:
        raise SpecError(f"{quoted(dotted)} is no scikit-learn estimator", fix=_nearest(dotted), key="model.estimator")
    return found  # type: ignore[no-any-return]


def _nearest(dotted: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        known = {
            name: f"{'.'.join(part for part in kind.__module__.split('.') if not part.startswith('_'))}.{name}"
            for name, kind in all_estimators(type_filter=["classifier", "regressor"])
        }
    close = known.get(dotted.rpartition(".")[2]) or nearest(dotted, known.values())
    return f"did you mean '{close}'?" if close else "see scikit-learn's list of classifiers and regressors"


def _check_kind(estimator: Any, task: Task, key: str) -> None:
    fits, wanted = (is_regressor, "regressor") if task.is_numeric else (is_classifier, "classifier")
    if not fits(estimator):
        raise SpecError(
            f"{type(estimator).__name__} is no {wanted}, but the task is {task.name}",
            fix=f"choose a {wanted}, or set data.task",
            key=key,
        )


def _with_codes(params: Mapping[str, Any], task: Task) -> dict[str, Any]:
    """The parameters, with `class_weight` by label turned into `class_weight` by class code."""
    weights = params.get("class_weight")
    if not isinstance(weights, Mapping):
        return dict(params)
    if task.name == "multilabel":
        what = "several labels have no classes to weight one by one"
        raise SpecError(what, fix="set class_weight: balanced, or leave it out", key="model.params.class_weight")
    codes = {label: code for code, label in enumerate(task.labels)}
    for label in map(str, weights):
        if label not in codes:
            what = f"{quoted(label)} is no class of the target"
            raise SpecError(what, fix=suggestion(label, task.labels), key="model.params.class_weight")
    return {**params, "class_weight": {codes[str(label)]: weight for label, weight in weights.items()}}


def _interruptible(work: Callable[[], None], emit: Emit | None) -> bool:
    """Whether the work was done; False as soon as the listener, asked ten times a second, wants to stop."""
    if emit is None:
        work()
        return True
    failure: list[ReportgenError] = []

    def run() -> None:
        try:
            work()
        except ReportgenError as error:
            failure.append(error)

    thread = threading.Thread(target=run, daemon=True)
    if not emit({"epoch": 0, "epochs": 1}):
        return False
    thread.start()
    while thread.is_alive():
        thread.join(_SECONDS_BETWEEN_EVENTS)
        if thread.is_alive() and not emit({"epoch": 0, "epochs": 1}):
            return False
    if failure:
        raise failure[0]
    return True
