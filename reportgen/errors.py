"""Everything that can go wrong, and the exit status each kind ends with.

    ReportgenError                     the status and the one-line form
    ├── GateFailed            1        a gate of `expect` failed; the report is written
    ├── UsageError            2        a command line that makes no sense
    │   └── SpecError         2        an experiment file that cannot be used; lists every problem
    ├── DataError             3        data that cannot be read as it stands
    ├── TrainingError         4        training diverged or failed
    ├── OutputError           5        the environment or the place to write to
    ├── ArchiveBusy           6        another process holds the archive
    ├── LimitExceeded         7        memory, time or size would be exceeded
    └── InternalError        70        a bug of ours

    NotApplicable                      not an error: a unit says why it has nothing to say
    Interrupted             130        Ctrl-C, or with Terminated (143) SIGTERM: a KeyboardInterrupt, so that what
                                       forgives a broken unit does not forgive the wish to stop

The command line prints each problem of an error on a line of its own and ends with the error's exit status.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from reportgen.text import one_line


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where it stands, what it is, and how to mend it."""

    what: str
    fix: str = ""
    file: str = ""
    line: int | None = None
    column: int | None = None
    key: str = ""

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part not in ("", None))
        head = "".join(f"{one_line(part, limit=400)}: " for part in (place, self.key) if part)
        return head + one_line(self.what, limit=400) + (f" - fix: {one_line(self.fix, limit=400)}" if self.fix else "")


class ReportgenError(Exception):
    """An error that is reported in one line a problem, without a traceback."""

    exit_status: ClassVar[int] = 70

    def __init__(
        self,
        what: str,
        fix: str = "",
        *,
        file: str = "",
        line: int | None = None,
        column: int | None = None,
        key: str = "",
    ) -> None:
        self.problems: tuple[Problem, ...] = (Problem(what, fix, file, line, column, key),)
        super().__init__(str(self.problems[0]))

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> ReportgenError:
        """One error that carries several problems, in the order of the file."""
        found = tuple(problems)
        error = cls(found[0].what)
        error.problems = found
        error.args = ("\n".join(str(problem) for problem in found),)
        return error

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross the pipe from a child process, so they must survive pickling with their problems.
        return type(self).of, (self.problems,)


class GateFailed(ReportgenError):
    exit_status = 1


class UsageError(ReportgenError):
    exit_status = 2


class SpecError(UsageError):
    pass


class DataError(ReportgenError):
    exit_status = 3


class TrainingError(ReportgenError):
    exit_status = 4


class OutputError(ReportgenError):
    exit_status = 5


class ArchiveBusy(ReportgenError):
    exit_status = 6


class LimitExceeded(ReportgenError):
    exit_status = 7


class InternalError(ReportgenError):
    exit_status = 70


class Interrupted(KeyboardInterrupt):
    exit_status: ClassVar[int] = 130


class Terminated(Interrupted):
    exit_status = 143


class NotApplicable(Exception):
    """Raised by a figure, metric, check or section that does not apply; its message says why, for the reader."""
