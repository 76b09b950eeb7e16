"""Notices: short, non-blocking messages over a page with at most two buttons."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget
from shiboken6 import isValid

from gdm_studio.common.text_safety import shorten, shorten_values
from gdm_studio.ui.theme.icons import pixmap
from gdm_studio.ui.theme.roles import announce
from gdm_studio.ui.theme.safe_text import plain
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets.icon_button import mark
from gdm_studio.ui.widgets.keys import OnEscape
from gdm_studio.ui.widgets.labels import wrapped
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.window_actions import with_keys

KINDS = {
    "info": ("info", "accent"),
    "error": ("circle-alert", "danger"),
    "success": ("circle-check", "ok"),
    "warning": ("triangle-alert", "warning"),
}
MOVED = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide)
# Sizes and distances in logical pixels.
WIDTH = 440
LEAST_WIDTH = 280
LEAST_HEIGHT = 46
EDGE = 12
GAP = 8
MOST = 2
# characters
LONGEST_TITLE = 160
LONGEST_TEXT = 600
# Largest share of the area's height that several notices cover.
SHARE = 0.45
DEFAULT_SECONDS = 5.0


class Notice(QFrame):
    """Message box at the bottom of a page with a title, a message, and buttons for an action and to undo something.

    It emits `dismissed()` when the user closes it, and `expired()` when its time is over.
    """

    dismissed = Signal()
    expired = Signal()

    def __init__(
        self,
        theme: Theme,
        title: str,
        text: str,
        *,
        kind: str,
        action: str,
        on_action: Callable[[], object] | None,
        on_undo: Callable[[], object] | None,
        is_pinned: bool,
        lasts: bool,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.title = title
        self.text = text
        self.kind = kind
        self.action = action
        self.on_action = on_action
        self.on_undo = on_undo
        # True if the notice has no time limit and makes room only for another one without a time limit.
        self.is_pinned = is_pinned
        # True if the notice is kept as unread when it leaves the page without the user.
        self.lasts = lasts or kind == "error"
        self._theme = theme
        self.setProperty("role", "notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(plain(f"{shorten(title, LONGEST_TITLE)}. {text}"))
        self._mark = QLabel()
        self._close_button = mark(theme, "x", with_keys(self.tr("Dismiss"), "Esc"), size=14)
        self._close_button.clicked.connect(self.dismiss)
        OnEscape(self, self.dismiss)
        self._button = self._create_button(action, lambda: self.on_action)
        self._undo_button = self._create_button(self.tr("Undo"), lambda: self.on_undo)
        self._undo_button.setVisible(on_undo is not None)
        self._lay_out()
        theme.changed.connect(self._recolour)
        self._recolour()

    def dismiss(self) -> None:
        """Request that the notice be closed, by emitting `dismissed`."""
        self.dismissed.emit()

    def take_focus(self) -> None:
        """Move the keyboard focus to the notice, so that Escape closes it."""
        self._close_button.setFocus(Qt.FocusReason.PopupFocusReason)

    def expire_after(self, milliseconds: int) -> None:
        """Emit `expired` after a time in milliseconds, or later if the notice has the keyboard focus then."""
        QTimer.singleShot(milliseconds, self, lambda: self._expire(milliseconds))

    def _expire(self, milliseconds: int) -> None:
        if self.isAncestorOf(self.window().focusWidget()):
            self.expire_after(milliseconds)
        else:
            self.expired.emit()

    def _create_button(self, text: str, find: Callable[[], Callable[[], object] | None]) -> QPushButton:
        """Create a button that closes the notice and calls the function that `find` returns, if any."""
        button = QPushButton(text, self)
        button.setProperty("role", "link")
        # A click does not move the focus.
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(text)
        button.clicked.connect(lambda: self._on_button(find()))
        return button

    def _on_button(self, callback: Callable[[], object] | None) -> None:
        self.dismiss()
        if callback is not None:
            callback()

    def _recolour(self) -> None:
        name, colour = KINDS[self.kind]
        self._mark.setPixmap(pixmap(self._theme, name, 18, colour, self.devicePixelRatioF()))

    def _lay_out(self) -> None:
        title = wrapped(shorten(self.title, LONGEST_TITLE), "strong")
        text = wrapped(self.text, selectable=True)
        lines = stacked(title, text, spacing=2)
        beside: tuple[QWidget, ...] = (self._button,)
        if self.on_undo is not None:
            # Two buttons beside the text would leave it a narrow column.
            lines.addLayout(in_row(..., self._button, self._undo_button, spacing=4))
            beside = ()
        level = Qt.AlignmentFlag.AlignTop if self.text else Qt.AlignmentFlag.AlignVCenter
        in_row(
            (self._mark, 0, level),
            (lines, 1),
            *((button, 0, Qt.AlignmentFlag.AlignVCenter) for button in beside),
            (self._close_button, 0, level),
            on=self,
            margins=(14, 11, 9, 11),
            spacing=10,
        )
        text.setVisible(bool(self.text))
        self._button.setVisible(bool(self._button.text()))


class Notices(QObject):
    """Stack of notices at the bottom edge of the widget `parent`, from which the oldest is removed if space runs out.

    A notice without a time limit is removed only in favour of another one. `area()` returns the rectangle of the parent
    that may be covered, by default all of it, and `bar()` that of a bar across it that stays visible. An error, or
    another notice that lasts, is emitted as `unread(notice)` if it is removed because its time is over or other notices
    need its place. `covered(int)` is emitted with the height that the notices take at the bottom edge of the area.
    """

    unread = Signal(object)
    covered = Signal(int)

    def __init__(
        self,
        theme: Theme,
        parent: QWidget,
        *,
        area: Callable[[], QRect] | None = None,
        bar: Callable[[], QRect] = QRect,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._parent = parent
        self._area = area or parent.rect
        self._bar = bar
        self.shown: list[Notice] = []
        self._panel: QWidget | None = None
        self._covered_height = 0
        parent.installEventFilter(self)

    def make_room(self, content: QWidget) -> None:
        """End the content of the widget `content` above the notices. Its bottom edge is that of the notices' area."""
        self.covered.connect(lambda height: content.setContentsMargins(0, 0, 0, height))
        content.setContentsMargins(0, 0, 0, self._covered_height)

    def give_way(self, panel: QWidget) -> None:
        """Move the notices beside the widget `panel` whenever they would cover it, if there is enough space."""
        self._panel = panel
        panel.installEventFilter(self)

    def show_notice(
        self,
        title: str,
        text: str = "",
        *,
        kind: str = "info",
        action: str = "",
        on_action: Callable[[], object] | None = None,
        on_undo: Callable[[], object] | None = None,
        seconds: float = DEFAULT_SECONDS,
        lasts: bool = False,
    ) -> Notice:
        """Show a notice for `seconds`, or until the user dismisses it if `seconds` is 0.

        An identical notice is replaced. A notice with the keyboard focus is shown longer. A notice that `lasts` is
        emitted as `unread` if it leaves the page without the user.
        """
        text = shorten_values(text, LONGEST_TEXT)
        for old in [old for old in self.shown if (old.title, old.text) == (title, text)]:
            self._remove(old)
        excess = max(len(self.shown) + 1 - MOST, 0)
        for old in self._removable_notices(self.shown, newest_is_pinned=not seconds)[:excess]:
            self._remove_unread(old)
        notice = Notice(
            self._theme,
            title,
            text,
            kind=kind,
            action=action,
            on_action=on_action,
            on_undo=on_undo,
            is_pinned=not seconds,
            lasts=lasts,
            parent=self._parent,
        )
        notice.dismissed.connect(lambda: self._remove(notice))
        notice.expired.connect(lambda: self._remove_unread(notice))
        self.shown.append(notice)
        if seconds:
            notice.expire_after(int(seconds * 1000))
        notice.show()
        self.place()
        announce(notice, notice.accessibleName())
        return notice

    def set_offers_aside(self) -> None:
        """Remove the notices that last and are no errors, and emit them as `unread`."""
        for notice in [notice for notice in self.shown if notice.lasts and notice.kind != "error"]:
            self._remove_unread(notice)

    def withdraw(self, title: str, text: str = "") -> None:
        """Remove all notices with this title, for example after their problem was solved. If `text` is given,
        only notices that also show this text are removed.
        """
        for notice in [notice for notice in self.shown if notice.title == title and text in ("", notice.text)]:
            self._remove(notice)

    def clear(self, *kinds: str) -> None:
        """Remove all notices or, if kinds such as "success" are given, only notices of these kinds that do not last.
        Errors always last.
        """
        for notice in [notice for notice in self.shown if not kinds or (notice.kind in kinds and not notice.lasts)]:
            self._remove(notice)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # An object that is being destroyed may have lost its attributes.
        kinds = MOVED if watched is vars(self).get("_panel") else MOVED[:1]
        if event.type() in kinds and isValid(watched):
            self.place()
        return super().eventFilter(watched, event)

    def _remove_unread(self, notice: Notice) -> None:
        """Remove a notice that the user may not have read. Do nothing if it is no longer shown."""
        if notice not in self.shown:
            return
        self._remove(notice)
        if notice.lasts:
            self.unread.emit(notice)

    def _remove(self, notice: Notice) -> None:
        if notice in self.shown:
            self.shown.remove(notice)
            if notice.isAncestorOf(notice.window().focusWidget()):
                # Otherwise Qt would move the focus to another widget, which the user would not notice.
                self._parent.setFocus()
            notice.hide()
            notice.deleteLater()
            self.place()

    def place(self) -> None:
        """Move the visible notices to the bottom edge of their area, with the newest one lowest."""
        area = self._area()
        boxes = self._notice_rects(area)
        if boxes and self._panel is not None and self._panel.isVisible():
            panel = QRect(self._parent.mapFromGlobal(self._panel.mapToGlobal(QPoint())), self._panel.size())
            beside = panel.left() - area.left()
            if beside > LEAST_WIDTH and any(panel.intersects(box) for box in boxes):
                boxes = self._notice_rects(QRect(area.left(), area.top(), min(area.width(), beside), area.height()))
        for notice, box in zip(self.shown, boxes, strict=True):
            notice.setGeometry(box)
            notice.raise_()
        height = area.bottom() + 1 - boxes[0].top() if boxes else 0
        if height != self._covered_height:
            self._covered_height = height
            self.covered.emit(height)
        if sum(box.height() + GAP for box in boxes) > SHARE * area.height():
            # Notices that last stay, because of the remedy or offer of their button.
            older = [notice for notice in self.shown[:-1] if not notice.lasts]
            for notice in self._removable_notices(older, newest_is_pinned=self.shown[-1].is_pinned)[:1]:
                self._remove(notice)

    def _removable_notices(self, notices: list[Notice], *, newest_is_pinned: bool) -> list[Notice]:
        """Return the notices that may make room for the newest one, in the order in which they do: before others,
        notices with a time limit, and of these, notices that do not last. Older notices come first.
        """
        candidates = [notice for notice in notices if newest_is_pinned or not notice.is_pinned]
        return sorted(candidates, key=lambda notice: (notice.is_pinned, notice.lasts))

    def _notice_rects(self, area: QRect) -> list[QRect]:
        """Return the visible notices' rectangles in `area`, from top to bottom."""
        width = min(WIDTH, area.width() - 2 * EDGE)
        left = area.left() + (area.width() - width) // 2
        bottom = area.bottom() + 1 - EDGE
        bar = self._bar()
        boxes: list[QRect] = []
        for notice in reversed(self.shown):
            wrapped = notice.heightForWidth(width)
            height = max(wrapped if wrapped > 0 else notice.sizeHint().height(), LEAST_HEIGHT)
            if QRect(left, bottom - height, width, height).intersects(bar):
                bottom = min(bottom, bar.top())
            boxes.insert(0, QRect(left, bottom - height, width, height))
            bottom -= height + GAP
        return boxes
