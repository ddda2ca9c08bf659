"""profiles.ini and its like, as Gecko reads them; we never write them.

The rules are those of nsINIParser::InitFromString (mozilla-central, xpcom/base/nsINIParser.cpp)
with its NS_strtok (xpcom/base/nsCRTGlue.cpp), restated here, odd corners included:

* a line is a comment only if ``#`` or ``;`` is its very first byte;
* ``[Name`` without its bracket still opens a section, ``[Name] more`` closes the one before;
* blanks before a key are dropped, all others belong to the key or the value;
* a key that comes again gets the later value, a section that comes again goes on.
"""

from __future__ import annotations

import re

_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARK = b"\xff\xfe"
_LINE = re.compile(rb"[^\r\n]++")


def read(data: bytes) -> dict[str, dict[str, str]]:
    """Read all sections that have a key, in order, with their keys in order."""
    sections: dict[str, dict[str, str]] = {}
    section: bytes | None = None
    for match in _LINE.finditer(_text(data)):
        line = match[0]
        if line.startswith((b"#", b";")):
            continue
        line = line.lstrip(b" \t")
        if line.startswith(b"["):
            section = _section(line[1:])
        elif section is not None:
            key, equals, value = line.partition(b"=")
            # An empty key is one that starts with "=", which Gecko refuses as invalid.
            if equals and key:
                sections.setdefault(_decoded(section), {})[_decoded(key)] = _decoded(value)
    return sections


def _text(data: bytes) -> bytes:
    """Give the bytes that count: UTF-8 without its mark, up to a NUL."""
    if data.startswith(_UTF16_MARK):
        even = len(data) // 2 * 2
        data = data[2:even].decode("utf-16-le", "replace").encode()
    else:
        data = data.removeprefix(_UTF8_MARK)
    return data.partition(b"\0")[0]


def _section(rest: bytes) -> bytes | None:
    """Name the section that this header opens; None if it opens none."""
    name, _, more = rest.partition(b"]")
    # Gecko takes a name with a bracket in it, then refuses to store anything under it.
    if not name or b"[" in name or more.strip(b" \t"):
        return None
    return name


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
