"""Editing of folders in the real window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from gdm_studio.engine import image_inputs
from gdm_studio.gallery import read
from gdm_studio.jobs.folder_edit import LOG
from gdm_studio.ui.create.folder_edit.dialog import UPSCALE, FailureReport
from gdm_studio.ui.shell.window import Window
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.window import click, notice_button, run_in_window, until, wait_for_notice


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
        await wait_for_notice(window, "Stopped · 0 pictures edited")
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
