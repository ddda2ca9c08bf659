"""From start to the first painted window, against a PySide6 window with one label and one button.

Both end as soon as all of their first paint is done, off-screen, each in a process of its own.
"""

from __future__ import annotations

import os
import sys
import tempfile

import ratios

MEMORY = "/dev/shm" if os.path.isdir("/dev/shm") else None

UNTIL_PAINTED = """
import os
from PySide6.QtCore import QEvent, QObject, QTimer
class Painted(QObject):
    def eventFilter(self, watched, event):
        if event.type() is QEvent.Type.Paint:
            QTimer.singleShot(0, lambda: os._exit(0))
        return False
"""

FLOOR = f"""
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget
{UNTIL_PAINTED}
application = QApplication([])
window = QWidget()
layout = QVBoxLayout(window)
layout.addWidget(QLabel("Configure 587!"))
layout.addWidget(QPushButton("Go"))
painted = Painted()
window.installEventFilter(painted)
window.show()
application.exec()
"""

# Qt is loaded when our program loads it: whatever is imported after it, PySide6 looks through.
WATCHED = f"""
import sys
from configure587.gui import app
opened = app.run
def run(*args, **keywords):
    from configure587.gui import window
    {UNTIL_PAINTED.strip().replace(chr(10), chr(10) + "    ")}
    made = window.Window.__init__
    painted = Painted()
    def init(self, *args, **keywords):
        made(self, *args, **keywords)
        self.installEventFilter(painted)
    window.Window.__init__ = init
    return opened(*args, **keywords)
app.run = run
"""

OURS = f"""
{WATCHED}
from configure587 import cli
sys.exit(cli.main_gui([]))
"""


def variables(home: str) -> dict[str, str]:
    """Of a person whose home is here, and who reads Portuguese."""
    return {
        "HOME": home,
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_RUNTIME_DIR": home,
        "LC_ALL": "pt_BR.UTF-8",
    }


def main() -> None:
    """Print one ratio."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as home:
        own = variables(home)
        ratios.compare(
            ratios.Aim("start to the first painted window", "a minimal PySide6 window", 1.3),
            ratios.command([sys.executable, "-I", "-c", OURS], own),
            ratios.command([sys.executable, "-I", "-c", FLOOR], own),
            rounds=25,
        )


if __name__ == "__main__":
    main()
