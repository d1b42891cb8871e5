"""What comes out of the last hidden layer, along its first two principal components."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import array, class_names, fitted_of, name_of, plain, target_name
from reportgen.figures._profiles import COLOURS, legend
from reportgen.fitted import Embedding
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import classed, fixed, percent, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "training"
NEEDS = "fitted"
ORDER = 66
_APART, _PARTLY = 0.4, 0.15  # share of the variance between the groups, from which they lie (partly) apart
_THIRDS = ("low", "middle", "high")
_COLOURS = len(SERIES) - 1
_MOST_CLASSES = 2 * _COLOURS  # each colour round and square


def compute(run: Run) -> list[FigureData]:
    found = fitted_of(run).embedding
    if found is None or len(found.points) < 3 or not np.isfinite(found.points).all():
        raise NotApplicable("the network has no hidden layer whose outputs were observed")
    codes, names, by = _groups(found, run)
    facts = {
        "layer": name_of(found.layer),
        "split": name_of(found.split),
        "width": found.width,
        "shares": plain(found.explained, 4),
        "groups": names,
        "by": by,
        "codes": codes.tolist(),
        "apart": _apart(np.asarray(found.points, dtype=float), codes),
    }
    columns = {
        "first component": plain(found.points[:, 0], 4),
        "second component": plain(found.points[:, 1], 4),
        "group": [names[code] if code >= 0 else None for code in codes],
    }
    return [FigureData(columns, facts)]


def _groups(found: Embedding, run: Run) -> tuple[np.ndarray, list[str], str]:
    """Codes (n,), -1 where unknown; the groups' names; of what they are, "" for classes. Thirds of a number."""
    y = np.asarray(found.y)
    nothing = np.zeros(len(found.points), dtype=int), ["rows"], ""
    if run.task is None or y.ndim != 1 or len(y) != len(found.points):
        return nothing
    if run.task.is_classification:
        return _classes(y.astype(int), list(class_names(run)))
    values = y.astype(float)
    finite = values[np.isfinite(values)]
    if len(np.unique(finite)) < 3:
        return nothing
    codes = np.searchsorted(np.quantile(finite, [1 / 3, 2 / 3]), np.nan_to_num(values), side="left")
    return np.where(np.isfinite(values), codes, -1), list(_THIRDS), f"of {target_name(run)}"


def _classes(codes: np.ndarray, names: list[str]) -> tuple[np.ndarray, list[str], str]:
    """The classes, or where they are many the largest and all others together."""
    if len(names) <= _MOST_CLASSES:
        return codes, names, ""
    members = np.bincount(codes[codes >= 0], minlength=len(names))
    largest = np.sort(np.argsort(-members, kind="stable")[: _MOST_CLASSES - 1])
    place = np.full(len(names) + 1, len(largest))
    place[largest] = np.arange(len(largest))
    place[-1] = -1
    return place[codes], [*(names[code] for code in largest), "other classes"], ""


def _apart(points: np.ndarray, codes: np.ndarray) -> float | None:
    """Share of the variance of the points that lies between the groups, 0 to 1; None for one group."""
    known = codes >= 0
    points, codes = points[known], codes[known]
    centred = points - points.mean(axis=0) if len(points) else points
    total = float((centred**2).sum())
    if len(np.unique(codes)) < 2 or not total > 0:
        return None
    return (
        float(sum((codes == c).sum() * (centred[codes == c].mean(axis=0) ** 2).sum() for c in np.unique(codes))) / total
    )


def size(data: FigureData) -> tuple[float, float]:
    return (4.6 if len(data.facts["groups"]) > 1 else 3.7), 3.0


def draw(axes: Axes, data: FigureData) -> None:
    facts = data.facts
    x, y = array(data.columns["first component"]), array(data.columns["second component"])
    codes = np.array(facts["codes"], dtype=int)
    for code, name in enumerate(facts["groups"]):
        square = code >= _COLOURS if len(facts["groups"]) > len(COLOURS) - 1 else code % 2 == 1
        axes.points(x[codes == code], y[codes == code], _colour(code), name, size=2.9, alpha=0.65, square=square)
    axes.set(xlim=axes.reach(x), ylim=axes.reach(y))
    if len(facts["groups"]) > 1:
        axes.aside([(name, _colour(code)) for code, name in enumerate(facts["groups"])])
    first, second = (percent(share, 0) for share in facts["shares"])
    axes.set(xlabel=f"first component ({first} of the variance)", ylabel=f"second component ({second})")
    axes.few("x", 5)
    axes.few("y", 5)


def _colour(code: int) -> str:
    return SERIES[1 + code % _COLOURS]


def describe(data: FigureData) -> Words:
    facts = data.facts
    n, apart = len(facts["codes"]), facts["apart"]
    both = percent(sum(share or 0.0 for share in facts["shares"]), 0)
    title = f"Two directions hold {both} of the variance of the {facts['width']} outputs of {facts['layer']}."
    if apart is not None:
        how = "lie apart" if apart > _APART else "lie partly apart" if apart > _PARTLY else "overlap"
        title = f"After {facts['layer']}, {_who(facts)} {how}."
    held = f", which hold {both} of the variance" if apart is not None else ""
    caption = (
        f"Outputs of {facts['layer']} for {plural(n, 'row')} of {facts['split']} along their first two principal "
        f"components{held}."
    )
    if 1 < len(facts["groups"]) < len(COLOURS):
        caption += f" Colours: {_legend(facts)}."
    elif len(facts["groups"]) > _COLOURS:
        caption += f" From {facts['groups'][_COLOURS]} on the colours come again, as squares."
    alt = f"{plural(n, 'row')} along two principal components"
    alt += f"; the groups explain {percent(apart, 0)} of the spread" if apart is not None else ""
    for name, x, y in _centres(data):
        alt += f"; {classed(name)} round {fixed(x, 2)}, {fixed(y, 2)}"
    return Words(title, caption, f"{alt}.")


def _legend(facts: Any) -> str:
    """The groups with their colours; all are drawn in one size here."""
    return legend(facts["groups"], facts["by"]).replace(" (large squares)", " (squares)").replace(" (large)", "")


def _who(facts: Any) -> str:
    return "the classes" if not facts["by"] else f"low and high {facts['by'].removeprefix('of ')}"


def _centres(data: FigureData) -> list[tuple[str, float, float]]:
    codes = np.array(data.facts["codes"], dtype=int)
    x, y = array(data.columns["first component"]), array(data.columns["second component"])
    return [
        (name, float(x[codes == code].mean()), float(y[codes == code].mean()))
        for code, name in enumerate(data.facts["groups"])
        if (codes == code).any()
    ]
