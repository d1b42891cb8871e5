"""Run -> Document: figures, sections, verdict, evidence and stamp."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from reportgen import provenance, registry
from reportgen.document import Block, Document, Note, Section, Stamp, Text, link, para
from reportgen.errors import InternalError, NotApplicable
from reportgen.evidence import gathered
from reportgen.gallery import Gallery
from reportgen.results import Run
from reportgen.sections._verdict import verdict

#: The sections that show one training of several.
_OF_ONE_SEED = ("training", "explanation", "findings")
_OF_ONE_FOLD = ("preparation", *_OF_ONE_SEED)


def compose(run: Run, gallery: Gallery, stamp: Stamp, spec_name: str) -> Document:
    """The document of a run; `spec_name` is the name of the experiment file, without its folder.

    Raises:
        InternalError: in strict sessions, a section that fails.
    """
    order = _sections(run, gallery)
    made = {name: _compose_section(name, unit, run, gallery) for name, unit in order.items()}
    return Document(
        title=run.spec.title or "Experiment",
        description=run.spec.description,
        authors=run.spec.authors,
        seed=run.spec.seed,
        outcome=outcome(run),
        verdict=_verdict(run, gallery),
        sections=tuple(Section(name, order[name].TITLE, tuple(blocks)) for name, blocks in made.items() if blocks),
        evidence=gathered(run, spec_name),
        stamp=stamp,
    )


def outcome(run: Run) -> Literal["done", "gates passed", "gates failed", "interrupted", "diverged"]:
    """How the run ended, for the reader and for the exit status."""
    if run.ended != "completed":
        return run.ended
    if not run.gates:
        return "done"
    return "gates passed" if all(gate.passed for gate in run.gates) else "gates failed"


def stamp(seconds: Mapping[str, float], reproducible: bool = False) -> Stamp:
    """When and how long; with SOURCE_DATE_EPOCH that moment and no durations, so that equal runs give equal bytes.

    Raises:
        UsageError: SOURCE_DATE_EPOCH is not a whole number of seconds.
    """
    epoch = provenance.source_date_epoch()
    if epoch is not None:
        return Stamp(datetime.fromtimestamp(epoch, UTC).isoformat(timespec="seconds"))
    if reproducible:
        return Stamp()
    return Stamp(datetime.fromtimestamp(int(time.time()), UTC).isoformat(timespec="seconds"), dict(seconds))


def _sections(run: Run, gallery: Gallery) -> dict[str, Any]:
    wanted = run.spec.report.sections
    names = registry.names("sections") if wanted == "auto" else wanted
    units = {name: unit for name in names if (unit := _section(name, gallery)) is not None}
    return units if wanted != "auto" else dict(sorted(units.items(), key=lambda item: item[1].ORDER))


def _section(name: str, gallery: Gallery) -> Any:
    """The section's module, or None where it cannot be imported or lacks what a section has."""
    try:
        return registry.load("sections", name, "TITLE", "ORDER")
    except Exception as error:
        _section_broke(name, error, gallery)
        return None


def _section_broke(name: str, error: Exception, gallery: Gallery) -> Note:
    if gallery.strict:
        raise InternalError(f"section {name} failed: {type(error).__name__}: {error}") from error
    gallery.broken.append(f"section {name}: {type(error).__name__}: {error}")
    return Note(f"This section could not be composed ({type(error).__name__}).", "broken")


def _verdict(run: Run, gallery: Gallery) -> tuple[Text, ...]:
    try:
        return verdict(run)
    except Exception as error:
        return (para(_section_broke("verdict", error, gallery).text.replace("This section", "The verdict")),)


def _of_one_trial(name: str, run: Run) -> list[Block]:
    """Of several trainings, which one a section is about."""
    if name not in (_OF_ONE_FOLD if run.spec.split.folds else _OF_ONE_SEED) or not run.trials:
        return []
    if name == "findings":
        what = "the split and of training" if run.spec.split.folds else "training"
        return [para(f"What is said of {what} is of {run.shown_trial}, unless all are named.")]
    kind, wanted = run.trials[0].kind, run.spec.report.sections
    if wanted != "auto" and "evaluation" not in wanted:
        return [para(f"This is {run.shown_trial}.")]
    return [
        para(
            f"This is {run.shown_trial}; what all {kind}s come to stands under ", link("Evaluation", "#evaluation"), "."
        )
    ]


def _compose_section(name: str, unit: Any, run: Run, gallery: Gallery) -> list[Block]:
    try:
        return [*_of_one_trial(name, run), *unit.compose(run, gallery), *gallery.rest(name)]
    except NotApplicable:
        return gallery.rest(name)
    except Exception as error:
        return [_section_broke(name, error, gallery), *gallery.rest(name)]
