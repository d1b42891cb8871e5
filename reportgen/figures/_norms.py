"""The size of each layer's weights or gradients over epochs: lines, or of many layers an image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import Plain, array, fitted_of, matrix, name_of, plain, thin
from reportgen.figures._layers import decades, name_rows, number_columns, rows_size
from reportgen.results import FigureData, Run
from reportgen.svg import SERIES
from reportgen.text import listing, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

MOST_LINES = len(SERIES) - 1
_MOST_ROWS, _MOST_EPOCHS = 120, 100


def norms(run: Run, which: str) -> FigureData:
    """`weight_norm` or `gradient_norm` of each layer; the table has epochs, or of many layers where they begin and end.

    Facts: `layers`, `epochs` and `values`, a row a layer.
    """
    courses = fitted_of(run).courses
    known = [course for course in courses if np.isfinite(getattr(course, which)).any() and getattr(course, which).any()]
    if not known:
        raise NotApplicable("no layer was observed while training")
    layers = [known[place] for place in thin(len(known), _MOST_ROWS)]
    epochs = thin(len(layers[0].epochs), _MOST_EPOCHS)
    values = np.array([getattr(course, which)[epochs] for course in layers], dtype=float)
    facts: dict[str, Any] = {
        "layers": [name_of(course.layer) for course in layers],
        "epochs": [int(epoch) for epoch in layers[0].epochs[epochs]],
        "values": matrix(values, 3),
        "of": len(known),
    }
    return FigureData(_table(facts), facts)


def _table(facts: dict[str, Any]) -> dict[str, Plain]:
    if len(facts["layers"]) <= MOST_LINES:
        named = {_free(name, place, facts["layers"]): row for place, (name, row) in enumerate(_rows(facts))}
        return {"epoch": facts["epochs"], **named}
    first, last = facts["epochs"][0], facts["epochs"][-1]
    return {
        "layer": facts["layers"],
        f"epoch {first}": [row[0] for row in facts["values"]],
        **({f"epoch {last}": [row[-1] for row in facts["values"]]} if last != first else {}),
        "largest": plain([np.nanmax(array(row)) for row in facts["values"]], 3),
    }


def _rows(facts: dict[str, Any]) -> list[tuple[str, Plain]]:
    return list(zip(facts["layers"], facts["values"], strict=True))


def _free(name: str, place: int, names: list[str]) -> str:
    return name if names.count(name) == 1 and name != "epoch" else f"{name} ({place + 1})"


def size(data: FigureData) -> tuple[float, float]:
    layers = len(data.facts["layers"])
    return (3.7, 2.5) if layers <= MOST_LINES else rows_size(layers)


def draw(axes: Axes, data: FigureData, label: str) -> None:
    if len(data.facts["layers"]) <= MOST_LINES:
        _lines(axes, data, label)
    else:
        _image(axes, data)


def _lines(axes: Axes, data: FigureData, label: str) -> None:
    epochs = array(data.facts["epochs"])
    dots = {"marker": "o", "markersize": 3} if len(epochs) < 3 else {}
    values = [array(row) for row in data.facts["values"]]
    for number, (name, row) in enumerate(zip(data.facts["layers"], values, strict=True), 1):
        axes.line(epochs, np.where(row > 0, row, np.nan), SERIES[number], name, end=True, **dots)
    axes.set(xlabel="epoch", ylabel=label, yscale="log")
    axes.set_xlim(0 if len(epochs) > 10 else 0.5, epochs[-1] + (0.5 if len(epochs) < 3 else 0))
    axes.whole("x")
    low, high = (float(10.0 ** power(np.log10(_positive(np.concatenate(values))))) for power in (np.min, np.max))
    margin = max(high / low, 1.2) ** 0.06
    axes.set_ylim(low / margin, high * margin)
    if high < 30 * low:  # no power of ten may lie within
        axes.set_yscale("linear")
        axes.set_ylim(0, 1.06 * high)


def _positive(values: np.ndarray) -> np.ndarray:
    return np.asarray(values[np.isfinite(values) & (values > 0)])


def _image(axes: Axes, data: FigureData) -> None:
    values = np.array([array(row) for row in data.facts["values"]])
    logs = np.log10(np.where(values > 0, values, np.nan))
    low, high = float(np.nanmin(logs)), float(np.nanmax(logs))
    low = min(max(low, high - 12), high - 1e-3)
    image, key = axes.panels(1, 2, widths=(1, 0.022))
    image.raster(logs, low, high, diverging=False)
    image.tell(values, "norm", data.facts["epochs"], data.facts["layers"])
    name_rows(image, data.facts["layers"])
    number_columns(image, data.facts["epochs"], "epoch")
    image.bare()
    decades(key, low, high)


def alt(data: FigureData, what: str) -> str:
    """Where each layer begins and ends."""
    rows = zip(data.facts["layers"], data.facts["values"], strict=True)
    told = listing((f"{name} from {significant(row[0])} to {significant(row[-1])}" for name, row in rows), most=10)
    return f"{what} over {data.facts['epochs'][-1]} epochs: {told}."


def shown(data: FigureData) -> str:
    """What the drawing is, for the caption."""
    many = len(data.facts["layers"]) > MOST_LINES
    return "a row a layer, the fuller the colour the larger, on a logarithmic scale" if many else "a line a layer"
