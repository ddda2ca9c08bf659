"""What the end-to-end tests start from: a home that Thunderbird itself made, and a mail server."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from certificates import Authority
from e2e import desktop as desktops
from e2e import real_servers
from e2e.mail_server import Certificates, MailServer, make_certificates
from e2e.real_thunderbird import (
    HOSTNAME,
    PASSWORD,
    USERNAME,
    Configure587,
    Home,
    make_home,
    make_installation,
    require_thunderbird,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Give an authority that only the prepared home trusts."""
    return make_certificates(str(tmp_path_factory.mktemp("certificates")), HOSTNAME)


@pytest.fixture(scope="session")
def prepared_home(tmp_path_factory: pytest.TempPathFactory, certificates: Certificates) -> Home:
    """Give the home that every test copies: port 25, no TLS, a saved password."""
    require_thunderbird()
    return make_home(str(tmp_path_factory.mktemp("prepared") / "home"), certificates)


@pytest.fixture
def home(tmp_path: Path, prepared_home: Home) -> Home:
    """Give a home in which Thunderbird sends through port 25 and is closed."""
    return prepared_home.copy_to(str(tmp_path / "home"))


@pytest.fixture
def ours(home: Home) -> Iterator[Configure587]:
    """Give our command in that home; whatever a test does, no secret may have come out."""
    command = Configure587(home)
    yield command
    command.close()
    assert command.leaks() == []


@pytest.fixture
def mail_server(certificates: Certificates) -> Iterator[MailServer]:
    """Give a provider with an open port 25 and a strict port 587."""
    with MailServer(certificates, USERNAME, PASSWORD) as server:
        yield server


@pytest.fixture
def installation(tmp_path: Path) -> str:
    """Give an installation of Thunderbird that a test may lock down."""
    return make_installation(os.path.join(tmp_path, "thunderbird"), require_thunderbird())


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Give an authority that only those trust who are told to."""
    return Authority(str(tmp_path_factory.mktemp("authority")))


@pytest.fixture(scope="session")
def programs() -> Iterator[real_servers.Programs]:
    """Give real Postfix, Dovecot and Exim; where they are missing, CI fails and others are told."""
    if (hindrance := real_servers.hindrance()) is not None:
        if os.environ.get("CI"):
            pytest.fail(hindrance)
        pytest.skip(hindrance)
    with real_servers.copied_programs() as programs:
        yield programs


@pytest.fixture(scope="session")
def desktop() -> Iterator[desktops.Desktop]:
    """Give a screen with a window manager; where it is missing, CI fails and others are told."""
    if (hindrance := desktops.hindrance()) is not None:
        if os.environ.get("CI"):
            pytest.fail(hindrance)
        pytest.skip(hindrance)
    with desktops.a_desktop() as desktop:
        yield desktop


@pytest.fixture
def reader(desktop: desktops.Desktop) -> Iterator[desktops.ScreenReader]:
    """Give somebody who listens from before the window opens."""
    with desktop.screen_reader() as reader:
        yield reader
