"""The path data of an SVG drawing, as matplotlib writes it: absolute moves, lines, curves and closings."""

from __future__ import annotations

import re
from collections.abc import Sequence

_STEP = re.compile(r"([MLCQz])([^MLCQz]*)")


def extent(d: str) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of all points, control points with them; an inside-out box where there is none."""
    numbers = [float(number) for _, step in _STEP.findall(d) for number in step.split()]
    xs, ys = numbers[::2], numbers[1::2]
    infinite = float("inf")
    return min(xs, default=infinite), min(ys, default=infinite), max(xs, default=-infinite), max(ys, default=-infinite)


def moved(d: str, x: float, y: float) -> str:
    """The same path, `x` to the right and `y` down."""
    pieces = []
    for command, numbers in _STEP.findall(d):
        values = [float(number) + (y if place % 2 else x) for place, number in enumerate(numbers.split())]
        pieces.append(" ".join([command, *(repr(value) for value in values)]))
    return " ".join(pieces)


def short(d: str, *, joined: bool = False) -> str:
    """Absolute path data in relative steps of hundredths, without the separators that can be left out.

    A path of dots alone is in tenths, from left to right, and has each place once: it looks the same, as a path is
    painted once.

    Args:
        joined: steps across that go on the same way become one, which an area looks the same with.
    """
    return _Pen(joined).draw(_sorted_dots(d) or d)


def _sorted_dots(d: str) -> str:
    """The dots of a path that is nothing else; nothing if it is."""
    steps = [(command, numbers.split()) for command, numbers in _STEP.findall(d)]
    moves, lines = steps[::2], steps[1::2]
    if len(lines) < 2 or len(moves) != len(lines) or any(command != "M" for command, _ in moves):
        return ""
    if any(line != ("L", place) for (_, place), line in zip(moves, lines, strict=True)):
        return ""
    places = sorted({(round(float(x), 1), round(float(y), 1)) for _, (x, y) in moves})
    return " ".join(f"M {x} {y} L {x} {y}" for x, y in places)


class _Pen:
    """Writes path data; keeps its place in whole hundredths, so that rounding does not add up."""

    def __init__(self, joined: bool) -> None:
        self._x = self._y = self._start_x = self._start_y = 0
        self._out: list[str] = []
        self._command = ""
        self._joined = joined
        self._across = 0  # hundredths that are still to be written

    def draw(self, d: str) -> str:
        for command, numbers in _STEP.findall(d):
            points = [round(100 * float(number)) for number in numbers.split()]
            if command == "z":
                self._put("z")
                self._x, self._y = self._start_x, self._start_y
            elif command == "M":
                self._move(points)
            elif command == "L":
                self._line(points[0], points[1])
            else:
                self._curve(command.lower(), points)
        self._end_across()
        return "".join(self._out)

    def _move(self, points: list[int]) -> None:
        steps = [points[0] - self._x, points[1] - self._y]
        near = bool(self._out) and len(_written("m", steps)) < len(_written("M", points))
        self._put("m" if near else "M", *(steps if near else points))
        self._x, self._y = self._start_x, self._start_y = points[0], points[1]

    def _line(self, x: int, y: int) -> None:
        dx, dy = x - self._x, y - self._y
        if dy == 0 and self._joined:
            self._go_across(dx)
        elif dy == 0:
            self._put("h", dx)
        elif dx == 0:
            self._put("v", dy)
        else:
            self._put("l", dx, dy)
        self._x, self._y = x, y

    def _go_across(self, dx: int) -> None:
        if dx * self._across < 0:
            self._end_across()
        self._across += dx

    def _end_across(self) -> None:
        across, self._across = self._across, 0
        if across:
            self._put("h", across)

    def _curve(self, command: str, points: list[int]) -> None:
        here = (self._x, self._y)
        self._put(command, *(value - here[place % 2] for place, value in enumerate(points)))
        self._x, self._y = points[-2], points[-1]

    def _put(self, command: str, *hundredths: int) -> None:
        self._end_across()
        repeated = command == self._command and command not in "Mmz"
        if not repeated:
            self._out.append(command)
        for place, value in enumerate(hundredths):
            text = _hundredths(value)
            self._out.append(f" {text}" if (repeated or place) and text[0] != "-" else text)
        self._command = command


def _written(command: str, values: Sequence[int]) -> str:
    return command + " ".join(map(_hundredths, values)).replace(" -", "-")


def _hundredths(value: int) -> str:
    """`-0.5` as `-.5`, `12.00` as `12`."""
    sign, (whole, rest) = "-" if value < 0 else "", divmod(abs(value), 100)
    fraction = f".{rest:02d}".rstrip("0") if rest else ""
    return sign + (f"{whole or ''}{fraction}" if fraction else str(whole))
