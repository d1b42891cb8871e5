"""The templates' environment for a look: what ships is trusted, what a user adds is held to the same rules.

A user's template runs in Jinja's sandbox and cannot switch escaping off; the page that it makes is checked before it is
used. A mistake in one is an error that names its file and line.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, nodes
from jinja2.exceptions import SecurityError, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from reportgen import assets
from reportgen.errors import UsageError
from reportgen.render.compiled import Compiled
from reportgen.render.layers import Layers
from reportgen.text import shorten

#: Filters that mark a text as markup, or write it as something else than text.
_UNSAFE = ("safe", "tojson", "xmlattr", "urlize")
_FIX = "see templates/README.md"


def environment(layers: Layers, settings: Mapping[str, Any]) -> Environment:
    """The environment in which a look's templates run; `settings` are those of every look.

    Raises:
        UsageError: one of the user's templates cannot be read, or switches escaping off.
    """
    loader = _loader(tuple(layers.folders))
    if layers.own is None:
        return Environment(loader=loader, autoescape=True, bytecode_cache=Compiled(), **settings)
    made = ImmutableSandboxedEnvironment(loader=loader, autoescape=True, **settings)
    for name in _UNSAFE:
        del made.filters[name]
    for path in sorted(layers.own.rglob("*.jinja")):
        with told(layers):
            _check_template(made, path)
    return made


def _loader(folders: tuple[Path, ...]) -> BaseLoader:
    """Layer after layer; `!name` is the template that ships, for one of the same name to extend."""
    plain = FileSystemLoader(assets.folder())
    return ChoiceLoader([*map(FileSystemLoader, folders), PrefixLoader({"": plain}, "!")])


def _check_template(made: Environment, path: Path) -> None:
    """Compile a user's template, and refuse what switches escaping off."""
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("cannot be read as UTF-8", "save it as UTF-8", file=str(path)) from error
    tree = made.parse(source, path.name, str(path))
    for node in tree.find_all((nodes.EvalContextModifier, nodes.MarkSafe, nodes.MarkSafeIfAutoescape)):
        what = "escaping cannot be switched off: what is in a report may have been written by anybody"
        raise UsageError(what, "leave autoescape out", file=str(path), line=node.lineno)
    made.compile(source, path.name, str(path))


@contextmanager
def told(layers: Layers) -> Iterator[None]:
    """Turn what goes wrong in a user's template into one line with its file and line.

    Raises:
        UsageError: in place of Jinja's errors, and of any error that comes out of a template of the user's folder.
    """
    try:
        yield
    except UsageError:
        raise
    except Exception as error:
        if layers.own is None:
            raise
        file, line = _place(error, layers.own)
        if not file and not isinstance(error, TemplateError):
            raise
        words = f"no template {error.name}" if isinstance(error, TemplateNotFound) else str(error)
        kind = "" if isinstance(error, TemplateError) and not isinstance(error, SecurityError) else type(error).__name__
        what = f"{kind}: {words}" if kind else words
        raise UsageError(shorten(what, 200), _FIX, file=file or str(layers.own), line=line) from error


def _place(error: Exception, own: Path) -> tuple[str, int | None]:
    """The template of the folder in which the error arose, and the line."""
    if isinstance(error, TemplateSyntaxError):
        return str(error.filename or own / str(error.name)), error.lineno
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if own in Path(frame.filename).parents]
    return (frames[-1].filename, frames[-1].lineno) if frames else ("", None)


# The page that a user's templates made.


def check_page(page: str, policy: str, elements: Mapping[str, int], own: Path) -> None:
    """Refuse a page that lacks its policy, or holds what the policy would block.

    Args:
        policy: the content security policy, "" on paper.
        elements: how many styles and scripts the renderer put into the page.
        own: the user's folder of templates.

    Raises:
        UsageError: says what is wrong with the page.
    """
    reader = _Reader()
    reader.feed(page)
    reader.close()
    wrong = list(reader.wrong)
    if policy and reader.policies != [policy]:
        wrong.insert(0, "the policy is not in its head: keep the block that is called policy")
    wrong += [
        f"{reader.count.get(name, 0)} {name} elements where there are {count} of the report's"
        for name, count in elements.items()
        if reader.count.get(name, 0) != count
    ]
    if "stamp" not in reader.ids:
        wrong.append("the by-line has no element with the id stamp")
    if wrong:
        raise UsageError(f"the page that these templates make is not allowed: {wrong[0]}", _FIX, file=str(own))


class _Reader(HTMLParser):
    """What a page holds that its policy would block, or that reaches outside."""

    _BANNED = frozenset(("link", "base", "iframe", "object", "embed", "form", "frame", "portal", "noscript"))

    def __init__(self) -> None:
        super().__init__()
        self.policies: list[str] = []
        self.count: dict[str, int] = {}
        self.ids: set[str] = set()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.count[tag] = self.count.get(tag, 0) + 1
        self.ids.add(values.get("id") or "")
        if tag == "meta" and (values.get("http-equiv") or "").lower() == "content-security-policy":
            self.policies.append(values.get("content") or "")
        elif tag == "meta" and "http-equiv" in values:
            self.wrong.append("a meta element with http-equiv")
        if tag in self._BANNED:
            self.wrong.append(f"a {tag} element")
        self.wrong += [f"the attribute {name} of a {tag} element" for name, value in attrs if _bad(tag, name, value)]


def _bad(tag: str, name: str, value: str | None) -> bool:
    if name.startswith("on") or name in ("style", "srcset", "srcdoc", "formaction", "background", "poster", "ping"):
        return True
    if name not in ("src", "href", "xlink:href"):
        return False
    address = (value or "").strip().lower()
    return not address.startswith(("#", "http://", "https://", "mailto:") if tag == "a" else ("#", "data:"))
