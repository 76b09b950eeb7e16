"""The settings page: changes take effect and are saved at once, and settings are found by a few letters."""

from __future__ import annotations

import asyncio
import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from gdm_studio import doctor, preferences
from gdm_studio.common.errors import StorageError
from gdm_studio.models.memory import devices
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library
from gdm_studio.preferences import Preferences
from gdm_studio.ui.folder_dialogs import open_folder
from gdm_studio.ui.settings.entries import ABOUT, CAPABILITIES, DOWNLOADS, SECTIONS
from gdm_studio.ui.settings.page import SettingsPage
from gdm_studio.ui.settings.rows import ChoiceRow, PatternRow
from gdm_studio.ui.shell.panes import focus_next_pane
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.widgets import Combo
from tests.helpers import tiny_stable
from tests.helpers.gaussian_model import CARD, GaussianLibrary
from tests.helpers.languages import language
from tests.helpers.widgets import flat_image, record_signal, show_widget, theme
from tests.helpers.window import click, finish_layouts, press, run_in_window, until

CTRL = Qt.KeyboardModifier.ControlModifier


def page() -> SettingsPage:
    made = show_widget(SettingsPage(theme()), 1000, 700)
    made.show_preferences(Preferences())
    return made


def settings_page(window: Window) -> SettingsPage:
    window.open_page("settings")
    opened_page = window.pages.currentWidget()
    assert isinstance(opened_page, SettingsPage)
    return opened_page


def saved() -> dict:
    try:
        return json.loads(preferences.path().read_text())
    except FileNotFoundError:
        return {}


def test_every_setting_has_a_row_and_a_description() -> None:
    entries = [entry for section in SECTIONS for entry in section.entries]
    assert {entry.name for entry in (*entries, DOWNLOADS)} == set(vars(Preferences()))
    assert all(entry.sentence.endswith(".") and entry.title for entry in entries)
    values = [(entry.name, value) for entry in entries for value, _ in entry.choices()]
    assert all(preferences.is_valid(name, value) for name, value in values)


def test_marks_show_changed_settings_and_reset_them() -> None:
    made = page()
    assert not any(row.reset.isVisible() for row in made.rows.values())
    made.show_preferences(replace(Preferences(), format="webp", notify=False))
    assert {name for name, row in made.rows.items() if row.reset.isVisible()} == {"format", "notify"}
    changed = record_signal(made.changed)
    click(made.rows["format"].reset)
    click(made.rows["notify"].reset)
    assert changed == [("format", "png"), ("notify", True)]


def test_the_keyboard_reaches_a_setting_before_the_buttons_that_change_it_back() -> None:
    made = page()
    made.show_preferences(
        replace(Preferences(), model_folders=("/models",), language="de", name_pattern="{id}"), Preferences()
    )
    stops = tab_stops(made)
    for name in ("model_folders", "language", "name_pattern"):
        row = made.rows[name]
        inside = [each for each in stops if row.isAncestorOf(each)]
        buttons = [button for button in (row.reset, row.restart) if button.isVisible()]
        assert len(inside) > len(buttons) and inside[-len(buttons) :] == buttons
        assert stops[stops.index(inside[0]) :][: len(inside)] == inside, "Tab goes from row to row"
    made.search.setText("Language")
    made.search.setFocus()
    focus_next_pane(made, [], forwards=True)
    assert QApplication.focusWidget() is made.rows["language"].control


def tab_stops(part: QWidget) -> list[QWidget]:
    """Return the visible widgets inside a widget at which Tab stops, in its order."""
    stops: list[QWidget] = []
    each = part.nextInFocusChain()
    while each is not part:
        if part.isAncestorOf(each) and each.isVisible() and each.focusPolicy() & Qt.FocusPolicy.TabFocus:
            stops.append(each)
        each = each.nextInFocusChain()
    return stops


def test_a_value_outside_the_offered_choices_is_shown() -> None:
    made = page()
    made.show_preferences(replace(Preferences(), steps_gb=7.5))
    box = made.rows["steps_gb"].control
    assert isinstance(box, Combo) and box.currentText() == "7.5 GB"
    made.show_preferences(Preferences())
    assert box.currentText() == "4 GB"


@pytest.mark.parametrize(
    ("typed", "found"),
    [("theme", {"theme"}), ("webp", {"format"}), ("branched", {"keep_steps"}), ("xyzzy", set()), ("thr", {"threads"})],
)
def test_search_shows_only_matching_rows(typed: str, found: set[str]) -> None:
    made = page()
    QTest.keyClicks(made.search, typed)
    assert {name for name, row in made.rows.items() if row.isVisible()} == found
    made.search.clear()
    assert all(row.isVisible() for row in made.rows.values())


def test_the_list_marks_the_section_that_is_shown() -> None:
    made = page()
    made.resize(700, 300)
    finish_layouts(made)

    def marked() -> list[str]:
        return [title for title, button in made.sections.items() if button.isChecked()]

    first, second = (section.title for section in SECTIONS[:2])
    assert marked() == [first]
    made.open_section(second)
    assert marked() == [second]
    made._scroll.verticalScrollBar().setValue(0)
    assert marked() == [first]
    # The last sections are too short to reach the top of the page.
    for section in (ABOUT, ABOUT, CAPABILITIES):
        click(made.sections[section])
        assert marked() == [section]
    bar = made._scroll.verticalScrollBar()
    bar.setValue(0)
    bar.setValue(bar.maximum())
    assert marked() == [ABOUT]
    of_threads = next(section.title for section in SECTIONS if "threads" in {entry.name for entry in section.entries})
    # A search marks the section of its first row, also after the page has become shorter.
    for typed, section in (("threads", of_threads), ("xyzzy", None), ("", first)):
        made.search.setText(typed)
        assert marked() == ([section] if section else [])
        finish_layouts(made)
        assert marked() == ([section] if section else [])


@pytest.mark.parametrize("section", ["Models", ABOUT])
def test_a_section_chosen_during_a_search_is_scrolled_to(section: str) -> None:
    made = page()
    made.resize(900, 500)
    made.search.setText("theme")
    finish_layouts(made)
    click(made.sections[section])
    finish_layouts(made)
    QApplication.processEvents()
    heading = next(heading for heading, _, _ in made._cards if heading.property("section") == section)
    top = heading.mapTo(made, QPoint(0, 0)).y()
    assert not made.search.text() and 0 <= top < made.height() and made._scroll.verticalScrollBar().value() > 0
    assert made.sections[section].isChecked()


def test_the_window_opens_the_page_with_the_gear_and_with_keys() -> None:
    async def play(window: Window) -> None:
        window.top._group.button(0).setFocus()
        click(window.top.gear)
        assert window.page() == "settings" and window.top.gear.isChecked()
        assert window.top.gear.hasFocus(), "the ring is not left at the page one came from"
        press(window, Qt.Key.Key_1, CTRL)
        assert window.page() == "create" and not window.top.gear.isChecked()
        window.top.search.setFocus()
        for _ in range(2):
            # The queue button may be between them.
            if not window.top.gear.hasFocus():
                press(window, Qt.Key.Key_Tab)
        assert window.top.gear.hasFocus()
        press(window, Qt.Key.Key_Comma, CTRL)
        assert window.page() == "settings"
        made = settings_page(window)
        made.rows["notify"].control.setFocus()
        press(window, Qt.Key.Key_Slash)
        assert made.search.hasFocus()
        found = made.about
        await until(lambda: any("Gallery" in w.accessibleName() for w in found.findChildren(QWidget)))

    run_in_window(play)


def test_changes_take_effect_and_are_saved() -> None:
    async def play(window: Window) -> None:
        made = settings_page(window)
        row = made.rows["theme"]
        assert isinstance(row, ChoiceRow)
        for name, dark in (("light", False), ("dark", True)):
            row.changed.emit("theme", name)
            assert window.theme.dark is dark
            await until(lambda name=name: saved().get("theme") == name)
        made.rows["format"].changed.emit("format", "webp")
        while (await window.gallery.ask(lambda gallery: gallery.saving)).form != "webp":
            await asyncio.sleep(0.01)
        assert saved()["format"] == "webp"
        pattern = made.rows["name_pattern"]
        assert isinstance(pattern, PatternRow) and pattern.example.text().endswith(".webp")
        await check_that_the_pattern_is_tried_as_it_is_typed(window)
        while (await window.gallery.ask(lambda gallery: gallery.saving)).pattern != "{seed} x":
            await asyncio.sleep(0.01)
        window.open_page("create")
        window.create_page.controls.button.click()
        await until(lambda: list((preferences.path().parent.parent / "pictures").rglob("* x.webp")))

    run_in_window(play)
    theme().set_scheme("system")


class _Minimising(QHideEvent):
    """Event of a widget whose window is minimised."""

    def spontaneous(self) -> bool:
        return True


async def check_that_the_pattern_is_tried_as_it_is_typed(window: Window) -> None:
    row = settings_page(window).rows["name_pattern"]
    assert isinstance(row, PatternRow)
    row.edit.setFocus()
    row.edit.selectAll()
    QTest.keyClicks(row.edit, "{seed} x")
    seed = window.create_page.controls.request().seed
    assert row.example.text().endswith(f"{seed} x.webp")
    await until(lambda: saved().get("name_pattern") == "{seed} x")
    QTest.keyClicks(row.edit, " {colour}")
    assert "{colour}" in row.example.text() and row.edit.text() == "{seed} x {colour}"
    assert window.settings_controller.now.name_pattern == "{seed} x"
    row.hideEvent(_Minimising())
    assert row.edit.text() == "{seed} x {colour}", "the window was only minimised"
    window.open_page("create")
    window.open_page("settings")
    assert row.edit.text() == "{seed} x" and "{colour}" not in row.example.text(), "it was refused"


def test_the_thread_count_applies_to_the_next_run() -> None:
    before = torch.get_num_threads()

    async def play(window: Window) -> None:
        window.settings_controller.change("threads", 1)
        await until(lambda: window.generation.device == "CPU · 1 thread")
        window.settings_controller.change("threads", 0)
        usual = f"CPU · {devices.DEFAULT_THREADS} thread"
        await until(lambda: window.generation.device.startswith(usual))

    run_in_window(play)
    assert torch.get_num_threads() == before


def test_a_run_keeps_to_its_share_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """At a quarter, a run rests three times as long as it works; stopping does not wait for the rest to end."""

    async def play(window: Window) -> None:
        controls = window.create_page.controls
        controls.request_draft.change(steps=4)
        preferences.save(Preferences(cpu_share=0.25))
        began = time.perf_counter()
        controls.button.click()
        run = window.viewer.run
        await until(lambda: window.generation.job is None)
        assert run is not None
        # The run does not rest after its last step.
        worked = sum(view.ms for view in run.views[0][:-1]) / 1000
        assert time.perf_counter() - began > 3.9 * worked > 0
        # A rest of minutes, which is longer than the limit of the test. The setting allows no such share.
        monkeypatch.setattr(preferences, "load", lambda: Preferences(cpu_share=0.001))
        controls.button.click()
        await until(lambda: window.viewer.view() is not None and window.viewer.view().index == 1)
        window.generation.stop()
        await until(lambda: window.generation.job is None)

    run_in_window(play, library=GaussianLibrary(step_seconds=0.05))


def test_automatic_means_the_chosen_device() -> None:
    preferences.save(Preferences(device="cpu"))
    assert devices.resolve("auto") == torch.device("cpu")
    preferences.save(Preferences(device="cuda:99"))
    assert devices.resolve("auto") == torch.device(devices.available()[0])


def test_models_are_found_in_additional_folders(tmp_path: Path) -> None:
    tiny_stable.write(tmp_path / "mine" / "dream.safetensors")
    assert "dream" not in [card.name for card in Library().cards()]
    preferences.save(Preferences(model_folders=(str(tmp_path), str(tmp_path / "gone"))))
    assert "dream" in [card.name for card in Library().cards()]


def test_a_copy_of_a_model_in_an_additional_folder_is_reported(tmp_path: Path) -> None:
    shipped = next(card.path for card in Library().cards() if card.path is not None)
    (tmp_path / "mine").mkdir()
    for file in shipped.parent.iterdir():
        (tmp_path / "mine" / file.name).symlink_to(file)
    preferences.save(Preferences(model_folders=(str(tmp_path),)))
    library = Library()
    assert [card.path for card in library.cards()].count(shipped) == 1
    reasons = [each.reason for each in library.refused() if each.path.is_relative_to(tmp_path)]
    assert any("has the same weights as" in reason for reason in reasons)


class Growing(GaussianLibrary):
    """Library that finds another model at its second scan."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0

    def refresh(self) -> bool:
        self.looks += 1
        return self.looks == 2

    def cards(self) -> list[ModelCard]:
        late = replace(CARD, name="late", title="Late", date="2025-01-01")
        return [CARD, late] if self.looks > 1 else [CARD]


def test_models_added_while_the_window_is_open_are_offered() -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        controls.prompt.set_text("a violet disc")
        window.open_page("models")
        await until(lambda: sorted(window.models_page.names()) == ["gaussian", "late"])
        assert controls.request().prompt == "a violet disc" and controls.request().model == "gaussian"

    run_in_window(play, library=Growing())


def test_the_report_can_be_copied() -> None:
    made = page()
    copied = record_signal(made.copy_asked)
    made.show_findings([doctor.Finding("Memory", "1 GB", doctor.WARN, "Close other programs.")])
    button = next(b for b in made.about.findChildren(QAbstractButton) if b.accessibleName() == "Copy report")
    click(button)
    assert copied == [()]
    assert doctor.report([doctor.Finding("Memory", "1 GB", doctor.WARN, "Close.")]) == "note Memory: 1 GB\n     Close."


def test_the_report_is_translated_in_the_window_and_english_as_text(home: Path) -> None:
    """A path may contain braces."""
    folder = home / "{0} models"
    preferences.save(Preferences(model_folders=(str(folder),)))
    found = [*doctor.list_versions(), *doctor.check_folders()]
    with language("de"):
        made = page()
        made.show_findings(found)
        shown = [each.text() for each in made.about.findChildren(QLabel)]
    assert {"Prozessor", f"{os.cpu_count()} Threads", "Bilderordner", "Modellordner", str(folder)} <= {*shown}
    assert any(text.endswith(" frei") for text in shown) and "Processor" not in shown
    said = doctor.report(found)
    assert f"Processor: {os.cpu_count()} threads" in said and f"Model folder: {folder}" in said


def test_a_folder_on_a_disconnected_drive_is_not_created_again(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="is not there"):
        asyncio.run(open_folder(tmp_path / "drive" / "pictures"))
    assert not list(tmp_path.iterdir())


def test_the_library_can_be_moved_and_moved_back(tmp_path: Path) -> None:
    async def play(window: Window) -> None:
        made = settings_page(window)
        window.create_page.controls.button.click()
        await until(lambda: window.gallery.page_model.rowCount() > 0 and window.generation.job is None)
        usual = Path(made.library.folder.text())
        files = {path.name for path in usual.rglob("*.png")}
        assert files
        window.settings_presenter.library_move.move_to(tmp_path / "new")
        await until(lambda: made.library.folder.text() == str(tmp_path / "new"))
        assert {path.name for path in (tmp_path / "new").rglob("*.png")} == files and not list(usual.rglob("*.png"))
        assert preferences.load().library == str(tmp_path / "new") and window.gallery.page_model.rowCount() == len(
            files
        )
        await until(lambda: window._notices.shown)
        window._notices.shown[-1]._button.click()
        await until(lambda: made.library.folder.text() == str(usual))
        assert {path.name for path in usual.rglob("*.png")} == files and preferences.load().library == ""
        window.create_page.controls.button.click()
        await until(lambda: len(list(usual.rglob("*.png"))) == len(files) + 1 and window.generation.job is None)
        relocating = window.settings_presenter.library_move
        relocating.move_to(usual)
        await until(lambda: any("already" in notice.text for notice in window._notices.shown))
        relocating.move_to(tmp_path / "other")
        made.library.stop_asked.emit()
        await until(lambda: any("stopped" in notice.title for notice in window._notices.shown))
        assert made.library.folder.text() == str(usual) and not made.library.move_button.isHidden()
        assert len(list(usual.rglob("*.png"))) == len(files) + 1 and preferences.load().library == ""

    run_in_window(play)


def test_the_canvas_colour_is_chosen_from_the_bar_and_remembered(home: Path) -> None:
    async def play(window: Window) -> None:
        stage = window.create_page.canvas_panel
        stage.canvas.show_picture(flat_image(9, 9, 9))
        button = stage.bar.colour
        await until(button.isVisible)
        menu = button.open_menu()
        titles = [entry.text() for entry in menu.actions() if entry.text()]
        assert titles == ["Checkerboard", "Dark", "Light", "Custom colour…"]
        assert [entry.text() for entry in menu.actions() if entry.isChecked()] == ["Checkerboard"]
        next(entry for entry in menu.actions() if entry.text() == "Light").trigger()
        menu.close()
        assert window.theme.canvas == "light"
        await until(lambda: saved().get("canvas") == "light")
        button.chosen.emit("#ff8800")
        await until(lambda: saved().get("canvas") == "#ff8800")
        window.settings_controller.change("canvas", "no colour")
        assert window.settings_controller.now.canvas == "#ff8800" == window.theme.canvas
        window.settings_controller.change("canvas", "checker")

    run_in_window(play)


def test_a_language_can_be_used_at_once_by_a_restart(home: Path) -> None:
    async def play(window: Window) -> None:
        made = settings_page(window)
        row = made.rows["language"]
        for value, is_offered in (("de", True), ("system", False), ("de", True)):
            row.changed.emit("language", value)
            assert row.restart.isVisible() == is_offered
        assert not made.rows["theme"].restart.isVisible()
        click(row.restart)
        await until(window.closed.is_set)
        assert window.wants_restart and saved()["language"] == "de"

    run_in_window(play)


def test_sizes_of_the_interface_that_do_not_fit_the_screen_are_not_offered() -> None:
    settings = page()
    row = settings.rows["ui_scale"]
    assert isinstance(row, ChoiceRow)
    for largest, expected in (
        (1.6, ["100 %", "125 %", "150 %"]),
        (0.9, ["100 %"]),
        (3.0, ["100 %", "125 %", "150 %", "175 %", "200 %"]),
    ):
        settings.set_largest_scale(largest)
        assert [choice.title for choice in row.findChildren(Combo)[0].choices()] == expected
    # The value that is set stays visible.
    settings.show_preferences(replace(Preferences(), ui_scale=2.0))
    settings.set_largest_scale(1.0)
    assert [choice.title for choice in row.findChildren(Combo)[0].choices()] == ["100 %", "200 %"]
