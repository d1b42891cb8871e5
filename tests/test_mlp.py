"""The network: the same mathematics as Keras, its ways to end, and what it shows of itself."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from reportgen.dataset import Task
from reportgen.errors import SpecError, TrainingError
from reportgen.fitted import FitJob
from reportgen.models import _compile_cache, _jax, _loop, _network, _objectives, _portable, mlp
from reportgen.models._keras import keras
from reportgen.models._loop import Rows
from reportgen.models._targets import Scale
from reportgen.spec import EarlyStopping, Mlp, Train
from reportgen.workers import Worker

BINARY = Task("binary", "target", ("no", "yes"))
THREE = Task("multiclass", "target", ("a", "b", "c"))
NUMBER = Task("regression", "target")


def make_job(task: Task = BINARY, n: int = 50, **settings: object) -> FitJob:
    """`n` training rows, 20 for validation, 20 for the test; settings of the network or of its training."""
    rng = np.random.default_rng(1)
    X = rng.normal(size=(n + 40, 4)).astype(np.float32)
    signal = X @ np.array([1.0, -1.0, 0.5, 0.0])
    y = {
        "binary": (signal > 0).astype(np.int64),
        "multiclass": np.digitize(signal, [-0.7, 0.7]).astype(np.int64),
        "regression": 5e6 + 1e6 * signal,
    }[task.name]
    parts = {"train": slice(0, n), "validation": slice(n, n + 20), "test": slice(n + 20, n + 40)}
    network = {name: settings.pop(name) for name in ("hidden", "activation", "dropout") if name in settings}
    return FitJob(
        model=Mlp(kind="mlp", **({"hidden": (5,)} | network)),  # type: ignore[arg-type]
        train=Train(**({"epochs": 3, "batch_size": 16} | settings)),  # type: ignore[arg-type]
        task=task,
        feature_names=("p", "q", "r", "s"),
        X={name: X[rows] for name, rows in parts.items()},
        y={name: y[rows] for name, rows in parts.items()},
        seed=7,
    )


def without_validation(job: FitJob) -> FitJob:
    kept = ("train", "test")
    return replace(job, X={name: job.X[name] for name in kept}, y={name: job.y[name] for name in kept})


def numpy_forward(network: object, X: np.ndarray) -> list[np.ndarray]:
    """Pre-activations of a network with relu between its layers."""
    weights = network.get_weights()
    inputs = []
    for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
        inputs.append(X @ kernel + bias)
        X = np.maximum(inputs[-1], 0.0)
    return inputs


class TestPredictions:
    def test_of_two_classes_are_the_forward_pass_by_hand(self):
        job, model = make_job(hidden=(5, 3)), mlp.Model()
        result = model.fit(job)
        p = 1.0 / (1.0 + np.exp(-numpy_forward(model.network, job.X["test"])[-1]))
        np.testing.assert_allclose(result.y_score["test"], np.hstack([1 - p, p]), atol=1e-6)

    def test_of_several_classes_are_the_forward_pass_by_hand(self):
        job, model = make_job(THREE), mlp.Model()
        result = model.fit(job)
        powers = np.exp(numpy_forward(model.network, job.X["test"])[-1])
        np.testing.assert_allclose(result.y_score["test"], powers / powers.sum(axis=1, keepdims=True), atol=1e-6)
        np.testing.assert_array_equal(result.y_pred["test"], powers.argmax(axis=1))

    def test_of_a_regression_are_scaled_back_to_the_target(self):
        job, model = make_job(NUMBER), mlp.Model()
        result = model.fit(job)
        y = job.y["train"]
        by_hand = numpy_forward(model.network, job.X["test"])[-1][:, 0] * y.std() + y.mean()
        np.testing.assert_allclose(result.y_pred["test"], by_hand, rtol=1e-6)

    def test_of_a_target_in_millions_are_learnt_at_the_usual_rate(self):
        job = make_job(NUMBER, n=200, epochs=60, learning_rate=0.01)
        error = mlp.Model().fit(job).y_pred["test"] - job.y["test"]
        assert 1 - (error**2).sum() / ((job.y["test"] - job.y["test"].mean()) ** 2).sum() > 0.9

    def test_of_a_constant_target_are_that_constant_to_begin_with(self):
        job = make_job(NUMBER, hidden=())
        job = replace(job, y={split: np.full(len(y), 12.5) for split, y in job.y.items()})
        assert abs(mlp.Model().fit(job).y_pred["test"] - 12.5).max() < 10

    def test_take_no_part_in_dropout(self):
        job, model = make_job(dropout=0.5), mlp.Model()
        result = model.fit(job)
        z = numpy_forward(model.network, job.X["test"])[-1][:, 0]
        np.testing.assert_allclose(result.y_score["test"][:, 1], 1 / (1 + np.exp(-z)), atol=1e-6)

    def test_of_the_keras_network_itself_are_the_same(self):
        job, model = make_job(), mlp.Model()
        result = model.fit(job)
        own = keras.ops.convert_to_numpy(model.network(job.X["test"]))
        np.testing.assert_allclose(own[:, 0], result.y_score["test"][:, 1], atol=1e-6)


def trainers(job: FitJob, kind: type = _jax.Trainer) -> tuple[object, object, dict[str, Rows], object]:
    """A trainer, a compiled Keras twin with the same initial weights, rows by split, and the trainer's network."""
    scale = Scale.of(job)
    rows = {split: Rows(X, scale.targets(job, split)) for split, X in job.X.items()}
    network, twin = (mlp.Model().build(job) for _ in range(2))
    wanted = _objectives.objectives(job, scale.std)
    twin.compile(wanted.optimizer(), loss=wanted.trained, metrics=[wanted.metric])
    return kind(network, wanted, rows["train"], job.train.batch_size, 20), twin, rows, network


def assert_trains_like_keras(job: FitJob, kind: type = _jax.Trainer) -> None:
    trainer, twin, rows, network = trainers(job, kind)
    n = len(rows["train"])
    seen = []
    for _ in range(job.train.epochs):
        for _ in trainer.batches(np.arange(n)):
            pass
        seen.append((*trainer.running(), *trainer.measure(rows["validation"])))
    trainer.finish()
    history = twin.fit(
        rows["train"].X,
        rows["train"].y,
        epochs=job.train.epochs,
        batch_size=job.train.batch_size,
        shuffle=False,
        validation_data=(rows["validation"].X, rows["validation"].y),
        verbose=0,
    ).history
    assert network.count_params() == twin.count_params()
    for own, keras_own in zip(network.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_allclose(own, keras_own, atol=2e-5)
    # The metric's name differs by task; Keras orders its history loss, metric, val_loss, val_metric by name.
    metric = next(name for name in history if "loss" not in name and not name.startswith("val_"))
    expected = zip(history["loss"], history[metric], history["val_loss"], history[f"val_{metric}"], strict=True)
    np.testing.assert_allclose(seen, list(expected), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("task", [BINARY, THREE, NUMBER], ids=lambda task: task.name)
@pytest.mark.parametrize("kind", [_jax.Trainer, _portable.Trainer], ids=["jax", "portable"])
def test_training_is_the_mathematics_of_model_fit(task, kind):
    # 50 rows in batches of 16 leave a last batch of 2.
    assert_trains_like_keras(make_job(task, learning_rate=0.01), kind)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["adamw", "nadam", "sgd"])
def test_other_optimizers_step_as_in_model_fit(name):
    assert_trains_like_keras(make_job(optimizer=name, learning_rate=0.01, epochs=2))


@pytest.mark.parametrize("loss", ["mean_absolute_error", "huber"])
def test_other_regression_losses_are_keras_own(loss):
    assert_trains_like_keras(make_job(NUMBER, loss=loss, epochs=2))


def test_many_calls_train_exactly_as_one_call_does(monkeypatch):
    once = mlp.Model().fit(make_job())
    monkeypatch.setattr(_jax, "_OPERATIONS_PER_CALL", 1.0)  # one batch a call
    often = mlp.Model().fit(make_job())
    np.testing.assert_allclose(often.y_score["test"], once.y_score["test"], atol=1e-7)
    np.testing.assert_allclose(often.fitted.history["loss"], once.fitted.history["loss"], rtol=1e-6)


@pytest.mark.parametrize("task", [BINARY, NUMBER], ids=lambda task: task.name)
def test_another_backends_trainer_gives_the_same_result(task, monkeypatch):
    on_jax = mlp.Model().fit(make_job(task, hidden=(5, 3)))
    monkeypatch.setattr(_network, "Trainer", _portable.Trainer)
    portable = mlp.Model().fit(make_job(task, hidden=(5, 3)))
    np.testing.assert_allclose(portable.y_pred["test"], on_jax.y_pred["test"], rtol=1e-4)
    assert portable.fitted.best_epoch == on_jax.fitted.best_epoch
    for own, other in zip(portable.fitted.activations, on_jax.fitted.activations, strict=True):
        np.testing.assert_allclose(own.edges, other.edges, atol=1e-3)


def test_a_batch_larger_than_the_data_is_one_batch_of_all_rows():
    job = make_job(epochs=2)
    large = mlp.Model().fit(replace(job, train=Train(epochs=2, batch_size=5000)))
    exact = mlp.Model().fit(replace(job, train=Train(epochs=2, batch_size=50)))
    np.testing.assert_array_equal(large.y_score["test"], exact.y_score["test"])


def test_every_epoch_sees_the_rows_in_a_new_order():
    orders = []

    class Spy:
        def batches(self, order):
            orders.append(list(order))
            yield 1.0

        def running(self):
            return 1.0, 1.0

        def snapshot(self):
            return None

        def learning_rate(self):
            return 0.1

    _loop.train(Spy(), Train(epochs=2), 20, None, "accuracy", 0, None)
    first, second = orders
    assert sorted(first) == sorted(second) == list(range(20))
    assert first != second


@pytest.mark.slow
def test_two_processes_train_to_the_same_bytes(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    workers = [Worker("reportgen.models.mlp:Model") for _ in range(2)]
    try:
        results = [worker.submit("fit", make_job(dropout=0.2)) for worker in workers]
        first, second = (result.result(timeout=120) for result in results)
    finally:
        for worker in workers:
            worker.close()
    assert first.y_score["test"].tobytes() == second.y_score["test"].tobytes()
    assert [w.values.tobytes() for w in first.fitted.weights] == [w.values.tobytes() for w in second.fitted.weights]
    assert first.fitted.history == second.fitted.history


class TestHistory:
    def test_has_loss_and_accuracy_of_both_splits_for_every_epoch(self):
        history = mlp.Model().fit(make_job(epochs=4)).fitted.history
        assert {name: len(values) for name, values in history.items()} == {
            "loss": 4,
            "accuracy": 4,
            "val_loss": 4,
            "val_accuracy": 4,
            "learning_rate": 4,
            "seconds": 4,
        }

    def test_ends_with_what_the_predictions_give(self):
        job = make_job()
        result = mlp.Model().fit(job)
        y, p = job.y["validation"], result.y_score["validation"][:, 1]
        cross_entropy = -np.mean(np.where(y == 1, np.log(p), np.log(1 - p)))
        assert result.fitted.history["val_loss"][-1] == pytest.approx(cross_entropy, rel=1e-4)
        assert result.fitted.history["val_accuracy"][-1] == np.mean((p >= 0.5) == y)

    def test_has_absolute_errors_in_the_targets_unit(self):
        job = make_job(NUMBER)
        result = mlp.Model().fit(job)
        error = np.abs(result.y_pred["validation"] - job.y["validation"]).mean()
        assert result.fitted.history["val_mean_absolute_error"][-1] == pytest.approx(error, rel=1e-5)

    def test_has_no_validation_where_there_is_no_such_split(self):
        history = mlp.Model().fit(without_validation(make_job())).fitted.history
        assert set(history) == {"loss", "accuracy", "learning_rate", "seconds"}

    def test_names_the_epoch_of_the_lowest_validation_loss(self):
        fitted = mlp.Model().fit(make_job(epochs=5, learning_rate=0.5)).fitted
        assert fitted.best_epoch == 1 + int(np.argmin(fitted.history["val_loss"]))

    def test_names_the_epoch_of_the_lowest_loss_without_validation(self):
        fitted = mlp.Model().fit(without_validation(make_job(epochs=5, learning_rate=0.5))).fitted
        assert fitted.best_epoch == 1 + int(np.argmin(fitted.history["loss"]))


class TestEarlyStopping:
    def contrary(self, patience: int = 3) -> FitJob:
        """Validation rows that say the opposite of the training rows: their loss only rises."""
        stopping = EarlyStopping(patience=patience)
        job = make_job(epochs=200, learning_rate=0.05, early_stopping=stopping)
        return replace(job, y={**job.y, "validation": 1 - job.y["validation"]})

    def test_ends_after_as_many_epochs_without_improvement(self):
        fitted = mlp.Model().fit(self.contrary()).fitted
        assert fitted.ended == "early"
        assert fitted.epoch == fitted.best_epoch + 3 == len(fitted.history["loss"])

    def test_predicts_with_the_weights_of_the_best_epoch(self):
        job = self.contrary()
        result = mlp.Model().fit(job)
        y, p = job.y["validation"], result.y_score["validation"][:, 1]
        loss = -np.mean(np.where(y == 1, np.log(p), np.log(1 - p)))
        assert loss == pytest.approx(min(result.fitted.history["val_loss"]), rel=1e-4)
        assert result.fitted.settings["weights_kept"] == f"of epoch {result.fitted.best_epoch}"

    def test_says_that_it_watched_the_training_loss_for_want_of_another(self):
        job = without_validation(make_job(early_stopping=EarlyStopping(patience=1)))
        told = mlp.Model().fit(job).fitted.warnings
        assert told == ("without a validation split, early stopping watched the training loss",)

    @pytest.mark.parametrize(
        ("losses", "min_delta", "patience", "last"),
        [
            ([5, 4, 3, 2, 1], 0.0, 2, 5),
            ([5, 6, 7, 1, 1], 0.0, 2, 3),
            ([5, 4.9, 4.8, 4.7, 1], 0.5, 2, 3),  # better, but never by half a unit
            ([5, 5, 4, 4, 4], 0.0, 2, 5),
        ],
    )
    def test_counts_as_keras_does(self, losses, min_delta, patience, last):
        course = _loop.Course("accuracy")

        class Weightless:
            def snapshot(self):
                return None

        for course.epoch, loss in enumerate(losses, 1):
            course.record({"loss": float(loss)}, Weightless(), min_delta)
            if course.waited >= patience:
                break
        assert course.epoch == last


class TestDivergence:
    def exploding(self) -> FitJob:
        return make_job(NUMBER, hidden=(5, 5), optimizer="sgd", learning_rate=100.0, batch_size=4, epochs=50)

    def test_stops_at_once_and_names_the_epoch(self):
        fitted = mlp.Model().fit(self.exploding()).fitted
        assert fitted.ended == "diverged"
        assert fitted.epoch < 50
        assert fitted.warnings[0].startswith(f"loss or weights stopped being finite in epoch {fitted.epoch}")

    def test_leaves_finite_values_alone_in_the_history(self):
        fitted = mlp.Model().fit(self.exploding()).fitted
        assert all(np.isfinite(values).all() for values in fitted.history.values())
        assert all(len(values) == fitted.epoch - 1 for values in fitted.history.values())

    def test_in_the_first_epoch_gives_no_predictions(self):
        result = mlp.Model().fit(self.exploding())
        assert result.fitted.epoch == 1
        assert result.y_pred == {}
        assert result.y_score == {}
        assert result.fitted.weights == ()

    def test_later_on_predicts_with_the_best_weights_before(self, monkeypatch):
        rows = iter([0.9, 0.5, 0.7, float("nan")])
        with monkeypatch.context() as patched:
            patched.setattr(_loop, "_measured", lambda *_: {"loss": next(rows)})
            result = mlp.Model().fit(make_job(epochs=10))
        assert (result.fitted.ended, result.fitted.epoch, result.fitted.best_epoch) == ("diverged", 4, 2)
        assert result.fitted.settings["weights_kept"] == "of epoch 2"
        np.testing.assert_array_equal(result.y_score["test"], mlp.Model().fit(make_job(epochs=2)).y_score["test"])

    def test_of_the_weights_in_the_very_last_step_is_noticed(self, monkeypatch):
        def poisoned(trainer, *rest):
            course = _loop.train(trainer, *rest)
            weights, other = trainer.snapshot()
            trainer.restore(([np.full(values.shape, np.nan, np.float32) for values in weights], other))
            return course

        monkeypatch.setattr(_network, "train", poisoned)
        result = mlp.Model().fit(make_job())
        assert result.fitted.ended == "diverged"
        assert result.fitted.settings["weights_kept"] == f"of epoch {result.fitted.best_epoch}"
        assert np.isfinite(result.y_score["test"]).all()


class TestEvents:
    def test_carry_epoch_and_losses(self, monkeypatch):
        monkeypatch.setattr(_loop, "_SECONDS_BETWEEN_EVENTS", 0.0)
        events = []
        fitted = mlp.Model().fit(make_job(), lambda event: events.append(event) or True).fitted
        assert [event["epoch"] for event in events] == [1, 2, 3]
        assert {event["epochs"] for event in events} == {3}
        assert [event["val_loss"] for event in events] == list(fitted.history["val_loss"])

    def test_come_at_most_ten_times_a_second(self, monkeypatch):
        times = iter(np.arange(0, 1000, 0.01))
        monkeypatch.setattr(_loop.time, "monotonic", lambda: float(next(times)))
        events = []
        mlp.Model().fit(make_job(epochs=50), lambda event: events.append(event) or True)
        assert len(events) <= 2 + 50 * 0.04 / 0.1

    def test_can_stop_the_training_after_an_epoch(self, monkeypatch):
        monkeypatch.setattr(_loop, "_SECONDS_BETWEEN_EVENTS", 0.0)
        result = mlp.Model().fit(make_job(epochs=1000), lambda event: event["epoch"] < 2)
        assert (result.fitted.ended, result.fitted.epoch, result.fitted.epochs) == ("interrupted", 2, 1000)
        np.testing.assert_array_equal(result.y_score["test"], mlp.Model().fit(make_job(epochs=2)).y_score["test"])

    def test_can_stop_the_training_inside_an_epoch(self, monkeypatch):
        monkeypatch.setattr(_loop, "_SECONDS_BETWEEN_EVENTS", 0.0)
        monkeypatch.setattr(_jax, "_OPERATIONS_PER_CALL", 1.0)  # one batch a call
        shares = []
        result = mlp.Model().fit(make_job(), lambda event: shares.append(event["share"]) or len(shares) < 2)
        assert shares[:2] == [16 / 50, 32 / 50]
        assert result.fitted.ended == "interrupted"
        assert len(result.fitted.history["loss"]) == 1
        assert len(result.y_pred["test"]) == 20


class TestTheLoss:
    @pytest.mark.parametrize(
        ("task", "loss", "fix"),
        [
            (BINARY, "huber", "choose auto, binary_crossentropy, "),
            (BINARY, "categorical_crossentropy", "choose auto, binary_crossentropy, "),
            (THREE, "binary_crossentropy", "choose auto, categorical_crossentropy, "),
            (NUMBER, "binary_crossentropy", "choose auto, mean_squared_error, mean_absolute_error, huber"),
        ],
    )
    def test_must_fit_the_task(self, task, loss, fix):
        with pytest.raises(SpecError) as caught:
            mlp.Model().fit(make_job(task, loss=loss))
        assert str(caught.value).startswith(f"train.loss: {loss} does not fit a {task.name} task - fix: {fix}")

    def test_is_named(self):
        assert mlp.Model().fit(make_job(THREE, epochs=1)).fitted.loss_name == "categorical_crossentropy"

    def test_of_a_regression_is_named_with_its_unit(self):
        fitted = mlp.Model().fit(make_job(NUMBER, epochs=1)).fitted
        assert fitted.loss_name == "mean_squared_error of the standardised target"
        assert "divided by" in fitted.settings["target_scaling"]


def test_out_of_memory_is_told_with_advice(monkeypatch):
    def full(*_: object) -> None:
        raise RuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 99 bytes.")

    monkeypatch.setattr(_network, "train", full)
    with pytest.raises(TrainingError, match=r"ran out of memory - fix: make train\.batch_size smaller than 16"):
        mlp.Model().fit(make_job())


class TestLayers:
    def test_are_listed_with_shapes_and_parameters(self):
        fitted = mlp.Model().fit(make_job(THREE, hidden=(5, 2), dropout=0.25, activation="tanh", epochs=1)).fitted
        rows = [(row.name, row.kind, row.output_shape, row.parameters, row.activation) for row in fitted.layers]
        assert rows == [
            ("input", "Input", (4,), 0, ""),
            ("hidden_1", "Dense", (5,), 25, "tanh"),
            ("dropout_1", "Dropout", (5,), 0, ""),
            ("hidden_2", "Dense", (2,), 12, "tanh"),
            ("dropout_2", "Dropout", (2,), 0, ""),
            ("output", "Dense", (3,), 9, "softmax"),
        ]
        assert fitted.parameters == 25 + 12 + 9
        assert fitted.title == "network 4-5-2-3"

    def test_may_be_none_but_the_output(self):
        fitted = mlp.Model().fit(make_job(hidden=(), epochs=1)).fitted
        assert fitted.title == "network 4-1"
        assert [matrix.shape for matrix in fitted.weights] == [(4, 1)]

    def test_begin_with_glorots_uniform_weights_and_zero_biases(self):
        job = replace(make_job(hidden=(300,)), feature_names=tuple(map(str, range(200))))
        network = mlp.Model().build(job)
        kernel, bias = network.get_weights()[:2]
        limit = np.sqrt(6 / (200 + 300))
        assert abs(kernel).max() <= limit
        assert kernel.std() == pytest.approx(limit / np.sqrt(3), rel=0.01)
        assert not bias.any()


class TestWeightMatrices:
    def test_are_the_kernels_of_the_network(self):
        model = mlp.Model()
        fitted = model.fit(make_job(hidden=(5, 3))).fitted
        kernels = model.network.get_weights()[::2]
        assert [matrix.layer for matrix in fitted.weights] == ["hidden_1", "hidden_2", "output"]
        for matrix, kernel in zip(fitted.weights, kernels, strict=True):
            np.testing.assert_array_equal(matrix.values, kernel)
            assert (matrix.smallest, matrix.largest) == (kernel.min(), kernel.max())


class TestActivations:
    def test_count_every_sample_of_every_unit(self):
        fitted = mlp.Model().fit(make_job(hidden=(5, 3))).fitted
        assert [(a.layer, a.units, a.samples) for a in fitted.activations] == [
            ("hidden_1", 5, 50),
            ("hidden_2", 3, 50),
            ("output", 1, 50),
        ]
        assert [int(a.counts.sum()) for a in fitted.activations] == [250, 150, 50]
        assert all(len(a.edges) == 61 for a in fitted.activations)


class TestTheCompilationCache:
    @pytest.fixture(autouse=True)
    def _own_setting(self):
        before = _compile_cache.jax.config.jax_compilation_cache_dir
        _compile_cache.jax.config.update("jax_compilation_cache_dir", None)
        yield
        _compile_cache.jax.config.update("jax_compilation_cache_dir", before)

    def folder(self) -> str | None:
        _compile_cache.enable()
        return _compile_cache.jax.config.jax_compilation_cache_dir

    def test_lies_in_the_users_cache_folder(self, monkeypatch, tmp_path):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        assert self.folder().startswith(str(tmp_path / "reportgen" / "jax"))

    def test_lies_in_the_home_folder_where_the_environment_names_no_other(self, monkeypatch, tmp_path):
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
        monkeypatch.setenv("HOME", str(tmp_path))
        assert self.folder().startswith(str(tmp_path / ".cache" / "reportgen" / "jax"))

    def test_is_done_without_where_it_cannot_be_written(self, monkeypatch, tmp_path):
        (tmp_path / "file").write_text("")
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
        assert self.folder() is None

    def test_stays_where_the_user_put_it(self, monkeypatch, tmp_path):
        _compile_cache.jax.config.update("jax_compilation_cache_dir", str(tmp_path))
        assert self.folder() == str(tmp_path)

    def test_drops_its_oldest_files_when_there_are_many(self, monkeypatch, tmp_path):
        monkeypatch.setattr(_compile_cache, "_MOST_FILES", 4)
        for age in range(6):
            path = tmp_path / f"{age}-cache"
            path.write_text("")
            os.utime(path, (1000 - age, 1000 - age))
        _compile_cache._drop_oldest(tmp_path)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["0-cache", "1-cache"]


def run_python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, **environment}, timeout=120
    )


@pytest.mark.slow
class TestTheImport:
    def test_is_silent_and_light_and_leaves_nothing_hidden(self, tmp_path):
        code = (
            "import sys; from reportgen.models.mlp import Model; Model();"
            "assert not {'sklearn', 'pandas', 'matplotlib'} & set(sys.modules);"
            "import sklearn, pandas, matplotlib"
        )
        done = run_python(code, HOME=str(tmp_path), XDG_CACHE_HOME=str(tmp_path / "cache"))
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert not (tmp_path / ".keras").exists()

    def test_of_a_missing_backend_says_what_to_install(self):
        code = (
            "from reportgen.errors import OutputError\n"
            "try: import reportgen.models.mlp\n"
            "except OutputError as error: print(error)"
        )
        done = run_python(code, KERAS_BACKEND="nonsense")
        assert done.stdout.startswith("the network backend nonsense cannot be loaded: ")
        assert done.stderr == ""
