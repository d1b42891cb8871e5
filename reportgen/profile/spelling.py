"""How the words of a column are written: numbers and dates among them, variants of one word, signs that do not show."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reportgen.profile.rows import plainly
from reportgen.profile.summaries import Spelling
from reportgen.text import shorten

#: Conventional spellings of a missing value, in lower case and without blanks around them.
_MISSING = ("", "na", "n/a", "n.a.", "#n/a", "#na", "<na>", "nan", "null", "(null)", "none", "nil", "missing")
_MISSING_WORDS = pa.array([*_MISSING, "?", "-", "--", "."])
#: Bytes of a word that may stand for a missing value, blanks and all.
_SHORT = 16
_NUMBER = (
    r"^\s*[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]{1,3})?\s*$"
)
_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)?", r"(?:0?[1-9]|1[0-2])", r"(?:[0-9]{4}|[0-9]{2})"
_NAME = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_CLOCK = r"[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?)?(?: ?[ap]\.?m\.?)?"
_ZONE = r"(?: ?(?:z|utc|gmt|[+-][0-9]{2}:?[0-9]{2}))?"
_DATE = (
    rf"(?i)^\s*(?:[0-9]{{4}}[-/.]{_MONTH}[-/.]{_DAY}|{_DAY}[-/.]{_MONTH}[-/.]{_YEAR}|{_MONTH}[-/.]{_DAY}[-/.]{_YEAR}"
    rf"|{_DAY}[ .-]+{_NAME}[ ,.-]+{_YEAR}|{_NAME}[ .-]+{_DAY}[ ,.-]+[0-9]{{4}})(?:[t ,]+{_CLOCK}{_ZONE})?\s*$"
)
#: What every date begins with: quickly told, where the pattern itself takes long to set up.
_LIKE_DATE = r"^\s*(?:[0-9]{1,4}[-/. a-zA-Z]|[A-Za-z]{3,9}[. -]+[0-9])"
#: Control, soft hyphen, zero-width, direction and replacement signs; line ends and tabs are none.
_SPECIAL = (
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x{9f}\x{ad}\x{61c}\x{180e}\x{200b}-\x{200f}\x{2028}-\x{202e}"
    r"\x{2060}-\x{2069}\x{feff}\x{fff9}-\x{fffb}\x{fffd}]"
)
#: Different words that are looked at, evenly spread; the commonest that are compared; their members and letters.
_SAMPLE, _MOST_COMPARED, _FEWEST_MEMBERS, _LETTERS, _LONGEST, _MOST_PAIRS = 50_000, 2000, 5, 5, 60, 20
_RUN = re.compile(rf"[^\W\d_]{{{_LETTERS},}}")
_IS_NUMBER = re.compile(_NUMBER)


def spelling(words: pa.Array, members: np.ndarray, named: bool = True) -> Spelling | None:
    """How different words (k,) are written; None where there are none.

    Args:
        members: rows of each word (k,).
        named: False where no word may be shown.
    """
    if len(words) == 0:
        return None
    looked = words[:: -(-len(words) // _SAMPLE)] if len(words) > _SAMPLE else words
    trimmed = pc.utf8_trim_whitespace(looked)
    return Spelling(
        numbers=_matching(looked, _NUMBER),
        dates=_dates(looked),
        missing_words=_missing_words(words, members) if named else {},
        case_variants=len(looked) - pc.count_distinct(plainly(trimmed)).as_py(),
        near_duplicates=near_duplicates(_common(words, members)) if named else (),
        padded=pc.sum(pc.not_equal(pc.binary_length(trimmed), pc.binary_length(looked))).as_py(),
        special=_matching(looked, _SPECIAL),
        sampled=len(looked),
    )


def near_duplicates(words: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Pairs of words that differ in one letter, within a run of five letters or more; the first 20.

    A word and another with the same rest after dropping the letter at the same place differ in that letter; a word that
    is the rest of another lacks one. Capitals and small letters are equal.

    Args:
        words: different words, the commonest first, which decides their order in the pairs.
    """
    shorter: dict[str, list[str]] = {}
    dropped: dict[tuple[int, str], list[str]] = {}
    seen: dict[str, str] = {}
    found: dict[tuple[str, str], None] = {}
    for word in words:
        plain = word.lower()
        if plain in seen:
            continue
        alike = list(shorter.get(plain, ()))
        for place, rest, long in _rests(plain):
            alike += dropped.setdefault((place, rest), [])
            dropped[place, rest].append(word)
            if long:
                alike += [seen[rest]] if rest in seen else []
                shorter.setdefault(rest, []).append(word)
        seen[plain] = word
        found |= dict.fromkeys((other, word) for other in alike)
    return tuple((shorten(first), shorten(second)) for first, second in list(found)[:_MOST_PAIRS])


def _rests(plain: str) -> list[tuple[int, str, bool]]:
    """The word without one letter: its place, the rest, and whether five letters are left beside it."""
    return [
        (place, plain[:place] + plain[place + 1 :], len(run[0]) > _LETTERS)
        for run in _RUN.finditer(plain)
        for place in range(*run.span())
    ]


def _common(words: pa.Array, members: np.ndarray) -> list[str]:
    """The commonest words that are long enough to be mistaken for another, and no numbers."""
    codes = np.flatnonzero(members >= _FEWEST_MEMBERS)
    codes = codes[np.argsort(-members[codes], kind="stable")[:_MOST_COMPARED]]
    common = words.take(pa.array(codes)).to_pylist() if len(codes) > 1 else []
    return [word for word in common if _LETTERS <= len(word) <= _LONGEST and not _IS_NUMBER.match(word)]


def _missing_words(words: pa.Array, members: np.ndarray) -> dict[str, int]:
    short = np.flatnonzero(pc.binary_length(words).to_numpy(zero_copy_only=False) <= _SHORT)
    plain = pc.utf8_lower(pc.utf8_trim_whitespace(words.take(pa.array(short))))
    which = pc.is_in(plain, value_set=_MISSING_WORDS).to_numpy(zero_copy_only=False)
    found: dict[str, int] = {}
    for position in np.flatnonzero(which).tolist():
        word = plain[position].as_py()
        found[word] = found.get(word, 0) + int(members[short[position]])
    return found


def _dates(words: pa.Array) -> int:
    like = words.filter(pc.match_substring_regex(words, _LIKE_DATE))
    return _matching(like, _DATE) if len(like) else 0


def _matching(words: pa.Array, pattern: str) -> int:
    return int(pc.sum(pc.match_substring_regex(words, pattern)).as_py())
