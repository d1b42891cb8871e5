"""A fully connected Keras network."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from reportgen.errors import TrainingError
from reportgen.models import _capture, _keras
from reportgen.models._job import by_split, check, decide
from reportgen.models._keras import keras
from reportgen.models._loop import Course, Emit, Rows, train
from reportgen.results import FitJob, FitResult, Fitted, WeightMatrix

if _keras.ON_JAX:
    from reportgen.models._jax import Trainer
else:
    from reportgen.models._portable import Trainer  # type: ignore[assignment]


@dataclass(frozen=True)
class _Scale:
    """Mean and standard deviation of a regression's training target, which the network learns in standard units."""

    mean: float = 0.0
    std: float = 1.0

    @classmethod
    def of(cls, job: FitJob) -> _Scale:
        if job.task.is_classification:
            return cls()
        y = np.asarray(job.y["train"], np.float64)
        return cls(float(y.mean()), float(y.std()) or 1.0)

    def rows(self, job: FitJob, split: str) -> Rows:
        y = np.asarray(job.y[split])
        if job.task.is_classification:
            y = y.astype(np.int32 if job.task.name == "multiclass" else np.float32)
        else:
            y = ((y - self.mean) / self.std).astype(np.float32)
        return Rows(np.ascontiguousarray(job.X[split], np.float32), y.reshape(-1, 1))


class Model:
    """A network of Dense layers: sigmoid, softmax or linear at its end, as the task asks.

    A regression's target is standardised with the training rows' mean and standard deviation, so that learning rates
    mean the same whatever its unit; predictions and the mean absolute error come in the target's own unit, the loss in
    standard units. A training that diverges before any epoch was finite gives no predictions: `y_pred` and `y_score`
    are then empty mappings.
    """

    def __init__(self) -> None:
        Trainer.warm_up()

    def fit(self, job: FitJob, emit: Emit | None = None) -> FitResult:
        """Train, predict every split, and capture what the report shows.

        Raises:
            SpecError: the loss does not fit the task.
            DataError: there is nothing to learn from.
            TrainingError: out of memory.
        """
        check(job)
        loss = _keras.loss_name(job.train, job.task)
        with _quiet(), _memory_told(job):
            self._start(job, loss)
            validation = self._scale.rows(job, "validation") if len(job.X.get("validation", ())) else None
            course = train(self._trainer, job.train, len(job.X["train"]), validation, self._metric, job.seed, emit)
            kept = self._keep(course, job)
            return self._result(course, kept, validation is not None, loss)

    def predict(self, X: np.ndarray) -> tuple[np.ndarray | None, np.ndarray]:
        """`y_score` (n, n_classes) with rows that sum to 1, or None for a regression, and `y_pred` (n,)."""
        output = self._trainer.predict(np.ascontiguousarray(X, np.float32)).astype(np.float64)
        if not self._job.task.is_classification:
            return None, output[:, 0] * self._scale.std + self._scale.mean
        score = (
            np.hstack([1.0 - output, output]) if output.shape[1] == 1 else output / output.sum(axis=1, keepdims=True)
        )
        return score, decide(score, self._job.task, self._job.threshold)

    def _start(self, job: FitJob, loss: str) -> None:
        self._job, self._scale = job, _Scale.of(job)
        self.network = _keras.network(job.model, job.task, len(job.feature_names), job.seed)
        self._metric, metric = _keras.metric(job.task, job.threshold, self._scale.std)
        self._trainer = Trainer(
            self.network,
            lambda: _keras.optimizer(job.train),
            _keras.LOSSES[job.task.name][loss],
            metric,
            self._scale.rows(job, "train"),
            job.train.batch_size,
            len(job.X.get("validation", ())),
        )

    def _keep(self, course: Course, job: FitJob) -> int | None:
        """Choose the weights that predict; the epoch they are from, or None where none are finite."""
        if not self._finite():  # The last step of an epoch can do this, after its loss was taken.
            course.ended = "diverged"
        restored = course.ended == "diverged" or job.train.early_stopping is not None
        if restored and course.best is not None:
            self._trainer.restore(course.best)
        self._trainer.finish()
        if course.best is None or not self._finite():
            return None
        return course.best_epoch if restored else course.epoch

    def _finite(self) -> bool:
        return all(np.isfinite(values).all() for values in self._weights())

    def _weights(self) -> list[np.ndarray]:
        return [np.asarray(values) for values in self._trainer.weights()]

    def _result(self, course: Course, kept: int | None, validated: bool, loss: str) -> FitResult:
        job = self._job
        scores, predictions = by_split({} if kept is None else {split: self.predict(X) for split, X in job.X.items()})
        dense = _keras.dense_layers(self.network)
        regression = not job.task.is_classification
        fitted = Fitted(
            kind="mlp",
            title="network " + "-".join(str(width) for width in (len(job.feature_names), *(d.units for d in dense))),
            parameters=int(self.network.count_params()),
            settings=self._settings(kept, loss),
            history={name: tuple(values) for name, values in course.history.items()},
            layers=_capture.layers(self.network),
            weights=() if kept is None else self._matrices(dense),
            activations=() if kept is None else self._activations(dense),
            ended=course.ended,
            epoch=course.epoch,
            epochs=job.train.epochs,
            best_epoch=course.best_epoch,
            loss_name=f"{loss} of the standardised target" if regression else loss,
            backend=_backend(),
            warnings=tuple(self._warnings(course, kept, validated)),
        )
        return FitResult(fitted, scores, predictions)

    def _matrices(self, dense: list[Any]) -> tuple[WeightMatrix, ...]:
        kernels = self._weights()[::2]
        return tuple(_capture.weight_matrix(layer.name, kernel) for layer, kernel in zip(dense, kernels, strict=True))

    def _activations(self, dense: list[Any]) -> tuple[Any, ...]:
        sample = np.ascontiguousarray(self._job.X["train"][: _capture.SAMPLE], np.float32)
        return _capture.activations(dense, *self._trainer.activations(sample))

    def _settings(self, kept: int | None, loss: str) -> dict[str, Any]:
        model, plan = self._job.model, self._job.train
        stopping = plan.early_stopping
        settings = {
            "hidden": ", ".join(map(str, model.hidden)) or "none",
            "activation": model.activation,
            "dropout": model.dropout,
            "initial_weights": "Glorot uniform, biases zero",
            "epochs": plan.epochs,
            "batch_size": plan.batch_size,
            "optimizer": plan.optimizer,
            "learning_rate": plan.learning_rate,
            "loss": loss,
            "early_stopping": f"patience {stopping.patience}, min_delta {stopping.min_delta:g}" if stopping else "none",
            "weights_kept": f"of epoch {kept}" if kept else "none",
        }
        if not self._job.task.is_classification:
            settings["target_scaling"] = (
                f"minus {self._scale.mean:.6g}, divided by {self._scale.std:.6g} (mean and standard deviation of the "
                "training rows); the loss is in these units, predictions and errors in the target's own"
            )
        return settings

    def _warnings(self, course: Course, kept: int | None, validated: bool) -> Iterator[str]:
        if course.ended == "diverged":
            yield f"loss or weights stopped being finite in epoch {course.epoch}; " + (
                f"predictions come from the weights of epoch {kept}" if kept else "there are no weights to predict with"
            )
        if self._job.train.early_stopping and not validated:
            yield "without a validation split, early stopping watched the training loss"


def _backend() -> str:
    name = str(keras.config.backend())
    return f"{name} {__import__(name).__version__}, keras {keras.__version__}"


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """What Keras and JAX warn of concerns their own workings, such as a compilation cache that cannot be read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def _memory_told(job: FitJob) -> Iterator[None]:
    advice = f"make train.batch_size smaller than {job.train.batch_size}, or model.hidden narrower"
    try:
        yield
    except MemoryError as error:
        raise TrainingError("the training ran out of memory", fix=advice, key="train.batch_size") from error
    except RuntimeError as error:
        # JAX and PyTorch tell of a failed allocation by a RuntimeError with these words.
        if "RESOURCE_EXHAUSTED" in str(error) or "out of memory" in str(error).lower():
            raise TrainingError("the training ran out of memory", fix=advice, key="train.batch_size") from error
        raise
