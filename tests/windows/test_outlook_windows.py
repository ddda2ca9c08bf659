"""Outlook and Windows Live Mail on the registry of Windows itself, through the command line.

Wine's own reg.exe puts the accounts there and tells what came of them. Only in the lab: on a
person's own Windows these would be their accounts.
"""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from builders import CANARY
from configure587.formats import reg_text
from configure587.formats.oeaccount import read
from outlook_builders import ACCOUNT_FILE, HKCU, HKLM, OFFICE, SUBSYSTEM, oeaccount
from windows import real_registry
from windows.other_programs import outlook_runs
from windows.person import LOCAL, Person

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from configure587.model import Value

pytestmark = [
    pytest.mark.windows,
    pytest.mark.skipif("C587_LAB" not in os.environ, reason="a person's own registry"),
]

CORPORA = pathlib.Path(__file__).parents[1] / "corpora" / "outlook"
TREES = (rf"{OFFICE}\16.0", rf"{OFFICE}\15.0", SUBSYSTEM)
LIVE_MAIL = rf"{HKCU}\Software\Microsoft\Windows Live Mail"
MADE = (*TREES, rf"{OFFICE}\14.0", rf"{OFFICE}\12.0", rf"{OFFICE}\11.0", LIVE_MAIL)
PROGRAM = pathlib.Path("C:\\Program Files\\Microsoft Office\\OUTLOOK.EXE")


def reg(*words: str) -> subprocess.CompletedProcess[bytes]:
    """Run the registry tool of Windows."""
    return subprocess.run(
        ["reg", *words], stdin=subprocess.DEVNULL, capture_output=True, check=False
    )


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """Remove what a test has planted."""
    PROGRAM.parent.mkdir(parents=True, exist_ok=True)
    PROGRAM.write_bytes(b"")
    yield
    for key in MADE:
        real_registry.forget(key)
    reg("delete", rf"{HKLM}\SOFTWARE\Microsoft\Office", "/f")
    shutil.rmtree(PROGRAM.parent)


@pytest.fixture
def ana(tmp_path: pathlib.Path) -> Person:
    """Give a person with a home of her own."""
    person = Person(tmp_path / "Ana Antônia")
    person.home.mkdir()
    return person


def has(corpus: str) -> None:
    """Import a registry file as regedit would."""
    done = reg("import", str(CORPORA / f"{corpus}.reg"))
    assert done.returncode == 0, done.stderr


def exported(folder: pathlib.Path) -> dict[str, bytes]:
    """What reg.exe exports of every tree, byte for byte."""
    found = {}
    for number, key in enumerate(TREES):
        path = folder / f"{number}.reg"
        if reg("export", key, str(path), "/y").returncode == 0:
            found[key] = path.read_bytes()
            path.unlink()
    assert found
    return found


def values(exports: Mapping[str, bytes]) -> dict[str, dict[str, Value]]:
    """The same, key by key and value by value."""
    found: dict[str, dict[str, Value]] = {}
    for top, data in exports.items():
        index = reg_text.keys(data)
        keys = [top]
        for key in keys:
            sheet = reg_text.Sheet.of(index, key)
            found[key] = sheet.read(sheet.names())
            keys += [rf"{key}\{name}" for name in reg_text.subkeys(index, key)]
    return found


def verdicts(found: dict[str, Any]) -> list[str]:
    """The verdicts of a scan, but those of other programs."""
    return [each["verdict"] for each in found["findings"] if each["client"] == "outlook"]


GENERATIONS = {
    "outlook-2007-two-profiles": 2,
    "outlook-2010-absent-port": 1,
    "outlook-2010-upgraded-to-2016": 1,
    "outlook-2013": 1,
    "outlook-2016": 2,
    "outlook-2016-oddities": 1,
}


@pytest.mark.parametrize(("corpus", "due"), GENERATIONS.items())
def test_scan_apply_and_rollback_do_what_reg_exe_can_confirm(
    ana: Person, tmp_path: pathlib.Path, corpus: str, due: int
) -> None:
    has(corpus)
    before = exported(tmp_path)
    code, found = ana.document("scan", "scan")
    assert code == 10
    assert len([each for each in verdicts(found) if each in {"due", "half_way"}]) == due
    assert exported(tmp_path) == before
    code, receipt = ana.document("receipt", "apply", "--no-network", "--yes")
    assert code == 0, receipt
    changes = [change for each in receipt["outcomes"] for change in each["changes"]]
    expected = values(before)
    for change in changes:
        key, name = change["place"]["path"], change["name"]
        assert expected[key].get(name) == change["before"]
        expected[key][name] = change["after"]
    assert values(exported(tmp_path)) == expected
    assert {change["name"] for change in changes} <= {
        "SMTP Port",
        "SMTP Secure Connection",
        "SMTP Use Auth",
    }
    _, found = ana.document("scan", "scan")
    assert not {"due", "half_way"} & set(verdicts(found))
    assert ana.document("receipt", "rollback", "--last")[0] == 0
    assert exported(tmp_path) == before
    data = [path.read_bytes() for path in ana.home.rglob("*") if path.is_file()]
    assert not [each for each in data if CANARY.encode() in each]
    assert not [each for each in data if CANARY.encode().hex(",").encode("utf-16-le") in each]


def test_the_copy_can_be_imported_by_hand(ana: Person, tmp_path: pathlib.Path) -> None:
    has("outlook-2016")
    before = values(exported(tmp_path))
    assert ana.document("receipt", "apply", "--no-network", "--yes")[0] == 0
    assert values(exported(tmp_path)) != before
    [copy] = (ana.home / LOCAL / "Configure587").rglob("*-valores-values.reg")
    done = reg("import", str(copy))
    assert done.returncode == 0, done.stderr
    assert values(exported(tmp_path)) == before


def test_an_organizations_rules_in_the_registry_are_respected(ana: Person) -> None:
    has("outlook-2016-managed")
    assert verdicts(ana.document("scan", "scan")[1]) == ["blocked"]
    assert reg("delete", rf"{HKCU}\Software\Policies\Microsoft\Office", "/f").returncode == 0
    assert verdicts(ana.document("scan", "scan")[1]) == ["due"]


def test_an_open_outlook_puts_the_change_off_until_it_is_closed(
    ana: Person, tmp_path: pathlib.Path
) -> None:
    has("outlook-2010-absent-port")
    before = exported(tmp_path)
    with outlook_runs(tmp_path):
        code, receipt = ana.document("receipt", "apply", "--no-network", "--yes")
        assert (code, [each["result"] for each in receipt["outcomes"]]) == (13, ["deferred"])
        assert exported(tmp_path) == before
    code, receipt = ana.document(
        "receipt", "apply", "--no-network", "--yes", "--when-running", "wait=30"
    )
    assert (code, [each["result"] for each in receipt["outcomes"]]) == (0, ["changed"])


def test_a_key_that_may_not_be_written_leaves_its_profile_as_it_was(
    ana: Person, tmp_path: pathlib.Path
) -> None:
    has("outlook-2007-two-profiles")
    before = values(exported(tmp_path))
    accounts = [key for key, of_key in before.items() if "SMTP Server" in of_key]
    with real_registry.only("KR", accounts[0]):
        code, receipt = ana.document("receipt", "apply", "--no-network", "--yes")
    assert code == 14
    assert sorted(each["result"] for each in receipt["outcomes"]) == ["changed", "denied"]
    after = values(exported(tmp_path))
    assert after[accounts[0]] == before[accounts[0]]
    assert after[accounts[1]] != before[accounts[1]]


def test_live_mail_is_found_through_the_registry_and_changed(ana: Person) -> None:
    store = ana.home / "Correio da Ana" / "Exemplo (Ana)"
    store.mkdir(parents=True)
    (store / ACCOUNT_FILE).write_bytes(oeaccount(SMTP_Port="19"))
    before = ana.files()
    words: Sequence[str] = ("add", LIVE_MAIL, "/v", "Store Root", "/t", "REG_EXPAND_SZ")
    assert reg(*words, "/d", "%USERPROFILE%\\Correio da Ana\\", "/f").returncode == 0
    code, found = ana.document("scan", "scan")
    assert (code, [each["verdict"] for each in found["findings"]]) == (11, ["guided"])
    code, receipt = ana.document(
        "receipt", "apply", "--no-network", "--yes", "--target", "587", "--target", "465"
    )
    assert (code, [each["result"] for each in receipt["outcomes"]]) == (0, ["changed"])
    numbers = read((store / ACCOUNT_FILE).read_bytes())
    assert (numbers["SMTP_Port"], numbers["SMTP_Secure_Connection"]) == (465, 1)
    assert ana.document("receipt", "rollback", "--last")[0] == 0
    assert ana.files() == before
