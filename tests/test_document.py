"""The document as JSON: nothing lost, nothing trusted."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.document import (
    Document,
    Note,
    Section,
    Stamp,
    Table,
    TableColumn,
    from_json,
    link,
    para,
    strong,
    to_json,
)
from reportgen.errors import DataError
from tests.documents import curve, hostile, sample, scores


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
    cell = Table("t", "t", (TableColumn("x"),), ((para(link("x", href)),),))
    for block in (para(link("x", href)), cell):
        with pytest.raises(DataError, match="link"):
            from_json(to_json(Document("x", (Section("x", "x", (block,)),))))


def test_a_drawing_with_a_script_is_refused() -> None:
    text = to_json(sample()).replace("<svg ", "<svg onload='alert(1)' ", 1)
    with pytest.raises(DataError, match="damaged"):
        from_json(text)


def of(*blocks: Any) -> Document:
    return Document("x", (Section("x", "x", blocks),))


def test_a_drawing_with_ids_of_another_figure_is_refused() -> None:
    assert from_json(to_json(of(curve("loss"))))
    with pytest.raises(DataError, match="prefix"):
        from_json(to_json(of(replace(curve("loss"), id="roc"))))


@pytest.mark.parametrize("blocks", [(curve(), curve()), (scores(), scores()), (replace(scores(), id="loss"), curve())])
def test_two_blocks_with_one_id_are_refused(blocks: tuple[Any, ...]) -> None:
    with pytest.raises(DataError, match="same id"):
        from_json(to_json(of(*blocks)))


@pytest.mark.parametrize("digits", [-1, 18, 10**9])
def test_a_number_of_digits_that_no_number_has_is_refused(digits: int) -> None:
    table = Table("t", "t", (TableColumn("x", "fixed", digits),), ((1.5,),))
    with pytest.raises(DataError, match="digits"):
        from_json(to_json(of(table)))


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "Infinity", "9" * 400, "9" * 5000])
def test_a_number_that_is_not_finite_is_refused(number: str) -> None:
    text = to_json(of(Table("t", "t", (TableColumn("x", "fixed"),), ((12345,),))))
    with pytest.raises(DataError):
        from_json(text.replace("12345", number))


@pytest.mark.parametrize("depth", [100, 600, 900])
def test_values_that_are_nested_too_deeply_are_refused(depth: int) -> None:
    loose = to_json(sample()).replace('"3.11"', "[" * depth + "]" * depth)
    with pytest.raises(DataError):
        from_json(loose)


def test_groups_that_are_nested_too_deeply_are_refused() -> None:
    note = to_json(of(Note("x"))).replace('[{"text":"x"', '[GROUPS{"text":"x"', 1)
    start, end = '{"type":"Group","blocks":[', "]}"
    text = note.replace("GROUPS", start * 300, 1).replace('"type":"Note"}', '"type":"Note"}' + end * 300, 1)
    with pytest.raises(DataError, match=r"damaged|readable"):
        from_json(text)
