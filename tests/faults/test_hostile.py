"""Bytes that nobody would write: each gets a finding or a refusal in words, and loses nothing."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest

from builders import account, contents, offline, prefs, thunderbird
from configure587 import engine, story, vault
from configure587.errors import Cancelled
from configure587.machine import here
from configure587.model import Progress, Result
from faults import harness
from faults.harness import BACKUPS, HOME, an_image, run, run_here

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Callable, Iterator

FIRST = "abcd1234.default"
HEALTHY = "home/.icedove"
INSTALLATION = "usr/lib/thunderbird"


@pytest.fixture
def image(tmp_path: pathlib.Path) -> pathlib.Path:
    """A Thunderbird whose files the tests spoil, and a healthy Icedove beside it."""
    folder = an_image(
        tmp_path / "image", thunderbird(port=25, try_ssl=0, user_js={harness.PORT: 25})
    )
    healthy = contents(thunderbird(name="good.one", port=25, version=None), root=HEALTHY)
    installation = {
        f"{INSTALLATION}/defaults/pref/autoconfig.js": prefs({}).replace(b"user_pref", b"pref")
        + b'pref("general.config.filename", "our.cfg");\n'
        + b'pref("general.config.obscure_value", 0);\n',
        f"{INSTALLATION}/our.cfg": b'// first line\ndefaultPref("mail.smtp.x", 1);\n',
        f"{INSTALLATION}/distribution/policies.json": b'{"policies": {"Preferences": {}}}',
        "etc/thunderbird/policies/policies.json": b'{"policies": {}}',
    }
    return harness.write(folder, {**healthy, **installation})


PROFILE_FILES = ("prefs.js", "user.js", "compatibility.ini", "cert_override.txt")
SPOILED = (
    f"{HOME}/profiles.ini",
    *(f"{HOME}/{FIRST}/{name}" for name in PROFILE_FILES),
    "etc/thunderbird/policies/policies.json",
    f"{INSTALLATION}/distribution/policies.json",
    f"{INSTALLATION}/defaults/pref/autoconfig.js",
    f"{INSTALLATION}/our.cfg",
)
HUGE = 300 * 1024 * 1024

BAD_BYTES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "half": lambda data: data[: len(data) // 2],
    "all but one byte": lambda data: data.rstrip()[:-1],
    "every byte there is": lambda _: bytes(range(256)) * 8,
    "zeros": lambda _: b"\0" * 4096,
    "a zero in the middle": lambda data: data[:40] + b"\0" + data[40:],
    "latin-1": lambda data: data.replace(b"e", "é".encode("latin-1")),
    "utf-16": lambda data: data.decode().encode("utf-16"),
    "utf-16 without an end": lambda data: b"\xff\xfe" + data + b"\xd8",
    "a mark of utf-8": lambda data: b"\xef\xbb\xbf" + data,
    "carriage returns": lambda data: data.replace(b"\n", b"\r"),
    "one long line": lambda _: b"a" * 3_000_000,
    "one long string": lambda _: b'user_pref("' + b"a" * 3_000_000,
    "brackets": lambda _: b"[" * 200_000,
    "braces": lambda _: b'{"a":' * 100_000,
    "comments without an end": lambda _: b"\n" + b"/* mail " * 20_000,
    "slashes": lambda _: b"/" * 500_000,
    "quotes": lambda _: b'"' * 200_001,
    "backslashes": lambda _: b'user_pref("' + b"\\" * 200_000,
    "calls without an end": lambda _: b"\n" + b'lockPref("mail.' * 20_000,
    "many digits": lambda _: b"[Compatibility]\nLastVersion=" + b"9" * 100_000,
    "many digits in a value": lambda data: data.replace(b"25", b"9" * 100_000),
    "a minus alone": lambda data: data.replace(b"25", b"-"),
    "twice": lambda data: data + data,
    "other types": lambda data: data.replace(b"25", b'"25"').replace(b'"smtp1"', b"1"),
}


def spoil_with_a_folder(path: pathlib.Path) -> None:
    path.mkdir()
    (path / "inside").write_bytes(b"")


def spoil_with_a_pipe(path: pathlib.Path) -> None:
    os.mkfifo(path)


def spoil_with_a_loop(path: pathlib.Path) -> None:
    path.symlink_to(path.name)


def spoil_with_a_link_to_nothing(path: pathlib.Path) -> None:
    path.symlink_to("nothing")


def spoil_with_a_link_out(path: pathlib.Path) -> None:
    path.symlink_to("/etc/hostname")


def spoil_with_a_device(path: pathlib.Path) -> None:
    os.mknod(path, 0o020666, os.makedev(1, 5))


def spoil_with_a_file_beyond_all_limits(path: pathlib.Path) -> None:
    with path.open("wb") as file:
        file.truncate(HUGE)  # it takes no room on the disk


def spoil_by_taking_it_away(path: pathlib.Path) -> None:
    path.unlink(missing_ok=True)


BAD_THINGS = (
    spoil_with_a_folder,
    spoil_with_a_pipe,
    spoil_with_a_loop,
    spoil_with_a_link_to_nothing,
    spoil_with_a_link_out,
    spoil_with_a_device,
    spoil_with_a_file_beyond_all_limits,
    spoil_by_taking_it_away,
)


def everything(image: pathlib.Path) -> dict[str, bytes | str]:
    """What stands where, and the bytes of files that have a size one can read."""
    found: dict[str, bytes | str] = {}
    for path in sorted(image.rglob("*")):
        name = str(path.relative_to(image))
        if name.startswith("home/.local") or path.name == ".parentlock":
            continue
        if path.is_symlink():
            found[name] = os.readlink(path)
        elif path.is_file() and path.stat().st_size < HUGE:
            found[name] = path.read_bytes()
        else:
            found[name] = "no file"
    return found


def whole_story(image: pathlib.Path, spoiled: str) -> None:
    """Scan, plan, apply, undo: no crash, nothing lost, and the healthy profile is served."""
    before = everything(image)
    for lang in ("en", "pt-BR"):
        scan = run_here("scan", "--lang", lang, image=image)
        assert scan.code in {0, 10, 11}
        assert scan.out
    scan = run_here("scan", "--json", image=image)
    profiles = {finding["profile"]["path"]: finding for finding in scan.json["findings"]}
    plan = run_here("plan", "--no-network", image=image)
    assert plan.code == scan.code
    assert everything(image) == before
    applied = run_here("apply", "--no-network", "--yes", "--json", image=image)
    assert applied.code in {0, 11, 13, 14, 20, 77}, applied
    after = everything(image)
    assert after.keys() == before.keys()
    if spoiled.startswith(HOME):
        healthy = str(image / HEALTHY / "good.one")
        assert profiles[healthy]["verdict"] == "due"
        assert after[f"{HEALTHY}/good.one/prefs.js"] != before[f"{HEALTHY}/good.one/prefs.js"]
    if applied.json["backups"]:
        assert run_here("backups", "verify", image=image).code == 0
    assert run_here("rollback", "--all", "--yes", image=image).code == 0
    assert everything(image) == before


@pytest.mark.timeout(60)
@pytest.mark.parametrize("spoiled", SPOILED)
@pytest.mark.parametrize("how", BAD_BYTES)
def test_a_file_of_bad_bytes_is_a_finding(image: pathlib.Path, spoiled: str, how: str) -> None:
    path = image / spoiled
    data = path.read_bytes() if path.exists() else b"smtp.exemplo.com.br:25:\tOID\t25\n"
    path.write_bytes(BAD_BYTES[how](data))
    whole_story(image, spoiled)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("spoiled", SPOILED)
@pytest.mark.parametrize("how", BAD_THINGS, ids=lambda how: how.__name__[6:])
def test_a_file_that_is_no_file_is_a_finding(
    image: pathlib.Path, spoiled: str, how: Callable[[pathlib.Path], None]
) -> None:
    path = image / spoiled
    path.unlink(missing_ok=True)
    how(path)
    whole_story(image, spoiled)


BAD_LISTS = {
    "no path": "[Profile0]\nName=x\nIsRelative=1\n",
    "an empty path": "[Profile0]\nIsRelative=1\nPath=\n",
    "a dot": "[Profile0]\nIsRelative=1\nPath=.\n",
    "up": "[Profile0]\nIsRelative=1\nPath=..\n",
    "up and down": "[Profile0]\nIsRelative=1\nPath=x/../../y\n",
    "the root": "[Profile0]\nIsRelative=0\nPath=/\n",
    "slashes": "[Profile0]\nIsRelative=0\nPath=//////\n",
    "a long name": f"[Profile0]\nIsRelative=1\nPath={'n' * 300}\n",
    "a long path": f"[Profile0]\nIsRelative=1\nPath={'n/' * 5000}\n",
    "a long absolute path": f"[Profile0]\nIsRelative=0\nPath=/{'n/' * 5000}\n",
    "a drive": "[Profile0]\nIsRelative=0\nPath=C:\\Users\\ana\n",
    "a share": "[Profile0]\nIsRelative=0\nPath=\\\\server\\share\n",
    "a device of Windows": "[Profile0]\nIsRelative=1\nPath=CON\n",
    "a file": "[Profile0]\nIsRelative=1\nPath=profiles.ini\n",
    "below a file": "[Profile0]\nIsRelative=1\nPath=profiles.ini/x\n",
    "odd IsRelative": f"[Profile0]\nIsRelative=yes\nPath={FIRST}\n",
    "a default that is long": f"[Install1]\nDefault={'d/' * 5000}\n",
    "a default that climbs": "[Install1]\nDefault=../../../../../../etc\n",
    "the same profile often": f"[Profile0]\nIsRelative=1\nPath={FIRST}\n"
    + "".join(f"[Profile{n}]\nIsRelative=1\nPath=./{FIRST}\n" for n in range(1, 200)),
    "many profiles that are not there": "".join(
        f"[Profile{n}]\nIsRelative=1\nPath=p{n}\n" for n in range(5000)
    ),
    "a lone surrogate": "[Profile0]\nIsRelative=1\nPath=\ud800\n",
    "a control character": "[Profile0]\nName=\x1b[31mred\x07\nIsRelative=1\nPath=x\x1b\n",
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("text", BAD_LISTS.values(), ids=BAD_LISTS.keys())
def test_a_list_of_profiles_that_lies_is_a_finding(image: pathlib.Path, text: str) -> None:
    data = text.encode("utf-16-le", "surrogatepass")
    path = image / HOME / "profiles.ini"
    path.write_bytes(b"\xff\xfe" + data)
    whole_story(image, HOME)
    path.write_bytes(text.encode(errors="replace"))
    whole_story(image, HOME)


@pytest.mark.parametrize("lang", ["en", "pt-BR"])
@pytest.mark.parametrize("encoding", ["utf-8:strict", "ascii:strict", "cp1252:strict"])
def test_names_that_are_not_utf_8_are_changed_shown_and_undone(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, encoding: str, lang: str
) -> None:
    """Old homes in Brazil hold names in Latin-1; no output encoding may fail on them."""
    name = os.fsdecode("padrão".encode("latin-1"))
    image = an_image(tmp_path, thunderbird(name=FIRST, port=25, address="josé@exemplo.com.br"))
    (image / HOME / FIRST).rename(image / HOME / name)
    data = f"[Profile0]\nName={name}\nIsRelative=1\nPath={name}\n"
    (image / HOME / "profiles.ini").write_bytes(os.fsencode(data))
    before = everything(image)
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    assert run("scan", "--lang", lang, image=image).code == 10
    assert run("scan", "--json", image=image).verdicts == ["due"]
    assert run("apply", "--no-network", "--yes", "--lang", lang, image=image).code == 0
    assert run("backups", "show", "--lang", lang, image=image).code == 0
    assert run("backups", "verify", image=image).code == 0
    assert run("rollback", "--lang", lang, image=image).code == 0
    assert everything(image) == before


def test_a_profile_that_is_named_twice_is_changed_once(image: pathlib.Path) -> None:
    (image / HOME / "again").symlink_to(FIRST)
    text = "[Profile0]\nIsRelative=1\nPath={}\n[Profile1]\nIsRelative=1\nPath=again\n"
    (image / HOME / "profiles.ini").write_text(text.format(FIRST))
    scan = run_here("scan", "--json", image=image)
    assert scan.verdicts.count("due") + scan.verdicts.count("blocked") == 2
    whole_story(image, HOME)


# --- Plan files ---------------------------------------------------------------------------


@pytest.fixture
def planned(tmp_path: pathlib.Path) -> tuple[pathlib.Path, pathlib.Path]:
    """An image and an honest plan file for it."""
    image = an_image(tmp_path / "image", thunderbird(port=25, try_ssl=0, user_js={}))
    path = tmp_path / "plan.json"
    assert run_here("plan", "--no-network", "-o", str(path), image=image).code == 10
    return image, path


def test_an_honest_plan_is_carried_out(planned: tuple[pathlib.Path, pathlib.Path]) -> None:
    image, path = planned
    assert run_here("apply", "--no-network", "--yes", str(path), image=image).code == 0


BAD_PLANS = {
    "empty": b"",
    "not json": b"this is not a plan",
    "binary": bytes(range(256)),
    "zeros": b"\0" * 1000,
    "half a plan": b'{"schema": "configure587/1", "kind": "plan", "steps": [',
    "null": b"null",
    "a number": b"587",
    "a long number": b"9" * 100_000,
    "a string": b'"plan"',
    "a list": b"[]",
    "an empty object": b"{}",
    "nested lists": b"[" * 100_000 + b"]" * 100_000,
    "nested objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "not utf-8": b'{"kind": "\xff\xfe"}',
    "utf-16": '{"kind": "plan"}'.encode("utf-16"),
    "a lone surrogate": b'{"kind": "\\ud800"}',
    "not a number": b'{"kind": NaN}',
    "huge": b" " * 5_000_000,
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("lang", ["en", "pt-BR"])
@pytest.mark.parametrize("data", BAD_PLANS.values(), ids=BAD_PLANS.keys())
def test_what_is_no_plan_is_refused(
    planned: tuple[pathlib.Path, pathlib.Path], data: bytes, lang: str
) -> None:
    image, path = planned
    path.write_bytes(data)
    _is_refused(image, path, "plan_damaged", lang)


def _is_refused(image: pathlib.Path, path: pathlib.Path, code: str, lang: str = "en") -> None:
    before = everything(image)
    answer = run_here("apply", "--no-network", "--yes", str(path), "--lang", lang, image=image)
    assert answer.code == 1
    assert answer.out == ""
    assert len(answer.err.splitlines()) >= 2
    assert (
        run_here("apply", "--no-network", "--yes", str(path), "--json", image=image).json["code"]
        == code
    )
    assert everything(image) == before
    assert harness.backup_ids(image) == []


@pytest.mark.parametrize("at", range(0, 4000, 97))
def test_a_plan_with_one_other_byte_is_refused(
    planned: tuple[pathlib.Path, pathlib.Path], at: int
) -> None:
    image, path = planned
    data = bytearray(path.read_bytes())
    at %= len(data)
    if chr(data[at]).isspace():
        at = data.index(b'"', at)
    data[at] ^= 1
    path.write_bytes(data)
    _is_refused(image, path, "plan_damaged")


def test_a_plan_that_is_not_there_is_refused(
    planned: tuple[pathlib.Path, pathlib.Path], tmp_path: pathlib.Path
) -> None:
    image, _ = planned
    _is_refused(image, tmp_path / "nothing", "plan_unreadable")
    _is_refused(image, tmp_path, "plan_unreadable")
    (tmp_path / "loop").symlink_to("loop")
    _is_refused(image, tmp_path / "loop", "plan_unreadable")


def test_a_plan_of_another_computer_is_refused(
    planned: tuple[pathlib.Path, pathlib.Path], tmp_path: pathlib.Path
) -> None:
    _, path = planned
    other = an_image(tmp_path / "other", thunderbird(port=25, try_ssl=0))
    _is_refused(other, path, "plan_of_another_computer")


def test_a_stale_plan_is_refused(planned: tuple[pathlib.Path, pathlib.Path]) -> None:
    image, path = planned
    prefs_js = image / HOME / FIRST / "prefs.js"
    prefs_js.write_bytes(prefs(account(port=25, try_ssl=1)))
    _is_refused(image, path, "plan_stale")


def test_a_plan_for_a_profile_that_is_gone_is_refused(
    planned: tuple[pathlib.Path, pathlib.Path],
) -> None:
    image, path = planned
    shutil.rmtree(image / HOME / FIRST)
    _is_refused(image, path, "plan_stale")


def places(document: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:  # noqa: ANN401
    """Every place in a JSON document, containers included."""
    yield at
    if isinstance(document, dict):
        for name, value in document.items():
            yield from places(value, (*at, name))
    if isinstance(document, list):
        for number, value in enumerate(document):
            yield from places(value, (*at, number))


def replaced(document: Any, at: tuple[str | int, ...], value: object) -> Any:  # noqa: ANN401
    """A copy of the document with another value at that place."""
    if not at:
        return value
    other = copy.deepcopy(document)
    inner = other
    for key in at[:-1]:
        inner = inner[key]
    inner[at[-1]] = value
    return other


WRONG: dict[str, object] = {
    "null": None,
    "true": True,
    "a number": 25,
    "a huge number": 10**40,
    "a fraction": 0.5,
    "an empty string": "",
    "a string": "x",
    "a path": "/etc/passwd",
    "a path with a zero": "/a\0b",
    "a lone surrogate": "\ud800",
    "a list": [],
    "a list of itself": [[[]]],
    "an object": {},
    "an odd object": {"kind": "x", "path": "y"},
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_a_forged_plan_does_what_we_would_do_or_nothing(
    planned: tuple[pathlib.Path, pathlib.Path], wrong: object
) -> None:
    """Each place in turn, with a good seal: a plan can only choose among our own changes."""
    image, path = planned
    old = everything(image)
    honest = json.loads(path.read_bytes())
    del honest["sha256"]
    for at in places(honest):
        forged = replaced(honest, at, wrong)
        path.write_bytes(story.seal(forged) if isinstance(forged, dict) else b"[]")
        _does_ours_or_nothing(image, path, old, f"{at} = {wrong!r}")


def _does_ours_or_nothing(
    image: pathlib.Path, path: pathlib.Path, old: dict[str, bytes | str], what: str
) -> None:
    answer = run_here("apply", "--no-network", "--yes", str(path), image=image)
    assert answer.code in {0, 1, 11}, what
    if everything(image) != old:
        assert answer.code == 0, what
        scan = run_here("scan", "--json", image=image)
        assert scan.verdicts == ["fine"], what
        assert run_here("rollback", "--all", "--yes", image=image).code == 0
    assert everything(image) == old, what


FOREIGN_PLACES = (
    "{profile}/../../../etc/passwd",
    "{profile}/user.js",
    "{profile}/\0",
    "{profile}/\ud800",
    "{profile}/" + "n" * 5000,
    "{profile}",
    "{profile}/.parentlock",
    "{home}/outside.js",
)


@pytest.mark.parametrize("place", FOREIGN_PLACES)
@pytest.mark.parametrize("kind", ["prefs.js", "registry", ""])
@pytest.mark.parametrize("done", [False, True], ids=["before", "after it was done"])
def test_a_plan_that_names_another_place_is_refused(
    planned: tuple[pathlib.Path, pathlib.Path], place: str, kind: str, *, done: bool
) -> None:
    image, path = planned
    if done:
        assert run_here("apply", "--no-network", "--yes", str(path), image=image).code == 0
    before = everything(image)
    document = json.loads(path.read_bytes())
    del document["sha256"]
    profile = image / HOME / FIRST
    for change in document["steps"][0]["changes"]:
        where = place.format(profile=profile, home=image / "home")
        change["place"] = {"kind": kind, "path": where}
    path.write_bytes(story.seal(document))
    answer = run_here("apply", "--no-network", "--yes", str(path), image=image)
    assert answer.code == 1
    assert everything(image) == before


# --- Damaged backups ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def backed_up(tmp_path_factory: pytest.TempPathFactory) -> tuple[pathlib.Path, pathlib.Path]:
    """An image that was changed, and a copy of it from which tests begin anew."""
    image = an_image(
        tmp_path_factory.mktemp("backup") / "image",
        thunderbird(port=25, try_ssl=0, user_js={harness.PORT: 25}),
        thunderbird(name="efgh5678.second", port=25),
    )
    kept = image.parent / "kept"
    shutil.copytree(image, image.parent / "old")
    assert run_here("apply", "--no-network", "--yes", image=image).code == 0
    shutil.copytree(image, kept)
    return image, kept


def again(image: pathlib.Path, kept: pathlib.Path) -> pathlib.Path:
    """The image as it was after the change; the folder of its only backup."""
    shutil.rmtree(image)
    shutil.copytree(kept, image)
    [backup] = harness.backup_ids(image)
    return image / BACKUPS / backup


FILES_OF_A_SET = (
    "0001-0001-prefs.js",
    "0001-0001-user.js",
    "0001-0002-prefs.js",
    "0001-saved.json",
    "0002-settled.json",
    "0003-closed.json",
    vault.README,
)


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def resealed(change: Callable[[dict[str, Any]], object]) -> Callable[[bytes], bytes]:
    """Forge an event: change it and give it a good seal; other files become garbage."""

    def forge(data: bytes) -> bytes:
        try:
            document = json.loads(data)
        except ValueError:
            return b"forged"
        document.pop("sha256")
        change(document)
        return story.seal(document)

    return forge


DAMAGE: dict[str, Callable[[bytes], bytes] | None] = {
    "missing": None,
    "empty": lambda _: b"",
    "half": lambda data: data[: len(data) // 2],
    "one bit": flipped,
    "binary": lambda _: bytes(range(256)),
    "zeros": lambda data: b"\0" * len(data),
    "twice": lambda data: data * 2,
    "nested": lambda _: b"[" * 100_000,
    "null": lambda _: b"null",
    "a forged event of another kind": resealed(lambda event: event.update(event="closed")),
    "a forged event without its parts": resealed(dict.clear),
    "a forged event with wrong types": resealed(
        lambda event: event.update(dict.fromkeys(event, 7))
    ),
    "a forged event of null": resealed(lambda event: event.update(dict.fromkeys(event))),
}
COMMANDS = (
    ("backups", "list"),
    ("backups", "list", "--json"),
    ("backups", "show"),
    ("backups", "verify"),
    ("scan", "--json"),
    ("rollback", "--dry-run"),
    ("rollback", "--last"),
    ("rollback", "--all"),
    ("rollback", "--last", "--whole-file"),
    ("backups", "prune", "--keep", "0"),
)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", FILES_OF_A_SET)
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_backup_is_told_or_works_and_harms_nothing(
    backed_up: tuple[pathlib.Path, pathlib.Path], name: str, damage: str
) -> None:
    image, kept = backed_up
    spoil = DAMAGE[damage]

    def with_damage() -> None:
        path = again(image, kept) / name
        if spoil is None:
            path.unlink()
        else:
            path.write_bytes(spoil(path.read_bytes()))

    _told_or_works(image, with_damage)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", FILES_OF_A_SET)
@pytest.mark.parametrize("how", BAD_THINGS[:5], ids=lambda how: how.__name__[6:])
def test_a_backup_with_something_odd_in_it_is_told_or_works_and_harms_nothing(
    backed_up: tuple[pathlib.Path, pathlib.Path], name: str, how: Callable[[pathlib.Path], None]
) -> None:
    image, kept = backed_up

    def with_damage() -> None:
        path = again(image, kept) / name
        path.unlink()
        how(path)

    _told_or_works(image, with_damage)


def _told_or_works(image: pathlib.Path, with_damage: Callable[[], None]) -> None:
    old = harness.by_profile(harness.profile_files(image.parent / "old"))
    new = harness.by_profile(harness.profile_files(image.parent / "kept"))
    assert old != new
    for words in COMMANDS:
        with_damage()
        answer = run_here(*words, image=image)
        assert answer.code in ({0} if words[0] == "scan" else {0, 1, 20}), words
        assert answer.out or answer.err, words
        now = harness.by_profile(harness.profile_files(image))
        for profile, files in now.items():
            assert files in (old[profile], new[profile]), words
        if words[0] != "rollback" or "--dry-run" in words:
            assert now == new or words == ("scan", "--json"), words
        elif answer.code == 0:
            assert now == old, f"{words} said that all went well: {answer}"
        else:
            assert now == new, words


@pytest.mark.parametrize("name", [each for each in FILES_OF_A_SET if each != vault.README])
def test_verify_finds_every_file_that_was_altered(
    backed_up: tuple[pathlib.Path, pathlib.Path], name: str
) -> None:
    image, kept = backed_up
    path = again(image, kept) / name
    path.write_bytes(flipped(path.read_bytes()))
    answer = run_here("backups", "verify", image=image)
    assert answer.code == 1
    assert name in answer.text
    assert run_here("backups", "verify", "--json", image=image).json["backups"][0]["damaged"] == [
        name
    ]


@pytest.mark.parametrize("name", FILES_OF_A_SET[:5])
def test_verify_finds_every_file_that_is_missing(
    backed_up: tuple[pathlib.Path, pathlib.Path], name: str
) -> None:
    image, kept = backed_up
    (again(image, kept) / name).unlink()
    assert run_here("backups", "verify", image=image).code == 1


@pytest.mark.parametrize("lang", ["en", "pt-BR"])
def test_a_damaged_story_is_refused_with_the_way_to_help_oneself(
    backed_up: tuple[pathlib.Path, pathlib.Path], lang: str
) -> None:
    image, kept = backed_up
    folder = again(image, kept)
    (folder / "0001-saved.json").write_bytes(b"")
    for words in (("rollback",), ("rollback", "--last"), ("rollback", "--all")):
        answer = run_here(*words, "--lang", lang, image=image)
        assert answer.code == 1
        assert str(folder) in answer.text.replace(" ", "")
        assert vault.README in answer.text.replace(" ", "")


def test_one_damaged_backup_does_not_hide_the_others(
    backed_up: tuple[pathlib.Path, pathlib.Path],
) -> None:
    image, kept = backed_up
    folder = again(image, kept)
    (folder.parent / "20200101-000000").mkdir()
    (folder.parent / "20200101-000000" / "0001-saved.json").write_bytes(b"rubbish")
    (folder.parent / "20200101-000000" / "0002-closed.json").write_bytes(b"rubbish")
    assert run_here("backups", "verify", image=image).code == 1
    answer = run_here("rollback", "--all", image=image)
    assert harness.by_profile(harness.profile_files(image)) == harness.by_profile(
        harness.profile_files(image.parent / "old")
    )
    assert answer.code in {0, 1}


@pytest.mark.parametrize(
    "name", ["20990101-000000", "20990101-000000-2", "rubbish", "..", "%2e%2e", "-1", "x" * 300]
)
@pytest.mark.parametrize("how", [*BAD_THINGS[:5], lambda path: path.write_bytes(b"")])
def test_odd_things_among_the_backups_do_not_stop_us(
    backed_up: tuple[pathlib.Path, pathlib.Path],
    name: str,
    how: Callable[[pathlib.Path], None],
) -> None:
    image, kept = backed_up
    folder = again(image, kept)
    if name != ".." and len(name) < 255:
        how(folder.parent / name)
    assert run_here("scan", image=image).code == 0
    assert run_here("backups", "list", image=image).code == 0
    assert run_here("rollback", "--", name, image=image).code == 1
    assert run_here("rollback", "--last", image=image).code in {0, 1}


def test_a_backup_named_by_a_path_is_refused(
    backed_up: tuple[pathlib.Path, pathlib.Path],
) -> None:
    image, kept = backed_up
    folder = again(image, kept)
    for name in (str(folder), f"../backups/{folder.name}", f"{folder.name}/", "\ud800", ""):
        for words in (("rollback", name), ("backups", "show", name)):
            assert run_here(*words, image=image).code == 1, words


def test_a_forged_backup_cannot_reach_out_of_its_profile(
    backed_up: tuple[pathlib.Path, pathlib.Path],
) -> None:
    """Whoever can write our backups can write the profiles; but not, through us, elsewhere."""
    image, kept = backed_up
    path = again(image, kept) / "0001-saved.json"
    outside = image.parent / "outside.js"
    outside.write_bytes(prefs({harness.PORT: 587}))
    text = path.read_text()
    for name in ("prefs.js", "user.js"):
        for profile in (FIRST, "efgh5678.second"):
            text = text.replace(str(image / HOME / profile / name), str(outside))
    document = json.loads(text)
    document.pop("sha256")
    assert str(outside) in text
    path.write_bytes(story.seal(document))
    assert run_here("rollback", image=image).code != 0
    assert outside.read_bytes() == prefs({harness.PORT: 587})


@pytest.mark.parametrize("at", [0, 1])
def test_a_whole_file_restore_that_is_stopped_leaves_nothing_half_done(
    backed_up: tuple[pathlib.Path, pathlib.Path], at: int
) -> None:
    image, kept = backed_up
    backup = again(image, kept).name
    new = harness.profile_files(image)
    old = harness.by_profile(harness.profile_files(image.parent / "old"))
    machine = next(here.machines(str(image)))
    seen: list[Progress] = []

    def stop(progress: Progress) -> None:
        seen.append(progress)
        if len(seen) > at:
            raise Cancelled

    receipt = engine.rollback(machine, backup, whole_file=True, notify=stop)
    stopped = [outcome.result is Result.STOPPED for outcome in receipt.outcomes]
    assert stopped == [False] * at + [True] * (2 - at)
    assert vault.unfinished(machine) == []
    now = harness.by_profile(harness.profile_files(image))
    assert [name for name, files in now.items() if files != harness.by_profile(new)[name]] == [
        os.path.basename(outcome.profile.folder)
        for outcome in receipt.outcomes
        if outcome.result is not Result.STOPPED
    ]
    assert all(files in (old[name], harness.by_profile(new)[name]) for name, files in now.items())


def test_a_backup_that_waits_for_a_closed_program_does_not_grow(image: pathlib.Path) -> None:
    """An interrupted set is looked at by every start; looking must not write each time."""
    strace = ["strace", "-f", "-o", os.devnull, "-e", "trace=fchmod"]
    strace += ["-e", "inject=fchmod:signal=SIGKILL:when=2"]
    words = harness.command("apply", "--no-network", "--yes", "--image", str(image))
    subprocess.run([*strace, *words], env=harness.environment(), check=False, capture_output=True)
    [backup] = harness.backup_ids(image)
    machine = next(here.machines(str(image)))
    policy = offline()
    [first, *_] = [each for each in engine.discover(machine, policy) if each.name == "default"]
    from contracts.test_stores import another_process_holds

    with another_process_holds(os.path.join(first.folder, ".parentlock")):
        for _ in range(3):
            run_here("scan", image=image)
        many = sorted(os.listdir(image / BACKUPS / backup))
        run_here("scan", image=image)
        assert sorted(os.listdir(image / BACKUPS / backup)) == many
    run_here("scan", image=image)
    assert vault.unfinished(machine) == []


@pytest.mark.timeout(60)
def test_hostile_bytes_take_time_in_proportion(image: pathlib.Path) -> None:
    """Ten times the bytes may not take a hundred times as long."""
    path = image / INSTALLATION / "our.cfg"
    begin = time.monotonic()
    path.write_bytes(b"\n" + b"/* mail " * 250_000)
    run_here("scan", image=image)
    path.write_bytes(b"\n" + b'lockPref("mail.' * 150_000)
    run_here("scan", image=image)
    assert time.monotonic() - begin < 20
