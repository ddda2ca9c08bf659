"""profiles.ini as Gecko reads it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configure587.formats import mozilla_ini

pytestmark = pytest.mark.windows

PROFILES = b"""[Install4F96D1932A9F858E]
Default=Profiles/abc.default-release
Locked=1

[Profile0]
Name=default
IsRelative=1
Path=Profiles/abc.default-release
Default=1

[General]
StartWithLastProfile=1
Version=2
"""


def test_sections_and_keys_keep_their_order() -> None:
    found = mozilla_ini.read(PROFILES)
    assert list(found) == ["Install4F96D1932A9F858E", "Profile0", "General"]
    assert list(found["Profile0"]) == ["Name", "IsRelative", "Path", "Default"]
    assert found["Profile0"]["Path"] == "Profiles/abc.default-release"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"", {}, id="an empty file has nothing"),
        pytest.param(b"[A]\r\nk=v\r\n", {"A": {"k": "v"}}, id="CRLF ends a line"),
        pytest.param(b"[A]\rk=v", {"A": {"k": "v"}}, id="CR ends a line"),
        pytest.param(b"\xef\xbb\xbf[A]\nk=v", {"A": {"k": "v"}}, id="a UTF-8 mark is skipped"),
        pytest.param(
            b"\xff\xfe" + "[A]\nk=é".encode("utf-16-le") + b"x",
            {"A": {"k": "é"}},
            id="UTF-16 is understood and an odd byte dropped",
        ),
        pytest.param(
            b"\xff\xfe" + "\ufeff[A]\nk=v".encode("utf-16-le"), {}, id="only one mark is skipped"
        ),
        pytest.param(b"# c\n;d\n[A]\nk=v", {"A": {"k": "v"}}, id="comments are skipped"),
        pytest.param(b"[A]\n #k=v", {"A": {"#k": "v"}}, id="an indented # is no comment"),
        pytest.param(b"[A]\n \t k=v", {"A": {"k": "v"}}, id="blanks before a key are dropped"),
        pytest.param(b"[A]\nk = v ", {"A": {"k ": " v "}}, id="other blanks are kept"),
        pytest.param(b"[A]\nk=a=b", {"A": {"k": "a=b"}}, id="the first = divides"),
        pytest.param(b"[A]\nk=", {"A": {"k": ""}}, id="a value may be empty"),
        pytest.param(b"[A]\nk\n \n=v\n==v=w", {}, id="lines without a key are junk"),
        pytest.param(b"k=v\n[A]\nk=w", {"A": {"k": "w"}}, id="keys before a section are junk"),
        pytest.param(b"[A]\nk=1\nl=2\nk=3", {"A": {"k": "3", "l": "2"}}, id="the later wins"),
        pytest.param(
            b"[A]\nk=1\n[B]\nk=2\n[A]\nl=3",
            {"A": {"k": "1", "l": "3"}, "B": {"k": "2"}},
            id="a section that comes again goes on",
        ),
        pytest.param(b" [A] \t\nk=v", {"A": {"k": "v"}}, id="a header may stand in blanks"),
        pytest.param(b"[A\nk=v", {"A": {"k": "v"}}, id="an unclosed header counts"),
        pytest.param(b"[A]\n[B] x\nk=v", {}, id="a header with more closes the section"),
        pytest.param(b"[A]\n[]\nk=v", {}, id="a header without a name closes the section"),
        pytest.param(b"[A]\n[\nk=v", {}, id="a lone bracket closes the section"),
        pytest.param(b"[A[B]\nk=v", {}, id="a name with a bracket holds nothing"),
        pytest.param(b"[A]\nk=1\0\nl=2\n", {"A": {"k": "1"}}, id="a NUL ends the file"),
        pytest.param(b"[\xe9]\nk=\xe9", {"\udce9": {"k": "\udce9"}}, id="every byte survives"),
    ],
)
def test_gecko_is_followed_into_its_corners(
    data: bytes, expected: dict[str, dict[str, str]]
) -> None:
    assert mozilla_ini.read(data) == expected


@given(st.lists(st.sampled_from([*"[]=#; \t\r\n\0ab", "\ufeff"])).map("".join) | st.text())
def test_any_bytes_are_read_without_a_crash(text: str) -> None:
    for data in (text.encode("utf-8", "surrogatepass"), text.encode("utf-16", "surrogatepass")):
        for keys in mozilla_ini.read(data).values():
            assert keys
