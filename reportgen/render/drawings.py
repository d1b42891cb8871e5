"""The drawings of a page, which its data block need not hold a second time: they are read back from where they stand.

A figure in the block keeps the opening tag of its drawing alone; the rest is that of the drawing in the page. Where the
page shows it otherwise, as with ids of its own, the block holds the whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_END = "</svg>"
_START = re.compile(r'<figure id="([^"]*)"(?: data-of="([^"]*)")?>\s*<div class="drawing"><svg[^>]*>')


def without(plain: dict[str, Any], page: str) -> dict[str, Any]:
    """A document as plain values, its drawings cut to their opening tags where the page has the rest."""
    shown = _shown(page)
    cut = {figure["id"]: opening for figure in _figures(plain) if (opening := _opening(figure, shown))}
    return dict(_changed(plain, cut))


def restored(plain: dict[str, Any], page: str) -> dict[str, Any]:
    """The document as it was before `without`.

    Raises:
        ValueError: the page lacks a drawing.
    """
    shown = _shown(page)
    cut = [figure for figure in _figures(plain) if not str(figure["drawing"]).endswith(_END)]
    missing = [figure["id"] for figure in cut if figure["id"] not in shown]
    if missing:
        raise ValueError(f"{len(missing)} of its drawings are missing")
    return dict(_changed(plain, {figure["id"]: figure["drawing"] + shown[figure["id"]] for figure in cut}))


def _opening(figure: Mapping[str, Any], shown: Mapping[str, str]) -> str:
    head, _, rest = figure["drawing"].partition(">")
    return f"{head}>" if shown.get(figure["id"]) == rest else ""


def _shown(page: str) -> dict[str, str]:
    """Figure -> what follows the opening tag of its drawing."""
    found: dict[str, str] = {}
    for start in _START.finditer(page):
        end = page.find(_END, start.end())
        if end < 0:
            break
        found.setdefault(start[2] or start[1], page[start.end() : end + len(_END)])
    return found


def _figures(value: Any) -> Iterator[dict[str, Any]]:
    """Every figure in the sections of a document as plain values."""
    if isinstance(value, list):
        for item in value:
            yield from _figures(item)
    elif isinstance(value, dict):
        if isinstance(value.get("drawing"), str) and isinstance(value.get("id"), str):
            yield value
        else:
            yield from _figures(value.get("sections") or value.get("blocks") or [])


def _changed(value: Any, drawings: Mapping[str, str]) -> Any:
    """The same values with these drawings, by figure."""
    if isinstance(value, list):
        return [_changed(item, drawings) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("id") in drawings and "drawing" in value:
        return {**value, "drawing": drawings[value["id"]]}
    inner = next((name for name in ("sections", "blocks") if isinstance(value.get(name), list)), None)
    return value if inner is None else {**value, inner: _changed(value[inner], drawings)}
