"""Reports -> the document of their comparison, which every output renders like any other."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from reportgen import provenance
from reportgen.comparing import changed_rows, curves, differences, metrics_section
from reportgen.comparing.reading import Compared, gathered, opened
from reportgen.comparing.results import Comparison, measured
from reportgen.comparing.words import verdict
from reportgen.document import Block, Cell, Code, Document, Section, Stamp, Table, TableColumn, para, strong
from reportgen.text import listing, one_line, plural

_MOST_NAMED = 3
_MOST_IN_SUMMARY = 10


def compare(paths: Sequence[str | Path], *, title: str = "", stamp: Stamp | None = None) -> Document:
    """Compare 2 to 200 reports (.html, .pdf or .json); needs no data, no model and no Keras.

    Raises:
        UsageError: one report, or too many.
        DataError: a file is missing, or holds no report of a run.
    """
    return compare_documents(opened(paths), title=title, stamp=stamp)


def compare_documents(
    documents: Sequence[tuple[str, Document]], *, title: str = "", chosen_by: str = "", stamp: Stamp | None = None
) -> Document:
    """The same of documents that are at hand, each with the name of its file.

    Args:
        chosen_by: a sentence on how one of them was chosen, which stands below the verdict.
    """
    comparison = measured(gathered(documents))
    parts = (
        Section("summary", "Summary", (_reports(comparison),)),
        Section("differences", differences.TITLE, tuple(differences.compose(comparison.reports))),
        Section("metrics", metrics_section.TITLE, tuple(metrics_section.compose(comparison))),
        Section("sides", changed_rows.TITLE, tuple(changed_rows.compose(comparison))),
        Section("curves", curves.TITLE, tuple(curves.compose(comparison))),
        Section("record", "Record", tuple(_record(comparison.reports))),
    )
    return Document(
        title=title or _title(comparison),
        verdict=(*verdict(comparison), *((para(chosen_by),) if chosen_by else ())),
        sections=tuple(part for part in parts if part.blocks),
        stamp=stamp or Stamp(),
    )


def _title(comparison: Comparison) -> str:
    names = [report.name for report in comparison.reports]
    if len(names) == 2:
        return f"{names[0]} and {names[1]} compared"
    return (
        f"{listing(names, most=_MOST_NAMED)} compared"
        if len(names) <= _MOST_NAMED
        else f"{len(names)} reports compared"
    )


def _reports(comparison: Comparison) -> Table:
    """What is compared, with the first metrics; of many the best, since all of them stand in Metrics."""
    metrics = comparison.metrics()[:2]
    places = list(range(len(comparison.reports)))
    if metrics and not comparison.is_pair:
        places = metrics_section.ranked(comparison, metrics[0])
    facts = {
        "title": [_title_of(report) for report in comparison.reports],
        "model": list(map(_model, comparison.reports)),
    }
    told = {name: values for name, values in facts.items() if len(set(values)) > 1}
    columns = [TableColumn("report"), *(TableColumn(name, narrow=False) for name in told)]
    for metric in metrics:
        title = metrics_section.titled(comparison.score(metric))
        columns += [TableColumn(title, "fixed", strong=True), TableColumn("interval", "fixed", narrow=False)]
    rows = tuple(
        (
            comparison.name(place),
            *(values[place] for values in told.values()),
            *_values(comparison.reports[place], metrics),
        )
        for place in places[:_MOST_IN_SUMMARY]
    )
    caption = "Metrics are those of the test rows."
    return Table("table-reports", "What is compared.", tuple(columns), rows, caption, total=len(places))


def _title_of(report: Compared) -> str:
    return one_line(report.document.title, 80)


def _model(report: Compared) -> str:
    return one_line(report.run.fitted.title, 60) if report.run.fitted else "–"


def _values(report: Compared, metrics: Sequence[str]) -> list[Cell]:
    """Value and interval of each metric."""
    scores = [report.score(metric) for metric in metrics]
    return [cell for score in scores for cell in (metrics_section.shown(score), metrics_section.interval(score))]


def _record(reports: Sequence[Compared]) -> list[Block]:
    columns = (TableColumn("report"), TableColumn("file"), TableColumn("content id", "code"))
    rows = tuple((report.name, one_line(report.file, 60), report.document.content_id) for report in reports)
    version = provenance.packages().get("reportgen", "unknown")
    head = para(
        strong(f"Made from {plural(len(reports), 'report')} alone"),
        f", by reportgen {version}: no data were opened, nothing was trained. "
        "Equal reports give a comparison with an equal content id.",
    )
    names = " ".join(shlex.quote(one_line(report.file, 80)) for report in reports[:_MOST_IN_SUMMARY])
    more = " …" if len(reports) > _MOST_IN_SUMMARY else ""
    command = Code(f"reportgen compare {names}{more} -o comparison.html", "shell", "To make it again")
    return [head, Table("table-sources", "The reports, and their content ids.", columns, rows), command]
