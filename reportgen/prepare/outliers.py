"""Values far outside: clipped, flagged, or their training rows dropped, by bounds learnt from train alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from reportgen.dataset import Dataset, Kind
from reportgen.errors import DataError
from reportgen.prepare.cleaning import columns_named
from reportgen.prepare.ledger import Ledger
from reportgen.prepare.preprocess import Settings
from reportgen.prepare.staging import Block
from reportgen.prepare.transformers import OutlierBounds
from reportgen.registry import suggestion
from reportgen.spec import MissingPolicy, Outliers, Spec
from reportgen.text import listing, plural, quoted

LIMITS = {"iqr": 1.5, "zscore": 3.0, "mad": 3.5, "quantile": 0.01}
_BEYOND = {
    "iqr": "{limit:g} interquartile ranges outside the quartiles",
    "zscore": "{limit:g} standard deviations from the mean",
    "mad": "{limit:g} scaled median absolute deviations from the median",
    "quantile": "the quantiles {limit:g} and {other:g}",
}
Parts = Mapping[str, np.ndarray]


def require_columns(dataset: Dataset, wish: Outliers, features: Sequence[str]) -> None:
    """Raise DataError where `clean.outliers` names a column that is no numeric feature.

    Args:
        features: the numeric ones.
    """
    names = tuple(column.name for column in dataset.columns)
    for name in wish.columns or ():
        if name in features:
            continue
        file, key = dataset.source.name, "clean.outliers.columns"
        if name not in names:
            raise DataError(f"there is no column {quoted(name)}", suggestion(name, names), file=file, key=key)
        if dataset.task is not None and name in dataset.task.target_columns:
            what = f"{quoted(name)} is the target, which is never changed"
        else:
            what = f"column {quoted(name)} is {dataset.column(name).kind.value}, and outliers are for numeric features"
        raise DataError(what, "name numeric features, or leave the key out for all of them", file=file, key=key)


def settle(
    dataset: Dataset, blocks: Sequence[Block], parts: Parts, spec: Spec, seed: int, ledger: Ledger
) -> tuple[Parts, list[Block], Settings]:
    """The rows of each part, the columns with a value in train, and how they become features."""
    policy = spec.clean.missing if isinstance(spec.clean.missing, MissingPolicy) else MissingPolicy()
    settings = Settings(spec.preprocess, policy, seed)
    wish, file = spec.clean.outliers, dataset.source.name
    if wish is not None:
        numeric = [name for block in blocks if block.kind is Kind.NUMERIC for name in block.names]
        require_columns(dataset, wish, numeric)
        if wish.action == "drop":
            parts = drop(blocks, parts, wish, ledger, file)
    found = _with_values(blocks, parts["train"], ledger, file)
    if wish is not None and wish.action != "drop":
        bounds = enter(found, parts, wish, ledger)
        settings = replace(settings, clip=bounds) if wish.action == "clip" else replace(settings, flag=bounds)
    return parts, found, settings


def _with_values(blocks: Sequence[Block], train: np.ndarray, ledger: Ledger, file: str) -> list[Block]:
    known = [block.known(train) for block in blocks]
    empty = [name for block, has in zip(blocks, known, strict=True) for name in np.array(block.names, object)[~has]]
    found = [block.only(has) for block, has in zip(blocks, known, strict=True) if has.any()]
    if empty:
        why = "no row of train has a value, so nothing can be learnt from them"
        left = sum(len(block.columns) for block in found)
        ledger.add("empty columns", columns_named(empty), why, columns=left, fitted_on="train")
    if not found:
        raise DataError("no feature has a value in the training rows", "give columns with values", file=file)
    return found


def learnt(blocks: Sequence[Block], train: np.ndarray, wish: Outliers) -> tuple[Block, OutlierBounds] | None:
    """The numeric block and the bounds of its columns; None where there is none."""
    block = next((block for block in blocks if block.kind is Kind.NUMERIC), None)
    if block is None:
        return None
    places = None if wish.columns is None else [block.names.index(name) for name in wish.columns if name in block.names]
    bounds = OutlierBounds(wish.method, _limit(wish), places)
    return block, bounds.fit(block.values[train])


def drop(blocks: Sequence[Block], parts: Parts, wish: Outliers, ledger: Ledger, file: str) -> Parts:
    """The parts without the training rows that have an outlier.

    Raises:
        DataError: every training row has one.
    """
    found = learnt(blocks, parts["train"], wish)
    if found is None:
        return _nothing(parts, ledger)
    block, bounds = found
    outside = {name: bounds.marks(block.values[rows]) for name, rows in parts.items()}
    goes = outside["train"].any(axis=1)
    if goes.all():
        what = f"no training row is left: each has a value beyond {_beyond(wish)}"
        raise DataError(what, "raise the limit, name fewer columns, or clip", file=file, key="clean.outliers")
    stay = [f"{count:,} of {name}" for name, marks in outside.items() if name != "train" and (count := _rows(marks))]
    why = f"clean.outliers: drop removes training rows with a value beyond {_beyond(wish)}"
    if stay:
        why += f"; such rows stay where they test ({listing(stay)}), since new rows will have such values too"
    whose = _of_columns(block, outside["train"], ", for values in ")
    changed = f"{plural(int(goes.sum()), 'row')} of train removed{whose}{_flat(bounds)}"
    ledger.remove("outliers", parts["train"][goes], changed, why, fitted_on="train")
    return {**parts, "train": parts["train"][~goes]}


def enter(blocks: Sequence[Block], parts: Parts, wish: Outliers, ledger: Ledger) -> OutlierBounds | None:
    """Bounds to clip or to flag by, and what they meet entered."""
    found = learnt(blocks, parts["train"], wish)
    if found is None:
        _nothing(parts, ledger)
        return None
    block, bounds = found
    outside = {name: bounds.marks(block.values[rows]) for name, rows in parts.items()}
    n_values = sum(int(marks.sum()) for marks in outside.values())
    each = listing(f"{int(marks.sum()):,} of {name}" for name, marks in outside.items() if marks.any())
    every = np.concatenate(list(outside.values()))
    done, why = _DONE[wish.action], _WHY[wish.action].format(beyond=_beyond(wish))
    new = int(outside["train"].any(axis=0).sum()) if wish.action == "flag" else 0
    changed = (
        f"{plural(n_values, 'value')} {done}{_of_columns(block, every)}{f' ({each})' if each else ''}{_flat(bounds)}"
    )
    changed += f"; {plural(new, 'feature')} that {'says' if new == 1 else 'say'} where" if new else ""
    ledger.add("outliers", changed, f"clean.outliers: {why}", columns=ledger.columns + new, fitted_on="train")
    return bounds


_DONE = {"clip": "clipped", "flag": "flagged"}
_WHY = {
    "clip": "clip takes values beyond {beyond} to that bound, so that a few of them do not decide the fit",
    "flag": "flag adds a feature for each column that has values beyond {beyond} in train",
}


def _limit(wish: Outliers) -> float:
    return LIMITS[wish.method] if wish.limit is None else wish.limit


def _beyond(wish: Outliers) -> str:
    return _BEYOND[wish.method].format(limit=_limit(wish), other=1 - _limit(wish))


def _nothing(parts: Parts, ledger: Ledger) -> Parts:
    ledger.add("outliers", "0 values: there is no numeric feature", "clean.outliers is for numeric features")
    return parts


def _rows(marks: np.ndarray) -> int:
    return int(marks.any(axis=1).sum())


def _of_columns(block: Block, marks: np.ndarray, joiner: str = " in ") -> str:
    names = [name for name, has in zip(block.names, np.asarray(marks.any(axis=0)), strict=True) if has]
    return f"{joiner}{columns_named(names)}" if names else ""


def _flat(bounds: OutlierBounds) -> str:
    """How many columns could have no bounds, since half of their values or more are equal."""
    flat = int(np.isinf(bounds.lower_).sum())
    flat -= 0 if bounds.columns is None else bounds.n_features_in_ - len(bounds.columns)
    return f"; {plural(flat, 'column')} without spread left as {'it is' if flat == 1 else 'they are'}" if flat else ""
