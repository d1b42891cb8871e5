"""What is in the table: shape, kinds, missing values, one line a column, and how columns go with each other."""

from __future__ import annotations

from reportgen.dataset import Task
from reportgen.document import Bars, Block, Cell, Group, Note, Table, TableColumn, Text, em, para, strong
from reportgen.errors import NotApplicable
from reportgen.profile import ColumnProfile, Profile
from reportgen.results import Run
from reportgen.sections import Gallery
from reportgen.text import classed, count, listing, one_line, percent, plural, shorten, significant

TITLE = "Data"
ORDER = 20
_SHOWN = 12  # columns in the open table
_MOST = 200  # columns in all
_MOST_PAIRS = 12
#: Legends become hard to read beyond.
_MOST_CLASSES = 4
#: How measures of association are written where several stand in one column.
_SIGNS = {"AUC": "AUC", "Cramér's V": "V", "Spearman": "ρ", "correlation ratio": "η"}
_KINDS = {"ignore": "ignored"}


def compose(run: Run, gallery: Gallery) -> list[Block]:
    if run.profile is None or run.dataset is None:
        raise NotApplicable("nothing was profiled")
    profile = run.profile
    blocks: list[Block] = [_sentence(run, profile)]
    columns = sorted((column for column in profile.columns if not column.is_target), key=_strength, reverse=True)
    if columns:
        blocks.append(_table(columns[:_SHOWN], profile, len(columns)))
    if len(columns) > _SHOWN:
        rest = _table(columns[_SHOWN:_MOST], profile, len(columns), "table-columns-more")
        blocks.append(Group((rest,), "fold", title=f"{plural(min(len(columns), _MOST) - _SHOWN, 'further column')}"))
    if columns:
        of = "every column" if len(profile.columns) <= _MOST else f"{count(_MOST)} columns"
        blocks.append(Group((_details(profile.columns),), "fold", title=f"Values and levels of {of}"))
    blocks += [Note(text) for text in run.dataset.notes]
    blocks += gallery.rest("data")
    if profile.correlated:
        blocks.append(_pairs(profile))
    return blocks


def _sentence(run: Run, profile: Profile) -> Text:
    assert run.dataset is not None
    kinds = [str(column.kind) for column in run.dataset.columns]
    what = listing(f"{count(kinds.count(kind))} {_KINDS.get(kind, kind)}" for kind in dict.fromkeys(kinds))
    missing = (
        f"{percent(profile.missing_share)} of all cells are missing" if profile.missing_cells else "nothing is missing"
    )
    repeated = (
        f"{plural(profile.duplicate_rows, 'row')} repeat an earlier one"
        if profile.duplicate_rows
        else "no row repeats another"
    )
    head = f"{plural(profile.n_rows, 'row')}, {plural(profile.n_columns, 'column')} ({what}); {missing}, {repeated}."
    if run.task is None:
        return para(strong(head))
    if all(column.is_target for column in profile.columns):
        head = f"{plural(profile.n_rows, 'row')}, of which the target alone is known."
    target = f" has {_target(run, profile)}. {_stated(run.task)}".rstrip()
    return para(strong(head), " The target ", em(one_line(run.task.target, 60)), target)


def _stated(task: Task) -> str:
    text = task.stated.replace(
        "declared in the experiment file", f"the task, {task.name}, is declared in the experiment file"
    )
    return f"{text[0].upper()}{text[1:].rstrip('.')}." if text else ""


def _target(run: Run, profile: Profile) -> str:
    if profile.class_counts:
        total = sum(profile.class_counts.values())
        sizes = [
            f"{count(number)} {_of(one_line(label, 60))} ({percent(number / total, 0)})"
            for label, number in profile.class_counts.items()
        ]
        return listing(sizes, most=4)
    assert run.task is not None
    target = profile.column(run.task.target)
    return f"a mean of {significant(target.mean)}, from {_number(target.min)} to {_number(target.max)}"


def _of(label: str) -> str:
    return label if classed(label) == label else f"of {classed(label)}"


def _number(value: float | str | None) -> str:
    return value if isinstance(value, str) else significant(value)


def _strength(column: ColumnProfile) -> tuple[float, int]:
    return (column.relation.value if column.relation else -1.0, -column.missing)


def _table(columns: list[ColumnProfile], profile: Profile, total: int, anchor: str = "table-columns") -> Table:
    related = [column.relation.name for column in columns if column.relation]
    measures = list(dict.fromkeys(related))
    best = " of the class told best" if len(profile.class_counts) > 2 else ""
    names = [f"{name}{best}" if name == "AUC" else name for name in measures]
    if len(measures) > 1:
        names = [
            f"{_SIGNS.get(name, name)}: {full}" if _SIGNS.get(name, name) != name else full
            for name, full in zip(measures, names, strict=True)
        ]
    told = listing(names, joiner="or")
    head = "relation" if len(measures) != 1 else measures[0]
    legend = profile.series if 1 < len(profile.series) <= _MOST_CLASSES else ()
    order = f"by how well each alone tells the target ({told})" if measures else "in their order"
    return Table(
        id=anchor,
        title="Columns," if anchor == "table-columns" else "Further columns,",
        caption=f"{order}.",
        columns=(
            TableColumn("column"),
            TableColumn("kind", narrow=False),
            TableColumn("mean", "significant", narrow=False),
            TableColumn("sd", "significant", narrow=False),
            TableColumn("min", "significant", narrow=False),
            TableColumn("median", "significant"),
            TableColumn("max", "significant", narrow=False),
            TableColumn("missing", "integer", narrow=profile.missing_cells > 0),
            TableColumn("distribution", "bars"),
            *((TableColumn(head, "fixed", digits=2),) if measures else ()),
        ),
        rows=tuple(_row(column, bool(measures), len(measures) > 1, len(legend)) for column in columns),
        total=total if anchor == "table-columns" else total - _SHOWN,
        legend=tuple(one_line(label, 40) for label in legend),
    )


def _row(column: ColumnProfile, related: bool, named: bool, n_series: int) -> tuple[Cell, ...]:
    cells: list[Cell] = [
        shorten(column.name, 60),
        _KINDS.get(str(column.kind), str(column.kind)),
        column.mean,
        column.std,
        _cell(column.min),
        _cell(column.median),
        _cell(column.max),
        column.missing,
        _bars(column, n_series),
    ]
    if related:
        relation = column.relation
        cells.append(
            None
            if relation is None
            else f"{_SIGNS.get(relation.name, relation.name)} {relation.value:.2f}"
            if named
            else relation.value
        )
    return tuple(cells)


def _cell(value: float | str | None) -> Cell:
    return value[:10] if isinstance(value, str) else value


def _bars(column: ColumnProfile, n_series: int) -> Bars | None:
    """The distribution as bars, split by class where the legend names the classes."""
    if column.histogram is not None:
        found = [tuple(map(int, counts)) for counts in column.histogram.counts]
    elif column.levels:
        found = [tuple(level.count for level in column.levels)]
        if n_series and all(len(level.by_class) == n_series for level in column.levels):
            found = [tuple(level.by_class[code] for level in column.levels) for code in range(n_series)]
    else:
        return None
    if not n_series:
        found = [tuple(map(sum, zip(*found, strict=True)))]
    return Bars(tuple(found))


def _details(columns: tuple[ColumnProfile, ...]) -> Table:
    """What the open table leaves out; a kind that was not told from the values says why."""
    levels = any((column.levels or column.sensitive) and not column.is_target for column in columns)
    numbers = any(column.mean is not None for column in columns)
    table = (
        (TableColumn("column"), True),
        (TableColumn("kind"), True),
        (TableColumn("distinct", "integer"), True),
        (TableColumn("zeros", "integer", narrow=False), numbers),
        (TableColumn("outliers", "integer", narrow=False), numbers),
        (TableColumn("skewness", "significant", narrow=False), numbers),
        (TableColumn("most frequent", narrow=False), levels),
    )
    return Table(
        id="table-column-details",
        title="Every column." if len(columns) <= _MOST else "Columns in detail.",
        caption="Outliers: values beyond 1.5 interquartile ranges." if numbers else "",
        columns=tuple(column for column, there in table if there),
        rows=tuple(
            tuple(cell for cell, (_, there) in zip(_detail(column), table, strict=True) if there)
            for column in columns[:_MOST]
        ),
        total=len(columns),
    )


def _detail(column: ColumnProfile) -> tuple[Cell, ...]:
    number = column.mean is not None
    kind = _KINDS.get(str(column.kind), str(column.kind))
    told = ", the target" if column.is_target else ", declared" if column.reason.startswith("declared") else ""
    return (
        shorten(column.name, 60),
        kind + told,
        column.distinct,
        column.zeros if number else None,
        column.outliers if number else None,
        column.skewness,
        _levels(column),
    )


def _levels(column: ColumnProfile) -> str:
    if column.sensitive:
        return "not shown: sensitive"
    return listing((f"{shorten(level.name, 30)} ({count(level.count)})" for level in column.levels), most=3) or "–"


def _pairs(profile: Profile) -> Table:
    return Table(
        id="table-correlated",
        title="Columns that say nearly the same.",
        caption="Pairs with a Pearson correlation of 0.9 or more in size, strongest first.",
        columns=(TableColumn("column"), TableColumn("other column"), TableColumn("correlation", "fixed")),
        rows=tuple((pair.first, pair.second, pair.r) for pair in profile.correlated[:_MOST_PAIRS]),
        total=profile.n_correlated,
    )
