"""How strongly a column alone goes with the target, by the kind of the column and of the target."""

from __future__ import annotations

import numpy as np

from reportgen.profile import association
from reportgen.profile.summaries import Relation
from reportgen.profile.target import Target


def of_numbers(numbers: np.ndarray, target: Target) -> Relation | None:
    """Of numbers (n,), NaN where missing: AUC with classes, Spearman with numbers."""
    return of_sample(numbers[target.sample], target)


def of_sample(numbers: np.ndarray, target: Target) -> Relation | None:
    """As `of_numbers`, of the numbers of the rows that `Target.sample` selects."""
    if target.codes is not None:
        codes = target.codes[target.sample]
        kept = np.isfinite(numbers) & (codes >= 0)
        best = association.separation(numbers[kept], codes[kept], len(target.labels))
        return Relation("AUC", best[0], target.labels[best[1]]) if best else None
    if target.values is not None:
        values = target.values[target.sample]
        kept = np.isfinite(numbers) & np.isfinite(values)
        rho = association.spearman(numbers[kept], values[kept])
        return None if rho is None else Relation("Spearman", abs(rho))
    return None


def of_words(codes: np.ndarray, target: Target) -> Relation | None:
    """Of codes of levels (n,), -1 where missing: Cramér's V with classes, correlation ratio with numbers."""
    codes = codes[target.sample]
    if target.codes is not None:
        classes = target.codes[target.sample]
        kept = (codes >= 0) & (classes >= 0)
        value, name = association.cramers_v(codes[kept], classes[kept]), "Cramér's V"
    elif target.values is not None:
        values = target.values[target.sample]
        kept = (codes >= 0) & np.isfinite(values)
        value, name = association.correlation_ratio(codes[kept], values[kept]), "correlation ratio"
    else:
        return None
    return None if value is None else Relation(name, value)
