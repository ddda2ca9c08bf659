"""What an installation decides over a profile's head: defaults, autoconfig and policies.

The order is the fact sheet's section b, "Precedence". Only names that begin with "mail." are
kept. What we cannot read with certainty is said, so that the server is left alone.
"""

from __future__ import annotations

import functools
import json
import os
import re
from typing import TYPE_CHECKING

from configure587.formats import mozilla_ini, prefs_js
from configure587.machine import Kind, Platform
from configure587.model import Opaque, Reason, reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from configure587.machine import Machine
    from configure587.model import Value

_LIMIT = 4 * 1024 * 1024
_IN_FLATPAK = "/app/"
_KNOWN = {
    Platform.LINUX: (
        ("usr", "lib", "thunderbird"),
        ("usr", "lib64", "thunderbird"),
        ("opt", "thunderbird"),
        ("snap", "thunderbird", "current", "usr", "lib", "thunderbird"),
    ),
    Platform.MACOS: (("Applications", "Thunderbird.app", "Contents", "Resources"),),
    Platform.WINDOWS: (
        ("C", "Program Files", "Mozilla Thunderbird"),
        ("C", "Program Files (x86)", "Mozilla Thunderbird"),
    ),
}


class Layers:
    """What one installation says, name -> (value, the file that says it)."""

    def __init__(self) -> None:
        """Nothing said yet."""
        self.defaults: dict[str, tuple[Value, str]] = {}
        self.forced: dict[str, tuple[Value, str]] = {}
        self.locked: dict[str, tuple[Value, str]] = {}
        self.unclear: list[Reason] = []


def version_and_folder(machine: Machine, profile_folder: str) -> tuple[int | None, str | None]:
    """The major version that last used a profile, and the installation folder it ran from."""
    section = _compatibility(machine, profile_folder)
    number = re.match(r"[0-9]{1,9}", section.get("LastVersion", ""))
    return int(number.group()) if number else None, section.get("LastPlatformDir")


def last_version(machine: Machine, profile_folder: str) -> str:
    """The version that last used a profile, such as "140.5.0"; "" when nothing tells it."""
    said = _compatibility(machine, profile_folder).get("LastVersion", "")
    version = re.match(r"[0-9][0-9A-Za-z.]{0,30}(?=_|$)", said)  # before the builds' own numbers
    return version.group() if version else ""


def _compatibility(machine: Machine, profile_folder: str) -> Mapping[str, str]:
    try:
        data = machine.files.read(os.path.join(profile_folder, "compatibility.ini"), _LIMIT)
    except OSError:
        return {}
    return mozilla_ini.read(data).get("Compatibility", {})


@functools.lru_cache(maxsize=8)
def of(machine: Machine, platform_folder: str | None, *, thunderbird: bool = True) -> Layers:
    """The layers of the installation at `platform_folder`.

    Where that is unknown: of those at Thunderbird's usual places, if it is a `thunderbird`.
    """
    layers = Layers()
    for folder in _installations(machine, platform_folder, thunderbird=thunderbird):
        _read_defaults(machine, os.path.join(folder, "defaults", "pref"), layers)
        _read_autoconfig(machine, folder, layers)
        _read_policies(machine, os.path.join(folder, "distribution", "policies.json"), layers)
    if machine.platform is Platform.LINUX and thunderbird:
        _read_defaults(machine, machine.system("etc", "thunderbird", "pref"), layers)
        system_wide = machine.system("etc", "thunderbird", "policies", "policies.json")
        _read_policies(machine, system_wide, layers)
    if machine.platform is Platform.WINDOWS and thunderbird:
        for hive in ("HKEY_CURRENT_USER", "HKEY_LOCAL_MACHINE"):  # the computer's word counts more
            _read_group_policy(machine, rf"{hive}\Software\Policies\Mozilla\Thunderbird", layers)
    if machine.platform is Platform.MACOS and thunderbird:
        for person in ((), (machine.user,)):
            parts = ("Library", "Managed Preferences", *person, "org.mozilla.thunderbird.plist")
            _read_managed(machine, machine.system(*parts), layers)
    return layers


def _installations(
    machine: Machine, platform_folder: str | None, *, thunderbird: bool
) -> Iterator[str]:
    usual = [_usual(machine, parts) for parts in _KNOWN[machine.platform]] if thunderbird else []
    given = machine.locate(platform_folder) if platform_folder else None
    folders = [given] if given else usual
    if platform_folder and platform_folder.startswith(_IN_FLATPAK):
        folders = list(_in_flatpaks(machine, platform_folder))
    for folder in folders:
        look = machine.files.look(folder)
        if look is not None and look.kind is Kind.FOLDER:
            yield folder


def _usual(machine: Machine, parts: tuple[str, ...]) -> str:
    if machine.platform is Platform.WINDOWS:
        drive, *rest = parts
        return machine.locate("\\".join([drive + ":", *rest])) or ""
    return machine.system(*parts)


def _in_flatpaks(machine: Machine, platform_folder: str) -> Iterator[str]:
    """Where a folder that a Flatpak sees below /app stands outside it.

    Which of several Flatpaks is meant the path does not say, so all of them may decide; by
    Flatpak's documented layout, not tried on one.
    """
    within = platform_folder.removeprefix(_IN_FLATPAK).split("/")
    own = os.path.join(machine.home, ".local", "share", "flatpak", "app")
    for apps in (machine.system("var", "lib", "flatpak", "app"), own):
        look = machine.files.look(apps)
        if look is None or look.kind is not Kind.FOLDER:
            continue
        for name in machine.files.names(apps):
            if "thunderbird" in name.lower() or "betterbird" in name.lower():
                yield os.path.join(apps, name, "current", "active", "files", *within)


def _read_defaults(machine: Machine, folder: str, layers: Layers) -> None:
    look = machine.files.look(folder)
    if look is None or look.kind is not Kind.FOLDER:
        return
    for name in machine.files.names(folder):
        path = os.path.join(folder, name)
        if not name.endswith(".js") or machine.files.look(path) is None:
            continue
        data = _read(machine, path, layers)
        for statement in prefs_js.parse(data, defaults=True)[0]:
            _keep(layers.defaults, statement.name, statement.value, path)
            if statement.locked:
                _keep(layers.locked, statement.name, statement.value, path)


def _keep(into: dict[str, tuple[Value, str]], name: str, value: Value, path: str) -> None:
    if name.startswith(("mail.", "general.config.", "autoadmin.")):
        into[name] = (value, path)


def _read(machine: Machine, path: str, layers: Layers) -> bytes:
    try:
        return machine.files.read(path, _LIMIT)
    except OSError:
        layers.unclear.append(reason("settings_file_unreadable", path=path))
        return b""


_TEXT = rb"""("(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*')"""  # a JavaScript string


def _without_comment(match: re.Match[bytes]) -> bytes:
    return match.group(1) or b" "


@functools.cache
def _call() -> re.Pattern[bytes]:
    """A call in an autoconfig file that we understand.

    The file is JavaScript (Gecko: extensions/pref/autoconfig/src/prefcalls.js) and may do
    anything else besides.
    """
    verbs = rb"\b(lockPref|defaultPref|pref|clearPref|unlockPref)"
    value = rb"(?:,\s*(" + _TEXT + rb"|true|false|[+-]?\d{1,10})\s*)?"
    return re.compile(verbs + rb"\s*\(\s*" + _TEXT + rb"\s*" + value + rb"\)\s*;?")


def _read_autoconfig(machine: Machine, folder: str, layers: Layers) -> None:
    name, _ = layers.defaults.get("general.config.filename", (None, ""))
    if "autoadmin.global_config_url" in layers.defaults:
        layers.unclear.append(reason("autoconfig_from_network", path=folder))
    if not isinstance(name, str) or not name:
        return
    path = os.path.join(folder, os.path.basename(name))
    if machine.files.look(path) is None:
        return
    data = _read(machine, path, layers)
    shift, _ = layers.defaults.get("general.config.obscure_value", (13, ""))
    if isinstance(shift, int) and shift:
        data = bytes((byte - shift) % 256 for byte in data)
    _read_calls(data.partition(b"\n")[2], path, layers)  # the first line is always ignored


def _read_calls(script: bytes, path: str, layers: Layers) -> None:
    code = re.sub(rb"(?s)" + _TEXT + rb"|//[^\r\n]*|/\*.*?(?:\*/|\Z)", _without_comment, script)
    for call in _call().finditer(code):
        verb, quoted, literal = call.group(1, 2, 3)
        if literal is None:
            continue
        statements, _ = prefs_js.parse(b"user_pref(" + quoted + b"," + literal + b");")
        for statement in statements:
            into = {b"lockPref": layers.locked, b"pref": layers.forced}.get(verb, layers.defaults)
            _keep(into, statement.name, statement.value, path)
    rest = _call().sub(b" ", code)
    if re.search(rb"smtp|global_config|\bmail\.", rest, re.IGNORECASE):
        layers.unclear.append(reason("autoconfig_unclear", path=path))


def _read_policies(machine: Machine, path: str, layers: Layers) -> None:
    if machine.files.look(path) is None:
        return
    try:
        document = json.loads(_read(machine, path, layers) or b"{}")
        preferences = document["policies"]["Preferences"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return  # Thunderbird ignores such a file as well, or it has no preferences
    _apply_policies(preferences, path, layers)


def _read_managed(machine: Machine, path: str, layers: Layers) -> None:
    """A company's preferences on macOS: by analogy with Firefox, not seen on a real one."""
    if machine.files.look(path) is None:
        return
    import plistlib
    from xml.parsers.expat import ExpatError

    try:
        document = plistlib.loads(_read(machine, path, layers))
    except (ExpatError, ValueError, LookupError, TypeError, OverflowError, RecursionError):
        layers.unclear.append(reason("settings_file_unreadable", path=path))
        return
    if isinstance(document, dict):
        _apply_policies(document.get("Preferences"), path, layers)
        flat = "Preferences__"
        for name in (each for each in document if str(each).startswith(flat)):
            _apply_policy(str(name).removeprefix(flat), document[name], path, layers)


def _read_group_policy(machine: Machine, key: str, layers: Layers) -> None:
    """Group Policy: JSON in a value, or a key in which each preference is a value or a key.

    Gecko: toolkit/components/enterprisepolicies, WindowsGPOParser; the name of the key by analogy
    with Firefox, not seen on a real one.
    """
    registry, below = machine.registry, rf"{key}\Preferences"
    try:
        whole = registry.read(key, ["Preferences"]).get("Preferences")
        bare = registry.read(below, registry.names(below))
        keys = {name: rf"{below}\{name}" for name in registry.keys(below)}
        full = {name: registry.read(each, ["Value", "Status"]) for name, each in keys.items()}
    except OSError:
        layers.unclear.append(reason("settings_file_unreadable", path=key))
        return
    _apply_policies(_plain(whole), key, layers)
    _apply_policies({name: _plain(value) for name, value in bare.items()}, key, layers)
    _apply_policies(full, key, layers)


def _plain(value: Value | None) -> object:
    """A value of the registry; lines of text (REG_MULTI_SZ) as one text."""
    if isinstance(value, Opaque):
        return value.data.decode("utf-16-le", "replace").replace("\0", "")
    return value


def _apply_policies(preferences: object, path: str, layers: Layers) -> None:
    if isinstance(preferences, str):  # Group Policy delivers JSON inside a string
        preferences = _json_object(preferences)
    if isinstance(preferences, dict):
        for name, wanted in preferences.items():
            _apply_policy(str(name), wanted, path, layers)


def _json_object(text: str) -> Mapping[str, object]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _apply_policy(name: str, wanted: object, path: str, layers: Layers) -> None:
    """Gecko: browser/ and mail/components/enterprisepolicies/Policies.sys.mjs, Preferences."""
    status = wanted.get("Status", "default") if isinstance(wanted, dict) else "locked"
    value = wanted.get("Value") if isinstance(wanted, dict) else wanted
    if not isinstance(value, bool | int | str):
        return
    into = {"locked": layers.locked, "user": layers.forced}.get(str(status), layers.defaults)
    if status != "clear":
        _keep(into, name, value, path)
