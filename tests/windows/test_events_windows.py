"""Events on Windows: the real functions take what we hand them.

Under Wine that is all it shows: the log there keeps nothing. Only in the lab: on a person's own
Windows this would write to their own event log.
"""

from __future__ import annotations

import os
from typing import Any, Final

import pytest

from configure587.machine import here, windows_events
from configure587.machine.events import Event, Level
from configure587.machine.windows_events import WindowsEvents

pytestmark = [
    pytest.mark.windows,
    pytest.mark.skipif(os.environ.get("C587_LAB") != "1", reason="only in the lab"),
]

EVENT: Final = Event(110, "account_moved", "0" * 32, Level.INFO, "João…", (("why", "port_25"),))


class Listening:
    """The real DLL, and what each of its functions answered."""

    def __init__(self) -> None:
        """Nothing was called yet."""
        self._real = windows_events._loaded()
        self.answers: list[tuple[str, Any]] = []

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a function of the DLL
        """The real function, overheard."""

        def call(*words: Any) -> Any:  # noqa: ANN401 - whatever it takes and gives
            answer = getattr(self._real, name)(*words)
            self.answers.append((name, answer))
            return answer

        return call


def test_windows_takes_our_event() -> None:
    advapi = Listening()
    WindowsEvents(advapi).write(EVENT)
    assert [name for name, answer in advapi.answers if answer] == [
        "RegisterEventSourceW",
        "ReportEventW",
        "DeregisterEventSource",
    ]


def test_the_log_of_this_system_is_the_one_of_windows() -> None:
    assert isinstance(here.events(), WindowsEvents)
