"""Presets in the window: saved, applied, renamed, deleted and undone from the popup beside the prompt."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from gdm_studio.common import paths
from gdm_studio.preferences import LANGUAGES
from gdm_studio.studio import presets
from gdm_studio.ui.create.prompt.preset_popup import PresetPopup
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.theme.theme import SPACE
from gdm_studio.ui.widgets import IconButton
from gdm_studio.ui.widgets.fields import TextLine
from tests.helpers.languages import language
from tests.helpers.widgets import mute_platform, show_widget, theme, wait_until
from tests.helpers.window import click, press, run_in_window, until, wait_for_notice
from tests.ui.accessibility import problems

CONTROL = Qt.KeyboardModifier.ControlModifier


async def open_popup(window: Window) -> PresetPopup:
    with mute_platform():
        click(window.create_page.controls.presets_mark)
        await until(window.presets.popup.isVisible)
    return window.presets.popup


async def save(window: Window, name: str, *, with_prompt: bool = False) -> None:
    popup = await open_popup(window)
    popup.with_prompt.setChecked(with_prompt)
    QTest.keyClicks(popup.name, name)
    QTest.keyClick(popup.name, Qt.Key.Key_Return)
    await until(lambda: not popup.isVisible())
    assert presets.content_of(name) is not None


@pytest.mark.parametrize("name", [name for name in LANGUAGES if name != "system"])
def test_the_placeholder_of_the_name_fits_in_each_language(name: str) -> None:
    window = show_widget(QWidget(), width=900)
    with language(name), mute_platform():
        popup = PresetPopup(theme(), window)
        popup.show()
        wait_until(popup.name.isVisible)
        hint = popup.name.placeholderText()
        assert QFontMetrics(popup.name.font()).horizontalAdvance(hint) <= popup.name.width() - 2 * SPACE.edge
        popup.hide()
    window.close()


def buttons(popup: PresetPopup, name: str) -> list[QPushButton | IconButton]:
    found = [*popup.findChildren(QPushButton), *popup.findChildren(IconButton)]
    return [each for each in found if each.accessibleName() == name and each.isVisible()]


def shows(popup: PresetPopup, name: str) -> bool:
    return bool(buttons(popup, name))


def button(popup: PresetPopup, name: str) -> QPushButton | IconButton:
    return buttons(popup, name)[0]


def test_settings_are_saved_and_applied_and_the_seed_stays(home: Path) -> None:
    async def play(window: Window) -> None:
        request_draft = window.request_draft
        request_draft.change(prompt="a {red|blue} hen", steps=9)
        await save(window, "Quick", with_prompt=True)
        await save(window, "Bare")
        request_draft.change(prompt="an owl", steps=30)
        request_draft.hold_seed(False)
        before = request_draft.written
        popup = await open_popup(window)
        assert problems(popup) == []
        click(button(popup, "Bare"))
        await until(lambda: request_draft["steps"] == 9)
        assert (
            request_draft["prompt"] == "an owl"
            and request_draft["seed"] == before.seed
            and not request_draft.is_seed_given
        )
        await wait_for_notice(window, "Preset Bare applied")
        # Keys reach only an active window, and the offscreen platform does not always activate it after a popup.
        window.activateWindow()
        await until(window.isActiveWindow)
        window.create_page.canvas_panel.setFocus()
        press(window, Qt.Key.Key_Z, CONTROL)
        await until(lambda: request_draft.written == before)
        click(button(await open_popup(window), "Quick"))
        await until(lambda: request_draft["prompt"] == "a {red|blue} hen" and request_draft["steps"] == 9)

    run_in_window(play)


def test_presets_are_renamed_replaced_deleted_and_undone(home: Path) -> None:
    async def play(window: Window) -> None:
        window.request_draft.change(steps=9)
        await save(window, "One")
        window.request_draft.change(steps=8)
        await save(window, "One")
        await wait_for_notice(window, "Preset One replaced")
        assert presets.load("One").values["steps"] == 8
        window.undo()
        await until(lambda: presets.load("One").values["steps"] == 9)
        popup = await open_popup(window)
        await until(lambda: shows(popup, "Rename One"))
        click(button(popup, "Rename One"))
        field = next(each for each in popup.findChildren(TextLine) if each.isVisible() and each.text() == "One")
        assert field.height() <= field.parentWidget().height(), "it is not clipped"
        field.selectAll()
        QTest.keyClicks(field, "Two")
        QTest.keyClick(field, Qt.Key.Key_Return)
        await until(lambda: shows(popup, "Delete Two"))
        assert presets.names() == ["Two"]
        click(button(popup, "Delete Two"))
        await until(lambda: presets.names() == [])
        await wait_for_notice(window, "Two deleted")
        popup.hide()
        window.undo()
        await until(lambda: presets.names() == ["Two"])
        window.undo()
        await until(lambda: presets.names() == ["One"])

    run_in_window(play)


def test_a_foreign_file_is_refused_with_a_sentence(home: Path) -> None:
    paths.presets_dir().mkdir(parents=True)
    (paths.presets_dir() / "Theirs.json").write_text('{"steps": 5}')

    async def play(window: Window) -> None:
        before = window.request_draft.written
        click(button(await open_popup(window), "Theirs"))
        await wait_for_notice(window, "Theirs.json is not a preset")
        assert window.request_draft.written == before

    run_in_window(play)


def test_a_refused_name_stays_in_the_popup_with_the_reason(home: Path) -> None:
    def reasons(popup: PresetPopup) -> list[str]:
        return [each.text() for each in popup.findChildren(QLabel) if each.isVisible()]

    async def play(window: Window) -> None:
        await save(window, "One")
        popup = await open_popup(window)
        QTest.keyClicks(popup.name, "a/b")
        QTest.keyClick(popup.name, Qt.Key.Key_Return)
        await until(lambda: any("cannot have this name" in each for each in reasons(popup)))
        assert popup.isVisible() and popup.name.text() == "a/b" and problems(popup) == []
        QTest.keyClick(popup.name, Qt.Key.Key_Backspace)
        assert not any("cannot have this name" in each for each in reasons(popup))
        click(button(popup, "Rename One"))
        field = next(each for each in popup.findChildren(TextLine) if each.isVisible() and each.text() == "One")
        field.selectAll()
        QTest.keyClicks(field, ".two")
        QTest.keyClick(field, Qt.Key.Key_Return)
        await until(lambda: any("must not be empty or begin" in each for each in reasons(popup)))
        assert popup.isVisible() and field.isVisible() and field.text() == ".two"
        field.selectAll()
        QTest.keyClicks(field, "Two")
        QTest.keyClick(field, Qt.Key.Key_Return)
        await until(lambda: shows(popup, "Delete Two"))
        assert presets.names() == ["Two"]
        popup.hide()

    run_in_window(play)
