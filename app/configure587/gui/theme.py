"""Colors, spacing and type of the window, in one place; after the design page "How we look".

Drawings are made in the light colors, so a theme dresses them by exchanging color for color.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette

from configure587.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QAccessibilityHints, QStyleHints


class Theme(NamedTuple):
    """One color a role, as #RRGGBB."""

    name: str
    paper: str
    card: str
    ink: str
    quiet: str
    line: str  # around cards and fields
    accent: str
    on_accent: str
    due: str
    due_back: str
    good: str
    good_back: str
    needy: str
    needy_back: str
    focus: str


LIGHT = Theme(
    name="light",
    paper="#FAF9F5",
    card="#FFFFFF",
    ink="#1C2B2A",
    quiet="#556463",
    line="#808D8B",
    accent="#00695C",
    on_accent="#FFFFFF",
    due="#8A5600",
    due_back="#FFF3D9",
    good="#1E6B3A",
    good_back="#E6F4EA",
    needy="#8C2F24",
    needy_back="#FBE9E6",
    focus="#0B57D0",
)
DARK = Theme(
    name="dark",
    paper="#16201F",
    card="#1E2A29",
    ink="#E9F0EE",
    quiet="#A9B8B5",
    line="#6F807D",
    accent="#5FD0BE",
    on_accent="#16201F",
    due="#FFC76B",
    due_back="#3A2D12",
    good="#7FD59A",
    good_back="#17301F",
    needy="#FF9E90",
    needy_back="#3A1B17",
    focus="#8AB4F8",
)
CONTRAST_LIGHT = LIGHT._replace(
    name="contrast-light",
    paper="#FFFFFF",
    ink="#000000",
    quiet="#000000",
    line="#000000",
    accent="#003D36",
    due="#4A2E00",
    due_back="#FFFFFF",
    good="#0B3D1D",
    good_back="#FFFFFF",
    needy="#5E130B",
    needy_back="#FFFFFF",
    focus="#0000C0",
)
CONTRAST_DARK = DARK._replace(
    name="contrast-dark",
    paper="#000000",
    card="#000000",
    ink="#FFFFFF",
    quiet="#FFFFFF",
    line="#FFFFFF",
    accent="#7FFFEA",
    on_accent="#000000",
    due="#FFD98F",
    due_back="#000000",
    good="#A6FFC1",
    good_back="#000000",
    needy="#FFC2B8",
    needy_back="#000000",
    focus="#FFFF00",
)
THEMES = (LIGHT, DARK, CONTRAST_LIGHT, CONTRAST_DARK)

TEXT_SIZES = (100, 125, 150, 175, 200)  # percent
_SMALLEST = 11.0  # points of body text at 100 %
GAP = 8  # pixels at 100 %: all distances are multiples of it


@functools.cache
def hints() -> QStyleHints:
    """What the system says of colors.

    Kept for good: in PySide 6.12 what `accessibility()` answers dies with this object's wrapper.
    """
    return QGuiApplication.styleHints()


@functools.cache
def wishes() -> QAccessibilityHints:
    """What the system says of contrast and motion."""
    return hints().accessibility()


@functools.cache
def told_by_palette() -> Theme:
    """What the system's palette tells, before we set ours; without the namespace Qt.

    Of a wish for more contrast no palette tells, nor does that of a Windows 10 in dark colors.
    """
    palette, role = QGuiApplication.palette(), QPalette.ColorRole
    ink, paper = palette.color(role.WindowText), palette.color(role.Window)
    return DARK if ink.lightness() > paper.lightness() else LIGHT


def system() -> Theme:
    """The theme that the system's own settings ask for."""
    from PySide6.QtCore import Qt

    dark = hints().colorScheme() is Qt.ColorScheme.Dark
    if wishes().contrastPreference() is Qt.ContrastPreference.HighContrast:
        return CONTRAST_DARK if dark else CONTRAST_LIGHT
    return DARK if dark else LIGHT


def reduced_motion() -> bool:
    """Whether the system asks for stills."""
    from PySide6.QtCore import Qt

    return wishes().motionPreference() is Qt.MotionPreference.ReducedMotion


class Type(NamedTuple):
    """The three sizes of text, in points."""

    title: float
    text: float
    small: float

    def font(self, points: float, *, bold: bool = False) -> QFont:
        """The system's own font in one of the sizes."""
        font = QFont(QGuiApplication.font())
        font.setPointSizeF(points)
        font.setBold(bold)
        return font


def type_sizes(percent: int, system_points: float) -> Type:
    """The sizes for a text size in percent; body text is never below 11 points."""
    text = max(_SMALLEST, system_points) * percent / 100
    return Type(title=text * 1.5, text=text, small=text * 0.9)


def of_verdict(theme: Theme, verdict: Verdict) -> tuple[str, str]:
    """The colors of a state's word: ink and back."""
    if verdict in {Verdict.DUE, Verdict.HALF_WAY}:
        return theme.due, theme.due_back
    if verdict is Verdict.FINE:
        return theme.good, theme.good_back
    if verdict in {Verdict.LEFT_ALONE, Verdict.BLOCKED}:
        return theme.quiet, theme.card
    return theme.needy, theme.needy_back


def dressed(svg: str, theme: Theme) -> str:
    """A drawing in this theme: each light color exchanged for the one of the same role."""
    marks = [(old, f"\N{NULL}{number}", new) for number, (old, new) in enumerate(_pairs(theme))]
    for old, mark, _new in marks:
        svg = svg.replace(old, mark)
    for _old, mark, new in reversed(marks):
        svg = svg.replace(mark, new)
    return svg


def _pairs(theme: Theme) -> Iterator[tuple[str, str]]:
    seen = set()
    for old, new in zip(LIGHT[1:], theme[1:], strict=True):
        if old not in seen:  # on_accent is white too: the card's color counts for drawings
            seen.add(old)
            yield old, new


def palette(theme: Theme) -> QPalette:
    """The theme for everything that the system's style draws."""
    found = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.paper,
        QPalette.ColorRole.WindowText: theme.ink,
        QPalette.ColorRole.Base: theme.card,
        QPalette.ColorRole.AlternateBase: theme.paper,
        QPalette.ColorRole.Text: theme.ink,
        QPalette.ColorRole.Button: theme.card,
        QPalette.ColorRole.ButtonText: theme.ink,
        QPalette.ColorRole.BrightText: theme.ink,
        QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: theme.on_accent,
        QPalette.ColorRole.Link: theme.accent,
        QPalette.ColorRole.LinkVisited: theme.accent,
        QPalette.ColorRole.ToolTipBase: theme.card,
        QPalette.ColorRole.ToolTipText: theme.ink,
        QPalette.ColorRole.PlaceholderText: theme.quiet,
        QPalette.ColorRole.Accent: theme.accent,
    }
    for role, color in roles.items():
        found.setColor(role, QColor(color))
    disabled = QPalette.ColorGroup.Disabled
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        found.setColor(disabled, role, QColor(theme.quiet))
    return found


def tick_box_palette(theme: Theme) -> QPalette:
    """The same for tick boxes, whose frame is too faint to be seen otherwise.

    Qt's Fusion style draws it in the window's color, darkened by 140 %.
    """
    found = palette(theme)
    found.setColor(QPalette.ColorRole.Window, QColor(theme.quiet).lighter(140))
    return found


def sheet(theme: Theme, sizes: Type) -> str:
    """The few things that a system's style does not know: cards, the one primary button, chips."""
    gap = round(GAP * sizes.text / _SMALLEST)
    return f"""
    QFrame#card {{ background: {theme.card}; border: 1px solid {theme.line};
        border-radius: {gap}px; }}
    QFrame#bar {{ border: none; border-bottom: 1px solid {theme.line}; }}
    QFrame#foot {{ border: none; border-top: 1px solid {theme.line}; }}
    QScrollArea, QWidget#content {{ background: {theme.paper}; border: none; }}
    QPushButton#primary {{ background: {theme.accent}; color: {theme.on_accent};
        border: 2px solid {theme.accent}; border-radius: {gap // 2}px;
        padding: {gap}px {gap * 3}px; font-weight: bold; }}
    QPushButton#primary:disabled {{ background: {theme.paper}; color: {theme.quiet};
        border-color: {theme.line}; }}
    QPushButton#secondary {{ background: {theme.card}; color: {theme.ink};
        border: 1px solid {theme.line}; border-radius: {gap // 2}px;
        padding: {gap}px {gap * 2}px; }}
    QPushButton#secondary:disabled {{ background: {theme.paper}; color: {theme.quiet}; }}
    QPushButton#link, QToolButton#link {{ background: transparent; color: {theme.accent};
        border: none; padding: {gap // 2}px 2px; text-align: left; text-decoration: underline; }}
    QToolButton#bar {{ background: transparent; color: {theme.ink}; border: none;
        padding: {gap // 2}px {gap}px; }}
    QToolButton#bar:disabled {{ color: {theme.quiet}; }}
    QToolButton#fixed {{ background: transparent; color: {theme.quiet}; border: none;
        padding: {gap // 2}px {gap}px; }}
    QToolButton#bar:hover, QToolButton#bar:checked {{ text-decoration: underline; }}
    QLineEdit {{ background: {theme.card}; color: {theme.ink}; border: 1px solid {theme.line};
        border-radius: {gap // 2}px; padding: {gap // 2}px {gap}px; }}
    QCheckBox {{ spacing: {gap}px; }}
    QCheckBox::indicator {{ width: {gap * 2}px; height: {gap * 2}px; }}
    QPushButton#primary:hover {{ border-color: {theme.ink}; }}
    QPushButton#secondary:hover {{ border-color: {theme.accent}; }}
    """
