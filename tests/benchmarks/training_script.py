"""One training, with all captured or by plain Keras: `training_script.py ours|keras mlp|cnn|rnn`.

Prints rows a second, by the wall clock, and rows a second of processor time.
"""

from __future__ import annotations

import os
import sys
import time

os.environ.setdefault("KERAS_BACKEND", "jax")

import numpy as np

EPOCHS = {"mlp": 20, "cnn": 10, "rnn": 10}
BATCH = 32
WATCHED = 2000


def data(kind: str) -> tuple[np.ndarray, np.ndarray]:
    """The tutorial's shape with 100,000 rows, or 20,000 images like the digits of scikit-learn, or 20,000 sequences."""
    rng = np.random.default_rng(0)
    if kind == "rnn":
        walks = rng.normal(size=(20_000, 28, 2)).cumsum(axis=1).astype(np.float32)
        return walks.reshape(len(walks), -1), (walks[:, -1, 0] > walks[:, 13, 1]).astype(np.int64)
    if kind == "mlp":
        X = rng.normal(size=(100_000, 30)).astype(np.float32)
        return X, (X[:, 0] + rng.normal(size=len(X)) > 0).astype(np.int64)
    y = rng.integers(10, size=20_000)
    shapes = rng.random((10, 64))
    return (shapes[y] + rng.normal(scale=0.5, size=(len(y), 64))).astype(np.float32), y


def ours(kind: str, X: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    from importlib import import_module

    from reportgen.dataset import Task
    from reportgen.fitted import FitJob
    from reportgen.spec import Train
    from reportgen.spec.models import Cnn, Mlp, Rnn

    labels = tuple("0123456789") if kind == "cnn" else ("no", "yes")
    models = {
        "mlp": Mlp(kind="mlp"),
        "cnn": Cnn(kind="cnn", input_shape=(8, 8, 1)),
        "rnn": Rnn(kind="rnn", cell="lstm", units=(32,), input_shape=(28, 2)),
    }
    job = FitJob(
        model=models[kind],
        train=Train(epochs=EPOCHS[kind], batch_size=BATCH),
        task=Task("multiclass" if kind == "cnn" else "binary", "target", labels),
        feature_names=tuple(map(str, range(X.shape[1]))),
        X={"train": X, "validation": X[:WATCHED]},
        y={"train": y, "validation": y[:WATCHED]},
        seed=1,
    )
    model = import_module(f"reportgen.models.{kind}").Model()
    start = _now()
    model.fit(job)
    return _since(start)


def keras(kind: str, X: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    import keras
    from keras import layers

    if kind == "mlp":
        hidden = [layers.Dense(64, activation="relu"), layers.Dense(32, activation="relu")]
        network = keras.Sequential([layers.Input((30,)), *hidden, layers.Dense(1, activation="sigmoid")])
    elif kind == "rnn":
        X = X.reshape(-1, 28, 2)
        network = keras.Sequential([layers.Input((28, 2)), layers.LSTM(32), layers.Dense(1, activation="sigmoid")])
    else:
        X = X.reshape(-1, 8, 8, 1)
        network = keras.Sequential([layers.Input((8, 8, 1))])
        for filters in (32, 64):
            network.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
            network.add(layers.MaxPooling2D(2))
        network.add(layers.Flatten())
        network.add(layers.Dense(64, activation="relu"))
        network.add(layers.Dense(10, activation="softmax"))
    network.compile(
        "adam", "sparse_categorical_crossentropy" if kind == "cnn" else "binary_crossentropy", metrics=["accuracy"]
    )
    start = _now()
    watched = X[:WATCHED], y[:WATCHED]
    network.fit(X, y, batch_size=BATCH, epochs=EPOCHS[kind], validation_data=watched, verbose=0)
    # What ours has done by then, too.
    network.predict(X, verbose=0)
    return _since(start)


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(start: tuple[float, float]) -> tuple[float, float]:
    wall, processor = _now()
    return wall - start[0], processor - start[1]


if __name__ == "__main__":
    how, which = sys.argv[1:]
    rows, target = data(which)
    spent = {"ours": ours, "keras": keras}[how](which, rows, target)
    print(*(len(rows) * EPOCHS[which] / seconds for seconds in spent))
