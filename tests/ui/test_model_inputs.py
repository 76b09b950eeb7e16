"""Inputs that the window shows for each model, including models unlike the built-in one, and the images they give."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from gdm_studio.common import paths
from gdm_studio.engine.generation_loop import generate
from gdm_studio.gallery import read
from gdm_studio.jobs.executor import Executor
from gdm_studio.jobs.runner import Runner
from gdm_studio.maths.numeric_parameters import Param
from gdm_studio.models.capabilities import Capabilities
from gdm_studio.models.families import FAMILIES
from gdm_studio.models.memory import devices
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library
from gdm_studio.request.conditioning import MAX_CONTROL_IMAGES
from gdm_studio.request.generation_events import Result, State
from gdm_studio.request.generation_request import ControlImage, Request
from gdm_studio.studio.request_draft import RequestDraft
from gdm_studio.ui.create.panel.conditioning_inputs import ControlImageList, ControlImageRow
from gdm_studio.ui.create.panel.settings_panel import Controls
from gdm_studio.ui.create.request_settings import RequestSettings
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.widgets.combo import Combo
from gdm_studio.ui.worker_thread import WorkerThread
from tests.families.made_up import FAMILY, MADE_UP
from tests.families.test_families import library, random_image, request_for
from tests.helpers import fast_model, tiny_stable, tiny_transformers
from tests.helpers.fast_model import FAST, FastLibrary
from tests.helpers.gaussian_model import CARD, GaussianLibrary
from tests.helpers.widgets import show_widget, theme, unfold
from tests.helpers.window import click, drop, notices, run_in_window, until
from tests.ui.test_flow import generated


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    library.cache_clear()
    with devices.threads_of("CPU · 1 thread"):
        yield


class MadeUpLibrary(Library):
    """Library of made-up models written to the models folder, listed in the order of `names`."""

    def __init__(self, *names: str) -> None:
        super().__init__((*FAMILIES, FAMILY))
        self._names = names
        for name in names:
            paths.models_dir().mkdir(parents=True, exist_ok=True)
            file = paths.models_dir() / f"{name}.safetensors"
            MADE_UP[name].write(file)
            # Recently changed files would be scanned again.
            os.utime(file, (86_400, 86_400))
        self.refresh()

    def cards(self) -> list[ModelCard]:
        found = {card.name: card for card in super().cards()}
        return [found[name] for name in self._names]

    def is_loaded(
        self, name: str, *, device: torch.device | None = None, dtype: torch.dtype | None = None, **told: Any
    ) -> bool:
        return super().is_loaded(name, device=device or torch.device("cpu"), dtype=dtype or torch.float32, **told)


def visible_inputs(controls: Controls) -> set[str]:
    """Return the names of the visible inputs that only some models have."""
    conditions = controls.conditions
    parts = {
        "prompt": controls.prompt,
        "negative": controls.more.negative,
        "guidance": controls.guidance,
        "labels": conditions.label_box,
        "factors": conditions.groups[""].knobs,
        "hints": conditions.hints,
        "set": controls.modes.set,
    }
    unfold(controls)
    found = {name for name, part in parts.items() if part.isVisibleTo(controls)}
    return found | ({"picture"} if controls.start_mark.isEnabled() else set())


def accepted_inputs(card: ModelCard) -> set[str]:
    accepts = card.accepts
    named = {
        "prompt": accepts.prompt, "set": accepts.prompt, "negative": accepts.negative, "guidance": accepts.guidance,
        "labels": accepts.labels, "factors": accepts.factors, "hints": accepts.hints, "picture": accepts.picture,
    }  # fmt: skip
    return {name for name, there in named.items() if there}


@pytest.mark.parametrize("name", MADE_UP)
def test_each_model_shows_its_inputs_and_generates_the_same_image(name: str, home: Path) -> None:
    own = MadeUpLibrary(name)
    request = request_for(name, count=1, batch=0)
    (expected,) = [event for event in generate(request, own) if isinstance(event, Result)]

    async def play(window: Window) -> None:
        controls = window.create_page.controls
        assert visible_inputs(controls) == accepted_inputs(own.card(name))
        controls.set_request(request)
        controls.seed.changed.emit(request.seed)
        await generated(window)
        run = window.viewer.run
        assert run is not None and [view.index for view in run.views[0]] == list(range(1, request.steps + 1))
        assert np.array_equal(run.results[0].rgba, expected.rgba)

    run_in_window(play, library=own)
    (path,) = (home / "pictures").glob("*.png")
    made = read(path).request
    assert made is not None and made.digest() == request.digest()
    assert np.array_equal(np.asarray(Image.open(path).convert("RGBA"))[..., :3], expected.rgba[..., :3])


def test_settings_return_with_a_model_that_accepts_them(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls

        async def select_model(name: str) -> None:
            controls.model_box.pick(name)
            await until(lambda: controls.request().model == name)

        await select_model("two-encoders")
        controls.prompt.set_text("a red fox")
        controls.more.negative.set_text("an owl")
        row = controls.conditions.groups[""].knobs.rows["aesthetic"]
        row.set_value(8.5)
        row.changed.emit(8.5)
        await select_model("labelled")
        controls.conditions.label_box.pick("dog")
        request = controls.request()
        assert (request.prompt, request.negative_prompt, request.factors, request.label) == ("", "", {}, "dog")
        await select_model("unconditional")
        assert (controls.request().label, controls.request().guidance_scale) == ("", 1.0)
        await select_model("two-encoders")
        request = controls.request()
        assert (request.prompt, request.negative_prompt, request.factors) == ("a red fox", "an owl", {"aesthetic": 8.5})
        controls.reset()
        assert controls.request().factors == {}, "and goes with all that is reset"
        assert controls.conditions.groups[""].knobs.values()["aesthetic"] != 8.5
        await select_model("labelled")
        assert controls.request().label == "dog"

    run_in_window(play, library=MadeUpLibrary("two-encoders", "labelled", "unconditional"))


def test_unused_settings_survive_a_restart_and_new_models(home: Path) -> None:
    names = ("two-encoders", "unconditional")
    written = ("a red fox", "an owl", {"aesthetic": 8.5})

    async def select_model(window: Window, name: str) -> None:
        controls = window.create_page.controls
        controls.model_box.pick(name)
        await until(lambda: controls.request().model == name)

    async def write(window: Window) -> None:
        controls = window.create_page.controls
        await select_model(window, names[0])
        controls.prompt.set_text(written[0])
        controls.more.negative.set_text(written[1])
        controls.request_draft.change(factors=written[2])
        await select_model(window, names[1])
        assert controls.request().prompt == ""

    async def add_model(window: Window) -> None:
        assert window.create_page.controls.request().model == names[1]
        MADE_UP["labelled"].write(paths.models_dir() / "labelled.safetensors")
        with patch.object(window.library, "cards", wraps=window.library.cards) as looked:
            QApplication.sendEvent(window, QEvent(QEvent.Type.WindowActivate))
            await until(lambda: looked.called)

    async def check_settings(window: Window) -> None:
        await select_model(window, names[0])
        request = window.create_page.controls.request()
        assert (request.prompt, request.negative_prompt, request.factors) == written

    run_in_window(write, library=MadeUpLibrary(*names))
    for play in (add_model, check_settings):
        # The model chosen last is loaded first.
        run_in_window(play, library=MadeUpLibrary(*reversed(names)))


def test_many_factors_are_collapsed_and_their_values_are_shown() -> None:
    controls = Controls(theme(), RequestDraft())
    conditions = controls.conditions
    many = tuple(Param(f"Share {letter}", 0.0, 1.0, "How much of it.", f"share_{letter}") for letter in "abcdef")
    for knobs, is_open in ((many[:3], True), (many, False)):
        conditions.set_accepts(Capabilities(factors=knobs))
        fold = conditions.groups[""]
        assert fold.is_open() == is_open and fold.isVisibleTo(conditions)
        assert fold.knobs.isVisibleTo(conditions) == is_open
    assert fold.head.accessibleName() == "Factors"
    controls.request_draft.change(factors={"share_b": 0.5})
    assert fold.head.accessibleName() == "Factors: share b 0.5", "what is set is not hidden"
    fold.set_open(True)
    conditions.set_accepts(Capabilities(factors=many))
    assert fold.is_open(), "the same factors stay as they were"
    conditions.set_accepts(Capabilities())
    assert not fold.isVisibleTo(conditions)


def test_stable_diffusion_and_hires_factors_are_grouped_by_name(home: Path) -> None:
    folder = paths.models_dir()
    tiny_stable.write(folder / "base.safetensors", words=1)
    tiny_stable.write(folder / "base xl.safetensors", "sdxl", words=1)
    for file in folder.iterdir():
        os.utime(file, (86_400, 86_400))

    async def play(window: Window) -> None:
        controls = window.create_page.controls
        conditions, request_draft = controls.conditions, controls.request_draft

        def shown() -> dict[str, list[str]]:
            return {name: list(each.knobs.rows) for name, each in conditions.groups.items() if each.isVisible()}

        window.settings.use(Request(model="base"))
        passes = ["enlarged", "enlarged_strength", "enlarged_steps"]
        assert shown() == {"Stable Diffusion": ["clip_skip"], "Hires fix": passes}
        assert not any(group.is_open() for name, group in conditions.groups.items() if name in shown())
        request_draft.change(factors={"clip_skip": 2.0})
        heads = [conditions.groups[name].head.accessibleName() for name in shown()]
        assert sorted(heads) == ["Hires fix", "Stable Diffusion: clip skip 2"]
        row = dict(controls.parts())["Second pass"]
        # Like opening the setting with Ctrl+K.
        controls.focus_setting(row)
        assert conditions.groups["Hires fix"].is_open() and not conditions.groups["Stable Diffusion"].is_open()
        conditions.groups["Hires fix"].knobs.rows["enlarged"].set_value(1.5)
        conditions.groups["Hires fix"].knobs.changed.emit()
        assert controls.request().factors == {"clip_skip": 2.0, "enlarged": 1.5}
        window.settings.use(Request(model="base xl", factors={"refined": 0.3}))
        assert shown() == {"Stable Diffusion": ["clip_skip", "refined"], "Hires fix": passes}
        window.settings.use(Request())
        assert shown() == {}

    run_in_window(play, library=Library())


def test_the_noise_of_a_diffusion_transformer_follows_the_size_and_the_steps(home: Path) -> None:
    tiny_transformers.write_files(paths.models_dir(), "flux1 dev")
    for file in paths.models_dir().iterdir():
        os.utime(file, (86_400, 86_400))
    own = Library()

    async def play(window: Window) -> None:
        settings, controls = window.settings, window.create_page.controls
        settings.use(Request(model="tiny", steps=4, size=(256, 256), sampler="flow_euler", spacing="trailing"))
        assert controls.request().model == "tiny"
        # Half of the steps are taken at t = 1/2, whose noise ratio is the shift.
        assert settings.path()[2].ratio == pytest.approx(np.exp(0.5))
        controls.request_draft.change(size=(1024, 1024), steps=8)
        assert settings.path()[4].ratio == pytest.approx(np.exp(1.15)) and len(settings.path()) == 9
        smaller = settings.process_for(replace(controls.request(), size=(256, 256)))
        assert smaller is not None and smaller.path("trailing", 4)[2].ratio == pytest.approx(np.exp(0.5))
        assert dict(controls.parts()).keys() >= {"Distilled guidance"}

    run_in_window(play, library=own)


def test_the_draft_waits_until_a_model_is_available(monkeypatch: pytest.MonkeyPatch) -> None:
    request_draft, own = RequestDraft(), GaussianLibrary()
    settings = RequestSettings(Controls(theme(), request_draft), own, WorkerThread(Runner(Executor(own))))  # type: ignore[arg-type]
    left = replace(
        request_draft.written, model=CARD.name, prompt="a red fox", negative_prompt="an owl", steps=9, style="dark"
    )
    with monkeypatch.context() as gone:
        gone.setattr(own, "cards", list)
        settings.open(left)
        assert request_draft.written == left
    settings.open(request_draft.written)
    assert settings.card is CARD and request_draft.request == left


def test_prompts_of_the_full_model_survive_switching_to_fast_and_back(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fast_model, "FAST", replace(FAST, accepts=replace(FAST.accepts, negative=False, prompt="")))

    async def play(window: Window) -> None:
        controls, making = window.create_page.controls, window.generation
        controls.prompt.set_text("a red fox")
        controls.more.negative.set_text("an owl")
        click(controls.modes.fast)
        await until(lambda: controls.request().model == FAST.name)
        assert (controls.request().prompt, controls.request().negative_prompt) == ("", "")
        await until(controls.button.isEnabled)
        click(controls.button)
        making.set_paused(True)
        await until(lambda: making.job is not None and making.job.run.state is State.PAUSED)
        controls.temperature.set_value(1.3)
        controls.temperature.changed.emit(1.3)
        await until(lambda: "temperature" in controls.status.texts()[1])
        # This restores the settings of the run.
        click(controls.status.close_button)
        assert controls.request().temperature == 1.0
        making.stop()
        await until(lambda: making.job is None)
        click(controls.modes.fast)
        await until(lambda: controls.request().model != FAST.name)
        assert (controls.request().prompt, controls.request().negative_prompt) == ("a red fox", "an owl")

    # Slow steps, because a busy machine pauses late.
    run_in_window(play, library=FastLibrary(step_seconds=0.5))


def test_an_image_prompt_has_no_preprocessor() -> None:
    hints = ControlImageList(theme())
    hints.set_kinds(("edges", "portrait"), image_prompts=("portrait",))
    hints.set_hints((ControlImage("edges", "a" * 64, preprocessor="canny"),))
    (row,) = hints.findChildren(ControlImageRow)
    kind = next(box for box in row.findChildren(Combo) if box is not row.preprocessor)
    assert row.preprocessor.isVisibleTo(row) and not row.prompt_label.isVisibleTo(row)
    kind.pick("portrait")
    assert row.prompt_label.isVisibleTo(row) and not row.preprocessor.isVisibleTo(row)
    assert hints.hints() == (ControlImage("portrait", "a" * 64),)
    kind.pick("edges")
    assert row.preprocessor.isVisibleTo(row) and not row.prompt_label.isVisibleTo(row)


def test_several_control_images_are_dropped_as_far_as_there_is_room(home: Path, tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.png" for number in range(MAX_CONTROL_IMAGES + 3)]
    for number, file in enumerate(files):
        Image.new("RGB", (8, 8), (number, 0, 0)).save(file)
    files[1].write_bytes(b"no picture")

    async def play(window: Window) -> None:
        hints = window.create_page.controls.conditions.hints
        drop(window, *files, on=hints)
        await until(lambda: any("Left out: 9.png, 10.png." in text for text in notices(window)))
        assert len(hints.hints()) == MAX_CONTROL_IMAGES
        assert any("1.png" in text and "Left out" not in text for text in notices(window))

    run_in_window(play, library=MadeUpLibrary("controlled"))


def test_a_control_image_is_dropped_weighted_and_removed(home: Path, tmp_path: Path) -> None:
    Image.fromarray(random_image(5)).save(tmp_path / "house.png")

    async def play(window: Window) -> None:
        hints = window.create_page.controls.conditions.hints
        drop(window, tmp_path / "house.png", on=hints)
        await until(lambda: hints.hints() and not hints.missing_pixels())
        weight, start, end = hints.rows()
        weight.set_value(0.35)
        weight.changed.emit(0.35)
        (row,) = hints.findChildren(ControlImageRow)
        assert not row.result.isVisibleTo(window)
        row.preprocessor.pick("canny")
        assert hints.missing_pixels() == [(row.image, "canny")] and row.result.isVisibleTo(window)
        await until(lambda: not hints.missing_pixels())
        end.set_value(0.5)
        end.changed.emit(0.5)
        start.set_value(0.7)
        start.changed.emit(0.7)
        (hint,) = window.create_page.controls.request().hints
        assert (hint.kind, hint.weight) == ("edges", 0.35)
        assert (hint.preprocessor, hint.start, hint.end) == ("canny", 0.7, 0.75), "it ends after its start"
        await generated(window)
        hints.remove(hint.image)
        assert window.create_page.controls.request().hints == ()

    run_in_window(play, library=MadeUpLibrary("controlled"))
    (path,) = (home / "pictures").glob("*.png")
    made = read(path).request
    assert made is not None and [(each.kind, each.weight, each.preprocessor) for each in made.hints] == [
        ("edges", 0.35, "canny")
    ]


def _has(hints: ControlImageList, count: int) -> bool:
    return len(hints.hints()) == count


def test_references_are_counted_reordered_and_cleared(tmp_path: Path) -> None:
    for number in range(3):
        Image.fromarray(random_image(number)).save(tmp_path / f"{number}.png")
    tiny_transformers.write_files(paths.models_dir(), "klein")

    async def play(window: Window) -> None:
        controls = window.create_page.controls
        assert not controls.conditions.hints.isVisibleTo(window)
        controls.model_box.pick("tiny")
        hints = controls.conditions.hints
        await until(lambda: hints.isVisibleTo(window))
        assert hints.add_button.text() == "Reference (0 of 4)…" and not hints.clear_button.isVisibleTo(window)
        for number in range(3):
            drop(window, tmp_path / f"{number}.png", on=hints)
            await until(partial(_has, hints, number + 1))
        assert hints.add_button.text() == "Reference (3 of 4)…"
        first, second, third = (row for row in hints.findChildren(ControlImageRow) if row.isVisibleTo(window))
        assert not any(row.weight.isVisibleTo(window) for row in (first, second, third))
        assert not first.move_button.isVisibleTo(window) and third.move_button.isVisibleTo(window)
        before = controls.request().hints
        click(third.move_button)
        assert controls.request().hints == (before[0], before[2], before[1])
        drop(window, tmp_path / "0.png", on=hints)
        await until(lambda: len(hints.hints()) == 4)
        assert not hints.add_button.isEnabled()
        click(hints.clear_button)
        assert controls.request().hints == () and hints.add_button.isEnabled()

    run_in_window(play, library=Library())


def test_pictures_and_texts_change_the_meaning_with_a_prior() -> None:
    controls = show_widget(Controls(theme(), RequestDraft()), width=316, height=900)
    card = Library().card("unclip")
    controls.set_models([card])
    controls.set_model(card)
    assert {"hints", "negative", "factors"} <= visible_inputs(controls)
    controls.conditions.hints.add("a" * 64)
    controls.request_draft.put(negative_prompt="a red apple", factors={"text_difference": 0.5})
    request = card.checked(controls.request_draft.request)
    assert request.hints == (ControlImage("meaning", "a" * 64),)
    assert (request.negative_prompt, request.factors) == ("a red apple", {"text_difference": 0.5})
