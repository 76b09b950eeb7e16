"""Notices: short messages over the picture that block nothing, each with at most one button that helps."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget
from shiboken6 import isValid

from gdm_studio.ui.actions import said
from gdm_studio.ui.look.icons import pixmap
from gdm_studio.ui.look.plain import plain
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets.icon_button import mark
from gdm_studio.ui.widgets.keys import OnEscape
from gdm_studio.ui.widgets.labels import wrapped
from gdm_studio.ui.widgets.layouts import in_row, stacked

KINDS = {"info": ("info", "accent"), "error": ("circle-alert", "danger"), "success": ("circle-check", "ok")}
MOVED = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide)
WIDTH, LEAST, TOP, MOST = 440, 280, 12, 3
SHARE = 0.45  # of the height that they lie over, at most, unless there is one alone


class Notice(QFrame):
    """One message. Signals: `dismissed()`."""

    dismissed = Signal()

    def __init__(
        self, theme: Theme, title: str, text: str, *, kind: str, action: str, on_action: Callable[[], object] | None,
        parent: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.title, self.text, self.kind = title, text, kind
        self._theme = theme
        self.setProperty("role", "notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(plain(f"{title}. {text}"))
        self._mark = QLabel()
        self._close = mark(theme, "x", said("Dismiss", "Esc"), size=14)
        self._close.clicked.connect(self.dismiss)
        OnEscape(self, self.dismiss)
        self._button = QPushButton(action, self)
        self._button.setProperty("role", "link")
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys where they are
        self._button.setAccessibleName(action)
        self._button.clicked.connect(lambda: self._act(on_action))
        self._lay_out()
        theme.changed.connect(self._recolour)
        self._recolour()

    def dismiss(self) -> None:
        """Takes the message away."""
        self.dismissed.emit()

    def _act(self, on_action: Callable[[], object] | None) -> None:
        self.dismiss()
        if on_action is not None:
            on_action()

    def _recolour(self) -> None:
        name, colour = KINDS[self.kind]
        self._mark.setPixmap(pixmap(self._theme, name, 18, colour, self.devicePixelRatioF()))

    def _lay_out(self) -> None:
        title, text = wrapped(self.title, "strong"), wrapped(self.text, selectable=True)
        lines = stacked(title, text, spacing=2)
        level = Qt.AlignmentFlag.AlignTop if self.text else Qt.AlignmentFlag.AlignVCenter
        in_row(
            (self._mark, 0, level), (lines, 1), (self._button, 0, Qt.AlignmentFlag.AlignVCenter),
            (self._close, 0, level), on=self, margins=(14, 11, 9, 11), spacing=10,
        )
        text.setVisible(bool(self.text))
        self._button.setVisible(bool(self._button.text()))


class Notices(QObject):
    """The stack of messages from `top` of `parent` down; at most three, fewer in a low one: the oldest gives way."""

    def __init__(self, theme: Theme, parent: QWidget, *, top: int = TOP) -> None:
        super().__init__(parent)
        self._theme, self._parent, self._top = theme, parent, top
        self.shown: list[Notice] = []
        self._panel: QWidget | None = None
        parent.installEventFilter(self)

    def give_way(self, panel: QWidget) -> None:
        """Leaves `panel`, which lies over their room at the right, free: beside it, or below in a narrow one."""
        self._panel = panel
        panel.installEventFilter(self)

    def show_notice(
        self, title: str, text: str = "", *, kind: str = "info", action: str = "",
        on_action: Callable[[], object] | None = None, seconds: float = 8.0,
    ) -> Notice:  # fmt: skip
        """Shows a message for `seconds` (0: until dismissed); the same one again takes the former's place."""
        for old in [old for old in self.shown if (old.title, old.text) == (title, text)]:
            self._remove(old)
        if len(self.shown) == MOST:
            self._remove(next((each for each in self.shown if each.kind != "error"), self.shown[0]))
        notice = Notice(self._theme, title, text, kind=kind, action=action, on_action=on_action, parent=self._parent)
        notice.dismissed.connect(lambda: self._remove(notice))
        self.shown.append(notice)
        if seconds:
            QTimer.singleShot(int(seconds * 1000), notice, notice.dismiss)
        notice.show()
        self._place()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(notice, notice.accessibleName()))
        return notice

    def withdraw(self, title: str) -> None:
        """Takes away the messages of that title: what they offer is past."""
        for notice in [notice for notice in self.shown if notice.title == title]:
            self._remove(notice)

    def clear(self, *kinds: str) -> None:
        """Takes all messages away, or those of these kinds."""
        for notice in [notice for notice in self.shown if not kinds or notice.kind in kinds]:
            self._remove(notice)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kinds = MOVED if watched is vars(self).get("_panel") else MOVED[:1]  # of what was collected nothing is left
        if event.type() in kinds and isValid(watched):
            self._place()
        return super().eventFilter(watched, event)

    def _remove(self, notice: Notice) -> None:
        if notice in self.shown:
            self.shown.remove(notice)
            if notice.isAncestorOf(notice.window().focusWidget()):
                self._parent.setFocus()  # else whatever comes next would have it, out of sight of who pressed it
            notice.hide()
            notice.deleteLater()
            self._place()

    def _place(self) -> None:
        room, top = self._parent.width(), self._top
        if self._panel is not None and self._panel.isVisible():
            corner = self._parent.mapFromGlobal(self._panel.mapToGlobal(QPoint(0, self._panel.height())))
            if corner.x() > LEAST:
                room = min(room, corner.x())
            else:
                top = min(max(top, corner.y() + TOP), self._parent.height() // 2)
        width = min(WIDTH, room - 2 * TOP)
        for notice in self.shown:
            wrapped = notice.heightForWidth(width)
            height = max(wrapped if wrapped > 0 else notice.sizeHint().height(), 46)
            notice.setGeometry((room - width) // 2, top, width, height)
            notice.raise_()
            top += height + 8
        older = next((each for each in self.shown[:-1] if each.kind != "error"), None)  # an error may have a way out
        if top > SHARE * self._parent.height() and older is not None:
            self._remove(older)
