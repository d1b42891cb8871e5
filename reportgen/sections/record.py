"""What was run, exactly: the experiment file, seed, versions, hashes, and how to run it again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportgen.document import Block, Code, Group, Note, Table, TableColumn, carried, para, strong
from reportgen.errors import NotApplicable
from reportgen.provenance import Provenance
from reportgen.results import Run
from reportgen.sections import Gallery
from reportgen.text import plural

TITLE = "Record"
ORDER = 90
_MOST_FILES = 200


def compose(run: Run, gallery: Gallery) -> list[Block]:
    if run.provenance is None:
        raise NotApplicable("nothing was executed")
    blocks: list[Block] = [
        para(
            strong("This file is the record of the run."),
            f" It carries {_evidence(run)}; ",
            "equal results have an equal content id, whenever they are made.",
        ),
        table(run.provenance),
    ]
    blocks += [Note(text) for text in run.warnings]
    if run.spec_text:
        blocks.append(Code(run.spec_text, "yaml", "The experiment file, as written"))
    if run.overrides:
        blocks.append(Code("\n".join(run.overrides), "", "Changed on the command line"))
    files = tuple(run.provenance.data_files.items())
    if files:
        columns = (TableColumn("file"), TableColumn("SHA-256", "code"))
        listed = Table("table-data-files", "Files of the data.", columns, files[:_MOST_FILES], total=len(files))
        blocks.append(Group((listed,), "fold", title=f"Hashes of {plural(len(files), 'data file')}"))
    versions = tuple(run.provenance.packages.items())
    packages = Table(
        "table-packages", "Package versions.", (TableColumn("package"), TableColumn("version", "code")), versions
    )
    blocks.append(Group((packages,), "fold", title=f"Versions of {plural(len(versions), 'package')}"))
    if missing := tuple(gallery.missing()):
        blocks.append(Group(tuple(_not_shown(missing)), "fold", title="Figures not shown, and why"))
    return blocks


def _not_shown(notes: Sequence[Note]) -> Iterator[Block]:
    """What does not apply as a table of reasons and figures; what is broken in its own words."""
    reasons = [note.text.partition(": ") for note in notes if note.kind == "not applicable"]
    if reasons:
        rows = tuple((why, figures) for figures, _, why in reasons)
        columns = (TableColumn("why"), TableColumn("figures"))
        yield Table("table-not-shown", "Figures that do not apply.", columns, rows)
    yield from (note for note in notes if note.kind != "not applicable")


def _evidence(run: Run) -> str:
    whole = run.keeps_probabilities or not run.keeps_predictions
    return carried(scored=bool(run.predictions), predictions=run.keeps_predictions, probabilities=whole)


def table(record: Provenance) -> Table:
    """What a run was run with."""
    state = {True: ", with uncommitted changes", False: "", None: ""}[record.dirty]
    rows = (
        *(_data(record) if record.data_name else ()),
        *((("model", record.model_name), ("model, SHA-256", record.model_sha256)) if record.model_name else ()),
        ("experiment file, SHA-256", record.spec_sha256),
        ("seed", str(record.seed)),
        ("commit", f"{record.commit}{state}" if record.commit else "not in a git repository"),
        ("Python", f"{record.python}, {record.platform}"),
        ("backend", record.backend or "none: nothing to train"),
    )
    return Table("table-record", "What it was run with.", (TableColumn(""), TableColumn("", "code")), rows)


def _data(record: Provenance) -> tuple[tuple[str, str], ...]:
    size = f"{record.data_bytes:,} bytes{_files(record)}"
    return ("data", record.data_name), ("data, SHA-256", record.data_sha256), ("data, size", size)


def _files(record: Provenance) -> str:
    return f" in {plural(len(record.data_files), 'file')}" if record.data_files else ""
