"""The blocks `clean`, `split` and `preprocess`: what happens to the rows before a model sees them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reportgen.spec.record import Fraction, Names, Record


class MissingPolicy(Record):
    """What stands in for a missing feature value; learnt from the training rows alone."""

    numeric: Annotated[Literal["median", "mean", "zero"], Field(description="For a missing number.")] = "median"
    categorical: Annotated[
        Literal["most_frequent", "own_level"],
        Field(description="For a missing category; own_level makes it one of its own."),
    ] = "most_frequent"
    indicator: Annotated[
        bool, Field(description="Add a feature for each column with gaps in train that says where a value was missing.")
    ] = False


class Outliers(Record):
    """What counts as an outlier of a numeric feature, and what becomes of it; bounds learnt from train alone."""

    method: Annotated[
        Literal["iqr", "zscore", "mad", "quantile"],
        Field(
            description="iqr: beyond so many interquartile ranges outside the quartiles; zscore: standard deviations "
            "from the mean; mad: scaled median absolute deviations from the median; quantile: below or above a share."
        ),
    ] = "iqr"
    action: Annotated[
        Literal["clip", "flag", "drop"],
        Field(description="clip to the bound, add a feature that flags, or drop rows of train."),
    ] = "clip"
    limit: Annotated[
        float | None,
        Field(
            gt=0.0, description="How far out: 1.5 for iqr, 3 for zscore, 3.5 for mad, 0.01 for quantile if left out."
        ),
    ] = None
    columns: Annotated[Names | None, Field(description="The numeric columns; all if left out.")] = None


class Clean(Record):
    """What is removed or filled before the model sees a row."""

    duplicates: Annotated[Literal["keep", "drop"], Field(description="Whole rows that repeat an earlier one.")] = "keep"
    missing: Annotated[
        MissingPolicy | Literal["drop"], Field(description="Fill missing feature values, or drop their rows.")
    ] = MissingPolicy()
    outliers: Annotated[Outliers | None, Field(description="What becomes of values far outside; kept if left out.")] = (
        None
    )


class Split(Record):
    """Shares of all rows for test and validation, and how rows are drawn."""

    test: Annotated[float, Field(gt=0.0, lt=1.0, description="Share of the rows kept for the test.")] = 0.2
    validation: Annotated[Fraction, Field(description="Share of the rows watched while training; 0 for none.")] = 0.1
    folds: Annotated[
        int | None,
        Field(
            ge=2,
            le=100,
            description="Train and test so many times, each row in the test split of one fold; replaces test.",
        ),
    ] = None
    by: Annotated[
        Literal["auto", "random", "stratified", "group", "time"],
        Field(
            description="How rows are drawn. auto: stratified for classes, random for numbers. stratified takes the "
            "tenths of a number."
        ),
    ] = "auto"
    column: Annotated[
        str | None, Field(min_length=1, description="The column of the group or the time, for by: group and by: time.")
    ] = None


Pixels = Annotated[int, Field(ge=1, le=512)]


class Preprocess(Record):
    """How each kind of column becomes numbers; fitted on the training rows alone."""

    numeric: Annotated[
        Literal["standard", "minmax", "robust", "quantile", "power", "none"],
        Field(description="How numbers are scaled; quantile and power also make their shape that of a normal one."),
    ] = "standard"
    categorical: Annotated[Literal["onehot", "ordinal"], Field(description="How categories are encoded.")] = "onehot"
    datetime: Annotated[
        Literal["parts", "drop"], Field(description="Dates become year, month, day, weekday and hour, or are left out.")
    ] = "parts"
    text: Annotated[
        Literal["tfidf", "tokens", "drop"],
        Field(description="Text becomes weighted word counts, or a sequence of word numbers, or is left out."),
    ] = "tfidf"
    text_length: Annotated[int, Field(ge=1, le=10_000, description="Words of a text that are kept, for tokens.")] = 100
    vocabulary: Annotated[
        int, Field(ge=1, le=1_000_000, description="Words that get a number, the most frequent ones, for tokens.")
    ] = 10_000
    image: Annotated[
        Literal["pixels", "drop"], Field(description="Images become scaled grey or colour values, or are left out.")
    ] = "pixels"
    image_size: Annotated[
        tuple[Pixels, ...],
        Field(min_length=2, max_length=2, description="Height and width that images are scaled to, [height, width]."),
    ] = (16, 16)
