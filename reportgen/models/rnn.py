"""A recurrent Keras network, for sequences, texts and windows of a series."""

from __future__ import annotations

from typing import Any

from reportgen.errors import DataError
from reportgen.fitted import FitJob
from reportgen.models._building import Parts, input_shape
from reportgen.models._dense import dropped, ending
from reportgen.models._keras import keras
from reportgen.models._network import Network

_CELLS = {"simple": keras.layers.SimpleRNN, "gru": keras.layers.GRU, "lstm": keras.layers.LSTM}


class Model(Network):
    """Recurrent layers on a sequence, then Dense layers, and at the end what the task asks for.

    Words become vectors that the network learns; what stands beyond the end of a text is passed over. All recurrent
    layers but the last give their whole sequence to the next.
    """

    kind = "rnn"

    def build(self, job: FitJob) -> Any:
        """The untrained network.

        Raises:
            DataError: a row is no sequence.
        """
        _require_sequence(job)
        parts = Parts(job)
        entrance = x = parts.input()
        if job.vocabulary is not None:
            width = job.model.embedding
            x = parts.layer(keras.layers.Embedding, job.vocabulary, width, mask_zero=True, name="embedding")(x)
        last = len(job.model.units)
        for number, units in enumerate(job.model.units, 1):
            x = _recurrent(parts, units, number, whole=number < last)(x)
            x = dropped(parts, x, f"recurrent_dropout_{number}")
        return keras.Model(entrance, ending(parts, x), name="network")

    def title(self, job: FitJob) -> str:
        way = "bidirectional " if job.model.bidirectional else ""
        cell = "recurrent network" if job.model.cell == "simple" else job.model.cell.upper()
        return f"{way}{cell} of {'-'.join(map(str, job.model.units))} units"


def _require_sequence(job: FitJob) -> None:
    shape = input_shape(job)
    if len(shape) != (1 if job.vocabulary is not None else 2):
        raise DataError(
            f"a recurrent network reads a sequence, and a row has the shape {list(shape)}",
            "set model.input_shape: [steps, channels], or use a model of another kind",
            key="model.kind",
        )


def _recurrent(parts: Parts, units: int, number: int, *, whole: bool) -> Any:
    kind, name = _CELLS[parts.job.model.cell], f"recurrent_{number}"
    if not parts.job.model.bidirectional:
        return parts.layer(kind, units, return_sequences=whole, name=name)
    # Bidirectional copies its layer, which must not have drawn yet.
    inner = kind(units, return_sequences=whole, dtype="float32", name="cells", **parts.defaults(kind))
    return parts.layer(keras.layers.Bidirectional, inner, name=name)
