"""Small texts that every output shows alike: names of notes, when a report was made, and prose without Markdown."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from reportgen.document import Stamp

#: The words with which a note says what it is.
NOTES = {
    "remark": "Note.",
    "not applicable": "Not applicable.",
    "broken": "Could not be made.",
    "reduced": "Reduced.",
    "interrupted": "Interrupted.",
}
_MONTHS = "January February March April May June July August September October November December"
_PLAIN = re.compile(r"[^\\`*_\[\]<>&#!|~=]*")
_MARKER = re.compile(r"^(?: *(?:[-+]|\d+[.)])(?: |$)| {4}| *\t| *-{2,} *$)|  $", re.MULTILINE)


def is_plain(source: str) -> bool:
    """Whether a Markdown text is nothing but paragraphs, so that it needs no Markdown reader."""
    return _PLAIN.fullmatch(source) is not None and _MARKER.search(source) is None


def paragraphs(source: str) -> list[str]:
    """The paragraphs of a plain text."""
    return [piece.strip() for piece in re.split(r"\n[ \t]*\n", source.replace("\r\n", "\n")) if piece.strip()]


def sentence(text: str) -> str:
    """The text with a full stop where it ends without a mark of its own, so that another sentence can follow."""
    return text if not text or text[-1] in ".!?…:" else f"{text}."


def when(stamp: Stamp) -> str:
    """`23 November 2026, 16:40 UTC · 4.1 s`, as much of it as is known."""
    return " · ".join(part for part in (_moment(stamp.created), _lasted(stamp)) if part)


def _moment(created: str) -> str:
    try:
        moment = datetime.fromisoformat(created)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return created
    return f"{moment.day} {_MONTHS.split()[moment.month - 1]} {moment.year}, {moment:%H:%M} UTC"


def _lasted(stamp: Stamp) -> str:
    total = stamp.seconds.get("total", sum(stamp.seconds.values()))
    if not stamp.seconds or not 0 <= total < 1e9:
        return ""
    if total < 90:
        return f"{total:.1f} s"
    minutes = round(total / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02} min"
