"""Weights and gradients of each layer while a network trains: norms and histograms at some of its epochs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from reportgen.fitted import LayerCourse
from reportgen.models._histograms import counts, evenly, robust_edges, spread
from reportgen.models._layers_table import places
from reportgen.models._recording import as_array

Seen = TypeVar("Seen")
_MOST_EPOCHS, _MOST_NORMS = 200, 3000  # norms: epochs x layers
_MOST_VALUES = 5000  # of a layer, that a histogram counts
_BINS = 40
_MOST_HISTOGRAM_LAYERS = 16
_MOST_HISTOGRAM_EPOCHS, _FEWER_HISTOGRAM_EPOCHS, _FEW_LAYERS = 12, 6, 12
_MOST_SNAPSHOTS = 24  # kept until the histograms of twelve are made


@dataclass(frozen=True)
class _Snapshot:
    """Some values of each layer's weights and gradients at the end of an epoch."""

    epoch: int
    weights: dict[str, np.ndarray]
    gradients: dict[str, np.ndarray]


class Recorder:
    """Watches a training. Give it the weights and gradients at the end of every epoch that it `wants`.

    How many epochs will run is not known, so it looks at every one to begin with; when it holds too many it drops every
    second, and looks at half as many from then on. The last epoch that ran should be given to it in any case, wanted or
    not: its values are the ones that stay.

    Args:
        network: the Keras network; weights and gradients come in the order of its `trainable_variables`.
        epochs: how many are planned; the last of them is always wanted.
    """

    def __init__(self, network: Any, epochs: int) -> None:
        self._epochs, self._layers = epochs, _variables(network)
        names = list(self._layers)
        self._most = min(_MOST_EPOCHS, max(20, _MOST_NORMS // max(1, len(names))))
        self._drawn = [names[place] for place in spread(len(names), _MOST_HISTOGRAM_LAYERS)]
        self._step, self._snapshot_step = 1, 1
        self._norms: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        self._snapshots: dict[int, _Snapshot] = {}

    @property
    def layers(self) -> dict[str, list[int]]:
        """Layer -> positions of its weights among the trainable variables."""
        return self._layers

    def wants(self, number: int) -> bool:
        """Whether it looks at this epoch, counted from 1."""
        return bool(self._layers) and ((number - 1) % self._step == 0 or number == self._epochs)

    def epoch(self, number: int, weights: Sequence[Any], gradients: Sequence[Any]) -> None:
        """Look at an epoch's end. An epoch whose weights are not all finite is left out.

        Args:
            weights: arrays or tensors in the order of `network.trainable_variables`.
            gradients: arrays or tensors of the same shapes, of the loss on a fixed sample.
        """
        now, slopes = [as_array(value) for value in weights], [as_array(value) for value in gradients]
        sizes, steepness = self._of_layers(now), self._of_layers(slopes)
        if not np.isfinite(sizes).all():
            return
        self._norms = _thinned(self._norms, self._step)
        self._snapshots = _thinned(self._snapshots, self._snapshot_step)
        self._norms[number] = sizes, np.where(np.isfinite(steepness), steepness, np.nan)
        self._snapshots[number] = _Snapshot(number, self._some(now), self._some(slopes))
        while len(self._norms) > self._most:
            self._step *= 2
            self._norms = _thinned(self._norms, self._step, keep=number)
        while len(self._snapshots) > _MOST_SNAPSHOTS:
            self._snapshot_step *= 2
            self._snapshots = _thinned(self._snapshots, self._snapshot_step, keep=number)

    def _of_layers(self, values: list[np.ndarray]) -> np.ndarray:
        """The Euclidean norm of each layer's values, (n_layers,)."""
        with np.errstate(all="ignore"):
            return np.array([np.hypot.reduce([norm(values[place]) for place in own]) for own in self._layers.values()])

    def _some(self, values: list[np.ndarray]) -> dict[str, np.ndarray]:
        return {name: _some_of([values[place] for place in self._layers[name]]) for name in self._drawn}

    def courses(self) -> tuple[LayerCourse, ...]:
        """A course for each layer with trainable weights, in the order of computing; () where no epoch was seen."""
        if not self._norms:
            return ()
        epochs = np.array(list(self._norms), np.int32)
        sizes, steepness = (
            np.array([norms[kind] for norms in self._norms.values()]).astype(np.float32) for kind in (0, 1)
        )
        return tuple(
            LayerCourse(name, epochs, sizes[:, place].copy(), steepness[:, place].copy(), *self._histograms(name))
            for place, name in enumerate(self._layers)
        )

    def _histograms(self, name: str) -> tuple[np.ndarray, ...]:
        most = _MOST_HISTOGRAM_EPOCHS if len(self._drawn) <= _FEW_LAYERS else _FEWER_HISTOGRAM_EPOCHS
        snapshots = list(self._snapshots.values()) if name in self._drawn else []
        chosen = [snapshots[place] for place in spread(len(snapshots), most)]
        return (
            np.array([snapshot.epoch for snapshot in chosen], np.int32),
            *_shared([snapshot.weights[name] for snapshot in chosen]),
            *_shared([snapshot.gradients[name] for snapshot in chosen]),
        )


def _variables(network: Any) -> dict[str, list[int]]:
    """Layer -> positions of its weights in `network.trainable_variables`; each weight belongs to one layer."""
    left = {id(variable): place for place, variable in enumerate(network.trainable_variables)}
    found: dict[str, list[int]] = {}
    for item in places(network):
        own = [left.pop(id(v)) for v in getattr(item.layer, "trainable_variables", []) if id(v) in left]
        if own:
            found[item.name] = own
    return found


def norm(values: np.ndarray) -> float:
    """Euclidean, in double precision where the squares do not fit their own."""
    flat = values.reshape(-1)
    with np.errstate(all="ignore"):
        square = float(np.dot(flat, flat))
        if not np.isfinite(square) or square < 1e-30:
            largest = float(np.abs(flat).max(initial=0.0))
            if not np.isfinite(largest) or largest == 0.0:
                return largest
            scaled = flat.astype(np.float64) / largest
            return largest * float(np.sqrt(np.dot(scaled, scaled)))
    return float(np.sqrt(square))


def _some_of(values: list[np.ndarray]) -> np.ndarray:
    total = sum(value.size for value in values)
    parts = [evenly(value, max(1, _MOST_VALUES * value.size // max(1, total))) for value in values if value.size]
    return np.concatenate(parts).astype(np.float32) if parts else np.zeros(0, np.float32)


def _thinned(seen: dict[int, Seen], step: int, keep: int = 0) -> dict[int, Seen]:
    return {number: value for number, value in seen.items() if (number - 1) % step == 0 or number == keep}


def _shared(values: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Edges that all epochs share, and a row of counts for each; both empty where there is nothing to count."""
    finite = [value[np.isfinite(value)] for value in values]
    if not sum(value.size for value in finite):
        return np.zeros(0), np.zeros((len(values) if values else 0, 0), np.int32)
    edges = robust_edges(np.concatenate(finite), _BINS)
    return edges, np.array([counts(value, edges) for value in finite])
