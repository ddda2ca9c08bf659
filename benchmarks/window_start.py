"""From start to the first painted window, against a PySide6 window with one label and one button.

Both end at their first paint, at once, off-screen, each in a process of its own.
"""

from __future__ import annotations

import sys
import tempfile

import ratios

UNTIL_PAINTED = """
import os
from PySide6.QtCore import QEvent, QObject
class Painted(QObject):
    def eventFilter(self, watched, event):
        if event.type() is QEvent.Type.Paint:
            os._exit(0)
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

OURS = f"""
import sys
from PySide6.QtWidgets import QApplication
{UNTIL_PAINTED}
from configure587 import cli
from configure587.gui import window
made = window.Window.__init__
painted = Painted()
def init(self, *args, **keywords):
    made(self, *args, **keywords)
    self.installEventFilter(painted)
window.Window.__init__ = init
sys.exit(cli.main(["window", "--lang", "pt-BR"]))
"""


def main() -> None:
    """Print one ratio."""
    with tempfile.TemporaryDirectory() as home:
        variables = {"HOME": home, "QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": home}
        ratios.compare(
            ratios.Aim("start to the first painted window", "a minimal PySide6 window", 1.3),
            ratios.command([sys.executable, "-I", "-c", OURS], variables),
            ratios.command([sys.executable, "-I", "-c", FLOOR], variables),
            rounds=25,
        )


if __name__ == "__main__":
    main()
