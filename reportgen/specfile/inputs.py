"""What a kind of model asks of what it reads: words in their order, a shape, room to pool."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from reportgen.specfile.schema import Written

#: Kinds of model that read the words of a text in their order.
_READ_WORDS = ("rnn", "layers", "python")
#: Axes of what a kind of network reads, without that of the batch.
_AXES = {"cnn": (2, 3), "rnn": (2,)}
_CHANNELS = "[height, width, channels] of an image or [steps, channels] of a sequence"


def words_are_read_in_order(written: Written) -> None:
    kind = written.get("model", "kind")
    if written.get("preprocess", "text") != "tokens":
        for key in ("text_length", "vocabulary"):
            if written.has("preprocess", key):
                fix = "set text: tokens, or remove it"
                written.add(("preprocess", key), "does nothing: it is for text: tokens", fix, at_key=True)
    elif kind is not None and kind not in _READ_WORDS:
        what = f"a model of kind {kind} does not read words in their order"
        written.add(("preprocess", "text"), what, "set text: tfidf, or model.kind: rnn")


def words_stand_alone(written: Written) -> None:
    if written.get("preprocess", "text") != "tokens":
        return
    if written.get("clean", "missing", "indicator"):
        what = "adds features beside the words, and tokens take none"
        written.add(("clean", "missing", "indicator"), what, "remove it, or set preprocess.text: tfidf", at_key=True)
    if written.get("model", "input_shape") is not None:
        what = "the words of a text are a sequence of numbers already"
        written.add(("model", "input_shape"), what, "remove it", at_key=True)
    if _is_forecast(written):
        what = "a forecast looks back on numbers, not on words"
        written.add(("preprocess", "text"), what, "remove text: tokens")


def shape_fits_the_kind(written: Written) -> None:
    kind, shape = written.get("model", "kind"), written.get("model", "input_shape")
    if shape is None:
        return
    if kind == "mlp":
        what = "a network of kind mlp reads all features side by side"
        written.add(("model", "input_shape"), what, "remove it, or set kind: cnn, rnn or layers", at_key=True)
    elif len(shape) not in _AXES.get(kind, (len(shape),)):
        form = "[steps, channels]" if kind == "rnn" else _CHANNELS
        what = f"a network of kind {kind} reads {form}, and {list(shape)} has {len(shape)} of them"
        written.add(("model", "input_shape"), what, "group the features otherwise")


def there_is_a_sequence(written: Written) -> None:
    if written.get("model", "kind") != "rnn" or written.get("model", "input_shape") is not None:
        return
    if written.get("preprocess", "text") != "tokens" and not _is_forecast(written):
        fix = "set preprocess.text: tokens for a text, model.input_shape: [steps, channels], or data.forecast"
        written.add(("model", "kind"), "a recurrent network reads a sequence, and there is none", fix)


def there_are_images(written: Written) -> None:
    if written.get("model", "kind") != "cnn" or written.get("model", "input_shape") is not None:
        return
    if written.get("preprocess", "image") == "drop" and not _is_forecast(written):
        what = "a convolutional network reads images, and they are dropped"
        written.add(("preprocess", "image"), what, "remove it, or set model.input_shape")


def pooling_leaves_something(written: Written) -> None:
    shape, window = written.get("model", "input_shape"), written.get("data", "forecast", "window")
    if written.get("model", "kind") != "cnn" or (shape is None and window is None and _is_forecast(written)):
        return
    image = (*written.get("preprocess", "image_size"), 1)
    size = shape or ((window, 1) if _is_forecast(written) else image)
    for path, what, fix in too_small(size, len(written.get("model", "filters")), written.get("model", "pool")):
        written.add(("model", path), what, fix)


def too_small(shape: tuple[int, ...], convolutions: int, pool: int) -> Iterator[tuple[str, str, str]]:
    """Key, problem and remedy where pooling after each convolution leaves less than one place of a side."""
    sides = shape[:-1]
    left = min(sides) // pool**convolutions
    if left < 1:
        key = "pool" if pool > min(sides) else "filters"
        of = " x ".join(map(str, sides))
        times = "once" if convolutions == 1 else f"{convolutions} times"
        what = f"pooling {pool} into one {times} leaves nothing of {of}"
        larger = "the images larger by preprocess.image_size" if len(sides) > 1 else "the sequence longer"
        yield key, what, f"make model.pool smaller, model.filters fewer, or {larger}"


def _is_forecast(written: Written) -> bool:
    return written.get("data", "forecast") is not None or written.get("data", "task") == "forecast"


Rule = Callable[[Written], Any]
#: The keys that a rule compares, and the rule; see `consistency`.
RULES: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (("model", "preprocess.text", "preprocess.text_length", "preprocess.vocabulary"), words_are_read_in_order),
    (("model", "preprocess.text", "clean.missing", "data.forecast", "data.task"), words_stand_alone),
    (("model.kind", "model.input_shape"), shape_fits_the_kind),
    (("model", "preprocess.text", "data.forecast", "data.task"), there_is_a_sequence),
    (("model", "preprocess.image", "data.forecast", "data.task"), there_are_images),
    (("model", "preprocess.image_size", "data.forecast", "data.task"), pooling_leaves_something),
)
