"""A box that is ticked or not, with words beside it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from gdm_studio.ui.look import icons
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets.painting import rounded

BOX, AIR = 18, 9


class Tick(QAbstractButton):
    """Signals: `toggled(bool)`. It is reached with Tab; Space turns it over."""

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
        tokens, painter = self._theme.tokens, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(0.5, (self.height() - BOX) / 2 + 0.5, BOX - 1, BOX - 1)
        ticked, lit = self.isChecked() and self.isEnabled(), self.hasFocus() or self.isChecked() and self.isEnabled()
        line = tokens.accent if lit else tokens.muted if self.underMouse() else tokens.edge
        rounded(painter, box, 5, ground=QColor(tokens.accent if ticked else tokens.raised), line=QColor(line))
        if self.isChecked():
            mark = QColor("#10131a" if self._theme.dark else "#ffffff") if ticked else QColor(tokens.faint)
            icons.paint(painter, box.adjusted(2, 2, -2, -2), "check", mark)
        painter.setPen(QColor(tokens.text if self.isEnabled() else tokens.faint))
        painter.setFont(self._theme.font(12))
        painter.drawText(self.rect().adjusted(BOX + AIR, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())
