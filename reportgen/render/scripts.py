"""The page's scripts, from their readable sources: one text without comments, needless spaces and long names.

The sources keep to habits that make this safe without a parser: every statement ends in a semicolon or a brace, an
object's literal never begins a statement, no loop has an empty body, and a regular expression stands after `(`, `=`,
`,`, `:`, `!`, `&`, `|` or `return`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Set
from functools import cache
from itertools import count

from reportgen import assets
from reportgen.render.repeats import Token, said_once

_PARTS = (
    "elements",
    "contents",
    "folds",
    "tables",
    "data",
    "panels",
    "figures",
    "tools",
    "threshold",
    "search",
    "start",
)
_WORD = r"[A-Za-z_$][\w$]*"
_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)|(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<template>`)"""
    rf"""|(?P<number>\d[\w.]*|\.\d[\w]*)|(?P<word>{_WORD})"""
    r"""|(?P<sign>=>|\.\.\.|\?\.|\?\?=?|&&|\|\||\+\+|--|[-+*/%=!<>]=+|\*\*|>>|.)""",
    re.DOTALL,
)
_PATTERN = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_BEFORE_PATTERN = frozenset(["(", "=", ",", ":", "!", "&&", "||", "return"])
#: Words that are never names of ours: the language's, and what a browser provides.
_KEPT = frozenset(
    """
    async await break case catch class const constructor continue do else extends false finally for from function
    get if in instanceof let new null of return set static super switch this throw true try typeof undefined void
    while yield Array Blob Boolean CSS CSSFontFaceRule DOMPoint DecompressionStream Event Highlight Image Infinity
    IntersectionObserver Map Math NaN NodeFilter Number Object Promise Response Set String URL Uint8Array
    XMLSerializer addEventListener atob clearTimeout decodeURIComponent dispatchEvent document encodeURIComponent
    innerHeight isFinite isNaN location scrollY setTimeout window
    """.split()  # noqa: SIM905
)
#: Properties of our own, which neither the browser nor the document knows.
_OWN = frozenset(
    """
    cell clear clip clipped columns count course cut draw dx dy ends figure fresh given inside marks move named near
    node now other over overlay own pan panel panels part path paths place placed point points reset row scales seen
    show sign smooth spot svg ticks tip told track tracks way x0 x1 y0 y1 zoom zooms
    """.split()  # noqa: SIM905
)
_OPENS_OBJECT = frozenset(["(", ",", "=", ":", "[", "?", "&&", "||", "??", "return", "const", "let"])
_OPENS_STATEMENT = frozenset(["const", "let", "return", "if", "for", "while", "try", "throw", "class", "function", "}"])
_TIGHT = frozenset("+-")
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


@cache
def runtime() -> str:
    """All of it, in one scope of its own."""
    return f"(()=>{{{squeezed(''.join(map(_source, _PARTS)))}}})();"


def _source(name: str) -> str:
    return (assets.folder() / "js" / f"{name}.js").read_text(encoding="utf-8")


def squeezed(source: str) -> str:
    """A script that does the same, in as few characters as can be had without understanding it."""
    tokens = _joined(said_once(_unblocked(_bared(_tokens(source)))))
    shorter = _Shorter(tokens)
    out: list[str] = []
    for (kind, text), (_, after) in zip(tokens, [*tokens[1:], ("", "")], strict=True):
        if text == ";" and after == "}":
            continue
        said = shorter.said(kind, text)
        if out and kind != "raw" and _must_part(out[-1], said):
            out.append(" ")
        out.append(said)
    return "".join(out)


def _bared(tokens: list[Token]) -> list[Token]:
    """Without the brackets round the only parameter of a function."""
    dropped = set()
    for at in range(len(tokens) - 3):
        (_, first), (kind, _), (_, last), (_, arrow) = tokens[at : at + 4]
        if (first, kind, last, arrow) == ("(", "name", ")", "=>"):
            dropped |= {at, at + 2}
    return [token for at, token in enumerate(tokens) if at not in dropped]


def _unblocked(tokens: list[Token]) -> list[Token]:
    """Functions of one expression without the braces round it; nobody uses what those functions then return."""
    dropped = set()
    for at in range(1, len(tokens) - 1):
        if tokens[at - 1][1] == "=>" and tokens[at][1] == "{" and (end := _only_expression(tokens, at + 1)):
            dropped |= {at, end - 1, end}
    return [token for at, token in enumerate(tokens) if at not in dropped]


def _only_expression(tokens: list[Token], at: int) -> int:
    """Where the block ends that begins there with one expression and its semicolon; 0 if it holds anything else."""
    depth = 0
    if tokens[at][1] in _OPENS_STATEMENT:
        return 0
    for place in range(at, len(tokens)):
        _, text = tokens[place]
        depth += (text in _OPENING) - (text in _CLOSING)
        if depth == 0 and text == ",":
            return 0
        if depth == 0 and text == ";":
            return place + 1 if tokens[place + 1][1] == "}" else 0
    return 0


def _joined(tokens: list[Token]) -> list[Token]:
    """Declarations that follow each other as one."""
    out: list[Token] = []
    declares = [False]  # for each open bracket, whether the statement in it declares
    for kind, text in tokens:
        is_declaration = kind == "word" and text in ("const", "let")
        if is_declaration and declares[-1] and out[-1][1] == ";":
            out[-1] = ("sign", ",")
            continue
        if kind == "sign" and text in _CLOSING:
            declares.pop()
        elif is_declaration or (out and out[-1] == ("sign", ";")):
            declares[-1] = is_declaration
        if kind == "sign" and text in _OPENING:
            declares.append(False)
        out.append(("word", "let") if is_declaration else (kind, text))
    return out


def _must_part(before: str, text: str) -> bool:
    """Whether two tokens would be read as one."""
    joined = re.match(r"[\w$]", text) and re.search(r"[\w$]$", before)
    return bool(joined) or (before in _TIGHT and text[:1] == before)


class _Shorter:
    """Short names for variables and for our own properties, which never meet: the most used get the shortest."""

    def __init__(self, tokens: list[Token]) -> None:
        self._names = _given(Counter(text for kind, text in tokens if kind in ("name", "both")), _KEPT)
        known = {text for kind, text in tokens if kind == "property" or (kind == "both" and text not in _OWN)}
        own = (text for kind, text in tokens if kind == "own" or (kind == "both" and text in _OWN))
        self._own = _given(Counter(own), known)

    def said(self, kind: str, text: str) -> str:
        if kind == "name":
            return self._names[text]
        if kind == "own":
            return self._own[text]
        if kind == "both":
            key, name = self._own.get(text, text), self._names[text]
            return name if key == name else f"{key}:{name}"
        return {"true": "!0", "false": "!1"}.get(text, text) if kind == "word" else text


def _given(used: Counter[str], taken: Set[str]) -> dict[str, str]:
    free = (name for name in _letters() if name not in taken)
    return {name: next(free) for name in sorted(used, key=lambda name: (-used[name], name))}


def _letters() -> Iterator[str]:
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$"
    for length in count(1):
        for number in range(len(letters) ** length):
            yield "".join(letters[number // len(letters) ** place % len(letters)] for place in range(length))


def _tokens(source: str) -> list[Token]:
    """The script's tokens: `name` for our variables, `both` for shorthands of property and variable, `own`, others."""
    return _Reader(source).read()


class _Reader:
    """Goes through a script and tells variables from properties, by what stands around them."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._found: list[Token] = []
        self._around: list[str] = []  # of each open bracket, what it is

    def read(self, until: str = "") -> list[Token]:
        depth = len(self._around)
        while self._at < len(self._source):
            before = self._found[-1][1] if self._found else ""
            pattern = before in _BEFORE_PATTERN and _PATTERN.match(self._source, self._at)
            token = pattern or _TOKEN.match(self._source, self._at)
            assert token is not None
            if token[0] == until and len(self._around) == depth:
                break
            self._at = token.end()
            self._take("pattern" if pattern else str(token.lastgroup), token[0])
        return self._found

    def _take(self, kind: str, text: str) -> None:
        if kind == "space":
            return
        if kind == "template":
            self._template()
        elif kind == "word":
            self._found.append((self._role(text), text))
        else:
            if kind == "sign":
                self._bracket(text)
            self._found.append((kind, text))

    def _bracket(self, sign: str) -> None:
        if sign in ("(", "["):
            self._around.append(sign)
        elif sign == "{":
            before = [text for _, text in self._found[-2:]]
            is_class = "class" in before[:1]
            self._around.append("class" if is_class else "object" if before[-1:][0] in _OPENS_OBJECT else "block")
        elif sign in (")", "]", "}"):
            self._around.pop()

    def _template(self) -> None:
        start = self._at
        text = "`"
        while True:
            piece = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*", re.DOTALL).match(self._source, self._at)
            assert piece is not None
            text += piece[0]
            self._at = piece.end()
            if self._source[self._at] == "`":
                self._at += 1
                self._found.append(("raw", text + "`"))
                return
            self._at += 2
            self._found.append(("raw", text + "${"))
            self.read("}")
            self._at += 1
            text = "}"
            assert self._at > start

    def _role(self, text: str) -> str:
        before = self._found[-1][1] if self._found else ""
        follows = re.match(r"\s*(=>|\?\?|.)", self._source[self._at :], re.DOTALL)
        after = follows[1] if follows else ""
        around = self._around[-1] if self._around else ""
        is_key = around == "object" and before in ("{", ",") and after == ":"
        if before in (".", "?.") or is_key or around == "class":
            return "own" if text in _OWN else "property"
        if text in _KEPT:
            return "word"
        return "both" if around == "object" and before in ("{", ",") and after in (",", "}", "=") else "name"
