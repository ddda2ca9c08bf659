"""The list of what a package holds, as a CycloneDX document (ECMA-424) beside it.

The same package always gives the same bytes: the date is that of the commit, and the serial number
is made of what the document says.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import uuid
from typing import TYPE_CHECKING, Any, Final

from installers import sums
from installers import wheels as read

if TYPE_CHECKING:
    from collections.abc import Iterable

    from installers.jobs import Contents
    from installers.parts import Part
    from installers.wheels import Wheel

SPECIFICATION: Final = "1.6"
SERIAL: Final = uuid.UUID("6d0f1f3b-36a2-4d0c-9a44-5587c0f15870")  # our own name space
OWN_NAME: Final = "configure587"
SPDX_NAMES: Final = {
    *("Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "GPL-3.0-only", "ISC", "LGPL-3.0-only"),
    *("MIT", "MIT-0", "MPL-2.0", "PSF-2.0", "Python-2.0.1", "Unlicense", "Zlib"),
    *("Unicode-DFS-2016", "bzip2-1.0.6"),
}
"""Those of SPDX's list that we have met; a name outside the list would not be valid as an id."""


def path_for(package: str) -> str:
    """Where the list of a package lies."""
    return f"{package}.cdx.json"


def write(package: str, contents: Contents, version: str, epoch: int) -> str:
    """Write the list of what this package file holds beside it; its path."""
    found = document(os.path.basename(package), sums.of(package), contents, version, epoch)
    with open(path_for(package), "w", encoding="utf-8", newline="\n") as target:
        json.dump(found, target, indent=1, sort_keys=True, ensure_ascii=False)
        target.write("\n")
    return path_for(package)


def document(
    package: str, sha256: str, contents: Contents, version: str, epoch: int
) -> dict[str, Any]:
    """The list for a package file of this name and hash."""
    pieces = [_wheel(each) for each in read.read_all(contents.wheels)]
    pieces += [_part(each) for each in contents.parts]
    own = _own(package, sha256, version)
    told: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": SPECIFICATION,
        "version": 1,
        "metadata": {
            "timestamp": dt.datetime.fromtimestamp(epoch, tz=dt.UTC).isoformat(),
            "component": own,
        },
        "components": pieces,
        "dependencies": [_depends(own, pieces)],
    }
    serial = uuid.uuid5(SERIAL, json.dumps(told, sort_keys=True))
    return {"serialNumber": f"urn:uuid:{serial}", **told}


def _own(package: str, sha256: str, version: str) -> dict[str, Any]:
    purl = f"pkg:pypi/{OWN_NAME}@{version}"
    return {
        **_component("application", OWN_NAME, version, purl, sha256, "MIT"),
        "bom-ref": f"{purl}#{package}",
        "properties": [{"name": f"{OWN_NAME}:package", "value": package}],
    }


def _wheel(wheel: Wheel) -> dict[str, Any]:
    return _component("library", wheel.name, wheel.version, wheel.purl, wheel.sha256, wheel.licence)


def _part(part: Part) -> dict[str, Any]:
    return {
        **_component("library", part.name, part.version, part.purl, part.sha256, part.licence),
        "supplier": {"name": part.maker},
        "externalReferences": [{"type": "website", "url": part.home}],
    }


def _component(  # noqa: PLR0913, PLR0917 - the columns of one row
    kind: str, name: str, version: str, purl: str, sha256: str | None, licence: str
) -> dict[str, Any]:
    """One row; what is not known is not said."""
    hashes = [{"alg": "SHA-256", "content": sha256}] if sha256 else []
    return {
        "type": kind,
        "bom-ref": purl,
        "name": name,
        **({"version": version} if version else {}),
        "purl": purl,
        "licenses": [_licence(licence)],
        **({"hashes": hashes} if hashes else {}),
    }


def _licence(licence: str) -> dict[str, Any]:
    """One of SPDX's list, an expression made of them, or a mere name."""
    if any(word in licence.split() for word in ("OR", "AND", "WITH")):
        return {"expression": licence}
    listed = licence in SPDX_NAMES
    return {"license": {"id": licence} if listed else {"name": licence}}


def _depends(own: dict[str, Any], pieces: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {"ref": own["bom-ref"], "dependsOn": [each["bom-ref"] for each in pieces]}
