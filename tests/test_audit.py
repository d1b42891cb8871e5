"""Audit: what it computes again, and what was changed by hand that it finds."""

from __future__ import annotations

import base64
import gzip
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reportgen import api, experiment, source
from reportgen.audit import Check, audit
from reportgen.cli import main
from reportgen.compose import compose, stamp
from reportgen.document import Document, from_json, to_json
from reportgen.errors import DataError
from reportgen.evidence import restored
from reportgen.gallery import Gallery
from reportgen.render.page import BLOCK_ID
from reportgen.results import Prediction, Run
from reportgen.session import Session
from tests import runs

SPEC = """\
title: Two classes
data: {path: table.csv, target: y, positive: b}
split: {test: 0.4, validation: 0.2}
model: {kind: sklearn, estimator: sklearn.linear_model.LogisticRegression}
evaluate: {costs: {false_positive: 1, false_negative: 4}, threshold: tuned, baselines: [dummy, linear]}
expect: {test.accuracy: ">= 0.5", "test.recall[b] - train.accuracy": "<= 0.9"}
report: {figures: [roc, confusion_matrix]}
"""


def table(folder: Path, rows: int = 200) -> None:
    """Two numbers, of which the first tells the class nine times in ten, and a group of five rows each."""
    random = np.random.default_rng(0)
    lines = [
        f"{random.normal(2 * (number % 2)):.3f},{random.normal():.3f},g{number // 5},{'ab'[number % 2]}"
        for number in range(rows)
    ]
    (folder / "table.csv").write_text("\n".join(["u,v,person,y", *lines]) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report as page and as JSON, in a folder with its data."""
    made = tmp_path_factory.mktemp("report")
    table(made)
    (made / "x.yaml").write_text(SPEC, encoding="utf-8")
    report = api.run(made / "x.yaml", reproducible=True, session=Session(inline=True, strict=True))
    for suffix in ("html", "json"):
        report.save(made / f"r.{suffix}")
    return made


def by_name(checks: tuple[Check, ...]) -> dict[str, Check]:
    return {check.name: check for check in checks}


def wrong(path: Path) -> list[str]:
    """Every difference that is found, after the name of its check."""
    return [f"{check.name}: {text}" for check in audit(path) for text in check.differences]


def changed(folder: Path, tmp_path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """The JSON report with its content changed and the content id made anew, as a patient forger would."""
    plain = json.loads((folder / "r.json").read_text(encoding="utf-8"))
    change(plain)
    forged = tmp_path / "forged.json"
    forged.write_text(to_json(from_json(json.dumps(plain))), encoding="utf-8")
    return forged


def score(plain: dict[str, Any], metric: str, split: str = "test", model: str = "model") -> dict[str, Any]:
    found: dict[str, Any] = next(
        one
        for one in plain["evidence"]["scores"]
        if (one["metric"], one["split"], one["model"], one["label"]) == (metric, split, model, None)
    )
    return found


def _figures(value: Any) -> Iterator[dict[str, Any]]:
    """Every figure below a value, as plain values."""
    if isinstance(value, dict) and "drawing" in value:
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _figures(item)


class TestAReportAsItWasWritten:
    @pytest.mark.parametrize("suffix", ["html", "json"])
    def test_stands(self, folder: Path, suffix: str) -> None:
        assert wrong(folder / f"r.{suffix}") == []

    def test_has_every_score_computed_again(self, folder: Path) -> None:
        document = api.read(folder / "r.json").document
        found = by_name(audit(folder / "r.json"))
        assert found["scores"].checked == len(document.evidence.scores) > 60
        assert found["scores"].missing == ()

    def test_has_its_tables_verdict_gates_and_figures_made_again(self, folder: Path) -> None:
        found = by_name(audit(folder / "r.html"))
        for name in ("table-headline", "table-metrics", "table-classes", "table-decision", "table-baselines"):
            assert name in found["tables"].told
        assert (found["gates"].checked, found["verdict"].status, found["figures"].checked) == (2, "same", 2)

    def test_needs_no_data_and_reads_none(self, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: Any, **__: Any) -> None:
            raise AssertionError("an audit opens no data")

        monkeypatch.setattr(source, "resolve", refuse)
        (tmp_path / "r.html").write_bytes((folder / "r.html").read_bytes())
        assert wrong(tmp_path / "r.html") == []


class TestANumberThatIsNotTrue:
    def test_is_found_though_the_content_id_was_made_anew(self, folder: Path, tmp_path: Path) -> None:
        def better(plain: dict[str, Any]) -> None:
            score(plain, "accuracy")["value"] += 1e-6

        (only, *_) = wrong(changed(folder, tmp_path, better))
        assert only.startswith("scores: test.accuracy: the report has 0.")

    def test_is_none_within_a_billionth(self, folder: Path, tmp_path: Path) -> None:
        def hardly(plain: dict[str, Any]) -> None:
            score(plain, "accuracy")["value"] += 1e-10

        assert wrong(changed(folder, tmp_path, hardly)) == []

    @pytest.mark.parametrize("end", ["low", "high"])
    def test_is_found_in_an_interval(self, folder: Path, tmp_path: Path, end: str) -> None:
        found = wrong(changed(folder, tmp_path, lambda plain: score(plain, "roc_auc").update({end: 0.7})))
        assert [text for text in found if f"{'lower' if end == 'low' else 'upper'} end" in text]

    def test_is_found_in_a_baseline(self, folder: Path, tmp_path: Path) -> None:
        found = wrong(changed(folder, tmp_path, lambda plain: score(plain, "f1", model="linear").update(value=0.1)))
        assert found[0].startswith("scores: linear.f1: the report has 0.1, computed again it is 0.")

    def test_is_found_in_a_class(self, folder: Path, tmp_path: Path) -> None:
        def better(plain: dict[str, Any]) -> None:
            next(one for one in plain["evidence"]["scores"] if one["label"] == "b")["value"] = 1.0

        assert "[b]: the report has 1, computed again it is 0." in wrong(changed(folder, tmp_path, better))[0]

    def test_is_found_in_a_cell_of_a_table(self, folder: Path, tmp_path: Path) -> None:
        def nicer(plain: dict[str, Any]) -> None:
            section = next(one for one in plain["sections"] if one["key"] == "evaluation")
            shown = next(block for block in section["blocks"] if block.get("id") == "table-metrics")
            shown["rows"][0][-3] = "0.999"

        (only,) = wrong(changed(folder, tmp_path, nicer))
        assert re.fullmatch(
            r"tables: table-metrics, .+, test: the report has 0\.999, computed again it is 0\.\d{3}", only
        )

    def test_is_found_in_the_verdict(self, folder: Path, tmp_path: Path) -> None:
        def nicer(plain: dict[str, Any]) -> None:
            plain["verdict"][0]["spans"][-1]["text"] = " All is well."

        assert wrong(changed(folder, tmp_path, nicer))[0].startswith("verdict: paragraph 1: the report has ")

    def test_is_found_in_the_numbers_of_a_figure(self, folder: Path, tmp_path: Path) -> None:
        def nicer(plain: dict[str, Any]) -> None:
            text = json.dumps(plain["sections"])
            at = text.index('"true positive rate": [') + len('"true positive rate": [')
            plain["sections"] = json.loads(f"{text[:at]}0.5, {text[text.index(',', at) + 1 :]}")

        (only,) = wrong(changed(folder, tmp_path, nicer))
        assert only == "figures: figure-roc: the numbers of true positive rate are not those computed again"

    @pytest.mark.parametrize(
        ("number", "expected"), [(None, []), (0.123, ["its rows are not among those computed again"])]
    )
    def test_is_found_in_the_rows_that_a_figure_keeps(
        self, folder: Path, tmp_path: Path, number: float | None, expected: list[str]
    ) -> None:
        def thinned(plain: dict[str, Any]) -> None:
            shown = next(figure for figure in _figures(plain["sections"]) if figure["id"] == "figure-roc")
            for name, values in shown["data"].items():
                kept = [*values[:-1:2], values[-1]]
                if number is not None and name == "true positive rate":
                    kept[len(kept) // 2] = number
                shown["data"][name] = kept

        found = wrong(changed(folder, tmp_path, thinned))
        assert found == [f"figures: figure-roc: {text}" for text in expected]

    def test_a_prediction_that_was_changed_moves_the_scores(self, folder: Path, tmp_path: Path) -> None:
        def flip(plain: dict[str, Any]) -> None:
            predicted = plain["evidence"]["predictions"]["test"]["y_pred"]
            predicted[0] = 1 - predicted[0]

        assert any(text.startswith("scores: test.accuracy") for text in wrong(changed(folder, tmp_path, flip)))


class TestAGate:
    def test_that_is_said_to_hold_and_does_not_is_found(self, folder: Path, tmp_path: Path) -> None:
        def passed(plain: dict[str, Any]) -> None:
            plain["evidence"]["spec"] = plain["evidence"]["spec"].replace(">= 0.5", ">= 0.9999")

        found = wrong(changed(folder, tmp_path, passed))
        assert "gates: test.accuracy, passed: the report has True, computed again it is False" in found
        assert "gates: the report says gates passed, which its gates and trainings do not" in found
        assert any(text.startswith("experiment file: its SHA-256 is not ") for text in found)

    def test_that_was_taken_away_is_found(self, folder: Path, tmp_path: Path) -> None:
        found = wrong(changed(folder, tmp_path, lambda plain: plain["evidence"]["gates"].pop(0)))
        assert found == ["gates: test.accuracy: asked for by the experiment file, and not judged"]


class TestAFileChangedByHand:
    def test_json_no_longer_has_its_content_id(self, folder: Path, tmp_path: Path) -> None:
        text = (folder / "r.json").read_text(encoding="utf-8").replace('"title":"Two', '"title":"Two fine', 1)
        (tmp_path / "r.json").write_text(text, encoding="utf-8")
        assert [text.partition(":")[0] for text in wrong(tmp_path / "r.json")] == ["content id"]

    def test_a_number_on_the_page_is_named_with_the_words_before_it(self, folder: Path, tmp_path: Path) -> None:
        page = (folder / "r.html").read_text(encoding="utf-8")
        cell = re.search(r'<td class="n v">(0\.\d{3})', page)
        assert cell is not None
        (tmp_path / "r.html").write_text(page[: cell.start(1)] + "0.999" + page[cell.end(1) :], encoding="utf-8")
        (only,) = wrong(tmp_path / "r.html")
        assert f'it shows "0.999", where the report in it has "{cell[1]}": it was changed by hand' in only

    def test_markup_that_hides_something_is_found(self, folder: Path, tmp_path: Path) -> None:
        page = (folder / "r.html").read_text(encoding="utf-8").replace("<main ", "<main hidden ", 1)
        (tmp_path / "r.html").write_text(page, encoding="utf-8")
        (only,) = wrong(tmp_path / "r.html")
        assert only.startswith("page: the words are those of the report in it, but not the markup")

    def test_a_drawing_that_was_changed_is_found(self, folder: Path, tmp_path: Path) -> None:
        page = (folder / "r.html").read_text(encoding="utf-8")
        line = re.search(r'class="s1"[^>]* d="M[\d.]+', page) or re.search(r' d="M[\d.]+', page)
        assert line is not None
        (tmp_path / "r.html").write_text(page[: line.end()] + "1" + page[line.end() :], encoding="utf-8")
        assert wrong(tmp_path / "r.html")

    def test_a_page_without_its_content_id_is_found(self, folder: Path, tmp_path: Path) -> None:
        page = (folder / "r.html").read_text(encoding="utf-8")
        (tmp_path / "r.html").write_text(re.sub(r'<code title="[0-9a-f]{32}">', "<code>", page), encoding="utf-8")
        assert "content id: the file states none" in wrong(tmp_path / "r.html")

    def test_a_page_rendered_by_another_version_is_not_called_changed(self, folder: Path, tmp_path: Path) -> None:
        def older(plain: dict[str, Any]) -> None:
            plain["evidence"]["provenance"]["packages"]["jinja2"] = "0.1"

        forged = changed(folder, tmp_path, older)
        api.read(forged).save(tmp_path / "r.html")
        page = (tmp_path / "r.html").read_text(encoding="utf-8")
        assert "<h1" in page
        (tmp_path / "r.html").write_text(page.replace("</h1>", " in other words</h1>", 1), encoding="utf-8")
        found = by_name(audit(tmp_path / "r.html"))["page"]
        assert (found.status, found.differences) == ("not checked", ())
        assert found.missing == ("it was rendered by other versions, so that its words cannot be compared",)

    def test_a_page_of_templates_of_its_own_is_not_called_changed(self, folder: Path, tmp_path: Path) -> None:
        own = tmp_path / "look"
        (own / "css").mkdir(parents=True)
        (own / "css" / "own.css").write_text("main { color: #123456 }\n", encoding="utf-8")
        api.read(folder / "r.json").dressed(templates=own).save(tmp_path / "r.html")
        found = by_name(audit(tmp_path / "r.html"))["page"]
        assert (found.status, found.differences) == ("not checked", ())
        assert found.missing == ("shown through templates of its own: the page cannot be compared",)

    @pytest.mark.parametrize("odd", [{"id": [], "drawing": "x", "blocks": []}, {"id": [], "blocks": []}])
    def test_a_data_block_of_odd_values_is_a_damaged_report(
        self, folder: Path, tmp_path: Path, odd: dict[str, Any]
    ) -> None:
        page = (folder / "r.html").read_text(encoding="utf-8")
        packed = re.search(rf'id="{BLOCK_ID}">([A-Za-z0-9+/=\s]*)</script>', page)
        assert packed is not None
        plain = json.loads(gzip.decompress(base64.b64decode(packed[1])))
        plain["sections"].append(odd)
        block = base64.b64encode(gzip.compress(json.dumps(plain).encode())).decode()
        (tmp_path / "r.html").write_text(page.replace(packed[1], block), encoding="utf-8")
        with pytest.raises(DataError, match="a damaged report"):
            audit(tmp_path / "r.html")

    @pytest.mark.slow
    def test_a_pdf_is_judged_by_its_words(self, folder: Path, tmp_path: Path) -> None:
        pikepdf = pytest.importorskip("pikepdf")
        api.read(folder / "r.json").save(tmp_path / "r.pdf")
        with pikepdf.open(tmp_path / "r.pdf") as opened:
            del opened.pages[-1]
            opened.save(tmp_path / "cut.pdf")
        (only,) = wrong(tmp_path / "cut.pdf")
        assert "page: after " in only
        assert "it ends, where the report in it has " in only


class TestWhatCannotBeComputedAgain:
    def test_is_told_where_the_predictions_are_left_out(self, folder: Path, tmp_path: Path) -> None:
        forged = changed(folder, tmp_path, lambda plain: plain["evidence"].update(predictions={}, baselines={}))
        found = by_name(audit(forged))
        assert found["scores"].status == "not checked"
        assert found["scores"].missing[0].endswith("scores: the report carries no predictions")
        assert main(["audit", str(forged)]) == 0
        assert main(["audit", str(forged), "--strict"]) == 1

    def test_is_told_where_the_probabilities_are(self, folder: Path, tmp_path: Path) -> None:
        def bare(plain: dict[str, Any]) -> None:
            held = plain["evidence"]
            for one in (*held["predictions"].values(), *held["baselines"].values()):
                one["y_score"] = None

        forged = changed(folder, tmp_path, bare)
        found = by_name(audit(forged))
        assert found["scores"].differences == ()
        assert "roc_auc" in found["scores"].missing[0]

    @pytest.mark.parametrize(
        ("key", "value"),
        [("y_pred", [1]), ("y_true", [9]), ("y_score", ["x"]), ("types", {"y_score": "object"}), ("costs", [1])],
    )
    def test_evidence_that_does_not_fit_together_is_a_difference(
        self, folder: Path, tmp_path: Path, key: str, value: Any
    ) -> None:
        forged = changed(folder, tmp_path, lambda plain: plain["evidence"]["predictions"]["test"].update({key: value}))
        assert wrong(forged)[0].startswith("evidence: the evidence in the report does not fit together")

    def test_a_report_on_data_alone_has_no_scores(self, folder: Path, tmp_path: Path) -> None:
        (tmp_path / "x.yaml").write_text(f"data: {{path: {folder / 'table.csv'}}}\n", encoding="utf-8")
        api.run(tmp_path / "x.yaml", session=Session(inline=True)).save(tmp_path / "r.json")
        found = by_name(audit(tmp_path / "r.json"))
        assert (found["scores"].status, found["scores"].skipped) == ("not checked", ("the report has none",))
        assert wrong(tmp_path / "r.json") == []


def scored(run: Run) -> Run:
    return experiment.evaluate(run, Session())


def kept(run: Run) -> Document:
    """The document as a file keeps it: to JSON and back."""
    made = compose(run, Gallery((), inline=True), stamp({}, reproducible=True), "x.yaml")
    return from_json(to_json(made))


def in_groups(run: Run) -> Run:
    """The same run, its rows in groups of four."""

    def grouped(one: Prediction) -> Prediction:
        return replace(one, group=np.arange(len(one.y_true)) // 4)

    predictions = {name: grouped(one) for name, one in run.predictions.items()}
    beside = {name: {"test": grouped(by_split["test"])} for name, by_split in run.baselines.items()}
    return replace(run, predictions=predictions, baselines=beside)


def in_32_bits(run: Run) -> Run:
    """The same run, its probabilities as a network gives them."""
    predictions = {
        name: replace(one, y_score=None if one.y_score is None else one.y_score.astype(np.float32))
        for name, one in run.predictions.items()
    }
    return replace(run, predictions=predictions)


KINDS = {
    "binary": runs.binary,
    "binary with costs": runs.costly,
    "multiclass": runs.multiclass,
    "multilabel": runs.multilabel,
    "regression": runs.regression,
    "forecast": runs.forecast,
    "groups": lambda: in_groups(runs.binary()),
    "32 bits": lambda: in_32_bits(runs.multiclass()),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_of_every_kind_comes_back_from_its_evidence_with_the_same_scores(kind: str) -> None:
    run = scored(KINDS[kind]())
    back = restored(kept(replace(run, spec_text="")))
    assert back.task is not None
    again = scored(replace(back, spec=run.spec))
    assert again.scores == run.scores


@pytest.mark.parametrize("kind", ["binary", "forecast", "groups"])
def test_predictions_come_back_as_they_were(kind: str) -> None:
    run = scored(KINDS[kind]())
    before, after = run.predictions["test"], restored(kept(run)).predictions["test"]
    for name in ("y_true", "y_pred", "y_score", "rows", "step", "group"):
        one, other = getattr(before, name), getattr(after, name)
        assert (one is None) == (other is None)
        if one is not None and other is not None:
            assert one.dtype == other.dtype
            np.testing.assert_array_equal(one, other)


def test_folds_are_measured_again_each_by_itself(folder: Path, tmp_path: Path) -> None:
    text = f"""\
data: {{path: {folder / "table.csv"}, target: y, columns: {{person: ignore}}}}
split: {{folds: 3, validation: 0}}
model: {{kind: sklearn, estimator: sklearn.linear_model.LogisticRegression}}
report: {{figures: []}}
"""
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    api.run(tmp_path / "x.yaml", session=Session(inline=True)).save(tmp_path / "r.json")
    assert wrong(tmp_path / "r.json") == []
    plain = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    plain["evidence"]["trials"][1]["scores"]["test"]["accuracy"] = 1.0
    (tmp_path / "r.json").write_text(to_json(from_json(json.dumps(plain))), encoding="utf-8")
    found = wrong(tmp_path / "r.json")
    assert found[0].startswith("trainings: fold 2, test.accuracy: the report has 1, computed again it is 0.")
    assert any(text.startswith("trainings: accuracy over trainings, mean") for text in found)


class TestTheCommand:
    def test_ends_with_0_and_a_line_for_each_check(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["audit", str(folder / "r.html")]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert [line.split("  ")[0] for line in lines] == [
            *("content id", "page", "experiment file", "scores", "trainings", "gates", "tables", "verdict", "figures"),
            "The report stands.",
        ]

    def test_ends_with_1_where_something_differs(
        self, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        forged = changed(folder, tmp_path, lambda plain: score(plain, "f1").update(value=1.0))
        assert main(["audit", str(forged)]) == 1
        assert "- test.f1: the report has 1, computed again it is 0." in capsys.readouterr().out

    def test_prints_no_sign_that_steers_the_terminal(
        self, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        odd = changed(folder, tmp_path, lambda plain: plain["evidence"]["gates"][0].update(expression="\x1b[31m"))
        assert main(["audit", str(odd)]) == 1
        assert "\x1b" not in capsys.readouterr().out

    def test_and_comparing_does_not_either(
        self, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def titled(plain: dict[str, Any]) -> None:
            for one in plain["evidence"]["scores"]:
                one["title"] += "\x1b[2J"
            predicted = plain["evidence"]["predictions"]["test"]
            predicted["y_pred"] = [1 - number for number in predicted["y_pred"]]
            predicted["y_score"] = None

        odd = changed(folder, tmp_path, titled)
        assert main(["compare", str(odd), str(folder / "r.json"), "-o", str(tmp_path / "c.json")]) == 0
        told = capsys.readouterr().out
        assert "<U+001B>" in told
        assert "\x1b" not in told

    def test_says_the_same_as_json(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["audit", str(folder / "r.json"), "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["report"], told["stands"]) == ("r.json", True)
        assert {check["name"]: check["status"] for check in told["checks"]}["scores"] == "same"

    def test_ends_with_3_where_there_is_no_report(self, tmp_path: Path) -> None:
        (tmp_path / "r.json").write_text("{}", encoding="utf-8")
        assert main(["audit", str(tmp_path / "r.json")]) == 3
        with pytest.raises(DataError):
            audit(tmp_path / "missing.html")

    def test_loads_neither_keras_nor_matplotlib(self, folder: Path) -> None:
        code = (
            "import sys; from reportgen.cli import main; main(['audit', sys.argv[1]]);"
            "heavy = {'keras', 'jax', 'matplotlib', 'weasyprint'} & set(sys.modules);"
            "sys.exit(', '.join(heavy) or 0)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(folder / "r.html")], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
