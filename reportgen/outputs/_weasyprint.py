"""The PDF renderer; only the child process that `pdf` starts imports this."""

from __future__ import annotations

import gc
import logging
import mimetypes
import re
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from weasyprint import HTML, Attachment
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from reportgen.errors import LimitExceeded, OutputError
from reportgen.outputs._archival import archive
from reportgen.outputs._tags import mend
from reportgen.text import quoted

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_IGNORED = re.compile(r"[\x00-\x20]")  # as browsers and PDF readers do in addresses
_LINKS = ("#", "http:", "https:", "mailto:")
#: PDF/A-3 at its highest level; `_archival` and `_tags` add what PDF/UA-1 asks for besides.
_VARIANT = "pdf/a-3a"
_RELATIONSHIPS = {True: "Data", False: "Source"}  # of what can be read back, and of what the report was made from
#: Elements as deep as Markdown may nest them need more of Python's stack than it gives by default.
_RECURSION = 5000


class RefusedError(FatalURLFetchingError):  # type: ignore[misc]  # WeasyPrint is not typed
    """The page asks for something that is not in it."""


class DataFetcher(URLFetcher):  # type: ignore[misc]
    """Gives what stands in the page itself, and ends the rendering when the page asks for anything else."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        scheme = _scheme(url)
        if scheme != "data:":
            raise RefusedError(scheme)
        return super().fetch(url, headers)


class Watch(logging.Handler):
    """Keeps what WeasyPrint only logs: a drawing that fails would otherwise be missing without a word."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.failures: list[str] = []
        self.causes: list[BaseException] = []
        self.unshown: set[int] = set()  # code points that no font has

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg.startswith(".notdef glyph"):
            self.unshown.add(int(record.args[1]))  # type: ignore[index,arg-type]
        if record.levelno >= logging.ERROR and record.msg.startswith("Failed"):
            self.failures.append(record.getMessage())
        if record.exc_info and record.exc_info[1]:
            self.causes.append(record.exc_info[1])

    def check(self) -> None:
        """Raise what was kept: first the cause that says most."""
        for cause in self.causes:
            if isinstance(cause, (RefusedError, MemoryError, RecursionError)):
                raise cause
        if self.failures:
            words = f"{type(self.causes[-1]).__name__}: {self.causes[-1]}" if self.causes else self.failures[0]
            raise OutputError(f"a drawing cannot be shown in a PDF: {words}", fix="write HTML")


class Renderer:
    """Turns a page into a tagged PDF, from what is in the page alone."""

    def __init__(self) -> None:
        # The types of attachments come from this table, not from whatever the machine has in /etc.
        mimetypes.init(files=())
        for suffix in (".yaml", ".yml"):
            mimetypes.add_type("application/yaml", suffix)
        sys.setrecursionlimit(_RECURSION)
        self._unshown: list[int] = []
        # A rendering makes millions of objects that live until its end; looking for garbage among them takes a quarter
        # of the time and finds little.
        gc.freeze()
        gc.set_threshold(100_000, 50, 100)

    def render(
        self, html: str, authors: Sequence[str], created: datetime, attachments: Sequence[tuple[str, bytes, str]]
    ) -> bytes:
        """The PDF of a page.

        Args:
            html: the page, with its title and language.
            authors: as the properties of the PDF name them.
            created: the date of the PDF and of its attachments, in UTC.
            attachments: name, content and description of each file to attach.

        Raises:
            OutputError: the page asks for something outside itself, links where a PDF may not, or holds what WeasyPrint
                cannot show.
            LimitExceeded: elements are nested too deeply.
        """
        try:
            pdf, self._unshown = _render(html, authors, created, attachments)
        except RefusedError as error:
            raise _outside("asks for", str(error)) from error
        except RecursionError as error:
            raise LimitExceeded("elements are nested too deeply for a PDF", fix="write HTML") from error
        except (OutputError, MemoryError):
            raise
        except Exception as error:
            raise OutputError(f"WeasyPrint stopped: {type(error).__name__}: {error}", fix="write HTML") from error
        return pdf

    def unshown(self) -> list[int]:
        """The code points in the last PDF that no font has, in their order; a box stands for each."""
        return self._unshown


def _render(
    html: str, authors: Sequence[str], created: datetime, attachments: Sequence[tuple[str, bytes, str]]
) -> tuple[bytes, list[int]]:
    logger, watch = logging.getLogger("weasyprint"), Watch()
    logger.setLevel(logging.DEBUG)
    logger.addHandler(watch)
    try:
        page = HTML(string=html, url_fetcher=DataFetcher())
        _check_links(page)
        files = [_attachment(*item, created) for item in attachments]
        laid_out = page.render(pdf_variant=_VARIANT)
        laid_out.metadata.authors = list(authors)
        laid_out.metadata.created = created.strftime("%Y-%m-%dT%H:%M:%SZ")
        # The identifier is a hash of what is in the file.
        pdf = laid_out.write_pdf(pdf_variant=_VARIANT, pdf_identifier=True, attachments=files, finisher=_finish)
    finally:
        logger.removeHandler(watch)
    watch.check()
    return bytes(pdf), sorted(watch.unshown)


def _finish(_: object, pdf: Any) -> None:
    mend(pdf)
    archive(pdf)


def _attachment(name: str, content: bytes, description: str, created: datetime) -> Attachment:
    relationship = _RELATIONSHIPS[name.endswith(".json")]
    dates = {"created": created, "modified": created}
    return Attachment(string=content, name=name, description=description, relationship=relationship, **dates)


def _check_links(page: Any) -> None:
    """Refuse what the fetcher does not see: addresses that a reader may click, and references that go unnoticed."""
    for element in page.etree_element.iter():
        is_link = element.tag in ("a", "area")
        for name, value in element.attrib.items():
            address = _IGNORED.sub("", value).lower() if name.rpartition("}")[2] in ("href", "src") else "#"
            if not address.startswith(_LINKS if is_link else ("#", "data:")):
                raise _outside("links to" if is_link else "asks for", _scheme(address))


def _scheme(address: str) -> str:
    match = _SCHEME.match(address)
    return f"{match[1].lower()}:" if match else "relative"


def _outside(verb: str, scheme: str) -> OutputError:
    what = f"the page {verb} a {quoted(scheme)} address, and a PDF is made from the report alone"
    return OutputError(what, fix="remove the reference")
