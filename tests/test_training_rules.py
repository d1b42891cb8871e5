"""What `check` says of a network's parts and training from the file alone, without Keras."""

from __future__ import annotations

import subprocess
import sys

import pytest

from reportgen import specfile
from reportgen.errors import SpecError

DATA = "data: {path: t.csv, target: y, task: binary}\n"


def told(text: str, data: str = DATA) -> list[str]:
    try:
        specfile.draft_of(data + text, "e.yaml")
    except SpecError as error:
        return [f"{problem.key}: {problem.what} - {problem.fix}" for problem in error.problems]
    return []


@pytest.mark.parametrize(
    ("model", "train", "expected"),
    [
        ("activation: rleu", "", "model.activation: 'rleu' is no activation of Keras - did you mean 'relu'?"),
        (
            "initializer: he_norml",
            "",
            "model.initializer: 'he_norml' is no initialiser of Keras - did you mean 'he_norm",
        ),
        ("regularizer: {L2: {l3: 1}}", "", "model.regularizer.L2.l3: L2 has no argument 'l3' - choose from l2"),
        ("", "optimizer: addam", "train.optimizer: 'addam' is no optimiser of Keras - did you mean 'Adam'?"),
        (
            "",
            "learning_rate: CosinDecay",
            "train.learning_rate: 'CosinDecay' is no learning-rate schedule of Keras - did you mean 'CosineDecay'?",
        ),
        ("", "loss: huber", "train.loss: huber does not fit a binary task - choose auto, binary_crossentropy"),
        (
            "",
            "callbacks: [TensorBoard]",
            "train.callbacks[0]: TensorBoard cannot be used here: it writes files of its own",
        ),
        ("", "initial_weights: w.h5", "train.initial_weights: 'w.h5' is of a format that can carry code"),
        ("", "save_weights: w.bin2", "train.save_weights: 'w.bin2' is no .npz file"),
        (
            "",
            "learning_rate: {CosineDecay: {initial_learning_rate: 1, decay_steps: 9}}, callbacks: [ReduceLROnPlateau]",
            "train.callbacks[0]: the schedule CosineDecay sets the learning rate already",
        ),
    ],
)
def test_a_wrong_part_is_told_at_its_key(model, train, expected):
    (problem,) = told(f"model: {{kind: mlp, {model}}}\ntrain: {{{train}}}\n")
    assert problem.startswith(expected)


@pytest.mark.parametrize(
    "train",
    [
        "optimizer: rmsprop",
        "optimizer: {SGD: {momentum: 0.9, nesterov: true}}",
        "learning_rate: {ExponentialDecay: {initial_learning_rate: 0.1, decay_steps: 10, decay_rate: 0.9}}",
        "loss: {binary_focal_crossentropy: {gamma: 1.5}}",
        "callbacks: [{ReduceLROnPlateau: {patience: 5}}, TerminateOnNaN]",
        "class_weights: {a: 2.0}",
    ],
)
def test_right_parts_are_taken(train):
    assert (
        told(f"model: {{kind: mlp, activation: {{leaky_relu: {{negative_slope: 0.2}}}}}}\ntrain: {{{train}}}\n") == []
    )


def test_class_weights_are_for_classes():
    data = "data: {path: t.csv, target: y, task: regression}\n"
    (problem,) = told("model: {kind: mlp}\ntrain: {class_weights: balanced}\n", data)
    assert problem.startswith("train.class_weights: a regression task has no classes that could weigh differently")


def test_check_imports_neither_keras_nor_numpy():
    code = (
        "import sys; from reportgen import specfile;"
        f"specfile.draft_of({DATA!r} + 'model: {{kind: mlp}}\\ntrain: {{optimizer: adam}}', 'e.yaml');"
        "assert not {'keras', 'numpy', 'jax'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
