"""Small buttons with a line icon, and text where a word is clearer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFontMetrics, QIcon, QKeySequence, QPaintEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QPushButton,
    QStyle,
    QStyleOptionToolButton,
    QStylePainter,
    QToolButton,
    QWidget,
)

from gdm_studio.ui.actions import Action, said
from gdm_studio.ui.look.icons import icon
from gdm_studio.ui.look.plain import plain, tip
from gdm_studio.ui.look.theme import Theme

AIR, SIDE = 6, 10  # between icon and text; beside both


class IconButton(QToolButton):
    """An icon button, with a word beside the icon where there is `text`.

    It is reached with Tab; a click leaves the focus where it was.
    """

    def __init__(
        self, theme: Theme, name: str, *, tooltip: str, text: str = "", checkable: bool = False, size: int = 16,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._theme, self._name, self._colour = theme, name, "muted"
        self._at_rest = True  # it was never under the pointer, disabled or checked: many never are
        self.setIconSize(QSize(size, size))
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(tip(tooltip))
        self.setAccessibleName(plain(text or tooltip.split(" (")[0]))
        if text:
            self.setText(text)
            self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        theme.changed.connect(self._recolour)
        self.toggled.connect(self._leave_rest)
        self._recolour()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._leave_rest()
        super().enterEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.EnabledChange:
            self._leave_rest()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(self._wide() + 2 * SIDE, hint.height()) if self.text() else hint

    def paintEvent(self, event: QPaintEvent) -> None:
        """Icon and word in the middle, further apart than the style puts them."""
        if not self.text():
            super().paintEvent(event)
            return
        painter, option = QStylePainter(self), QStyleOptionToolButton()
        self.initStyleOption(option)
        option.icon, option.text = QIcon(), ""
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        lit = self.isEnabled() and (self.underMouse() or self.isChecked())
        mode = QIcon.Mode.Active if lit else QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
        size = self.iconSize()
        left = (self.width() - self._wide()) // 2
        place = QRect(left, (self.height() - size.height()) // 2, size.width(), size.height())
        self.icon().paint(painter, place, Qt.AlignmentFlag.AlignCenter, mode)
        painter.setPen(self._theme.colour("text" if lit else "muted" if self.isEnabled() else "faint"))
        words = self.rect().adjusted(left + size.width() + AIR, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())

    def _wide(self) -> int:
        return self.iconSize().width() + AIR + QFontMetrics(self.font()).horizontalAdvance(self.text())

    def set_text(self, text: str) -> None:
        """Another word beside the icon, or "" for the icon alone; the accessible name stays."""
        beside, alone = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly
        self.setText(text)
        self.setToolButtonStyle(beside if text else alone)

    def set_icon(self, name: str, colour: str = "muted") -> None:
        """Another icon, in a token's colour."""
        if (name, colour) != (self._name, self._colour):
            self._name, self._colour = name, colour
            self._recolour()

    def _leave_rest(self) -> None:
        if self._at_rest:
            self._at_rest = False
            self._recolour()

    def _recolour(self) -> None:
        active = "text" if self._colour == "muted" else self._colour
        size = self.iconSize().width()
        self.setIcon(icon(self._theme, self._name, self._colour, active=active, size=size, at_rest=self._at_rest))


class Hotkey(QShortcut):
    """A key that does something while `part` is in sight, and the action that it stands for."""

    def __init__(self, action: Action, part: QWidget) -> None:
        super().__init__(QKeySequence(action.keys), part)
        self.action, self.part = action, part


def pressed_by(button: QAbstractButton, action: Action) -> None:
    """Has the action's keys press a button while that is in sight, and its tooltip say so."""
    Hotkey(action, button).activated.connect(button.click)
    show_action(button, action)


def show_action(button: QAbstractButton, action: Action) -> None:
    """Tells of an action by the tooltip, and the name that screen readers say."""
    button.setToolTip(tip(action.tooltip))
    button.setAccessibleName(plain(action.label))


def mark(
    theme: Theme, name: str, tooltip: str, *, checkable: bool = False, size: int = 16, side: int = 24, key: str = ""
) -> IconButton:
    """A small square button with an icon of `size` and nothing around it, `side` logical pixels wide; `key` presses
    it."""
    button = IconButton(theme, name, tooltip=tooltip, checkable=checkable, size=size)
    button.setProperty("role", "mark")
    button.setFixedSize(side, side)
    if key:
        pressed_by(button, Action(tooltip, keys=key))
    return button


def mark_of(theme: Theme, action: Action, *, size: int = 16, side: int = 24) -> IconButton:
    """A mark that does an action, whose keys the window hears."""
    button = mark(theme, action.icon, action.tooltip, size=size, side=side)
    show_action(button, action)
    button.clicked.connect(lambda: action.act())
    return button


def tool(theme: Theme, action: Action, *, checkable: bool = False) -> IconButton:
    """A low button with a small icon and a word, as they stand in bars, that does the action; its keys press it."""
    button = IconButton(theme, action.icon, tooltip=action.tooltip, text=action.label, size=14)
    button.setFont(theme.font(12, 500))
    button.setFixedHeight(28)
    if checkable:
        button.setCheckable(True)
        button.setProperty("role", "page")
    button.clicked.connect(lambda: action.act())
    if action.keys:
        pressed_by(button, action)
    return button


class ActionButton(QPushButton):
    """A raised button with words, and an icon before them where it helps; `keys` are those of whoever shows it."""

    def __init__(
        self, theme: Theme, text: str, *, tooltip: str, keys: str = "", name: str = "", role: str = "", hover: str = "",
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(text, parent)
        self._theme, self._name, self._filled = theme, name, False
        self._hover = hover  # the icon's colour under the pointer, where it changes
        self._colour = "danger" if role == "danger" else "text"
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(tip(said(tooltip, keys)))
        self.setAccessibleName(plain(text or tooltip))
        if role:
            self.setProperty("role", role)
        if name:
            self.setText(f"\u2009{text}" if text else "")  # a little more room beside the icon
            self.setIconSize(QSize(16, 16))
            theme.changed.connect(self._recolour)
            self._recolour()

    def enterEvent(self, event: QEnterEvent) -> None:
        if self._hover:
            self._recolour(hovered=True)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        if self._hover:
            self._recolour()
        super().leaveEvent(event)

    def set_icon(self, name: str, colour: str = "text", *, filled: bool = False) -> None:
        """Another icon, in a token's colour."""
        self._name, self._colour, self._filled = name, colour, filled
        self._recolour()

    def _recolour(self, *, hovered: bool = False) -> None:
        colour = self._hover if self._hover and hovered else self._colour
        self.setIcon(icon(self._theme, self._name, colour, active=colour, filled=self._filled))


def button_of(
    theme: Theme, action: Action, *, text: str | None = None, icon: bool = False, role: str = "", hover: str = ""
) -> ActionButton:
    """A raised button that does the action, whose keys the window hears; with `text` instead of its label."""
    words = action.label if text is None else text
    name = action.icon if icon else ""
    button = ActionButton(theme, words, tooltip=action.tooltip, name=name, role=role, hover=hover)
    show_action(button, action)
    button.clicked.connect(lambda: action.act())
    return button
