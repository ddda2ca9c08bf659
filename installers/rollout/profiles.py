"""A policy's file as a configuration profile of macOS, and the table of keys as a form of Jamf."""

from __future__ import annotations

import json
import plistlib
import uuid
from typing import TYPE_CHECKING, Any, Final

from installers.rollout import titles

from configure587.policies import places, words
from configure587.policies.keys import KEYS

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = dict[str, Any]

_OURS: Final = uuid.uuid5(uuid.NAMESPACE_DNS, places.DOMAIN)


def profile(policy: Mapping[str, object]) -> bytes:
    """A .mobileconfig for computers, with these keys and values as a policy's file has them.

    A profile with the same policy has the same identifiers, so that two builds of it are equal.
    """
    payload = {
        "PayloadType": places.DOMAIN,
        "PayloadIdentifier": f"{places.DOMAIN}.policy",
        "PayloadUUID": _number("policy"),
        "PayloadVersion": 1,
        "PayloadDisplayName": titles.PRODUCT,
        **{KEYS[name].camel: value for name, value in policy.items()},
    }
    whole = {
        "PayloadType": "Configuration",
        "PayloadScope": "System",
        "PayloadIdentifier": f"{places.DOMAIN}.profile",
        "PayloadUUID": _number("profile"),
        "PayloadVersion": 1,
        "PayloadDisplayName": titles.PRODUCT,
        "PayloadDescription": titles.told(titles.ABOUT, titles.ENGLISH),
        "PayloadContent": [payload],
    }
    return plistlib.dumps(whole, sort_keys=False)


def _number(name: str) -> str:
    return str(uuid.uuid5(_OURS, name)).upper()


def form() -> bytes:
    """The custom schema for Jamf: its form then writes managed preferences of our domain."""
    properties = {key.camel: _property(name, place) for place, (name, key) in _numbered()}
    document = {
        "title": f"{titles.PRODUCT} ({places.DOMAIN})",
        "description": titles.told(titles.ABOUT, titles.ENGLISH),
        "type": "object",
        "properties": properties,
    }
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def _numbered() -> list[tuple[int, tuple[str, Any]]]:
    return list(enumerate(KEYS.items(), start=1))


def _property(name: str, place: int) -> Json:
    key = KEYS[name]
    found = {
        "title": titles.told(titles.TITLES[name], titles.ENGLISH),
        "description": words.KEYS[name],
        "property_order": place * 5,
        **key.kind.schema(),
    }
    # a form needs a type, also where the words say it all
    return found if "type" in found else {**found, "type": "string"}
