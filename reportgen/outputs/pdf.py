"""PDF: the same report on A4, tagged, with the experiment file and the report itself attached."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, NoReturn

from reportgen.document import Document, from_json, to_json
from reportgen.errors import DataError, LimitExceeded, OutputError, Problem, ReportgenError
from reportgen.render import to_html
from reportgen.text import listing, plural, shorten, visible
from reportgen.workers import ChildDied, Worker

_RENDERER = "reportgen.outputs._weasyprint:Renderer"
DRESSED = True  # has a look
_REPORT = "report.json"
_GIGABYTE = 10**9
_SECONDS = 120.0
#: The largest report that is read out of a PDF, in bytes.
_MOST = 200_000_000
_SHORTER = "write HTML, or show less of it with report.sections and report.figures"
_PANGO = "install Pango (Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0), or write HTML"
#: What glib, C++ and the kernel say or send when memory ends.
_OUT_OF_MEMORY = ("failed to allocate", "Cannot allocate memory", "std::bad_alloc", "MemoryError")


def to_bytes(document: Document, own: Path | None = None, told: Callable[[OutputError], None] | None = None) -> bytes:
    """The report as a PDF; equal documents give equal bytes.

    Args:
        own: a folder of the user's templates.
        told: is given what the PDF lacks, which is characters that no font has; may raise it.

    Raises:
        UsageError: there is a mistake in the user's folder.
        OutputError: WeasyPrint or the libraries that it needs are missing, its process was killed, or the page asks for
            something outside itself.
        LimitExceeded: it takes more than 120 s or 2 GB.
    """
    with _renderer() as worker:
        html = to_html(document, medium="print", own=own)  # while the child imports
        try:
            facts = [visible(author) for author in document.authors], _created(document), _attachments(document)
            made = bytes(worker.call("render", html, *facts, timeout=_SECONDS))
            unshown = worker.call("unshown", timeout=_SECONDS)
        except (ImportError, OSError, LimitExceeded, ChildDied) as error:
            _explain(error)
    if unshown and told:
        told(_no_font(unshown))
    return made


def _no_font(unshown: list[int]) -> OutputError:
    """The code points that a box stands for."""
    points = listing([f"U+{point:04X}" for point in unshown], most=8)
    what = f"the PDF shows boxes for {plural(len(unshown), 'character')} that no font here has: {points}"
    return OutputError(what, fix="install a font that has them (Debian: fonts-noto, fonts-noto-cjk)")


def read(data: bytes, name: str) -> Document:
    """The report that a PDF carries; `name` is the file's, for messages.

    Raises:
        DataError: not a PDF, or not one of reportgen's.
        LimitExceeded: reading takes too much memory or time.
    """
    return from_json(attached(data, name), name)


def attached(data: bytes, name: str = "") -> bytes:
    """The report that a PDF carries as JSON. Raises as `read` does."""
    return bytes(_asked("read", name, data, _REPORT, _MOST))


def text(data: bytes, name: str = "") -> str:
    """The words on the pages of a PDF, in the order of its drawing. Raises as `read` does."""
    return str(_asked("text", name, data))


def _asked(method: str, name: str, *arguments: object) -> Any:
    """What a child process finds in a PDF that anybody may have made."""
    with Worker("reportgen.outputs._attached:Attached", memory=_GIGABYTE) as worker:
        try:
            return worker.call(method, *arguments, timeout=_SECONDS)
        except ChildDied as error:
            raise DataError("a damaged PDF", fix="make the report again", file=name) from error
        except ReportgenError as error:
            problem = error.problems[0]
            raise type(error).of([Problem(problem.what, problem.fix, name)]) from error


@contextmanager
def _renderer() -> Iterator[Worker]:
    """A child with a temporary folder of its own, since one that is killed leaves its font files behind."""
    try:
        folder = tempfile.mkdtemp(prefix="reportgen-")
    except OSError as error:
        fix = "free some space, or set TMPDIR to a folder of yours"
        raise OutputError(f"no temporary folder can be made: {error.strerror}", fix=fix) from error
    try:
        with Worker(_RENDERER, memory=2 * _GIGABYTE, environment={"TMPDIR": folder}) as worker:
            yield worker
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _attachments(document: Document) -> list[tuple[str, bytes, str]]:
    """Name, content and description of each file in the PDF."""
    report = (_REPORT, _encoded(to_json(document)), "The report, for reportgen to read")
    evidence = document.evidence
    if not evidence.spec:
        return [report]
    return [(_file_name(evidence.spec_name), _encoded(evidence.spec), "The experiment file as written"), report]


def _encoded(text: str) -> bytes:
    return text.encode(errors="surrogatepass")  # as JSON readers decode it


def _file_name(name: str) -> str:
    """The last part of a name that anybody may have written, and never the report's own."""
    last = shorten(PurePosixPath(PureWindowsPath(name).name).name, 100)
    return "experiment.yaml" if last in ("", "..", _REPORT) else last


def _created(document: Document) -> datetime:
    try:
        created = datetime.fromisoformat(document.stamp.created)
        return created.astimezone(UTC) if created.tzinfo else created.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # none, or one that somebody made up
        return datetime.fromtimestamp(0, UTC)


def _explain(error: Exception) -> NoReturn:
    """What stopped the renderer, in words that help."""
    if isinstance(error, ImportError):
        raise OutputError(
            "a PDF needs WeasyPrint 70, which cannot be imported", fix="pip install weasyprint"
        ) from error
    if isinstance(error, ChildDied) and any(words in error.stderr for words in _OUT_OF_MEMORY):
        raise LimitExceeded("the PDF needs more than 2 GB of memory", fix=_SHORTER) from error
    if isinstance(error, ChildDied):
        what = f"the PDF could not be made: {error.problems[0].what}"
        raise OutputError(what, fix="write HTML, and see --debug for what the process said") from error
    if isinstance(error, LimitExceeded):
        raise LimitExceeded(f"the PDF could not be made: {error.problems[0].what}", fix=_SHORTER) from error
    raise OutputError("a PDF needs libraries that this system lacks", fix=_PANGO) from error
