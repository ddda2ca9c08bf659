"""The application for macOS: a recipe that was not run by us on a Mac.

On a Mac it freezes, signs, notarises and packs Configure587.dmg. Elsewhere it is a dry run: the
bundle without its programs, and the list of the commands that a Mac would run. What can be checked
without a Mac is checked by tests/installers/test_macos_application.py.
"""

from __future__ import annotations

import os
import platform
import plistlib
import shlex
import ssl
import sys
import sysconfig
from typing import TYPE_CHECKING, Final

from installers.jobs import Contents, Need
from installers.linux import wheel

from installers import icons, licences, parts, wheels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from installers.jobs import Job

HERE: Final = os.path.dirname(os.path.abspath(__file__))
ON_A_MAC: Final = sys.platform == "darwin"
XCODE: Final = "Xcode's command line tools (xcode-select --install)"
NEEDS: Final = (
    tuple(Need(name, XCODE) for name in ("codesign", "hdiutil", "ditto", "xcrun"))
    if ON_A_MAC
    else ()
)
IDENTIFIER: Final = "io.github.configure587.configure587"
NAME: Final = "Configure587"
PROGRAMS: Final = ("configure587-gui", "configure587")
OLDEST: Final = "13.0"  # what the pinned PySide6 runs on; 6.12 asks for a newer macOS
NOT_FROZEN: Final = (
    "configure587-",
    "pip-",
    "altgraph-",
    "macholib-",
    "pyinstaller",
    "setuptools-",
)
ENTITLEMENTS: Final = os.path.join(HERE, "entitlements.plist")
OWNERS: Final = "© 2026 The Configure 587! founders"
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "CFBundleDisplayName": "Configure 587!",
        "NSHumanReadableCopyright": f"{OWNERS}. MIT license.",
    },
    "pt-BR": {
        "CFBundleDisplayName": "Configure 587!",
        "NSHumanReadableCopyright": f"{OWNERS}. Licença MIT.",
    },
}


def build(job: Job) -> list[str]:
    """On a Mac the disk image; elsewhere the bundle's skeleton and the commands for a Mac."""
    bundle = os.path.join(job.out, f"{NAME}.app")
    if not ON_A_MAC:
        put_papers(bundle, job.version)
        listed = os.path.join(job.out, "macos-commands.txt")
        with open(listed, "w", encoding="utf-8") as target:
            target.writelines(f"{shlex.join(command)}\n" for command in every(job))
        return [bundle, listed]
    papers = os.path.join(job.work, "macos-papers", f"{NAME}.app")
    put_papers(papers, job.version)
    (own,) = wheel.build(job._replace(out=os.path.join(job.work, "macos-wheel")))
    variables = {
        "C587_VERSION": job.version,
        "C587_PAPERS": os.path.join(papers, "Contents"),
        "SOURCE_DATE_EPOCH": str(job.epoch),
    }
    for command in freezing(job, own):
        wheel.call(command, variables)
    put_papers(bundle, job.version)
    carried = contents(job)
    texts = os.path.join(bundle, "Contents", "Resources", "licences")
    licences.collect(carried.wheels, texts, carried.parts)
    for command in (*signing(bundle), *packing(job, bundle), *notarising(job)):
        wheel.call(command)
    return [image(job)]


def contents(job: Job) -> Contents:
    """What was frozen; nothing in a dry run."""
    if not ON_A_MAC:
        return Contents()
    packages = os.path.join(environment(job), "lib", f"python3.{sys.version_info[1]}")
    found = wheels.installed(os.path.join(packages, "site-packages"))
    frozen = [path for path in found if not os.path.basename(path).startswith(NOT_FROZEN)]
    (qt,) = {each.version for each in map(wheels.read, frozen) if each.name == "PySide6_Essentials"}
    licence = os.path.join(sysconfig.get_path("stdlib"), "LICENSE.txt")
    python = parts.python(platform.python_version(), licence)
    openssl = parts.openssl(ssl.OPENSSL_VERSION.split()[1])
    return Contents(frozen, [python, openssl, parts.qt(qt)])


# --- the bundle's papers -------------------------------------------------------------------------


def information(version: str) -> dict[str, object]:
    """Info.plist: what macOS wants to know before it starts us.

    It names no type of document: the window opens no plan yet that is dropped on it.
    """
    return {
        "CFBundleIdentifier": IDENTIFIER,
        "CFBundleName": "Configure 587!",
        "CFBundleDisplayName": "Configure 587!",
        "CFBundleExecutable": PROGRAMS[0],
        "CFBundleIconFile": f"{NAME}.icns",
        "CFBundlePackageType": "APPL",
        "CFBundleInfoDictionaryVersion": "6.0",
        "CFBundleShortVersionString": version,
        "CFBundleVersion": version,
        "CFBundleDevelopmentRegion": "en",
        "CFBundleLocalizations": list(WORDS),
        "LSMinimumSystemVersion": OLDEST,
        "LSApplicationCategoryType": "public.app-category.utilities",
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": WORDS["en"]["NSHumanReadableCopyright"],
    }


def strings(words: Mapping[str, str]) -> str:
    """InfoPlist.strings: what Info.plist says, in one language."""
    return "".join(f'"{key}" = "{_quoted(said)}";\n' for key, said in words.items())


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def put_papers(bundle: str, version: str) -> None:
    """Everything in a bundle that is not frozen by PyInstaller."""
    with open(os.path.join(icons.FOLDER, f"{icons.NAME}.icns"), "rb") as source:
        icon = source.read()
    files = {
        "Contents/Info.plist": plistlib.dumps(information(version)),
        "Contents/PkgInfo": b"APPL????",
        f"Contents/Resources/{NAME}.icns": icon,
        **{
            f"Contents/Resources/{language}.lproj/InfoPlist.strings": strings(words).encode()
            for language, words in WORDS.items()
        },
    }
    for name, data in files.items():
        path = os.path.join(bundle, *name.split("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as target:
            target.write(data)
    os.makedirs(os.path.join(bundle, "Contents", "MacOS"), exist_ok=True)


# --- what a Mac does -----------------------------------------------------------------------------


def image(job: Job) -> str:
    """Where the disk image goes."""
    return os.path.join(job.out, f"{NAME}-{job.version}.dmg")


def every(job: Job) -> list[list[str]]:
    """All commands in their order, as a dry run lists them."""
    bundle = os.path.join(job.out, f"{NAME}.app")
    own = os.path.join(job.work, f"configure587-{job.version}-py3-none-any.whl")
    return [*freezing(job, own), *signing(bundle), *packing(job, bundle), *notarising(job)]


def environment(job: Job) -> str:
    """Where the pinned packages are installed."""
    return os.path.join(job.work, "macos-venv")


def freezing(job: Job, own: str) -> list[list[str]]:
    """An environment of pinned packages, and PyInstaller in it: a folder, never one file."""
    python = os.path.join(environment(job), "bin", "python")
    pip = [python, "-m", "pip", "install", "--no-deps"]
    pinned = os.path.join(HERE, "requirements.txt")
    spec = os.path.join(HERE, "frozen.spec")
    places = ["--distpath", job.out, "--workpath", os.path.join(job.work, "macos-frozen")]
    return [
        [sys.executable, "-m", "venv", "--clear", environment(job)],
        [*pip, "--require-hashes", "--only-binary", ":all:", "--requirement", pinned],
        [*pip, "--force-reinstall", own],
        [python, "-m", "PyInstaller", "--noconfirm", *places, spec],
    ]


def identity() -> str:
    """With which certificate of the keychain to sign; "-" signs for this Mac only."""
    return os.environ.get("C587_MACOS_IDENTITY", "-")


def signing(bundle: str) -> list[list[str]]:
    """Every library, then both programs, then the bundle: from the inside out, never --deep."""
    sign = ["codesign", "--force", "--options", "runtime", "--sign", identity()]
    if identity() != "-":
        sign.append("--timestamp")
    contents = os.path.join(bundle, "Contents")
    libraries = ["find", os.path.join(contents, "Frameworks"), "-type", "f"]
    libraries += ["(", "-name", "*.so", "-o", "-name", "*.dylib", "-o", "-perm", "+111", ")"]
    entitled = [*sign, "--entitlements", ENTITLEMENTS]
    programs = [[*entitled, os.path.join(contents, "MacOS", name)] for name in PROGRAMS[::-1]]
    return [
        [*libraries, "-exec", *sign, "{}", "+"],
        *programs,
        [*entitled, bundle],
        ["codesign", "--verify", "--deep", "--strict", "--verbose=2", bundle],
    ]


def packing(job: Job, bundle: str) -> list[list[str]]:
    """A disk image with the bundle and a way to the folder of applications."""
    folder = os.path.join(job.work, "macos-image")
    return [
        ["mkdir", "-p", folder],
        ["ditto", bundle, os.path.join(folder, f"{NAME}.app")],
        ["ln", "-sf", "/Applications", os.path.join(folder, "Applications")],
        [
            *("hdiutil", "create", "-ov", "-format", "UDZO", "-volname", "Configure 587!"),
            *("-srcfolder", folder, image(job)),
        ],
    ]


def notarising(job: Job) -> Sequence[list[str]]:
    """Apple's look at the image: only with an identity and a stored profile for notarytool."""
    profile = os.environ.get("C587_MACOS_NOTARY_PROFILE")
    if profile is None or identity() == "-":
        return ()
    path = image(job)
    return (
        ["codesign", "--sign", identity(), "--timestamp", path],
        ["xcrun", "notarytool", "submit", path, "--keychain-profile", profile, "--wait"],
        ["xcrun", "stapler", "staple", path],
        ["xcrun", "stapler", "validate", path],
    )
