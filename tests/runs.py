"""Synthetic runs for tests: built by hand with numpy, nothing is trained.

`binary()`, `multiclass()` and `regression()` give a `Run` with a network-like `Fitted`, predictions on every split and
both baselines. What a test needs changed it changes with `dataclasses.replace`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from reportgen.dataset import Column, Dataset, Kind, Source, Split, Splits, Step, Task
from reportgen.fitted import Activation, Fitted, Layer, WeightMatrix
from reportgen.prepare import flat, prepare
from reportgen.profile import profile
from reportgen.results import Prediction, Run
from reportgen.spec import Data, Forecast, Report, Spec

FEATURES = ("radius", "texture", "perimeter", "smoothness", "symmetry", "noise", "city")
SHARES = {"train": 0.7, "validation": 0.1, "test": 0.2}


def binary(rows: int = 400, labels: tuple[str, ...] = ("benign", "malignant"), seed: int = 0) -> Run:
    """A binary task whose positive class is the last label; the model is right on about nine rows in ten."""
    random = np.random.default_rng(seed)
    codes = (random.random(rows) < 0.37).astype(np.int64)
    return _classes(codes, labels, random)


def costly(rows: int = 400, costs: tuple[float, float] = (1.0, 5.0)) -> Run:
    """The binary task, where false positives and false negatives cost what is given."""
    run = binary(rows)

    def priced(predictions: Mapping[str, Prediction]) -> dict[str, Prediction]:
        return {name: replace(prediction, costs=costs) for name, prediction in predictions.items()}

    baselines = {name: priced(predictions) for name, predictions in run.baselines.items()}
    return replace(run, predictions=priced(run.predictions), baselines=baselines)


def multiclass(rows: int = 400, labels: tuple[str, ...] = ("setosa", "versicolor", "virginica"), seed: int = 1) -> Run:
    """A multiclass task with as many classes as labels, all of them in every split where `rows` allows."""
    random = np.random.default_rng(seed)
    return _classes(random.permutation(np.arange(rows) % len(labels)), labels, random)


def regression(rows: int = 400, seed: int = 2) -> Run:
    """A regression of `price` with normal errors of standard deviation 2 around a mean of about 50."""
    random = np.random.default_rng(seed)
    values = 50 + 10 * random.standard_normal(rows)
    frame = _frame(random, (values - 50) / 10)
    frame["price"] = values
    task = Task("regression", "price", (), "price is a number with many values")
    y_pred = {"model": values + 2 * random.standard_normal(rows), "linear": values + 4 * random.standard_normal(rows)}
    y_pred["dummy"] = np.full(rows, values.mean())
    run = _run(frame, task, values)
    predictions = {
        model: {
            name: Prediction(name, part.y, predicted[part.rows], None, (), part.rows)
            for name, part in _parts(run).items()
        }
        for model, predicted in y_pred.items()
    }
    return replace(run, predictions=predictions.pop("model"), baselines=predictions)


def forecast(rows: int = 400, horizon: int = 5, season: int = 7, seed: int = 5) -> Run:
    """A forecast of daily `sales` with a weekly season, `horizon` days ahead; errors grow with the step."""
    random = np.random.default_rng(seed)
    values = 50 + 8 * np.sin(np.arange(rows) * 2 * np.pi / 7) + random.standard_normal(rows)
    frame = pd.DataFrame(
        {
            "day": pd.Timestamp("2023-01-01") + pd.to_timedelta(np.arange(rows), unit="D"),
            "price": 3 + 0.1 * random.standard_normal(rows),
            "sales": values,
        }
    )
    kinds = {"day": Kind.DATETIME, "price": Kind.NUMERIC, "sales": Kind.NUMERIC}
    columns = tuple(Column(name, kind, "by its values") for name, kind in kinds.items())
    stated = f"the experiment file asks for forecasts of {horizon} steps"
    task = Task("forecast", "sales", (), stated, time="day", season=season)
    dataset = Dataset(frame, columns, Source("example.csv", "csv", 12_345, "0" * 64), task)
    wish = Forecast(time="day", window=14, horizon=horizon, season=season)
    spec = Spec(data=Data(path="example.csv", target="sales", forecast=wish))
    splits = prepare(dataset, spec)
    spreads = np.sqrt(np.arange(1, horizon + 1))

    def said(part: Split, values: np.ndarray) -> Prediction:
        return flat(Prediction(part.name, part.y, values, None, (), part.rows), splits)

    parts = splits.parts
    noisy = {name: part.y + spreads * random.standard_normal(part.y.shape) for name, part in parts.items()}
    linear = {name: part.y + 2 * random.standard_normal(part.y.shape) for name, part in parts.items()}
    return Run(
        spec=spec,
        dataset=dataset,
        profile=profile(dataset),
        splits=splits,
        fitted=network(replace(task, name="regression")),
        predictions={name: said(part, noisy[name]) for name, part in parts.items()},
        baselines={
            "linear": {name: said(part, linear[name]) for name, part in parts.items()},
            "dummy": {name: said(part, part.naive) for name, part in parts.items() if part.naive is not None},
        },
    )


def multilabel(rows: int = 400, labels: tuple[str, ...] = ("sport", "music", "travel"), seed: int = 6) -> Run:
    """Several labels a row, of which the first two go together."""
    random = np.random.default_rng(seed)
    hidden = random.standard_normal((rows, len(labels)))
    hidden[:, 1] += hidden[:, 0]
    flags = hidden > np.linspace(0.2, 1.0, len(labels))
    frame = _frame(random, hidden[:, 0])
    for place, label in enumerate(labels):
        frame[label] = pd.array(flags[:, place], dtype="boolean")
    task = Task("multilabel", " and ".join(labels), labels, "the experiment file names its targets", targets=labels)
    run = _run(frame, task, flags.astype(np.int64))
    spreads = {"model": 0.6, "linear": 1.2, "dummy": 40.0}
    noisy = {name: hidden + spread * random.standard_normal(hidden.shape) for name, spread in spreads.items()}
    predictions = {name: _flagged(run, 1 / (1 + np.exp(-2 * (values - 0.5)))) for name, values in noisy.items()}
    return replace(run, predictions=predictions.pop("model"), baselines=predictions)


def _flagged(run: Run, scores: np.ndarray) -> dict[str, Prediction]:
    assert run.task is not None
    return {
        name: Prediction(name, part.y, (scores[part.rows] >= 0.5).astype(np.int64), scores[part.rows], run.task.labels)
        for name, part in _parts(run).items()
    }


def table(rows: int = 400, labels: tuple[str, ...] = (), words: tuple[str, ...] = (), seed: int = 4) -> Run:
    """Data alone, of every kind: hourly times with a gap and a daily season, gaps in blocks, texts and images.

    With `labels` there is a target, which `load`, `note` and `picture` tell. `words` are the levels and the words.
    """
    random = np.random.default_rng(seed)
    words = words or ("valve", "pump", "leak", "alarm")
    codes = np.arange(rows) % max(len(labels), 1)
    hours = np.arange(rows) + np.where(np.arange(rows) < rows // 2, 0, 60)
    frame = _columns_of_a_table(random, codes, hours, words)
    kinds = {
        "when": Kind.DATETIME, "site": Kind.CATEGORICAL, "open": Kind.BOOLEAN, "note": Kind.TEXT, "picture": Kind.IMAGE
    }  # fmt: skip
    task = None
    if labels:
        frame["target"] = pd.Series([labels[code] for code in codes], dtype="str")
        kinds["target"] = Kind.CATEGORICAL
        task = Task(
            "binary" if len(labels) == 2 else "multiclass", "target", labels, f"target has {len(labels)} values"
        )
    columns = tuple(Column(name, kinds.get(name, Kind.NUMERIC), "by its values") for name in frame.columns)
    images = {"picture": Pictures(tuple((codes * 60 + np.arange(rows) % 40).tolist()))}
    dataset = Dataset(frame, columns, Source("example.csv", "csv", 12_345, "0" * 64), task, images=images)
    spec = Spec(data=Data(path="example.csv"), report=Report(samples=12))
    return Run(spec=spec, dataset=dataset, profile=profile(dataset))


def _columns_of_a_table(
    random: np.random.Generator, codes: np.ndarray, hours: np.ndarray, words: tuple[str, ...]
) -> pd.DataFrame:
    rows = len(codes)
    load = 100 + 20 * np.sin(hours / 24 * 2 * np.pi) + 15 * codes + random.standard_normal(rows)
    frame = pd.DataFrame(
        {
            "when": pd.Timestamp("2024-01-01") + pd.to_timedelta(hours, unit="h"),
            "load": load,
            "heat": load / 3 + random.standard_normal(rows),
            "wind": random.exponential(size=rows),
            "cost": 0.5 * load + 10 * random.standard_normal(rows),
            "site": pd.Series(random.choice(list(words[:3]), rows), dtype="str"),
            "open": pd.array(random.random(rows) < 0.3, dtype="boolean"),
            "note": pd.Series(
                [" ".join([words[code % len(words)], *random.choice(words, 3)]) for code in codes], dtype="str"
            ),
            "picture": pd.Series([f"{number}.png" for number in range(rows)], dtype="str"),
        }
    )
    block = slice(rows // 4, rows // 2)
    frame.loc[frame.index[block], ["wind", "cost"]] = np.nan
    return frame


@dataclass(frozen=True)
class Pictures:
    """Images of one grey each, 8 x 8 pixels, every fourth 8 x 12."""

    greys: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.greys)

    def shapes(self) -> np.ndarray:
        return np.array([(8, 12 if place % 4 == 3 else 8, 3) for place in range(len(self.greys))], dtype=np.int32)

    def read(self, rows: np.ndarray, size: tuple[int, int], channels: int) -> np.ndarray:
        greys = np.array(self.greys, dtype=np.uint8)[rows]
        return np.broadcast_to(greys[:, None, None, None], (len(rows), *size, channels)).copy()


def sklearn_model(run: Run) -> Run:
    """The same run as if of a scikit-learn estimator: no history, no layers, but coefficients and importances."""
    outputs = 1 if run.task is None or len(run.task.labels) < 3 else len(run.task.labels)
    fitted = Fitted(
        kind="sklearn",
        title="LogisticRegression",
        parameters=None,
        coefficients={
            name: tuple(0.5 * place - output for output in range(outputs)) for place, name in enumerate(FEATURES)
        },
        importances={name: place / 21 for place, name in enumerate(FEATURES)},
    )
    return replace(run, fitted=fitted)


def with_names(run: Run, names: Mapping[str, str]) -> Run:
    """The same run with columns renamed, for hostile names."""
    assert run.dataset is not None
    columns = tuple(replace(column, name=names.get(column.name, column.name)) for column in run.dataset.columns)
    task = run.task and replace(run.task, target=names.get(run.task.target, run.task.target))
    images = {names.get(name, name): pictures for name, pictures in run.dataset.images.items()}
    frame = run.dataset.frame.rename(columns=dict(names))
    dataset = replace(run.dataset, frame=frame, columns=columns, task=task, images=images)
    splits = run.splits and replace(
        run.splits, feature_names=tuple(names.get(name, name) for name in run.splits.feature_names)
    )
    return replace(run, dataset=dataset, profile=profile(dataset), splits=splits)


def without_columns(run: Run, *names: str) -> Run:
    """The same run without these columns of the table."""
    assert run.dataset is not None
    columns = tuple(column for column in run.dataset.columns if column.name not in names)
    dataset = replace(run.dataset, frame=run.dataset.frame.drop(columns=list(names)), columns=columns)
    return replace(run, dataset=dataset, profile=profile(dataset))


def _classes(codes: np.ndarray, labels: tuple[str, ...], random: np.random.Generator) -> Run:
    frame = _frame(random, codes - codes.mean())
    frame["target"] = pd.Series([labels[code] for code in codes], dtype="str")
    name = "binary" if len(labels) == 2 else "multiclass"
    task = Task(name, "target", labels, f"target has {len(labels)} values")
    run = _run(frame, task, codes)
    strengths = {"model": 2.6, "linear": 1.6, "dummy": 0.0}
    predictions = {
        model: _scored(run, _scores(codes, len(labels), strength, random)) for model, strength in strengths.items()
    }
    return replace(run, predictions=predictions.pop("model"), baselines=predictions)


def _scores(codes: np.ndarray, classes: int, strength: float, random: np.random.Generator) -> np.ndarray:
    raised = strength * np.eye(classes)[codes] + (
        random.standard_normal((len(codes), classes)) * 1.2 if strength else 0
    )
    return np.exp(raised) / np.exp(raised).sum(axis=1, keepdims=True)


def _scored(run: Run, scores: np.ndarray) -> dict[str, Prediction]:
    assert run.task is not None
    return {
        name: Prediction(name, part.y, scores[part.rows].argmax(axis=1), scores[part.rows], run.task.labels, part.rows)
        for name, part in _parts(run).items()
    }


def _parts(run: Run) -> Mapping[str, Split]:
    assert run.splits is not None
    return run.splits.parts


def _frame(random: np.random.Generator, signal: np.ndarray) -> pd.DataFrame:
    rows = len(signal)
    radius = 14 + 3 * signal + random.standard_normal(rows)
    frame = pd.DataFrame(
        {
            "radius": radius,
            "texture": 19 + 2 * signal + 3 * random.standard_normal(rows),
            "perimeter": 6.5 * radius + 0.5 * random.standard_normal(rows),
            "smoothness": 0.1 + 0.01 * random.standard_normal(rows),
            "symmetry": 0.2 - 0.02 * signal + 0.02 * random.standard_normal(rows),
            "noise": random.exponential(size=rows),
            "city": pd.Series(random.choice(["Oslo", "Rome", "Lima"], rows), dtype="str"),
        }
    )
    frame.loc[: rows // 10, "texture"] = np.nan
    return frame


def _run(frame: pd.DataFrame, task: Task, y: np.ndarray) -> Run:
    rows = len(frame)
    kinds = {"city": Kind.CATEGORICAL, task.target: Kind.NUMERIC if task.name == "regression" else Kind.CATEGORICAL}
    kinds |= dict.fromkeys(task.targets, Kind.BOOLEAN)
    columns = tuple(Column(name, kinds.get(name, Kind.NUMERIC), "by its values") for name in frame.columns)
    dataset = Dataset(frame, columns, Source("example.csv", "csv", 12_345, "0" * 64), task)
    X = frame[list(FEATURES[:-1])].fillna(0).to_numpy(dtype=np.float32)
    ends = np.cumsum([0, *(round(share * rows) for share in SHARES.values())])
    ends[-1] = rows
    parts = {
        name: Split(name, X[low:high], y[low:high], np.arange(low, high))
        for name, low, high in zip(SHARES, ends[:-1], ends[1:], strict=True)
    }
    ledger = (Step("load", rows, rows, frame.shape[1], frame.shape[1], "nothing", "read as it is"),)
    return Run(
        spec=Spec(data=Data(path="example.csv")),
        dataset=dataset,
        profile=profile(dataset),
        splits=Splits(parts, FEATURES[:-1], ledger),
        fitted=network(task),
    )


def network(task: Task, epochs: int = 40, best: int = 12) -> Fitted:
    """A network 6-16-8-k whose validation loss is lowest at epoch `best` and rises after it."""
    random = np.random.default_rng(3)
    outputs = len(task.labels) if task.name in ("multiclass", "multilabel") else 1
    last = {"multiclass": "softmax", "regression": "linear"}.get(task.name, "sigmoid")
    steps = np.arange(1, epochs + 1)
    validation = 0.1 + 0.0004 * (steps - best) ** 2
    history = {
        "loss": tuple((0.7 * np.exp(-steps / 8)).tolist()),
        "val_loss": tuple(validation.tolist()),
        "learning_rate": tuple([0.001] * (epochs // 2) + [0.0005] * (epochs - epochs // 2)),
    }
    metric = "mean_absolute_error" if task.is_numeric else "accuracy"
    history[metric] = tuple((1 - 0.4 * np.exp(-steps / 8)).tolist())
    history[f"val_{metric}"] = tuple((0.95 - 0.4 * np.exp(-steps / 8)).tolist())
    sizes = (6, 16, 8, outputs)
    functions = ("relu", "relu", last)
    names = [f"dense_{number}" for number in range(1, 4)]
    pairs = list(zip(names, sizes[:-1], sizes[1:], functions, strict=True))
    return Fitted(
        kind="mlp",
        title=f"network {'-'.join(map(str, sizes))}",
        parameters=sum((inputs + 1) * units for _, inputs, units, _ in pairs),
        history=history,
        layers=tuple(Layer(name, "Dense", (units,), (inputs + 1) * units, act) for name, inputs, units, act in pairs),
        weights=tuple(_weights(name, random.normal(0, 0.3, (inputs, units))) for name, inputs, units, _ in pairs),
        activations=tuple(_activation(name, act, units, random) for name, _, units, act in pairs),
        epoch=epochs,
        epochs=epochs,
        best_epoch=best,
        loss_name={"multiclass": "categorical_crossentropy", "regression": "mean_squared_error"}.get(
            task.name, "binary_crossentropy"
        ),
        backend="jax",
    )


def _weights(layer: str, values: np.ndarray) -> WeightMatrix:
    return WeightMatrix(
        layer,
        (values.shape[0], values.shape[1]),
        values,
        mean=float(values.mean()),
        std=float(values.std()),
        smallest=float(values.min()),
        largest=float(values.max()),
    )


def _activation(layer: str, function: str, units: int, random: np.random.Generator) -> Activation:
    inputs = random.normal(-0.5, 1.5, 2000)
    counts, edges = np.histogram(inputs, bins=40)
    x = np.linspace(edges[0], edges[-1], 101)
    curves = {"relu": np.maximum(x, 0), "sigmoid": 1 / (1 + np.exp(-x)), "linear": x}
    relu = function == "relu"
    return Activation(
        layer, function, edges, counts, x, curves.get(function, x), 0.125 if relu else None,
        0.02 if function == "sigmoid" else None, units, 250,
    )  # fmt: skip
