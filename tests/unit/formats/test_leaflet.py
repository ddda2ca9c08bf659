"""Leaflets: what they mean, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configure587.formats import leaflet
from configure587.formats.leaflet import Block, Damaged, Span

HEAD = b"id: a\ntitle: A\n\n"


def test_a_header_and_a_body_are_told_apart() -> None:
    [section] = leaflet.read(
        b"id: a\ntitle: One\n  and more\n\nText\nof it.\n\n- item\n  on\n- two\n"
    )
    assert section.fields == {"id": "a", "title": "One and more"}
    assert [(block.text, block.item) for block in section.blocks] == [
        ("Text of it.", False),
        ("item on", True),
        ("two", True),
    ]


def test_bold_and_links_are_spans() -> None:
    [section] = leaflet.read(HEAD + b"Use **587** as [here](why:port-25) it says.")
    assert section.blocks == (
        Block(
            (
                Span("Use "),
                Span("587", bold=True),
                Span(" as "),
                Span("here", target="why:port-25"),
                Span(" it says."),
            )
        ),
    )


def test_marks_may_begin_and_end_a_text() -> None:
    [section] = leaflet.read(HEAD + b"**587**[here](why:port-25)")
    assert [span.text for span in section.blocks[0].spans] == ["587", "here"]


def test_windows_line_ends_and_a_mark_make_no_difference() -> None:
    data = HEAD + b"Text\n\n---\nid: b\ntitle: B\n"
    assert leaflet.read(b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n")) == leaflet.read(data)


@pytest.mark.parametrize(
    ("data", "line", "detail"),
    [
        (b"", 1, "no_id_or_title"),
        (b"id: a\n\ntext", 1, "no_id_or_title"),
        (b"id: a\ntitle: A\nnonsense\n", 3, "header"),
        (b"id: a\ntitle: A\ntitle: B\n", 3, "header"),
        (HEAD + b"---\n" + HEAD, 5, "twice"),
        (HEAD + b"caf\xe9", 4, "not_utf8"),
        (HEAD + b"nul \0", 4, "control"),
        (HEAD + b"# Heading", 4, "markup"),
        (HEAD + b"an **open bold", 4, "markup"),
        (HEAD + b"a [link](to nowhere)", 4, "markup"),
        (HEAD + b"<b>", 4, "markup"),
        (HEAD + b"x" * 1_000_001, 0, "too_large"),
    ],
)
def test_what_is_not_certain_is_refused_with_its_line(data: bytes, line: int, detail: str) -> None:
    with pytest.raises(Damaged) as refused:
        leaflet.read(data)
    assert (refused.value.line, refused.value.detail) == (line, detail)


@given(st.binary(max_size=80).map(lambda data: HEAD + data))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        sections = leaflet.read(data)
    except Damaged:
        return
    assert sections[0].fields["id"] == "a"
