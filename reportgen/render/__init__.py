"""Document -> one self-contained HTML page, or Markdown text.

Everything that comes from a document is escaped by the templates' environment, and hidden characters in it are made
visible there. What is trusted, and so not escaped, is made here by one small function each: the style, the scripts, the
document's own data block, checked drawings and cleaned Markdown. The policy in the page's head allows exactly these.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from functools import cache
from typing import Any, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from reportgen import assets
from reportgen.document import Document, Figure, content, content_hash, dumps, encoded
from reportgen.render import cells
from reportgen.render.compiled import Compiled
from reportgen.render.page import BLOCK_ID, Medium, Page, arranged, stamped
from reportgen.render.words import NOTES, is_plain, paragraphs, sentence, when
from reportgen.svg import SERIES, check_drawing
from reportgen.text import has_hidden, plural, visible

BLOCK_TYPE = "application/gzip+base64"  # no browser runs it
_STYLES = {
    "page": ("tokens", "dark", "text", "tables", "figures", "drawings", "findings", "layout", "print"),
    "print": ("tokens", "text", "tables", "figures", "findings", "print", "paged"),
}
_SCRIPTS = ("contents", "folds", "tables")
_FACES = (("Report Sans", "ReportSans"), ("Report Serif", "ReportSerif"))
_WEIGHTS = ((400, "Regular"), (600, "Semibold"))
_POLICY = (
    "default-src 'none'; script-src {script}; style-src '{style}'; img-src data:; font-src data:; "
    "base-uri 'none'; form-action 'none'"
)


def to_html(document: Document, *, medium: Medium = "page") -> str:
    """The report as one HTML page.

    Args:
        medium: `page` for a browser, with scripts and the document in a data block; `print` for a renderer of paged
            media, without them but with a printed list of contents.

    Raises:
        ValueError: a drawing in the document is not one that may stand in a page.
    """
    style = _style(medium)
    scripts = _scripts() if medium == "page" else ()
    plain = content(document)
    return (
        _environment()
        .get_template("report.html.jinja")
        .render(
            document=document,
            page=Page(document, medium),
            policy=_policy(style, scripts),
            style=_element("style", style),
            scripts=[_element("script", script) for script in scripts],
            block=_block(dumps(plain)) if medium == "page" else "",
            content_id=content_hash(plain),
        )
    )


def _policy(style: str, scripts: tuple[str, ...]) -> str:
    """The content security policy: this style and these scripts, known by their hashes, and nothing from outside."""
    return _POLICY.format(
        style=_digest(style), script=" ".join(f"'{_digest(script)}'" for script in scripts) or "'none'"
    )


def to_markdown(document: Document) -> str:
    """The report in GitHub-flavoured Markdown; every special character of the data is escaped."""
    from reportgen.render import markdown

    return markdown.to_markdown(document)


# What is trusted.


def _element(name: Literal["style", "script"], text: str) -> Markup:
    """A style or script of our own; its text is what the policy's hash was taken of."""
    return Markup(f"<{name}>{text}</{name}>")  # noqa: S704


def _block(text: str) -> Markup:
    """The document as it travels in its page: base64 of gzip of JSON, which holds no character that ends a script."""
    packed = base64.b64encode(gzip.compress(encoded(text), mtime=0)).decode()
    return Markup(f'<script type="{BLOCK_TYPE}" id="{BLOCK_ID}">{packed}</script>')  # noqa: S704


def _prose(source: str, top: int = 3) -> Markup:
    """The user's Markdown as clean HTML; where it is mere paragraphs, without loading the Markdown libraries."""
    if is_plain(source):
        return Markup("\n").join(Markup("<p>{}</p>").format(visible(piece)) for piece in paragraphs(source))
    from reportgen.render import prose

    return Markup(prose.to_html(source, top))  # noqa: S704


def _drawing(page: Page, figure: Figure) -> Markup:
    """A checked drawing with its size in points and the words for who cannot see it.

    Browsers take them from `aria-label`, since a title would pop up under the pointer; WeasyPrint looks for a title.
    """
    check_drawing(figure.drawing)
    svg = page.own_ids(figure.drawing)
    if has_hidden(svg):
        svg = "".join(str(escape(visible(sign))) if has_hidden(sign) else sign for sign in svg)
    head, _, rest = svg.partition(">")
    alt = visible(figure.alt)
    size = (figure.width, figure.height)
    measure = Markup(' width="{:g}pt" height="{:g}pt"').format(*size) if all(0 < side < 1e4 for side in size) else ""
    opening = Markup('<svg role="img" aria-label="{}"{}').format(alt, measure)
    title = Markup("<title>{}</title>").format(alt) if page.printed else ""
    return opening + Markup(_SIZE.sub("", head.removeprefix("<svg")) + ">") + title + Markup(rest)  # noqa: S704


_SIZE = re.compile(r"""\s(?:width|height)\s*=\s*(?:"[^"]*"|'[^']*')""")


# The environment.


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(assets.folder()),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        optimized=False,  # constants are few here, and looking for them is slow
        bytecode_cache=Compiled(),
    )
    made.globals.update(cells=cells, notes=NOTES, plural=plural, arranged=arranged, when=when, stamped=stamped)
    made.globals.update(prose=_prose, drawing=_drawing, sentence=sentence, series=SERIES)
    return made


def _finalize(value: Any) -> Any:
    """Every text that a template writes: hidden characters are shown. Runs before escaping."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _style(medium: Medium) -> str:
    folder = assets.folder() / "css"
    text = "".join((folder / f"{name}.css").read_text(encoding="utf-8") for name in _STYLES[medium])
    return _faces() + _squeezed(text)


def _squeezed(css: str) -> str:
    """Our own CSS without comments and needless spaces."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return re.sub(r";?\s*([{}])\s*", r"\1", re.sub(r"\s+", " ", re.sub(r"([:;,{])\s*\n?\s+", r"\1", css))).strip()


def _faces() -> str:
    rules = []
    for family, stem in _FACES:
        for weight, name in _WEIGHTS:
            data = base64.b64encode((assets.folder() / "fonts" / f"{stem}-{name}.woff2").read_bytes()).decode()
            source = f"url(data:font/woff2;base64,{data}) format('woff2')"
            rules.append(f"@font-face{{font-family:'{family}';font-weight:{weight};src:{source}}}")
    return "".join(rules)


@cache
def _scripts() -> tuple[str, ...]:
    folder = assets.folder() / "js"
    lines = "\n".join((folder / f"{name}.js").read_text(encoding="utf-8") for name in _SCRIPTS).splitlines()
    kept = (line.strip() for line in lines)
    return ("\n".join(line for line in kept if line and not line.startswith("//")),)


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
