"""A person of the lab's Windows, with a folder of their own, who runs our command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import jsonschema

from builders import CANARY, ProfileFiles, profiles_ini
from configure587.report import schema

if TYPE_CHECKING:
    import pathlib

SCHEMAS = {name: json.loads(text) for name, text in schema.schemas().items()}
FAMILY = "MozillaThunderbird.MZLA_h5892qc0xkpca"
ROAMING = "AppData/Roaming"
LOCAL = "AppData/Local"
INSTALLED = f"{ROAMING}/Thunderbird"
STORE = f"{LOCAL}/Packages/{FAMILY}/LocalCache/Roaming/Thunderbird"
PROGRAMS = "C:\\Program Files\\Mozilla Thunderbird"


class Person:
    """A person of this computer: João, with a folder of his own on drive C:."""

    def __init__(self, home: pathlib.Path) -> None:
        """`home` is what Windows calls the user profile."""
        self.home = home

    def has(self, root: str, *profiles: ProfileFiles) -> None:
        """Put profiles where an installation keeps them."""
        folder = self.home / root
        paths = [f"Profiles/{profile.name}" for profile in profiles]
        ini = profiles_ini(*paths, default=paths[0]).replace(b"\n", b"\r\n")
        files = {"profiles.ini": ini}
        for profile, path in zip(profiles, paths, strict=True):
            files.update({f"{path}/{name}": data for name, data in profile.files.items()})
        for name, data in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)

    def files(self) -> dict[str, bytes]:
        """Every file of his but ours."""
        ours = self.home / LOCAL / "Configure587"
        return {
            str(path): path.read_bytes()
            for path in self.home.rglob("*")
            if path.is_file() and ours not in path.parents
        }

    def run(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        """Run our command as he would; no secret of his may come out."""
        done = subprocess.run(
            [sys.executable, "-m", "configure587", *words],
            env={
                **os.environ,
                "USERPROFILE": str(self.home),
                "APPDATA": str(self.home / ROAMING),
                "LOCALAPPDATA": str(self.home / LOCAL),
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        assert CANARY.encode() not in done.stdout + done.stderr
        return done

    def document(self, kind: str, *words: str) -> tuple[int, dict[str, Any]]:
        """What a command ends with and says as JSON, checked against its schema."""
        done = self.run(*words, "--json")
        assert done.stderr == b""
        found: dict[str, Any] = json.loads(done.stdout)
        jsonschema.validate(found, SCHEMAS[f"{kind}.schema.json"])
        return done.returncode, found
