"""What a screen reader hears and can do, for the tests; run by the system's Python.

`pyatspi` belongs to Debian's own Python, so this stands alone: orders come in as JSON lines, what
is heard and the answers go out as JSON lines. It is the same door that Orca uses (AT-SPI).
"""

from __future__ import annotations

import contextlib
import json
import sys
from typing import TYPE_CHECKING, Any

import pyatspi  # type: ignore[import-not-found, unused-ignore] # of the system's Python only
from gi.repository import GLib  # type: ignore[import-not-found, unused-ignore] # the same

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEARD = {
    "object:announcement": "announcement",
    "object:state-changed:focused": "focus",
}
_STATES = {
    pyatspi.STATE_CHECKED: "checked",
    pyatspi.STATE_FOCUSED: "focused",
    pyatspi.STATE_FOCUSABLE: "focusable",
    pyatspi.STATE_ENABLED: "enabled",
    pyatspi.STATE_SHOWING: "showing",
}


def say(**what: object) -> None:
    """One line to whoever listens."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def heard(event: Any) -> None:  # noqa: ANN401 - pyatspi has no types
    """Tell what has just been announced, or where the focus has gone."""
    kind = _HEARD[str(event.type).rstrip(":")]
    if kind == "announcement":
        say(heard=kind, name=str(event.any_data))
    elif event.detail1:
        with contextlib.suppress(GLib.Error):  # it is gone already, and the focus with it
            say(heard=kind, **seen(event.source))


def seen(thing: Any) -> dict[str, Any]:  # noqa: ANN401
    """What is said of one thing on the screen."""
    states = thing.getState().getStates()
    return {
        "role": thing.getRoleName(),
        "name": thing.name,
        "description": thing.description,
        "states": [word for state, word in _STATES.items() if state in states],
        "actions": actions(thing),
    }


def actions(thing: Any) -> list[str]:  # noqa: ANN401
    """What can be done with it."""
    try:
        offered = thing.queryAction()
    except NotImplementedError:
        return []
    return [offered.getName(number) for number in range(offered.nActions)]


def everything(thing: Any) -> Iterator[Any]:  # noqa: ANN401
    """It and all that is in it, as far as it is on the screen."""
    yield thing
    for number in range(thing.childCount):
        child = thing.getChildAtIndex(number)
        if child is not None and pyatspi.STATE_SHOWING in child.getState().getStates():
            yield from everything(child)


def screen() -> Iterator[Any]:
    """Everything that is shown, of every application on this desktop."""
    desktop = pyatspi.Registry.getDesktop(0)
    for number in range(desktop.childCount):
        application = desktop.getChildAtIndex(number)
        if application is None:
            continue
        application.setCacheMask(pyatspi.cache.NONE)  # what was true a moment ago is of no use
        for index in range(application.childCount):
            window = application.getChildAtIndex(index)
            if window is not None and pyatspi.STATE_SHOWING in window.getState().getStates():
                yield from everything(window)


def find(role: str, name: str) -> Any:  # noqa: ANN401
    """What has this role and name; None when nothing has."""
    found = (each for each in screen() if each.getRoleName() == role and each.name == name)
    return next(found, None)


def answer(verb: str, words: list[str]) -> object:
    """Carry out one order: look, find ROLE NAME, or an action on ROLE NAME."""
    if verb == "look":
        return [seen(each) for each in screen()]
    thing = find(*words)
    if thing is None or verb == "find":
        return None if thing is None else seen(thing)
    return bool(thing.queryAction().doAction(actions(thing).index(verb)))


def order(source: object, condition: int) -> bool:
    """Answer one line; at the end of lines, end."""
    del source
    line = sys.stdin.readline() if condition & GLib.IO_IN else ""
    if not line:
        pyatspi.Registry.stop()
        return False
    verb, *words = json.loads(line)
    try:
        say(answer=answer(verb, words))
    except (GLib.Error, LookupError, ValueError) as error:  # it went away while we looked
        say(gone=str(error))
    return True


def main() -> None:
    """Listen until the input ends."""
    for name in _HEARD:
        pyatspi.Registry.registerEventListener(heard, name)
    GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_IN | GLib.IO_HUP, order)
    say(ready=True)
    pyatspi.Registry.start()


if __name__ == "__main__":
    main()
