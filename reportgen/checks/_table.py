"""What the checks of columns, rows and the target share: which columns count, and how to say that some were found."""

from __future__ import annotations

import math
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

#: Fewer rows than this prove nothing by being all different.
ENOUGH_ROWS = 20
#: Fewer rows than this show no shape: of a tail or a balance, chance alone would tell.
ENOUGH_FOR_SHAPE = 100
#: Numbers with fewer different values are codes or counts, whose shape says nothing.
ENOUGH_VALUES = 10
#: A share of different values from which nearly every row has its own.
NEARLY_ALL_DIFFER = 0.95
#: The chance of a false alarm that all columns together are allowed, in checks that test.
FALSE_ALARM = 0.001
_MOST_NAMED = 4
#: Repeats per row that chance alone may make before repeats mean nothing.
BY_CHANCE = 0.001


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
        if one.count - one.infinite >= ENOUGH_FOR_SHAPE and one.distinct >= ENOUGH_VALUES
    )
    if not wanted:
        raise NotApplicable("no numeric column has values enough to show a shape")
    return wanted


def share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def with_levels(run: Run, *kinds: Kind, least: int = 2) -> tuple[ColumnProfile, ...]:
    """The columns of these kinds with so many levels or more, and rows enough to judge their balance."""
    wanted = tuple(one for one in features(run, *kinds) if one.count >= ENOUGH_FOR_SHAPE and one.distinct >= least)
    if not wanted:
        raise NotApplicable("no such column has rows and levels enough to show a balance")
    return wanted


def need_distinct(columns: Iterable[ColumnProfile], n_rows: int) -> None:
    """Raises NotApplicable where the columns take so few values that rows repeat by chance.

    A row meets a given other one with a probability of at most the product of the shares of the commonest values, were
    the columns independent; times n is the number of twins that it may expect.
    """
    shares = [column.most_frequent / column.count for column in columns if column.count]
    if math.log(n_rows) + sum(map(math.log, shares)) > math.log(BY_CHANCE):
        raise NotApplicable("the columns take so few different values that rows repeat by chance")


def counts_rows(column: ColumnProfile) -> bool:
    """Whether the values are whole numbers that follow each other nearly without a gap, with room for all rows."""
    low, high = column.min, column.max
    if not column.whole or not isinstance(low, int | float) or not isinstance(high, int | float):
        return False
    return column.count >= ENOUGH_ROWS and high - low + 1 <= 1.1 * column.count


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
    return exceeding([(value(column), column.name) for column in columns], threshold, words, shown)


def exceeding(
    values: Iterable[tuple[float, str]],
    threshold: float,
    words: tuple[str, str, str],
    shown: Callable[[float], str],
    more: str = "",
) -> Verdict:
    """`above`, of (value, column) pairs; `more` follows the sentence that names them."""
    one, many, none = words
    pairs = sorted(values, key=lambda pair: (-pair[0], pair[1]))
    found = [(size, name) for size, name in pairs if size > threshold]
    if not found:
        return passed(none, pairs[0][0] if pairs else None)
    names = tuple(name for _, name in found)
    detail = " ".join(filter(None, (worst(found, shown), more)))
    return failed(several(len(found), one, many), found[0][0], detail, names)


def worst(found: Sequence[tuple[float, str]], shown: Callable[[float], str]) -> str:
    """A sentence of its own: `It is fuel (71.8 %).`, `They are ...`, `Above all radius (12.1), ... and 3 more.`."""
    start = "It is" if len(found) == 1 else "They are" if len(found) <= _MOST_NAMED else "Above all"
    return f"{start} {sizes(found, shown)}"


def sizes(found: Sequence[tuple[float, str]], shown: Callable[[float], str]) -> str:
    """The end of a sentence: `radius (12.1), area (9.0) and 3 more.`."""
    return listing((f"{one_line(name, 40)} ({shown(size)})" for size, name in found), most=_MOST_NAMED) + "."
