"""What the line of a column unfolds to: all that is known of it, in the order in which one asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportgen.document import Detail, KeyFigures, Span, Text, link, para, strong
from reportgen.profile import ColumnProfile, Profile
from reportgen.results import Finding
from reportgen.sections._charts import charts
from reportgen.sections._facts import facts, moments
from reportgen.sections._words import MEASURES, kind, trimmed
from reportgen.text import count, every, fixed, listing, one_line, percent, plural, shorten

_MOST_FINDINGS, _MOST_FELLOWS = 5, 3
#: From where on a relation of being missing is worth a sentence: an AUC of a half says nothing.
_TELLS, _LEAST = {"AUC": 0.55}, 0.1
#: Reasons that repeat the kind.
_PLAIN = ("numbers", "dates")
_TOGETHER, _GOES_WITH = 0.5, 0.3
_LACKS = 0.01  # share missing from which it is worth a word what is missing with it


def unfolded(column: ColumnProfile, profile: Profile, findings: Sequence[Finding]) -> tuple[Detail, ...]:
    """The full profile of a column; of a sensitive one what shows no value."""
    drawn = tuple(charts(column))
    return (
        *_kind(column),
        *_found(column, findings),
        *drawn[:1],
        KeyFigures(tuple(facts(column))),
        *drawn[1:],
        *moments(column),
        *(para(" ".join(text)) for text in (list(_remarks(column)), list(_company(column, profile))) if text),
    )


def _kind(column: ColumnProfile) -> Iterator[Text]:
    """Why the column is of its kind, where that says more than its line."""
    if column.reason in _PLAIN and not column.sensitive and len(column.name) <= 60:
        return
    reason = one_line(column.reason, 200).rstrip(".")
    because = f": {reason}." if reason else "."
    hidden = " Its values are not shown: it is declared sensitive." if column.sensitive else ""
    name = (strong(shorten(column.name, 300)), ", ") if len(column.name) > 60 else ()
    yield para(*name, f"{kind(column)}{because}{hidden}" if name else f"{kind(column).capitalize()}{because}{hidden}")


def _found(column: ColumnProfile, findings: Sequence[Finding]) -> Iterator[Text]:
    """Links to the checks that found something in this column."""
    own = [item for item in findings if item.status == "failed" and column.name in item.subjects]
    if own:
        spans: list[str | Span] = ["Checks: "]
        for item in own[:_MOST_FINDINGS]:
            spans += [link(item.title.rstrip("."), f"#finding-{item.check}"), "; "]
        yield para(*spans[:-1], ".")


# Sentences.


def _remarks(column: ColumnProfile) -> Iterator[str]:
    """What is worth a sentence, where it is so."""
    if column.order:
        yield f"The values are {column.order} from row to row."
    if column.histogram is not None and column.histogram.outside and not column.sensitive:
        outside = plural(column.histogram.outside, "value lies", "values lie")
        yield f"{outside} beyond the ends of the axis, counted in the outermost bars."
    if column.smallest and column.distinct > 2 * len(column.smallest) and not column.sensitive:
        low, high = (listing(map(trimmed, values)) for values in (column.smallest, column.largest))
        yield f"The smallest are {low}, the largest {high}."
    if column.heaped >= 0.1:
        yield f"About {percent(column.heaped, 0)} of the values seem rounded to a multiple of 5 or 10."
    yield from _spelling(column)
    if column.text is not None and column.text.scripts:
        scripts = (f"{name} ({percent(part, 0)})" for name, part in column.text.scripts.items())
        yield f"Scripts: {listing(scripts)}."
    season = column.season
    if season is not None and season.period is not None and season.strength >= 0.3:
        yield f"In time it repeats {every(season.period)} (strength {season.strength:.2f} of 1)."


def _spelling(column: ColumnProfile) -> Iterator[str]:
    words = column.spelling
    if words is None:
        return
    looked_at = words.sampled or column.distinct
    counted = {
        ("is a number", "are numbers"): words.numbers,
        ("is a date", "are dates"): words.dates,
        ("equals another but for case and blanks", "equal others but for case and blanks"): words.case_variants,
        ("has blanks around it", "have blanks around them"): words.padded,
        ("holds hidden or broken characters", "hold hidden or broken characters"): words.special,
    }
    for (one, many), found in counted.items():
        if found:
            yield f"{count(found)} of {plural(looked_at, 'distinct value')} {one if found == 1 else many}."
    if words.missing_words and not column.sensitive:
        spelt = (f"{shorten(word, 20)} ({count(rows)})" for word, rows in words.missing_words.items())
        yield f"These look like missing values: {listing(spelt)}."
    if words.near_duplicates and not column.sensitive:
        pairs = (f"{shorten(one, 30)} / {shorten(other, 30)}" for one, other in words.near_duplicates)
        yield f"Nearly the same: {listing(pairs, most=3)}."


def _company(column: ColumnProfile, profile: Profile) -> Iterator[str]:
    """How the column goes with the target, and with others."""
    if (found := column.relation) is not None:
        of = one_line(found.of, 60) if found.of and not column.sensitive else "it"
        label = f" for {one_line(found.label, 60)}" if found.label and profile.tells_classes else ""
        yield f"Alone, {of} tells the target with {_article(found.name)} of {found.value:.2f}{label}."
    if (found := column.missing_relation) is not None and found.value >= _TELLS.get(found.name, _LEAST):
        yield f"Being missing tells the target with {_article(found.name)} of {found.value:.2f}."
    if fellows := _fellows(column, profile):
        yield f"It goes with {listing(fellows)}."
    if column.missing_share >= _LACKS and (together := _together(column, profile)):
        yield f"It is missing together with {listing(together)}."


def _article(measure: str) -> str:
    name = MEASURES.get(measure, measure)
    return f"{'an' if name.startswith('A') else 'a'} {name}"


def _fellows(column: ColumnProfile, profile: Profile) -> list[str]:
    pairs = [
        (item.second if item.first == column.name else item.first, item.measure, item.value)
        for item in profile.associations.strongest
        if column.name in (item.first, item.second) and abs(item.value) >= _GOES_WITH
    ] or [
        (pair.second if pair.first == column.name else pair.first, "correlation", pair.r)
        for pair in profile.correlated
        if column.name in (pair.first, pair.second)
    ]
    return [
        f"{one_line(name, 40)} ({MEASURES.get(measure, measure)} {fixed(value, 2)})"
        for name, measure, value in pairs[:_MOST_FELLOWS]
    ]


def _together(column: ColumnProfile, profile: Profile) -> list[str]:
    missing = profile.missing
    if column.name not in missing.names:
        return []
    row = missing.matrix[missing.names.index(column.name)]
    found = [
        (phi, name)
        for name, phi in zip(missing.names, row, strict=True)
        if name != column.name and phi is not None and phi >= _TOGETHER
    ]
    return [f"{one_line(name, 40)} (φ {phi:.2f})" for phi, name in sorted(found, reverse=True)[:_MOST_FELLOWS]]
