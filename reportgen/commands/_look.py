"""The look that a command is asked for, tried before anything takes long."""

from __future__ import annotations

import argparse
import sys

from reportgen import api
from reportgen.document import Code, Document, Look, Note, Section, Table, TableColumn, Text, para
from reportgen.errors import OutputError
from reportgen.text import one_line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--theme", metavar="NAME", help="the look, instead of report.theme: plain or slate")
    parser.add_argument(
        "--templates", metavar="DIR", help="a folder of templates, styles and faces of your own, instead of the theme's"
    )


def require(args: argparse.Namespace) -> None:
    """Make sure of the look on a small report, so that no training is lost to a mistake in a template.

    Raises:
        UsageError: there is no such theme or folder, or a mistake in a template.
    """
    if args.theme is None and args.templates is None:
        return
    report = api.Report(_trial()).dressed(args.theme, args.templates)
    if args.templates is not None:
        from reportgen.render import to_html

        for medium in ("page", "print"):
            to_html(report.document, medium=medium, own=report.templates)


def warn(lack: OutputError) -> None:
    """Say what a PDF lacks."""
    print(f"reportgen: warning: {one_line(lack, 400)}", file=sys.stderr)


def refuse(lack: OutputError) -> None:
    """Raise what a PDF lacks."""
    raise lack


def _trial() -> Document:
    """A report with something of what most reports have."""
    table = Table("trial", "A table.", (TableColumn("name"), TableColumn("value", "fixed")), (("a", 1.0), ("b", None)))
    blocks = (para("Text."), table, Note("A note."), Code("a: 1"))
    keys = ("summary", "data", "preparation", "model", "training", "evaluation", "explanation", "findings", "record")
    sections = tuple(Section(key, key.capitalize(), blocks if key == "summary" else (para("Text."),)) for key in keys)
    verdict: tuple[Text, ...] = (para("A verdict."),)
    look = Look(footer="A footer")
    return Document("A trial", sections, "A description.", ("An author",), 1, verdict=verdict, look=look)
