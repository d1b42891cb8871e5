"""Unlucky and hostile experiments with networks, forecasts and models from elsewhere: told by key, never as a trace."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reportgen import cli, experiment, specfile, statistics
from reportgen.errors import OutputError, ReportgenError, SpecError, TrainingError
from reportgen.results import Run
from reportgen.session import Session
from reportgen.specfile import draft_of, layers

DATA = "data: {path: t.csv, target: y}\nevaluate: {baselines: []}\n"
HEAD = "import numpy as np, keras\nfrom sklearn.base import BaseEstimator, RegressorMixin\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    random = np.random.default_rng(3)
    rows = [(f"{a:.3f},{b:.3f},{'yes' if a > 0 else 'no'},{a * 2 + b:.3f}") for a, b in random.normal(size=(60, 2))]
    numbered = "".join(f"{row},{place}\n" for place, row in enumerate(rows))
    (tmp_path / "t.csv").write_text("a,b,y,v,t\n" + numbered, encoding="utf-8")
    return tmp_path


def run(folder: Path, text: str, data: str = DATA) -> Run:
    draft = draft_of(data + text, str(folder / "e.yaml"))
    try:
        return experiment.run(draft, Session(inline=True))
    except ReportgenError as error:
        raise draft.placed(error) from None


def problems(text: str) -> list[str]:
    with pytest.raises(SpecError) as caught:
        specfile.draft_of("data: {path: t.csv, target: y, task: binary}\n" + text, "e.yaml")
    return [f"{one.key}: {one.what}" for one in caught.value.problems]


@pytest.mark.parametrize(
    ("train", "told"),
    [
        ("optimizer: {Adam: {beta_1: x}}", "train.optimizer.Adam.beta_1: beta_1 needs a number, found 'x'"),
        ("optimizer: {Adam: {clipnorm: x}}", "train.optimizer.Adam.clipnorm: clipnorm needs a number, found 'x'"),
        ("optimizer: {Adam: {amsgrad: 3}}", "train.optimizer.Adam.amsgrad: amsgrad needs true or false, found '3'"),
        (
            "callbacks: [{EarlyStopping: {monitor: 3}}]",
            "train.callbacks[0].EarlyStopping.monitor: monitor needs a word, found '3'",
        ),
        ("learning_rate: ExponentialDecay", "train.learning_rate: ExponentialDecay needs initial_learning_rate"),
    ],
)
def test_values_that_no_part_of_keras_takes_are_told_without_keras(train: str, told: str) -> None:
    assert problems(f"model: {{kind: mlp}}\ntrain: {{{train}}}\n")[0].startswith(told)


@pytest.mark.parametrize(
    ("layer", "told"),
    [
        ("Dense", "Dense needs units"),
        ({"Conv2D": {"filters": 3}}, "Conv2D needs kernel_size"),
        ({"Dense": {"units": 3, "use_bias": "no"}}, "use_bias needs true or false, found 'no'"),
        ({"LSTM": {"units": 3, "dropout": "0.1"}}, "dropout needs a number, found '0.1'"),
        ({"Dense": {"units": 3, "activation": "threshold"}}, "threshold needs threshold and default_value"),
    ],
)
def test_values_that_no_layer_takes_are_told_without_keras(layer: object, told: str) -> None:
    assert [fault.what for fault in layers.faults(layer)] == [told]


@pytest.mark.parametrize(
    "layer",
    [
        {"Conv2D": {"filters": 3, "kernel_size": [2, 2], "strides": [1, 1], "padding": "same", "groups": 1}},
        {"Embedding": {"output_dim": 3}},
        {"LayerNormalization": {"axis": [-1], "epsilon": 1e-5}},
        {"Bidirectional": {"layer": {"GRU": {"units": 2}}}},
    ],
)
def test_values_that_a_layer_takes_are_let_through(layer: object) -> None:
    assert list(layers.faults(layer)) == []


@pytest.mark.parametrize(
    ("model", "key"),
    [
        ("{kind: mlp, hidden: [4], activation: glu}", "model"),
        ("{kind: layers, layers: [RandomFlip]}", "model"),
        ("{kind: mlp, hidden: [4], initializer: STFT}", "model"),
    ],
)
def test_what_keras_finds_only_when_it_computes_is_told_by_key(folder: Path, model: str, key: str) -> None:
    with pytest.raises(SpecError, match="Keras cannot compute the network: ") as caught:
        run(folder, f"model: {model}\ntrain: {{epochs: 1}}\n")
    assert (caught.value.problems[0].key, caught.value.problems[0].line) == (key, 3)


def test_early_stopping_can_watch_accuracy_which_should_rise(folder: Path) -> None:
    watch = "{EarlyStopping: {monitor: val_accuracy, patience: 100}}"
    found = run(folder, f"model: {{kind: mlp, hidden: [2]}}\ntrain: {{epochs: 2, callbacks: [{watch}]}}\n")
    assert found.fitted is not None
    assert (found.fitted.ended, found.fitted.epoch) == ("completed", 2)


def test_a_network_of_the_users_need_not_ask_whether_it_is_trained(folder: Path) -> None:
    (folder / "m.py").write_text(
        f"{HEAD}class M(keras.Model):\n"
        "    def __init__(self):\n        super().__init__()\n"
        "        self.last = keras.layers.Dense(1, activation='sigmoid')\n"
        "    def call(self, x):\n        return self.last(x)\n"
        "def build():\n    return M()\n",
        encoding="utf-8",
    )
    found = run(folder, "model: {kind: python, path: m.py}\ntrain: {epochs: 1}\n")
    assert found.predictions["test"].y_score is not None


def test_predictions_that_are_no_numbers_end_the_run(folder: Path) -> None:
    (folder / "m.py").write_text(
        f"{HEAD}class E(RegressorMixin, BaseEstimator):\n"
        "    def fit(self, X, y):\n        return self\n"
        "    def predict(self, X):\n        return np.full(len(X), np.nan)\n"
        "def build():\n    return E()\n",
        encoding="utf-8",
    )
    with pytest.raises(TrainingError, match="E predicts values of train that are not finite numbers") as caught:
        run(folder, "model: {kind: python, path: m.py}\n", "data: {path: t.csv, target: v}\n")
    assert caught.value.problems[0].key == "model.path"


@pytest.mark.parametrize("ending", ["raise KeyboardInterrupt", "raise SystemExit(0)"])
def test_a_factory_that_wants_to_end_the_program_is_told_by_its_line(folder: Path, ending: str) -> None:
    (folder / "m.py").write_text(f"def build():\n    {ending}\n", encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        run(folder, "model: {kind: python, path: m.py}\n")
    assert (caught.value.problems[0].file, caught.value.problems[0].line) == ("m.py", 2)


def test_the_folder_of_a_python_file_is_not_shown(folder: Path) -> None:
    text = "from sklearn.dummy import DummyClassifier\ndef build():\n    return DummyClassifier()\n"
    keras_text = (
        f"{HEAD}def build(input_shape):\n"
        "    return keras.Sequential([keras.layers.Input(input_shape), keras.layers.Dense(1, 'sigmoid')])\n"
    )
    for name, written in (("m.py", text), ("k.py", keras_text)):
        (folder / name).write_text(written, encoding="utf-8")
        found = run(folder, f"model: {{kind: python, path: {folder / name}}}\n")
        assert found.fitted is not None
        assert str(folder) not in f"{found.fitted.title} {found.fitted.settings}"


def test_weights_that_cannot_be_written_are_told_by_key_before_training(folder: Path) -> None:
    with pytest.raises(OutputError) as caught:
        run(folder, "model: {kind: mlp}\ntrain: {epochs: 1, save_weights: missing/w.npz}\n")
    assert caught.value.problems[0].key == "train.save_weights"
    assert str(folder) not in caught.value.problems[0].what


FORECAST = "data: {{path: t.csv, target: v, forecast: {{time: {time}, window: {window}}}}}\n"


def test_check_finds_the_time_of_a_forecast_missing_as_run_does(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = folder / "e.yaml"
    spec.write_text(FORECAST.format(time="when", window=3) + "model: {kind: mlp}\n", encoding="utf-8")
    assert cli.main(["check", str(spec)]) == 3
    assert "data.forecast.time: there is no column 'when'" in capsys.readouterr().err


def test_check_finds_a_window_that_pooling_would_leave_nothing_of(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = folder / "e.yaml"
    spec.write_text(FORECAST.format(time="t", window=3) + "model: {kind: cnn, filters: [2, 2]}\n", encoding="utf-8")
    assert cli.main(["check", str(spec)]) == 2
    assert "pooling 2 into one 2 times leaves nothing of 3" in capsys.readouterr().err


def test_one_forecast_alone_has_no_error_of_its_mean() -> None:
    assert np.isnan(statistics.long_run_t_test(np.array([2.0]), 1)).all()


@pytest.mark.parametrize(("high", "told"), [("yes", 0), ("no", 1)])
def test_scores_of_the_other_class_are_told(folder: Path, high: str, told: int) -> None:
    rows = [f"{row % 7},{'yes' if row % 3 else 'no'}" for row in range(30)]
    lines = [f"{row},{row.partition(',')[2]},{0.9 if row.endswith(high) else 0.1}\n" for row in rows]
    (folder / "p.csv").write_text("x,truth,said,p\n" + "".join(lines), encoding="utf-8")
    model = "model: {kind: predictions, predicted: said, scores: p}\n"
    found = run(folder, model, "data: {path: p.csv, target: truth, positive: 'yes'}\n")
    assert len([text for text in found.warnings if text.startswith("of 30 of 30 rows the class predicted")]) == told


def test_a_file_of_predictions_that_can_execute_code_is_told_by_the_key_of_the_model(folder: Path) -> None:
    np.savez(folder / "p.npz", y_pred=np.array([{}], dtype=object))
    with pytest.raises(SpecError) as caught:
        run(folder, "model: {kind: predictions, path: p.npz}\n", "data: {path: t.csv, target: y}\n")
    assert caught.value.problems[0].key == "model.path"
