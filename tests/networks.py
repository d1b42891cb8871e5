"""Networks seen from inside, made by hand with numpy: what a capture gives, with nothing trained."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PIL import Image

from reportgen.fitted import (
    Activation,
    Embedding,
    FeatureMaps,
    Filters,
    Fitted,
    Layer,
    LayerCourse,
    Logged,
    Outputs,
    WeightMatrix,
)
from reportgen.results import Run
from reportgen.spec import Report
from tests import runs


def convolutional(rows: int = 400, labels: tuple[str, ...] = ("zero", "one", "two")) -> Run:
    """A multiclass run whose network has two convolutions, with everything that a capture gives."""
    run = runs.multiclass(rows, labels)
    assert run.fitted is not None
    random = np.random.default_rng(5)
    layers = (
        Layer("pixels", "Input", (8, 8, 1), 0),
        Layer("conv2d", "Conv2D", (6, 6, 16), 160, "relu", "3 x 3 x 1 x 16 kernel, 16 biases", ("pixels",), 160),
        Layer("max_pooling2d", "MaxPooling2D", (3, 3, 16), 0, "", "2 x 2", ("conv2d",)),
        Layer("conv2d_1", "Conv2D", (1, 1, 32), 4640, "relu", "3 x 3 x 16 x 32 kernel", ("max_pooling2d",), 4640),
        Layer("flatten", "Flatten", (32,), 0, "", "", ("conv2d_1",)),
        Layer("dense", "Dense", (24,), 792, "tanh", "32 x 24 weights", ("flatten",), 792),
        Layer("dropout", "Dropout", (24,), 0, "", "rate 0.2", ("dense",)),
        Layer("dense_1", "Dense", (len(labels),), 25 * len(labels), "softmax", "", ("dropout",), 25 * len(labels)),
    )
    held = {"conv2d": (9, 16), "conv2d_1": (144, 32), "dense": (32, 24), "dense_1": (24, len(labels))}
    fitted = replace(
        run.fitted,
        kind="cnn",
        title="convolutional network",
        parameters=sum(layer.parameters for layer in layers),
        layers=layers,
        weights=tuple(matrix(name, random.normal(0, 0.3, shape), name != "conv2d") for name, shape in held.items()),
        activations=(
            activation("conv2d", "relu", 16, random, dead=0.0625),
            activation("conv2d_1", "relu", 32, random, dead=0.0),
            activation("dense", "tanh", 24, random, saturated=0.31),
            activation("dense_1", "softmax", len(labels), random, saturated=0.8),
        ),
        courses=courses(list(held), 40, random),
        outputs=tuple(outputs(layer.name, random) for layer in layers[1:]),
        filters=(Filters("conv2d", random.normal(0, 0.3, (16, 3, 3, 1)), 16, (3, 3)),),
        maps=(feature_maps("conv2d", (6, 6), 16, random), feature_maps("conv2d_1", (1, 1), 32, random)),
        embedding=embedding(run, random),
    )
    return replace(run, fitted=fitted)


def deep(layers: int = 100, width: int = 316) -> Run:
    """A binary run of a network of so many Dense layers, all of them of different width: nothing can be folded."""
    run = runs.binary()
    assert run.fitted is not None
    random = np.random.default_rng(6)
    widths = [width + place for place in range(layers)]
    names = [f"dense_{place}" for place in range(layers)]
    table = tuple(
        Layer(name, "Dense", (units,), before * units, "gelu", "", tuple(names[place - 1 : place]), before * units)
        for place, (name, before, units) in enumerate(zip(names, [30, *widths], widths, strict=False))
    )
    shown = [names[place] for place in np.rint(np.linspace(0, layers - 1, min(24, layers))).astype(int)]
    side = next(side for side in (128, 112, 96, 80, 64, 56, 48, 40, 32) if len(shown) * side**2 <= 33_000)
    fitted = replace(
        run.fitted,
        title="deep network",
        parameters=sum(layer.parameters for layer in table),
        layers=table,
        weights=tuple(
            replace(matrix(name, random.normal(0, 0.1, (side, side)), True), shape=(width, width)) for name in shown
        ),
        activations=tuple(activation(name, "gelu", width, random) for name in shown),
        courses=courses(names, 40, random, set(shown)),
        outputs=tuple(outputs(name, random) for name in shown),
        embedding=embedding(run, random),
    )
    return replace(run, fitted=fitted)


def branched() -> tuple[Layer, ...]:
    """Three residual blocks, then three branches that meet."""
    found = [
        Layer("input", "Input", (32, 32, 3), 0),
        Layer("stem", "Conv2D", (32, 32, 16), 448, "relu", "", ("input",), 448),
    ]
    before = "stem"
    for block in range(8):
        first, second, add = f"conv_{block}a", f"conv_{block}b", f"add_{block}"
        found += [
            Layer(first, "Conv2D", (32, 32, 16), 2320, "relu", "", (before,), 2320),
            Layer(second, "Conv2D", (32, 32, 16), 2320, "", "", (first,), 2320),
            Layer(add, "Add", (32, 32, 16), 0, "", "", (second, before)),
        ]
        before = add
    found += [
        Layer("one", "Conv2D", (32, 32, 8), 136, "relu", "", (before,), 136),
        Layer("three", "Conv2D", (32, 32, 8), 1160, "relu", "", (before,), 1160),
        Layer("pool", "MaxPooling2D", (32, 32, 16), 0, "", "", (before,)),
        Layer("pooled", "Conv2D", (32, 32, 8), 136, "relu", "", ("pool",), 136),
        Layer("joined", "Concatenate", (32, 32, 24), 0, "", "", ("one", "three", "pooled")),
        Layer("mean", "GlobalAveragePooling2D", (24,), 0, "", "", ("joined",)),
        Layer("classes", "Dense", (10,), 250, "softmax", "", ("mean",), 250),
    ]
    return tuple(found)


def with_layers(run: Run, layers: Sequence[Layer]) -> Run:
    assert run.fitted is not None
    return replace(run, fitted=replace(run.fitted, layers=tuple(layers)))


def log() -> Run:
    """What is told of a TensorBoard log: curves, histograms and images."""
    run = runs.binary()
    assert run.fitted is not None
    random = np.random.default_rng(7)
    steps, edges = np.arange(0, 100, 10), np.linspace(-1, 1, 31)
    histograms = {
        f"layer_{place}/kernel": (steps, edges, np.array([_counts(random, edges, 0.1 + 0.02 * n) for n in range(10)]))
        for place in range(4)
    }
    picture = io.BytesIO()
    Image.fromarray(random.integers(0, 255, (40, 60, 3), dtype=np.uint8)).save(picture, "PNG")
    logged = Logged(histograms, {"input": picture.getvalue(), "broken": b"\x89PNG not one"})
    fitted = Fitted("tensorboard", "log", None, history=run.fitted.history, logged=logged)
    return replace(run, fitted=fitted, spec=run.spec.model_copy(update={"report": Report(samples=4)}))


# The parts.


def matrix(layer: str, values: np.ndarray, ordered: bool = False) -> WeightMatrix:
    plain = runs._weights(layer, values)
    rows, columns = values.shape
    return replace(plain, order=np.arange(rows)[::-1], unit_order=np.arange(columns)[::-1]) if ordered else plain


def activation(
    layer: str,
    function: str,
    units: int,
    random: np.random.Generator,
    dead: float | None = None,
    saturated: float | None = None,
) -> Activation:
    plain = runs._activation(layer, function, units, random)
    return replace(plain, dead=dead, saturated=saturated)


def courses(
    names: Sequence[str], epochs: int, random: np.random.Generator, drawn: set[str] | None = None
) -> tuple[LayerCourse, ...]:
    """Gradients fall by half from the last layer to the one before it; weights grow by a half."""
    return tuple(
        _course(
            name,
            0.5 ** min(len(names) - 1 - place, 30),
            epochs,
            random,
            drawn is None or name in drawn,
            len(names) <= 12,
        )
        for place, name in enumerate(names)
    )


def _course(
    name: str, gradient: float, epochs: int, random: np.random.Generator, drawn: bool, few: bool
) -> LayerCourse:
    looked_at = np.arange(1, epochs + 1)
    some = looked_at[:: max(1, epochs // (10 if few else 5))] if drawn else looked_at[:0]
    edges = np.linspace(-1.5, 1.5, 41)
    steps = [0.2 + 0.1 * epoch / epochs for epoch in some]
    return LayerCourse(
        name,
        looked_at,
        2.0 + looked_at / epochs,
        gradient * (0.2 + np.exp(-looked_at / 8)),
        some,
        edges if drawn else np.zeros(0),
        np.array([_counts(random, edges, step) for step in steps]) if drawn else np.zeros((0, 0), int),
        gradient * edges if drawn else np.zeros(0),
        np.array([_counts(random, edges, 0.5 - step) for step in steps]) if drawn else np.zeros((0, 0), int),
    )


def _counts(random: np.random.Generator, edges: np.ndarray, spread: float) -> np.ndarray:
    return np.histogram(np.clip(random.normal(0, spread, 3000), edges[0], edges[-1]), edges)[0]


def outputs(layer: str, random: np.random.Generator) -> Outputs:
    values = np.maximum(random.normal(0.2, 1.0, 4000), 0)
    counts, edges = np.histogram(values, 40)
    return Outputs(layer, edges, counts, float(values.mean()), float(values.std()), float((values == 0).mean()))


def feature_maps(layer: str, size: tuple[int, int], channels: int, random: np.random.Generator) -> FeatureMaps:
    image = random.random((8, 8, 1))
    maps = np.maximum(random.normal(0.3, 0.5, (min(channels, 16), *size)), 0)
    return FeatureMaps(layer, image, maps, channels, "the mean of 250 training rows")


def embedding(run: Run, random: np.random.Generator) -> Embedding:
    """Classes that lie five apart along the first component."""
    assert run.splits is not None
    y = run.splits.parts["validation"].y
    points = np.column_stack([5.0 * y, np.zeros(len(y))]) + random.standard_normal((len(y), 2))
    return Embedding("dense", "validation", points, (0.7, 0.1), y, 24)


# As they can be too.


def renamed(run: Run, names: Sequence[str]) -> Run:
    """The same network with other names of its layers."""
    fitted = run.fitted
    assert fitted is not None
    name = {layer.name: names[place % len(names)] for place, layer in enumerate(fitted.layers)}
    return replace(
        run,
        fitted=replace(
            fitted,
            layers=tuple(
                replace(one, name=name[one.name], inputs=tuple(name[other] for other in one.inputs), kind=names[3])
                for one in fitted.layers
            ),
            weights=tuple(replace(one, layer=name[one.layer]) for one in fitted.weights),
            activations=tuple(replace(one, layer=name[one.layer], function=names[4]) for one in fitted.activations),
            courses=tuple(replace(one, layer=name[one.layer]) for one in fitted.courses),
            outputs=tuple(replace(one, layer=name[one.layer]) for one in fitted.outputs),
            filters=tuple(replace(one, layer=name[one.layer]) for one in fitted.filters),
            maps=tuple(replace(one, layer=name[one.layer], shown=names[5]) for one in fitted.maps),
            embedding=fitted.embedding and replace(fitted.embedding, layer=names[1]),
        ),
    )


def broken(run: Run) -> Run:
    """The same network with NaN and infinity wherever there are numbers."""
    fitted = run.fitted
    assert fitted is not None
    assert fitted.embedding is not None
    return replace(
        run,
        fitted=replace(
            fitted,
            weights=tuple(
                replace(one, values=spoilt(one.values), std=np.nan, smallest=-np.inf, largest=np.inf)
                for one in fitted.weights
            ),
            activations=tuple(replace(one, curve_y=spoilt(one.curve_y)) for one in fitted.activations),
            courses=tuple(
                replace(one, weight_norm=spoilt(one.weight_norm), gradient_norm=spoilt(one.gradient_norm))
                for one in fitted.courses
            ),
            outputs=tuple(replace(one, mean=np.nan, std=np.inf, zeros=np.nan) for one in fitted.outputs),
            filters=tuple(replace(one, tiles=spoilt(one.tiles)) for one in fitted.filters),
            maps=tuple(replace(one, image=spoilt(one.image), maps=spoilt(one.maps)) for one in fitted.maps),
            embedding=replace(fitted.embedding, explained=(np.nan, np.nan)),
        ),
    )


def spoilt(values: np.ndarray) -> np.ndarray:
    found = np.array(values, dtype=float)
    found.flat[0], found.flat[-1] = np.nan, np.inf
    return found


def still(run: Run) -> Run:
    """The same network with zeros wherever there are numbers, looked at in one epoch alone."""
    fitted = run.fitted
    assert fitted is not None
    assert fitted.embedding is not None
    return replace(
        run,
        fitted=replace(
            fitted,
            history={name: values[:1] for name, values in fitted.history.items()},
            courses=tuple(
                replace(
                    one,
                    epochs=one.epochs[:1],
                    weight_norm=one.weight_norm[:1],
                    gradient_norm=0 * one.gradient_norm[:1],
                    histogram_epochs=one.histogram_epochs[:1],
                    weight_counts=one.weight_counts[:1],
                    gradient_counts=0 * one.gradient_counts[:1],
                )
                for one in fitted.courses
            ),
            outputs=tuple(replace(one, mean=0.0, std=0.0, zeros=1.0) for one in fitted.outputs),
            filters=tuple(replace(one, tiles=0 * one.tiles) for one in fitted.filters),
            maps=tuple(replace(one, image=0 * one.image, maps=0 * one.maps) for one in fitted.maps),
            embedding=replace(fitted.embedding, points=0 * fitted.embedding.points, explained=(0.0, 0.0)),
        ),
    )
