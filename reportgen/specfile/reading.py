"""What the `data` block must agree on with itself: paths, a query, options of reading."""

from __future__ import annotations

import codecs
from collections.abc import Callable

from reportgen import formats
from reportgen.specfile.schema import Written
from reportgen.text import quoted

#: Option of reading -> the loaders that read it, where these are not those of delimited text alone.
_OPTIONS = {"sheet": {"xlsx"}, "missing": {"csv", "xlsx"}}


def encoding_is_known(written: Written) -> None:
    name = written.get("data", "options", "encoding")
    if name is None:
        return
    try:
        known = codecs.lookup(name)._is_text_encoding
    except (LookupError, ValueError):
        known = False
    if not known:
        fix = "name one such as utf-8, gbk, cp1252 or shift_jis"
        written.add(("data", "options", "encoding"), f"{quoted(name)} is not a text encoding", fix)


def separator_can_separate(written: Written) -> None:
    separator = written.get("data", "options", "sep")
    if separator is not None and (not separator.isascii() or separator in '"\r\n\0'):
        written.add(
            ("data", "options", "sep"), f"{quoted(separator)} cannot separate fields", "give one ASCII character"
        )
    elif separator is not None and separator == written.get("data", "options", "decimal"):
        written.add(("data", "options", "decimal"), "the decimal mark is the separator too", "set another sep")


def validation_comes_with_a_test(written: Written) -> None:
    if written.get("data", "validation") is not None and written.get("data", "test") is None:
        what = "the validation rows are given and the test rows are not"
        written.add(("data", "validation"), what, "add data.test, or remove it: split draws both", at_key=True)


def query_is_for_databases(written: Written) -> None:
    paths = _paths(written)
    has_database = any(formats.database(path) for path in paths)
    if written.get("data", "query") is None and has_database:
        written.add(("data", "query"), "is missing: a database holds many tables", "add query: SELECT … FROM …")
    elif written.get("data", "query") is not None and paths and not has_database:
        what = f"{quoted(paths[0])} is no database, so the query does nothing"
        written.add(("data", "query"), what, "remove it", at_key=True)


def options_are_read(written: Written) -> None:
    paths = _paths(written)
    loaders = {formats.loader_of(path) for path in paths}
    if written.has("data", "options") and loaders and not loaders & {"csv", "xlsx", None}:
        what = f"{quoted(paths[0])} is not delimited text, so the options do nothing"
        written.add(("data", "options"), what, "remove them", at_key=True)
        return
    for key in written.get("data", "options") if written.has("data", "options") else ():
        wanted = _OPTIONS.get(key, {"csv"})
        if not loaders & {*wanted, None}:
            what = "does nothing: the data are no " + ("workbook" if key == "sheet" else "delimited text")
            written.add(("data", "options", key), what, "remove it", at_key=True)


def _paths(written: Written) -> list[str]:
    """Every path that is named, as written."""
    values = [written.get("data", key) for key in ("path", "validation", "test")]
    return [path for value in values if value for path in ((value,) if isinstance(value, str) else value)]


#: The keys that a rule compares, and the rule; see `consistency`.
RULES: tuple[tuple[tuple[str, ...], Callable[[Written], None]], ...] = (
    (("data.options.encoding",), encoding_is_known),
    (("data.options.sep", "data.options.decimal"), separator_can_separate),
    (("data.validation", "data.test"), validation_comes_with_a_test),
    (("data.path", "data.validation", "data.test", "data.query"), query_is_for_databases),
    (("data.path", "data.validation", "data.test", "data.options"), options_are_read),
)
