"""How values of a column are written in sentences and cells: numbers, moments, durations, measures, kinds."""

from __future__ import annotations

from reportgen.profile import ColumnProfile, Relation
from reportgen.text import count, percent, significant

#: How measures of association are written where several stand in one column.
SIGNS = {"AUC": "AUC", "Cramér's V": "V", "Spearman": "ρ", "correlation ratio": "η"}
#: The same in a sentence.
MEASURES = {"Spearman": "rank correlation"}
_KINDS = {"ignore": "ignored"}
_UNITS = ((86_400.0, "day"), (3_600.0, "hour"), (60.0, "minute"), (1.0, "second"))
_YEAR = 365.2425


def kind(column: ColumnProfile) -> str:
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


def duration(seconds: float) -> str:
    """`1 day`, `5 minutes`, `1 month`, `2.5 years`: one unit, three digits at most."""
    days = seconds / 86_400
    if 27.9 <= days <= 31.1:
        return "1 month"
    if days >= 364:
        return _units(days / _YEAR if abs(days / _YEAR - round(days / _YEAR)) > 0.01 else round(days / _YEAR), "year")
    size, name = next(((size, name) for size, name in _UNITS if seconds >= size), (1.0, "second"))
    return _units(seconds / size, name)


def trimmed(value: float, digits: int = 3) -> str:
    """A number without zeros for show."""
    text = number(value, digits)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def _units(value: float, name: str) -> str:
    text = trimmed(value)
    return f"{text} {name}" if text == "1" else f"{text} {name}s"


def relation(found: Relation) -> str:
    """`AUC 0.98`, `V 0.41`."""
    return f"{SIGNS.get(found.name, found.name)} {found.value:.2f}"


def share(part: int, whole: int) -> str:
    """A count's share of a whole, never rounded to nothing: `3.4 %`, `< 0.1 %`."""
    if not whole:
        return ""
    return f"< {percent(0.001)}" if 0 < part / whole < 0.0005 else percent(part / whole)
