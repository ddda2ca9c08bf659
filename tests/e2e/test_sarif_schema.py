"""Our SARIF log against the standard's own JSON schema, as a package of Microsoft carries it."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from typing import TYPE_CHECKING, Any, Final

import jsonschema
import pytest

from configure587 import cli, i18n
from configure587.verbs import demo

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.e2e

PACKAGE: Final = "@microsoft/jest-sarif@1.0.0-beta.0"  # under the MIT licence
MEMBER: Final = "package/lib/schemas/sarif-2.1.0-rtm.5.json"


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Any:  # noqa: ANN401 - a JSON schema
    """Give the schema of SARIF 2.1.0."""
    npm = shutil.which("npm")
    folder = tmp_path_factory.mktemp("schema")
    if npm is None:
        pytest.skip("needs npm")
    command = [npm, "pack", "--silent", "--pack-destination", str(folder), PACKAGE]
    packed = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if packed.returncode != 0:
        pytest.skip(f"{PACKAGE} cannot be had here")
    with tarfile.open(folder / packed.stdout.split()[-1]) as archive:
        member = archive.extractfile(MEMBER)
        assert member is not None
        return json.load(member)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("words", [(), ("--addresses",)], ids=["made-up", "addresses"])
def test_the_findings_of_the_sample_computer_fit_the_schema(
    schema: Any,  # noqa: ANN401 - a JSON schema
    language: str,
    words: tuple[str, ...],
    tmp_path: Path,
) -> None:
    demo.build(str(tmp_path / "computer"))
    path = tmp_path / "found.sarif"
    command = ["scan", "--image", str(tmp_path / "computer"), "--lang", language, *words]
    assert cli.main([*command, "--sarif", str(path)]) == 10
    found = json.loads(path.read_text(encoding="utf-8"))
    checker = jsonschema.Draft4Validator(schema)
    assert [error.message for error in checker.iter_errors(found)] == []
    assert [*checker.iter_errors({**found, "version": "2.0.0"})] != []
