"""Tables without a defect, drawn from a seed: what the checks of data must stay silent on.

Clean means here: columns are independent of each other or go together with |r| <= 0.7, and are normal, uniform,
lognormal with sigma <= 0.35 (skewness 1.1), gamma with shape >= 4, Poisson, whole numbers, a mixture of two normals,
categories with a share of at least 3 % for each of 2 to 12 levels and at most 55 % for one, true and false between
15 % and 85 %, dates, times, texts, or ids; gaps, if any, are at most 2 % of a column, anywhere. The target depends on
two to four columns and on noise of its own, so that none of them tells it alone; the smallest class has a fifth of the
rows. Rows are drawn independently, and their order tells nothing.

Some tables are not clean for some checks, whatever their columns: a small one has too few test rows, a series that is
split at random overlaps in time. `Drawn.excused` names those checks, with the reason beside them in the code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

#: Rows of a table: small ones are drawn as often as large ones (evenly on a logarithmic scale).
_ROWS, _COLUMNS = (20, 20_000), (2, 40)
_MOST_CELLS = 300_000
_ENOUGH_FOR_GROUPS = 60
_VOCABULARY = [
    *("amber", "bridge", "candle", "dragon", "engine", "forest", "garden", "harbour", "island", "jacket", "kettle"),
    *("lantern", "meadow", "needle", "orchard", "pencil", "quarry", "ribbon", "saddle", "timber", "umbrella", "valley"),
    *("window", "yellow", "zephyr", "basket", "copper", "desert", "feather", "glacier", "hammer", "insect", "jungle"),
]
Rng = np.random.Generator


@dataclass
class Drawn:
    """A table, its experiment without the path, and the checks that it is not clean for."""

    frame: pd.DataFrame
    spec: dict[str, Any]
    excused: set[str] = field(default_factory=set)


def draw(seed: int) -> Drawn:
    """One table of 20 to 20,000 rows and 2 to 40 columns."""
    rng = np.random.default_rng(seed)
    n = int(np.exp(rng.uniform(*np.log(_ROWS))))
    k = int(rng.integers(_COLUMNS[0], min(_COLUMNS[1], max(3, _MOST_CELLS // n)) + 1))
    kinds = rng.choice(list(_KINDS), k, p=_shares())
    columns = {f"{kind}_{i}": _KINDS[kind](rng, n) for i, kind in enumerate(kinds)}
    _relate(rng, columns)
    drawn = Drawn(pd.DataFrame(columns), {"data": {}, "seed": seed % 1000})
    _add_target(rng, drawn)
    _open_gaps(rng, drawn)
    _add_ids_and_times(rng, drawn)
    return drawn


def _number(make: Callable[[Rng, int], np.ndarray]) -> Callable[[Rng, int], np.ndarray]:
    """The numbers on a scale of their own: standard deviations differ a few hundredfold at most."""

    def scaled(rng: Rng, n: int) -> np.ndarray:
        values = make(rng, n)
        return values / (values.std() or 1.0) * 10 ** rng.uniform(-0.5, 1.5)

    return scaled


def _mixture(rng: Rng, n: int) -> np.ndarray:
    return rng.normal(0, 1, n) + 4 * (rng.random(n) < rng.uniform(0.3, 0.7))


def _category(rng: Rng, n: int) -> np.ndarray:
    levels = rng.permutation(_VOCABULARY)[: rng.integers(2, 13)]
    while True:
        shares = 0.03 + (1 - 0.03 * len(levels)) * rng.dirichlet(np.ones(len(levels)))
        if shares.max() <= 0.55:
            return rng.choice(levels, n, p=shares)


def _text(rng: Rng, n: int) -> np.ndarray:
    return np.array([" ".join(rng.choice(_VOCABULARY, size)) for size in rng.integers(6, 20, n)])


def _date(rng: Rng, n: int) -> np.ndarray:
    return np.datetime64("1960-01-01", "us") + rng.integers(0, rng.integers(300, 20_000), n).astype("timedelta64[D]")


_KINDS: Mapping[str, Callable[[Rng, int], np.ndarray]] = {
    "normal": _number(lambda rng, n: rng.normal(rng.uniform(-5, 5), 1, n)),
    "uniform": _number(lambda rng, n: rng.uniform(0, 1, n)),
    "lognormal": _number(lambda rng, n: np.exp(rng.normal(0, rng.uniform(0.1, 0.35), n))),
    "gamma": _number(lambda rng, n: rng.gamma(rng.uniform(4, 12), 1, n)),
    "mixture": _number(_mixture),
    "poisson": lambda rng, n: rng.poisson(rng.uniform(3, 40), n),
    "whole": lambda rng, n: rng.integers(0, rng.integers(5, 200), n),
    "category": _category,
    "boolean": lambda rng, n: rng.random(n) < rng.uniform(0.15, 0.85),
    "date": _date,
    "text": _text,
}
_OFTEN = {"normal": 4, "category": 4, "boolean": 2, "text": 0.3, "date": 0.7}
_NUMBERS = ("normal", "uniform", "lognormal", "gamma", "mixture", "poisson", "whole")


def _shares() -> np.ndarray:
    weights = np.array([_OFTEN.get(kind, 1.0) for kind in _KINDS])
    return weights / weights.sum()


def _relate(rng: Rng, columns: dict[str, np.ndarray]) -> None:
    """A few pairs of normal columns go together."""
    normal = [name for name in columns if name.startswith("normal")]
    for first, second in zip(normal[::2], normal[1::2], strict=False):
        r = rng.uniform(-0.7, 0.7)
        spread = columns[second].std() or 1.0
        mixed = r * (columns[first] - columns[first].mean()) / (columns[first].std() or 1.0)
        columns[second] = spread * (mixed + np.sqrt(1 - r * r) * (columns[second] - columns[second].mean()) / spread)


def _add_target(rng: Rng, drawn: Drawn) -> None:
    task = rng.choice(["binary", "multiclass", "regression", "none"], p=[0.4, 0.2, 0.3, 0.1])
    if task == "none":
        return
    n, frame = len(drawn.frame), drawn.frame
    causes = rng.permutation(frame.columns)[: rng.integers(2, 5)]
    signals = [_standard(pd.Series(pd.factorize(frame[name], sort=True)[0]).rank().to_numpy()) for name in causes]
    latent = _standard(sum(rng.uniform(0.5, 1) * signal for signal in signals)) + rng.normal(0, rng.uniform(0.6, 2), n)
    drawn.spec["data"]["target"] = "target"
    smallest = n
    if task == "regression":
        frame["target"] = latent
        drawn.excused |= {"test_too_small"} if 0.2 * n < 60 else set()
    else:
        n_classes = 2 if task == "binary" else int(rng.integers(3, 5))
        shares = 0.2 + (1 - 0.2 * n_classes) * rng.dirichlet(np.ones(n_classes))
        edges = (np.cumsum(shares)[:-1] * n).astype(int)
        place = np.searchsorted(edges, latent.argsort().argsort(), side="right")
        frame["target"] = np.array(["class one", "class two", "class three", "class four"])[place]
        smallest = int(np.bincount(place).min())
        # Fewer test rows of the smallest class than it takes to measure, or training rows than to learn, are a defect.
        drawn.excused |= {"test_too_small"} if 0.2 * smallest < 75 else set()
        drawn.excused |= {"rare_class"} if 0.7 * smallest < 25 else set()


def _standard(values: np.ndarray) -> np.ndarray:
    return (values - values.mean()) / (values.std() or 1.0)


def _open_gaps(rng: Rng, drawn: Drawn) -> None:
    """Up to 2 % of the values of a third of the columns, completely at random."""
    n, frame = len(drawn.frame), drawn.frame
    for name in frame.columns:
        if name == "target" or rng.random() > 0.3:
            continue
        gaps = rng.choice(n, int(rng.uniform(0, 0.02) * n), replace=False)
        column = frame[name].astype(object) if frame[name].dtype == bool else frame[name].copy()
        column.iloc[gaps] = None
        frame[name] = column


def _add_ids_and_times(rng: Rng, drawn: Drawn) -> None:
    """An id, a group or a column of times, and a split that suits them."""
    n, frame, spec = len(drawn.frame), drawn.frame, drawn.spec
    if rng.random() < 0.4:
        frame.insert(0, "record_id", [f"R{number:07d}" for number in rng.permutation(10 * n)[:n]])
    by = str(rng.choice(["auto", "random", "time", "group"], p=[0.5, 0.2, 0.15, 0.15]))
    by = "auto" if by == "group" and n < _ENOUGH_FOR_GROUPS else by
    split: dict[str, Any] = {"by": by}
    if by == "group":
        frame["site"] = [f"site {number:03d}" for number in rng.permutation(np.arange(n) % (n // 6))]
        # So many levels are a defect of a category; here they are the group.
        drawn.excused |= {"high_cardinality", "rare_levels"}
        split["column"] = "site"
    elif by == "time" or rng.random() < 0.2:
        step = rng.choice([60, 3600, 86400])
        regular = rng.random() < 0.5
        steps = np.full(n, step) if regular else np.maximum(rng.exponential(step, n), 1).astype(int)
        frame["at"] = np.datetime64("2015-03-01T00:00:00", "us") + np.cumsum(steps).astype("timedelta64[s]")
        split |= {"by": "time", "column": "at"} if by == "time" else {}
        # Rows in the order of time that are split at random do overlap in time.
        drawn.excused |= {"time_overlap"} if by != "time" else set()
    if "target" in spec["data"]:
        spec["split"] = split
        spec["preprocess"] = {"numeric": str(rng.choice(["standard", "none"]))}
        linear = "LogisticRegression" if frame["target"].dtype != float else "Ridge"
        spec["model"] = {"kind": "sklearn", "estimator": f"sklearn.linear_model.{linear}"}
