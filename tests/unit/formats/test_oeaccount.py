"""Account files of Windows Mail: read without a look at secrets, spliced exactly, or refused."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from configure587.errors import Unsure
from configure587.formats import oeaccount, oeaccount_xml
from configure587.model import Opaque

if TYPE_CHECKING:
    from collections.abc import Callable

    from configure587.model import Value

CORPUS: Final = {
    path.stem: path.read_bytes()
    for path in sorted((Path(__file__).parents[2] / "corpora" / "oeaccount").iterdir())
}
DECLARATION: Final = '<?xml version="1.0" encoding="utf-16" ?>\r\n'
CANARY: Final = Opaque("BINARY", b"canary-587".hex().encode("utf-16-le"))

every_real_file = pytest.mark.parametrize("data", CORPUS.values(), ids=CORPUS.keys())


def utf16(text: str) -> bytes:
    """Encode as Windows does."""
    return b"\xff\xfe" + text.encode("utf-16-le", "surrogatepass")


def file(*elements: str) -> bytes:
    """Make a file with these elements, each on a line of its own."""
    lines = "".join(f"\t{each}\r\n" for each in elements)
    return utf16(f"{DECLARATION}<MessageAccount>\r\n{lines}</MessageAccount>\r\n")


def value(element: str) -> Value | None:
    """Read the one value X."""
    return oeaccount.read(file(element)).get("X")


def refusal(act: Callable[[], object]) -> tuple[str, dict[str, str | int]]:
    """Give the code and the fields with which something is refused."""
    with pytest.raises(Unsure) as caught:
        act()
    return caught.value.code, caught.value.fields


def unsafe(data: bytes, edits: dict[str, Value | None]) -> object:
    """Give the reason for which an edit is not safe."""
    code, fields = refusal(lambda: oeaccount.edit(data, edits))
    assert code == "edit_not_safe"
    return fields["why"]


def is_refused(data: bytes) -> bool:
    """Whether all that can be done with a file is refused; nothing of it may be copied then."""
    whole: tuple[str, dict[str, str | int]] = ("account_file_damaged", {})
    assert oeaccount.without_secrets(data) == (None, ())
    assert refusal(lambda: oeaccount.read_matching(data, ("SMTP_",))) == whole
    assert refusal(lambda: oeaccount.edit(data, {"SMTP_Port": 587})) == whole
    return refusal(lambda: oeaccount.read(data)) == whole


# --- reading -------------------------------------------------------------------------------------


def test_an_account_of_windows_live_mail_is_read() -> None:
    assert oeaccount.read(CORPUS["wlm-pop3-default-port"]) == {
        "Account_Name": "José da Conceição (padaria)",
        "Connection_Type": 3,
        "POP3_Server": "pop.exemplo.com.br",
        "POP3_User_Name": "jose@exemplo.com.br",
        "POP3_Password2": CANARY,
        "POP3_Prompt_for_Password": 0,
        "POP3_Skip_Account": 0,
        "SMTP_Server": "smtp.exemplo.com.br",
        "SMTP_Display_Name": "José & Filhos",
        "SMTP_Email_Address": "jose@exemplo.com.br",
        "SMTP_Use_Sicily": 2,
        "Leave_Mail_On_Server": 1,
    }


def test_only_names_that_start_so_are_read() -> None:
    data = CORPUS["vista-pop3"]
    values = oeaccount.read_matching(data, ("SMTP_Por", "SMTP_Secure", "POP3_Server"))
    assert values == {"POP3_Server": "pop.exemplo.com.br", "SMTP_Port": 25}
    assert oeaccount.read_matching(data, ()) == {}


def test_the_text_of_names_not_asked_for_is_never_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def note(_reader: object, text: str) -> None:
        seen.append(text)

    monkeypatch.setattr(oeaccount_xml._Reader, "text", note)
    oeaccount.read_matching(CORPUS["wlm-imap-secure"], ("SMTP_Port",))
    assert set(seen) == {"\n", "\t", "000001d1"}


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("00000019", 25),
        ("0000024b", 587),
        ("ffffffff", 2**32 - 1),
        ("0000024B", Opaque("DWORD", b"0000024B")),
        ("19", Opaque("DWORD", b"19")),
        ("1", Opaque("DWORD", b"1")),
        ("", Opaque("DWORD", b"")),
        ("000000019", Opaque("DWORD", b"000000019")),
        ("0x19", Opaque("DWORD", b"0x19")),
        (" 19", Opaque("DWORD", b" 19")),
        ("1_9", Opaque("DWORD", b"1_9")),
        ("é", Opaque("DWORD", "é".encode())),
    ],
)
def test_a_dword_is_a_number_only_as_windows_spells_it(text: str, meaning: Value) -> None:
    assert value(f'<X type="DWORD">{text}</X>') == meaning


@pytest.mark.parametrize(
    ("found", "meaning"),
    [
        (25, 25),
        (Opaque("DWORD", b"19"), 25),
        (Opaque("DWORD", b"24B"), 587),
        (Opaque("DWORD", b""), None),
        (Opaque("DWORD", b"000000019"), None),
        (Opaque("DWORD", b"+1"), None),
        (Opaque("DWORD", b"1\n"), None),
        (Opaque("BINARY", b"19"), None),
        ("19", None),
        (True, None),
        (None, None),
    ],
)
def test_any_legal_spelling_is_a_number(found: Value | None, meaning: int | None) -> None:
    assert oeaccount.number(found) == meaning


@pytest.mark.parametrize(
    ("literal", "meaning"),
    [
        ("smtp.exemplo.com.br", "smtp.exemplo.com.br"),
        ("", ""),
        ("  a  ", "  a  "),
        ("&lt;a&gt; &amp; b", "<a> & b"),
        ("&amp;lt;", "&lt;"),
        ("São 😀", "São 😀"),
        ("a\nb", "a\nb"),
    ],
)
def test_a_text_is_read_without_its_escapes(literal: str, meaning: str) -> None:
    assert value(f'<X type="SZ">{literal}</X>') == meaning


@pytest.mark.parametrize(
    "literal",
    [
        *("a>b", "&quot;a&quot;", "&apos;", "&#233;", "&#xe9;", "a\r\nb", "a\rb"),
        *("a<!-- b -->", "<![CDATA[a]]>", "<?a?>", "<a/>", "<a>b</a>"),
    ],
)
def test_a_text_that_we_would_spell_otherwise_is_kept_as_it_stands(literal: str) -> None:
    data = file(f'<X type="SZ">{literal}</X>', '<Y type="DWORD">00000019</Y>')
    raw = Opaque("SZ", literal.encode("utf-16-le"))
    assert oeaccount.read(data) == {"X": raw, "Y": 25}
    assert oeaccount.edit(data, {"X": raw}) is data
    assert oeaccount.read(oeaccount.edit(data, {"X": raw, "Y": 587})) == {"X": raw, "Y": 587}


@pytest.mark.parametrize(
    ("element", "kind"),
    [
        ('<X type="BINARY">0a</X>', "BINARY"),
        ('<X type="QWORD">0a</X>', "QWORD"),
        ('<X type="sz">0a</X>', "sz"),
        ('<X type="">0a</X>', ""),
        ("<X>0a</X>", ""),
        ('<X Type="SZ">0a</X>', ""),
    ],
)
def test_other_types_are_kept_as_they_stand(element: str, kind: str) -> None:
    assert value(element) == Opaque(kind, "0a".encode("utf-16-le"))


@pytest.mark.parametrize(
    ("element", "meaning"),
    [
        ('<X type="DWORD"/>', Opaque("DWORD", b"")),
        ('<X type="SZ" />', ""),
        ("<X/>", Opaque("", b"")),
        ("<X type='DWORD' >00000019</X >", 25),
        ('<X\r\n\tother="/>" type="DWORD">00000019</X\r\n>', 25),
        ('<X type="&#83;Z">/></X>', Opaque("SZ", "/>".encode("utf-16-le"))),
    ],
)
def test_the_parser_tells_where_odd_tags_end(element: str, meaning: Value) -> None:
    data = file(element, '<Y type="DWORD">00000019</Y>')
    assert oeaccount.read(data) == {"X": meaning, "Y": 25}
    assert oeaccount.edit(data, {"Y": 587}, {"Y": 25}) == data.replace(
        "00000019</Y>".encode("utf-16-le"), "0000024b</Y>".encode("utf-16-le")
    )


def test_of_a_name_twice_the_last_is_read() -> None:
    assert value('<X type="DWORD">00000019</X><X type="SZ">a</X>') == "a"


def test_a_long_text_is_read_whole() -> None:
    text = "é" * 100_000 + "\n" + "b" * 100_000
    assert value(f'<X type="SZ">{text}</X>') == text


@pytest.mark.parametrize("elements", [(), ("<!-- a -->",), ("<?a?>", "<![CDATA[ ]]>")])
def test_an_account_may_say_nothing(elements: tuple[str, ...]) -> None:
    assert oeaccount.read(file(*elements)) == {}


@pytest.mark.parametrize("text", ["", '<?xml version="1.0"?>', DECLARATION.replace("utf", "UTF")])
def test_with_a_byte_order_mark_no_encoding_has_to_be_declared(text: str) -> None:
    assert oeaccount.read(utf16(text + "<MessageAccount/>")) == {}


# --- refusing ------------------------------------------------------------------------------------

GOOD: Final = CORPUS["wlm-pop3-short-forms"]
TEXT: Final = GOOD.decode("utf-16")
BOMB: Final = "".join(
    f'<!ENTITY {c}a "{f"&{b};" * 10}">' for b, c in zip("abcdef", "bcdefg", strict=True)
)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        GOOD[2:],
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        b"\xff\xfe\0\0" + TEXT.encode("utf-32-le"),
        GOOD[:-1],
        GOOD + b"\n",
        GOOD + b"\0\0",
        GOOD + b"\x1a\0",
        GOOD + b"\x00\xd8",
        GOOD + GOOD,
        GOOD + GOOD[2:],
        utf16(TEXT + "x"),
        utf16(TEXT + "<a/>"),
        utf16(" " + TEXT),
    ],
)
def test_other_encodings_and_other_bytes_around_are_refused(data: bytes) -> None:
    assert is_refused(data)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-16le", "utf-16be", "iso-8859-1", "idna", "hex", "none"]
)
def test_another_encoding_declared_is_refused(encoding: str) -> None:
    assert is_refused(utf16(TEXT.replace("utf-16", encoding)))


@pytest.mark.parametrize(
    "element",
    [
        "\udc00",
        '<X type="SZ">\ud83d</X>',
        "\uffff",
        "\0",
        "\x01",
        "text",
        "&#97;",
        "<![CDATA[a]]>",
        "<X>",
        "</X>",
        "<X></Y>",
        '<X type="SZ" type="SZ"/>',
        "<X type=SZ/>",
        "<X>&a;</X>",
        "<X>&nbsp;</X>",
        "<X>]]></X>",
        "<X><</X>",
        "<!-- -- -->",
        DECLARATION,
    ],
)
def test_what_is_no_xml_or_no_account_is_refused(element: str) -> None:
    assert is_refused(file('<Y type="SZ">a</Y>', element, '<Z type="SZ">b</Z>'))


@pytest.mark.parametrize("root", ["messageaccount", "Account", "a:MessageAccount"])
def test_another_root_is_refused(root: str) -> None:
    assert is_refused(utf16(f"{DECLARATION}<{root}></{root}>"))


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE MessageAccount>",
        '<!DOCTYPE MessageAccount SYSTEM "http://localhost/a.dtd">',
        '<!DOCTYPE MessageAccount [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE MessageAccount [<!ENTITY % a SYSTEM "http://localhost/"> %a;]>',
        f'<!DOCTYPE MessageAccount [<!ENTITY aa "ha">{BOMB}]>',
        '<!DOCTYPE MessageAccount [<!ENTITY a "' + "x" * 100_000 + '">]>',
        '<!DOCTYPE MessageAccount [<!ATTLIST X type CDATA "SZ">]>',
    ],
)
@pytest.mark.parametrize("use", ["", "&a;", "&ga;" * 1000])
def test_a_doctype_is_refused_at_once(doctype: str, use: str) -> None:
    data = utf16(f'{DECLARATION}{doctype}<MessageAccount><X type="SZ">{use}</X></MessageAccount>')
    start = time.perf_counter()
    assert is_refused(data)
    assert time.perf_counter() - start < 1


def test_a_file_may_be_one_mebibyte_long_and_no_longer() -> None:
    most = utf16("<MessageAccount>" + " " * (2**19 - 34) + "</MessageAccount>")
    assert len(most) == 2**20
    assert oeaccount.read(most) == {}
    assert is_refused(most + " ".encode("utf-16-le"))
    assert is_refused(file('<X type="SZ">' + "x" * 10_000_000 + "</X>"))


def test_an_edit_does_not_make_a_file_too_long_to_read() -> None:
    assert unsafe(file('<X type="SZ">a</X>'), {"X": "a" * 2**19}) == "proof"


def test_elements_may_be_sixteen_deep_and_no_deeper() -> None:
    assert value("<X>" * 15 + "</X>" * 15) == Opaque(
        "", ("<X>" * 14 + "</X>" * 14).encode("utf-16-le")
    )
    assert is_refused(file("<X>" * 16 + "</X>" * 16))
    assert is_refused(file("<X>" * 20_000 + "</X>" * 20_000))


def test_elements_may_be_ten_thousand_and_no_more() -> None:
    most = utf16("<MessageAccount>" + "<X/>" * 9_999 + "</MessageAccount>")
    assert oeaccount.read(most) == {"X": Opaque("", b"")}
    assert is_refused(most.replace(utf16("<X/>")[2:], utf16("<X/><X/>")[2:], 1))


@every_real_file
def test_a_file_broken_off_anywhere_is_refused(data: bytes) -> None:
    end = data.index(utf16("</MessageAccount>")[2:]) + 2 * len("</MessageAccount>")
    assert oeaccount.read(data[:end]) == oeaccount.read(data)
    assert all(is_refused(data[:length]) for length in range(end))


# --- changing ------------------------------------------------------------------------------------


@every_real_file
def test_moving_an_account_to_587_changes_three_values_and_can_be_undone(data: bytes) -> None:
    before = oeaccount.read(data)
    edits: dict[str, Value | None] = {"SMTP_Port": 587, "SMTP_Secure_Connection": 1}
    edits["SMTP_Use_Sicily"] = 2
    back = {name: before.get(name) for name in edits}
    after = oeaccount.edit(data, edits, back)
    assert oeaccount.read(after) == {**before, **edits}
    assert oeaccount.edit(after, back, edits) == data


def test_only_the_digits_of_a_port_change() -> None:
    data = CORPUS["vista-pop3"]
    assert oeaccount.edit(data, {"SMTP_Port": 587}).decode("utf-16") == data.decode(
        "utf-16"
    ).replace('<SMTP_Port type="DWORD">00000019<', '<SMTP_Port type="DWORD">0000024b<')


def test_a_new_element_stands_behind_the_last_as_that_does() -> None:
    data = CORPUS["wlm-pop3-default-port"]
    edits: dict[str, Value | None] = {
        "SMTP_Port": 587,
        "SMTP_User_Name": "<é>&",
        "SMTP_Password2": CANARY,
        "SMTP_Timeout": Opaque("DWORD", b"3c"),
    }
    new = (
        '\t<SMTP_Port type="DWORD">0000024b</SMTP_Port>\r\n'
        '\t<SMTP_User_Name type="SZ">&lt;é&gt;&amp;</SMTP_User_Name>\r\n'
        '\t<SMTP_Password2 type="BINARY">63616e6172792d353837</SMTP_Password2>\r\n'
        '\t<SMTP_Timeout type="DWORD">3c</SMTP_Timeout>\r\n'
        "</MessageAccount>"
    )
    text = data.decode("utf-16").replace("</MessageAccount>", new)
    assert oeaccount.edit(data, edits) == utf16(text)
    assert oeaccount.edit(utf16(text), dict.fromkeys(edits)) == data


@pytest.mark.parametrize("between", ["", "\n", "\r\n    ", "<!-- a -->", "<!-- a -->\n", "<?a?>\t"])
def test_a_new_element_can_be_taken_out_again(between: str) -> None:
    body = between + '<X type="DWORD">1</X>' + between
    data = utf16(f"{DECLARATION}<MessageAccount>{body}</MessageAccount>")
    after = oeaccount.edit(data, {"Y": 1}, {"Y": None})
    blanks = between.rpartition(">")[2]
    assert after == data.replace(
        utf16("</X>")[2:], utf16(f'</X>{blanks}<Y type="DWORD">00000001</Y>')[2:]
    )


def test_the_last_element_can_make_room_for_another() -> None:
    data = file('<X type="SZ">a</X>', '<Y type="SZ">b</Y>')
    after = file('<X type="SZ">a</X>', '<Z type="SZ">b</Z>')
    assert oeaccount.edit(data, {"Y": None, "Z": "b"}, {"Y": "b", "Z": None}) == after


def test_an_old_spelling_can_be_put_back() -> None:
    data = file('<SMTP_Port type="DWORD">19</SMTP_Port>')
    old = oeaccount.read(data)["SMTP_Port"]
    after = oeaccount.edit(data, {"SMTP_Port": 587}, {"SMTP_Port": old})
    assert after == file('<SMTP_Port type="DWORD">0000024b</SMTP_Port>')


def test_a_text_of_no_type_can_be_changed_in_its_place_only() -> None:
    new = Opaque("", "b".encode("utf-16-le"))
    assert oeaccount.edit(file("<X>a</X>"), {"X": new}) == file("<X>b</X>")
    assert unsafe(file("<X>a</X>"), {"Y": new}) == "type"


@every_real_file
def test_an_edit_that_changes_nothing_gives_the_same_bytes(data: bytes) -> None:
    assert oeaccount.edit(data, {}) is data
    assert oeaccount.edit(data, {"Not_There": None}, {"Not_There": None}) is data
    values: dict[str, Value | None] = {**oeaccount.read(data)}
    assert oeaccount.edit(data, values, values) is data


@pytest.mark.parametrize(
    ("edits", "back"),
    [
        ({"X": None}, {"X": "a"}),  # it would come back behind Y
        ({"X": "b"}, {"X": "c"}),
        ({"X": "b"}, {"X": 1}),
        ({"X": None, "Y": None}, {"X": "a", "Y": "b"}),
        ({}, {"X": "b"}),
    ],
)
def test_what_could_not_be_undone_is_not_done(
    edits: dict[str, Value | None], back: dict[str, Value | None]
) -> None:
    data = file('<X type="SZ">a</X>', '<Y type="SZ">b</Y>')
    code, _ = refusal(lambda: oeaccount.edit(data, edits, back))
    assert code == "edit_not_reversible"


@pytest.mark.parametrize(
    ("element", "new", "why"),
    [
        ('<X type="DWORD">00000019</X>', "a", "type"),
        ('<X type="SZ">a</X>', 1, "type"),
        ('<X type="BINARY">a</X>', "a", "type"),
        ('<X type="SZ">a</X>', CANARY, "type"),
        ("<X>a</X>", 1, "type"),
        ('<X type="DWORD"/>', 1, "spelling"),
        ('<X type="DWORD"/>', None, "spelling"),
        ('<X type="DWORD"><!-- 19 --></X>', 1, "spelling"),
        ('<X type="DWORD">00<?a?>19</X>', 1, "spelling"),
        ('<X type="SZ"><![CDATA[a]]></X>', "b", "spelling"),
        ('<X type="SZ"><X type="SZ">a</X></X>', "b", "spelling"),
        ('<X type="SZ"><X type="SZ">a</X></X>', None, "spelling"),
        ('<X type="SZ">a</X><X type="SZ">a</X>', "b", "several"),
        ('<X type="SZ">a</X><X type="SZ">a</X>', None, "several"),
    ],
)
def test_an_element_that_is_not_as_usual_is_not_touched(
    element: str, new: Value | None, why: str
) -> None:
    assert unsafe(file(element), {"X": new}) == why


@pytest.mark.parametrize("name", ["", "X Y", "1", "-", "é", "a:b", "a>", "X\n", "\ud800", "<a/>"])
def test_a_new_name_must_be_a_plain_one(name: str) -> None:
    assert unsafe(GOOD, {name: 1}) == "name"


def test_without_any_element_there_is_no_place_for_a_new_one() -> None:
    assert unsafe(file(), {"X": 1}) == "place"
    assert unsafe(utf16("<MessageAccount/>"), {"X": 1}) == "place"


@pytest.mark.parametrize(
    ("new", "why"),
    [
        (True, "value"),
        (-1, "value"),
        (2**32, "value"),
        ("a\rb", "value"),
        ("\udcff", "text"),
        ("\0", "proof"),
        ("\x1f", "proof"),
        ("\ufffe", "proof"),
        (Opaque("DWORD", b"00000019"), "value"),
        (Opaque("DWORD", b"\xff"), "text"),
        (Opaque("DWORD", b"<a/>"), "proof"),
        (Opaque("SZ", "a".encode("utf-16-le")), "value"),
        (Opaque("SZ", b"a"), "text"),
        (Opaque("BINARY", b"\x00\xd8"), "text"),
        (Opaque("BINARY", "<".encode("utf-16-le")), "proof"),
        (Opaque("BINARY", "&a;".encode("utf-16-le")), "proof"),
        (Opaque("BINARY", "<a/>".encode("utf-16-le")), "proof"),
        (Opaque("BINARY", '</Y><Z/><Y type="BINARY">'.encode("utf-16-le")), "proof"),
        (Opaque('"><a b="', b""), "type"),
        (Opaque("", b""), "type"),
        (Opaque("\ud800", b""), "type"),
    ],
)
def test_what_could_not_be_read_again_is_not_written(new: Value, why: str) -> None:
    assert unsafe(file('<X type="SZ">a</X>'), {"Y": new}) == why


# --- secrets -------------------------------------------------------------------------------------


@every_real_file
def test_passwords_stay_out_of_the_copy_and_come_back_by_an_edit(data: bytes) -> None:
    copy, names = oeaccount.without_secrets(data)
    assert copy is not None
    assert names in {("POP3_Password2",), ("SMTP_Password2",)}
    assert CANARY.data in data
    assert CANARY.data not in copy
    assert oeaccount.read(copy) == {**oeaccount.read(data), names[0]: Opaque("BINARY", b"")}
    assert oeaccount.edit(copy, {names[0]: CANARY}) == data
    again, none = oeaccount.without_secrets(copy)
    assert again is copy
    assert none == ()


@pytest.mark.parametrize(
    "element",
    [
        '<Account_Name type="SZ">a</Account_Name>',
        '<SMTP_Password2 type="BINARY"></SMTP_Password2>',
        '<SMTP_Password2 type="BINARY"/>',
        "<SMTP_Password2 />",
        '<SMTP_Prompt_for_Password type="DWORD">00000001</SMTP_Prompt_for_Password>',
        '<SMTP_Prompt_for_Password type="DWORD">1</SMTP_Prompt_for_Password>',
        "<!-- a -->",
        "<X><Y/></X>",
    ],
)
def test_a_file_without_secrets_is_copied_as_it_is(element: str) -> None:
    data = file(element)
    copy, names = oeaccount.without_secrets(data)
    assert copy is data
    assert names == ()


@pytest.mark.parametrize(
    "element",
    [
        '<SMTP_Password2 type="BINARY">{}</SMTP_Password2>',
        '<POP3_PASSWORD type="SZ">{}</POP3_PASSWORD>',
        "<Senha>{}</Senha>",
        '<OAuth_Token type="SZ">{}</OAuth_Token>',
        '<pwd type="DWORD">{}</pwd>',
        '<Note type="SZ">minha senha: {}</Note>',
        '<Note type="SZ">&#115;enha: {}</Note>',
        '<Note type="SZ" >senha &quot;{}&quot;</Note>',
    ],
)
def test_whatever_may_be_a_secret_is_emptied(element: str) -> None:
    data = file('<X type="SZ">a</X>', element.format("canary-587"), '<Y type="SZ">b</Y>')
    copy, names = oeaccount.without_secrets(data)
    assert copy is not None
    assert "canary" not in copy.decode("utf-16")
    assert copy.startswith(data[: data.index(utf16("</X>")[2:])])
    values = oeaccount.read(data)
    assert oeaccount.edit(copy, {name: values[name] for name in names}) == data


@pytest.mark.parametrize(
    "element",
    [
        "<!-- password: canary-587 -->",
        "<?password canary-587?>",
        '<X password="canary-587"/>',
        '<X password="canary-587">a</X>',
        '<X type="SZ" note="senha">canary-587</X>',
        '<SMTP_Password2 value="canary-587"/>',
        '<SMTP_Password2 type="DWORD" value="canary-587">1</SMTP_Password2>',
        '<SMTP_Password2 type="SZ">a<!-- canary-587 --></SMTP_Password2>',
        '<SMTP_Password2 type="SZ"><![CDATA[canary-587]]></SMTP_Password2>',
        '<X type="SZ"><Password>canary-587</Password></X>',
        '<pwd type="SZ">canary-587</pwd><pwd type="SZ">a</pwd>',
        '<pwd type="SZ">canary-587</pwd><pwd type="SZ"></pwd>',
        '<X note="&#115;enha">canary-587</X>',
    ],
)
def test_where_a_secret_cannot_be_put_back_nothing_is_copied(element: str) -> None:
    assert oeaccount.without_secrets(file(element)) == (None, ())


def test_a_root_that_speaks_of_secrets_is_not_copied() -> None:
    data = utf16('<MessageAccount password="canary-587"><X type="SZ">a</X></MessageAccount>')
    assert oeaccount.without_secrets(data) == (None, ())


# --- time ----------------------------------------------------------------------------------------


def test_the_largest_files_take_no_more_than_moments() -> None:
    start = time.perf_counter()
    names = [f"pwd{count}" for count in range(9_000)]
    crowd = file(*(f'<{name} type="SZ">a</{name}>' for name in names))
    copy, withheld = oeaccount.without_secrets(crowd)
    assert copy is not None
    assert withheld == tuple(names)
    assert oeaccount.edit(copy, dict.fromkeys(names, "a")) == crowd
    blanks = utf16("<MessageAccount>" + "\n" * 500_000 + "<X/></MessageAccount>")
    assert oeaccount.read(blanks) == {"X": Opaque("", b"")}
    assert time.perf_counter() - start < 10
