"""Check an experiment file, and that its data are there; touches nothing."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from reportgen import delimited, source, specfile
from reportgen.errors import DataError, Problem
from reportgen.registry import suggestion
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
    location = draft.locate()
    names = column_names(location, written)
    print(f"{one_line(draft.file, 300)}: ok")
    print(one_line(_summary(location, names, written), 400))
    return 0


def column_names(location: source.Location, written: Written) -> tuple[str, ...] | None:
    """The names in the first line of a delimited text file, None for other formats, which are not opened.

    Raises:
        DataError: the line cannot be read, or lacks a column that the experiment file names.
    """
    if location.loader != "csv" or location.path is None:
        return None
    options = (written.get("data", "options", key) for key in ("sep", "encoding"))
    names = delimited.read_head(location.path, *options).names
    missing = [
        Problem(
            f"there is no column {quoted(name)} in {quoted(location.name)}",
            _nearest(name, names),
            mark.file,
            mark.line,
            mark.column,
            dotted(path),
        )
        for path, name, mark in _columns_named(written)
        if name not in names
    ]
    if missing:
        raise DataError.of(missing)
    return names


def _nearest(name: str, names: tuple[str, ...]) -> str:
    hint = suggestion(name, names)
    return hint if hint.startswith("did you mean") else f"the columns are {listing(map(quoted, names))}"


def _columns_named(written: Written) -> Iterator[tuple[tuple[str | int, ...], str, Mark]]:
    """Every place of the experiment file that names a column, in its order."""
    paths: list[tuple[tuple[str | int, ...], str | None]] = [
        (("data", "target"), written.get("data", "target")),
        *((("data", "columns", name), name) for name in written.get("data", "columns")),
        *((("data", "sensitive", position), name) for position, name in enumerate(written.get("data", "sensitive"))),
        (("split", "column"), written.get("split", "column")),
    ]
    found = [
        (path, name, written.places[path][0 if path[1] == "columns" else 1]) for path, name in paths if name is not None
    ]
    return iter(sorted(found, key=lambda one: (one[2].line or 0, one[2].column or 0)))


def _summary(location: source.Location, names: tuple[str, ...] | None, written: Written) -> str:
    columns = f" ({plural(len(names), 'column')})" if names else ""
    target = written.get("data", "target")
    aim = f", target {quoted(target)}" if target else ""
    formats = listing(written.get("report", "formats"), joiner="and")
    return f"data {location.name}{columns}{aim}; model {_model(written)}; report as {formats}"


def _model(written: Written) -> str:
    kind = written.get("model", "kind")
    if kind is None:
        return "none"
    if kind == "sklearn":
        return str(written.get("model", "estimator")).rpartition(".")[2]
    units = "-".join(str(units) for units in written.get("model", "hidden"))
    return f"{kind} {units}".rstrip() + f", {plural(written.get('train', 'epochs'), 'epoch')}"
