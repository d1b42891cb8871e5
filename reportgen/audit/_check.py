"""What an audit says of one thing that it looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reportgen.text import one_line

#: Two numbers are the same where they differ by no more than this, or by this share of the larger one.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    `checked` counts what was compared and `told` says what that is; `differences` are sentences, one for each thing
    that is not as it should be. `skipped` says what there is nothing to look at for, `missing` what could not be
    computed again because the report does not carry enough.
    """

    name: str
    checked: int = 0
    told: str = ""
    differences: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def status(self) -> Literal["same", "differs", "not checked"]:
        if self.differences:
            return "differs"
        return "same" if self.checked else "not checked"


def differs(stated: object, found: object) -> bool:
    """Whether two values are not the same; numbers within the tolerance are, and None is so to None alone."""
    if isinstance(stated, bool) or isinstance(found, bool) or not _are_numbers(stated, found):
        return stated != found
    return not abs(stated - found) <= TOLERANCE * max(1.0, abs(stated), abs(found))  # type: ignore[operator,arg-type]


def _are_numbers(*values: object) -> bool:
    return all(isinstance(value, (int, float)) for value in values)


def written(value: object) -> str:
    """A value as it stands in a sentence."""
    if value is None:
        return "none"
    return f"{value:.12g}" if isinstance(value, float) else one_line(value, 80)


def apart(what: str, stated: object, found: object) -> str:
    """The sentence of a difference."""
    return f"{one_line(what, 120)}: the report has {written(stated)}, computed again it is {written(found)}"
