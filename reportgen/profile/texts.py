"""Texts: lengths, words, scripts, terms, and the term that tells the target best."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from reportgen.profile import association
from reportgen.profile.histogram import Histogram, bin_edges, counted
from reportgen.profile.moments import quantile
from reportgen.profile.relations import to_any
from reportgen.profile.rows import Encoded
from reportgen.profile.sample import spread
from reportgen.profile.summaries import Level, Relation, TextProfile
from reportgen.profile.target import Target
from reportgen.text import shorten

#: Texts whose terms are looked at, the characters of one and of all, and the texts that are looked at all the same.
_MOST_TEXTS, _MOST_SIGNS, _MOST_IN_ALL, _FEWEST_TEXTS = 20_000, 20_000, 4_000_000, 200
_MOST_TERMS, _FEWEST_ROWS = 20, 5
#: Bytes whose words are counted at once, so that they stay in the cache.
_BLOCK = 1 << 20
#: Two letters or digits or more with their marks, or one sign of a script that writes words without spaces.
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0e4e\u0eb0-\u0ecd"
_TERM = re.compile(rf"(?:[^\W\u3040-\u9fff]|(?<=\w)[{_MARKS}]|(?<=[{_MARKS}])[{_MARKS}]){{2,}}|[\u3040-\u9fff]|\0")
_ASCII_TERM = re.compile(r"\w{2,}|\0")
_END = "\0"
#: Scripts by the first word of the names that Unicode gives their letters.
_NAMED = """Latin Cyrillic Greek Hiragana Katakana Hangul Arabic Hebrew Thai Devanagari Bengali Tamil Telugu Gujarati
Gurmukhi Kannada Malayalam Sinhala Georgian Armenian Ethiopic Khmer Lao Myanmar Tibetan Mongolian Bopomofo"""
_SCRIPTS = {"CJK": "Han", "IDEOGRAPHIC": "Han"} | {script.upper(): script for script in _NAMED.split()}


@dataclass(frozen=True)
class _Terms:
    """The words of some texts: pairs of a text (m,) and a term (m,), each pair once."""

    words: list[str]
    texts: np.ndarray
    terms: np.ndarray

    @property
    def rows(self) -> np.ndarray:
        """Texts with each term."""
        return np.bincount(self.terms, minlength=len(self.words))


def texts(
    encoded: Encoded, members: np.ndarray, target: Target, named: bool = True
) -> tuple[TextProfile | None, Relation | None]:
    """A column of words in numbers, and the term that tells the target best; (None, None) where it has no value.

    Terms are words in lower case of two signs or more, and each sign of Chinese and Japanese, as `preprocess` takes
    them (which takes signs of Thai and its like one by one, too); none is left out for being common. They come from
    20,000 texts at most, evenly spread.

    Args:
        members: rows of each distinct word (k,).
        named: False where the relation may not name its term.
    """
    words = encoded.words
    if len(words) == 0 or members.sum() == 0:
        return None, None
    sizes = pc.utf8_length(words).to_numpy().astype(np.int64)
    blank = pc.utf8_is_space(words).to_numpy(zero_copy_only=False) | (sizes == 0)
    counts = _word_counts(words)
    lengths = _ordered(sizes, members)
    rows = _sampled(encoded.codes, sizes)
    sample = [text.replace(_END, " ") for text in _cut(words, encoded.codes[rows])]
    found = _terms(sample)
    profile = TextProfile(
        shortest=int(lengths[0]),
        median=quantile(lengths, 0.5),
        longest=int(lengths[-1]),
        mean_words=float(counts @ members / members.sum()),
        lengths=_histogram(lengths),
        word_counts=_histogram(_ordered(counts, members)),
        scripts=_scripts("".join(sample)),
        terms=_commonest(found, rows, target),
        distinct_terms=len(found.words),
        empty=int(members[blank].sum()),
        sampled=len(rows),
    )
    relation = _relation(found, rows, target)
    return profile, relation if named or relation is None else replace(relation, of="one word")


def _ordered(values: np.ndarray, members: np.ndarray) -> np.ndarray:
    """The values of all rows, rising."""
    if values.max() < max(1000, len(values)):
        rows = np.bincount(values, weights=members).astype(np.int64)
        return np.repeat(np.arange(len(rows)), rows)
    order = np.argsort(values, kind="stable")
    return np.repeat(values[order], members[order])


def _histogram(ordered: np.ndarray) -> Histogram:
    return counted(ordered, bin_edges(ordered, quantile(ordered, 0.25), quantile(ordered, 0.75)))


def _word_counts(words: pa.Array) -> np.ndarray:
    """Runs of characters other than blanks in each text (k,)."""
    wide = pa.types.is_large_string(words.type)
    offsets = np.frombuffer(words.buffers()[1], np.int64 if wide else np.int32)
    offsets = offsets[words.offset : words.offset + len(words) + 1].astype(np.int64)
    if offsets[0] == offsets[-1]:
        return np.zeros(len(words), np.int64)
    data = np.frombuffer(words.buffers()[2], np.uint8)
    blocks = np.searchsorted(offsets, np.arange(offsets[0], offsets[-1], _BLOCK), side="right") - 1
    blocks = np.unique(np.concatenate(([0], blocks, [len(words)])))
    parts = (offsets[low : high + 1] for low, high in pairwise(blocks.tolist()))
    return np.concatenate([_starts(data[part[0] : part[-1]], part - part[0]) for part in parts])


def _starts(data: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Words that start in each text of a block of bytes: a blank is a byte of 32 or less."""
    inside = data > 32
    starts = inside.copy()
    starts[1:] &= ~inside[:-1]
    firsts = offsets[:-1][offsets[1:] > offsets[:-1]]
    starts[firsts] = inside[firsts]
    before = np.concatenate(([0], np.cumsum(starts, dtype=np.int32)))
    found: np.ndarray = np.diff(before[offsets]).astype(np.int64)
    return found


def _sampled(codes: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Rows with a text, evenly spread, fewer of longer texts."""
    known = np.flatnonzero(codes >= 0)
    mean = np.minimum(sizes[codes[known[spread(len(known), _MOST_TEXTS)]]], _MOST_SIGNS).mean()
    most = int(_MOST_IN_ALL / max(mean, 1.0))
    rows: np.ndarray = known[spread(len(known), min(_MOST_TEXTS, max(_FEWEST_TEXTS, most)))]
    return rows


def _cut(words: pa.Array, codes: np.ndarray) -> list[str]:
    """Texts, of long ones the start without the word that the cut goes through."""
    found = pc.utf8_slice_codeunits(words.take(pa.array(codes)), 0, _MOST_SIGNS).to_pylist()
    return [(text.rpartition(" ")[0] or text) if len(text) == _MOST_SIGNS else text for text in found]


def _terms(sample: list[str]) -> _Terms:
    joined = (_END.join(sample) + _END).lower()
    tokens = pa.array((_ASCII_TERM if joined.isascii() else _TERM).findall(joined)).dictionary_encode()
    codes = tokens.indices.to_numpy().astype(np.int64)
    words = tokens.dictionary.to_pylist()
    end = words.index(_END)
    ends = codes == end
    pairs = pd.unique(np.cumsum(ends)[~ends] * len(words) + codes[~ends])
    terms = pairs % len(words)
    del words[end]
    return _Terms(words, pairs // (len(words) + 1), terms - (terms > end))


def _commonest(found: _Terms, rows: np.ndarray, target: Target) -> tuple[Level, ...]:
    """The terms in the most texts, with their texts by class."""
    members = found.rows
    levels = []
    for term in np.argsort(-members, kind="stable")[:_MOST_TERMS]:
        if members[term] < _FEWEST_ROWS:
            break
        by_class: tuple[int, ...] = ()
        if target.series_codes is not None:
            codes = target.series_codes[rows[found.texts[found.terms == term]]]
            by_class = tuple(np.bincount(codes[codes >= 0], minlength=len(target.series)).tolist())
        levels.append(Level(shorten(found.words[term]), int(members[term]), by_class))
    return tuple(levels)


def _relation(found: _Terms, rows: np.ndarray, target: Target) -> Relation | None:
    """The term whose presence goes best with the target, of those in five texts or more that have a target."""
    if target.several:
        return to_any(target, lambda one: _relation(found, rows, one))
    if target.codes is not None:
        known, name = target.codes[rows] >= 0, "Cramér's V"
    elif target.values is not None:
        known, name = np.isfinite(target.values[rows]), "correlation ratio"
    else:
        return None
    kept = known[found.texts]
    texts, terms, k = found.texts[kept], found.terms[kept], len(found.words)
    if target.codes is not None:
        codes, classes = target.codes[rows], len(target.labels)
        common, inside = _frequent(terms, k)
        cells = inside[terms] * classes + codes[texts]
        table = np.bincount(cells[inside[terms] >= 0], minlength=len(common) * classes).reshape(-1, classes)
        values = association.presence_v(table, np.bincount(codes[known], minlength=classes))
    else:
        assert target.values is not None
        common, inside = _frequent(terms, k)
        place, few = np.cumsum(known) - 1, inside[terms] >= 0
        numbers = target.values[rows][known]
        values = association.presence_ratio(place[texts[few]], inside[terms[few]], len(common), numbers)
    if not np.isfinite(values).any():
        return None
    best = int(np.nanargmax(values))
    return Relation(name, float(values[best]), of=f"the word {shorten(found.words[common[best]])}")


def _frequent(terms: np.ndarray, n_terms: int) -> tuple[np.ndarray, np.ndarray]:
    """Terms in five texts or more, and the place of each term among them, -1 for others."""
    common = np.flatnonzero(np.bincount(terms, minlength=n_terms) >= _FEWEST_ROWS)
    place = np.full(n_terms, -1)
    place[common] = np.arange(len(common))
    return common, place


def _scripts(text: str) -> dict[str, float]:
    """The share of each script in the letters, largest first."""
    signs, counts = np.unique(np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32), return_counts=True)
    found: dict[str, int] = {}
    for sign, count in zip(map(chr, signs.tolist()), counts.tolist(), strict=True):
        if unicodedata.category(sign)[0] == "L":
            script = _script(sign)
            found[script] = found.get(script, 0) + count
    letters = sum(found.values())
    return {name: found[name] / letters for name in sorted(found, key=lambda name: (-found[name], name))}


def _script(letter: str) -> str:
    words = unicodedata.name(letter, "").replace("-", " ").split()
    if words and words[0] in ("FULLWIDTH", "HALFWIDTH"):
        words = words[1:]
    return _SCRIPTS.get(words[0], "other") if words else "other"
