"""The overlaid curves of a comparison, computed and drawn in this process: they are few."""

from __future__ import annotations

import importlib
from typing import Any

from reportgen.comparing.results import Comparison
from reportgen.document import Block, Figure, Note
from reportgen.errors import NotApplicable
from reportgen.results import FigureData
from reportgen.text import slug

TITLE = "Curves"
OVERLAYS = ("loss", "roc", "rec_curve")


def compose(comparison: Comparison) -> list[Block]:
    """Every overlay that applies; a note where one fails."""
    found: list[Block] = []
    for name in OVERLAYS:
        unit = importlib.import_module(f"reportgen.comparing.overlays.{name}")
        try:
            found += [_figure(name, unit, data) for data in unit.compute(comparison)]
        except NotApplicable:
            continue
        except Exception as error:
            found.append(
                Note(f"The {name.replace('_', ' ')} overlay could not be drawn ({type(error).__name__}).", "broken")
            )
    return found


def _figure(name: str, unit: Any, data: FigureData) -> Figure:
    from reportgen.drawing import Studio  # brings matplotlib

    anchor = f"figure-{slug(name)}-compared"
    drawn, words = Studio().paint(unit, data, anchor), unit.describe(data)
    return Figure(
        id=anchor,
        title=words.title,
        caption=words.caption,
        alt=words.alt,
        drawing=drawn.svg,
        width=drawn.width,
        height=drawn.height,
        data={key: tuple(values) for key, values in data.columns.items()},
        axes=tuple(drawn.axes),
    )
