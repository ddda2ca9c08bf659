"""What the value of a policy's key may be: each kind takes a raw value or says what it allows.

A raw value is what TOML, a property list or the registry gives: text, a number, a yes or no, a list
or a table of these. What a kind gives back can be compared and is never changed.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from configure587.model import SUBMISSION, SUBMISSIONS, Reason
from configure587.policy import HostMove

if TYPE_CHECKING:
    from collections.abc import Callable

    from configure587.model import Transport

Json: TypeAlias = "dict[str, Any]"

_TEXT = 1024  # letters of one text
_ITEMS = 10_000  # of one list


def allows(code: str, **fields: str | int) -> Reason:
    """What is allowed: a code of policies/words.py with its fields."""
    return Reason(code, tuple(fields.items()))


class Wrong(Exception):
    """This value is not allowed; `allowed` tells what is, `item` which part of it is wrong."""

    def __init__(self, allowed: Reason, item: object = None) -> None:
        """`allowed` is what allows() gave."""
        super().__init__(allowed, item)
        self.allowed = allowed
        self.item = item


class Kind(Protocol):
    """One kind of value: `carrier` is the shape by which the registry holds it."""

    @property
    def carrier(self) -> str:
        """text, number, flag, items or table."""

    @property
    def allowed(self) -> Reason:
        """What is allowed, as a code and fields that become a sentence."""

    def taken(self, raw: object) -> Any:  # noqa: ANN401 - each kind has its own type
        """The value; Wrong when this is not allowed."""

    def schema(self) -> Json:
        """The same as JSON Schema (2020-12)."""


class Choice(NamedTuple):
    """One of a few words."""

    words: tuple[str, ...]
    carrier: str = "text"

    @property
    def allowed(self) -> Reason:
        """See Kind.allowed."""
        return allows("one_of", words=", ".join(self.words))

    def taken(self, raw: object) -> str:
        """See Kind.taken."""
        if isinstance(raw, str) and raw in self.words:
            return raw
        raise Wrong(self.allowed)

    def schema(self) -> Json:
        """See Kind.schema."""
        return {"enum": list(self.words)}


class Flag(NamedTuple):
    """Yes or no."""

    carrier: str = "flag"

    @property
    def allowed(self) -> Reason:
        """See Kind.allowed."""
        return allows("yes_or_no")

    def taken(self, raw: object) -> bool:
        """See Kind.taken."""
        if isinstance(raw, bool):
            return raw
        raise Wrong(self.allowed)

    def schema(self) -> Json:
        """See Kind.schema."""
        return {"type": "boolean"}


class Number(NamedTuple):
    """A whole number."""

    least: int
    most: int
    carrier: str = "number"

    @property
    def allowed(self) -> Reason:
        """See Kind.allowed."""
        return allows("number_between", least=self.least, most=self.most)

    def taken(self, raw: object) -> int:
        """See Kind.taken."""
        if isinstance(raw, int) and not isinstance(raw, bool) and self.least <= raw <= self.most:
            return raw
        raise Wrong(self.allowed)

    def schema(self) -> Json:
        """See Kind.schema."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


class Text(NamedTuple):
    """Text on one line, for which `fit` gives its one spelling or None."""

    allows: Reason
    fit: Callable[[str], str | None]
    carrier: str = "text"

    @property
    def allowed(self) -> Reason:
        """See Kind.allowed."""
        return self.allows

    def taken(self, raw: object) -> str:
        """See Kind.taken."""
        if isinstance(raw, str) and len(raw) <= _TEXT and raw.strip() and raw.isprintable():
            found = self.fit(raw.strip())
            if found is not None:
                return found
        raise Wrong(self.allowed)

    def schema(self) -> Json:
        """See Kind.schema."""
        return {"type": "string", "minLength": 1, "maxLength": _TEXT}


class Door(NamedTuple):
    """A port with its protection."""

    carrier: str = "text"

    @property
    def allowed(self) -> Reason:
        """See Kind.allowed."""
        return allows("one_of", words=", ".join(DOORS))

    def taken(self, raw: object) -> Transport:
        """See Kind.taken."""
        if isinstance(raw, str) and raw in DOORS:
            return DOORS[raw]
        raise Wrong(self.allowed)

    def schema(self) -> Json:
        """See Kind.schema."""
        return {"enum": list(DOORS)}


DOORS = {"587/starttls": SUBMISSION, "465/tls": SUBMISSIONS}


class OldPort(NamedTuple):
    """A port from which people are moved: none to which they are."""

    carrier: str = "number"

    @property
    def allowed(self) -> Reason:
        """See Kind.allowed."""
        return allows("old_port")

    def taken(self, raw: object) -> int:
        """See Kind.taken."""
        good = isinstance(raw, int) and not isinstance(raw, bool) and 0 < raw < 1 << 16
        if good and raw not in {587, 465}:
            assert isinstance(raw, int)
            return raw
        raise Wrong(self.allowed)

    def schema(self) -> Json:
        """See Kind.schema."""
        return {"type": "integer", "minimum": 1, "maximum": 65535, "not": {"enum": [465, 587]}}


class Items(NamedTuple):
    """A list whose items are all of one kind and differ; `least` is how many there must be."""

    of: Kind
    least: int = 0
    carrier: str = "items"

    @property
    def allowed(self) -> Reason:
        """See Kind.allowed."""
        return allows("list_of", item=self.of.allowed.code, **dict(self.of.allowed.fields))

    def taken(self, raw: object) -> tuple[Any, ...]:
        """See Kind.taken."""
        if not isinstance(raw, list) or not self.least <= len(raw) <= _ITEMS:
            raise Wrong(self.allowed)
        found: dict[Any, None] = {}
        for item in raw:
            try:
                value = self.of.taken(item)
            except Wrong as error:
                raise Wrong(self.allowed, item) from error
            if value in found:
                raise Wrong(allows("each_once"), item)
            found[value] = None
        return tuple(found)

    def schema(self) -> Json:
        """See Kind.schema."""
        items = {"type": "array", "items": self.of.schema(), "uniqueItems": True}
        return {**items, "minItems": self.least} if self.least else items


class HostMap(NamedTuple):
    """Old host to "NEWHOST", or to "NEWHOST address" and the like; nobody is moved twice."""

    host: Callable[[str], str | None]
    carrier: str = "table"

    @property
    def allowed(self) -> Reason:
        """See Kind.allowed."""
        return allows("host_map")

    def taken(self, raw: object) -> tuple[HostMove, ...]:
        """See Kind.taken; a host that stands on both sides would be moved again by each run."""
        if not isinstance(raw, dict) or not 1 <= len(raw) <= _ITEMS:
            raise Wrong(self.allowed)
        moves = [self._move(old, new) for old, new in raw.items()]
        olds = Counter(each.old for each in moves)
        for each in moves:
            if olds[each.old] > 1:
                raise Wrong(allows("each_once"), each.old)
            if each.new in olds:
                raise Wrong(allows("host_loop", host=each.new), each.new)
        return tuple(moves)

    def _move(self, old: object, new: object) -> HostMove:
        words = new.split() if isinstance(new, str) else []
        one = self.host(old) if isinstance(old, str) else None
        other = self.host(words[0]) if words else None
        form = words[1] if len(words) == 2 else "keep"
        if one is None or other is None or len(words) > 2 or form not in FORMS:
            raise Wrong(self.allowed, old if one is None else new)
        return HostMove(one, other, form)

    def schema(self) -> Json:
        """See Kind.schema."""
        pattern = rf"^\S+( ({'|'.join(FORMS)}))?$"
        each = {"type": "string", "pattern": pattern}
        return {"type": "object", "minProperties": 1, "additionalProperties": each}


FORMS = ("keep", "address", "local-part")


class Rings(NamedTuple):
    """Rings in their order, each as "NAME PERCENT"; 100 percent together at most.

    A list, for neither the registry nor a property list keeps the order of a table.
    """

    carrier: str = "items"

    @property
    def allowed(self) -> Reason:
        """See Kind.allowed."""
        return allows("rings")

    def taken(self, raw: object) -> tuple[tuple[str, int], ...]:
        """See Kind.taken."""
        if not isinstance(raw, list) or not 1 <= len(raw) <= 100:
            raise Wrong(self.allowed)
        found: dict[str, int] = {}
        for each in raw:
            told = _RING.fullmatch(each) if isinstance(each, str) else None
            if told is None:
                raise Wrong(self.allowed, each)
            if told[1] in found:
                raise Wrong(allows("each_once"), told[1])
            found[told[1]] = int(told[2])
        if sum(found.values()) > 100:
            raise Wrong(allows("rings_too_many"))
        return tuple(found.items())

    def schema(self) -> Json:
        """See Kind.schema."""
        each = {"type": "string", "pattern": f"^{_RING.pattern}$"}
        return {"type": "array", "minItems": 1, "maxItems": 100, "items": each}


_RING = re.compile(r"([A-Za-z0-9._-]{1,64}) ([1-9][0-9]?|100)")


def anything(text: str) -> str | None:
    """Any text."""
    return text


def absolute(text: str) -> str | None:
    """A path from a root, of this system or, for a share, of Windows."""
    return text if os.path.isabs(text) or text.startswith("\\\\") else None


def site(text: str) -> str | None:
    """An address of the web that a person may open."""
    start, there, rest = text.partition("://")
    good = start.lower() in {"https", "http"} and there and rest.strip("/")
    return text if good and " " not in text else None
