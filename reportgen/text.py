"""Text from anywhere, made fit to show: control characters visible, long values cut, plurals and lists."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence

#: Characters that change how their neighbours are shown: bidirectional controls, zero-width ones, line separators.
_HIDDEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufffe\uffff]"
)
_SPACE = re.compile(r"\s+")
#: Names of classes that read as numbers, or as answers.
_BARE = re.compile(r"[+\-−]?\d[\d.,]*|true|false|yes|no|nan|none", re.IGNORECASE)

_UNITS = ((86_400.0, "day"), (3_600.0, "hour"), (60.0, "minute"), (1.0, "second"))
#: Days of a year of the Gregorian calendar, on average.
_YEAR = 365.2425


def visible(text: object) -> str:
    """The text with every control, direction and zero-width character shown as `<U+202E>`; line ends and tabs stay."""
    return _HIDDEN.sub(lambda match: f"<U+{ord(match[0]):04X}>", str(text))


def has_hidden(text: str) -> bool:
    """Whether the text holds characters that `visible` would show."""
    return _HIDDEN.search(text) is not None


def shorten(text: object, limit: int = 120) -> str:
    """The visible text, cut to `limit` characters with an ellipsis."""
    shown = str(text)
    if len(shown) > 4 * limit:  # Cut first: escaping a million characters to keep a hundred is wasted.
        shown = shown[: 4 * limit]
    shown = visible(shown)
    return shown if len(shown) <= limit else shown[: limit - 1].rstrip() + "…"


def one_line(text: object, limit: int = 120) -> str:
    """The text on one line, safe for a terminal, cut to `limit` characters."""
    return shorten(_SPACE.sub(" ", str(text)[: 8 * limit]), limit)


def quoted(text: object, limit: int = 60) -> str:
    """A value from the data inside a message: on one line, cut, in single quotes."""
    return f"'{one_line(text, limit)}'"


def plural(count: int, singular: str, many: str | None = None) -> str:
    """`1 row`, `3 rows`, `1,204 rows`."""
    return f"{count:,} {singular if count == 1 else many or singular + 's'}"


def listing(items: Iterable[object], most: int = 5, joiner: str = "and") -> str:
    """`a, b and c`, or `a, b, c and 7 more`."""
    names: Sequence[str] = [str(item) for item in items]
    if len(names) > most:
        names = [*names[:most], f"{len(names) - most:,} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {joiner} {names[-1]}" if names else ""


def slug(text: str) -> str:
    """An ASCII identifier for ids and file names: lower case, digits and hyphens, never empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60] or "x"


def classed(label: str) -> str:
    """A class in a sentence: `benign`, but `class 0`, `class yes`: what is no noun or adjective cannot stand alone."""
    return f"class {label}" if len(label) < 2 or _BARE.fullmatch(label) else label


def in_sentence(title: str, start: bool = False) -> str:
    """A metric's title within a sentence, or at its start: `recall (macro average)`, `ROC AUC`, `F1`."""
    name, _, rest = title.partition(", ")
    if not start and name[1:2].islower() and not name.startswith(("Cohen", "Matthews", "Brier")):
        name = name[0].lower() + name[1:]
    return f"{name} ({rest})" if rest else name


def p_value(value: float) -> str:
    """`p = 0.63`, `p = 0.012`, `p < 0.001`."""
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}" if value < 0.1 else f"p = {value:.2f}"


def count(number: int) -> str:
    """`1,204`."""
    return f"{number:,}".replace("-", "−")


def fixed(number: float | None, digits: int = 3) -> str:
    """`0.976` with that many decimals; an en dash where there is no number."""
    if number is None or not math.isfinite(number):
        return "–"
    shown = f"{number:,.{digits}f}"
    return shown.lstrip("-") if float(shown.replace(",", "")) == 0 else shown.replace("-", "−")


def significant(number: float | None, digits: int = 3) -> str:
    """`107`, `0.0964`, `1.20e+09`: that many significant digits; an en dash where there is no number."""
    if number is None or not math.isfinite(number):
        return "–"
    if number == 0:
        return "0"
    exponent = math.floor(math.log10(abs(number)))
    if not -5 <= exponent < 9:
        return f"{number:.{digits - 1}e}".replace("-", "−")
    shown = f"{number:,.{max(digits - 1 - exponent, 0)}f}"
    return shown.replace("-", "−")


def times(ratio: float) -> str:
    """How many times as large, in two digits: `3.4`, `56`, `57,000,000`."""
    return significant(float(f"{ratio:.1e}"), 2)


def duration(seconds: float) -> str:
    """`1 day`, `5 minutes`, `1 month`, `2.5 years`: one unit, three digits at most."""
    days = seconds / 86_400
    if 27.9 <= days <= 31.1:
        return "1 month"
    if days >= 364:
        years = days / _YEAR
        return _units(years if abs(years - round(years)) > 0.01 else round(years), "year")
    size, name = next(((size, name) for size, name in _UNITS if seconds >= size), (1.0, "second"))
    return _units(seconds / size, name)


def every(seconds: float) -> str:
    """`every year`, `every 7 days`."""
    return f"every {duration(seconds).removeprefix('1 ')}"


def _units(value: float, name: str) -> str:
    text = significant(value)
    text = text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text
    return f"{text} {name}" if text == "1" else f"{text} {name}s"


def percent(share: float | None, digits: int = 1) -> str:
    """A share as `12.3 %`, with a narrow no-break space."""
    return "–" if share is None or not math.isfinite(share) else f"{fixed(100 * share, digits)}\u202f%"
