"""What an organisation wishes on this computer, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from configure587.i18n import N_
from configure587.model import Transport
from configure587.policies.kinds import DOORS
from configure587.policies.layers import Rank
from configure587.policy import HostMove
from configure587.report import wire

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configure587.policies.layers import Setting
    from configure587.policies.settling import Wishes
    from configure587.report.policy_documents import PolicyJson
    from configure587.report.style import Style

_WHOSE = {
    Rank.MACHINE: N_("set by your organisation, in {where}"),
    Rank.COMMAND: N_("said on the command line"),
    Rank.USER: N_("set for you, in {where}"),
    Rank.FILE: N_("the default of {where}"),
}


def shown(style: Style, wishes: Wishes) -> Iterator[str]:
    """Each setting with whose word it is, in the order of the keys' table."""
    _ = style.texts.gettext
    if not wishes.settings:
        yield _("No policy is in force on this computer, so the program decides as usual.")
        return
    for setting in wishes.settings.values():
        whose = _(_WHOSE[setting.rank]).format(where=where(setting))
        line = _("{key} = {value} ({whose})")
        yield line.format(key=setting.key, value=spelled(setting.value), whose=whose)
    for setting in wishes.overruled:
        fixed = wishes.settings[setting.key]
        line = _("{key} is set by your organisation ({path}), so what you said is not used.")
        yield line.format(key=setting.key, path=where(fixed))


def checked(style: Style, path: str, found: Sequence[Setting]) -> Iterator[str]:
    """That a file is a policy, and what it says."""
    _ = style.texts.gettext
    yield _("{path} is a policy, and everything in it is understood.").format(path=path)
    for setting in found:
        yield f"{setting.key} = {spelled(setting.value)}"


def where(setting: Setting) -> str:
    """The file with the line, or the key of the registry."""
    return f"{setting.path}:{setting.line}" if setting.line else setting.path


def document(wishes: Wishes) -> PolicyJson:
    """Every setting for other programs, and whose word it is."""
    return {
        "schema": wire.SCHEMA,
        "kind": "policy",
        "settings": [
            {
                "key": each.key,
                "value": plain(each.value),
                "rank": each.rank.value,
                "path": each.path,
                "line": each.line,
            }
            for each in wishes.settings.values()
        ],
        "overruled": [each.key for each in wishes.overruled],
        "digest": wishes.digest,
    }


def plain(value: Any) -> Any:  # noqa: ANN401 - any value of any key
    """A value as a policy's file would spell it."""
    if isinstance(value, Transport):
        return next(word for word, door in DOORS.items() if door == value)
    if isinstance(value, tuple) and value and isinstance(value[0], HostMove):
        return {move.old: _moved(move) for move in value}
    if isinstance(value, tuple) and value and type(value[0]) is tuple:
        return [f"{ring} {share}" for ring, share in value]
    return [plain(each) for each in value] if isinstance(value, tuple) else value


def _moved(move: HostMove) -> str:
    return move.new if move.user_name == "keep" else f"{move.new} {move.user_name}"


def spelled(value: Any) -> str:  # noqa: ANN401 - any value of any key
    """The same on one line, as TOML spells it."""
    import json

    found = plain(value)
    if isinstance(found, dict):
        pairs = (f"{json.dumps(k, ensure_ascii=False)} = {spelled(v)}" for k, v in found.items())
        return "{ " + ", ".join(pairs) + " }"
    return json.dumps(found, ensure_ascii=False)
