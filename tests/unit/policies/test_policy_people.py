"""Whom a person may ask, and that a mistake in a policy takes no help away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from builders import an_image, thunderbird
from configure587 import cli, i18n
from configure587.pages import Page
from configure587.policy import Contact
from configure587.report import contacts

if TYPE_CHECKING:
    from pathlib import Path

    from configure587.gui.session import Session

PROVIDER = """
support-name = "Provedor Exemplo"
support-phone = "0800 000 0000"
support-site = "https://ajuda.exemplo.com.br"
support-logo = "logo.png"
"""
ASK = (
    "If you need help, call Provedor Exemplo at 0800 000 0000, or visit "
    "https://ajuda.exemplo.com.br"
)


def computer(folder: Path, policy: str) -> Path:
    """A computer with this policy; one of its accounts has to be changed by hand."""
    image = an_image(folder / "computer", thunderbird(port=65561))
    place = image / "etc" / "configure587" / "policy.d"
    place.mkdir(parents=True)
    (place / "acme.toml").write_text(policy, encoding="utf-8")
    return image


def said(capsys: pytest.CaptureFixture[str], image: Path, *words: str) -> list[str]:
    """What a command says, one sentence a line."""
    cli.main(["--image", str(image), "--lang", "en", "--plain", *words])
    return capsys.readouterr().out.splitlines()


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> list[Session]:
    """Give the sessions with which a window would have been opened."""
    from configure587.gui import app

    found: list[Session] = []

    def run(session: Session, *_: Any, **__: Any) -> int:  # noqa: ANN401 - as app.run
        found.append(session)
        return 0

    monkeypatch.setattr(app, "run", run)
    return found


def test_guided_steps_in_a_terminal_end_with_whom_to_ask(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = said(capsys, computer(tmp_path, PROVIDER), "scan")
    assert lines.count(ASK) == 1
    assert any(each.startswith("1. ") for each in lines[: lines.index(ASK)])


def test_without_a_policy_nobody_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = said(capsys, computer(tmp_path, ""), "scan")
    assert any(each.startswith("1. ") for each in lines)
    assert not any("If you need help" in each for each in lines)


def test_the_report_for_support_says_whom_to_ask(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ASK in said(capsys, computer(tmp_path, PROVIDER), "support", "report")


def test_the_report_for_support_is_made_even_with_a_mistake_in_the_policy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = said(capsys, computer(tmp_path, "prob = 1"), "support", "report")
    assert "Configure 587!: report for support" in lines


def test_the_window_opens_on_the_mistake_in_a_policy(
    tmp_path: Path, windows: list[Session]
) -> None:
    assert cli.main(["--image", str(computer(tmp_path, "\nprob = 1")), "window"]) == 0
    (session,) = windows
    assert session.page is Page.CANNOT_GO_ON
    assert session.trouble is not None
    assert session.trouble.code == "policy_key_unknown"
    assert str(session.trouble.fields["where"]).endswith("acme.toml:2")
    assert session.check() is None


def test_the_window_knows_what_is_fixed_and_whom_to_ask(
    tmp_path: Path, windows: list[Session]
) -> None:
    image = computer(tmp_path, PROVIDER + 'probe = "off"\n')
    (image / "etc" / "configure587" / "policy.d" / "logo.png").write_bytes(b"a picture")
    assert cli.main(["--image", str(image), "window", "--probe", "require"]) == 0
    (session,) = windows
    assert session.is_fixed("probe")
    assert not session.is_fixed("targets")
    assert session.contact.name == "Provedor Exemplo"
    assert "policy_wins" in [each.code for each in session.machine.notices]
    task = session.fetch_logo()
    assert task is not None
    task.then(task.work(session.seen))
    assert session.logo == b"a picture"


def test_the_logo_of_a_policy_file_lies_beside_it(tmp_path: Path, windows: list[Session]) -> None:
    file = tmp_path / "policy.toml"
    file.write_text('support-logo = "logo.png"\n', encoding="utf-8")
    (tmp_path / "logo.png").write_bytes(b"a picture")
    image = computer(tmp_path, "")
    assert cli.main(["--image", str(image), "window", "--policy", str(file)]) == 0
    (session,) = windows
    task = session.fetch_logo()
    assert task is not None
    assert task.work(session.seen) == b"a picture"


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_part_of_a_contact_is_said_and_no_other(language: str) -> None:
    parts = {"name": "Provedor", "phone": "0800", "site": "https://x.example"}
    for chosen in range(8):
        names = [name for bit, name in enumerate(parts) if chosen >> bit & 1]
        words = contacts.advice(i18n.texts(language), Contact(**{n: parts[n] for n in names}))
        assert [name for name in parts if parts[name] in words] == names
        assert "{" not in words


def test_what_no_screen_can_show_is_not_said() -> None:
    words = contacts.advice(i18n.texts(i18n.ENGLISH), Contact(name="A\x1b[31m\u202eB"))
    assert words.isprintable()
