"""From a run to its findings: every check, in the order in which they matter."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import Literal

import numpy as np

from reportgen import registry
from reportgen.checks._check import Check
from reportgen.errors import InternalError, NotApplicable, UsageError
from reportgen.results import Finding, Run, Severity, Status
from reportgen.text import one_line, quoted

_STATUSES: tuple[Status, ...] = ("failed", "broken", "passed", "not applicable", "off")
_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "notice")


def run_checks(
    run: Run, settings: Mapping[str, Literal["off"] | float | CheckSettings] | None = None, strict: bool = False
) -> tuple[Finding, ...]:
    """The finding of every registered check: the failed ones first, worst first.

    `settings` maps names of checks to a threshold of their own or to "off". A check that fails itself becomes a finding
    with the status "broken".

    Raises:
        UsageError: `settings` names a check that there is not.
        InternalError: a check failed itself, and `strict` is set.
    """
    settings = settings or {}
    names = registry.names("checks")
    for name in settings:
        if name not in names:
            raise UsageError(f"{quoted(name)} is not one of the checks", fix=registry.suggestion(name, names))
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return _sorted(_find(registry.load("checks", name), run, settings.get(name), strict) for name in names)


def rank(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The failed findings, worst first by what they mean for the decision."""
    return _sorted(finding for finding in findings if finding.status == "failed")


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    def place(finding: Finding) -> tuple[int, int, int, str]:
        unit: Check = registry.load("checks", finding.check)
        return _STATUSES.index(finding.status), _SEVERITIES.index(finding.severity), unit.rank, finding.check

    return tuple(sorted(findings, key=place))


def _find(unit: Check, run: Run, setting: float | str | None, strict: bool) -> Finding:
    if setting == "off":
        return _finding(unit, "off", unit.title, "switched off in the experiment file")
    threshold = unit.threshold if setting is None else float(setting)
    try:
        verdict = unit(run, threshold)
    except NotApplicable as reason:
        return _finding(unit, "not applicable", unit.title, str(reason), threshold)
    except Exception as error:
        if strict:
            raise InternalError(f"the check {unit.name} failed: {type(error).__name__}: {error}") from error
        return _finding(unit, "broken", unit.title, f"{type(error).__name__}: {one_line(error)}", threshold)
    return Finding(
        check=unit.name,
        status="failed" if verdict.failed else "passed",
        severity=verdict.severity or unit.severity,
        title=verdict.title,
        detail=verdict.detail,
        value=verdict.value,
        threshold=threshold,
        meaning=unit.meaning,
        remedy=unit.remedy,
        group=unit.group,
        subjects=verdict.subjects,
    )


def _finding(unit: Check, status: Status, title: str, detail: str, threshold: float | None = None) -> Finding:
    return Finding(
        check=unit.name,
        status=status,
        severity=unit.severity,
        title=title,
        detail=detail,
        threshold=threshold,
        meaning=unit.meaning,
        remedy=unit.remedy,
        group=unit.group,
    )
