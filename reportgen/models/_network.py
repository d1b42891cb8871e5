"""What every kind of Keras network has in common: it is built, trained, watched, and predicts."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from reportgen.errors import OutputError, TrainingError
from reportgen.explained import Attribution, Explained, ExplainJob, WordAttribution
from reportgen.fitted import FitJob, FitResult, Fitted
from reportgen.models import (
    _attribution,
    _building,
    _capture,
    _costs,
    _explain,
    _keras,
    _network_settings,
    _weights,
    _word_attribution,
)
from reportgen.models._callbacks import callbacks
from reportgen.models._initial import seeded
from reportgen.models._job import Outputs, by_split, check
from reportgen.models._keras import keras
from reportgen.models._layers_table import layers
from reportgen.models._loop import Course, Emit, Rows, train
from reportgen.models._objectives import Objectives, objectives
from reportgen.models._refusals import refused
from reportgen.models._targets import Scale
from reportgen.models._watching import Watch
from reportgen.text import plural

if _keras.ON_JAX:
    from reportgen.models._jax import Trainer
else:
    from reportgen.models._portable import Trainer  # type: ignore[assignment]

_FEWEST_ROWS = 5  # whose mean tells nothing of any one


class Network:
    """A Keras network. A kind of model is a subclass named Model with a `build` of its own.

    A numeric target is standardised with the training rows' mean and standard deviation, so that learning rates mean
    the same whatever its unit; predictions and the mean absolute error come in the target's own unit, the loss in
    standard units. A training that diverges before any epoch was finite gives no predictions: `y_pred` and `y_score`
    are then empty mappings.
    """

    kind: ClassVar[str] = ""
    network: Any

    def __init__(self) -> None:
        Trainer.warm_up()

    def build(self, job: FitJob) -> Any:
        """The untrained Keras network: a single input of `_building.input_shape`, the output that the task asks for."""
        raise NotImplementedError

    def title(self, job: FitJob) -> str:  # noqa: ARG002
        """A line that names the network."""
        return (
            f"{'' if self.kind == 'layers' else f'{self.kind} '}network of {plural(len(self.network.layers), 'layer')}"
        )

    def settings(self, job: FitJob) -> Mapping[str, Any]:
        """What the experiment file says of this kind of network, for the table of settings."""
        return _network_settings.of_model(job.model)

    def objectives(self, job: FitJob) -> Objectives:
        """What the training strives for; `network` is built already."""
        return objectives(job, self._scale.std)

    def fit(self, job: FitJob, emit: Emit | None = None) -> FitResult:
        """Train, predict every split, and capture what the report shows.

        Raises:
            SpecError: a part of the network or of its training does not exist, or does not fit the task.
            DataError: there is nothing to learn from.
            TrainingError: out of memory.
            OutputError: weights or event files cannot be written.
        """
        check(job)
        _check_backend(job)
        _weights.check_places(job)
        with _quiet(), _memory_told(job), refused(self.kind):
            self._start(job)
            validation = self._rows("validation") if len(job.X.get("validation", ())) else None
            name, n_rows = self._objectives.metric_name, len(job.X["train"])
            course = train(self._trainer, job.train, n_rows, validation, name, job.seed, emit, self._watch)
            self._epochs, kept = course.epoch, self._keep(course, job)
            return self._result(course, kept, validation is not None)

    def predict(self, X: np.ndarray) -> Outputs:
        """`y_score` and `y_pred` of rows (n, n_features).

        `y_score` (n, n_classes) has rows that sum to 1, is (n, n_labels) of a multilabel task and None of numbers;
        `y_pred` is (n,), (n, n_labels) or of a forecast (n, horizon).
        """
        return self._scale.predictions(self._output(X), self._job)

    def explain(self, wish: ExplainJob, emit: Emit | None = None) -> Explained:
        """What matters to the network that was fitted last; see `_explain`."""
        trained_on = len(self._job.X["train"]) * self._epochs
        affordable = _costs.affordable_predictions(self.network, trained_on)
        with _quiet(), _memory_told(self._job):
            if self._is_image():  # A pixel alone tells nothing.
                wish = replace(wish, columns={}, grids={})
            given = _explain.Given(self.predict, self._job, wish, emit, affordable)
            return _explain.explain(given, self._attributions(given), self._words(given))

    def _attributions(self, given: _explain.Given) -> Iterator[Attribution]:
        """What pixels matter, of a network that reads images."""
        split, job = given.wish.split, self._job
        if not self._is_image() or len(job.X["train"]) < _FEWEST_ROWS:
            return
        X = self._shaped(job.X[split])
        reference = job.X["train"].mean(axis=0, dtype=np.float64).reshape(X.shape[1:])
        slope = _attribution.in_blocks(given.watched(self._slope))
        affordable = given.affordable / 3
        yield from _attribution.attributions(slope, X, reference, job, split, given.wish.samples, affordable)

    def _words(self, given: _explain.Given) -> Iterator[WordAttribution]:
        """What words matter, of a network that learns a vector for each."""
        place = None if self._job.vocabulary is None else _word_attribution.place_of_vectors(self.network)
        if place is not None:
            rows, split = self._rows(given.wish.split), given.wish.split
            yield from _word_attribution.word_attributions(
                self._trainer, place, rows, self._job, split, self._watch.sample_rows, given.ask
            )

    def _is_image(self) -> bool:
        return _attribution.is_image(self._shaped(self._job.X["train"][:1]).shape[1:])

    def _slope(self, X: np.ndarray, output: int) -> tuple[np.ndarray, np.ndarray]:
        values, gradient = self._trainer.slope(X, output)
        if not self._job.task.is_numeric:
            return values, gradient
        return values * self._scale.std + self._scale.mean, gradient * self._scale.std

    def _output(self, X: np.ndarray) -> np.ndarray:
        if not len(X):
            return np.zeros((0, _building.units(self._job)), np.float32)
        return self._trainer.predict(self._shaped(X))

    def _start(self, job: FitJob) -> None:
        self._job, self._scale = job, Scale.of(job)
        with seeded(job.seed):
            self.network = self.build(job)
        _building.check_output(self.network, job)
        self._objectives = self.objectives(job)
        watching = callbacks(job, self._objectives.metric_name)
        self._taken = _weights.start_from(self.network, job)
        rows, look_at = self._rows("train"), len(job.X.get("validation", ()))
        self._trainer = Trainer(self.network, self._objectives, rows, job.train.batch_size, look_at)
        self._watch = Watch(self.network, self._trainer, job, rows, watching)

    def _rows(self, split: str) -> Rows:
        return Rows(self._shaped(self._job.X[split]), self._scale.targets(self._job, split))

    def _shaped(self, X: np.ndarray) -> np.ndarray:
        """Rows in the shape and type of the network's input; of one without a graph as the job has them."""
        shape, kind = _building.input_shape(self._job), _building.input_type(self._job)
        inputs = getattr(self.network, "inputs", None) or []
        if len(inputs) == 1 and None not in inputs[0].shape[1:]:
            shape, kind = inputs[0].shape[1:], inputs[0].dtype
        return np.ascontiguousarray(X, kind).reshape(len(X), *shape)

    def _keep(self, course: Course, job: FitJob) -> int | None:
        """Choose the weights that predict; the epoch they are from, or None where none are finite."""
        if not self._finite():  # The last step of an epoch can do this, after its loss was taken.
            course.ended = "diverged"
        restored = course.ended == "diverged" or job.train.early_stopping is not None
        if restored and course.best is not None:
            self._trainer.restore(course.best)
        self._trainer.finish(averaged=not restored)
        if course.best is None or not self._finite():
            return None
        _weights.save(self.network, job)
        return course.best_epoch if restored else course.epoch

    def _finite(self) -> bool:
        return all(np.isfinite(np.asarray(values)).all() for values in self._trainer.weights())

    def _result(self, course: Course, kept: int | None, validated: bool) -> FitResult:
        job = self._job
        outputs = {} if kept is None else {split: self.predict(X) for split, X in job.X.items()}
        scores, predictions = by_split(outputs)
        loss = self._objectives.loss_name
        fitted = Fitted(
            kind=self.kind,
            title=self.title(job),
            parameters=int(self.network.count_params()),
            operations=_costs.operations_of_a_row(self.network) / 3,  # A training step goes back twice as well.
            settings=self._settings(kept),
            history={name: tuple(values) for name, values in course.history.items()},
            courses=self._watch.courses(),
            ended=course.ended,
            epoch=course.epoch,
            epochs=job.train.epochs,
            best_epoch=course.best_epoch,
            loss_name=f"{loss} of the {self._scale.word} target" if job.task.is_numeric else loss,
            backend=_backend(),
            warnings=tuple(self._warnings(course, kept, validated)),
        )
        return FitResult(self._with_network(fitted, kept), scores, predictions)

    def _with_network(self, fitted: Fitted, kept: int | None) -> Fitted:
        """With what is shown of the network; its layers alone where it has no weights that could predict."""
        if kept is None or not self._job.shown:
            return replace(fitted, layers=layers(self.network))
        X = {split: self._shaped(values) for split, values in self._job.X.items() if len(values)}
        return _capture.capture(fitted, self.network, X, self._job.y, self._job.samples)

    def _settings(self, kept: int | None) -> dict[str, Any]:
        initial = {"initial_weights": self._taken} if self._taken else {}
        settings = {
            **self.settings(self._job),
            **initial,
            **_network_settings.of_training(self._job.train, self._objectives.loss_name),
            "weights_kept": f"of epoch {kept}" if kept else "none",
        }
        return {**settings, "target_scaling": self._scale.told()} if self._job.task.is_numeric else settings

    def _warnings(self, course: Course, kept: int | None, validated: bool) -> Iterator[str]:
        if course.ended == "diverged":
            yield f"loss or weights stopped being finite in epoch {course.epoch}; " + (
                f"predictions come from the weights of epoch {kept}" if kept else "there are no weights to predict with"
            )
        if self._job.train.early_stopping and not validated:
            yield "without a validation split, early stopping watched the training loss"


def _check_backend(job: FitJob) -> None:
    """Keras has one backend a process, chosen when it is imported."""
    wanted, found = getattr(job.model, "backend", None), keras.config.backend()
    if wanted not in (None, found):
        what = f"Keras runs on {found} in this process already"
        raise OutputError(what, f"set KERAS_BACKEND={wanted} before it starts", key="model.backend")


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
    advice = f"make train.batch_size smaller than {job.train.batch_size}, or the network narrower"
    try:
        yield
    except MemoryError as error:
        raise TrainingError("the training ran out of memory", fix=advice, key="train.batch_size") from error
    except RuntimeError as error:
        # JAX and PyTorch tell of a failed allocation by a RuntimeError with these words.
        if "RESOURCE_EXHAUSTED" in str(error) or "out of memory" in str(error).lower():
            raise TrainingError("the training ran out of memory", fix=advice, key="train.batch_size") from error
        raise
