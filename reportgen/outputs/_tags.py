"""Mends the tags of a PDF: what PDF/UA-1 (ISO 14289-1) asks for and WeasyPrint does not give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_PRINTED = 4  # ISO 32000-1, 12.5.3: shown on paper as on the screen
_IN_LIST = ("/L", "/LI", "/Caption")
Objects = Mapping[bytes, Any]


def mend(pdf: Any) -> None:
    """Change a `pydyf.PDF` before it is written."""
    objects: Objects = {item.reference: item for item in pdf.objects}
    for item in pdf.objects:
        if isinstance(item, dict):
            _mend_element(item, objects)
            if item.get("Type") == "/Annot":
                item["F"] = _PRINTED
    _take_margins_out(objects[pdf.catalog["StructTreeRoot"]], pdf.page_references, objects)


def _mend_element(element: Any, objects: Objects) -> None:
    kind, parent = element.get("S"), objects.get(element.get("P", b""), {})
    if kind == "/TH":  # ISO 32000-1, 14.8.5.7; WeasyPrint links cells to headers, and not every reader follows
        element["A"]["Scope"] = "/Column" if objects[parent["P"]]["S"] == "/THead" else "/Row"
    elif kind == "/L" and any(objects[kid].get("S") not in _IN_LIST for kid in element["K"]):
        element["S"] = "/Div"  # ISO 32000-1, 14.8.4.3.3: a list holds items; <dl> with groups does not
    elif kind in ("/LI", "/LBody") and parent.get("S") == "/Div":
        element["S"] = "/Div"


def _take_margins_out(root: Any, pages: Sequence[bytes], objects: Objects) -> None:
    """Running heads and page numbers are no part of the text (ISO 14289-1, 7.8): mark them as artifacts."""
    text = set(_elements(root["K"], objects))
    owners_by_page = objects[root["ParentTree"]]["Nums"][1::2]
    for page, owners in zip(pages, owners_by_page, strict=False):  # after the pages come the annotations
        outside = {number for number, owner in enumerate(owners) if owner not in text}
        for number in outside:
            owners[number] = b"null"
        _mark_as_artifacts(objects[objects[page]["Contents"]].stream, outside)


def _elements(kids: Sequence[Any], objects: Objects) -> Iterator[bytes]:
    waiting = list(kids)
    while waiting:
        kid = waiting.pop()
        if isinstance(kid, bytes):  # a number is a piece of text
            yield kid
            waiting += objects[kid].get("K", ())


def _mark_as_artifacts(operators: list[Any], numbers: set[int]) -> None:
    for place, operator in enumerate(operators):
        if operator == b"BDC" and operators[place - 1].get("MCID") in numbers:
            operators[place - 2 : place] = [b"/Artifact", b"<</Type /Pagination>>"]
