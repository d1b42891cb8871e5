"""The model kind `predictions`: what others predicted is reported on as what is predicted here."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from reportgen import experiment
from reportgen.errors import DataError, ReportgenError, SpecError
from reportgen.results import Run
from reportgen.session import Session
from reportgen.specfile import draft_of

#: Twelve rows in which the truth, what was predicted and the score of `yes` are known by heart.
ROWS = (
    ("3.1", "yes", "yes", 0.9, "test"),
    ("2.4", "yes", "no", 0.4, "test"),
    ("4.0", "no", "no", 0.2, "test"),
    ("1.5", "no", "yes", 0.7, "test"),
    ("2.2", "yes", "yes", 0.8, "train"),
    ("3.7", "no", "no", 0.1, "train"),
    ("1.9", "yes", "yes", 0.6, "train"),
    ("2.8", "no", "no", 0.3, "valid"),
    ("3.3", "yes", "yes", 0.95, "valid"),
    ("2.1", "no", "no", 0.05, "test"),
    ("3.9", "yes", "yes", 0.85, "test"),
    ("2.6", "no", "no", 0.15, "test"),
)
MODEL = "{kind: predictions, predicted: said, scores: p, split: part}"


def write(folder: Path, text: str, name: str = "t.csv") -> None:
    (folder / name).write_text(text, encoding="utf-8")


def table(folder: Path, rows: tuple[tuple[Any, ...], ...] = ROWS) -> None:
    write(folder, "x,truth,said,p,part\n" + "".join(",".join(map(str, row)) + "\n" for row in rows))


def changed(row: int, **cells: Any) -> tuple[tuple[Any, ...], ...]:
    """The rows with cells of one, counted from 1, changed."""
    names = ("x", "truth", "said", "p", "part")
    new = tuple(cells.get(name, value) for name, value in zip(names, ROWS[row - 1], strict=True))
    return (*ROWS[: row - 1], new, *ROWS[row:])


def run(folder: Path, model: str = MODEL, data: str = "path: t.csv, target: truth", more: str = "") -> Run:
    draft = draft_of(f"data: {{{data}}}\nmodel: {model}\n{more}", str(folder / "e.yaml"))
    try:
        return experiment.run(draft, Session(inline=True))
    except ReportgenError as error:
        raise draft.placed(error) from None


def refused(kind: type[ReportgenError], *args: Any, **options: Any) -> str:
    with pytest.raises(kind) as caught:
        run(*args, **options)
    return str(caught.value)


def test_predictions_are_those_of_the_table_by_split(tmp_path: Path) -> None:
    table(tmp_path)
    found = run(tmp_path)
    test = found.predictions["test"]
    assert found.task is not None
    assert found.task.labels == ("no", "yes")
    assert test.rows is not None
    assert test.rows.tolist() == [0, 1, 2, 3, 9, 10, 11]
    assert test.y_true.tolist() == [1, 1, 0, 0, 0, 1, 0]
    assert test.y_pred.tolist() == [1, 0, 0, 1, 0, 1, 0]
    assert test.y_score is not None
    assert test.y_score[:2].tolist() == [[pytest.approx(0.1), 0.9], [pytest.approx(0.6), 0.4]]
    assert {name: len(one.y_true) for name, one in found.predictions.items()} == {
        "train": 3,
        "validation": 2,
        "test": 7,
    }


def test_scores_are_computed_on_what_was_predicted(tmp_path: Path) -> None:
    table(tmp_path)
    found = run(tmp_path)
    accuracy, recall = found.score("accuracy"), found.score("recall")
    assert accuracy is not None
    assert accuracy.value == pytest.approx(5 / 7)
    assert recall is not None
    assert recall.value == pytest.approx(2 / 3)
    # Of the 3 x 4 pairs of a yes and a no, the score of the yes is the larger one in all but one: 0.4 < 0.7.
    auc = found.score("roc_auc")
    assert auc is not None
    assert auc.value == pytest.approx(11 / 12)


def test_columns_of_predictions_are_no_columns_of_the_data(tmp_path: Path) -> None:
    table(tmp_path)
    found = run(tmp_path)
    assert found.dataset is not None
    assert list(found.dataset.frame.columns) == ["x", "truth"]
    assert found.profile is not None
    assert [column.name for column in found.profile.columns] == ["x", "truth"]


def test_nothing_is_trained_and_no_child_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def started(*_: Any, **__: Any) -> None:
        raise AssertionError("a child was started")

    monkeypatch.setattr(experiment, "Worker", started)
    table(tmp_path)
    found = experiment.run(
        draft_of(f"data: {{path: t.csv, target: truth}}\nmodel: {MODEL}", str(tmp_path / "e.yaml")), Session()
    )
    assert found.baselines == {}
    assert found.fitted is not None
    assert found.fitted.history == {}


def test_the_ledger_says_that_nothing_was_prepared(tmp_path: Path) -> None:
    table(tmp_path)
    splits = run(tmp_path).splits
    assert splits is not None
    assert [step.name for step in splits.ledger] == ["load", "predictions", "split"]
    assert (splits.ledger[1].columns_in, splits.ledger[1].columns_out) == (5, 2)
    assert "nothing was trained or prepared" in splits.ledger[-1].why


def test_all_rows_are_test_rows_where_no_column_tells_the_split(tmp_path: Path) -> None:
    table(tmp_path)
    found = run(tmp_path, "{kind: predictions, predicted: said, scores: p}")
    assert list(found.predictions) == ["test"]
    assert len(found.predictions["test"].y_true) == 12


def test_a_row_without_a_target_is_left_out_and_needs_no_prediction(tmp_path: Path) -> None:
    table(tmp_path, changed(3, truth="", said="", p=""))
    found = run(tmp_path)
    assert found.predictions["test"].rows is not None
    assert 2 not in found.predictions["test"].rows
    assert found.splits is not None
    assert [step.name for step in found.splits.ledger][2] == "missing target"


def test_predictions_in_a_file_of_their_own_go_with_the_rows_in_their_order(tmp_path: Path) -> None:
    write(tmp_path, "x,truth\n" + "".join(f"{row[0]},{row[1]}\n" for row in ROWS))
    write(tmp_path, "said,p\n" + "".join(f"{row[2]},{row[3]}\n" for row in ROWS), "p.csv")
    found = run(tmp_path, "{kind: predictions, path: p.csv, predicted: said, scores: p}")
    assert found.predictions["test"].y_pred.tolist() == [int(row[2] == "yes") for row in ROWS]
    assert found.provenance is not None
    assert (found.provenance.data_name, found.provenance.model_name) == ("t.csv", "p.csv")
    assert len(found.provenance.model_sha256) == 64


def test_a_file_with_another_number_of_rows_is_refused(tmp_path: Path) -> None:
    table(tmp_path)
    write(tmp_path, "said\nyes\nno\n", "p.csv")
    told = refused(DataError, tmp_path, "{kind: predictions, path: p.csv, predicted: said}")
    assert "2 rows and the table 12" in told
    assert "model.path" in told


def test_a_regression_is_read_as_numbers(tmp_path: Path) -> None:
    rows = [(1.5, 1.0), (2.25, 2.5), (3.75, 3.5), (4.5, 5.5), (0.25, 0.25)]
    write(tmp_path, "x,truth,y_pred\n" + "".join(f"{i},{a},{b}\n" for i, (a, b) in enumerate(rows)))
    found = run(tmp_path, "{kind: predictions}")
    mae = found.score("mae")
    assert mae is not None
    assert mae.value == pytest.approx((0.5 + 0.25 + 0.25 + 1 + 0) / 5)


def test_a_decimal_comma_of_the_table_holds_for_its_predictions(tmp_path: Path) -> None:
    write(tmp_path, "x;truth;y_pred\n1;1,5;1,25\n2;2,5;2,75\n3;0,5;0,75\n")
    data = 'path: t.csv, target: truth, options: {sep: ";", decimal: ","}'
    found = run(tmp_path, "{kind: predictions}", data)
    assert found.predictions["test"].y_pred.tolist() == [1.25, 2.75, 0.75]


@pytest.mark.parametrize(("truths", "words"), [("01", ("1.0", "0.0")), ("01", ("1", "0")), (("-1", "1"), ("1", "-1"))])
def test_numbers_that_name_classes_are_found_however_they_are_spelled(
    tmp_path: Path, truths: tuple[str, str], words: tuple[str, str]
) -> None:
    lines = "".join(f"{i}.5,{truths[i % 2]},{words[i % 2]}\n" for i in range(8))
    write(tmp_path, "x,truth,y_pred\n" + lines)
    found = run(tmp_path, "{kind: predictions}")
    accuracy = found.score("accuracy")
    assert accuracy is not None
    assert accuracy.value == 0.0


def test_yes_and_no_keep_their_spelling(tmp_path: Path) -> None:
    write(tmp_path, "x,truth,y_pred\n" + "1.5,Yes,Yes\n2.5,No,No\n3.5,Yes,No\n4.5,No,No\n")
    accuracy = run(tmp_path, "{kind: predictions}").score("accuracy")
    assert accuracy is not None
    assert accuracy.value == 0.75


def test_scores_of_several_classes_stand_in_the_order_of_the_labels(tmp_path: Path) -> None:
    rows = [("a", "a", 0.7, 0.2, 0.1), ("b", "b", 0.1, 0.8, 0.1), ("c", "b", 0.2, 0.405, 0.4)] * 3
    write(
        tmp_path, "x,truth,y_pred,pa,pb,pc\n" + "".join(f"{i}.5,{','.join(map(str, r))}\n" for i, r in enumerate(rows))
    )
    found = run(tmp_path, "{kind: predictions, scores: [pa, pb, pc]}").predictions["test"]
    assert found.y_score is not None
    assert found.y_score[0].tolist() == [pytest.approx(0.7), pytest.approx(0.2), pytest.approx(0.1)]
    assert found.y_score[2].tolist() == [pytest.approx(v / 1.005) for v in (0.2, 0.405, 0.4)]
    assert np.allclose(found.y_score.sum(axis=1), 1, atol=1e-15)


@pytest.mark.parametrize(
    ("row", "cells", "words"),
    [
        (4, {"said": "maybe"}, "column 'said', row 4: 'maybe' is none of the target's classes"),
        (4, {"said": ""}, "column 'said', row 4: there is no value"),
        (6, {"p": 1.5}, "column 'p', row 6: the score 1.5 is outside 0 to 1"),
        (6, {"p": "high"}, "column 'p', row 6: 'high' is no finite number"),
        (6, {"p": "nan"}, "column 'p', row 6"),
        (6, {"p": "inf"}, "column 'p', row 6"),
        (9, {"part": "holdout"}, "column 'part', row 9: 'holdout' is no split"),
    ],
)
def test_what_is_no_prediction_is_named_by_column_and_row(
    tmp_path: Path, row: int, cells: dict[str, Any], words: str
) -> None:
    table(tmp_path, changed(row, **cells))
    assert words in refused(DataError, tmp_path)


def test_scores_that_do_not_sum_to_1_are_named_by_row(tmp_path: Path) -> None:
    rows = [("a", "a", 0.7, 0.2, 0.1), ("b", "b", 0.1, 0.8, 0.1), ("c", "c", 0.2, 0.1, 0.4)] * 2
    write(
        tmp_path, "x,truth,y_pred,pa,pb,pc\n" + "".join(f"{i}.5,{','.join(map(str, r))}\n" for i, r in enumerate(rows))
    )
    told = refused(DataError, tmp_path, "{kind: predictions, scores: [pa, pb, pc]}")
    assert "row 3: the scores sum to 0.7, not to 1" in told


def test_a_column_that_is_not_there_is_named_by_its_key(tmp_path: Path) -> None:
    table(tmp_path)
    told = refused(DataError, tmp_path, "{kind: predictions, predicted: guess}")
    assert "model.predicted: there is no column 'guess' in 't.csv'" in told
    assert "e.yaml:2:" in told
    told = refused(DataError, tmp_path, "{kind: predictions, predicted: said, scores: [p, q]}")
    assert "model.scores[1]" in told


def test_as_many_columns_of_scores_as_classes(tmp_path: Path) -> None:
    table(tmp_path)
    told = refused(DataError, tmp_path, "{kind: predictions, predicted: said, scores: [p, x, part]}")
    assert "3 columns of scores and 2 classes" in told
    assert "'no' and 'yes'" in told


def test_a_split_without_test_rows_is_refused(tmp_path: Path) -> None:
    table(tmp_path, tuple((*row[:4], "train") for row in ROWS))
    assert "no row with a target is of the test split" in refused(DataError, tmp_path)


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ("train: {epochs: 3}", "train"),
        ("clean: {duplicates: drop}", "clean"),
        ("split: {test: 0.5}", "split"),
        ("preprocess: {numeric: standard}", "preprocess"),
        ("repeats: 3", "repeats"),
        ("evaluate: {baselines: [dummy]}", "evaluate.baselines"),
        ("evaluate: {threshold: 0.3}", "evaluate.threshold"),
    ],
)
def test_what_would_do_nothing_is_refused_by_its_key(tmp_path: Path, more: str, key: str) -> None:
    table(tmp_path)
    told = refused(SpecError, tmp_path, more=more)
    assert f"{key}: the predictions were made elsewhere" in told
    assert "e.yaml:3:" in told


@pytest.mark.parametrize(
    ("model", "data", "words"),
    [
        ("{kind: predictions, predicted: truth}", "", "model.predicted: the target is the truth"),
        ("{kind: predictions, predicted: p, scores: p}", "", "model.scores: the column 'p' is named twice"),
        ("{kind: predictions, scores: p}", ", task: regression", "model.scores: a regression has no scores"),
        ("{kind: predictions, path: p.csv}", ", sample: 5", "data.sample: a sample of the table has other rows"),
        ("{kind: predictions, predicted: said}", ", columns: {said: text}", "data.columns.said"),
        ("{kind: predictions, predicted: said}", ", sensitive: [said]", "data.sensitive[0]"),
        ("{kind: predictions}", ", task: forecast, forecast: {time: x, window: 2}", "not yet"),
        ("{kind: predictions, path: 'sklearn:iris'}", "", "model.path: 'sklearn:iris' is no file of predictions"),
        ("{kind: predictions, path: x.pkl}", "", "can execute code"),
    ],
)
def test_wrong_combinations_are_refused_by_key(tmp_path: Path, model: str, data: str, words: str) -> None:
    table(tmp_path)
    assert words in refused(SpecError, tmp_path, model, f"path: t.csv, target: truth{data}")


def test_the_files_of_the_data_tell_the_split(tmp_path: Path) -> None:
    head = "x,truth,y_pred\n"
    write(tmp_path, head + "1.5,a,a\n2.5,b,a\n3.5,a,a\n", "train.csv")
    write(tmp_path, head + "1.7,a,b\n2.7,b,b\n", "test.csv")
    found = run(tmp_path, "{kind: predictions}", "path: train.csv, test: test.csv, target: truth")
    assert {name: one.y_pred.tolist() for name, one in found.predictions.items()} == {
        "train": [0, 0, 0],
        "test": [1, 1],
    }


def test_no_check_or_figure_breaks_where_there_are_test_rows_alone(tmp_path: Path) -> None:
    from reportgen.api import execute

    table(tmp_path)
    text = "data: {path: t.csv, target: truth}\nmodel: {kind: predictions, predicted: said, scores: p}\n"
    report = execute(draft_of(text, str(tmp_path / "e.yaml")), Session(inline=True))
    assert report.warnings == ()
    assert report.document.evidence.predictions["test"]["y_pred"][:2] == [1, 0]
    assert {"summary", "data", "preparation", "evaluation", "record"} <= {one.key for one in report.document.sections}


def test_gates_are_judged_on_given_predictions(tmp_path: Path) -> None:
    table(tmp_path)
    found = run(tmp_path, more='expect: {test.accuracy: ">= 0.7", test.recall: ">= 0.9"}')
    assert [gate.passed for gate in found.gates] == [True, False]
    assert math.isclose(found.gates[0].value or 0, 5 / 7)
    assert replace(found.gates[0]).expression == "test.accuracy"


def test_scores_may_be_numbers_of_any_width_or_words(tmp_path: Path) -> None:
    """A file of numbers is read as numbers, without a detour by words; the report is the same."""
    labels, scores = ["a", "b", "c"], {"b": ["0.25", "0.5", "0.125"], "c": [0.25, 0.25, 0.625], "a": [0.5, 0.25, 0.25]}
    frame = pd.DataFrame({"truth": labels, "y_pred": labels, **scores})
    frame = pd.concat([frame, frame], ignore_index=True)
    frame["c"] = frame["c"].astype("float32")
    frame.to_parquet(tmp_path / "t.parquet")
    model = f"{{kind: predictions, scores: [{', '.join(labels)}]}}"
    test = run(tmp_path, model, "path: t.parquet, target: truth").predictions["test"]
    assert test.y_score is not None
    assert test.y_score.tolist() == 2 * [[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0.25, 0.125, 0.625]]


def test_scores_of_many_classes_stand_in_their_order(tmp_path: Path) -> None:
    """More columns than are put side by side at once, and rows without a target among them."""
    k, rng = 150, np.random.default_rng(0)
    score = rng.dirichlet(np.ones(k), 2 * k)
    names = [f"kind {code:03}" for code in range(k)]
    frame = pd.DataFrame(score, columns=[f"p{code}" for code in range(k)])
    frame["truth"] = [*names, *names[:-1], None]
    frame["y_pred"] = [*names, *names]
    frame.to_parquet(tmp_path / "t.parquet")
    columns = ", ".join(f"p{code}" for code in range(k))
    found = run(tmp_path, f"{{kind: predictions, scores: [{columns}]}}", "path: t.parquet, target: truth")
    test = found.predictions["test"]
    assert test.y_score is not None
    assert test.y_score == pytest.approx(score[:-1], abs=1e-12)
