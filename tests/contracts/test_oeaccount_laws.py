"""Account files of Windows Mail obey the laws of a lens (see test_format_laws for prefs.js)."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from configure587.errors import Unsure
from configure587.formats import oeaccount
from configure587.model import Opaque

if TYPE_CHECKING:
    from collections.abc import Mapping

    from configure587.model import Value

Edits = dict[str, "Value | None"]

CORPUS: Final = [
    path.read_bytes()
    for path in sorted((Path(__file__).parents[1] / "corpora" / "oeaccount").iterdir())
]
# Each name has its type, as in life.
DWORDS: Final = ("SMTP_Port", "SMTP_Secure_Connection", "SMTP_Use_Sicily", "SMTP_Prompt_Password")
TEXTS: Final = ("SMTP_Server", "Account_Name", "SMTP_Senha")
BINARIES: Final = ("SMTP_Password2", "POP3_Password2")
NAMES: Final = (*DWORDS, *TEXTS, *BINARIES)

# XML 1.0, section 2.2; a CR would be read as an LF.
letters = st.characters(codec="utf-16", exclude_categories=["Cc", "Cs"]).filter(
    lambda letter: letter not in "\ufffe\uffff"
)
texts = st.text(letters | st.sampled_from("\t\n<>&\"' é😀"), max_size=12)
numbers = st.integers(0, 2**32 - 1)
odd_numbers = st.sampled_from(("19", "1", "0000024B", "24b", "", "0x19", "000000019", "é")).map(
    lambda text: Opaque("DWORD", text.encode())
)
binaries = st.binary(max_size=20).map(lambda data: Opaque("BINARY", data.hex().encode("utf-16-le")))
dword_names, text_names, binary_names = map(st.sampled_from, (DWORDS, TEXTS, BINARIES))
names = st.sampled_from(NAMES)


def value_for(name: str) -> st.SearchStrategy[Value]:
    """Make a value of the type that the name has."""
    if name in DWORDS:
        return numbers | odd_numbers
    return texts if name in TEXTS else binaries


@st.composite
def settings_of(draw: st.DrawFn, *, removing: bool = False, least: int = 1) -> Edits:
    """Make some names and values."""
    chosen = draw(st.lists(names, min_size=least, max_size=5, unique=True))
    absent = st.none() if removing else st.nothing()
    return {name: draw(value_for(name) | absent) for name in chosen}


def written(name: str, value: Value | None) -> str:
    """Write an element as Windows does, by this test's own way of writing."""
    if isinstance(value, Opaque):
        codec = "utf-8" if value.type == "DWORD" else "utf-16-le"
        return f'<{name} type="{value.type}">{value.data.decode(codec)}</{name}>'
    if isinstance(value, str):
        text = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return f'<{name} type="SZ">{text}</{name}>'
    return f'<{name} type="DWORD">{value:08x}</{name}>'


def encoded(text: str) -> bytes:
    """Encode as Windows does."""
    return b"\xff\xfe" + text.encode("utf-16-le", "surrogatepass")


def account(values: Mapping[str, Value | None], blanks: str = "\r\n\t") -> bytes:
    """Write a whole file as Windows does."""
    body = "".join(blanks + written(name, value) for name, value in values.items())
    head = '<?xml version="1.0" encoding="utf-16" ?>\r\n<MessageAccount>'
    return encoded(f'{head}{body}{blanks}<Account_ID type="SZ">1</Account_ID>\r\n</MessageAccount>')


@st.composite
def accounts(draw: st.DrawFn) -> bytes:
    """Make a file as Windows writes it."""
    blanks = draw(st.sampled_from(("\r\n\t", "\r\n    ", "\r\n", "\n", "")))
    return account(draw(settings_of(least=0)), blanks)


SOUP: Final = st.sampled_from(
    (
        *("<", ">", "/>", "</", "&", "&amp;", "&#9;", "&#115;", '"', "'", "=", "]]>", "\r\n", "\t"),
        *("\0", "\r", "\x1a", "\ud83d", "\udc00", "\ufeff", "a", "é", "19", "0000024b", " "),
        *("<!-- senha -->", "<!--", "-->", "<![CDATA[a]]>", "<![CDATA[", "<?pwd a?>", "<?xml"),
        *('<SMTP_Port type="DWORD">19</SMTP_Port>', '<SMTP_Port type="DWORD"/>', "<a>", "</a>"),
        *('<SMTP_Server type="SZ" note=">">b</SMTP_Server >', "<SMTP_Port>1</SMTP_Port>"),
        *("<SMTP_Password2 type='BINARY'>0a</SMTP_Password2>", "<a><SMTP_Port/></a>", ' a="b"'),
        *("<!DOCTYPE a>", '<!DOCTYPE a [<!ENTITY b "c">]>', "&b;", "</MessageAccount>", "utf-8"),
    )
)


@st.composite
def odd_files(draw: st.DrawFn) -> bytes:
    """Make a file as other hands may have left it: spliced, mutated, in other encodings."""
    text = draw(accounts() | st.sampled_from(CORPUS)).decode("utf-16")
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)) | st.sampled_from(places(text)))
        end = min(len(text), start + draw(st.just(0) | st.integers(0, 8)))
        text = text[:start] + draw(SOUP) + text[end:]
    data = encoded(text)
    if draw(st.integers(0, 9)) == 0:
        place = draw(st.integers(0, len(data)))
        data = data[:place] + draw(st.binary(max_size=3)) + data[place + 1 :]
    return data


def places(text: str) -> list[int]:
    """Give the places around tags, where something inserted may do well."""
    return [place for match in re.finditer("<[^>]*>|$", text) for place in match.span()]


files = accounts() | st.sampled_from(CORPUS)
laws = settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    print_blob=True,
)


def read(data: bytes) -> dict[str, Value]:
    """Read everything, or give this example up."""
    try:
        return oeaccount.read(data)
    except Unsure:
        assume(False)
        raise


def edited(data: bytes, edits: Edits) -> bytes:
    """Edit, or give this example up if the format is not certain."""
    try:
        return oeaccount.edit(data, edits)
    except Unsure:
        assume(False)
        raise


def typed(values: Mapping[str, Value]) -> dict[str, tuple[type, Value]]:
    """Tell an Opaque from its parts."""
    return {name: (type(value), value) for name, value in values.items()}


def without(data: bytes, removed: set[str]) -> str:
    """Cut these elements out, by a way of reading of this test's own."""
    text = data.decode("utf-16")
    for name in removed:
        text = re.sub(rf'[ \t\r\n]*<{name} type="[A-Z]*">[^<]*</{name}>', "", text)
    return text


# --- the laws ------------------------------------------------------------------------------------


@laws
@given(values=settings_of(least=0))
def test_what_windows_wrote_is_read(values: Edits) -> None:
    assert oeaccount.read(account(values)) == {**values, "Account_ID": "1"}


@laws
@given(document=files | odd_files())
def test_writing_what_was_read_changes_no_byte(document: bytes) -> None:
    assert oeaccount.edit(document, dict(read(document))) is document


@laws
@given(document=files | odd_files(), name=names)
def test_removing_what_is_not_there_changes_no_byte(document: bytes, name: str) -> None:
    assume(name not in read(document))
    assert oeaccount.edit(document, {name: None}) is document


@laws
@given(document=files | odd_files(), edits=settings_of(removing=True))
def test_reading_back_what_was_written_gives_it(document: bytes, edits: Edits) -> None:
    expected = {**read(document), **edits}
    result = read(edited(document, edits))
    assert typed(result) == typed({n: v for n, v in expected.items() if v is not None})


@laws
@given(document=files | odd_files(), edits=settings_of(removing=True))
def test_writing_twice_is_writing_once(document: bytes, edits: Edits) -> None:
    once = edited(document, edits)
    assert oeaccount.edit(once, edits) is once


@laws
@given(document=files, name=names, data=st.data())
def test_the_last_writing_wins(document: bytes, name: str, data: st.DataObject) -> None:
    first, last = data.draw(value_for(name)), data.draw(value_for(name))
    both = edited(edited(document, {name: first}), {name: last})
    assert both == edited(document, {name: last})


@laws
@given(document=files, edits=settings_of(removing=True))
def test_neighbors_stay_put(document: bytes, edits: Edits) -> None:
    result = edited(document, edits)
    assert without(result, set(edits)) == without(document, set(edits))


@laws
@given(document=files, edits=settings_of())
def test_what_is_set_in_a_file_of_windows_can_be_undone_to_the_byte(
    document: bytes, edits: Edits
) -> None:
    before = oeaccount.read(document)
    back = {name: before.get(name) for name in edits}
    assert oeaccount.edit(oeaccount.edit(document, edits, back), back, edits) == document


@laws
@given(document=files | odd_files(), edits=settings_of(removing=True))
def test_what_is_done_with_a_way_back_can_be_undone_to_the_byte(
    document: bytes, edits: Edits
) -> None:
    before = read(document)
    back = {name: before.get(name) for name in edits}
    with contextlib.suppress(Unsure):
        result = oeaccount.edit(document, edits, back)
        assert oeaccount.edit(result, back) == document


@laws
@given(document=files | odd_files(), prefixes=st.lists(names | st.sampled_from(("SMTP_", "", "a"))))
def test_reading_some_names_gives_what_reading_all_gives(
    document: bytes, prefixes: list[str]
) -> None:
    expected = {n: v for n, v in read(document).items() if n.startswith(tuple(prefixes))}
    assert typed(oeaccount.read_matching(document, tuple(prefixes))) == typed(expected)


@laws
@given(document=files | odd_files())
def test_what_is_withheld_can_be_put_back_to_the_byte(document: bytes) -> None:
    copy, names = oeaccount.without_secrets(document)
    if copy is None:
        return
    values = oeaccount.read(document)
    assert oeaccount.edit(copy, {name: values[name] for name in names}) == document
    assert oeaccount.without_secrets(copy) == (copy, ())
    assert {name for name in (*TEXTS, *BINARIES) if secret(values, name)} <= {*names}


def secret(values: Mapping[str, Value], name: str) -> bool:
    """Whether this is a secret with something in it, by its name alone."""
    value = values.get(name)
    said = isinstance(value, str | Opaque) and value not in ("", Opaque("BINARY", b""))
    return said and ("Password" in name or "Senha" in name) and oeaccount.number(value) is None


@settings(laws, max_examples=500)
@given(document=odd_files() | st.binary(max_size=200), edits=settings_of(removing=True))
@example(document=b"\xff\xfe", edits={"SMTP_Port": 1})
def test_hostile_bytes_are_refused_or_edited_but_nothing_crashes(
    document: bytes, edits: Edits
) -> None:
    oeaccount.without_secrets(document)
    with contextlib.suppress(Unsure):
        oeaccount.read(document)
    with contextlib.suppress(Unsure):
        oeaccount.edit(document, edits, dict.fromkeys(edits))


@laws
@given(document=files, data=st.data())
def test_a_file_broken_off_is_refused(document: bytes, data: st.DataObject) -> None:
    end = document.rindex(">".encode("utf-16-le")) + 2
    broken = document[: data.draw(st.integers(0, end - 1))]
    with pytest.raises(Unsure) as refused:
        oeaccount.read(broken)
    assert refused.value.code == "account_file_damaged"


@laws
@given(
    document=files,
    name=names,
    new=st.builds(Opaque, st.sampled_from(("SZ", "BINARY", "DWORD", "")), st.binary(max_size=8))
    | SOUP.map(lambda text: Opaque("BINARY", text.encode("utf-16-le", "surrogatepass")))
    | st.text(max_size=8)
    | st.integers(),
)
def test_no_value_breaks_out_of_its_element(document: bytes, name: str, new: Value) -> None:
    result = edited(document, {name: new})
    assert typed(oeaccount.read(result)) == typed({**oeaccount.read(document), name: new})
