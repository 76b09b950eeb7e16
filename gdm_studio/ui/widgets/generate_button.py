"""The one obvious button: Generate, which while a run goes on is its progress and its Stop."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QEvent, QRectF, QSize, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QColor, QFontMetrics, QLinearGradient, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from gdm_studio.ui.theme import Theme

HEIGHT = 42


class GenerateButton(QAbstractButton):
    """Signals: `generate()`, `stop()`.

    Setters: `set_idle()`, `set_running(share, text)` with share 0 … 1 and text like "12 of 20 · 0.6 s left",
    `set_stopping()`, `set_available(yes, why)`. Reader: `running`.
    """

    generate = Signal()
    stop = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.running = False
        self._share, self._detail, self._stopping, self._why = 0.0, "", False, ""
        self._slide = QVariantAnimation(self)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._slide.valueChanged.connect(self._on_slide)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(self._on_click)
        theme.changed.connect(self.update)
        self.set_idle()

    def set_idle(self) -> None:
        """Ready for the next run."""
        self._slide.stop()
        self.running, self._stopping, self._share, self._detail = False, False, 0.0, ""
        self._name_it("Generate", self._why or "Make the picture (Ctrl+Enter)")

    def set_running(self, share: float, text: str) -> None:
        """Progress of the run, as a share and in words."""
        fresh = not self.running
        self.running, self._detail = True, text
        self._move_to(share, at_once=fresh or share < self._share)
        if not self._stopping:
            self._name_it(f"Stop · {text}" if text else "Stop", "Stop after this step (Esc)")

    def set_stopping(self) -> None:
        """Says at once that Stop has been heard."""
        self.running = self._stopping = True
        self._name_it("Stopping…", "The step under way is being finished")

    def set_available(self, available: bool, why: str = "") -> None:
        """Whether there is anything to generate with; `why` not is told in the tooltip."""
        self.setEnabled(available)
        self._why = "" if available else why
        if not self.running:
            self.set_idle()

    def sizeHint(self) -> QSize:
        return QSize(200, HEIGHT)

    def _name_it(self, text: str, tooltip: str) -> None:
        self.setText(text)
        self.setAccessibleName("Stop" if self.running else "Generate")
        self.setAccessibleDescription(self._detail)
        self.setToolTip(tooltip)
        self.update()

    def _on_click(self) -> None:
        if not self.running:
            self.generate.emit()
        elif not self._stopping:
            self.stop.emit()

    def _move_to(self, share: float, *, at_once: bool) -> None:
        time = 0 if at_once else self._theme.duration(120)
        self._slide.stop()
        if time == 0:
            self._share = share
            return
        self._slide.setDuration(time)
        self._slide.setStartValue(self._share)
        self._slide.setEndValue(float(share))
        self._slide.start()

    def _on_slide(self, share: float) -> None:
        self._share = share
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.HoverEnter, QEvent.Type.HoverLeave, QEvent.Type.EnabledChange):
            self.update()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        shape = QPainterPath()
        shape.addRoundedRect(rect, 10, 10)
        painter.setClipPath(shape)
        self._paint_ground(painter, rect)
        self._paint_words(painter, rect)
        painter.setClipping(False)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.colour("text"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(2.5, 2.5, -2.5, -2.5), 8, 8)

    def _paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        tokens = self._theme.tokens
        if not self.isEnabled() and not self.running:
            painter.fillRect(rect, QColor(tokens.raised))
            return
        gradient = QLinearGradient(rect.topLeft(), rect.topRight())
        gradient.setColorAt(0, QColor(tokens.action))
        gradient.setColorAt(1, QColor(tokens.action2))
        painter.fillRect(rect, gradient)
        if self.running:
            rest = rect.adjusted(rect.width() * self._share, 0, 0, 0)
            painter.fillRect(rest, QColor(10, 12, 20, 105))
        if self.isDown():
            painter.fillRect(rect, QColor(0, 0, 0, 34))
        elif self.underMouse() and not self._stopping:
            painter.fillRect(rect, QColor(255, 255, 255, 22))

    def _paint_words(self, painter: QPainter, rect: QRectF) -> None:
        strong, small = self._theme.font(14, 600), self._theme.font(11, 500)
        hint = "" if self._stopping or not self.isEnabled() else "Esc" if self.running else "Ctrl+Enter"
        words = QFontMetrics(strong).elidedText(self.text(), Qt.TextElideMode.ElideRight, int(rect.width()) - 24)
        wide, extra = (
            QFontMetrics(strong).horizontalAdvance(words),
            QFontMetrics(small).horizontalAdvance(hint),
        )
        if wide + extra + 34 > rect.width():
            hint, extra = "", 0
        left = (rect.width() - wide - (extra + 10 if hint else 0)) / 2
        colour = self._theme.colour("on_accent" if self.isEnabled() or self.running else "faint")
        painter.setPen(colour)
        painter.setFont(strong)
        painter.drawText(rect.adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, words)
        colour.setAlphaF(0.8)
        painter.setPen(colour)
        painter.setFont(small)
        painter.drawText(rect.adjusted(left + wide + 10, 1, 0, 0), Qt.AlignmentFlag.AlignVCenter, hint)
