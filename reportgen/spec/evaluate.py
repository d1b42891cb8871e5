"""The blocks `evaluate`, `report` and `checks`: what is measured, judged and shown."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reportgen.spec.record import Name, Names, Record


class Explain(Record):
    """How much is done to explain the model; what is left out is done as far as a second or so allows."""

    repeats: Annotated[
        int | None, Field(ge=2, le=100, description="How often each column is shuffled; up to 10 if left out.")
    ] = None
    rows: Annotated[
        int | None,
        Field(ge=20, le=100_000, description="Rows of validation, else test, at most; up to 1,000 if left out."),
    ] = None
    columns: Annotated[
        int | None,
        Field(ge=0, le=12, description="Columns whose partial dependence is shown, the most important; 4 if left out."),
    ] = None


class Costs(Record):
    """What a wrong decision of a binary task costs, in any unit; a right one costs nothing."""

    false_positive: Annotated[float, Field(ge=0.0, description="Of calling a negative case positive.")]
    false_negative: Annotated[float, Field(ge=0.0, description="Of missing a positive case.")]


class Evaluate(Record):
    """Which metrics, beside which baselines, with which confidence."""

    metrics: Annotated[Literal["auto"] | Names, Field(description="auto, or names from `reportgen list metrics`.")] = (
        "auto"
    )
    baselines: Annotated[
        tuple[Literal["dummy", "linear", "boosted"], ...],
        Field(
            description="Simple models trained on the same rows, to compare with. Boosted trees are left to the file: "
            "they add about a tenth to a short run, and a fifth to one of ten classes."
        ),
    ] = ("dummy", "linear")
    confidence: Annotated[float, Field(ge=0.5, le=0.999, description="The level of every confidence interval.")] = 0.95
    threshold: Annotated[
        Annotated[float, Field(gt=0.0, lt=1.0)] | Literal["tuned"],
        Field(description="The score from which a case counts as positive; tuned: chosen on the validation rows."),
    ] = 0.5
    tune: Annotated[
        Literal["f1", "youden", "cost"] | None,
        Field(description="What a tuned threshold is best at; the cost if costs are given, else F1, if left out."),
    ] = None
    costs: Annotated[Costs | None, Field(description="What wrong decisions cost, in a binary task.")] = None
    calibration: Annotated[
        Literal["none", "sigmoid", "isotonic"],
        Field(description="Recalibrates class probabilities, fitted on the validation rows."),
    ] = "none"
    slices: Annotated[
        tuple[Name, ...],
        Field(
            max_length=50,
            description="Test rows to measure by themselves: a column, each of whose levels is one, or conditions such "
            'as "age >= 60 and sex = female" or "age is missing".',
        ),
    ] = ()
    groups: Annotated[
        tuple[Name, ...],
        Field(max_length=20, description="Columns whose groups the model must treat alike; the gaps are measured."),
    ] = ()
    learning_curve: Annotated[
        Literal["off", "auto"]
        | Annotated[tuple[Annotated[float, Field(gt=0.0, le=1.0)], ...], Field(min_length=1, max_length=20)],
        Field(
            description="Shares of the training rows to train on as well, to show what more rows are worth; auto: 0.1, "
            "0.25 and 0.5. Each is a training more; the whole is always among them."
        ),
    ] = "off"
    explain: Annotated[
        Literal["auto", "off"] | Explain,
        Field(description="How columns matter to the model: permutation importance, partial dependence, gradients."),
    ] = "auto"


FEWEST_BYTES, MOST_BYTES = 300_000, 100_000_000
#: A thousand bytes or a million, however large the letters are.
_SIZE = r"^[0-9]{1,9}(\.[0-9]{1,9})? ?([kK]|[mM])[bB]$"


def in_bytes(size: int | str) -> int:
    """The bytes of `500 kB` or `1.5MB`; a number is one of bytes."""
    if isinstance(size, int):
        return size
    number, unit = float(size[:-2]), size[-2].lower()
    return round(number * {"k": 1e3, "m": 1e6}[unit])


class Report(Record):
    """What is written, and what it shows."""

    formats: Annotated[
        tuple[Literal["html", "pdf", "json", "md"], ...],
        Field(min_length=1, description="Written beside the experiment file."),
    ] = ("html", "pdf")
    sections: Annotated[Literal["auto"] | Names, Field(description="auto, or the sections to show, in this order.")] = (
        "auto"
    )
    figures: Annotated[Literal["auto"] | tuple[Name, ...], Field(description="auto, or the figures to keep.")] = "auto"
    samples: Annotated[
        int,
        Field(ge=0, le=100, description="Rows of the table, or images, that are shown as they are; none if left out."),
    ] = 0
    max_bytes: Annotated[
        Annotated[int, Field(ge=FEWEST_BYTES, le=MOST_BYTES)]
        | Annotated[str, Field(pattern=_SIZE, description="A size such as 2MB, 1.5MB or 500 kB.")],
        Field(
            description="The most bytes of the HTML page, 300 kB to 100 MB; a larger page is reduced, and the report "
            "says how."
        ),
    ] = 2_000_000
    theme: Annotated[Name, Field(description="The look of the page and the PDF: plain or slate.")] = "plain"
    logo: Annotated[
        Name | None,
        Field(description="A PNG or SVG file of at most 100 kB, shown above the title; relative to the file."),
    ] = None
    logo_alt: Annotated[
        Name, Field(description="What the logo says to those who cannot see it, such as a company's name.")
    ] = "Logo"
    footer: Annotated[
        Annotated[str, Field(max_length=200)],
        Field(description="A line below the page and at the foot of each page of the PDF, such as Confidential."),
    ] = ""

    @property
    def most_bytes(self) -> int:
        """`max_bytes` as a number."""
        return in_bytes(self.max_bytes)


class CheckSettings(Record):
    """How one check judges here."""

    threshold: Annotated[float | None, Field(description="Its threshold; the check's own if left out.")] = None
    severity: Annotated[Literal["error", "warning", "notice"] | None, Field(description="How grave a finding is.")] = (
        None
    )
    ignore: Annotated[tuple[Name, ...], Field(description="Columns, classes or layers that it passes over.")] = ()
