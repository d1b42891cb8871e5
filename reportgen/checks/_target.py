"""Whether the order of some values tells the target."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtr

from reportgen.checks._parts import need_independent
from reportgen.checks._table import FALSE_ALARM
from reportgen.errors import NotApplicable
from reportgen.profile import association
from reportgen.profile.rows import class_codes, label_codes
from reportgen.profile.sample import spread
from reportgen.results import Run

#: Rows that are looked at, evenly spread, and the fewest that tell anything.
_SAMPLE, _ENOUGH = 20_000, 30


def order_tells(run: Run, values: pd.Series, n_tests: int) -> float:
    """How far the ranks of the values tell the target: 2 AUC - 1 of the best told class, or |Spearman|; 0 to 1.

    A label of several counts as a class. 0 where chance explains it, with a false alarm in a thousand over all
    `n_tests` columns.

    Raises:
        NotApplicable: no target, or too few rows.
    """
    if run.task is None or run.dataset is None:
        raise NotApplicable("there is no target")
    need_independent(run)
    rows = spread(len(values), _SAMPLE)
    ranks = values.iloc[rows].rank().to_numpy(dtype=float)
    if run.task.name == "multilabel":
        return _of_labels(ranks, label_codes(run.dataset.frame.iloc[rows], run.task.targets), n_tests)
    target = run.dataset.frame[run.task.target].iloc[rows]
    if run.task.is_classification:
        codes = class_codes(target, run.task.labels)
        kept = (codes >= 0) & np.isfinite(ranks)
        found, n = _by_class(ranks[kept], codes[kept], len(run.task.labels), n_tests), int(kept.sum())
    else:
        numbers = target.to_numpy(dtype=float)
        kept = np.isfinite(numbers) & np.isfinite(ranks)
        n = int(kept.sum())
        rho = association.spearman(ranks[kept], numbers[kept]) or 0.0
        found = abs(rho) if _sure(abs(rho) * np.sqrt(max(n - 1, 0)), n_tests) else 0.0
    if n < _ENOUGH:
        raise NotApplicable(f"fewer than {_ENOUGH} rows have a target")
    return found


def _of_labels(ranks: np.ndarray, flags: np.ndarray, n_tests: int) -> float:
    """The same of the label (n, n_labels) that they tell best, an alarm in a thousand over all labels too."""
    kept = (flags[:, 0] >= 0) & np.isfinite(ranks)
    if kept.sum() < _ENOUGH:
        raise NotApplicable(f"fewer than {_ENOUGH} rows have a target")
    return max(_by_class(ranks[kept], one[kept], 2, n_tests * flags.shape[1]) for one in flags.T)


def _by_class(ranks: np.ndarray, codes: np.ndarray, n_classes: int, n_tests: int) -> float:
    """The Mann-Whitney statistic of each class against the rest, in standard errors that hold where they are alike."""
    areas = association.auc(ranks, codes, n_classes) if len(ranks) else np.zeros(0)
    members = np.bincount(codes, minlength=n_classes).astype(float)
    others = len(codes) - members
    errors = np.sqrt((len(codes) + 1) / (12 * np.maximum(members * others, 1)))
    gaps = np.abs(areas - 0.5)
    known = [float(2 * gap) for gap, e in zip(gaps, errors, strict=True) if _sure(gap / e, n_tests * n_classes)]
    return max(known, default=0.0)


def _sure(z: float, n_tests: int) -> bool:
    return bool(2 * ndtr(-z) < FALSE_ALARM / n_tests)
