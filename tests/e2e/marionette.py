"""A Marionette client of one page: enough to ask a running Thunderbird questions.

Protocol 3 (Gecko ``remote/marionette/transport.sys.mjs``): a packet is ``LENGTH:JSON``; a command
is ``[0, id, name, parameters]``, its answer ``[1, id, error, result]``. The published clients
bring WebDriver, profile makers and process managers along; the harness needs none of them.
"""

from __future__ import annotations

import json
import socket
from typing import Self


class ScriptFailed(Exception):
    """Thunderbird answered with an error; the text is its own."""


class Marionette:
    """One session with a Thunderbird that was started with ``--marionette``."""

    def __init__(self, port: int, *, timeout: float) -> None:
        """Connect to a port that already listens and open a session in chrome context."""
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self._buffer = b""
        self._last_id = 0
        self._receive()  # the greeting: {"applicationType": "gecko", "marionetteProtocol": 3}
        # "ignore": a dialog is the asker's business; it is not closed behind his back.
        wishes = {"unhandledPromptBehavior": "ignore"}
        self.send("WebDriver:NewSession", {"capabilities": {"alwaysMatch": wishes}})
        self.send(
            "WebDriver:SetTimeouts",
            {"script": round(timeout * 1000), "pageLoad": 30000, "implicit": 0},
        )
        self.send("Marionette:SetContext", {"value": "chrome"})

    def __enter__(self) -> Self:
        """Give the session itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection; Thunderbird goes on running."""
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def send(self, command: str, parameters: dict[str, object] | None = None) -> object:
        """Give what Thunderbird answers to one command, or raise ``ScriptFailed`` with its text."""
        self._last_id += 1
        packet = json.dumps([0, self._last_id, command, parameters or {}]).encode()
        self._socket.sendall(b"%d:%s" % (len(packet), packet))
        answer = self._receive()
        if not isinstance(answer, list) or answer[:2] != [1, self._last_id]:
            raise ScriptFailed(f"{command}: unexpected answer {answer!r}")
        _, _, error, result = answer
        if error is not None:
            raise ScriptFailed(f"{command}: {error.get('error')}: {error.get('message')}")
        return result

    def run(self, body: str, *args: object) -> object:
        """Give what an async function with this body returns; ``args`` is what it finds there.

        The body runs with the system principal, so ``Services``, ``Cc``, ``Ci`` and
        ``ChromeUtils`` are at hand; what it leaves on ``globalThis`` the next one finds there. A
        dialog ends the script's say (Marionette answers null at once), so this is an error.
        """
        script = (
            "const done = arguments[arguments.length - 1];"
            "const args = Array.prototype.slice.call(arguments, 0, -1);"
            f"(async () => {{ {body} }})().then("
            "value => done({ value: value ?? null }),"
            "error => done({ error: String(error), stack: String(error?.stack ?? '') }));"
        )
        result = self.send(
            "WebDriver:ExecuteAsyncScript",
            {"script": script, "args": list(args), "sandbox": "system", "newSandbox": False},
        )
        match result:
            case {"value": {"value": value}}:
                return value
            case {"value": {"error": error, "stack": stack}}:
                raise ScriptFailed(f"{error}\n{stack}")
            case _:
                raise ScriptFailed(f"no value in {result!r}")

    def _receive(self) -> object:
        while b":" not in self._buffer:
            self._fill()
        length, _, rest = self._buffer.partition(b":")
        self._buffer = rest
        while len(self._buffer) < int(length):
            self._fill()
        packet, self._buffer = self._buffer[: int(length)], self._buffer[int(length) :]
        answer: object = json.loads(packet)
        return answer

    def _fill(self) -> None:
        data = self._socket.recv(1 << 16)
        if not data:
            raise ScriptFailed("Thunderbird closed the Marionette connection")
        self._buffer += data
