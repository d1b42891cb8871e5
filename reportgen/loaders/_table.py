"""Raw columns -> Dataset: kinds, target, frame and notes, alike for every format."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pyarrow as pa

from reportgen import registry
from reportgen.dataset import Column, Dataset, Kind
from reportgen.errors import DataError, Problem, SpecError
from reportgen.loaders._arrow import plain, to_pandas
from reportgen.loaders._kinds import Kinded, declare, infer
from reportgen.loaders._raw import Raw
from reportgen.loaders._target import find_target
from reportgen.spec import Data
from reportgen.text import plural, quoted


def describe(raw: Raw, data: Data, spec_file: str) -> Dataset:
    """The table with its columns described; see `reportgen.loaders.load`."""
    file, names = raw.source.name, raw.table.column_names
    _require_table(raw)
    _require_columns(data, tuple(names), file)
    _require_usable_target(data, spec_file)
    kinded = {name: _kinded(name, values, raw, data) for name, values in zip(names, raw.table.columns, strict=True)}
    task = None
    if data.target is not None:
        target = find_target(data.target, raw.table[data.target], kinded[data.target], data, file, spec_file)
        task, kinded[data.target] = target.task, target.column
    columns = tuple(Column(name, found.kind, found.reason, name in data.sensitive) for name, found in kinded.items())
    frame = pd.DataFrame({name: to_pandas(found.values) for name, found in kinded.items()}, copy=False)
    return Dataset(frame, columns, raw.source, task, (*raw.notes, *_notes(raw.remarks, kinded)))


def _kinded(name: str, values: pa.ChunkedArray, raw: Raw, data: Data) -> Kinded:
    reduced = plain(values)
    remark, hint = reduced.remark or raw.remarks.get(name, ""), reduced.kind or raw.kinds.get(name)
    kind = data.columns.get(name)
    if kind is None or kind == "ignore" or reduced.kind is Kind.IGNORE:
        found = infer(name, reduced.values, remark, hint)
        return found if kind is None else Kinded(found.values, Kind.IGNORE, "declared in the experiment file")
    return declare(name, reduced.values, Kind(kind), raw.source.name, name in data.sensitive)


def _require_table(raw: Raw) -> None:
    if raw.table.num_columns == 0:
        raise DataError("the table has no column", "give a table with named columns", file=raw.source.name)
    if raw.table.num_rows == 0:
        raise DataError("the table has column names but no row", "give rows below the names", file=raw.source.name)


def _require_columns(data: Data, names: tuple[str, ...], file: str) -> None:
    mentioned = [("data.target", data.target)] if data.target is not None else []
    mentioned += [(f"data.columns.{name}", name) for name in data.columns]
    mentioned += [(f"data.sensitive[{position}]", name) for position, name in enumerate(data.sensitive)]
    missing = [
        Problem(f"there is no column {quoted(name)} in {quoted(file)}", registry.suggestion(name, names), key=key)
        for key, name in mentioned
        if name not in names
    ]
    if missing:
        raise DataError.of(missing)


def _require_usable_target(data: Data, spec_file: str) -> None:
    kind = data.columns.get(data.target or "")
    if kind in ("ignore", "id", "text", "datetime"):
        what = f"the target cannot be of the kind {kind}"
        raise SpecError(what, "declare it categorical or numeric", file=spec_file, key=f"data.columns.{data.target}")


def _notes(remarks: Mapping[str, str], kinded: dict[str, Kinded]) -> list[str]:
    """One line a column whose values were read as something that the file does not say in so many words."""
    told = [name for name in remarks if kinded[name].kind is not Kind.IGNORE]
    shown = [f"Column {quoted(name)}: {remarks[name]}." for name in told[:20]]
    return shown + (
        [f"{plural(len(told) - 20, 'more column')} of this sort, see the columns."] if len(told) > 20 else []
    )
