"""The words of the ledger for what transformers do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from reportgen.dataset import Kind
from reportgen.prepare import preprocess
from reportgen.prepare.ledger import Ledger
from reportgen.prepare.preprocess import Matrix, Piece, Settings
from reportgen.text import plural

_SCALED = {
    "standard": "standardised to mean 0 and standard deviation 1",
    "minmax": "scaled to 0 … 1",
    "robust": "centred on the median and scaled by the interquartile range",
    "quantile": "taken to the normal distribution, quantile by quantile",
    "power": "made more normal by the Yeo-Johnson transformation, then standardised",
    "none": "left as they are",
}
_WHY = {
    Kind.NUMERIC: "columns of one scale learn at one pace",
    Kind.CATEGORICAL: "a model takes numbers, and levels have no order",
    Kind.IMAGE: "a model takes numbers; what was read of an image is scaled alike everywhere",
}
_FILL = {"zero": "0", "most_frequent": "the most frequent value", "own_level": "a level of its own"}


def enter(matrix: Matrix, parts: Mapping[str, np.ndarray], settings: Settings, ledger: Ledger) -> None:
    """One entry a kind: how its gaps were filled and what became of its columns; and one for the indicators."""
    used = np.concatenate(list(parts.values()))
    pieces = [piece for piece in matrix.pieces if not piece.marks]
    for kind in dict.fromkeys(piece.block.kind for piece in pieces):
        mine = [piece for piece in pieces if piece.block.kind is kind]
        names = [name for piece in mine for name in piece.block.names]
        width = ledger.columns + sum(len(piece.made) for piece in mine) - len(names)
        gaps = sum(int(piece.block.missing(used).sum()) for piece in mine)
        filled = f"{plural(gaps, 'gap')} filled with {_filling(kind, settings)}; " if gaps else ""
        changed = f"{plural(len(names), 'column')}: {filled}{_form(kind, mine, settings)}"
        ledger.add(
            f"{kind.value} columns", changed, _WHY.get(kind, "a model takes numbers"), columns=width, fitted_on="train"
        )
    if settings.missing.indicator:
        _enter_indicators(matrix, settings, ledger)


def _enter_indicators(matrix: Matrix, settings: Settings, ledger: Ledger) -> None:
    new = sum(len(piece.made) for piece in matrix.pieces if piece.marks == "missing")
    own = (
        "; missing categories have a level of their own already" if settings.missing.categorical == "own_level" else ""
    )
    changed = f"{plural(new, 'feature')} added, one for each column with a gap in train{own}"
    why = "clean.missing.indicator: that a value is missing may tell something"
    ledger.add("missing indicators", changed, why, columns=ledger.columns + new, fitted_on="train")


def _filling(kind: Kind, settings: Settings) -> str:
    missing = settings.missing
    policy = {Kind.NUMERIC: missing.numeric, Kind.CATEGORICAL: missing.categorical, Kind.DATETIME: "median"}
    rest = {Kind.TEXT: "no word", Kind.IMAGE: "0 for every pixel", Kind.BOOLEAN: _FILL["most_frequent"]}
    return rest[kind] if kind in rest else _FILL.get(policy[kind], f"the {policy[kind]}")


def _form(kind: Kind, pieces: Sequence[Piece], settings: Settings) -> str:
    scaled = _SCALED[settings.how.numeric]
    if kind is Kind.CATEGORICAL:
        return _encoded(pieces, settings)
    if kind is Kind.TEXT:
        return _numbered(pieces[0]) if settings.how.text == "tokens" else _weighted(pieces)
    if kind is Kind.IMAGE:
        return _drawn(pieces)
    if kind is Kind.DATETIME:
        return f"taken apart into year to hour, elapsed days; {scaled}"
    return scaled if kind is Kind.NUMERIC else "taken as 0 and 1"


def _encoded(pieces: Sequence[Piece], settings: Settings) -> str:
    if settings.how.categorical == "ordinal":
        return "a number for each level, -1 for unknown ones"
    pooled = sum(bool(number) for piece in pieces for number in piece.transformer.pooled_)
    rare = (
        f"; in {plural(pooled, 'column')} levels beyond the {preprocess.MOST_LEVELS - 1} commonest pooled"
        if pooled
        else ""
    )
    return f"one feature a level{rare}"


def _weighted(pieces: Sequence[Piece]) -> str:
    most, known = (
        max(values) for values in zip(*((p.transformer.most, len(p.block.words[0])) for p in pieces), strict=True)
    )
    cut = f", the {most:,} commonest at most" if known > most else ""
    return f"one feature a word{cut}, weighted by TF-IDF"


def _numbered(piece: Piece) -> str:
    length, words = piece.transformer.length_, len(piece.transformer.words_)
    of = "the commonest" if words == piece.transformer.most else "all"
    return (
        f"the first {plural(length, 'word')} of each as numbers; {plural(words, 'word')}, {of} of train, have their own"
    )


def _drawn(pieces: Sequence[Piece]) -> str:
    height, width = pieces[0].transformer.size
    grey = Counter(piece.transformer.channels_ for piece in pieces)
    colours = "grey values" if not grey[3] else "red, green and blue values" if not grey[1] else "grey or colour values"
    return f"{colours} of {height} × {width} pixels, scaled to 0 … 1"
