"""A prediction as lists that JSON can hold, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reportgen.results import Prediction

if TYPE_CHECKING:
    import numpy as np

#: What was predicted of the test rows before a threshold or a recalibration was chosen; beside the baselines.
AS_MADE = "as made"
_ARRAYS = ("rows", "step", "fold", "group", "moment", "y_true", "y_pred", "y_score")
_ALWAYS = ("y_true", "y_pred")
#: What numbers are when they come back from JSON.
_PLAIN = ("int64", "float64")


def plain(prediction: Prediction, with_scores: bool) -> dict[str, Any]:
    """The prediction as lists; what is None is left out, but for `y_score`, and `rows` are then empty."""
    arrays = {name: getattr(prediction, name) for name in _ARRAYS}
    if not with_scores:
        arrays["y_score"] = None
    found: dict[str, Any] = {name: array.tolist() for name, array in arrays.items() if array is not None}
    types = {name: array.dtype.name for name, array in arrays.items() if array is not None}
    found |= {"rows": found.get("rows", []), "y_score": found.get("y_score")}
    if odd := {name: kind for name, kind in types.items() if kind not in _PLAIN}:
        found["types"] = odd
    if prediction.naive_error is not None:
        found["naive_error"] = prediction.naive_error
    if prediction.costs is not None:
        found["costs"] = list(prediction.costs)
    return found


def prediction(split: str, given: Mapping[str, Any], labels: tuple[str, ...]) -> Prediction:
    """A prediction as arrays; raises ValueError where they do not fit each other or the labels."""
    types = given.get("types") or {}
    there = [name for name in _ARRAYS if given.get(name) or name in _ALWAYS]
    arrays = {name: _array(given[name], types.get(name)) for name in there}
    n = len(arrays["y_true"])
    if any(len(array) != n for array in arrays.values()):
        raise ValueError(f"the lists of {split} are of different lengths")
    for name in _ALWAYS:
        _check_codes(arrays[name], labels, f"{name} of {split}")
    costs = given.get("costs")
    return Prediction(
        split=split,
        y_true=arrays["y_true"],
        y_pred=arrays["y_pred"],
        y_score=arrays.get("y_score"),
        labels=labels,
        rows=arrays.get("rows"),
        naive_error=given.get("naive_error"),
        costs=(float(costs[0]), float(costs[1])) if costs else None,
        **{name: arrays.get(name) for name in ("step", "fold", "group", "moment")},
    )


def _array(values: Any, kind: str | None) -> np.ndarray:
    """Numbers as they were: None, which JSON has in place of what is not finite, is none."""
    import numpy as np

    whole = np.array(values, dtype=object)
    if kind is not None and kind not in ("float16", "float32", "int8", "int16", "int32", "uint8", "bool"):
        raise ValueError(f"numbers of the kind {kind[:20]}")
    if any(value is None or isinstance(value, float) for value in whole.flat):
        return whole.astype(np.float64).astype(kind or np.float64)
    return whole.astype(np.int64).astype(kind or np.int64)


def _check_codes(codes: np.ndarray, labels: tuple[str, ...], what: str) -> None:
    """Raise ValueError where a class has no label."""
    if not labels or not codes.size:
        return
    most = 1 if codes.ndim == 2 else len(labels) - 1
    if codes.dtype.kind not in "iub" or codes.min() < 0 or codes.max() > most:
        raise ValueError(f"{what} holds a class that has no label")
