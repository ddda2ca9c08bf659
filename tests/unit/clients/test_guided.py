"""Programs that are recognized and never written: by what we notice each, and what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders import HOME, LOCAL, MAIL_PACKAGE, NEW_OUTLOOK_SWITCH, OUTLOOK_PACKAGE
from configure587.clients import guided
from configure587.machine import Kind, Look, Platform, memory
from configure587.model import Place, Verdict, reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from configure587.machine import Machine
    from configure587.model import Profile, Remark, Value

STORE = f"{MAIL_PACKAGE}/LocalState/HxStore.hxd"


def windows(
    *paths: str, switch: Value | None = None, platform: Platform = Platform.WINDOWS
) -> Machine:
    """A computer with these files, on which classic Outlook was told this of the new one."""
    registry = {NEW_OUTLOOK_SWITCH: {"UseNewOutlook": switch}} if switch is not None else {}
    return memory.machine(dict.fromkeys(paths, b""), platform=platform, registry=registry)


def found(machine: Machine) -> dict[str, tuple[Profile, Remark]]:
    """What is recognized, by program; each at most once."""
    pairs = list(guided.unlisted(machine))
    by_program = {profile.program: (profile, remark) for profile, remark in pairs}
    assert len(by_program) == len(pairs)
    return by_program


@pytest.mark.parametrize(
    ("machine", "program", "kind", "path"),
    [
        (windows(switch=1), guided.OUTLOOK_NEW, "registry", NEW_OUTLOOK_SWITCH),
        (
            windows(f"{LOCAL}/Microsoft/Olk/UserSettings.json"),
            guided.OUTLOOK_NEW,
            "folder",
            f"{LOCAL}/Microsoft/Olk",
        ),
        (windows(STORE), guided.WINDOWS_10_MAIL, "folder", MAIL_PACKAGE),
        (
            windows(
                f"{HOME}/Library/Group Containers/UBF8T346G9.Office/Outlook/x",
                platform=Platform.MACOS,
            ),
            guided.OUTLOOK_MAC,
            "folder",
            f"{HOME}/Library/Group Containers/UBF8T346G9.Office/Outlook",
        ),
        (
            windows(f"{HOME}/Library/Mail/V10/x", platform=Platform.MACOS),
            guided.APPLE_MAIL,
            "folder",
            f"{HOME}/Library/Mail",
        ),
    ],
    ids=["switched-on", "olk", "windows-10-mail", "outlook-mac", "apple-mail"],
)
def test_a_program_in_use_is_guided(machine: Machine, program: str, kind: str, path: str) -> None:
    [(profile, remark)] = found(machine).values()
    assert (profile.client, profile.program, profile.name) == ("guided", program, program)
    assert (profile.folder, profile.place, profile.in_use) == (path, Place(kind, path), True)
    assert remark == (reason("guided_program", program=program), Verdict.GUIDED)


@pytest.mark.parametrize(
    ("package", "program"),
    [(OUTLOOK_PACKAGE, guided.OUTLOOK_NEW), (MAIL_PACKAGE, guided.WINDOWS_10_MAIL)],
)
@pytest.mark.parametrize("respell", [str, str.lower, str.upper])
def test_a_program_that_only_came_with_windows_is_left_alone(
    package: str, program: str, respell: type[str]
) -> None:
    folder, _, name = package.rpartition("/")
    spelled = f"{folder}/{respell(name)}"
    [(profile, remark)] = found(windows(f"{spelled}/Settings/settings.dat")).values()
    assert (profile.program, profile.folder, profile.in_use) == (program, spelled, False)
    assert remark == (reason("program_unused", program=program), Verdict.LEFT_ALONE)


@pytest.mark.parametrize("switch", [None, 0, "1", 2])
def test_only_a_switch_that_is_on_counts(switch: Value | None) -> None:
    assert found(windows(switch=switch)) == {}


@pytest.mark.parametrize("path", [f"{LOCAL}/Microsoft/Olk", OUTLOOK_PACKAGE, MAIL_PACKAGE])
def test_a_file_of_that_name_is_no_sign(path: str) -> None:
    assert found(windows(path)) == {}


def test_windows_may_keep_a_persons_data_elsewhere() -> None:
    machine = windows("/elsewhere/Microsoft/Olk/x")
    [(profile, _)] = found(machine.but(variables={"LOCALAPPDATA": "/elsewhere"})).values()
    assert profile.folder == "/elsewhere/Microsoft/Olk"


class ForbiddenFiles(memory.MemoryFiles):
    """Every path is there, and nobody may look into any."""

    def look(self, path: str) -> Look | None:
        """Tell only that something is there."""
        del path
        return Look(Kind.OTHER, 0, 0)

    def names(self, path: str) -> Sequence[str]:
        """Refuse."""
        raise PermissionError(13, "denied", path)


def test_a_folder_that_macos_closes_is_a_sign_all_the_same() -> None:
    machine = windows(platform=Platform.MACOS).but(files=ForbiddenFiles())
    assert list(found(machine)) == [guided.OUTLOOK_MAC, guided.APPLE_MAIL]


class ForbiddenRegistry:
    """A registry that cannot be read."""

    def read(self, key: str, names: Sequence[str]) -> Mapping[str, Value]:
        """Refuse."""
        del names
        raise PermissionError(13, "denied", key)


def test_what_cannot_be_read_is_no_sign() -> None:
    machine = windows(STORE).but(registry=ForbiddenRegistry())
    assert list(found(machine)) == [guided.WINDOWS_10_MAIL]
    assert list(found(machine.but(files=ForbiddenFiles()))) == [guided.OUTLOOK_NEW]


def test_linux_has_none_of_them() -> None:
    assert found(windows(STORE, switch=1, platform=Platform.LINUX)) == {}
