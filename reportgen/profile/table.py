"""One pass over the columns of a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd

from reportgen import parallel
from reportgen.dataset import Column, Dataset
from reportgen.profile import rows
from reportgen.profile.associations import associations
from reportgen.profile.columns import summarise
from reportgen.profile.correlation import correlations
from reportgen.profile.missing import missing_together
from reportgen.profile.rows import Encoded
from reportgen.profile.summaries import ColumnProfile, Profile
from reportgen.profile.target import SAMPLE, Target, target_of
from reportgen.profile.times import seasonality, time_column
from reportgen.profile.whole_rows import whole_rows

#: Rows from which the work on a column is worth a thread.
_MANY_ROWS = 5000


def summarised(dataset: Dataset) -> Profile:
    """Summarise every column, the rows as wholes, and how columns go together."""
    target = target_of(dataset)
    columns, encoded = _columns(dataset, target)
    compared, correlated, associated, missing, (time, seasons) = _each(
        dataset,
        lambda part: part(),
        (
            lambda: whole_rows(dataset, columns, encoded),
            lambda: correlations(dataset),
            lambda: associations(dataset, target, columns, encoded),
            lambda: missing_together(dataset, columns),
            lambda: _along_time(dataset, columns),
        ),
    )
    return Profile(
        n_rows=dataset.n_rows,
        n_columns=len(dataset.columns),
        columns=tuple(replace(column, season=seasons.get(column.name)) for column in columns) if seasons else columns,
        series=target.series,
        duplicate_rows=compared.duplicate,
        conflicting_rows=compared.conflicting,
        empty_rows=compared.empty,
        correlated=correlated.strong,
        n_correlated=correlated.n_strong,
        correlation_names=correlated.names,
        correlation=correlated.matrix,
        related_rows=min(dataset.n_rows, SAMPLE),
        memory=sum(column.memory for column in columns),
        class_counts=target.class_counts,
        correlated_rows=correlated.rows,
        near_duplicate_rows=compared.near_duplicate,
        associations=associated,
        missing=missing,
        time_column=time,
        sampled_from=dataset.sampled_from,
    )


def _each(dataset: Dataset, function: Callable[[Any], Any], items: Any) -> list[Any]:
    """In threads, where there is enough to do."""
    return parallel.each(function, items) if dataset.n_rows >= _MANY_ROWS else list(map(function, items))


def _columns(dataset: Dataset, target: Target) -> tuple[tuple[ColumnProfile, ...], dict[str, Encoded]]:
    """The profiles in the order of the columns, and codes and words of the columns of words."""
    table = {str(name): series for name, series in dataset.frame.items()}
    encoded: dict[str, Encoded] = {}

    def one(column: Column) -> ColumnProfile:
        series = table[column.name]
        if isinstance(series.dtype, pd.StringDtype):
            given = dataset.encoded.get(column.name)
            encoded[column.name] = rows.encode(series) if given is None else rows.coded(given)
        return summarise(column, series, encoded.get(column.name), dataset.images.get(column.name), target)

    # Words take longest and come first, so that no thread waits for them at the end.
    order = sorted(dataset.columns, key=lambda column: -table[column.name].nbytes)
    found = {column.name: column for column in _each(dataset, one, order)}
    return tuple(found[column.name] for column in dataset.columns), encoded


def _along_time(dataset: Dataset, columns: tuple[ColumnProfile, ...]) -> tuple[str | None, dict[str, Any]]:
    """The table's time column, and how numbers that may be shown run along it."""
    time = time_column(dataset, columns)
    if time is None:
        return None, {}
    sensitive = {column.name for column in columns if column.sensitive}
    seasons = seasonality(dataset, time, columns)
    return time, {name: season for name, season in seasons.items() if name not in sensitive}
