"""Registry files obey the laws of a lens, key by key (see test_format_laws for sheets)."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Final

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from configure587.errors import Unsure
from configure587.formats import case_folding, reg_keys, reg_text
from configure587.model import Opaque

if TYPE_CHECKING:
    from collections.abc import Mapping

    from configure587.model import Value

Edits = dict[str, "Value | None"]

KEY: Final = r"HKEY_CURRENT_USER\Software\Configure587\Contas de José"
KEYS: Final = (KEY, KEY + r"\00000001", r"HKEY_CURRENT_USER\Software\A[1];é", r"HKEY_USERS\S-1-5")
NAMES: Final = ("SMTP Port", "SMTP Secure Connection", "", "É", 'q"\\', "two\r\nlines", "=;[a]")
HEADER: Final = "Windows Registry Editor Version 5.00"

texts = st.text(st.characters(codec="utf-16") | st.sampled_from('\r\n"\\;[]=\ud800'), max_size=12)
texts = texts.filter(lambda text: "\0" not in text and text == halves_joined(text))
opaque = st.builds(
    Opaque,
    st.sampled_from(
        ("REG_BINARY", "REG_NONE", "REG_EXPAND_SZ", "REG_MULTI_SZ", "REG_QWORD", "hex(c)")
    ),
    st.binary(max_size=70),
)
misfits = st.sampled_from(
    (Opaque("REG_SZ", b""), Opaque("REG_SZ", b"a\0b"), Opaque("REG_DWORD", b"\1"))
)
values: st.SearchStrategy[Value] = st.integers(0, 2**32 - 1) | texts | opaque | misfits
names = st.sampled_from(NAMES)
sheets = st.dictionaries(names | st.text("abc", min_size=1, max_size=3), values, max_size=8)


def halves_joined(text: str) -> str:
    """Put two halves of a pair that stand side by side together."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


@st.composite
def exports(draw: st.DrawFn) -> bytes:
    """Make a file as regedit writes it."""
    return reg_text.write({key: draw(sheets) for key in KEYS})


SOUP: Final = st.sampled_from(
    (
        *('"', "\\", "\\\\", '\\"', "=", "[", "]", "-", ";", "@", ",", "\r\n", "\n", "\r", " "),
        *("\t", "\0", "hex:", "hex(2):00", "hex(b):", "dword:", "dword:19", "0", "zz", "\\\r\n  "),
        *('"SMTP Port"=dword:00000019\r\n', '"smtp port"=-\r\n', '"SMTP PORT" = dword:19 ; c\n'),
        *(f"[{KEY}]\r\n", f"[{KEY.upper()}]\n", f"[-{KEY}]\r\n", "[-HKEY_CURRENT_USER]\r\n"),
        *('; "comment\r\n', "\r\n\r\n", '"É"=hex(1):41,00,00,00\r\n', '@="a\r\n[b]\r\n"\r\n'),
    )
)


@st.composite
def odd_files(draw: st.DrawFn) -> bytes:
    """Make a file as other hands may have left it: spliced, mutated, in other encodings."""
    text = draw(exports())[2:].decode("utf-16-le", "surrogatepass")
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(len(HEADER), len(text)))
        end = min(len(text), start + draw(st.integers(0, 8)))
        text = text[:start] + draw(SOUP) + text[end:]
    if draw(st.booleans()):
        text = text.replace("\r\n", "\n")
    if draw(st.booleans()):
        narrow = text.replace(HEADER, draw(st.sampled_from(("REGEDIT4", HEADER))), 1)
        return narrow.encode("cp1252", "replace")
    return b"\xff\xfe" + text.encode("utf-16-le", "surrogatepass")


def edits_of(*, removing: bool) -> st.SearchStrategy[Edits]:
    """Make one to three edits."""
    value = st.none() | values if removing else values
    return st.dictionaries(names, value, min_size=1, max_size=3)


laws = settings(
    deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)


def read(data: bytes) -> dict[str, Value]:
    """Read every value that the tests know of, or give this example up."""
    try:
        return reg_text.read(data, KEY, NAMES)
    except Unsure:
        assume(False)
        raise


def edited(data: bytes, edits: Mapping[str, Value | None]) -> bytes:
    """Edit, or give this example up if the format is not certain."""
    try:
        return reg_text.edit(data, KEY, edits)
    except Unsure:
        assume(False)
        raise


def typed(sheet: Mapping[str, Value]) -> dict[str, tuple[type, Value]]:
    """Tell an Opaque from its parts."""
    return {name: (type(value), value) for name, value in sheet.items()}


def without(data: bytes, removed: set[str]) -> bytes:
    """Cut these values out of the key, by a way of reading of this test's own."""
    text = data[2:].decode("utf-16-le", "surrogatepass")
    start = text.index(f"[{KEY}]")
    end = text.index("\r\n\r\n[HKEY_CURRENT_USER\\Software\\Configure587\\Contas de José\\", start)
    body = text[start:end]
    for name in removed:
        quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"' if name else "@"
        rest = r'=(?:"(?:[^"\\]|\\.)*"|(?:[^"\r]*\\\r\n  )*[^"\r]*)'
        body = re.sub("\r\n" + re.escape(quoted) + rest, "", body, flags=re.DOTALL)
    return (text[:start] + body + text[end:]).encode("utf-16-le", "surrogatepass")


# --- the laws ------------------------------------------------------------------------------------


@laws
@given(document=exports() | odd_files())
def test_writing_what_was_read_changes_no_byte(document: bytes) -> None:
    assert reg_text.edit(document, KEY, dict(read(document))) == document


@laws
@given(document=exports() | odd_files())
def test_the_pieces_of_a_file_are_the_file(document: bytes) -> None:
    with contextlib.suppress(Unsure):
        assert bytes(reg_text.keys(document)) == document


@laws
@given(document=exports() | odd_files(), edits=edits_of(removing=True))
def test_reading_back_what_was_written_gives_it(document: bytes, edits: Edits) -> None:
    expected = {**read(document), **edits}
    result = read(edited(document, edits))
    assert typed(result) == typed({n: v for n, v in expected.items() if v is not None})


@laws
@given(document=exports() | odd_files(), edits=edits_of(removing=True))
def test_writing_twice_is_writing_once(document: bytes, edits: Edits) -> None:
    once = edited(document, edits)
    assert reg_text.edit(once, KEY, edits) == once


@laws
@given(document=exports(), name=names, first=values, last=values)
def test_the_last_writing_wins(document: bytes, name: str, first: Value, last: Value) -> None:
    both = reg_text.edit(reg_text.edit(document, KEY, {name: first}), KEY, {name: last})
    assert both == reg_text.edit(document, KEY, {name: last})


@laws
@given(document=exports(), edits=edits_of(removing=True))
def test_neighbors_stay_put(document: bytes, edits: Edits) -> None:
    result = reg_text.edit(document, KEY, edits)
    assert without(result, set(edits)) == without(document, set(edits))


@laws
@given(document=exports() | odd_files(), edits=edits_of(removing=False))
def test_a_value_in_one_key_is_not_in_another(document: bytes, edits: Edits) -> None:
    before, after = reg_text.keys(edited(document, {})), reg_text.keys(edited(document, edits))
    for key in KEYS[1:]:
        with contextlib.suppress(Unsure):
            assert reg_text.read(before, key, NAMES) == reg_text.read(after, key, NAMES)
    assert reg_text.subkeys(before, KEY) == reg_text.subkeys(after, KEY)


@laws
@given(document=exports(), edits=edits_of(removing=False))
def test_what_is_set_in_an_export_can_be_undone_to_the_byte(document: bytes, edits: Edits) -> None:
    before = read(document)
    back = {name: before.get(name) for name in edits}
    result = reg_text.edit(document, KEY, edits, back)
    assert reg_text.edit(result, KEY, back) == document


@laws
@given(document=odd_files(), edits=edits_of(removing=True))
def test_what_is_done_with_a_way_back_can_be_undone_to_the_byte(
    document: bytes, edits: Edits
) -> None:
    before = read(document)
    back = {name: before.get(name) for name in edits}
    try:
        result = reg_text.edit(document, KEY, edits, back)
    except Unsure:
        return
    assert reg_text.edit(result, KEY, back) == document


@laws
@given(document=exports() | odd_files(), name=names)
def test_removing_what_is_not_there_changes_no_byte(document: bytes, name: str) -> None:
    assume(name not in read(document))
    assert reg_text.edit(document, KEY, {name: None}) == document


@laws
@given(document=odd_files() | st.binary(max_size=200), edits=edits_of(removing=True))
def test_hostile_bytes_are_refused_or_edited_but_nothing_crashes(
    document: bytes, edits: Edits
) -> None:
    with contextlib.suppress(Unsure):
        reg_text.subkeys(document, KEY)
        reg_text.read(document, KEY, NAMES)
    with contextlib.suppress(Unsure):
        reg_text.edit(document, KEY, edits, dict.fromkeys(edits))


@laws
@given(contents=st.fixed_dictionaries(dict.fromkeys(KEYS, sheets)))
def test_an_export_reads_as_it_was_written(contents: dict[str, dict[str, Value]]) -> None:
    written = reg_text.keys(reg_text.write(contents))
    for key, sheet in contents.items():
        assert typed(reg_text.read(written, key, [*sheet])) == typed(sheet)


@laws
@given(sheet=sheets, gone=names)
def test_a_fragment_reads_as_the_key_would_after_its_import(
    sheet: dict[str, Value], gone: str
) -> None:
    data = reg_text.fragment({KEY: {**sheet, gone: None}})
    expected = {name: value for name, value in sheet.items() if name != gone}
    assert typed(reg_text.read(data, KEY, [*sheet, gone])) == typed(expected)


SLOWLY: Final = re.compile(rf"[ \t]*+\[[^\r\n]*+{reg_keys.END}(?:{reg_keys._ITEM})*+|.+", re.DOTALL)


@settings(laws, max_examples=400)
@given(document=exports() | odd_files())
def test_the_short_way_through_a_line_is_the_long_way(document: bytes) -> None:
    text = document.decode("utf-16" if document.startswith(b"\xff\xfe") else "cp1252", "replace")
    assert reg_keys._SECTIONS.findall(text) == SLOWLY.findall(text)


@given(name=st.text(), other=st.text())
def test_folding_keeps_lengths_and_is_done_once(name: str, other: str) -> None:
    folded = case_folding.fold(name)
    assert len(folded.encode("utf-16-le", "surrogatepass")) == len(
        name.encode("utf-16-le", "surrogatepass")
    )
    assert case_folding.fold(folded) == folded
    assert case_folding.fold(name + other) == folded + case_folding.fold(other)
