"""A fully connected Keras network."""

from __future__ import annotations

from typing import Any

from reportgen.fitted import FitJob
from reportgen.models._building import Parts
from reportgen.models._keras import keras
from reportgen.models._network import Network


class Model(Network):
    """A network of Dense layers with Dropout: sigmoid, softmax or linear at its end, as the task asks."""

    kind = "mlp"

    def build(self, job: FitJob) -> Any:
        """The untrained network; all features stand side by side, whatever the shape of a row."""
        parts = Parts(job)
        layers: list[Any] = [keras.layers.Input((len(job.feature_names),), name="input")]
        for number, units in enumerate(job.model.hidden, 1):
            name = f"hidden_{number}"
            layers.append(parts.layer(keras.layers.Dense, units, activation=parts.activation(), name=name))
            if rate := job.model.dropout:
                layers.append(parts.layer(keras.layers.Dropout, rate, seed=parts.noise(), name=f"dropout_{number}"))
        return keras.Sequential([*layers, parts.output()], name="network")

    def title(self, job: FitJob) -> str:
        dense = [layer.units for layer in self.network.layers if isinstance(layer, keras.layers.Dense)]
        return "network " + "-".join(map(str, (len(job.feature_names), *dense)))
