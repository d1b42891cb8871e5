"""Check an experiment file, and that its data are there; touches nothing."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from reportgen import delimited, source, specfile
from reportgen.errors import DataError, Problem, SpecError
from reportgen.registry import suggestion
from reportgen.specfile import slices
from reportgen.specfile.elsewhere import prediction_columns
from reportgen.specfile.schema import Written, dotted
from reportgen.specfile.yaml import Mark
from reportgen.text import listing, one_line, plural, quoted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("spec", metavar="SPEC", help="the experiment file")
    parser.add_argument(
        "--set",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        dest="overrides",
        help="change a key, such as train.epochs=20",
    )


def run(args: argparse.Namespace) -> int:
    draft = specfile.read(args.spec, args.overrides)
    written = draft.written
    draft.logo()
    files = draft.model_files()
    if files.table is not None:
        _require_predictions(files.table, written)
    if not draft.has_data:
        print(f"{one_line(draft.file, 300)}: ok")
        print(f"model {_model(written)}; no data")
        return 0
    location = draft.locate()
    try:
        names = column_names(location, written)
    except SpecError as error:
        raise draft.placed(error) from None
    print(f"{one_line(draft.file, 300)}: ok")
    print(one_line(_summary(location, names, written), 400))
    return 0


def column_names(location: source.Location, written: Written) -> tuple[str, ...] | None:
    """The names that the first file gives its columns; None for formats that are not opened here.

    Raises:
        DataError: they cannot be read, are not those of every file, or lack one that the experiment file names.
    """
    found = [(file, _names_in(file, written)) for file in location.everything()]
    known = [(file, names) for file, names in found if names is not None]
    if not known:
        return None
    first, names = known[0]
    for file, others in known[1:]:
        _require_same(first.name, names, file.name, others)
    missing = [
        Problem(
            f"there is no column {quoted(name)} in {quoted(first.name)}",
            _nearest(name, names),
            mark.file,
            mark.line,
            mark.column,
            dotted(path),
        )
        for path, name, mark in _columns_named(written)
        if name not in names
    ]
    if written.get("model", "kind") == "predictions" and written.get("model", "path") is None:
        named = prediction_columns(written)
        missing += [_absent(path, name, first.name, names, written) for path, name in named if name not in names]
    if missing:
        raise DataError.of(missing)
    return names


def _require_predictions(table: source.Location, written: Written) -> None:
    """Make sure that a file of predictions has the columns that `model` names, where it is opened here."""
    names = _names_in(table, written)
    missing = [found for found in prediction_columns(written) if names is not None and found[1] not in names]
    if missing:
        raise DataError.of(_absent(path, name, table.name, names or (), written) for path, name in missing)


def _absent(path: tuple[str | int, ...], name: str, file: str, names: tuple[str, ...], written: Written) -> Problem:
    mark = written.places.get(path, written.places["model",])[1]
    what = f"there is no column {quoted(name)} in {quoted(file)}"
    return Problem(what, _nearest(name, names), mark.file, mark.line, mark.column, dotted(path))


def _names_in(file: source.Location, written: Written) -> tuple[str, ...] | None:
    if file.loader == "sql":
        from reportgen.loaders._statement import require_reading

        require_reading(written.get("data", "query"))
    if file.path is None:
        return None
    if file.loader == "csv":
        options = (written.get("data", "options", key) for key in ("sep", "encoding"))
        from reportgen.loaders._row_faults import require_rows

        head = delimited.read_head(file.path, *options)
        require_rows(head, file.name)
        return head.names
    if file.loader in ("parquet", "feather"):
        # Imports pyarrow, which is why other formats go without.
        from reportgen.loaders._footer import names

        return names(file)
    return None


def _require_same(first: str, names: tuple[str, ...], file: str, others: tuple[str, ...]) -> None:
    missing = [name for name in names if name not in others]
    added = [name for name in others if name not in names]
    if missing or added:
        what = f"there is no column {quoted(missing[0])}" if missing else f"there is a column {quoted(added[0])}"
        other = f", which {quoted(first)} " + ("has" if missing else "lacks")
        raise DataError(what + other, "give files with the same columns", file=file)


def _nearest(name: str, names: tuple[str, ...]) -> str:
    hint = suggestion(name, names)
    return hint if hint.startswith("did you mean") else f"the columns are {listing(map(quoted, names))}"


def _columns_named(written: Written) -> Iterator[tuple[tuple[str | int, ...], str, Mark]]:
    """Every place of the experiment file that names a column, in its order."""
    target = written.get("data", "target")
    targets: list[tuple[tuple[str | int, ...], str | None]] = [(("data", "target"), target)]
    if isinstance(target, tuple):
        targets = [(("data", "target", position), name) for position, name in enumerate(target)]
    paths = [
        *targets,
        *((("data", "columns", name), name) for name in written.get("data", "columns")),
        *((("data", "sensitive", position), name) for position, name in enumerate(written.get("data", "sensitive"))),
        (("data", "forecast", "time"), written.get("data", "forecast", "time")),
        (("split", "column"), written.get("split", "column")),
        *(
            (("clean", "outliers", "columns", position), name)
            for position, name in enumerate(written.get("clean", "outliers", "columns") or ())
        ),
        *((path, name) for path, condition in slices.parsed(written) for name in condition.columns),
        *((("evaluate", "groups", place), name) for place, name in enumerate(written.get("evaluate", "groups"))),
    ]
    found = [
        (path, name, written.places[path][0 if path[1] == "columns" else 1]) for path, name in paths if name is not None
    ]
    return iter(sorted(found, key=lambda one: (one[2].line or 0, one[2].column or 0)))


def _summary(location: source.Location, names: tuple[str, ...] | None, written: Written) -> str:
    columns = f" ({plural(len(names), 'column')})" if names else ""
    target = written.get("data", "target")
    aim = f", target {quoted(target)}" if isinstance(target, str) else ""
    if isinstance(target, tuple):
        aim = f", targets {listing(map(quoted, target))}"
    formats = listing(written.get("report", "formats"), joiner="and")
    return f"data {_named(location)}{columns}{aim}; model {_model(written)}{_trials(written)}; report as {formats}"


def _trials(written: Written) -> str:
    folds, repeats = written.get("split", "folds"), written.get("repeats")
    return f", {plural(folds, 'fold')}" if folds else f", {plural(repeats, 'seed')}" if repeats > 1 else ""


def _named(location: source.Location) -> str:
    """`part-1.csv and 2 more files, test t.csv`."""
    more = f" and {plural(len(location.more), 'more file')}" if location.more else ""
    given = (f", {split} {_named(found)}" for split, found in location.given.items())
    return location.name + more + "".join(given)


def _model(written: Written) -> str:
    kind = written.get("model", "kind")
    if kind is None:
        return "none"
    if kind == "sklearn":
        return str(written.get("model", "estimator")).rpartition(".")[2]
    if kind in ("python", "predictions", "tensorboard"):
        path = written.get("model", "path")
        return f"{kind}, {quoted(path)}" if path else f"{kind}, in the table"
    listed = [written.get("model", key) or () for key in ("filters", "units", "hidden")]
    units = "-".join(str(width) for widths in listed for width in widths)
    return f"{kind} {units}".rstrip() + f", {plural(written.get('train', 'epochs'), 'epoch')}"
