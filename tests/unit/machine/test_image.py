"""A folder that stands for a computer: what it may say, and that nothing leaves it."""

from __future__ import annotations

import json
import os
import pathlib
from typing import TYPE_CHECKING, Any

import pytest

from builders import contents, prefs, thunderbird
from configure587 import cli
from configure587.errors import Outside, Refused
from configure587.machine import Kind, Machine, Platform, here, image
from configure587.machine.disk import DiskFiles

if TYPE_CHECKING:
    from collections.abc import Callable

SECRET = b'user_pref("mail.smtpservers", "canary587");\n'


def write(folder: pathlib.Path, files: dict[str, bytes]) -> pathlib.Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    """An image with one profile on port 25."""
    files = contents(thunderbird(port=25, try_ssl=0))
    return write(
        tmp_path / "DIR",
        {path.replace("/home/ana/", "home/"): data for path, data in files.items()},
    )


@pytest.fixture
def outside(tmp_path: pathlib.Path) -> pathlib.Path:
    """A whole Thunderbird that lies beside the image and is none of our business."""
    files = contents(thunderbird(port=25, raw=prefs({"mail.smtpservers": "canary587"})), root="")
    return write(
        tmp_path / "outside", {path.removeprefix("/"): data for path, data in files.items()}
    )


def machine_of(folder: pathlib.Path) -> Machine:
    return next(here.machines(str(folder)))


def everything(folder: pathlib.Path) -> dict[str, bytes | str]:
    found: dict[str, bytes | str] = {}
    for parent, folders, names in os.walk(folder):
        for name in [*folders, *names]:
            path = pathlib.Path(parent, name)
            if path.is_symlink():
                found[str(path)] = os.readlink(path)
            elif path.is_file():
                found[str(path)] = path.read_bytes()
            else:
                found[str(path)] = "folder"
    return found


class Answer:
    """What a command said: exit code, text, and JSON when it was asked for."""

    def __init__(self, code: int, out: str, err: str) -> None:
        """Keep what was said."""
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:  # noqa: ANN401 - any JSON value
        """The document on standard output."""
        return json.loads(self.out)

    @property
    def verdicts(self) -> list[str]:
        """The verdicts of a scan."""
        return [finding["verdict"] for finding in self.json["findings"]]


Run = "Callable[..., Answer]"


@pytest.fixture
def run(folder: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Run a command on the image; a fault of ours fails the test, with its traceback."""

    def command(*words: str) -> Answer:
        code = cli.main([*words, "--image", str(folder), "--lang", "en", "--verbose"])
        captured = capsys.readouterr()
        assert code != 70, captured.err
        assert "Traceback" not in captured.err
        return Answer(code, captured.out, captured.err)

    return command


def test_an_image_is_linux_unless_it_says_otherwise(folder: pathlib.Path) -> None:
    machine = machine_of(folder)
    assert (machine.platform, machine.user) == (Platform.LINUX, "user")
    assert machine.home == str(folder / "home")


def test_an_image_with_a_registry_is_windows(folder: pathlib.Path) -> None:
    (folder / "registry.reg").write_bytes(b"Windows Registry Editor Version 5.00\r\n")
    assert machine_of(folder).platform is Platform.WINDOWS


@pytest.mark.parametrize("platform", list(Platform))
@pytest.mark.parametrize("registry", [False, True])
def test_what_an_image_says_counts_more_than_its_registry(
    folder: pathlib.Path, platform: Platform, *, registry: bool
) -> None:
    if registry:
        (folder / "registry.reg").write_bytes(b"")
    text = f'platform = "{platform.value}"\nuser = "Zé"\nfuture = [1, 2]\n'
    (folder / "image.toml").write_text(text)
    machine = machine_of(folder)
    assert (machine.platform, machine.user) == (platform, "Zé")


BAD_DESCRIPTIONS = {
    "not toml": b"platform: linux",
    "binary": bytes(range(256)),
    "not utf-8": b'user = "caf\xe9"',
    "utf-16": 'user = "ana"'.encode("utf-16"),
    "unknown platform": b'platform = "amiga"',
    "platform is a number": b"platform = 1",
    "platform is a list": b'platform = ["linux"]',
    "platform is a table": b"[platform]\nx = 1",
    "platform is empty": b'platform = ""',
    "user is a number": b"user = 1",
    "user is a list": b'user = ["ana"]',
    "user is empty": b'user = ""',
    "user is a path": b'user = "../ana"',
    "user is a windows path": b"user = '..\\ana'",
    "huge": b"#" * 65_537,
    "nested deeply": b"a = " + b"[" * 30_000,
    "nested tables": b"a" + b".a" * 30_000 + b" = 1",
    "a number of many digits": b"a = " + b"9" * 60_000,
}


@pytest.mark.parametrize("text", BAD_DESCRIPTIONS.values(), ids=BAD_DESCRIPTIONS.keys())
def test_a_bad_description_is_refused_in_words(
    folder: pathlib.Path, run: Callable[..., Answer], text: bytes
) -> None:
    (folder / "image.toml").write_bytes(text)
    before = everything(folder)
    answer = run("scan")
    if answer.code == 10:  # odd, yet what we need from it can be read
        assert text.startswith((b"a.a", b"a = 9"))
        return
    assert answer.code == 1
    assert answer.out == ""
    assert "image.toml is not as it should be" in answer.err
    assert run("apply", "--no-network", "--yes", "--json").json["code"] == "image_description_bad"
    assert everything(folder) == before


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", ["folder", "pipe", "loop", "link out"])
def test_a_description_that_is_no_file_is_refused_in_words(
    folder: pathlib.Path, run: Callable[..., Answer], outside: pathlib.Path, name: str
) -> None:
    path = folder / "image.toml"
    if name == "folder":
        path.mkdir()
    elif name == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("image.toml" if name == "loop" else outside / "profiles.ini")
    answer = run("scan")
    assert answer.code == 1
    assert "image.toml is not as it should be" in answer.err


@pytest.mark.parametrize("what", ["missing", "a file", "a loop", "without home", "home is a file"])
def test_what_is_no_image_is_refused_in_words(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    path = tmp_path / "image"
    if what == "a file":
        path.write_bytes(b"")
    elif what == "a loop":
        path.symlink_to("image")
    elif what != "missing":
        path.mkdir()
    if what == "home is a file":
        (path / "home").write_bytes(b"")
    for verb in ("scan", "plan", "apply", "rollback", "backups"):
        assert cli.main([verb, "--image", str(path), "--lang", "en", "--verbose"]) == 1
        captured = capsys.readouterr()
        assert captured.out == ""
        assert "does not stand for a computer" in captured.err


def test_a_home_that_leads_out_is_no_home(
    tmp_path: pathlib.Path, outside: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "DIR").mkdir()
    (tmp_path / "DIR" / "home").symlink_to(outside)
    before = everything(outside)
    assert (
        cli.main(
            ["apply", "--no-network", "--yes", "--image", str(tmp_path / "DIR"), "--lang", "en"]
        )
        == 1
    )
    assert "does not stand for a computer" in capsys.readouterr().err
    assert everything(outside) == before


def test_an_image_reached_through_a_link_is_the_same_image(
    folder: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "link").symlink_to("DIR")
    assert machine_of(tmp_path / "link").identity == machine_of(folder).identity
    assert (
        cli.main(["apply", "--no-network", "--yes", "--image", str(tmp_path / "link"), "--silent"])
        == 0
    )


# Ways out: each makes the image point at the folder `outside`.


def root_is_a_link(folder: pathlib.Path, outside: pathlib.Path) -> None:
    (folder / "home/.icedove").symlink_to(outside)


def root_is_a_relative_link(folder: pathlib.Path, outside: pathlib.Path) -> None:
    (folder / "home/.icedove").symlink_to(os.path.relpath(outside, folder / "home"))


def list_is_a_link(folder: pathlib.Path, outside: pathlib.Path) -> None:
    (folder / "home/.icedove").mkdir()
    (folder / "home/.icedove/profiles.ini").symlink_to(outside / "profiles.ini")


def another_list(folder: pathlib.Path, path: str, *, relative: int = 0, more: str = "") -> None:
    root = folder / "home/.icedove"
    root.mkdir(exist_ok=True)
    text = f"[Profile0]\nName=out\nIsRelative={relative}\nPath={path}\n{more}"
    (root / "profiles.ini").write_text(text)


def profile_is_a_link(folder: pathlib.Path, outside: pathlib.Path) -> None:
    another_list(folder, "out", relative=1)
    (folder / "home/.icedove/out").symlink_to(outside / "abcd1234.default")


def profile_is_a_chain_of_links(folder: pathlib.Path, outside: pathlib.Path) -> None:
    another_list(folder, "out", relative=1)
    (folder / "home/.icedove/out").symlink_to("middle")
    (folder / "home/.icedove/middle").symlink_to(outside / "abcd1234.default")


def profile_is_absolute(folder: pathlib.Path, outside: pathlib.Path) -> None:
    another_list(folder, str(outside / "abcd1234.default"))


def profile_climbs_out_absolutely(folder: pathlib.Path, outside: pathlib.Path) -> None:
    another_list(folder, f"/home/user/../../../outside/{outside.name}/abcd1234.default")


def profile_climbs_out_of_the_home(folder: pathlib.Path, outside: pathlib.Path) -> None:
    another_list(folder, "/home/user/../../outside/abcd1234.default")


def profile_climbs_out_through_a_link(folder: pathlib.Path, outside: pathlib.Path) -> None:
    """By its text, link/.. is the home; by the system, it is the folder above the target."""
    (folder / "home/link").symlink_to(outside / "abcd1234.default")
    another_list(folder, "/home/user/link/../abcd1234.default")


def profile_climbs_out_relatively(folder: pathlib.Path, outside: pathlib.Path) -> None:
    another_list(folder, "../../../outside/abcd1234.default", relative=1)


def the_default_climbs_out(folder: pathlib.Path, outside: pathlib.Path) -> None:
    more = "[Install1]\nDefault=../../../outside/abcd1234.default\n"
    another_list(folder, "abcd1234.default", relative=1, more=more)


def the_default_is_absolute_and_out(folder: pathlib.Path, outside: pathlib.Path) -> None:
    more = f"[Install1]\nDefault=/home/user/../../../{outside.name}\n"
    another_list(folder, "abcd1234.default", relative=1, more=more)


def prefs_are_a_link(folder: pathlib.Path, outside: pathlib.Path) -> None:
    another_list(folder, "out", relative=1)
    (folder / "home/.icedove/out").mkdir()
    (folder / "home/.icedove/out/prefs.js").symlink_to(outside / "abcd1234.default/prefs.js")


def user_js_is_a_link(folder: pathlib.Path, outside: pathlib.Path) -> None:
    (folder / "home/.thunderbird/abcd1234.default/user.js").symlink_to(
        outside / "abcd1234.default/prefs.js"
    )


def the_lock_is_a_link(folder: pathlib.Path, outside: pathlib.Path) -> None:
    (folder / "home/.thunderbird/abcd1234.default/.parentlock").symlink_to(outside / "lock")


def the_version_is_a_link(folder: pathlib.Path, outside: pathlib.Path) -> None:
    path = folder / "home/.thunderbird/abcd1234.default/compatibility.ini"
    path.unlink()
    path.symlink_to(outside / "abcd1234.default/compatibility.ini")


def the_installation_climbs_out(folder: pathlib.Path, outside: pathlib.Path) -> None:
    path = folder / "home/.thunderbird/abcd1234.default/compatibility.ini"
    path.write_text(f"[Compatibility]\nLastPlatformDir=/home/user/../../../{outside.name}\n")


def the_policies_are_a_link(folder: pathlib.Path, outside: pathlib.Path) -> None:
    (folder / "etc").mkdir()
    (folder / "etc/thunderbird").symlink_to(outside)


def the_installation_is_a_link(folder: pathlib.Path, outside: pathlib.Path) -> None:
    (folder / "usr").symlink_to(outside)


def the_backups_are_a_link(folder: pathlib.Path, outside: pathlib.Path) -> None:
    (folder / "home/.local/share").mkdir(parents=True)
    (folder / "home/.local/share/configure587").symlink_to(outside)


WAYS_OUT = (
    root_is_a_link,
    root_is_a_relative_link,
    list_is_a_link,
    profile_is_a_link,
    profile_is_a_chain_of_links,
    profile_is_absolute,
    profile_climbs_out_absolutely,
    profile_climbs_out_of_the_home,
    profile_climbs_out_through_a_link,
    profile_climbs_out_relatively,
    the_default_climbs_out,
    the_default_is_absolute_and_out,
    prefs_are_a_link,
    user_js_is_a_link,
    the_lock_is_a_link,
    the_version_is_a_link,
    the_installation_climbs_out,
    the_policies_are_a_link,
    the_installation_is_a_link,
    the_backups_are_a_link,
)


@pytest.mark.parametrize("way", WAYS_OUT, ids=lambda way: way.__name__)
def test_nothing_outside_is_read_or_written(
    folder: pathlib.Path,
    outside: pathlib.Path,
    run: Callable[..., Answer],
    way: Callable[[pathlib.Path, pathlib.Path], None],
) -> None:
    way(folder, outside)
    before = everything(outside)
    for words in (
        ("scan", "--json"),
        ("plan", "--no-network"),
        ("apply", "--no-network", "--yes"),
        ("rollback", "--last"),
    ):
        answer = run(*words)
        assert "canary587" not in answer.out + answer.err
        assert everything(outside) == before, words


@pytest.mark.parametrize(
    "way",
    [root_is_a_link, list_is_a_link, profile_is_a_link, prefs_are_a_link],
    ids=lambda way: way.__name__,
)
def test_a_way_out_is_told_and_does_not_hide_the_rest(
    folder: pathlib.Path,
    outside: pathlib.Path,
    run: Callable[..., Answer],
    way: Callable[[pathlib.Path, pathlib.Path], None],
) -> None:
    way(folder, outside)
    answer = run("scan", "--json")
    assert sorted(answer.verdicts) == ["due", "unreadable"]
    assert str(folder / "home/.icedove") in run("scan").out


# Loops: each makes some path of the image lead to itself.

LOOPS = (
    "home/.icedove",
    "home/.icedove/profiles.ini",
    "home/.thunderbird/abcd1234.default/user.js",
    "home/.thunderbird/abcd1234.default/compatibility.ini",
    "home/.thunderbird/abcd1234.default/cert_override.txt",
    "home/.thunderbird/abcd1234.default/.parentlock",
    "home/.thunderbird/abcd1234.default/lock",
    "home/.local",
    "home/.local/share/configure587",
    "home/.local/share/configure587/backups",
    "home/.local/share/configure587/run.lock",
    "home/.local/share/configure587/LEIA-ME-READ-ME.txt",
    "home/.local/share/configure587/backups/20260101-000000",
    "home/.local/share/configure587/logs",
    "etc",
    "etc/thunderbird/policies",
    "etc/thunderbird/policies/policies.json",
    "etc/thunderbird/pref",
    "etc/thunderbird/pref/a.js",
    "usr",
    "usr/lib/thunderbird",
    "usr/lib/thunderbird/defaults",
    "usr/lib/thunderbird/defaults/pref",
    "usr/lib/thunderbird/distribution/policies.json",
    "registry.reg",
)


@pytest.mark.parametrize("place", LOOPS)
@pytest.mark.parametrize("platform", [Platform.LINUX, Platform.WINDOWS], ids=lambda p: p.value)
def test_a_link_to_itself_is_a_finding_or_a_clean_refusal(
    folder: pathlib.Path, run: Callable[..., Answer], place: str, platform: Platform
) -> None:
    (folder / "image.toml").write_text(f'platform = "{platform.value}"\n')
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(path.name)
    prefs_js = folder / "home/.thunderbird/abcd1234.default/prefs.js"
    before = prefs_js.read_bytes()
    for words in (("scan", "--json"), ("scan",), ("apply", "--no-network", "--yes"), ("backups",)):
        run(*words)
    if prefs_js.read_bytes() != before:
        assert run("rollback", "--all", "--yes").code == 0
    assert prefs_js.read_bytes() == before
    assert os.readlink(path) == path.name


@pytest.mark.parametrize("place", ["home/.thunderbird/abcd1234.default", "home/.thunderbird"])
def test_a_profile_that_is_a_loop_spares_the_others(
    folder: pathlib.Path, run: Callable[..., Answer], place: str
) -> None:
    files = contents(thunderbird(port=25), root="home/.icedove")
    write(folder, files)
    (folder / place).rename(folder / "away")
    (folder / place).symlink_to(pathlib.Path(place).name)
    answer = run("scan", "--json")
    assert answer.code == 10
    assert "due" in answer.verdicts


@pytest.mark.parametrize("name", ["APPDATA", "packages", "package"])
def test_a_loop_in_a_windows_image_is_no_crash(
    folder: pathlib.Path, run: Callable[..., Answer], name: str
) -> None:
    (folder / "image.toml").write_text('platform = "windows"\n')
    path = {
        "APPDATA": folder / "home/AppData/Roaming",
        "packages": folder / "home/AppData/Local/Packages",
        "package": folder / "home/AppData/Local/Packages/MozillaThunderbird_x",
    }[name]
    path.parent.mkdir(parents=True)
    path.symlink_to(path.name)
    run("scan", "--json")
    path.unlink()
    path.write_bytes(b"a file where a folder should be")
    run("scan", "--json")


def test_backups_of_an_image_lie_in_the_image(
    folder: pathlib.Path,
    run: Callable[..., Answer],
    real_world: object,
    tmp_path: pathlib.Path,
) -> None:
    beside = {path for path in everything(tmp_path) if not path.startswith(f"{folder}/")}
    answer = run("apply", "--no-network", "--yes", "--json")
    assert answer.code == 0
    [backup] = answer.json["backups"]
    assert (folder / "home/.local/share/configure587/backups" / backup).is_dir()
    assert {path for path in everything(tmp_path) if not path.startswith(f"{folder}/")} == beside


def test_backups_of_a_windows_image_lie_in_the_image(
    folder: pathlib.Path, run: Callable[..., Answer]
) -> None:
    (folder / "image.toml").write_text('platform = "windows"\n')
    (folder / "home/AppData/Roaming").mkdir(parents=True)
    (folder / "home/.thunderbird").rename(folder / "home/AppData/Roaming/Thunderbird")
    answer = run("apply", "--no-network", "--yes", "--json")
    assert answer.code == 0
    [backup] = answer.json["backups"]
    assert (folder / "home/AppData/Local/Configure587/backups" / backup).is_dir()


def test_another_data_folder_inside_the_image_is_fine(
    folder: pathlib.Path, run: Callable[..., Answer]
) -> None:
    assert run("apply", "--no-network", "--yes", "--data-dir", str(folder / "data")).code == 0
    assert (folder / "data/backups").is_dir()
    assert run("rollback", "--data-dir", str(folder / "data")).code == 0


@pytest.mark.parametrize("verb", ["scan", "plan", "apply", "rollback", "backups"])
def test_a_data_folder_outside_the_image_is_refused_in_words(
    folder: pathlib.Path, tmp_path: pathlib.Path, run: Callable[..., Answer], verb: str
) -> None:
    before = everything(folder)
    words = [verb, "--data-dir", str(tmp_path / "data")] + (["--yes"] if verb == "apply" else [])
    answer = run(*words)
    assert answer.code in {1, 77}
    assert str(tmp_path / "data") in answer.err
    assert not (tmp_path / "data").exists()
    assert everything(folder) == before
    assert run(*words, "--json").json["kind"] == "error"


def test_the_data_folder_may_not_lead_out_by_a_link(
    folder: pathlib.Path, outside: pathlib.Path, run: Callable[..., Answer]
) -> None:
    (folder / "data").symlink_to(outside)
    before = everything(outside)
    answer = run("apply", "--no-network", "--yes", "--data-dir", str(folder / "data"))
    assert answer.code in {1, 77}
    assert everything(outside) == before


# The wrapper itself.


@pytest.fixture
def files(folder: pathlib.Path, outside: pathlib.Path) -> image.ImageFiles:
    """The image's files, with a link that leads out."""
    (folder / "out").symlink_to(outside)
    return image.ImageFiles(str(folder), DiskFiles())


def test_every_deed_on_a_path_that_leads_out_is_refused(
    files: image.ImageFiles, folder: pathlib.Path, outside: pathlib.Path
) -> None:
    before = everything(outside)
    ways = [folder / "out/profiles.ini", outside / "profiles.ini", folder / "../outside/x"]
    for path in map(str, ways):
        deeds: list[Callable[[], object]] = [
            lambda path=path: files.read(path),  # type: ignore[misc]
            lambda path=path: files.names(path),  # type: ignore[misc]
            lambda path=path: files.create({path: b"new"}),  # type: ignore[misc]
            lambda path=path: files.swap(path, b"", b"new"),  # type: ignore[misc]
            lambda path=path: files.remove(path),  # type: ignore[misc]
        ]
        for deed in deeds:
            with pytest.raises(Outside, match="leads out of the image"):
                deed()
    assert everything(outside) == before


def test_of_what_leads_out_we_know_only_that_it_is_there(
    files: image.ImageFiles, folder: pathlib.Path
) -> None:
    look = files.look(str(folder / "out"))
    assert look is not None
    assert (look.kind, look.size, look.mtime) == (Kind.OTHER, 0, 0)
    assert files.real(str(folder / "out/profiles.ini")) == str(folder / "out/profiles.ini")


def test_a_link_that_stays_inside_is_followed(
    files: image.ImageFiles, folder: pathlib.Path
) -> None:
    (folder / "inside").symlink_to("home/.thunderbird/profiles.ini")
    assert files.read(str(folder / "inside")) == files.read(
        str(folder / "home/.thunderbird/profiles.ini")
    )
    assert files.real(str(folder / "inside")) == str(folder / "home/.thunderbird/profiles.ini")


def test_a_folder_whose_name_begins_like_the_image_is_outside(
    tmp_path: pathlib.Path, files: image.ImageFiles
) -> None:
    write(tmp_path / "DIR2", {"file": b"x"})
    with pytest.raises(Outside):
        files.read(str(tmp_path / "DIR2/file"))


def test_above_a_link_is_where_the_system_says(
    files: image.ImageFiles, folder: pathlib.Path, outside: pathlib.Path
) -> None:
    (folder / "deep").symlink_to(outside / "abcd1234.default")
    with pytest.raises(Outside):
        files.read(str(folder / "deep") + "/../profiles.ini")


def test_locks_outside_are_refused(folder: pathlib.Path, outside: pathlib.Path) -> None:
    machine = machine_of(folder)
    with pytest.raises(Outside), machine.processes.keep_out(str(outside / ".parentlock")):
        pass
    assert not (outside / ".parentlock").exists()


def test_refusals_of_an_image_end_with_1(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Refused) as caught:
        machine_of(tmp_path)
    assert caught.value.exit_code == 1
