"""Editing of folders in the real window."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gdm_studio.engine import image_inputs
from gdm_studio.gallery import read
from gdm_studio.jobs.folder_edit import LOG, FolderEdit
from gdm_studio.models.model_card import ModelCard
from gdm_studio.ui.create.folder_edit.dialog import UPSCALE, FailureReport
from gdm_studio.ui.shell.window import Window
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.window import click, notice_button, notices, run_in_window, until, wait_for_notice


class ManySizesLibrary(GaussianLibrary):
    """Library of the Gaussian model with many sizes instead of one."""

    def cards(self) -> list[ModelCard]:
        return [replace(card, accepts=replace(card.accepts, multiple=8)) for card in super().cards()]


def _folder(tmp_path: Path, *, masks: bool = False) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in (1, 2):
        pixels = np.random.default_rng(number).integers(0, 256, (96, 120, 3), np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
        mask = Image.new("L", (120, 96))
        mask.paste(255, (40, 30, 80, 70))
        if masks:
            mask.save(folder / f"{number}.mask.png")
    return folder


def _edited(folder: Path) -> list[str]:
    out = folder.with_name("in edited")
    return sorted(path.name for path in out.glob("*.png") if not path.name.startswith(".")) if out.exists() else []


def test_a_folder_is_edited_and_its_failures_are_listed(home: Path, tmp_path: Path) -> None:
    folder = _folder(tmp_path, masks=True)
    (folder / "broken.png").write_bytes(b"no picture")

    async def play(window: Window) -> None:
        edits = window.tools.folder_edit
        await edits.open(folder)
        dialog = edits.dialog
        assert dialog is not None and dialog._what.text() == "3 pictures, 2 with a mask"
        assert dialog.strength.isVisible() and dialog.area.isVisible() and not dialog.padding.isVisible()
        dialog.area.pick("masked")
        assert dialog.padding.isVisible() and not dialog.factor.isVisible()
        dialog.strength.set_value(0.9)
        click(dialog.run)
        await until(lambda: _edited(folder) == ["1.png", "2.png"])
        await until(lambda: not window.jobs.jobs and edits.dialog is None)
        await until(lambda: notice_button(window, "Show which"))
        click(notice_button(window, "Show which"))
        (report,) = window.findChildren(FailureReport)
        assert "broken.png: " in report.list.toPlainText() and "no mask" in report.list.toPlainText()
        report.accept()
        out = folder.with_name("in edited")
        found = read(out / "2.png").request
        assert found is not None and (found.strength, found.inpaint_area) == (0.9, "masked")
        made = np.asarray(Image.open(out / "2.png"))
        outside = np.asarray(Image.open(folder / "2.mask.png")) == 0
        assert (made[outside][:, :3] == np.asarray(Image.open(folder / "2.png"))[outside]).all()
        assert len((out / LOG).read_text().splitlines()) == 3
        # Started again, it edits nothing a second time.
        (folder / "broken.png").unlink()
        before = [(out / name).stat().st_mtime_ns for name in _edited(folder)]
        await edits.open(folder)
        assert edits.dialog is not None
        edits.dialog.area.pick("masked")
        edits.dialog.strength.set_value(0.9)
        click(edits.dialog.run)
        await until(lambda: not window.jobs.jobs and edits.dialog is None)
        await until(lambda: notice_button(window, "Open folder"))
        assert [(out / name).stat().st_mtime_ns for name in _edited(folder)] == before

    run_in_window(play)


def test_the_strength_of_a_mask_is_not_that_of_a_folder_without_masks(home: Path, tmp_path: Path) -> None:
    folder = _folder(tmp_path)

    async def play(window: Window) -> None:
        edits, draft = window.tools.folder_edit, window.create_page.controls.request_draft

        async def offered() -> float:
            await edits.open(folder)
            assert edits.dialog is not None
            strength = edits.dialog.strength.value()
            edits.dialog.reject()
            assert edits.dialog is None
            return strength

        draft.put(strength=0.4)
        assert await offered() == 0.4
        image = image_inputs.store(np.zeros((64, 64, 4), np.uint8))
        draft.put(strength=1.0, image=image, mask=image_inputs.store(np.full((64, 64), 255, np.uint8)))
        assert await offered() == draft.default("strength") < 1

    run_in_window(play)


def test_a_stopped_edit_of_a_folder_says_so(home: Path, tmp_path: Path) -> None:
    folder = _folder(tmp_path)

    async def play(window: Window) -> None:
        edits = window.tools.folder_edit
        await edits.open(folder)
        click(edits.dialog.run)
        await until(lambda: window.jobs.jobs)
        window.jobs.stop_all()
        await wait_for_notice(window, "Stopped · 0 pictures edited, 2 left")
        assert _edited(folder) == []

    run_in_window(play, library=GaussianLibrary(step_seconds=0.1))


def test_a_folder_is_upscaled(home: Path, tmp_path: Path) -> None:
    folder = _folder(tmp_path)

    async def play(window: Window) -> None:
        edits = window.tools.folder_edit
        await edits.open(folder)
        dialog = edits.dialog
        assert dialog is not None and not dialog.area.isVisible()
        dialog.kind.pick(UPSCALE)
        assert dialog.factor.isVisible() and not dialog.strength.isVisible()
        click(dialog.run)
        await until(lambda: _edited(folder) == ["1.png", "2.png"])
        await until(lambda: not window.jobs.jobs)
        assert Image.open(folder.with_name("in edited") / "1.png").size == (240, 192)

    run_in_window(play)


def test_the_dialog_says_from_what_and_at_which_size_the_pictures_are_generated(home: Path, tmp_path: Path) -> None:
    """A model of one size changes the size of photos, except where only a masked area is generated."""
    folder = _folder(tmp_path)
    masked = tmp_path / "masked"
    masked.mkdir()
    _folder(masked, masks=True)

    async def play(window: Window) -> None:
        edits, draft = window.tools.folder_edit, window.create_page.controls.request_draft
        draft.put(prompt="a green lake")
        await edits.open(folder)
        summary = edits.dialog._summary
        assert "from “a green lake” by Gaussian" in summary.text() and "keep their names" in summary.text()
        assert "All become" not in summary.text(), "this model has many sizes"
        edits.dialog.kind.pick(UPSCALE)
        assert "a green lake" not in summary.text() and "keep their names" in summary.text()
        edits.dialog.reject()

    async def fixed(window: Window) -> None:
        edits = window.tools.folder_edit
        await edits.open(folder)
        width, height = edits._request_draft.card.sizes()[0]
        assert f"All become {width} × {height} pixels" in edits.dialog._summary.text()
        edits.dialog.kind.pick(UPSCALE)
        assert "All become" not in edits.dialog._summary.text()
        edits.dialog.reject()
        await edits.open(masked / "in")
        assert "All become" in edits.dialog._summary.text()
        edits.dialog.area.pick("masked")
        assert "All become" not in edits.dialog._summary.text()
        edits.dialog.reject()

    run_in_window(play, library=ManySizesLibrary())
    run_in_window(fixed)


def test_a_stop_during_the_last_write_has_stopped_nothing(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _folder(tmp_path)
    (folder / "2.png").unlink()
    write = FolderEdit.write

    async def play(window: Window) -> None:
        def stop_and_write(*args: object) -> object:
            has_stopped = threading.Event()
            loop.call_soon_threadsafe(lambda: (window.jobs.stop_all(), has_stopped.set()))
            assert has_stopped.wait(90)
            return write(*args)

        loop = asyncio.get_running_loop()
        monkeypatch.setattr(FolderEdit, "write", stop_and_write)
        await window.tools.folder_edit.open(folder)
        click(window.tools.folder_edit.dialog.run)
        await wait_for_notice(window, "1 picture edited")
        assert not any("Stopped" in notice for notice in notices(window)) and _edited(folder) == ["1.png"]

    run_in_window(play)
