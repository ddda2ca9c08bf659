"""Take a picture of every page, in both languages, light and dark, at 100 and at 200 % text size.

    python docs/screenshots/take.py [FOLDER [NAME]]

Off-screen, from the same states that the tests walk over; needs what the tests need. The pictures
lie in FOLDER/LANGUAGE/THEME-PERCENT/NUMBER-PAGE.png; without FOLDER, beside this file. With NAME,
such as 50-help, only the pictures whose names begin so are taken.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
HERE: Final = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent / "tests")]

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

import gui_builders
from configure587 import i18n
from configure587.gui import theme
from configure587.gui.remembered import Remembered
from configure587.gui.window import Window
from configure587.pages import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from configure587.gui.session import Session

SIZE: Final = (1024, 600)  # the smallest screen that everything has to work on
SETTLED: Final = 60  # milliseconds until a page is painted and its words are linked
COLORS: Final = 96
THEMES: Final = (theme.LIGHT, theme.DARK)
PERCENTS: Final = (100, 200)

BEST: Final = {
    Page.FOUND: "found, of every kind",
    Page.GUIDE: "guide, stuck",
    Page.HISTORY: "history, of every state",
    Page.LOOKING: "looking at servers",
    Page.CHANGING: "changing, written",
}
"""The state that shows most of a page; for the others the first one that is listed."""


EDITION: Final = {
    "01-start-provider": "start, of a provider",
    "03-found-only-looking": "found, only looking",
    "04-changes-left-alone": "changes, one left alone",
    "10-server-trouble-fixed": "server trouble, all is fixed",
    "18-policy-mistake": "policy with a mistake",
    "50-help-provider": "help, of a provider",
    "51-report-fixed": "report, fixed",
}
"""The edition of a provider that does not exist, and what an organization decided."""


def states() -> dict[str, Callable[[], Session]]:
    """Name of a picture -> the session to show."""
    found: dict[str, Callable[[], Session]] = {}
    for page in Page:
        listed = [name for name, (at, _) in gui_builders.STATES.items() if at is page]
        if listed:
            name = BEST.get(page, listed[0])
            word = page.name.lower().replace("_", "-")
            found[f"{page.value:02}-{word}"] = gui_builders.STATES[name][1]
    for topic in ("before-after", "charts", "questions", "port-25"):
        found[f"20-learn-{topic}"] = lambda topic=topic: gui_builders.told(topic)  # type: ignore[misc]
    found |= {name: gui_builders.STATES[state][1] for name, state in EDITION.items()}
    return found


def take(session: Session, remembered: Remembered, chosen: theme.Theme, path: Path) -> None:
    """One picture."""
    window = Window(session, remembered, str)
    window.resize(*SIZE)
    window.dress(chosen)
    window.show()
    if session.page is Page.REPORT:  # its lines are made when it is asked for
        window.carry_out(partial(session.report, remembered.texts))
        while not session.report_lines:
            QApplication.processEvents()
    loop = QEventLoop()
    QTimer.singleShot(SETTLED, loop.quit)
    loop.exec()
    path.parent.mkdir(parents=True, exist_ok=True)
    fewer_colors(window.grab().toImage()).save(str(path), "PNG", 0)  # 0: as small as can be
    window.close()
    window.deleteLater()


def fewer_colors(image: QImage) -> QImage:
    """The same picture in its most common colors, which nobody can tell from all of them."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    found = Counter(memoryview(plain.constBits()).cast("I"))
    table = [color for color, _ in found.most_common(COLORS)]
    flags = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither
    return plain.convertToFormat(QImage.Format.Format_Indexed8, table, flags)


def main() -> None:
    """All of them."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    begins = sys.argv[2] if len(sys.argv) > 2 else ""
    wanted = {name: build for name, build in states().items() if name.startswith(begins)}
    application = QApplication([])
    with tempfile.TemporaryDirectory() as nowhere:
        for language in i18n.LANGUAGES:
            for chosen in THEMES:
                for percent in PERCENTS:
                    remembered = Remembered(os.path.join(nowhere, "none"), language, fixed=True)
                    remembered.choose_percent(percent)
                    for name, build in wanted.items():
                        place = folder / language / f"{chosen.name}-{percent}" / f"{name}.png"
                        take(build(), remembered, chosen, place)
    del application


if __name__ == "__main__":
    main()
