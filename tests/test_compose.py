"""From a run to its document: figures, sections, evidence, and what becomes of a unit that breaks."""

from __future__ import annotations

import time
from concurrent.futures import Future
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from reportgen import compose as composing
from reportgen import gallery as galleries
from reportgen import registry
from reportgen.compose import compose, outcome, stamp
from reportgen.document import Document, Figure, Note, Stamp, from_json, to_json
from reportgen.errors import InternalError, Interrupted, NotApplicable, UsageError
from reportgen.evidence import gathered
from reportgen.gallery import Gallery
from reportgen.results import FigureData, Gate, Run, Words
from reportgen.spec import Report
from tests import runs

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100" viewBox="0 0 200 100"></svg>'


def figure(**changed: Any) -> SimpleNamespace:
    """A figure that takes nothing to make, with some of its parts changed."""
    parts: dict[str, Any] = {
        "SECTION": "evaluation",
        "NEEDS": "fitted",
        "ORDER": 1,
        "compute": lambda run: [FigureData({"x": [1.0, 2.0]})],
        "describe": lambda data: Words("It rises.", "x", "A line."),
    }
    return SimpleNamespace(**(parts | changed))


def section(**changed: Any) -> SimpleNamespace:
    parts: dict[str, Any] = {"TITLE": "Evaluation", "ORDER": 1, "compose": lambda run, gallery: [Note("here")]}
    return SimpleNamespace(**(parts | changed))


def fails(*_: object) -> Any:
    raise ZeroDivisionError("no way")


class Studio:
    """Hands out an empty drawing at once, for every figure but `bad`."""

    def submit(self, _method: str, name: str, *_: object) -> Future[Any]:
        future: Future[Any] = Future()
        if name == "bad":
            future.set_exception(ZeroDivisionError("no way"))
        else:
            future.set_result(SimpleNamespace(svg=SVG, width=200.0, height=100.0, axes=()))
        return future

    def close(self) -> None:
        pass


@pytest.fixture
def units(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], Any]:
    """The figures and sections there are; a test fills it. An exception stands for a file that cannot be imported."""
    found: dict[tuple[str, str], Any] = {}

    def load(family: str, name: str, *needed: str) -> Any:
        unit = found[family, name]
        if isinstance(unit, Exception):
            raise unit
        for attribute in needed:
            getattr(unit, attribute)
        return unit

    monkeypatch.setattr(registry, "names", lambda family: tuple(name for kind, name in found if kind == family))
    monkeypatch.setattr(registry, "load", load)
    monkeypatch.setattr(galleries, "Worker", lambda _: Studio())
    return found


def composed(gallery: Gallery, run: Run | None = None) -> Document:
    run = run or runs.binary()
    for stage in ("profiled", "fitted", "scored"):
        gallery.observe(stage, run)
    return compose(run, gallery, Stamp(), "experiment.yaml")


def ids(document: Document) -> list[str]:
    return [block.id for block in document.blocks() if isinstance(block, Figure)]


def notes(document: Document) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in document.blocks() if isinstance(block, Note)]


class TestFigures:
    def test_stand_in_their_section_in_their_order(self, units: dict[tuple[str, str], Any]) -> None:
        units["figures", "b"] = figure(ORDER=1)
        units["figures", "a"] = figure(ORDER=2)
        units["figures", "elsewhere"] = figure(SECTION="training")
        units["sections", "evaluation"] = section()
        assert ids(composed(Gallery())) == ["figure-b", "figure-a"]

    def test_that_are_named_stand_in_the_order_of_the_names(self, units: dict[tuple[str, str], Any]) -> None:
        units["figures", "b"] = figure(ORDER=1)
        units["figures", "a"] = figure(ORDER=2)
        units["figures", "c"] = figure()
        units["sections", "evaluation"] = section()
        assert ids(composed(Gallery(("a", "b")))) == ["figure-a", "figure-b"]

    def test_are_made_once_the_stage_has_what_they_need(self, units: dict[tuple[str, str], Any]) -> None:
        seen: list[str] = []
        for need in ("dataset", "splits", "fitted", "scores"):
            units["figures", need] = figure(NEEDS=need, compute=lambda run, need=need: seen.append(need) or [])
        gallery = Gallery()
        gallery.observe("profiled", runs.binary())
        assert seen == ["dataset", "splits"]
        gallery.observe("fitted", runs.binary())
        assert seen[2:] == ["fitted"]
        gallery.observe("scored", runs.binary())
        assert seen[3:] == ["scores"]

    @pytest.mark.parametrize("order", [(1, 2), (2, 1)])
    def test_appear_once_whichever_section_asks_first(
        self, units: dict[tuple[str, str], Any], order: tuple[int, int]
    ) -> None:
        units["figures", "a"] = figure(SECTION="training")
        units["figures", "b"] = figure(SECTION="training")
        units["sections", "summary"] = section(ORDER=order[0], compose=lambda run, gallery: gallery.pair("a", "b"))
        units["sections", "training"] = section(ORDER=order[1])
        assert ids(composed(Gallery())) == ["figure-a", "figure-b"]

    def test_of_parts_with_the_same_slug_get_ids_of_their_own(self, units: dict[tuple[str, str], Any]) -> None:
        parts = [FigureData({"x": [1.0]}, part=part) for part in ("年", "月", "a b", "a-b")]
        units["figures", "a"] = figure(compute=lambda run: parts)
        units["sections", "evaluation"] = section()
        document = composed(Gallery())
        assert len(set(ids(document))) == 4
        assert from_json(to_json(document)) == document

    def test_may_hold_numbers_of_numpys(self, units: dict[tuple[str, str], Any]) -> None:
        units["figures", "a"] = figure(compute=lambda run: [FigureData({"x": [np.int64(1), np.float32(0.5)]})])
        units["sections", "evaluation"] = section()
        found = next(block for block in from_json(to_json(composed(Gallery()))).blocks() if isinstance(block, Figure))
        assert found.data == {"x": (1, 0.5)}

    def test_that_do_not_apply_are_named_with_the_reason(self, units: dict[tuple[str, str], Any]) -> None:
        def refuse(_: Run) -> Any:
            raise NotApplicable("needs class probabilities")

        units["figures", "a_b"] = figure(compute=refuse)
        gallery = Gallery()
        assert ids(composed(gallery)) == []
        assert [str(note.text) for note in gallery.missing()] == ["A b: needs class probabilities."]


class TestAUnitThatBreaks:
    BROKEN: tuple[tuple[tuple[str, str], Any], ...] = (
        (("figures", "good"), figure()),
        (("figures", "bad"), figure()),
        (("figures", "compute"), figure(compute=fails)),
        (("figures", "describe"), figure(describe=fails)),
    )

    def test_leaves_a_note_and_a_warning_and_everything_else(self, units: dict[tuple[str, str], Any]) -> None:
        units.update(self.BROKEN)
        units["sections", "evaluation"] = section()
        gallery = Gallery()
        document = composed(gallery)
        assert ids(document) == ["figure-good"]
        assert [kind for kind, _ in notes(document)] == ["remark", "broken", "broken", "broken"]
        assert sorted(gallery.broken) == [
            f"figure {name}: ZeroDivisionError: no way" for name in ("bad", "compute", "describe")
        ]

    @pytest.mark.parametrize(
        "unit",
        [ImportError("no seaborn"), figure(NEEDS="weather"), SimpleNamespace()],
        ids=["import fails", "unknown need", "empty module"],
    )
    def test_that_is_no_figure_loses_nothing_else(self, units: dict[tuple[str, str], Any], unit: Any) -> None:
        units["figures", "good"] = figure()
        units["figures", "odd"] = unit
        units["sections", "evaluation"] = section()
        gallery = Gallery()
        assert ids(composed(gallery)) == ["figure-good"]
        assert len(gallery.broken) == 1
        assert [note.kind for note in gallery.missing()] == ["broken"]

    def test_that_is_a_section_keeps_its_figures(self, units: dict[tuple[str, str], Any]) -> None:
        units["figures", "good"] = figure()
        units["sections", "evaluation"] = section(compose=fails)
        units["sections", "other"] = ImportError("no such thing")
        gallery = Gallery()
        document = composed(gallery)
        assert ids(document) == ["figure-good"]
        assert notes(document) == [("broken", "This section could not be composed (ZeroDivisionError).")]
        assert [line.split(":")[0] for line in gallery.broken] == ["section other", "section evaluation"]

    def test_that_is_the_verdict_says_so(
        self, units: dict[tuple[str, str], Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(composing, "verdict", fails)
        gallery = Gallery()
        assert [str(text) for text in composed(gallery).verdict] == [
            "The verdict could not be composed (ZeroDivisionError)."
        ]
        assert len(gallery.broken) == 1

    @pytest.mark.parametrize("key", [("figures", "x"), ("sections", "evaluation")])
    def test_is_an_error_in_a_strict_session(self, units: dict[tuple[str, str], Any], key: tuple[str, str]) -> None:
        units[key] = figure(compute=fails, TITLE="x")
        if key[0] == "sections":
            units[key].compose = fails
        with pytest.raises(InternalError, match="ZeroDivisionError: no way"):
            composed(Gallery(strict=True))

    @pytest.mark.parametrize("key", [("figures", "x"), ("sections", "evaluation")])
    def test_is_not_what_an_interrupted_unit_is(self, units: dict[tuple[str, str], Any], key: tuple[str, str]) -> None:
        def interrupt(*_: object) -> Any:
            raise Interrupted

        units[key] = figure(compute=interrupt, TITLE="x")
        if key[0] == "sections":
            units[key].compose = interrupt
        with pytest.raises(KeyboardInterrupt):
            composed(Gallery())


class TestEvidence:
    def test_is_every_row_with_its_prediction(self) -> None:
        run = runs.binary(rows=50)
        found = gathered(run, "experiment.yaml").predictions
        assert {name: len(part["rows"]) for name, part in found.items()} == {"train": 35, "validation": 5, "test": 10}
        assert found["test"]["rows"] == list(range(40, 50))
        assert found["test"]["y_true"] == run.predictions["test"].y_true.tolist()

    def test_of_more_than_20_000_rows_is_left_out(self) -> None:
        assert gathered(runs.regression(rows=20_000), "").predictions
        assert not gathered(runs.regression(rows=20_001), "").predictions


@pytest.mark.parametrize(
    ("ended", "passed", "expected"),
    [
        ("completed", (), "done"),
        ("early", (), "done"),
        ("completed", (True, True), "gates passed"),
        ("completed", (True, False), "gates failed"),
        ("interrupted", (False,), "interrupted"),
        ("diverged", (True,), "diverged"),
    ],
)
def test_the_outcome_is_how_training_ended_then_the_gates(ended: Any, passed: tuple[bool, ...], expected: str) -> None:
    run = runs.binary()
    assert run.fitted is not None
    gates = tuple(Gate("test.f1", ">= 0.5", 0.6, one) for one in passed)
    assert outcome(replace(run, fitted=replace(run.fitted, ended=ended), gates=gates)) == expected


class TestTheStamp:
    def test_is_now_with_the_durations(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
        monkeypatch.setattr(time, "time", lambda: 86_400.9)
        assert stamp({"train": 1.5}) == Stamp("1970-01-02T00:00:00+00:00", {"train": 1.5})

    def test_is_the_fixed_date_without_durations(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
        assert stamp({"train": 1.5}) == Stamp("1970-01-01T00:00:00+00:00", {})

    def test_is_empty_where_it_is_to_be_reproducible(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
        assert stamp({"train": 1.5}, reproducible=True) == Stamp()

    @pytest.mark.parametrize("text", ["", "x", "-1", "1.5", "253402300800", "0" * 15 + "9" * 15, "٣"])
    def test_of_a_malformed_date_is_a_usage_error(self, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", text)
        with pytest.raises(UsageError):
            stamp({})


def test_sections_that_are_named_stand_in_the_order_of_the_names(units: dict[tuple[str, str], Any]) -> None:
    for place, name in enumerate(("summary", "data", "record")):
        units["sections", name] = section(ORDER=place)
    run = runs.binary()
    run = replace(run, spec=run.spec.model_copy(update={"report": Report(sections=("record", "summary"))}))
    assert [part.key for part in composed(Gallery(), run).sections] == ["record", "summary"]
