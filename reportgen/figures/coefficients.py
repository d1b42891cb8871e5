"""The coefficients of a linear model, the largest first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.dataset import Kind
from reportgen.errors import NotApplicable
from reportgen.figures._data import Plain, array, class_names, feature_name, fitted_of, plain, target_name
from reportgen.figures._signed import draw_signed
from reportgen.results import FigureData, Run, Words
from reportgen.svg import RULE, SERIES, SOFT
from reportgen.text import classed, percent, plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "explanation"
NEEDS = "fitted"
ORDER = 20
_MOST_FEATURES = 20
_MOST_CLASSES = 6
_LARGEST_LOG_ODDS = 20.0


def compute(run: Run) -> list[FigureData]:
    """One drawing, or one a class for the first classes of a model that has a coefficient for each."""
    coefficients = {name: values for name, values in fitted_of(run).coefficients.items() if np.isfinite(values).all()}
    outputs = max(map(len, coefficients.values()), default=0)
    if not outputs:
        raise NotApplicable("the model has no coefficients")
    classes = class_names(run) if run.task else ()
    found = []
    for output in range(min(outputs, _MOST_CLASSES)):
        values = {name: row[output] for name, row in coefficients.items() if len(row) == outputs}
        best = sorted(values, key=lambda name: (-abs(values[name]), name))[:_MOST_FEATURES]
        of = (
            classes[output]
            if outputs == len(classes)
            else classes[-1]
            if classes
            else target_name(run)
            if run.task
            else ""
        )
        columns = {
            "feature": [feature_name(run, name) for name in best],
            "coefficient": plain(values[name] for name in best),
            **_intervals(run, {name: values[name] for name in best}),
        }
        facts = {"of": of, "features": len(values), "shown": min(outputs, _MOST_CLASSES), "outputs": outputs}
        facts |= {"confidence": run.spec.evaluate.confidence, "why": fitted_of(run).without_errors}
        facts |= _odds(run, feature_name(run, best[0]), values[best[0]]) if outputs == 1 else {}
        found.append(FigureData(columns, facts, part=f"class {output + 1}" if outputs > 1 else ""))
    return found


def _intervals(run: Run, values: Mapping[str, float]) -> dict[str, Plain]:
    """Low and high ends of the classical interval of each coefficient, where there is one."""
    # Not at the top: the studio loads this module too, and only draws.
    from reportgen import statistics

    fitted, confidence = fitted_of(run), run.spec.evaluate.confidence
    errors = fitted.coefficient_errors
    if not all(name in errors for name in values):
        return {}
    degrees = fitted.coefficient_degrees
    reach = statistics.t_quantile(confidence, degrees) if degrees else statistics.normal_quantile(confidence)
    ends = {"low": -reach, "high": reach}
    return {end: plain(value + side * errors[name] for name, value in values.items()) for end, side in ends.items()}


def _odds(run: Run, name: str, coefficient: float) -> dict[str, Any]:
    """By how much the first feature multiplies the odds, of a logistic regression, and what one of it is."""
    if fitted_of(run).title != "LogisticRegression" or abs(coefficient) > _LARGEST_LOG_ODDS:
        return {}
    scaled = run.splits is not None and run.spec.preprocess.numeric == "standard" and _is_number(run, name)
    unit = "one standard deviation more" if scaled else "one more"
    return {"odds": f"{unit} of {name} multiplies the odds by {significant(float(np.exp(coefficient)))}"}


def _is_number(run: Run, name: str) -> bool:
    columns = run.dataset.columns if run.dataset else ()
    return any(column.name == name and column.kind is Kind.NUMERIC for column in columns)


def size(data: FigureData) -> tuple[float, float]:
    return 4.8, (0.6 if "low" in data.columns else 0.25) + 0.2 * len(data.columns["feature"])


def draw(axes: Axes, data: FigureData) -> None:
    values = array(data.columns["coefficient"])
    if "low" in data.columns:
        _draw_intervals(axes, data, values, *(array(data.columns[end]) for end in ("low", "high")))
    else:
        draw_signed(axes, data.columns["feature"], values, ("positive", "negative"), room=0.2)


def _draw_intervals(axes: Axes, data: FigureData, values: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
    rows = np.arange(len(values))
    axes.axvline(0, color=SOFT, linewidth=0.6)
    for sign, colour, name in ((values >= 0, SERIES[2], "positive"), (values < 0, SERIES[1], "negative")):
        axes.hlines(rows[sign], low[sign], high[sign], color=colour, linewidth=1.2)
        if sign.any():
            axes.points(values[sign], rows[sign], colour, name, size=5, alpha=1.0)
    axes.categories("y", data.columns["feature"])
    first, last = axes.reach(np.concatenate([low, high, [0.0]]))
    axes.set(xlim=(first, last), ylim=(len(rows) - 0.5, -0.5), xlabel="coefficient")
    axes.hlines(rows, first, last, color=RULE, linewidth=0.4, zorder=0.4)
    axes.bare("left")


def describe(data: FigureData) -> Words:
    facts, names, values = data.facts, data.columns["feature"], data.columns["coefficient"]
    way = "raises" if (values[0] or 0) > 0 else "lowers"
    of = classed(facts["of"]) if facts["of"] else "the prediction"
    title = f"Feature {names[0]} {way} {of} most ({significant(values[0])})."
    cut = f" The {len(names)} largest of {facts['features']} are shown." if len(names) < facts["features"] else ""
    part = f" {facts['shown']} of {facts['outputs']} classes are shown." if facts["shown"] < facts["outputs"] else ""
    caption = f"Coefficients on the prepared features, for {of}; orange positive, blue negative.{cut}{part}"
    caption += _sureness(data) + (f" {facts['odds'][0].upper()}{facts['odds'][1:]}." if "odds" in facts else "")
    listed = ", ".join(f"{name} {significant(value)}" for name, value in zip(names, values, strict=True))
    return Words(title, caption, f"Coefficients of {plural(len(names), 'feature')}: {listed}.")


def _sureness(data: FigureData) -> str:
    """What the intervals say, or why there are none."""
    facts, columns = data.facts, data.columns
    if "low" not in columns:
        return f" They have no intervals: {facts['why']}." if facts.get("why") else ""
    sure = sum(low > 0 or high < 0 for low, high in zip(columns["low"], columns["high"], strict=True))
    return (
        f" Lines: {percent(facts['confidence'], 0)} intervals (Wald), if the rows are independent and the form right;"
        f" {sure} of {len(columns['low'])} do not hold zero."
    )
