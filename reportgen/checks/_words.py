"""Numbers and names as they stand in a finding's sentence."""

from __future__ import annotations

from collections.abc import Iterable

from reportgen.text import count, listing, one_line

_SMALL = (
    *("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def in_words(number: int) -> str:
    """`twenty-one`; from a hundred on in digits."""
    if not 0 <= number < 100:
        return count(number)
    if number < 20:
        return _SMALL[number]
    tens, ones = _TENS[number // 10 - 2], number % 10
    return f"{tens}-{_SMALL[ones]}" if ones else tens


def several(number: int, one: str, many: str) -> str:
    """The start of a sentence: `One column is`, `Twenty-one columns are`."""
    words = f"{in_words(number)} {one if number == 1 else many}"
    return words[0].upper() + words[1:]


def named(names: Iterable[object], most: int = 5) -> str:
    """Names from the data in a sentence: on one line, cut, the first few of them."""
    return listing((one_line(name, 40) for name in names), most)
