"""The window as a person uses it who does not see: found by role and name, pressed by its action.

Everything goes through AT-SPI, the door of Orca; the keyboard and the screen are not used at all.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest

from builders import contents, thunderbird
from e2e.desktop import a_window

if TYPE_CHECKING:
    from pathlib import Path

    from e2e.desktop import Desktop, ScreenReader, Thing

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

BUTTON: Final = "push button"
SILENT: Final = {"filler", "panel"}
"""What only holds other things needs no name."""
USEFUL: Final = SILENT | {
    *(BUTTON, "check box", "label", "image", "progress bar", "scroll bar", "frame"),
}
OPERABLE: Final = {BUTTON, "check box", "progress bar", "scroll bar", "image"}
PEOPLE: Final = {"ana@exemplo.com.br": 587, "beto@exemplo.com.br": 25}  # after the change


@pytest.fixture
def computer(tmp_path: Path) -> Path:
    """Give a computer on which two people's accounts send through port 25."""
    people = [thunderbird(name=name, port=25, try_ssl=0, address=name) for name in PEOPLE]
    for path, data in contents(*people).items():
        target = tmp_path / path.removeprefix("/").replace("home/ana", "home")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return tmp_path


def ports(computer: Path) -> dict[str, int]:
    """Each person's port, as it stands on the disk."""
    texts = {path.parent.name: path.read_text() for path in computer.rglob("home/**/prefs.js")}
    found = {name: re.findall(r'smtp1\.port", (\d+)', text) for name, text in texts.items()}
    return {name: int(numbers[0]) for name, numbers in found.items() if name in PEOPLE}


def named(things: list[Thing], *roles: str) -> set[str]:
    """The names of what has one of these roles."""
    return {thing.name for thing in things if thing.role in roles}


def look_around(reader: ScreenReader) -> list[Thing]:
    """Everything on the page; what can be operated has a name, and nothing a useless role."""
    things = reader.looks()
    nameless = [thing for thing in things if thing.role in OPERABLE and not thing.name]
    assert not nameless
    assert {thing.role for thing in things} <= USEFUL
    labels = [thing for thing in things if thing.role == "label"]
    assert all(thing.name for thing in labels)
    unreachable = [each for each in things if "focusable" in each.states and not each.actions]
    assert not unreachable
    return things


def test_the_whole_wizard_is_operated_by_role_and_name(
    computer: Path, desktop: Desktop, reader: ScreenReader
) -> None:
    words = ("--image", str(computer), "--no-network")
    with a_window(desktop, *words) as running:
        reader.hears("O seu e-mail está saindo pela porta certa?")
        reader.finds(BUTTON, "Verificar meu e-mail")
        start = look_around(reader)
        assert {"Aprender", "Histórico", "Ajuda", "Tamanho do texto", "English"} <= named(
            start, BUTTON
        )
        assert any("duas portas" in name for name in named(start, "image"))
        reader.does("Press", BUTTON, "Verificar meu e-mail")

        reader.hears("O que encontramos 2 contas precisam mudar.")
        found = look_around(reader)
        assert named(found, "panel") >= {f"{name}: Precisa mudar" for name in PEOPLE}
        details = "Detalhes (beto@exemplo.com.br)"
        before = len(found)
        reader.does("Press", BUTTON, details)
        assert len(look_around(reader)) > before
        reader.does("Press", BUTTON, details)
        assert len(look_around(reader)) == before
        reader.does("Press", BUTTON, "Mostrar o que vai mudar")

        reader.hears("O que vai mudar")
        boxes = {each.name: each for each in look_around(reader) if each.role == "check box"}
        assert boxes.keys() == PEOPLE.keys()
        assert all("checked" in each.states for each in boxes.values())
        assert all("25" in each.description for each in boxes.values())
        reader.does("Toggle", "check box", "beto@exemplo.com.br")
        assert "checked" not in reader.finds("check box", "beto@exemplo.com.br").states
        reader.does("Press", BUTTON, "Mudar agora")

        reader.hears("Estamos mudando")
        reader.hears("cópia de segurança: feito")
        reader.hears("Escrever as novas configurações: feito")
        reader.hears("Pronto")
        look_around(reader)
        assert ports(computer) == PEOPLE

        reader.does("Press", BUTTON, "Desfazer")
        reader.hears("Mudança desfeita")
        assert set(ports(computer).values()) == {25}
        look_around(reader)
        reader.does("Press", BUTTON, "Voltar ao início")
        reader.hears("O seu e-mail está saindo pela porta certa?")
        reader.does("Press", BUTTON, "Histórico")
        reader.hears("Histórico")
        look_around(reader)
        assert running.poll() is None
