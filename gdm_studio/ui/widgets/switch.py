"""A switch: on or off, at once."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from gdm_studio.ui.look.theme import Theme

TRACK = QSize(36, 20)


class Switch(QAbstractButton):
    """Signals: `clicked(bool)` by people. Setter: `setChecked(bool)`. It is reached with Tab; Space turns it over."""

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
        tokens, painter = self._theme.tokens, QPainter(self)
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
