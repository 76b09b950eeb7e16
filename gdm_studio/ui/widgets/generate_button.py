"""The one obvious button: Generate, which while a run goes on is its progress and its Stop, and Resume in a pause."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEasingCurve, QEvent, QRectF, QSize, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QColor, QFontMetrics, QLinearGradient, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from gdm_studio.ui.actions import GENERATE, PAUSE, STOP, going_on, said, shown_keys
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets.icon_button import mark, mark_of, show_action
from gdm_studio.ui.widgets.painting import round_path, rounded, smooth

HEIGHT = 42
ADD = replace(GENERATE, label="Add to the queue", tip="", icon="plus")
WASH = 0.55  # how far the part still to make goes into the dark, so that the same words stand on both


class GenerateButton(QAbstractButton):
    """Signals: `generate()`, by its `add` too, which is there while something runs, and `stop()`, while paused by its
    `halt`; then it is `resume()` itself.

    Setters: `set_purpose(owner, title, tooltip)` for what it does instead, `set_idle()`, `set_running(share, text)`
    with share 0 … 1 and text like "12 of 20 · 0.6 s left", `set_paused(bool)`, `set_changes(words)` that going on
    takes up, `set_stopping()`, `set_available(yes, why)`. Reader: `running`.
    """

    generate = Signal()
    stop = Signal()
    resume = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.running = self._paused = False
        self._purposes: dict[object, tuple[str, str]] = {}  # (title, hint) of what it is for, the latest counts
        self._title = self._hint = self._changes = ""  # of the one that counts; "" for generating
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
        self.add = mark_of(theme, ADD.does(self.generate.emit), side=30)
        self.add.setParent(self)
        self.add.set_icon("plus", "on_accent")
        self.add.setCursor(Qt.CursorShape.PointingHandCursor)
        self.halt = mark(theme, "x", said("Stop", STOP.keys), side=30)
        self.halt.setParent(self)
        self.halt.set_icon("x", "on_accent")
        self.halt.setCursor(Qt.CursorShape.PointingHandCursor)
        self.halt.clicked.connect(self.stop)
        self.set_idle()

    def set_idle(self) -> None:
        """Ready for the next run."""
        self._slide.stop()
        self.running, self._stopping, self._share, self._detail = False, False, 0.0, ""
        self.add.hide()
        self.halt.hide()
        self._name_it(self._title or GENERATE.label, self._why or self._hint or GENERATE.tooltip)

    def set_purpose(self, owner: object, title: str, tooltip: str) -> None:
        """What it is for, as `owner` has it; "" for making pictures."""
        self._purposes.pop(owner, None)
        if title:
            self._purposes[owner] = title, tooltip
        title, tooltip = next(reversed(self._purposes.values()), ("", ""))
        self._title, self._hint = title, said(tooltip, GENERATE.keys) if tooltip else ""
        show_action(self.add, replace(ADD, label=title, tip=tooltip) if title else ADD)
        self.add.set_icon("check" if title else "plus", "on_accent")
        if not self.running:
            self.set_idle()

    def set_running(self, share: float, text: str) -> None:
        """Progress of the run, as a share and in words."""
        fresh = not self.running
        self.add.show()
        self.running, self._detail = True, text
        self._move_to(share, at_once=fresh or share < self._share)
        self._name_running()

    def set_paused(self, paused: bool) -> None:
        """Whether the run waits, so that going on is what is next."""
        self._paused = paused
        if self.running:
            self._name_running()

    def set_changes(self, words: str) -> None:
        """What was changed while paused, that going on takes up; "" for nothing."""
        self._changes = words
        if self.running:
            self._name_running()

    def set_stopping(self) -> None:
        """Says at once that Stop has been heard."""
        self.running = self._stopping = True
        self.halt.hide()
        self._name_it("Stopping…", "The step under way is being finished")

    def set_available(self, available: bool, why: str = "") -> None:
        """Whether there is anything to generate with; `why` not is told in the tooltip."""
        self.setEnabled(available)
        self._why = "" if available else why
        if not self.running:
            self.set_idle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.add.move(self.width() - self.add.width() - (HEIGHT - self.add.height()) // 2, 6)
        self.halt.move(self.add.x() - self.halt.width() - 4, 6)

    def sizeHint(self) -> QSize:
        return QSize(200, HEIGHT)

    def _name_running(self) -> None:
        if self._stopping:
            return
        self.halt.setVisible(self._paused)
        does, tip = going_on(self._changes) if self._paused else (STOP.label, "")
        tooltip = said(tip, PAUSE.keys) if self._paused else STOP.tooltip
        self._name_it(f"{does} · {self._detail.removesuffix(' · paused')}" if self._detail else does, tooltip)

    def _name_it(self, text: str, tooltip: str) -> None:
        self.setText(text)
        self.setAccessibleName(text.partition(" · ")[0].rstrip("…") if self.running else text)
        self.setAccessibleDescription(self._detail)
        self.setToolTip(tooltip)
        self.update()

    def _on_click(self) -> None:
        if not self.running:
            self.generate.emit()
        elif not self._stopping:
            (self.resume if self._paused else self.stop).emit()

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
        painter = smooth(self)
        rect = QRectF(self.rect())
        shape = round_path(rect, 10)
        painter.setClipPath(shape)
        if self.running:
            self._paint_progress(painter, rect)
        else:
            self._paint_ground(painter, rect, wash=0.0)
            self._paint_words(painter, rect, "on_accent" if self.isEnabled() else "faint")
        painter.setClipping(False)
        if self.hasFocus():
            rounded(painter, rect.adjusted(2.5, 2.5, -2.5, -2.5), 8, line=self._theme.colour("text"), width=1.5)

    def _paint_progress(self, painter: QPainter, rect: QRectF) -> None:
        """What is made in full colour; what is still to make deep, under the same words."""
        cut = rect.width() * self._share
        for left, right, wash in ((0.0, cut, 0.0), (cut, rect.width(), WASH)):
            painter.save()
            painter.setClipRect(QRectF(left, 0, right - left, rect.height()), Qt.ClipOperation.IntersectClip)
            self._paint_ground(painter, rect, wash=wash)
            painter.restore()
        between = (self.halt if self.halt.isVisibleTo(self) else self.add).x() - 6
        colour = self._theme.colour("on_accent")
        colour.setAlphaF(0.25)
        painter.setPen(QPen(colour, 1))
        painter.drawLine(between, 11, between, HEIGHT - 11)
        self._paint_words(painter, rect.adjusted(0, 0, between - rect.width(), 0), "on_accent")

    def _paint_ground(self, painter: QPainter, rect: QRectF, *, wash: float) -> None:
        tokens = self._theme.tokens
        if not self.isEnabled() and not self.running:
            painter.fillRect(rect, QColor(tokens.raised))
            return
        gradient = QLinearGradient(rect.topLeft(), rect.topRight())
        gradient.setColorAt(0, _mixed(tokens.action, tokens.deep, wash))
        gradient.setColorAt(1, _mixed(tokens.action2, tokens.deep, wash))
        painter.fillRect(rect, gradient)
        if self.isDown():
            painter.fillRect(rect, QColor(0, 0, 0, 34))
        elif self.underMouse() and not self._stopping:
            painter.fillRect(rect, QColor(255, 255, 255, 22))

    def _paint_words(self, painter: QPainter, rect: QRectF, token: str) -> None:
        strong, small = self._theme.font(14, 600), self._theme.font(11, 500)
        action = (PAUSE if self._paused else STOP) if self.running else GENERATE
        hint = "" if self._stopping or not self.isEnabled() else shown_keys(action.keys)[0]
        room, words = int(rect.width()) - 24, self.text()
        if QFontMetrics(strong).horizontalAdvance(words) > room:  # what it does counts, and how far it is stands above
            words = words.partition(" · ")[0]
        words = QFontMetrics(strong).elidedText(words, Qt.TextElideMode.ElideRight, room)
        wide, extra = (QFontMetrics(strong).horizontalAdvance(words), QFontMetrics(small).horizontalAdvance(hint))
        if wide + extra + 34 > rect.width():
            hint, extra = "", 0
        left = (rect.width() - wide - (extra + 10 if hint else 0)) / 2
        colour = self._theme.colour(token)
        painter.setPen(colour)
        painter.setFont(strong)
        painter.drawText(rect.adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, words)
        painter.setFont(small)
        painter.drawText(rect.adjusted(left + wide + 10, 1, 0, 0), Qt.AlignmentFlag.AlignVCenter, hint)


def _mixed(colour: str, ground: str, share: float) -> QColor:
    """A colour with so large a share of its ground in it."""
    parts = zip(QColor(colour).getRgb()[:3], QColor(ground).getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(own + (other - own) * share) for own, other in parts))
