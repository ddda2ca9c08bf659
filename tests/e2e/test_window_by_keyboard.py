"""The window as a person without a mouse uses it, on a real Thunderbird and a real server.

Keys are pressed as on a keyboard; where one is, is known from what is said aloud, and from nothing
inside the program. Whether it worked is for Thunderbird to say.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from e2e import real_servers
from e2e.real_thunderbird import (
    HOSTNAME,
    PASSWORD_CLEARTEXT,
    PLAIN,
    STARTTLS,
    USERNAME,
    Configure587,
    Outgoing,
    OutOfPatience,
    Thunderbird,
    read_bytes,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from certificates import Authority
    from e2e.desktop import Desktop, ScreenReader
    from e2e.real_servers import Programs, Server
    from e2e.real_thunderbird import Home

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

AT_25: Final = Outgoing("smtp1", HOSTNAME, 25, PLAIN, PASSWORD_CLEARTEXT, USERNAME)
AT_587: Final = replace(AT_25, port=587, socket_type=STARTTLS)
SOON: Final = 3.0  # seconds
STOPS: Final = 40  # more places than any page has for the keyboard


@pytest.fixture
def provider(programs: Programs, authority: Authority) -> Iterator[Server]:
    """Give the provider's real Postfix: 587 with STARTTLS, and sign-in behind it."""
    with real_servers.postfix(programs, authority.issue(HOSTNAME)) as server:
        yield server


@pytest.fixture
def program(
    home: Home, desktop: Desktop, provider: Server, programs: Programs, authority: Authority
) -> Iterator[Configure587]:
    """Give our program on that home, desktop and network; no secret may have come out of it."""
    names: dict[str, Sequence[str]] = {HOSTNAME: provider.addresses}
    world = real_servers.world(programs, f"{home.path}/.tmp", names, authority)
    command = Configure587(home, {**world, **desktop.variables, "TMPDIR": desktop.folder})
    yield command
    command.close()
    assert command.leaks() == []


def press_until_focus(desktop: Desktop, reader: ScreenReader, name: str) -> None:
    """Go from place to place until that name is said, as one does who does not see."""
    been = []
    while reader.focused is None or reader.focused.name != name:
        been.append(reader.focused)
        assert len(been) < STOPS, been
        desktop.press("Tab")
        with contextlib.suppress(OutOfPatience):  # a page may be replaced just now: press again
            reader.hears_focus(SOON)


def test_the_keyboard_alone_leads_from_the_start_to_done_and_back(
    home: Home, program: Configure587, desktop: Desktop, reader: ScreenReader, provider: Server
) -> None:
    before = read_bytes(home.prefs_js)
    running = program.start("window", "--lang", "pt-BR")
    desktop.window()
    reader.hears_focus_on("Verificar meu e-mail")
    desktop.press("Return")
    reader.hears("O que encontramos")
    reader.hears_focus_on("Mostrar o que vai mudar")
    desktop.press("Return")
    reader.hears("O que vai mudar")
    press_until_focus(desktop, reader, "Mudar agora")
    assert read_bytes(home.prefs_js) == before
    desktop.press("Return")
    reader.hears("Pronto")
    assert "MAIL FROM" not in provider.log().upper()
    with Thunderbird(home.path) as thunderbird:
        assert thunderbird.outgoing() == AT_587
    changed = read_bytes(home.prefs_js)

    press_until_focus(desktop, reader, "Desfazer")
    desktop.press("space")
    reader.hears("Mudança desfeita")
    after = read_bytes(home.prefs_js)
    assert after != changed
    with Thunderbird(home.path) as thunderbird:
        assert thunderbird.outgoing() == AT_25
    desktop.press("alt+F4")
    assert program.finish(running).code == 0


def test_the_wizard_goes_on_by_itself_once_thunderbird_is_closed(
    home: Home, program: Configure587, desktop: Desktop, reader: ScreenReader
) -> None:
    with Thunderbird(home.path) as thunderbird:
        running = program.start("window", "--lang", "pt-BR")
        reader.hears_focus_on("Verificar meu e-mail")
        desktop.press("Return")
        reader.hears("O que encontramos")
        desktop.press("Return")
        reader.hears("O que vai mudar")
        before = read_bytes(home.prefs_js)
        desktop.press("Return")
        assert "O Thunderbird está aberto" in reader.hears("Feche o Thunderbird")
        assert read_bytes(home.prefs_js) == before
        thunderbird.stop()
        reader.hears("cópia de segurança: feito")
        reader.hears("Pronto")
    with Thunderbird(home.path) as thunderbird:
        assert thunderbird.outgoing() == AT_587
    desktop.press("alt+F4")
    assert program.finish(running).code == 0
