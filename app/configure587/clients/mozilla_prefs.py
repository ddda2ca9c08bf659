"""All that can decide a value in one Mozilla profile: its files, and what stands above them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from configure587.formats import prefs_js
from configure587.formats.prefs_health import Health
from configure587.model import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from configure587.clients import mozilla_layers
    from configure587.model import Place, Value

PASSWORD = 3
"""nsMsgAuthMethod: "Normal password"."""
_BUILT_IN: dict[str, Value] = {
    "mail.smtpserver.default.try_ssl": 0,
    "mail.smtpserver.default.authMethod": PASSWORD,
}
_NOTHING = prefs_js.Layers()


class Prefs(NamedTuple):
    """All that can decide a value in one profile, lowest first in `defaults`."""

    layers: mozilla_layers.Layers
    version: int | None
    data: bytes
    user_data: bytes
    prefs_place: Place
    user_place: Place
    transient: Mapping[str, Value] = {}
    prefs: Mapping[str, Value] = {}
    user: Mapping[str, Value] = {}
    health: tuple[Health, Health] = (Health(), Health())

    def reading(self, prefixes: tuple[str, ...]) -> Prefs:
        """The same files, read for the names that start so."""
        prefs = prefs_js.read_layers(self.data, prefixes, b"smtp")
        user = _NOTHING
        if self.user_data.strip():
            user = prefs_js.read_layers(self.user_data, prefixes, b"smtp")
        return self._replace(
            transient={**prefs.defaults, **user.defaults},
            prefs=prefs.values,
            user=user.values,
            health=(prefs.health, user.health),
        )

    @property
    def damaged(self) -> str:
        """The file of which we cannot tell what it says about outgoing mail; "" when none is."""
        places = zip((self.prefs_place, self.user_place), self.health, strict=True)
        return next((place.path for place, health in places if health.damaged), "")

    @property
    def faulty(self) -> str:
        """The file that has errors elsewhere; "" when none has."""
        places = zip((self.prefs_place, self.user_place), self.health, strict=True)
        return next((place.path for place, health in places if health.faulty), "")

    def default(self, name: str) -> tuple[Value | None, str]:
        """What counts where nobody chose, and where that is said."""
        if name in self.transient:
            return self.transient[name], self.prefs_place.path
        if name in self.layers.defaults:
            return self.layers.defaults[name]
        return _BUILT_IN.get(name), "built-in"

    def origin(self, name: str) -> Origin:
        """The value that counts, and where it was decided."""
        if name in self.layers.locked:
            return Origin(name, *self.layers.locked[name], fixed=True)
        default, default_path = self.default(name)
        if name in self.layers.forced:
            value, path, fixed = *self.layers.forced[name], True
        elif name in self.user:
            value, path, fixed = self.user[name], self.user_place.path, False
        elif name in self.prefs:
            value, path, fixed = self.prefs[name], self.prefs_place.path, False
        else:
            return Origin(name, default, default_path)
        if default is not None and type(value) is not type(default):
            return Origin(name, default, default_path)  # Gecko drops a value of another type
        return Origin(name, value, path, fixed)

    def text(self, name: str) -> str:
        """A string; empty where there is none."""
        value = self.origin(name).value
        return value if isinstance(value, str) else ""

    def listed(self, name: str) -> list[str]:
        """A comma list; Thunderbird drops empty items and does not trim."""
        return list(dict.fromkeys(item for item in self.text(name).split(",") if item))
