"""Someone at the window: sees what is in sight, by the names a screen reader says, and has a mouse and a keyboard."""

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
from tests.helpers.looks import platform_unheard

Role = QAccessible.Role
NONE = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton
WORDS = (QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Value)
GLANCE = 0.03  # seconds between two looks
PATIENCE = 90.0  # seconds that a busy machine is waited for
ENTRIES = 60  # of a list, more than any has


@dataclass(frozen=True)
class Thing:
    """Something in sight. `words` are its name, its description and its value; `place` is on the screen."""

    role: Role
    words: tuple[str, ...]
    place: QRect
    widget: QWidget  # itself, or what it is an entry of
    can: bool  # it is not greyed out
    chosen: bool

    @property
    def name(self) -> str:
        return self.words[0]

    def __str__(self) -> str:
        return f"{self.role.name} {' | '.join(filter(None, self.words))!r}"


class Person:
    """Every deed waits until it can be done, and fails with what was in sight where it cannot."""

    def __init__(self, window: Window) -> None:
        self.window = window
        QAccessible.setActive(True)  # as with a screen reader: lists tell of what comes and goes

    # seeing

    def sees(self, words: str) -> bool:
        """Whether these words stand anywhere in sight."""
        return any(words in said for thing in self.things() for said in thing.words)

    def reads(self, pattern: str) -> list[str]:
        """What the pattern, or its group, finds in the words in sight."""
        found = (re.search(pattern, said) for thing in self.things() for said in thing.words)
        return [each.group(each.lastindex or 0) for each in found if each]

    def entries(self, of: str) -> list[str]:
        """What the list of that name holds."""
        return [thing.name for thing in self._inside(of, Role.List) if thing.role is Role.ListItem]

    def written(self, field: str) -> str:
        """What stands in the field of that name."""
        (found,) = (thing for thing in self.things() if thing.name == field and thing.role is Role.EditableText)
        return found.words[WORDS.index(QAccessible.Text.Value)]

    async def waits_for(self, words: str) -> None:
        """Until these words come into sight."""
        await self._until(lambda: self.sees(words), f"“{words}”")

    async def waits_until(self, reason: Callable[[], object], what: str) -> None:
        """Until something else is so, which is called `what` where it does not come."""
        await self._until(reason, what)

    async def waits_for_number(self, pattern: str, least: int) -> None:
        """Until the pattern's group is found somewhere in sight, as a number of at least that."""
        await self._until(
            lambda: any(int(found) >= least for found in self.reads(pattern)), f"{pattern} from {least} on"
        )

    def things(self) -> Iterator[Thing]:
        """All that is in sight: of a menu, a list or a dialog that is open, nothing behind it."""
        root = QApplication.activePopupWidget() or QApplication.activeModalWidget() or self.window
        return _below(QAccessible.queryAccessibleInterface(root), root)

    # the mouse

    async def clicks(self, name: str, *, role: Role | None = None, within: str = "") -> None:
        """On the one thing of that name, `within` another where there are several."""
        widget, at = await self._finds(name, role, within)
        with platform_unheard():
            QTest.mouseClick(widget, LEFT, NONE, at)

    async def chooses(self, entry: str, *, box: str) -> None:
        """An entry of the list that opens below a field."""
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
        """A file from another program, over the thing of that name: Qt finds what it is let go on."""
        widget, at = await self._finds(on, None)
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(file))])
        data.setText(str(file))  # as file managers do
        args = Qt.DropAction.CopyAction, data, LEFT, NONE
        place, screen = widget.mapTo(self.window, at), self.window.windowHandle()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # their successors are newer than the oldest Qt
            entered, moved = QDragEnterEvent(place, *args), QDragMoveEvent(place, *args)
        QApplication.sendEvent(screen, entered)
        moved.setAccepted(entered.isAccepted())  # as the desktop has it
        QApplication.sendEvent(screen, moved)
        assert moved.isAccepted(), f"{file.name} cannot be let go on {on}"
        QApplication.sendEvent(screen, QDropEvent(QPointF(place), *args))

    # the keyboard

    async def types(self, text: str, *, into: str, enter: bool = False) -> None:
        """In the place of what stands in the field of that name."""
        await self.clicks(into, role=Role.EditableText)
        await self.presses("Ctrl+A")
        QTest.keyClicks(self._focus(), text)
        if enter:
            await self.presses("Return")

    async def presses(self, *keys: str) -> None:
        """Keys by what stands on them, one after another: "Ctrl+G", "Right"."""
        for each in keys:
            await self._comes_back()
            combination = QKeySequence(each)[0]
            with platform_unheard():
                QTest.keyClick(self._focus(), combination.key(), combination.keyboardModifiers())

    async def does(self, words: str) -> None:
        """What the command palette finds first for these words."""
        await self.presses("Ctrl+K")
        QTest.keyClicks(self._focus(), words)
        await self.presses("Return")

    async def _comes_back(self) -> None:
        """To the window after a list or menu is shut: desktops see to that, a screen without one does not."""
        if QApplication.activePopupWidget() is None and not _is_somewhere():
            self.window.activateWindow()
            await self._until(_is_somewhere, "the window to be the active one")

    def _focus(self) -> QWidget:
        popup = QApplication.activePopupWidget()
        return (popup.focusWidget() or popup) if popup is not None else QApplication.focusWidget() or self.window

    def _inside(self, name: str, role: Role | None = None) -> Iterator[Thing]:
        """The things that the one thing of that name holds, itself the first; none where it is not in sight."""
        found = [thing for thing in self.things() if thing.name == name and role in (None, thing.role)]
        assert len(found) < 2, f"{len(found)} things are called “{name}”: {', '.join(map(str, found))}"
        return _below(QAccessible.queryAccessibleInterface(found[0].widget), found[0].widget) if found else iter(())

    async def _finds(self, name: str, role: Role | None, within: str = "") -> tuple[QWidget, QPoint]:
        """What gets a click on the one thing of that name, and where on it; it is scrolled into sight first."""

        def found() -> list[Thing]:
            around = self._inside(within) if within else self.things()
            return [thing for thing in around if thing.name == name and role in (None, thing.role)]

        await self._comes_back()
        await self._until(lambda: found() and all(thing.can for thing in found()), f"“{name}” to click on")
        things = found()
        assert len(things) == 1, f"{len(things)} things are called “{name}”: {', '.join(map(str, things))}"
        widget = things[0].widget
        if (area := _scrolled_by(widget)) is not None:
            area.ensureWidgetVisible(widget)
        at = found()[0].place.center()
        top = widget.window()
        hit = top.childAt(top.mapFromGlobal(at)) or top
        assert hit is widget or widget.isAncestorOf(hit), f"{things[0]} lies behind {hit} {hit.accessibleName()!r}"
        return hit, hit.mapFromGlobal(at)

    async def _until(self, reason: Callable[[], object], what: str) -> None:
        end = time.monotonic() + PATIENCE
        await asyncio.sleep(0)  # nobody is quicker than what a deed has set off in the window
        while not reason():
            if time.monotonic() > end:
                sight = "\n  ".join(str(thing) for thing in self.things() if any(thing.words))
                raise AssertionError(f"waited in vain for {what}; in sight were\n  {sight}")
            await asyncio.sleep(GLANCE)


def _is_somewhere() -> bool:
    """Whether a window that is in sight gets the keys."""
    active = QApplication.activeWindow()
    return active is not None and active.isVisible()


def _below(root: QAccessibleInterface, widget: QWidget) -> Iterator[Thing]:
    """An interface and all visible ones below it, as one reads."""
    waiting = [(root, widget)]
    while waiting:
        one, widget = waiting.pop()
        if one is None or one.state().invisible:
            continue
        made = one.object()
        widget = made if isinstance(made, QWidget) else widget
        if widget.isVisible():
            role, state, words = one.role(), one.state(), [one.text(kind) for kind in WORDS]
            if role is Role.ComboBox:  # on X11 Qt gives its name as a relation to its label alone
                words[0] = widget.accessibleName()
            yield Thing(role, tuple(words), one.rect(), widget, not state.disabled, bool(state.selected))
            waiting += [(one.child(place), widget) for place in reversed(range(one.childCount()))]


def _scrolled_by(widget: QWidget) -> QScrollArea | None:
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, QScrollArea):
        parent = parent.parentWidget()
    return parent
