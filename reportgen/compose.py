"""Run -> Document: figures, sections, verdict, evidence and stamp."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, TypeGuard

from reportgen import provenance, registry
from reportgen.document import Block, Document, Evidence, Figure, Group, Note, Section, Stamp
from reportgen.errors import InternalError, NotApplicable
from reportgen.results import FigureData, Run, Words
from reportgen.sections._verdict import verdict
from reportgen.text import slug
from reportgen.workers import Inline, Worker

#: What a figure may be made from, and the stage after which it is there.
STAGES = {"dataset": "profiled", "splits": "profiled", "fitted": "fitted", "scores": "scored"}
_STUDIO = "reportgen.drawing:Studio"
#: Points up to which two figures fit side by side without being made smaller.
_NARROW = 270
#: Rows of predictions that travel in a report; beyond, the scores alone do.
_EVIDENCE_ROWS = 20_000


@dataclass
class _Drawing:
    """A figure on its way: the words and numbers are there, the drawing comes from the studio."""

    id: str
    words: Words
    data: FigureData
    drawn: Future[Any]


@dataclass
class Gallery:
    """Computes figures as soon as a stage has what they need, has them drawn in a child, and gives each out once."""

    wanted: tuple[str, ...] | Literal["auto"] = "auto"
    inline: bool = False
    strict: bool = False
    broken: list[str] = field(default_factory=list)
    _made: dict[str, list[_Drawing] | Note] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)
    _studio: Worker | Inline | None = None

    def observe(self, stage: str, run: Run) -> None:
        """Begin every figure that can be made now."""
        for name, unit in self._units().items():
            if STAGES[unit.NEEDS] == stage:
                self._made[name] = self._begin(name, unit, run)

    def take(self, *names: str) -> list[Block]:
        """The drawings of the named figures; nothing where one does not apply, a note where it failed."""
        return [block for name in names if name not in self._taken for block in self._give(name)]

    def pair(self, *names: str) -> list[Block]:
        """The first drawings of the first two named figures that have any, side by side."""
        found = [name for name in names if isinstance(made := self._made.get(name), list) and made][:2]
        blocks = tuple(block for name in found for block in self._give(name))
        return [Group(blocks, "pair")] if len(blocks) == 2 else list(blocks)

    def rest(self, section: str) -> list[Block]:
        """All drawings of a section that nobody has taken yet."""
        units = self._units()
        return _side_by_side(self.take(*(name for name in units if section == units[name].SECTION)))

    def missing(self) -> list[Note]:
        """Why figures that were asked for are not there."""
        return [made for made in self._made.values() if isinstance(made, Note) and made.kind == "not applicable"]

    def close(self) -> None:
        if self._studio is not None:
            self._studio.close()

    def _units(self) -> dict[str, Any]:
        names = registry.names("figures") if self.wanted == "auto" else self.wanted
        units = {name: registry.load("figures", name) for name in names}
        if self.wanted != "auto":
            return units
        return dict(sorted(units.items(), key=lambda item: (item[1].ORDER, item[0])))

    def _begin(self, name: str, unit: Any, run: Run) -> list[_Drawing] | Note:
        try:
            found = unit.compute(run)
            return [self._draw(name, data, unit.describe(data)) for data in found]
        except NotApplicable as reason:
            return Note(f"{_title(name)}: {str(reason).rstrip('.')}.", "not applicable")
        except Exception as error:
            return self._broke(name, error)

    def _draw(self, name: str, data: FigureData, words: Words) -> _Drawing:
        self._studio = self._studio or (Inline if self.inline else Worker)(_STUDIO)
        anchor = f"figure-{slug(name)}" + (f"-{slug(data.part)}" if data.part else "")
        return _Drawing(anchor, words, data, self._studio.submit("draw", name, data, anchor))

    def _give(self, name: str) -> list[Block]:
        self._taken.add(name)
        made = self._made.get(name)
        if made is None:
            return []
        if isinstance(made, Note):
            return [made] if made.kind == "broken" else []
        blocks: list[Block] = []
        for drawing in made:
            try:
                blocks.append(_figure(drawing, drawing.drawn.result()))
            except Exception as error:
                blocks.append(self._broke(name, error))
        return blocks

    def _broke(self, name: str, error: Exception) -> Note:
        if self.strict:
            raise InternalError(f"figure {name} failed: {type(error).__name__}: {error}") from error
        self.broken.append(f"figure {name}: {type(error).__name__}: {error}")
        return Note(f"{_title(name)} could not be drawn ({type(error).__name__}).", "broken")


def compose(run: Run, gallery: Gallery, stamp: Stamp, spec_name: str) -> Document:
    """The document of a run; `spec_name` is the name of the experiment file, without its folder.

    Raises:
        InternalError: in strict sessions, a section that fails.
    """
    order = _sections(run)
    made = {name: _compose_section(name, unit, run, gallery) for name, unit in order.items()}
    return Document(
        title=run.spec.title or "Experiment",
        description=run.spec.description,
        authors=run.spec.authors,
        seed=run.spec.seed,
        outcome=outcome(run),
        verdict=verdict(run),
        sections=tuple(Section(name, order[name].TITLE, tuple(blocks)) for name, blocks in made.items() if blocks),
        evidence=evidence(run, spec_name),
        stamp=stamp,
    )


def outcome(run: Run) -> Literal["done", "gates passed", "gates failed", "interrupted", "diverged"]:
    """How the run ended, for the reader and for the exit status."""
    if run.fitted and run.fitted.ended in ("interrupted", "diverged"):
        return "interrupted" if run.fitted.ended == "interrupted" else "diverged"
    if not run.gates:
        return "done"
    return "gates passed" if all(gate.passed for gate in run.gates) else "gates failed"


def evidence(run: Run, spec_name: str) -> Evidence:
    """What an auditor needs to compute every number again."""
    rows = sum(len(prediction.y_true) for prediction in run.predictions.values())
    kept = run.predictions if rows <= _EVIDENCE_ROWS else {}
    return Evidence(
        spec=run.spec_text,
        spec_name=spec_name,
        overrides=run.overrides,
        predictions={
            name: {
                "rows": run.splits.parts[name].rows.tolist() if run.splits else [],
                "y_true": prediction.y_true.tolist(),
                "y_pred": prediction.y_pred.tolist(),
                "y_score": None if prediction.y_score is None else prediction.y_score.tolist(),
            }
            for name, prediction in kept.items()
        },
        labels=run.task.labels if run.task else (),
        scores=tuple(asdict(score) for score in run.scores),
        provenance=asdict(run.provenance) if run.provenance else {},
    )


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


def _sections(run: Run) -> dict[str, Any]:
    wanted = run.spec.report.sections
    if wanted != "auto":
        return {name: registry.load("sections", name) for name in wanted}
    units = {name: registry.load("sections", name) for name in registry.names("sections")}
    return dict(sorted(units.items(), key=lambda item: item[1].ORDER))


def _compose_section(name: str, unit: Any, run: Run, gallery: Gallery) -> list[Block]:
    try:
        return [*unit.compose(run, gallery), *gallery.rest(name)]
    except NotApplicable:
        return gallery.rest(name)
    except Exception as error:
        if gallery.strict:
            raise InternalError(f"section {name} failed: {type(error).__name__}: {error}") from error
        gallery.broken.append(f"section {name}: {type(error).__name__}: {error}")
        return [Note(f"This section could not be composed ({type(error).__name__}).", "broken")]


def _figure(drawing: _Drawing, drawn: Any) -> Figure:
    return Figure(
        id=drawing.id,
        title=drawing.words.title,
        caption=drawing.words.caption,
        alt=drawing.words.alt,
        drawing=drawn.svg,
        width=drawn.width,
        height=drawn.height,
        data={name: tuple(values) for name, values in drawing.data.columns.items()},
        axes=tuple(drawn.axes),
    )


def _side_by_side(blocks: list[Block]) -> list[Block]:
    """The blocks with narrow figures that follow each other put into pairs."""
    found: list[Block] = []
    for block in blocks:
        before = found[-1] if found else None
        if _is_narrow(block) and _is_narrow(before):
            found[-1] = Group((before, block), "pair")
        else:
            found.append(block)
    return found


def _is_narrow(block: Block | None) -> TypeGuard[Figure]:
    return isinstance(block, Figure) and block.width <= _NARROW


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()
