"""What is wrong with a YAML text, in words for who wrote it: the parser's complaint translated."""

from __future__ import annotations

import re

import yaml

_INDENT = re.compile(r"[ ]*\t")
#: What the parser says (the C parser's spelling or the Python one's), what it means, how it is mended, and whether to
#: show where the construct began rather than where the parser gave up.
_MEANINGS: tuple[tuple[str, str, str, bool], ...] = (
    (
        r"quoted scalar.*(end of stream|document (indicator|separator))",
        "the quote that opens here is never closed",
        "close it with the same sign",
        True,
    ),
    (
        r"expected ',' or '[]}]'",
        "the bracket that opens here is not closed, or a comma is missing",
        "close it, and put commas between its parts",
        True,
    ),
    (
        r"expected (the )?node content",
        "a value is missing, or a bracket is left over",
        "write the value, and close every bracket once",
        False,
    ),
    (
        r"mapping values are not allowed",
        "a ':' does not fit here",
        "indent the line as its neighbours, or put a value that holds ': ' in quotes",
        False,
    ),
    (r"could not find expected ':'", "a key without ':' after it", "write 'key: value'", True),
    (
        r"expected ('-' indicator|key|<block end>)",
        "the line does not fit the indentation above",
        "indent it as its neighbours",
        False,
    ),
    (
        r"(block )?sequence entries are not allowed",
        "a '- ' does not fit here",
        "start the list on a line of its own, or put the text in quotes",
        False,
    ),
    (
        r"block scalar",
        "a value that begins with > or | must stand in quotes",
        'write it as in ">= 0.9", with the quotes',
        False,
    ),
    (
        r"escape|hexdec|double-quoted scalar",
        "a '\\' in double quotes does not start a known sign",
        "use single quotes, or write \\\\",
        False,
    ),
    (
        r"scanning (a|an) (tag|directive)|tag handle",
        "tags (!name) and directives (%NAME) are not allowed",
        "remove it",
        False,
    ),
    (
        r"an? (anchor|alias)",
        "an anchor (&name) or alias (*name) is malformed",
        "put text that begins with & or * in quotes",
        False,
    ),
    (r"<document start>", "something stands after the end of the experiment", "remove it, or indent it", False),
)


def explain(error: yaml.MarkedYAMLError, text: str) -> tuple[str, str, int]:
    """What is wrong, how to mend it, and the offset of the character to show."""
    place = error.problem_mark or error.context_mark
    offset = min(place.index if place else 0, len(text))
    start = text.rfind("\n", 0, offset) + 1
    if tab := _INDENT.match(text, start):
        return "a tab stands in the indentation", "indent with spaces", tab.end() - 1
    said = f"{error.context or ''} {error.problem or ''}"
    if "expected key" in said or "<block end>" in said:
        if text[offset : offset + 1] == ":":
            return "a key is missing before ':'", "write 'key: value'", offset
        if text[start:offset].strip():
            return "something stands after the end of a value", "put the whole value in quotes", offset
    for pattern, what, fix, at_start in _MEANINGS:
        if re.search(pattern, said):
            begins = error.context_mark if at_start else None
            return what, fix, begins.index if begins else offset
    if "cannot start any token" in said:
        return f"a value cannot begin with '{text[offset : offset + 1]}'", "put the value in quotes", offset
    return f"this is not YAML: {said.strip()}", "", offset
