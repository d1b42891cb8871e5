"""Reports on models of a script of one's own: a fitted estimator, and a Keras network that trains."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import accuracy_score, r2_score, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from reportgen import evaluate
from reportgen.api import Report
from reportgen.errors import DataError
from reportgen.scripts import Options, estimator_run

RANDOM = np.random.default_rng(3)
X = pd.DataFrame(RANDOM.normal(size=(200, 3)), columns=["a", "b", "c"])
Y = np.where(X["a"] + 0.5 * RANDOM.normal(size=200) > 0, "up", "down")
PARTS = (X[:150], Y[:150], X[150:], Y[150:])


def value(report: Report, metric: str, split: str = "test") -> float:
    return next(
        score["value"]
        for score in report.document.evidence.scores
        if (score["metric"], score["split"], score["label"]) == (metric, split, None)
    )


def test_scores_are_those_of_scikit_learn() -> None:
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X[:150], Y[:150])
    report = evaluate(model, *PARTS, title="Mine")
    assert report.warnings == ()
    assert report.document.title == "Mine"
    assert value(report, "accuracy") == pytest.approx(accuracy_score(Y[150:], model.predict(X[150:])))
    assert value(report, "accuracy", "train") == pytest.approx(model.score(X[:150], Y[:150]))
    positive = report.document.evidence.labels[-1]
    score = model.predict_proba(X[150:])[:, list(model.classes_).index(positive)]
    assert value(report, "roc_auc") == pytest.approx(roc_auc_score(Y[150:] == positive, score))


def test_the_data_are_profiled_and_the_coefficients_shown() -> None:
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X[:150], Y[:150])
    run = estimator_run(model, {"train": PARTS[:2], "test": PARTS[2:]}, Options())
    assert run.dataset is not None
    assert list(run.dataset.frame.columns) == ["a", "b", "c", "target"]
    assert run.fitted is not None
    assert run.fitted.coefficients["a"] == pytest.approx(tuple(model[-1].coef_[:, 0]))


def test_a_regression_is_one_of_floats() -> None:
    y = 3.0 * X["a"].to_numpy() + RANDOM.normal(size=200)
    model = LinearRegression().fit(X[:150].to_numpy(), y[:150])
    report = evaluate(model, X[:150].to_numpy(), y[:150], X[150:].to_numpy(), y[150:], feature_names=["p", "q", "r"])
    assert value(report, "r2") == pytest.approx(r2_score(y[150:], model.predict(X[150:].to_numpy())))


def test_codes_are_called_by_their_labels() -> None:
    codes = (Y == "up").astype(int)
    model = LogisticRegression().fit(X[:150], codes[:150])
    report = evaluate(model, X[:150], codes[:150], X[150:], codes[150:], labels=["falls", "rises"])
    assert report.document.evidence.labels == ("falls", "rises")
    assert value(report, "accuracy") == pytest.approx(model.score(X[150:], codes[150:]))


@pytest.mark.parametrize(("low", "high"), [(0, 1), (1, 2), (-1, 1)])
def test_labels_that_are_values_of_y_say_their_order(low: int, high: int) -> None:
    y = np.where(Y == "up", high, low)
    model = LogisticRegression().fit(X[:150], y[:150])
    report = evaluate(model, X[:150], y[:150], X[150:], y[150:], labels=[str(high), str(low)])
    assert report.document.evidence.labels == (str(high), str(low))
    assert value(report, "accuracy") == pytest.approx(model.score(X[150:], y[150:]))


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        ((X[:150], Y[:149], X[150:], Y[150:]), {}, "X has 150 rows and y 149 values in train"),
        ((X[:150].to_numpy(), Y[:150], X[150:].to_numpy(), Y[150:]), {"feature_names": ["a"]}, "1 feature name and 3"),
        (PARTS, {"labels": ["up", "sideways"]}, "'down' is not one of the labels"),
    ],
)
def test_what_does_not_go_together_is_told(arguments: Any, options: dict[str, Any], words: str) -> None:
    model = DummyClassifier().fit(X[:150], Y[:150])
    with pytest.raises(DataError, match=words):
        evaluate(model, *arguments, **options)


def test_an_estimator_that_is_not_fitted_is_told() -> None:
    with pytest.raises(DataError, match="LogisticRegression cannot predict"):
        evaluate(LogisticRegression(), *PARTS)


# Keras.


def network(keras: Any, last: str = "sigmoid") -> Any:
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(4, "tanh"), keras.layers.Dense(1, last)])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


@pytest.mark.slow
def test_a_network_is_reported_on_when_its_training_ends(tmp_path: Path) -> None:
    from reportgen.keras import Report as Callback
    from reportgen.models._keras import keras

    model, codes = network(keras), (Y == "up").astype(int)
    callback = Callback(
        tmp_path / "n.html", test=(X[150:], codes[150:]), train=(X[:150], codes[:150]), labels=["down", "up"]
    )
    history = model.fit(
        X[:150].to_numpy(), codes[:150], epochs=3, validation_split=0.2, verbose=0, callbacks=[callback]
    ).history
    assert (tmp_path / "n.html").stat().st_size > 10_000
    assert callback.report is not None
    assert callback.report.warnings == ()
    found = (model.predict(X[150:].to_numpy(), verbose=0)[:, 0] > 0.5).astype(int)
    assert value(callback.report, "accuracy") == pytest.approx((found == codes[150:]).mean())
    loss = next(
        block
        for section in callback.report.document.sections
        for group in section.blocks
        for block in (group, *getattr(group, "blocks", ()))
        if getattr(block, "id", "") == "figure-loss"
    )
    assert list(loss.data["train"]) == pytest.approx(history["loss"], rel=1e-4)


@pytest.mark.slow
def test_ctrl_c_stops_the_training_and_writes_what_there_is(tmp_path: Path) -> None:
    from reportgen.keras import Report as Callback
    from reportgen.models._keras import keras

    class Impatient(keras.callbacks.Callback):  # type: ignore[misc]
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if epoch == 1:
                signal.raise_signal(signal.SIGINT)

    codes, before = (Y == "up").astype(int), signal.getsignal(signal.SIGINT)
    callback = Callback(tmp_path / "n.md", test=(X[150:], codes[150:]))
    network(keras).fit(X[:150].to_numpy(), codes[:150], epochs=50, verbose=0, callbacks=[callback, Impatient()])
    assert callback.report is not None
    assert callback.report.document.outcome == "interrupted"
    assert "Interrupted at epoch 2 of 50" in (tmp_path / "n.md").read_text()
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.slow
def test_an_output_that_is_no_prediction_is_told(tmp_path: Path) -> None:
    from reportgen.keras import Report as Callback
    from reportgen.models._keras import keras

    codes = (Y == "up").astype(int)
    callback = Callback(tmp_path / "n.html", test=(X[150:], codes[150:]))
    with pytest.raises(DataError, match="no probabilities"):
        network(keras, "linear").fit(X[:150].to_numpy(), codes[:150], epochs=1, verbose=0, callbacks=[callback])
