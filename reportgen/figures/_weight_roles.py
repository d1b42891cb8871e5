"""What the rows and columns of a weight matrix are: inputs and units, or what convolutions, vectors and gates have."""

from __future__ import annotations

from typing import NamedTuple

from reportgen.fitted import Fitted, WeightMatrix
from reportgen.text import plural

_RECURRENT, _KERNEL = " recurrent_kernel", " kernel"


class Roles(NamedTuple):
    """What a row and a column are, in the singular; whether a row is an input; and what the matrix holds, in words."""

    row: str
    column: str
    of_inputs: bool
    told: str


def roles_of(item: WeightMatrix, fitted: Fitted) -> Roles:
    """Found from the layer's kind and, for the gates of a recurrent layer, from the shape of its other kernel."""
    rows, columns = item.shape
    kind = next((layer.kind for layer in fitted.layers if _belongs(item.layer, layer.name)), "")
    if kind == "Embedding":
        return Roles(
            "entry", "number", False, f"Vectors of {columns:,} numbers for the {rows:,} entries of {item.layer}"
        )
    if "Conv" in kind and "LSTM" not in kind:
        places = plural(rows, "weight")
        return Roles("weight", "filter", False, f"The {places} of each of {plural(columns, 'filter')} of {item.layer}")
    units = _recurrent_units(item, fitted)
    if units and columns % units == 0:
        return _recurrent(item, units, columns // units)
    return Roles(
        "input",
        "unit",
        True,
        f"Weights from the {plural(rows, 'input')} to the {plural(columns, 'unit')} of {item.layer}",
    )


def _belongs(matrix: str, layer: str) -> bool:
    return matrix == layer or matrix.startswith(f"{layer} ")


def _recurrent_units(item: WeightMatrix, fitted: Fitted) -> int | None:
    """How many units the recurrent layer has whose kernel this is: as many as its recurrent kernel has rows."""
    stem = item.layer.removesuffix(_RECURRENT) if item.layer.endswith(_RECURRENT) else item.layer.removesuffix(_KERNEL)
    return next((one.shape[0] for one in fitted.weights if one.layer == stem + _RECURRENT), None)


def _recurrent(item: WeightMatrix, units: int, gates: int) -> Roles:
    again = item.layer.endswith(_RECURRENT)
    layer = item.layer.removesuffix(_RECURRENT).removesuffix(_KERNEL)
    source = "unit a step before" if again else "input"
    come = f"{plural(units, 'unit')} a step before" if again else plural(item.shape[0], "input")
    go = f"the {gates} gates of its {plural(units, 'unit')}" if gates > 1 else f"its {plural(units, 'unit')}"
    return Roles(
        source, "gate and unit" if gates > 1 else "unit", not again, f"Weights of {layer} from its {come} to {go}"
    )
