"""A report from a training of one's own: a callback for `model.fit`.

from reportgen.keras import Report

model.fit(X, y, validation_data=(X_val, y_val), callbacks=[Report("run.html", test=(X_test, y_test))])
"""

from __future__ import annotations

import math
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen import api
from reportgen.errors import DataError
from reportgen.fitted import Fitted
from reportgen.models import _capture
from reportgen.models._keras import keras
from reportgen.results import Run
from reportgen.scripts import Options, Part, predicted, table_run
from reportgen.session import Session
from reportgen.text import plural

if TYPE_CHECKING:
    Handler = Callable[[int, FrameType | None], Any] | int | None

_TITLES = {"lr": "learning_rate"}


class Report(keras.callbacks.Callback):  # type: ignore[misc]
    """Writes a report when the training ends, also when Ctrl-C ended it: the first one stops at the end of the batch.

    Args:
        path: the report to write; the suffix (.html, .pdf, .json, .md) tells the format.
        test: X and y of rows that the training does not see, which the report is on.
        train: X and y of the training, for the profile of the data and the scores on train; left out if not given.
        labels: the classes in their order, positive last; the names of 0, 1, … where y holds such codes.
        feature_names: of the columns of X, where its rows are flat.
        title: of the report.
        confidence: of intervals.

    `report` is the `reportgen.Report` once the training has ended.

    Raises:
        DataError: when the training ends, where the model does not predict these rows.
    """

    report: api.Report | None = None

    def __init__(
        self,
        path: str | Path,
        *,
        test: Part,
        train: Part | None = None,
        labels: Sequence[str] | None = None,
        feature_names: Sequence[str] | None = None,
        title: str = "Network",
        confidence: float = 0.95,
    ) -> None:
        super().__init__()
        api.output(Path(path))
        self._path, self._parts = Path(path), {**({"train": train} if train else {}), "test": test}
        self._options = Options(labels, feature_names, None, title, confidence=confidence)
        self._rows: list[dict[str, float]] = []
        self._ended = "completed"
        self._before: Handler = None

    def on_train_begin(self, logs: Any = None) -> None:  # noqa: ARG002
        self._rows, self._ended = [], "completed"
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._interrupted)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:  # noqa: ARG002
        row = {_TITLES.get(name, name): float(value) for name, value in (logs or {}).items()}
        if not all(map(math.isfinite, row.values())):
            self._ended, self.model.stop_training = "diverged", True
            return
        self._rows.append(row)

    def on_train_end(self, logs: Any = None) -> None:  # noqa: ARG002
        if threading.current_thread() is threading.main_thread() and self._before is not None:
            signal.signal(signal.SIGINT, self._before)
        self.report = api.finished(self._run(), Session())
        self.report.save(self._path)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:  # noqa: ARG002
        if self._ended == "interrupted":
            self.model.stop_training = True

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        if self._ended == "interrupted" and callable(self._before):
            self._before(number, frame)
        self._ended, self.model.stop_training = "interrupted", True

    def _run(self) -> Run:
        run = table_run({name: (_flat(X), y) for name, (X, y) in self._parts.items()}, self._options)
        fitted = self._fitted(run)
        run = replace(run, fitted=fitted, warnings=fitted.warnings)
        weights = all(bool(np.isfinite(values).all()) for values in self.model.get_weights())
        if not weights:
            return run
        outputs = {name: self._outputs(X, run) for name, (X, _) in self._parts.items()}
        y_pred = {name: found for name, (_, found) in outputs.items()}
        return predicted(run, y_pred, {name: score for name, (score, _) in outputs.items()})

    def _outputs(self, X: Any, run: Run) -> tuple[np.ndarray | None, np.ndarray]:
        """Probabilities, or None of numbers, and what is predicted."""
        assert run.task is not None
        output = np.asarray(self.model.predict(np.asarray(X), verbose=0), np.float64)
        n_labels, width = len(run.task.labels), output.shape[-1]
        if output.ndim != 2 or width not in ((1, n_labels) if n_labels == 2 else (n_labels or 1,)):
            what = f"the network gives {plural(width, 'number')} a row, and the task is {run.task.name}"
            raise DataError(what, "give test=(X, y) as the network was trained on, and labels= with every class")
        if not n_labels:
            return None, output[:, 0]
        if (output < 0).any() or (output > 1).any():
            raise DataError("the network gives no probabilities", "end it with sigmoid or softmax")
        score = np.hstack([1 - output, output]) if width == 1 else output / output.sum(axis=1, keepdims=True)
        if set(run.task.labels) == set(map(str, range(n_labels))):  # The network's outputs are in the order of codes.
            score = score[:, list(map(int, run.task.labels))]
        return score, np.array(run.task.labels, dtype=object)[score.argmax(axis=1)].astype(str)

    def _fitted(self, run: Run) -> Fitted:
        assert run.task is not None
        history = {name: tuple(row[name] for row in self._rows) for name in (self._rows[0] if self._rows else ())}
        watched = history.get("val_loss") or history.get("loss")
        planned = int((self.params or {}).get("epochs", len(self._rows)))
        ran = len(self._rows) + (self._ended == "diverged")
        ended = "early" if self._ended == "completed" and ran < planned else self._ended
        optimizer = getattr(self.model, "optimizer", None)
        loss = getattr(self.model, "loss", "")
        fitted = Fitted(
            kind="keras",
            title=f"{self.model.name}, a network of {plural(len(self.model.layers), 'layer')}",
            parameters=int(self.model.count_params()),
            settings={"optimizer": getattr(optimizer, "name", "unknown"), "epochs": planned},
            history=history,
            ended=ended,  # type: ignore[arg-type]
            epoch=ran,
            epochs=planned,
            best_epoch=1 + int(np.argmin(watched)) if watched else None,
            loss_name=loss if isinstance(loss, str) else getattr(loss, "name", getattr(loss, "__name__", "loss")),
            backend=f"{keras.config.backend()}, keras {keras.__version__}",
        )
        return self._with_network(fitted, run)

    def _with_network(self, fitted: Fitted, run: Run) -> Fitted:
        assert run.splits is not None
        X = {name: np.asarray(values) for name, (values, _) in self._parts.items()}
        X = {**X, "train": X.get("train", X["test"])}
        y = {name: part.y for name, part in run.splits.parts.items()}
        y = {**y, "train": y.get("train", y["test"])}
        return _capture.capture(fitted, self.model, X, y, samples=0)


def _flat(X: Any) -> Any:
    """Rows of a table; of images and sequences nothing is profiled but a row's mean."""
    if hasattr(X, "columns") or np.ndim(X) == 2:
        return X
    values = np.asarray(X)
    return values.reshape(len(values), -1).mean(axis=1, keepdims=True)
