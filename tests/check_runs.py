"""Runs without a defect, and ways to break them, for the tests of the checks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from reportgen.dataset import Column, Dataset, Kind, Source, Split, Splits, Step, Task
from reportgen.fitted import Activation, Fitted, LayerCourse
from reportgen.metrics import score_prediction
from reportgen.profile import profile
from reportgen.provenance import Provenance
from reportgen.results import Prediction, Run, Score
from reportgen.spec import Data, Spec

METRICS = ("accuracy", "recall", "roc_auc", "ece")
Change = Callable[[Run], Run]


# A run without a defect: a network that has learnt a product of two columns, which a linear model cannot


def clean_frame(rng: np.random.Generator, n: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "height": rng.normal(170, 10, n),
            "angle": rng.normal(0, 1, n),
            "share": rng.uniform(0, 1, n),
            "rainfall": rng.gamma(6, 2, n),
            "visits": rng.poisson(9, n),
            "city": pd.Series(rng.choice(["Oslo", "Rome", "Lima", "Pune"], n), dtype="str"),
            "member": pd.array(rng.random(n) < 0.4, dtype="boolean"),
        }
    )


def clean_run(seed: int = 0, n: int = 1500) -> Run:
    rng = np.random.default_rng(seed)
    frame = clean_frame(rng, n)
    chance = 1 / (1 + np.exp(-6 * ((frame["height"] - 170) / 10 * frame["angle"]).to_numpy()))
    y = (rng.random(n) < chance).astype(np.int64)
    frame["state"] = pd.Series(np.where(y == 1, "ill", "well"), dtype="str")
    task = Task("binary", "state", ("well", "ill"))
    return finished(
        frame,
        task,
        y,
        rng,
        {"model": chance, "linear": rng.uniform(0.4, 0.6, n), "dummy": np.full(n, 0.49)},
    )


def finished(
    frame: pd.DataFrame, task: Task, y: np.ndarray, rng: np.random.Generator, told: dict[str, np.ndarray]
) -> Run:
    """A run whose models have told a probability of the last class, or a number, of every row."""
    kinds = {
        "city": Kind.CATEGORICAL,
        "member": Kind.BOOLEAN,
        task.target: Kind.CATEGORICAL if task.labels else Kind.NUMERIC,
    }
    columns = tuple(Column(str(name), kinds.get(str(name), Kind.NUMERIC), "by its values") for name in frame.columns)
    dataset = Dataset(frame, columns, Source("clean.csv", "csv", 1000, "0" * 64), task)
    splits = split(frame, y, rng)
    predictions = {
        model: {name: predicted(part, values[part.rows], task) for name, part in splits.parts.items()}
        for model, values in told.items()
    }
    run = Run(
        spec=Spec(data=Data(path="clean.csv")),
        dataset=dataset,
        splits=splits,
        fitted=network(),
        predictions=predictions.pop("model"),
        baselines=predictions,
        provenance=provenance(),
    )
    return measured(run)


def split(frame: pd.DataFrame, y: np.ndarray, rng: np.random.Generator) -> Splits:
    n = len(frame)
    numeric = [str(name) for name in frame.columns if pd.api.types.is_numeric_dtype(frame[name])][:5]
    levels = sorted(frame["city"].unique())
    X = np.column_stack([frame[name].to_numpy(float) for name in numeric] + [frame["city"] == one for one in levels])
    names = (*numeric, *(f"city={one}" for one in levels))
    order, ends = rng.permutation(n), (int(0.6 * n), int(0.7 * n))
    numbers, trained = slice(len(numeric)), X[order[: ends[0]], : len(numeric)].astype(float)
    X = X.astype(float)
    X[:, numbers] = (X[:, numbers] - trained.mean(axis=0)) / trained.std(axis=0)
    parts = {
        name: Split(name, X[rows].astype(np.float32), y[rows], rows)
        for name, rows in zip(("train", "validation", "test"), np.split(order, ends), strict=True)
    }
    made_from = {name: name.partition("=")[0] for name in names}
    return Splits(parts, names, (Step("load", n, n, 8, 8, "nothing", "read as it is"),), made_from)


def predicted(part: Split, told: np.ndarray, task: Task) -> Prediction:
    if not task.labels:
        return Prediction(part.name, part.y, told, None, ())
    return Prediction(part.name, part.y, (told > 0.5).astype(np.int64), np.c_[1 - told, told], task.labels)


def network() -> Fitted:
    steps = np.arange(60)
    loss = 0.2 + 0.5 * np.exp(-steps / 6)
    history = {"loss": tuple(loss.tolist()), "val_loss": tuple((loss + 0.02).tolist())}
    functions = (("dense_1", "relu"), ("dense_2", "tanh"), ("dense_3", "sigmoid"))
    return Fitted(
        kind="mlp",
        title="network 9-8-8-1",
        parameters=161,
        history=history,
        activations=tuple(activation(layer, function) for layer, function in functions),
        courses=tuple(course(layer, gradient) for (layer, _), gradient in zip(functions, (0.3, 0.5, 0.8), strict=True)),
        epoch=60,
        epochs=60,
        best_epoch=60,
    )


def course(layer: str, gradient: float, growth: float = 0.9) -> LayerCourse:
    """Twelve epochs, over each of which the gradient changes by the factor `growth`."""
    epochs = np.arange(1, 13)
    none, edges = np.zeros((0, 2), int), np.linspace(-1, 1, 3)
    norms = gradient * growth ** (epochs - 1.0)
    return LayerCourse(layer, epochs, np.ones(12), norms, epochs[:0], edges, none, edges, none)


def activation(layer: str, function: str) -> Activation:
    edge = np.linspace(-1, 1, 3)
    dead, saturated = (0.0, None) if function == "relu" else (None, 0.05)
    return Activation(layer, function, edge, np.array([5, 5]), edge, edge, dead, saturated, 8, 10)


def provenance() -> Provenance:
    return Provenance(
        42, "0" * 64, "clean.csv", "csv", 1000, "0" * 64, "CPython 3.11", "Linux", {}, "jax", "a" * 40, False
    )


def measured(run: Run) -> Run:
    """The run with profile and scores as its table and predictions now are."""
    assert run.dataset is not None
    assert run.task is not None
    metrics = METRICS if run.task.labels else ("r2",)
    scores: list[Score] = []
    for prediction in run.predictions.values():
        scores += score_prediction(prediction, run.task, metrics)  # type: ignore[arg-type]
    return replace(run, profile=profile(run.dataset), scores=tuple(scores))


def clean_regression(seed: int = 0, n: int = 1500) -> Run:
    rng = np.random.default_rng(seed)
    frame = clean_frame(rng, n)
    signal = np.asarray((frame["height"] - 170) / 10 * frame["angle"])
    frame["price"] = 50 + 10 * signal + rng.normal(0, 3, n)
    values = frame["price"].to_numpy()
    told = {
        "model": 50 + 10 * signal,
        "linear": np.full(n, values.mean()) + rng.normal(0, 0.1, n),
        "dummy": np.full(n, values.mean()),
    }
    return finished(frame, Task("regression", "price"), values, rng, told)


# How to break it


def column(name: str, values: Any, kind: Kind = Kind.NUMERIC) -> Change:
    """Another column in the table."""

    def change(run: Run) -> Run:
        assert run.dataset is not None
        frame = run.dataset.frame.copy()
        made = values(frame) if callable(values) else values
        frame[name] = (
            pd.Series(np.asarray(made), dtype="str") if kind in (Kind.CATEGORICAL, Kind.TEXT, Kind.ID) else made
        )
        columns = tuple(one for one in run.dataset.columns if one.name != name)
        dataset = replace(run.dataset, frame=frame, columns=(Column(name, kind, "by its values"), *columns))
        return measured(replace(run, dataset=dataset))

    return change


def repeated(times: int, other_target: bool = False) -> Change:
    """The first rows of the table once more at its end."""

    def change(run: Run) -> Run:
        assert run.dataset is not None
        again = run.dataset.frame.iloc[:times].copy()
        if other_target:
            again["state"] = again["state"].map({"ill": "well", "well": "ill"}).astype("str")
        frame = pd.concat([run.dataset.frame, again], ignore_index=True)
        return measured(replace(run, dataset=replace(run.dataset, frame=frame)))

    return change


def empty(rows: int) -> Change:
    def change(run: Run) -> Run:
        assert run.dataset is not None
        frame = run.dataset.frame.astype({"visits": float})
        frame.loc[: rows - 1, [name for name in frame.columns if name != "state"]] = None
        return measured(replace(run, dataset=replace(run.dataset, frame=frame)))

    return change


def fitted(**changes: Any) -> Change:
    def change(run: Run) -> Run:
        assert run.fitted is not None
        return replace(run, fitted=replace(run.fitted, **changes))

    return change


def history(loss: Any, val_loss: Any = None) -> Change:
    curves = {"loss": tuple(np.asarray(loss, float).tolist())}
    if val_loss is not None:
        curves["val_loss"] = tuple(np.asarray(val_loss, float).tolist())
    return fitted(history=curves, epoch=len(curves["loss"]), epochs=len(curves["loss"]))


def courses(*gradients: float, growth: float = 0.9) -> Change:
    """Gradients of the layers at the first epoch, and by what factor they change over each."""
    found = tuple(course(f"dense_{place}", gradient, growth) for place, gradient in enumerate(gradients, 1))
    return fitted(courses=found)


def activations(**changes: Any) -> Change:
    def change(run: Run) -> Run:
        assert run.fitted is not None
        first, second, last = run.fitted.activations
        which = "dead" if "dead" in changes else "saturated"
        pair = (replace(first, **changes), second) if which == "dead" else (first, replace(second, **changes))
        return replace(run, fitted=replace(run.fitted, activations=(*pair, last)))

    return change


def part(name: str, **changes: Callable[[Split], np.ndarray]) -> Change:
    """Other features, targets or rows in one part of the split."""

    def change(run: Run) -> Run:
        assert run.splits is not None
        old = run.splits.parts[name]
        new = replace(old, **{key: make(old) for key, make in changes.items()})
        return replace(run, splits=replace(run.splits, parts={**run.splits.parts, name: new}))

    return change


def only_test(rows: int) -> Change:
    """A test set of so many rows."""

    def change(run: Run) -> Run:
        assert run.splits is not None
        test = run.splits.test
        short = Split("test", test.X[:rows], test.y[:rows], test.rows[:rows])
        splits = replace(run.splits, parts={**run.splits.parts, "test": short})

        def cut(by_split: Any) -> Any:
            old = by_split["test"]
            new = replace(old, y_true=old.y_true[:rows], y_pred=old.y_pred[:rows], y_score=old.y_score[:rows])
            return {**by_split, "test": new}

        baselines = {name: cut(by_split) for name, by_split in run.baselines.items()}
        return measured(replace(run, splits=splits, predictions=cut(run.predictions), baselines=baselines))

    return change


def told(make: Callable[[Prediction], np.ndarray], *names: str) -> Change:
    """Another probability of the positive class, or another number, in these splits (all)."""

    def change(run: Run) -> Run:
        changed = {}
        for name, old in run.predictions.items():
            values = make(old)
            if names and name not in names:
                changed[name] = old
            elif old.labels:
                changed[name] = replace(old, y_pred=(values > 0.5).astype(np.int64), y_score=np.c_[1 - values, values])
            else:
                changed[name] = replace(old, y_pred=values)
        return measured(replace(run, predictions=changed))

    return change


def chained(*changes: Change) -> Change:
    def change(run: Run) -> Run:
        for one in changes:
            run = one(run)
        return run

    return change


def guess(prediction: Prediction) -> np.ndarray:
    return np.random.default_rng(1).uniform(0.4, 0.6, len(prediction.y_true))


def positive(prediction: Prediction) -> np.ndarray:
    assert prediction.y_score is not None
    return prediction.y_score[:, 1]


def rare(run: Run) -> Run:
    """Of twenty rows one is ill."""
    assert run.dataset is not None
    ill = run.dataset.frame["state"] == "ill"
    frame = pd.concat([run.dataset.frame[~ill], run.dataset.frame[ill].iloc[:40]], ignore_index=True)
    return measured(replace(run, dataset=replace(run.dataset, frame=frame)))


def lost(run: Run) -> Run:
    assert run.splits is not None
    steps = (Step("load", 2500, 2500, 8, 8, "nothing", ""), Step("missing", 2500, 1500, 8, 8, "1,000 rows", "had gaps"))
    return replace(run, splits=replace(run.splits, ledger=steps))


def dirty(run: Run) -> Run:
    assert run.provenance is not None
    return replace(run, provenance=replace(run.provenance, dirty=True))
