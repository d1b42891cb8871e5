"""What the sections say of a run: the verdict's sentences, the record, the findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from reportgen.dataset import Kind, Task
from reportgen.document import (
    Block,
    Chart,
    Document,
    FindingBlock,
    Group,
    KeyFigures,
    Note,
    Section,
    Table,
    Text,
    from_json,
    to_json,
)
from reportgen.errors import NotApplicable
from reportgen.metrics import score_prediction
from reportgen.profile import profile
from reportgen.profile.summaries import Association, Associations, MissingTogether, TimeProfile
from reportgen.provenance import Provenance
from reportgen.results import Finding, Gate, Prediction, Run, Status
from reportgen.sections import data, evaluation, findings, record, summary, training
from reportgen.sections._verdict import verdict
from reportgen.sections._words import moment, number
from reportgen.spec import Data, Report, Spec
from tests import runs
from tests.tables import dataset

PROVENANCE = Provenance(42, "0" * 64, "example.csv", "csv", 12_345, "1" * 64, "CPython 3.11", "Linux", {"numpy": "2.0"})


class NoFigures:
    """A gallery without a figure, or with notes on those that are not there."""

    def __init__(self, *missing: Note) -> None:
        self._missing = list(missing)

    def take(self, *names: str) -> list[Block]:
        return []

    def pair(self, *names: str) -> list[Block]:
        return []

    def row(self, *names: str) -> list[Block]:
        return []

    def rest(self, section: str) -> list[Block]:
        return []

    def missing(self) -> list[Note]:
        return self._missing


def said(right: Mapping[str, int], of: int = 100, **changed: Any) -> Run:
    """A binary run in which each model is right on so many of the first test cases, with its scores."""
    run = runs.binary()
    assert run.task is not None
    truth = np.arange(of) % 2

    def prediction(hits: int) -> dict[str, Prediction]:
        y_pred = np.where(np.arange(of) < hits, truth, 1 - truth)
        return {"test": Prediction("test", truth, y_pred, None, run.task.labels if run.task else ())}

    made = {model: prediction(hits) for model, hits in right.items()}
    scores = [
        score
        for model, by_split in made.items()
        for score in score_prediction(by_split["test"], run.task, ("accuracy", "f1"), model=model)
    ]
    model = made.pop("model")
    return replace(run, predictions=model, baselines=made, scores=tuple(scores), **changed)


def data_only(run: Run, **changed: Any) -> Run:
    return replace(run, fitted=None, predictions={}, baselines={}, splits=None, **changed)


def of(frame: pd.DataFrame, kinds: dict[str, Kind] | None = None, **more: Any) -> Run:
    """A run on data alone: numbers are numeric and the rest categorical unless said otherwise."""
    kinds = dict.fromkeys(map(str, frame), Kind.CATEGORICAL) | _numeric(frame) | (kinds or {})
    report = Report(samples=more.pop("samples", 0))
    findings = more.pop("findings", ())
    made = dataset(frame, kinds, **more)
    spec = Spec(data=Data(path="table.csv"), report=report)
    return Run(spec=spec, dataset=made, profile=profile(made), findings=findings)


def _numeric(frame: pd.DataFrame) -> dict[str, Kind]:
    return {str(name): Kind.NUMERIC for name in frame if frame[name].dtype.kind in "if"}


def table(run: Run, name: str = "table-columns") -> Table:
    return next(block for block in walked(data.compose(run, NoFigures())) if getattr(block, "id", "") == name)  # type: ignore[return-value]


def walked(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        yield from walked(getattr(block, "blocks", ()))


def lines(run: Run) -> list[str]:
    return [str(row[0]) for row in table(run).rows]


def unfolded(run: Run, name: str) -> list[Any]:
    found = table(run)
    return list(found.details[[row[0] for row in found.rows].index(name)])


def facts(run: Run, name: str) -> dict[str, tuple[str, str]]:
    blocks = [block for block in unfolded(run, name) if isinstance(block, KeyFigures)]
    return {item.label: (item.value, item.note) for block in blocks for item in block.items}


def words(run: Run) -> list[str]:
    return [str(paragraph) for paragraph in verdict(run)]


def test_columns_are_in_one_order_whatever_the_measure() -> None:
    """An AUC of 0.6 is a weaker relation than a Cramér's V of 0.4, though the larger number."""
    n = 400
    label = np.where(np.arange(n) % 2, "b", "a")
    # Of the words 70 % agree with the label, so that V is 0.4; numbers are 0.2 higher in 0 to 1, so that AUC is 0.68.
    agrees = np.arange(n) // 2 % 10 < 7
    words = np.where(agrees == (label == "a"), "u", "v")
    number = (np.arange(n) // 2 / 200) + 0.2 * (label == "b")
    frame = pd.DataFrame(
        {"number": number, "words": pd.Series(words, dtype="str"), "label": pd.Series(label, dtype="str")}
    )
    run = of(frame, task=Task("binary", "label", ("a", "b")))
    assert run.profile is not None
    shown = {row.name: row.relation for row in run.profile.columns if row.relation}
    assert shown["number"].value > shown["words"].value
    assert [row[0] for row in table(run).rows] == ["label", "words", "number"]
    assert "Of 2 columns, words alone tells" in " ".join(map(str, verdict(run)))


class TestTheVerdict:
    def test_opens_with_what_is_right_where_nothing_was_asked_for(self) -> None:
        assert words(said({"model": 90}))[0].startswith("90 of 100 test cases are right. Accuracy is 0.900 (")

    def test_says_that_a_difference_is_shown(self) -> None:
        # 30 cases only the model gets right, none the other way round: p = 2 x 0.5^30.
        paragraph = words(said({"model": 90, "linear": 60}))[-1]
        assert paragraph.startswith("The model is better than logistic regression.")
        assert "The model is right on 90 of 100 test cases, logistic regression on 60" in paragraph
        assert "p < 0.001" in paragraph

    def test_says_that_a_model_is_worse(self) -> None:
        assert words(said({"model": 60, "linear": 90}))[-1].startswith("The model is worse than logistic regression.")

    def test_says_what_these_rows_cannot_tell(self) -> None:
        # Three cases: p = 2 x 0.5^3 = 0.25; the smallest that 3 discordant rows could show is more than all of them.
        paragraph = words(said({"model": 90, "linear": 87}))[-1]
        assert "logistic regression is not shown." in paragraph
        assert "cannot be told from chance" in paragraph
        assert "p = 0.25" in paragraph

    def test_compares_with_guessing_where_there_is_no_linear_model(self) -> None:
        assert "always guessing the same" in words(said({"model": 90, "dummy": 50}))[-1]

    def test_compares_with_nothing_where_there_is_no_baseline(self) -> None:
        assert len(words(said({"model": 90}))) == 1

    @pytest.mark.parametrize(
        ("passed", "head"),
        [
            ((True,), "The gate passed."),
            ((False,), "The gate failed."),
            ((True, True), "Both gates passed."),
            ((True, True, True), "All 3 gates passed."),
            ((False, True, True), "One of 3 gates failed."),
            ((False,) * 10, "10 of 10 gates failed."),
        ],
    )
    def test_opens_with_the_gates_where_there_are_any(self, passed: tuple[bool, ...], head: str) -> None:
        gates = tuple(Gate("test.accuracy", ">= 0.85" if one else ">= 0.95", 0.9, one) for one in passed)
        run = said({"model": 90}, gates=gates)
        assert words(run)[0].startswith(f"{head} Accuracy on test is 0.900, asked for at least 0.")
        assert verdict(run)[0].spans[0].style == ("pass" if all(passed) else "fail")

    def test_names_the_failed_gates_alone(self) -> None:
        gates = (Gate("test.accuracy", ">= 0.5", 0.9, True), Gate("test.f1", ">= 0.95", 0.9, False))
        assert words(said({"model": 90}, gates=gates))[0] == (
            "One of 2 gates failed. F1 on test is 0.900, asked for at least 0.95."
        )

    def test_reads_a_gap_between_splits_as_a_gap(self) -> None:
        gate = Gate("train.accuracy - test.accuracy", "<= 0.05", 0.08, False)
        assert "is 0.080 above test, asked for at most 0.05." in words(said({"model": 90}, gates=(gate,)))[0]

    def test_says_of_a_gate_without_a_value_that_it_has_none(self) -> None:
        gate = Gate("test.roc_auc", ">= 0.9", None, False, "test.roc_auc has no value")
        assert words(said({"model": 90}, gates=(gate,)))[0].endswith("on test has no value, asked for at least 0.9.")

    def test_of_a_regression_tells_the_variance_and_the_errors(self) -> None:
        run = runs.regression()
        assert run.task is not None
        scores = tuple(
            score
            for model, by_split in {"model": run.predictions, **run.baselines}.items()
            for score in score_prediction(by_split["test"], run.task, ("r2", "mae"), model=model)
        )
        found = words(replace(run, scores=scores))
        assert found[0].startswith("The model explains 9")
        assert "% of the variance of price." in found[0]
        assert found[1].startswith("The model is better than linear regression. The mean absolute error is ")

    @pytest.mark.parametrize(
        ("ended", "epoch", "head"),
        [
            ("interrupted", 3, "Interrupted at epoch 3 of 40."),
            ("interrupted", None, "Interrupted in training."),
            ("diverged", 1, "Training diverged at epoch 1 of 40."),
        ],
    )
    def test_opens_with_a_training_that_did_not_end_well(self, ended: Any, epoch: int | None, head: str) -> None:
        run = said({"model": 90, "linear": 60})
        assert run.fitted is not None
        run = replace(run, fitted=replace(run.fitted, ended=ended, epoch=epoch))
        assert words(run)[0].startswith(head)
        assert len(words(run)) == 3
        nothing = replace(run, predictions={}, scores=())
        assert words(nothing)[0].endswith("There is no model to describe.")
        assert len(words(nothing)) == 1

    def test_on_data_alone_counts_rows_and_kinds(self) -> None:
        run = runs.binary(rows=120)
        found = words(replace(run, fitted=None, predictions={}, baselines={}))
        assert found[0] == (
            "120 rows and 8 columns. By kind: 6 numeric and 2 categorical. No model was asked for: "
            "this is a report on the data of example.csv."
        )
        assert found[1].startswith("Of 7 columns, ")
        assert " alone tells the target best (AUC " in found[1]

    def test_on_data_alone_counts_what_the_checks_found(self) -> None:
        found = [Finding(f"c{at}", "failed", grade, "T") for at, grade in enumerate(("warning", "notice", "notice"))]  # type: ignore[arg-type]
        found += [Finding("p", "passed", "notice", "T"), Finding("n", "not applicable", "notice", "T")]
        run = data_only(runs.binary(), findings=tuple(found))
        assert "3 of 4 checks found something: 1 warning and 2 notices." in words(run)[0]
        quiet = data_only(runs.binary(), findings=tuple(found[3:]))
        assert "None of 1 check found anything to report." in words(quiet)[0]


class TestTheSummary:
    def test_shows_the_stronger_baseline_first(self) -> None:
        table = summary.headline(said({"model": 90, "linear": 87, "dummy": 50}))
        assert [column.title for column in table.columns][-2:] == ["logistic", "dummy"]
        assert [row[0] for row in table.rows] == ["Accuracy", "F1"]

    def test_of_data_alone_shows_their_shape(self) -> None:
        run = replace(runs.binary(rows=120), fitted=None, predictions={}, baselines={})
        (shape,) = summary.compose(run, NoFigures())
        assert [(item.label, item.value) for item in shape.items][:2] == [("rows", "120"), ("columns", "8")]  # type: ignore[union-attr]


class TestTheLines:
    def test_begin_with_the_target_and_go_on_by_how_well_each_tells_it(self) -> None:
        run = runs.binary()
        assert run.profile is not None
        strength = {c.name: c.relation.value for c in run.profile.columns if c.relation}
        assert lines(run) == ["target", *sorted(strength, key=lambda name: -strength[name])]

    def test_without_a_target_begin_with_what_needs_a_look(self) -> None:
        frame = pd.DataFrame({"a": [1.0, 2, 3, 4], "gaps": [1.0, np.nan, np.nan, 4], "odd": [1.0, 1, 1, 9]})
        found = Finding("skew", "failed", "notice", "T", group="columns", subjects=("odd",))
        assert lines(of(frame)) == ["gaps", "a", "odd"]
        assert lines(of(frame, findings=(found,))) == ["odd", "gaps", "a"]

    def test_say_that_they_stand_in_their_order_only_where_they_do(self) -> None:
        whole, gaps = pd.DataFrame({"a": [1.0, 2], "b": [3.0, 4]}), pd.DataFrame({"a": [1.0, 2], "b": [3.0, np.nan]})
        assert table(of(whole)).caption == "in their order."
        assert table(of(gaps)).caption == "those with findings or gaps first."

    def test_show_gaps_only_where_there_are_any(self) -> None:
        whole, gaps = pd.DataFrame({"a": [1.0, 2]}), pd.DataFrame({"a": [1.0, np.nan]})
        assert "missing" not in [column.title for column in table(of(whole)).columns]
        shown = table(of(gaps))
        assert shown.rows[0][[column.title for column in shown.columns].index("missing")] == 0.5

    def test_of_numbers_alone_have_their_moments_and_of_other_kinds_what_is_typical(self) -> None:
        numbers = pd.DataFrame({"a": [1.0, 2, 6]})
        heads = [column.title for column in table(of(numbers)).columns]
        assert heads == ["column", "kind", "distribution", "mean", "sd", "min", "median", "max"]
        assert table(of(numbers)).rows[0][3:] == pytest.approx((3.0, np.std([1, 2, 6], ddof=1), 1.0, 2.0, 6.0))
        mixed = numbers.assign(city=pd.Series(["Oslo", "Oslo", "Rome"], dtype="str"))
        mixed = pd.concat([mixed] * 5, ignore_index=True)
        assert {row[0]: row[4:] for row in table(of(mixed)).rows} == {
            "a": ("2", "1\u00a0–\u00a06"),
            "city": ("Oslo, 67\u202f%", None),
        }

    def test_of_a_wide_table_are_partly_folded_and_the_first_ones_unfold(self) -> None:
        run = of(pd.DataFrame(np.arange(2200.0).reshape(2, 1100), columns=[f"c{at}" for at in range(1100)]))
        first, rest = table(run), table(run, "table-columns-more")
        assert (len(first.rows), first.total, len(rest.rows), rest.total) == (40, 1100, 960, 1060)
        assert len(first.details) + len(rest.details) == 60
        assert "The first 60 unfold to their full profile." in first.caption

    def test_link_to_the_checks_that_found_something(self) -> None:
        found = Finding("skew", "failed", "notice", "One column is skewed.", group="columns", subjects=("a",))
        passed = replace(found, check="gaps", status="passed")
        texts = [
            b for b in unfolded(of(pd.DataFrame({"a": [1.0, 2]}), findings=(found, passed)), "a") if isinstance(b, Text)
        ]
        assert [(span.text, span.href) for text in texts for span in text.spans if span.href] == [
            ("One column is skewed", "#finding-skew")
        ]


class TestTheTargetIsTold:
    def test_largest_class_first_and_the_table_is_not_counted_again(self) -> None:
        run = data_only(runs.multiclass())
        assert run.profile is not None
        assert run.dataset is not None
        assert run.task is not None
        task = replace(run.task, stated="the target has 3 different values")
        spec = Spec(data=Data(path="table.csv", target="target"))
        run = replace(run, spec=spec, dataset=replace(run.dataset, task=task))
        said = "".join(span.text for span in data.compose(run, NoFigures())[0].spans)  # type: ignore[union-attr]
        sizes = sorted(run.profile.class_counts.values(), reverse=True)
        assert [int(word) for word in said.split() if word.isdigit()] == sizes
        assert "columns" not in said
        assert "different values" not in said


class TestWhatALineUnfoldsTo:
    def test_of_even_times_has_no_chart_of_weekdays_and_of_uneven_ones_has(self) -> None:
        every = pd.DataFrame({"t": pd.date_range("2024-01-01", periods=364, freq="D")})
        kinds = {"t": Kind.DATETIME}
        assert "By weekday" not in [b.title for b in unfolded(of(every, kinds), "t") if isinstance(b, Chart)]
        work = every[every["t"].dt.weekday < 5].reset_index(drop=True)
        assert "By weekday" in [b.title for b in unfolded(of(work, kinds), "t") if isinstance(b, Chart)]

    def test_of_more_classes_than_colours_shows_all_rows_as_one(self) -> None:
        run = runs.multiclass(labels=tuple(f"class {n}" for n in range(8)))
        charts = [block for name in lines(run) for block in unfolded(run, name) if isinstance(block, Chart)]
        assert {len(chart.series) for chart in charts} == {1}

    def test_of_numbers_are_quantiles_and_moments(self) -> None:
        values = pd.Series(np.random.default_rng(0).normal(50, 20, 200))
        values[:10], values[10:15] = np.nan, 0
        found = facts(of(pd.DataFrame({"a": values})), "a")
        assert found["median"][0] == f"{values.median():.2f}"
        assert found["75 %"][0] == f"{values.quantile(0.75):.2f}"
        assert found["mean"][0] == f"{values.mean():.2f}"
        assert found["standard deviation"][0] == f"{values.std():.1f}"
        assert found["missing"] == ("10", "5.0\u202f%")
        assert found["zeros"] == ("5", "2.6\u202f%")

    def test_of_categories_are_the_levels_with_their_classes(self) -> None:
        run = runs.binary()
        assert run.dataset is not None
        (chart,) = (block for block in unfolded(run, "city") if isinstance(block, Chart))
        counted = pd.crosstab(run.dataset.frame["city"], run.dataset.frame["target"])
        assert (chart.form, chart.total) == ("rows", 400)
        assert dict(zip(chart.labels, zip(*chart.series, strict=True), strict=True)) == {
            name: tuple(row) for name, row in zip(counted.index, counted.to_numpy().tolist(), strict=True)
        }

    def test_of_a_sensitive_column_show_no_value(self) -> None:
        frame = pd.DataFrame({"pay": [1234.5] * 9 + [9876.5], "who": pd.Series(["Zoë"] * 10, dtype="str")})
        run = of(frame, sensitive=("pay", "who"), samples=5)
        text = to_json(Document("t", (Section("data", "Data", tuple(data.compose(run, NoFigures()))),)))
        assert "declared sensitive" in text
        assert not any(value in text for value in ("1234", "1,234", "9876", "9,87", "Zoë"))

    def test_of_dates_are_the_ends_and_the_step(self) -> None:
        frame = pd.DataFrame({"day": pd.date_range("2024-01-30", periods=40, freq="D")})
        found = facts(of(frame, {"day": Kind.DATETIME}), "day")
        assert (found["first"][0], found["last"][0]) == ("2024-01-30", "2024-03-09")

    def test_end_an_axis_of_whole_numbers_at_the_numbers(self) -> None:
        (chart,) = [
            b
            for b in unfolded(of(pd.DataFrame({"a": [1.0, 2, 2, 3, 9]})), "a")
            if isinstance(b, Chart) and b.form == "axis"
        ]
        assert chart.labels == ("1", "9")


@pytest.mark.parametrize(
    ("iso", "said"),
    [
        ("2024-01-02", "2024-01-02"),
        ("2024-01-02 00:00:00", "2024-01-02"),
        ("2024-01-02T10:20:00", "2024-01-02 10:20"),
        ("2024-01-02 10:20:30", "2024-01-02 10:20:30"),
    ],
)
def test_a_time_is_said_without_what_is_nothing(iso: str, said: str) -> None:
    assert moment(iso) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(2024, "2024"), (-3, "−3"), (12345, "12,345"), (0.12345, "0.123"), (None, "–"), (1e300, "1.00e+300")],
)
def test_a_number_of_four_digits_has_no_separator(value: float | None, said: str) -> None:
    assert number(value) == said


class TestTheRows:
    FRAME = pd.DataFrame({"a": np.arange(50.0), "key": pd.Series([f"k{at}" for at in range(50)], dtype="str")})

    def test_are_shown_as_they_are_only_where_asked_for_and_without_ids(self) -> None:
        assert not any(
            getattr(b, "id", "") == "table-samples" for b in walked(data.compose(of(self.FRAME), NoFigures()))
        )
        run = of(self.FRAME, {"key": Kind.ID}, samples=3)
        shown = table(run, "table-samples")
        assert [column.title for column in shown.columns] == ["row", "a"]
        assert [int(str(row[0])) - 1 for row in shown.rows] == [int(str(row[1])) for row in shown.rows]
        assert len(shown.rows) == 3
        assert "1 sensitive, id or image column left out." in shown.caption
        assert table(run, "table-samples") == shown  # the seed decides

    def test_that_repeat_or_contradict_others_are_counted_with_their_share(self) -> None:
        run = of(pd.concat([self.FRAME, self.FRAME.iloc[:10]], ignore_index=True))
        assert table(run, "table-rows").rows[0] == ("rows that repeat an earlier one in every column", 10, 10 / 60)

    def test_of_a_sample_say_of_how_many_they_are(self) -> None:
        notes = [b.text for b in data.compose(of(self.FRAME, sampled_from=1000), NoFigures()) if isinstance(b, Note)]
        assert notes == ["This is a random sample: 50 of 1,000 rows (5.0\u202f%). Every number describes the sample."]

    def test_given_apart_are_counted_by_split(self) -> None:
        run = of(self.FRAME, given={"train": (0, 40), "test": (40, 50)})
        texts = [str(block) for block in data.compose(run, NoFigures()) if isinstance(block, Text)]
        assert "The splits came in files of their own: rows 40 for train and 10 for test." in texts


class TestTheTime:
    TIME = TimeProfile(
        "2024-01-01",
        "2024-03-01",
        "day",
        86_400.0,
        0.02,
        (("2024-01-05", "2024-01-12", 604_800.0),),
        1,
        (0.0, 1.0),
        (1,),
    )

    def run(self, time: TimeProfile) -> Run:
        run = of(pd.DataFrame({"day": pd.date_range("2024-01-01", periods=9, freq="D")}), {"day": Kind.DATETIME})
        assert run.profile is not None
        column = replace(run.profile.columns[0], time=time)
        return replace(run, profile=replace(run.profile, columns=(column,), time_column="day"))

    def test_has_its_gaps_in_a_table(self) -> None:
        assert table(self.run(self.TIME), "table-gaps").rows == (("2024-01-05", "2024-01-12", "7 days"),)

    def test_without_a_step_has_no_gaps(self) -> None:
        blocks = list(walked(data.compose(self.run(replace(self.TIME, irregular=0.9)), NoFigures())))
        assert not any(getattr(block, "id", "") == "table-gaps" for block in blocks)

    def test_says_what_it_covers(self) -> None:
        blocks = walked(data.compose(self.run(replace(self.TIME, gaps=(), n_gaps=0, irregular=0.0)), NoFigures()))
        said = next(str(block) for block in blocks if str(block).startswith("day runs"))
        assert said.startswith("day runs from 2024-01-01 to 2024-03-01, by a median step of 1 day, all of them alike.")
        assert said.endswith("There is no gap.")


def test_gaps_in_the_same_rows_are_listed_where_any_go_together() -> None:
    run = of(pd.DataFrame({"a": [1.0, 2, 3]}))
    assert run.profile is not None
    patterns = ((("a", "b"), 2), (("a",), 1))
    together = MissingTogether(("a", "b"), ((1.0, 0.9), (0.9, 1.0)), patterns, 2, 0)
    shown = table(replace(run, profile=replace(run.profile, missing=together)), "table-missing")
    assert shown.rows == (("a and b", 2, 2, 2 / 3), ("a", 1, 1, 1 / 3))
    alone = replace(together, patterns=patterns[1:], n_patterns=1)
    blocks = data.compose(replace(run, profile=replace(run.profile, missing=alone)), NoFigures())
    assert not any(getattr(block, "id", "") == "table-missing" for block in walked(blocks))


def test_columns_that_go_together_are_listed_strongest_first_from_a_size_on() -> None:
    run = of(pd.DataFrame({"a": [1.0, 2, 3]}))
    assert run.profile is not None
    pairs = (Association("a", "b", "Spearman", -0.8), Association("a", "c", "Cramér's V", 0.2))
    together = replace(run.profile, associations=Associations(strongest=pairs, rows=3))
    shown = table(replace(run, profile=together), "table-associations")
    assert shown.rows == (("a", "b", "rank correlation", -0.8),)


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_a_table_of_few_rows_is_told(rows: int) -> None:
    words = pd.Series(["x", "y", "z"], dtype="str")
    frame = pd.DataFrame({"a": [1.0, 2, 3], "b": words, "c": words}).iloc[:rows]
    blocks = data.compose(of(frame, {"b": Kind.TEXT, "c": Kind.ID}, samples=3), NoFigures())
    assert from_json(to_json(Document("t", (Section("data", "Data", tuple(blocks)),)))).sections


class TestTheRecord:
    def carried(self, run: Run) -> str:
        blocks = record.compose(replace(run, provenance=PROVENANCE), NoFigures())
        return str(next(block for block in blocks if isinstance(block, Text)))

    def test_says_that_it_carries_the_predictions(self) -> None:
        assert "It carries the experiment file, the predictions and every score;" in self.carried(runs.binary())

    def test_says_that_more_than_20_000_predictions_are_left_out(self) -> None:
        assert "not the predictions" in self.carried(runs.regression(rows=20_001))

    def test_says_that_nothing_was_trained(self) -> None:
        run = replace(runs.binary(), fitted=None, predictions={}, baselines={}, provenance=PROVENANCE)
        table = next(block for block in record.compose(run, NoFigures()) if getattr(block, "id", "") == "table-record")
        assert ("backend", "none: nothing to train") in table.rows  # type: ignore[union-attr]

    def test_shows_every_warning_and_why_a_figure_is_not_there(self) -> None:
        run = replace(runs.binary(), provenance=PROVENANCE, warnings=("it did not converge",))
        missing = Note("Roc: needs scores.", "not applicable")
        broken = Note("The figure loss could not be drawn (ValueError).", "broken")
        blocks = record.compose(run, NoFigures(missing, broken))
        assert Note("it did not converge") in blocks
        shown = next(block for block in blocks if isinstance(block, Group) and broken in block.blocks)
        assert [block.rows for block in shown.blocks if isinstance(block, Table)] == [(("needs scores.", "Roc"),)]

    def test_needs_a_run(self) -> None:
        with pytest.raises(NotApplicable):
            record.compose(runs.binary(), NoFigures())


class TestTheFindings:
    def composed(self, *statuses: Status) -> list[Block]:
        found = tuple(Finding(f"c{at}", status, "warning", f"Title {at}", "why") for at, status in enumerate(statuses))
        return findings.compose(replace(runs.binary(), findings=found), NoFigures())

    @pytest.mark.parametrize(
        ("statuses", "sentence"),
        [
            (("passed", "passed"), "No check found anything to report. 2 checks ran."),
            (("passed", "off", "not applicable"), "No check found anything to report. 1 check ran."),
            (("failed", "passed", "off"), "1 of 2 checks found something."),
            (("broken", "passed"), "1 check stopped before an answer."),
            (("failed", "broken"), "1 check stopped before an answer."),
        ],
    )
    def test_count_the_checks_that_ran(self, statuses: tuple[Status, ...], sentence: str) -> None:
        assert sentence in str(self.composed(*statuses)[0])

    def test_show_what_failed_or_broke_and_fold_the_rest(self) -> None:
        blocks = self.composed("failed", "broken", "passed", "not applicable", "off")
        assert [block.id for block in blocks if isinstance(block, FindingBlock)] == ["finding-c0", "finding-c1"]
        assert sum(isinstance(block, Group) for block in blocks) == 3


class TestTheTraining:
    def test_of_a_model_without_epochs_does_not_apply(self) -> None:
        with pytest.raises(NotApplicable):
            training.compose(runs.sklearn_model(runs.binary()), NoFigures())

    @pytest.mark.parametrize(("ended", "kinds"), [("completed", []), ("early", []), ("interrupted", ["interrupted"])])
    def test_is_marked_where_it_was_cut_short(self, ended: Any, kinds: list[str]) -> None:
        run = runs.binary()
        assert run.fitted is not None
        run = replace(run, fitted=replace(run.fitted, ended=ended, epoch=20))
        assert [block.kind for block in training.compose(run, NoFigures()) if isinstance(block, Note)] == kinds


def test_the_evaluation_without_predictions_does_not_apply() -> None:
    with pytest.raises(NotApplicable):
        evaluation.compose(replace(runs.binary(), scores=()), NoFigures())


def test_every_class_has_a_line_with_its_cases() -> None:
    run = runs.multiclass(rows=150)
    assert run.task is not None
    scores = score_prediction(run.predictions["test"], run.task, ("accuracy",), per_class=True)
    blocks = evaluation.compose(replace(run, scores=scores, profile=profile(run.dataset)), NoFigures())  # type: ignore[arg-type]
    table = next(block for block in blocks if getattr(block, "id", "") == "table-classes")
    truth = run.predictions["test"].y_true
    assert [row[:2] for row in table.rows] == [  # type: ignore[union-attr]
        (label, int((truth == code).sum())) for code, label in enumerate(run.task.labels)
    ]
