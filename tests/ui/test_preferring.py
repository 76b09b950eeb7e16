"""Settings take effect at once, are saved as they are changed, and can be found by a few letters."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget

from gdm_studio import doctor, preferences
from gdm_studio.engine import devices
from gdm_studio.errors import StorageError
from gdm_studio.models.card import ModelCard
from gdm_studio.models.library import Library
from gdm_studio.preferences import Preferences
from gdm_studio.ui.folders import open_folder
from gdm_studio.ui.settings.entries import SECTIONS
from gdm_studio.ui.settings.page import SettingsPage
from gdm_studio.ui.settings.rows import ChoiceRow, PatternRow
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.widgets import Combo
from tests.helpers.gaussian_model import CARD, GaussianLibrary
from tests.helpers.looks import heard, shown, theme
from tests.helpers.opened import click, opened, press, until

CTRL = Qt.KeyboardModifier.ControlModifier


def page() -> SettingsPage:
    made = shown(SettingsPage(theme()), 1000, 700)
    made.show_preferences(Preferences())
    return made


def settings_page(window: Window) -> SettingsPage:
    window.turn_to("settings")
    opened_page = window.pages.currentWidget()
    assert isinstance(opened_page, SettingsPage)
    return opened_page


def saved() -> dict:
    try:
        return json.loads(preferences.path().read_text())
    except FileNotFoundError:
        return {}


def test_every_setting_has_a_row_and_a_sentence() -> None:
    entries = [entry for section in SECTIONS for entry in section.entries]
    assert {entry.name for entry in entries} == set(vars(Preferences()))
    assert all(entry.sentence.endswith(".") and entry.title for entry in entries)
    values = [(entry.name, value) for entry in entries for value, _ in entry.options]
    assert all(preferences.is_valid(name, value) for name, value in values)


def test_marks_show_what_differs_from_the_default_and_put_it_back() -> None:
    made = page()
    assert not any(row.reset.isVisible() for row in made.rows.values())
    made.show_preferences(replace(Preferences(), format="webp", notify=False))
    assert {name for name, row in made.rows.items() if row.reset.isVisible()} == {"format", "notify"}
    changed = heard(made.changed)
    click(made.rows["format"].reset)
    click(made.rows["notify"].reset)
    assert changed == [("format", "png"), ("notify", True)]


def test_a_value_that_is_not_among_those_offered_is_shown_all_the_same() -> None:
    made = page()
    made.show_preferences(replace(Preferences(), steps_gb=7.5))
    box = made.rows["steps_gb"].control
    assert isinstance(box, Combo) and box.currentText() == "7.5 GB"
    made.show_preferences(Preferences())
    assert box.currentText() == "4 GB"


@pytest.mark.parametrize(
    ("typed", "found"),
    [("theme", {"theme"}), ("webp", {"format"}), ("scrub", {"keep_steps"}), ("xyzzy", set()), ("thr", {"threads"})],
)
def test_search_leaves_the_rows_that_fit(typed: str, found: set[str]) -> None:
    made = page()
    QTest.keyClicks(made.search, typed)
    assert {name for name, row in made.rows.items() if row.isVisible()} == found
    made.search.clear()
    assert all(row.isVisible() for row in made.rows.values())


def test_the_window_opens_the_page_with_the_gear_and_with_keys() -> None:
    async def play(window: Window) -> None:
        window.top._group.button(0).setFocus()
        click(window.top.gear)
        assert window.page() == "settings" and window.top.gear.isChecked()
        assert window.top.gear.hasFocus(), "the ring is not left at the page one came from"
        press(window, Qt.Key.Key_1, CTRL)
        assert window.page() == "create" and not window.top.gear.isChecked()
        press(window, Qt.Key.Key_Comma, CTRL)
        assert window.page() == "settings"
        made = settings_page(window)
        made.rows["notify"].control.setFocus()
        press(window, Qt.Key.Key_Slash)
        assert made.search.hasFocus()
        found = made.about
        await until(lambda: any("Gallery" in w.accessibleName() for w in found.findChildren(QWidget)))

    opened(play)


def test_changes_are_felt_and_saved() -> None:
    async def play(window: Window) -> None:
        made = settings_page(window)
        row = made.rows["theme"]
        assert isinstance(row, ChoiceRow)
        for name, dark in (("light", False), ("dark", True)):
            row.changed.emit("theme", name)
            assert window.theme.dark is dark
            await until(lambda name=name: saved().get("theme") == name)
        made.rows["format"].changed.emit("format", "webp")
        while (await window.shelf.ask(lambda gallery: gallery.saving)).form != "webp":
            await asyncio.sleep(0.01)
        assert saved()["format"] == "webp"
        pattern = made.rows["name_pattern"]
        assert isinstance(pattern, PatternRow) and pattern.example.text().endswith(".webp")
        await check_that_the_pattern_is_tried_as_it_is_typed(window)
        window.turn_to("create")
        window.create_page.controls.button.click()
        await until(lambda: list((preferences.path().parent.parent / "pictures").rglob("* x.webp")))

    opened(play)
    theme().set_scheme("system")


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
    assert window.preferring.now.name_pattern == "{seed} x"


def test_threads_are_those_of_the_next_run() -> None:
    before = torch.get_num_threads()

    async def play(window: Window) -> None:
        window.preferring.change("threads", 1)
        await until(lambda: window.making.device == "CPU · 1 thread")
        window.preferring.change("threads", 0)
        usual = f"CPU · {devices.USUAL_THREADS} thread"
        await until(lambda: window.making.device.startswith(usual))

    opened(play)
    assert torch.get_num_threads() == before


def test_a_share_of_the_machine_is_kept_to() -> None:
    """At a quarter, three times as long is rested as is worked; stopping does not wait for the rest to be over."""

    async def play(window: Window) -> None:
        controls = window.create_page.controls
        controls.draft.change(steps=4)
        preferences.save(Preferences(cpu_share=0.25))
        began = time.perf_counter()
        controls.button.click()
        run = window.viewer.run
        await until(lambda: window.making.job is None)
        assert run is not None
        worked = sum(view.ms for view in run.views[0][:-1]) / 1000  # there is no rest after the last
        assert time.perf_counter() - began > 3.9 * worked > 0
        preferences.save(Preferences(cpu_share=0.05))
        controls.button.click()
        await until(lambda: window.viewer.view() is not None and window.viewer.view().index == 1)
        began, rest = time.perf_counter(), 19 * window.viewer.view().ms / 1000
        window.making.stop()
        await until(lambda: window.making.job is None)
        assert time.perf_counter() - began < rest

    opened(play, library=GaussianLibrary(step_seconds=0.2))


def test_the_chosen_device_is_what_automatic_means() -> None:
    preferences.save(Preferences(device="cpu"))
    assert devices.resolve("auto") == torch.device("cpu")
    preferences.save(Preferences(device="cuda:99"))
    assert devices.resolve("auto") == torch.device(devices.available()[0])


def test_models_are_found_in_folders_of_ones_own(tmp_path: Path) -> None:
    usual = Library().cards()
    shipped = next(card.path for card in usual if card.path is not None)
    (tmp_path / "mine").mkdir()
    for file in shipped.parent.iterdir():
        (tmp_path / "mine" / file.name).symlink_to(file)
    preferences.save(Preferences(model_folders=(str(tmp_path), str(tmp_path / "gone"))))
    assert [card.name for card in Library().cards()].count(usual[0].name) == 2


class Growing(GaussianLibrary):
    """Finds another model at its second look."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0

    def refresh(self) -> bool:
        self.looks += 1
        return self.looks == 2

    def cards(self) -> list[ModelCard]:
        late = replace(CARD, name="late", title="Late", date="2025-01-01")
        return [CARD, late] if self.looks > 1 else [CARD]


def test_models_put_there_while_the_window_is_open_are_offered() -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        controls.prompt.set_text("a violet disc")
        window.turn_to("models")
        await until(lambda: sorted(window.models_page.names()) == ["gaussian", "late"])
        assert controls.request().prompt == "a violet disc" and controls.request().model == "gaussian"

    opened(play, library=Growing())


def test_the_report_can_be_copied() -> None:
    made = page()
    copied = heard(made.copy_asked)
    made.show_findings([doctor.Finding("Memory", "1 GB", doctor.WARN, "Close other programs.")])
    button = next(b for b in made.about.findChildren(QAbstractButton) if b.accessibleName() == "Copy report")
    click(button)
    assert copied == [()]
    assert doctor.report([doctor.Finding("Memory", "1 GB", doctor.WARN, "Close.")]) == "note Memory: 1 GB\n     Close."


def test_a_folder_whose_drive_is_away_is_not_made_anew(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="is not there"):
        asyncio.run(open_folder(tmp_path / "drive" / "pictures"))
    assert not list(tmp_path.iterdir())


def test_the_library_moves_and_comes_back(tmp_path: Path) -> None:
    async def play(window: Window) -> None:
        made = settings_page(window)
        window.create_page.controls.button.click()
        await until(lambda: window.shelf.all.rowCount() > 0 and window.making.job is None)
        usual = Path(made.library.folder.text())
        files = {path.name for path in usual.rglob("*.png")}
        assert files
        window.shown_settings.relocating.move_to(tmp_path / "new")
        await until(lambda: made.library.folder.text() == str(tmp_path / "new"))
        assert {path.name for path in (tmp_path / "new").rglob("*.png")} == files and not list(usual.rglob("*.png"))
        assert preferences.load().library == str(tmp_path / "new") and window.shelf.all.rowCount() == len(files)
        await until(lambda: window._notices.shown)
        window._notices.shown[-1]._button.click()
        await until(lambda: made.library.folder.text() == str(usual))
        assert {path.name for path in usual.rglob("*.png")} == files and preferences.load().library == ""
        window.create_page.controls.button.click()
        await until(lambda: len(list(usual.rglob("*.png"))) == len(files) + 1 and window.making.job is None)
        relocating = window.shown_settings.relocating
        relocating.move_to(usual)
        await until(lambda: any("already" in notice.text for notice in window._notices.shown))
        relocating.move_to(tmp_path / "other")
        made.library.stop_asked.emit()
        await until(lambda: any("Stopped" in notice.title for notice in window._notices.shown))
        assert made.library.folder.text() == str(usual) and not made.library.move_button.isHidden()
        assert len(list(usual.rglob("*.png"))) == len(files) + 1 and preferences.load().library == ""

    opened(play)
