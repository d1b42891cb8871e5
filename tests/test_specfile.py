"""The experiment file: what may be written, and what is said about what may not."""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import assume, example, given
from hypothesis import strategies as st

from reportgen import registry, spec, specfile
from reportgen.errors import LimitExceeded, ReportgenError, SpecError
from reportgen.spec import Mlp, SklearnModel, Spec
from reportgen.specfile import schema, yaml_text
from reportgen.specfile import yaml as yamlfile

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*/experiment.yaml"))
UNITS = {
    "metrics": ("accuracy", "f1", "recall", "roc_auc"),
    "sections": ("data", "summary"),
    "figures": ("confusion_matrix", "roc"),
    "checks": ("class_imbalance", "duplicates"),
}


@pytest.fixture(autouse=True)
def _units(monkeypatch):
    """Units of these tests' own, so that what is installed does not matter."""
    installed = registry.names
    monkeypatch.setattr(registry, "names", lambda family: UNITS.get(family) or installed(family))


def problems(text, overrides=()):
    with pytest.raises(ReportgenError) as caught:
        specfile.draft_of(text, "e.yaml", overrides)
    return caught.value.problems


def said(text, overrides=()):
    return [str(problem) for problem in problems(text, overrides)]


def only(text, overrides=()):
    (line,) = said(text, overrides)
    return line


MODEL = "data: {path: t.csv, target: y}\nmodel: {kind: mlp}\n"


# --- what may be written ------------------------------------------------------------------------------------------


def test_the_shortest_file_has_defaults_for_all_else():
    found = specfile.decode("data:\n  path: t.csv\n", "folder/wine.yaml")
    assert found == Spec.model_validate({"title": "wine", "data": {"path": "t.csv"}})
    assert (found.seed, found.model, found.split.test, found.train.epochs) == (42, None, 0.2, 100)


def test_the_title_as_written_wins_over_the_file_name():
    assert specfile.decode("title: Mine\ndata: {path: t.csv}", "e.yaml").title == "Mine"


def test_a_whole_experiment():
    found = specfile.decode(
        """
title: Breast cancer
authors: [R. Example, S. Other]
data:
  path: t.csv
  target: y
  task: binary
  positive: malignant
  columns: {zip: categorical, visited: datetime}
  options: {sep: ";", decimal: ",", encoding: gbk, missing: [NA, -999]}
  sensitive: [email]
clean: {duplicates: drop, missing: {numeric: mean}}
split: {test: 0.25, validation: 0.1, by: stratified}
model: {kind: mlp, hidden: [64, 32], dropout: 0.1}
train: {epochs: 20, learning_rate: 1e-3, early_stopping: {patience: 3}}
evaluate: {metrics: [accuracy, f1], threshold: .4}
expect: {test.f1: ">= 0.93", train.accuracy - test.accuracy: <= 0.05}
checks: {duplicates: off, class_imbalance: 3}
report: {formats: [html], figures: [roc]}
""",
        "e.yaml",
    )
    assert found.authors == ("R. Example", "S. Other")
    assert found.data.options.missing == ("NA", "-999")
    assert found.data.columns == {"zip": "categorical", "visited": "datetime"}
    assert found.clean.missing == spec.MissingPolicy(numeric="mean", categorical="most_frequent")
    assert found.model == Mlp(kind="mlp", hidden=(64, 32), dropout=0.1)
    assert (found.train.learning_rate, found.train.early_stopping.patience) == (0.001, 3)
    assert found.expect == {"test.f1": ">= 0.93", "train.accuracy - test.accuracy": "<= 0.05"}
    assert found.checks == {"duplicates": "off", "class_imbalance": 3.0}


def test_an_estimators_parameters_are_read_literally():
    found = specfile.decode(
        "data: {path: t.csv, target: y}\nmodel: {kind: sklearn, estimator: sklearn.svm.SVC,"
        " params: {C: 1e3, degree: 3, shrinking: true, probability: False, class_weight: null,"
        " kernel: rbf, no: [1, 'two'], code: 012}}",
        "e.yaml",
    )
    assert found.model == SklearnModel(
        kind="sklearn",
        estimator="sklearn.svm.SVC",
        params={
            "C": 1000.0,
            "degree": 3,
            "shrinking": True,
            "probability": False,
            "class_weight": None,
            "kernel": "rbf",
            "no": [1, "two"],
            "code": "012",
        },
    )


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_every_example_is_right(path, monkeypatch):
    monkeypatch.undo()
    found, text = specfile.load(path)
    assert found.title
    assert text == path.read_text(encoding="utf-8")


# --- what stays what the schema says ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written", ["no", "on", "yes", "012", "12:30:45", "1e3", "2024-01-01", "0x1f", "1_000", "true", "3.10", ".inf"]
)
def test_where_text_is_asked_for_a_value_is_the_text_as_written(written):
    assert specfile.decode(f"title: {written}\ndata: {{path: t.csv}}", "e.yaml").title == written


@pytest.mark.parametrize(
    ("written", "value"), [("1e-3", 0.001), ("1E2", 100.0), ("1", 1.0), (".5", 0.5), ("1.", 1.0), ("+2.5", 2.5)]
)
def test_numbers_as_people_write_them(written, value):
    found = specfile.decode(MODEL + f"train: {{learning_rate: {written}}}", "e.yaml").train.learning_rate
    assert found == value
    assert type(found) is float


@pytest.mark.parametrize("written", ["'2'", "yes", "true", "012", "1e999", ".nan", "0x10", "1_000", "12:30"])
def test_what_is_no_number(written):
    text = MODEL + f"clean:\n  outliers: {{limit: {written}}}"
    assert "clean.outliers.limit: needs a number above 0" in said(text)[0]


@pytest.mark.parametrize(
    ("written", "value"),
    [(".inf", float("inf")), ("+.Inf", float("inf")), ("-.INF", -float("inf")), ("'.inf'", ".inf")],
)
def test_an_estimator_may_be_given_an_infinite_number(written, value):
    text = MODEL.replace("mlp", f"sklearn, estimator: sklearn.svm.SVC, params: {{C: [{written}]}}")
    assert specfile.decode(text, "e.yaml").model.params == {"C": [value]}


@pytest.mark.parametrize("written", [".inf", "-.inf"])
def test_no_setting_of_ours_is_infinite(written):
    text = MODEL + f"checks: {{duplicates: {{threshold: {written}}}}}"
    assert only(text).endswith(f"checks.duplicates.threshold: needs a number, found '{written}'")


@pytest.mark.parametrize("written", ["{C: .nan}", "{C: {a: [1, .NaN]}}"])
def test_what_is_not_a_number_is_no_parameter(written):
    text = MODEL.replace("mlp", f"sklearn, estimator: sklearn.svm.SVC, params: {written}")
    assert "needs a number, found '.n" in only(text).lower()
    assert only(text).endswith("fix: leave the key out, or quote the word")


def test_where_text_is_asked_for_infinite_is_a_word():
    assert specfile.decode(MODEL + "title: .inf", "e.yaml").title == ".inf"


@pytest.mark.parametrize(
    ("written", "bytes_"),
    [("2MB", 2_000_000), ("1.5MB", 1_500_000), ("500 kB", 500_000), ("'0.3 mb'", 300_000), ("400000", 400_000)],
)
def test_a_page_may_be_so_large(written, bytes_):
    assert specfile.decode(MODEL + f"report: {{max_bytes: {written}}}", "e.yaml").report.most_bytes == bytes_


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("2GB", "needs a size such as 2MB, 1.5MB or 500 kB, found '2GB'"),
        ("2 000 kB", "needs a size such as 2MB, 1.5MB or 500 kB, found '2 000 kB'"),
        ("299kB", "needs 300 kB to 100 MB, found '299kB'"),
        ("101 MB", "needs 300 kB to 100 MB, found '101 MB'"),
        ("100", "needs a whole number from 300,000 to 100,000,000, found '100'"),
    ],
)
def test_a_page_of_no_size(written, words):
    assert only(MODEL + f"report: {{max_bytes: {written}}}").endswith(f"report.max_bytes: {words}")


@pytest.mark.parametrize("written", ["'1'", "012", "0x10", "1_000", "12:30", "1.2.3"])
def test_a_learning_rate_that_is_neither_a_number_nor_a_name(written):
    assert "train.learning_rate: needs a number above 0" in said(MODEL + f"train:\n  learning_rate: {written}")[0]


@pytest.mark.parametrize(
    ("written", "value"),
    [("malignant", "malignant"), ("1", 1), ("1.0", 1.0), ("true", True), ("yes", "yes"), ("012", "012"), ("'1'", "1")],
)
def test_a_label_is_read_literally(written, value):
    found = specfile.decode(f"data: {{path: t.csv, target: y, positive: {written}}}", "e.yaml").data.positive
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("written", ["{{ 7*7 }} {% raw %}", "${HOME} $HOME", "a # b"])
def test_templates_and_variables_stay_text(written):
    assert specfile.decode(f"title: '{written}'\ndata: {{path: t.csv}}", "e.yaml").title == written


def test_column_names_are_text_whatever_they_look_like():
    found = specfile.decode("data: {path: t.csv, columns: {1: id, no: text, 2024-01-01: ignore, a.b: id}}", "e.yaml")
    assert list(found.data.columns) == ["1", "no", "2024-01-01", "a.b"]


# --- problems and their places ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("titel: x\ndata: {path: t.csv}", "e.yaml:1:1: titel: unknown key - fix: did you mean 'title'?"),
        ("data: {path: t.csv}\nepochs: 3", "e.yaml:2:1: epochs: unknown key - fix: did you mean 'train.epochs'?"),
        (
            MODEL.replace("mlp", "mlp, estimator: x"),
            (
                "e.yaml:2:20: model.estimator: unknown key - fix: choose from activation, backend, dropout, "
                "hidden, initializer, input_shape, kind or regularizer"
            ),
        ),
        (
            MODEL + "train:\n  epochs: ten",
            "e.yaml:4:11: train.epochs: needs a whole number from 1 to 1,000,000, found 'ten'",
        ),
        (
            MODEL + "train:\n  epochs: '10'",
            "e.yaml:4:11: train.epochs: needs a whole number from 1 to 1,000,000, found '10' - fix: remove the quotes",
        ),
        (
            MODEL + "train:\n  epochs: 1e3",
            "e.yaml:4:11: train.epochs: needs a whole number from 1 to 1,000,000, found '1e3' - fix: write 1000",
        ),
        (
            MODEL + "train: {epochs: 0}",
            "e.yaml:3:17: train.epochs: needs a whole number from 1 to 1,000,000, found '0'",
        ),
        (
            MODEL + "evaluate: {confidence: 95}",
            "e.yaml:3:24: evaluate.confidence: needs a number from 0.5 to 0.999, found '95'",
        ),
        (
            MODEL + "split:\n  by: grupo",
            (
                "e.yaml:4:7: split.by: needs auto, random, stratified, group or time, found 'grupo'"
                " - fix: did you mean 'group'?"
            ),
        ),
        (
            "data: {path: t.csv}\nauthors: R. Example",
            "e.yaml:2:10: authors: needs a list of names, found 'R. Example' - fix: write [R. Example]",
        ),
        (
            "data: {path: t.csv}\nauthors: [[a]]",
            "e.yaml:2:11: authors[0]: needs text, found a list",
        ),
        (
            "data: {path: t.csv}\nreport:\nseed: 1",
            "e.yaml:2:1: report: needs a block of keys, found nothing - fix: write the value, or remove the key",
        ),
        (
            "data: {path: t.csv}\nmodel: mlp",
            "e.yaml:2:8: model: needs a block of keys, found 'mlp' - fix: write {kind: mlp}",
        ),
        (
            "data: {path: t.csv}\nmodel: {kind: mpl}",
            (
                "e.yaml:2:15: model.kind: needs mlp, cnn, rnn, layers, sklearn, python, predictions or "
                "tensorboard, found 'mpl' - fix: did you mean 'mlp'?"
            ),
        ),
        (
            "data: {path: t.csv}\nmodel: {hidden: [3]}",
            (
                "e.yaml:2:1: model.kind: is missing - fix: write kind: mlp, cnn, rnn, layers, sklearn, "
                "python, predictions or tensorboard"
            ),
        ),
        ("data: {target: y}", "e.yaml:1:1: data.path: is missing - fix: add path: …"),
        ("seed: 1", "e.yaml:1:1: data: is missing - fix: add data: …"),
        ("data: {path: ''}", "e.yaml:1:14: data.path: needs text that is not empty, found ''"),
        (
            "data: {path: t.csv, options: {sep: ab}}",
            "e.yaml:1:36: data.options.sep: needs exactly 1 character, found 'ab'",
        ),
        (
            "data: {path: t.csv}\nreport: {formats: []}",
            "e.yaml:2:19: report.formats: needs a list of at least 1 html, pdf, json or md, found 0 of them",
        ),
        (
            MODEL.replace("mlp", "sklearn, estimator: os.system"),
            (
                "e.yaml:2:35: model.estimator: needs the dotted name of a scikit-learn class,"
                " such as sklearn.linear_model.Ridge, found 'os.system'"
            ),
        ),
    ],
)
def test_a_problem_its_place_and_its_remedy(text, line):
    assert only(text) == line


def test_every_problem_is_reported_in_the_order_of_the_file():
    text = """titel: x
data:
  path: t.csv
  target: y
  task: regresion
split: {test: 0.5, validation: 0.6, by: group}
model: {kind: mlp, hidden: [64, 0, x]}
train: {epochs: ten, learning_rate: "1e-3"}
evaluate: {metrics: [acuracy]}
expect: {test.f1: 0.93, tset.f1: ">= 1"}
seed: -1
seed: 2
"""
    assert [(problem.line, problem.column, problem.key) for problem in problems(text)] == [
        (1, 1, "titel"),
        (5, 9, "data.task"),
        (6, 32, "split.validation"),
        (6, 41, "split.by"),
        (7, 33, "model.hidden[1]"),
        (7, 36, "model.hidden[2]"),
        (8, 17, "train.epochs"),
        (8, 37, "train.learning_rate"),
        (9, 22, "evaluate.metrics[0]"),
        (10, 19, "expect.test.f1"),
        (10, 25, "expect.tset.f1"),
        (11, 7, "seed"),
        (12, 1, "seed"),
    ]


def test_a_value_from_the_file_is_cut_and_made_visible():
    (problem,) = problems("data: {path: t.csv}\nseed: '" + "x" * 5000 + "'")
    assert len(str(problem)) < 250
    assert "<U+202E>" in str(problems("data: {path: t.csv}\nseed: 'a\u202eb'")[0])


def test_more_problems_than_anybody_reads_are_counted():
    found = said("data: {path: t.csv}\n" + "\n".join(f"key{n}: 1" for n in range(1000)))
    assert len(found) == 201
    assert found[-1] == "e.yaml: there are 800 problems more"


def test_a_problem_is_one_line():
    assert all("\n" not in line for line in said('data: {path: t.csv}\nseed: "a\\nb\\e[31m"\n"x\\ny": 1'))


# --- YAML that is none --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("data:\n\tpath: t.csv", "2:1", "a tab stands in the indentation - fix: indent with spaces"),
        ("data:\n  path: t.csv\n\ttarget: y", "3:1", "a tab stands in the indentation"),
        ("title: 'x\ndata: {path: t.csv}", "1:8", "the quote that opens here is never closed"),
        ('data:\n  path: "t.csv\nseed: 1\n', "2:9", "the quote that opens here is never closed"),
        ("data: {path: t.csv\nseed: 1", "1:7", "the bracket that opens here is not closed"),
        ("authors: [a, b\ndata: {path: t.csv}", "1:10", "the bracket that opens here is not closed"),
        ("data:\n  path: t.csv\n target: y", "3:2", "the line does not fit the indentation above"),
        ("data:\n  path: t.csv\n    target: y", "3:11", "a ':' does not fit here"),
        ("title: a: b\ndata: {path: t.csv}", "1:9", "a ':' does not fit here"),
        ("seed: 1\ndata\ntitle: x", "2:1", "a key without ':' after it"),
        ("expect:\n  test.f1: >= 0.93", "2:13", "a value that begins with > or | must stand in quotes"),
        ("title: 'x' y", "1:12", "something stands after the end of a value"),
        ("title: @x", "1:8", "a value cannot begin with '@'"),
        ('title: "\\q"', "1:9", "a '\\' in double quotes does not start a known sign"),
        ("title: *", "1:9", "an anchor (&name) or alias (*name) is malformed"),
        ("data: {path: t.csv}\n---\ndata: {path: t.csv}", "2:1", "a second document starts here"),
        ("title: a\x07b", "1:9", "the character U+0007 is not text"),
        (": x", "1:1", "a key is missing before ':'"),
    ],
)
def test_what_is_wrong_with_the_text_in_plain_words(text, place, words):
    line = said(text)[0]
    found = re.match(r"e\.yaml:(\d+:\d+): ", line)[1]
    # The parsers of libyaml and of PyYAML differ by one column inside a quote.
    assert found.split(":")[0] == place.split(":")[0]
    assert abs(int(found.split(":")[1]) - int(place.split(":")[1])) <= 1
    assert words in line


def test_the_python_parser_says_the_same(monkeypatch):
    texts = ["a:\n\tb: 1", "a: 'x", "a: [1", "a:\n  b: 1\n c: 2", "a: b: c", "a: >= 1", "a: ]"]
    fast = [said(text) for text in texts]
    monkeypatch.setattr(yamlfile, "_Loader", yaml.SafeLoader)
    assert [said(text) for text in texts] == fast


def test_a_key_that_is_written_twice_names_both_lines():
    assert (
        only("seed: 1\ndata: {path: t.csv}\nseed: 2")
        == "e.yaml:3:1: seed: is written twice, first on line 1 - fix: keep one of the two"
    )
    assert "1:20: path: is written twice, on the same line" in only(
        "data: {path: t.csv, path: u.csv}".replace(", path", ",path")
    )


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_alike_for_every_line_end(line_end):
    text = line_end.join(["\ufeffdata:", "  path: t.csv", "titel: x"])
    assert only(text).startswith("e.yaml:3:1: titel")


def test_columns_are_counted_in_characters():
    assert only("data: {path: 'äöü😀', x: 1}").startswith("e.yaml:1:22: data.x")


# --- YAML that would harm -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        "!!python/object/apply:os.system ['touch pwned']",
        "!!python/name:os.system",
        "!x y",
        "! y",
        "!!str 5",
        "!<tag:x> {a: 1}",
        "!!binary aGk=",
    ],
)
def test_tags_are_refused_and_nothing_runs(value, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert any(
        "e.yaml:2:8: the tag" in line or "e.yaml:2:8: tags" in line
        for line in said(f"data: {{path: t.csv}}\ntitle: {value}")
    )
    assert list(tmp_path.iterdir()) == []


def test_three_honest_anchors_are_fine():
    text = "title: &name Wine\ndata: {path: t.csv, options: &o {sep: ';'}}\ndescription: *name\nauthors: &a [x]\n"
    found = specfile.decode(text, "e.yaml")
    assert (found.title, found.description, found.authors) == ("Wine", "Wine", ("x",))


def test_a_merge_key_fills_in_what_is_not_written():
    text = "data: &d {path: t.csv, target: y}\n"
    root, found = yamlfile.parse(text + "copy: {<<: *d, target: z}", "e.yaml")
    assert found == []
    assert {key: node.text for key, node in root.entries["copy"].entries.items()} == {"target": "z", "path": "t.csv"}


def bomb(levels=9, width=9):
    lines = ["a0: &a0 [x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, levels)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "text",
    [
        bomb(),
        "data: &a {path: *a}",
        "a: &a [*a]",
        "a: *nothing",
        "[" * 3000,
        "{a: " * 3000,
        "- " * 3000,
        "a:\n" + "".join(" " * n + "a:\n" for n in range(1, 1000)),
        "x" * 5_000_000,
        "- a\n" * 240_000,
        "a: " + "[" * 40 + "a," * 400_000,
        "? " * 400_000,
        "&a " * 300_000,
        "\n".join(f"key{n}: 1" for n in range(20_000)),
        "data: {path: t.csv}\nchecks:\n" + "\n".join(f" check{n}: off" for n in range(20_000)),
        "data:\n path: t.csv\n columns:\n" + "\n".join(f"  key{n}: numerik" for n in range(20_000)),
    ],
    ids=[
        "bomb",
        "self",
        "self in a list",
        "no anchor",
        "brackets",
        "braces",
        "dashes",
        "blocks",
        "5 MB",
        "items",
        "flow",
        "?",
        "&",
        "keys",
        "checks",
        "kinds",
    ],
)
def test_what_would_explode_is_refused_within_a_second(text):
    start = time.process_time()
    with pytest.raises(ReportgenError) as caught:
        specfile.decode(text, "e.yaml")
    assert time.process_time() - start < 1.0
    assert caught.value.exit_status in (2, 7)


def test_an_alias_bomb_exceeds_a_limit():
    with pytest.raises(LimitExceeded, match="stands for more than 50,000 values"):
        specfile.decode(bomb(), "e.yaml")


# --- what must agree ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            MODEL + "evaluate: {metrics: [acuracy]}",
            "3:22: evaluate.metrics[0]: 'acuracy' is not one of the metrics - fix: did you mean 'accuracy'?",
        ),
        (
            MODEL + "report: {sections: [sumary]}",
            "3:21: report.sections[0]: 'sumary' is not one of the sections - fix: did you mean 'summary'?",
        ),
        (
            MODEL + "report: {figures: [xyz]}",
            "3:20: report.figures[0]: 'xyz' is not one of the figures - fix: see reportgen list figures",
        ),
        (
            MODEL + "checks: {duplicate: off}",
            "3:10: checks.duplicate: 'duplicate' is not one of the checks - fix: did you mean 'duplicates'?",
        ),
        (
            MODEL + "expect: {test.recal: '> 0'}",
            "3:10: expect.test.recal: 'recal' is not one of the metrics - fix: did you mean 'recall'?",
        ),
        (
            MODEL + "expect: {tst.f1: '> 0'}",
            "3:10: expect.tst.f1: 'tst' is not a split or a baseline - fix: did you mean 'test'?",
        ),
        (
            MODEL + "expect: {test.f1: 0.93}",
            "3:19: expect.test.f1: needs a bound, found '0.93' - fix: write one such as \">= 0.93\", with the quotes",
        ),
        (
            MODEL + "evaluate: {metrics: [accuracy]}\nexpect: {test.f1: '> 0'}",
            "4:10: expect.test.f1: f1 is not computed: evaluate.metrics does not list it",
        ),
        (
            MODEL + "split: {validation: 0}\nexpect: {validation.f1: '> 0'}",
            "4:10: expect.validation.f1: there are no validation rows",
        ),
        (
            "data: {path: t.csv}\ntrain: {epochs: 3}",
            "2:1: train: there is no model, so nothing trains - fix: add model:, or remove train:",
        ),
        ("data: {path: t.csv}\nevaluate: {}", "2:1: evaluate: there is no model, so nothing trains"),
        ("data: {path: t.csv}\nsplit: {}", "2:1: split: there is no model, so nothing is prepared for one"),
        (
            "data: {path: t.csv, target: y}\nmodel: {kind: sklearn, estimator: sklearn.svm.SVC}\ntrain: {epochs: 3}",
            "3:1: train: train is for networks, and the model is from scikit-learn",
        ),
        ("data: {path: t.csv}\nmodel: {kind: mlp}", "1:1: data.target: is missing: the model has nothing to predict"),
        ("data: {path: t.csv, positive: x}", "1:21: data.positive: there is no target"),
        (
            "data: {path: t.csv, target: y, columns: {y: ignore}}",
            "1:45: data.columns.y: the target cannot be of kind ignore",
        ),
        (
            "data: {path: t.csv, target: y, sensitive: [x, y]}",
            "1:47: data.sensitive[1]: the target cannot be sensitive",
        ),
        (
            "data: {path: t.csv, target: y, task: regression, positive: x}",
            "1:50: data.positive: a regression task has no positive class",
        ),
        (
            "data: {path: t.csv, target: y, task: regression, columns: {y: boolean}}",
            "1:38: data.task: a regression predicts numbers",
        ),
        (
            (
                "data: {path: t.csv, target: y, task: regression}\n"
                "model: {kind: sklearn, estimator: sklearn.tree.DecisionTreeClassifier}"
            ),
            "2:35: model.estimator: DecisionTreeClassifier predicts classes, and the task is regression",
        ),
        (
            (
                "data: {path: t.csv, target: y, task: binary}\n"
                "model: {kind: sklearn, estimator: sklearn.tree.DecisionTreeRegressor}"
            ),
            "2:35: model.estimator: DecisionTreeRegressor predicts numbers, and the task is binary",
        ),
        (
            'data: {path: t.csv, target: y}\nmodel: {kind: sklearn, estimator: "sklearn.svm.SVC\\n"}',
            "2:35: model.estimator: needs the dotted name of a scikit-learn class",
        ),
        (
            MODEL.replace("y}", "y, task: regression}") + "train: {loss: binary_crossentropy}",
            "3:15: train.loss: binary_crossentropy does not fit a regression task - fix: choose auto, mean_",
        ),
        (
            MODEL.replace("y}", "y, task: multiclass}") + "evaluate: {threshold: 0.4}",
            "3:12: evaluate.threshold: a multiclass task has no threshold",
        ),
        (MODEL + "split: {test: 0.9}", "3:15: split.test: test (0.9) and validation (0.1) leave no rows to train on"),
        (MODEL + "split: {by: time}", "3:13: split.by: by: time needs the column of the time - fix: add split.column"),
        (MODEL + "split: {column: x}", "3:9: split.column: a column goes with by: group or by: time only"),
        (MODEL + "split: {by: group, column: y}", "3:28: split.column: rows cannot be split by the target"),
        (
            MODEL.replace("y}", "y, test: u.csv}") + "split: {test: 0.2}",
            "3:9: split.test: the test rows come from data.test, so none are drawn",
        ),
        (
            MODEL + "clean: {outliers: {method: quantile, limit: 0.5}}",
            "3:45: clean.outliers.limit: quantiles 0.5 and 0.5 leave nothing between them",
        ),
        (
            MODEL + "split: {validation: 0}\ntrain: {early_stopping: {patience: 3}}",
            "4:9: train.early_stopping: there are no validation rows to watch",
        ),
        (
            "data: {path: t.csv, options: {encoding: utf9}}",
            "1:41: data.options.encoding: 'utf9' is not a text encoding",
        ),
        (
            "data: {path: t.csv, options: {encoding: base64}}",
            "1:41: data.options.encoding: 'base64' is not a text encoding",
        ),
        (
            "data: {path: t.csv, options: {sep: ',', decimal: ','}}",
            "1:50: data.options.decimal: the decimal mark is the separator too",
        ),
        ("data: {path: t.csv, options: {sep: '\"'}}", "1:36: data.options.sep: '\"' cannot separate fields"),
        ("data: {path: t.parquet, options: {sep: ';'}}", "1:25: data.options: 't.parquet' is not delimited text"),
        (
            "data: {path: 'sklearn:iris', options: {sep: ';'}}",
            "1:30: data.options: 'sklearn:iris' is not delimited text",
        ),
        (
            "data: {path: t.xlsx, options: {sep: ';'}}",
            "1:32: data.options.sep: does nothing: the data are no delimited text",
        ),
        (
            "data: {path: [a.csv, b.csv.gz], options: {sheet: x}}",
            "1:43: data.options.sheet: does nothing: the data are no workbook",
        ),
        ("data: {path: a.csv, validation: b.csv}", "1:21: data.validation: the validation rows are given and the test"),
        ("data: {path: 'sqlite:///a.db'}", "1:1: data.query: is missing: a database holds many tables"),
        ("data: {path: a.csv, query: SELECT 1}", "1:21: data.query: 'a.csv' is no database, so the query does nothing"),
        ("data: {path: a.csv, sample: 0}", "1:29: data.sample: needs"),
    ],
)
def test_what_does_not_agree(text, line):
    assert only(text).startswith(f"e.yaml:{line}")


def test_what_depends_on_a_value_with_a_problem_is_not_judged():
    assert len(said("data: {path: t.csv}\nmodel: {kind: mpl}\ntrain: {epochs: 3}")) == 1
    assert len(said(MODEL + "split: {test: 2, validation: 0.9}")) == 1
    assert len(said("data:\nmodel: {kind: mlp}")) == 1


def test_a_wrong_item_of_a_list_does_not_move_the_place_of_the_next():
    found = problems(MODEL + "evaluate: {metrics: [[x], acuracy]}")
    assert [(problem.key, problem.column) for problem in found] == [
        ("evaluate.metrics[0]", 22),
        ("evaluate.metrics[1]", 27),
    ]


def test_a_group_and_a_time_split_with_their_column():
    for by in ("group", "time"):
        assert specfile.decode(MODEL + f"split: {{by: {by}, column: x}}", "e.yaml").split.column == "x"


# --- overrides ----------------------------------------------------------------------------------------------------


def test_an_override_replaces_a_value_or_adds_one():
    found = specfile.draft_of(
        MODEL + "train: {epochs: 3}", "e.yaml", ["train.epochs=20", "model.hidden=[3, 4]", "title=no"]
    ).spec()
    assert (found.train.epochs, found.model.hidden, found.title) == (20, (3, 4), "no")


def test_the_last_override_of_a_key_wins():
    assert specfile.draft_of(MODEL, "e.yaml", ["seed=1", "seed=2"]).spec().seed == 2


def test_an_override_may_make_a_wrong_file_right():
    assert specfile.draft_of("data: {path: t.csv}\nseed: x", "e.yaml", ["seed=1"]).spec().seed == 1


@pytest.mark.parametrize(
    ("override", "line"),
    [
        ("train.epoch=20", "--set: train.epoch: unknown key - fix: did you mean 'epochs'?"),
        ("train.epochs=ten", "--set: train.epochs: needs a whole number from 1 to 1,000,000, found 'ten'"),
        ("train.epochs=[", "--set: train.epochs: a value is missing, or a bracket is left over"),
        ("train.epochs", "--set: needs KEY=VALUE, found 'train.epochs'"),
        ("=3", "--set: needs KEY=VALUE, found '=3'"),
        ("train..epochs=3", "--set: needs KEY=VALUE, found 'train..epochs=3'"),
        ("title=!!python/name:os.system", "--set: title: the tag '!!python/name:os.system' is not allowed"),
        (
            "data.path=",
            "--set: data.path: needs text that is not empty or a list of at least 1 name, found nothing",
        ),
    ],
)
def test_a_problem_of_an_override_is_reported_as_its_own(override, line):
    assert only(MODEL, [override]).startswith(line)


def test_problems_of_overrides_come_after_those_of_the_file():
    assert [problem.file for problem in problems(MODEL + "seed: x", ["train.epochs=ten"])] == ["e.yaml", "--set"]


# --- files --------------------------------------------------------------------------------------------------------


def unreadable(path):
    with pytest.raises(SpecError) as caught:
        specfile.load(path)
    (problem,) = caught.value.problems
    assert problem.file == str(path)
    return problem.what


def test_the_text_is_returned_as_written(tmp_path):
    path = tmp_path / "e.yaml"
    path.write_bytes(b"\xef\xbb\xbfdata: {path: t.csv}  # caf\xc3\xa9\r\n")
    assert specfile.load(path)[1] == "data: {path: t.csv}  # café\r\n"


def test_a_missing_file(tmp_path):
    assert unreadable(tmp_path / "e.yaml") == "there is no such file"


def test_a_folder(tmp_path):
    assert unreadable(tmp_path) == "this is a folder, not a file"


def test_a_pipe_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "e.yaml")
    assert unreadable(tmp_path / "e.yaml") == "this is a pipe or device, not a file"


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "e.yaml").touch(0)
    monkeypatch.setattr(Path, "read_bytes", refuse)  # root may read everything
    assert unreadable(tmp_path / "e.yaml") == "the file may not be read: permission denied"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "the file is empty"),
        (b"# nothing yet\n\n", "the file is empty"),
        (b"---\n", "the file is empty"),
        ("data: {path: t.csv}".encode("utf-16"), "the text is UTF-16 or UTF-32, not UTF-8"),
        ("data: {path: t.csv}".encode("utf-16-le"), "the text is UTF-16 or UTF-32, not UTF-8"),
        ("data: {path: t.csv}".encode("utf-32"), "the text is UTF-16 or UTF-32, not UTF-8"),
        (b"PK\x03\x04\x14\x00\x00\x00\x08\x00" * 9, "this is a binary file, not text"),
        (b"\x80\x04\x95\x00\x00", "this is a binary file, not text"),
        ("data: {path: größe.csv}".encode("latin-1"), "the byte 0xf6 is not UTF-8 text"),
        (b"- a\n", "an experiment is a block of keys, found a list"),
        (b"hello\n", "an experiment is a block of keys, found 'hello'"),
    ],
)
def test_a_file_that_is_no_experiment_in_words_of_its_own(tmp_path, data, what):
    (tmp_path / "e.yaml").write_bytes(data)
    assert unreadable(tmp_path / "e.yaml") == what


def test_a_byte_that_is_not_utf8_is_placed(tmp_path):
    path = tmp_path / "e.yaml"
    path.write_bytes("title: x\ndata: {path: größe.csv}".encode("latin-1"))
    with pytest.raises(SpecError) as caught:
        specfile.load(path)
    assert (caught.value.problems[0].line, caught.value.problems[0].column) == (2, 16)


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    path = tmp_path / "e.yaml"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(LimitExceeded, match="larger than 1,000,000 bytes"):
        specfile.load(path)


# --- the schema and the records -----------------------------------------------------------------------------------


def test_the_schema_file_is_the_one_of_the_records():
    kept = json.loads(Path(spec.__file__).with_name("spec.schema.json").read_text(encoding="utf-8"))
    assert kept == json.loads(json.dumps(spec.json_schema())), "run: python -m reportgen.spec"


def test_every_key_is_described():
    for name, record in spec.json_schema()["$defs"].items():
        for key, entry in record["properties"].items():
            assert key == "kind" or entry.get("description"), f"{name}.{key}"


VALIDATOR = jsonschema.Draft202012Validator(dict(schema.root()))
KEYS = [
    "title",
    "seed",
    "authors",
    "data.target",
    "data.positive",
    "data.columns",
    "data.options.sep",
    "clean.missing",
    "split.test",
    "model.hidden",
    "model.dropout",
    "model.kind",
    "train.epochs",
    "train.learning_rate",
    "train.early_stopping",
    "evaluate.metrics",
    "evaluate.baselines",
    "expect",
    "checks",
    "report.formats",
    "model",
    "data",
    "train",
]
SCALARS = st.sampled_from(
    [
        "",
        "~",
        "0",
        "1",
        "-1",
        "0.5",
        "1e3",
        "1e999",
        ".inf",
        ".nan",
        "no",
        "true",
        "auto",
        "off",
        "drop",
        "mlp",
        "sklearn",
        "html",
        "012",
        "x",
        '"1"',
        "' '",
    ]
) | st.integers().map(str)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(item or "~" for item in items) + "]")
        | st.dictionaries(
            st.sampled_from(["kind", "a", "patience", "numeric", "test.f1", "path"]), inner, max_size=3
        ).map(lambda block: "{" + ", ".join(f"{key}: {item or '~'}" for key, item in block.items()) + "}")
    ),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4))
@example({"model": "{kind: [mlp]}"})
def test_what_passes_here_passes_the_records(changes):
    try:
        draft = specfile.draft_of(MODEL, "e.yaml", [f"{key}={value}" for key, value in changes.items()])
    except ReportgenError:
        return
    assert isinstance(draft.spec(), Spec)


def literal(node):
    """The file as a reader of YAML without a schema has it."""
    if isinstance(node, yamlfile.Block):
        return {key: literal(entry) for key, entry in node.entries.items()}
    return [literal(item) for item in node.items] if isinstance(node, yamlfile.Items) else node.value


@given(st.sampled_from(KEYS), VALUES)
def test_what_is_refused_here_is_refused_by_the_schema(key, value):
    root, found = yamlfile.parse(MODEL, "e.yaml")
    root = specfile._overridden(root, f"{key}={value}", found)
    assume(".inf" not in value and ".nan" not in value)  # JSON has neither.
    assume(value != "1e3")  # To a JSON Schema 1000.0 is a whole number; to whoever reads the file it is not.
    if schema.walk(root).problems:
        assert not VALIDATOR.is_valid(literal(root))


# --- any text at all ----------------------------------------------------------------------------------------------

WHOLE = EXAMPLES[0].read_text(encoding="utf-8") if EXAMPLES else MODEL
SIGNS = list(" \n{}[]'\"!|>#\t%@\\\r\0\u2028\x85\ufeff\ud800é😀")
WORDS = [
    "data:",
    "  path: t.csv\n",
    "title: x\n",
    "seed: 1\n",
    "- ",
    ": ",
    "? ",
    "&a ",
    "*a",
    "!!str",
    "<<: ",
    "---\n",
    "...\n",
]
PIECES = st.sampled_from(SIGNS + WORDS)


def assert_decoded_or_refused(text):
    try:
        specfile.decode(text, "e.yaml")
    except ReportgenError as error:
        lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for problem in error.problems:
            assert problem.what
            if problem.line is not None:
                assert 1 <= problem.line <= len(lines)
                assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1


@given(st.text() | st.lists(PIECES, max_size=30).map("".join))
@example("%TAG ! x")
@example('a: "\\ud800"')
@example("? a\n? b")
@example("&a a: *a")
def test_any_text_is_an_experiment_or_refused_at_a_place_within_it(text):
    assert_decoded_or_refused(text)


@given(st.integers(0, len(WHOLE)), st.integers(0, 12), PIECES)
def test_so_is_an_experiment_that_was_damaged(start, length, piece):
    assert_decoded_or_refused(WHOLE[:start] + piece + WHOLE[start + length :])


@given(st.text(st.characters(exclude_categories=["Cs"])))
@example("no")
@example("1")
@example("a: b")
@example("a #b")
@example(" a")
@example("null")
@example("😀\x85\u2028")
def test_text_that_is_written_as_yaml_is_read_back(text):
    root, found = yamlfile.parse(f"key: {yaml_text.scalar(text)}   # comment\n", "e.yaml")
    assert found == []
    assert root.entries["key"].value == text
