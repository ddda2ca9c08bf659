r"""What the bytes of a preferences file mean, token by token, as Gecko's own parser reads them.

The grammar is that of modules/libpref/parser/src/lib.rs (mozilla-central), restated here and held
to the installed Thunderbird by tests/e2e/test_prefs_differential.py. Three habits of the real
parser shape this module:

* A NUL stands for the end of the file, but only where a token begins. Inside a string or a comment
  it ends that string or comment, and reading goes on behind it.
* After an error everything up to the next ``;`` *token* is skipped.
* ``\xHH`` puts a raw byte and ``\uHHHH`` UTF-8, so strings are bytes here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, NoReturn, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

Raw: TypeAlias = bool | int | bytes

BOM = b"\xef\xbb\xbf"
INT_MIN = -(2**31)
INT_MAX = 2**31 - 1
UINT_MAX = 2**32 - 1


class Found(NamedTuple):
    """A statement that is in force, and the spans of the whole and of its value."""

    kind: str
    name: bytes
    value: Raw
    start: int
    end: int
    value_start: int
    value_end: int
    sticky: bool = False
    locked: bool = False


class Fault(NamedTuple):
    """An error in the parser's own words, and the position whose line it names."""

    message: str
    position: int


class _Faulty(Exception):
    """The statement being read is broken."""


_END = ""
_STRING = "string"
_INT = "int"
_ERROR = "error"
_KEYWORDS = {
    word.encode(): word
    for word in ("pref", "sticky_pref", "user_pref", "true", "false", "sticky", "locked")
}
_SPECIFIERS = frozenset(("pref", "sticky_pref", "user_pref"))

# White space and complete comments. A line comment takes a NUL that ends it along.
_TRIVIA = re.compile(
    rb"(?:[ \t\n\v\f\r]++"
    rb"|(?://|#)[^\r\n\0]*+(?:[\r\n\0]|\Z)"
    rb"|/\*(?:[^*\0]++|\*(?!/))*+\*/)*+"
)
_OPEN_COMMENT = re.compile(rb"/\*[^\0]*+")
_WORD = re.compile(rb"[A-Za-z_]++")
_DIGITS = re.compile(rb"[0-9]++")
_RUN = {0x22: re.compile(rb'[^"\\\0]*+'), 0x27: re.compile(rb"[^'\\\0]*+")}
_HEX = {2: re.compile(rb"[0-9A-Fa-f]{0,2}+"), 4: re.compile(rb"[0-9A-Fa-f]{0,4}+")}
_SIMPLE_ESCAPES = {0x22: b'"', 0x27: b"'", 0x5C: b"\\", 0x6E: b"\n", 0x72: b"\r"}
_WORD_BYTES = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")
_DIGIT_BYTES = frozenset(b"0123456789")
_SINGLE = {byte: chr(byte) for byte in b"(),;+-"}

# A statement as Thunderbird writes it, without escapes: most of any file, and no tokens needed.
_PLAIN = re.compile(
    rb"[ \t\n\v\f\r]*+(user_pref|pref|sticky_pref)\("
    rb'"([^"\\\0]*+)", (?:"([^"\\\0]*+)"|(-?[0-9]{1,9}+)|(true|false))\);'
)


def statements(data: bytes, *, defaults: bool = False) -> Iterator[Found | Fault]:
    """Find every good statement and every error of a file, in order.

    `defaults` reads as the files in defaults/pref are read: attributes are allowed, and some
    errors have other words.
    """
    tokens = _Tokens(data, defaults=defaults)
    while True:
        plain = _PLAIN.match(data, tokens.position)
        if plain:
            tokens.position = plain.end()
            yield _found(plain)
            continue
        tokens.advance()
        if tokens.kind == _END:
            return
        try:
            yield tokens.statement()
        except _Faulty:
            yield tokens.fault()
            if not tokens.recover():
                return


def _found(plain: re.Match[bytes]) -> Found:
    group = plain.lastindex or 0
    value: Raw = plain[group]
    start, end = plain.span(group)
    if group == 3:
        start, end = start - 1, end + 1
    else:
        value = int(plain[4]) if group == 4 else plain[5] == b"true"
    kind = plain[1].decode()
    return Found(
        kind, plain[2], value, plain.start(1), plain.end(), start, end, kind == "sticky_pref"
    )


class _Tokens:
    """A cursor over the bytes: the token read last, and the statement made of tokens."""

    __slots__ = ("data", "defaults", "fault_at", "kind", "message", "position", "start", "value")

    def __init__(self, data: bytes, *, defaults: bool) -> None:
        self.data = data
        self.defaults = defaults
        self.position = len(BOM) if data.startswith(BOM) else 0
        self.start = 0
        self.kind = _END
        self.value: bytes | int = b""
        self.message = ""
        self.fault_at = 0

    # The grammar

    def statement(self) -> Found:
        """Read the statement that begins with the current token."""
        kind, start = self.kind, self.start
        if kind not in _SPECIFIERS:
            what = "pref specifier" if self.defaults else "'user_pref'"
            self.refuse(f"expected {what} at start of pref definition")
        self.expect("(", "expected '(' after pref specifier")
        name = self.expect(_STRING, "expected pref name after '('")
        assert isinstance(name, bytes)
        self.expect(",", "expected ',' after pref name")
        value = self.pref_value()
        value_start, value_end = value[1], self.position
        sticky, locked = self.rest(sticky=kind == "sticky_pref")
        return Found(
            kind, name, value[0], start, self.position, value_start, value_end, sticky, locked
        )

    def pref_value(self) -> tuple[Raw, int]:
        """Read a value; say where it starts."""
        self.advance()
        start, kind = self.start, self.kind
        if kind in ("true", "false"):
            return kind == "true", start
        if kind == _STRING:
            return self.value, start
        if kind in ("+", "-"):
            self.expect(_INT, f"expected integer literal after '{kind}'")
        elif kind != _INT:
            self.refuse("expected pref value after ','")
        number = int(self.value)
        if number > INT_MAX + (kind == "-"):
            self.refuse("integer literal overflowed")
        return (-number if kind == "-" else number), start

    def rest(self, *, sticky: bool) -> tuple[bool, bool]:
        """Read the attributes and the end of the statement."""
        locked = attributes = False
        self.advance()
        while self.defaults and self.kind == ",":
            self.advance()
            if self.kind not in ("sticky", "locked"):
                self.refuse("expected pref attribute after ','")
            attributes = True
            sticky |= self.kind == "sticky"
            locked |= self.kind == "locked"
            self.advance()
        if self.kind != ")":
            what = "',' or ')'" if self.defaults else "')'"
            self.refuse(f"expected {what} after pref {'attribute' if attributes else 'value'}")
        self.expect(";", "expected ';' after ')'")
        return sticky, locked

    def expect(self, kind: str, message: str) -> bytes | int:
        """Read the next token, which must be of this kind, and give its value."""
        self.advance()
        if self.kind != kind:
            self.refuse(message)
        return self.value

    def refuse(self, message: str) -> NoReturn:
        """Give the statement up: the token's own error comes before the grammar's."""
        if self.kind != _ERROR:
            self.message, self.fault_at = message, self.position
        raise _Faulty

    def fault(self) -> Fault:
        """Tell the error that was met."""
        return Fault(self.message, self.fault_at)

    def recover(self) -> bool:
        """Skip to behind the next semicolon; False at the end of the file."""
        while self.kind != ";":
            if self.kind == _END:
                return False
            self.advance()
        return True

    # The tokens

    def advance(self) -> None:
        """Read one token."""
        data = self.data
        trivia = _TRIVIA.match(data, self.position)
        assert trivia is not None
        self.start = self.position = trivia.end()
        if self.start >= len(data):
            self.kind = _END
            return
        byte = data[self.start]
        if byte in _SINGLE:
            self.kind = _SINGLE[byte]
            self.position += 1
        elif byte in _WORD_BYTES:
            self.word()
        elif byte in _RUN:
            self.string(byte)
        elif byte in _DIGIT_BYTES:
            self.digits()
        elif byte == 0x2F:
            self.slash()
        elif byte == 0:
            self.kind = _END
        else:
            self.position += 1
            self.error("unexpected character")

    def error(self, message: str) -> None:
        """Make the current token an erroneous one."""
        self.kind, self.message, self.fault_at = _ERROR, message, self.position

    def taken(self, pattern: re.Pattern[bytes]) -> bytes:
        """Take what matches here (at least the empty string does)."""
        match = pattern.match(self.data, self.position)
        assert match is not None
        self.position = match.end()
        return match[0]

    def word(self) -> None:
        """Read a keyword."""
        keyword = _KEYWORDS.get(self.taken(_WORD))
        if keyword is None:
            self.error("unknown keyword")
        else:
            self.kind = keyword

    def digits(self) -> None:
        """Read an unsigned number of 32 bits."""
        digits = self.taken(_DIGITS).lstrip(b"0")
        number = int(digits or b"0") if len(digits) <= 10 else UINT_MAX + 1
        if self.peek() in _WORD_BYTES:
            self.error("unexpected character in integer literal")
        elif number > UINT_MAX:
            self.error("integer literal overflowed")
        else:
            self.kind, self.value = _INT, number

    def slash(self) -> None:
        """Read a slash that begins no complete comment."""
        if self.data.startswith(b"/*", self.start):
            self.taken(_OPEN_COMMENT)
            self.position = min(self.position + 1, len(self.data))
            self.error("unterminated /* comment")
            return
        self.position += 1
        if self.peek() not in b"\r\n":
            self.position = min(self.position + 1, len(self.data))
        self.error("expected '/' or '*' after '/'")

    def peek(self) -> int:
        """Look at the next byte; a NUL where there is none."""
        return self.data[self.position] if self.position < len(self.data) else 0

    # Strings

    def string(self, quote: int) -> None:
        """Read a string in either quotes to its end; only its first error counts."""
        self.position += 1
        run = _RUN[quote]
        pieces = [self.taken(run)]
        self.kind = _STRING
        while (byte := self.peek()) != quote:
            self.position = min(self.position + 1, len(self.data))
            if not byte:
                self.string_error("unterminated string literal")
                return
            pieces.append(self.escape())
            pieces.append(self.taken(run))
        self.position += 1
        self.value = b"".join(pieces)

    def string_error(self, message: str) -> None:
        """Note an error in the string being read, unless it has one."""
        if self.kind != _ERROR:
            self.error(message)

    def escape(self) -> bytes:
        """Read what follows a backslash."""
        byte = self.peek()
        if byte in b"\r\n":
            self.string_error("unexpected escape sequence character after '\\'")
            return b""
        self.position = min(self.position + 1, len(self.data))
        if byte == 0x78:
            return self.byte_escape()
        if byte == 0x75:
            return self.unicode_escape()
        simple = _SIMPLE_ESCAPES.get(byte)
        if simple is None:
            self.string_error("unexpected escape sequence character after '\\'")
            return b""
        return simple

    def hexadecimal(self, digits: int) -> int | None:
        """Read exactly so many digits; they are taken even if there are fewer."""
        taken = self.taken(_HEX[digits])
        return int(taken, 16) if len(taken) == digits else None

    def byte_escape(self) -> bytes:
        r"""Read the byte of \xHH."""
        number = self.hexadecimal(2)
        if not number:
            malformed = "malformed \\x escape sequence"
            self.string_error(malformed if number is None else "\\x00 is not allowed")
            return b""
        return bytes((number,))

    def unicode_escape(self) -> bytes:
        r"""Read the UTF-8 of \uHHHH, or of two of them."""
        number = self.hexadecimal(4)
        if not number:
            malformed = "malformed \\u escape sequence"
            self.string_error(malformed if number is None else "\\u0000 is not allowed")
            return b""
        if number & 0xFC00 == 0xDC00:
            self.string_error("expected high surrogate before low surrogate")
            return b""
        if number & 0xFC00 == 0xD800:
            low = self.low_surrogate()
            if low is None:
                return b""
            number = 0x10000 + ((number & 0x3FF) << 10) + (low & 0x3FF)
        return chr(number).encode()

    def low_surrogate(self) -> int | None:
        """Read the second half of a pair. What was taken while looking for it stays taken."""
        low = None
        if self.peek() == 0x5C:
            self.position += 1
            if self.peek() == 0x75:
                self.position += 1
                low = self.hexadecimal(4)
        if low is None:
            self.string_error("expected low surrogate after high surrogate")
        elif low & 0xFC00 != 0xDC00:
            self.string_error("invalid low surrogate after high surrogate")
            return None
        return low
