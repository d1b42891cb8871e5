"""Raw columns -> Dataset: kinds, target, frame and notes, alike for every format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa

from reportgen import parallel, registry
from reportgen.dataset import Column, Dataset, Kind, Task
from reportgen.errors import DataError, Problem, ReportgenError, SpecError
from reportgen.loaders._arrow import plain
from reportgen.loaders._encoding import encode, is_words
from reportgen.loaders._files import Table
from reportgen.loaders._kinds import Kinded, declare, infer
from reportgen.loaders._labels import find_labels
from reportgen.loaders._pandas import to_pandas
from reportgen.loaders._raw import Raw
from reportgen.loaders._target import find_target
from reportgen.loaders._words import Meaning, meaning
from reportgen.spec import Data
from reportgen.text import plural, quoted

#: Bytes of a column that keeps a thread busy.
_LARGE = 1 << 20
#: How messages give the number of a row.
_ROW = re.compile(r", row [0-9,]*[0-9]")


def described(table: Table, data: Data, spec_file: str) -> Dataset:
    """What was read, with its columns described; see `reportgen.loaders.load`. Leaves the table without rows."""
    _require_table(table.raw)
    # Each column as read is given up as soon as the frame has it: nobody holds the whole table twice.
    columns, raw = table.take()
    try:
        return describe(raw, columns, data, spec_file, table.given)
    except DataError as error:
        if raw.sampled_from is None:
            raise
        raise _within_sample(error) from error


def _within_sample(error: DataError) -> ReportgenError:
    """The error, with row numbers that nobody takes for those of the file."""
    return DataError.of(replace(one, what=_ROW.sub(r"\g<0> of the sample", one.what, 1)) for one in error.problems)


def describe(
    raw: Raw,
    read: dict[str, pa.ChunkedArray],
    data: Data,
    spec_file: str,
    given: Mapping[str, tuple[int, int]],
) -> Dataset:
    """The table with its columns described; see `reportgen.loaders.load`.

    Args:
        raw: what is known of the table, without its rows.
        read: its columns, which are taken out of here one by one.
    """
    file, names = raw.source.name, list(read)
    if raw.sampled_from is not None and data.forecast is not None:
        what = "the table does not fit into memory, and a forecast needs its rows one after the other"
        raise DataError(what, "give fewer columns, or a part of the time", file=file, key="data.forecast")
    _require_columns(data, tuple(names), file)
    _require_usable_target(data, spec_file)

    sizes = {name: values.nbytes if values.nbytes >= _LARGE else 0 for name, values in read.items()}

    def make(name: str) -> _Made:
        made = _made(name, read.pop(name), raw, data)
        pa.default_memory_pool().release_unused()  # Else the allocator keeps what the column was made from.
        return made

    # The largest first, so that no thread waits for one at the end.
    order = sorted(names, key=lambda name: -sizes[name])
    found = dict(zip(order, parallel.each(make, order), strict=True))
    made = {name: found[name] for name in names}
    kinded = {name: one.kinded for name, one in made.items()}
    series = {name: one.series for name, one in made.items()}
    task, targets = _targets(data, made, file, spec_file)
    kinded |= targets
    series |= {name: to_pandas(target.values) for name, target in targets.items()}
    columns = tuple(Column(name, found.kind, found.reason, name in data.sensitive) for name, found in kinded.items())
    remarks = {name: one.remark for name, one in made.items() if one.remark}
    encoded = {name: one.values for name, one in kinded.items() if isinstance(one.values, pa.DictionaryArray)}
    return Dataset(
        frame=pd.DataFrame(series, copy=False),
        columns=columns,
        source=raw.source,
        task=task,
        notes=(*raw.notes, *_notes(remarks, kinded)),
        images=raw.images,
        given=given,
        sampled_from=raw.sampled_from,
        encoded=encoded,
    )


def _targets(
    data: Data, made: Mapping[str, _Made], file: str, spec_file: str
) -> tuple[Task | None, Mapping[str, Kinded]]:
    """What is predicted, and the columns that hold it, made fit for it."""
    if data.target is None:
        return None, {}
    if not isinstance(data.target, str):
        return find_labels({name: made[name].kinded for name in data.target}, data, file)
    one = made[data.target]
    assert one.written is not None
    found = find_target(data.target, one.written, one.kinded, data, file, spec_file)
    return found.task, {data.target: found.column}


@dataclass(frozen=True)
class _Made:
    """A column with its kind, as the frame holds it, and why it was read so; of the target, as it was written."""

    kinded: Kinded
    series: pd.Series | np.ndarray
    remark: str
    written: pa.ChunkedArray | pa.DictionaryArray | None


def _made(name: str, values: pa.ChunkedArray, raw: Raw, data: Data) -> _Made:
    read = _read(name, values, raw)
    kinded = _kinded(name, read, raw, data)
    found = kinded.values
    # Where nearly every row has words of its own, those that were read take the way to pandas without a detour.
    own = isinstance(found, pa.DictionaryArray) and found is read.values and 2 * len(found.dictionary) > len(found)
    series = to_pandas(values if own and pa.types.is_string(values.type) else found)
    if name in data.targets:
        return _Made(kinded, series, read.remark, read.values)
    # Codes are kept for whoever profiles; all else the frame has.
    kept = found if isinstance(found, pa.DictionaryArray) else pa.chunked_array([pa.nulls(0)])
    return _Made(replace(kinded, values=kept), series, read.remark, None)


def _read(name: str, values: pa.ChunkedArray, raw: Raw) -> Meaning:
    """The column with what its words mean, where nobody has said so yet."""
    if is_words(values.type):
        values = encode(values)
    if name in raw.undecided:
        return meaning(values, raw.decimal)
    return Meaning(values, raw.remarks.get(name, ""), raw.kinds.get(name))


def _kinded(name: str, read: Meaning, raw: Raw, data: Data) -> Kinded:
    reduced = plain(read.values)
    remark, hint = reduced.remark or read.remark, reduced.kind or read.kind
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
    several = isinstance(data.target, tuple)
    mentioned = [
        (f"data.target[{place}]" if several else "data.target", name) for place, name in enumerate(data.targets)
    ]
    mentioned += [("data.forecast.time", data.forecast.time)] if data.forecast is not None else []
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
    for name in data.targets:
        kind = data.columns.get(name)
        if kind in ("ignore", "id", "text", "datetime"):
            what = f"the target cannot be of the kind {kind}"
            raise SpecError(what, "declare it categorical or numeric", file=spec_file, key=f"data.columns.{name}")


def _notes(remarks: Mapping[str, str], kinded: dict[str, Kinded]) -> list[str]:
    """One line a column whose values were read as something that the file does not say in so many words."""
    told = [name for name in remarks if kinded[name].kind is not Kind.IGNORE]
    shown = [f"Column {quoted(name)}: {remarks[name]}." for name in told[:20]]
    return shown + (
        [f"{plural(len(told) - 20, 'more column')} of this sort, see the columns."] if len(told) > 20 else []
    )
