"""A simulated user of the window, who sees accessible names and has a mouse and a keyboard."""

from __future__ import annotations

import asyncio
import re
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import (
    QAccessible,
    QAccessibleInterface,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeySequence,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from gdm_studio.ui.shell.window import Window
from tests.helpers.widgets import mute_platform

Role = QAccessible.Role
NONE = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton
WORDS = (QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Value)
# Seconds between two checks.
GLANCE = 0.03
# Seconds to wait on a busy machine.
PATIENCE = 90.0
# More than the longest list has.
ENTRIES = 60


@dataclass(frozen=True)
class Thing:
    """Visible item of the window, as accessibility tools see it, with its role, texts and position.

    `words` are its name, description and value, and `place` is its rectangle on the screen.
    """

    role: Role
    words: tuple[str, ...]
    place: QRect
    # The item's own widget, or the widget that contains it as an entry.
    widget: QWidget
    # Whether the item is enabled.
    enabled: bool
    chosen: bool

    @property
    def name(self) -> str:
        return self.words[0]

    def __str__(self) -> str:
        return f"{self.role.name} {' | '.join(filter(None, self.words))!r}"


class Person:
    """Simulated user of the window, who finds items by their accessible names and uses mouse and keyboard.

    An action waits until it is possible. If it never is, it fails with a list of the visible items.
    """

    def __init__(self, window: Window) -> None:
        self.window = window
        # Lists report changes only while a screen reader is active.
        QAccessible.setActive(True)

    # Seeing.

    def sees(self, words: str) -> bool:
        """Return True if any visible item contains this text."""
        return any(words in said for thing in self.things() for said in thing.words)

    def reads(self, pattern: str) -> list[str]:
        """Find a regular expression in the visible texts, and return its matches, or those of its last group."""
        found = (re.search(pattern, said) for thing in self.things() for said in thing.words)
        return [each.group(each.lastindex or 0) for each in found if each]

    def entries(self, of: str) -> list[str]:
        """Return the entries of the visible list with this name."""
        return [thing.name for thing in self._inside(of, Role.List) if thing.role is Role.ListItem]

    def written(self, field: str) -> str:
        """Return the text that is currently in the input field with this name."""
        (found,) = (thing for thing in self.things() if thing.name == field and thing.role is Role.EditableText)
        return found.words[WORDS.index(QAccessible.Text.Value)]

    async def waits_for(self, words: str) -> None:
        """Wait until this text is visible in the window."""
        await self._until(lambda: self.sees(words), f"“{words}”")

    async def waits_until(self, reason: Callable[[], object], what: str) -> None:
        """Wait until `reason()` is true. `what` describes the condition in the error message."""
        await self._until(reason, what)

    async def waits_for_number(self, pattern: str, least: int) -> None:
        """Wait until a visible number, matched by the pattern's group, is at least `least`."""
        await self._until(
            lambda: any(int(found) >= least for found in self.reads(pattern)), f"{pattern} from {least} on"
        )

    def things(self) -> Iterator[Thing]:
        """Yield all visible items of the window or, if a menu, list or dialog is open, only the items of that one."""
        root = QApplication.activePopupWidget() or QApplication.activeModalWidget() or self.window
        return _descendants(QAccessible.queryAccessibleInterface(root), root)

    # The mouse.

    async def clicks(self, name: str, *, role: Role | None = None, within: str = "") -> None:
        """Click on the only visible item with this name.

        If there are several, `within` is the name of the item that contains the right one.
        """
        widget, at = await self._locates(name, role, within)
        with mute_platform():
            QTest.mouseClick(widget, LEFT, NONE, at)

    async def chooses(self, entry: str, *, box: str) -> None:
        """Choose an entry from the combo box with the name `box`, by keyboard."""
        await self.clicks(box, role=Role.ComboBox)
        await self._until(QApplication.activePopupWidget, f"the list of {box}")
        await self.presses("Home")
        for _ in range(ENTRIES):
            if any(thing.chosen and thing.name == entry for thing in self.things()):
                await self.presses("Return")
                return
            await self.presses("Down")
        raise AssertionError(f"{box} does not offer “{entry}”, but {[t.name for t in self.things()]}")

    async def drops(self, file: Path, *, on: str) -> None:
        """Drop a file, as from a file manager, on the item with this name."""
        widget, at = await self._locates(on, None)
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(file))])
        # File managers also pass the path as text.
        data.setText(str(file))
        args = Qt.DropAction.CopyAction, data, LEFT, NONE
        place, screen = widget.mapTo(self.window, at), self.window.windowHandle()
        with warnings.catch_warnings():
            # The successors of these constructors are newer than the oldest supported Qt.
            warnings.simplefilter("ignore", DeprecationWarning)
            entered, moved = QDragEnterEvent(place, *args), QDragMoveEvent(place, *args)
        QApplication.sendEvent(screen, entered)
        # The desktop starts a move event with the answer to the enter event.
        moved.setAccepted(entered.isAccepted())
        QApplication.sendEvent(screen, moved)
        assert moved.isAccepted(), f"{file.name} cannot be let go on {on}"
        QApplication.sendEvent(screen, QDropEvent(QPointF(place), *args))

    # The keyboard.

    async def types(self, text: str, *, into: str, enter: bool = False) -> None:
        """Replace the text in the input field with the name `into`."""
        await self.clicks(into, role=Role.EditableText)
        await self.presses("Ctrl+A")
        QTest.keyClicks(self._focus(), text)
        if enter:
            await self.presses("Return")

    async def presses(self, *keys: str) -> None:
        """Press keys or key combinations one after another, written as "Ctrl+G" or "Right"."""
        for each in keys:
            await self._reactivates_window()
            combination = QKeySequence(each)[0]
            with mute_platform():
                QTest.keyClick(self._focus(), combination.key(), combination.keyboardModifiers())

    async def does(self, words: str) -> None:
        """Open the command palette, search for these words, and run the first result."""
        await self.presses("Ctrl+K")
        QTest.keyClicks(self._focus(), words)
        await self.presses("Return")

    async def _reactivates_window(self) -> None:
        """Make the window active again after a menu or list has closed.

        A desktop does that by itself, but Qt's offscreen platform does not.
        """
        if QApplication.activePopupWidget() is None and not _has_active_window():
            self.window.activateWindow()
            await self._until(_has_active_window, "the window to be the active one")

    def _focus(self) -> QWidget:
        popup = QApplication.activePopupWidget()
        return (popup.focusWidget() or popup) if popup is not None else QApplication.focusWidget() or self.window

    def _inside(self, name: str, role: Role | None = None) -> Iterator[Thing]:
        """Yield the visible item with this name and all items inside it, or nothing if it is not visible."""
        found = [thing for thing in self.things() if thing.name == name and role in (None, thing.role)]
        assert len(found) < 2, f"{len(found)} things are called “{name}”: {', '.join(map(str, found))}"
        return (
            _descendants(QAccessible.queryAccessibleInterface(found[0].widget), found[0].widget) if found else iter(())
        )

    async def _locates(self, name: str, role: Role | None, within: str = "") -> tuple[QWidget, QPoint]:
        """Wait until the item with this name can be clicked, and scroll it into view.

        Returns the widget under the centre of the item, and the position of the click in this widget.
        """

        def found() -> list[Thing]:
            around = self._inside(within) if within else self.things()
            return [thing for thing in around if thing.name == name and role in (None, thing.role)]

        await self._reactivates_window()
        await self._until(lambda: found() and all(thing.enabled for thing in found()), f"“{name}” to click on")
        things = found()
        assert len(things) == 1, f"{len(things)} things are called “{name}”: {', '.join(map(str, things))}"
        widget = things[0].widget
        if (area := _scroll_area_of(widget)) is not None:
            area.ensureWidgetVisible(widget)
        at = found()[0].place.center()
        top = widget.window()
        hit = top.childAt(top.mapFromGlobal(at)) or top
        assert hit is widget or widget.isAncestorOf(hit), f"{things[0]} lies behind {hit} {hit.accessibleName()!r}"
        return hit, hit.mapFromGlobal(at)

    async def _until(self, reason: Callable[[], object], what: str) -> None:
        end = time.monotonic() + PATIENCE
        # A user is never quicker than the events that an action has just posted.
        await asyncio.sleep(0)
        while not reason():
            if time.monotonic() > end:
                sight = "\n  ".join(str(thing) for thing in self.things() if any(thing.words))
                raise AssertionError(f"waited in vain for {what}; in sight were\n  {sight}")
            await asyncio.sleep(GLANCE)


def _has_active_window() -> bool:
    """Return True if a visible window has the keyboard focus."""
    active = QApplication.activeWindow()
    return active is not None and active.isVisible()


def _descendants(root: QAccessibleInterface, widget: QWidget) -> Iterator[Thing]:
    """Yield an accessible item and all visible items below it, in reading order."""
    waiting = [(root, widget)]
    while waiting:
        one, widget = waiting.pop()
        if one is None or one.state().invisible:
            continue
        made = one.object()
        widget = made if isinstance(made, QWidget) else widget
        if widget.isVisible():
            role, state, words = one.role(), one.state(), [one.text(kind) for kind in WORDS]
            # On X11 Qt exposes the name of a combo box only as a relation to its label.
            if role is Role.ComboBox:
                words[0] = widget.accessibleName()
            yield Thing(role, tuple(words), one.rect(), widget, not state.disabled, bool(state.selected))
            waiting += [(one.child(place), widget) for place in reversed(range(one.childCount()))]


def _scroll_area_of(widget: QWidget) -> QScrollArea | None:
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, QScrollArea):
        parent = parent.parentWidget()
    return parent
