"""The file itself: its content id, what it shows beside what it carries, and the experiment file in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from itertools import zip_longest
from pathlib import Path

from reportgen import provenance
from reportgen.audit._check import Check
from reportgen.document import Document, stated_id
from reportgen.errors import LimitExceeded, OutputError
from reportgen.outputs import html, pdf
from reportgen.render.page import BLOCK_ID
from reportgen.text import one_line

_HIDDEN = ("script", "style")
_BLOCK = re.compile(rb'<script type="[^"]*" id="' + BLOCK_ID.encode() + rb'">[A-Za-z0-9+/=\s]*</script>')
_RENDERERS = ("reportgen", "jinja2", "markdown-it-py", "nh3")
_AROUND = 3  # words before a difference that tell where it is


def content_id(document: Document, data: bytes, source: Path) -> Check:
    """The hash that the file states against that of what it carries."""
    name, found = "content id", document.content_id
    kind = source.suffix.lower()
    stated = _id_in_page(data) if kind == ".html" else stated_id(data if kind == ".json" else pdf.attached(data))
    if not stated:
        return Check(name, differences=("the file states none",))
    if stated != found:
        what = f"the file states {one_line(stated, 40)}, and what it carries has {found}: it was changed by hand"
        return Check(name, 1, differences=(what,))
    return Check(name, 1, found)


def experiment_file(document: Document) -> Check:
    """The experiment file and the seed against the record of them."""
    held = document.evidence
    if not held.spec:
        return Check("experiment file", skipped=("the report was made from Python and carries none",))
    recorded = held.provenance.get("spec_sha256")
    wrong = []
    if recorded != provenance.text_sha256(held.spec):
        wrong.append(f"its SHA-256 is not {one_line(recorded, 70)}, which the report records")
    if held.provenance.get("seed") != document.seed:
        wrong.append(f"the report names the seed {document.seed}, its record {one_line(held.provenance.get('seed'))}")
    return Check("experiment file", 2, "its SHA-256 and the seed are those of the record", tuple(wrong))


def page(document: Document, data: bytes, source: Path) -> Check:
    """What the file shows against what the report in it is rendered to."""
    kind = source.suffix.lower()
    if kind == ".json":
        return Check("page", skipped=("JSON shows nothing but what it carries",))
    try:
        fresh = (html if kind == ".html" else pdf).to_bytes(document)
    except (OutputError, LimitExceeded) as error:
        return Check("page", skipped=(f"the report cannot be rendered here: {error.problems[0].what}",))
    if _shown(fresh) == _shown(data):
        return Check("page", 1, "all of it is what the report in it is rendered to")
    if kind == ".html" and _is_dressed(data):
        return Check("page", missing=("shown through templates of its own: the page cannot be compared",))
    words, again = (_words(text, kind) for text in (data, fresh))
    wrong = tuple(_edits(words, again))
    if wrong and not _made_alike(document):
        return Check("page", missing=("it was rendered by other versions, so that its words cannot be compared",))
    if not wrong and kind == ".html" and _made_alike(document):
        wrong = ("the words are those of the report in it, but not the markup, the drawings or the scripts",)
    told = "" if wrong else f"its {len(again):,} words are those of the report in it"
    return Check("page", len(again), told, wrong)


def _is_dressed(data: bytes) -> bool:
    """Whether the page says that a folder of templates made it."""
    return html.DRESSED_MARK.encode() in data.partition(b"</head>")[0]


def _shown(data: bytes) -> bytes:
    """The file without the block of data in a page, which is packed differently from machine to machine."""
    return _BLOCK.sub(b"", data, count=1)


def _made_alike(document: Document) -> bool:
    """Whether the report was made by these very versions of what makes a page."""
    here, recorded = provenance.packages(), document.evidence.provenance.get("packages", {})
    return all(recorded.get(name) == here.get(name) for name in _RENDERERS)


def _edits(words: Sequence[str], again: Sequence[str]) -> Iterator[str]:
    """The first word that differs, with what stands before it."""
    for place, (shown, rendered) in enumerate(zip_longest(words, again)):
        if shown != rendered:
            before = " ".join(words[max(0, place - _AROUND) : place])
            where = f'after "{one_line(before, 80)}" ' if before else "at its beginning "
            says = f'it shows "{one_line(shown, 60)}"' if shown is not None else "it ends"
            means = f'has "{one_line(rendered, 60)}"' if rendered is not None else "ends"
            yield f"{where}{says}, where the report in it {means}: it was changed by hand"
            return


def _words(data: bytes, kind: str) -> list[str]:
    if kind == ".pdf":
        return pdf.text(data).split()
    reader = _Visible()
    reader.feed(data.decode(errors="replace"))
    return " ".join(reader.pieces).split()


class _Visible(HTMLParser):
    """The text of a page, and of the attributes that a reader is shown or read."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.content_id = ""
        self._hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden = tag in _HIDDEN
        values = dict(attrs)
        self.pieces += [values.get(name) or "" for name in ("title", "aria-label", "alt")]
        if tag == "code" and values.get("title") and not self.content_id:
            self.content_id = values.get("title") or ""

    def handle_endtag(self, tag: str) -> None:
        self._hidden = self._hidden and tag not in _HIDDEN

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(data)


def _id_in_page(data: bytes) -> str:
    reader = _Visible()
    reader.feed(data.decode(errors="replace"))
    return reader.content_id
