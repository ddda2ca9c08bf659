"""One document of a policy, read whole: every key it knows, every value it allows, or Refused.

A document is a TOML file, a key of the registry or a property list. What is refused names its file,
its line (TOML has lines), the key and what is allowed there.
"""

from __future__ import annotations

import enum
import os
import re
import tomllib
from typing import TYPE_CHECKING, Any, NamedTuple

from configure587.errors import Refused, detail
from configure587.model import Opaque
from configure587.policies.keys import CAMEL, KEYS
from configure587.policies.kinds import Wrong

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from configure587.machine.seams import Files, Registry
    from configure587.policies.keys import Key

_LIMIT = 1024 * 1024  # bytes of one document
_LIKELY = 50  # lines that look like the beginning of a key, of which one is
_PROBE = "configure587-begins-here"
_AT = re.compile(r"\(at line (\d+), column \d+\)$")  # of tomllib's own messages


class Rank(enum.Enum):
    """Whose word a setting is, the strongest first."""

    MACHINE = "machine"
    COMMAND = "command"
    USER = "user"
    FILE = "file"


class Setting(NamedTuple):
    """One key's value, whose word it is and where it stands; `line` is 0 where there are none."""

    key: str
    value: Any
    rank: Rank
    path: str
    line: int = 0


def toml(files: Files, path: str, rank: Rank, only: Collection[str] | None = None) -> list[Setting]:
    """The settings of a TOML file; Refused when it cannot be read or anything in it is wrong.

    With `only` no other key is looked at.
    """
    try:
        text = files.read(path, _LIMIT).decode("utf-8-sig")
    except OSError as error:
        raise Refused("policy_unreadable", path=path, detail=detail(error)) from error
    except UnicodeDecodeError as error:
        raise Refused("policy_unreadable", path=path, detail="UTF-8") from error
    text = text.replace("\r\n", "\n")
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        at = _AT.search(str(error))
        line = int(at[1]) if at is not None else text.count("\n") + 1
        raise Refused("policy_not_toml", where=_where(path, line), detail=str(error)) from error
    return _settings(_Document(path, rank, text), raw, only)


class _Document(NamedTuple):
    path: str
    rank: Rank
    text: str = ""
    camel: bool = False

    def key(self, name: str) -> Key | None:
        """The key of this name; None for a name that is none."""
        return CAMEL.get(name.lower()) if self.camel else KEYS.get(name)

    def line(self, name: str) -> int:
        """The line on which a key begins; 0 without lines, or where nothing looks like it.

        TOML's own grammar has the last word: what stands before that line has to be whole, and a
        key that began there would have to be one of the document, not of a table.
        """
        lines = self.text.split("\n")
        begins = re.compile(rf"\s*(\[+\s*)?(['\"]?){re.escape(name)}\2\s*[.=\]]")
        told = ((number, begins.match(line)) for number, line in enumerate(lines))
        likely = [(number, match) for number, match in told if match is not None]
        for number, match in likely[:_LIKELY]:
            if _begins_here(lines[:number], is_table=bool(match[1])):
                return number + 1
        return 0

    def where(self, name: str) -> str:
        return _where(self.path, self.line(name))


def _begins_here(before: list[str], *, is_table: bool) -> bool:
    """Whether a table, or a key of the document itself, can begin behind these lines."""
    probe = [] if is_table else [f"{_PROBE} = 0", ""]
    try:
        found = tomllib.loads("\n".join([*before, *probe]))
    except tomllib.TOMLDecodeError:
        return False
    return is_table or _PROBE in found


def _where(path: str, line: int) -> str:
    return f"{path}:{line}" if line else path


def _settings(
    document: _Document, raw: Mapping[str, Any], only: Collection[str] | None = None
) -> list[Setting]:
    wanted = {name: value for name, value in raw.items() if _is_wanted(document, name, only)}
    found = [_setting(document, name, value) for name, value in wanted.items()]
    _contradictions(document, {each.key: each.value for each in found})
    return found


def _is_wanted(document: _Document, name: str, only: Collection[str] | None) -> bool:
    key = document.key(name)
    return only is None or (key is not None and key.name in only)


def _setting(document: _Document, name: str, raw: object) -> Setting:
    key = document.key(name)
    if key is None:
        known = [each.camel if document.camel else each.name for each in KEYS.values()]
        fields = {"where": document.where(name), "key": name, "known": ", ".join(known)}
        raise Refused("policy_key_unknown", **fields)
    try:
        value = key.kind.taken(raw)
    except Wrong as error:
        raise _refused(document, name, raw, error) from error
    line = document.line(name)
    if key.name == "support-logo" and document.text:
        value = os.path.join(os.path.dirname(document.path), value)
    return Setting(key.name, value, document.rank, document.path, line)


def _refused(document: _Document, name: str, raw: object, error: Wrong) -> Refused:
    said = repr(raw if error.item is None else error.item)
    fields = {"where": document.where(name), "key": name, "value": said[:200]}
    allowed = {f"allowed_{field}": value for field, value in error.allowed.fields}
    return Refused("policy_value_wrong", **fields, allowed=error.allowed.code, **allowed)


_APART = (("include-hosts", "exclude-hosts"), ("include-domains", "exclude-domains"))


def _contradictions(document: _Document, said: Mapping[str, Any]) -> None:
    """Refused when two keys of one document cannot both be meant."""
    for one, other in _APART:
        for item in set(said.get(one, ())) & set(said.get(other, ())):
            raise _contradiction(document, one, other, str(item))
    if "wait-seconds" in said and said.get("when-running", "wait") != "wait":
        raise _contradiction(document, "when-running", "wait-seconds", said["when-running"])
    if said.get("probe") == "off" and said.get("online"):
        raise _contradiction(document, "probe", "online", "off")
    never = set(said.get("exclude-hosts", ()))
    for host in {each.new for each in said.get("host-map", ())} & never:
        raise _contradiction(document, "host-map", "exclude-hosts", host)
    for host in set(said.get("accept-hosts", ())) & never:
        raise _contradiction(document, "accept-hosts", "exclude-hosts", host)


def _contradiction(document: _Document, one: str, other: str, value: str) -> Refused:
    if document.camel:
        one, other = KEYS[one].camel, KEYS[other].camel
    where, there = document.where(one), document.where(other)
    fields = {"where": where, "one": one, "other": other, "there": there, "value": value}
    return Refused("policy_contradiction", **fields)


def registry(
    found: Registry, path: str, rank: Rank, only: Collection[str] | None = None
) -> list[Setting]:
    """The settings below a key of the registry, as Group Policy writes them; `only` as of toml."""
    try:
        names, keys = found.names(path), found.keys(path)
        raw: dict[str, object] = dict(found.read(path, names))
        for name in keys:
            below = f"{path}\\{name}"
            values = dict(found.read(below, found.names(below)))
            raw[name] = list(values.items())
    except OSError as error:
        raise Refused("policy_unreadable", path=path, detail=detail(error)) from error
    shaped = {name: _shaped(CAMEL.get(name.lower()), value) for name, value in raw.items()}
    return _settings(_Document(path, rank, camel=True), shaped, only)


def _shaped(key: Key | None, raw: object) -> object:
    """A value as a file would have it: the registry has no yes, no numbers in lists, no lists."""
    if key is None or isinstance(raw, Opaque):
        return raw
    if key.kind.carrier == "flag" and raw in {0, 1}:
        return raw == 1
    if not isinstance(raw, list):
        return raw
    numbers = key.name == "due-ports"
    pairs = [(name, _number(value) if numbers else value) for name, value in raw]
    if key.kind.carrier == "table":
        return dict(pairs)
    return [value for _, value in sorted(pairs, key=lambda pair: _order(pair[0]))]


def _number(value: object) -> object:
    text = isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 6
    return int(value) if text else value  # type: ignore[call-overload]


def _order(name: str) -> tuple[int, str]:
    return (int(name) if name.isascii() and name.isdecimal() else 1 << 31, name)


def property_list(
    files: Files, path: str, rank: Rank, only: Collection[str] | None = None
) -> list[Setting]:
    """The settings of a property list, as profiles of macOS leave them; `only` as of toml."""
    import plistlib
    from xml.parsers.expat import ExpatError

    try:
        raw = plistlib.loads(files.read(path, _LIMIT))
    except OSError as error:
        raise Refused("policy_unreadable", path=path, detail=detail(error)) from error
    except (ValueError, ExpatError, plistlib.InvalidFileException, RecursionError) as error:
        raise Refused("policy_unreadable", path=path, detail="plist") from error
    if not isinstance(raw, dict):
        raise Refused("policy_unreadable", path=path, detail="plist")
    ours = {str(name): value for name, value in raw.items() if not str(name).startswith("Payload")}
    return _settings(_Document(path, rank, camel=True), ours, only)
