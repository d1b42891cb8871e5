"""Texts and names of properties that a script says often, as variables: what is long is written once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

Token = tuple[str, str]  # its kind and its text
_GLOBALS = frozenset({"document", "window", "Number", "Object", "String"})
_SHORT = 2  # characters of the variable's name, as a rule


def said_once(tokens: Sequence[Token]) -> list[Token]:
    """The same script, with a declaration before it of what is shorter so."""
    uses = [_use(tokens, at) for at in range(len(tokens))]
    spared: Counter[str] = Counter()
    for word, length in uses:
        spared[word] += length
    worth = sorted(word for word, length in spared.items() if word and length > len(word) + _SHORT + 4)
    out: list[Token] = []
    for word in worth:
        value = ("word", word[1:]) if word[:1] == "=" else ("text", f'"{word}"')
        out += [("word", "const"), _variable(word), ("sign", "="), value, ("sign", ";")]
    for at, (token, (word, _)) in enumerate(zip(tokens, uses, strict=True)):
        if word in worth:
            out += _said(tokens, at, word, out)
        else:
            out.append(token)
    return out


def _use(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    """The word at a place, and the characters that a variable would spare there; no word where none could stand."""
    kind, text = tokens[at]
    if kind == "text" and "\\" not in text and '"' not in text[1:-1] and text[1:2] != "=":
        return text[1:-1], len(text) - _SHORT - 2 * _is_key(tokens, at)
    if kind == "word" and text in _GLOBALS:
        return f"={text}", len(text) - _SHORT
    if kind == "property" and _follows(tokens, at):
        return text, len(text) + 1 - _SHORT - 2
    return "", 0


def _said(tokens: Sequence[Token], at: int, word: str, out: list[Token]) -> list[Token]:
    bracketed = [("sign", "["), _variable(word), ("sign", "]")]
    if tokens[at][0] == "property":
        if out[-1][1] == ".":
            out.pop()
        return bracketed
    return bracketed if _is_key(tokens, at) else [_variable(word)]


def _variable(word: str) -> Token:
    return "name", f"={word}"  # no variable of a script's own is called so


def _follows(tokens: Sequence[Token], at: int) -> bool:
    return at > 0 and tokens[at - 1][1] in (".", "?.")


def _is_key(tokens: Sequence[Token], at: int) -> bool:
    """Whether a text names a property of an object's literal; after `?` a colon means something else."""
    return at + 1 < len(tokens) and tokens[at + 1][1] == ":" and tokens[at - 1][1] in ("{", ",")
