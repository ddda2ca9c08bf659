"""Who wrote the bytes: one module per mail program, each offering the names of Client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587.clients import outlook, thunderbird, windows_live_mail

if TYPE_CHECKING:
    from collections.abc import Mapping

    from configure587.clients.client import Client as Client

CLIENTS: Mapping[str, Client] = {
    thunderbird.key: thunderbird,
    outlook.key: outlook,
    windows_live_mail.key: windows_live_mail,
}
