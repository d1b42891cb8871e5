"""How values of a column are written in sentences and cells: numbers, moments, measures, kinds."""

from __future__ import annotations

from reportgen.dataset import Column
from reportgen.profile import ColumnProfile, Relation
from reportgen.profile.summaries import SIGNS
from reportgen.text import count, percent, significant

#: How measures of association are written in a sentence, where that is not their name.
MEASURES = {"Spearman": "rank correlation"}
_KINDS = {"ignore": "ignored"}


def kind(column: Column | ColumnProfile) -> str:
    return _KINDS.get(str(column.kind), str(column.kind))


def number(value: float | str | None, digits: int = 3) -> str:
    """A number of the data: whole ones in full below a billion, others with so many significant digits.

    Four digits stand without a separator, since they may be a year.
    """
    if isinstance(value, str):
        return moment(value)
    if value is not None and abs(value) < 1e9 and value == int(value):
        return count(int(value)) if abs(value) >= 10_000 else f"{int(value)}".replace("-", "−")
    return significant(value, digits)


def moment(iso: str) -> str:
    """A time without what is nothing: no midnight, no seconds of zero."""
    day, _, time = iso.replace("T", " ").partition(" ")
    time = time.removesuffix(":00") if time.count(":") == 2 else time
    return day if time in ("", "00:00") else f"{day} {time}"


def trimmed(value: float | str | None, digits: int = 3) -> str:
    """A number without zeros for show, a moment as it is."""
    text = number(value, digits)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def relation(found: Relation) -> str:
    """`AUC 0.98`, `V 0.41`."""
    return f"{SIGNS.get(found.name, found.name)} {found.value:.2f}"


def share(part: int, whole: int) -> str:
    """A count's share of a whole, never rounded to nothing: `3.4 %`, `< 0.1 %`."""
    if not whole:
        return ""
    return f"< {percent(0.001)}" if 0 < part / whole < 0.0005 else percent(part / whole)
