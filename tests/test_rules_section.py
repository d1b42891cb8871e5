"""A tree as rules in the report, why a forest has none, and what each metric means."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reportgen import registry
from reportgen.dataset import Kind
from reportgen.document import Group, Note, Table
from reportgen.fitted import Condition, Rule
from reportgen.metrics import score_prediction
from reportgen.results import FigureData, Run, Words
from reportgen.sections import _glossary as glossary
from reportgen.sections import _rules as section
from tests import runs

HIGH = Rule((Condition("radius", True, 0.25),), 30, (0.2, 0.8))
LOW = Rule((Condition("radius", False, 0.25),), 10, (0.9, 0.1), leaves=4)


def with_rules(*found: Rule, sensitive: bool = False) -> Run:
    """A run whose feature `radius` is its column, standardised by hand: value 10 is -1, 20 is 0, 30 is 1 ..."""
    run = runs.binary()
    assert run.dataset is not None
    assert run.splits is not None
    assert run.fitted is not None
    frame = run.dataset.frame.copy()
    frame["radius"] = 10.0 * (1 + np.arange(len(frame)) % 5)
    columns = tuple(
        replace(one, sensitive=sensitive, kind=Kind.NUMERIC) if one.name == "radius" else one
        for one in run.dataset.columns
    )
    place = run.splits.feature_names.index("radius")
    parts = {}
    for name, part in run.splits.parts.items():
        X = part.X.copy()
        X[:, place] = frame["radius"].to_numpy()[part.rows] / 10 - 2
        parts[name] = replace(part, X=X)
    splits = replace(run.splits, parts=parts, made_from={**run.splits.made_from, "radius": "radius"})
    fitted = replace(run.fitted, rules=found, trees=1)
    return replace(run, dataset=replace(run.dataset, frame=frame, columns=columns), splits=splits, fitted=fitted)


def table(run: Run) -> Table:
    (found,) = section.rules(run)
    assert isinstance(found, Table)
    return found


def test_a_rule_names_the_bound_in_the_unit_of_the_column() -> None:
    """0.25 as prepared lies between 0 and 1, which are 20 and 30 in the table."""
    assert [row[0] for row in table(with_rules(LOW, HIGH)).rows] == ["radius > 25.0", "radius ≤ 25.0"]


def test_rules_stand_with_rows_share_class_and_purity_the_largest_first() -> None:
    labels = with_rules().task.labels  # type: ignore[union-attr]
    assert [row[1:] for row in table(with_rules(LOW, HIGH)).rows] == [
        (30, 0.75, labels[1], 0.8),
        (10, 0.25, labels[0], 0.9),
    ]


def test_a_tree_that_is_cut_says_so() -> None:
    assert (
        "The tree has 5 leaves; rules that stand for several of them (1 of 2)" in table(with_rules(LOW, HIGH)).caption
    )
    assert "leaves" not in table(with_rules(HIGH)).caption


def test_no_bound_of_a_sensitive_column_is_told() -> None:
    told = [str(row[0]) for row in table(with_rules(LOW, HIGH, sensitive=True)).rows]
    assert told == ["radius above a bound", "radius up to a bound"]


def test_a_rule_without_conditions_holds_always() -> None:
    assert table(with_rules(Rule((), 40, (0.5, 0.5)))).rows[0][0] == "always"


@pytest.mark.parametrize(("trees", "notes"), [(200, 1), (1, 0), (None, 0)])
def test_of_many_trees_none_is_shown_and_the_report_says_why(trees: int | None, notes: int) -> None:
    run = runs.binary()
    assert run.fitted is not None
    found = section.many_trees(replace(run, fitted=replace(run.fitted, trees=trees)))
    assert len(found) == notes
    for note in found:
        assert isinstance(note, Note)
        assert note.text.startswith("The model is 200 trees; no single one of them says what it says.")


def test_every_metric_that_was_measured_is_explained_once() -> None:
    run = runs.binary()
    assert run.task is not None
    scores = score_prediction(run.predictions["test"], run.task, ("accuracy", "brier"))
    (fold,) = glossary.blocks(replace(run, scores=tuple(scores), baselines={}))
    assert isinstance(fold, Group)
    (found,) = fold.blocks
    assert isinstance(found, Table)
    assert [row[:3] for row in found.rows] == [
        ("Accuracy", "Share of the rows whose class is right.", 1.0),
        ("Brier score", "Mean squared distance of the probabilities to what happened.", 0.0),
    ]
    assert [row[-1] for row in found.rows] == ["sklearn.metrics.accuracy_score", "sklearn.metrics.brier_score_loss"]


def test_what_is_measured_of_single_labels_alone_is_no_line_of_its_own() -> None:
    run = runs.multilabel()
    assert run.task is not None
    scores = score_prediction(run.predictions["test"], run.task, ("hamming_loss",), per_class=True)
    (fold,) = glossary.blocks(replace(run, scores=tuple(scores), baselines={}))
    assert isinstance(fold, Group)
    (found,) = fold.blocks
    assert isinstance(found, Table)
    assert any(score.label for score in scores)
    assert [row[0] for row in found.rows] == ["Hamming loss"]


def test_a_run_without_scores_explains_no_metric() -> None:
    assert glossary.blocks(replace(runs.binary(), scores=())) == []


def coefficients(**changes: object) -> tuple[FigureData, Words]:
    run = runs.sklearn_model(runs.binary())
    assert run.fitted is not None
    values = {"radius": (2.0,), "height": (-0.5,)}
    fitted = replace(run.fitted, title="LogisticRegression", coefficients=values, **changes)  # type: ignore[arg-type]
    unit = registry.load("figures", "coefficients")
    (data,) = unit.compute(replace(run, fitted=fitted))
    return data, unit.describe(data)


def test_coefficients_have_the_interval_of_their_standard_errors() -> None:
    data, words = coefficients(coefficient_errors={"radius": 0.5, "height": 0.5})
    assert data.columns["low"] == pytest.approx([2 - 1.959964 * 0.5, -0.5 - 1.959964 * 0.5], abs=1e-5)
    assert data.columns["high"] == pytest.approx([2 + 1.959964 * 0.5, -0.5 + 1.959964 * 0.5], abs=1e-5)
    assert "1 of 2 do not hold zero" in words.caption


def test_few_rows_make_the_interval_that_of_student() -> None:
    data, _ = coefficients(coefficient_errors={"radius": 0.5, "height": 0.5}, coefficient_degrees=4)
    assert data.columns["high"][0] == pytest.approx(2 + 2.776445 * 0.5, abs=1e-5)


def test_without_intervals_the_caption_says_why() -> None:
    data, words = coefficients(without_errors="a penalty shrinks them")
    assert "low" not in data.columns
    assert "They have no intervals: a penalty shrinks them." in words.caption


def test_a_logistic_coefficient_is_told_as_a_factor_of_the_odds() -> None:
    _, words = coefficients()
    assert "of radius multiplies the odds by 7.39." in words.caption  # e²
