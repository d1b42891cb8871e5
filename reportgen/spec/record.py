"""What every block of the experiment file has in common."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(min_length=1)]
Names = Annotated[tuple[Name, ...], Field(min_length=1)]
Fraction = Annotated[float, Field(ge=0.0, lt=1.0)]
#: A part of Keras by its name, or by its name with arguments: `relu`, `{LeakyReLU: {negative_slope: 0.2}}`.
Keras = Name | Annotated[dict[Name, dict[Name, Any]], Field(min_length=1, max_length=1)]


class Record(BaseModel):
    """A block of the experiment file: strict types, unknown keys refused, frozen."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False, protected_namespaces=())
