"""A series -> Splits of a forecast: windows of past steps, the values ahead of them, and parts in the order of time.

A row of a split is an origin: the last row that the model sees. Its window are the steps up to it, its target the
values of the steps after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from reportgen import memory
from reportgen.dataset import Column, Dataset, Kind, Lack, Split, Splits
from reportgen.errors import DataError
from reportgen.prepare import cleaning, entries, lacks, outliers, preprocess, splitting, staging
from reportgen.prepare._series import Series, in_time
from reportgen.prepare._target import target_numbers
from reportgen.prepare.ledger import Ledger
from reportgen.prepare.preprocess import Matrix
from reportgen.prepare.splitting import Drawn
from reportgen.results import Prediction
from reportgen.spec import Spec
from reportgen.text import listing, plural

#: Of the available memory, what the windows may take.
_SHARE = 0.4
_KEY = "data.forecast"
_OF_A_STEP = (Kind.NUMERIC, Kind.BOOLEAN, Kind.CATEGORICAL, Kind.DATETIME)
Parts = Mapping[str, np.ndarray]


class _Plan(NamedTuple):
    """What is asked of each origin: steps seen, steps forecast, steps of a season, and all that must stand before."""

    window: int
    horizon: int
    season: int

    @property
    def back(self) -> int:
        """Steps up to an origin, itself among them, that its window and its naive forecast take."""
        return max(self.window, self.season)


def prepare(dataset: Dataset, spec: Spec, seed: int, drawn: Drawn | None = None) -> Splits:
    """Clean the rows, put them in the order of time, cut windows, and divide their origins.

    The channels of a step are the target and every number, truth value, category and date of its row but the time; they
    are prepared as the columns of a table are, by what the steps that train sees teach. A window or horizon that would
    cross a missing step is left out, and so is an origin whose horizon reaches beyond the next part's first origin.

    Args:
        drawn: a division of `origins`, such as one fold; drawn as the experiment says if left out.

    Raises:
        DataError: the times are missing, repeated or uneven, no window fits, a part would be empty or out of order.
        LimitExceeded: the windows would not fit into memory.
    """
    ledger = Ledger(dataset.n_rows, len(dataset.columns))
    shape = f"{plural(dataset.n_rows, 'row')}, {plural(len(dataset.columns), 'column')}"
    ledger.add("load", shape, f"all that {dataset.source.name} holds")
    plan = _plan(spec)
    channels = _channels(dataset, spec, ledger)
    kept, notes = cleaning.clean(dataset, channels, spec, ledger)
    series = in_time(dataset, kept)
    starts = _origins(series, plan, dataset.source.name)
    _enter_origins(series, starts, plan, ledger)
    drawn = splitting.draw(dataset, series.rows[starts], spec.split, seed) if drawn is None else drawn
    parts = _enter_parts(series, starts, drawn, plan, ledger)
    matrix, channels_of, told = _prepared(dataset, channels, series, parts, plan, spec, seed, ledger)
    made_from = _named(matrix, plan.window)
    target = target_numbers(dataset, channels[0].name, series.rows)
    made = {name: _split(name, places, series, target, channels_of, plan) for name, places in parts.items()}
    steps = ledger.close({name: part.rows for name, part in made.items()}, made_from)
    return Splits(
        made,
        tuple(made_from),
        steps,
        made_from,
        shape=(plan.window, len(matrix.feature_names)),
        notes=(*notes, *drawn.notes, *_gaps(series), *told.notes),
        lacks=tuple(told.lacks),
        naive_error=_naive_error(target, series, parts["train"], plan),
    )


def flat(prediction: Prediction, splits: Splits) -> Prediction:
    """A forecast of one part, true and predicted values (n, horizon), with an entry for each origin and step ahead."""
    ahead = splits.parts[prediction.split].ahead
    assert ahead is not None
    n, horizon = ahead.shape
    return replace(
        prediction,
        y_true=prediction.y_true.reshape(-1),
        y_pred=prediction.y_pred.reshape(-1),
        rows=ahead.reshape(-1),
        step=np.tile(np.arange(1, horizon + 1), n),
        naive_error=splits.naive_error,
    )


def origins(dataset: Dataset, spec: Spec) -> np.ndarray:
    """Positions of the rows, in the order of time, that a forecast can be made from.

    Raises:
        DataError: see `prepare`.
    """
    ledger = Ledger(dataset.n_rows, len(dataset.columns))
    kept, _ = cleaning.clean(dataset, _channels(dataset, spec, ledger), spec, ledger)
    series = in_time(dataset, kept)
    found: np.ndarray = series.rows[_origins(series, _plan(spec), dataset.source.name)]
    return found


def _plan(spec: Spec) -> _Plan:
    assert spec.data is not None
    assert spec.data.forecast is not None
    wish = spec.data.forecast
    return _Plan(wish.window, wish.horizon, wish.season)


def _channels(dataset: Dataset, spec: Spec, ledger: Ledger) -> list[Column]:
    """The columns that make the channels of a step, the target first; what is set apart is entered."""
    assert dataset.task is not None
    target, time = dataset.task.target, dataset.task.time
    others = [column for column in dataset.columns if column.name not in (target, time)]
    dropped = (Kind.DATETIME,) if spec.preprocess.datetime == "drop" else ()
    apart: dict[str, list[str]] = {
        "the time, which puts the rows in order": [str(time)],
        "ids, which name rows and do not describe them": _of(others, Kind.ID),
        "declared or found to be of no use": _of(others, Kind.IGNORE),
        "texts and images, which no step of a window holds": _of(others, Kind.TEXT, Kind.IMAGE),
        "datetime columns, dropped by preprocess.datetime": _of(others, *dropped),
    }
    for why, names in apart.items():
        if names:
            ledger.add("set apart", cleaning.columns_named(names), why, columns=ledger.columns - len(names))
    used = [column for column in others if column.kind in _OF_A_STEP and column.kind not in dropped]
    return [dataset.column(target), *used]


def _of(columns: Sequence[Column], *kinds: Kind) -> list[str]:
    return [column.name for column in columns if column.kind in kinds]


def _origins(series: Series, plan: _Plan, file: str) -> np.ndarray:
    """Places in the series with all the steps that an origin needs before and after it."""
    found = np.flatnonzero((series.before >= plan.back - 1) & (series.after >= plan.horizon))
    if not len(found):
        needed = plan.back + plan.horizon
        longest = plural(series.longest, "step")
        stretch = (
            f"the series has {longest}" if not series.breaks else f"no stretch without a gap has more than {longest}"
        )
        what = f"window and horizon need {plural(needed, 'step')} in a row, and {stretch}"
        fix = (
            "make window, season or horizon smaller, or fill the gaps; rows that skip days off may be numbered instead"
        )
        raise DataError(what, fix, file=file, key=_KEY)
    return found


def _enter_origins(series: Series, starts: np.ndarray, plan: _Plan, ledger: Ledger) -> None:
    short, early = series.before < plan.back - 1, series.after < plan.horizon
    counts = {
        f"without {plural(plan.back, 'step')} up to them": int(short.sum()),
        f"without {plural(plan.horizon, 'step')} after them": int((early & ~short).sum()),
    }
    named = listing((f"{number:,} {what}" for what, number in counts.items() if number), joiner="and")
    left = np.setdiff1d(series.rows, series.rows[starts])
    breaks = f"; no window or horizon crosses {plural(series.breaks, 'gap')}" if series.breaks else ""
    why = f"each forecast looks back on {plural(plan.window, 'step')} of {series.step} and ahead to {plan.horizon:,}"
    if plan.season > plan.window:
        why += f", and its naive forecast needs a season of {plan.season:,}"
    if len(left):
        changed = f"{plural(len(left), 'row')} that no forecast starts from: {named}{breaks}"
        ledger.remove("windows", left, changed, why)


def _gaps(series: Series) -> list[str]:
    if not series.breaks:
        return []
    gaps = f"{plural(series.breaks, 'gap')}, where the next row is not {series.step} away"
    return [f"The series has {gaps}; nothing was put in. Fill the missing steps to have forecasts across them."]


def _enter_parts(
    series: Series, starts: np.ndarray, drawn: Drawn, plan: _Plan, ledger: Ledger
) -> dict[str, np.ndarray]:
    """Places of the origins by part: each ends its horizon before the next part begins."""
    parts = {name: np.sort(series.places(rows)) for name, rows in drawn.parts.items()}
    sizes = listing((f"{len(part):,} {name}" for name, part in parts.items()), joiner="and")
    unused = np.setdiff1d(starts, np.concatenate(list(parts.values())))
    if len(unused):
        why = "a fold in time trains on what came before its test"
        ledger.remove("later rows", series.rows[unused], f"{plural(len(unused), 'row')} left out of this fold", why)
    ledger.add("split", f"{sizes}, {drawn.how}", drawn.why)
    kept = dict(parts)
    for (first, places), (then, later) in pairwise(parts.items()):
        if places[-1] >= later[0]:
            what = f"the {first} rows do not all come before the {then} rows"
            raise DataError(what, "give files whose rows follow each other in time", key="data.path")
        kept[first] = places[places + plan.horizon <= later[0]]
        if not len(kept[first]):
            what = f"the {first} split has no forecast that ends before the {then} split begins"
            raise DataError(what, "give more rows, a smaller horizon, or another share", key="split")
    gone = {name: np.setdiff1d(parts[name], kept[name]) for name in parts}
    removed = np.concatenate(list(gone.values()))
    if len(removed):
        named = listing(f"{len(places):,} of {name}" for name, places in gone.items() if len(places))
        why = "no value that one part learns from is still to come when the next part's first forecast is made"
        ledger.remove("purge", series.rows[removed], f"{plural(len(removed), 'row')} left out: {named}", why)
    return kept


class _Told(NamedTuple):
    notes: list[str]
    lacks: list[Lack]


def _prepared(
    dataset: Dataset,
    columns: Sequence[Column],
    series: Series,
    parts: Parts,
    plan: _Plan,
    spec: Spec,
    seed: int,
    ledger: Ledger,
) -> tuple[Matrix, np.ndarray, _Told]:
    """The fitted preprocessing, the channels of every step (n, n_channels), and what the splits lack."""
    rows = _rows_seen(series, parts, plan)
    blocks = staging.blocks(dataset, columns)
    _, blocks, settings = outliers.settle(dataset, blocks, rows, spec, seed, ledger)
    matrix = preprocess.fit(dataset, blocks, rows["train"], settings)
    entries.enter(matrix, rows, settings, ledger)
    width = plan.window * len(matrix.feature_names)
    _require_memory(parts, width, plan, dataset)
    changed = f"{plural(len(matrix.feature_names), 'channel')} of each of {plural(plan.window, 'step')}"
    ledger.add("lags", changed, "the steps of a window stand side by side, in their order", columns=width)
    told = _Told(lacks.extremes(dataset, blocks, np.concatenate(list(rows.values()))), lacks.levels(matrix, rows))
    return matrix, matrix.transform(series.rows), told


def _rows_seen(series: Series, parts: Parts, plan: _Plan) -> dict[str, np.ndarray]:
    """By part the rows of its windows and horizons that no part before it has."""
    taken = np.zeros(len(series.rows), bool)
    found = {}
    for name, places in parts.items():
        edges = np.zeros(len(taken) + 1, np.int64)
        np.add.at(edges, places - plan.window + 1, 1)
        np.add.at(edges, places + plan.horizon + 1, -1)
        new = (np.cumsum(edges)[:-1] > 0) & ~taken
        taken |= new
        found[name] = series.rows[new]
    return found


def _require_memory(parts: Parts, width: int, plan: _Plan, dataset: Dataset) -> None:
    n = sum(map(len, parts.values()))
    what = f"{n:,} windows of {plural(width, 'number')}"
    fix = "make the window smaller, or leave columns out under data.columns"
    memory.require(n * (4.0 * width + 24.0 * plan.horizon), what, fix, file=dataset.source.name, share=_SHARE)


def _named(matrix: Matrix, window: int) -> dict[str, str]:
    """Feature -> column: each channel at each step of the window, the origin last."""
    return {
        f"{name} t{f'-{back}' if back else ''}": matrix.made_from[name]
        for back in range(window - 1, -1, -1)
        for name in matrix.feature_names
    }


def _split(
    name: str, places: np.ndarray, series: Series, target: np.ndarray, channels: np.ndarray, plan: _Plan
) -> Split:
    seen = places[:, None] + np.arange(1 - plan.window, 1)
    ahead = places[:, None] + np.arange(1, plan.horizon + 1)
    naive = places[:, None] + 1 - plan.season + np.arange(plan.horizon) % plan.season
    X = channels[seen].reshape(len(places), -1)
    return Split(name, X, target[ahead], series.rows[places], ahead=series.rows[ahead], naive=target[naive])


def _naive_error(target: np.ndarray, series: Series, train: np.ndarray, plan: _Plan) -> float | None:
    """The mean absolute difference from the value one season before, over the steps that train sees."""
    seen = np.isin(series.rows, _rows_seen(series, {"train": train}, plan)["train"])
    later = np.flatnonzero(seen & (series.before >= plan.season))
    later = later[seen[later - plan.season]]
    return float(np.abs(target[later] - target[later - plan.season]).mean()) if len(later) else None
