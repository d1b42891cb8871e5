"""The comparison itself: reports, test sets and the tests made on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reportgen.comparing.reading import Compared
from reportgen.comparing.sharing import Shared, Sharing, sharing
from reportgen.comparing.testing import TESTED, Difference, corrected, tested
from reportgen.results import Score


@dataclass(frozen=True)
class Comparison:
    """Reports in the order given, who shares a test set, and every difference that was tested."""

    reports: tuple[Compared, ...]
    sharing: Sharing
    differences: tuple[Difference, ...]

    @property
    def is_pair(self) -> bool:
        return len(self.reports) == 2

    @property
    def main(self) -> Shared | None:
        """The test set that most reports have in common."""
        return self.sharing.main

    def of(self, shared: Shared, metric: str | None = None) -> list[Difference]:
        """The differences that were tested on one test set."""
        return [one for one in self.differences if one.model in shared.places and metric in (None, one.metric)]

    def metrics(self) -> list[str]:
        """The metrics that any of the reports has, those that are tested first."""
        named = dict.fromkeys(name for report in self.reports for name in report.metrics)
        first = [name for tasks in TESTED.values() for name in tasks if name in named]
        return list(dict.fromkeys([*first, *named]))

    def score(self, metric: str) -> Score:
        """Any report's score, for the metric's title and unit."""
        return next(score for report in self.reports if (score := report.score(metric)) is not None)

    def name(self, place: int) -> str:
        return self.reports[place].name

    def primary(self, shared: Shared) -> str | None:
        """The metric that the verdict is about: the first that was tested."""
        return next((one.metric for one in self.differences if one.model in shared.places), None)


def measured(reports: Sequence[Compared]) -> Comparison:
    """Find who shares a test set, and test."""
    found = sharing(reports)
    circles = [(shared, tested(shared, reports)) for shared in found.sets]
    return Comparison(tuple(reports), found, tuple(corrected(circles)))
