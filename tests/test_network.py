"""Any Keras network trained: parts by their Keras names, penalties, class weights, weights in files, callbacks."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

from reportgen.dataset import Task
from reportgen.errors import DataError, OutputError, ReportgenError, SpecError
from reportgen.fitted import FitJob
from reportgen.models import _catalogue, _costs, _initial, _jax, _objectives, _portable, _targets, mlp
from reportgen.models._building import Parts, check_output
from reportgen.models._keras import keras
from reportgen.models._loop import Rows
from reportgen.models._network import Network
from reportgen.spec import Train
from reportgen.spec.models import Mlp
from reportgen.specfile import keras_names

LABELS = {"binary": ("no", "yes"), "multiclass": ("a", "b", "c"), "multilabel": ("a", "b", "c")}
TRAINERS = pytest.mark.parametrize("kind", [_jax.Trainer, _portable.Trainer], ids=["jax", "portable"])


def make_job(task: str = "binary", n: int = 50, model: Any = None, **settings: Any) -> FitJob:
    """`n` training rows of four features, 20 for validation, 20 for the test."""
    rng = np.random.default_rng(1)
    X = rng.normal(size=(n + 40, 4)).astype(np.float32)
    signal = X @ np.array([1.0, -1.0, 0.5, 0.0])
    y = {
        "binary": (signal > 0).astype(np.int64),
        "multiclass": np.digitize(signal, [-0.7, 0.7]).astype(np.int64),
        "multilabel": np.stack([signal > 0, signal > 1, X[:, 3] > 0], axis=1).astype(np.int64),
        "regression": 100 + 20 * signal,
        "forecast": 100 + 20 * np.stack([signal, X[:, 0], X[:, 1]], axis=1),
    }[task]
    parts = {"train": slice(0, n), "validation": slice(n, n + 20), "test": slice(n + 20, n + 40)}
    return FitJob(
        model=model or Mlp(kind="mlp", hidden=(5,)),
        train=Train(**({"epochs": 3, "batch_size": 16, "learning_rate": 0.01} | settings)),
        task=Task(task, "target", LABELS.get(task, ())),
        feature_names=("p", "q", "r", "s"),
        X={name: X[rows] for name, rows in parts.items()},
        y={name: y[rows] for name, rows in parts.items()},
        seed=7,
    )


class Built(Network):
    """A network of layers that a test gives."""

    kind = "built"

    def __init__(self, *layers: Callable[[Parts], Any]) -> None:
        super().__init__()
        self._layers = layers

    def build(self, job: FitJob) -> Any:
        parts = Parts(job)
        x = entrance = parts.input()
        for layer in self._layers:
            x = layer(parts)(x)
        return keras.Model(entrance, parts.output()(x))


def layer(name: str, *arguments: Any, **named: Any) -> Callable[[Parts], Any]:
    return lambda parts: parts.layer(getattr(keras.layers, name), *arguments, **named)


IMAGE = Mlp(kind="mlp", input_shape=(2, 2, 1))
STEPS = Mlp(kind="mlp", input_shape=(4, 1))
NETWORKS = {
    "batch normalisation": (None, (layer("Dense", 5), layer("BatchNormalization"), layer("ReLU"))),
    "convolution": (IMAGE, (layer("Conv2D", 3, 2, padding="same", activation="relu"), layer("Flatten"))),
    "recurrent": (STEPS, (layer("LSTM", 3),)),
    "penalty on activations": (None, (layer("Dense", 5, activity_regularizer="l2"),)),
}


def assert_trains_like_keras(job: FitJob, made: Network, kind: type) -> None:
    """Three epochs in the order of the rows, against Model.fit from the same initial weights."""
    scale = _targets.Scale.of(job)
    network, twin = made.build(job), made.build(job)
    rows = {
        split: Rows(X.reshape(-1, *network.input_shape[1:]), scale.targets(job, split)) for split, X in job.X.items()
    }
    wanted = _objectives.objectives(job, scale.std)
    twin.compile(wanted.optimizer(), loss=wanted.trained, metrics=[wanted.metric])
    trainer = kind(network, wanted, rows["train"], job.train.batch_size, 20)
    seen = []
    for _ in range(3):
        list(trainer.batches(np.arange(len(rows["train"]))))
        seen.append((*trainer.running(), *trainer.measure(rows["validation"])))
    trainer.finish()
    history = twin.fit(
        *(rows["train"].X, rows["train"].y),
        epochs=3,
        batch_size=job.train.batch_size,
        shuffle=False,
        validation_data=(rows["validation"].X, rows["validation"].y),
        verbose=0,
    ).history
    metric = next(name for name in history if "loss" not in name and not name.startswith("val_"))
    names = ("loss", metric, "val_loss", f"val_{metric}")
    np.testing.assert_allclose(seen, list(zip(*(history[name] for name in names), strict=True)), rtol=2e-4, atol=1e-5)
    for own, theirs in zip(network.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_allclose(own, theirs, atol=3e-5)


@TRAINERS
@pytest.mark.parametrize("name", NETWORKS)
def test_other_networks_train_as_in_model_fit(name, kind):
    model, layers = NETWORKS[name]
    assert_trains_like_keras(make_job(model=model), Built(*layers), kind)


@pytest.mark.parametrize("task", ["multilabel", "forecast"])
def test_several_outputs_train_as_in_model_fit(task):
    assert_trains_like_keras(make_job(task), mlp.Model(), _jax.Trainer)


def test_a_penalty_on_weights_is_part_of_the_loss_that_is_trained_and_told():
    job = make_job(model=Mlp(kind="mlp", hidden=(5,), regularizer={"L2": {"l2": 0.1}}))
    assert_trains_like_keras(job, mlp.Model(), _jax.Trainer)
    model = mlp.Model()
    result = model.fit(job)
    y, p = job.y["validation"], result.y_score["validation"][:, 1]
    penalty = 0.1 * sum((kernel**2).sum() for kernel in model.network.get_weights()[::2])
    by_hand = -np.mean(np.where(y == 1, np.log(p), np.log(1 - p))) + penalty
    assert result.fitted.history["val_loss"][-1] == pytest.approx(by_hand, rel=1e-4)
    assert result.fitted.settings["regularizer"] == "L2 (l2 0.1)"


def test_what_batch_normalisation_learnt_goes_into_predictions():
    job, model = make_job(epochs=5), Built(layer("BatchNormalization"))
    result = model.fit(job)
    gamma, beta, mean, variance, kernel, bias = model.network.get_weights()
    assert abs(mean).max() > 0.01
    normal = (job.X["test"] - mean) / np.sqrt(variance + 1e-3) * gamma + beta
    p = 1 / (1 + np.exp(-(normal @ kernel + bias)))
    np.testing.assert_allclose(result.y_score["test"][:, 1:], p, atol=1e-6)


def test_the_best_epochs_moving_averages_come_back_with_its_weights():
    # Validation says the opposite of training, so the first epochs are the best.
    job = make_job(epochs=30, early_stopping={"patience": 3}, learning_rate=0.1)
    job = replace(job, y={**job.y, "validation": 1 - job.y["validation"]})
    result = Built(layer("BatchNormalization")).fit(job)
    y, p = job.y["validation"], result.y_score["validation"][:, 1]
    loss = -np.mean(np.where(y == 1, np.log(p), np.log(1 - p)))
    assert loss == pytest.approx(min(result.fitted.history["val_loss"]), rel=1e-4)


class TestTargets:
    def test_of_a_forecast_are_predicted_for_each_step_in_their_unit(self):
        job = make_job("forecast", n=200, epochs=40)
        predicted = mlp.Model().fit(job).y_pred["test"]
        assert predicted.shape == (20, 3)
        assert np.abs(predicted - job.y["test"]).mean() < 0.3 * job.y["test"].std()

    def test_of_several_labels_are_scored_one_by_one(self):
        result = mlp.Model().fit(make_job("multilabel", n=200, epochs=20))
        score = result.y_score["test"]
        assert score.shape == (20, 3)
        assert not np.allclose(score.sum(axis=1), 1.0)
        np.testing.assert_array_equal(result.y_pred["test"], score >= 0.5)

    def test_are_only_divided_where_the_loss_looks_at_their_size(self):
        job = make_job("regression", loss="poisson")
        scale = _targets.Scale.of(job)
        np.testing.assert_allclose(scale.targets(job, "train")[:, 0] * job.y["train"].std(), job.y["train"], rtol=1e-5)
        assert (mlp.Model().fit(job).y_pred["test"] >= 0).all()

    def test_below_zero_are_refused_where_the_loss_takes_none(self):
        job = make_job("regression", loss="poisson")
        job = replace(job, y={**job.y, "train": job.y["train"] - 1000})
        with pytest.raises(DataError, match=r"train\.loss: poisson takes no negative numbers"):
            mlp.Model().fit(job)


class TestRowsOfABatch:
    @pytest.mark.parametrize(
        ("name", "arguments", "mix"),
        [("Dense", (3,), False), ("Dropout", (0.5,), False), ("BatchNormalization", (), True)],
    )
    def test_are_known_to_mix_or_not(self, name, arguments, mix):
        network = keras.Sequential([keras.layers.Input((4,)), getattr(keras.layers, name)(*arguments)])
        assert _costs.mixes_rows(network) is mix

    def test_may_mix_in_a_layer_of_somebodys_own(self):
        class Own(keras.layers.Layer):
            def call(self, x):
                return x

        assert _costs.mixes_rows(keras.Sequential([keras.layers.Input((4,)), Own()]))

    def test_cost_as_many_operations_as_weights_at_each_place(self):
        network = keras.Sequential([keras.layers.Input((8, 8, 1)), keras.layers.Conv2D(3, 3, padding="same")])
        assert _costs.operations_of_a_row(network) == 6 * (3 * 3 * 3 + 3) * 64


class TestKerasNames:
    def test_are_those_of_the_installed_keras(self):
        assert json.loads(keras_names.PATH.read_text(encoding="utf-8")) == _catalogue.names()

    @pytest.mark.parametrize("family", keras_names.WORDS)
    def test_may_be_spelled_small_with_underscores(self, family):
        for name in keras_names.names(family):
            assert keras_names.spelled(family, keras_names.snake(name)) == name

    def test_may_be_the_short_ones_that_keras_takes(self):
        for alias, name in keras_names._ALIASES["losses"].items():
            assert keras.losses.get(alias) is getattr(keras.losses, keras_names.snake(name))
        for alias, name in keras_names._ALIASES["initializers"].items():
            assert type(keras.initializers.get(alias)) is getattr(keras.initializers, name)

    @pytest.mark.parametrize(
        ("given", "snake"),
        [
            ("MeanSquaredError", "mean_squared_error"),
            ("KLDivergence", "kl_divergence"),
            ("GlorotUniform", "glorot_uniform"),
            ("relu6", "relu6"),
        ],
    )
    def test_become_small_as_in_keras(self, given, snake):
        assert keras_names.snake(given) == snake

    @pytest.mark.parametrize(
        ("family", "value", "told"),
        [
            ("optimizers", "adm", "'adm' is no optimiser of Keras: did you mean 'Adam'?"),
            ("optimizers", {"SGD": {"momentun": 0.9}}, "SGD has no argument 'momentun': did you mean 'momentum'?"),
            ("optimizers", {"sgd": {"learning_rate": 1}}, "'learning_rate' is not set here: set train.learning_rate"),
            (
                "losses",
                "mean_square_error",
                "'mean_square_error' is no loss of Keras: did you mean 'mean_squared_error'?",
            ),
            ("callbacks", "LambdaCallback", "LambdaCallback cannot be used here: it runs code of its own"),
            ("callbacks", "RemoteMonitor", "RemoteMonitor cannot be used here: it sends data over a network"),
            ("activations", "rleu", "'rleu' is no activation of Keras: did you mean 'relu'?"),
            ("initializers", {"HeNormal": {"seed": 1}}, "'seed' is not set here: remove it"),
        ],
    )
    def test_that_are_wrong_are_told_with_a_remedy(self, family, value, told):
        fault = keras_names.fault(family, value)
        assert f"{fault.what}: {fault.fix}".startswith(told)

    def test_that_are_wrong_end_a_training_before_its_first_epoch(self):
        with pytest.raises(SpecError, match=r"^train\.optimizer\.SGD\.momentun: SGD has no argument"):
            mlp.Model().fit(make_job(optimizer={"SGD": {"momentun": 0.9}}))

    def test_with_values_that_keras_refuses_are_told(self):
        with pytest.raises(SpecError, match=r"^train\.optimizer: Adam does not take these arguments"):
            mlp.Model().fit(make_job(optimizer={"Adam": {"clipnorm": 1.0, "clipvalue": 1.0}}))


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [name for name in keras_names.names("optimizers") if name not in keras_names.REFUSED["optimizers"]]
)
def test_every_optimizer_trains(name):
    assert mlp.Model().fit(make_job(optimizer=name, epochs=1)).fitted.ended == "completed"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("task", "name"), [(task, name) for task, names in keras_names.LOSSES.items() for name in names]
)
def test_every_loss_gives_a_finite_value_a_row(task, name):
    job = make_job(task, loss=name)
    y = _targets.Scale.of(job).targets(job, "train")
    output = np.full((50, 3 if task in ("multiclass", "multilabel", "forecast") else 1), 1 / 3, np.float32)
    values = np.asarray(_objectives.loss(job)(y, output))
    assert values.shape == (50,)
    assert np.isfinite(values).all()


def test_a_loss_of_columns_is_that_of_codes():
    # Cross-entropy with one-hot targets, written as a focal loss without focus and balance.
    plain = make_job("multiclass")
    focal = make_job("multiclass", loss={"CategoricalFocalCrossentropy": {"gamma": 0.0, "alpha": 1.0}})
    one, other = (mlp.Model().fit(job).fitted.history["loss"] for job in (plain, focal))
    np.testing.assert_allclose(one, other, rtol=1e-4)


class TestLearningRates:
    def test_are_recorded_as_given(self):
        assert mlp.Model().fit(make_job(learning_rate=0.001)).fitted.history["learning_rate"] == (0.001,) * 3

    @pytest.mark.parametrize("trainer", [_jax.Trainer, _portable.Trainer], ids=["jax", "portable"])
    def test_of_a_schedule_are_those_of_the_last_step(self, trainer, monkeypatch):
        monkeypatch.setattr("reportgen.models._network.Trainer", trainer)
        schedule = {"ExponentialDecay": {"initial_learning_rate": 0.1, "decay_steps": 4, "decay_rate": 0.5}}
        rates = mlp.Model().fit(make_job(learning_rate=schedule)).fitted.history["learning_rate"]
        # 50 rows in batches of 16 are four steps; the first epoch's last step is number 3.
        np.testing.assert_allclose(rates, [0.1 * 0.5 ** (step / 4) for step in (3, 7, 11)], rtol=1e-6)

    @pytest.mark.parametrize("trainer", [_jax.Trainer, _portable.Trainer], ids=["jax", "portable"])
    def test_fall_when_a_callback_says_so(self, trainer, monkeypatch):
        monkeypatch.setattr("reportgen.models._network.Trainer", trainer)
        plateau = {"ReduceLROnPlateau": {"patience": 1, "factor": 0.5, "min_delta": 1000.0}}
        rates = mlp.Model().fit(make_job(callbacks=(plateau,), epochs=4)).fitted.history["learning_rate"]
        # The first epoch improves on infinity; each of the next is one without improvement.
        assert rates == (0.01, 0.01, 0.005, 0.0025)

    def test_are_set_by_one_thing_alone(self):
        schedule = {"CosineDecay": {"initial_learning_rate": 0.1, "decay_steps": 10}}
        with pytest.raises(SpecError, match=r"train\.callbacks\[0\]: the schedule CosineDecay sets the learning rate"):
            mlp.Model().fit(make_job(learning_rate=schedule, callbacks=("ReduceLROnPlateau",)))


class TestCallbacks:
    def test_can_end_the_training(self):
        stopping = {"EarlyStopping": {"patience": 2, "min_delta": 1000.0}}
        fitted = mlp.Model().fit(make_job(callbacks=(stopping,), epochs=50)).fitted
        assert (fitted.ended, fitted.epoch) == ("early", 3)

    def test_can_bring_back_the_best_weights(self):
        job = make_job(
            epochs=50, learning_rate=0.1, callbacks=({"EarlyStopping": {"patience": 3, "restore_best_weights": True}},)
        )
        job = replace(job, y={**job.y, "validation": 1 - job.y["validation"]})
        result = mlp.Model().fit(job)
        y, p = job.y["validation"], result.y_score["validation"][:, 1]
        loss = -np.mean(np.where(y == 1, np.log(p), np.log(1 - p)))
        assert loss == pytest.approx(min(result.fitted.history["val_loss"]), rel=1e-4)

    def test_must_watch_what_is_measured(self):
        with pytest.raises(SpecError, match=r"callbacks\[0\]: EarlyStopping watches val_f1, which is not measured"):
            mlp.Model().fit(make_job(callbacks=({"EarlyStopping": {"monitor": "val_f1"}},)))


class TestClassWeights:
    def test_that_are_balanced_are_scikit_learns(self):
        job = make_job("multiclass", class_weights="balanced")
        weigh = _objectives.class_weights(job)
        expected = compute_class_weight("balanced", classes=np.arange(3), y=job.y["train"])
        np.testing.assert_allclose(np.asarray(weigh(np.array([[0], [1], [2]], np.int32))), expected, rtol=1e-6)

    @TRAINERS
    def test_weigh_the_training_loss_as_keras_weighs_it(self, kind):
        weighted, plain = make_job(class_weights={"yes": 5.0}), make_job()
        network, twin = (mlp.Model().build(plain) for _ in range(2))
        y = _targets.Scale.of(plain).targets(plain, "train")
        wanted = _objectives.objectives(weighted, 1.0)
        trainer = kind(network, wanted, Rows(plain.X["train"], y), 16, 20)
        list(trainer.batches(np.arange(50)))
        trainer.finish()
        twin.compile(wanted.optimizer(), loss="binary_crossentropy")
        twin.fit(plain.X["train"], y, batch_size=16, shuffle=False, class_weight={0: 1.0, 1: 5.0}, verbose=0)
        for own, theirs in zip(network.get_weights(), twin.get_weights(), strict=True):
            np.testing.assert_allclose(own, theirs, atol=3e-5)

    def test_of_a_label_that_is_none_are_refused(self):
        with pytest.raises(
            SpecError, match=r"train\.class_weights\.yess: 'yess' is no class of the target - fix: did you"
        ):
            mlp.Model().fit(make_job(class_weights={"yess": 2.0}))

    def test_are_for_classes(self):
        with pytest.raises(SpecError, match="a regression task has no classes that could weigh differently"):
            mlp.Model().fit(make_job("regression", class_weights="balanced"))


class TestWeightsInAFile:
    def saved(self, tmp_path, **settings: Any) -> tuple[FitJob, Any]:
        job = replace(make_job(save_weights="weights.npz", **settings), folder=str(tmp_path))
        return job, mlp.Model().fit(job)

    def test_are_those_that_predict(self, tmp_path):
        job, result = self.saved(tmp_path)
        with np.load(tmp_path / "weights.npz") as arrays:
            assert list(arrays) == ["hidden_1/kernel", "hidden_1/bias", "output/kernel", "output/bias"]
            hidden = np.maximum(job.X["test"] @ arrays["hidden_1/kernel"] + arrays["hidden_1/bias"], 0)
            p = 1 / (1 + np.exp(-(hidden @ arrays["output/kernel"] + arrays["output/bias"])))
        np.testing.assert_allclose(result.y_score["test"][:, 1:], p, atol=1e-6)

    def test_can_be_started_from(self, tmp_path):
        _, first = self.saved(tmp_path)
        job = replace(make_job(epochs=1, learning_rate=1e-12, initial_weights="weights.npz"), folder=str(tmp_path))
        again = mlp.Model().fit(job)
        np.testing.assert_allclose(again.y_score["test"], first.y_score["test"], atol=1e-6)
        assert again.fitted.settings["initial_weights"] == "4 of 4 arrays from weights.npz"

    def test_are_the_same_bytes_again(self, tmp_path):
        self.saved(tmp_path)
        first = (tmp_path / "weights.npz").read_bytes()
        self.saved(tmp_path)
        assert (tmp_path / "weights.npz").read_bytes() == first

    def refusal(self, tmp_path, **arrays: np.ndarray) -> str:
        np.savez(tmp_path / "w.npz", **arrays)
        with pytest.raises(ReportgenError) as caught:
            mlp.Model().fit(replace(make_job(initial_weights="w.npz"), folder=str(tmp_path)))
        return str(caught.value)

    def test_of_another_shape_are_refused_by_name(self, tmp_path):
        told = self.refusal(tmp_path, **{"hidden_1/kernel": np.zeros((3, 5))})
        assert told.startswith("train.initial_weights: 'hidden_1/kernel' has shape 3 x 5, and the network's has 4 x 5")

    def test_of_another_name_are_refused_with_the_nearest(self, tmp_path):
        told = self.refusal(tmp_path, **{"hidden_2/bias": np.zeros(5)})
        assert "the network has no weights 'hidden_2/bias' - fix: did you mean 'hidden_1/bias'?" in told

    def test_that_are_not_finite_are_refused(self, tmp_path):
        assert "not finite" in self.refusal(tmp_path, **{"hidden_1/bias": np.full(5, math.nan)})

    def test_that_are_objects_are_not_unpickled(self, tmp_path):
        assert "cannot be read as a .npz" in self.refusal(tmp_path, **{"hidden_1/bias": np.array([print], object)})

    def test_that_are_larger_than_the_network_are_not_read(self, tmp_path):
        assert "more than this network's weights can take" in self.refusal(tmp_path, x=np.zeros(1_000_000))

    def test_that_are_not_there_are_told(self, tmp_path):
        with pytest.raises(DataError, match=r"initial_weights: there is no file 'w\.npz'"):
            mlp.Model().fit(replace(make_job(initial_weights="w.npz"), folder=str(tmp_path)))

    @pytest.mark.parametrize("name", ["w.h5", "w.keras", "w.pt", "w.pkl"])
    def test_of_formats_that_carry_code_are_refused(self, name, tmp_path):
        with pytest.raises(SpecError, match=rf"{name}' is of a format that can carry code"):
            mlp.Model().fit(replace(make_job(initial_weights=name), folder=str(tmp_path)))

    def test_that_cannot_be_written_end_the_run_before_training(self, tmp_path):
        with pytest.raises(OutputError):
            mlp.Model().fit(replace(make_job(save_weights="missing/w.npz", epochs=10**6), folder=str(tmp_path)))


class TestInitialWeights:
    @pytest.mark.parametrize(
        ("name", "std"),
        [
            ("he_normal", math.sqrt(2 / 200)),
            ("lecun_uniform", math.sqrt(1 / 200)),
            ("glorot_normal", math.sqrt(2 / 500)),
            ({"RandomNormal": {"stddev": 0.3}}, 0.3),
            ({"TruncatedNormal": {"stddev": 1.0}}, 0.87962566),
            ({"RandomUniform": {"minval": 0.0, "maxval": 6.0}}, 6 / math.sqrt(12)),
        ],
        ids=str,
    )
    def test_spread_as_their_name_says(self, name, std):
        job = make_job(model=Mlp(kind="mlp", hidden=(300,), initializer=name))
        kernel = mlp.Model().build(replace(job, feature_names=tuple(map(str, range(200))))).get_weights()[0]
        assert kernel.std() == pytest.approx(std, rel=0.02)

    def test_that_are_orthogonal_are(self):
        kernel = _initial._orthogonal((40, 8), 1.0, np.random.default_rng(0))
        np.testing.assert_allclose(kernel.T @ kernel, np.eye(8), atol=1e-12)

    def test_of_what_keras_draws_itself_follow_from_the_seed(self):
        def values() -> np.ndarray:
            with _initial.seeded(3):
                return np.asarray(keras.layers.Dense(4).__call__(np.ones((1, 3), np.float32)))

        np.testing.assert_array_equal(values(), values())


def test_a_network_that_gives_another_number_than_the_task_needs_is_refused():
    network = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(2)])
    with pytest.raises(SpecError, match=r"^model: the network gives 2 numbers a row, and a multiclass task needs 3"):
        check_output(network, make_job("multiclass"))


def test_a_shape_that_does_not_hold_the_features_is_refused_with_both_numbers():
    job = make_job(model=Mlp(kind="mlp", input_shape=(3, 2)))
    with pytest.raises(SpecError, match=r"model\.input_shape: \[3, 2\] holds 6 values, and there are 4 features"):
        Built(layer("Flatten")).fit(job)


def test_a_loss_that_the_network_adds_itself_is_of_the_rows_of_each_batch_alone():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.last = keras.layers.Dense(1, activation="sigmoid", kernel_initializer="ones")

        def call(self, X):
            output = self.last(X)
            self.add_loss(keras.ops.mean(output**2))
            return output

    class Kind(Network):
        def build(self, job):
            network = Own()
            network(np.zeros((1, 4), np.float32))
            return network

    job = make_job(epochs=1, batch_size=50, learning_rate=1e-9)
    history = Kind().fit(job).fitted.history
    # Validation has fewer rows than are looked at together: the mean is not one over rows that fill up.
    X, y = job.X["validation"], job.y["validation"]
    p = 1 / (1 + np.exp(-X.sum(axis=1)))
    by_hand = -np.log(np.where(y == 1, p, 1 - p)).mean() + (p**2).mean()
    assert history["val_loss"][0] == pytest.approx(by_hand, rel=1e-4)


def test_moving_averages_of_weights_predict_where_the_optimizer_keeps_them():
    job = make_job(optimizer={"Adam": {"use_ema": True, "ema_momentum": 0.5}}, epochs=5)
    averaged, plain = mlp.Model().fit(job), mlp.Model().fit(make_job(epochs=5))
    assert averaged.fitted.history["loss"] == pytest.approx(plain.fitted.history["loss"], rel=1e-5)
    assert not np.allclose(averaged.y_score["test"], plain.y_score["test"], atol=1e-5)


class TestCourses:
    def test_end_with_the_gradient_of_the_loss_on_the_training_rows(self):
        job, model = make_job(), mlp.Model()
        courses = {course.layer: course for course in model.fit(job).fitted.courses}
        assert list(courses) == ["hidden_1", "output"]
        kernel, bias, last, threshold = model.network.get_weights()
        hidden = np.maximum(job.X["train"] @ kernel + bias, 0)
        p = 1 / (1 + np.exp(-(hidden @ last + threshold)))[:, 0]
        slope = (p - job.y["train"]) / 50  # of the mean cross-entropy in each row's logit
        by_hand = np.sqrt(((hidden.T @ slope) ** 2).sum() + slope.sum() ** 2)
        assert courses["output"].gradient_norm[-1] == pytest.approx(by_hand, rel=1e-3)
        assert list(courses["output"].epochs) == [1, 2, 3]

    def test_are_the_same_on_another_trainer(self, monkeypatch):
        on_jax = mlp.Model().fit(make_job()).fitted.courses
        monkeypatch.setattr("reportgen.models._network.Trainer", _portable.Trainer)
        for one, other in zip(on_jax, mlp.Model().fit(make_job()).fitted.courses, strict=True):
            np.testing.assert_allclose(one.gradient_norm, other.gradient_norm, rtol=1e-3)
