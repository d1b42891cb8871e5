"""Checks of how the words of a column are written, and whether they are words at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from reportgen.checks import Verdict, check
from reportgen.checks._table import ENOUGH_ROWS, exceeding, features, profiled, share
from reportgen.checks._words import named
from reportgen.dataset import Kind
from reportgen.errors import NotApplicable
from reportgen.profile.summaries import ColumnProfile, Spelling
from reportgen.results import Run
from reportgen.text import percent, plural, quoted

#: A share of the words from which nearly all are.
NEARLY_ALL = 0.9
#: Rows that a word must have to be named.
_MEMBERS = 5
#: Different words that must be dates to speak of a column of dates.
_ENOUGH_DATES = 10
_LETTERS = 4
_PARTS = re.compile(r"[^\W\d_]+")

Spelt = tuple[ColumnProfile, Spelling]


def _spelt(run: Run, *kinds: Kind) -> list[Spelt]:
    """The columns of words of these kinds with what is known of their spelling."""
    known = [(one, one.spelling) for one in features(run, *kinds)]
    found = [(one, spelling) for one, spelling in known if spelling is not None]
    if not found:
        raise NotApplicable("there is no column of words")
    return found


def _counted(
    columns: Sequence[Spelt],
    number: Callable[[Spelt], float],
    threshold: float,
    words: tuple[str, str, str],
    noun: str,
    more: str = "",
) -> Verdict:
    values = [(float(number(pair)), pair[0].name) for pair in columns]
    return exceeding(values, threshold, words, lambda size: plural(int(size), noun), more)


@check(
    group="columns",
    severity="warning",
    threshold=0,
    unit="levels",
    title="Spellings of one level",
    meaning="Levels that differ in case or blanks alone are one level written in several ways, and are learnt apart.",
    remedy="Write each level in one way.",
    rank=24,
)
def case_variants(run: Run, threshold: float) -> Verdict:
    """Levels that equal another but for case and surrounding or repeated blanks."""
    words = (
        "column has levels that differ in spelling alone",
        "columns have levels that differ in spelling alone",
        "No level is written in several ways",
    )
    return _counted(_spelt(run, Kind.CATEGORICAL), lambda pair: pair[1].case_variants, threshold, words, "level")


@check(
    group="columns",
    severity="notice",
    threshold=0,
    unit="pairs of levels",
    title="Levels one letter apart",
    meaning="Two long words that differ in one letter are most often one word and its misspelling, learnt apart.",
    remedy="Look at the pairs; write each level in one way.",
    rank=67,
)
def near_duplicate_levels(run: Run, threshold: float) -> Verdict:
    """Pairs of levels one letter apart; numbered or lettered ones, such as group A and group B, do not count."""
    columns = _spelt(run, Kind.CATEGORICAL)
    pairs = {one.name: [pair for pair in spelling.near_duplicates if _misspelt(*pair)] for one, spelling in columns}
    words = (
        "column has levels one letter apart",
        "columns have levels one letter apart",
        "No two levels are one letter apart",
    )
    shown = [pair for one, _ in columns if not one.sensitive for pair in pairs[one.name]]
    more = f"For example {quoted(shown[0][0], 30)} and {quoted(shown[0][1], 30)}." if shown else ""
    return _counted(columns, lambda pair: len(pairs[pair[0].name]), threshold, words, "pair", more)


def _misspelt(first: str, second: str) -> bool:
    """Whether the words differ in a part of four letters or more: not in a digit, a sign or a letter of its own."""
    one, other = _PARTS.findall(first.casefold()), _PARTS.findall(second.casefold())
    apart = [pair for pair in zip(one, other, strict=False) if pair[0] != pair[1]]
    return len(one) == len(other) and bool(apart) and all(min(map(len, pair)) >= _LETTERS for pair in apart)


@check(
    group="columns",
    severity="warning",
    threshold=0,
    unit="rows",
    title="Spellings of missing",
    meaning="A word such as n/a that stands for no value is learnt as a level like any other.",
    remedy="Name the words in data.options.missing.",
    rank=24,
)
def missing_spellings(run: Run, threshold: float) -> Verdict:
    """Rows whose word is a conventional spelling of a missing value."""
    columns = _spelt(run, Kind.CATEGORICAL, Kind.TEXT)
    known: dict[str, None] = {}
    for one, spelling in columns:
        known |= {word: None for word, rows in spelling.missing_words.items() if rows >= _MEMBERS and not one.sensitive}
    words = (
        "column spells missing values as words",
        "columns spell missing values as words",
        "No word stands for a missing value",
    )
    more = f"Spelt {named(quoted(word, 20) for word in known)}." if known else ""
    return _counted(columns, lambda pair: sum(pair[1].missing_words.values()), threshold, words, "row", more)


@check(
    group="columns",
    severity="warning",
    threshold=0,
    unit="words",
    title="Stray characters",
    meaning="Control signs, invisible ones, broken encoding or blanks at an end make two words of what looks like one.",
    remedy="Read the file in its own encoding: data.options.encoding; strip what cannot be seen.",
    rank=63,
)
def special_characters(run: Run, threshold: float) -> Verdict:
    """Words with control, zero-width, direction or replacement signs; levels with blanks at an end."""
    columns = _spelt(run, Kind.CATEGORICAL, Kind.TEXT)
    words = ("column has stray characters", "columns have stray characters", "No word has stray characters")
    return _counted(columns, _stray, threshold, words, "word")


def _stray(pair: Spelt) -> int:
    """Of a text, blanks at its ends are no matter."""
    column, spelling = pair
    return spelling.special + (spelling.padded if column.kind is Kind.CATEGORICAL else 0)


def _many_words(run: Run, least: int, *kinds: Kind) -> list[Spelt]:
    found = [pair for pair in _spelt(run, *kinds) if pair[0].distinct >= least]
    if not found:
        raise NotApplicable(f"no column of words has {least} different ones")
    return found


@check(
    group="columns",
    severity="warning",
    threshold=NEARLY_ALL,
    unit="share of the levels",
    title="Numbers as text",
    meaning="A few words keep a column of numbers from being read as numbers: order and distance are lost.",
    remedy="Name those words in data.options.missing, or declare the column numeric.",
    rank=22,
)
def numbers_as_text(run: Run, threshold: float) -> Verdict:
    """Categorical columns whose levels are nearly all numbers."""
    shares = [
        (share(spelling.numbers, _seen(one, spelling)), one.name)
        for one, spelling in _many_words(run, ENOUGH_ROWS, Kind.CATEGORICAL)
    ]
    words = ("column of numbers is held as text", "columns of numbers are held as text", "No number is held as text")
    return exceeding(shares, threshold, words, percent)


@check(
    group="columns",
    severity="warning",
    threshold=NEARLY_ALL,
    unit="share of the words",
    title="Dates as text",
    meaning="A date held as a word is one level among many: before and after, weekday and season are lost.",
    remedy="Write all dates as 2021-04-30, then declare the column datetime.",
    rank=22,
)
def dates_as_text(run: Run, threshold: float) -> Verdict:
    """Columns of words that are nearly all dates."""
    found = [
        (share(one.spelling.dates, _seen(one, one.spelling)), one.name)
        for one in profiled(run).columns  # Dates that all differ are taken for ids.
        if not one.is_target and one.spelling is not None and one.distinct >= _ENOUGH_DATES
    ]
    if not found:
        raise NotApplicable(f"no column of words has {_ENOUGH_DATES} different ones")
    words = ("column of dates is held as text", "columns of dates are held as text", "No date is held as text")
    return exceeding(found, threshold, words, percent)


@check(
    group="columns",
    severity="warning",
    threshold=0.1,
    unit="share of the rarer sort",
    title="Mixed types",
    meaning="Where numbers, dates and words share a column, it holds two things, and only one of them is learnt.",
    remedy="Make two columns of it, or mend the rows of the rarer sort.",
    rank=61,
)
def mixed_types(run: Run, threshold: float) -> Verdict:
    """Columns whose different words are partly numbers or dates and partly neither."""
    columns = _many_words(run, ENOUGH_ROWS, Kind.CATEGORICAL, Kind.TEXT)
    words = ("column mixes several types", "columns mix several types", "No column mixes numbers, dates and words")
    return exceeding([(_mixture(*pair), pair[0].name) for pair in columns], threshold, words, percent)


def _mixture(column: ColumnProfile, spelling: Spelling) -> float:
    """The share of all words but those of the commonest sort."""
    seen = _seen(column, spelling)
    rest = max(0, seen - spelling.numbers - spelling.dates)
    return 1 - share(max(spelling.numbers, spelling.dates, rest), seen)


def _seen(column: ColumnProfile, spelling: Spelling) -> int:
    """The different words whose spelling was looked at."""
    return spelling.sampled or column.distinct
