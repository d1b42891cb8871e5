"""What the figures of forecasts share: the test set's forecasts by step ahead, and the axis of their time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from reportgen.figures._data import LARGEST, dataset_of, name_of, tested
from reportgen.figures._time import seconds_of, time_ticks
from reportgen.results import Prediction, Run
from reportgen.text import plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes


class Course(NamedTuple):
    """The forecasts so many steps ahead, in the order of time: rows of the table, true and predicted values (n,)."""

    step: int
    rows: np.ndarray
    actual: np.ndarray
    predicted: np.ndarray


def courses(run: Run, prediction: Prediction | None = None) -> list[Course]:
    """The test forecasts at each step ahead, of the model or of the baseline given."""
    found = tested(run, "forecast") if prediction is None else prediction
    assert found.step is not None
    assert found.rows is not None
    actual, predicted = (np.clip(values, -LARGEST, LARGEST) for values in (found.y_true, found.y_pred))
    kept = [(int(step), found.step == step) for step in np.unique(found.step)]
    return [Course(step, found.rows[at], actual[at], predicted[at]) for step, at in kept]


def ends(found: Sequence[Course]) -> list[Course]:
    """The first step ahead and the last."""
    return [found[0], *found[1:][-1:]]


def ahead(step: int) -> str:
    return f"{plural(step, 'step')} ahead"


def moments(run: Run, rows: np.ndarray) -> tuple[np.ndarray, str]:
    """Places on an axis (n,) and what they are: seconds since 1970, numbers, or the order where these are secret."""
    dataset = dataset_of(run)
    assert run.task is not None
    assert run.task.time is not None
    if dataset.column(run.task.time).sensitive:
        return np.argsort(np.argsort(rows)).astype(float) + 1, "order"
    values = dataset.frame[run.task.time].iloc[rows]
    if values.dtype.kind == "M":
        return values.to_numpy().astype("datetime64[us]").astype(np.int64) / 1e6, "time"
    return values.to_numpy("float64", na_value=np.nan), "number"


def written(places: np.ndarray, kind: str) -> list[str]:
    """The same for a table: ISO texts, or numbers."""
    if kind != "time":
        return [significant(place, 12) for place in places]
    return [str(np.datetime64(int(place), "s")).replace("T", " ").removesuffix(" 00:00:00") for place in places]


def places(texts: Sequence[str], kind: str) -> np.ndarray:
    """The other way."""
    if kind == "time":
        return np.array([seconds_of(text) for text in texts])
    return np.array([float(text.replace(",", "").replace("−", "-")) for text in texts])


def time_axis(axes: Axes, x: np.ndarray, kind: str, most: int = 5) -> None:
    low, high = float(x.min()), float(x.max())
    axes.set_xlim(*axes.reach(x))
    if kind == "time":
        axes.ticks("x", *time_ticks(low, high, most))
    else:
        axes.few("x", most)


def time_name(run: Run, kind: str) -> str:
    assert run.task is not None
    return name_of(run.task.time) if kind != "order" else "order in time"
