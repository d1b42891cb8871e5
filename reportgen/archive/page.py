"""The index page of an archive: one static file that lists, filters, sorts and compares without a server.

The entries travel in it as base64 of gzip of JSON, column by column, which holds no character that ends a script. The
page's policy allows its own style and script by their hashes, and nothing from outside.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reportgen import assets
from reportgen.archive.entry import Entry, folder_name
from reportgen.archive.settings import Setting
from reportgen.document import encoded
from reportgen.text import plural, visible

#: Bytes of the whole page.
LARGEST = 5_000_000
_FULL = 300_000  # values of metrics that have room for six digits; a page with more opens slowly
_LISTED = 100  # reports that stand in the page itself, for who runs no scripts
_POLICY = (
    "default-src 'none'; script-src '{script}'; style-src '{style}'; font-src data:; "
    "base-uri 'none'; form-action 'none'"
)
_DATA_TYPE = "application/gzip+base64"  # no browser runs it
_STYLES = ("css/tokens.css", "css/dark.css", "archive/archive.css")
_SCRIPTS = ("archive/data.js", "archive/query.js", "archive/tables.js", "archive/page.js")


@dataclass(frozen=True, slots=True)
class _Room:
    """How much of the entries is shown: digits of a metric, metrics of which places, and of how many reports."""

    digits: int
    places: tuple[str, ...]
    reports: int
    told: str = ""


def to_html(entries: Sequence[Entry]) -> str:
    """The page, of at most `LARGEST` bytes: with fewer digits, fewer metrics or the newest alone if room is short."""
    newest = list(reversed(entries))
    around = len(encoded(_frame(newest, ""))) + len(_runtime()) + 1_000
    for room in _rooms(len(newest), sum(len(entry.metrics) for entry in newest)):
        data = _packed(_columns(newest[: room.reports], room))
        if around + len(data) <= LARGEST:
            break
    return _frame(newest, room.told).replace("</body>", f"{_script('', _DATA_TYPE, data)}{_script(_runtime())}</body>")


def _rooms(n_entries: int, n_values: int) -> list[_Room]:
    """From all to little; the last that is tried always fits."""
    some, least = ("test", "validation"), ("test",)
    rooms = [_Room(6 if n_values <= _FULL else 4, (), n_entries)]
    rooms.append(_Room(4, some, n_entries, "There is room for metrics on test and validation only."))
    rooms.append(_Room(3, least, n_entries, "There is room for metrics on test only."))
    while n_entries > 100:
        n_entries //= 2
        rooms.append(
            _Room(3, least, n_entries, f"There is room for the newest {n_entries:,} only, and metrics on test.")
        )
    return rooms


def _frame(newest: Sequence[Entry], told: str) -> str:
    """The page without script and data: its head, and the newest reports as a plain table."""
    style = _style()
    page = (
        _environment()
        .get_template("archive/index.html.jinja")
        .render(
            policy=_POLICY.format(style=_digest(style), script=_digest(_runtime())),
            entries=newest[:_LISTED],
            total=len(newest),
            experiments=len({entry.experiment for entry in newest}),
            told=told,
        )
    )
    return page.replace("</head>", f"<style>{style}</style></head>", 1)


def _columns(newest: Sequence[Entry], room: _Room) -> dict[str, Any]:
    """The entries by columns; a text that many share stands once."""
    experiments = list(dict.fromkeys(entry.experiment for entry in newest))
    return {
        "experiments": [[visible(name), folder_name(name)] for name in experiments],
        "experiment": _codes([entry.experiment for entry in newest], experiments),
        "id": [entry.id for entry in newest],
        "file": [entry.file.removeprefix("report-") for entry in newest],
        "created": [entry.created or entry.added for entry in newest],
        "outcome": _coded([entry.outcome for entry in newest]),
        "data": _coded([entry.data for entry in newest]),
        "seed": [entry.seed for entry in newest],
        "seconds": [entry.seconds for entry in newest],
        "metrics": _metrics(newest, room),
        "params": _params(newest),
    }


def _metrics(newest: Sequence[Entry], room: _Room) -> dict[str, list[float | None]]:
    """Name -> a value for each entry; those on test first, and of them those that most entries have."""
    counted = Counter(name for entry in newest for name in entry.metrics)
    names = [name for name in counted if not room.places or name.split(".")[0] in room.places]
    names.sort(key=lambda name: (not name.startswith("test."), -counted[name]))
    return {visible(name): [_rounded(entry.metrics.get(name), room.digits) for entry in newest] for name in names}


def _rounded(value: float | None, digits: int) -> float | None:
    if value is None:
        return None
    short = float(f"{value:.{digits - 1}e}")
    return int(short) if short.is_integer() and abs(short) < 1e15 else short


def _params(newest: Sequence[Entry]) -> dict[str, Any]:
    """Name -> its values and a code for each entry; those that differ first, those of the data last."""
    names = dict.fromkeys(name for entry in newest for name in entry.params)
    columns = {name: _coded([entry.params.get(name) for entry in newest]) for name in names}
    order = sorted(columns, key=lambda name: (len(columns[name]["values"]) < 2, name.startswith("data.")))
    return {visible(name): columns[name] for name in order}


def _coded(values: Sequence[Setting]) -> dict[str, Any]:
    """The different values, and the place of each entry's among them; null where it has none."""
    places: dict[tuple[type, Setting], int] = {}  # True is not 1 here
    codes = [None if value is None else places.setdefault((type(value), value), len(places)) for value in values]
    return {"values": [visible(value) if isinstance(value, str) else value for _, value in places], "codes": codes}


def _codes(values: Sequence[str], different: Sequence[str]) -> list[int]:
    places = {name: place for place, name in enumerate(different)}
    return [places[value] for value in values]


def _packed(columns: Mapping[str, Any]) -> str:
    text = json.dumps(columns, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(encoded(text), 6, mtime=0)).decode()


def _script(text: str, kind: str = "", data: str = "") -> str:
    """A script of ours, known by its hash; or data, which are never run."""
    return f'<script type="{kind}" id="archive-data">{data}</script>' if kind else f"<script>{text}</script>"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(assets.folder()),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: visible(value) if isinstance(value, str) else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(plural=plural)
    return made


@cache
def _style() -> str:
    return _faces() + "".join(_asset(name) for name in _STYLES)


@cache
def _runtime() -> str:
    return '"use strict";(() => {\n' + "".join(_asset(name) for name in _SCRIPTS) + "})();"


def _asset(name: str) -> str:
    return (assets.folder() / name).read_text(encoding="utf-8")


def _faces() -> str:
    rules = []
    for weight, name in ((400, "Regular"), (600, "Semibold")):
        data = base64.b64encode((assets.folder() / "fonts" / f"ReportSans-{name}.woff2").read_bytes()).decode()
        source = f"url(data:font/woff2;base64,{data}) format('woff2')"
        rules.append(f"@font-face{{font-family:'Report Sans';font-weight:{weight};src:{source}}}")
    return "".join(rules)


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
