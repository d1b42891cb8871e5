"""Documents made by hand: one with every kind of block, and one with a payload in every text field."""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass, replace
from typing import Any

from reportgen.document import (
    Bars,
    Chart,
    Code,
    Document,
    Evidence,
    Figure,
    FindingBlock,
    Group,
    Interval,
    KeyFigure,
    KeyFigures,
    Markdown,
    Note,
    Section,
    Span,
    Stamp,
    Table,
    TableColumn,
    Text,
    code,
    em,
    link,
    para,
    strong,
)

SPEC = """\
title: Breast cancer with two hidden layers
seed: 42
data:
  path: breast_cancer.csv
  target: target
  positive: malignant
model: {kind: mlp, hidden: [64, 32]}
expect: {test.f1: ">= 0.93"}
"""


def curve(name: str = "loss") -> Figure:
    """Two lines labelled at their ends."""
    epochs = tuple(range(1, 101))
    train = tuple(round(0.72 * math.exp(-epoch / 9) + 0.004, 4) for epoch in epochs)
    validation = tuple(round(0.5 * math.exp(-epoch / 5) + 0.08 + 0.0011 * epoch, 4) for epoch in epochs)
    return Figure(
        id=name,
        title="The network overfits after epoch 16.",
        caption="Binary cross-entropy on train and validation; lower is better.",
        alt="Two lines over 100 epochs: train falls to 0.004, validation has its minimum of 0.117 at epoch 16.",
        drawing=_curve_drawing(name, train, validation),
        width=331.2,
        height=180.0,
        data={"epoch": epochs, "train": train, "validation": validation},
        axes=({"box": [43, 11, 238, 133], "x": [0, 101], "y": [0, 0.75], "series": ["train", "validation"]},),
    )


def _curve_drawing(name: str, train: tuple[float, ...], validation: tuple[float, ...]) -> str:
    def path(values: tuple[float, ...]) -> str:
        return "M" + "L".join(f"{43 + 2.36 * (i + 1):.2f} {144 - 177 * v:.2f}" for i, v in enumerate(values))

    def label(x: float, y: float, text: str, anchor: str, fill: str = 'fill="currentColor"') -> str:
        face = 'font-family="\'Report Sans\'" font-size="8.5"'  # as matplotlib names it
        return f'<text x="{x}" y="{y}" {face} text-anchor="{anchor}" {fill}>{text}</text>'

    ticks = "".join(label(43 + 2.36 * at, 159, str(at), "middle") for at in (0, 20, 40, 60, 80, 100))
    ticks += "".join(label(36.6, 147 - 177 * at, f"{at:.1f}", "end") for at in (0.0, 0.2, 0.4, 0.6))
    ends = label(284, 146, "train", "start", 'class="f1" fill="#0b62a4"')
    ends += label(284, 113, "validation", "start", 'class="f2" fill="#b34d06"')
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="331.2" height="180" viewBox="0 0 331.2 180">'
        f'<defs><clipPath id="{name}-clip"><rect x="43" y="11" width="238" height="133"/></clipPath></defs>'
        '<path d="M43 11V144H281" fill="none" stroke="currentColor" stroke-width="0.6"/>'
        f'<g clip-path="url(#{name}-clip)" fill="none" stroke-width="1.4">'
        f'<path class="s1" d="{path(train)}" stroke="#0b62a4"/>'
        f'<path class="s2" d="{path(validation)}" stroke="#b34d06"/></g>'
        f"{ticks}{label(162, 175, 'epoch', 'middle')}"
        f"{ends}</svg>"
    )


def matrix(name: str = "confusion") -> Figure:
    """Four cells with their counts."""
    dark, light = ("#0b62a4", "#ffffff"), ("none", "currentColor")
    cells = ((59, 36, 71, *dark), (120, 36, 1, *light), (59, 97, 1, *light), (120, 97, 41, *dark))
    boxes = "".join(
        f'<rect x="{x}" y="{y}" width="61" height="61" fill="{box}"/>'
        f'<text x="{x + 30}" y="{y + 34}" font-size="12" text-anchor="middle" '
        f'fill="{ink}">{count}</text>'
        for x, y, count, box, ink in cells
    )
    names = "".join(
        f'<text x="{x}" y="{y}" font-size="8.5" text-anchor="{anchor}" fill="currentColor">{text}</text>'
        for x, y, anchor, text in (
            (90, 29, "middle", "benign"),
            (151, 29, "middle", "malignant"),
            (120, 16, "middle", "predicted"),
            (55, 70, "end", "benign"),
            (55, 131, "end", "malignant"),
        )
    )
    return Figure(
        id=name,
        title="One missed, one false alarm.",
        caption="Test set, rows sum to the actual class.",
        alt="Confusion matrix: 71 benign and 41 malignant cases right, one of each wrong.",
        drawing='<svg xmlns="http://www.w3.org/2000/svg" width="194.4" height="180" viewBox="0 0 194.4 180">'
        f"{boxes}{names}</svg>",
        width=194.4,
        height=180.0,
        data={
            "actual": ("benign", "benign", "malignant", "malignant"),
            "predicted": ("benign", "malignant", "benign", "malignant"),
            "cases": (71, 1, 1, 41),
        },
    )


def scores() -> Table:
    """Values with intervals beside two baselines."""
    rows: tuple[tuple[Any, ...], ...] = (
        ("Accuracy", 0.982456, Interval(0.982456, 0.956, 1.0, 0.965), 0.965, 0.632),
        ("Precision", 0.97619, Interval(0.97619, 0.92, 1.0, 0.975), 0.975, 0.0),
        ("Recall", 0.97619, Interval(0.97619, 0.919, 1.0, 0.929), 0.929, 0.0),
        ("F1", 0.97619, Interval(0.97619, 0.938, 1.0, 0.951), 0.951, 0.0),
        ("ROC AUC", 0.993, Interval(0.993, 0.978, 1.0, 0.996), 0.996, 0.5),
        (Text((Span("Brier score"), em(" lower is better"))), 0.015, Interval(0.015, 0.001, 0.036), 0.021, None),
    )
    columns = (
        TableColumn(""),
        TableColumn("network", "fixed", strong=True),
        TableColumn("95 % interval", "interval", scale=(0.5, 1.0)),
        TableColumn("logistic", "fixed"),
        TableColumn("dummy", "fixed"),
    )
    return Table(
        "scores",
        "Test set, 114 cases.",
        columns,
        rows,
        caption="Mark: value; bar: 95 % interval, from 0.5 to 1; thin mark: logistic regression.",
    )


def profile() -> Table:
    """A wide table: one column of the data a row, with stacked distributions."""
    names = ("worst perimeter", "worst concave points", "mean radius", "area error", "mean smoothness", "symmetry")
    means = (107.26, 0.114606, 14.1273, 40.3371, 0.09636, -0.020542)
    rows: tuple[tuple[Any, ...], ...] = tuple(
        (
            name,
            "number",
            mean,
            mean / 3,
            mean / 10,
            mean * 0.97,
            mean * 1234 if at == 3 else mean * 4,
            at * 0.001,
            Bars((_bell(5 + at, 30), _bell(14 + at, 22))),
            0.98 - at / 9,
        )
        for at, (name, mean) in enumerate(zip(names, means, strict=True))
    )
    columns = (
        TableColumn("column"),
        TableColumn("kind"),
        TableColumn("mean", "significant"),
        TableColumn("sd", "significant", narrow=False),
        TableColumn("min", "significant", unit="mm", narrow=False),
        TableColumn("median", "significant", narrow=False),
        TableColumn("max", "significant", narrow=False),
        TableColumn("missing", "percent"),
        TableColumn("distribution", "bars"),
        TableColumn("AUC", "fixed", digits=2),
    )
    return Table(
        "columns",
        "Columns, by how well each alone separates the classes (AUC).",
        columns,
        rows,
        total=30,
        legend=("benign", "malignant"),
        details=(_unfolded(), _unfolded()),
    )


def _unfolded() -> tuple[Any, ...]:
    """What two of the six lines unfold to."""
    return (
        para("Numeric: numbers. ", link("One pair says nearly the same", "#finding-correlation")),
        Chart("Distribution", (_bell(5, 30), _bell(14, 22)), ("50.4", "251")),
        KeyFigures((KeyFigure("minimum", "50.4"), KeyFigure("missing", "12", "2.1 %"))),
        Chart("By weekday", ((1, 2, 3, 4, 5, 6, 7),), ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), "columns"),
        Chart("Levels", ((60, 20), (10, 10)), ("first level", "second level"), "rows", 100),
        Note("Two values are hidden."),
    )


def _bell(centre: int, height: int, bins: int = 30) -> tuple[int, ...]:
    return tuple(int(height * math.exp(-(((at - centre) / 5) ** 2))) for at in range(bins))


def findings() -> tuple[FindingBlock, ...]:
    """Failed, broken, passed, not applicable and switched off."""
    return (
        FindingBlock(
            "finding-test-size",
            "failed",
            "warning",
            "The test set is small.",
            "The interval of recall runs from 0.919 to 1.000: one missed tumour moves it by 2.4 points.",
            0.081,
            0.05,
            "The wider the interval, the less a difference between two models can be told from chance.",
            "Use more test rows, or cross-validate.",
        ),
        FindingBlock(
            "finding-correlation",
            "failed",
            "notice",
            "Twenty-one pairs of columns say nearly the same.",
            "Correlation above 0.9, among them radius, perimeter and area.",
            21.0,
            0.9,
            "Importance is shared between such columns.",
            "Keep one of each.",
        ),
        FindingBlock(
            "finding-leak",
            "failed",
            "error",
            "Three rows stand in train and in test.",
            "Rows 14, 98 and 301.",
            3.0,
            0.0,
            "The test then measures memory.",
            "Set clean.duplicates: drop.",
        ),
        FindingBlock("finding-drift", "broken", "warning", "drift by column", "The check stopped: division by zero."),
        FindingBlock("finding-constant", "passed", "warning", "No column is constant.", value=0.0, threshold=0.0),
        FindingBlock("finding-missing", "passed", "notice", "No value is missing.", value=0.0, threshold=0.05),
        FindingBlock("finding-gaps", "not applicable", "notice", "Gaps in time", "the data has no time column"),
        FindingBlock("finding-heaping", "off", "notice", "Heaping", "switched off in the experiment file"),
    )


def sample() -> Document:
    """A report with every kind of block, as the tutorial's would be."""
    found = findings()
    return Document(
        title="Breast cancer with two hidden layers",
        description="Does a small network beat logistic regression at telling malignant from benign tumours, "
        "on 569 cases with 30 measurements each?",
        authors=("R. Example", "S. Sample"),
        seed=42,
        outcome="gates passed",
        verdict=(
            para(
                Span("Both gates passed.", "pass"),
                " F1 on the test set is 0.976, asked for at least 0.930; accuracy on train is 0.018 above test, "
                "allowed 0.050.",
            ),
            para(
                strong("But the difference to logistic regression is not shown."),
                " The network is right on 112 of 114 test cases, the linear model on 110.",
            ),
        ),
        sections=(
            Section("summary", "Summary", _summary(found)),
            Section("data", "Data", _data()),
            Section("training", "Training", _training()),
            Section("findings", "Findings", found),
            Section("record", "Record", _record()),
        ),
        evidence=Evidence(
            spec=SPEC,
            predictions={"test": {"rows": [3, 5], "y_true": [0, 1], "y_pred": [0, 1], "y_score": [0.1, 0.9]}},
            labels=("benign", "malignant"),
            scores=({"metric": "f1", "split": "test", "value": 0.97619},),
            provenance={"python": "3.11"},
        ),
        stamp=Stamp("2026-11-23T16:40:05Z", {"load": 0.3, "fit": 2.6, "draw": 1.2}),
    )


def _summary(found: tuple[FindingBlock, ...]) -> tuple[Any, ...]:
    short = tuple(replace(finding, link=f"#{finding.id}") for finding in (found[2], found[0], found[1]))
    return (
        scores(),
        Group(short, title="What matters most"),
        Group((curve("summary-loss"), matrix("summary-confusion")), "pair"),
    )


def _data() -> tuple[Any, ...]:
    return (
        para(
            "569 rows, 31 columns, all numbers; nothing missing, no duplicates. The target ",
            em("target"),
            " has 212 malignant (37 %) and 357 benign cases, in ",
            code("breast_cancer.csv"),
            ", from the ",
            link("UCI repository", "https://archive.ics.uci.edu"),
            ".",
        ),
        KeyFigures((KeyFigure("rows", "569"), KeyFigure("columns", "31", "30 used"), KeyFigure("missing", "0"))),
        profile(),
        Markdown("A *remark* by the author:\n\n- one\n- two with `code`\n\n[a page](https://example.org)"),
    )


def _training() -> tuple[Any, ...]:
    return (
        para("100 epochs, batches of 32."),
        Group((curve("training-loss"), curve("training-accuracy")), "pair", "Curves"),
        Group((curve("weights"), Note("Weights above 128 x 128 are block means.", "reduced")), title="Weights"),
        Note("needs images", "not applicable"),
        Note("Filters failed: the layer has no kernel.", "broken"),
    )


def _record() -> tuple[Any, ...]:
    versions = Table(
        "versions", "Versions.", (TableColumn("package"), TableColumn("version", "code")), (("keras", "3.13.2"),)
    )
    return (
        para("Everything needed to run this again."),
        Group((Code(SPEC, "yaml", "experiment.yaml"),), "fold", "The experiment file as written"),
        versions,
        Note("Dates and durations are left out of the content id."),
    )


def hostile(payload: str) -> Document:
    """The sample with `payload` at the end of every text that a person or a file could have written."""
    poisoned: Document = _poisoned(sample(), payload)
    return poisoned


#: Fields whose text is a name inside the program; `from_json` checks `href`, `link` and `drawing` itself.
_OURS = {"style", "href", "link", "drawing", "format", "layout", "kind", "status", "severity", "outcome", "form"}
_OURS |= {"id", "key", "stamp", "logo"}


def _poisoned(value: Any, payload: str) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        names = [item.name for item in fields(value) if item.name not in _OURS]
        return replace(value, **{name: _poisoned(getattr(value, name), payload) for name in names})
    if isinstance(value, tuple):
        return tuple(_poisoned(item, payload) for item in value)
    if isinstance(value, dict):
        return {f"{key}{payload}": _poisoned(item, payload) for key, item in value.items()}
    return value + payload if isinstance(value, str) else value
