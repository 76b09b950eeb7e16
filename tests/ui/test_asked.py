"""What a model accepts is what the window asks for, however unlike the built-in one it is; and it makes the picture."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from gdm_studio import paths
from gdm_studio.engine import devices
from gdm_studio.engine.generate import generate
from gdm_studio.gallery import read
from gdm_studio.maths.knobs import Knob
from gdm_studio.models.accepts import Accepts
from gdm_studio.models.card import ModelCard
from gdm_studio.models.families import FAMILIES
from gdm_studio.models.library import Library
from gdm_studio.request import Request
from gdm_studio.run import Result, State
from gdm_studio.studio.crew import Crew
from gdm_studio.studio.draft import Draft
from gdm_studio.ui.create.panel.controls import Controls
from gdm_studio.ui.create.settings import Settings
from gdm_studio.ui.lane import Lane
from gdm_studio.ui.shell.window import Window
from tests.families.made_up import FAMILY, MADE_UP
from tests.families.test_families import asking, drawing, library
from tests.helpers import fast_model, tiny_stable
from tests.helpers.fast_model import FAST, FastLibrary
from tests.helpers.gaussian_model import CARD, GaussianLibrary
from tests.helpers.looks import theme
from tests.helpers.opened import click, drop, opened, until


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    library.cache_clear()
    with devices.threads_as("CPU · 1 thread"):
        yield


class MadeUpLibrary(Library):
    """The made-up models that lie in the models folder, and no other; the first of `names` is the window's first."""

    def __init__(self, *names: str) -> None:
        super().__init__((*FAMILIES, FAMILY))
        self._names = names
        for name in names:
            paths.models_dir().mkdir(parents=True, exist_ok=True)
            file = paths.models_dir() / f"{name}.safetensors"
            MADE_UP[name].write(file)
            os.utime(file, (86_400, 86_400))  # of old: new ones are looked at once more when they have been still
        self.refresh()

    def cards(self) -> list[ModelCard]:
        found = {card.name: card for card in super().cards()}
        return [found[name] for name in self._names]

    def is_loaded(self, name: str, *, device: torch.device | None = None, dtype: torch.dtype | None = None) -> bool:
        return super().is_loaded(name, device=device or torch.device("cpu"), dtype=dtype or torch.float32)


def asked_for(controls: Controls) -> set[str]:
    """What there is to be seen of what only some models are asked."""
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
    controls.more.set_open(True)
    found = {name for name, part in parts.items() if part.isVisibleTo(controls)}
    return found | ({"picture"} if controls.start_mark.isEnabled() else set())


def accepted(card: ModelCard) -> set[str]:
    accepts = card.accepts
    named = {
        "prompt": accepts.prompt, "set": accepts.prompt, "negative": accepts.negative, "guidance": accepts.guidance,
        "labels": accepts.labels, "factors": accepts.factors, "hints": accepts.hints, "picture": accepts.picture,
    }  # fmt: skip
    return {name for name, there in named.items() if there}


@pytest.mark.parametrize("name", MADE_UP)
def test_it_is_asked_what_it_accepts_and_makes_the_same_picture_as_without_a_window(name: str, home: Path) -> None:
    own = MadeUpLibrary(name)
    request = asking(name, count=1, batch=0)
    (expected,) = [event for event in generate(request, own) if isinstance(event, Result)]

    async def play(window: Window) -> None:
        controls = window.create_page.controls
        assert asked_for(controls) == accepted(own.card(name))
        controls.set_request(request)
        controls.seed.changed.emit(request.seed)
        click(controls.button)
        await until(lambda: window.shelf.beside.rowCount() == 1 and window.making.job is None)
        run = window.viewer.run
        assert run is not None and [view.index for view in run.views[0]] == list(range(1, request.steps + 1))
        assert np.array_equal(run.results[0].rgba, expected.rgba)

    opened(play, library=own)
    (path,) = (home / "pictures").glob("*.png")
    made = read(path).request
    assert made is not None and made.digest() == request.digest()
    assert np.array_equal(np.asarray(Image.open(path).convert("RGBA"))[..., :3], expected.rgba[..., :3])


def test_what_was_set_comes_back_with_a_model_that_asks_for_it(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls

        async def turn_to(name: str) -> None:
            controls.model_box.pick(name)
            await until(lambda: controls.request().model == name)

        await turn_to("two-encoders")
        controls.prompt.set_text("a red fox")
        controls.more.negative.set_text("an owl")
        row = controls.conditions.groups[""].knobs.rows["aesthetic"]
        row.set_value(8.5)
        row.changed.emit(8.5)
        await turn_to("labelled")
        controls.conditions.label_box.pick("dog")
        request = controls.request()
        assert (request.prompt, request.negative_prompt, request.factors, request.label) == ("", "", {}, "dog")
        await turn_to("unconditional")
        assert (controls.request().label, controls.request().guidance_scale) == ("", 1.0)
        await turn_to("two-encoders")
        request = controls.request()
        assert (request.prompt, request.negative_prompt, request.factors) == ("a red fox", "an owl", {"aesthetic": 8.5})
        controls.reset()
        assert controls.request().factors == {}, "and goes with all that is reset"
        assert controls.conditions.groups[""].knobs.values()["aesthetic"] != 8.5
        await turn_to("labelled")
        assert controls.request().label == "dog"

    opened(play, library=MadeUpLibrary("two-encoders", "labelled", "unconditional"))


def test_what_no_model_is_asked_now_is_there_after_a_restart_and_new_models(home: Path) -> None:
    names = ("two-encoders", "unconditional")
    written = ("a red fox", "an owl", {"aesthetic": 8.5})

    async def turn_to(window: Window, name: str) -> None:
        controls = window.create_page.controls
        controls.model_box.pick(name)
        await until(lambda: controls.request().model == name)

    async def write(window: Window) -> None:
        controls = window.create_page.controls
        await turn_to(window, names[0])
        controls.prompt.set_text(written[0])
        controls.more.negative.set_text(written[1])
        controls.draft.change(factors=written[2])
        await turn_to(window, names[1])
        assert controls.request().prompt == ""

    async def find_another(window: Window) -> None:
        assert window.create_page.controls.request().model == names[1]
        MADE_UP["labelled"].write(paths.models_dir() / "labelled.safetensors")
        with patch.object(window.library, "cards", wraps=window.library.cards) as looked:
            QApplication.sendEvent(window, QEvent(QEvent.Type.WindowActivate))
            await until(lambda: looked.called)

    async def look(window: Window) -> None:
        await turn_to(window, names[0])
        request = window.create_page.controls.request()
        assert (request.prompt, request.negative_prompt, request.factors) == written

    opened(write, library=MadeUpLibrary(*names))
    for play in (find_another, look):
        opened(play, library=MadeUpLibrary(*reversed(names)))  # the one that it was left with is loaded first


def test_many_factors_are_folded_away_and_say_what_is_set() -> None:
    controls = Controls(theme(), Draft())
    conditions = controls.conditions
    many = tuple(Knob(f"Share {letter}", 0.0, 1.0, "How much of it.", f"share_{letter}") for letter in "abcdef")
    for knobs, is_open in ((many[:3], True), (many, False)):
        conditions.set_accepts(Accepts(factors=knobs))
        fold = conditions.groups[""]
        assert fold.is_open() == is_open and fold.isVisibleTo(conditions)
        assert fold.knobs.isVisibleTo(conditions) == is_open
    assert fold.head.accessibleName() == "Factors"
    controls.draft.change(factors={"share_b": 0.5})
    assert fold.head.accessibleName() == "Factors: share b 0.5", "what is set is not hidden"
    fold.set_open(True)
    conditions.set_accepts(Accepts(factors=many))
    assert fold.is_open(), "the same factors stay as they were"
    conditions.set_accepts(Accepts())
    assert not fold.isVisibleTo(conditions)


def test_what_users_of_other_tools_look_for_stands_under_its_name(home: Path) -> None:
    folder = paths.models_dir()
    tiny_stable.write(folder / "base.safetensors", words=1)
    tiny_stable.write(folder / "base xl.safetensors", "sdxl", words=1)
    for file in folder.iterdir():
        os.utime(file, (86_400, 86_400))

    async def play(window: Window) -> None:
        controls = window.create_page.controls
        conditions, draft = controls.conditions, controls.draft

        def shown() -> dict[str, list[str]]:
            return {name: list(each.knobs.rows) for name, each in conditions.groups.items() if each.isVisible()}

        window.settings.use(Request(model="base"))
        passes = ["enlarged", "enlarged_strength"]
        assert shown() == {"Stable Diffusion": ["clip_skip"], "Hires fix": passes}
        assert not any(group.is_open() for name, group in conditions.groups.items() if name in shown())
        draft.change(factors={"clip_skip": 2.0})
        heads = [conditions.groups[name].head.accessibleName() for name in shown()]
        assert heads == ["Stable Diffusion: clip skip 2", "Hires fix"]
        row = dict(controls.parts())["Second pass"]
        controls.reach(row)  # as by Ctrl+K
        assert conditions.groups["Hires fix"].is_open() and not conditions.groups["Stable Diffusion"].is_open()
        conditions.groups["Hires fix"].knobs.rows["enlarged"].set_value(1.5)
        conditions.groups["Hires fix"].knobs.changed.emit()
        assert controls.request().factors == {"clip_skip": 2.0, "enlarged": 1.5}
        window.settings.use(Request(model="base xl", factors={"refined": 0.3}))
        assert shown() == {"Stable Diffusion": ["clip_skip", "refined"], "Hires fix": passes}
        window.settings.use(Request())
        assert shown() == {}

    opened(play, library=Library())


def test_what_was_written_waits_for_a_model_to_come(monkeypatch: pytest.MonkeyPatch) -> None:
    draft, own = Draft(), GaussianLibrary()
    settings = Settings(Controls(theme(), draft), own, Lane(Crew(own)))  # type: ignore[arg-type]
    left = replace(draft.written, model=CARD.name, prompt="a red fox", negative_prompt="an owl", steps=9, style="dark")
    with monkeypatch.context() as gone:
        gone.setattr(own, "cards", list)
        settings.open(left)
        assert draft.written == left
    settings.open(draft.written)
    assert settings.card is CARD and draft.request == left


def test_fast_and_back_costs_nothing_that_only_the_full_model_is_asked(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fast_model, "FAST", replace(FAST, accepts=replace(FAST.accepts, negative=False, prompt="")))

    async def play(window: Window) -> None:
        controls, making = window.create_page.controls, window.making
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
        await until(lambda: "temperature" in controls.chip.words()[1])
        click(controls.chip.closer)  # back to the settings of the run
        assert controls.request().temperature == 1.0
        making.stop()
        await until(lambda: making.job is None)
        click(controls.modes.fast)
        await until(lambda: controls.request().model != FAST.name)
        assert (controls.request().prompt, controls.request().negative_prompt) == ("a red fox", "an owl")

    opened(play, library=FastLibrary(step_seconds=0.5))  # four steps, and a busy machine pauses late


def test_a_picture_to_follow_is_dropped_weighted_and_let_go(home: Path, tmp_path: Path) -> None:
    Image.fromarray(drawing(5)).save(tmp_path / "house.png")

    async def play(window: Window) -> None:
        hints = window.create_page.controls.conditions.hints
        drop(window, tmp_path / "house.png", on=hints)
        await until(lambda: hints.told() and not hints.unseen())
        (row,) = hints.rows()
        row.set_value(0.35)
        row.changed.emit(0.35)
        (hint,) = window.create_page.controls.request().hints
        assert (hint.kind, hint.weight) == ("edges", 0.35)
        click(window.create_page.controls.button)
        await until(lambda: window.shelf.beside.rowCount() == 1 and window.making.job is None)
        hints.drop(hint.image)
        assert window.create_page.controls.request().hints == ()

    opened(play, library=MadeUpLibrary("controlled"))
    (path,) = (home / "pictures").glob("*.png")
    made = read(path).request
    assert made is not None and [(hint.kind, hint.weight) for hint in made.hints] == [("edges", 0.35)]
