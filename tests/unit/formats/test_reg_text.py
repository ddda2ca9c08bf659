"""Registry files: read as regedit reads them, written as regedit writes them, spliced exactly."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Final

import pytest

from configure587.errors import Unsure
from configure587.formats import case_folding, reg_encoding, reg_text, reg_values
from configure587.model import Opaque

if TYPE_CHECKING:
    from collections.abc import Callable

    from configure587.model import Value

TOP: Final = "Windows Registry Editor Version 5.00\r\n\r\n"
KEY: Final = r"HKEY_CURRENT_USER\Software\Configure587"

ACCOUNT: Final = f"""[{KEY}]
"clsid"="{{ED475411-B0D6-11D2-8C3B-00104B2A6676}}"
"SMTP Port"=dword:00000019
"POP3 Password"=hex:02,01,00,00,00,d0,8c,9d,df,01,15,d1,11,8c,7a,00,c0,4f,c2,\\
  97,eb,01,00,00,00

[{KEY}\\Next]
"SMTP Port"=dword:00000019

""".replace("\n", "\r\n")


def utf16(text: str) -> bytes:
    """Encode as regedit does."""
    return b"\xff\xfe" + text.encode("utf-16-le", "surrogatepass")


def file(*lines: str) -> bytes:
    """Make a file with these lines in the key."""
    return utf16(TOP + f"[{KEY}]\r\n" + "".join(line + "\r\n" for line in lines))


def value(line: str) -> Value | None:
    """Read the one value "a" from a file with this line."""
    return reg_text.read(file(line), KEY, ["a"]).get("a")


def refusal(act: Callable[[], object]) -> tuple[str, dict[str, str | int]]:
    """Give the code and the fields with which something is refused."""
    with pytest.raises(Unsure) as caught:
        act()
    return caught.value.code, caught.value.fields


def damage(data: bytes) -> tuple[object, object]:
    """Give the line and the detail of what is wrong with a file."""
    code, fields = refusal(lambda: reg_text.read(data, KEY, ["a"]))
    assert code == "registry_file_damaged"
    return fields["line"], fields["detail"]


def unsafe(data: bytes, edits: dict[str, Value | None], key: str = KEY) -> object:
    """Give the reason for which an edit is not safe."""
    code, fields = refusal(lambda: reg_text.edit(data, key, edits))
    assert code == "edit_not_safe"
    return fields["why"]


# --- values --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("literal", "expected"),
    [
        ('"text"', "text"),
        ('""', ""),
        (r'"C:\\Mail \"x\" \\"', 'C:\\Mail "x" \\'),
        ('"one\r\ntwo\r\n\r\n[three]\r\nfour\n;five\rsix"', None),
        ("dword:0000024b", 587),
        ("dword:FFFFffff", 2**32 - 1),
        ("dword:19", 25),
        ("hex:", Opaque("REG_BINARY", b"")),
        ("hex:02,fF", Opaque("REG_BINARY", b"\x02\xff")),
        ("hex:02, \\  \r\n\t03 ,04", Opaque("REG_BINARY", b"\x02\x03\x04")),
        ("hex:\\\r\n  02", Opaque("REG_BINARY", b"\x02")),
        ("hex(3):01", Opaque("REG_BINARY", b"\x01")),
        ("hex(0):", Opaque("REG_NONE", b"")),
        ("hex(1):41,00,00,00", "A"),
        ("hex(1):00,d8,00,00", "\ud800"),
        ("hex(1):", Opaque("REG_SZ", b"")),
        ("hex(1):41,00", Opaque("REG_SZ", b"A\0")),
        ("hex(1):41,00,00", Opaque("REG_SZ", b"A\0\0")),
        ("hex(1):00,00,00,00", Opaque("REG_SZ", bytes(4))),
        ("hex(1):41,00,00,00,42,00", Opaque("REG_SZ", b"A\0\0\0B\0")),
        ("hex(2):25,00,00,00", Opaque("REG_EXPAND_SZ", b"%\0\0\0")),
        ("hex(4):4b,02,00,00", 587),
        ("hex(4):4b", Opaque("REG_DWORD", b"K")),
        ("hex(5):00,00,02,4b", Opaque("REG_DWORD_BIG_ENDIAN", b"\0\0\2K")),
        ("hex(6):", Opaque("REG_LINK", b"")),
        ("hex(7):00,00", Opaque("REG_MULTI_SZ", b"\0\0")),
        ("hex(8):", Opaque("REG_RESOURCE_LIST", b"")),
        ("hex(9):", Opaque("REG_FULL_RESOURCE_DESCRIPTOR", b"")),
        ("hex(a):", Opaque("REG_RESOURCE_REQUIREMENTS_LIST", b"")),
        ("hex(b):01,00,00,00,00,00,00,00", Opaque("REG_QWORD", b"\1" + bytes(7))),
        ("hex(c):01", Opaque("hex(c)", b"\1")),
        ("hex(0C):01", Opaque("hex(c)", b"\1")),
        ("hex(ffff0001):01", Opaque("hex(ffff0001)", b"\1")),
        ("-", None),
    ],
)
def test_every_kind_of_value_is_read(literal: str, expected: Value | None) -> None:
    if literal.startswith('"one'):
        expected = literal[1:-1]
    found = value(f'"a"={literal}')
    assert (type(found), found) == (type(expected), expected)


@pytest.mark.parametrize(
    "literal",
    ["hex:0", "hex:012", "hex:1,2", "hex:01,", "hex:,01", "hex:01 02", "hex:0g", "hex:0\\\r\n1,"],
)
def test_hex_that_is_not_pairs_with_commas_is_refused(literal: str) -> None:
    assert damage(file('"b"=""', f'"a"={literal}')) in ((5, "value"), (5, "line"))


@pytest.mark.parametrize("literal", [r'"a\n"', r'"\0"', r'"x\\\ny"', r'"\é"'])
def test_an_escape_that_regedit_never_writes_is_refused(literal: str) -> None:
    assert damage(file(f'"a"={literal}')) == (4, "value")


def test_what_is_no_literal_is_no_value() -> None:
    with pytest.raises(reg_values.Odd):
        reg_values.read_value("word", reg_values.REGEDIT5)


def test_an_odd_value_that_nobody_asks_for_does_no_harm() -> None:
    data = file(r'"b"="\n"', '"a"=dword:00000019', '"c"=hex:1', '"d"=hex:')
    assert reg_text.read(data, KEY, ["a"]) == {"a": 25}
    result = reg_text.edit(data, KEY, {"a": 587}, {"a": 25})
    assert result == data.replace("19".encode("utf-16-le"), "xx".encode("utf-16-le")).replace(
        "000000xx".encode("utf-16-le"), "0000024b".encode("utf-16-le")
    )


def test_only_values_asked_for_are_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[str] = []
    read_value = reg_values.read_value

    def listening(literal: str, style: reg_values.Style) -> Value:
        decoded.append(literal)
        return read_value(literal, style)

    monkeypatch.setattr(reg_values, "read_value", listening)
    data = utf16(TOP + ACCOUNT)
    edits: dict[str, Value | None] = {"SMTP Port": 587, "SMTP Use Auth": 1}
    reg_text.read(data, KEY, [*edits])
    reg_text.edit(data, KEY, edits, {"SMTP Port": 25, "SMTP Use Auth": None})
    assert set(decoded) == {"dword:00000019", "dword:0000024b", "dword:00000001"}


# --- names, lines and keys -----------------------------------------------------------------------


def test_names_are_given_as_they_were_asked_for() -> None:
    data = file('"SMTP Port"=dword:00000019', '@="default"', r'"q\"\\É"="x"')
    names = ["smtp PORT", "Smtp Port", "", 'Q"\\é', "absent"]
    assert reg_text.read(data, KEY.upper(), names) == {
        "smtp PORT": 25,
        "Smtp Port": 25,
        "": "default",
        'Q"\\é': "x",
    }


def test_of_several_words_on_one_value_the_last_counts() -> None:
    lines = ('"a"=dword:1', '"A"=dword:2', '"b"="x"', '"b"=-', '"c"=-', '"c"="y"')
    assert reg_text.read(file(*lines), KEY, ["a", "b", "c"]) == {"a": 2, "c": "y"}


def test_a_key_may_be_named_again() -> None:
    data = file('"a"=dword:1', f"[{KEY}\\Sub]", f"[{KEY.lower()}]", '"b"=dword:2')
    assert reg_text.read(data, KEY, ["a", "b"]) == {"a": 1, "b": 2}
    assert reg_text.subkeys(data, KEY) == ["Sub"]


def test_a_deleted_key_is_gone_with_all_below_until_it_is_named_again() -> None:
    data = file(
        '"a"=dword:1',
        f"[{KEY}\\x]",
        f"[{KEY}\\x!]",
        f"[{KEY}\\x\\y]",
        f"[-{KEY}\\X]",
        f"[{KEY}\\x\\z]",
        "[-HKEY_CURRENT_USER\\Nothing]",
    )
    index = reg_text.keys(data)
    assert reg_text.subkeys(index, KEY) == ["x!", "x"]
    assert reg_text.subkeys(index, KEY + "\\x") == ["z"]
    assert KEY + "\\x\\y" not in index
    assert KEY + "\\x" in index
    assert "HKEY_USERS" not in index
    assert bytes(index) == data


def test_deleting_the_key_itself_leaves_nothing() -> None:
    data = file('"a"=dword:1', f"[-{KEY}]", '"a"=dword:2')
    assert reg_text.read(data, KEY, ["a"]) == {}
    assert KEY not in reg_text.keys(data)


def test_comments_blanks_and_missing_ends_are_understood() -> None:
    text = (
        TOP.replace("\r\n\r\n", "\r\n")
        + f"; made by hand\r\n\t\r\n \t[{KEY}] ; [x\r\n"
        + '  "a" = dword:19 ; "comment\r\n;"b"="x"\r\n\t@=\t"d";c\r\n "c"=-\r\n"e"="x" \t'
    )
    assert reg_text.read(utf16(text), KEY, ["a", "b", "", "c", "e"]) == {
        "a": 25,
        "": "d",
        "e": "x",
    }
    assert reg_text.read(utf16(text + "\r\n  "), KEY, ["e"]) == {"e": "x"}
    assert reg_text.read(utf16(text + "\r\n ;c"), KEY, ["e"]) == {"e": "x"}


def test_brackets_in_the_name_of_a_key_belong_to_it() -> None:
    data = utf16(f"{TOP}[{KEY}\\[a] ;b]]\r\n[{KEY}\\\u00e9]\r\n[{KEY}\\\u00c9\\x]\n")
    assert reg_text.subkeys(data, KEY) == ["[a] ;b]", "é"]
    assert reg_text.subkeys(data, KEY + "\\É") == ["x"]


def test_a_bracket_behind_a_string_does_not_name_a_key() -> None:
    data = utf16(f'{TOP}[{KEY}]\n"a"="x]\r\n"\n"b"=dword:1\n')
    assert reg_text.read(data, KEY, ["a", "b"]) == {"a": "x]\r\n", "b": 1}


def test_line_feeds_alone_end_lines_too() -> None:
    data = utf16((TOP + ACCOUNT).replace("\r\n", "\n"))
    assert reg_text.read(data, KEY, ["SMTP Port"]) == {"SMTP Port": 25}
    edited = reg_text.edit(data, KEY, {"b": Opaque("REG_BINARY", bytes(30))}, {"b": None})
    assert b"\r\0" not in edited


def test_a_file_without_keys_has_none() -> None:
    assert reg_text.subkeys(utf16(TOP), KEY) == []
    assert reg_text.subkeys(utf16(TOP.strip()), KEY) == []
    assert KEY not in reg_text.keys(utf16(TOP))


# --- old files -----------------------------------------------------------------------------------


def old(*lines: str) -> bytes:
    """Make a file of REGEDIT4 in the code page."""
    text = f"REGEDIT4\r\n\r\n[{KEY}\\É]\r\n" + "".join(line + "\r\n" for line in lines)
    return text.encode("cp1252")


def test_an_old_file_is_read_in_the_code_page() -> None:
    data = old('"é"="€ \\\\ x"', '"m"=hex(7):e9,00,00', '"s"=hex(1):80,00', '"b"=hex:80')
    assert reg_text.read(data, KEY + "\\é", ["É", "m", "s", "b"]) == {
        "É": "€ \\ x",
        "m": Opaque("REG_MULTI_SZ", b"\xe9\0\0\0\0\0"),
        "s": "€",
        "b": Opaque("REG_BINARY", b"\x80"),
    }


def test_every_byte_of_an_old_file_survives() -> None:
    letters = bytes(set(range(1, 256)) - set(b'\r\n"\\'))
    data = b'REGEDIT4\n[HKEY_USERS]\n"a"="' + letters + b'"\n'
    assert bytes(reg_text.keys(data)) == data
    text = reg_text.read(data, "HKEY_USERS", ["a"])["a"]
    assert isinstance(text, str)
    assert reg_encoding.to_ansi(text) == letters
    assert "\x81" in text


def test_an_old_file_is_changed_in_its_code_page() -> None:
    key = KEY + "\\É"
    data = old('"a"=hex(2):e9,00')
    multi = Opaque("REG_EXPAND_SZ", "€\0".encode("utf-16-le"))
    before = reg_text.read(data, key, ["a"])
    changed = reg_text.edit(data, key, {"a": multi, "ß": "ü"}, {**before, "ß": None})
    assert changed == old('"a"=hex(2):80,00', '"ß"="ü"')
    assert unsafe(data, {"a": "Ω"}, key) == "text"
    assert unsafe(data, {"Ω": 1}, key) == "text"
    assert unsafe(data, {"a": Opaque("REG_MULTI_SZ", b"\0")}, key) == "text"
    assert unsafe(data, {"a": Opaque("REG_MULTI_SZ", b"\xa9\x03")}, key) == "text"


def test_a_new_file_in_the_code_page_keeps_utf16_in_its_hex() -> None:
    data = utf16(TOP + f'[{KEY}]\r\n"é"=hex(2):25,00,00,00\r\n')[2:]
    narrow = data.decode("utf-16-le").encode("cp1252")
    assert reg_text.read(narrow, KEY, ["É"]) == {"É": Opaque("REG_EXPAND_SZ", b"%\0\0\0")}


# --- damage --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"", (1, "header"), id="nothing"),
        pytest.param(b"\xff\xfe", (1, "header"), id="only a byte order mark"),
        pytest.param(b"REGEDIT5\r\n", (1, "header"), id="another version"),
        pytest.param(b"REGEDIT4 \r\n", (1, "header"), id="a blank behind the version"),
        pytest.param(b"\xef\xbb\xbfREGEDIT4\r\n", (1, "header"), id="UTF-8"),
        pytest.param(b"\xfe\xff" + TOP.encode("utf-16-be"), (1, "header"), id="big-endian"),
        pytest.param(TOP.encode("utf-16-le"), (1, "header"), id="no byte order mark"),
        pytest.param(utf16("REGEDIT4\r\n"), (1, "header"), id="an old file in UTF-16"),
        pytest.param(utf16(TOP)[:-1], (2, "truncated"), id="half a letter"),
        pytest.param(utf16(TOP + "[a]\r\n\0"), (4, "zero"), id="a zero"),
        pytest.param(utf16(TOP + '"a"=""\r\n'), (3, "line"), id="a value without a key"),
        pytest.param(file('"a"=dword:'), (4, "line"), id="no number"),
        pytest.param(file('"a"=dword:123456789'), (4, "line"), id="too long a number"),
        pytest.param(file('"a"=DWORD:1'), (4, "line"), id="a type in capitals"),
        pytest.param(file('"a"=hex(123456789):1'), (4, "line"), id="too long a type"),
        pytest.param(file('"a"=hex(g):1'), (4, "line"), id="a type that is no number"),
        pytest.param(file("", '"a'), (5, "line"), id="a name without an end"),
        pytest.param(file('"a"="b'), (4, "line"), id="a string without an end"),
        pytest.param(file('"a"="b\\'), (4, "line"), id="an escape without an end"),
        pytest.param(file('"a"="b" c'), (4, "line"), id="words behind a string"),
        pytest.param(file("# comment"), (4, "line"), id="another comment"),
        pytest.param(file("a=b"), (4, "line"), id="no quotes"),
        pytest.param(file('"a"\r\n="b"'), (4, "line"), id="two lines"),
        pytest.param(file('"a"=hex:01,\\', "; c", "  02"), (4, "line"), id="a comment in hex"),
        pytest.param(file('"a"="b"\r"c"="d"'), (4, "line"), id="half a line end"),
        pytest.param(file('"\\x"="b"'), (4, "name"), id="an escape in a name"),
        pytest.param(file("[b"), (4, "key"), id="a key without an end"),
        pytest.param(file("[b] c"), (4, "key"), id="words behind a key"),
        pytest.param(file("[]"), (4, "key"), id="no key"),
        pytest.param(file("[", '"a"="b"'), (4, "key"), id="half a key"),
        pytest.param(file("[b\\]"), (4, "key"), id="a path that ends with a backslash"),
        pytest.param(file("[b\\\\c]"), (4, "key"), id="a path with an empty name"),
        pytest.param(file("[\\b]"), (4, "key"), id="a path without a root"),
        pytest.param(file("[ b]"), (4, "key"), id="a path that begins with a blank"),
        pytest.param(file("[a]", "[b\rc]"), (5, "line"), id="half a line end in a key"),
    ],
)
def test_a_damaged_file_is_refused_with_the_line(data: bytes, expected: object) -> None:
    assert damage(data) == expected


HUGE: Final = 1_000_000
DEEPER: Final = ["\\b" * depth for depth in range(900)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TOP + "[" * HUGE, id="brackets"),
        pytest.param(TOP + "[a]\r\n" + "]" * HUGE, id="closing brackets"),
        pytest.param(TOP + "[" + "];" * HUGE + "\r\n", id="ends of keys"),
        pytest.param(TOP + "[" + "a\\" * HUGE + "b]\r\n", id="a deep key"),
        pytest.param(TOP + "[a]\r\n" + '"' * HUGE, id="quotes"),
        pytest.param(TOP + "[a]\r\n" + '"a"=' * HUGE, id="names"),
        pytest.param(TOP + '[a]\r\n"' + "\\" * HUGE, id="backslashes"),
        pytest.param(TOP + '[a]\r\n"a"=hex:' + "00," * HUGE + "\r\n", id="a long line of hex"),
        pytest.param(TOP + '[a]\r\n"a"=hex:' + "\\\r\n" * HUGE, id="continued and continued"),
        pytest.param(TOP + "[a]\r\n" + " " * HUGE, id="blanks"),
        pytest.param(TOP + "\n" * HUGE, id="empty lines"),
        pytest.param(TOP + ";" * HUGE, id="a long comment"),
        pytest.param(TOP + "[a]\r\n" * (HUGE // 8), id="one key again and again"),
        pytest.param(TOP + "[-a]\r\n[a]\r\n" * (HUGE // 16), id="gone and back again"),
        pytest.param(
            TOP + "".join(f"[-a{deep}]\r\n[a{deep}]\r\n" for deep in DEEPER),
            id="deeper and deeper",
        ),
    ],
)
def test_hostile_files_cost_no_more_than_their_length(text: str) -> None:
    data = utf16(text)
    started = time.process_time()
    with contextlib.suppress(Unsure):
        reg_text.subkeys(data, "a")
    with contextlib.suppress(Unsure):
        reg_text.read(data, "a", ["a"])
    with contextlib.suppress(Unsure):
        reg_text.edit(data, "a", {"b": 1}, {"b": None})
    assert time.process_time() - started < 12  # seconds; what grows with the square takes hours


# --- changing ------------------------------------------------------------------------------------


def test_a_value_is_replaced_where_it_stands_and_new_ones_follow_the_last() -> None:
    data = utf16(TOP + ACCOUNT)
    edits: dict[str, Value | None] = {"smtp port": 587, "SMTP Secure Connection": 2}
    back: dict[str, Value | None] = {"smtp port": 25, "SMTP Secure Connection": None}
    lines = ACCOUNT.replace("00000019", "0000024b", 1).replace(
        "97,eb,01,00,00,00\r\n",
        '97,eb,01,00,00,00\r\n"SMTP Secure Connection"=dword:00000002\r\n',
    )
    result = reg_text.edit(data, KEY, edits, back)
    assert result == utf16(TOP + lines)
    assert reg_text.edit(result, KEY, back, edits) == data


def test_a_key_without_values_gets_its_first_behind_its_name() -> None:
    data = utf16(TOP + f"[{KEY}]\r\n\r\n; comment\r\n[{KEY}\\x]\r\n")
    expected = utf16(TOP + f'[{KEY}]\r\n@="x"\r\n\r\n; comment\r\n[{KEY}\\x]\r\n')
    assert reg_text.edit(data, KEY, {"": "x"}, {"": None}) == expected


def test_a_last_line_without_an_end_gets_neighbors_in_front() -> None:
    data = file('"a"=dword:00000001')[:-4]
    result = reg_text.edit(data, KEY, {"b": 2}, {"b": None})
    assert result == file('"b"=dword:00000002', '"a"=dword:00000001')[:-4]


def test_where_the_name_of_the_key_has_no_line_end_nothing_can_be_added() -> None:
    assert unsafe(file()[:-4], {"b": 2}) == "line_end"


def test_a_key_that_is_not_there_is_not_made() -> None:
    assert unsafe(file(f"[{KEY}\\Only\\Below]"), {"b": 2}, KEY + "\\Only") == "key"
    assert reg_text.edit(file(), KEY + "\\Only", {"b": None}) == file()


def test_new_values_go_where_the_key_is_named_last() -> None:
    data = file('"a"=dword:00000001', f"[{KEY}\\x]", f"[{KEY}]", "")
    expected = file('"a"=dword:00000001', f"[{KEY}\\x]", f"[{KEY}]", '"b"=dword:00000002', "")
    assert reg_text.edit(data, KEY, {"b": 2}, {"b": None}) == expected


def test_removing_takes_every_line_that_sets_the_value() -> None:
    data = file('"a"=dword:1', '"A"=-', '"b"="x\r\ny"', '"a"=hex:01,\\\r\n  02', "")
    assert reg_text.edit(data, KEY, {"a": None}) == file('"A"=-', '"b"="x\r\ny"', "")
    assert reg_text.edit(file('"a"=-'), KEY, {"a": None}) == file('"a"=-')


def test_a_deletion_becomes_a_value() -> None:
    data = file('"a"=-')
    assert reg_text.edit(data, KEY, {"a": 1}) == file('"a"=dword:00000001')
    assert refusal(lambda: reg_text.edit(data, KEY, {"a": 1}, {"a": None})) == (
        "edit_not_reversible",
        {},
    )


def test_what_cannot_be_put_back_is_not_taken_out() -> None:
    data = file('"a"=dword:00000001', '"b"="x"')
    back: dict[str, Value | None] = {"a": 1}
    assert refusal(lambda: reg_text.edit(data, KEY, {"a": None}, back)) == (
        "edit_not_reversible",
        {},
    )
    assert reg_text.edit(data, KEY, {"b": None}, {"b": "x"}) == file('"a"=dword:00000001')


@pytest.mark.parametrize(
    "literal",
    ["dword:19", "dword:0000001A", "hex(4):19,00,00,00", "hex(3):19", "hex:19,\\\r\n  19"],
)
def test_an_unusual_spelling_is_not_replaced(literal: str) -> None:
    assert unsafe(file(f'"a"={literal}'), {"a": 587}) == "spelling"


def test_what_is_as_wanted_is_not_touched_however_it_is_spelled() -> None:
    data = file('"a" = dword:19', '"b"=hex(0c):01')
    assert reg_text.edit(data, KEY, {"A": 25, "b": Opaque("hex(c)", b"\1")}) == data


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (True, "value"),
        (-1, "value"),
        (2**32, "value"),
        ("a\0", "text"),
        ("\ud83d\ude00", "text"),
        (Opaque("REG_SZ", b"A\0\0\0"), "value"),
        (Opaque("REG_DWORD", bytes(4)), "value"),
        (Opaque("REG_SMALL", b""), "value"),
        (Opaque("hex(2)", b""), "value"),
        (Opaque("hex(0c)", b""), "value"),
    ],
)
def test_a_value_that_would_read_differently_is_not_written(wanted: Value, why: str) -> None:
    assert unsafe(file('"a"=dword:00000019'), {"a": wanted}) == why


def test_one_name_in_two_spellings_is_no_edit() -> None:
    assert unsafe(file(), {"a": 1, "A": 2}) == "several"
    assert unsafe(file(), {"a\0": 1}) == "text"


def test_an_edit_that_does_not_come_out_as_wanted_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reg_text, "_line_for", lambda *_: '"c"=dword:00000001\r\n')
    assert unsafe(file('"a"=dword:00000019'), {"b": 2}) == "proof"


def test_many_edits_share_one_cut() -> None:
    index = reg_text.keys(utf16(TOP + ACCOUNT))
    for key in (KEY, KEY + "\\next"):
        index = reg_text.edited(index, key, {"SMTP Port": 587}, {"SMTP Port": 25})
    assert reg_text.read(index, KEY, ["SMTP Port"]) == {"SMTP Port": 587}
    assert bytes(index) == utf16(TOP + ACCOUNT.replace("00000019", "0000024b"))


# --- whole files ---------------------------------------------------------------------------------


def test_hex_is_broken_where_regedit_breaks_it() -> None:
    data = bytes(range(60))
    text = reg_text.write({KEY: {"MRUList": Opaque("REG_BINARY", data)}})[2:].decode("utf-16-le")
    assert text == (
        f"Windows Registry Editor Version 5.00\r\n\r\n[{KEY}]\r\n"
        '"MRUList"=hex:00,01,02,03,04,05,06,07,08,09,0a,0b,0c,0d,0e,0f,10,11,12,13,14,\\\r\n'
        "  15,16,17,18,19,1a,1b,1c,1d,1e,1f,20,21,22,23,24,25,26,27,28,29,2a,2b,2c,2d,\\\r\n"
        "  2e,2f,30,31,32,33,34,35,36,37,38,39,3a,3b\r\n\r\n"
    )


def test_a_long_name_leaves_room_for_one_byte() -> None:
    name = "n" * 100
    text = reg_text.write({KEY: {name: Opaque("hex(c)", b"\1\2\3")}})[2:].decode("utf-16-le")
    assert f'"{name}"=hex(c):01,\\\r\n  02,03\r\n' in text


def test_a_fragment_sets_and_deletes() -> None:
    data = reg_text.fragment({KEY: {"SMTP Port": 25, "É": None, "": 'say "\\"'}, KEY + "\\x": {}})
    assert data == utf16(
        TOP + f'[{KEY}]\r\n"SMTP Port"=dword:00000019\r\n"É"=-\r\n@="say \\"\\\\\\""\r\n\r\n'
        f"[{KEY}\\x]\r\n\r\n"
    )


@pytest.mark.parametrize(
    "key", ["", "-a", " a", "a\\", "\\a", "a\\\\b", "a\r\nb", "a\0", "\ud83d\ude00"]
)
def test_a_key_that_would_read_differently_is_not_written(key: str) -> None:
    assert refusal(lambda: reg_text.write({key: {}})) == ("edit_not_safe", {"why": "key"})


# --- names as Windows compares them --------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("smtp port", "SMTP PORT"),
        ("é", "É"),
        ("ÿ", "Ÿ"),
        ("ǆ", "Ǆ"),
        ("я", "Я"),
        ("ᾳ", "ᾼ"),
        ("ⅷ", "Ⅷ"),
        ("\uff41", "\uff21"),
        ("ɐ", "Ɐ"),
        ("ᵽ", "Ᵽ"),
    ],
)
def test_a_letter_and_its_capital_are_the_same(one: str, other: str) -> None:
    assert case_folding.same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ß", "SS"),
        ("ß", "ẞ"),
        ("\u0131", "I"),
        ("i", "İ"),
        ("\u017f", "S"),
        ("\u03c2", "\u03a3"),
        ("\u00b5", "\u039c"),
        ("ǅ", "Ǆ"),
        ("K", "\u212a"),
        ("\u0149", "\u02bcN"),
        ("ﬀ", "FF"),
        ("ა", "Ა"),
        ("\u025c", "\ua7ab"),
        ("𐐨", "𐐀"),
        ("e\u0301", "É"),
    ],
)
def test_what_windows_tells_apart_is_not_the_same(one: str, other: str) -> None:
    assert not case_folding.same(one, other)


def test_half_a_pair_at_the_very_end_of_a_text_is_kept() -> None:
    key = r"HKEY_CURRENT_USER\A"
    data = reg_text.write({key: {"x": "a\ud800"}})
    assert reg_text.read(data, key, ["x"]) == {"x": "a\ud800"}
