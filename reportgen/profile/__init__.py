"""Dataset -> Profile: one pass over the columns, whose summaries are all that figures, checks and tables need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportgen.profile.histogram import Histogram
from reportgen.profile.summaries import ColumnProfile, Level, Pair, Profile, Relation, TextProfile

if TYPE_CHECKING:
    from reportgen.dataset import Dataset

__all__ = ["ColumnProfile", "Histogram", "Level", "Pair", "Profile", "Relation", "TextProfile", "profile"]


def profile(dataset: Dataset) -> Profile:
    """Summarise every column, the rows as wholes, and how columns go together."""
    # The process that draws reads summaries; it need not load what makes them.
    from reportgen.profile.table import summarised

    return summarised(dataset)
