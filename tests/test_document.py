"""The document as JSON: nothing lost, nothing trusted."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.document import Document, Section, Stamp, from_json, link, para, strong, to_json
from reportgen.errors import DataError
from tests.documents import hostile, sample


def test_a_document_comes_back_from_json_equal() -> None:
    assert from_json(to_json(sample())) == sample()


def test_json_of_equal_documents_is_equal_text() -> None:
    assert to_json(from_json(to_json(sample()))) == to_json(sample())


def test_the_content_id_leaves_date_and_durations_out() -> None:
    document = sample()
    later = replace(document, stamp=Stamp("2031-01-01T00:00:00+00:00", {"train": 99.0}))
    assert later.content_id == document.content_id


def test_the_content_id_tells_one_changed_word() -> None:
    document = sample()
    assert replace(document, title=document.title + "!").content_id != document.content_id


def test_the_content_id_is_32_hexadecimal_digits() -> None:
    assert len(sample().content_id) == 32
    int(sample().content_id, 16)


@pytest.mark.parametrize("payload", ["</script><script>", "\u202e", "\x00", "]]>", "{{7*7}}"])
def test_hostile_text_comes_back_as_it_was(payload: str) -> None:
    assert from_json(to_json(hostile(payload))) == hostile(payload)


@given(st.text(), st.lists(st.text()))
def test_any_text_comes_back_as_it_was(title: str, words: list[str]) -> None:
    document = Document(title, (Section("x", title, tuple(para(strong(word)) for word in words)),))
    assert from_json(to_json(document)) == document


def changed(path: list[Any], value: Any) -> str:
    """The sample's JSON with one value replaced."""
    plain = json.loads(to_json(sample()))
    place = plain
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return json.dumps(plain)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[]",
        "{}",
        "[" * 100_000,
        '{"format": 1}',
        '{"format": "1", "sections": []}',
        "null",
        b"\xff\xfe",
    ],
)
def test_what_is_no_report_is_said_to_be_none(text: str | bytes) -> None:
    with pytest.raises(DataError):
        from_json(text, "x.json")


def test_a_newer_format_asks_for_a_newer_program() -> None:
    with pytest.raises(DataError, match="newer"):
        from_json(changed(["format"], 99))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["title"], 7),
        (["sections"], {}),
        (["sections", 0, "blocks"], ["text"]),
        (["sections", 0, "blocks"], [{"type": "Script", "source": "alert(1)"}]),
        (["sections", 0, "title"], None),
        (["stamp"], {"created": 1}),
        (["surprise"], 1),
        (["seed"], True),
        (["outcome"], "excellent"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(path: list[Any], value: Any) -> None:
    with pytest.raises(DataError, match="damaged"):
        from_json(changed(path, value), "x.json")


@pytest.mark.parametrize("href", ["javascript:alert(1)", "file:///etc/passwd", "//host/x", "data:text/html,x", " #x"])
def test_a_link_that_could_do_harm_is_refused(href: str) -> None:
    document = Document("x", (Section("x", "x", (para(link("x", href)),)),))
    with pytest.raises(DataError, match="link"):
        from_json(to_json(document))


def test_a_drawing_with_a_script_is_refused() -> None:
    text = to_json(sample()).replace("<svg ", "<svg onload='alert(1)' ", 1)
    with pytest.raises(DataError, match="damaged"):
        from_json(text)
