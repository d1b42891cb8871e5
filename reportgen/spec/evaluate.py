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
        Field(description="Simple models trained on the same rows, to compare with."),
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
    explain: Annotated[
        Literal["auto", "off"] | Explain,
        Field(description="How columns matter to the model: permutation importance, partial dependence, gradients."),
    ] = "auto"


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


class CheckSettings(Record):
    """How one check judges here."""

    threshold: Annotated[float | None, Field(description="Its threshold; the check's own if left out.")] = None
    severity: Annotated[Literal["error", "warning", "notice"] | None, Field(description="How grave a finding is.")] = (
        None
    )
    ignore: Annotated[tuple[Name, ...], Field(description="Columns, classes or layers that it passes over.")] = ()
