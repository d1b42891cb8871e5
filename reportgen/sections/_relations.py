"""What columns have to do with each other: pairs that go together, and gaps in the same rows."""

from __future__ import annotations

from reportgen.document import Block, Table, TableColumn, para
from reportgen.profile import Profile
from reportgen.sections._words import MEASURES, share
from reportgen.text import count, listing, one_line, plural, shorten

_MOST_PAIRS = 12
_MOST_PATTERNS = 10
_LEAST = 0.3  # an association that is worth a line
_NAMED = 6


def pairs(profile: Profile) -> list[Block]:
    """The strongest pairs of columns of any kind."""
    strong = [pair for pair in profile.associations.strongest if abs(pair.value) >= _LEAST]
    if not strong and profile.associations.strongest and not profile.correlated:
        return [para(f"No two columns go together: every association is below {_LEAST} in size.")]
    if not strong:
        return _correlated(profile)
    target = {column.name for column in profile.columns if column.is_target}
    rows = tuple(
        (_name(pair.first, target), _name(pair.second, target), MEASURES.get(pair.measure, pair.measure), pair.value)
        for pair in strong[:_MOST_PAIRS]
    )
    of = _of_rows(profile.associations.rows, profile)
    return [
        Table(
            id="table-associations",
            title="Columns that go together,",
            caption=f"strongest first, of those with {_LEAST} or more in size{of}.",
            columns=(
                TableColumn("column"),
                TableColumn("other column"),
                TableColumn("measure", narrow=False),
                TableColumn("size", "fixed", digits=2),
            ),
            rows=rows,
            total=len(strong),
        )
    ]


def _name(name: str, target: set[str]) -> str:
    return f"{shorten(name, 60)} (target)" if name in target else shorten(name, 60)


def _of_rows(rows: int, profile: Profile) -> str:
    return f"; from {count(rows)} of {plural(profile.n_rows, 'row')}" if 0 < rows < profile.n_rows else ""


def _correlated(profile: Profile) -> list[Block]:
    if not profile.correlated:
        return []
    return [
        Table(
            id="table-correlated",
            title="Columns that say nearly the same.",
            caption="Pairs with a Pearson correlation of 0.9 or more in size, strongest first.",
            columns=(TableColumn("column"), TableColumn("other column"), TableColumn("correlation", "fixed")),
            rows=tuple((pair.first, pair.second, pair.r) for pair in profile.correlated[:_MOST_PAIRS]),
            total=profile.n_correlated,
        )
    ]


def missing(profile: Profile) -> list[Block]:
    """Which sets of columns are missing in the same rows."""
    found = profile.missing
    if not found.patterns:
        return []
    gaps = [column for column in profile.columns if column.missing]
    complete = f"{plural(found.complete, 'row')} of {count(profile.n_rows)} ({share(found.complete, profile.n_rows)})"
    sentence = f"{plural(len(gaps), 'column has', 'columns have')} gaps; {complete} are complete."
    if all(len(names) < 2 for names, _ in found.patterns[:_MOST_PATTERNS]):
        return [para(sentence)]
    rows = tuple(
        (
            listing((one_line(name, 40) for name in names), most=_NAMED),
            len(names),
            n_rows,
            n_rows / max(profile.n_rows, 1),
        )
        for names, n_rows in found.patterns[:_MOST_PATTERNS]
        if names
    )
    return [
        para(sentence),
        Table(
            id="table-missing",
            title="Missing in the same rows.",
            caption="Rows that lack exactly these columns and have all others, most frequent first.",
            columns=(
                TableColumn("missing columns"),
                TableColumn("columns", "integer", narrow=False),
                TableColumn("rows", "integer"),
                TableColumn("share", "share"),
            ),
            rows=rows,
            total=found.n_patterns,
        ),
    ]
