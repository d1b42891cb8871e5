"""What every kind of model promises, whichever it is."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest

from reportgen import registry
from reportgen.dataset import Task
from reportgen.errors import DataError
from reportgen.fitted import FitJob, FitResult
from reportgen.models._baselines import fit_baseline
from reportgen.spec import SklearnModel, Train
from reportgen.spec.models import Cnn, Layers, Mlp, Network, Rnn

BINARY = Task("binary", "target", ("no", "yes"))
MULTICLASS = Task("multiclass", "target", ("a", "b", "c"))
REGRESSION = Task("regression", "target")
TASKS = [BINARY, MULTICLASS, REGRESSION]
#: Kinds that learn from a table as it is; the others have tests of their own.
KINDS = ("cnn", "layers", "mlp", "rnn", "sklearn")
NETWORKS = {
    "mlp": Mlp(kind="mlp", hidden=(4,)),
    "cnn": Cnn(kind="cnn", filters=(4,), kernel=2, pool=1, hidden=(4,), input_shape=(3, 1)),
    "rnn": Rnn(kind="rnn", units=(4,), input_shape=(3, 1)),
    "layers": Layers(kind="layers", layers=({"Dense": {"units": 4, "activation": "relu"}}, "BatchNormalization")),
}


def model_for(kind: str, task: Task) -> Network | SklearnModel:
    if kind in NETWORKS:
        return NETWORKS[kind]
    name = "linear_model.LogisticRegression" if task.is_classification else "linear_model.Ridge"
    return SklearnModel(kind="sklearn", estimator=f"sklearn.{name}")


def make_job(kind: str, task: Task, **changes: object) -> FitJob:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3)).astype(np.float32)
    signal = X[:, 0] - X[:, 1]
    y = {
        "binary": (signal > 0).astype(np.int64),
        "multiclass": np.digitize(signal, [-0.5, 0.5]).astype(np.int64),
        "regression": 1000.0 + 50.0 * signal.astype(np.float64),
    }[task.name]
    parts = {"train": slice(0, 30), "validation": slice(30, 40), "test": slice(40, 60)}
    values = {
        "model": model_for(kind, task),
        "train": Train(epochs=3, batch_size=8, learning_rate=0.05),
        "task": task,
        "feature_names": ("u", "v", "w"),
        "X": {name: X[rows] for name, rows in parts.items()},
        "y": {name: y[rows] for name, rows in parts.items()},
        "seed": 5,
    }
    return FitJob(**(values | changes))  # type: ignore[arg-type]


def new_model(kind: str):
    return registry.load("models", kind).Model()


@pytest.fixture(scope="module", autouse=True)
def _equal_bytes():
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SOURCE_DATE_EPOCH", "0")
        yield


@pytest.fixture(scope="module")
def fitted() -> dict[tuple[str, str], tuple[object, FitResult]]:
    made = {}
    for kind in KINDS:
        for task in TASKS:
            model = new_model(kind)
            made[kind, task.name] = (model, model.fit(make_job(kind, task)))
    return made


every_model = pytest.mark.parametrize("kind", KINDS)
every_task = pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)


def test_there_are_the_kinds_of_the_experiment_file():
    # What a log or a file of predictions holds is read, not trained.
    assert set(registry.names("models")) >= {*KINDS, "python"}


@every_model
@every_task
def test_every_split_is_predicted_in_full(fitted, kind, task):
    _, result = fitted[kind, task.name]
    assert {name: pred.shape for name, pred in result.y_pred.items()} == {
        "train": (30,),
        "validation": (10,),
        "test": (20,),
    }


@every_model
@pytest.mark.parametrize("task", [BINARY, MULTICLASS], ids=lambda task: task.name)
def test_scores_are_probabilities_with_a_column_a_class(fitted, kind, task):
    _, result = fitted[kind, task.name]
    for score in result.y_score.values():
        assert score.shape[1] == len(task.labels)
        assert score.dtype == np.float64
        assert (score >= 0).all()
        np.testing.assert_allclose(score.sum(axis=1), 1.0, atol=1e-12)


@every_model
def test_a_regression_has_no_scores_and_predicts_in_the_targets_unit(fitted, kind):
    _, result = fitted[kind, "regression"]
    assert result.y_score == {"train": None, "validation": None, "test": None}
    assert 800 < result.y_pred["test"].mean() < 1200


@every_model
@every_task
def test_predict_says_again_what_fit_said(fitted, kind, task):
    model, result = fitted[kind, task.name]
    score, predicted = model.predict(make_job(kind, task).X["test"])
    np.testing.assert_array_equal(predicted, result.y_pred["test"])
    if task.is_classification:
        np.testing.assert_array_equal(score, result.y_score["test"])


@every_model
@every_task
def test_the_same_job_gives_the_same_result(fitted, kind, task):
    _, first = fitted[kind, task.name]
    second = new_model(kind).fit(make_job(kind, task))
    assert pickle.dumps(second) == pickle.dumps(first)


@every_model
def test_the_result_crosses_a_pipe(fitted, kind):
    _, result = fitted[kind, "binary"]
    again = pickle.loads(pickle.dumps(result))
    assert again.fitted.title == result.fitted.title
    np.testing.assert_array_equal(again.y_pred["test"], result.y_pred["test"])


@every_model
def test_two_classes_are_told_apart_by_the_threshold(kind):
    model = new_model(kind)
    result = model.fit(make_job(kind, BINARY, threshold=0.8))
    np.testing.assert_array_equal(result.y_pred["test"], result.y_score["test"][:, 1] >= 0.8)


@every_model
def test_events_count_epochs_up_to_the_last(kind):
    events = []
    new_model(kind).fit(make_job(kind, BINARY), lambda event: events.append(event) or True)
    assert events[-1]["epoch"] == events[-1]["epochs"]


@every_model
def test_a_listener_can_stop_the_training(kind):
    job = make_job(kind, BINARY, train=Train(epochs=100_000, batch_size=8))
    result = new_model(kind).fit(job, lambda event: False)
    assert result.fitted.ended == "interrupted"
    assert all(len(pred) == len(job.X[split]) for split, pred in result.y_pred.items())


@every_model
def test_one_class_in_the_training_rows_is_refused(kind):
    job = make_job(kind, BINARY)
    job = make_job(kind, BINARY, y={**job.y, "train": np.ones(30, np.int64)})
    with pytest.raises(DataError, match=r"data\.target: all training rows have the class 'yes'"):
        new_model(kind).fit(job)


@every_model
def test_a_feature_too_large_for_32_bits_is_named(kind):
    job = make_job(kind, BINARY)
    X = job.X["train"].astype(np.float64)
    X[3, 1] = 1e308
    with pytest.raises(DataError, match="the feature 'v' has values in train rows that are not finite"):
        new_model(kind).fit(make_job(kind, BINARY, X={**job.X, "train": X}))


@every_model
def test_no_training_row_is_refused(kind):
    job = make_job(kind, BINARY)
    with pytest.raises(DataError, match="no training rows"):
        new_model(kind).fit(make_job(kind, BINARY, X={**job.X, "train": job.X["train"][:0]}))


@every_model
def test_class_codes_without_a_label_are_refused(kind):
    job = make_job(kind, BINARY)
    with pytest.raises(DataError, match="class codes outside"):
        new_model(kind).fit(make_job(kind, BINARY, y={**job.y, "test": job.y["test"] + 1}))


@every_model
def test_a_class_that_training_rows_lack_has_a_column_of_its_own(kind):
    task = Task("multiclass", "target", ("a", "b", "c", "never"))
    job = make_job(kind, MULTICLASS)
    result = new_model(kind).fit(replace(job, task=task))
    assert result.y_score["test"].shape == (20, 4)


class TestBaselines:
    def test_the_dummy_scores_every_row_with_the_class_shares(self):
        job = make_job("mlp", MULTICLASS)
        result = fit_baseline("dummy", job)
        shares = np.bincount(job.y["train"], minlength=3) / 30
        np.testing.assert_allclose(result.y_score["test"], np.tile(shares, (20, 1)))
        assert set(result.y_pred["test"]) == {int(shares.argmax())}

    def test_the_dummy_keeps_to_the_most_frequent_class_whatever_the_threshold(self):
        job = make_job("mlp", BINARY, threshold=0.001)
        rare = np.zeros(30, np.int64)
        rare[:3] = 1
        result = fit_baseline("dummy", make_job("mlp", BINARY, threshold=0.001, y={**job.y, "train": rare}))
        assert not result.y_pred["test"].any()

    def test_the_dummy_of_a_regression_predicts_the_training_mean(self):
        job = make_job("mlp", REGRESSION)
        np.testing.assert_allclose(fit_baseline("dummy", job).y_pred["test"], job.y["train"].mean())

    def test_the_linear_baseline_of_a_regression_is_ridge_in_closed_form(self):
        job = make_job("mlp", REGRESSION)
        X, y = job.X["train"].astype(float), job.y["train"]
        centred = X - X.mean(axis=0)
        slope = np.linalg.solve(centred.T @ centred + np.eye(3), centred.T @ (y - y.mean()))
        expected = y.mean() + (job.X["test"] - X.mean(axis=0)) @ slope
        np.testing.assert_allclose(fit_baseline("linear", job).y_pred["test"], expected, rtol=1e-6)

    def test_the_linear_baseline_of_a_class_target_separates_it(self):
        job = make_job("mlp", BINARY)
        result = fit_baseline("linear", job)
        assert (result.y_pred["test"] == job.y["test"]).mean() >= 0.8
        assert set(result.fitted.coefficients) == {"u", "v", "w"}

    def test_large_data_are_sampled_and_the_result_says_so(self, monkeypatch):
        monkeypatch.setattr("reportgen.models._baselines._MOST_VALUES", 0)
        rng = np.random.default_rng(1)
        X = rng.normal(size=(1500, 3)).astype(np.float32)
        y = (X[:, 0] > 0).astype(np.int64)
        job = make_job("mlp", BINARY, X={"train": X, "test": X[:5]}, y={"train": y, "test": y[:5]})
        assert fit_baseline("linear", job).fitted.warnings == (
            "learnt from 1,000 of 1,500 training rows, drawn at random",
        )
