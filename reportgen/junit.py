"""The gates of a run as JUnit XML, the form in which continuous integration reads tests: one test case a gate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from xml.etree import ElementTree as ET

from reportgen.text import one_line

_LONGEST = 300


class JudgedGate(Protocol):
    """What is told of a gate; `results.Gate` is one."""

    @property
    def expression(self) -> str: ...
    @property
    def bound(self) -> str: ...
    @property
    def value(self) -> float | None: ...
    @property
    def passed(self) -> bool: ...
    @property
    def note(self) -> str: ...


def junit_xml(title: str, gates: Sequence[JudgedGate]) -> bytes:
    """One suite, named after the experiment; a gate that does not hold is a failure with its value and bound.

    There are no durations, so that equal results give equal bytes.
    """
    failed = str(sum(not gate.passed for gate in gates))
    counts = {"tests": str(len(gates)), "failures": failed, "errors": "0"}
    root = ET.Element("testsuites", counts)
    suite = ET.SubElement(root, "testsuite", {"name": one_line(title, _LONGEST), **counts})
    for gate in gates:
        _add(suite, gate)
    ET.indent(root)
    xml: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return xml + b"\n"


def _add(suite: ET.Element, gate: JudgedGate) -> None:
    name = one_line(f"{gate.expression} {gate.bound}", _LONGEST)
    case = ET.SubElement(suite, "testcase", {"classname": "expect", "name": name})
    if gate.passed:
        return
    found = f"is {gate.value:.6g}" if gate.value is not None else f"has no value ({gate.note})"
    message = one_line(f"{gate.expression} {found}, asked for {gate.bound}", 2 * _LONGEST)
    ET.SubElement(case, "failure", {"type": "gate", "message": message}).text = message
