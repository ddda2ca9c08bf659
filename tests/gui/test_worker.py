"""The window never waits: work in a thread, what comes of it, and how the code keeps it so."""

from __future__ import annotations

import ast
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import configure587
import gui_builders
from builders import CANARY, bytes_of
from configure587 import crash, engine
from configure587.errors import Refused
from configure587.gui import pages
from configure587.gui import session as session_module
from configure587.gui.bar import TopBar
from configure587.gui.session import Session, Task
from configure587.machine import memory
from configure587.pages import Page
from gui.walking import settle, texts_of, the_button

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from configure587.gui.window import Window
    from configure587.model import Progress
    from gui.walking import Showing

GUI = Path(configure587.__file__).parent / "gui"


def until(qtbot: QtBot, window: Window, page: Page) -> None:
    """Wait until the window has come to a page and is at rest."""

    def there() -> bool:
        return window.session.page is page and not window._worker.busy

    qtbot.waitUntil(there, timeout=10_000)


def raising(error: BaseException) -> Callable[..., Any]:
    def work(*_: object) -> None:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "page"),
    [
        (Refused("another_run"), Page.CANNOT_GO_ON),
        (PermissionError(13, "no", "/home/ana"), Page.CANNOT_GO_ON),
        (OSError(28, "No space left on device", "/home/ana"), Page.CANNOT_GO_ON),
        (ValueError(CANARY), Page.CRASH),
        (AssertionError(), Page.CRASH),
    ],
)
def test_what_happens_at_work_becomes_its_page(
    show: Showing, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, error: BaseException, page: Page
) -> None:
    monkeypatch.setattr(engine, "plan", raising(error))
    window = show(Session(gui_builders.one_due(), gui_builders.UNPROVED))
    the_button(window, "Check my e-mail").click()
    until(qtbot, window, page)
    assert (show.crashes == [error]) is (page is Page.CRASH)
    the_button(window, "Back to the start").click()
    assert window.session.page is Page.START


def test_a_crash_file_holds_no_secret(tmp_path: Path) -> None:
    def fails(password: str) -> None:
        raise ValueError(f"{password} for ana@exemplo.com.br")

    (tmp_path / "home").mkdir()
    with pytest.raises(ValueError, match=CANARY) as caught:
        fails(CANARY)
    path = crash.write(caught.value, str(tmp_path), None)
    assert path is not None
    written = Path(path).read_text(encoding="utf-8")
    assert "ValueError" in written
    assert "fails" in written
    assert CANARY not in written
    assert "exemplo" not in written


def test_a_bug_in_the_window_itself_is_shown_too(show: Showing) -> None:
    window = show(Session(gui_builders.one_due(), gui_builders.UNPROVED))
    window.bug(RuntimeError(CANARY))
    settle()
    assert window.session.page is Page.CRASH
    assert f"{show.folder}/crash-1.txt" == window.session.crash_file


class Held:
    """Work that goes on until it is let go."""

    def __init__(self) -> None:
        """Held at first."""
        self.go = threading.Event()
        self.begun = threading.Event()

    def __call__(self, notify: Callable[[Progress], None]) -> str:
        """Wait in the worker's thread, never in the window's."""
        del notify
        self.begun.set()
        assert self.go.wait(10)
        return "answer"


def test_the_window_lives_on_while_something_is_at_work(show: Showing, qtbot: QtBot) -> None:
    window = show(Session(gui_builders.one_due(), gui_builders.UNPROVED))
    held = Held()
    answers: list[str] = []
    window.carry_out(lambda: Task(held, answers.append))
    assert held.begun.wait(10)
    window.choose_size(125)
    window.choose_language("pt-BR")
    assert window._worker.busy
    assert answers == []
    held.go.set()
    qtbot.waitUntil(lambda: answers == ["answer"], timeout=10_000)


def test_what_is_asked_for_meanwhile_follows(show: Showing, qtbot: QtBot) -> None:
    window = show(Session(gui_builders.one_due(), gui_builders.UNPROVED))
    held = Held()
    window.carry_out(lambda: Task(held, lambda _: None))
    assert held.begun.wait(10)
    window.carry_out(window.session.check)
    assert window.session.page is Page.LOOKING
    held.go.set()
    until(qtbot, window, Page.FOUND)


def test_closing_while_something_is_at_work_ends_it_first(show: Showing, qtbot: QtBot) -> None:
    window = show(Session(gui_builders.one_due(), gui_builders.UNPROVED))
    held = Held()
    window.carry_out(lambda: Task(held, lambda _: None))
    assert held.begun.wait(10)
    assert not window.close()
    assert not window.isVisible()
    assert window._worker.busy
    held.go.set()
    qtbot.waitUntil(lambda: not window._worker.busy, timeout=10_000)


def test_closing_during_a_change_undoes_it(
    show: Showing, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = gui_builders.one_due()
    before = bytes_of(machine)
    session = gui_builders.at_changes(machine)
    window = show(session)
    begun, go = threading.Event(), threading.Event()
    apply = engine.apply

    def held(*args: Any, **more: Any) -> Any:  # noqa: ANN401 - the words of engine.apply
        begun.set()
        assert go.wait(10)
        return apply(*args, **more)

    monkeypatch.setattr(engine, "apply", held)
    the_button(window, "Change now").click()
    qtbot.waitUntil(begun.is_set, timeout=10_000)
    window.close()
    go.set()
    qtbot.waitUntil(lambda: not window._worker.busy, timeout=10_000)
    assert bytes_of(machine) == before


def test_it_goes_on_by_itself_when_the_program_is_closed(show: Showing, qtbot: QtBot) -> None:
    session = gui_builders.a_session_at(Page.CLOSE_PROGRAM)
    window = show(session)
    window._poll.setInterval(10)
    processes = session.machine.processes
    assert isinstance(processes, memory.MemoryProcesses)
    processes.locks.clear()
    until(qtbot, window, Page.DONE)
    assert not window._poll.isActive()


# --- how the code keeps it so --------------------------------------------------------------------


def test_stop_is_heard_while_the_look_still_waits_for_its_turn(show: Showing, qtbot: QtBot) -> None:
    window = show(Session(gui_builders.one_due(), gui_builders.UNPROVED))
    held = Held()
    window.carry_out(lambda: Task(held, lambda _: None))
    assert held.begun.wait(10)
    window.carry_out(window.session.check)
    the_button(window, "Stop").click()
    assert gui_builders.where(window.session) is Page.START
    held.go.set()
    qtbot.waitUntil(lambda: not window._worker.busy, timeout=10_000)
    assert gui_builders.where(window.session) is Page.START
    assert window.session.plan is None


def test_nothing_is_said_of_the_history_before_it_is_known(show: Showing, qtbot: QtBot) -> None:
    nothing = "No change has been made yet, so there is nothing to undo."
    session = Session(gui_builders.one_due(), gui_builders.UNPROVED)
    window = show(session)
    window.carry_out(session.history)
    assert nothing not in texts_of(window)
    qtbot.waitUntil(lambda: not window._worker.busy, timeout=10_000)
    settle()
    assert nothing in texts_of(window)


def test_while_an_open_program_is_waited_for_nobody_is_disturbed(
    show: Showing, qtbot: QtBot
) -> None:
    window = show(gui_builders.a_session_at(Page.CLOSE_PROGRAM))
    page = window.page
    the_button(window, "Back").setFocus()
    looks: list[object] = []
    window._worker.finished.connect(lambda task, _: looks.append(task))
    window._poll.setInterval(10)
    qtbot.waitUntil(lambda: len(looks) > 3, timeout=10_000)
    assert window.page is page, "a screen reader would read the page again with every look"
    assert the_button(window, "Back").hasFocus()


def test_a_page_that_cannot_be_built_leaves_one_bar(
    show: Showing, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = show(Session(gui_builders.one_due(), gui_builders.UNPROVED))
    monkeypatch.setitem(pages.VIEWS, Page.HELP, ("nowhere", "NoPage"))
    window.session.help()
    with pytest.raises(ModuleNotFoundError) as caught:
        window._show()
    window.bug(caught.value)
    settle()
    assert window.session.page is Page.CRASH
    assert len([bar for bar in window.findChildren(TopBar) if bar.isVisible()]) == 1


def trees() -> dict[str, ast.Module]:
    found = {
        path.relative_to(GUI).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in GUI.rglob("*.py")
    }
    assert len(found) > 20
    return found


def attributes(tree: ast.AST) -> list[str]:
    return [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)]


def test_the_window_never_turns_qts_wheel_by_hand() -> None:
    wrong = {"processEvents", "QEventLoop", "exec_", "sleep", "msleep"}
    found = {name for name, tree in trees().items() if wrong & set(attributes(tree))}
    assert found == set()


def connects_to_a_lambda(tree: ast.AST) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "connect"
        and any(isinstance(each, ast.Lambda) for each in node.args)
    ]


def test_signals_lead_to_methods_and_not_to_lambdas() -> None:
    wrong = {name: lines for name, tree in trees().items() if (lines := connects_to_a_lambda(tree))}
    assert wrong == {}
    assert connects_to_a_lambda(ast.parse("a.clicked.connect(lambda: None)")) == [1]


def test_the_session_knows_no_qt() -> None:
    names = ("session.py", "routes.py", "sentences.py", "troubles.py", "starting.py")
    for name in names:
        for node in ast.walk(trees()[name]):
            if isinstance(node, ast.Import | ast.ImportFrom):
                assert "PySide6" not in ast.unparse(node), name
    assert session_module.__name__ == "configure587.gui.session"
