"""What an event says: scalars, histograms and images, in the form of TensorFlow 1 and in that of TensorFlow 2."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from reportgen.eventfile import wire
from reportgen.eventfile.wire import Malformed, blob, doubles, fields, message, number, signed, words

#: `DataType` of tensor.proto -> how its numbers lie in `tensor_content`, and the field that lists them otherwise.
_TENSORS = {1: ("<f4", 5), 2: ("<f8", 6), 3: ("<i4", 7), 4: ("<u1", 7), 9: ("<i8", 10), 19: ("<f2", 13)}
_MOST_BUCKETS = 100_000


@dataclass(frozen=True)
class Buckets:
    """One histogram: `left`, `right` and `counts` (k,)."""

    left: np.ndarray
    right: np.ndarray
    counts: np.ndarray


@dataclass(frozen=True)
class Value:
    """One value of one tag: a number, a histogram, or the bytes of an image file."""

    step: int
    tag: str
    content: float | Buckets | bytes


class Decoder:
    """Payloads to values. The first event of a tag says what its tensors are, so a decoder goes with one run."""

    def __init__(self) -> None:
        self._plugins: dict[str, str] = {}

    def values(self, payload: bytes) -> Iterator[Value]:
        """The scalars, histograms and images of one event; other things are passed over.

        Raises:
            Malformed: the bytes are no event.
        """
        event = message(payload)
        step = signed(event.get(2))
        for field, value in fields(blob(event.get(5))):
            if field == 1:
                found = self._value(step, message(blob(value)))
                if found is not None:
                    yield found

    def _value(self, step: int, value: dict[int, int | bytes]) -> Value | None:
        tag = words(value.get(1))
        if 9 in value:
            plugin = message(blob(value[9])).get(1)
            self._plugins.setdefault(tag, words(message(blob(plugin)).get(1)))
        if 2 in value:
            return Value(step, tag, number(value[2]))
        if 5 in value:
            return Value(step, tag, _histogram(message(blob(value[5]))))
        if 4 in value:
            return Value(step, tag, blob(message(blob(value[4])).get(4)))
        if 8 in value:
            content = _tensor(self._plugins.get(tag, ""), blob(value[8]))
            return None if content is None else Value(step, tag, content)
        return None


def _histogram(found: dict[int, int | bytes]) -> Buckets:
    """`HistogramProto`: the upper limit of each bucket; the outermost end at the smallest and the largest value."""
    limits, counts = doubles(blob(found.get(6))), doubles(blob(found.get(7)))
    if len(limits) != len(counts) or len(limits) > _MOST_BUCKETS:
        raise Malformed
    lowest, highest = number(found.get(1)), number(found.get(2))
    left = np.concatenate([[-np.inf], limits[:-1]]) if len(limits) else limits
    kept = counts > 0
    return Buckets(
        np.clip(left, lowest, highest)[kept], np.clip(limits, lowest, highest)[kept], counts[kept].astype(float)
    )


def _tensor(plugin: str, data: bytes) -> float | Buckets | bytes | None:
    if plugin == "images":
        return _image([blob(value) for field, value in fields(data) if field == 8])
    if plugin not in ("scalars", "histograms"):
        return None
    values = _numbers(data)
    if values is None:
        return None
    if plugin == "scalars":
        return float(values[0]) if len(values) == 1 else None
    if len(values) % 3 or len(values) > 3 * _MOST_BUCKETS:
        raise Malformed
    left, right, counts = values.reshape(-1, 3).T
    return Buckets(left, right, counts)


def _image(parts: list[bytes]) -> bytes | None:
    """The first image of width, height and one file or more."""
    return parts[2] if len(parts) > 2 else None


def _numbers(data: bytes) -> np.ndarray | None:
    """The numbers of a tensor, flat; None for a type that holds none."""
    found = message(data)
    kind = signed(found.get(1))
    if kind not in _TENSORS:
        return None
    stored, listed = _TENSORS[kind]
    if content := blob(found.get(4)):
        return doubles(content, stored)
    parts = [value for field, value in fields(data) if field == listed]
    if listed in (5, 6):
        packed = b"".join(blob(value) for value in parts)
        return doubles(packed, stored)
    values = np.array([signed(value) for part in parts for value in _integers(part)])
    return (
        values.astype("<u2").view(stored).astype(float) if stored == "<f2" else values.astype(float)
    )  # bits of halves


def _integers(part: int | bytes) -> Iterator[int]:
    """Numbers of a list that is packed or not."""
    if isinstance(part, int):
        yield part
        return
    at = 0
    while at < len(part):
        value, at = wire.varint(part, at)
        yield value
