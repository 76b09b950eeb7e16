"""Exporting in the window: the dialog by itself, and from a picture on the stage to files in a folder."""

from __future__ import annotations

import asyncio
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from gdm_studio.errors import StorageError
from gdm_studio.gallery import read, save
from gdm_studio.gallery.export import FORMATS
from gdm_studio.gallery.naming import check_pattern
from gdm_studio.models.card import ModelCard, Source
from gdm_studio.request import Request
from gdm_studio.run import Result
from gdm_studio.ui.exporting.dialog import ExportDialog, Wish
from gdm_studio.ui.exporting.exporting import Exporting
from gdm_studio.ui.folders import exports_folder, open_folder
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.widgets.tick import Tick
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.looks import flat, heard, shown, theme
from tests.helpers.opened import click, notices, opened, press, told, until

SOURCE = Source("discs", "Ann Example", "CC-BY-4.0", "https://example.org/discs")


class CreditedLibrary(GaussianLibrary):
    """The Gaussian model, as if it had learned from someone's discs."""

    def cards(self) -> list[ModelCard]:
        return [replace(card, sources=(SOURCE,)) for card in super().cards()]


@pytest.fixture
def dialog(tmp_path: Path) -> Iterator[ExportDialog]:
    look = theme()
    window = shown(QWidget(), 900, 600)
    made = ExportDialog(look, FORMATS, what="a disc", credited=True, folder=tmp_path, parent=window)
    made.open()
    QTest.qWaitForWindowExposed(made)
    yield made
    window.close()


def choose(dialog: ExportDialog, form: str) -> None:
    dialog.form.set_choice(form)
    dialog.form.chosen.emit(form)


def test_each_format_asks_only_what_it_has_use_for(dialog: ExportDialog) -> None:
    for form in FORMATS.values():
        choose(dialog, form.id)
        assert dialog.pixels.isVisible() == form.sized
        assert dialog.ground.isVisible() == (form.ground != "none")
        assert dialog.metadata.isVisible() == form.keeps_metadata
        assert (dialog.wish().background is None) == (form.ground != "must")


def test_the_dialog_keeps_its_size_from_format_to_format(dialog: ExportDialog) -> None:
    sizes = set()
    for form in FORMATS:
        choose(dialog, form)
        QTest.qWait(1)
        sizes.add(dialog.size().toTuple())
    assert len(sizes) == 1


def test_a_colour_of_ones_own(dialog: ExportDialog) -> None:
    changed = heard(dialog.changed)
    dialog.ground.set_choice("other")
    dialog.ground.chosen.emit("other")
    assert dialog.colour.isVisible()
    dialog.colour.selectAll()
    QTest.keyClicks(dialog.colour, "#102030")
    assert dialog.wish().background == (16, 32, 48) and changed


def test_what_was_set_comes_back(dialog: ExportDialog, tmp_path: Path) -> None:
    for ground in ((16, 32, 48), None, (255, 255, 255)):
        wish = Wish("webp", 256, ground, False, True, tmp_path / "there")
        dialog.set_wish(wish)
        assert dialog.wish() == wish
    assert dialog.ground.choice() == "#ffffff"


def test_what_was_set_comes_back_after_a_restart_where_a_file_can_say_it(home: Path, tmp_path: Path) -> None:
    wish = Wish("webp", 256, (16, 32, 48), False, False, tmp_path / "out", "{seed}")

    def asked(window: Window) -> ExportDialog:
        window.create_page.gallery.grid.selectAll()
        press(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
        assert window.exporting.dialog is not None
        return window.exporting.dialog

    async def play(window: Window) -> None:
        await _generated(window)
        asked(window).set_wish(wish)
        await _exported(window.exporting)

    async def again(window: Window) -> None:
        await until(lambda: window.shelf.beside.rowCount() == 1)
        whole, fresh = json.loads(window.exporting.last), Wish("png", 512, None, True, False, exports_folder())
        deep = "[" * 5000 + "]" * 5000
        bad = [{"size": 3}, {"form": 5}, *({"background": each} for each in ([1], [300, -1, 5], [2**40, 0, 0]))]
        lasts = [(json.dumps(whole | change), fresh) for change in bad]
        for last, expected in [(window.exporting.last, wish), ("", fresh), ("{", fresh), (deep, fresh), *lasts]:
            window.exporting.last = last
            dialog = asked(window)
            assert dialog.wish() == expected, last[:80]
            dialog.reject()
            await until(lambda: window.exporting.dialog is None)

    opened(play)
    opened(again)


def test_space_turns_a_tick_over_and_clicks_do(dialog: ExportDialog) -> None:
    tick: Tick = dialog.credits
    tick.setFocus()
    QTest.keyClick(tick, Qt.Key.Key_Space)
    assert tick.isChecked()
    click(tick)
    assert not tick.isChecked()


def test_small_pictures_of_a_set_stand_below_the_large_one(dialog: ExportDialog) -> None:
    dialog.preview.show_pictures([flat(255, 0, 0, side=200), flat(0, 0, 255, side=32)])
    assert _count(dialog.preview, 255, 0, 0) == 200 * 200 and _count(dialog.preview, 0, 0, 255) == 32 * 32


async def _generated(window: Window) -> None:
    click(window.create_page.controls.button)
    await until(lambda: window.making.job is None and window.shelf.beside.rowCount() == 1)


async def _exported(exporting: Exporting) -> None:
    assert exporting.dialog is not None
    click(exporting.dialog.run)
    await until(lambda: exporting.dialog is None)


def test_from_the_stage_to_a_larger_file(home: Path, tmp_path: Path) -> None:
    async def play(window: Window) -> None:
        await _generated(window)
        press(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
        dialog = window.exporting.dialog
        assert dialog is not None
        dialog.set_wish(Wish("png", 256, None, True, False, tmp_path / "out"))
        await _exported(window.exporting)
        (path,) = (tmp_path / "out").iterdir()
        (kept,) = (home / "pictures").glob("*.png")
        assert Image.open(path).size == (256, 256) and read(path).request == read(kept).request
        await told(window, "Picture exported")
        window.turn_to("models")
        window.turn_to("create")
        assert not any("Picture exported" in notice for notice in notices(window)), "it is gone with the page"

    opened(play)


def test_the_preview_shows_what_will_be_written(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gdm_studio.gallery.export.formats.TRACED_SIDE", 128)  # no enlargement to wait for

    async def play(window: Window) -> None:
        await _generated(window)
        click(window.create_page.gallery.details._export)
        dialog = window.exporting.dialog
        assert dialog is not None
        dialog.set_wish(Wish("jpeg", 64, None, True, False, tmp_path))
        dialog.ground.set_choice("#000000")
        dialog.ground.chosen.emit("#000000")
        await until(lambda: _count(dialog.preview, 0, 0, 0) > 200)
        choose(dialog, "svg")
        await until(lambda: "712" in dialog.preview._size.text())
        dialog.reject()
        assert window.exporting.dialog is None

    opened(play)


def test_credit_with_one_click_and_beside_the_files(home: Path, tmp_path: Path) -> None:
    async def play(window: Window) -> None:
        await _generated(window)
        click(window.create_page.gallery.details._credit)
        await told(window, "Credit copied")
        text = QGuiApplication.clipboard().text()
        assert all(part in text for part in (SOURCE.author, SOURCE.licence, SOURCE.url))
        window.exporting.open(window.create_page.gallery.grid.selected())
        dialog = window.exporting.dialog
        assert dialog is not None
        dialog.set_wish(Wish("ico", 512, None, True, True, tmp_path / "out"))
        await _exported(window.exporting)
        assert sorted(path.suffix for path in (tmp_path / "out").iterdir()) == [".ico", ".txt"]
        assert (tmp_path / "out" / "CREDITS.txt").read_text(encoding="utf-8") == text

    opened(play, library=CreditedLibrary())


def test_a_folder_that_cannot_be_written_is_said_in_the_dialog(home: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    async def play(window: Window) -> None:
        await _generated(window)
        window.exporting.open(window.create_page.gallery.grid.selected())
        dialog = window.exporting.dialog
        assert dialog is not None
        dialog.set_wish(Wish("png", 64, None, True, False, tmp_path / "file"))
        click(dialog.run)
        await until(lambda: "is a file, not a folder" in dialog._problem.text())
        assert dialog.run.isEnabled() and window.exporting.dialog is dialog
        dialog.reject()

    opened(play)


def _count(widget: QWidget, red: int, green: int, blue: int) -> int:
    """How many pixels of what a widget shows have that colour."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.array(image.constBits()).reshape(image.height(), image.bytesPerLine())
    pixels = rows[:, : 3 * image.width()].reshape(-1, 3)
    return int((pixels == (red, green, blue)).all(1).sum())


def test_a_name_that_cannot_be_is_said_before_anything_is_written(tmp_path: Path) -> None:
    def name_of(pattern: str) -> str:
        check_pattern(pattern)
        return pattern.replace("{seed}", "42")

    look, window = theme(), shown(QWidget(), 900, 600)
    dialog = ExportDialog(look, FORMATS, what="a disc", credited=False, folder=tmp_path, parent=window, name_of=name_of)
    dialog.open()
    for text, example, can in (("disc {seed}", "disc 42", True), ("disc {colour}", "{colour}", False)):
        dialog.pattern.selectAll()
        QTest.keyClicks(dialog.pattern, text)
        said = dialog._example if can else dialog._problem  # the latter is not cut off
        assert example in said.text() and dialog.run.isEnabled() == can
        assert dialog._problem.isVisible() != can
    window.close()


@pytest.mark.parametrize("form", ["copies", "zip", "sheet", "png"])
def test_several_leave_together_each_by_its_number(home: Path, tmp_path: Path, form: str) -> None:
    (home / "pictures").mkdir()
    for seed in (1, 2, 3):
        request = Request(model="gaussian", prompt="a disc", seed=seed, size=(64, 64))
        save(Result(0, request, flat(80 * seed, 0, 0, side=64)), home / "pictures")

    async def play(window: Window) -> None:
        grid = window.create_page.gallery.grid
        await until(lambda: window.shelf.beside.rowCount() == 3)
        grid.selectAll()
        await until(lambda: len(grid.selected()) == 3)
        press(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: window.exporting.dialog is not None)
        dialog = window.exporting.dialog
        assert dialog is not None
        dialog.set_wish(Wish(form, 64, None, False, False, tmp_path / "out", "disc {n:02}"))
        await _exported(window.exporting)
        await told(window, "3 pictures exported")

    opened(play)
    there = sorted(path.name for path in (tmp_path / "out").iterdir())
    if form in ("copies", "png"):
        assert there == ["disc 01.png", "disc 02.png", "disc 03.png"]
        assert all(read(tmp_path / "out" / name).request is None for name in there)
    elif form == "zip":
        assert there == ["Pictures.zip"]
        with zipfile.ZipFile(tmp_path / "out" / "Pictures.zip") as packed:
            assert "disc 03.png" in packed.namelist()
            seeds = [one["seed"] for one in json.loads(packed.read("manifest.json"))["pictures"]]
        assert sorted(seeds) == [1, 2, 3]
    else:
        assert there == ["Contact sheet.png"] and Image.open(tmp_path / "out" / there[0]).width > 500


def test_a_folder_that_no_program_shows_is_said_to_be_so(tmp_path: Path) -> None:
    """As on a system without a file manager, which the platform of the tests is."""
    theme()
    with pytest.raises(StorageError, match=f"No program here shows folders; this one is {tmp_path}"):
        asyncio.run(open_folder(tmp_path))
    with pytest.raises(StorageError, match="is not there"):
        asyncio.run(open_folder(tmp_path / "gone"))
