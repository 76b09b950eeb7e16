"""Notices: short, non-blocking messages over a page with at most two buttons."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtWidgets import QAbstractButton, QFrame, QLabel, QPushButton, QWidget
from shiboken6 import isValid

from gdm_studio.common.text_safety import shorten, shorten_values
from gdm_studio.ui.theme.icons import pixmap
from gdm_studio.ui.theme.roles import announce
from gdm_studio.ui.theme.safe_text import plain
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets.icon_button import mark
from gdm_studio.ui.widgets.keys import OnEscape
from gdm_studio.ui.widgets.labels import ElidedLabel, wrapped
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
WIDTH = 760
LEAST_WIDTH = 280
HEIGHT = 46
EDGE = 6
GAP = 8
# Height of the strip that a view with pictures everywhere keeps free for notices.
STRIP_HEIGHT = HEIGHT + 2 * EDGE
MOST = 2
# Width of the strip from which two notices are side by side. In a narrower one, the newest is in front.
TWO_FROM_WIDTH = 880
# characters
LONGEST_TITLE = 160
LONGEST_TEXT = 600
DEFAULT_SECONDS = 5.0
# Space between the parts of a notice and around them (left, top, right, bottom).
SPACING = 8
MARGINS = (14, 4, 9, 4)
# Least width of a message beside its buttons, which are otherwise below the whole message.
LEAST_TEXT = 90


class Notice(QFrame):
    """Message box at the bottom of a page with a title, a message, and buttons for an action and to undo something.

    A message that is too long for one row ends with an ellipsis and has a button that shows all of it, with the buttons
    below it. It emits `dismissed()` when the user closes it, `expired()` when its time is over, and `unfolded()` when
    the user shows all of it.
    """

    dismissed = Signal()
    expired = Signal()
    unfolded = Signal()

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
        # True if the user has to read it or can act on it before its time is over.
        self.needs_user = kind == "error" or on_action is not None or on_undo is not None
        # True while the whole message is shown.
        self.is_unfolded = False
        self._theme = theme
        self.setProperty("role", "notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(plain(f"{shorten(title, LONGEST_TITLE)}. {text}"))
        self._mark = QLabel()
        self._close_button = mark(theme, "x", with_keys(self.tr("Dismiss"), "Esc"), size=14)
        self._close_button.clicked.connect(self.dismiss)
        OnEscape(self, self.dismiss)
        undo = self.tr("Undo") if on_undo is not None else ""
        self._button = self._create_button(action, lambda: self.on_action)
        self._buttons = (self._button, self._create_button(undo, lambda: self.on_undo))
        self._more_button = mark(theme, "chevron-up", self.tr("Show the whole message"), size=14)
        self._more_button.clicked.connect(self._unfold)
        self._lay_out()
        for button in self.findChildren(QAbstractButton):
            button.installEventFilter(self)
        theme.changed.connect(self._recolour)
        self._recolour()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Tab also visits a notice behind a newer one.
        if event.type() == QEvent.Type.FocusIn:
            self.raise_()
        return super().eventFilter(watched, event)

    def dismiss(self) -> None:
        """Request that the notice be closed, by emitting `dismissed`."""
        self.dismissed.emit()

    def take_focus(self) -> None:
        """Move the keyboard focus to the notice, so that Escape closes it."""
        self._close_button.setFocus(Qt.FocusReason.PopupFocusReason)

    def has_focus(self) -> bool:
        """Return True if one of its buttons has the keyboard focus."""
        return self.isAncestorOf(self.window().focusWidget())

    def expire_after(self, milliseconds: int) -> None:
        """Emit `expired` after a time in milliseconds, or later if the notice is unfolded or has the keyboard focus."""
        QTimer.singleShot(milliseconds, self, lambda: self._expire(milliseconds))

    def _expire(self, milliseconds: int) -> None:
        if self.is_unfolded or self.has_focus():
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

    def _unfold(self) -> None:
        self.is_unfolded = True
        # Otherwise Qt would move the focus out of the notice.
        if self._more_button.hasFocus():
            self.take_focus()
        self._whole[1].setText(self.text)
        # Beside the message, they would leave it a narrow column.
        self._lines.addLayout(in_row(..., *self._buttons, spacing=SPACING))
        self._show_parts(self._whole, self._buttons)
        self.unfolded.emit()

    def fold_in(self, width: int) -> None:
        """Show as much of the notice as has room in a row of this width, unless the user shows all of it."""
        if self.is_unfolded:
            return
        offered = [button for button in self._buttons if button.text()]
        # The style sheet gives the parts their margins.
        for part in self.findChildren(QWidget):
            part.ensurePolished()
        # A title is worth more than the beginning of its message.
        for labels, is_short in ((self._whole, False), (self._short, True), (self._whole[:1], True)):
            self._show_parts(labels, offered, is_short=is_short)
            if self._fits(width, labels):
                return
        has_room = self._room_beside(width, [*offered, self._more_button]) >= LEAST_TEXT
        self._show_parts(self._short, offered if has_room else [], is_short=True)

    def _fits(self, width: int, labels: Sequence[QLabel]) -> bool:
        """Return True if a row of this width shows the whole title beside the visible parts, and all of a message that
        is not shortened.
        """
        beside = [part for part in (self._more_button, *self._buttons) if not part.isHidden()]
        room = self._room_beside(width, beside)
        if labels is self._short and self._short[0].sizeHint().width() > room:
            return False
        self._lines.invalidate()
        return room >= LEAST_TEXT and self.full_height(width) <= HEIGHT

    def _room_beside(self, width: int, beside: Sequence[QWidget]) -> int:
        """Return the width of the message beside these parts, the icon and the button that closes the notice."""
        parts = [self._mark, self._close_button, *beside]
        # The size of some buttons is fixed, whatever their size hint is.
        widths = [max(part.sizeHint().width(), part.minimumWidth()) for part in parts]
        border = self.contentsMargins()
        edges = border.left() + MARGINS[0] + MARGINS[2] + border.right()
        return width - edges - sum(each + SPACING for each in widths)

    def full_height(self, width: int) -> int:
        """Return the height in pixels that the notice needs at this width."""
        layout = self.layout()
        assert layout is not None
        # Parts that were just shown or hidden count.
        layout.invalidate()
        return max(self.heightForWidth(width), HEIGHT)

    def _show_parts(self, labels: Sequence[QLabel], buttons: Sequence[QWidget], *, is_short: bool = False) -> None:
        for part in (*self._whole, *self._short, *self._buttons):
            part.setVisible((part in labels or part in buttons) and bool(part.text()))
        self._more_button.setVisible(is_short)

    def _lay_out(self) -> None:
        title = shorten(self.title, LONGEST_TITLE)
        text = " · ".join(self.text.split("\n"))
        self._whole = wrapped(title, "strong"), wrapped(text, selectable=True)
        self._short = ElidedLabel(title, "strong"), ElidedLabel(text, "muted")
        self._lines = stacked(..., *self._whole, *self._short, ..., spacing=0)
        in_row(
            self._mark,
            (self._lines, 1),
            self._more_button,
            *self._buttons,
            self._close_button,
            on=self,
            margins=MARGINS,
            spacing=SPACING,
        )


class Notices(QObject):
    """Notices in a row over the widget `parent`. They move nothing.

    The oldest is removed if there are too many, a notice without a time limit only in favour of another one. `area()`
    returns the rectangle of the parent at whose bottom edge they are, by default all of it. An error, or another notice
    that lasts, is emitted as `unread(notice)` if it is removed because its time is over or other notices need its
    place.
    """

    unread = Signal(object)

    def __init__(
        self,
        theme: Theme,
        parent: QWidget,
        *,
        area: Callable[[], QRect] | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._parent = parent
        self._area = area or parent.rect
        self.shown: list[Notice] = []
        self._panel: QWidget | None = None
        self._followed: tuple[QWidget, ...] = ()
        parent.installEventFilter(self)

    def follow(self, *widgets: QWidget) -> None:
        """Place the notices anew when one of the widgets moves or changes its size, as their area depends on them."""
        self._followed = (*self._followed, *widgets)
        for widget in widgets:
            widget.installEventFilter(self)

    def give_way(self, panel: QWidget) -> None:
        """Move the notices beside the widget `panel` whenever they would cover it, if there is enough space."""
        self._panel = panel
        self.follow(panel)

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
        notice.unfolded.connect(self.place)
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
        kinds = MOVED if watched in vars(self).get("_followed", ()) else MOVED[:1]
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
            if notice.has_focus():
                # Otherwise Qt would move the focus to another widget, which the user would not notice.
                self._parent.setFocus()
            notice.hide()
            notice.deleteLater()
            self.place()

    def place(self) -> None:
        """Move the visible notices to the bottom edge of their area, with the newest one rightmost or in front.

        Errors and notices with a button are in front of others, and a notice with the keyboard focus is in front of
        all.
        """
        area = self._area()
        boxes = self._notice_rects(area)
        if boxes and self._panel is not None and self._panel.isVisible():
            panel = QRect(self._parent.mapFromGlobal(self._panel.mapToGlobal(QPoint())), self._panel.size())
            beside = panel.left() - area.left()
            if beside > LEAST_WIDTH and any(panel.intersects(box) for box in boxes):
                boxes = self._notice_rects(QRect(area.left(), area.top(), min(area.width(), beside), area.height()))
        placed = sorted(zip(self.shown, boxes, strict=True), key=lambda each: (each[0].has_focus(), each[0].needs_user))
        for notice, box in placed:
            notice.setGeometry(box)
            notice.raise_()
            # An unfolded one behind another would be seen above it.
            is_behind = notice is not placed[-1][0] and box.intersects(placed[-1][1])
            notice.setVisible(not (is_behind and notice.is_unfolded))

    def _removable_notices(self, notices: list[Notice], *, newest_is_pinned: bool) -> list[Notice]:
        """Return the notices that may make room for the newest one, in the order in which they do: before others,
        notices without the keyboard focus, of these, notices with a time limit, and of these, notices that do not last.
        Older notices come first.
        """
        candidates = [notice for notice in notices if newest_is_pinned or not notice.is_pinned]
        return sorted(candidates, key=lambda notice: (notice.has_focus(), notice.is_pinned, notice.lasts))

    def _notice_rects(self, area: QRect) -> list[QRect]:
        """Return the rectangles of the notices at the bottom edge of `area`, the oldest first. A notice that the user
        has unfolded is higher than the others.
        """
        columns = len(self.shown) if area.width() >= TWO_FROM_WIDTH else 1
        width = min((area.width() - 2 * EDGE - GAP * (columns - 1)) // max(columns, 1), WIDTH)
        first = area.left() + (area.width() - columns * (width + GAP) + GAP) // 2
        boxes: list[QRect] = []
        for number, notice in enumerate(self.shown):
            notice.fold_in(width)
            height = notice.full_height(width) if notice.is_unfolded else HEIGHT
            left = first + number % columns * (width + GAP)
            boxes.append(QRect(left, area.bottom() + 1 - EDGE - height, width, height))
        return boxes
