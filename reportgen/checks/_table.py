"""What the checks of columns, rows and the target share: which columns count, and how to say that some were found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from reportgen.checks import Verdict, failed, passed
from reportgen.checks._words import several
from reportgen.dataset import Kind
from reportgen.errors import NotApplicable
from reportgen.results import Run
from reportgen.text import listing, one_line

if TYPE_CHECKING:
    from reportgen.profile import ColumnProfile, Profile

#: Fewer rows than this show no shape.
ENOUGH_ROWS = 20
#: Numbers with fewer different values are codes or counts, whose shape says nothing.
ENOUGH_VALUES = 10
_MOST_NAMED = 4


def profiled(run: Run) -> Profile:
    if run.profile is None:
        raise NotApplicable("the table was not profiled")
    if run.profile.n_rows == 0:
        raise NotApplicable("the table has no row")
    return run.profile


def features(run: Run, *kinds: Kind) -> tuple[ColumnProfile, ...]:
    """The columns that a model may see, of these kinds (or any); raises NotApplicable where there is none."""
    hidden = (Kind.ID, Kind.IGNORE)
    found = [one for one in profiled(run).columns if not one.is_target and one.kind not in hidden]
    wanted = tuple(one for one in found if not kinds or one.kind in kinds)
    if not wanted:
        raise NotApplicable(f"there is no {' or '.join(kinds)} column" if kinds else "there is no feature")
    return wanted


def measured(run: Run) -> tuple[ColumnProfile, ...]:
    """The numeric columns with enough rows and different values to have a shape."""
    wanted = tuple(
        one
        for one in features(run, Kind.NUMERIC)
        if one.count - one.infinite >= ENOUGH_ROWS and one.distinct >= ENOUGH_VALUES
    )
    if not wanted:
        raise NotApplicable("no numeric column has values enough to show a shape")
    return wanted


def share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def commonest(column: ColumnProfile) -> float:
    """The share of the commonest value among those that are there."""
    return share(column.most_frequent, column.count)


def above(
    columns: Iterable[ColumnProfile],
    value: Callable[[ColumnProfile], float],
    threshold: float,
    words: tuple[str, str, str],
    shown: Callable[[float], str],
) -> Verdict:
    """Failed where the value of a column exceeds the threshold: names the columns, the worst first.

    `words` are what the title says of one column, of several, and of none.
    """
    one, many, none = words
    pairs = sorted(((value(column), column.name) for column in columns), key=lambda pair: (-pair[0], pair[1]))
    found = [(size, name) for size, name in pairs if size > threshold]
    if not found:
        return passed(none, pairs[0][0] if pairs else None)
    names = tuple(name for _, name in found)
    return failed(several(len(found), one, many), found[0][0], worst(found, shown), names)


def worst(found: Sequence[tuple[float, str]], shown: Callable[[float], str]) -> str:
    """A sentence of its own: `It is fuel (71.8 %).`, `They are ...`, `Above all radius (12.1), ... and 3 more.`."""
    start = "It is" if len(found) == 1 else "They are" if len(found) <= _MOST_NAMED else "Above all"
    return f"{start} {sizes(found, shown)}"


def sizes(found: Sequence[tuple[float, str]], shown: Callable[[float], str]) -> str:
    """The end of a sentence: `radius (12.1), area (9.0) and 3 more.`."""
    return listing((f"{one_line(name, 40)} ({shown(size)})" for size, name in found), most=_MOST_NAMED) + "."
