"""Generate button, which also shows the progress of a job, stops it, and resumes a paused one."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEasingCurve, QEvent, QRectF, QSize, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QColor, QFontMetrics, QLinearGradient, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets.icon_button import mark, mark_of, show_action
from gdm_studio.ui.widgets.shapes import antialiased_painter, paint_rounded_rect, round_path
from gdm_studio.ui.window_actions import GENERATE, PAUSE, STOP, resume_texts, shown_keys, with_keys

HEIGHT = 42
ADD = replace(GENERATE, label=QT_TRANSLATE_NOOP("Action", "Add to the queue"), tip="", icon="plus")
# Fraction of the dark colour in the remaining part of the progress, so that white text is readable on both parts.
WASH = 0.55
# Largest fraction of the width for the button `add` with a label.
WIDEST_ADD = 0.6
# Space before the buttons at the end, and on both sides of the text together.
BEFORE_ADD = 6
AROUND_WORDS = 24


class GenerateButton(QAbstractButton):
    """Large button of the Create page that starts, stops or resumes a job and shows its progress.

    It emits `generate()` if no job runs, `stop()` while a job runs, and `resume()` while the job is paused. During a
    job, it contains the button `add`, which emits `generate()` and shows the title of another purpose. During a pause,
    it contains the button `halt`, which emits `stop()`.
    """

    generate = Signal()
    stop = Signal()
    resume = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.running = self._is_paused = False
        # Title and tooltip of other purposes by owner; the newest one is shown.
        self._purposes: dict[object, tuple[str, str]] = {}
        # Title of the newest purpose, or "" for generating.
        self._title = ""
        self._hint = ""
        # Title and tooltip of the button `add`.
        self._add_action = ADD
        self._changes = ""
        self._share = 0.0
        self._detail = ""
        # Estimate of the next run, such as "about 40 s · 5.3 GB", or "" if it is unknown.
        self._estimate = ""
        self._is_stopping = False
        self._unavailable_reason = ""
        self._progress_animation = QVariantAnimation(self)
        self._progress_animation.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._progress_animation.valueChanged.connect(self._on_slide)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(self._on_click)
        theme.changed.connect(self.update)
        self.add = mark_of(theme, ADD.bind(self.generate.emit), side=30)
        self.halt = mark(theme, "x", with_keys(STOP.title, STOP.keys), side=30)
        for inner, icon in ((self.add, "plus"), (self.halt, "x")):
            inner.setParent(self)
            inner.setProperty("role", "on-action")
            inner.set_icon(icon, "on_accent")
            inner.setCursor(Qt.CursorShape.PointingHandCursor)
        self.halt.clicked.connect(self.stop)
        self.set_idle()

    def set_idle(self) -> None:
        """Show that no job is running, so that the next click on the button starts a generation."""
        self._progress_animation.stop()
        self.running = False
        self._is_stopping = False
        self._share = 0.0
        # Other purposes, such as saving an edited entry of the queue, take another time.
        self._detail = "" if self._title else self._estimate
        self.add.hide()
        self.halt.hide()
        title = self._title or GENERATE.title
        text = f"{title} · {self._detail}" if self._detail else title
        self._set_name(text, self._unavailable_reason or self._hint or GENERATE.tooltip)

    def set_estimate(self, text: str) -> None:
        """Show the estimated time and memory of the next run beside the button's title, or nothing for ""."""
        if text == self._estimate:
            return
        self._estimate = text
        if not self.running:
            self.set_idle()

    def set_purpose(self, owner: object, title: str, tooltip: str) -> None:
        """Replace the button's title and tooltip on behalf of `owner`, for example while a queue item is being edited.

        An empty title ends this.
        """
        self._purposes.pop(owner, None)
        if title:
            self._purposes[owner] = title, tooltip
        title, tooltip = next(reversed(self._purposes.values()), ("", ""))
        self._title = title
        self._hint = with_keys(tooltip, GENERATE.keys) if tooltip else ""
        self._add_action = replace(ADD, label=title, tip=tooltip) if title else ADD
        self._name_add()
        self.add.set_icon("check" if title else "plus", "on_accent")
        self._place_buttons()
        if not self.running:
            self.set_idle()

    def set_running(self, share: float, text: str) -> None:
        """Show the running job's progress: the finished fraction `share` (0 to 1), and a phrase such as "12 of 20 · 0.6
        s left".
        """
        fresh = not self.running
        self.add.show()
        self.running = True
        self._detail = text
        self._move_to(share, at_once=fresh or share < self._share)
        self._name_running()

    def set_paused(self, paused: bool) -> None:
        """Set whether the running job is paused, so that a click resumes the job instead of stopping it."""
        self._is_paused = paused
        if self.running:
            self._name_running()

    def set_changes(self, words: str) -> None:
        """Set the phrase about settings changed while the job is paused, or "" if none were changed."""
        self._changes = words
        if self.running:
            self._name_running()

    @property
    def continues_with_changes(self) -> bool:
        """True if a click, and so the keys of Generate, resume a paused job with changed settings."""
        return self.running and self._is_paused and bool(self._changes) and not self._is_stopping

    def set_starting(self) -> None:
        """Show that the click was noticed while the window is still starting."""
        self._set_name(self.tr("Starting…"), "")

    def set_stopping(self) -> None:
        """Show that the running job will stop after its current step."""
        self.running = self._is_stopping = True
        self.halt.hide()
        self._set_name(self.tr("Stopping…"), self.tr("The current step is being finished"))

    def set_available(self, available: bool, why: str = "") -> None:
        """Enable the button, or disable it with the reason `why` in its tooltip."""
        self.setEnabled(available)
        self._unavailable_reason = "" if available else why
        if not self.running:
            self.set_idle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_buttons()

    def _place_buttons(self) -> None:
        """Place the buttons `add` and `halt` at the right end. `add` shows its title if there is room for it beside the
        title of the Generate button.
        """
        self.add.set_text(self._title)
        wide = self.add.sizeHint().width()
        halt = self.halt.width() + 4 if self.halt.isVisibleTo(self) else 0
        own = QFontMetrics(self._theme.font(14, 600)).horizontalAdvance(self._action_text()) + AROUND_WORDS
        if wide > self.width() * WIDEST_ADD or own + BEFORE_ADD + halt + wide + 6 > self.width():
            self.add.set_text("")
        self.add.setFixedWidth(self.add.sizeHint().width() if self.add.text() else self.add.height())
        self.add.move(self.width() - self.add.width() - (HEIGHT - self.add.height()) // 2, 6)
        self.halt.move(self.add.x() - self.halt.width() - 4, 6)
        # The button's own text depends on the room that is left.
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, HEIGHT)

    def _name_running(self) -> None:
        if self._is_stopping:
            return
        self.halt.setVisible(self._is_paused)
        does, tip = resume_texts(self._changes) if self._is_paused else (STOP.title, "")
        keys = f"{PAUSE.keys}; {GENERATE.keys}" if self.continues_with_changes else PAUSE.keys
        tooltip = with_keys(tip, keys) if self._is_paused else STOP.tooltip
        detail = self._detail
        if self._is_paused:
            # Leave out "paused", the last part of the progress.
            detail = detail.rpartition(" · ")[0] or detail
        self._set_name(f"{does} · {detail}" if detail else does, tooltip)
        self._name_add()

    def _name_add(self) -> None:
        """Name the button `add`, without the keys of Generate while these resume the job."""
        show_action(self.add, self._add_action.keyless if self.continues_with_changes else self._add_action)

    def _action_text(self) -> str:
        """Return the button's text without the progress."""
        return self.text().partition(" · ")[0]

    def _set_name(self, text: str, tooltip: str) -> None:
        before = self._action_text()
        self.setText(text)
        if self._action_text() != before:
            self._place_buttons()
        self.setAccessibleName(self._action_text().rstrip("…") if self.running else self._action_text())
        self.setAccessibleDescription(self._detail)
        self.setToolTip(tooltip)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ignore the second press, which would stop the job that the first one started."""

    def _on_click(self) -> None:
        if not self.running:
            self.generate.emit()
        elif not self._is_stopping:
            (self.resume if self._is_paused else self.stop).emit()

    def _move_to(self, share: float, *, at_once: bool) -> None:
        # Sliding costs more than it shows if the next step is finished before the slide.
        is_fast = self._progress_animation.state() == QVariantAnimation.State.Running
        time = 0 if at_once or is_fast else self._theme.duration(120)
        self._progress_animation.stop()
        if time == 0:
            self._share = share
            return
        self._progress_animation.setDuration(time)
        self._progress_animation.setStartValue(self._share)
        self._progress_animation.setEndValue(float(share))
        self._progress_animation.start()

    def _on_slide(self, share: float) -> None:
        """Repaint the part of the button between the previous and the new progress `share` during the animation."""
        before, now = sorted((int(self.width() * self._share), int(self.width() * share)))
        self._share = share
        if before < now:
            self.update(before, 0, now - before + 1, self.height())

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.HoverEnter, QEvent.Type.HoverLeave, QEvent.Type.EnabledChange):
            self.update()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
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
            paint_rounded_rect(
                painter, rect.adjusted(2.5, 2.5, -2.5, -2.5), 8, line=self._theme.colour("text"), width=1.5
            )

    def _paint_progress(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the job's finished fraction in full colour, the rest darker, and the text on top."""
        cut = rect.width() * self._share
        for left, right, wash in ((0.0, cut, 0.0), (cut, rect.width(), WASH)):
            painter.save()
            painter.setClipRect(QRectF(left, 0, right - left, rect.height()), Qt.ClipOperation.IntersectClip)
            self._paint_ground(painter, rect, wash=wash)
            painter.restore()
        divider = (self.halt if self.halt.isVisibleTo(self) else self.add).x() - BEFORE_ADD
        colour = self._theme.colour("on_accent")
        colour.setAlphaF(0.25)
        painter.setPen(QPen(colour, 1))
        painter.drawLine(divider, 11, divider, HEIGHT - 11)
        self._paint_words(painter, rect.adjusted(0, 0, divider - rect.width(), 0), "on_accent")

    def _paint_ground(self, painter: QPainter, rect: QRectF, *, wash: float) -> None:
        tokens = self._theme.tokens
        if not self.isEnabled() and not self.running:
            painter.fillRect(rect, QColor(tokens.raised))
            return
        gradient = QLinearGradient(rect.topLeft(), rect.topRight())
        gradient.setColorAt(0, _mix(tokens.action, tokens.deep, wash))
        gradient.setColorAt(1, _mix(tokens.action2, tokens.deep, wash))
        painter.fillRect(rect, gradient)
        if self.isDown():
            painter.fillRect(rect, QColor(0, 0, 0, 34))
        elif self.underMouse() and not self._is_stopping:
            # Darker, since a lighter ground would be too light for the white text.
            painter.fillRect(rect, QColor(0, 0, 0, 16))

    def words_in(self, room: int) -> str:
        """Return as much of the button's text as fits in `room` logical pixels. The action is never left out, and of a
        run's progress the time left is left out last.
        """
        metrics = QFontMetrics(self._theme.font(14, 600))
        action, *details = self.text().split(" · ")
        choices = [self.text()]
        if self.running and details:
            choices.append(f"{action} · {details[-1]}")
        fitting = (words for words in choices if metrics.horizontalAdvance(words) <= room)
        return next(fitting, "") or metrics.elidedText(self._action_text(), Qt.TextElideMode.ElideRight, room)

    def _paint_words(self, painter: QPainter, rect: QRectF, token: str) -> None:
        strong = self._theme.font(14, 600)
        small = self._theme.font(11, 500)
        starts = not self.running or self.continues_with_changes
        action = GENERATE if starts else PAUSE if self._is_paused else STOP
        hint = "" if self._is_stopping or not self.isEnabled() else shown_keys(action.keys)[0]
        room = int(rect.width()) - AROUND_WORDS
        words = self.words_in(room)
        wide = QFontMetrics(strong).horizontalAdvance(words)
        extra = QFontMetrics(small).horizontalAdvance(hint)
        if wide + extra + 34 > rect.width():
            hint = ""
            extra = 0
        left = (rect.width() - wide - (extra + 10 if hint else 0)) / 2
        colour = self._theme.colour(token)
        painter.setPen(colour)
        painter.setFont(strong)
        painter.drawText(rect.adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, words)
        painter.setFont(small)
        painter.drawText(rect.adjusted(left + wide + 10, 1, 0, 0), Qt.AlignmentFlag.AlignVCenter, hint)


def _mix(colour: str, ground: str, share: float) -> QColor:
    """Return a colour between `colour` (at `share` 0) and `ground` (at `share` 1) by linear interpolation."""
    parts = zip(QColor(colour).getRgb()[:3], QColor(ground).getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(own + (other - own) * share) for own, other in parts))
