"""Accessibility of every page for screen readers and the keyboard, and the room of its texts."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from gdm_studio.ui.create.prompt.prompt_chips import PromptChipButton
from gdm_studio.ui.shell.window import FAMILY_TREE, PAGES, Window
from gdm_studio.ui.widgets import ElidedLabel
from gdm_studio.ui.widgets.topbar import SETTINGS
from tests.helpers.widgets import unfold
from tests.helpers.window import click, press, remaining_problems, run_in_window, until

NAMES = [*PAGES, FAMILY_TREE, SETTINGS]
TABS = 400  # presses, far more than any page has stops
ROLELESS = (QAccessible.Role.NoRole, QAccessible.Role.Client, QAccessible.Role.Window)
GROUPS = (QAccessible.Role.List, QAccessible.Role.Table, QAccessible.Role.Tree)


async def each_page(window: Window) -> None:
    """Generate an image and open the advanced settings, so that no panel of any page is empty."""
    window.create_page.controls.button.click()
    await until(lambda: window.generation.job is None and window.gallery.page_model.rowCount() > 0)
    unfold(window.create_page.controls)


def interfaces(root: QWidget) -> Iterator[tuple[QAccessibleInterface, str]]:
    """Yield every visible accessible interface below a widget, with its path."""
    start = QAccessible.queryAccessibleInterface(root)
    waiting = [(start, type(root).__name__)]
    while waiting:
        one, where = waiting.pop()
        yield one, where
        if one.role() in GROUPS:
            continue  # entries are drawn by their list, and tested where the list is
        for place in range(one.childCount()):
            child = one.child(place)
            if child is not None and not child.state().invisible:
                made = type(child.object()).__name__ if child.object() else "part"
                waiting.append((child, f"{where} > {made} {child.text(QAccessible.Text.Name)!r}"))


def problems(root: QWidget) -> list[str]:
    """Return the interfaces that accept the focus but have no name or no role."""
    found = []
    for one, where in interfaces(root):
        if one.state().focusable and not one.state().disabled:
            if not one.text(QAccessible.Text.Name).strip():
                found.append(f"no name: {where}")
            if one.role() in ROLELESS:
                found.append(f"no role: {where}")
    return found


def stops(
    window: Window, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> list[QWidget]:
    """Return the widgets that a key reaches, in order, until the focus returns to the first."""
    seen: list[QWidget] = []
    for _ in range(TABS):
        press(window, key, modifiers)
        at = QApplication.focusWidget()
        assert at is not None, f"the focus was lost after {seen[-1] if seen else 'nothing'}"
        if seen and at is seen[0]:
            return seen
        assert not seen or at is not seen[-1], f"{at} {at.accessibleName()!r} does not let go of the focus"
        seen.append(at)
    raise AssertionError("the keyboard does not come round")


def reachable(window: Window) -> list[QWidget]:
    """Return the widgets that Tab must reach: all visible, enabled widgets that accept the focus by Tab."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and widget.window() is window
    ]


def clipped(root: QWidget) -> list[str]:
    """Return the visible texts that are clipped without an ellipsis."""
    found = []
    for widget in root.findChildren(QWidget):
        if not widget.isVisible() or isinstance(widget, (ElidedLabel, PromptChipButton)):
            continue
        if isinstance(widget, QLabel) and widget.text():
            room, text = widget.contentsRect(), widget.text()
            needed = widget.heightForWidth(widget.width()) if widget.wordWrap() else widget.sizeHint().height()
            wide = not widget.wordWrap() and widget.fontMetrics().horizontalAdvance(text) > room.width() + 1
            if wide or needed > widget.height() + 1:
                found.append(f"label {text!r}: {widget.size()}, needs {needed} down")
        elif isinstance(widget, QAbstractButton) and widget.text():
            icon = 0 if widget.icon().isNull() else widget.iconSize().width() + 4
            needed = widget.fontMetrics().horizontalAdvance(widget.text()) + icon + 2
            if needed > widget.width():
                found.append(f"button {widget.text()!r}: {widget.width()} of {needed}")
    return found


async def check_texts(window: Window) -> None:
    """Check that no text is clipped on any page at the window's minimum size."""
    window.resize(1024, 640)
    for page in NAMES:
        window.open_page(page)
        assert await remaining_problems(lambda: clipped(window), after=0.1) == [], page


def look_at_texts() -> None:
    """Open the window and run `check_texts`. Called in a separate process with another scale factor."""

    async def play(window: Window) -> None:
        await each_page(window)
        await check_texts(window)

    run_in_window(play)


def test_every_stop_has_a_name_and_a_role_tab_leads_to_all_of_them_and_no_text_is_cut_off() -> None:
    async def play(window: Window) -> None:
        await each_page(window)
        for page in NAMES:
            window.open_page(page)
            assert await remaining_problems(lambda: problems(window)) == [], page
            there = stops(window, Qt.Key.Key_Tab)
            missed = [f"{widget} {widget.accessibleName()!r}" for widget in reachable(window) if widget not in there]
            assert missed == [], page
            back = stops(window, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
            assert set(back) == set(there), page
        await check_what_lies_over_the_window(window)
        await check_texts(window)

    run_in_window(play)


async def check_what_lies_over_the_window(window: Window) -> None:
    """Check the overlays of the window: the palette, the sheet of shortcuts, and the queue."""
    commands = window.commands
    commands.open_palette()
    assert commands.palette is not None and problems(commands.palette) == []
    commands.open_palette()
    commands.open_sheet()
    assert commands.sheet is not None and problems(commands.sheet) == []
    commands.open_sheet()
    click(window.top.queue)
    assert await remaining_problems(lambda: problems(window)) == []
    click(window.top.queue)
