"""The coefficients of a linear model, the largest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import array, class_names, feature_name, fitted_of, plain, target_name
from reportgen.figures._signed import draw_signed
from reportgen.results import FigureData, Run, Words
from reportgen.text import classed, plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "explanation"
NEEDS = "fitted"
ORDER = 20
_MOST_FEATURES = 20
_MOST_CLASSES = 6


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
        }
        facts = {"of": of, "features": len(values), "shown": min(outputs, _MOST_CLASSES), "outputs": outputs}
        found.append(FigureData(columns, facts, part=f"class {output + 1}" if outputs > 1 else ""))
    return found


def size(data: FigureData) -> tuple[float, float]:
    return 4.8, 0.25 + 0.2 * len(data.columns["feature"])


def draw(axes: Axes, data: FigureData) -> None:
    values = array(data.columns["coefficient"])
    draw_signed(axes, data.columns["feature"], values, ("positive", "negative"), room=0.2)


def describe(data: FigureData) -> Words:
    facts, names, values = data.facts, data.columns["feature"], data.columns["coefficient"]
    way = "raises" if (values[0] or 0) > 0 else "lowers"
    of = classed(facts["of"]) if facts["of"] else "the prediction"
    title = f"Feature {names[0]} {way} {of} most ({significant(values[0])})."
    cut = f" The {len(names)} largest of {facts['features']} are shown." if len(names) < facts["features"] else ""
    part = f" {facts['shown']} of {facts['outputs']} classes are shown." if facts["shown"] < facts["outputs"] else ""
    caption = f"Coefficients on the prepared features, for {of}; orange positive, blue negative.{cut}{part}"
    listed = ", ".join(f"{name} {significant(value)}" for name, value in zip(names, values, strict=True))
    return Words(title, caption, f"Coefficients of {plural(len(names), 'feature')}: {listed}.")
