"""Which reports were tested on the same rows: proved by the hash of the data and the positions of the rows."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from reportgen.comparing.reading import Compared
from reportgen.dataset import Task
from reportgen.results import Prediction
from reportgen.text import percent, plural


@dataclass(frozen=True)
class Shared:
    """A test set and who was tested on it: places in the list of reports, and predictions in one order of rows."""

    places: tuple[int, ...]
    predictions: tuple[Prediction, ...]
    task: Task
    confidence: float
    seed: int

    @property
    def alike(self) -> bool:
        """Whether all predict the same of every row, with the same probabilities."""
        first, *others = self.predictions
        return all(_equal(first.y_pred, one.y_pred) and _equal(first.y_score, one.y_score) for one in others)


@dataclass(frozen=True)
class Sharing:
    """The test sets that two reports or more have in common, the largest circle first; and why others share none."""

    sets: tuple[Shared, ...]
    reasons: dict[int, str]

    @property
    def main(self) -> Shared | None:
        return self.sets[0] if self.sets else None


@dataclass(frozen=True)
class _Proof:
    """What must agree for two test sets to be one."""

    task: str
    labels: tuple[str, ...]
    data: str
    drawn: tuple[int, int] | None  # size and seed of a random sample of the table
    rows: str
    truth: str


def sharing(reports: Sequence[Compared]) -> Sharing:
    """Put reports together by their test set."""
    reasons = {place: why for place, report in enumerate(reports) if (why := _unprovable(report))}
    ordered = {
        place: _ordered(report.test) for place, report in enumerate(reports) if place not in reasons and report.test
    }
    proofs = {place: _proof(reports[place], prediction) for place, prediction in ordered.items()}
    circles = [
        tuple(place for place, one in proofs.items() if one == proof)
        for proof, members in Counter(proofs.values()).most_common()
        if members > 1
    ]
    sets = tuple(_shared(circle, reports, ordered) for circle in circles)
    reference = circles[0][0] if circles else next(iter(proofs), None)
    together = {place for circle in circles for place in circle}
    for place in proofs:
        if place not in together and place != reference and reference is not None:
            reasons[place] = _apart(proofs[place], proofs[reference], ordered[place], ordered[reference])
    return Sharing(sets, reasons)


def _shared(circle: tuple[int, ...], reports: Sequence[Compared], ordered: dict[int, Prediction]) -> Shared:
    first = reports[circle[0]].run
    assert first.task is not None
    predictions = tuple(ordered[place] for place in circle)
    return Shared(circle, predictions, first.task, first.spec.evaluate.confidence, first.spec.seed)


def _unprovable(report: Compared) -> str:
    """Why nothing proves which rows a report was tested on; "" where something does."""
    if report.run.task is None or not report.run.scores:
        return "it has no scores on test rows"
    if report.test is None:
        return "it carries no predictions, which were too many"
    origin = report.run.provenance
    if origin is None or not origin.data_sha256:
        return "it has no hash of its data, so that nothing proves which rows it was tested on"
    if report.test.rows is None:
        return "it does not say which rows of the data it was tested on"
    return ""


def _ordered(prediction: Prediction) -> Prediction:
    """The same in the order of the rows in the source; of a forecast, whose order is that of time, as it is."""
    if prediction.rows is None or prediction.step is not None:
        return prediction
    order = np.argsort(prediction.rows, kind="stable")
    arrays = ("rows", "y_true", "y_pred", "y_score", "fold", "group", "moment")
    values = {name: getattr(prediction, name) for name in arrays}
    return replace(prediction, **{name: value[order] for name, value in values.items() if value is not None})


def _proof(report: Compared, prediction: Prediction) -> _Proof:
    run = report.run
    assert run.task is not None
    assert run.provenance is not None
    sample = run.spec.data.sample if run.spec.data is not None else None
    steps = () if prediction.step is None else (prediction.step,)
    return _Proof(
        task=run.task.name,
        labels=run.task.labels,
        data=run.provenance.data_sha256,
        drawn=None if sample is None else (sample, run.spec.seed),
        rows=_digest(prediction.rows, *steps),
        truth=_digest(prediction.y_true),
    )


def _equal(one: np.ndarray | None, other: np.ndarray | None) -> bool:
    if one is None or other is None:
        return one is other
    return np.array_equal(one, other)


def _digest(*arrays: np.ndarray | None) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        if array is not None:
            kind = np.float64 if array.dtype.kind == "f" else np.int64
            digest.update(repr(array.shape).encode() + np.ascontiguousarray(array, dtype=kind).tobytes())
    return digest.hexdigest()


def _apart(one: _Proof, other: _Proof, prediction: Prediction, reference: Prediction) -> str:
    """Why two test sets are not one, in words."""
    if one.task != other.task:
        return f"its task is {one.task}, not {other.task}"
    if one.data != other.data:
        return "its data have another hash"
    if one.drawn != other.drawn:
        return "its data are another random sample of the table"
    if one.labels != other.labels:
        return "its classes are others, or in another order"
    if one.rows != other.rows:
        return _elsewhere(prediction, reference)
    return "the same rows have other true values in it"


def _elsewhere(prediction: Prediction, reference: Prediction) -> str:
    """That the test rows are others, and how many are not."""
    assert prediction.rows is not None
    assert reference.rows is not None
    common, total = len(np.intersect1d(prediction.rows, reference.rows)), len(np.unique(prediction.rows))
    shared = f"{common:,} of its {plural(total, 'test row')} are shared ({percent(common / total, 0)})"
    return f"it was tested on other rows: {shared}; the same seed and split give the same rows"
