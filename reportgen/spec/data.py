"""The block `data`: the table, and what is predicted."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reportgen.spec.record import Name, Names, Record

Kind = Literal["numeric", "categorical", "boolean", "datetime", "text", "image", "id", "ignore"]
TaskName = Literal["binary", "multiclass", "multilabel", "regression", "forecast"]


class ReadOptions(Record):
    """How a delimited text file is to be read, where the file does not say."""

    sep: Annotated[
        str | None,
        Field(min_length=1, max_length=1, description="The field separator, one character; found if left out."),
    ] = None
    decimal: Annotated[Literal[".", ","], Field(description="The decimal mark.")] = "."
    encoding: Annotated[
        str | None, Field(min_length=1, description="The text encoding, such as gbk or cp1252; UTF-8 if left out.")
    ] = None
    missing: Annotated[
        tuple[str, ...], Field(description="The spellings of a missing value, beside the empty field.")
    ] = ()
    sheet: Annotated[
        str | int | None,
        Field(description="The sheet of a workbook, by name or by number from 1; the first if left out."),
    ] = None


Files = Name | Names


class Forecast(Record):
    """What a forecast looks back on and ahead to; rows are taken in the order of `time`, one step apart."""

    time: Annotated[Name, Field(description="The column of dates or numbers that puts the rows in order.")]
    window: Annotated[int, Field(ge=1, le=100_000, description="Steps that the model sees.")] = 24
    horizon: Annotated[int, Field(ge=1, le=1000, description="Steps that it predicts, from the next one on.")] = 1
    season: Annotated[
        int, Field(ge=1, description="Steps of a season, whose last value is the naive forecast; 1 for the last value.")
    ] = 1


class Data(Record):
    """The table: where it lies, what is predicted, and what its columns are."""

    path: Annotated[
        Files,
        Field(
            description="A file, a pattern such as part-*.csv or a list of files, relative to the experiment file; "
            "a folder of images; an SQLAlchemy URL with a query; or sklearn:NAME for a bundled table."
        ),
    ]
    validation: Annotated[
        Files | None, Field(description="Files of the validation rows, where they are kept apart; like path.")
    ] = None
    test: Annotated[
        Files | None, Field(description="Files of the test rows, where they are kept apart; like path.")
    ] = None
    query: Annotated[
        str | None, Field(min_length=1, description="The SELECT whose rows are the table, for a database.")
    ] = None
    sample: Annotated[
        int | None,
        Field(
            ge=1,
            description="Rows to draw at random where the table has more; if left out, as many as fit into memory.",
        ),
    ] = None
    target: Annotated[
        Name | Names | None,
        Field(description="The column to predict; several columns of yes and no for a multilabel task."),
    ] = None
    task: Annotated[
        TaskName | None, Field(description="What is predicted; inferred from the target, and stated, if left out.")
    ] = None
    positive: Annotated[
        str | int | float | bool | None, Field(description="The label that counts as positive in a binary task.")
    ] = None
    forecast: Annotated[
        Forecast | None, Field(description="The window and the horizon, where the target is to be forecast.")
    ] = None
    columns: Annotated[
        dict[str, Kind], Field(description="Kinds of columns declared by hand; ignore leaves a column out.")
    ] = {}
    options: Annotated[ReadOptions, Field(description="How a delimited text file is to be read.")] = ReadOptions()
    sensitive: Annotated[tuple[Name, ...], Field(description="Columns whose values are never shown.")] = ()

    @property
    def targets(self) -> tuple[str, ...]:
        """The columns to predict, none, one or several."""
        return (self.target,) if isinstance(self.target, str) else self.target or ()
