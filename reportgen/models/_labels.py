"""scikit-learn estimators for several labels: as they are where they take them, else one for each label."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.multioutput import MultiOutputClassifier
from sklearn.utils import get_tags

from reportgen.text import plural


def for_labels(estimator: Any) -> Any:
    """The classifier where it learns several labels at once, such as a forest; else one of it for each label."""
    tags = get_tags(estimator).classifier_tags
    return estimator if tags is not None and tags.multi_label else MultiOutputClassifier(estimator)


def inner(estimator: Any) -> Any:
    """The estimator that the experiment file names."""
    return estimator.estimator if isinstance(estimator, MultiOutputClassifier) else estimator


def how(estimator: Any, n_labels: int) -> Mapping[str, str]:
    """How it learns several labels, for the table of settings."""
    each = isinstance(estimator, MultiOutputClassifier)
    told = f"one estimator for each of {plural(n_labels, 'label')} (MultiOutputClassifier)"
    return {"labels": told if each else f"{plural(n_labels, 'label')} learnt together"}


def probabilities(estimator: Any, X: np.ndarray, n_labels: int) -> np.ndarray | None:
    """The probability of each label (n, n_labels) float64; None where the estimator gives none.

    `predict_proba` gives such an array, or a list with the (n, n_classes) of each label, whose classes are 0 and 1, or
    one of them where every training row was alike.
    """
    if not hasattr(estimator, "predict_proba"):
        return None
    found = estimator.predict_proba(X)
    if isinstance(found, list):
        found = np.stack([_of_yes(*one) for one in zip(found, estimator.classes_, strict=True)], axis=1)
    score = np.asarray(found, np.float64)
    usable = score.shape == (X.shape[0], n_labels) and np.isfinite(score).all() and (score >= 0).all()
    return np.minimum(score, 1.0) if usable else None


def _of_yes(score: np.ndarray, classes: np.ndarray) -> np.ndarray:
    yes = np.flatnonzero(np.asarray(classes) == 1)
    return np.asarray(score[:, yes[0]] if len(yes) else np.zeros(len(score)))


def coefficients(estimator: Any) -> np.ndarray | None:
    """Coefficients (n_labels, n_features) of linear models, one a label; None of any other."""
    if not isinstance(estimator, MultiOutputClassifier):
        return None
    found = [getattr(one, "coef_", None) for one in estimator.estimators_]
    rows = [np.atleast_2d(one) for one in found if isinstance(one, np.ndarray)]
    return np.concatenate(rows) if len(rows) == len(found) == sum(map(len, rows)) else None
