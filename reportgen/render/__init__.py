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
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from reportgen.document import Document, Figure, check_logo, content, content_hash, dumps, encoded, look
from reportgen.render import cells, drawings, templates
from reportgen.render.layers import Layers
from reportgen.render.page import BLOCK_ID, Medium, Page, arranged, stamped
from reportgen.render.scripts import runtime
from reportgen.render.words import NOTES, is_plain, paragraphs, sentence, when
from reportgen.svg import SERIES, check_drawing
from reportgen.text import has_hidden, plural, visible

BLOCK_TYPE = "application/gzip+base64"  # no browser runs it
_STYLES = {
    "page": ("tokens", "dark", "text", "tables", "figures", "drawings", "findings", "layout", "print", "brand", "own"),
    "print": ("tokens", "text", "tables", "figures", "findings", "print", "paged", "brand", "own"),
}
_FACES = (("Report Sans", "ReportSans"), ("Report Serif", "ReportSerif"))
_WEIGHTS = ((400, "Regular"), (600, "Semibold"))
_POLICY = (
    "default-src 'none'; script-src {script}; style-src '{style}'; img-src data:; font-src data:; "
    "base-uri 'none'; form-action 'none'"
)


def to_html(document: Document, *, medium: Medium = "page", own: Path | None = None) -> str:
    """The report as one HTML page.

    Args:
        medium: `page` for a browser, with scripts and the document in a data block; `print` for a renderer of paged
            media, without them but with a printed list of contents.
        own: a folder of the user's templates, styles and faces, which come before those of the document's theme.

    Raises:
        ValueError: a drawing in the document is not one that may stand in a page.
        UsageError: there is a mistake in the user's folder; names the file and the line.
    """
    layers = Layers(document.look.theme, own)
    branded = bool(document.look.logo or document.look.footer)
    style = _style(medium, layers, branded) if own else _shipped_style(medium, layers, branded)
    scripts = (runtime(),) if medium == "page" else ()
    plain = content(document)
    policy = _policy(style, scripts)
    values = {
        "document": document,
        "page": Page(document, medium, layers),
        "policy": policy,
        "style": _element("style", style),
        "scripts": [_element("script", script) for script in scripts],
        "block": _block("") if medium == "page" else "",
        "content_id": content_hash(plain),
    }
    with templates.told(layers):
        page = _environment(layers).get_template("report.html.jinja").render(values)
    if own:
        counts = {"style": 1, "script": len(scripts) + (medium == "page")}
        templates.check_page(page, policy if medium == "page" else "", counts, own)
    if medium != "page":
        return _recoloured(page, layers.printed())
    before, _, after = page.rpartition(str(_block("")))
    return f"{before}{_block(dumps({**drawings.without(plain, page), 'look': look(document)}))}{after}"


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
    """A document as it travels in its page: base64 of gzip of JSON, which holds no character that ends a script."""
    packed = base64.b64encode(gzip.compress(encoded(text), mtime=0)).decode() if text else ""
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


def _logo(page: Page) -> Markup:
    """The logo, once more checked; a drawing stands inline, so that `currentColor` in it follows the scheme."""
    shown = page.document.look
    check_logo(shown.logo)
    alt = visible(shown.logo_alt)
    if not shown.logo.startswith("<svg"):
        return Markup('<img src="{}" alt="{}">').format(shown.logo, alt)
    opening = Markup('<svg role="img" aria-label="{}"').format(alt)
    head, _, rest = page.own_ids(shown.logo).partition(">")
    title = Markup("<title>{}</title>").format(alt) if page.printed else ""
    return opening + Markup(head.removeprefix("<svg") + ">") + title + Markup(rest)  # noqa: S704


def _recoloured(page: str, colours: dict[str, str]) -> str:
    """The page for paper with a theme's colours in the attributes of its drawings, where no style reaches."""
    if not colours:
        return page
    return _PAINTED.sub(lambda found: f'{found[1]}"{colours.get(found[2], found[2])}"', page)


_PAINTED = re.compile(r"""(?<=\s)((?:fill|stroke)=)"(#[0-9a-f]{6})"(?=[^<>]*>)""")
_SIZE = re.compile(r"""\s(?:width|height)\s*=\s*(?:"[^"]*"|'[^']*')""")


# The environment.


def _environment(layers: Layers) -> Environment:
    return _made(layers) if layers.own else _shipped(layers)


def _made(layers: Layers) -> Environment:
    settings = {
        "undefined": StrictUndefined,
        "finalize": _finalize,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "auto_reload": False,
        "optimized": False,  # constants are few here, and looking for them is slow
    }
    made = templates.environment(layers, settings)
    made.globals.update(cells=cells, notes=NOTES, plural=plural, arranged=arranged, when=when, stamped=stamped)
    made.globals.update(prose=_prose, drawing=_drawing, sentence=sentence, series=SERIES, logo=_logo)
    return made


_shipped = cache(_made)


def _finalize(value: Any) -> Any:
    """Every text that a template writes: hidden characters are shown. Runs before escaping."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _style(medium: Medium, layers: Layers, branded: bool) -> str:
    names = [name for name in _STYLES[medium] if branded or name != "brand"]
    return _faces(layers) + _squeezed("".join(_sheet(name, medium, layers) for name in names))


_shipped_style = cache(_style)


def _sheet(name: str, medium: Medium, layers: Layers) -> str:
    """One file of styles; the running heads of paper, which know no property, get the theme's colours."""
    text = layers.css(name)
    colours = layers.printed() if medium == "print" and name in ("paged", "brand") else {}
    return re.sub("#[0-9a-f]{6}", lambda found: colours.get(found[0], found[0]), text) if colours else text


def _squeezed(css: str) -> str:
    """Our own CSS without comments and needless spaces, its properties under short names."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r";?\s*([{}>~])\s*", r"\1", re.sub(r"\s+", " ", re.sub(r"([:;,{])\s*\n?\s+", r"\1", css))).strip()
    css = re.sub(r" ?\+ ?(?=\.[a-z])", "+", css).replace(" !important", "!important").replace("@media (", "@media(")
    css = re.sub(r"(@media print\{(?:[^{}]*\{[^{}]*\})*)\}@media print\{", r"\1", css)
    names = {name: number for number, name in enumerate(dict.fromkeys(re.findall(r"--([a-z]\w*)", css)))}
    short = [chr(97 + number) if number < 26 else str(number) for number in range(len(names))]
    return re.sub(r"--([a-z]\w*)", lambda found: f"--{short[names[found[1]]]}", css)


def _faces(layers: Layers) -> str:
    rules = []
    for family, stem in _FACES:
        for weight, name in _WEIGHTS:
            data = base64.b64encode(layers.read(f"fonts/{stem}-{name}.woff2")).decode()
            source = f"url(data:font/woff2;base64,{data}) format('woff2')"
            rules.append(f"@font-face{{font-family:'{family}';font-weight:{weight};src:{source}}}")
    return "".join(rules)


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
