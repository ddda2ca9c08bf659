"""What is wrong with a preferences file, and what in it had better not be copied.

Asked only of files that are not as Thunderbird writes them, or that speak of secrets: both take
the file apart token by token.
"""

from __future__ import annotations

from typing import NamedTuple

from configure587.formats.prefs_tokens import Found, statements

# What a name or a value is called that must not be copied into a backup.
_SECRET = (
    *(b"passw", b"passphrase", b"pwd", b"senha", b"secret", b"token"),
    *(b"credential", b"apikey", b"api_key"),
)


class Health(NamedTuple):
    """`damaged`: text that speaks of `word` is in no good statement, or the file breaks off.

    `faulty`: some other text is an error. `odd` are the names whose value is spelled in a way that
    we would not write, and so could not write back.
    """

    damaged: bool = False
    faulty: bool = False
    odd: frozenset[str] = frozenset()


def health(data: bytes, word: bytes) -> Health:
    """Examine a whole file; `word` is what the names that matter have in common, in lower case."""
    from configure587.formats.prefs_edit import literal

    if not data.strip():
        return Health(damaged=True)
    odd: set[str] = set()
    gaps: list[bytes] = []  # what stands between good statements, where an error is
    end, faults = 0, False
    for item in statements(data):
        if not isinstance(item, Found):
            faults = True
            continue
        if data[item.value_start : item.value_end] != literal(item.value):
            odd.add(item.name.decode("utf-8", "surrogateescape"))
        if faults:
            gaps.append(data[end : item.start])
        end, faults = item.end, False
    if faults:
        gaps.append(data[end:])
    speaks = any(word in gap.lower() for gap in gaps)
    return Health(speaks or faults or b"\0" in data, bool(gaps), frozenset(odd))


def without_secrets(data: bytes) -> tuple[bytes | None, tuple[str, ...]]:
    """The file with every value emptied that may be a secret, and the names of those values.

    None instead of a file when a secret may also stand where no good statement is, in a comment
    for example: then nothing may be copied.
    """
    if not speaks_of_secrets(data):
        return data, ()
    pieces: list[bytes] = []
    names: list[str] = []
    rest: list[bytes] = []
    position = 0
    for item in statements(data):
        if not isinstance(item, Found):
            continue
        rest.append(data[position : item.start])
        start = position
        position = item.end
        if isinstance(item.value, bytes) and item.value and _is_secret(item):
            names.append(item.name.decode("utf-8", "surrogateescape"))
            pieces += data[start : item.value_start], b'""', data[item.value_end : item.end]
        else:
            pieces.append(data[start : item.end])
    rest.append(data[position:])
    if any(speaks_of_secrets(each) for each in rest):
        return None, tuple(dict.fromkeys(names))
    return b"".join((*pieces, data[position:])), tuple(dict.fromkeys(names))


def _is_secret(item: Found) -> bool:
    assert isinstance(item.value, bytes)
    return speaks_of_secrets(item.name) or speaks_of_secrets(item.value)


def speaks_of_secrets(text: bytes) -> bool:
    """Whether a word in these bytes of UTF-8 is what secrets are called."""
    small = text.lower()
    return any(word in small for word in _SECRET)
