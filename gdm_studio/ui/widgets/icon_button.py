"""Buttons with an icon, a label or both, and the keyboard shortcuts that press them."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QEnterEvent,
    QFontMetrics,
    QHelpEvent,
    QIcon,
    QMouseEvent,
    QPaintEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStyleOptionToolButton,
    QStylePainter,
    QToolButton,
    QToolTip,
    QWidget,
)

from gdm_studio.ui.theme.icons import icon
from gdm_studio.ui.theme.icons import paint as paint_icon
from gdm_studio.ui.theme.safe_text import plain, tip
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets.keys import key_sequences
from gdm_studio.ui.window_actions import Action, with_keys

# Space between icon and text, and beside both.
AIR = 6
SIDE = 10
# Size of the arrow of a button that opens a menu, and the space before it.
ARROW = 12
ARROW_GAP = 4
# Space between icon and text of a push button, which Qt's style sheets use.
ICON_GAP = 4
# Least space between the border of a push button and its text.
LEAST_MARGIN = 4
# Icons of buttons that remove something, after which the next thing may lie under the mouse.
REMOVING = ("x", "trash-2")
# Tokens of the colours of icons, by the role of a push button.
ICON_COLOURS = {"danger": "danger", "primary": "primary_text"}


class IconButton(QToolButton):
    """Tool button with an icon and an optional label beside it, which does not take the keyboard focus when clicked.

    With `opens_menu`, an arrow after the label says that it opens a menu. A double-click counts as two clicks only if
    `repeats` is True, as for "next" and "undo", since it would start and stop a job, or delete two images.
    """

    def __init__(
        self,
        theme: Theme,
        name: str,
        *,
        tooltip: str,
        text: str = "",
        checkable: bool = False,
        size: int = 16,
        opens_menu: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = name
        self.repeats = not text and name not in REMOVING
        self._opens_menu = opens_menu
        self._colour = "muted"
        self._filled = False
        # True until the button is hovered, disabled or checked. Many never are, and need only the normal icon.
        self._is_at_rest = True
        # False until the button is shown. Many never are, and need no icon.
        self._is_drawn = False
        self.setIconSize(QSize(size, size))
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(tip(tooltip))
        self.setAccessibleName(plain(text or tooltip.split(" (")[0]))
        if text:
            self.setText(text)
            self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        theme.changed.connect(self._recolour)
        self.toggled.connect(self._complete_icon)

    def showEvent(self, event: QShowEvent) -> None:
        if not self._is_drawn:
            self._is_drawn = True
            self._recolour()
        super().showEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._complete_icon()
        super().enterEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.repeats:
            super().mouseDoubleClickEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.EnabledChange:
            self._complete_icon()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(self._contents_extent() + 2 * SIDE, hint.height()) if self.text() else hint

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the icon and the text centred in the button, with a wider gap than in Qt's default style."""
        if not self.text():
            super().paintEvent(event)
            return
        painter = QStylePainter(self)
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.icon = QIcon()
        option.text = ""
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        lit = self.isEnabled() and (self.underMouse() or self.isChecked())
        mode = QIcon.Mode.Active if lit else QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
        size = self.iconSize()
        left = (self.width() - self._contents_extent()) // 2
        place = QRect(left, (self.height() - size.height()) // 2, size.width(), size.height())
        self.icon().paint(painter, place, Qt.AlignmentFlag.AlignCenter, mode)
        colour = "text" if lit else "muted" if self.isEnabled() else "faint"
        # On a coloured button, the other colours would be hard to read.
        painter.setPen(self._theme.colour("on_accent" if self._colour == "on_accent" else colour))
        words = self.rect().adjusted(left + size.width() + AIR, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())
        if self._opens_menu:
            right = left + self._contents_extent()
            arrow = QRectF(right - ARROW, (self.height() - ARROW) / 2, ARROW, ARROW)
            paint_icon(painter, arrow, "chevron-down", self._theme.colour(colour))

    def _contents_extent(self) -> int:
        arrow = ARROW_GAP + ARROW if self._opens_menu else 0
        return self.iconSize().width() + AIR + QFontMetrics(self.font()).horizontalAdvance(self.text()) + arrow

    def set_text(self, text: str) -> None:
        """Set the text beside the icon, or show only the icon if the text is empty. The accessible name does not
        change.
        """
        beside = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        alone = Qt.ToolButtonStyle.ToolButtonIconOnly
        self.setText(text)
        self.setToolButtonStyle(beside if text else alone)

    def set_icon(self, name: str, colour: str = "muted", *, filled: bool = False) -> None:
        """Replace the button's icon. `colour` is the name of a theme colour."""
        if (name, colour, filled) != (self._name, self._colour, self._filled):
            self._name = name
            self._colour = colour
            self._filled = filled
            self._recolour()

    def _complete_icon(self) -> None:
        if self._is_at_rest:
            self._is_at_rest = False
            self._recolour()

    def _recolour(self) -> None:
        if not self._is_drawn:
            return
        active = "text" if self._colour == "muted" else self._colour
        size = self.iconSize().width()
        shown = icon(
            self._theme,
            self._name,
            self._colour,
            active=active,
            size=size,
            filled=self._filled,
            at_rest=self._is_at_rest,
        )
        self.setIcon(shown)


class Hotkey(QShortcut):
    """Keyboard shortcut of an action, active only while the widget `part` is visible."""

    def __init__(self, action: Action, part: QWidget) -> None:
        super().__init__(part)
        self.setKeys(key_sequences(action.keys))
        self.action = action
        self.part = part
        # Reason why this action of several on the widget cannot run now, or "".
        self._refused = ""

    def refuse(self, why: str) -> None:
        """Disable the shortcut for the reason `why`. "" enables it."""
        self._refused = why
        self.setEnabled(not why)

    def is_usable(self) -> bool:
        """Return True if the widget and the shortcut are enabled."""
        return self.part.isEnabled() and self.isEnabled()

    def reason(self) -> str:
        """Return the reason why the action cannot run now, or "" for none or a general one."""
        return self._refused or self.part.property("refused") or ""


def attach_shortcut(button: QAbstractButton, action: Action) -> None:
    """Make an action's keyboard shortcut press a button while it is visible, and name the keys in the button's
    tooltip.
    """
    Hotkey(action, button).activated.connect(button.click)
    show_action(button, action)


def show_action(button: QAbstractButton, action: Action) -> None:
    """Set a button's tooltip and accessible name to those of an action."""
    button.setToolTip(tip(action.tooltip))
    button.setAccessibleName(plain(action.title))


def mark(
    theme: Theme, name: str, tooltip: str, *, checkable: bool = False, size: int = 16, side: int = 24, key: str = ""
) -> IconButton:
    """Create a small frameless icon button, `side` logical pixels wide, for use inside fields and headings.

    The shortcut `key` presses it while it is visible.
    """
    button = IconButton(theme, name, tooltip=tooltip, checkable=checkable, size=size)
    button.setProperty("role", "mark")
    button.setFixedSize(side, side)
    if key:
        attach_shortcut(button, Action(tooltip, keys=key))
    return button


def mark_of(theme: Theme, action: Action, *, size: int = 16, side: int = 24) -> IconButton:
    """Create a small frameless icon button that runs an action, whose keys the window handles."""
    button = mark(theme, action.icon, action.tooltip, size=size, side=side)
    show_action(button, action)
    button.clicked.connect(lambda: action.act())
    return button


def create_tool_button(
    theme: Theme, action: Action, *, checkable: bool = False, opens_menu: bool = False
) -> IconButton:
    """Create a toolbar button with an icon and a label that runs an action and is pressed by the action's shortcut."""
    button = IconButton(theme, action.icon, tooltip=action.tooltip, text=action.title, size=14, opens_menu=opens_menu)
    button.setFont(theme.font(12, 500))
    button.setFixedHeight(28)
    if checkable:
        button.setCheckable(True)
        button.setProperty("role", "page")
    button.clicked.connect(lambda: action.act())
    if action.keys:
        attach_shortcut(button, action)
    return button


class ActionButton(QPushButton):
    """Push button with a label and an optional icon in the theme's colours.

    If its size policy ignores the label's width, a label that does not fit ends with an ellipsis. `keys` are only shown
    in the tooltip; the caller handles them. A double-click counts as two clicks only if `repeats` is True.
    """

    repeats = False

    def __init__(
        self,
        theme: Theme,
        text: str,
        *,
        tooltip: str,
        keys: str = "",
        name: str = "",
        role: str = "",
        hover: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._filled = False
        # Colour of the hovered icon, "" if it does not change.
        self._hover = hover
        self._colour = ICON_COLOURS.get(role, "text")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(tip(with_keys(tooltip, keys)))
        self.setAccessibleName(plain(text or tooltip))
        if role:
            self.setProperty("role", role)
        self.setIconSize(QSize(16, 16))
        theme.changed.connect(self._recolour)
        self.set_contents(text, name)

    def set_contents(self, text: str, name: str = "") -> None:
        """Show a label, the icon with this name, or both. The accessible name does not change."""
        self._name = name
        # A thin space widens the gap to the icon.
        self.setText(f"\u2009{text}" if text and name else text)
        self._recolour()

    def shown_text(self) -> str:
        """Return the button's text as painted, with an ellipsis if the button may be narrower than its text."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        if self.sizePolicy().horizontalPolicy() != QSizePolicy.Policy.Ignored:
            return option.text
        # A long text may use the margins of the style, except some pixels within the border.
        room = max(self._contents_width(option), self.width() - 2 * LEAST_MARGIN) - self._icon_width()
        return option.fontMetrics.elidedText(option.text, Qt.TextElideMode.ElideRight, room)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # The second press may find another image selected.
        if self.repeats:
            super().mouseDoubleClickEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = self.shown_text()
        painter = QStylePainter(self)
        width = option.fontMetrics.horizontalAdvance(option.text) + self._icon_width()
        if (excess := width - self._contents_width(option)) <= 0:
            painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
            return
        painter.drawControl(QStyle.ControlElement.CE_PushButtonBevel, option)
        # The style clips the text at its margins.
        beyond = ceil(excess / 2)
        option.rect = option.rect.adjusted(-beyond, 0, beyond, 0)
        painter.drawControl(QStyle.ControlElement.CE_PushButtonLabel, option)

    def _contents_width(self, option: QStyleOptionButton) -> int:
        return self.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, self).width()

    def _icon_width(self) -> int:
        return 0 if self.icon().isNull() else self.iconSize().width() + ICON_GAP

    def event(self, event: QEvent) -> bool:
        """Show the button's full text above its tooltip if the button is too narrow for it."""
        if event.type() == QEvent.Type.ToolTip and self.shown_text() != self.text():
            assert isinstance(event, QHelpEvent)
            QToolTip.showText(event.globalPos(), "\n".join(filter(None, (self.text(), self.toolTip()))), self)
            return True
        return super().event(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        if self._hover:
            self._recolour(hovered=True)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        if self._hover:
            self._recolour()
        super().leaveEvent(event)

    def set_icon(self, name: str, colour: str = "text", *, filled: bool = False) -> None:
        """Replace the button's icon. `colour` is the name of a theme colour."""
        self._name = name
        self._colour = colour
        self._filled = filled
        self._recolour()

    def _recolour(self, *, hovered: bool = False) -> None:
        colour = self._hover if self._hover and hovered else self._colour
        shown = icon(self._theme, self._name, colour, active=colour, filled=self._filled) if self._name else QIcon()
        self.setIcon(shown)


def refresh_buttons(buttons: Mapping[ActionButton, Action]) -> None:
    """Enable the buttons whose actions can run now. The tooltips of disabled buttons give the reason."""
    for button, action in buttons.items():
        button.setEnabled(action.when())
        show_refusal(button, "" if button.isEnabled() else action.disabled_reason(), action.tooltip)


def refuse(button: QAbstractButton, reason: str, tooltip: str) -> None:
    """Disable a button for `reason`, which its tooltip gives in place of `tooltip`. "" enables it."""
    button.setEnabled(not reason)
    show_refusal(button, reason, tooltip)


def show_refusal(button: QAbstractButton, reason: str, tooltip: str) -> None:
    """Set the tooltip of a button to the reason why it cannot be pressed, or to `tooltip` without one."""
    button.setToolTip(tip(reason or tooltip))
    button.setAccessibleDescription(plain(reason))
    button.setProperty("refused", reason)


def button_of(
    theme: Theme, action: Action, *, text: str | None = None, icon: bool = False, role: str = "", hover: str = ""
) -> ActionButton:
    """Create a push button that runs an action. `text`, if given, replaces the action's title."""
    words = action.title if text is None else text
    name = action.icon if icon else ""
    button = ActionButton(theme, words, tooltip=action.tooltip, name=name, role=role, hover=hover)
    show_action(button, action)
    button.clicked.connect(lambda: action.act())
    return button
