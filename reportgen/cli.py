"""The command line: finds the command, prints errors in one line each, sets the exit status."""

from __future__ import annotations

import argparse
import errno
import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from typing import NoReturn

from reportgen import memory, registry
from reportgen.errors import InternalError, Interrupted, LimitExceeded, OutputError, ReportgenError, UsageError
from reportgen.text import one_line, quoted


class _Parser(argparse.ArgumentParser):
    """An argument parser whose errors are ours."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(one_line(message, 300), fix=f"see {self.prog} --help")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in arguments
    arguments = [argument for argument in arguments if argument != "--debug"]
    try:
        with warnings.catch_warnings():
            if not debug:  # What a library mutters is not for the user, who is told of problems in our words.
                warnings.simplefilter("ignore")
            return _dispatch(arguments)
    except ReportgenError as error:
        _print_error(error)
        _trace(debug)
        return error.exit_status
    except KeyboardInterrupt as error:
        print("reportgen: error: interrupted", file=sys.stderr)
        return error.exit_status if isinstance(error, Interrupted) else Interrupted.exit_status
    except BrokenPipeError:
        return 0  # The reader of our output went away, as `head` does.
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            return _no_room()
        told = _unforeseen(error)
        _print_error(told)
        _trace(debug)
        return told.exit_status


def script() -> NoReturn:
    """The console script. Leaves without tearing down what the operating system frees faster."""
    os._exit(_flushed(main()))


def _flushed(status: int) -> int:
    """The status, or another where what was printed does not reach its place."""
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:  # None where the shell closed it.
                stream.flush()
    except BrokenPipeError:
        return status
    except OSError:
        return _no_room()
    return status


def _unforeseen(error: Exception) -> ReportgenError:
    if memory.ran_out(error):
        return LimitExceeded("memory ran out", fix="set a smaller data.sample, or use fewer columns")
    return InternalError(f"{type(error).__name__}: {error}", fix="run again with --debug and report the trace")


def _no_room() -> int:
    _print_error(OutputError("the standard output takes no more", fix="free some space, or write elsewhere"))
    return OutputError.exit_status


def _dispatch(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(_overview())
        return 0 if arguments else UsageError.exit_status
    if arguments[0] in ("-V", "--version"):
        from reportgen.provenance import packages

        print(f"reportgen {packages().get('reportgen', 'unknown')}")
        return 0
    name, rest = arguments[0], arguments[1:]
    known = registry.names("commands")
    if name not in known:
        raise UsageError(f"unknown command {quoted(name)}", fix=registry.suggestion(name, known))
    command = registry.load("commands", name)
    parser = _Parser(
        prog=f"reportgen {name}", description=command.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    command.add_arguments(parser)
    return int(command.run(parser.parse_args(rest)))


def _overview() -> str:
    lines = [f"  {name:<8} {registry.summary('commands', name)}" for name in registry.names("commands")]
    return "\n".join(
        [
            "reportgen: one YAML file in, one report out",
            "",
            "usage: reportgen COMMAND [ARGUMENT]... [--debug]",
            "",
            *lines,
            "",
            "reportgen COMMAND --help tells more. Exit status: 0 done, 1 a gate failed or a report differs, 2 usage or",
            "experiment file, 3 data, 4 training, 5 environment or output, 6 archive in use, 7 a limit,",
            "130 interrupted, 70 our bug.",
        ]
    )


def _print_error(error: ReportgenError) -> None:
    for problem in error.problems:
        print(f"reportgen: error: {problem}", file=sys.stderr)


def _trace(debug: bool) -> None:
    if debug:
        traceback.print_exc()


if __name__ == "__main__":
    sys.exit(main())
