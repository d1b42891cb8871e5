"""The byte budget of a report: what is reduced, in which order, and what never is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reportgen import api
from reportgen.budget import within
from reportgen.document import (
    Document,
    Evidence,
    Figure,
    FindingBlock,
    Group,
    Note,
    Section,
    Table,
    TableColumn,
    Text,
    carried,
    from_json,
    link,
    para,
    to_json,
)

WORDS = "The experiment says more than its figures do. "


def figure(name: str, points: int = 10, drawn: int = 1_000) -> Figure:
    path = "M0 0" + "L1 1" * (drawn // 4)
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="{path}"/></svg>'
    return Figure(
        name, f"Title of {name}.", "Caption.", f"Alt of {name}.", drawing, 90, 90, {"x": tuple(range(points))}
    )


def table(name: str, rows: int) -> Table:
    return Table(name, f"Table {name}.", (TableColumn("n", "integer"),), tuple((number,) for number in range(rows)))


def document(*blocks: object, evidence: Evidence | None = None) -> Document:
    whole = carried(scored=True, predictions=True, probabilities=True)
    sections = (
        Section("summary", "Summary", (para(WORDS), figure("first", 10_000, 500_000))),
        Section("evaluation", "Evaluation", tuple(blocks)),  # type: ignore[arg-type]
        Section("record", "Record", (para(f"It carries {whole}."), table("table-record", 500))),
    )
    return Document("Title", sections, evidence=evidence or Evidence(scores=({"metric": "accuracy", "value": 1.0},)))


def size(doc: Document) -> int:
    """Stands for the page: what is reduced makes the document's text shorter, too."""
    return len(to_json(doc))


def told(doc: Document) -> list[tuple[object, ...]]:
    return [
        row for block in doc.blocks() if isinstance(block, Table) and block.id == "table-reduced" for row in block.rows
    ]


def reduced(doc: Document, by: int) -> Document:
    """The document after it had to become so many bytes smaller."""
    return within(doc, size(doc) - by, size)[0]


def test_a_report_that_fits_stays_as_it_is() -> None:
    doc = document(figure("curve", 10_000), table("long", 1_000))
    assert within(doc, size(doc), size) == (doc, "")


def test_most_reports_are_not_even_measured() -> None:
    def refuse(_doc: Document) -> int:
        raise AssertionError

    doc = document(figure("curve"))
    assert within(doc, 4_000_000, refuse) == (doc, "")


def test_first_the_data_of_figures_have_fewer_points_first_and_last_among_them() -> None:
    doc = reduced(document(figure("curve", 10_001), table("long", 1_000), figure("large", 10, 900_000)), 1_000)
    found = {block.id: block for block in doc.blocks() if isinstance(block, (Figure, Table))}
    curve, long = found["curve"], found["long"]
    assert isinstance(curve, Figure)
    assert isinstance(long, Table)
    assert (len(curve.data["x"]), curve.data["x"][0], curve.data["x"][-1]) == (2_000, 0, 10_000)
    assert len(long.rows) == 1_000
    assert told(doc) == [
        ("Figure: Title of curve.", "2,000 evenly spread rows of its data are kept; it was drawn from all")
    ]


def test_then_tables_are_cut_and_say_so() -> None:
    doc = reduced(document(Group((table("long", 1_000),), "fold"), figure("large", 10, 900_000)), 1_000)
    (long,) = [block for block in doc.blocks() if isinstance(block, Table) and block.id == "long"]
    assert (len(long.rows), long.total) == (400, 1_000)
    assert any(isinstance(block, Figure) and block.id == "large" for block in doc.blocks())


def test_then_the_largest_drawings_are_told_in_words() -> None:
    doc = reduced(document(figure("small", 10, 30_000), figure("large", 10, 900_000)), 500_000)
    assert Note("Title of large. Alt of large.", "reduced") in list(doc.blocks())
    assert any(isinstance(block, Figure) and block.id == "small" for block in doc.blocks())


def test_at_last_the_evidence_is_set_aside_probabilities_first() -> None:
    rows = {"rows": [1, 2], "y_true": [0, 1] * 500, "y_pred": [0, 1] * 500, "y_score": [[0.123456789, 0.5]] * 1_000}
    doc = document(evidence=Evidence(predictions={"test": rows}, scores=({"metric": "accuracy"},)))
    kept = reduced(doc, 10_000)
    assert kept.evidence.predictions["test"]["y_score"] is None
    assert len(kept.evidence.predictions["test"]["y_true"]) == 1_000
    assert "but not the class probabilities" in str(kept.sections[-1].blocks[0])
    gone = within(doc, 1, size)[0]
    assert not gone.evidence.predictions
    assert "but not the predictions" in str(gone.sections[-1].blocks[0])
    assert gone.evidence.scores == doc.evidence.scores


def test_text_metrics_findings_and_the_summary_stay_whatever_the_budget() -> None:
    finding = FindingBlock("finding-one", "failed", "error", "Wrong.", "In detail.")
    metrics = table("table-metrics", 900)
    doc = document(para(WORDS), finding, metrics, figure("large", 10, 900_000))
    smallest, warning = within(doc, 1, size)
    assert "nothing is left to reduce" in warning
    blocks = list(smallest.blocks())
    assert finding in blocks
    assert metrics in blocks
    assert doc.sections[0] == smallest.sections[0]
    assert [block for block in blocks if isinstance(block, Text)] == [b for b in doc.blocks() if isinstance(b, Text)]


def test_what_was_reduced_stands_in_the_record_and_outlives_json() -> None:
    doc = reduced(document(table("long", 1_000)), 100)
    assert [block.id for block in doc.sections[-1].blocks if isinstance(block, Table)] == [
        "table-reduced",
        "table-record",
    ]
    assert from_json(to_json(doc)) == doc


def test_a_link_to_a_drawing_that_is_left_out_is_plain_text() -> None:
    there, gone = link("this", "#small"), link("that", "#large")
    rows = Table("links", "Links.", (TableColumn("where"),), ((Text((gone,)),),))
    doc = document(
        para("See ", there, " and ", gone, "."), Group((rows,)), figure("small"), figure("large", 10, 600_000)
    )
    doc = within(replace(doc, verdict=(Text((gone,)),)), 300_000, lambda one: len(to_json(one)) - 500_000)[0]
    assert [block.id for block in doc.blocks() if isinstance(block, Figure)] == ["first", "small"]
    texts = [*doc.verdict, *(block for block in doc.blocks() if isinstance(block, Text))]
    texts += [
        cell
        for block in doc.blocks()
        if isinstance(block, Table)
        for row in block.rows
        for cell in row[:1]
        if isinstance(cell, Text)
    ]
    told = {span.text: span.href for text in texts for span in text.spans if span.text in ("this", "that")}
    assert told == {"this": "#small", "that": ""}


@pytest.mark.slow
def test_a_run_keeps_to_report_max_bytes_in_every_format(tmp_path) -> None:  # type: ignore[no-untyped-def]
    columns = [f"c{number}" for number in range(120)]
    lines = [",".join([*columns, "y"])]
    lines += [",".join([*(str((row * at * 7919) % 1009) for at in range(1, 121)), "ab"[row % 2]]) for row in range(300)]
    (tmp_path / "t.csv").write_text("\n".join(lines))
    spec = tmp_path / "e.yaml"
    spec.write_text("data: {path: t.csv, target: y}\nreport: {max_bytes: 400000}\n")
    free = api.run(spec, overrides=["report.max_bytes=100000000"], reproducible=True)
    held = api.run(spec, reproducible=True)
    page = held.save(tmp_path / "x.html")
    assert free.save(tmp_path / "free.html").stat().st_size > 400_000
    assert page.stat().st_size <= 400_000
    assert told(held.document)
    assert api.read(page).document.content_id == api.read(held.save(tmp_path / "x.json")).document.content_id
    same = replace(held.document, stamp=api.read(page).document.stamp)
    assert api.read(page).document == same


def test_a_table_of_long_words_is_measured() -> None:
    words = Table("table-words", "Words", (TableColumn("a"),), tuple(("x" * 5_000,) for _ in range(1_000)))
    asked = []

    def measure(document: Document) -> int:
        asked.append(document)
        return len(to_json(document))

    short, _ = within(Document("T", (Section("data", "Data", (words,)),)), 2_000_000, measure)
    assert asked
    assert len(to_json(short)) <= 2_000_000
