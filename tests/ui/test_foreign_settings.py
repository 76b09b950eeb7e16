"""Settings of other tools and models in the window: what fits is used, and the model's own values are a click away."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from gdm_studio.gallery import Gallery, save
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Branch, Request
from gdm_studio.ui.gallery.image_details import facts_of
from gdm_studio.ui.shell.window import Window
from tests.helpers import gaussian_model
from tests.helpers.languages import language
from tests.helpers.window import click, notice_button, notices, press, run_in_window, until, wait_for_notice

PIXELS = np.full((8, 8, 4), 200, np.uint8)


@pytest.fixture
def burnt_beyond_5(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaussian_model, "CARD", replace(gaussian_model.CARD, good_until={"guidance_scale": 5.0}))


def write_image(path: Path, settings: str) -> Path:
    info = PngInfo()
    info.add_text("parameters", f"a red fox\n{settings}")
    Image.new("RGB", (16, 16)).save(path, pnginfo=info)
    return path


@pytest.mark.parametrize(
    ("settings", "shown"),
    [
        ("Steps: 20, Seed: 0", {"Seed": "0", "Steps": "20"}),
        ("Steps: many, Seed: 7, CFG scale: 4", {"Seed": "7", "Guidance": "4.0"}),
        ("Sampler: Euler a, Seed: none", {"Steps · scheduler": "– · Euler a"}),
    ],
)
def test_details_show_only_what_the_file_says(home: Path, tmp_path: Path, settings: str, shown: dict[str, str]) -> None:
    (tmp_path / "theirs").mkdir()
    path = write_image(tmp_path / "theirs" / "cow.png", f"Negative prompt: blue\n{settings}, Size: 16x16")
    gallery = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    gallery.sources.add(path.parent)
    gallery.sync()
    facts = dict(facts_of(gallery.page()[0]))
    gallery.close()
    assert facts == {"Negative prompt": "blue", **shown, "Made with": "AUTOMATIC1111", "Size": "16 × 16"}


def test_copied_settings_are_pasted_as_settings(home: Path) -> None:
    copied = "a red fox\nNegative prompt: blue\nSteps: 12, Sampler: Euler, CFG scale: 4, Seed: 5, Size: 64x64"

    async def play(window: Window) -> None:
        controls = window.create_page.controls
        before = controls.request()

        def paste(text: str, editor: QWidget = controls.prompt.editor) -> None:
            editor.setFocus()
            QGuiApplication.clipboard().setText(text)
            press(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)

        controls.more.set_open(True)
        for editor in (controls.prompt.editor, controls.negative.editor, window.create_page.canvas_panel):
            paste(copied, editor)
            await until(lambda: controls.request().steps == 12)
            await wait_for_notice(window, "Pasted settings used")
            new = controls.request()
            assert (new.prompt, new.negative_prompt, new.seed, new.steps) == ("a red fox", "blue", 5, 12)
            press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
            await until(lambda: controls.request() == before)
        editor = controls.prompt.editor
        editor.setFocus()
        original = controls.prompt.text()
        editor.insertPlainText("x")
        before = controls.request()
        paste(copied)
        await until(lambda: controls.prompt.text() == "a red fox")
        editor.insertPlainText("y")
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert (controls.prompt.text(), controls.request().seed) == ("a red fox", 5)
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: controls.request() == before)
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert controls.prompt.text() == original
        # A newer action of another kind is not undone in the prompt.
        paste(copied)
        await until(lambda: controls.prompt.text() == "a red fox")
        window.notify("", undo=lambda: window.close())
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: controls.prompt.text() == original)
        before = controls.request()
        for steps, prompt in (("9", before.prompt), ("8", "a {red|blue} cat")):
            controls.prompt.editor.selectAll()
            controls.prompt.editor.insert(prompt)
            paste(copied.splitlines()[-1].replace("12", steps))
            await until(lambda steps=steps: controls.request().steps == int(steps))
            assert controls.prompt.text() == prompt, "the text has none"
        # These only look like settings.
        for text in ("a map of Steps: 3, the Seed: 4 of a tree", "Steps: 3, of a pyramid", "Steps: 3, Seed: 4, Sun: 5"):
            controls.prompt.editor.selectAll()
            paste(text)
            await until(lambda text=text: controls.prompt.text() == text)

    run_in_window(play)


def test_values_that_the_model_cannot_take_are_shown_beside_its_own(
    home: Path, tmp_path: Path, burnt_beyond_5: None
) -> None:
    path = write_image(tmp_path / "cow.png", "Steps: 12, Sampler: Euler, CFG scale: 7, Seed: 5, Size: 8x8, Model: else")

    async def play(window: Window) -> None:
        controls = window.create_page.controls
        before = controls.request()
        controls.request_draft.hold_seed(False)
        controls.main_settings.set_open(False)
        window.use_file(path, "settings")
        await wait_for_notice(window, "Changed for ")
        request = controls.request()
        own = controls.request_draft.default("guidance_scale")
        assert (request.prompt, request.steps, request.sampler, request.seed) == ("a red fox", 12, "euler", 5)
        assert request.guidance_scale == own
        (said,) = [text for text in notices(window) if "Changed for " in text]
        assert f"guidance {own:g} instead of 7" in said
        row = controls.guidance
        assert row.isVisible() and row.offer_button.isVisible() and row.offer_button.text() == "Use 7"
        click(row.offer_button)
        assert controls.request().guidance_scale == 7.0 and "burn" in row.hint.text()
        click(row.offer_button)
        assert controls.request().guidance_scale == own and row.offer_button.text() == "Use 7"
        # One undo restores the whole form.
        assert notice_button(window, "What was read")
        click(notice_button(window, "Undo"))
        await until(lambda: controls.request() == before)
        assert not row.offer_button.isVisible()
        assert not controls.request_draft.is_seed_given, "the next picture has another seed, as before"

    run_in_window(play)


def test_a_missing_model_is_named_in_the_language_of_the_window(home: Path, tmp_path: Path) -> None:
    path = write_image(tmp_path / "cow.png", "Steps: 12, Sampler: Euler, Seed: 5, Model: else, Model hash: 0123456789")

    async def play(window: Window) -> None:
        window.use_file(path, "settings")
        await until(lambda: any("Modell else (Hash 0123456789)" in said for said in notices(window)))

    with language("de"):
        run_in_window(play)


def test_settings_that_a_file_does_not_name_are_the_models_own(home: Path, tmp_path: Path) -> None:
    """An image with two settings does not bring a seed of 0 or the guidance of some other model."""
    path = write_image(tmp_path / "cow.png", "Steps: 12, Sampler: Euler")

    async def play(window: Window) -> None:
        draft = window.create_page.controls.request_draft
        seed, was_given = draft["seed"], draft.is_seed_given
        window.create_page.controls.request_draft.change(temperature=0.3)
        window.use_file(path, "settings")
        await until(lambda: draft["prompt"] == "a red fox")
        request = window.create_page.controls.request()
        assert (request.steps, request.sampler) == (12, "euler")
        for name in ("guidance_scale", "temperature"):
            assert getattr(request, name) == draft.default(name)
        assert (request.seed, draft.is_seed_given) == (seed, was_given)

    run_in_window(play)


def test_an_image_of_the_selected_model_brings_its_settings_unchanged(
    home: Path, tmp_path: Path, burnt_beyond_5: None
) -> None:
    request = Request(model="gaussian", prompt="a red fox", seed=3, steps=12, guidance_scale=9.0, size=(8, 8))
    picture = save(Result(0, request, PIXELS), tmp_path)

    async def play(window: Window) -> None:
        window.use_file(picture.path, "settings")
        await until(lambda: window.create_page.controls.request().prompt == "a red fox")
        assert window.create_page.controls.request().guidance_scale == 9.0
        # The panel says so, and offers the model's own value.
        assert "burn" in window.create_page.controls.guidance.hint.text()
        window.settings_restorer.use(picture)
        assert window.create_page.controls.request().guidance_scale == 9.0
        # What is typed while the file is read is not lost.
        window.create_page.controls.request_draft.change(steps=5)
        window.use_file(picture.path, "settings")
        await asyncio.sleep(0)
        window.create_page.controls.prompt.editor.setPlainText("a blue whale")
        await until(lambda: window.create_page.controls.request().steps == 12)
        assert window.create_page.controls.request().prompt == "a blue whale"

    run_in_window(play)


def test_the_details_of_a_branch_name_its_parent_on_the_create_page(home: Path) -> None:
    parent = Request(model="gaussian", prompt="a red fox", seed=1206, steps=12, size=(8, 8))
    branch = replace(parent, prompt="a red apple", branch=Branch(parent, 8))

    async def play(window: Window) -> None:
        folder = (await window.gallery.ask(lambda gallery: (gallery.create_library(), gallery.pictures)))[1]
        for request in (parent, branch):
            window.gallery.add(
                await window.gallery.ask(
                    lambda gallery, request=request: gallery.add(save(Result(0, request, PIXELS), folder))
                )
            )
        panel = window.create_page.gallery
        await until(lambda: panel.grid.model().rowCount() == 2 and panel.grid.model().picture(0) is not None)
        panel.grid.select(panel.grid.model().picture(0).id)
        link = panel.details._origin_link
        await until(lambda: link.isVisible() and link._button.text() == "step 8 of #1206")
        link.clicked.emit()
        await until(lambda: panel.grid.current() is not None and panel.grid.current().request.prompt == "a red fox")
        assert not link.isVisible()

    run_in_window(play)
