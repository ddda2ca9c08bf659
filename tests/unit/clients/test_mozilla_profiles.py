"""Every place in which a profile may be, and what profiles.ini makes of it."""

from __future__ import annotations

import pytest

from builders import HOME, ROOT, a_machine, contents, offline, prefs, profiles_ini, thunderbird
from configure587 import engine
from configure587.clients import mozilla_profiles
from configure587.machine import Machine, Platform, memory
from configure587.model import Verdict

LINUX = [
    ".thunderbird",
    "snap/thunderbird/common/.thunderbird",
    ".var/app/org.mozilla.Thunderbird/.thunderbird",
    ".var/app/org.mozilla.thunderbird/.thunderbird",
    ".var/app/org.mozilla.thunderbird_esr/.thunderbird",
    ".var/app/net.thunderbird.Thunderbird/.thunderbird",
    ".var/app/eu.betterbird.Betterbird/.thunderbird",
    ".icedove",
    ".mozilla-thunderbird",
    ".mozilla/seamonkey",
    ".athenian200/epyrus",
]
MACOS = [
    "Library/Thunderbird",
    "Library/Application Support/SeaMonkey",
    "Library/Application Support/Epyrus",
]
WINDOWS = [
    "AppData/Roaming/Thunderbird",
    "AppData/Roaming/Mozilla/SeaMonkey",
    "AppData/Roaming/athenian200/Epyrus",
    "AppData/Local/Packages/MozillaThunderbird.MZLA_h5892qc0xkpca/LocalCache/Roaming/Thunderbird",
    "AppData/Local/Packages/MozillaThunderbirdBeta_x/LocalCache/Roaming/Thunderbird",
]
PLACES = [
    *((Platform.LINUX, place) for place in LINUX),
    *((Platform.MACOS, place) for place in MACOS),
    *((Platform.WINDOWS, place) for place in WINDOWS),
]


def folders(machine: Machine) -> list[str]:
    return [profile.folder for profile in mozilla_profiles.profiles(machine)]


def in_use(machine: Machine) -> list[str]:
    return [p.name for p in mozilla_profiles.profiles(machine) if p.in_use]


def with_ini(ini: bytes, *names: str) -> Machine:
    files = {f"{ROOT}/{name}/prefs.js": prefs({"a": 1}) for name in names}
    return memory.machine({f"{ROOT}/profiles.ini": ini, **files})


@pytest.mark.parametrize(("platform", "place"), PLACES)
def test_a_profile_is_found_wherever_the_packaging_puts_it(platform: Platform, place: str) -> None:
    files = contents(thunderbird(port=25), root=f"{HOME}/{place}")
    machine = memory.machine(files, platform=platform)
    assert folders(machine) == [f"{HOME}/{place}/abcd1234.default"]


def test_the_folder_that_moz_app_data_names_is_searched_too() -> None:
    machine = memory.machine(contents(thunderbird(port=25), root="/srv/tb"))
    assert folders(machine) == []
    machine = machine.but(variables={"MOZ_APP_DATA": "/srv/tb"})
    assert folders(machine) == ["/srv/tb/abcd1234.default"]


def test_windows_folders_follow_the_environment() -> None:
    files = contents(thunderbird(port=25), root="/d/roaming/Thunderbird")
    machine = memory.machine(files, platform=Platform.WINDOWS)
    machine = machine.but(variables={"APPDATA": "/d/roaming"})
    assert folders(machine) == ["/d/roaming/Thunderbird/abcd1234.default"]


def test_absolute_and_relative_paths_are_followed() -> None:
    ini = (
        b"[Profile0]\nName=a\nIsRelative=1\nPath=Profiles/a\n"
        b"[Profile1]\nName=b\nIsRelative=0\nPath=/srv/mail/b\n"
    )
    machine = with_ini(ini, "Profiles/a")
    files = machine.files
    assert isinstance(files, memory.MemoryFiles)
    files.contents["/srv/mail/b/prefs.js"] = b""
    assert folders(machine) == [f"{ROOT}/Profiles/a", "/srv/mail/b"]


@pytest.mark.parametrize("path", ["../elsewhere", "/etc", "", "a/../../b"])
def test_a_relative_path_that_leads_elsewhere_is_not_followed(path: str) -> None:
    ini = f"[Profile0]\nName=a\nIsRelative=1\nPath={path}\n".encode()
    assert folders(with_ini(ini, "x")) == []


def test_a_gap_in_the_numbers_hides_nothing_from_us() -> None:
    ini = profiles_ini("a.a", "b.b").replace(b"[Profile1]", b"[Profile7]")
    assert len(folders(with_ini(ini, "a.a", "b.b"))) == 2


def test_a_missing_folder_is_passed_over() -> None:
    assert folders(with_ini(profiles_ini("a.a", "gone.b"), "a.a")) == [f"{ROOT}/a.a"]


def test_a_folder_that_is_listed_twice_is_found_once() -> None:
    assert len(folders(with_ini(profiles_ini("a.a", "a.a"), "a.a"))) == 1


def test_the_install_section_tells_which_profile_is_in_use() -> None:
    ini = profiles_ini("a.a", "b.b", default="b.b").replace(b"Path=a.a", b"Path=a.a\nDefault=1")
    assert in_use(with_ini(ini, "a.a", "b.b")) == ["b"]


def test_without_an_install_section_the_default_one_is_in_use() -> None:
    ini = profiles_ini("a.a", "b.b").replace(b"Path=b.b", b"Path=b.b\nDefault=1")
    assert in_use(with_ini(ini, "a.a", "b.b")) == ["b"]


def test_a_bom_and_crlf_change_nothing() -> None:
    ini = b"\xef\xbb\xbf" + profiles_ini("a.a").replace(b"\n", b"\r\n")
    assert folders(with_ini(ini, "a.a")) == [f"{ROOT}/a.a"]


@pytest.mark.parametrize(
    "ini", [b"", b"\0\0\0", b"[Profile0", b"junk\n", b"[General]\nVersion=2\n"]
)
def test_a_damaged_list_beside_real_profiles_is_a_finding(ini: bytes) -> None:
    machine = with_ini(ini, "a.a")
    [finding] = engine.inspect(machine, offline())
    assert finding.verdict is Verdict.UNREADABLE
    assert dict(finding.reasons[0].fields)["path"] == f"{ROOT}/profiles.ini"


@pytest.mark.parametrize("path", [b"", b"../x", b"gone.b"])
def test_a_list_that_names_only_what_cannot_be_is_a_finding(path: bytes) -> None:
    machine = with_ini(b"[Profile0]\nName=a\nIsRelative=1\nPath=" + path + b"\n", "a.a")
    [finding] = engine.inspect(machine, offline())
    assert finding.verdict is Verdict.UNREADABLE


def test_a_missing_list_beside_real_profiles_is_a_finding() -> None:
    machine = memory.machine({f"{ROOT}/a.a/prefs.js": b""})
    [finding] = engine.inspect(machine, offline())
    assert finding.verdict is Verdict.UNREADABLE


def test_a_folder_without_profiles_is_no_finding() -> None:
    machine = memory.machine({f"{ROOT}/profiles.ini": b"[General]\nVersion=2\n"})
    assert list(engine.inspect(machine, offline())) == []
    assert list(engine.inspect(memory.machine({}), offline())) == []


def test_a_list_too_large_to_be_one_is_a_finding() -> None:
    machine = with_ini(b"#" * (5 * 1024 * 1024), "a.a")
    [finding] = engine.inspect(machine, offline())
    assert finding.verdict is Verdict.UNREADABLE


def test_the_windows_lock_is_the_one_without_the_dot() -> None:
    root = f"{HOME}/AppData/Roaming/Thunderbird"
    files = contents(thunderbird(port=25), root=root)
    lock = f"{root}/abcd1234.default/parent.lock"
    machine = memory.machine(files, platform=Platform.WINDOWS, running=[lock])
    [finding] = engine.inspect(machine, offline())
    assert "running" in {reason.code for reason in finding.reasons}


def test_a_windows_path_is_located_on_the_computer_that_wrote_it() -> None:
    machine = memory.machine({}, platform=Platform.WINDOWS)
    assert machine.locate("C:\\Users\\ana\\x") == "C:\\Users\\ana\\x"
    image = machine.but(root="/i", home="/i/home")
    assert image.locate("c:\\users\\ANA\\Mail\\p") == "/i/home/Mail/p"
    assert image.locate("D:\\Mail\\p") == "/i/D/Mail/p"
    assert image.locate("Mail\\p") is None
    assert image.locate("/i/home/p") == "/i/home/p"


def test_a_posix_path_is_located_on_the_computer_that_wrote_it() -> None:
    machine = memory.machine({})
    assert machine.locate("/srv/x/../y") == "/srv/y"
    assert machine.locate("relative") is None
    image = machine.but(root="/i", home="/i/home")
    assert image.locate("/home/ana/Mail/p") == "/i/home/Mail/p"
    assert image.locate("/srv/p") == "/i/srv/p"
    assert image.locate("/i/home/p") == "/i/home/p"
    mac = image.but(platform=Platform.MACOS)
    assert mac.locate("/Users/ana/Mail") == "/i/home/Mail"


def test_only_the_named_clients_are_asked() -> None:
    machine = a_machine(thunderbird(port=25))
    assert list(engine.discover(machine, offline(clients=("outlook",)))) == []
    assert len(list(engine.discover(machine, offline(clients=("thunderbird",))))) == 1
