"""What differs between the experiment files, the data and the environments: only that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reportgen.comparing.reading import Compared
from reportgen.document import Block, Cell, Note, Table, TableColumn, para, strong
from reportgen.errors import SpecError
from reportgen.specfile import Draft, draft_of
from reportgen.text import listing, one_line, plural

TITLE = "What differs"
_WIDE = 4  # reports up to which each has a column
_MOST_KEYS = 60
_MOST_COLUMNS = 8
_TOLD_ELSEWHERE = ("title", "description", "authors", "report")
_LONGEST = 60
Values = list[tuple[str, list[str]]]  # what it is called, and the value of each report


def compose(reports: Sequence[Compared]) -> list[Block]:
    """Tables of settings, then of data and environment."""
    drafts = [_draft(report) for report in reports]
    settings = changed_settings([draft for draft in drafts if draft is not None])
    known = [report for report, draft in zip(reports, drafts, strict=True) if draft is not None]
    blocks: list[Block] = []
    if settings:
        blocks += _table("table-settings", "Settings that differ.", settings, known)
    elif len(known) > 1:
        blocks.append(para(strong("The experiment files say the same."), " What differs comes from elsewhere."))
    if lost := [report.name for report, draft in zip(reports, drafts, strict=True) if draft is None]:
        blocks.append(Note(f"No experiment file that this version reads: {listing(lost)}."))
    surroundings = _surroundings(reports)
    if surroundings:
        blocks += _table("table-surroundings", "Data and environment, as far as they differ.", surroundings, reports)
    else:
        blocks.append(para("Data, Python, packages and platform are the same."))
    return blocks


def _draft(report: Compared) -> Draft | None:
    held = report.document.evidence
    if not held.spec:
        return None
    try:
        return draft_of(held.spec, held.spec_name, held.overrides)
    except SpecError:
        return None


def changed_settings(drafts: Sequence[Draft]) -> Values:
    """The keys whose values are not the same in all; a default counts like what is written."""
    keys = dict.fromkeys(key for draft in drafts for key in _leaves(draft.written.values))
    found = []
    for key in keys:
        if key[0] in _TOLD_ELSEWHERE:
            continue
        values = [draft.written.get(*key) for draft in drafts]
        if any(value != values[0] for value in values[1:]):
            found.append((".".join(key), [_shown(draft, key) for draft in drafts]))
    return found


def _leaves(values: Mapping[str, Any], path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for key, value in values.items():
        here = (*path, str(key))
        found += _leaves(value, here) if isinstance(value, dict) and value else [here]
    return found


def _shown(draft: Draft, key: tuple[str, ...]) -> str:
    value = draft.written.get(*key)
    if value is None:
        return "–"
    text = _written(value)
    return text if draft.written.has(*key) else f"{text} (default)"


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return one_line(f"[{', '.join(map(_written, value))}]", _LONGEST)
    if isinstance(value, Mapping):
        return one_line(", ".join(f"{name}: {_written(item)}" for name, item in value.items()), _LONGEST)
    return one_line(f"{value:g}" if isinstance(value, float) else value, _LONGEST)


def _surroundings(reports: Sequence[Compared]) -> Values:
    """Hashes, versions and the like that are not the same in all."""
    rows = [_facts(report) for report in reports]
    names = dict.fromkeys(name for row in rows for name in row)
    every = [(name, [row.get(name, "–") for row in rows]) for name in names]
    return [(name, values) for name, values in every if len(set(values)) > 1]


def _facts(report: Compared) -> dict[str, str]:
    origin = report.run.provenance
    if origin is None:
        return {}
    state = ", with changes" if origin.dirty else ""
    facts = {
        "data": one_line(origin.data_name, _LONGEST),
        "data, SHA-256": origin.data_sha256[:16],
        "data, bytes": f"{origin.data_bytes:,}",
        "model file, SHA-256": origin.model_sha256[:16],
        "commit": f"{origin.commit[:12]}{state}" if origin.commit else "–",
        "Python": one_line(origin.python, _LONGEST),
        "platform": one_line(origin.platform, _LONGEST),
        "backend": one_line(origin.backend, _LONGEST),
        **{one_line(name, 30): one_line(version, 30) for name, version in origin.packages.items()},
    }
    return {name: value or "–" for name, value in facts.items()}


def _table(name: str, title: str, values: Values, reports: Sequence[Compared]) -> list[Block]:
    """A column a report where they are few, else a row each."""
    if len(reports) <= _WIDE:
        columns = (TableColumn(""), *(TableColumn(report.name, "code") for report in reports))
        rows: tuple[tuple[Cell, ...], ...] = tuple((key, *found) for key, found in values[:_MOST_KEYS])
        return [Table(name, title, columns, rows, total=len(values))]
    shown = values[:_MOST_COLUMNS]
    columns = (TableColumn("report"), *(TableColumn(one_line(key, 40), "code") for key, _ in shown))
    rows = tuple((report.name, *(found[place] for _, found in shown)) for place, report in enumerate(reports))
    rest = [key for key, _ in values[_MOST_COLUMNS:]]
    more = f"{plural(len(rest), 'more differs', 'more differ')}: {listing(rest, most=20)}." if rest else ""
    return [Table(name, title, columns, rows, caption=more)]
