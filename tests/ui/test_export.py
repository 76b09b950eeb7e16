"""Image export in the window: the dialog alone, and from an image on the stage to files in a folder."""

from __future__ import annotations

import asyncio
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from gdm_studio.common import paths
from gdm_studio.common.errors import StorageError
from gdm_studio.engine import image_inputs
from gdm_studio.gallery import read, save
from gdm_studio.gallery.export import FORMATS
from gdm_studio.gallery.filename_pattern import check_pattern
from gdm_studio.models.model_card import ModelCard, Source
from gdm_studio.networks.upscalers.configurations import CompactConfig
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.export import controller
from gdm_studio.ui.export.controller import ExportController, _flat_style
from gdm_studio.ui.export.dialog import OUTLINES, ExportDialog, ExportSettings
from gdm_studio.ui.folder_dialogs import exports_folder, open_folder
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.widgets.toggles import CheckBox
from gdm_studio.ui.window_actions import COPY_CREDIT
from tests.helpers import foreign_images
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.languages import language
from tests.helpers.upscalers import write_upscaler
from tests.helpers.widgets import flat_image, record_signal, show_widget, theme
from tests.helpers.window import click, notices, press, run_in_window, until, wait_for_notice
from tests.ui.test_flow import generated

SOURCE = Source("discs", "Ann Example", "CC-BY-4.0", "https://example.org/discs")


class CreditedLibrary(GaussianLibrary):
    """Library of the Gaussian model with a training source to credit."""

    def cards(self) -> list[ModelCard]:
        return [replace(card, sources=(SOURCE,)) for card in super().cards()]


@pytest.fixture
def dialog(tmp_path: Path) -> Iterator[ExportDialog]:
    look = theme()
    window = show_widget(QWidget(), 900, 600)
    made = ExportDialog(look, FORMATS, what="a disc", credited=True, folder=tmp_path, parent=window)
    made.open()
    QTest.qWaitForWindowExposed(made)
    yield made
    window.close()


def choose(dialog: ExportDialog, form: str) -> None:
    dialog.form.set_choice(form)
    dialog.form.chosen.emit(form)


def test_each_format_shows_only_the_options_that_it_supports(dialog: ExportDialog) -> None:
    for form in FORMATS.values():
        choose(dialog, form.id)
        assert dialog.pixels.isVisible() == form.sized
        assert dialog.ground.isVisible() == (form.ground != "none")
        assert dialog.metadata.isVisible() == form.keeps_metadata
        assert (dialog.settings().background is None) == (form.ground != "must")


def test_a_format_does_not_change_the_choices_of_the_user(dialog: ExportDialog) -> None:
    for chosen, colour in (("none", None), ("#000000", (0, 0, 0))):
        dialog.ground.set_choice(chosen)
        dialog.ground.chosen.emit(chosen)
        for form in ("jpeg", "copies", "svg", "png"):
            choose(dialog, form)
            written = {"jpeg": colour or (255, 255, 255), "copies": None}.get(form, colour)
            assert dialog.settings().background == written, form
            assert dialog.chosen_settings().background == colour, form


def test_the_dialog_keeps_its_size_from_format_to_format(dialog: ExportDialog) -> None:
    sizes = set()
    for form in FORMATS:
        choose(dialog, form)
        QTest.qWait(1)
        sizes.add(dialog.size().toTuple())
    assert len(sizes) == 1


def test_the_buttons_are_on_a_low_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = SimpleNamespace(availableSize=lambda: QSize(1024, 700))
    monkeypatch.setattr(ExportDialog, "screen", lambda _: screen)
    window = show_widget(QWidget(), 900, 600)
    dialog = ExportDialog(theme(), FORMATS, what="a disc", credited=True, folder=tmp_path, parent=window)
    dialog.open()
    dialog.show_problem("Couldn't write to the folder /proc. Choose another folder, or allow writing to it. " * 2)
    dialog.flat.setChecked(True)
    for form in FORMATS:
        choose(dialog, form)
        QTest.qWait(1)
        assert dialog.height() <= 700 - 48 and dialog.rect().contains(dialog.run.geometry())
        # The last setting can be scrolled to, and nothing is cut off beside the scroll bar.
        dialog._area.ensureWidgetVisible(dialog._example)
        settings = dialog._area.widget()
        assert settings.width() <= dialog._area.viewport().width()
        assert settings.minimumSizeHint().width() <= settings.width(), form
        bottom = dialog._example.mapTo(dialog, dialog._example.rect().bottomLeft()).y()
        assert bottom < dialog._problem.mapTo(dialog, QPoint()).y()
    window.close()


def test_the_dialog_is_as_high_as_a_low_window(tmp_path: Path) -> None:
    window = show_widget(QWidget(), 1024, 700)
    dialog = ExportDialog(theme(), FORMATS, what="a disc", credited=True, folder=tmp_path, parent=window)
    dialog.open()
    QTest.qWaitForWindowExposed(dialog)
    assert window.geometry().contains(dialog.geometry())
    assert dialog.rect().contains(dialog.run.geometry())
    window.close()


def test_a_long_error_squeezes_no_setting(dialog: ExportDialog) -> None:
    before = dialog.height()
    dialog.show_problem("Couldn't write to the folder /proc. Choose another folder, or allow writing to it. " * 3)
    QTest.qWait(1)
    combos = (dialog.form, dialog.pixels, dialog.ground)
    for field in (*combos, dialog.metadata, dialog.credits, dialog.pattern, dialog._example, dialog.run):
        assert field.isVisible() and field.height() >= field.sizeHint().height(), field
    assert dialog._example.geometry().top() > dialog.pattern.geometry().bottom()
    assert dialog._problem.height() >= dialog._problem.heightForWidth(dialog._problem.width())
    parts = [part for part in dialog._right.findChildren(QWidget) if part.isVisible()]
    parts = [part for part in parts if part.parentWidget() is dialog._area.widget()]
    assert not any(
        one.geometry().intersects(other.geometry()) for number, one in enumerate(parts) for other in parts[:number]
    )
    dialog.show_problem("")
    QTest.qWait(1)
    assert dialog.height() == before


def test_a_custom_background_colour_can_be_entered(dialog: ExportDialog) -> None:
    changed = record_signal(dialog.changed)
    dialog.ground.set_choice("other")
    dialog.ground.chosen.emit("other")
    assert dialog.colour.isVisible()
    dialog.colour.selectAll()
    QTest.keyClicks(dialog.colour, "#102030")
    assert dialog.settings().background == (16, 32, 48) and changed


def test_settings_are_restored(dialog: ExportDialog, tmp_path: Path) -> None:
    for ground in ((16, 32, 48), None, (255, 255, 255)):
        flat = {"flat": True, "colours": 6, "smoothing": 2.5, "outline": "pale"}
        wish = ExportSettings("webp", 256, ground, False, True, tmp_path / "there", **flat)
        dialog.set_settings(wish)
        assert dialog.settings() == wish
    assert dialog.ground.choice() == "#ffffff"


def test_valid_settings_are_restored_after_a_restart(home: Path, tmp_path: Path) -> None:
    wish = ExportSettings("webp", 256, (16, 32, 48), False, False, tmp_path / "out", "{seed}")

    def open_dialog(window: Window) -> ExportDialog:
        window.create_page.gallery.grid.selectAll()
        press(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
        assert window.export_controller.dialog is not None
        return window.export_controller.dialog

    async def play(window: Window) -> None:
        await generated(window)
        open_dialog(window).set_settings(replace(wish, form="copies"))
        await _export(window.export_controller)
        saved = json.loads(window.export_controller.last)
        assert saved["background"] == [16, 32, 48], "this format has no background"
        window.export_controller.last = json.dumps(saved | {"form": "webp"})

    async def check_restored(window: Window) -> None:
        await until(lambda: window.gallery.panel_model.rowCount() == 1)
        whole, fresh = (
            json.loads(window.export_controller.last),
            ExportSettings("png", 512, None, True, False, exports_folder()),
        )
        deep = "[" * 5000 + "]" * 5000
        bad = [{"size": 3}, {"form": 5}, *({"background": each} for each in ([1], [300, -1, 5], [2**40, 0, 0]))]
        lasts = [(json.dumps(whole | change), fresh) for change in bad]
        for last, expected in [(window.export_controller.last, wish), ("", fresh), ("{", fresh), (deep, fresh), *lasts]:
            window.export_controller.last = last
            dialog = open_dialog(window)
            assert dialog.settings() == expected, last[:80]
            dialog.reject()
            await until(lambda: window.export_controller.dialog is None)

    run_in_window(play)
    run_in_window(check_restored)


def test_space_and_clicks_toggle_a_check_box(dialog: ExportDialog) -> None:
    tick: CheckBox = dialog.credits
    tick.setFocus()
    QTest.keyClick(tick, Qt.Key.Key_Space)
    assert tick.isChecked()
    click(tick)
    assert not tick.isChecked()


def test_small_images_of_a_set_are_shown_below_the_large_one(dialog: ExportDialog) -> None:
    dialog.preview.show_pictures([flat_image(255, 0, 0, side=200), flat_image(0, 0, 255, side=32)])
    assert _count_pixels(dialog.preview, 255, 0, 0) == 200 * 200 and _count_pixels(dialog.preview, 0, 0, 255) == 32 * 32


async def _export(exporting: ExportController) -> None:
    assert exporting.dialog is not None
    click(exporting.dialog.run)
    await until(lambda: exporting.dialog is None)


def test_the_image_on_the_canvas_is_exported_at_a_larger_size(home: Path, tmp_path: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        press(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
        dialog = window.export_controller.dialog
        assert dialog is not None
        dialog.set_settings(ExportSettings("png", 256, None, True, False, tmp_path / "out"))
        example = dialog._example.text()
        await _export(window.export_controller)
        (path,) = (tmp_path / "out").iterdir()
        assert path.stem == example and example.endswith(" 256px")
        (kept,) = (home / "pictures").glob("*.png")
        assert Image.open(path).size == (256, 256) and read(path).request == read(kept).request
        await wait_for_notice(window, "Picture exported")
        window.open_page("models")
        window.open_page("create")
        assert not any("Picture exported" in notice for notice in notices(window)), "it is gone with the page"

    run_in_window(play)


def test_the_start_image_is_a_layer_of_an_openraster_file(home: Path, tmp_path: Path) -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.request_draft.change(image=image_inputs.store(flat_image(9, 9, 9, side=128)))
        await generated(window)
        press(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
        dialog = window.export_controller.dialog
        assert dialog is not None
        dialog.set_settings(ExportSettings("ora", 512, None, True, False, tmp_path / "out"))
        await _export(window.export_controller)
        (path,) = (tmp_path / "out").iterdir()
        with zipfile.ZipFile(path) as file:
            assert path.suffix == ".ora" and b'name="Start picture"' in file.read("stack.xml")

    run_in_window(play)


class UpscalerLibrary(GaussianLibrary):
    """Library of the Gaussian model with one upscaler, whose file is written by the test."""

    def upscalers(self) -> dict[str, Path]:
        return {"2x_Foo": self.upscaler("2x_Foo")}

    def upscaler(self, name: str) -> Path:
        return paths.models_dir() / "2x_Foo.safetensors"


def test_an_upscaler_and_a_factor_are_chosen(home: Path, tmp_path: Path) -> None:
    write_upscaler(UpscalerLibrary().upscaler(""), CompactConfig(width=8, depth=1, scale=2), "compact")

    async def play(window: Window) -> None:
        await generated(window)
        made = []
        for name, factor in (("", 4), ("2x_Foo", 4), ("2x_Foo", 2)):
            window.export_controller.open(window.create_page.gallery.grid.selected())
            dialog = window.export_controller.dialog
            assert dialog is not None and dialog.upscaler.isVisible()
            folder = tmp_path / f"{name}{factor}"
            wish = ExportSettings("png", 512, None, True, False, folder, factor=factor, upscaler=name)
            dialog.set_settings(wish)
            assert dialog.settings() == wish
            example = dialog._example.text()
            await _export(window.export_controller)
            (file,) = folder.iterdir()
            assert file.stem == example and example.endswith(f" {128 * factor}px")
            made.append(Image.open(file))
        assert [each.size for each in made] == [(512, 512), (512, 512), (256, 256)]
        assert made[0].tobytes() != made[1].tobytes()

    run_in_window(play, library=UpscalerLibrary())


def test_closing_the_dialog_stops_an_enlargement_between_tiles(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_upscaler(UpscalerLibrary().upscaler(""), CompactConfig(width=8, depth=1, scale=2), "compact")
    monkeypatch.setattr("gdm_studio.models.upscalers.overlapping_tiles.LARGEST", 32)
    shown: list[str] = []

    async def play(window: Window) -> None:
        await generated(window)
        window.export_controller.open(window.create_page.gallery.grid.selected())
        dialog = window.export_controller.dialog
        assert dialog is not None
        set_busy = dialog.set_busy

        def stop(words: str) -> None:
            set_busy(words)
            if "%" in words:
                shown.append(words)
                dialog.reject()

        monkeypatch.setattr(dialog, "set_busy", stop)
        dialog.set_settings(
            ExportSettings("png", 512, None, True, False, tmp_path / "out", factor=4, upscaler="2x_Foo")
        )
        click(dialog.run)
        await until(lambda: window.export_controller.dialog is None and not window.jobs.jobs)
        assert len(shown) == 1 and "1 of 1, 6 %" in shown[0] and not (tmp_path / "out").exists()

    run_in_window(play, library=UpscalerLibrary())


def test_the_preview_shows_what_will_be_written(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Avoids a slow enlargement.
    monkeypatch.setattr("gdm_studio.gallery.export.formats.TRACED_SIDE", 128)

    async def play(window: Window) -> None:
        await generated(window)
        click(window.create_page.gallery.details._export_button)
        dialog = window.export_controller.dialog
        assert dialog is not None
        dialog.set_settings(ExportSettings("jpeg", 64, None, True, False, tmp_path))
        dialog.ground.set_choice("#000000")
        dialog.ground.chosen.emit("#000000")
        await until(lambda: _count_pixels(dialog.preview, 0, 0, 0) > 200)
        waiting: list[str] = []
        dialog.preview.set_waiting = waiting.append  # type: ignore[method-assign]
        choose(dialog, "svg")
        # The size of the file and the number of its shapes.
        await until(lambda: dialog.preview._size.text().endswith(("shape", "shapes")))
        assert " kB · " in dialog.preview._size.text() and waiting[-1] == "Preparing…"
        dialog.reject()
        assert window.export_controller.dialog is None

    run_in_window(play)


def test_flat_colours_are_offered_where_they_apply(dialog: ExportDialog) -> None:
    for form in (*FORMATS, "iconset", "zip"):
        choose(dialog, form)
        always = form in ("svg", "iconset")
        assert dialog.flat.isVisible() == (form in FORMATS and not always and form != "ora")
        assert dialog.colours.isVisible() == dialog.smoothing.isVisible() == dialog.outline.isVisible() == always
    choose(dialog, "png")
    changed = record_signal(dialog.changed)
    click(dialog.flat)
    assert dialog.colours.isVisible() and changed and dialog.settings().flat


def test_outlines_are_as_needed_until_another_is_chosen(dialog: ExportDialog) -> None:
    choose(dialog, "svg")
    assert dialog.settings().outline == "auto"
    changed = record_signal(dialog.changed)
    for outline, _, _ in reversed(OUTLINES):
        dialog.outline.set_choice(outline)
        dialog.outline.chosen.emit(outline)
        assert dialog.settings().outline == outline and _flat_style(dialog.settings()).outline == outline
    assert len(changed) == len(OUTLINES)
    # Settings of earlier versions had a box to tick.
    for saved, meant in ((True, "all"), (False, "auto")):
        dialog.set_settings(replace(dialog.settings(), outline=saved))
        assert dialog.settings().outline == meant


def test_an_icon_set_of_the_selected_images_is_written(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        window.export_controller.open(window.create_page.gallery.grid.selected())
        dialog = window.export_controller.dialog
        assert dialog is not None
        shown: list[str] = []
        monkeypatch.setattr(dialog.preview, "show_pictures", lambda _, facts="": shown.append(facts))
        dialog.set_settings(ExportSettings("iconset", 512, None, True, False, tmp_path / "out", colours=3))
        # Sums stand only beside the complete preview of what will be written.
        await until(lambda: any("SVG" in facts for facts in shown))
        assert shown[-2] == "Preparing the preview: 0 of 1…" and shown[-1].startswith("SVG · ")
        await _export(window.export_controller)
        (folder,) = (tmp_path / "out").iterdir()
        assert notices(window)[-1] == f"Picture exported {folder}", "the folder of the button"
        (svg,) = (folder / "svg").iterdir()
        assert len(set(re.findall('fill="(#[^"]*)"', svg.read_text()))) <= 3
        assert {each.name for each in folder.iterdir()} == {
            "svg", "png", "ico", "icns", "sprite.svg", "contact-sheet.png", "README.txt"}  # fmt: skip

    run_in_window(play)


def test_a_stopped_export_reports_what_was_written(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.request_draft.change(count=2)
        await generated(window, 2)
        window.create_page.gallery.grid.selectAll()
        for form in ("zip", "sheet", "iconset", "copies"):
            window.export_controller.open(window.create_page.gallery.grid.selected())
            dialog = window.export_controller.dialog
            assert dialog is not None
            dialog.set_settings(ExportSettings(form, 512, None, True, False, tmp_path / form))
            stop = dialog.reject
            # This message follows the first image.
            monkeypatch.setattr(dialog, "set_busy", lambda words, stop=stop: "2 of 2" in words and stop())
            click(dialog.run)
            await wait_for_notice(window, "2 pictures exported" if form == "copies" else "Export stopped")
            assert len(list((tmp_path / form).iterdir())) == 2 * (form == "copies")
            window.create_page.canvas_panel.notices.shown[0].dismiss()
            await until(lambda: not notices(window))

    run_in_window(play)


def test_the_format_of_a_set_is_not_that_of_the_next_picture(home: Path, tmp_path: Path) -> None:
    async def play(window: Window) -> None:
        exporting = window.export_controller
        await generated(window)
        pictures = window.create_page.gallery.grid.selected()
        for given, chosen, following in (("iconset", "", "png"), ("", "webp", "webp"), ("iconset", "", "webp")):
            exporting.open(pictures, form=given)
            assert exporting.dialog is not None and exporting.dialog.form.choice() == (given or "png")
            exporting.dialog.set_folder(tmp_path / "out")
            if chosen:
                choose(exporting.dialog, chosen)
            await _export(exporting)
            exporting.open(pictures)
            assert exporting.dialog is not None and exporting.dialog.form.choice() == following
            exporting.dialog.reject()

    run_in_window(play)


def test_the_size_of_an_svg_has_the_decimal_point_of_the_language() -> None:
    with language("de"):
        assert "4,7 kB" in controller._svg_facts(4_700, 3)


def test_credits_are_copied_and_written_beside_the_files(home: Path, tmp_path: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        panel = window.create_page.gallery
        await until(lambda: panel.details.picture() is not None)
        next(action for action in panel.grid.entries() if action.title == COPY_CREDIT.title).act()
        await wait_for_notice(window, "Credit copied")
        text = QGuiApplication.clipboard().text()
        assert all(part in text for part in (SOURCE.author, SOURCE.licence, SOURCE.url))
        window.export_controller.open(window.create_page.gallery.grid.selected())
        dialog = window.export_controller.dialog
        assert dialog is not None
        dialog.set_settings(ExportSettings("ico", 512, None, True, True, tmp_path / "out"))
        await _export(window.export_controller)
        assert sorted(path.suffix for path in (tmp_path / "out").iterdir()) == [".ico", ".txt"]
        assert (tmp_path / "out" / "CREDITS.txt").read_text(encoding="utf-8") == text

    run_in_window(play, library=CreditedLibrary())


def test_the_credit_of_a_model_that_is_not_known_here_is_not_called_unnecessary(home: Path) -> None:
    """The notice names the model whose sources are not known, also beside a credit that was copied."""
    lines = "a lake\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 8x8, Model: somebodys_mix"
    (home / "pictures").mkdir()
    foreign_images.png(home / "pictures" / "lake.png", {"parameters": lines})

    async def play(window: Window) -> None:
        await generated(window)
        pictures = await window.gallery.ask(lambda gallery: gallery.page())
        (theirs,) = [picture for picture in pictures if picture.request.prompt == "a lake"]
        window.export_controller.copy_credit(theirs)
        (told,) = [notice for notice in notices(window) if "credit" in notice]
        assert told.startswith("No credit is known") and "of somebodys_mix are not known here" in told
        QGuiApplication.clipboard().setText("")
        window.export_controller.copy_credit(*pictures)
        await wait_for_notice(window, "Credit copied")
        assert SOURCE.author in QGuiApplication.clipboard().text()
        assert any("Credit copied" in notice and "of somebodys_mix are not" in notice for notice in notices(window))

    run_in_window(play, library=CreditedLibrary())


def test_the_dialog_reports_a_folder_that_cannot_be_written(home: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    async def play(window: Window) -> None:
        await generated(window)
        window.export_controller.open(window.create_page.gallery.grid.selected())
        dialog = window.export_controller.dialog
        assert dialog is not None
        dialog.set_settings(ExportSettings("png", 64, None, True, False, tmp_path / "file"))
        click(dialog.run)
        await until(lambda: "is a file, not a folder" in dialog._problem.text())
        assert dialog.run.isEnabled() and window.export_controller.dialog is dialog
        dialog.reject()

    run_in_window(play)


def _count_pixels(widget: QWidget, red: int, green: int, blue: int) -> int:
    """Return the number of pixels of this colour in the widget as it is drawn."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.array(image.constBits()).reshape(image.height(), image.bytesPerLine())
    pixels = rows[:, : 3 * image.width()].reshape(-1, 3)
    return int((pixels == (red, green, blue)).all(1).sum())


def test_an_invalid_file_name_is_reported_before_anything_is_written(tmp_path: Path) -> None:
    def name_of(settings: ExportSettings) -> str:
        check_pattern(settings.pattern)
        return settings.pattern.replace("{seed}", "42")

    look, window = theme(), show_widget(QWidget(), 900, 600)
    dialog = ExportDialog(look, FORMATS, what="a disc", credited=False, folder=tmp_path, parent=window, name_of=name_of)
    dialog.open()
    for text, example, can in (("disc {seed}", "disc 42", True), ("disc {colour}", "{colour}", False)):
        dialog.pattern.selectAll()
        QTest.keyClicks(dialog.pattern, text)
        # The problem label is never cut off.
        said = dialog._example if can else dialog._problem
        assert example in said.text() and dialog.run.isEnabled() == can
        assert dialog._problem.isVisible() != can
    window.close()


@pytest.mark.parametrize("form", ["copies", "zip", "sheet", "png"])
def test_several_images_are_exported_with_numbered_names(home: Path, tmp_path: Path, form: str) -> None:
    (home / "pictures").mkdir()
    for seed in (1, 2, 3):
        request = Request(model="gaussian", prompt="a disc", seed=seed, size=(64, 64))
        save(Result(0, request, flat_image(80 * seed, 0, 0, side=64)), home / "pictures")

    async def play(window: Window) -> None:
        grid = window.create_page.gallery.grid
        await until(lambda: window.gallery.panel_model.rowCount() == 3)
        grid.selectAll()
        await until(lambda: len(grid.selected()) == 3)
        press(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: window.export_controller.dialog is not None)
        dialog = window.export_controller.dialog
        assert dialog is not None
        dialog.set_settings(ExportSettings(form, 64, None, False, False, tmp_path / "out", "disc {n:02}"))
        await _export(window.export_controller)
        await wait_for_notice(window, "3 pictures exported")

    run_in_window(play)
    there = sorted(path.name for path in (tmp_path / "out").iterdir())
    if form in ("copies", "png"):
        # Several files at one size are all named after it, also where it is that of the picture.
        size = " 64px" if form == "png" else ""
        assert there == [f"disc 0{number}{size}.png" for number in (1, 2, 3)]
        assert all(read(tmp_path / "out" / name).request is None for name in there)
    elif form == "zip":
        assert there == ["Pictures.zip"]
        with zipfile.ZipFile(tmp_path / "out" / "Pictures.zip") as packed:
            assert "disc 03.png" in packed.namelist()
            seeds = [one["seed"] for one in json.loads(packed.read("manifest.json"))["pictures"]]
        assert sorted(seeds) == [1, 2, 3]
    else:
        assert there == ["Contact sheet.png"] and Image.open(tmp_path / "out" / there[0]).width > 500


def test_opening_a_folder_without_a_file_manager_is_reported(tmp_path: Path) -> None:
    """The platform of the tests has no file manager."""
    theme()
    with pytest.raises(StorageError, match=f"Couldn't open the folder: {tmp_path}"):
        asyncio.run(open_folder(tmp_path))
    with pytest.raises(StorageError, match="is not there"):
        asyncio.run(open_folder(tmp_path / "gone"))
