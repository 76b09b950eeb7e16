"""Estimate of the next run on the Generate button."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from gdm_studio.common import paths
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import Request
from gdm_studio.studio import window_calls
from gdm_studio.ui.create.generation.controller import ESTIMATE_MS
from gdm_studio.ui.shell.window import Window
from tests.helpers import tiny_stable
from tests.helpers.window import click, run_in_window, until

# Name of the button with an estimate, such as "Generate · about 2:05 · 5.3 GB".
ESTIMATED = re.compile(r"Generate · (about [\d:.]+(?: s)? · \d+\.\d GB)")


@pytest.mark.slow
def test_the_button_shows_time_and_memory_of_the_next_run() -> None:
    tiny_stable.write(paths.models_dir() / "tiny.safetensors", "sd1")

    async def play(window: Window) -> None:
        button, draft = window.create_page.controls.button, window.create_page.controls.request_draft
        assert button.text() == "Generate"
        await window.settings.choose_model("tiny")
        draft.change(steps=20)
        await until(lambda: ESTIMATED.fullmatch(button.text()) is not None)
        first = button.text()
        assert first == f"Generate · {button.accessibleDescription()}" and button.accessibleName() == "Generate"
        draft.change(steps=150)
        await until(lambda: button.text() != first and ESTIMATED.fullmatch(button.text()) is not None)
        # Another purpose takes another time.
        button.set_purpose(play, "Save changes", "")
        assert button.text() == "Save changes" and button.accessibleDescription() == ""
        button.set_purpose(play, "", "")
        before = button.text()
        assert ESTIMATED.fullmatch(before)
        # While the settings change, another controller has the worker thread.
        window.generation.reserve_thread(True)
        draft.change(steps=3)
        await asyncio.sleep(2 * ESTIMATE_MS / 1000)
        window.generation.reserve_thread(False)
        await until(lambda: button.text() != before and ESTIMATED.fullmatch(button.text()) is not None)

    run_in_window(play, library=Library())


def test_the_estimate_of_a_set_is_that_of_all_its_pictures(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts: list[int] = []

    def estimate(service: object, request: Request) -> None:
        counts.append(request.count)

    monkeypatch.setattr(window_calls, "estimate_run", estimate)

    async def play(window: Window) -> None:
        controls = window.create_page.controls
        controls.request_draft.change(steps=7)
        await until(lambda: counts[-1:] == [1])
        click(controls.modes.set)
        controls.things.set_text("fox\nowl\nsun")
        await until(lambda: counts[-1:] == [3])
        # Nothing is to be estimated.
        controls.things.set_text("")
        await asyncio.sleep(2 * ESTIMATE_MS / 1000)
        assert counts[-1] == 3
        click(controls.modes.set)
        await until(lambda: counts[-1:] == [1])

    run_in_window(play)
