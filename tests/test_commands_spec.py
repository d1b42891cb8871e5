"""The commands around the experiment file: check, schema and init."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen import registry, specfile
from reportgen.cli import main
from reportgen.commands.schema import published

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*/experiment.yaml"))
HEAVY = (
    "pandas",
    "numpy",
    "sklearn",
    "keras",
    "jax",
    "matplotlib",
    "seaborn",
    "scipy",
    "weasyprint",
    "pyarrow",
    "pydantic",
    "jinja2",
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def experiment(
    folder, text="data: {path: t.csv, target: y}\nmodel: {kind: mlp, hidden: [4]}\n", table="x,y\n1,a\n2,b\n"
):
    (folder / "experiment.yaml").write_text(text, encoding="utf-8")
    if table is not None:
        (folder / "t.csv").write_text(table, encoding="utf-8")


def errors(capsys, *arguments):
    status = main(arguments)
    out, err = capsys.readouterr()
    assert out == ""
    return status, err.splitlines()


# --- check --------------------------------------------------------------------------------------------------------


def test_check_says_what_would_be_run(folder, capsys):
    experiment(folder)
    assert main(["check", "experiment.yaml"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "experiment.yaml: ok",
        "data t.csv (2 columns), target 'y'; model mlp 4, 100 epochs; report as html and pdf",
    ]


def test_check_names_every_file(folder, capsys):
    experiment(folder, "data: {path: [t.csv, u.csv], test: v.csv, target: y}\n")
    for name in ("u.csv", "v.csv"):
        (folder / name).write_text("y,x\na,1\n")
    assert main(["check", "experiment.yaml"]) == 0
    assert "data t.csv and 1 more file, test v.csv (2 columns), target 'y'" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        ("data: {path: [t.csv, u.csv]}\n", 3, "u.csv: there is no column 'y', which 't.csv' has"),
        ("data: {path: t.csv, test: u.csv}\n", 3, "u.csv: there is no column 'y', which 't.csv' has"),
        ("data: {path: p.parquet, target: z}\n", 3, "there is no column 'z' in 'p.parquet'"),
        ("data: {path: f.feather, target: z}\n", 3, "there is no column 'z' in 'f.feather'"),
        ("data: {path: bad.parquet}\n", 3, "not a Parquet file that can be read"),
        ("data: {path: g.csv.gz}\n", 3, "the compressed file is damaged"),
        ("data: {path: no-*.csv}\n", 3, "no file fits 'no-*.csv'"),
        ("data: {path: 'sqlite:///no.db', query: SELECT 1}\n", 3, "'no.db' does not exist"),
        ("data: {path: 'mysql://u:geheim@h/d', query: SELECT 1}\n", 2, "holds a password"),
    ],
)
def test_check_and_run_refuse_alike(text, status, words, folder, capsys):
    experiment(folder, text)
    (folder / "u.csv").write_text("x\n1\n")
    (folder / "g.csv.gz").write_bytes(b"\x1f\x8b no gzip at all")
    (folder / "bad.parquet").write_bytes(b"PAR1 and no more")
    table = pa.table({"x": [1, 2], "y": ["a", "b"]})
    pq.write_table(table, folder / "p.parquet")
    with pa.ipc.new_file(str(folder / "f.feather"), table.schema) as file:
        file.write_table(table)
    for command in ("check", "run"):
        found, lines = errors(capsys, command, "experiment.yaml")
        assert (found, len(lines)) == (status, 1)
        assert words in lines[0]
        assert "geheim" not in lines[0]


def test_check_touches_nothing(folder, capsys):
    experiment(folder)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    main(["check", "experiment.yaml"])
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_check_accepts_every_example_from_any_folder(path, folder, capsys):
    assert main(["check", str(path)]) == 0
    assert capsys.readouterr().out.startswith(f"{path}: ok\n")


def test_check_imports_nothing_heavy(folder):
    experiment(folder)
    code = (
        "import sys; from reportgen.cli import main; status = main(['check', 'experiment.yaml']); "
        f"print(status, sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    root = str(Path(__file__).parent.parent)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={"PYTHONPATH": root}, cwd=folder, check=True
    )
    assert done.stdout.splitlines()[-1] == "0 []"


def test_every_problem_is_one_line_on_stderr(folder, capsys):
    experiment(folder, "data: {path: t.csv, targt: y}\nseed: x\n")
    assert errors(capsys, "check", "experiment.yaml") == (
        2,
        [
            "reportgen: error: experiment.yaml:1:21: data.targt: unknown key - fix: did you mean 'target'?",
            (
                "reportgen: error: experiment.yaml:2:7: seed: needs a whole number of at least 0"
                " and below 4,294,967,296, found 'x'"
            ),
        ],
    )


def test_an_override_is_checked_too(folder, capsys):
    experiment(folder)
    assert main(["check", "experiment.yaml", "--set", "train.epochs=20"]) == 0
    assert "20 epochs" in capsys.readouterr().out
    assert errors(capsys, "check", "experiment.yaml", "--set", "data.path=u.csv") == (
        3,
        ["reportgen: error: --set: data.path: 'u.csv' does not exist - fix: did you mean 't.csv'?"],
    )


def test_missing_data_are_placed_in_the_experiment_file(folder, capsys):
    experiment(folder, table=None)
    status, lines = errors(capsys, "check", "experiment.yaml")
    assert status == 3
    assert lines[0].startswith("reportgen: error: experiment.yaml:1:14: data.path: 't.csv' does not exist")


def test_data_that_can_execute_code_are_refused_unopened(folder, capsys):
    experiment(folder, "data: {path: t.pkl}")
    (folder / "t.pkl").write_bytes(b"cos\nsystem\n(S'touch pwned'\ntR.")
    status, (line,) = errors(capsys, "check", "experiment.yaml")
    assert status == 2
    assert "can execute code" in line
    assert not (folder / "pwned").exists()


def test_every_column_that_the_file_names_must_be_in_the_table(folder, capsys):
    data = "data:\n  path: t.csv\n  sensitive: [e]\n  columns: {zip: id, x: numeric}\n  target: Y\n"
    experiment(folder, data + "model: {kind: mlp}\nsplit: {by: time, column: t}\n")
    status, lines = errors(capsys, "check", "experiment.yaml")
    assert status == 3
    assert [line.removeprefix("reportgen: error: experiment.yaml:").partition(" - ")[0] for line in lines] == [
        "3:15: data.sensitive[0]: there is no column 'e' in 't.csv'",
        "4:13: data.columns.zip: there is no column 'zip' in 't.csv'",
        "5:11: data.target: there is no column 'Y' in 't.csv'",
        "7:27: split.column: there is no column 't' in 't.csv'",
    ]
    assert lines[2].endswith("fix: did you mean 'y'?")
    assert lines[1].endswith("fix: the columns are 'x' and 'y'")


def test_a_table_in_another_encoding(folder, capsys):
    experiment(folder, "data: {path: t.csv, target: größe}", table=None)
    (folder / "t.csv").write_bytes("x,größe\n1,2\n".encode("cp1252"))
    status, (line,) = errors(capsys, "check", "experiment.yaml")
    assert (status, "t.csv:1: byte 5 (0xf6) is not UTF-8 text" in line) == (3, True)
    assert main(["check", "experiment.yaml", "--set", "data.options.encoding=cp1252"]) == 0


def test_check_of_a_bundled_table(folder, capsys):
    experiment(
        folder, "data: {path: 'sklearn:iris', target: target}\nmodel: {kind: sklearn, estimator: sklearn.svm.SVC}", None
    )
    assert main(["check", "experiment.yaml"]) == 0
    assert (
        capsys.readouterr().out.splitlines()[1]
        == "data sklearn:iris, target 'target'; model SVC; report as html and pdf"
    )


# --- schema -------------------------------------------------------------------------------------------------------


def test_schema_prints_json(capsys):
    assert main(["schema"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert printed["title"] == "reportgen experiment"
    jsonschema.Draft202012Validator.check_schema(printed)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_the_schema_accepts_every_example(path):
    jsonschema.validate(yaml.safe_load(path.read_text(encoding="utf-8")), published(), jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    "change",
    [
        {"titel": "x"},
        {"data": {"path": "t.csv", "targt": "y"}},
        {"data": {}},
        {"seed": "x"},
        {"train": {"epochs": 0}},
        {"model": {"kind": "mpl"}},
        {"model": {"kind": "mlp", "estimator": "x"}},
        {"evaluate": {"metrics": ["no such metric"]}},
        {"report": {"figures": ["no such figure"]}},
        {"report": {"sections": ["no such section"]}},
        {"checks": {"no such check": "off"}},
    ],
)
def test_the_schema_refuses_what_check_refuses(change):
    whole = {"data": {"path": "t.csv"}, **change}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(whole, published(), jsonschema.Draft202012Validator)
    with pytest.raises(specfile.SpecError):
        specfile.draft_of(json.dumps(whole), "e.yaml")


def test_the_schema_names_the_installed_units():
    items = published()["$defs"]["Evaluate"]["properties"]["metrics"]["anyOf"][1]["items"]
    assert items["enum"] == list(registry.names("metrics"))


# --- init ---------------------------------------------------------------------------------------------------------


def table(n_rows, columns):
    """Rows of a CSV whose columns are functions of the row number."""
    rows = [",".join(columns)] + [",".join(str(make(row)) for make in columns.values()) for row in range(n_rows)]
    return "\n".join(rows) + "\n"


PATIENTS = {
    "row_id": lambda row: row,
    "zip": lambda row: f"{row % 90:05d}",
    "age": lambda row: 20 + row % 60 if row % 9 else "",
    "visited": lambda row: f"2024-01-{row % 28 + 1:02d}",
    "ill": lambda row: "yes" if row % 5 == 0 else "no",
}


def proposed(folder, *arguments, data=None):
    (folder / "patients.csv").write_text(data if data is not None else table(600, PATIENTS), encoding="utf-8")
    assert main(["init", "patients.csv", *arguments]) == 0
    assert main(["check", "experiment.yaml"]) == 0
    spec, text = specfile.load("experiment.yaml")
    return spec, text


def test_init_proposes_an_experiment_that_passes_check(folder, capsys):
    spec, text = proposed(folder, "--target", "ill")
    assert spec.title == "Patients"
    assert (spec.data.path, spec.data.target, spec.data.task, spec.data.positive) == (
        "patients.csv",
        "ill",
        "binary",
        "yes",
    )
    assert spec.data.columns == {"row_id": "id", "zip": "categorical"}
    assert spec.model.kind == "mlp"
    assert "guess" not in text


def test_init_explains_what_it_chose(folder, capsys):
    _, text = proposed(folder, "--target", "ill")
    assert "leading zeros" in text
    assert "missing: {numeric: median, categorical: most_frequent}   # learnt from training rows" in text
    assert "by: time, column: visited" in text


def test_rows_that_belong_together_are_proposed_to_stay_together(folder, capsys):
    columns = {
        "patient_id": lambda row: 1000 + row // 4,
        "dose": lambda row: row * 7 % 31,
        "ill": lambda row: "yes" if row % 5 == 0 else "no",
    }
    spec, text = proposed(folder, "--target", "ill", data=table(600, columns))
    assert (spec.split.by, spec.split.column) == ("group", "patient_id")
    assert spec.data.columns == {"patient_id": "id"}
    assert "150 different ones, 4.0 rows each on average" in text


def test_rows_in_the_order_of_time_are_proposed_to_be_split_by_time(folder, capsys):
    columns = {
        "day": lambda row: f"20{row // 336 + 10:02d}-{row // 28 % 12 + 1:02d}-{row % 28 + 1:02d}",
        "sales": lambda row: row * 7 % 31 + 0.5,
    }
    spec, text = proposed(folder, "--target", "sales", data=table(600, columns))
    assert (spec.split.by, spec.split.column) == ("time", "day")
    assert "the rows stand in its order, from 2010-01-01 to 2011-10-12" in text


def test_what_identifies_a_person_and_what_never_changes_are_pointed_out(folder, capsys):
    columns = {
        "Email": lambda row: f"{'abc'[row % 3]}@example.org",
        "site": lambda row: "north",
        "dose": lambda row: row * 7 % 31,
        "ill": lambda row: "yes" if row % 5 == 0 else "no",
    }
    spec, text = proposed(folder, "--target", "ill", data=table(100, columns))
    assert spec.data.sensitive == ("Email",)
    assert spec.data.columns["site"] == "ignore"
    assert "# the same in every row" in text


def test_files_of_test_rows_take_the_place_of_a_split(folder, capsys):
    few = {"x": lambda row: row * 0.5 % 7, "target": lambda row: row * 1.5}
    (folder / "later.csv").write_text(table(40, few), encoding="utf-8")
    spec, text = proposed(folder, "--test", "later.csv", data=table(60, few))
    assert spec.data.test == "later.csv"
    assert "split:" not in text


def test_init_says_that_it_guessed_the_target(folder, capsys):
    spec, text = proposed(folder)
    assert spec.data.target == "ill"
    assert "a guess (it is the last column)" in text
    assert "the target 'ill' is a guess" in capsys.readouterr().out


def test_a_usual_name_is_a_better_guess_than_the_last_column(folder, capsys):
    columns = {"x": lambda row: row * 0.5, "Label": lambda row: "ab"[row % 2], "z": lambda row: row % 7}
    spec, text = proposed(folder, data=table(60, columns))
    assert spec.data.target == "Label"
    assert "a guess (by its name)" in text


def test_a_table_with_nothing_to_predict_gives_a_report_on_the_data(folder, capsys):
    columns = {"x": lambda row: row * 0.5, "when": lambda row: f"2024-01-{row % 28 + 1:02d}"}
    spec, text = proposed(folder, data=table(60, columns))
    assert (spec.data.target, spec.model) == (None, None)
    assert "Nothing was found to predict" in text


def test_the_model_suits_the_number_of_rows(folder, capsys):
    few = {"x": lambda row: row * 0.5 % 7, "target": lambda row: row * 1.5}
    assert proposed(folder, data=table(60, few))[0].model.estimator == "sklearn.linear_model.Ridge"
    assert proposed(folder, "--force", data=table(50_001, few))[0].model.estimator.endswith(
        "HistGradientBoostingRegressor"
    )


def test_init_never_writes_over_a_file_unless_told_to(folder, capsys):
    experiment(folder)
    before = (folder / "experiment.yaml").read_bytes()
    status, (line,) = errors(capsys, "init", "t.csv")
    assert status == 5
    assert line.startswith("reportgen: error: experiment.yaml: there is a file of this name already - fix: ")
    assert (folder / "experiment.yaml").read_bytes() == before
    assert main(["init", "t.csv", "--force"]) == 0
    assert (folder / "experiment.yaml").read_bytes() != before


def test_the_path_is_written_relative_to_the_experiment_file(folder, capsys):
    (folder / "data").mkdir()
    (folder / "out").mkdir()
    (folder / "data" / "t.csv").write_text("x,y\n1,2\n2,5\n3,9\n", encoding="utf-8")
    assert main(["init", "data/t.csv", "-o", "out/e.yaml"]) == 0
    assert specfile.load("out/e.yaml")[0].data.path == "../data/t.csv"
    assert main(["check", "out/e.yaml"]) == 0


def test_init_of_a_bundled_table(folder, capsys):
    assert main(["init", "sklearn:wine"]) == 0
    spec, _ = specfile.load("experiment.yaml")
    assert (spec.title, spec.data.path, spec.data.target, spec.data.task) == (
        "Wine",
        "sklearn:wine",
        "target",
        "multiclass",
    )


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["nope.csv"], 3, "'nope.csv' does not exist"),
        (["m.pkl"], 2, "can execute code"),
        (["t.csv", "--target", "z"], 3, "there is no column 'z'"),
        (["t.csv", "-o", "no/such/e.yaml"], 5, "the folder does not exist"),
        ([""], 2, "is not a file name"),
    ],
)
def test_init_fails_without_writing(folder, capsys, arguments, status, words):
    (folder / "t.csv").write_text("x,y\n1,2\n", encoding="utf-8")
    before = sorted(folder.rglob("*"))
    found, (line,) = errors(capsys, "init", *arguments)
    assert (found, words in line) == (status, True)
    assert sorted(folder.rglob("*")) == before


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters='",;|'), min_size=1, max_size=12),
        min_size=2,
        max_size=4,
        unique=True,
    )
)
def test_any_column_names_give_an_experiment_that_passes_check(tmp_path_factory, names):
    folder = tmp_path_factory.mktemp("init")
    rows = [",".join(f'"{name}"' for name in names)] + [
        ",".join(f"{row}{column}" for column in range(len(names))) for row in range(30)
    ]
    (folder / "t.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert main(["init", str(folder / "t.csv"), "-o", str(folder / "e.yaml")]) == 0
    assert main(["check", str(folder / "e.yaml")]) == 0


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("a,b\n1,2\n1,2,3\n", "table.csv:3: 3 fields"),
        ("a,b\n", "names but no row"),
        ('a,b\n1,"2\n', "never closed"),
        ("# made\na,b\n1,2\n", "delete the comment"),
    ],
)
def test_check_finds_the_faults_that_run_would_find_in_the_first_rows(tmp_path, capsys, table, words):
    (tmp_path / "table.csv").write_text(table)
    (tmp_path / "e.yaml").write_text("data: {path: table.csv}\nreport: {formats: [json]}\n")

    told = [(main([command, str(tmp_path / "e.yaml")]), capsys.readouterr().err) for command in ("check", "run")]

    assert told[0] == told[1]
    assert told[0][0] == 3
    assert words in told[0][1]


@pytest.mark.parametrize("mark", ["\n", "\r", "\r\n"])
def test_check_of_a_long_table_stops_at_a_row_it_sees_a_part_of(tmp_path, capsys, mark):
    cell = f'"one{mark}two, three"'
    (tmp_path / "table.csv").write_bytes(mark.join(["a,b", *([f"{cell},{cell}"] * 20_000)]).encode())
    (tmp_path / "e.yaml").write_text("data: {path: table.csv}\n")

    assert main(["check", str(tmp_path / "e.yaml")]) == 0


def test_check_refuses_a_query_that_writes(tmp_path, capsys):
    (tmp_path / "a.db").write_bytes(b"")
    (tmp_path / "e.yaml").write_text("data: {path: 'sqlite:///a.db', query: drop table t}\n")

    assert main(["check", str(tmp_path / "e.yaml")]) == 2
    assert "e.yaml:1:39: data.query: the query begins with 'DROP'" in capsys.readouterr().err


def test_init_shows_no_day_of_birth(tmp_path, capsys):
    lines = [f"19{50 + row}-07-01,{'ab'[row % 2]}" for row in range(40)]
    (tmp_path / "table.csv").write_text("\n".join(["birth_date,target", *lines]) + "\n")

    assert main(["init", str(tmp_path / "table.csv"), "-o", str(tmp_path / "e.yaml")]) == 0
    assert "-07-01" not in (tmp_path / "e.yaml").read_text()
