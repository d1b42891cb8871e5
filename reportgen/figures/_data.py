"""What the figures share: whose predictions are shown, which rows and points, and how numbers are written down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from reportgen.dataset import Dataset
from reportgen.errors import NotApplicable
from reportgen.fitted import Fitted
from reportgen.results import Prediction, Run
from reportgen.text import classed, one_line, plural

#: A column: numbers, words and None.
Plain = list[Any]
#: Beyond so many points a scatter shows a part of them, evenly spread over the rows, and says so.
MOST_POINTS = 1000
_DIGITS = 6
#: The squares of larger numbers would overflow.
LARGEST = 1e150


def dataset_of(run: Run) -> Dataset:
    if run.dataset is None or run.dataset.n_rows == 0:
        raise NotApplicable("there are no rows")
    return run.dataset


def fitted_of(run: Run) -> Fitted:
    if run.fitted is None:
        raise NotApplicable("there is no model here")
    return run.fitted


def tested(run: Run, *tasks: str) -> Prediction:
    """The model's predictions of the test split, if the task is one of those named."""
    prediction = run.predictions.get("test")
    if prediction is None or len(prediction.y_true) == 0:
        raise NotApplicable("there are no predictions on the test set")
    if run.task is None or run.task.name not in tasks:
        raise NotApplicable(f"this is not a {' or '.join(tasks)} task")
    return prediction


def scores_of(run: Run, *tasks: str) -> tuple[Prediction, np.ndarray]:
    """The same, with the class probabilities (n, n_classes); all of them finite."""
    prediction = tested(run, *tasks)
    if prediction.y_score is None:
        raise NotApplicable("the model gives no class probabilities")
    if not np.isfinite(prediction.y_score).all():
        raise NotApplicable("the model's class probabilities are not all finite")
    return prediction, prediction.y_score


def baseline_scores(run: Run, name: str = "linear") -> np.ndarray | None:
    """A baseline's class probabilities on the test split, or None."""
    prediction = run.baselines.get(name, {}).get("test")
    return None if prediction is None else prediction.y_score


def both_classes(y_true: np.ndarray) -> None:
    if len(np.unique(y_true)) < 2:
        raise NotApplicable("the test set holds one class alone")


def values_of(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """True and predicted numbers of the test rows, of a forecast at every step ahead, (n,) each, to be squared."""
    prediction = tested(run, "regression", "forecast")
    y_true, y_pred = np.asarray(prediction.y_true, dtype=float), np.asarray(prediction.y_pred, dtype=float)
    usable = (np.abs(y_true) < LARGEST) & (np.abs(y_pred) < LARGEST)
    if not usable.all():
        raise NotApplicable(
            f"{plural(int((~usable).sum()), 'prediction')} out of {len(usable):,} are not finite or beyond 1e150"
        )
    return y_true, y_pred


def case_of(run: Run) -> str:
    """What a prediction of the test set is one of."""
    return "test forecast" if run.task is not None and run.task.name == "forecast" else "test row"


#: What a p-value or an interval that takes each row by itself owes to its reader where they are not.
ALIKE = "Test rows depend on each other here, so that p-values are too small and intervals too narrow."


def dependent(run: Run) -> bool:
    """Whether test rows err alike: forecasts that overlap, rows of one group, rows near each other in time."""
    test = run.predictions["test"]
    return any(one is not None for one in (test.step, test.group, test.moment))


def class_names(run: Run) -> tuple[str, ...]:
    """The labels as shown; numbered where the target is sensitive."""
    assert run.task is not None
    sensitive = run.dataset is not None and any(c.sensitive for c in run.dataset.columns if c.name == run.task.target)
    if sensitive:
        return tuple(f"class {number}" for number in range(1, len(run.task.labels) + 1))
    return tuple(name_of(label) for label in run.task.labels)


def label_of(name: str) -> str:
    """One of several labels in a sentence: `sport`, but `label 3`."""
    return name if classed(name) == name else f"label {name}"


def target_name(run: Run) -> str:
    assert run.task is not None
    return name_of(run.task.target)


def feature_name(run: Run, name: str) -> str:
    """A prepared feature as shown: one that was made of a value of a sensitive column does not tell the value."""
    source = run.splits.made_from.get(name, name) if run.splits else name
    sensitive = run.dataset is not None and any(c.sensitive for c in run.dataset.columns if c.name == source)
    return f"{name_of(source)} (a value)" if sensitive and source != name else name_of(name)


def name_of(value: object) -> str:
    """A name from the data as a figure and its words show it: on one line, cut, never empty."""
    return one_line(value, 60).strip() or "(empty)"


def thin(count: int, most: int) -> np.ndarray:
    """Positions of at most `most` of `count` items, evenly spread, first and last among them."""
    return np.arange(count) if count <= most else np.unique(np.rint(np.linspace(0, count - 1, most)).astype(int))


def plain(values: Iterable[float], digits: int = _DIGITS) -> Plain:
    """Numbers to six significant digits, as JSON can hold them: None for what is not finite."""
    return [
        float(f"{value:.{digits}g}") if np.isfinite(value) else None for value in np.asarray(list(values), dtype=float)
    ]


def matrix(values: np.ndarray, digits: int = 4) -> list[Plain]:
    """The same, row by row."""
    return [plain(row, digits) for row in np.atleast_2d(values)]


def array(values: Sequence[float | int | str | None]) -> np.ndarray:
    """The other way: floats, with NaN for None."""
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def sampled(shown: int, total: int, what: str = "row") -> str:
    """A sentence for the caption where not every row is shown; else nothing."""
    return f" {shown:,} of {total:,} {what.removeprefix('test ')}s are shown." if shown < total else ""


def histogram(values: np.ndarray, most_bins: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Counts and edges over the finite values; far outliers are gathered in the first and last bin.

    The range is cut at five interquartile ranges beyond the quartiles: one value at 1e18 must not empty the rest.
    """
    finite = values[np.isfinite(values)].astype(float)
    low, high = limits(finite)
    bins = int(np.clip(np.sqrt(len(finite)), 5, most_bins)) if high > low else 1
    edges = np.linspace(low, high, bins + 1) if high > low else np.array([low - 0.5, low + 0.5])
    counts, edges = np.histogram(np.clip(finite, edges[0], edges[-1]), bins=edges)
    return counts, edges


def limits(finite: np.ndarray) -> tuple[float, float]:
    """The range of the values, without what lies five interquartile ranges beyond the quartiles, or is beyond 1e150."""
    if not len(finite):
        return 0.0, 0.0
    finite = np.clip(finite, -LARGEST, LARGEST)
    low, high = float(finite.min()), float(finite.max())
    first, third = (float(quartile) for quartile in np.quantile(finite, [0.25, 0.75]))
    reach = 5 * (third - first)
    if reach > 0:
        low, high = max(low, first - reach), min(high, third + reach)
    return low, high
