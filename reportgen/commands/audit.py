"""Compute every number of a report again from what it carries, and find what was changed by hand."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.errors import GateFailed
from reportgen.text import one_line, plural

if TYPE_CHECKING:
    from reportgen.audit import Check

_MOST = 20  # differences of one check that are printed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("report", metavar="REPORT", help="a report that reportgen wrote: .html, .pdf or .json")
    parser.add_argument("--strict", action="store_true", help="what cannot be computed again is a difference")
    parser.add_argument("--json", action="store_true", help="print what was checked as JSON")


def run(args: argparse.Namespace) -> int:
    from reportgen.audit import audit

    checks = audit(args.report)
    wrong = sum(len(check.differences) + (len(check.missing) if args.strict else 0) for check in checks)
    if args.json:
        print(json.dumps(_plain(Path(args.report).name, checks, wrong), ensure_ascii=False, indent=2))
    else:
        _print(checks, wrong)
    return GateFailed.exit_status if wrong else 0


def _print(checks: Sequence[Check], wrong: int) -> None:
    """A line a check, and below it one for each difference."""
    width = max(len(check.name) for check in checks)
    for check in checks:
        told = [check.told] if check.told else []
        print(
            f"{check.name:<{width}}  {check.status:<11}  {one_line('; '.join((*told, *check.skipped)), 300)}".rstrip()
        )
        for text in (*check.differences[:_MOST], *(f"not checked: {text}" for text in check.missing)):
            print(f"{'':<{width}}  - {one_line(text, 400)}")
        if len(check.differences) > _MOST:
            print(f"{'':<{width}}  - {len(check.differences) - _MOST:,} more")
    print(_sum(checks, wrong))


def _sum(checks: Sequence[Check], wrong: int) -> str:
    if wrong:
        return f"The report does not stand: {plural(wrong, 'difference')}."
    if any(check.missing for check in checks):
        return "What could be computed again is as the report says; not all could."
    return "The report stands."


def _plain(name: str, checks: Sequence[Check], wrong: int) -> dict[str, object]:
    listed = [
        {
            "name": check.name,
            "status": check.status,
            "checked": check.checked,
            "told": check.told,
            "differences": check.differences,
            "missing": check.missing,
            "skipped": check.skipped,
        }
        for check in checks
    ]
    return {"report": name, "stands": not wrong, "checks": listed}
