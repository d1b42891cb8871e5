"""Sections: a file is a section of the report, with a template of the same name where the common one does not do.

A section is a module with

    TITLE = "Training"
    ORDER = 50                                   its place in the report

    compose(run, gallery) -> list[Block]         raises NotApplicable with the reason

`gallery` hands out the figures. A figure that a section does not ask for by name still appears, at the end of the
section that the figure names as its own.
"""

from __future__ import annotations

from typing import Protocol

from reportgen.document import Block, Note


class Gallery(Protocol):
    """The drawn figures, each given out once."""

    def take(self, *names: str) -> list[Block]:
        """The drawings of the named figures; nothing where one does not apply, a note where it failed."""

    def pair(self, *names: str) -> list[Block]:
        """The first drawings of the first two named figures that have any, side by side."""

    def row(self, *names: str) -> list[Block]:
        """The same, narrow drawings that follow each other side by side."""

    def rest(self, section: str) -> list[Block]:
        """All drawings of a section that nobody has taken yet."""

    def missing(self) -> list[Note]:
        """Why figures that were asked for are not there."""
