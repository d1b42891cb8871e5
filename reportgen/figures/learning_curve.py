"""The scores of the model on train and test by the number of rows it was trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import array, plain
from reportgen.results import FigureData, Run, Score, TrainedSize, Words
from reportgen.svg import SERIES
from reportgen.text import count, in_sentence, p_value, percent, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 75
_ASIDE = 0.005  # of the width, by which the bars of train and test stand apart
_COLOURS = {"train": SERIES[2], "test": SERIES[1]}


def compute(run: Run) -> list[FigureData]:
    found = run.learning_curve
    if found is None:
        raise NotApplicable("the experiment file asks for no learning curve, or no size could be trained")
    sizes = [size for size in found.sizes if (score := size.score("test")) is not None and score.value is not None]
    if len(sizes) < 2:
        raise NotApplicable(f"fewer than two sizes have a value of {found.metric}")
    title = next(score.title for size in sizes for score in size.scores)
    columns: dict[str, list[float | int | str | None]] = {
        "share": plain(size.share for size in sizes),
        "rows": [size.rows for size in sizes],
    }
    for split in ("train", "test"):
        scores = [size.score(split) for size in sizes]
        columns[split] = plain(_number(score, "value") for score in scores)
        columns[f"{split} low"] = plain(_number(score, "low") for score in scores)
        columns[f"{split} high"] = plain(_number(score, "high") for score in scores)
    first = sizes[0].scores[0]
    facts = {
        "metric": title,
        "unit": first.unit,
        "better": first.greater_is_better,
        "p": _last_p(sizes),
        "how": found.how,
        "validation": run.splits is not None and run.splits.validation is not None,
        "diverged": [size.rows for size in sizes if size.ended == "diverged"],
        "confidence": run.spec.evaluate.confidence,
    }
    return [FigureData(columns, facts)]


def _number(score: Score | None, end: str) -> float:
    value = None if score is None else getattr(score, end)
    return np.nan if value is None else float(value)


def _last_p(sizes: list[TrainedSize]) -> float | None:
    """Of the size before the whole, where both are there."""
    return sizes[-2].p_value if sizes[-1].share == 1 else None


def size(data: FigureData) -> tuple[float, float]:  # noqa: ARG001
    return 4.6, 2.6


def draw(axes: Axes, data: FigureData) -> None:
    rows = array(data.columns["rows"])
    for split, colour in _COLOURS.items():
        values, low, high = (array(data.columns[f"{split}{end}"]) for end in ("", " low", " high"))
        # Beside each other, for both are often of one length.
        beside = rows + _ASIDE * rows[-1] * (1 if split == "test" else -1)
        axes.vlines(beside, low, high, color=colour, linewidth=1.0, alpha=0.6)
        axes.line(rows, values, colour, split, end=True, marker="o", markersize=3)
    axes.set(xlim=(0, rows[-1] * 1.02), xlabel="training rows", ylabel=in_sentence(data.facts["metric"]))
    axes.few("x", 5)


def describe(data: FigureData) -> Words:
    facts, columns = data.facts, data.columns
    name = in_sentence(facts["metric"])
    unit = f" ({facts['unit']})" if facts["unit"] else ""
    seen = "the test rows, and those of validation, are" if facts["validation"] else "the test rows are"
    gone = ", ".join(count(rows) for rows in facts["diverged"])
    diverged = f" Of {gone} rows training diverged; the best weights before that are shown." if gone else ""
    caption = (
        f"{facts['metric']}{unit} of the same model with the same seed, prepared and trained afresh on parts of the "
        f"training rows, each within the next: {facts['how']}; {seen} the same throughout. Train is measured on the "
        f"part itself. Bars: {percent(facts['confidence'], 0)} intervals of each score.{diverged}"
    )
    listed = "; ".join(
        f"{count(rows)} rows: {significant(test)} on test, {significant(train)} on train"
        for rows, test, train in zip(columns["rows"], columns["test"], columns["train"], strict=True)
    )
    return Words(_title(data, name), caption, f"Learning curve, {name}: {listed}.")


def _title(data: FigureData, name: str) -> str:
    """What the last step to all rows changed, and whether that is sure."""
    facts, test, share = data.facts, data.columns["test"], data.columns["share"]
    before, last = significant(test[-2]), significant(test[-1])
    gained = (test[-1] - test[-2]) * (1 if facts["better"] else -1)
    part = percent(share[-2], 0)
    steps = f"test {name} goes from {before} with {part} of the rows to {last} with {_all(share[-1])}"
    sure = facts["p"] is not None and facts["p"] <= 1 - facts["confidence"]
    p = f" ({p_value(facts['p'])})" if facts["p"] is not None else ""
    if sure and gained > 0:
        return f"More rows may still help: {steps}{p}."
    if facts["p"] is None or sure:
        return f"{steps[:1].upper()}{steps[1:]}{p}."
    return f"The last rows made no clear difference: {steps}{p}."


def _all(share: float) -> str:
    return "all" if share == 1 else percent(share, 0)
