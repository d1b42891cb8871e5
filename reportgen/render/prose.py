"""The user's Markdown: as clean HTML, and as Markdown again in which nothing but what it says is markup.

Imported only where a text uses Markdown, since the two libraries are slow to load.
"""

from __future__ import annotations

from functools import cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from reportgen.document import is_link
from reportgen.render.markdown import code_span, escape, escape_lines, fence
from reportgen.text import visible

LONGEST = 100_000  # characters; what follows is left out, and an ellipsis says so
_BLOCKS = {"p", "hr", "pre", "blockquote", "ul", "ol", "li", "h2", "h3", "h4", "h5", "h6"}
_TAGS = _BLOCKS | {"table", "thead", "tbody", "tr", "th", "td"} | {"a", "br", "em", "strong", "s", "code"}


def to_html(source: str, top: int = 3) -> str:
    """Clean HTML of a Markdown text.

    Raw HTML shows as text, an image as its alternative text, and a link other than http, https, mailto or a fragment
    as its text. The highest heading becomes `<h{top}>`, and no level is skipped.
    """
    reader = _reader()
    tokens = _tokens(source)
    _level_headings(tokens, top)
    rendered = reader.renderer.render(tokens, reader.options, {})
    # markdown-it escapes and checks links already; nh3 makes sure of it with a parser of another make.
    return nh3.clean(
        rendered,
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        attribute_filter=lambda _tag, name, value: value if name != "href" or is_link(value) else None,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )


def to_markdown(source: str) -> str:
    """The same text as Markdown, raw HTML and images as text, headings two levels down."""
    return _block(SyntaxTreeNode(_tokens(source)))


class _Reader(MarkdownIt):
    """The preset with raw HTML and automatic links off; it bounds nesting at 100. Links are ours to allow."""

    def __init__(self) -> None:
        super().__init__("js-default")

    def validateLink(self, url: str) -> bool:  # noqa: N802  the name is the library's
        return is_link(url)


@cache
def _reader() -> MarkdownIt:
    reader = _Reader()
    reader.add_render_rule("image", _words_of_image)
    return reader


def _words_of_image(_renderer: object, tokens: list[Token], at: int, *_rest: object) -> str:
    return escapeHtml(tokens[at].content)


def _tokens(source: str) -> list[Token]:
    text = visible(source[:LONGEST]) + ("…" if len(source) > LONGEST else "")
    return _reader().parse(text)


def _level_headings(tokens: list[Token], top: int) -> None:
    """Shift headings so that the first stands at `top`, and none is more than one below the one before it."""
    first = previous = 0
    for token in tokens:
        if token.type == "heading_open":
            written = int(token.tag[1])
            first = first or written
            level = max(top, min(top + written - first, (previous or top - 1) + 1, 6))
            previous = level
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{previous}"


def _block(node: SyntaxTreeNode) -> str:
    match node.type:
        case "root" | "list_item":
            return "\n\n".join(map(_block, node.children))
        case "heading":
            return f"{'#' * min(6, int(node.tag[1]) + 2)} {_children(node)}"
        case "bullet_list":
            return "\n".join("- " + _indented(_block(item), "  ") for item in node.children)
        case "ordered_list":
            start = int(node.attrs.get("start", 1))
            items = enumerate(map(_block, node.children), start)
            return "\n".join(f"{at}. " + _indented(item, "    ") for at, item in items)
        case "blockquote":
            return "> " + _indented("\n\n".join(map(_block, node.children)), "> ")
        case "fence" | "code_block":
            return fence(node.content, node.info)
        case "hr":
            return "---"
        case "table":
            return _table(node)
        case _:
            return escape_lines(_children(node))


def _table(node: SyntaxTreeNode) -> str:
    rows = [
        "| " + " | ".join(_children(cell).replace("\n", " ") for cell in row.children) + " |"
        for part in node.children
        for row in part.children
    ]
    columns = len(node.children[0].children[0].children)
    return "\n".join([rows[0], "|" + " --- |" * columns, *rows[1:]])


def _children(node: SyntaxTreeNode) -> str:
    return "".join(map(_inline, node.children))


def _inline(node: SyntaxTreeNode) -> str:
    match node.type:
        case "text" | "image":
            return escape(node.content)
        case "code_inline":
            return code_span(node.content)
        case "strong" | "em" | "s":
            mark = {"strong": "**", "em": "*", "s": "~~"}[node.type]
            return f"{mark}{_children(node)}{mark}"
        case "link":
            href = str(node.attrs.get("href", ""))
            return f"[{_children(node)}](<{href}>)" if is_link(href) else _children(node)
        case "softbreak":
            return "\n"
        case "hardbreak":
            return "\\\n"
        case _:
            return _children(node)


def _indented(text: str, by: str) -> str:
    return text.replace("\n", f"\n{by}")
