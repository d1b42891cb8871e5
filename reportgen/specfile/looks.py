"""How a report is dressed: the theme exists, and the logo is one that may stand in a page."""

from __future__ import annotations

from pathlib import Path

from reportgen import assets
from reportgen import logo as logos
from reportgen.errors import DataError, Problem
from reportgen.registry import suggestion
from reportgen.specfile.schema import Written
from reportgen.text import quoted


def _theme_ships(written: Written) -> None:
    theme = written.get("report", "theme")
    if theme not in assets.themes():
        what = f"there is no theme {quoted(theme)}"
        written.add(("report", "theme"), what, lambda: suggestion(theme, tuple(assets.themes())))


def _alt_has_a_logo(written: Written) -> None:
    if written.has("report", "logo_alt") and written.get("report", "logo") is None:
        what = "there is no logo that these words could stand for"
        written.add(("report", "logo_alt"), what, "name the logo under report.logo", at_key=True)


RULES = [(("report.theme",), _theme_ships), (("report.logo", "report.logo_alt"), _alt_has_a_logo)]


def logo(written: Written, file: str) -> str:
    """The logo as it stands in a report, "" for none; `file` is the experiment file.

    Raises:
        DataError: it cannot be read, or may not stand in a page.
    """
    name = written.get("report", "logo")
    if name is None:
        return ""
    try:
        return logos.read(Path(file).parent / name)
    except DataError as error:
        problem, mark = error.problems[0], written.places["report", "logo"][1]
        placed = Problem(problem.what, problem.fix, mark.file, mark.line, mark.column, "report.logo")
        raise DataError.of([placed]) from error
