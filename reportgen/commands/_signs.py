"""Signs in a table that decide how it should be read, split and cleaned: what a careful colleague would point at."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reportgen.dataset import Dataset, Kind
from reportgen.profile import ColumnProfile, Profile
from reportgen.text import count, percent

#: Names of columns that hold what identifies a person.
_PERSONAL = re.compile(
    r"(^|[ _.-])(e-?mails?|phone|telephone|mobile|ssn|passport|iban|(first|last|full)[ _]?names?|surname"
    r"|address|street|birth[ _]?(date|day)|date[ _]of[ _]birth|dob|ip([ _]?address)?)($|[ _.-])",
    re.IGNORECASE,
)
_GROUP = re.compile(
    r"([ _.-](ids?|no|nr|number|code)$|[a-z](Id|ID)$|^(patient|customer|user|subject|household)s?$)", re.IGNORECASE
)
#: A group has at least two rows on average, and there must be enough groups to divide.
_FEWEST_GROUPS, _FEWEST_ROWS = 20, 1.5
#: Shares of the values from which a robust scale is proposed for all numbers.
_TAILED = 0.05


@dataclass(frozen=True)
class Signs:
    """What was seen, each with its reason: column -> reason, or "" for nothing."""

    useless: dict[str, str]
    personal: tuple[str, ...]
    group: str
    group_reason: str
    time: str
    time_reason: str
    duplicates: int
    tailed: tuple[str, ...]


def signs(dataset: Dataset, profile: Profile) -> Signs:
    """Look through the profile of a table."""
    others = [column for column in profile.columns if not column.is_target]
    group, reason = _group(others)
    return Signs(
        useless={column.name: why for column in others if (why := _useless(column))},
        personal=tuple(column.name for column in others if _PERSONAL.search(column.name)),
        group=group,
        group_reason=reason,
        time=profile.time_column or "",
        time_reason=_ordered(dataset, profile),
        duplicates=profile.duplicate_rows,
        tailed=tuple(column.name for column in others if _is_tailed(column)),
    )


def _useless(column: ColumnProfile) -> str:
    if column.kind in (Kind.ID, Kind.IGNORE):
        return ""
    if column.count == 0:
        return "no value in any row"
    return "the same in every row" if column.distinct == 1 and not column.missing else ""


def _group(columns: list[ColumnProfile]) -> tuple[str, str]:
    """The column that names what several rows belong to, and how many rows that is."""
    for column in columns:
        if column.kind not in (Kind.NUMERIC, Kind.CATEGORICAL) or not _GROUP.search(column.name):
            continue
        rows = column.count / max(1, column.distinct)
        whole = column.kind is Kind.CATEGORICAL or column.whole
        if whole and column.distinct >= _FEWEST_GROUPS and rows >= _FEWEST_ROWS and not column.missing:
            return column.name, f"{count(column.distinct)} different ones, {rows:.1f} rows each on average"
    return "", ""


def _ordered(dataset: Dataset, profile: Profile) -> str:
    """Why rows should be split in the order of time: "" where they need not."""
    if profile.time_column is None or dataset.task is None:
        return ""
    time = profile.column(profile.time_column).time
    if time is None or time.order != "increasing":
        return ""
    span = "" if _PERSONAL.search(profile.time_column) else f", from {time.first} to {time.last}"
    return f"the rows stand in its order{span}"


def _is_tailed(column: ColumnProfile) -> bool:
    return column.kind is Kind.NUMERIC and column.count > 0 and column.outliers > _TAILED * column.count


def duplicates(found: Signs, n_rows: int) -> str:
    return f"{count(found.duplicates)} rows ({percent(found.duplicates / max(1, n_rows))}) repeat an earlier one"
