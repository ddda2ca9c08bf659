"""How it was, how it is: mail on its way through two doors, told step by step.

It moves only when a step is taken, for less than a third of a second, and not at all when the
system asks for reduced motion. Everything that it shows is also said in words below it.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from PySide6.QtCore import QEasingCurve, QPointF, QRectF, QSize, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from configure587.gui.widgets import drawing
from configure587.gui.widgets.flows import Scene

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QKeyEvent, QPaintEvent

    from configure587.formats.figures import Actor, Flow
    from configure587.formats.figures import Diagram as Picture
    from configure587.gui.view import View

_MOTION = 280  # milliseconds
_SHAPE = (720.0, 400.0)  # the paper on which it is drawn; scaled to the widget
_ACTOR = 92.0
_PLACES = {
    "program": QPointF(100, 95),
    "infected": QPointF(100, 285),
    "provider": QPointF(620, 95),
    "servers": QPointF(620, 285),
}
_AT_HOME = {"program", "infected"}
_WALL = 330.0  # where the home network ends
_DOORS = {587: 95.0, 25: 285.0}
_OPEN_25 = 190.0  # while 25 serves everybody, there is one door for all


class Diagram(QWidget):
    """The drawing; its keys: right and left tell, space switches port-25 management."""

    told = Signal(object)  # Scene

    def __init__(
        self, view: View, picture: Picture, names: Mapping[str, str], *, alternative: str
    ) -> None:
        """`names` are the actors' names as the reader calls them, by their ids."""
        super().__init__()
        self._view = view
        self._names = names
        self.scene = Scene(picture)
        self._way = 1.0  # of the flow that is being told, from 0 to 1
        self._motion = QVariantAnimation(self)
        self._motion.setStartValue(0.0)
        self._motion.setEndValue(1.0)
        self._motion.setDuration(_MOTION)
        self._motion.setEasingCurve(QEasingCurve.Type.InOutQuad)
        self._motion.valueChanged.connect(self._moved)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(alternative)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        """See QWidget."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        """See QWidget."""
        return round(width * _SHAPE[1] / _SHAPE[0])

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """See QWidget."""
        return QSize(round(_SHAPE[0]), round(_SHAPE[1]))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """See QWidget."""
        return QSize(round(_SHAPE[0] / 2), round(_SHAPE[1] / 2))

    @property
    def moving(self) -> bool:
        """Whether a letter is on its way just now."""
        return self._motion.state() is QVariantAnimation.State.Running

    def forward(self) -> None:
        """Tell one flow more."""
        self._tell(self.scene.forward())

    def backward(self) -> None:
        """Tell one flow less."""
        self._tell(self.scene.backward())

    def switch(self) -> None:
        """Switch port-25 management on or off."""
        self._tell(self.scene.switched())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """See QWidget."""
        deeds = {
            Qt.Key.Key_Right: self.forward,
            Qt.Key.Key_Left: self.backward,
            Qt.Key.Key_Space: self.switch,
        }
        deed = deeds.get(Qt.Key(event.key()))
        if deed is None:
            super().keyPressEvent(event)
        else:
            deed()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """See QWidget."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        factor = min(self.width() / _SHAPE[0], self.height() / _SHAPE[1])
        painter.translate((self.width() - _SHAPE[0] * factor) / 2, 0)
        painter.scale(factor, factor)
        self._paint_home(painter)
        for flow in self.scene.shown:
            self._paint_way(painter, flow)
        for actor in self.scene.diagram.actors:
            self._paint_actor(painter, actor)
        self._paint_doors(painter)
        for flow in self.scene.shown:
            self._paint_letter(painter, flow)
        painter.end()

    def _tell(self, scene: Scene) -> None:
        self.scene = scene
        self._motion.stop()
        moves = bool(scene.told) and not self._view.still
        self._way = 0.0 if moves else 1.0  # else the letter is there for a moment before it goes
        if moves:
            self._motion.start()
        self.update()
        self.told.emit(scene)

    def _moved(self, way: float) -> None:
        self._way = way
        self.update()

    # The picture, from back to front.

    def _paint_home(self, painter: QPainter) -> None:
        theme = self._view.theme
        painter.setPen(QPen(QColor(theme.line), 2))
        painter.setBrush(QColor(theme.card))
        painter.drawRoundedRect(QRectF(6, 6, _WALL - 6, _SHAPE[1] - 12), 12, 12)

    def _paint_actor(self, painter: QPainter, actor: Actor) -> None:
        place = _PLACES[actor.id]
        box = QRectF(place.x() - _ACTOR / 2, place.y() - _ACTOR / 2, _ACTOR, _ACTOR)
        drawing.renderer(actor.drawing, self._view.theme).render(painter, box)
        self._paint_words(
            painter, self._names.get(actor.id, ""), place + QPointF(0, _ACTOR / 2 + 4)
        )

    def _paint_words(self, painter: QPainter, words: str, top: QPointF) -> None:
        font = self._view.type.font(12)
        font.setPixelSize(15)
        painter.setFont(font)
        painter.setPen(QColor(self._view.theme.ink))
        box = QRectF(top.x() - 85, top.y(), 170, 44)
        align = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        whole = words.replace("-", "\N{NON-BREAKING HYPHEN}")  # "e-mail" stays in one line
        painter.drawText(box, int(align | Qt.TextFlag.TextWordWrap), whole)

    def _paint_doors(self, painter: QPainter) -> None:
        theme = self._view.theme
        if not self.scene.managed:
            self._paint_door(painter, 25, _OPEN_25, theme.due, is_open=True)
            return
        self._paint_door(painter, 587, _DOORS[587], theme.good, is_open=True)
        self._paint_door(painter, 25, _DOORS[25], theme.needy, is_open=False)

    def _paint_door(
        self, painter: QPainter, port: int, y: float, color: str, *, is_open: bool
    ) -> None:
        box = QRectF(_WALL - 26, y - 40, 52, 80)
        painter.setPen(QPen(QColor(color), 3))
        painter.setBrush(QColor(self._view.theme.paper))
        painter.drawRoundedRect(box, 5, 5)
        if not is_open:  # a bolt across it: color never speaks alone
            painter.drawLine(box.topLeft() + QPointF(8, 12), box.bottomRight() - QPointF(8, 12))
            painter.drawLine(box.topRight() + QPointF(-8, 12), box.bottomLeft() + QPointF(8, -12))
        font = self._view.type.font(12, bold=True)
        font.setPixelSize(19)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        label = QRectF(0, 0, metrics.horizontalAdvance(str(port)) + 10, metrics.height())
        label.moveCenter(QPointF(_WALL, box.top() - metrics.height() / 2 - 3))
        painter.fillRect(label, QColor(self._view.theme.paper))
        painter.drawText(label, int(Qt.AlignmentFlag.AlignCenter), str(port))

    def _paint_way(self, painter: QPainter, flow: Flow) -> None:
        theme = self._view.theme
        color = theme.needy if flow.spam else theme.accent
        style = Qt.PenStyle.DashLine if flow.spam else Qt.PenStyle.SolidLine
        painter.setPen(QPen(QColor(color), 3, style))
        points = self._points(flow)
        for start, end in itertools.pairwise(points):
            painter.drawLine(start, end)
        if flow.start not in _AT_HOME:
            middle = (points[0] + points[-1]) / 2
            painter.drawText(middle + QPointF(-34, 6), str(flow.port))

    def _paint_letter(self, painter: QPainter, flow: Flow) -> None:
        theme = self._view.theme
        way = self._way if flow is self.scene.shown[-1] else 1.0
        spot = _along(self._points(flow), way)
        box = QRectF(spot.x() - 17, spot.y() - 12, 34, 24)
        painter.setPen(QPen(QColor(theme.needy if flow.spam else theme.accent), 2.5))
        painter.setBrush(QColor(theme.needy_back if flow.spam else theme.card))
        painter.drawRect(box)
        painter.drawLine(box.topLeft(), box.center() + QPointF(0, 3))
        painter.drawLine(box.topRight(), box.center() + QPointF(0, 3))

    def _points(self, flow: Flow) -> list[QPointF]:
        """Where it comes by: from its actor, through a door of the home if it leaves one."""
        start, end = _PLACES[flow.start], _PLACES[flow.end]
        if flow.start not in _AT_HOME:
            return [start + QPointF(0, _ACTOR / 2 + 26), end - QPointF(0, _ACTOR / 2)]
        y = _DOORS[flow.port] if self.scene.managed else _OPEN_25
        if not flow.passes:
            return [start + QPointF(_ACTOR / 2, 0), QPointF(_WALL - 48, y)]
        door = QPointF(_WALL, y)
        return [start + QPointF(_ACTOR / 2, 0), door, end - QPointF(_ACTOR / 2, 0)]


def _along(points: list[QPointF], way: float) -> QPointF:
    """The point at this part of a way of several legs."""
    legs = len(points) - 1
    leg = min(int(way * legs), legs - 1)
    part = way * legs - leg
    return points[leg] + (points[leg + 1] - points[leg]) * part
