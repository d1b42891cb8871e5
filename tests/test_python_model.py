"""The model kind `python`: a function in a file of the user's builds what is trained."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reportgen import cli, experiment
from reportgen.dataset import Task
from reportgen.errors import ReportgenError, SpecError
from reportgen.fitted import FitJob, FitResult
from reportgen.models import python
from reportgen.session import Session
from reportgen.spec import PythonModel, Train
from reportgen.specfile import draft_of

BINARY = Task("binary", "y", ("no", "yes"))
MULTICLASS = Task("multiclass", "y", ("a", "b", "c"))
REGRESSION = Task("regression", "y")
HEAD = "import keras\nfrom keras import layers\n\n"
NETWORK = HEAD + (
    "def build(input_shape, n_outputs, units=4):\n"
    "    end = {end!r}\n"
    "    hidden = layers.Dense(units, 'tanh')\n"
    "    return keras.Sequential([layers.Input(input_shape), hidden, layers.Dense(n_outputs, end)])\n"
)


def job(folder: Path, text: str, task: Task = BINARY, train: Train | None = None, **model: Any) -> FitJob:
    (folder / "mine.py").write_text(text, encoding="utf-8")
    random = np.random.default_rng(0)
    X = random.normal(size=(120, 3)).astype(np.float32)
    y = {
        "binary": (X[:, 0] > 0).astype(np.int64),
        "multiclass": np.digitize(X[:, 0], [-0.5, 0.5]).astype(np.int64),
        "regression": 10.0 + 5.0 * X[:, 0].astype(float),
    }[task.name]
    parts = {"train": slice(80), "validation": slice(80, 100), "test": slice(100, 120)}
    return FitJob(
        model=PythonModel(kind="python", path="mine.py", **model),
        train=train or Train(epochs=3),
        task=task,
        feature_names=("p", "q", "r"),
        X={name: X[part] for name, part in parts.items()},
        y={name: y[part] for name, part in parts.items()},
        seed=7,
        folder=str(folder),
    )


def fit(*args: Any, **options: Any) -> FitResult:
    return python.Model().fit(job(*args, **options))


def refused(*args: Any, **options: Any) -> str:
    with pytest.raises(SpecError) as caught:
        fit(*args, **options)
    return str(caught.value)


def checked(folder: Path, text: str, more: str = "") -> str:
    """What `check` says of an experiment with this file, which it must not run."""
    (folder / "mine.py").write_text(text, encoding="utf-8")
    spec = f"data: {{path: 'sklearn:iris', target: target}}\nmodel:\n  kind: python\n  path: mine.py\n{more}"
    with pytest.raises(ReportgenError) as caught:
        draft_of(spec, str(folder / "e.yaml")).model_files()
    return str(caught.value)


# Without running the file.


def test_check_does_not_run_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.py").write_text("open('ran', 'w')\nraise SystemExit(3)\ndef build():\n    return None\n")
    (tmp_path / "e.yaml").write_text(
        "data: {path: 'sklearn:iris', target: target}\nmodel: {kind: python, path: mine.py}"
    )
    assert cli.main(["check", str(tmp_path / "e.yaml")]) == 0
    assert "'mine.py'" in capsys.readouterr().out
    assert sorted(file.name for file in tmp_path.iterdir()) == ["e.yaml", "mine.py"]


@pytest.mark.parametrize(
    ("text", "more", "words"),
    [
        (
            "def builds(): pass",
            "",
            "e.yaml:4:9: model.path: 'mine.py' has no function 'build' - fix: did you mean 'builds'?",
        ),
        ("x = 1", "  factory: make", "e.yaml:5:12: model.factory: 'mine.py' has no function 'make'"),
        ("def build(:\n", "", "mine.py:1:11: this is no Python"),
        ("def build(a, b=2): pass", "", "needs 'a'"),
        ("def build(a): pass", "  params: {a: 1, bb: 2}", "model.params.bb: build in 'mine.py' has no parameter 'bb'"),
        ("x\0y", "", "this is no Python"),
    ],
)
def test_what_shows_in_the_file_is_told_with_its_place(tmp_path: Path, text: str, more: str, words: str) -> None:
    assert words in checked(tmp_path, text, more)


@pytest.mark.parametrize(
    "text",
    [
        "def build(input_shape, n_classes, n_outputs, vocabulary, seed): ...",
        "def build(**anything): ...",
        "from elsewhere import build",
        "if True:\n    def build(): ...",
        "build = print",
    ],
)
def test_what_can_be_called_is_left_alone(tmp_path: Path, text: str) -> None:
    (tmp_path / "mine.py").write_text(text)
    more = "model: {kind: python, path: mine.py}"
    spec = f"data: {{path: 'sklearn:iris', target: target}}\n{more}"
    assert draft_of(spec, str(tmp_path / "e.yaml")).model_files().script == tmp_path / "mine.py"


def test_a_file_that_is_missing_or_no_python_is_told(tmp_path: Path) -> None:
    spec = "data: {path: 'sklearn:iris', target: target}\nmodel: {kind: python, path: PATH}"
    for path, words in (("none.py", "'none.py' does not exist"), ("m.pkl", "'m.pkl' is no Python file")):
        with pytest.raises(ReportgenError, match=words):
            draft_of(spec.replace("PATH", path), str(tmp_path / "e.yaml")).model_files()


# Mistakes that show when it runs.


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("import math\n1 / 0\ndef build(): ...", "mine.py:2: model.path: ZeroDivisionError"),
        (
            "def inner():\n    raise ValueError('bad width')\ndef build():\n    return inner()",
            "mine.py:2: model.factory: ValueError: bad width",
        ),
        ("def build():\n    import sys\n    sys.exit(1)", "mine.py:3: model.factory: SystemExit"),
        ("def build():\n    import nothing_of_that_name", "mine.py:2: model.factory: ModuleNotFoundError"),
        ("def build():\n    return None", "build returned nothing, which is no model"),
        ("def build():\n    return 'x'", "build returned a str, which is no model"),
        (
            "from sklearn.tree import DecisionTreeClassifier\ndef build():\n    return DecisionTreeClassifier",
            "the class DecisionTreeClassifier and no instance",
        ),
    ],
)
def test_a_mistake_in_the_file_is_told_at_its_line(tmp_path: Path, text: str, words: str) -> None:
    assert words in refused(tmp_path, text)


# Estimators.


def test_an_estimator_is_trained_as_one_of_scikit_learn(tmp_path: Path) -> None:
    text = "from sklearn.linear_model import LogisticRegression\ndef build(C):\n    return LogisticRegression(C=C)\n"
    found = fit(tmp_path, text, train=Train(), params={"C": 0.5})
    assert (found.fitted.kind, found.fitted.title) == ("python", "LogisticRegression")
    assert found.fitted.settings["C"] == "0.5"
    assert (found.y_pred["test"] == job(tmp_path, text).y["test"]).mean() > 0.9


def test_an_estimator_without_a_seed_gets_that_of_the_experiment(tmp_path: Path) -> None:
    text = (
        "from sklearn.ensemble import RandomForestClassifier\nfrom sklearn.pipeline import make_pipeline\n"
        "from sklearn.preprocessing import StandardScaler\n"
        "def build():\n    return make_pipeline(StandardScaler(), RandomForestClassifier(5))\n"
    )
    one, other = fit(tmp_path, text, train=Train()), fit(tmp_path, text, train=Train())
    assert "random_state=7" in one.fitted.settings["steps"]
    np.testing.assert_array_equal(one.y_score["test"], other.y_score["test"])


def test_train_does_not_go_with_an_estimator(tmp_path: Path) -> None:
    text = "from sklearn.linear_model import Ridge\ndef build():\n    return Ridge()\n"
    assert "train: train is for networks, and build returned a Ridge" in refused(tmp_path, text, REGRESSION)
    assert "Ridge is no classifier" in refused(tmp_path, text, train=Train())


def test_modules_beside_the_file_can_be_imported_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "width_of_mine.py").write_text("DEPTH = 2\n")
    text = (
        "from width_of_mine import DEPTH\nfrom sklearn.tree import DecisionTreeClassifier\n"
        "def build():\n    return DecisionTreeClassifier(max_depth=DEPTH)\n"
    )
    assert fit(tmp_path, text, train=Train()).fitted.settings["max_depth"] == "2"
    assert not (tmp_path / "__pycache__").exists()


def test_the_record_carries_the_hash_of_the_file(tmp_path: Path) -> None:
    import hashlib

    text = "from sklearn.linear_model import LogisticRegression\nbuild = LogisticRegression\n"
    (tmp_path / "mine.py").write_text(text)
    spec = "data: {path: 'sklearn:iris', target: target}\nmodel: {kind: python, path: mine.py}"
    found = experiment.run(draft_of(spec, str(tmp_path / "e.yaml")), Session(inline=True)).provenance
    assert found is not None
    assert found.model_name == "mine.py"
    assert found.model_sha256 == hashlib.sha256(text.encode()).hexdigest()


# Networks.


@pytest.mark.slow
@pytest.mark.parametrize(
    ("task", "end"),
    [(BINARY, "sigmoid"), (MULTICLASS, "softmax"), (REGRESSION, "linear")],
    ids=lambda one: str(one)[:12],
)
def test_a_network_is_trained_as_any_other(tmp_path: Path, task: Task, end: str) -> None:
    text = NETWORK.replace("{end!r}", repr(end))
    one, other = fit(tmp_path, text, task), fit(tmp_path, text, task)
    assert one.fitted.kind == "python"
    assert [layer.output_shape for layer in one.fitted.layers][-1] == ((3,) if task is MULTICLASS else (1,))
    assert len(one.fitted.history["val_loss"]) == 3
    assert one.fitted.history["loss"] == other.fitted.history["loss"]
    assert one.fitted.weights
    assert one.fitted.activations


@pytest.mark.slow
def test_what_the_network_was_compiled_with_stands_above_train(tmp_path: Path) -> None:
    text = NETWORK.replace("{end!r}", "'sigmoid'").replace("    return keras", "    m = keras") + (
        "    m.compile(optimizer=keras.optimizers.SGD(0.25, momentum=0.5), loss='mean_squared_error')\n    return m\n"
    )
    found = fit(tmp_path, text, train=Train(epochs=2, learning_rate=0.01, loss="binary_crossentropy")).fitted
    assert found.history["learning_rate"] == (0.25, 0.25)
    assert found.loss_name == "mean_squared_error"
    assert found.settings["learning_rate"] == pytest.approx(0.25)
    assert any("train.learning_rate and train.loss did not count" in warning for warning in found.warnings)


@pytest.mark.slow
def test_a_loss_of_the_users_own_is_minimised(tmp_path: Path) -> None:
    text = NETWORK.replace("{end!r}", "'sigmoid'").replace("    return keras", "    m = keras") + (
        "    m.compile(optimizer='adam', loss=twice)\n    return m\n"
        "def twice(y, output):\n    return 2 * keras.losses.binary_crossentropy(y, output)\n"
    )
    plain = fit(tmp_path, NETWORK.replace("{end!r}", "'sigmoid'")).fitted
    found = fit(tmp_path, text).fitted
    assert found.loss_name == "twice"
    assert found.history["loss"][0] == pytest.approx(2 * plain.history["loss"][0], rel=0.05)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("task", "body", "words"),
    [
        (
            BINARY,
            "keras.Sequential([layers.Input(input_shape), layers.Dense(3, 'sigmoid')])",
            "gives 3 numbers a row, and this binary task needs 1",
        ),
        (
            BINARY,
            "keras.Sequential([layers.Input(input_shape), layers.Dense(1)])",
            "scores are probabilities - fix: end with the activation 'sigmoid'",
        ),
        (
            MULTICLASS,
            "keras.Sequential([layers.Input(input_shape), layers.Dense(3, 'sigmoid')])",
            "not to 1 - fix: end with the activation 'softmax'",
        ),
        (
            BINARY,
            "keras.Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(1, 'sigmoid')])",
            "the network reads [28, 28], which is 784 values, and a row has 3 features",
        ),
        (REGRESSION, "keras.Sequential([layers.Input(input_shape), layers.Dense(1, 'relu')])", "ends in relu"),
    ],
)
def test_a_network_that_does_not_fit_is_refused_before_the_first_epoch(
    tmp_path: Path, task: Task, body: str, words: str
) -> None:
    assert words in refused(tmp_path, HEAD + f"def build(input_shape):\n    return {body}\n", task)


@pytest.mark.slow
def test_a_loss_on_logits_is_refused(tmp_path: Path) -> None:
    text = NETWORK.replace("{end!r}", "'sigmoid'").replace("    return keras", "    m = keras") + (
        "    m.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True))\n    return m\n"
    )
    assert "BinaryCrossentropy reads logits" in refused(tmp_path, text)


# torch.

TORCH = (
    "from torch import nn\n\ndef build(input_shape, n_outputs):\n"
    "    return nn.Sequential(nn.Linear(*input_shape, 8), nn.Tanh(), nn.Linear(8, n_outputs)END)\n"
)
needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")


@needs_torch
@pytest.mark.slow
@pytest.mark.parametrize("task", [BINARY, MULTICLASS, REGRESSION], ids=lambda task: task.name)
def test_a_torch_module_learns(tmp_path: Path, task: Task) -> None:
    plan = Train(epochs=40, learning_rate=0.02, optimizer="adam")
    one = fit(tmp_path, TORCH.replace("END", ""), task, train=plan)
    other = fit(tmp_path, TORCH.replace("END", ""), task, train=plan)
    truth = job(tmp_path, "", task).y["test"]
    if task is REGRESSION:
        assert np.abs(one.y_pred["test"] - truth).mean() < 1.0
    else:
        assert (one.y_pred["test"] == truth).mean() > 0.85
        score = one.y_score["test"]
        assert score is not None
        np.testing.assert_allclose(score.sum(axis=1), 1)
    assert one.fitted.history["loss"] == other.fitted.history["loss"]
    assert one.fitted.backend.startswith("torch")
    assert [layer.kind for layer in one.fitted.layers] == ["Linear", "Tanh", "Linear"]


@needs_torch
@pytest.mark.slow
@pytest.mark.parametrize(
    ("end", "plan", "words"),
    [
        (", nn.Sigmoid()", Train(epochs=1), "ends in Sigmoid, and its loss reads logits"),
        ("", Train(epochs=1, optimizer="lion"), "train.optimizer: torch has no optimiser 'lion'"),
        ("", Train(epochs=1, class_weights="balanced"), "train.class_weights: is for Keras networks"),
        ("", Train(epochs=1, loss="huber"), "train.loss: 'huber' is no loss"),
    ],
)
def test_a_torch_module_that_does_not_fit_is_refused(tmp_path: Path, end: str, plan: Train, words: str) -> None:
    assert words in refused(tmp_path, TORCH.replace("END", end), train=plan)
