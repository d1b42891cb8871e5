"""Each further metric that was recorded while training, by epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportgen.errors import NotApplicable
from reportgen.figures._data import fitted_of, name_of
from reportgen.figures._history import alt, columns, draw_curves, epochs_shown, numbered
from reportgen.results import FigureData, Run, Words
from reportgen.text import plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "training"
NEEDS = "fitted"
ORDER = 20
_AT_FIRST, _MOST = 6, 40  # curves
_ELSEWHERE = ("loss", "accuracy", "learning_rate", "lr", "seconds")


def compute(run: Run) -> list[FigureData]:
    fitted = fitted_of(run)
    history = fitted.history
    own = [name for name in history if not name.startswith("val_") and name not in _ELSEWHERE and len(history[name])]
    # What was watched on the validation rows alone has a curve too.
    alone = [name for name in history if name.startswith("val_") and name[4:] not in history and len(history[name])]
    if not own and not alone:
        raise NotApplicable("no further metric was recorded while training")
    curves = [*own, *alone]
    hidden = plural(len(curves) - _AT_FIRST, "more curve")
    return [
        FigureData(
            columns(fitted, name),
            {"name": _title(name)},
            part=name,
            fold=hidden if place >= _AT_FIRST and len(curves) > _AT_FIRST + 1 else "",
        )
        for place, name in enumerate(curves[:_MOST])
    ]


def _title(name: str) -> str:
    return name_of(name.removeprefix("val_")).replace("_", " ") + (" (validation)" if name.startswith("val_") else "")


def draw(axes: Axes, data: FigureData) -> None:
    draw_curves(axes, data, data.facts["name"])


def describe(data: FigureData) -> Words:
    name, axis = data.facts["name"], numbered(data)[0]
    split = "validation" if "validation" in data.columns else "train"
    ends = data.columns[split][-1]
    where = "" if axis == "step" or "validation)" in name else f" on {split}"
    title = f"{_upper(name)}{where} ends at {significant(ends)}."
    return Words(title, f"{_upper(name)} by {axis}.{epochs_shown(data)}", alt(data, name))


def _upper(name: str) -> str:
    return name[0].upper() + name[1:]
