"""What is attached to a PDF; only the child process that `pdf` starts imports this."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from pypdf import PdfReader, apply_configuration
from pypdf.errors import LimitReachedError, PyPdfError

from reportgen.errors import DataError, LimitExceeded, ReportgenError


class Attached:
    """Reads attachments out of PDFs that anybody may have made."""

    def __init__(self) -> None:
        logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # It tells of every oddity of a foreign file.

    def read(self, data: bytes, wanted: str, most: int) -> bytes:
        """The attachment named `wanted`.

        Raises:
            DataError: no readable PDF, or none with such an attachment.
            LimitExceeded: the attachment is larger than `most` bytes.
        """
        limits = {"zlib_maximum_output_length": most, "maximum_declared_stream_length": most}
        with _opened(data, limits, most) as reader:
            found = _find(reader, wanted)
        if found is None:
            raise DataError("a PDF, but without a report in it", fix="give a file that reportgen wrote")
        if len(found) > most:
            raise _too_large(most)
        return found

    def text(self, data: bytes) -> str:
        """The words on all pages, a line each. Raises as `read` does."""
        with _opened(data, {}, len(data)) as reader:
            return "\n".join(page.extract_text() for page in reader.pages)


@contextmanager
def _opened(data: bytes, limits: dict[str, int], most: int) -> Iterator[PdfReader]:
    """A reader of the PDF, whose failures are told in words."""
    if b"%PDF-" not in data[:1024]:
        raise DataError("not a PDF", fix="give a file that reportgen wrote")
    try:
        with apply_configuration(**limits):
            yield PdfReader(io.BytesIO(data))
    except LimitReachedError as error:
        raise _too_large(most) from error
    except (MemoryError, ReportgenError):
        raise
    except Exception as error:  # pypdf raises whatever a damaged file makes it stumble over.
        cause = str(error) if isinstance(error, PyPdfError) else type(error).__name__
        raise DataError(f"a damaged PDF: {cause}", fix="make the report again") from error


def _too_large(most: int) -> LimitExceeded:
    return LimitExceeded(f"the report in it is larger than {most / 1e6:,.0f} MB")


def _find(reader: PdfReader, wanted: str) -> bytes | None:
    for attachment in reader.attachment_list:
        if wanted in (attachment.name, attachment.alternative_name):
            return bytes(attachment.content)
    return None
