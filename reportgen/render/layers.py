"""Where a report's look comes from: the user's folder of templates over a theme over the plain look that ships.

A file is taken from the first layer that has it. Colours and rules of one's own (`tokens.css`, `dark.css`, `own.css`)
are taken from every layer, the plain one first, so that a file need name only what it changes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from reportgen import assets
from reportgen.errors import UsageError
from reportgen.svg import CLASSES
from reportgen.text import quoted

GATHERED = ("tokens", "dark", "own")
#: Properties that figures are drawn in on paper, where no style reaches them.
_DRAWN = {names[0]: colour for colour, names in CLASSES.items()}
_TOKEN = re.compile(r"--(\w+)\s*:\s*([^;}]*)")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
#: What would leave the page, or end its style.
_OUTSIDE = re.compile(r"</|@import|url\(\s*[\"']?(?!data:|#)|src\s*:\s*(?!url\(\s*[\"']?data:)", re.IGNORECASE)
_LARGEST = 1_000_000  # bytes of one file


@dataclass(frozen=True)
class Layers:
    """A theme that ships, and a folder of the user's over it."""

    theme: str = assets.PLAIN
    own: Path | None = None

    @property
    def folders(self) -> list[Path]:
        """From the uppermost layer to the lowest."""
        themed = assets.themes().get(self.theme, assets.folder())  # a report may name a theme of a later version
        return list(dict.fromkeys([*([self.own] if self.own else []), themed, assets.folder()]))

    def file(self, name: str) -> Path | None:
        """The file of that name in the first layer that has it."""
        return next((folder / name for folder in self.folders if (folder / name).is_file()), None)

    def read(self, name: str) -> bytes:
        """A file that ships, or what shadows it."""
        return (self.file(name) or assets.folder() / name).read_bytes()

    def css(self, name: str) -> str:
        """A file of styles, without `.css`: of the first layer that has it, or gathered from all."""
        found = [path for folder in self.folders if (path := folder / "css" / f"{name}.css").is_file()]
        return "".join(self._text(path) for path in (reversed(found) if name in GATHERED else found[:1]))

    def _text(self, path: Path) -> str:
        if self.own is None or self.own not in path.parents:
            return path.read_text(encoding="utf-8")
        return _checked(path)

    def printed(self) -> dict[str, str]:
        """The plain look's colour -> this look's, for what is drawn in attributes; without those that are alike.

        Raises:
            UsageError: a colour that figures are drawn in is not written as #rrggbb.
        """
        text = _COMMENT.sub("", self.css("tokens"))
        values = dict(_TOKEN.findall(text))
        given = {name: values[name].strip().lower() for name in _DRAWN}
        for name, colour in given.items():
            if not re.fullmatch("#[0-9a-f]{6}", colour):
                file = next(
                    folder / "css/tokens.css" for folder in self.folders if (folder / "css/tokens.css").is_file()
                )
                what = f"--{name} is {quoted(colour)}, and figures take no colour but #rrggbb"
                raise UsageError(what, "write it as #rrggbb", file=str(file))
        return {_DRAWN[name]: colour for name, colour in given.items() if colour != _DRAWN[name]}


def _checked(path: Path) -> str:
    """A file of the user's styles, which may neither leave the page nor end its style element.

    Raises:
        UsageError: it does, or it cannot be read.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise UsageError(f"larger than {_LARGEST:,} bytes", "write less", file=str(path))
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise UsageError(f"cannot be read: {reason}", "check the file", file=str(path)) from error
    plain = _COMMENT.sub(lambda comment: re.sub(r"[^\n]", " ", comment[0]), text)
    if found := _OUTSIDE.search(plain):
        _refuse(path, plain[: found.start()].count("\n") + 1, found[0])
    return plain + "\n"


def _refuse(path: Path, line: int, sign: str) -> NoReturn:
    what = f"{quoted(sign.strip())}: a report holds its style whole and loads nothing"
    raise UsageError(what, "leave it out, or embed the file as data:", file=str(path), line=line)


def opened(folder: Path | str) -> Path:
    """The user's folder of templates.

    Raises:
        UsageError: there is none, or it holds nothing that shadows a template, a style or a face.
    """
    path = Path(folder)
    if not path.is_dir():
        raise UsageError("there is no such folder", "give a folder of templates", file=str(folder), key="--templates")
    if not any((path / "css").glob("*.css")) and not any(path.rglob("*.jinja")) and not any(path.rglob("*.woff2")):
        fix = "put css/tokens.css or report.html.jinja into it; see templates/README.md"
        raise UsageError("nothing in this folder is a template", fix, file=str(folder), key="--templates")
    return path
