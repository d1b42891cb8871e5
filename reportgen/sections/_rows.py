"""Rows as wholes: which repeat or contradict others, the table's time, and rows shown as they are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reportgen.dataset import Column, Dataset, Kind
from reportgen.document import Block, Cell, Note, Table, TableColumn, para
from reportgen.profile import Profile
from reportgen.profile.summaries import Seasonality, TimeProfile
from reportgen.results import Run
from reportgen.sections._words import moment, share, trimmed
from reportgen.text import count, duration, listing, one_line, percent, plural, shorten

_MOST_COLUMNS = 10  # of rows shown as they are
_LONGEST = 60
_MOST_SEASONS = 10
_AT_RANDOM = 0.5  # share of irregular steps beyond which no step is expected, so that none is a gap
_STRONG, _DRIFTS = 0.3, 0.05  # a season, and the p-value of a level that is not constant, worth a line
_ORDERS = {"increasing": "The rows stand in its order.", "decreasing": "The rows stand in its order, the last first."}


def counted(profile: Profile) -> list[Block]:
    """Rows that repeat, nearly repeat or contradict others, and empty ones; nothing where there are none."""
    found = (
        ("repeat an earlier one in every column", profile.duplicate_rows),
        ("repeat an earlier one but for case, blanks and the seventh digit", profile.near_duplicate_rows),
        ("share all features with another and differ in the target", profile.conflicting_rows),
        ("hold no feature value", profile.empty_rows),
    )
    rows = tuple((f"rows that {what}", n, n / profile.n_rows) for what, n in found if n and profile.n_rows)
    if not rows:
        return []
    columns = (TableColumn(""), TableColumn("rows", "integer"), TableColumn("share", "share"))
    return [Table(id="table-rows", title="Rows that deserve a look.", columns=columns, rows=rows)]


# Time.


def time(profile: Profile) -> list[Block]:
    """What the table's time covers, where it has gaps, and what repeats along it."""
    name = profile.time_column
    found = profile.column(name).time if name is not None else None
    if name is None or found is None or profile.column(name).sensitive:
        return []
    blocks: list[Block] = [para(_covered(name, found))]
    if found.gaps and found.irregular < _AT_RANDOM:
        blocks.append(_gaps(found))
    return blocks + _seasons(profile)


def _covered(name: str, found: TimeProfile) -> str:
    text = f"{one_line(name, 60)} runs from {moment(found.first)} to {moment(found.last)}"
    if found.step is not None:
        text += f", by a median step of {duration(found.step)}"
        text += (
            f"; {percent(found.irregular)} of the steps differ from it" if found.irregular else ", all of them alike"
        )
    ties = f" {plural(found.ties, 'row shares', 'rows share')} the time of an earlier one." if found.ties else ""
    gaps = "" if found.gaps else " There is no gap."
    order = _ORDERS.get(found.order, "The rows do not stand in its order.")
    return f"{text}. {order}{ties}{gaps}"


def _gaps(found: TimeProfile) -> Table:
    return Table(
        id="table-gaps",
        title="Gaps in time.",
        caption="Far longer than the median step, longest first.",
        columns=(TableColumn("from"), TableColumn("to"), TableColumn("length")),
        rows=tuple((moment(start), moment(end), duration(seconds)) for start, end, seconds in found.gaps),
        total=found.n_gaps,
    )


def _seasons(profile: Profile) -> list[Block]:
    found = [(column.name, season) for column in profile.columns if (season := column.season) and _is_told(season)]
    told = sorted(found, key=lambda item: -item[1].strength)
    if not told:
        return []
    rows: list[tuple[Cell, ...]] = [
        (
            shorten(name, 60),
            season.strength,
            duration(season.period) if season.period is not None else None,
            season.p_stationary,
        )
        for name, season in told[:_MOST_SEASONS]
    ]
    return [
        Table(
            id="table-seasons",
            title="What repeats or drifts in time.",
            caption="Strength: the share of variance that the best period explains beside the trend, 0 to 1. "
            "Stationary: p-value of the KPSS test, 0.01 to 0.1 as tabulated; below 0.05 the level drifts.",
            columns=(
                TableColumn("column"),
                TableColumn("strength", "fixed", digits=2),
                TableColumn("period"),
                TableColumn("stationary, p", "fixed", digits=2),
            ),
            rows=tuple(rows),
            total=len(told),
        )
    ]


def _is_told(season: Seasonality) -> bool:
    return season.strength >= _STRONG or (season.p_stationary is not None and season.p_stationary < _DRIFTS)


# Where the rows come from.


def origin(dataset: Dataset) -> list[Block]:
    """That the rows are a sample, come from several files or were split beforehand: what decides how to read on."""
    blocks: list[Block] = []
    if dataset.sampled_from is not None and dataset.sampled_from > dataset.n_rows:
        of = f"{count(dataset.n_rows)} of {plural(dataset.sampled_from, 'row')}"
        part = share(dataset.n_rows, dataset.sampled_from)
        blocks.append(Note(f"This is a random sample: {of} ({part}). Every number describes the sample.", "reduced"))
    if dataset.given:
        parts = listing(f"{count(end - start)} for {name}" for name, (start, end) in dataset.given.items())
        blocks.append(para(f"The splits came in files of their own: rows {parts}."))
    return blocks


# Rows as they are.


def samples(run: Run) -> list[Block]:
    """Random rows, where the experiment file asks for them, without sensitive and id columns."""
    dataset = run.dataset
    if dataset is None or not run.spec.report.samples or not dataset.n_rows:
        return []
    shown = [column for column in dataset.columns if _may_show(column)]
    if not shown or (len(shown) == 1 and any(column.kind is Kind.IMAGE for column in dataset.columns)):
        return []  # the images with their label have a figure
    n_rows = min(run.spec.report.samples, dataset.n_rows)
    picked = np.sort(np.random.default_rng(run.spec.seed).choice(dataset.n_rows, n_rows, replace=False))
    taken = _taken(run, shown)
    frame = dataset.frame.iloc[picked][[column.name for column in taken]]
    hidden = len(dataset.columns) - len(shown)
    without = f" {plural(hidden, 'sensitive, id or image column')} left out." if hidden else ""
    cut = f" {len(taken)} of {plural(len(shown), 'column')} shown." if len(taken) < len(shown) else ""
    return [
        Table(
            id="table-samples",
            title="Random rows,",
            caption=f"drawn with the seed of the experiment; the first row of the table is 1.{without}{cut}",
            columns=(TableColumn("row"), *(TableColumn(shorten(column.name, 40)) for column in taken)),
            rows=tuple(
                (count(int(row) + 1), *map(_value, values))
                for row, values in zip(picked, frame.itertuples(index=False, name=None), strict=True)
            ),
        )
    ]


def _may_show(column: Column) -> bool:
    return not column.sensitive and column.kind not in (Kind.ID, Kind.IGNORE, Kind.IMAGE)


def _taken(run: Run, shown: list[Column]) -> list[Column]:
    """The target and the columns that tell it best, in the order of the table."""
    profile = run.profile
    if profile is None or len(shown) <= _MOST_COLUMNS:
        return shown[:_MOST_COLUMNS]

    def strength(column: Column) -> float:
        found = profile.column(column.name)
        return -2.0 if found.is_target else -found.relation.strength if found.relation else 0.0

    kept = {column.name for column in sorted(shown, key=strength)[:_MOST_COLUMNS]}
    return [column for column in shown if column.name in kept]


def _value(value: object) -> Cell:
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return moment(value.isoformat())
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value)).lower()
    if isinstance(value, (int, float, np.integer, np.floating)):
        return trimmed(float(value), 6)
    return one_line(value, _LONGEST)
