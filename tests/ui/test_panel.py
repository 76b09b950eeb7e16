"""The left panel: a constant width for any text, and visible hints of settings in folded sections."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea, QWidget

from gdm_studio.gallery import save
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.create.panel.settings_panel import Controls
from gdm_studio.ui.create.prompt.prompt_chips import ChipLook, PromptChip
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.widgets import Choice
from tests.helpers.widgets import unfold
from tests.helpers.window import click, finish_layouts, remaining_problems, run_in_window, until

LONG = " ".join(f"word{number}" for number in range(40))
UNBROKEN = "x" * 400


def _beyond(controls: Controls) -> list[str]:
    """Return the visible widgets that extend beyond the panel's right edge."""
    (area,) = [area for area in controls.findChildren(QScrollArea) if area.isAncestorOf(controls.more)]
    page = area.widget()
    edge = area.viewport().mapToGlobal(QPoint(area.viewport().width(), 0)).x()
    return [
        f"{type(part).__name__} {part.accessibleName() or part.property('text')!r}"
        for part in page.findChildren(QWidget)
        if part.isVisible() and part.mapToGlobal(QPoint(part.width(), 0)).x() > edge
    ]


async def _check_no_text_widens_the_panel(window: Window) -> None:
    controls = window.create_page.controls
    unfold(controls)
    for size in ((872, 640), (1280, 800), (2560, 1440)):
        window.resize(*size)
        texts = (" ".join(["word"] * 16), LONG, UNBROKEN)
        for text in texts:
            controls.prompt.set_text(text)
            controls.negative.set_text(text)
            controls.things.set_text(text)
            for box in (controls.prompt, controls.negative, controls.things):
                box.show_chips([PromptChip(word, ChipLook.LEFT_OUT, word) for word in text.split()])
            assert await remaining_problems(lambda: _beyond(controls), after=0.02) == [], (size, text[:20])
        for sampler in SAMPLERS:
            controls.set_request(replace(controls.request(), sampler=sampler, knobs={}, steps=3))
            assert await remaining_problems(lambda: _beyond(controls), after=0.01) == [], (size, sampler)


async def _check_tab_moves_through_an_unfolded_section(window: Window) -> None:
    window.resize(1280, 1400)
    more = window.create_page.controls.more
    more.set_open(True)
    await until(more.negative.isVisible)
    more.head.setFocus()
    tops = []
    while more.isAncestorOf(window.focusWidget()):
        part = window.focusWidget()
        tops.append(part.mapTo(more, part.rect().center()).y())
        QTest.keyClick(window, Qt.Key.Key_Tab)
    near = max(before - after for before, after in pairwise(tops))
    assert len(tops) > 8 and near <= 12, "of a row, one may stand a little higher than the one before"


async def _check_an_unsupported_precision_shows_a_message(window: Window) -> None:
    controls = window.create_page.controls
    auto, cpu, gpu = Choice("auto", "Automatic"), Choice("cpu", "CPU"), Choice("cuda:0", "CUDA")

    def refused() -> dict[str, str]:
        return {choice.id: choice.refused for choice in controls.more.dtype_box.choices() if choice.refused}

    reason = {"fp16": "A CPU cannot compute float16; use bfloat16 for half precision"}
    controls.set_devices([auto, cpu])
    assert refused() == reason
    controls.set_devices([auto, gpu, cpu])
    assert refused() == {}
    controls.device_box.pick("cpu")
    await until(lambda: refused() == reason)
    controls.device_box.pick("cuda:0")
    await until(lambda: refused() == {})


def test_hidden_settings_are_announced_and_reset_with_the_others(home: Path, tmp_path: Path) -> None:
    """Hidden settings can come from a dropped image, are saved over a restart, and are reset with all others."""
    asked = Request(
        model="gaussian",
        prompt="a green disc",
        negative_prompt="blurry & <b>dull</b>",
        sampler="ddim",
        knobs={"eta": 0.5},
        size=(128, 128),
        dtype="bf16",
    )
    picture = save(Result(0, asked, np.zeros((128, 128, 4), np.uint8)), tmp_path)

    def head(window: Window) -> str:
        return window.create_page.controls.more.head.accessibleName()

    async def first(window: Window) -> None:
        controls = window.create_page.controls
        assert head(window) == "Advanced" and controls.more.head.text() == "Advanced: guidance, negative prompt, device"
        await window.settings_restorer.restore_from(picture.path)
        await until(lambda: controls.request().negative_prompt == asked.negative_prompt)
        assert controls.more.is_open(), "what came with the picture is not left out of sight"
        controls.more.set_open(False)
        without = f"Advanced: without “{asked.negative_prompt}”"
        assert head(window) == f"{without}, Karras, guidance 4, eta 0.5, Half (bfloat16)"
        assert controls.more.head.property("marked")
        assert controls.more.head.text().startswith("Advanced: without “blurry && <b>")

    async def second(window: Window) -> None:
        controls = window.create_page.controls
        assert "without “blurry" in head(window)
        reset = next(action for action in window.commands.actions() if action.label == "Back to the model's defaults")
        reset.act()
        assert head(window) == "Advanced" and not controls.more.head.property("marked")
        request = controls.request()
        assert (request.negative_prompt, request.knobs, request.controls, request.dtype) == ("", {}, {}, "auto")
        assert request.prompt == "a green disc"
        click(controls.button)
        await until(lambda: window.generation.job is None and window.gallery.panel_model.rowCount() == 1)
        made = window.gallery.panel_model.picture(0)
        assert made is not None and made.request.negative_prompt == ""

    run_in_window(first)
    run_in_window(second)


def test_pausing_and_set_mode_do_not_move_the_generate_button(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        place = controls.button.mapToGlobal(QPoint(0, 0))

        async def stays() -> bool:
            await asyncio.sleep(0.05)
            return controls.button.mapToGlobal(QPoint(0, 0)) == place

        controls.status.show_text("Paused", "Change the prompt", close_tip="Put back", on_close=controls.status.clear)
        assert await stays() and controls.status.isVisible()
        controls.status.clear()
        controls.modes.set_toggled.emit(True)
        assert await stays() and controls.things.isVisible()

    run_in_window(play)


async def _check_generate_is_in_view_below_a_long_list_and_a_start_image(window: Window) -> None:
    controls = window.create_page.controls
    window.resize(1093, 900)
    controls.modes.set_toggled.emit(True)
    controls.things.set_text("\n".join(f"fox {number}" for number in range(12)))

    def is_in_view() -> bool:
        place = controls.button.mapTo(controls, controls.button.rect().bottomLeft())
        return window.size().toTuple() in ((1093, 520), (1093, 900)) and place.y() < controls.rect().bottom()

    await until(lambda: controls.things.height() > 200 and is_in_view())
    finish_layouts(window)
    long = controls.things.height()
    window.resize(1093, 520)
    await window.tools.start_image.use(np.zeros((64, 64, 4), np.uint8))
    await until(lambda: controls.start.isVisible() and controls.things.height() < long)
    finish_layouts(window)
    assert is_in_view()
    window.resize(1093, 900)
    await until(lambda: controls.things.height() == long and is_in_view())


async def _check_another_model_keeps_the_text_of_the_user(window: Window) -> None:
    controls = window.create_page.controls
    controls.negative.set_text("blurry")
    controls.set_model(window.library.cards()[0])
    assert controls.request().negative_prompt == "blurry"


async def _check_a_negative_prompt_without_guidance_has_a_hint(window: Window) -> None:
    controls = window.create_page.controls
    unfold(controls)
    hint = controls.more.negative_hint
    controls.negative.set_text("blurry")
    await until(lambda: controls.request().negative_prompt == "blurry")
    assert hint.isHidden()
    controls.request_draft.change(guidance_scale=1.0)
    await until(hint.isVisible)
    controls.negative.set_text("")
    await until(hint.isHidden)
    controls.negative.set_text("blurry")
    await until(hint.isVisible)
    controls.request_draft.change(guidance_scale=4.0)
    await until(hint.isHidden)


def test_the_panel_of_settings(home: Path) -> None:
    """Check the panel of settings in one window."""
    run_in_window(
        _check_no_text_widens_the_panel,
        _check_tab_moves_through_an_unfolded_section,
        _check_an_unsupported_precision_shows_a_message,
        _check_generate_is_in_view_below_a_long_list_and_a_start_image,
        _check_another_model_keeps_the_text_of_the_user,
        _check_a_negative_prompt_without_guidance_has_a_hint,
    )
