"""How strongly a column alone goes with the target, by the kind of the column and of the target."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from reportgen.profile import association
from reportgen.profile.summaries import Relation
from reportgen.profile.target import Target


def of_numbers(numbers: np.ndarray, target: Target) -> Relation | None:
    """Of numbers (n,), NaN where missing: AUC with classes or labels, Spearman with numbers."""
    return of_sample(numbers[target.sample], target)


def to_any(target: Target, relate: Callable[[Target], Relation | None]) -> Relation | None:
    """The strongest relation to one of several labels, with its name; the first of equally strong ones."""
    found = [replace(relation, label=one.labels[1]) for one in target.several if (relation := relate(one))]
    return max(found, key=lambda relation: relation.strength, default=None)


def of_sample(numbers: np.ndarray, target: Target) -> Relation | None:
    """As `of_numbers`, of the numbers of the rows that `Target.sample` selects."""
    if target.several:
        return _to_labels(numbers, target)
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


def _to_labels(numbers: np.ndarray, target: Target) -> Relation | None:
    """The AUC with the label that they tell best, in either direction; ranked once for all of them."""
    names = [one.labels[1] for one in target.several]
    codes = np.stack([one.codes[target.sample] for one in target.several if one.codes is not None])
    kept = np.isfinite(numbers) & (codes[0] >= 0)
    found = association.label_auc(numbers[kept], codes[:, kept])
    found = np.maximum(found, 1 - found)
    if np.isnan(found).all():
        return None
    best = int(np.nanargmax(found))
    return Relation("AUC", float(found[best]), names[best])


def of_words(codes: np.ndarray, target: Target) -> Relation | None:
    """Of codes of levels (n,), -1 where missing: Cramér's V with classes, correlation ratio with numbers."""
    if target.several:
        return to_any(target, lambda one: of_words(codes, one))
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
