"""What a report shows of a trained network: its layers, kernels and activations, as small summaries."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from reportgen.fitted import Activation, Embedding, FeatureMaps, Fitted, Layer, Outputs
from reportgen.models._activations import activations, outputs
from reportgen.models._embedding import MOST_ROWS, embedding, last_layer
from reportgen.models._histograms import spread
from reportgen.models._keras import keras
from reportgen.models._layers_table import Place, layers, places
from reportgen.models._maps import feature_maps, filters, image_of, shown, to_show
from reportgen.models._matrices import matrices
from reportgen.models._recording import Function, Listener, Seen, functions

SAMPLE = 1000
_MOST_VALUES = 8_000_000  # that come out of the network at once, 32 MB
_MOST_ACTIVATIONS, _MOST_OUTPUTS = 32, 48
#: Layers that pass on what they are given, or part of it, when they predict.
_PASSING = tuple(
    getattr(keras.layers, name)
    for name in (
        *("InputLayer", "Dropout", "AlphaDropout", "GaussianDropout", "GaussianNoise", "ActivityRegularization"),
        *("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "Identity", "Masking", "Flatten", "Reshape"),
        *("Permute", "RepeatVector", "Cropping1D", "Cropping2D", "Cropping3D", "UpSampling1D", "UpSampling2D"),
        *("UpSampling3D", "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D"),
    )
)


def capture(
    fitted: Fitted, network: Any, X: Mapping[str, np.ndarray], y: Mapping[str, np.ndarray], samples: int
) -> Fitted:
    """The model with summaries of its network, which holds the weights that predict.

    What the layers give is observed on at most 1,000 training rows, fewer where they give much. A network that cannot
    be observed keeps its table of layers and its matrices, and a warning tells of it.

    Args:
        X: rows by split, (n, n_features) or as the network takes them.
        y: the truth by split, as the report shows it.
        samples: rows that the report may show.
    """
    found = places(network)
    held = replace(fitted, layers=layers(network), weights=matrices(found), filters=filters(found))
    try:
        return _with_observed(held, _Observed(network, found, X, samples), y)
    except Exception as error:  # whatever is wrong with it, a finished training must not be lost
        told = f"what the layers give could not be observed ({type(error).__name__})"
        return replace(held, warnings=(*held.warnings, told))


def _with_observed(held: Fitted, observed: _Observed, y: Mapping[str, np.ndarray]) -> Fitted:
    return replace(
        held,
        layers=tuple(observed.with_shape(layer) for layer in held.layers),
        activations=observed.activations(),
        outputs=observed.outputs(),
        maps=observed.maps(),
        embedding=observed.embedding(y),
    )


def _shaped(network: Any, values: np.ndarray) -> np.ndarray:
    """Rows in the shape and type of the network's input, where it has one."""
    inputs = getattr(network, "inputs", None) or []
    if len(inputs) != 1:
        return values
    shape = inputs[0].shape[1:]
    if values.shape[1:] != tuple(shape):
        values = values.reshape(len(values), *(-1 if side is None else side for side in shape))
    return np.ascontiguousarray(values, inputs[0].dtype)


class _Observed:
    """One run of the network over a sample of training rows, an image, and the rows of the embedding."""

    def __init__(self, network: Any, found: list[Place], X: Mapping[str, np.ndarray], samples: int) -> None:
        self._network = network
        self._functions = _some(functions(found), _MOST_ACTIVATIONS)
        self._outputs = _some([place for place in found if not isinstance(place.layer, _PASSING)], _MOST_OUTPUTS)
        self._shown, self._last = shown(found), last_layer(found)
        self._hidden = _before(self._last, found)
        self._image, self._whose = self._pictured(X, samples)
        self._listener = Listener(
            network, self._watched(), [self._last] if self._last and self._hidden else [], self._functions
        )
        self._run(X, _affordable(self._watched(), self._functions, found))

    def _pictured(self, X: Mapping[str, np.ndarray], samples: int) -> tuple[np.ndarray | None, str]:
        """The image whose maps are shown, as the network takes it with a batch axis, and whose it is."""
        found = image_of(X, samples) if self._shown else None
        image = None if found is None else _shaped(self._network, found[0][None])
        return (image, found[1]) if found and image is not None and image.ndim == 4 else (None, "")

    def _watched(self) -> list[Place]:
        return list({place.name: place for place in (*self._outputs, *self._shown)}.values())

    def _run(self, X: Mapping[str, np.ndarray], affordable: int) -> None:
        split = next(name for name in ("validation", "test", "train") if len(X.get(name, ())))
        sample = spread(len(X["train"]), min(SAMPLE, affordable))
        self.split, self.rows = split, spread(len(X[split]), min(MOST_ROWS, 16 * affordable) if self._hidden else 0)
        image = [] if self._image is None else [self._image]
        taken = (_shaped(self._network, X[name][chosen]) for name, chosen in (("train", sample), (split, self.rows)))
        every = np.concatenate([next(taken), *image, next(taken)])
        self._sampled = len(sample)
        size = min(len(every), max(len(sample) + len(image), affordable))
        self._seen, first = self._listened(every[:size], size)
        later = (self._listened(every[start : start + size], size)[1] for start in range(size, len(every), size))
        hidden = [part for part in (first, *later) if part is not None]
        self._given = np.concatenate(hidden)[len(sample) + len(image) :] if hidden else None

    def _listened(self, X: np.ndarray, size: int) -> tuple[Seen, np.ndarray | None]:
        """What is seen of a block of rows, and what reaches the last layer.

        The block is filled up to one size, so that one compiled program serves all.
        """
        missing = size - len(X)
        seen = self._listener(np.concatenate([X, np.repeat(X[-1:], missing, axis=0)]) if missing else X)
        return seen, next((values[: len(X)].copy() for values in seen.inputs.values()), None)

    def with_shape(self, layer: Layer) -> Layer:
        seen = self._seen.outputs.get(layer.name)
        return layer if layer.output_shape or seen is None else replace(layer, output_shape=seen.shape[1:])

    def activations(self) -> tuple[Activation, ...]:
        own = [function for function in self._functions if function.name in self._seen.into]
        taken = (
            [kept[function.name][: self._sampled] for function in own] for kept in (self._seen.into, self._seen.out)
        )
        return activations(own, *taken)

    def outputs(self) -> tuple[Outputs, ...]:
        kept = self._seen.outputs
        found = [
            outputs(place.name, kept[place.name][: self._sampled]) for place in self._outputs if place.name in kept
        ]
        return tuple(item for item in found if item is not None)

    def maps(self) -> tuple[FeatureMaps, ...]:
        if self._image is None:
            return ()
        image = to_show(self._image[0], self._shown[0].layer)
        kept = self._seen.outputs
        found = [
            feature_maps(place, image, kept[place.name][self._sampled], self._whose)
            for place in self._shown
            if place.name in kept
        ]
        return tuple(item for item in found if item is not None)

    def embedding(self, y: Mapping[str, np.ndarray]) -> Embedding | None:
        if self._hidden is None or self._given is None or self.split not in y:
            return None
        return embedding(self._hidden, self.split, self._given, np.asarray(y[self.split])[self.rows])


def _some(items: list[Any], most: int) -> list[Any]:
    return [items[number] for number in spread(len(items), most)]


def _before(last: Place | None, found: list[Place]) -> str | None:
    """The name of the layer whose outputs the last one reads, None where that is the input."""
    if last is None:
        return None
    if not last.inputs:  # no graph: the layer with weights that was made before it
        earlier = [place for place in found[: found.index(last)] if getattr(place.layer, "weights", [])]
        return earlier[-1].name if earlier else None
    by_name = {place.name: place for place in found}
    source: Place | None = last
    while source is last or (source and isinstance(source.layer, _PASSING)):
        source = next((by_name[name] for name in source.inputs if name in by_name), None)
    return source.name if source else None


def _affordable(watched: list[Place], own: list[Function], found: list[Place]) -> int:
    """How many rows may run at once, by what is kept of each."""
    sizes = {place.name: math.prod(side or 64 for side in place.shape) for place in found}
    row = sum(sizes[place.name] for place in watched) + sum(sizes.get(item.name, 0) for item in own)
    return max(1, _MOST_VALUES // max(1, row))
