"""The Python face: run, report, read, save."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

import reportgen
from reportgen.api import output
from reportgen.document import Figure, to_json
from reportgen.errors import DataError, UsageError
from tests.documents import sample

CATS = ["cat", "dog", "dog", "cat", "dog", "dog", "cat", "cat"]
SAID = ["cat", "dog", "cat", "cat", "dog", "dog", "dog", "cat"]


def value(report: reportgen.Report, metric: str) -> float:
    return next(score["value"] for score in report.document.evidence.scores if score["metric"] == metric)


@pytest.fixture(scope="module")
def pets() -> reportgen.Report:
    return reportgen.report(CATS, SAID, title="Pets")


@pytest.mark.slow
class TestPredictionsMadeElsewhere:
    def test_are_measured(self, pets: reportgen.Report) -> None:
        assert value(pets, "accuracy") == 6 / 8

    def test_have_the_figures_of_the_task(self, pets: reportgen.Report) -> None:
        assert "figure-confusion-matrix" in {block.id for block in pets.document.blocks() if isinstance(block, Figure)}

    def test_show_nothing_of_training(self, pets: reportgen.Report) -> None:
        assert {"training", "model", "preparation"} & {section.key for section in pets.document.sections} == set()

    def test_take_scores_of_the_positive_class(self) -> None:
        report = reportgen.report([0, 0, 1, 1], [0, 1, 1, 1], [0.1, 0.6, 0.4, 0.9])
        assert value(report, "roc_auc") == 0.75

    @pytest.mark.parametrize(
        "said",
        [np.array([False, True, True, True]), np.array([0.0, 1.0, 1.0, 1.0]), np.array([0, 1, 1, 1], np.uint8)],
        ids=str,
    )
    def test_may_be_of_another_type_than_the_truth(self, said: np.ndarray) -> None:
        report = reportgen.report([0, 1, 1, 0], said)
        assert report.document.evidence.labels == ("0", "1")
        assert value(report, "accuracy") == 0.75

    def test_with_fractions_are_a_regression_of_whole_numbers(self) -> None:
        assert value(reportgen.report([3, 4, 5, 9], [3.5, 4.5, 5.5, 9.5]), "mae") == 0.5

    def test_that_are_numbers_are_a_regression(self) -> None:
        truth = np.linspace(0, 1, 50)
        report = reportgen.report(truth, truth + 0.1)
        assert value(report, "mae") == pytest.approx(0.1)

    def test_give_equal_content_for_equal_input(self, pets: reportgen.Report) -> None:
        assert reportgen.report(CATS, SAID, title="Pets").document.content_id == pets.document.content_id


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([1, 2], [1]), "y_true has 2 values and y_pred 1"),
        (([], []), "empty"),
        (([[1]], [[1]]), "dimensions"),
        ((["a", None], ["a", "a"]), "missing value at position 1"),
        ((["a", "a"], ["a", "a"]), "one class"),
        (([0, 1], [0, 1], [0.5, 1.5]), "outside 0 to 1"),
        (([0, 1], [0, 1], [0.5]), "shape"),
        (([0.5, np.inf], [0.5, 1.0]), "infinite at position 1"),
        ((["a", "b"], [0, 1]), "no prediction is one of the classes"),
        (([[1], [2, 3]], [1, 2]), "no list of values"),
    ],
)
def test_predictions_that_do_not_fit_are_refused_by_name(arguments: tuple[list[object], ...], words: str) -> None:
    with pytest.raises(DataError, match=words):
        reportgen.report(*arguments)  # type: ignore[arg-type]


def test_a_saved_report_is_read_back(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(to_json(sample()), encoding="utf-8")
    page = reportgen.read(tmp_path / "a.json").save(tmp_path / "b.html")
    assert reportgen.read(page).document == sample()


def test_an_unknown_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="ends in no format"):
        output(tmp_path / "x.docx")


def test_markdown_cannot_be_read_back(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read back"):
        reportgen.read(tmp_path / "x.md")


def test_a_missing_report_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        reportgen.read(tmp_path / "x.json")


def test_a_notebook_shows_the_page_in_a_frame_of_its_own() -> None:
    shown = reportgen.Report(sample())._repr_html_()
    assert shown.startswith("<iframe srcdoc=")
    assert "<script" not in shown


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError):
        reportgen.nothing  # noqa: B018


def test_labels_that_name_a_class_twice_are_refused() -> None:
    with pytest.raises(DataError, match="twice"):
        reportgen.report(["a", "b"], ["a", "b"], labels=["a", "b", "a"])


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.json")
    (tmp_path / "y.json").mkdir()
    for name in ("x.json", "y.json", "z\0.json"):
        with pytest.raises(DataError):
            reportgen.read(tmp_path / name)
