"""Account files (account{GUID}.oeaccount) of Windows Mail and Windows Live Mail as named values.

Such a file is XML in UTF-16: one flat sheet of elements like <SMTP_Port type="DWORD">00000019
</SMTP_Port>. Expat says where each element stands; its text is decoded only if it is asked for,
for some of it is passwords. Editing replaces the text of single elements and keeps every other
byte: the XML is never written anew.

A DWORD in eight lower-case hex digits is an int, and an SZ that we would spell the same way is a
str. Everything else is an Opaque that holds the text as it stands in the file: that of a DWORD in
UTF-8, which for hex digits is ASCII, every other in UTF-16.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from configure587.errors import Unsure
from configure587.formats.oeaccount_xml import WIDE, scan
from configure587.formats.prefs_health import speaks_of_secrets
from configure587.model import Opaque

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from configure587.formats.oeaccount_xml import Element, Sheet
    from configure587.model import Value

_DWORD = re.compile("[0-9a-f]{8}")
_HEX = re.compile(rb"[0-9a-fA-F]{1,8}")
_NAME = re.compile("[A-Za-z_][A-Za-z0-9_.-]*")
_KIND = re.compile("[A-Za-z0-9_]+")


# --- reading -------------------------------------------------------------------------------------


def read(data: bytes) -> dict[str, Value]:
    """Every value, passwords too; of an element named twice the last."""
    return read_matching(data, ("",))


def read_matching(data: bytes, prefixes: tuple[str, ...]) -> dict[str, Value]:
    """Only the values whose names start so; the text of no other element is decoded."""
    sheet = scan(data, lambda name: name.startswith(prefixes))
    return {name: _value_of(sheet, said[-1]) for name, said in sheet.elements.items()}


def number(value: Value | None) -> int | None:
    """The number that a DWORD stands for, however it is spelled; None when it is none."""
    if isinstance(value, Opaque):
        legal = value.type == "DWORD" and _HEX.fullmatch(value.data)
        return int(value.data, 16) if legal else None
    return value if type(value) is int else None


def _value_of(sheet: Sheet, element: Element) -> Value:
    return _value(element.kind, sheet.raw(element))


# --- values --------------------------------------------------------------------------------------


def _value(kind: str, raw: bytes) -> Value:
    literal = raw.decode(WIDE)
    if kind == "DWORD":
        return int(literal, 16) if _DWORD.fullmatch(literal) else Opaque(kind, literal.encode())
    if kind == "SZ" and "\r" not in literal:  # a CR is read as LF (XML 1.0, section 2.11)
        text = literal.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        if _escaped(text) == literal:
            return text
    return Opaque(kind, raw)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _spelled(value: Value) -> tuple[str, bytes]:
    """Spell a value: its type, and its text as it stands in a file; raises Unsure."""
    try:
        if isinstance(value, Opaque):
            kind, raw = value
            raw = raw.decode().encode(WIDE) if kind == "DWORD" else raw
        elif isinstance(value, str):
            kind, raw = "SZ", _escaped(value).encode(WIDE)
        else:
            kind, raw = "DWORD", f"{value:08x}".encode(WIDE)
        readable = _same(_value(kind, raw), value)
    except UnicodeError:
        raise Unsure("edit_not_safe", why="text") from None
    if not readable:
        raise Unsure("edit_not_safe", why="value", type=type(value).__name__)
    return kind, raw


def _same(one: Value, other: Value | None) -> bool:
    return type(one) is type(other) and one == other


# --- changing ------------------------------------------------------------------------------------


def edit(
    data: bytes,
    edits: Mapping[str, Value | None],
    back: Mapping[str, Value | None] | None = None,
) -> bytes:
    """Give the file these values, and keep every other byte; None removes a name.

    Raises Unsure if any of that is not certain, or if the values in `back` would not lead back to
    every byte of today.
    """
    result = _edited(data, edits)
    if back is not None and not _leads_back(result, back, data):
        raise Unsure("edit_not_reversible")
    return result


def _leads_back(result: bytes, back: Mapping[str, Value | None], data: bytes) -> bool:
    try:
        return _edited(result, back) == data
    except Unsure:
        return False


class _Splice(NamedTuple):
    start: int
    end: int
    new: bytes = b""


def _edited(data: bytes, edits: Mapping[str, Value | None]) -> bytes:
    before = scan(data, edits.__contains__)
    touched = {name: value for name, value in edits.items() if not _says(before, name, value)}
    if not touched:
        return data
    result = _spliced(data, [_splice(before, name, value) for name, value in touched.items()])
    _prove(before, result, touched)
    return result


def _says(sheet: Sheet, name: str, value: Value | None) -> bool:
    """Whether this is what would be read."""
    said = sheet.named(name)
    return _same(_value_of(sheet, said[-1]), value) if said else value is None


def _spliced(data: bytes, splices: Iterable[_Splice]) -> bytes:
    pieces: list[bytes] = []
    position = 0
    # The sort is stable: of new elements the order stays.
    for start, end, new in sorted(splices, key=lambda splice: splice[:2]):
        pieces += data[position:start], new
        position = end
    return b"".join((*pieces, data[position:]))


def _splice(sheet: Sheet, name: str, value: Value | None) -> _Splice:
    said = sheet.named(name)
    if not said:
        assert value is not None
        return _insertion(sheet, name, value)
    if len(said) > 1:
        raise Unsure("edit_not_safe", why="several", name=name)
    old = said[0]
    if not old.plain:
        raise Unsure("edit_not_safe", why="spelling", name=name)
    if value is None:
        return _Splice(old.gap, old.end)
    kind, raw = _spelled(value)
    if kind != old.kind:
        raise Unsure("edit_not_safe", why="type", name=name)
    return _Splice(old.text_start, old.text_end, raw)


def _insertion(sheet: Sheet, name: str, value: Value) -> _Splice:
    """Put a new element behind the last, with the blanks that stand in front of that."""
    kind, raw = _spelled(value)
    if not _NAME.fullmatch(name):
        raise Unsure("edit_not_safe", why="name")
    if not _KIND.fullmatch(kind):
        raise Unsure("edit_not_safe", why="type", name=name)
    last = sheet.last
    if last is None:
        raise Unsure("edit_not_safe", why="place", name=name)
    blanks = sheet.data[last.gap : last.start]
    head, tail = f'<{name} type="{kind}">'.encode(WIDE), f"</{name}>".encode(WIDE)
    return _Splice(last.end, last.end, blanks + head + raw + tail)


def _prove(before: Sheet, result: bytes, touched: Mapping[str, Value | None]) -> None:
    """Look at the result: exactly these values have changed, to what was wanted."""
    try:
        after = scan(result, touched.__contains__)
    except Unsure:
        raise Unsure("edit_not_safe", why="proof") from None
    good = _others(before, touched) == _others(after, touched) and all(
        _says(after, name, value) and [each.plain for each in after.named(name)] in ([], [True])
        for name, value in touched.items()
    )
    if not good:
        raise Unsure("edit_not_safe", why="proof")


def _others(sheet: Sheet, names: Iterable[str]) -> bytes:
    """The file but for the elements of these names."""
    elements = (each for name in names for each in sheet.named(name))
    return _spliced(sheet.data, (_Splice(each.gap, each.end) for each in elements))


# --- secrets -------------------------------------------------------------------------------------


def without_secrets(data: bytes) -> tuple[bytes | None, tuple[str, ...]]:
    """The file with every text emptied that may be a secret, and the names of those elements.

    None instead of a file when a secret may also stand where `edit` could not put it back, in a
    comment for example, or when the file is damaged: then nothing may be copied.
    """
    try:
        sheet = scan(data, lambda _name: True)
    except Unsure:
        return None, ()
    every = [each for said in sheet.elements.values() for each in said]
    secrets = [each for each in every if _may_be_secret(sheet, each)]
    rest = _spliced(data, (_Splice(each.start, each.end) for each in every))
    if _speaks(rest) or not all(_can_be_put_back(sheet, each) for each in secrets):
        return None, ()
    if not secrets:
        return data, ()
    emptied = _spliced(data, (_Splice(each.text_start, each.text_end) for each in secrets))
    return emptied, tuple(each.name for each in secrets)


def _may_be_secret(sheet: Sheet, element: Element) -> bool:
    """Whether the element speaks of secrets, and is not just a number or empty."""
    if not _speaks(sheet.data[element.start : element.end]):
        return False
    # Windows asks "POP3_Prompt_for_Password" with a number; prefs_health lets numbers pass as well.
    harmless = not sheet.raw(element) or number(_value_of(sheet, element)) is not None
    return not (harmless and _has_plain_tag(sheet, element))


def _can_be_put_back(sheet: Sheet, element: Element) -> bool:
    once = len(sheet.named(element.name)) == 1
    return once and element.plain and _has_plain_tag(sheet, element)


def _has_plain_tag(sheet: Sheet, element: Element) -> bool:
    """Whether the first tag holds the name and the type, and nothing else."""
    tag = sheet.data[element.start : element.text_start].decode(WIDE).rstrip("/> ")
    return tag in {f'<{element.name} type="{element.kind}"', f"<{element.name}"}


def _speaks(raw: bytes) -> bool:
    """Whether secrets are spoken of, or letters stand as numbers, which may spell anything."""
    text = raw.decode(WIDE)
    return "&#" in text or speaks_of_secrets(text.encode())
