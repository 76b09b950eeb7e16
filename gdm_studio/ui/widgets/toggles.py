"""On/off controls: a switch, and a check box with a label."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from gdm_studio.ui.theme import icons
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets.shapes import paint_rounded_rect

# Size of a switch.
TRACK = QSize(36, 20)
# Side of the box of a check box, and its distance from the text.
BOX = 18
AIR = 9


class Switch(QAbstractButton):
    """Button drawn as an on/off switch, which emits `clicked(on)` for user input."""

    def __init__(self, theme: Theme, *, name: str, tooltip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setCheckable(True)
        self.setAccessibleName(name)
        self.setToolTip(tooltip)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(TRACK.width() + 6, TRACK.height() + 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(3.5, 3.5, TRACK.width() - 1, TRACK.height() - 1)
        on = self.isChecked() and self.isEnabled()
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.accent), 1.5))
            painter.drawRoundedRect(track.adjusted(-2.5, -2.5, 2.5, 2.5), 12, 12)
        painter.setPen(QPen(QColor(tokens.accent if on else tokens.muted if self.underMouse() else tokens.edge), 1))
        painter.setBrush(QColor(tokens.accent if on else tokens.raised))
        painter.drawRoundedRect(track, 9.5, 9.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#ffffff" if on else tokens.muted))
        painter.drawEllipse(QPointF(track.right() - 9.5 if on else track.left() + 9.5, track.center().y()), 6.5, 6.5)


class CheckBox(QAbstractButton):
    """Check box with a label, painted in the theme's colours. It emits `toggled(checked)`."""

    def __init__(self, theme: Theme, text: str, *, tooltip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setText(text)
        self.setCheckable(True)
        self.setToolTip(tooltip)
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(BOX + AIR + QFontMetrics(self._theme.font(12)).horizontalAdvance(self.text()) + 2, BOX + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(0.5, (self.height() - BOX) / 2 + 0.5, BOX - 1, BOX - 1)
        ticked = self.isChecked() and self.isEnabled()
        lit = self.hasFocus() or self.isChecked() and self.isEnabled()
        line = tokens.accent if lit else tokens.muted if self.underMouse() else tokens.edge
        paint_rounded_rect(
            painter, box, 5, ground=QColor(tokens.accent if ticked else tokens.raised), line=QColor(line)
        )
        if self.isChecked():
            mark = QColor("#10131a" if self._theme.dark else "#ffffff") if ticked else QColor(tokens.faint)
            icons.paint(painter, box.adjusted(2, 2, -2, -2), "check", mark)
        painter.setPen(QColor(tokens.text if self.isEnabled() else tokens.faint))
        painter.setFont(self._theme.font(12))
        painter.drawText(self.rect().adjusted(BOX + AIR, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())
