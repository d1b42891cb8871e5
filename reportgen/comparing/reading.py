"""The reports that are compared, each with the run that its evidence tells of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from reportgen import api
from reportgen.document import Document
from reportgen.errors import DataError, UsageError
from reportgen.evidence import restored
from reportgen.results import Prediction, Run, Score
from reportgen.text import one_line

FEWEST, MOST = 2, 200
_LONGEST = 40  # characters of a report's name


@dataclass(frozen=True)
class Compared:
    """A report: the short `name` it goes by, the file it came from, and the run as far as its evidence goes."""

    name: str
    file: str
    document: Document
    run: Run

    @cached_property
    def test(self) -> Prediction | None:
        """The model's predictions of the test rows, where the report carries them."""
        return self.run.predictions.get("test")

    @cached_property
    def _scores(self) -> dict[str, Score]:
        whole = (one for one in self.run.scores if (one.split, one.model, one.label) == ("test", "model", None))
        return {score.metric: score for score in whole}

    def score(self, metric: str) -> Score | None:
        """The model's score on the test rows."""
        return self._scores.get(metric)

    @property
    def metrics(self) -> tuple[str, ...]:
        return tuple(self._scores)


def opened(paths: Sequence[str | Path]) -> list[tuple[str, Document]]:
    """The documents in these files, each with the file's name.

    Raises:
        DataError: a file is missing, or holds no report.
    """
    require_number(len(paths))
    return [(Path(path).name, api.read(path).document) for path in paths]


def require_number(count: int) -> None:
    if not FEWEST <= count <= MOST:
        raise UsageError(f"{count} reports were given", fix=f"give {FEWEST} to {MOST} of them")


def gathered(documents: Sequence[tuple[str, Document]]) -> tuple[Compared, ...]:
    """The reports with their names and runs, in the order given.

    Raises:
        DataError: one is a comparison itself, or its evidence does not fit together.
    """
    require_number(len(documents))
    for file, document in documents:
        if is_comparison(document):
            raise DataError("a comparison, not the report of a run", "give the reports it compares", file=file)
    names = named([file for file, _ in documents])
    return tuple(
        Compared(name, file, document, _run(document, file))
        for name, (file, document) in zip(names, documents, strict=True)
    )


def is_comparison(document: Document) -> bool:
    return any(section.key == "differences" for section in document.sections) and not document.evidence.scores


def _run(document: Document, file: str) -> Run:
    try:
        return restored(document)
    except DataError as error:
        # An experiment file of another version: its results are read all the same.
        bare = replace(document, evidence=replace(document.evidence, spec=""))
        try:
            return restored(bare)
        except DataError:
            raise DataError(error.problems[0].what, error.problems[0].fix, file=file) from error


def named(files: Sequence[str]) -> list[str]:
    """Short names that tell the files apart: without suffix, or with it, or numbered."""
    stems = [one_line(Path(file).stem or file, _LONGEST) for file in files]
    suffixed = [one_line(file, _LONGEST) for file in files]
    chosen = [stem if stems.count(stem) == 1 else whole for stem, whole in zip(stems, suffixed, strict=True)]
    total, seen = Counter(chosen), Counter[str]()
    found = []
    for name in chosen:
        seen[name] += 1
        found.append(f"{name} ({seen[name]})" if total[name] > 1 else name)
    return found
