"""Build the package: setuptools' backend, after the message catalogues have been compiled.

Called by pip (PEP 517 and PEP 660), for wheels and for editable installs alike, so that the
program itself never needs Babel and never compiles anything when it starts.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from setuptools import build_meta
from setuptools.build_meta import (
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "locales"
RESOURCES = ROOT / "resources"
NO_HOUR = datetime(1970, 1, 1, tzinfo=UTC)  # else Babel writes now, and no two builds are the same


def compile_catalogues(locales: Path = LOCALES) -> None:
    """Write the .mo file beside every .po file; fuzzy entries are left out."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for po in sorted(locales.glob("*/LC_MESSAGES/*.po")):
        with po.open("rb") as source:
            catalogue = read_po(source)
        catalogue.creation_date = NO_HOUR
        with po.with_suffix(".mo").open("wb") as target:
            write_mo(target, catalogue)


def remove_bytecode(resources: Path = RESOURCES) -> None:
    """Remove what Python left beside the resources: all that lies there is shipped."""
    for folder in sorted(resources.rglob("__pycache__")):
        shutil.rmtree(folder)


def build_wheel(
    wheel_directory: str,
    config_settings: Mapping[str, Any] | None = None,
    metadata_directory: str | None = None,
) -> str:
    """PEP 517: build a wheel with compiled catalogues."""
    compile_catalogues()
    remove_bytecode()
    return build_meta.build_wheel(wheel_directory, config_settings, metadata_directory)


def build_editable(
    wheel_directory: str,
    config_settings: Mapping[str, Any] | None = None,
    metadata_directory: str | None = None,
) -> str:
    """PEP 660: an editable install finds compiled catalogues too."""
    compile_catalogues()
    return build_meta.build_editable(wheel_directory, config_settings, metadata_directory)


def build_sdist(sdist_directory: str, config_settings: Mapping[str, Any] | None = None) -> str:
    """PEP 517: build a source archive; whoever builds from it compiles the catalogues."""
    return build_meta.build_sdist(sdist_directory, config_settings)
