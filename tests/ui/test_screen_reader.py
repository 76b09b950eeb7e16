"""Accessibility of the window for screen readers: roles, states, values, actions and announcements.

`tests/drills/accessibility.py` reads the same on the accessibility bus of a real X server.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAbstractButton, QPushButton, QSplitterHandle, QWidget

from gdm_studio.ui.create.board.image_set_view import SetView
from gdm_studio.ui.shell import window as window_module
from gdm_studio.ui.shell.window import FAMILY_TREE, PAGES, Window
from gdm_studio.ui.widgets.overlay import Overlay
from gdm_studio.ui.widgets.segmented import Segmented
from gdm_studio.ui.widgets.slider_row import SliderRow, Track
from gdm_studio.ui.widgets.topbar import SETTINGS
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.widgets import unfold
from tests.helpers.window import click, press, run_in_window, until
from tests.ui.accessibility import stops
from tests.ui.test_flow import generated

Role = QAccessible.Role
SLOW = 0.04


@pytest.fixture(autouse=True)
def _active() -> Iterator[None]:
    """Let Qt create the interfaces as it does while a screen reader runs, at the first name of a widget."""
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


def read(widget: QWidget) -> QAccessibleInterface:
    found = QAccessible.queryAccessibleInterface(widget)
    assert found is not None
    return found


def name(widget: QWidget) -> str:
    return read(widget).text(QAccessible.Text.Name)


def act(button: QAbstractButton) -> None:
    """Run the first action of a button, as a screen reader does."""
    actions = read(button).actionInterface()
    actions.doAction(actions.actionNames()[0])


def tabs(window: Window) -> dict[str, QAbstractButton]:
    buttons = window.top.findChildren(QAbstractButton)
    return {name(button): button for button in buttons if read(button).role() is Role.PageTab}


async def _check_the_pages_are_tabs_which_the_keyboard_and_a_screen_reader_reach(window: Window) -> None:
    assert len(tabs(window)) == len({*PAGES, SETTINGS} - {FAMILY_TREE})
    for title, tab in tabs(window).items():
        act(tab)
        await until(lambda tab=tab: read(tab).state().selected)  # type: ignore[misc]
        assert [each for each, other in tabs(window).items() if read(other).state().selected] == [title]
        assert window.page() == (SETTINGS if tab is window.top.gear else PAGES[list(tabs(window)).index(title)])
    for tab in tabs(window).values():
        # In an exclusive group, Tab reaches only the button that had the focus last.
        tab.setFocus(Qt.FocusReason.TabFocusReason)
        reached = stops(window, Qt.Key.Key_Tab)
        assert window.top.gear in reached and any(each in reached for each in set(tabs(window).values()))


async def _check_an_action_of_a_switch_does_what_a_click_does(window: Window) -> None:
    page = window.create_page
    modes = page.controls.modes
    assert read(modes.set).role() is Role.CheckBox and not read(modes.set).state().checked
    act(modes.set)
    await until(lambda: any(view.isVisible() for view in page.findChildren(SetView)))
    assert read(modes.set).state().checked
    window.open_page("learn")
    sides = window.learn_page.side.findChildren(QAbstractButton)
    assert [read(side).role() for side in sides] == [Role.RadioButton] * len(sides)
    act(next(side for side in sides if not side.isChecked()))
    assert window.learn_page.controls.isVisible()
    assert read(window.learn_page.side).role() is Role.Grouping
    assert all(read(each).text(QAccessible.Text.Name) for each in window.findChildren(Segmented))


def test_an_ampersand_in_the_text_of_a_button_is_read() -> None:
    assert name(QPushButton("&Cats && dogs")) == "Cats & dogs"


async def _check_a_section_is_open_or_closed(window: Window) -> None:
    section = window.create_page.controls.main_settings
    for is_open in (False, True):
        section.set_open(is_open)
        state = read(section.head).state()
        assert read(section.head).role() is Role.Button and state.expandable
        assert (bool(state.expanded), bool(state.collapsed)) == (is_open, not is_open)
    act(section.head)
    assert not section.is_open()


async def _check_sliders_are_read_as_the_numbers_that_they_show(window: Window) -> None:
    unfold(window.create_page.controls)
    rows = [row for row in window.create_page.controls.findChildren(SliderRow) if row.isVisible()]
    assert len(rows) > 5
    for row in rows:
        slider = read(row.track)
        assert slider.role() is Role.Slider
        number = slider.valueInterface()
        if number is None:
            assert name(row.track) == f"{row.track.accessibleName()}: {row.edit.text()}"
        else:
            assert number.currentValue() == float(row.edit.text())
    (temperature,) = (row for row in rows if row.track.accessibleName() == "Temperature")
    temperature.track.setValue(135)
    assert name(temperature.track) == "Temperature: 1.35"
    window.open_page("learn")
    await until(lambda: "Step 0 of" in name(window.learn_page.slider))
    assert all(read(track).role() is Role.Slider for track in window.findChildren(Track))


async def _check_the_strip_of_steps_is_a_slider(window: Window) -> None:
    strip = window.create_page.canvas_panel.filmstrip.strip
    assert read(strip).valueInterface().maximumValue() == 0
    await generated(window)
    steps = read(strip).valueInterface()
    of = strip.count()
    assert read(strip).role() is Role.Slider and of > 3
    assert (steps.minimumValue(), steps.currentValue(), steps.maximumValue()) == (1, of, of)
    steps.setCurrentValue(2)
    assert window.viewer.view().index == 2 and steps.currentValue() == 2 and not window.viewer.live


async def _check_the_canvas_and_the_dividers_say_what_they_are(window: Window) -> None:
    page = window.create_page
    page.controls.request_draft.change(prompt="a blue boat")
    await generated(window)
    canvas = read(page.canvas_panel.canvas)
    assert canvas.role() is Role.Graphic
    assert canvas.text(QAccessible.Text.Description).startswith("a blue boat. ")
    dividers = [each for each in page.findChildren(QSplitterHandle) if each.isVisible()]
    assert {read(each).role() for each in dividers} == {Role.Separator}
    assert len({name(each) for each in dividers}) == len(dividers) >= 2


@pytest.mark.parametrize("opened", ["open_palette", "open_sheet"])
def test_an_overlay_is_a_dialog_with_a_title(home: Path, opened: str) -> None:
    async def play(window: Window) -> None:
        getattr(window.commands, opened)()
        (overlay,) = (each for each in window.findChildren(Overlay) if each.isVisible())
        assert read(overlay).role() is Role.Dialog and read(overlay).state().modal
        assert name(overlay) in ("Search actions", "Keyboard shortcuts")

    run_in_window(play)


def test_the_end_and_the_progress_of_a_job_are_announced(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    announced: list[str] = []
    monkeypatch.setattr(window_module, "announce", lambda widget, text: announced.append(text))
    monkeypatch.setattr("gdm_studio.ui.running_jobs.SPOKEN_MS", 100)

    async def play(window: Window) -> None:
        draft = window.create_page.controls.request_draft
        draft.change(prompt="a boat", steps=60)
        await generated(window)
        assert announced[-1] == "Finished: a boat"
        assert any(text.startswith("a boat: ") and "of 60" in text for text in announced)
        draft.change(steps=400)
        click(window.create_page.controls.button)
        await until(lambda: window.generation.job is not None and window.generation.job.newest() is not None)
        window.generation.stop()
        await until(lambda: window.generation.job is None)
        assert announced[-1] == "Stopped: a boat"
        # Live starts jobs all the time.
        draft.change(steps=8)
        before = len(announced)
        window.create_page.controls.modes.live.click()
        live = window.live
        await until(lambda: live.job is not None and live.job.run.state.ended)
        assert announced[before:] == []

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))


async def _check_the_keyboard_does_not_reach_what_a_sheet_covers(window: Window) -> None:
    panel = window.create_page.canvas_panel
    await generated(window)
    assert panel.canvas in stops(window, Qt.Key.Key_Tab)
    panel.canvas.setFocus()
    press(window, Qt.Key.Key_Y)
    await until(lambda: panel.mode() == "sheet" and window.generation.job is None)
    covered = (panel.canvas, panel.filmstrip.strip)
    assert not any(part.isVisible() for part in covered)
    assert not {*covered} & {*stops(window, Qt.Key.Key_Tab)}
    press(window, Qt.Key.Key_Escape)
    await until(lambda: panel.mode() == "" and all(part.isVisible() for part in covered))


def test_screen_readers_in_the_window(home: Path) -> None:
    """Check what screen readers get, in one window."""
    run_in_window(
        _check_the_pages_are_tabs_which_the_keyboard_and_a_screen_reader_reach,
        _check_an_action_of_a_switch_does_what_a_click_does,
        _check_a_section_is_open_or_closed,
        _check_sliders_are_read_as_the_numbers_that_they_show,
        _check_the_strip_of_steps_is_a_slider,
        _check_the_canvas_and_the_dividers_say_what_they_are,
        _check_the_keyboard_does_not_reach_what_a_sheet_covers,
    )
