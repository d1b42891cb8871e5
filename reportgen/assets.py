"""Where the templates, styles, scripts and fonts lie: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

PLAIN = "plain"  # the theme that is no layer


@cache
def themes() -> Mapping[str, Path]:
    """Theme that ships -> its folder, the plain one first."""
    found = {path.name: path for path in sorted((folder() / "themes").iterdir()) if path.is_dir()}
    return MappingProxyType({PLAIN: folder(), **found})


@cache
def folder() -> Path:
    """The templates folder."""
    here = Path(__file__).resolve().parent
    installed = here / "templates"
    return installed if installed.is_dir() else here.parent / "templates"
