"""The recipe for macOS, as far as it can be checked without a Mac."""

from __future__ import annotations

import os
import plistlib
import re
import struct
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from installers.macos import application

from configure587.i18n import LANGUAGES
from installers import build, icons, jobs

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(sys.platform == "darwin", reason="a dry run is for other systems")
JOB: Final = jobs.Job("/out", "/work", "1.2.3", 1_795_400_000)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give what a dry run makes."""
    out = tmp_path_factory.mktemp("macos")
    command = [sys.executable, "-m", "installers.build", "macos", "--out", str(out)]
    command += ["--work", str(out / "work")]
    root = Path(build.__file__).parent.parent
    done = subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert str(out / "Configure587.app") in done.stdout.splitlines()
    return out / "Configure587.app"


def test_the_bundle_is_laid_out_as_macos_wants_it(bundle: Path) -> None:
    contents = bundle / "Contents"
    info = plistlib.loads((contents / "Info.plist").read_bytes())
    assert (contents / "PkgInfo").read_bytes() == b"APPL????"
    assert (contents / "MacOS").is_dir()
    assert (contents / "Resources" / info["CFBundleIconFile"]).is_file()
    assert info["CFBundleExecutable"] in application.PROGRAMS
    assert info["CFBundleShortVersionString"] == build.version()


def test_the_bundle_speaks_every_language_of_the_program(bundle: Path) -> None:
    info = plistlib.loads((bundle / "Contents/Info.plist").read_bytes())
    assert set(info["CFBundleLocalizations"]) == set(LANGUAGES)
    for language in LANGUAGES:
        path = bundle / f"Contents/Resources/{language}.lproj/InfoPlist.strings"
        said = dict(re.findall(r'^"(\w+)" = "(.*)";$', path.read_text("utf-8"), re.MULTILINE))
        assert said == application.WORDS[language]
        assert said.keys() <= info.keys()


def test_a_quotation_mark_does_not_end_a_string() -> None:
    assert application.strings({"a": 'say "yes" \\'}) == '"a" = "say \\"yes\\" \\\\";\n'


def test_the_icon_holds_every_size_as_a_picture(bundle: Path) -> None:
    data = (bundle / "Contents/Resources/Configure587.icns").read_bytes()
    kind, length = struct.unpack(">4sI", data[:8])
    assert (kind, length) == (b"icns", len(data))
    found, at = {}, 8
    while at < len(data):
        kind, length = struct.unpack(">4sI", data[at : at + 8])
        assert data[at + 8 : at + 16] == b"\x89PNG\r\n\x1a\n"
        found[kind] = struct.unpack(">II", data[at + 24 : at + 32])
        at += length
    assert at == len(data)
    assert found == {kind: (size, size) for kind, size in icons.MACOS.items()}


def test_the_entitlements_ask_for_what_python_needs_and_no_more() -> None:
    asked = plistlib.loads(Path(application.ENTITLEMENTS).read_bytes())
    assert asked == {"com.apple.security.cs.allow-unsigned-executable-memory": True}


def test_every_file_that_a_command_names_is_there() -> None:
    named = [word for command in application.every(JOB) for word in command]
    ours = [word for word in named if word.startswith(application.HERE)]
    assert len(ours) >= 3
    assert [word for word in ours if not os.path.exists(word)] == []


def test_programs_are_signed_before_the_bundle_and_all_under_the_hardened_runtime() -> None:
    commands = application.signing("/out/Configure587.app")
    signed = [command for command in commands if "--sign" in command]
    assert all("runtime" in command for command in signed)
    assert [command[-1] for command in signed[1:]] == [
        "/out/Configure587.app/Contents/MacOS/configure587",
        "/out/Configure587.app/Contents/MacOS/configure587-gui",
        "/out/Configure587.app",
    ]
    assert not any("--deep" in command for command in signed)


def test_apple_is_asked_only_with_an_identity_and_a_profile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert application.notarising(JOB) == ()
    monkeypatch.setenv("C587_MACOS_NOTARY_PROFILE", "profile")
    assert application.notarising(JOB) == ()
    monkeypatch.setenv("C587_MACOS_IDENTITY", "Developer ID Application: Somebody")
    asked = application.notarising(JOB)
    assert [command[1] for command in asked[1:]] == ["notarytool", "stapler", "stapler"]
    assert all("--timestamp" in command for command in application.signing("/x.app")[1:4])


def test_a_password_never_stands_in_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("C587_MACOS_NOTARY_PROFILE", "profile")
    monkeypatch.setenv("C587_MACOS_IDENTITY", "Developer ID Application: Somebody")
    words = [word for command in application.every(JOB) for word in command]
    assert [word for word in words if "password" in word or "apple-id" in word] == []


def test_what_is_frozen_is_pinned_by_hash() -> None:
    said = Path(application.HERE, "requirements.txt").read_text(encoding="utf-8")
    pins = re.findall(r"^[\w.-]+==.*\\\n    --hash=sha256:", said, re.MULTILINE)
    assert len(pins) == len(re.findall(r"^[\w.-]+==", said, re.MULTILINE)) > 10


class _Told:
    """What the recipe asks PyInstaller for; each of its words gives back what it was told."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []

    def word(self, name: str) -> Callable[..., Any]:
        """One of the words that PyInstaller gives a recipe."""

        def call(*args: Any, **keywords: Any) -> Any:  # noqa: ANN401
            self.calls.append((name, args, keywords))
            return type(name, (), {"pure": [], "scripts": [], "binaries": [], "datas": []})()

        return call


def test_the_recipe_makes_one_folder_with_both_programs(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks = type(sys)("PyInstaller.utils.hooks")
    vars(hooks).update(collect_all=lambda _: ([], [], []), copy_metadata=lambda _: [])
    for name in ("PyInstaller", "PyInstaller.utils"):
        monkeypatch.setitem(sys.modules, name, type(sys)(name))
    monkeypatch.setitem(sys.modules, hooks.__name__, hooks)
    monkeypatch.setenv("C587_PAPERS", str(bundle / "Contents"))
    monkeypatch.setenv("C587_VERSION", "1.2.3")
    path = Path(application.HERE, "frozen.spec")
    told = _Told()
    words = {name: told.word(name) for name in ("Analysis", "PYZ", "EXE", "COLLECT", "BUNDLE")}
    exec(compile(path.read_text("utf-8"), path, "exec"), {**words, "SPECPATH": application.HERE})
    scripts = [args[0][0] for name, args, _ in told.calls if name == "Analysis"]
    assert all(os.path.exists(script) for script in scripts)
    programs = [keywords for name, _, keywords in told.calls if name == "EXE"]
    assert [each["name"] for each in programs] == list(application.PROGRAMS)
    assert all(each["exclude_binaries"] for each in programs)  # no self-extracting file
    (made,) = (keywords for name, _, keywords in told.calls if name == "BUNDLE")
    assert os.path.exists(made["icon"])
    assert made["bundle_identifier"] == application.IDENTIFIER
