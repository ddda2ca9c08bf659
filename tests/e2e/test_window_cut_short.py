"""A window that ends in the middle of a change: closed by the person, or killed."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import TYPE_CHECKING, Final

import pytest

from builders import thunderbird
from configure587 import vault
from configure587.machine import here
from configure587.model import State
from e2e.desktop import PATIENCE, a_window
from e2e.real_thunderbird import wait_for
from faults import harness

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from e2e.desktop import Desktop, ScreenReader

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

MANY: Final = 96  # profiles: changing them takes long enough to come in between
PUT_RIGHT: Final = (
    "Da última vez nosso trabalho foi interrompido. Antes de tudo, isto foi acertado:"
)


@pytest.fixture
def computer(tmp_path: Path) -> Path:
    """Give a computer with many profiles that send through port 25."""
    people = (thunderbird(name=f"{number:03}.default", port=25) for number in range(MANY))
    return harness.an_image(tmp_path, *people)


def states(computer: Path) -> list[State]:
    """How far each backup set on that computer has come."""
    machine = next(iter(here.machines(str(computer))))
    return [vault.load(machine, name).state for name in vault.ids(machine)]


def changed(computer: Path, old: Mapping[str, bytes]) -> list[str]:
    """The files that are not as they were."""
    new = harness.profile_files(computer)
    return [path for path in old if new[path] != old[path]]


@contextlib.contextmanager
def in_the_middle_of_a_change(
    computer: Path, desktop: Desktop, reader: ScreenReader
) -> Iterator[subprocess.Popen[bytes]]:
    """Have the window at work, and held still when some profiles are changed and some are not."""
    old = harness.profile_files(computer)
    with a_window(desktop, "--image", str(computer), "--no-network") as running:
        desktop.window()
        reader.hears_focus_on("Verificar meu e-mail")
        desktop.press("Return")
        reader.hears("O que encontramos")
        desktop.press("Return")
        reader.hears_focus_on("Mudar agora")
        desktop.press("Return")
        wait_for("the first write", lambda: changed(computer, old) or None, PATIENCE)
        running.send_signal(signal.SIGSTOP)
        try:
            assert 0 < len(changed(computer, old)) < MANY
            yield running
        finally:
            running.send_signal(signal.SIGCONT)


def test_closing_the_window_during_a_change_leaves_everything_old_or_everything_new(
    computer: Path, desktop: Desktop, reader: ScreenReader
) -> None:
    old = harness.profile_files(computer)
    with in_the_middle_of_a_change(computer, desktop, reader) as running:
        desktop.press("alt+F4")
        running.send_signal(signal.SIGCONT)
        assert running.wait(PATIENCE) == 0
    new = harness.profile_files(computer)
    assert harness.leftovers(computer) == []
    if new == old:
        assert states(computer) == [State.ROLLED_BACK]
        return
    assert len(changed(computer, old)) == MANY
    assert states(computer) == [State.APPLIED]


def test_what_a_kill_interrupted_is_put_right_and_told_at_the_next_start(
    computer: Path, desktop: Desktop, reader: ScreenReader
) -> None:
    old = harness.profile_files(computer)
    with in_the_middle_of_a_change(computer, desktop, reader) as running:
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
        assert states(computer) == [State.PREPARED]
    wait_for("it is gone", lambda: desktop.windows() == [] or None, PATIENCE)
    with a_window(desktop, "--image", str(computer), "--no-network"):
        desktop.window()
        reader.hears_focus_on("Verificar meu e-mail")
        desktop.press("Return")
        said = reader.hears("O que encontramos")
        reader.finds("label", PUT_RIGHT)
    finished = len(changed(computer, old))  # whole batches, which had been verified
    assert f"O que encontramos {MANY - finished} contas precisam mudar." in said
    assert states(computer) == [State.APPLIED if finished else State.ROLLED_BACK]
    harness.run("rollback", "--last", "--yes", image=computer)
    assert harness.profile_files(computer) == old
    assert harness.leftovers(computer) == []
