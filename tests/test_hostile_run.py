"""Odd tables and hostile words, from the experiment file to the report: it is made, or refused in one line."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from reportgen import api, cli
from reportgen.document import Table
from reportgen.errors import DataError, ReportgenError, SpecError, TrainingError
from reportgen.experiment import Session

LOGISTIC = "{kind: sklearn, estimator: sklearn.linear_model.LogisticRegression}"
RIDGE = "{kind: sklearn, estimator: sklearn.linear_model.Ridge}"
NEIGHBOURS = "{kind: sklearn, estimator: sklearn.neighbors.KNeighborsClassifier}"
PAYLOADS = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "<!--<script>",
    '"><svg/onload=alert(1)>',
    "' onmouseover='alert(1)",
    "{{7*7}}{% raw %}",
    "]]>",
    "[x](javascript:alert(1))",
    "a\x00b\x1b[31m\u202ec\u200bd",
    "$$",
    "_x",
    "名😀العربية",
    "x" * 10_000,
)


def wave(row: int) -> float:
    """A number that differs from row to row and follows no class."""
    return round(math.sin(row * 1.7), 4)


def table(header: str, n_rows: int, row: Callable[[int], str]) -> str:
    return "".join(f"{line}\n" for line in (header, *map(row, range(n_rows))))


def write(folder: Path, content: str | bytes, model: str = "", data: str = "", extra: str = "") -> Path:
    """An experiment on the column `y` of a table in that folder."""
    (folder / "t.csv").write_bytes(content.encode() if isinstance(content, str) else content)
    spec = folder / "e.yaml"
    spec.write_text(
        f"data: {{path: t.csv, target: y{data}}}\n{f'model: {model}' if model else ''}\n{extra}\n", encoding="utf-8"
    )
    return spec


def made(spec: Path) -> api.Report:
    """The report, in one process; a figure, check, section or metric that breaks is an error, and so is a warning."""
    report = api.run(spec, session=Session(inline=True, strict=True))
    assert report.warnings == ()
    return report


class TestOddTables:
    @pytest.mark.parametrize(
        ("content", "model"),
        [
            pytest.param(
                table(
                    "constant,a,copy,empty,id,infinite,far,y",
                    40,
                    lambda i: (
                        f"7,{i * 1.5},{i * 1.5},,K{i:05d},{'inf' if i == 3 else i * 0.3},"
                        f"{1e18 if i == 7 else wave(i)},{'ab'[i % 2]}"
                    ),
                ),
                LOGISTIC,
                id="constant, doubled, missing, id, infinite and far away",
            ),
            pytest.param(
                table("a,b,y", 40, lambda i: f"{(-1) ** i * 1.7e308},{1e-320 * i},{'ab'[i // 2 % 2]}"),
                LOGISTIC,
                id="the ends of the number range",
            ),
            pytest.param(table("a,y", 40, lambda i: f"{wave(i)},{1e15 + i}"), RIDGE, id="target of many digits"),
            pytest.param(table("a,y", 40, lambda i: f"{wave(i)},{1e30 * wave(i)}"), RIDGE, id="target of 1e30"),
            pytest.param(
                table("a,y", 40, lambda i: f"{wave(i)},{'abc'[2 if i == 5 else i % 2]}"), LOGISTIC, id="class of one"
            ),
            pytest.param(table("a,c,y", 5, lambda i: f"{wave(i)},{'uvw'[i % 3]},{i % 2}"), LOGISTIC, id="five rows"),
            pytest.param(table("a,y", 3, lambda i: f"{wave(i)},{wave(i + 9)}"), RIDGE, id="three rows"),
            pytest.param(table("y", 1, str), "", id="one row of one column"),
            pytest.param(
                table("d,y", 40, lambda i: f"{'1600-01-01' if i % 2 else '9999-12-31'},{'ab'[i // 2 % 2]}"),
                LOGISTIC,
                id="the years 1600 and 9999",
            ),
            pytest.param(
                table(",,a,a,y", 40, lambda i: f"{wave(i)},{i},{i % 7},0{i % 3}1,{'ab'[i % 2]}"),
                LOGISTIC,
                id="names that are empty or doubled, codes with zeros before them",
            ),
        ],
    )
    def test_give_a_report(self, content: str, model: str, tmp_path: Path) -> None:
        spec = write(tmp_path, content, model)
        if content == "y\n0\n":  # Nothing can be learnt from it, but it can be described.
            spec.write_text("data: {path: t.csv}\n", encoding="utf-8")
        assert made(spec).document.sections

    def test_a_thousand_classes_do_not_make_a_large_report(self, tmp_path: Path) -> None:
        """3 x 300 rows with 300 probabilities each are 270,000 numbers: more than travel."""
        spec = write(tmp_path, table("a,b,y", 900, lambda i: f"{wave(i)},{wave(i + 9)},c{i % 300}"), NEIGHBOURS)
        document = made(spec).document
        assert len(document.evidence.predictions["test"]["y_pred"]) == 180
        assert document.evidence.predictions["test"]["y_score"] is None
        assert "class probabilities, which are too many" in str(document.sections[-1].blocks[0])

    def test_a_long_class_name_is_cut_wherever_it_stands(self, tmp_path: Path) -> None:
        """A PDF of a table with a word of 10,000 letters took minutes."""
        spec = write(tmp_path, table("a,y", 40, lambda i: f"{wave(i)},{'xy'[i % 2] * 10_000}"), LOGISTIC)
        document = made(spec).document
        for block in document.blocks():
            if isinstance(block, Table):
                assert all(len(column.title) < 100 for column in block.columns)
                assert all(len(str(cell)) < 300 for row in block.rows for cell in row)
        page = api.output(Path("r.md")).to_bytes(document).decode()
        assert "x" * 100 not in page


class TestRefusals:
    @pytest.mark.parametrize(
        ("content", "model", "extra", "kind", "told"),
        [
            pytest.param(
                table("a,y", 40, lambda i: f"{wave(i)},{1e40 if i == 2 else i * 1.5}"),
                RIDGE,
                "",
                DataError,
                "t.csv: data.target: the target 'y', row 3: 1e+40 is too large to learn"
                " - fix: give the target in a larger unit, or mend the value",
                id="target beyond 32-bit numbers",
            ),
            pytest.param(
                table("a,y", 40, lambda i: f"{wave(i)},{'abc'[i % 3]}"),
                LOGISTIC,
                'evaluate: {metrics: [f1, r2]}\nexpect: {test.f1: ">= 0.1"}',
                SpecError,
                "e.yaml:3:26: evaluate.metrics[1]: r2 is for regression and forecast tasks, and this is a multiclass "
                "task"
                " - fix: choose from accuracy, precision, recall, f1, roc_auc and 10 more, or set data.task",
                id="metric of another task",
            ),
            pytest.param(
                table("a,y", 40, lambda i: f"{wave(i)},{'abc'[i % 3]}"),
                LOGISTIC,
                'expect: {test.r2: ">= 0.1"}',
                SpecError,
                "e.yaml:3:19: expect.test.r2: r2 is for regression and forecast tasks, and this is a multiclass task",
                id="gate of another task",
            ),
            pytest.param(
                table("a,y", 4, lambda i: f"{wave(i)},{i % 2}"),
                NEIGHBOURS,
                "",
                TrainingError,
                "n_samples = 2 - fix: change its model.params or the data, or choose another estimator",
                id="estimator that fails",
            ),
            pytest.param(
                table("a,y", 40, lambda i: f"{wave(i)},{i % 2}"),
                LOGISTIC,
                "split: {by: group, column: aa}",
                DataError,
                "e.yaml:3:28: split.column: there is no column 'aa' in 't.csv' - fix: did you mean 'a'?",
                id="column that is not there",
            ),
            pytest.param(
                b"PAR1\x15\x04\xc0", "", "", DataError, "t.csv: this is a Parquet file, not text - fix: give the file"
            ),
            pytest.param(b"\x80\x04\x95\x1acos\nsystem\n", "", "", DataError, "t.csv: this is a pickle, not text"),
        ],
    )
    def test_name_the_place_and_the_remedy(
        self, content: str | bytes, model: str, extra: str, kind: type[ReportgenError], told: str, tmp_path: Path
    ) -> None:
        with pytest.raises(kind) as caught:
            made(write(tmp_path, content, model, extra=extra))
        (problem,) = caught.value.problems
        assert told in str(problem)
        assert " - fix: " in str(problem)

    @pytest.mark.parametrize("command", ["run", "check"])
    def test_are_one_line_and_leave_nothing_behind(
        self, command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        spec = write(tmp_path, "a,y\n1,2\n", data=', sensitive: ["\\e[31m\\n::error::"]')
        before = sorted(tmp_path.iterdir())
        assert cli.main([command, str(spec)]) == 3
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith(f"reportgen: error: {spec}:1:44: data.sensitive[0]: there is no column")
        assert " - fix: " in line
        assert line.isprintable()
        assert sorted(tmp_path.iterdir()) == before

    def test_a_column_named_as_a_format_is_text(self, tmp_path: Path) -> None:
        assert made(write(tmp_path, table("PAR1,y", 20, lambda i: f"{wave(i)},{i % 2}"))).document.sections

    def test_a_file_name_that_is_no_text_cannot_be_proposed(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert cli.main(["init", "a\udcff.csv", "-o", str(tmp_path / "e.yaml")]) == 2
        assert capsys.readouterr().err == (
            "reportgen: error: the name 'a<U+DCFF>.csv' cannot stand in an experiment file"
            " - fix: give the file a plainer name\n"
        )


#: Elements that do more than hold text.
ACTING = [(tag,) for tag in ("script", "style", "link", "meta", "base", "img", "iframe", "object", "embed", "form")]


class _Tags(HTMLParser):
    """Elements and attributes by number; within drawings, which depend on the width of words, only whether."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: Counter[tuple[str, ...]] = Counter()
        self.drawn: set[tuple[str, ...]] = set()
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._depth += tag == "svg"
        for item in ((tag,), *((tag, name) for name, _ in attrs)):
            if self._depth:
                self.drawn.add(item)
            else:
                self.found[item] += 1

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag == "svg"


def hostile(folder: Path, words: str) -> Path:
    """A report with the words as title, author, description, and name of columns, categories and classes."""

    def field(text: str) -> str:
        doubled = text.replace('"', '""')
        return f'"{doubled}"'

    def row(i: int) -> str:
        sentence = field(f"{words} alpha beta gamma delta {i}")
        return f"{wave(i)},{field(words + 'uv'[i % 2])},{sentence},{field('AB'[i % 2] + words)}"

    header = ",".join(map(field, (f"number {words}", f"category {words}", f"text {words}", f"y {words}")))
    (folder / "t.csv").write_text(table(header, 40, row), encoding="utf-8")
    said = {name: json.dumps(text, ensure_ascii=False) for name, text in (("any", words), ("title", words[:300]))}
    target = json.dumps(f"y {words}", ensure_ascii=False)
    spec = folder / "e.yaml"
    spec.write_text(
        f"title: {said['title']}\ndescription: {said['any']}\nauthors: [{said['any']}]\n"
        f"data: {{path: t.csv, target: {target}}}\nmodel: {LOGISTIC}\n",
        encoding="utf-8",
    )
    report = made(spec)
    for name in ("r.html", "r.md"):
        report.save(folder / name)
    assert api.read(folder / "r.html").document == report.document
    return folder / "r.html"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path]]:
    """For every payload its report, and that of a harmless twin as long; lengthened, so that few twins are enough."""
    twins = {size: hostile(tmp_path_factory.mktemp("twin"), "x" * size) for size in (4, 40, 10_000)}
    found = {}
    for words in PAYLOADS:
        size = next(size for size in twins if len(words) <= size)
        own = words.ljust(size, "x")
        is_twin = own == "x" * size
        found[words] = twins[size] if is_twin else hostile(tmp_path_factory.mktemp("hostile"), own), twins[size]
    return found


@pytest.mark.slow
class TestHostileWords:
    @pytest.mark.parametrize("words", PAYLOADS, ids=lambda words: words[:20].encode("unicode_escape").decode())
    def test_add_no_element_and_no_attribute(self, words: str, pages: dict[str, tuple[Path, Path]]) -> None:
        page, twin = _Tags(), _Tags()
        for parser, file in zip((page, twin), pages[words], strict=True):
            parser.feed(file.read_text(encoding="utf-8"))
        # Words decide what checks say and which terms are listed, hence how many lines there are; never of what sort.
        assert set(page.found) <= set(twin.found) | {("a", "href")}
        assert {tag: page.found[tag] for tag in ACTING} == {tag: twin.found[tag] for tag in ACTING}
        assert not [item for item in page.found if item[-1].startswith("on")]
        assert page.drawn - twin.drawn <= {("text", "transform"), ("text", "text-anchor")}  # A label that is turned.

    def test_leave_no_control_character_in_any_output(self, pages: dict[str, tuple[Path, Path]]) -> None:
        for file, _ in pages.values():
            for name in ("r.html", "r.md"):
                text = (file.parent / name).read_text(encoding="utf-8")
                assert all(sign == "\n" or sign > "\x1f" for sign in text)
                assert not set("\x7f\u202e\u200b") & set(text)

    def test_wake_nothing_in_a_browser(self, pages: dict[str, tuple[Path, Path]], browser: Any) -> None:
        complaints: list[str] = []
        for file, _ in pages.values():
            page = browser.new_page()
            page.on("console", lambda message: complaints.append(f"console: {message.text}"))
            page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
            page.on("dialog", lambda dialog: (complaints.append("dialog"), dialog.dismiss()))
            page.on("request", lambda request: complaints.append(f"request: {request.url}"))
            page.add_init_script(
                "addEventListener('securitypolicyviolation', e => console.log('CSP', e.violatedDirective))"
            )
            page.goto(file.as_uri())
            page.close()
        assert complaints == [f"request: {file.as_uri()}" for file, _ in pages.values()]  # The pages themselves.
