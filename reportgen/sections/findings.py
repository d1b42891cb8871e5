"""Every check that ran: what failed, what passed, what does not apply and why."""

from __future__ import annotations

from reportgen.document import Block, FindingBlock, Group, Text, para, strong
from reportgen.errors import NotApplicable
from reportgen.results import Finding, Run
from reportgen.sections import Gallery
from reportgen.sections.summary import sentence
from reportgen.text import plural

TITLE = "Findings"
ORDER = 80


def compose(run: Run, gallery: Gallery) -> list[Block]:  # noqa: ARG001  the contract of a section
    if not run.findings:
        raise NotApplicable("no check ran")
    by_status = {
        status: [item for item in run.findings if item.status == status]
        for status in ("failed", "broken", "passed", "not applicable", "off")
    }
    blocks: list[Block] = [_sentence(by_status)]
    blocks += [_block(finding) for finding in by_status["failed"] + by_status["broken"]]
    for status, title in (("passed", "passed"), ("not applicable", "do not apply"), ("off", "switched off")):
        if by_status[status]:
            folded = tuple(_block(finding) for finding in by_status[status])
            blocks.append(Group(folded, "fold", title=f"{plural(len(folded), 'check')} {title}"))
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


def _block(finding: Finding) -> FindingBlock:
    tells = finding.status in ("failed", "passed")  # else the title is the name of the check
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
    )
