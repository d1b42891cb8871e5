"""The histograms of a TensorBoard log, over its steps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures import _course_histograms
from reportgen.figures._course_histograms import half_width, is_whole
from reportgen.figures._data import Plain, fitted_of, name_of, plain, thin
from reportgen.figures._layers import drawings
from reportgen.results import FigureData, Run, Words
from reportgen.text import listing, plural, significant

SECTION = "training"
NEEDS = "fitted"
ORDER = 70
_MOST_STEPS = 24
_Histogram = tuple[str, np.ndarray, np.ndarray, np.ndarray]

size = _course_histograms.size
draw = _course_histograms.draw


def compute(run: Run) -> list[FigureData]:
    logged = fitted_of(run).logged
    found = [(tag, *item) for tag, item in (logged.histograms if logged else {}).items() if is_whole(*item)]
    if not found:
        raise NotApplicable("there is no log with histograms")
    return drawings(found, _drawing)


def _drawing(items: Sequence[_Histogram], total: int) -> FigureData:
    shown = [thin(len(steps), _MOST_STEPS) for _, steps, _, _ in items]
    columns: dict[str, Plain] = {
        "tag": [name_of(tag) for tag, _, _, _ in items],
        "steps": [len(steps) for _, steps, _, _ in items],
        "spread at first": plain([half_width(edges, counts[0]) for _, _, edges, counts in items], 3),
        "spread at last": plain([half_width(edges, counts[-1]) for _, _, edges, counts in items], 3),
    }
    facts = {
        "epochs": [[int(steps[place]) for place in some] for (_, steps, _, _), some in zip(items, shown, strict=True)],
        "edges": [plain(edges, 4) for _, _, edges, _ in items],
        "counts": [
            [plain(counts[place], 4) for place in some] for (*_, counts), some in zip(items, shown, strict=True)
        ],
        "of": total,
    }
    return FigureData(columns, facts)


def describe(data: FigureData) -> Words:
    columns = data.columns
    rows = list(zip(columns["tag"], columns["spread at first"], columns["spread at last"], strict=True))
    name, first, last = max(rows, key=lambda row: abs(np.log(row[2] / row[1])) if row[1] and row[2] else -1.0)
    title = f"Of {plural(data.facts['of'], 'histogram')} in the log that of {name} changes most in width."
    if len(rows) == 1:
        title = f"The middle half of {name} spans {significant(first)} at first and {significant(last)} at the end."
    shown = f" {len(rows)} of {data.facts['of']:,} are here." if len(rows) < data.facts["of"] else ""
    caption = (
        f"Up: the value; right: the step. The fuller the colour, the nearer to the fullest bin of the step.{shown}"
    )
    told = listing((f"{tag} {significant(one)} to {significant(other)}" for tag, one, other in rows), most=10)
    return Words(title, caption, f"Width of the middle half by tag, at the first and last step: {told}.")
