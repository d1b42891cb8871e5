"""From a run to its findings: every check, in the order in which they matter."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Literal

import numpy as np

from reportgen import registry
from reportgen.checks._check import Check, Verdict
from reportgen.checks._ignoring import remarks, without
from reportgen.errors import InternalError, NotApplicable, UsageError
from reportgen.results import Finding, Run, Severity, Status
from reportgen.spec import CheckSettings
from reportgen.text import one_line, quoted

_STATUSES: tuple[Status, ...] = ("failed", "broken", "passed", "not applicable", "off")
_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "notice")
_DEFAULT = CheckSettings()
Setting = Literal["off"] | float | CheckSettings


def run_checks(run: Run, settings: Mapping[str, Setting] | None = None, strict: bool = False) -> tuple[Finding, ...]:
    """The finding of every registered check: the failed ones first, worst first.

    `settings` maps names of checks to a threshold of their own, to "off", or to threshold, severity and what the check
    passes over: it judges as if those columns, classes or layers were not there. A check that fails itself becomes a
    finding with the status "broken".

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
        return _sorted(
            _find(registry.load("checks", name), run, settings.get(name, _DEFAULT), strict) for name in names
        )


def rank(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The failed findings, worst first by what they mean for the decision; see `Check`."""
    return _sorted(finding for finding in findings if finding.status == "failed")


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    def place(finding: Finding) -> tuple[int, int, int, float, str]:
        unit: Check = registry.load("checks", finding.check)
        grave = _STATUSES.index(finding.status), _SEVERITIES.index(finding.severity), unit.rank
        return *grave, -_times_beyond(finding), finding.check

    return tuple(sorted(findings, key=place))


def _times_beyond(finding: Finding) -> float:
    """How many times its threshold the value is, or the threshold the value, where that is the lower bound."""
    if finding.value is None or finding.threshold is None:
        return 0.0
    value, threshold = abs(finding.value), abs(finding.threshold)
    smaller, larger = sorted((value, threshold))
    return larger / smaller if smaller > 0 else larger


def _find(unit: Check, run: Run, setting: Setting, strict: bool) -> Finding:
    if setting == "off":
        return _finding(unit, "off", Verdict(False, unit.title, detail="switched off in the experiment file"), _DEFAULT)
    wanted = setting if isinstance(setting, CheckSettings) else CheckSettings(threshold=float(setting))
    status, verdict = _judged(unit, run, wanted, strict)
    if told := remarks(run, wanted.ignore, unit.name):
        verdict = replace(verdict, detail=" ".join(filter(None, (_sentence(verdict.detail), told))))
    return _finding(unit, status, verdict, wanted)


def _judged(unit: Check, run: Run, wanted: CheckSettings, strict: bool) -> tuple[Status, Verdict]:
    try:
        verdict = unit(without(run, wanted.ignore, unit.group), wanted.threshold)
    except NotApplicable as reason:
        return "not applicable", Verdict(False, unit.title, detail=str(reason))
    except Exception as error:
        if strict:
            raise InternalError(f"the check {unit.name} failed: {type(error).__name__}: {error}") from error
        return "broken", Verdict(False, unit.title, detail=f"{type(error).__name__}: {one_line(error)}")
    return "failed" if verdict.failed else "passed", verdict


def _sentence(text: str) -> str:
    return text if not text or text.endswith(".") else f"{text[0].upper()}{text[1:]}."


def _finding(unit: Check, status: Status, verdict: Verdict, wanted: CheckSettings) -> Finding:
    threshold = unit.threshold if wanted.threshold is None else wanted.threshold
    return Finding(
        check=unit.name,
        status=status,
        severity=wanted.severity or verdict.severity or unit.severity,
        title=verdict.title,
        detail=verdict.detail,
        value=verdict.value,
        threshold=None if status == "off" else threshold,
        meaning=unit.meaning,
        remedy=unit.remedy,
        group=unit.group,
        subjects=verdict.subjects,
        unit=unit.unit,
    )
