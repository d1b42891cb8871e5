"""Standard errors of coefficients, where there is a theory of them: linear and logistic regression without penalty."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from sklearn.linear_model import LinearRegression, LogisticRegression

#: Features up to which the matrix of all pairs is inverted, and the condition up to which that says anything.
_MOST_FEATURES, _WORST_CONDITION = 500, 1e10
#: Classes are told apart without a mistake where no row is less certain than that.
_CERTAIN = 0.01


class Errors(NamedTuple):
    """Standard errors (n_features,) of coefficients, the degrees of freedom of Student's t (None: normal), or why none.

    They hold if the rows are independent and the model is of the right form.
    """

    values: np.ndarray | None
    degrees: int | None = None
    why: str = ""


def coefficient_errors(estimator: Any, X: np.ndarray, y: np.ndarray) -> Errors:
    """The classical standard errors of a fitted linear model, from its training rows X (n, n_features), y (n,)."""
    if (why := _unknown(estimator, X, y)) is not None:
        return Errors(None, why=why)
    design = np.asarray(X, np.float64)
    if estimator.fit_intercept:
        design = np.column_stack([design, np.ones(len(design))])
    found = (_of_least_squares if isinstance(estimator, LinearRegression) else _of_likelihood)(estimator, X, y, design)
    if found is None:
        return Errors(None, why="the features depend on each other, or the classes are told apart without a mistake")
    degrees = len(design) - design.shape[1] if isinstance(estimator, LinearRegression) else None
    return Errors(found[: X.shape[1]], degrees)


def _unknown(estimator: Any, X: np.ndarray, y: np.ndarray) -> str | None:
    """Why such an estimator's coefficients have no standard errors; None where they have."""
    if type(estimator) not in (LinearRegression, LogisticRegression):
        return "of this estimator there is no simple theory"
    if isinstance(estimator, LogisticRegression):
        if np.isfinite(estimator.C) and getattr(estimator, "penalty", None) is not None:
            return "a penalty shrinks them on purpose, and an interval around a shrunk number would be too narrow"
        if estimator.class_weight is not None:
            return "the rows are weighted"
        if len(estimator.classes_) != 2:
            return "of more than two classes a coefficient has no meaning of its own"
    elif estimator.positive:
        return "they are held above zero"
    if y.ndim > 1 or X.shape[1] > _MOST_FEATURES or len(X) < X.shape[1] + 2:
        return "there are too few rows for so many features"
    return None


def _of_least_squares(estimator: Any, X: np.ndarray, y: np.ndarray, design: np.ndarray) -> np.ndarray | None:
    residual = y - estimator.predict(X)
    return _roots(design.T @ design, float(residual @ residual) / (len(design) - design.shape[1]))


def _of_likelihood(estimator: Any, X: np.ndarray, _y: np.ndarray, design: np.ndarray) -> np.ndarray | None:
    """From Fisher's information at the maximum of the likelihood (Wald 1943)."""
    chance = estimator.predict_proba(X)[:, 1]
    if np.minimum(chance, 1 - chance).max() < _CERTAIN:
        return None  # The likelihood has no maximum: the coefficients grow until the solver stops.
    return _roots((design * (chance * (1 - chance))[:, None]).T @ design, 1.0)


def _roots(information: np.ndarray, variance: float) -> np.ndarray | None:
    scale = np.sqrt(np.diag(information))
    if not (scale > 0).all():
        return None
    # On one scale, so that the unit of a feature does not pass for dependence.
    scaled = information / np.outer(scale, scale)
    if not np.linalg.cond(scaled) < _WORST_CONDITION:
        return None
    found: np.ndarray = np.sqrt(variance * np.diag(np.linalg.inv(scaled))) / scale
    return found if np.isfinite(found).all() else None
