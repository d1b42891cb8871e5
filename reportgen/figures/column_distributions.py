"""Distributions of the features that tell most about the target, by class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.dataset import Kind
from reportgen.errors import NotApplicable
from reportgen.figures._data import LARGEST, array, class_names, dataset_of, histogram, name_of, plain, splits_of, thin
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import classed, fixed, listing, shorten, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "data"
NEEDS = "splits"
ORDER = 40
_MOST_PANELS = 9
_MOST_CLASSES = 4
_MOST_ROWS = 20_000
_BINS = 24


def compute(run: Run) -> list[FigureData]:
    dataset, parts = dataset_of(run), splits_of(run).parts
    if run.task is None:
        raise NotApplicable("there is no target")
    rows = np.concatenate([part.rows for part in parts.values()])
    y = np.concatenate([part.y for part in parts.values()])
    shown = thin(len(rows), _MOST_ROWS)
    rows, y = rows[shown], y[shown]
    names = [c.name for c in dataset.features if c.kind is Kind.NUMERIC and not c.sensitive]
    values = {name: dataset.frame[name].iloc[rows].to_numpy(dtype=float, na_value=np.nan) for name in names}
    strengths = {name: _strength(values[name], y, run.task.is_classification) for name in names}
    best = sorted((name for name in names if strengths[name] is not None), key=lambda name: -(strengths[name] or 0))
    if not best:
        raise NotApplicable("no numeric feature varies")
    labels = class_names(run)
    by_class = len(labels) <= _MOST_CLASSES and run.task.is_classification
    codes = y.astype(int) if by_class else np.zeros(len(y), dtype=int)
    classes = list(labels) if by_class else ["rows"]
    kept = best[: 9 if len(best) >= 9 else 6 if len(best) >= 6 else 3]
    panels = [_panel(name, values[name], codes, len(classes), strengths[name] or 0) for name in kept]
    facts = {
        "panels": panels,
        "classes": classes,
        "of": len(names),
        "rows": len(rows),
        "total": sum(map(len, parts.values())),
    }
    return [FigureData(_table(panels, classes), facts | {"measure": _MEASURE[run.task.is_classification]})]


_MEASURE = {True: "share of variance between classes", False: "squared rank correlation with the target"}


def _strength(values: np.ndarray, y: np.ndarray, classes: bool) -> float | None:
    """Share of the variance of the feature's ranks that the target explains: eta squared, or Spearman's rho squared."""
    finite = np.isfinite(values) & np.isfinite(y)
    if finite.sum() < 3 or len(np.unique(values[finite])) < 2:
        return None
    ranks = _ranks(values[finite])
    if classes:
        codes = y[finite].astype(int)
        sizes = np.bincount(codes)
        means = np.bincount(codes, ranks) / np.maximum(sizes, 1)
        return float((sizes * (means - ranks.mean()) ** 2).sum() / ((ranks - ranks.mean()) ** 2).sum())
    target = _ranks(y[finite])
    return 0.0 if len(np.unique(target)) < 2 else float(np.corrcoef(ranks, target)[0, 1] ** 2)


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 0, ties at their mean rank."""
    _, codes, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts + 1) / 2)[codes], dtype=float)


def _panel(name: str, values: np.ndarray, codes: np.ndarray, classes: int, strength: float) -> dict[str, object]:
    finite = np.isfinite(values)
    values = np.clip(values, -LARGEST, LARGEST)
    _, edges = histogram(values, _BINS)
    clipped = np.clip(values, edges[0], edges[-1])
    counts = [np.histogram(clipped[finite & (codes == code)], bins=edges)[0].tolist() for code in range(classes)]
    medians = [
        float(np.median(values[finite & (codes == code)])) if (finite & (codes == code)).any() else np.nan
        for code in range(classes)
    ]
    return {
        "name": name_of(name),
        "edges": plain(edges),
        "counts": counts,
        "strength": strength,
        "medians": plain(medians),
    }


def _table(panels: list[dict[str, object]], classes: list[str]) -> dict[str, list[Any]]:
    table: dict[str, list[Any]] = {"feature": [], "from": [], "to": []}
    for panel in panels:
        edges, counts = panel["edges"], panel["counts"]
        assert isinstance(edges, list)
        assert isinstance(counts, list)
        table["feature"] += [str(panel["name"])] * (len(edges) - 1)
        table["from"] += edges[:-1]
        table["to"] += edges[1:]
        for label, numbers in zip(classes, counts, strict=True):
            table.setdefault(f"rows: {label}" if label != "rows" else "rows", []).extend(numbers)
    return table


def size(data: FigureData) -> tuple[float, float]:
    return 6.5, 1.35 * -(-len(data.facts["panels"]) // 3) + 0.1


def draw(axes: Axes, data: FigureData) -> None:
    panels = data.facts["panels"]
    for panel, drawn in zip(axes.panels(-(-len(panels) // 3), 3, len(panels)), panels, strict=True):
        base = np.zeros(len(drawn["edges"]) - 1)
        for code, (label, counts) in enumerate(zip(data.facts["classes"], drawn["counts"], strict=True)):
            top = base + array(counts)
            panel.bars(drawn["edges"], top, SERIES[code + 1], label, baseline=base)
            base = top
        panel.set_title(shorten(drawn["name"], 30), loc="left")
        panel.set(ylim=(0, max(base.max(), 1)), xlim=(drawn["edges"][0], drawn["edges"][-1]))
        panel.few("x", 4)
        panel.yaxis.set_visible(False)
        panel.bare("left")


def describe(data: FigureData) -> Words:
    facts, panels = data.facts, data.facts["panels"]
    strength = f"{facts['measure']}: {fixed(panels[0]['strength'], 2)}"
    title = f"Feature {panels[0]['name']} tells most about the target ({strength})."
    colours = ("blue", "orange", "green", "violet")
    legend = "Rows by value."
    if facts["classes"] != ["rows"]:
        named = [f"{classed(label)} {colour}" for label, colour in zip(facts["classes"], colours, strict=False)]
        legend = f"Rows by value, stacked from below: {listing(named)}."
    cut = (
        f" The {len(panels)} of {facts['of']} numeric features with the largest {facts['measure']} are shown."
        if len(panels) < facts["of"]
        else ""
    )
    part = f" From {facts['rows']:,} of {facts['total']:,} rows." if facts["rows"] < facts["total"] else ""
    return Words(title, legend + cut + part, " ".join(map(_sentence, panels, [facts["classes"]] * len(panels))))


def _sentence(panel: dict[str, list[float | None]], classes: list[str]) -> str:
    medians = [
        f"{classed(label)} {significant(value)}" if label != "rows" else significant(value)
        for label, value in zip(classes, panel["medians"], strict=True)
        if value is not None
    ]
    return f"{panel['name']}: median {listing(medians)}; {fixed(float(panel['strength']), 2)}."  # type: ignore[arg-type]
