"""Round trips through the window: settings, undo, and gallery locations come back unchanged."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QPushButton

from gdm_studio.gallery import Gallery, Picture
from gdm_studio.models.capabilities import Capabilities
from gdm_studio.models.model_card import Example, ModelCard, Style
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Interpolation, Region, Request
from gdm_studio.studio.request_draft import RequestDraft
from gdm_studio.ui.create.panel.settings_panel import Controls
from gdm_studio.ui.gallery.sidebar import SidebarEntry
from gdm_studio.ui.interpolation_texts import interpolation_text
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.theme.imaging import grey_array, grey_qimage, to_qimage
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets import Choice
from tests.helpers.widgets import record_signal, theme
from tests.helpers.window import notice_button, press, run_in_window, until, wait_for_notice
from tests.ui.test_flow import generated


class Sized(ModelCard):
    """Card of a model with two image sizes."""

    def sizes(self) -> tuple[tuple[int, int], ...]:
        return (64, 32), (32, 64)


CARD = Sized(
    name="made-up", family="icons", date="2026-07-01", parameters=1, author="", licence="", size=64, channels=4,
    latent=(4, 8, 8), prediction="edm", process="ve", data_scale=1.0,
    styles=(Style("noto", "Noto"), Style("line", "Line")),
    defaults={
        "style": "line", "sampler": "euler", "spacing": "linspace", "steps": 11, "guidance_scale": 3.0,
        "temperature": 0.75,
    },
    accepts=Capabilities(caches_features=True, region_attention=True, tiles=True),
)  # fmt: skip
FULL = Request(
    prompt="a fox, \"red\" & quick", negative_prompt="dull", style="noto", model="made-up", seed=2**62, count=3,
    batch=2, size=(32, 64), sampler="ddim", spacing="sgm_uniform", steps=999, knobs={"eta": 0.25}, guidance_scale=2.5,
    temperature=1.35, controls={"guidance_rescale": 0.7, "clip": 2.0}, image="a" * 64, mask="b" * 64, strength=0.35,
    inpaint_area="masked", inpaint_padding=40, inverted=True, toward=Interpolation("an owl", 9, 0.25), device="cpu",
    image_prompt="a hen", dtype="bf16", attention=True, rules=1, cache_interval=2, tile=64, tile_overlap=16,
    regions=(Region("a hat", (0.0, 0.0, 0.5, 1.0)),), region_mode="attention",
)  # fmt: skip
STANDARD = {
    "style": "line", "sampler": "euler", "spacing": "linspace", "steps": 11, "guidance_scale": 3.0,
    "temperature": 0.75, "knobs": {}, "controls": {},
}  # fmt: skip


@pytest.fixture(scope="module")
def look() -> Theme:
    return theme()


@pytest.fixture
def controls(look: Theme) -> Controls:
    controls = Controls(look, RequestDraft())
    controls.set_models([CARD, replace(CARD, name="another")])
    controls.set_devices([Choice("auto", "Auto"), Choice("cpu", "CPU")])
    controls.set_model(CARD)
    return controls


def test_every_setting_survives_a_round_trip_through_the_controls(controls: Controls) -> None:
    assert FULL.checked() == FULL
    same = [each.name for each in fields(Request) if getattr(FULL, each.name) == getattr(Request(), each.name)]
    without = ["template", "prompts", "grammar", "label", "factors", "hints", "vae", "refiner", "upscaler"]
    without += ["plain_icon", "branch"]
    assert same == without, "FULL has another value than the default for every setting with a control"
    controls.set_request(FULL)
    assert controls.request() == FULL
    plain = Request(model="made-up", size=(64, 32), prompt="b", style="line", device="auto")
    controls.set_request(plain)
    assert controls.request() == plain
    controls.set_request(replace(plain, style="nowhere", size=(8, 8), device="cuda:3"))
    assert controls.request() == plain, "what is not offered is left as it is"


def test_a_model_brings_its_defaults_and_keeps_image_settings(controls: Controls) -> None:
    begun = controls.request()
    assert begun == replace(Request(model="made-up", size=(64, 32), device="auto"), **STANDARD)
    controls.set_request(FULL)
    told = record_signal(controls.changed)
    controls.reset()
    standard = STANDARD | {"cache_interval": 1}
    expected = replace(FULL, **standard, negative_prompt="", dtype="auto", batch=0, attention=False, toward=None)
    assert controls.request() == expected and told
    controls.set_request(FULL)
    controls.set_model(replace(CARD, name="another", accepts=Capabilities(picture=False, mask=False)))
    plain = {"inpaint_area": "whole", "inpaint_padding": 32, "cache_interval": 1, "knobs": {}}
    plain |= {"tile": 0, "tile_overlap": 64, "region_mode": "predictions"}
    plain |= {"image": "", "mask": "", "image_prompt": "", "inverted": False}
    without = replace(FULL, regions=(), model="another", **STANDARD | plain)
    assert controls.request() == replace(without, size=controls.request().size)
    controls.set_example(Example("an owl", "noto", 5))
    assert (controls.request().prompt, controls.request().style, controls.request().seed) == ("an owl", "noto", 5)
    controls.set_example(Example("a hen"))
    assert (controls.request().style, controls.request().seed) == ("line", 3)


def test_the_row_of_an_interpolation_is_hidden_while_the_model_ignores_it(controls: Controls) -> None:
    row = controls.main_settings.toward
    controls.set_request(replace(FULL, toward=Interpolation("an owl", 9, 0.0)))
    assert not row.isHidden()
    controls.set_model(replace(CARD, name="points", accepts=Capabilities(prompt="")))
    assert row.isHidden()
    controls.set_model(CARD)
    assert not row.isHidden()


def test_another_scheduler_changes_only_values_at_their_default(controls: Controls) -> None:
    def choose(sampler: str) -> tuple[str, int]:
        controls.sampler_box.set_choice(sampler)
        controls.sampler_box.chosen.emit(sampler)
        return controls.request().spacing, controls.request().steps

    assert choose("dpmpp_2m") == ("karras", 20)
    assert choose("euler") == ("linspace", 11), "the model's own, whose defaults are the card's"
    controls.set_request(replace(controls.request(), steps=13))
    assert choose("dpmpp_2m") == ("karras", 13)
    controls.set_request(replace(controls.request(), steps=20, spacing="sgm_uniform"))
    assert choose("euler") == ("sgm_uniform", 11)


def test_an_interpolation_is_described_by_its_last_target() -> None:
    one = Interpolation("", 7, 0.154)
    assert interpolation_text(one, "") == "Variation 15 % of seed 7"
    assert interpolation_text(Interpolation("", 1, 0.5, then=replace(one, then=Interpolation("", 9, 1.0))), "") == (
        "3 steps away, the last 100 % towards seed 9"
    )
    assert interpolation_text(one, "a {pear}") == "15 % towards “”, seed 7"
    assert interpolation_text(Interpolation("a", 1, 0.5, then=replace(one, prompt="a {pear}")), "a") == (
        "2 steps away, the last 15 % towards “a {pear}”, seed 7"
    )


def pixels(image: QImage) -> np.ndarray:
    """Return the pixels as Qt shows them, uint8 RGBA of shape (height, width, 4)."""
    rows, columns = range(image.height()), range(image.width())
    return np.array([[image.pixelColor(x, y).getRgb() for x in columns] for y in rows], np.uint8)


def test_images_survive_a_round_trip_through_qt() -> None:
    rng = np.random.default_rng(0)
    # QImage pads each line to whole words.
    for width in (1, 3, 8):
        rgba = rng.integers(0, 256, (5, width, 4), np.uint8)
        assert np.array_equal(pixels(to_qimage(rgba)), rgba)
        grey = rng.integers(0, 256, (5, width), np.uint8)
        assert np.array_equal(grey_array(grey_qimage(grey)), grey)
        opaque = pixels(to_qimage(rgba[..., :3]))
        assert np.array_equal(opaque[..., :3], rgba[..., :3]) and (opaque[..., 3] == 255).all()


@pytest.fixture
def library(home: Path) -> list[Picture]:
    """Create a red, an owl, a hen and a cat, oldest first; the red and the hen have earlier marks."""
    gallery = Gallery.open()
    made = [
        gallery.save(Result(0, Request(model="gaussian", prompt=prompt, size=(8, 8)), np.zeros((8, 8, 4), np.uint8)))
        for prompt in ("a red", "an owl", "a hen", "a cat")
    ]
    gallery.favourites.set(made[0].id, True)
    gallery.tags.set([made[2].id], "old")
    gallery.collections.create("Set", [made[2].id])
    gallery.searches.save("Reds", "red")
    gallery.close()
    return made


def test_undoing_an_action_restores_the_previous_state(home: Path, library: list[Picture]) -> None:
    red, owl, hen, cat = (picture.id for picture in library)

    def stands(gallery: Gallery) -> tuple[list[Picture], list[str]]:
        return gallery.page(), [picture.id for picture in gallery.page("collection:Set")]

    async def play(window: Window) -> None:
        deeds, ask = window.gallery.commands, window.gallery.ask
        past = window._notifier.undo_stack
        taken_back: list[str] = []

        async def undo() -> None:
            act = await past.undo()
            taken_back.extend([act.title] if act and act.title else [])

        await until(lambda: window.gallery.is_scanned and window.gallery.page_model.rowCount() == 4)
        await undo()
        before = [await ask(stands)]
        for deed in (
            lambda: deeds.favourite([red, owl], True),
            lambda: deeds.favourite([owl, cat], False),
            lambda: deeds.tag([owl, hen, cat], ["OLD"], True),
            lambda: deeds.tag([red, hen], ["old"], False),
            lambda: deeds.collect("Set", [hen, cat]),
            lambda: deeds.collect("Set", [red, cat], on=False),
            lambda: deeds.delete([owl, hen]),
        ):
            await deed()
            before.append(await ask(stands))
        marked = {picture.id: (picture.favourite, picture.tags) for picture in before[-2][0]}
        assert marked == {red: (True, ()), owl: (False, ("old",)), hen: (False, ()), cat: (False, ("old",))}
        assert [len(pictures) for pictures, _ in before[-2:]] == [4, 2] and before[-2][1] == [hen]
        await deeds.collect("Set", [red], on=False)
        await deeds.favourite([red], True)
        assert await ask(stands) == before[-1], "nothing was to do"
        for expected in before[-2::-1]:
            await undo()
            assert await ask(stands) == expected
        await undo()
        assert await ask(stands) == before[0]
        assert taken_back == [
            "2 pictures deleted", "1 picture removed from Set", "1 picture added to Set", "old removed from 1 picture",
            "2 pictures tagged OLD", "1 picture removed from the favourites", "1 picture added to the favourites",
        ]  # fmt: skip
        await until(lambda: [window.gallery.page_model.picture(row) for row in range(4)] == before[0][0])
        await deeds.delete([owl])
        await deeds.tag([red, cat], ["new"], True)
        told = [notice for notice in window.create_page.canvas_panel.notices.shown if notice.title == "Picture deleted"]
        told[-1].findChildren(QPushButton)[0].click()
        await until(lambda: window.gallery.page_model.rowCount() == 4)
        assert await ask(lambda gallery: gallery.count("tag:new")) == 2, "taken back alone"
        await undo()
        assert await ask(stands) == before[0]

    run_in_window(play)


def test_the_restored_picture_on_the_canvas_has_its_details_again(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        shown = window.viewer.picture_id()
        panel = window.create_page.gallery
        await until(lambda: panel.grid.current() is not None)
        window.open_page("gallery")
        await window.gallery.commands.delete([shown])
        await until(lambda: window.gallery.panel_model.rowCount() == 0)
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: window.gallery.panel_model.rowCount() == 1)
        window.open_page("create")
        assert window.viewer.picture_id() == shown
        await until(lambda: panel.grid.current() is not None and panel.grid.current().id == shown)
        assert panel.details.isVisible()

    run_in_window(play)


def test_ctrl_z_undoes_settings_and_actions_latest_first(home: Path, library: list[Picture]) -> None:
    red, owl, hen, _ = library

    async def play(window: Window) -> None:
        request_draft, ask = window.request_draft, window.gallery.ask
        await until(lambda: window.gallery.is_scanned and window.gallery.page_model.rowCount() == 4)

        def undo() -> None:
            press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)

        window.create_page.canvas_panel.setFocus()
        undo()
        await wait_for_notice(window, "Nothing to undo")
        request_draft.change(prompt="a lamp", steps=7)
        before = request_draft.written
        window.settings_restorer.use(hen)
        await until(lambda: request_draft["prompt"] == "a hen")
        await window.gallery.commands.delete([red.id])
        window.settings_restorer.use_request(replace(owl.request, steps=9))
        assert (request_draft["prompt"], request_draft["steps"]) == ("an owl", 9)
        undo()
        await until(lambda: request_draft["prompt"] == "a hen")
        await wait_for_notice(window, "Undone Settings applied")
        assert request_draft["steps"] == hen.request.steps and await ask(lambda gallery: gallery.count()) == 3
        request_draft.change(steps=13)
        undo()
        await wait_for_notice(window, "Picture restored")
        await until(lambda: window.gallery.page_model.rowCount() == 4)
        grid = window.create_page.gallery.grid
        await until(lambda: (current := grid.current()) is not None and current.id == red.id)
        undo()
        await until(lambda: request_draft["prompt"] == "a lamp")
        assert request_draft.written == replace(before, steps=13), "what was changed since stays"
        await window.gallery.commands.favourite([owl.id], True)
        undo()
        await wait_for_notice(window, "Undone 1 picture added to the favourites")

    run_in_window(play)


def test_locations_are_removed_and_restored_unchanged(home: Path, library: list[Picture], tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    shutil.copy(library[3].path, theirs / "one.png")
    places = [
        SidebarEntry("red", "Reds", None, "search", "Reds"),
        SidebarEntry('collection:"Set"', "Set", 1, "collection", "Set"),
        SidebarEntry(f'in:"{theirs}"', "theirs", 1, "folder", str(theirs)),
    ]

    def kept(gallery: Gallery) -> list[object]:
        searches = [(one.name, one.query) for one in gallery.searches.all()]
        own = [(one.name, one.created, one.count) for one in gallery.collections.all()]
        return [searches, own, [one.folder for one in gallery.sources.all()]]

    async def play(window: Window) -> None:
        sidebar, ask = window.gallery_page.sidebar, window.gallery.ask
        await until(lambda: window.gallery.is_scanned)
        await ask(lambda gallery: gallery.sources.add(theirs))
        before = await ask(kept)
        for number, place in enumerate(places):
            sidebar.remove_asked.emit(place)
            await until(lambda: notice_button(window, "Undo"))
            now = await ask(kept)
            assert now[number] == [] and [*now[:number], before[number], *now[number + 1 :]] == before
            undo = notice_button(window, "Undo")
            assert undo is not None
            undo.click()
            while await ask(kept) != before:
                await asyncio.sleep(0.01)
        sidebar.rename_asked.emit(places[0], "Red ones")
        sidebar.rename_asked.emit(places[1], "Sets")
        while (await ask(kept))[:2] != [[("Red ones", "red")], [("Sets", before[1][0][1], 1)]]:  # type: ignore[index]
            await asyncio.sleep(0.01)

    run_in_window(play)
