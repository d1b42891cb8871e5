"""Every check that ran: what failed, what passed, what does not apply and why."""

from __future__ import annotations

from collections.abc import Callable

from reportgen.document import Block, Cell, FindingBlock, Group, Table, TableColumn, Text, para, strong
from reportgen.errors import NotApplicable
from reportgen.results import Finding, Run
from reportgen.sections import Gallery
from reportgen.sections.summary import sentence
from reportgen.text import plural

TITLE = "Findings"
ORDER = 80
#: The groups of checks, in the order of an experiment.
_GROUPS = ("columns", "rows", "time", "split", "target", "training", "evaluation", "record")
_NAME = (TableColumn("check", "code"), TableColumn("of the"))
_MEASURED = (
    TableColumn("what it found"),
    TableColumn("value", "significant"),
    TableColumn("threshold", "significant"),
    TableColumn("unit", narrow=False),
)
_WHY = (TableColumn("why"),)
Row = Callable[[Finding], tuple[Cell, ...]]


def compose(run: Run, gallery: Gallery) -> list[Block]:  # noqa: ARG001  the contract of a section
    if not run.findings:
        raise NotApplicable("no check ran")
    by_status = {
        status: [item for item in run.findings if item.status == status]
        for status in ("failed", "broken", "passed", "not applicable", "off")
    }
    blocks: list[Block] = [_sentence(by_status)]
    blocks += [_block(finding) for finding in by_status["failed"] + by_status["broken"]]
    blocks += _folded(by_status["passed"], "passed", (*_NAME, *_MEASURED), _passed)
    blocks += _folded(by_status["not applicable"], "do not apply", (*_NAME, *_WHY), _reason)
    blocks += _folded(by_status["off"], "switched off", (*_NAME, *_WHY), _reason)
    return blocks


def _sentence(by_status: dict[str, list[Finding]]) -> Text:
    failed, broken, passed = (len(by_status[status]) for status in ("failed", "broken", "passed"))
    total = failed + passed
    stopped = f" {plural(broken, 'check')} stopped before an answer." if broken else ""
    if not failed:
        return para(strong("No check found anything to report."), f" {plural(total, 'check')} ran.{stopped}")
    return para(
        strong(f"{failed} of {plural(total, 'check')} found something."),
        f"{stopped} Worst first; thresholds can be set in the experiment file, under checks.",
    )


def _folded(findings: list[Finding], words: str, columns: tuple[TableColumn, ...], row: Row) -> list[Group]:
    """The findings as one table under a fold, by group; none where there are none."""
    if not findings:
        return []
    ordered = sorted(findings, key=lambda item: (_place(item.group), item.check))
    title = f"{plural(len(findings), 'check')} {words}"
    table = Table(
        id=f"table-checks-{words.replace(' ', '-')}",
        title="Each check by the name that it has in the experiment file.",
        columns=columns,
        rows=tuple((item.check, item.group, *row(item)) for item in ordered),
    )
    return [Group((table,), "fold", title=title)]


def _place(group: str) -> int:
    return _GROUPS.index(group) if group in _GROUPS else len(_GROUPS)


def _passed(finding: Finding) -> tuple[Cell, ...]:
    told = f"{sentence(finding.title)} {finding.detail}".strip()
    threshold = finding.threshold if finding.value is not None else None
    return told, finding.value, threshold, finding.unit if finding.value is not None else ""


def _reason(finding: Finding) -> tuple[Cell, ...]:
    return (sentence(finding.detail),)


def _block(finding: Finding) -> FindingBlock:
    tells = finding.status == "failed"  # else the title is the name of the check
    return FindingBlock(
        id=f"finding-{finding.check}",
        status=finding.status,
        severity=finding.severity,
        title=sentence(finding.title) if tells else finding.title,
        detail=finding.detail if tells else sentence(finding.detail),
        value=finding.value,
        threshold=finding.threshold,
        meaning=finding.meaning,
        remedy=finding.remedy,
        unit=finding.unit,
    )
