"""Beside each package lies a list of what is in it that other people's tools can read."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from installers.jobs import Contents

from installers import parts, sbom
from package_builders import EPOCH, VERSION, a_wheel

PACKAGE = "configure587_9.8.7.deb"
SUM = "0" * 64


@pytest.fixture
def contents(tmp_path: Path) -> Contents:
    """Give what a package for Windows holds, with licences of every kind."""
    wheels = [
        a_wheel(tmp_path, "certifi", "License: MPL-2.0"),
        a_wheel(tmp_path, "dual", "License-Expression: Apache-2.0 OR BSD-2-Clause"),
        a_wheel(tmp_path, "odd", "Classifier: License :: Freeware"),
        a_wheel(tmp_path, "Name.With_signs", "License-Expression: MIT"),
    ]
    python = parts.python("3.11.7", "LICENSE.txt", "a" * 64)
    return Contents(wheels, [python, parts.openssl("3.0.11"), parts.qt("6.12.0"), parts.msvc("14")])


def listed(contents: Contents, package: str = PACKAGE, sha256: str = SUM) -> dict[str, Any]:
    """Give the list of a package."""
    return sbom.document(package, sha256, contents, VERSION, EPOCH)


def component(document: dict[str, Any], name: str) -> dict[str, Any]:
    """Give one row."""
    (found,) = [each for each in document["components"] if each["name"] == name]
    assert isinstance(found, dict)
    return found


def test_the_list_obeys_the_official_schema(contents: Contents) -> None:
    text = json.dumps(listed(contents))
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


@pytest.mark.parametrize(
    ("key", "value"),
    [("licenses", [{"license": {"id": "MY-OWN"}}]), ("type", "thing"), ("hashes", [{}])],
)
def test_the_schema_would_notice_what_is_wrong(contents: Contents, key: str, value: object) -> None:
    found = listed(contents)
    found["components"][0][key] = value
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    assert validator.validate_str(json.dumps(found)) is not None


def test_each_name_of_a_licence_that_we_give_as_spdx_s_is_in_spdx_s_list(
    contents: Contents,
) -> None:
    found = listed(contents)
    found["components"][0]["licenses"] = [
        {"license": {"id": name}} for name in sorted(sbom.SPDX_NAMES)
    ]
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    assert validator.validate_str(json.dumps(found)) is None


def test_every_wheel_is_there_with_version_hash_licence_and_address(contents: Contents) -> None:
    found = component(listed(contents), "certifi")
    with open(contents.wheels[0], "rb") as source:
        digest = hashlib.sha256(source.read()).hexdigest()
    assert found["version"] == "1.0"
    assert found["hashes"] == [{"alg": "SHA-256", "content": digest}]
    assert found["licenses"] == [{"license": {"id": "MPL-2.0"}}]
    assert found["purl"] == "pkg:pypi/certifi@1.0"


def test_licences_are_told_as_what_they_are(contents: Contents) -> None:
    found = listed(contents)
    assert component(found, "dual")["licenses"] == [{"expression": "Apache-2.0 OR BSD-2-Clause"}]
    assert component(found, "odd")["licenses"] == [{"license": {"name": "Freeware"}}]


def test_the_package_index_s_spelling_of_a_name_is_used(contents: Contents) -> None:
    assert component(listed(contents), "Name.With_signs")["purl"] == "pkg:pypi/name-with-signs@1.0"


def test_python_openssl_qt_and_the_runtime_are_there(contents: Contents) -> None:
    found = listed(contents)
    versions = {each["name"]: each["version"] for each in found["components"]}
    assert versions["Python"] == "3.11.7"
    assert versions["OpenSSL"] == "3.0.11"
    assert versions["Qt"] == "6.12.0"
    assert versions["Microsoft Visual C++ Runtime"] == "14"
    assert component(found, "Python")["hashes"] == [{"alg": "SHA-256", "content": "a" * 64}]


def test_what_does_not_tell_its_version_is_listed_without_one() -> None:
    unknown = parts.icu("")._replace(purl="pkg:generic/icu")
    found = listed(Contents([], [unknown]))
    assert "version" not in component(found, "ICU")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(found)) is None


def test_the_program_is_what_the_list_is_about_and_depends_on_all_of_it(
    contents: Contents,
) -> None:
    found = listed(contents)
    own = found["metadata"]["component"]
    assert (own["name"], own["version"]) == ("configure587", VERSION)
    assert own["hashes"] == [{"alg": "SHA-256", "content": SUM}]
    (depends,) = found["dependencies"]
    assert depends["ref"] == own["bom-ref"]
    assert depends["dependsOn"] == [each["bom-ref"] for each in found["components"]]


def test_the_date_is_the_commit_s_and_the_serial_number_follows_from_the_rest(
    contents: Contents,
) -> None:
    found = listed(contents)
    assert found["metadata"]["timestamp"] == "2023-11-14T22:13:20+00:00"
    assert listed(contents) == found
    for other in (listed(contents, sha256="1" * 64), listed(contents, package="other.rpm")):
        assert other["serialNumber"] != found["serialNumber"]


def test_the_file_lies_beside_the_package_and_is_the_same_each_time(
    contents: Contents, tmp_path: Path
) -> None:
    package = tmp_path / PACKAGE
    package.write_bytes(b"the package")
    path = sbom.write(str(package), contents, VERSION, EPOCH)
    assert path == f"{package}.cdx.json"
    first = Path(path).read_bytes()
    own = json.loads(first)["metadata"]["component"]
    assert own["hashes"][0]["content"] == hashlib.sha256(b"the package").hexdigest()
    assert Path(sbom.write(str(package), contents, VERSION, EPOCH)).read_bytes() == first
