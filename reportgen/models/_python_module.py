"""A torch module that the user's file made, trained by a plain loop. It gives logits, or numbers of a scaled target."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from reportgen.errors import SpecError, TrainingError
from reportgen.explained import Explained, ExplainJob
from reportgen.fitted import FitJob, FitResult, Fitted
from reportgen.models import _explain, _script, _torch_parts
from reportgen.models._job import Outputs, by_split, check, decide
from reportgen.models._loop import Course, Emit, Rows, train

_ROWS_PER_LOOK = 1024
_OPERATIONS_OF_A_SECOND, _MOST_PREDICTIONS = 1e9, 200_000.0
#: Keys of `train` that are Keras's own.
_OF_KERAS = ("class_weights", "callbacks", "initial_weights", "save_weights")


class Module:
    """The module as it came. A numeric target is standardised, as for a Keras network."""

    def __init__(self, made: torch.nn.Module) -> None:
        self._module = made

    def fit(self, job: FitJob, emit: Emit | None = None) -> FitResult:
        """Train, predict every split, and collect what the report shows.

        Raises:
            SpecError: the module does not read a row or gives no logits of this task; torch has no such optimiser.
            TrainingError: out of memory.
        """
        check(job)
        self._start(job)
        validation = self._rows("validation") if len(job.X.get("validation", ())) else None
        watch = _events(job)
        try:
            course = train(
                self._trainer, job.train, len(job.X["train"]), validation, self._metric_name, job.seed, emit, watch
            )
        except (MemoryError, torch.cuda.OutOfMemoryError) as error:
            raise TrainingError(
                "the training ran out of memory", "make train.batch_size smaller", key="train.batch_size"
            ) from error
        kept = self._keep(course)
        outputs = {} if kept is None else {split: self.predict(X) for split, X in job.X.items()}
        scores, predictions = by_split(outputs)
        return FitResult(self._fitted(course, kept), scores, predictions)

    def explain(self, wish: ExplainJob, emit: Emit | None = None) -> Explained:
        """What matters to the module that was fitted last; see `_explain`."""
        weights = sum(value.numel() for value in self._module.parameters())
        affordable = min(_MOST_PREDICTIONS, _OPERATIONS_OF_A_SECOND / (2.0 * max(1, weights)))
        return _explain.explain(_explain.Given(self.predict, self._job, wish, emit, affordable))

    def predict(self, X: np.ndarray) -> Outputs:
        """`y_score` and `y_pred`; see `_network.Network.predict`."""
        output, task = self._trainer.predict(self._shaped(X)).astype(np.float64), self._job.task
        if task.is_numeric:
            values = output * self._std + self._mean
            return None, values if task.name == "forecast" else values[:, 0]
        if task.name == "multiclass":
            spread = np.exp(output - output.max(axis=1, keepdims=True))
            score = spread / spread.sum(axis=1, keepdims=True)
        else:
            score = 1.0 / (1.0 + np.exp(-np.clip(output, -500, 500)))
            score = np.hstack([1.0 - score, score]) if task.name == "binary" else score
        return score, decide(score, task, self._job.threshold)

    def _start(self, job: FitJob) -> None:
        self._job, self._mean, self._std = job, 0.0, 1.0
        if job.task.is_numeric:
            y = np.asarray(job.y["train"], np.float64)
            self._mean, self._std = float(y.mean()), float(y.std()) or 1.0
        for name in _OF_KERAS:
            if name in job.train.model_fields_set:
                raise SpecError("is for Keras networks, and this is a torch module", "remove it", key=f"train.{name}")
        torch.manual_seed(job.seed)
        self._loss_name, loss = _torch_parts.loss(job)
        self._metric_name, metric = _torch_parts.metric(job.task, job.threshold, self._std)
        optimizer = _torch_parts.optimizer(job, self._module)
        rows = self._rows("train")
        _torch_parts.require_logits(self._module, rows, job)
        self._trainer = _Trainer(self._module, optimizer, loss, metric, rows, job.train.batch_size)

    def _rows(self, split: str) -> Rows:
        y = np.asarray(self._job.y[split])
        if self._job.task.is_numeric:
            y = (y - self._mean) / self._std
        if self._job.task.name == "multiclass":
            return Rows(self._shaped(self._job.X[split]), y.astype(np.int64))
        return Rows(self._shaped(self._job.X[split]), y.astype(np.float32).reshape(len(y), -1))

    def _shaped(self, X: np.ndarray) -> np.ndarray:
        shape = self._job.model.input_shape or self._job.shape or (len(self._job.feature_names),)
        kind = np.float32 if self._job.vocabulary is None else np.int64
        return np.ascontiguousarray(X, kind).reshape(len(X), *shape)

    def _keep(self, course: Course) -> int | None:
        restored = course.ended == "diverged" or self._job.train.early_stopping is not None
        if restored and course.best is not None:
            self._trainer.restore(course.best)
        finite = all(bool(torch.isfinite(value).all()) for value in self._module.parameters())
        if course.best is None or not finite:
            return None
        return course.best_epoch if restored else course.epoch

    def _fitted(self, course: Course, kept: int | None) -> Fitted:
        job, module = self._job, self._module
        plan = job.train
        stopping = plan.early_stopping
        settings = {
            **_script.settings(job),
            "epochs": plan.epochs,
            "batch_size": plan.batch_size,
            "optimizer": type(self._trainer.optimizer).__name__,
            "learning_rate": plan.learning_rate,
            "loss": self._loss_name,
            "early_stopping": f"patience {stopping.patience}, min_delta {stopping.min_delta:g}" if stopping else "none",
            "weights_kept": f"of epoch {kept}" if kept else "none",
        }
        return Fitted(
            kind="python",
            title=f"torch module {type(module).__name__} from {Path(job.model.path).name}",
            parameters=sum(value.numel() for value in module.parameters()),
            settings=settings,
            history={name: tuple(values) for name, values in course.history.items()},
            layers=tuple(_torch_parts.layers(module)),
            weights=tuple(_torch_parts.matrices(module)) if kept else (),
            ended=course.ended,
            epoch=course.epoch,
            epochs=plan.epochs,
            best_epoch=course.best_epoch,
            loss_name=f"{self._loss_name} of the standardised target" if job.task.is_numeric else self._loss_name,
            backend=f"torch {torch.__version__}",
        )


class _Trainer:
    """See `_loop.Trainer` for what the methods promise. `loss` and `metric` give a value for each row."""

    def __init__(
        self,
        module: torch.nn.Module,
        optimizer: torch.optim.Optimizer,
        loss: Callable[[Any, Any], Any],
        metric: Callable[[Any, Any], Any],
        rows: Rows,
        batch_size: int,
    ) -> None:
        self._module, self.optimizer, self._loss, self._metric = module, optimizer, loss, metric
        self._X, self._y = torch.from_numpy(rows.X), torch.from_numpy(rows.y)
        self._batch, self._sums = min(batch_size, len(rows)), np.zeros(3)

    def batches(self, order: np.ndarray) -> Iterator[float]:
        self._sums = np.zeros(3)
        self._module.train()
        for start in range(0, len(order), self._batch):
            rows = torch.from_numpy(order[start : start + self._batch])
            X, y = self._X[rows], self._y[rows]
            self.optimizer.zero_grad()
            output = self._module(X)
            loss = self._loss(output, y).mean()
            loss.backward()
            self.optimizer.step()
            with torch.no_grad():
                metric = float(self._metric(output, y).sum())
            self._sums += [float(loss.detach()) * len(rows), metric, len(rows)]
            yield (start + len(rows)) / len(order)
            if not np.isfinite(self._sums[0]):
                return

    def running(self) -> tuple[float, float]:
        loss, metric, n_rows = self._sums
        return float(loss / n_rows), float(metric / n_rows)

    def measure(self, rows: Rows) -> tuple[float, float]:
        sums, y = np.zeros(2), torch.from_numpy(rows.y)
        for start, output in self._looks(rows.X):
            truth = y[start : start + _ROWS_PER_LOOK]
            sums += [float(self._loss(output, truth).sum()), float(self._metric(output, truth).sum())]
        return float(sums[0] / len(rows)), float(sums[1] / len(rows))

    def predict(self, X: np.ndarray) -> np.ndarray:
        """The module's output, (n, n_outputs)."""
        found = [output.numpy() for _, output in self._looks(X)]
        return np.concatenate(found) if found else np.zeros((0, 1), np.float32)

    def _looks(self, X: np.ndarray) -> Iterator[tuple[int, Any]]:
        self._module.eval()
        with torch.no_grad():
            for start in range(0, len(X), _ROWS_PER_LOOK):
                yield start, self._module(torch.from_numpy(X[start : start + _ROWS_PER_LOOK]))

    def snapshot(self) -> dict[str, Any]:
        return {name: value.detach().clone() for name, value in self._module.state_dict().items()}

    def restore(self, snapshot: dict[str, Any]) -> None:
        self._module.load_state_dict(snapshot)

    def learning_rate(self) -> float:
        return float(self.optimizer.param_groups[0]["lr"])


class _Watch:
    """Event files of the epochs. See `_loop.Watch`."""

    def __init__(self, events: Any) -> None:
        self._events = events

    def begin(self) -> None:
        pass

    def epoch(self, number: int, row: Mapping[str, float]) -> bool:
        self._events.epoch(number, row)
        return False

    def end(self, number: int) -> None:  # noqa: ARG002
        self._events.close()


def _events(job: FitJob) -> _Watch | None:
    if job.train.tensorboard is None:
        return None
    from reportgen.models._events import Events

    return _Watch(Events(Path(job.folder) / job.train.tensorboard))
