"""What a profile holds: frozen values, plain and bounded in size, from which sections, figures and checks are made.

What would show a value of a sensitive column is left out, and no value with fewer than five members is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from reportgen.dataset import Kind
from reportgen.profile.histogram import Histogram


@dataclass(frozen=True, slots=True)
class Level:
    """A value of a categorical column and its members, in all and by class (as in `Profile.series`)."""

    name: str
    count: int
    by_class: tuple[int, ...] = ()
    pooled: int = 0  # how many levels this one stands for, 0 for one of its own


#: How measures of association are written where several stand side by side.
SIGNS = {"AUC": "AUC", "Cramér's V": "V", "Spearman": "ρ", "correlation ratio": "η"}


@dataclass(frozen=True, slots=True)
class Relation:
    """How strongly a column alone goes with the target: the measure, its size, and the class it tells best.

    AUC (0.5 to 1, the largest of one class against the rest, either direction), Cramér's V (bias-corrected, 0 to 1),
    Spearman (the absolute rank correlation, 0 to 1) or correlation ratio (bias-corrected, 0 to 1). `of` says what of
    the column was related where it is not the value itself: "the word refund", "one word" of a sensitive column,
    "brightness".
    """

    name: str
    value: float
    label: str = ""
    of: str = ""

    @property
    def strength(self) -> float:
        """0, none, to 1, so that measures can be put in one order: an AUC, which begins at 0.5, as 2 AUC - 1."""
        return max(0.0, 2 * self.value - 1) if self.name == "AUC" else self.value


@dataclass(frozen=True, slots=True)
class Spelling:
    """How the words of a column are written, counted over its distinct words unless it says rows.

    `sampled` distinct words were looked at, evenly spread: all up to 50,000. `numbers`, `dates`: words that are a
    number (`1,234.5`, `-3e5`, `2,5`), or a date in any usual form. `missing_words`: conventional spellings of a missing
    value that stand among the words, in small letters without blanks around them (`n/a`, `-`), with their rows, of all
    words. `case_variants`: words that equal an earlier one but for case and blanks. `near_duplicates`: pairs of words
    that differ in one letter (changed, dropped or added within a run of five letters or more; each with five rows or
    more, neither a number), the commoner word first, of the 2,000 commonest words of 60 characters at most, 20 pairs at
    most. `padded`: words with blanks before or after. `special`: words with control, soft hyphen, zero-width or
    direction signs or the replacement sign U+FFFD; line ends and tabs are none.
    """

    numbers: int = 0
    dates: int = 0
    missing_words: Mapping[str, int] = field(default_factory=dict)
    case_variants: int = 0
    near_duplicates: tuple[tuple[str, str], ...] = ()
    padded: int = 0
    special: int = 0
    sampled: int = 0


@dataclass(frozen=True, slots=True)
class TextProfile:
    """Characters and words of a value, scripts and terms.

    `lengths` and `word_counts` are histograms over the values that are there. `scripts` maps a script (Latin, Han,
    Arabic …) to its share of the letters, largest first, from a sample of the rows. `terms` are the words in the most
    rows and their rows, of at least five rows, from the same sample of `sampled` rows: 20 at most, in lower case, none
    left out for being common.
    """

    shortest: int
    median: float
    longest: int
    mean_words: float
    lengths: Histogram | None = None
    word_counts: Histogram | None = None
    scripts: Mapping[str, float] = field(default_factory=dict)
    terms: tuple[Level, ...] = ()
    distinct_terms: int = 0
    empty: int = 0  # values of blanks alone
    sampled: int = 0


@dataclass(frozen=True, slots=True)
class TimeProfile:
    """A column of times: what it covers, how regular its steps are, and what repeats.

    `first`, `last` are ISO texts. `unit` is the coarsest of day, hour, minute, second, subsecond that all values are
    whole numbers of. `step` is the median distance of successive different times in seconds, `irregular` the share of
    those distances that differ from it by more than 10 % (months and years of their natural lengths do not). `gaps` are
    (from, to, seconds), longest first, 10 at most, `n_gaps` their number: distances of more than five times the step
    and more than the 99th percentile, and where `irregular` is over a quarter, so that random times have none, of more
    than log2(n) + 7 times the step and a hundredth of all the time covered. `coverage` counts rows in `edges` (n + 1,)
    seconds since 1970, of a round width or whole months, 60 bins at most; `by_hour` (24,), `by_weekday` (7,) Monday
    first, and `by_month` (12,) count rows, () where the values do not reach over one such cycle. `order` tells how the
    rows stand: increasing, decreasing or "" for neither; `ties` are rows that share their time with an earlier one.
    """

    first: str
    last: str
    unit: str
    step: float | None
    irregular: float
    gaps: tuple[tuple[str, str, float], ...]
    n_gaps: int
    edges: tuple[float, ...]
    coverage: tuple[int, ...]
    by_hour: tuple[int, ...] = ()
    by_weekday: tuple[int, ...] = ()
    by_month: tuple[int, ...] = ()
    order: str = ""
    ties: int = 0


@dataclass(frozen=True, slots=True)
class Seasonality:
    """How a numeric column runs along the table's time column.

    `means` in at most 500 equal steps of time, None where a step has no row, from 200,000 rows at most, evenly spread.
    From means in at most 4,000 such steps `strength` is the share of variance that the best period explains beside the
    trend (0 to 1, max(0, 1 - var(rest) / var(season + rest)); Wang, Smith and Hyndman 2006), 0 where none is
    significant at 0.001 over all periods tried, and `period` that period in seconds, None where there is none. From
    `means`, but those of few rows, `p_stationary` is the p-value of a test whose null hypothesis is stationarity
    (KPSS with a constant, Kwiatkowski et al. 1992, between 0.01 and 0.1 as tabulated), None where there are fewer than
    30 steps with values.
    """

    column: str
    means: tuple[float | None, ...]
    strength: float
    period: float | None
    p_stationary: float | None


@dataclass(frozen=True, slots=True)
class ImageProfile:
    """Images: how many are there and readable, how large, of what colour.

    `sizes` are (height, width, channels, members), commonest first, 10 at most; `n_sizes` how many there are.
    `brightness` is the histogram of mean grey values, 0 black to 255 white, of `sampled` images.
    """

    readable: int
    sizes: tuple[tuple[int, int, int, int], ...]
    n_sizes: int
    smallest: tuple[int, int]  # height, width
    largest: tuple[int, int]
    channels: Mapping[int, int] = field(default_factory=dict)
    brightness: Histogram | None = None
    sampled: int = 0


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """A column in numbers.

    `missing` does not count infinities; moments, quantiles and histogram are of the finite values. `std` has n - 1 in
    its denominator, `skewness` is g1 = m3 / m2^1.5, `kurtosis` is g2 = m4 / m2^2 - 3, `mad` the median absolute
    deviation from the median, unscaled; None stands for what a value has none of (the shape of a constant) and for what
    is beyond the largest float. `distinct` counts different values but missing ones. `order` tells how the numbers or
    times that are there stand in the rows: "increasing", "decreasing", "strictly increasing", "strictly decreasing" or
    "" for none of these and for a constant. `entropy` is Shannon's, of the levels of a categorical or boolean column,
    divided by its largest value log(distinct): 0 to 1, None with one level. For datetimes `min`, `median`, `max` are
    ISO texts and the histogram is over seconds since 1970. `frequent` are the ten commonest finite numbers with at
    least five rows, the commonest first; `smallest` and `largest` the five different finite values at each end, the
    outermost first.

    `heaped` is the share h of rounded values if those not rounded end in any digit alike: with the share s of multiples
    of 5, s = h + (1 - h) / 5, so h = max(0, (s - 1/5) / (4/5)), Whipple's index of ages (G. C. Whipple, Vital
    Statistics, 1919) on a scale from 0 to 1. Looked at are whole numbers, where 5th and 95th percentile are at least 20
    apart, in the full steps of five between them (m - 2 to m + 2 for each multiple m but 0); 0 for fewer than 100 such
    values, and where all are multiples of 5, their unit.
    """

    name: str
    kind: Kind
    reason: str
    count: int
    missing: int
    distinct: int
    is_target: bool = False
    sensitive: bool = False
    memory: int = 0  # bytes in the frame
    mean: float | None = None
    std: float | None = None
    min: float | int | str | None = None
    p05: float | None = None
    q25: float | None = None
    median: float | str | None = None
    q75: float | None = None
    p95: float | None = None
    max: float | int | str | None = None
    mad: float | None = None
    skewness: float | None = None
    kurtosis: float | None = None
    zeros: int = 0
    negative: int = 0
    infinite: int = 0
    outliers: int = 0  # finite values outside 1.5 interquartile ranges
    whole: bool = False  # every finite value is a whole number
    heaped: float = 0.0  # share of values that seem rounded to a multiple of 5 or 10; 0 to 1
    order: str = ""
    most_frequent: int = 0  # members of the most frequent value
    rare_levels: int = 0  # levels with less than 1 % of the rows
    rare_rows: int = 0  # rows of those levels
    entropy: float | None = None
    histogram: Histogram | None = None
    levels: tuple[Level, ...] = ()
    frequent: tuple[Level, ...] = ()
    smallest: tuple[float | int, ...] = ()
    largest: tuple[float | int, ...] = ()
    spelling: Spelling | None = None
    text: TextProfile | None = None
    time: TimeProfile | None = None
    season: Seasonality | None = None
    images: ImageProfile | None = None
    relation: Relation | None = None
    missing_relation: Relation | None = None  # of being missing with the target

    @property
    def missing_share(self) -> float:
        total = self.count + self.missing
        return self.missing / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Pair:
    """Two numeric columns and their Pearson correlation."""

    first: str
    second: str
    r: float


@dataclass(frozen=True, slots=True)
class Association:
    """Two columns and how strongly they go together: Spearman (-1 to 1), Cramér's V or correlation ratio (0 to 1)."""

    first: str
    second: str
    measure: str
    value: float


@dataclass(frozen=True)
class Associations:
    """How columns of any kind go together, two by two, from `rows` rows.

    `names` (k,) are at most 40 columns, those most related to the target first; `matrix` (k, k) holds Spearman's rank
    correlation of two numbers, dates or booleans, bias-corrected Cramér's V of two categories, the correlation ratio of
    a category and a number, None where one is constant or fewer than five rows have both. `strongest` are the 200
    strongest pairs of all that were measured: those of the matrix, and of numbers beyond it. Ranks are those among all
    values of a column in the sample; of more than 200 levels the rarer ones count as one.
    """

    names: tuple[str, ...] = ()
    matrix: tuple[tuple[float | None, ...], ...] = ()
    strongest: tuple[Association, ...] = ()
    rows: int = 0


@dataclass(frozen=True)
class MissingTogether:
    """Which columns are missing in the same rows.

    `names` (k,) are at most 40 columns with gaps, the most gaps first; `matrix` (k, k) the phi coefficient of being
    missing, None where a column is missing everywhere. `patterns` are the commonest sets of missing columns with their
    rows, 20 at most, of `n_patterns`, all but the empty set; `complete` the rows without any gap. `bands` (k, b) is the
    missing share of each column in b <= 50 equal parts of the rows in their order.
    """

    names: tuple[str, ...] = ()
    matrix: tuple[tuple[float | None, ...], ...] = ()
    patterns: tuple[tuple[tuple[str, ...], int], ...] = ()
    n_patterns: int = 0
    complete: int = 0
    bands: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True)
class Profile:
    """A table in numbers. `series` are the classes that histograms and levels count apart, () where they count all."""

    n_rows: int
    n_columns: int
    columns: tuple[ColumnProfile, ...]
    series: tuple[str, ...]
    duplicate_rows: int  # rows that repeat an earlier one in every column
    conflicting_rows: int  # rows that share all features with another and differ in the target
    empty_rows: int  # rows without any feature value
    correlated: tuple[Pair, ...]  # |r| >= 0.9, strongest first, 200 at most
    n_correlated: int
    correlation_names: tuple[str, ...]  # of the matrix, 40 at most
    correlation: tuple[tuple[float | None, ...], ...]
    related_rows: int  # rows that relations to the target looked at
    memory: int  # bytes of the frame
    class_counts: Mapping[str, int] = field(default_factory=dict)
    correlated_rows: int = 0  # rows that `correlated` and `correlation` looked at
    near_duplicate_rows: int = 0  # repeat an earlier one but for case, blanks and the seventh digit; no exact repeats
    associations: Associations = Associations()
    missing: MissingTogether = MissingTogether()
    time_column: str | None = None  # the table's time: the column of times that orders it best
    sampled_from: int | None = None  # rows of the source, where the table is a sample of them

    @cached_property
    def _by_name(self) -> dict[str, ColumnProfile]:
        return {column.name: column for column in self.columns}

    def column(self, name: str) -> ColumnProfile:
        return self._by_name[name]

    @property
    def tells_classes(self) -> bool:
        """Whether a relation to the target is to one of several classes or labels, which is then to be named."""
        return len(self.class_counts) > 2 or sum(column.is_target for column in self.columns) > 1

    @property
    def missing_cells(self) -> int:
        return sum(column.missing for column in self.columns)

    @property
    def missing_share(self) -> float:
        """Missing cells, of all cells: 0 to 1."""
        return self.missing_cells / max(1, self.n_rows * self.n_columns)
