"""Why the model says what it says: what it relies on, how its prediction moves, and what it tells of itself."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.document import Block, Note, para
from reportgen.errors import NotApplicable
from reportgen.explained import Explained
from reportgen.results import Run
from reportgen.sections import Gallery
from reportgen.sections._rules import many_trees, rules
from reportgen.text import plural

TITLE = "Explanation"
ORDER = 70
_FIGURES = (
    "permutation_importance",
    "partial_dependence",
    "saliency",
    "word_attribution",
    "importances",
    "coefficients",
)


def compose(run: Run, gallery: Gallery) -> list[Block]:
    figures = gallery.row(*_FIGURES)
    told = [*many_trees(run), *([] if run.explained is None else _told(run, run.explained))]
    figures = [*rules(run), *figures]
    if not figures and not told:
        raise NotApplicable("the model has neither coefficients nor importances")
    return [*_introduced(run, figures), *figures, *told]


def _introduced(run: Run, figures: list[Block]) -> list[Block]:
    """What the figures can tell and what not, where the model was asked."""
    found = run.explained
    if (
        found is None
        or not figures
        or not (found.importances or found.dependences or found.attributions or found.words)
    ):
        return []
    return [para("What follows tells what this model relies on. It does not tell what causes what.")]


def _told(run: Run, found: Explained) -> Iterator[Block]:
    yield from (Note(f"{note[0].upper()}{note[1:]}.") for note in found.notes)
    if found.interrupted and not found.notes:
        yield Note("The explanation was interrupted; what was done by then is shown.", "interrupted")
    if found.importances is None and found.alone:
        assert run.splits is not None
        features = plural(len(run.splits.feature_names), "feature")
        yield Note(f"All {features} come from one column, so that columns cannot be compared.", "not applicable")
