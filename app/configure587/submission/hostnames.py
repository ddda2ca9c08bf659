"""Host names as one spelling: lower case, punycode, no last dot; and who owns them."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}")
_LONGEST = 253  # RFC 1035, 2.3.4, without the last dot
_LONGEST_TYPED = 1024  # what is longer than this is not worth folding


def canonical(name: str) -> str | None:
    """The one spelling of a host or domain name; None for what is no such name on the internet.

    Addresses, single words and names that IDNA 2008 forbids are none.
    """
    if not name or len(name) > _LONGEST_TYPED:
        return None
    found = name.removesuffix(".").lower()
    if not found.isascii() or "xn--" in found:
        import idna

        try:
            found = idna.encode(found, uts46=True).decode("ascii")
        except UnicodeError:  # of which idna's own errors are a kind
            return None
    if len(found) > _LONGEST or not _NAME.fullmatch(found):
        return None
    return None if found.rpartition(".")[2].isdecimal() else found


def domain_of(address: str) -> str | None:
    """The domain of a mail address, in its one spelling."""
    local, at, domain = address.strip().rpartition("@")
    return canonical(domain) if local and at else None


def registrable(name: str) -> str | None:
    """What somebody registered of a name, such as example.com.br; None for a public suffix.

    Suffixes under which strangers get names, such as github.io, count as public.
    """
    found = canonical(name)
    return None if found is None else _public_suffixes().privatesuffix(found)


def same_owner(one: str, other: str) -> bool:
    """Whether two names lie under the same registrable domain."""
    own = registrable(one)
    return own is not None and own == registrable(other)


@functools.cache
def _public_suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
