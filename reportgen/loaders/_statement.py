"""What an SQL statement is, told without a database: one that reads, or one that is refused."""

from __future__ import annotations

import re

from reportgen.errors import SpecError
from reportgen.text import quoted

#: Words in quotes of any kind, and comments; what they hold is no part of the statement's form.
_OPAQUE = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|(\$\w*\$).*?\1|--[^\n]*|/\*(?!!).*?\*/""", re.DOTALL
)
_COMMENT = ("--", "/*")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[();]|/\*!")
_READS = ("SELECT", "WITH", "VALUES")
#: What a statement that begins as a reading one may still do.
_WRITES = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE", "INTO"})


def require_reading(query: str) -> str:
    """The statement without a last semicolon.

    Raises:
        SpecError: it is empty, more than one, or does more than read.
    """
    words = _words(query)
    if not words:
        raise _refused("the query is empty", "write a SELECT")
    if ";" in words:
        raise _refused("the query is more than one statement", "keep the SELECT alone")
    first = next((word for word in words if word != "("), "")
    if first not in _READS:
        raise _refused(f"the query begins with {quoted(first)}", "only SELECT, WITH and VALUES are run")
    writing = next((word for word in _leading(words) if word in _WRITES), None)
    if writing or "/*!" in words:
        raise _refused(f"the query may write: it holds {quoted(writing or '/*!')}", "only reading statements are run")
    return _trimmed(query)


def is_ordered(query: str) -> bool:
    """Whether the rows of the whole statement have an order."""
    depth = 0
    words = _words(query)
    for word, following in zip(words, [*words[1:], ""], strict=True):
        depth += (word == "(") - (word == ")")
        if depth == 0 and word == "ORDER" and following == "BY":
            return True
    return False


def _words(query: str) -> list[str]:
    plain = _OPAQUE.sub(lambda match: " " if match[0].startswith(_COMMENT) else " _ ", query)
    words = [word.upper() for word in _WORD.findall(plain)]
    while words and words[-1] == ";":
        words.pop()
    return words


def _leading(words: list[str]) -> list[str]:
    """Words that may be commands: a name that is followed by `(` is a function, such as replace or insert."""
    return [word for word, following in zip(words, [*words[1:], ""], strict=True) if following != "(" or word == "INTO"]


def _trimmed(query: str) -> str:
    """Without semicolons, blanks and comments at the end, which some databases take for a second statement."""
    end = 0
    for match in re.finditer(rf"{_OPAQUE.pattern}|[^\s;]", query, re.DOTALL):
        if not match[0].startswith(_COMMENT):
            end = match.end()
    return query[:end]


def _refused(what: str, fix: str) -> SpecError:
    return SpecError(what, fix, key="data.query")
