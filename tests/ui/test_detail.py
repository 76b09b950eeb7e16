"""Details of the displayed image in the real window: the popup, the runs of the areas, and the saved picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt

from gdm_studio.engine.word_maps import WordNotFoundError
from gdm_studio.gallery import read
from gdm_studio.jobs.detail_redrawing import Detail
from gdm_studio.jobs.enlargement import Enlargement
from gdm_studio.request.generation_request import ONLY_MASKED
from gdm_studio.ui.create.generation.notices import SaveNotices
from gdm_studio.ui.gallery.list_model import title_of
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.widgets.chips import Chip
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.widgets import flat_image
from tests.helpers.window import (
    click,
    notice_button,
    notices,
    pause_run,
    press,
    run_in_window,
    until,
    use_tool,
    wait_for_notice,
)
from tests.ui.test_flow import generated, pictures


async def shows(window: Window, file: Path) -> None:
    """Wait until the canvas shows the picture in a file, and check that it stays when all previews are decoded."""
    saved = np.asarray(Image.open(file).convert("RGBA"))

    def is_shown() -> bool:
        picture = window.create_page.canvas_panel.canvas.picture()
        return picture is not None and np.array_equal(picture, saved)

    await until(is_shown)
    run = window.viewer.on_canvas
    await until(lambda: run is not None and all(view.decoded for view in run.views[0]))
    assert is_shown()


def test_tools_that_generate_say_why_they_cannot_start(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = GaussianLibrary()

    async def check(window: Window, reason: str) -> None:
        tools, request = window.tools, window.create_page.controls.request()
        rgba = flat_image(9, 9, 9, side=128)
        for refused in (
            tools.detail.detail(rgba, None, Detail("fox")),
            tools.enlarge.enlarge(rgba, request, Enlargement(2.0)),
            window.steps._record_words(request),
        ):
            await refused
            assert notices(window) == [reason]
            window.create_page.canvas_panel.notices.clear()

    async def play(window: Window) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(SaveNotices, "is_blocked", True)
            await check(window, "A picture could not be saved Try again once it is saved.")
        library.step_seconds = 1.0
        await pause_run(window)
        await check(window, "A run is in progress Try again once it has ended, or stop it first.")
        library.hurry()

    run_in_window(play, library=library)


def test_a_detail_is_generated_and_saved(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def select(rgba: np.ndarray, word: str, *_: Any, **more: Any) -> np.ndarray:
        if word != "fox":
            raise WordNotFoundError("")
        mask = np.zeros(rgba.shape[:2], np.uint8)
        side = len(mask)
        mask[: side // 4, : side // 4] = mask[side // 2 :, side // 2 : -side // 4] = 255
        return mask

    monkeypatch.setattr("gdm_studio.engine.word_maps.select_word", select)

    async def play(window: Window) -> None:
        window.create_page.controls.request_draft.change(prompt="a red fox")
        await generated(window)
        (original,) = pictures(home)
        use_tool(window, "detail")
        await until(lambda: window.tools.detail.popup.isVisible())
        popup = window.tools.detail.popup
        red, fox = popup.findChildren(Chip)
        assert (red.text(), fox.text()) == ("red", "fox") and not popup.run.isEnabled()
        click(fox)
        popup.prompt.setText(" a smiling fox ")
        popup.strength.set_value(0.5)
        # The next picture still gets the seed that the user has written.
        draft = window.create_page.controls.request_draft
        draft.change(seed=42)
        click(popup.run)
        await until(lambda: len(pictures(home)) == 2)
        assert draft["seed"] == 42 and draft.is_seed_given
        await until(lambda: window.generation.job is None)
        (detailed,) = set(pictures(home)) - {original}
        request = read(detailed).request
        assert request is not None and (request.prompt, request.strength) == ("a smiling fox", 0.5)
        # It is named like the picture that it belongs to, also in the gallery.
        assert "a red fox" in detailed.name and "smiling" not in detailed.name
        described = window.create_page.gallery.details
        await until(lambda: described.picture() is not None and described.picture().path == detailed)
        assert described.picture().title == title_of(described.picture()) == "a red fox"
        assert request.inpaint_area == ONLY_MASKED and request.seed == read(original).request.seed  # type: ignore[union-attr]
        before, after = (np.asarray(Image.open(path).convert("RGBA")) for path in (original, detailed))
        changed = (before != after).any(axis=-1)
        side = len(changed)
        assert changed[: side // 4].any() and changed[side // 2 :].any() and not changed[:, -side // 8 :].any()
        assert window.viewer.shows_run and np.array_equal(window.viewer.run.results[0].rgba, after)  # type: ignore[union-attr]
        # The last run made one area at its full size. The finished picture is whole, also when its steps are loaded.
        await shows(window, detailed)
        window.viewer.step(-1)
        assert not np.array_equal(window.create_page.canvas_panel.canvas.picture(), after)  # type: ignore[arg-type]
        # In a film of these previews, all frames have the size of the first.
        (steps,) = window.viewer.run.views  # type: ignore[union-attr]
        whole = replace(steps[-1], predicted=np.pad(after, ((0, 0), (0, side), (0, 0))))
        window.steps.film_export.open(request, [*steps[:-1], whole], None, first=0, view_mode="predicted")
        dialog = window.steps.film_export.dialog
        assert dialog is not None
        dialog.set_folder(home)
        dialog.form.set_choice(".webp")
        dialog.pixels.set_choice("0")
        click(dialog.run)
        await until(lambda: window.steps.film_export.dialog is None)
        (file,) = home.glob("*.webp")
        with Image.open(file) as film:
            assert film.size == steps[0].predicted.shape[1::-1]
            assert film.n_frames == len(steps)  # type: ignore[attr-defined]
            film.seek(len(steps) - 1)
            last = np.asarray(film.convert("RGBA"))
        rows = np.flatnonzero(last[..., 3].any(axis=1))
        assert len(last) // 2 - 2 <= len(rows) <= len(last) // 2 + 2, "the picture is whole"
        window.steps.show(window.gallery.panel_model.picture(0))
        await until(lambda: window.steps.loaded_steps.history() is not None)
        await shows(window, detailed)
        use_tool(window, "detail")
        await until(popup.isVisible)
        popup.word.setText("owl")
        popup.word.returnPressed.emit()
        await wait_for_notice(window, "There is no “owl” in the picture")
        assert len(pictures(home)) == 2 and "owl" not in "".join(window.create_page.canvas_panel.caption)
        # The prompt of the detail is not the picture's.
        use_tool(window, "mask")
        await until(lambda: window.create_page.canvas_panel.mode() == "mask")
        assert notice_button(window, "Use its prompt") is None
        press(window, Qt.Key.Key_Escape)

    run_in_window(play, library=GaussianLibrary())
