"""A table of providers as TOML: read with every doubt named, and written."""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from typing import TYPE_CHECKING, Any, TypeVar

from configure587.errors import Refused, detail
from configure587.machine.disk import DiskFiles
from configure587.model import Security
from configure587.submission import hostnames
from configure587.submission.providers import (
    DOORS,
    Confidence,
    Note,
    Provider,
    Rewrite,
    Server,
    SignIn,
    Table,
    UserForm,
    server_name,
)

if TYPE_CHECKING:
    import enum
    from collections.abc import Iterator, Sequence

    Word = TypeVar("Word", bound=enum.Enum)

LIMIT = 4 * 1024 * 1024  # bytes of a table

FIELDS = (
    *("id", "name", "domains", "own_domains", "old_hosts", "incoming_hosts", "mx", "servers"),
    *("user", "sign_in", "rewrite", "notes", "source", "date", "confidence"),
)
SERVER_FIELDS = ("host", "port", "security")
_HEADER = re.compile(r"^\s*\[\[\s*provider\s*\]\]", re.MULTILINE)
_WHERE = re.compile(r"\(at line (\d+), column \d+\)")
_SERVER = re.compile(r"\{\s*\w+\s*=")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SHOWN = 60  # characters of a wrong value


def read(path: str) -> Table:
    """The table in a file; Refused if it cannot be read or is not as it should be."""
    try:
        data = DiskFiles().read(path, LIMIT)
    except OSError as error:
        raise Refused("providers_unreadable", path=path, detail=detail(error)) from error
    return parse(data, path)


def parse(data: bytes, path: str) -> Table:
    """The table in these bytes; Refused names the line, the row and what is wrong."""
    text, document = _toml(data, path)
    for name in document:
        if name != "provider":
            allowed = "[[provider]]"
            raise Refused(
                "providers_name_unknown", path=path, line="?", row="-", name=name, allowed=allowed
            )
    rows = document.get("provider", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        rows = []
    if not rows:
        raise Refused("providers_no_rows", path=path)
    starts = [match.end() for match in _HEADER.finditer(text)]
    if len(starts) != len(rows):  # spelled in another way, or a sentence looks like a header
        starts = [-1] * len(rows)
    ends = [*starts[1:], len(text)]
    places = [_Row(path, text, start, end) for start, end in zip(starts, ends, strict=True)]
    read_rows = [place.provider(row) for place, row in zip(places, rows, strict=True)]
    _once(places, read_rows)
    return Table(tuple(read_rows))


def _toml(data: bytes, path: str) -> tuple[str, dict[str, Any]]:
    try:
        text = data.decode()
        return text, tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = str(data.count(b"\n", 0, error.start) + 1)
        raise Refused("providers_not_toml", path=path, line=line) from error
    except (ValueError, RecursionError) as error:  # of which TOMLDecodeError is a kind
        where = _WHERE.search(str(error))
        lines = str(data.count(b"\n") + 1) if "end of document" in str(error) else "?"
        raise Refused("providers_not_toml", path=path, line=where[1] if where else lines) from error


class _Row:
    """One row while it is read: knows where it stands, and what to say of it."""

    def __init__(self, path: str, text: str, start: int, end: int) -> None:
        self._path, self._text, self._start, self._end = path, text, start, end
        self._called = "?"
        self._server_number = -1  # of the server that is being read

    def provider(self, values: dict[str, Any]) -> Provider:
        """The row as a value; Refused if anything is wrong with it."""
        if isinstance(values.get("id"), str):
            self._called = short(values["id"])
        self._known(values, FIELDS)
        never = values.get("rewrite") == Rewrite.NEVER.value
        found = Provider(
            id=self._fitting(values, "id", _ID, "id"),
            name=self._text_of(values, "name"),
            servers=self._servers(values, needed=not never),
            user=self._word(values, "user", UserForm),
            sign_in=self._word(values, "sign_in", SignIn),
            source=self._text_of(values, "source"),
            date=self._date(values),
            confidence=self._word(values, "confidence", Confidence),
            domains=self._names(values, "domains"),
            own_domains=self._flag(values, "own_domains"),
            old_hosts=self._names(values, "old_hosts", patterns=False),
            incoming_hosts=self._names(values, "incoming_hosts"),
            mx=self._names(values, "mx"),
            rewrite=self._word(values, "rewrite", Rewrite)
            if "rewrite" in values
            else Rewrite.PROVEN,
            notes=self._notes(values),
        )
        for host in found.old_hosts:
            if host in {server.host for server in found.servers}:
                raise self.twice("old_hosts", host, self._called)
        return found

    def twice(self, name: str, value: str, other: str) -> Refused:
        """What to raise for a value that may stand in one place only."""
        fields = {**self._place(name), "value": short(value), "other": other}
        return Refused("providers_twice", **fields)

    def _place(self, name: str) -> dict[str, str | int]:
        return {"path": self._path, "line": self._line(name), "row": self._called, "name": name}

    def _line(self, name: str) -> str:
        """The line of a value in this row, else the line where the row begins."""
        if self._start < 0:
            return "?"
        own = self._text[self._start : self._end]
        found = list(_SERVER.finditer(own))[self._server_number : self._server_number + 1]
        if self._server_number < 0:
            key = re.compile(rf"^[ \t]*{re.escape(name)}[ \t]*=", re.MULTILINE)
            found = list(key.finditer(own))[:1]
        at = self._start + (found[0].end() if found else 0)
        return str(self._text.count("\n", 0, at) + 1)

    def _bad(self, name: str, value: object, allowed: str) -> Refused:
        fields = {**self._place(name), "value": short(value), "allowed": allowed}
        return Refused("providers_value_bad", **fields)

    def _known(self, values: dict[str, Any], names: Sequence[str]) -> None:
        for name in values:
            if name not in names:
                place = {**self._place(name), "name": short(name)}
                raise Refused("providers_name_unknown", **place, allowed=", ".join(names))

    def _given(self, values: dict[str, Any], name: str) -> Any:  # noqa: ANN401 - any TOML value
        if name not in values:
            raise Refused("providers_name_missing", **self._place(name))
        return values[name]

    def _text_of(self, values: dict[str, Any], name: str) -> str:
        value = self._given(values, name)
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise self._bad(name, value, "text")
        return value

    def _fitting(
        self, values: dict[str, Any], name: str, pattern: re.Pattern[str], allowed: str
    ) -> str:
        value = self._text_of(values, name)
        if not pattern.fullmatch(value):
            raise self._bad(name, value, allowed)
        return value

    def _word(self, values: dict[str, Any], name: str, kind: type[Word]) -> Word:
        return self._as_word(self._given(values, name), name, kind)

    def _as_word(self, value: object, name: str, kind: type[Word]) -> Word:
        for each in kind:
            if each.value == value:
                return each
        raise self._bad(name, value, ", ".join(str(each.value) for each in kind))

    def _notes(self, values: dict[str, Any]) -> tuple[Note, ...]:
        given = values.get("notes", [])
        if not isinstance(given, list):
            raise self._bad("notes", given, ", ".join(each.value for each in Note))
        return tuple(self._as_word(each, "notes", Note) for each in given)

    def _flag(self, values: dict[str, Any], name: str) -> bool:
        value = values.get(name, False)
        if not isinstance(value, bool):
            raise self._bad(name, value, "true, false")
        return value

    def _date(self, values: dict[str, Any]) -> str:
        value = self._given(values, "date")
        if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
            raise self._bad("date", value, "date")
        return value.isoformat()

    def _names(
        self, values: dict[str, Any], name: str, *, patterns: bool = True
    ) -> tuple[str, ...]:
        given = values.get(name, [])
        if not isinstance(given, list):
            raise self._bad(name, given, "names")
        return tuple(self._name_of(each, name, patterns=patterns) for each in given)

    def _name_of(self, value: object, name: str, *, patterns: bool) -> str:
        if isinstance(value, str):
            star = "*." if patterns and value.startswith("*.") else ""
            found = hostnames.canonical(value.removeprefix(star))
            if found is not None:
                return star + found
        raise self._bad(name, value, "names")

    def _servers(self, values: dict[str, Any], *, needed: bool) -> tuple[Server, ...]:
        given = values.get("servers", []) if not needed else self._given(values, "servers")
        if not isinstance(given, list) or (needed and not given):
            raise self._bad("servers", given, "servers")
        found = [self._server(number, each) for number, each in enumerate(given)]
        self._server_number = -1
        return tuple(found)

    def _server(self, number: int, value: object) -> Server:
        self._server_number = number
        if not isinstance(value, dict):
            raise self._bad("servers", value, "servers")
        self._known(value, SERVER_FIELDS)
        port = self._given(value, "port")
        security = self._as_word(self._given(value, "security"), "security", Security)
        for door in DOORS:
            if (type(port), port, security) == (int, door.port, door.security):
                return Server(self._host(value), door.port, door.security)
        raise self._bad("servers", f"{port} {security.value}", "doors")

    def _host(self, value: dict[str, Any]) -> str:
        host = self._given(value, "host")
        found = server_name(host) if isinstance(host, str) else None
        if found is None:
            raise self._bad("host", host, "host")
        return found


def _once(places: Sequence[_Row], rows: Sequence[Provider]) -> None:
    """Refused if two rows claim one id, domain or old host, or an old host is a row's server."""
    servers = {server.host: row.id for row in rows for server in row.servers}
    seen: dict[tuple[str, str], str] = {}
    for place, row in zip(places, rows, strict=True):
        for claim in _claims(row):
            if claim in seen:
                raise place.twice(*claim, seen[claim])
            seen[claim] = row.id
        for host in row.old_hosts:
            if host in servers:
                raise place.twice("old_hosts", host, servers[host])


def _claims(row: Provider) -> Iterator[tuple[str, str]]:
    yield "id", row.id
    yield from (("domains", domain) for domain in row.domains)
    yield from (("old_hosts", host) for host in row.old_hosts)


def short(value: object) -> str:
    """A wrong value, fit for a sentence: printable and not too long."""
    text = "".join(
        char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in str(value)
    )
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "\N{HORIZONTAL ELLIPSIS}"


def write(rows: Sequence[Provider]) -> str:
    """The same rows as TOML; reading that gives them back."""
    return "\n".join("\n".join(_lines(row)) + "\n" for row in rows)


def _lines(row: Provider) -> Iterator[str]:
    yield "[[provider]]"
    yield f"id = {_quoted(row.id)}"
    yield f"name = {_quoted(row.name)}"
    for name in ("domains", "old_hosts", "incoming_hosts", "mx"):
        if getattr(row, name):
            yield f"{name} = {_array(getattr(row, name))}"
    if row.own_domains:
        yield "own_domains = true"
    if row.servers:
        yield "servers = ["
        for server in row.servers:
            host, security = _quoted(server.host), _quoted(server.security.value)
            yield f"  {{ host = {host}, port = {server.port}, security = {security} }},"
        yield "]"
    yield f"user = {_quoted(row.user.value)}"
    yield f"sign_in = {_quoted(row.sign_in.value)}"
    if row.rewrite is not Rewrite.PROVEN:
        yield f"rewrite = {_quoted(row.rewrite.value)}"
    if row.notes:
        yield f"notes = {_array([note.value for note in row.notes])}"
    yield f"source = {_quoted(row.source)}"
    yield f"date = {row.date}"
    yield f"confidence = {_quoted(row.confidence.value)}"


def _array(values: Sequence[str]) -> str:
    """Values on one line if they fit there, else as many to a line as do."""
    quoted = [_quoted(value) for value in values]
    if len(", ".join(quoted)) <= 80:
        return f"[{', '.join(quoted)}]"
    lines, line = [], " "
    for each in quoted:
        if len(line) + len(each) > 98:
            lines.append(line)
            line = " "
        line += f" {each},"
    return "\n".join(["[", *lines, line, "]"])


def _quoted(text: str) -> str:
    """A basic string of TOML, which is one of JSON but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
