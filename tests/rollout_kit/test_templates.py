"""What Group Policy, profiles and Jamf write from our templates is what we then read."""

from __future__ import annotations

import functools
import json
import plistlib
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from installers.rollout import templates, titles

import policy_example
from builders import a_machine
from configure587.machine import Platform
from configure587.machine.memory_registry import MemoryRegistry
from configure587.policies import layers, places, words
from configure587.policies.keys import KEYS
from configure587.policies.layers import Rank

if TYPE_CHECKING:
    from pathlib import Path

    from configure587.model import Value

SPACE: Final = "{http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions}"
LANGUAGES: Final = (titles.ENGLISH, titles.PORTUGUESE)
HIVES: Final = {"Machine": "HKEY_LOCAL_MACHINE", "User": "HKEY_CURRENT_USER"}
BOXES: Final = {
    "text": "textBox",
    "decimal": "decimalTextBox",
    "enum": "dropdownList",
    "list": "listBox",
}
"""Element of an .admx -> what shows it in an .adml."""


def kept(name: str) -> bytes:
    """A file of the kit as it is kept."""
    return (policy_example.ROOT / "installers" / "rollout" / name).read_bytes()


@functools.cache
def fresh() -> dict[str, bytes]:
    """Every file as it would be made now."""
    return templates.generated()


def admx() -> ET.Element:
    """The definitions."""
    return ET.fromstring(kept("windows/configure587.admx"))


def adml(language: str) -> ET.Element:
    """The words of one language."""
    return ET.fromstring(kept(f"windows/{language}/configure587.adml"))


def strings(language: str) -> dict[str, str]:
    """Every string of a language by its id."""
    found = adml(language).iter(f"{SPACE}string")
    return {each.attrib["id"]: each.text or "" for each in found}


def presentations(language: str) -> dict[str, ET.Element]:
    """Every presentation of a language by its id."""
    return {each.attrib["id"]: each for each in adml(language).iter(f"{SPACE}presentation")}


def policies() -> dict[str, ET.Element]:
    """Every policy of the definitions by its name."""
    return {each.attrib["name"]: each for each in admx().iter(f"{SPACE}policy")}


def referred(kind: str) -> list[str]:
    """Every $(string.…) or $(presentation.…) of the definitions."""
    values = [value for each in admx().iter() for value in each.attrib.values()]
    start = f"$({kind}."
    return [each.removeprefix(start)[:-1] for each in values if each.startswith(start)]


def written(policy: ET.Element, value: Any) -> dict[str, dict[str, Value]]:  # noqa: ANN401
    """What the editor of Group Policy writes below a hive for an enabled policy."""
    element = policy.find(f"{SPACE}elements/*")
    if element is None:
        number = policy.find(f"{SPACE}{'enabled' if value else 'disabled'}Value/{SPACE}decimal")
        assert number is not None
        return {policy.attrib["key"]: {policy.attrib["valueName"]: int(number.attrib["value"])}}
    if element.tag == f"{SPACE}list":
        if element.get("explicitValue") == "true":
            rows: dict[str, Value] = dict(value)
            return {element.attrib["key"]: rows}
        start = element.attrib["valuePrefix"]
        items: dict[str, Value] = {
            f"{start}{place}": str(each) for place, each in enumerate(value, start=1)
        }
        return {element.attrib["key"]: items}
    key = element.get("key", policy.attrib["key"])
    return {key: {element.attrib["valueName"]: _single(element, value)}}


def _single(element: ET.Element, value: Any) -> Value:  # noqa: ANN401 - each key has its type
    if element.tag == f"{SPACE}enum":
        offered = [each.text for each in element.findall(f"{SPACE}item/{SPACE}value/{SPACE}string")]
        assert value in offered
        return str(value)
    if element.tag == f"{SPACE}decimal":
        assert int(element.attrib["minValue"]) <= value <= int(element.attrib["maxValue"])
        return int(value)
    assert element.tag == f"{SPACE}text"
    assert len(value) <= int(element.attrib["maxLength"])
    return str(value)


def from_file(name: str) -> Any:  # noqa: ANN401 - each key has its type
    """The value of the example as a file of TOML has it."""
    return KEYS[name].kind.taken(policy_example.all_values()[name])


@pytest.mark.parametrize("name", fresh())
def test_the_files_that_are_kept_are_fresh(name: str) -> None:
    assert kept(name) == fresh()[name], "python -m installers.rollout.templates makes them anew"


def test_every_key_is_a_policy_for_computers_and_for_people() -> None:
    found = {name: policy.attrib["class"] for name, policy in policies().items()}
    assert found == {key.camel: "Both" for key in KEYS.values()}
    assert {each.attrib["key"] for each in policies().values()} == {places.REGISTRY}


@pytest.mark.parametrize("hive", HIVES)
@pytest.mark.parametrize("name", KEYS)
def test_what_group_policy_writes_is_read_as_a_file_would_be(name: str, hive: str) -> None:
    found = written(policies()[KEYS[name].camel], policy_example.all_values()[name])
    top = HIVES[hive]
    registry = MemoryRegistry({f"{top}\\{key}": values for key, values in found.items()})
    settings = layers.registry(registry, f"{top}\\{places.REGISTRY}", Rank.MACHINE)
    assert [(each.key, each.value) for each in settings] == [(name, from_file(name))]


@pytest.mark.parametrize("name", [key.name for key in KEYS.values() if key.kind.carrier == "flag"])
def test_a_policy_that_is_disabled_says_no(name: str) -> None:
    found = written(policies()[KEYS[name].camel], value=False)
    registry = MemoryRegistry({f"HKEY_LOCAL_MACHINE\\{key}": each for key, each in found.items()})
    path = f"HKEY_LOCAL_MACHINE\\{places.REGISTRY}"
    assert [each.value for each in layers.registry(registry, path, Rank.MACHINE)] == [False]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_string_is_there_and_is_used(language: str) -> None:
    assert set(strings(language)) == set(referred("string"))
    assert all(text.strip() for text in strings(language).values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_value_has_its_box(language: str) -> None:
    assert set(presentations(language)) == set(referred("presentation"))
    for name, policy in policies().items():
        element = policy.find(f"{SPACE}elements/*")
        if element is None:
            assert "presentation" not in policy.attrib
            continue
        [box] = presentations(language)[name]
        assert box.attrib["refId"] == element.attrib["id"]
        assert box.tag == SPACE + BOXES[element.tag.removeprefix(SPACE)]
        assert "".join(box.itertext()).strip()


def test_a_number_begins_with_one_that_is_allowed() -> None:
    for name, policy in policies().items():
        element = policy.find(f"{SPACE}elements/{SPACE}decimal")
        if element is not None:
            [box] = presentations(titles.ENGLISH)[name]
            assert _single(element, int(box.attrib["defaultValue"])) is not None


def test_every_policy_stands_in_a_folder_that_is_there() -> None:
    folders = [each.attrib["name"] for each in admx().iter(f"{SPACE}category")]
    named = [each.attrib["ref"] for each in admx().iter(f"{SPACE}parentCategory")]
    assert set(named) <= set(folders)
    assert set(folders) - set(named) == set()


def test_each_language_explains_each_key_in_its_own_words() -> None:
    english, portuguese = (strings(language) for language in LANGUAGES)
    for key in KEYS.values():
        assert english[f"{key.camel}_explained"].startswith(words.KEYS[key.name])
        for name in (key.camel, f"{key.camel}_explained"):
            assert english[name] != portuguese[name], name


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_policies_are_told_apart_by_their_titles(language: str) -> None:
    found = [strings(language)[key.camel] for key in KEYS.values()]
    assert len(set(found)) == len(found)


def test_a_configuration_profile_is_read_as_the_file_it_was_made_from() -> None:
    whole = plistlib.loads(kept("macos/configure587.mobileconfig"))
    assert (whole["PayloadType"], whole["PayloadScope"]) == ("Configuration", "System")
    [payload] = whole["PayloadContent"]
    assert payload["PayloadType"] == places.DOMAIN
    # what macOS puts into the managed preferences of the domain
    path = f"/Library/Managed Preferences/{places.DOMAIN}.plist"
    machine = a_machine(files={path: plistlib.dumps(payload)}, platform=Platform.MACOS)
    settings = layers.property_list(machine.files, path, Rank.MACHINE)
    wanted = {name: from_file(name) for name in policy_example.stated()}
    assert {each.key: each.value for each in settings} == wanted


def test_each_part_of_a_profile_has_a_number_of_its_own() -> None:
    whole = plistlib.loads(kept("macos/configure587.mobileconfig"))
    numbers = [whole["PayloadUUID"], *(each["PayloadUUID"] for each in whole["PayloadContent"])]
    assert len(set(numbers)) == len(numbers)


def test_a_profile_can_be_made_from_ones_own_policy(tmp_path: Path) -> None:
    policy, made = tmp_path / "acme.toml", tmp_path / "acme.mobileconfig"
    policy.write_text('support-name = "Acme"\n[host-map]\n"mail.a.example" = "smtp.a.example"\n')
    assert templates.main(["profile", str(policy), "-o", str(made)]) == 0
    [payload] = plistlib.loads(made.read_bytes())["PayloadContent"]
    assert payload["SupportName"] == "Acme"
    assert payload["HostMap"] == {"mail.a.example": "smtp.a.example"}


def test_a_profile_is_not_made_from_what_is_no_policy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy, made = tmp_path / "acme.toml", tmp_path / "acme.mobileconfig"
    policy.write_text("due-ports = [587]\n")
    assert templates.main(["profile", str(policy), "-o", str(made)]) == 1
    assert "due-ports" in capsys.readouterr().err
    assert not made.exists()


def test_the_form_of_jamf_has_every_key_and_takes_the_example() -> None:
    form = json.loads(kept("macos/jamf-schema.json"))
    assert set(form["properties"]) == {key.camel for key in KEYS.values()}
    assert all(each["title"] and each["type"] for each in form["properties"].values())
    values = {KEYS[name].camel: value for name, value in policy_example.all_values().items()}
    jsonschema.validate(values, form)


def test_the_form_of_jamf_refuses_what_a_policy_refuses() -> None:
    form = json.loads(kept("macos/jamf-schema.json"))
    for wrong in ({"Probe": "maybe"}, {"DuePorts": [587]}, {"Online": "yes"}, {"Limit": -1}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, form)
