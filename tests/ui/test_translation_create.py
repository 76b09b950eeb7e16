"""Translation of dialogs, menus, popups and modes of the Create page, and room for longer texts."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QWidget

from gdm_studio.engine.attention_maps import Attention
from gdm_studio.gallery import Picture
from gdm_studio.gallery.id_conflicts import Content, edited_id
from gdm_studio.models.capabilities import WEB_UI, Capabilities
from gdm_studio.request.conditioning import ControlImage
from gdm_studio.request.generation_events import State
from gdm_studio.request.generation_request import Branch, Request
from gdm_studio.ui.create.outpainting.controller import refused
from gdm_studio.ui.create.panel import menu_entries
from gdm_studio.ui.create.panel.conditioning_inputs import ControlImageList
from gdm_studio.ui.create.prompt.adapter_names import AdapterNames, NamedAddition
from gdm_studio.ui.create.prompt.prompt_checker import find_mistakes
from gdm_studio.ui.create.steps.ancestry_popup import FamilyView
from gdm_studio.ui.denoising_steps.image_ancestry import build_family_tree
from gdm_studio.ui.denoising_steps.setting_changes import changes_hint, list_changes
from gdm_studio.ui.denoising_steps.words_view import WordsView
from gdm_studio.ui.shell.app import application
from gdm_studio.ui.shell.window import Window
from tests.helpers.gaussian_model import CARD
from tests.helpers.pseudo_locale import LENGTH, OPENING, Shown, painted_texts, pseudo_locale, texts
from tests.helpers.window import run_in_window, until
from tests.ui.accessibility import clipped, each_page

PACKAGES = {f"create.{name}" for name in ("panel", "prompt", "viewer", "steps", "outpainting", "detail", "enlarge")}
# Names of the test model, prompts, which tiles may elide, and names of formats, words and control images.
DATA = re.compile(
    r"/\S+/GDM Studio|Gaussian|Plain|Dark|a (cheerful red?|calm blue|green)( disc| ?[disc]*…)|WebP|GIF|MP4|HTML|IPYNB"
    r"|\b(left|right|cheerful|red|disc)\b|\b(canny|edges)\b"
)
PARENT = Request(prompt="a cheerful red disc", seed=5, steps=10).checked()


async def _settle() -> None:
    for _ in range(6):
        await asyncio.sleep(0.02)


def _parts(window: Window) -> tuple[QWidget, QWidget]:
    """Return the parts of the Create page beside the gallery."""
    return window.create_page.controls, window.create_page.canvas_panel


def _picture(name: str, request: Request, created: float, *, stopped_at: int = 0) -> Picture:
    return replace(Picture(name, Path(f"{name}.png"), created, (8, 8), request), stopped_at=stopped_at)


def _family() -> list[Picture]:
    branch = replace(PARENT, prompt="a green disc", guidance_scale=7.0, branch=Branch(PARENT, 3)).checked()
    orphan = replace(PARENT, seed=9, branch=Branch(replace(PARENT, seed=8).checked(), 5)).checked()
    return [
        _picture("parent", PARENT, 1),
        _picture("branch", branch, 2),
        _picture(edited_id("parent", Content("data")), PARENT, 3),
        _picture("step", PARENT, 4, stopped_at=7),
        _picture("orphan", orphan, 5),
    ]


class _Walk:
    """Collector that opens all panels and dialogs of the Create page, and records their texts and clipped texts."""

    def __init__(self) -> None:
        self.seen: set[Shown] = set()
        self.too_long: dict[str, list[str]] = {}

    async def _look(self, name: str, *widgets: QWidget) -> None:
        await _settle()
        for widget in widgets:
            self.seen.update(texts(widget))
            if found := clipped(widget):
                self.too_long[name] = found

    async def play(self, window: Window) -> None:
        window.resize(1280, 800)
        await each_page(window)
        await self._open_popups(window)
        await self._open_step_tools(window)
        await self._open_modes(window)
        await self._open_views(window)

    async def _open_popups(self, window: Window) -> None:
        controls = window.create_page.controls
        controls.style_box.showPopup()
        await self._look("styles", controls.style_box.popup)
        controls.style_box.popup.search.setText("no such style")
        await self._look("no style", controls.style_box.popup)
        controls.style_box.hidePopup()
        controls.examples.open()
        await self._look("examples", controls.examples.popup)
        controls.examples.popup.hide()
        for box in (controls.sampler_box, controls.spacing_box, controls.more.grammar_box, controls.more.dtype_box):
            box.showPopup()
            await self._look("list", box)
            box.hidePopup()

    async def _open_step_tools(self, window: Window) -> None:
        stage = window.create_page.canvas_panel
        window.viewer.show_step(3)
        menu = window.steps.show_menu(QPoint(20, 20))
        assert menu is not None
        await self._look("menu of a step", menu)
        menu.close()
        window.steps.film()
        await until(lambda: window.steps.film_export.dialog is not None)
        dialog = window.steps.film_export.dialog
        assert dialog is not None
        for form in (".webp", ".gif", ".mp4", ".html", ".ipynb"):
            dialog.form.set_choice(form)
            dialog.form.chosen.emit(form)
            await self._look(f"film {form}", dialog)
        window.steps.film_export.close()
        window.steps.branch()
        await until(lambda: window.steps.branching.on)
        window.steps.branching.generate()
        await self._look("branch", *_parts(window))
        window.create_page.controls.request_draft.change(guidance_scale=5.0)
        window.create_page.controls.changed.emit()
        await self._look("changed branch", *_parts(window))
        window.steps.branching.leave()
        window.steps.show_words()
        await self._look("no words", *_parts(window))
        stage.bar.set_pause(True, True)
        stage.bar.set_changes("")
        await self._look("paused", stage)
        stage.bar.set_pause(False, False)

    async def _open_modes(self, window: Window) -> None:
        stage = window.create_page.canvas_panel
        window.viewer.go_to_end()
        for mode in ("noise", "mask"):
            stage.tools.clicked.emit(mode)
            await until(lambda mode=mode: stage.mode() == mode)
            await self._look(mode, *_parts(window))
            stage.set_mode("")
        stage.tools.clicked.emit("sketch")
        await until(lambda: stage.sketch_bar.isVisible())
        await self._look("sketch", *_parts(window))
        for menu in (stage.sketch_bar.open_menu(), stage.sketch_bar.colour.open_menu()):
            await self._look("menu of the sketch", menu)
            menu.close()
        # The steps of a job that is cancelled have rough previews, from which no details are made.
        await until(lambda: window.live.job is not None and window.live.job.run.state is State.DONE)
        await until(lambda: window.live.job is not None and window.viewer.run is window.live.job.run)
        window.tools.sketch.leave()
        window.viewer.go_to_end()
        stage.tools.clicked.emit("detail")
        await until(lambda: window.tools.detail.popup.isVisible())
        window.tools.detail.popup.set_words([])
        await self._look("detail", window.tools.detail.popup)
        window.tools.detail.popup.hide()
        window.tools.enlarge.popup.set_picture(lambda factor: (256, 256), ["canny"])
        window.tools.enlarge.popup.open_at(QPoint(400, 500))
        await self._look("enlarge", window.tools.enlarge.popup)
        window.tools.enlarge.popup.hide()
        stage.set_mode("extend")
        await self._look("extend", stage)
        stage.set_mode("")
        window.tools.start_image.remove()
        await self._look("removed", *_parts(window))

    async def _open_views(self, window: Window) -> None:
        view = FamilyView(
            window.theme, build_family_tree(_family()), "parent", parent=window.create_page.canvas_panel.filmstrip
        )
        view.open_above(QPoint(400, 500))
        await self._look("family", view)
        view.close()
        await _settle()
        maps = np.full((2, 2, 4, 4), 128, np.uint8)
        maps[0, 0, 0, 0] = 255
        attention = Attention(("left", "right"), (1, 3), maps, np.array([[0.2, 0.5], [0.4, 0.1]], np.float32))
        words = WordsView(window.theme, np.full((64, 64, 4), 255, np.uint8), attention, parent=window)
        words.open_up()
        words.slider.setValue(1)
        await self._look("words", words)
        words.picture.pointed.emit(0, 0)
        await self._look("words of a place", words)
        words.close_up()
        hints = ControlImageList(window.theme, window.create_page.controls)
        hints.set_kinds(("canny", "edges"), image_prompts=("edges",))
        hints.set_hints((ControlImage("canny", "0" * 64), ControlImage("edges", "0" * 64)))
        hints.resize(290, 320)
        hints.show()
        await self._look("control images", hints)


@pytest.mark.slow
def test_dialogs_menus_and_popups_are_translated_and_fit() -> None:
    walk = _Walk()
    QApplication.instance() or application()
    with pseudo_locale(), painted_texts() as painted:
        run_in_window(walk.play)
    seen = {each for each in walk.seen | painted if each.package in PACKAGES and each.kind != "cut"}
    found = {each for each in seen if replace(each, text=DATA.sub("", each.text)).has_untranslated_words()}
    assert found == set()
    assert {each.package for each in seen} == PACKAGES
    assert walk.too_long == {}
    assert len({each for each in seen if OPENING in each.text}) > 200


def _sentences() -> Iterator[str]:
    names = AdapterNames(
        adapters={"ink lines": NamedAddition("Ink Lines", "LoRA", "Flux")},
        words={"far": NamedAddition("far", "Embedding", "SDXL")},
        base="Stable Diffusion 1",
    )
    prompt = "a (fox) ) ( <lora:ink line:1> <lora:Ink Lines:1> <lora:ink> <lora:x embedding:far embedding:near far"
    found = [mistake.sentence for mistake in find_mistakes(prompt, names)]
    assert len(found) > 6
    yield from found
    good = {"guidance_scale": 8.0, "temperature": 1.3}
    limited = replace(CARD, good_from=dict.fromkeys(good, 0.5), good_until=good)
    for name in (*good, "steps"):
        yield menu_entries.range_hint(limited, name, 0.1, "euler")
        yield menu_entries.range_hint(limited, name, 999.0, "euler")
    refiner = replace(CARD, name="refiner", accepts=Capabilities(refines=True, prompt=WEB_UI))
    yield menu_entries.model_choices([refiner])[0].refused
    yield next(choice.refused for choice in menu_entries.dtype_choices(["cpu"]) if choice.refused)
    yield refused(replace(CARD, accepts=Capabilities(picture=False)))
    yield refused(CARD)
    yield changes_hint()
    yield from list_changes(
        PARENT, replace(PARENT, seed=6, prompt="other", guidance_scale=7.0, sampler="euler").checked()
    )


def test_sentences_about_prompts_and_choices_are_translated() -> None:
    QApplication.instance() or application()
    with pseudo_locale():
        sentences = list(_sentences())
        choices = [*menu_entries.scheduler_choices(CARD), *menu_entries.spacing_choices(CARD)]
    assert all(sentences)
    untranslated = [text for text in sentences if Shown("create.prompt", "", "text", text).has_untranslated_words()]
    assert untranslated == []
    for choice in choices:
        # The first choices have no heading.
        for text in filter(None, (choice.title, choice.summary, choice.group)):
            assert text.startswith(OPENING) and len(text) >= LENGTH * 3, choice.id
