"""Qt's own words, in menus and in its dialogs for files and printing, in the window's language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator


class _QtWords:
    """One language at a time; English, which Qt is written in, needs none."""

    def __init__(self) -> None:
        """As Qt is written."""
        self._translator: QTranslator | None = None
        self._language = ""

    def speak(self, language: str) -> None:
        """From now on in this language, where Qt knows it."""
        if language == self._language:
            return
        self._language = language
        QLocale.setDefault(QLocale(language.replace("-", "_")))
        if self._translator is not None:
            QCoreApplication.removeTranslator(self._translator)
        self._translator = QTranslator()
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if self._translator.load(f"qtbase_{language.replace('-', '_')}", folder):
            QCoreApplication.installTranslator(self._translator)


QT_WORDS = _QtWords()
