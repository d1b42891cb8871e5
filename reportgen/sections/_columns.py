"""One line a column: kind, gaps, distribution, the numbers that matter for its kind, relation to the target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reportgen.dataset import Kind
from reportgen.document import Bars, Block, Cell, Detail, Group, Table, TableColumn
from reportgen.profile import ColumnProfile, Profile
from reportgen.profile.summaries import SIGNS
from reportgen.results import Finding, Run
from reportgen.sections._charts import MOST_SERIES
from reportgen.sections._profiles import unfolded
from reportgen.sections._words import kind, moment, number, relation, trimmed
from reportgen.text import count, listing, one_line, percent, plural, shorten

#: Lines in the open table, lines in all, and lines that unfold.
OPEN, MOST, UNFOLDED = 40, 1000, 60
#: The share of numbers from which their moments have columns of their own.
_NUMERIC = 0.8
_WEIGHT = {"error": 100.0, "warning": 10.0, "notice": 1.0}


def tables(run: Run, profile: Profile) -> list[Block]:
    """The lines of all columns, what matters most first; those of a wide table partly folded."""
    columns = ordered(profile, run.findings)
    shown = columns[:MOST]
    layout = _layout(profile, shown)
    details = [unfolded(column, profile, run.findings) for column in shown[:UNFOLDED]]
    order = _order(profile, layout, [column.name for column in columns])
    first = _table(shown[:OPEN], details[:OPEN], layout, order, len(columns))
    rest = _table(shown[OPEN:], details[OPEN:], layout, order, len(columns) - OPEN, "table-columns-more")
    if not rest.rows:
        return [first]
    return [first, Group((rest,), "fold", title=f"{plural(len(rest.rows), 'further column')}")]


def ordered(profile: Profile, findings: Sequence[Finding]) -> list[ColumnProfile]:
    """The target, then columns by how well each tells it; without one those that need a look, then their order."""
    weights: dict[str, float] = {}
    for finding in findings:
        if finding.status == "failed" and finding.group in ("columns", "time", "target"):
            for name in finding.subjects:
                weights[name] = weights.get(name, 0.0) + _WEIGHT[finding.severity]
    related = any(column.relation for column in profile.columns)

    def place(column: ColumnProfile) -> tuple[bool, float, float, float]:
        strength = column.relation.strength if column.relation else -1.0
        found = weights.get(column.name, 0.0)
        return (not column.is_target, -strength if related else 0.0, -found, -round(column.missing_share, 2))

    return sorted(profile.columns, key=place)


@dataclass(frozen=True)
class _Layout:
    """Which columns the table has, the same for its two parts."""

    numeric: bool  # (nearly) all columns are numbers, which then have their moments in columns of their own
    missing: bool
    measures: tuple[str, ...]
    legend: tuple[str, ...]


def _layout(profile: Profile, columns: Sequence[ColumnProfile]) -> _Layout:
    features = [column for column in columns if not column.is_target]
    measures = dict.fromkeys(column.relation.name for column in features if column.relation)
    return _Layout(
        numeric=sum(column.kind is Kind.NUMERIC for column in features) > _NUMERIC * len(features),
        missing=profile.missing_cells > 0,
        measures=tuple(measures),
        legend=profile.series if features and 1 < len(profile.series) <= MOST_SERIES else (),
    )


def _table(
    columns: Sequence[ColumnProfile],
    details: Sequence[tuple[Detail, ...]],
    layout: _Layout,
    order: str,
    total: int,
    anchor: str = "table-columns",
) -> Table:
    heads = _heads(layout)
    return Table(
        id=anchor,
        title="Columns," if anchor == "table-columns" else "Further columns,",
        caption=f"{order}.",
        columns=tuple(heads.values()),
        rows=tuple(tuple(_cells(column, layout)[name] for name in heads) for column in columns),
        total=total,
        legend=tuple(one_line(label, 40) for label in layout.legend),
        details=tuple(details),
    )


def _heads(layout: _Layout) -> dict[str, TableColumn]:
    numbers = {
        name: TableColumn(name, "significant", narrow=name == "median")
        for name in ("mean", "sd", "min", "median", "max")
    }
    words = {
        "typical": TableColumn("typical", narrow=not layout.measures),
        "range": TableColumn("from – to", narrow=False),
    }
    measure = layout.measures[0] if len(layout.measures) == 1 else "relation"
    return {
        "column": TableColumn("column"),
        "kind": TableColumn("kind", narrow=False),
        **({} if layout.numeric else {"distinct": TableColumn("distinct", "integer", narrow=False)}),
        **({"missing": TableColumn("missing", "share")} if layout.missing else {}),
        "bars": TableColumn("distribution", "bars"),
        **(numbers if layout.numeric else words),
        **({"relation": TableColumn(measure, "fixed", digits=2)} if layout.measures else {}),
    }


def _order(profile: Profile, layout: _Layout, names: Sequence[str]) -> str:
    """How the lines are ordered, and which of them unfold."""
    unfolds = f". The first {UNFOLDED} unfold to their full profile" if len(names) > UNFOLDED else ""
    if not layout.measures:
        own = [column.name for column in profile.columns if not column.is_target]
        kept = own == [name for name in names if name in set(own)]
        return f"{'in their order' if kept else 'those with findings or gaps first'}{unfolds}"
    several = sum(column.is_target for column in profile.columns) > 1
    best = f" of the {'label' if several else 'class'} told best" if profile.tells_classes else ""
    measures = {name: f"{name}{best}" if name == "AUC" or several else name for name in layout.measures}
    if len(measures) > 1:
        measures = {
            name: full if SIGNS.get(name, name) == name else f"{SIGNS[name]}: {full}" for name, full in measures.items()
        }
    return f"by how well each alone tells the target ({listing(measures.values(), joiner='or')}){unfolds}"


def _cells(column: ColumnProfile, layout: _Layout) -> Mapping[str, Cell]:
    found = column.relation
    named = len(layout.measures) > 1
    typical, reach = summary(column)
    return {
        "column": shorten(column.name, 60),
        "kind": f"{kind(column)}, target" if column.is_target else kind(column),
        "distinct": column.distinct,
        "missing": column.missing_share,
        "bars": bars(column, len(layout.legend)),
        "mean": column.mean,
        "sd": column.std,
        "min": _short(column.min),
        "median": _short(column.median),
        "max": _short(column.max),
        "typical": typical,
        "range": reach,
        "relation": None if found is None else relation(found) if named else found.value,
    }


def _short(value: float | str | None) -> Cell:
    """A number, or the month of a moment: three whole dates do not fit beside the moments of numbers."""
    return moment(value)[:7] if isinstance(value, str) else value


def summary(column: ColumnProfile) -> tuple[str | None, str | None]:
    """What a value of the column is like, and between which ends values lie, in the words of its kind."""
    if column.sensitive:
        return "not shown", None
    if column.text is not None:
        text = column.text
        return f"{number(text.median)}\u00a0characters", f"{count(text.shortest)}\u00a0–\u00a0{count(text.longest)}"
    if column.images is not None and column.images.sizes:
        (height, width, channels, _), images = column.images.sizes[0], column.images
        low, high = images.smallest, images.largest
        ends = None if images.n_sizes < 2 else f"{low[1]} × {low[0]}\u00a0–\u00a0{high[1]} × {high[0]}"
        return f"{width} × {height}, {'grey' if channels == 1 else 'colour'}", ends
    if column.levels:
        top = max(column.levels, key=lambda level: (level.pooled == 0, level.count))
        if top.pooled:
            return None, None
        return f"{shorten(top.name, 24)}, {percent(top.count / max(column.count, 1), 0)}", None
    if column.median is None:
        return None, None
    if column.kind is Kind.DATETIME:
        days = [moment(str(end)) for end in (column.median, column.min, column.max)]
        if days[1][:10] != days[2][:10]:
            width = 7 if days[1][:7] != days[2][:7] else 10
            return days[0][:width], f"{days[1][:width]} – {days[2][:width]}"
        return days[0], f"{days[1]} – {days[2]}"
    return trimmed(column.median), f"{trimmed(column.min)}\u00a0–\u00a0{trimmed(column.max)}"


def bars(column: ColumnProfile, n_series: int) -> Bars | None:
    """The distribution as bars, split by class where the legend names the classes."""
    shape = column.histogram
    if column.text is not None:
        shape = column.text.lengths
    elif column.images is not None:
        shape = column.images.brightness
    if shape is not None:
        found = [tuple(map(int, counts)) for counts in shape.counts]
    elif column.levels:
        found = [tuple(level.count for level in column.levels)]
        if n_series and all(len(level.by_class) == n_series for level in column.levels):
            found = [tuple(level.by_class[code] for level in column.levels) for code in range(n_series)]
    else:
        return None
    if not n_series or len(found) not in (1, n_series):
        found = [tuple(map(sum, zip(*found, strict=True)))]
    return Bars(tuple(found))
