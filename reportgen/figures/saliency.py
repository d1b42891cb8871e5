"""Which pixels an image network looks at, class by class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.explained import Attribution
from reportgen.figures._data import array, class_names, matrix, plain, target_name
from reportgen.figures._tiles import as_pixels, hide, packed, picture, small
from reportgen.results import FigureData, Run, Words
from reportgen.text import classed, one_line, percent, plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "explanation"
NEEDS = "explained"
ORDER = 6
_SIDE = 32
_MOST = 10  # classes
_PANEL, _TITLE = 1.35, 0.35  # inches
_OPEN = 3  # classes that are not folded away


def compute(run: Run) -> list[FigureData]:
    found = run.explained.attributions if run.explained else ()
    usable = [one for one in found if np.isfinite(one.saliency).all() and np.isfinite(one.integrated).all()]
    if not usable:
        raise NotApplicable("the model is no network of images")
    more = f"Further classes ({len(usable[_OPEN:_MOST])})"
    return [_drawing(run, one, more if place >= _OPEN else "") for place, one in enumerate(usable[:_MOST])]


def _drawing(run: Run, one: Attribution, fold: str) -> FigureData:
    pictures = [small(values[None].astype(float), _SIDE)[0] for values in (one.saliency, one.integrated)]
    height = len(pictures[0])
    image = as_pixels(small(np.asarray(one.image, dtype=float)[None], _SIDE)[0])
    of = target_name(run) if one.output is None else f"the probability of {classed(class_names(run)[one.output])}"
    facts = {
        "of": of,
        "whose": one_line(one.whose, 120),
        "reference": one_line(one.reference, 120),
        "rows": one.rows,
        "start": one.start,
        "end": one.end,
        "sum": float(one.integrated.sum()),
        "upper": float(one.saliency[: one.saliency.shape[0] // 2].sum() / (one.saliency.sum() or 1.0)),
        "half": _half(one.saliency),
        "saliency": matrix(pictures[0], 3),
        "integrated": matrix(pictures[1], 3),
        "image": packed(image),
        "image shape": list(image.shape),
    }
    columns = {
        "row of pixels": list(range(1, height + 1)),
        "saliency": plain(pictures[0].mean(axis=1), 4),
        "integrated gradients": plain(pictures[1].mean(axis=1), 4),
    }
    return FigureData(columns, facts, part="target" if one.output is None else f"class {one.output + 1}", fold=fold)


def _half(values: np.ndarray) -> float:
    """The share of the pixels that hold half of the saliency."""
    ordered = np.sort(values.ravel())[::-1]
    total = ordered.sum()
    return float((np.searchsorted(np.cumsum(ordered), 0.5 * total) + 1) / len(ordered)) if total > 0 else 1.0


def size(data: FigureData) -> tuple[float, float]:
    height, width, _ = data.facts["image shape"]
    return 3 * _PANEL + 0.7, _TITLE + _PANEL * min(2.0, max(0.5, height / width))


def draw(axes: Axes, data: FigureData) -> None:
    before, saliency, integrated, key = axes.panels(1, 4, widths=(1, 1, 1, 0.06))
    picture(before, data.facts["image"], data.facts["image shape"], _PANEL, size(data)[1] - _TITLE)
    looks, adds = (np.array([array(row) for row in data.facts[name]]) for name in ("saliency", "integrated"))
    saliency.raster(looks, 0.0, float(looks.max()) or 1.0, diverging=False)
    limit = float(np.abs(adds).max()) or 1.0
    integrated.raster(adds, -limit, limit)
    key.key(-limit, limit)
    for panel, title in ((before, "image"), (saliency, "saliency"), (integrated, "integrated gradients")):
        panel.set_title(title)
        hide(panel)


def describe(data: FigureData) -> Words:
    facts = data.facts
    title = f"Half of what moves {facts['of']} lies in {percent(facts['half'], 0)} of the pixels."
    rise = facts["end"] - facts["start"]
    caption = (
        f"Left: {facts['whose']}. Middle: how strongly a small change of each pixel moves {facts['of']}. Right: what "
        f"each pixel adds (orange) or takes away (blue) between {facts['reference']} and these rows; together "
        f"{significant(facts['sum'])}, of a difference of {significant(rise)}."
    )
    upper = percent(facts["upper"], 0)
    alt = (
        f"Three small pictures, of {plural(facts['rows'], 'row')}. {upper} of the saliency lies in the upper half; the "
        f"integrated gradients sum to {significant(facts['sum'])}."
    )
    return Words(title, caption, alt)
