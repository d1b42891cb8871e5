"""The figures of a report: computed as soon as a stage has what they need, drawn in a child, given out once each."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, count
from typing import Any, Literal, TypeGuard

from reportgen import registry
from reportgen.document import Block, Figure, Group, Note
from reportgen.errors import InternalError, NotApplicable
from reportgen.figures import figure_title
from reportgen.results import FigureData, Run, Words
from reportgen.text import listing, quoted, slug
from reportgen.workers import Inline, Worker

#: What a figure may be made from, and the stage after which it is there.
STAGES = {"dataset": "profiled", "splits": "profiled", "fitted": "fitted", "explained": "scored", "scores": "scored"}
_STUDIO = "reportgen.drawing:Studio"
#: Points up to which two figures fit side by side without being made smaller.
_NARROW = 270


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
    _reasons: dict[str, str] = field(default_factory=dict)
    _anchors: set[str] = field(default_factory=set)
    _studio: Worker | Inline | None = None

    def open(self) -> None:
        """Start the child that draws, so that its imports are done when there is something to draw."""
        self._studio = self._studio or (Inline if self.inline else Worker)(_STUDIO)

    def observe(self, stage: str, run: Run) -> None:
        """Begin every figure that can be made now."""
        for name, unit in self._units.items():
            if STAGES[unit.NEEDS] == stage:
                self._made[name] = self._begin(name, unit, run)

    def drawn(self) -> dict[str, tuple[FigureData, ...]]:
        """The numbers of every drawing that was made, by the figure's name."""
        made = {name: found for name, found in self._made.items() if isinstance(found, list)}
        return {name: tuple(drawing.data for drawing in found) for name, found in made.items()}

    def take(self, *names: str) -> list[Block]:
        """The drawings of the named figures; nothing where one does not apply, a note where it failed."""
        return _merged([block for name in names if name not in self._taken for block in self._give(name)])

    def pair(self, *names: str) -> list[Block]:
        """The first drawings of the first two named figures that have any, side by side."""
        free = [name for name in names if name not in self._taken]
        found = [name for name in free if isinstance(made := self._made.get(name), list) and made][:2]
        blocks = tuple(block for name in found for block in self._give(name))
        return [Group(blocks, "pair")] if len(blocks) == 2 else list(blocks)

    def row(self, *names: str) -> list[Block]:
        """The drawings of the named figures; narrow ones that follow each other stand side by side."""
        return _side_by_side(self.take(*names))

    def rest(self, section: str) -> list[Block]:
        """All drawings of a section that nobody has taken yet."""
        own = [name for name, unit in self._units.items() if section == unit.SECTION]
        return _side_by_side(self.take(*own))

    def missing(self) -> list[Note]:
        """Why figures that were asked for are not there: one note a reason, then those whose unit cannot be used."""
        reasons: dict[str, list[str]] = {}
        for name, reason in self._reasons.items():
            reasons.setdefault(reason, []).append(figure_title(name))
        unusable = (made for name, made in self._made.items() if isinstance(made, Note) and name not in self._units)
        return [
            *(Note(f"{listing(names, most=40)}: {reason}.", "not applicable") for reason, names in reasons.items()),
            *unusable,
        ]

    def close(self) -> None:
        if self._studio is not None:
            self._studio.close()

    @cached_property
    def _units(self) -> dict[str, Any]:
        names = registry.names("figures") if self.wanted == "auto" else self.wanted
        units = {name: unit for name in names if (unit := self._unit(name)) is not None}
        if self.wanted != "auto":
            return units
        return dict(sorted(units.items(), key=lambda item: (item[1].ORDER, item[0])))

    def _unit(self, name: str) -> Any:
        """The figure's module, or None where it cannot be imported or lacks what a figure has."""
        try:
            return _figure_unit(name)
        except Exception as error:
            self._made[name] = self._broke(name, error)
            return None

    def _begin(self, name: str, unit: Any, run: Run) -> list[_Drawing] | Note:
        try:
            found = unit.compute(run)
            return [self._draw(name, data, _described(unit, data, run)) for data in found]
        except NotApplicable as reason:
            self._reasons[name] = str(reason).rstrip(".")
            return Note(f"{figure_title(name)}: {self._reasons[name]}.", "not applicable")
        except Exception as error:
            return self._broke(name, error)

    def _draw(self, name: str, data: FigureData, words: Words) -> _Drawing:
        self.open()
        assert self._studio is not None
        anchor = self._anchor(f"figure-{slug(name)}" + (f"-{slug(data.part)}" if data.part else ""))
        return _Drawing(anchor, words, data, self._studio.submit("draw", name, data, anchor))

    def _anchor(self, plain: str) -> str:
        """The id with a number where it is taken: parts that differ in other scripts alone have one slug."""
        numbered = (f"{plain}-no{number}" for number in count(2))
        free = next(anchor for anchor in chain([plain], numbered) if anchor not in self._anchors)
        self._anchors.add(free)
        return free

    def _give(self, name: str) -> list[Block]:
        self._taken.add(name)
        made = self._made.get(name)
        if made is None:
            return []
        if isinstance(made, Note):
            return [made] if made.kind == "broken" else []
        blocks: list[Block] = []
        folds: dict[str, list[Block]] = {}
        for drawing in made:
            place = folds.setdefault(drawing.data.fold, []) if drawing.data.fold else blocks
            try:
                place.append(_figure(drawing, drawing.drawn.result()))
            except Exception as error:
                place.append(self._broke(name, error))
        return [*blocks, *(Group(tuple(_side_by_side(found)), "fold", title) for title, found in folds.items())]

    def _broke(self, name: str, error: Exception) -> Note:
        if self.strict:
            raise InternalError(f"figure {name} failed: {type(error).__name__}: {error}") from error
        self.broken.append(f"figure {name}: {type(error).__name__}: {error}")
        return Note(f"{figure_title(name)} could not be drawn ({type(error).__name__}).", "broken")


def _figure_unit(name: str) -> Any:
    unit = registry.load("figures", name, "NEEDS", "SECTION", "ORDER")
    if unit.NEEDS not in STAGES:
        raise ValueError(f"NEEDS is {quoted(unit.NEEDS)}, not one of {', '.join(STAGES)}")
    return unit


def _described(unit: Any, data: FigureData, run: Run) -> Words:
    """The words of a drawing; of several trainings the caption says which one it is of."""
    words: Words = unit.describe(data)
    if unit.NEEDS not in ("splits", "fitted", "explained") or not run.shown_trial:
        return words
    return replace(words, caption=f"{words.caption} This is {run.shown_trial}.".strip())


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


def _merged(blocks: list[Block]) -> list[Block]:
    """The blocks with the folds of one title, of several figures, put together where the last of them stands."""
    found: list[Block] = []
    folds: dict[str, Group] = {}
    for block in blocks:
        if not _is_fold(block):
            found.append(block)
            continue
        before = folds.get(block.title)
        if before is not None:
            found.remove(before)
        drawings = [*before.blocks, *block.blocks] if before else [*block.blocks]
        folds[block.title] = replace(block, blocks=tuple(_side_by_side(drawings)))
        found.append(folds[block.title])
    return found


def _is_fold(block: Block | None) -> TypeGuard[Group]:
    return isinstance(block, Group) and block.layout == "fold"


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
