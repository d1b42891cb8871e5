"""A multilabel target: several columns of yes and no, each a label that a row has or has not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pyarrow.compute as pc

from reportgen.dataset import Kind, Task
from reportgen.errors import DataError
from reportgen.loaders._kinds import Kinded, declare
from reportgen.spec import Data
from reportgen.text import listing, plural, quoted

_REMEDY = "write 1 and 0, true and false, or yes and no; leave the field empty where it is not known"


def find_labels(read: Mapping[str, Kinded], data: Data, file: str) -> tuple[Task, dict[str, Kinded]]:
    """The task, and each target column as true and false, missing where it is.

    Args:
        read: the target columns by name, in the order of the experiment file.

    Raises:
        DataError: a value is neither yes nor no, or a column is the same in every row.
    """
    columns = {name: _label(name, column, file) for name, column in read.items()}
    names = tuple(columns)
    named = f"the experiment file names {plural(len(names), 'target column')}"
    stated = "declared in the experiment file" if data.task else named
    return Task("multilabel", listing(names, most=3), names, stated, targets=names), columns


def _label(name: str, column: Kinded, file: str) -> Kinded:
    if column.kind is Kind.IGNORE:
        what = f"the target {quoted(name)} holds nested or binary values"
        raise DataError(what, "name a column of yes and no", file=file, key="data.target")
    try:
        found = declare(name, column.values, Kind.BOOLEAN, file).values
    except DataError as error:
        problems = (replace(one, fix=_REMEDY, key="data.target") for one in error.problems)
        raise DataError.of(problems) from None
    different = pc.unique(found.drop_null()).to_pylist()
    if not different:
        what, fix = f"the target {quoted(name)} has no value in any row", "name another column"
        raise DataError(what, fix, file=file, key="data.target")
    if len(different) == 1:
        what = f"the target {quoted(name)} is {'yes' if different[0] else 'no'} in every row"
        raise DataError(what, "leave it out of the list, or add other rows", file=file, key="data.target")
    return Kinded(found, Kind.BOOLEAN, "one of the targets, yes or no")
