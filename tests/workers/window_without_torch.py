"""Program that opens the real window with an engine in a process of its own, generates images, and prints which of its
modules have imported torch.

The window generates an image with word maps, branches a paused run, saves a step, looks at the numbers of a step,
and trains a network on the Learn page.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable

from gdm_studio.jobs.workers import process_start
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import State
from gdm_studio.ui.shell.app import application, event_loop
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.theme.theme import Theme
from tests.helpers.paused_job import pause_after


async def until(reason: Callable[[], object]) -> None:
    """Wait until `reason()` is true."""
    while not reason():
        await asyncio.sleep(0.02)


async def use(window: Window) -> None:
    """Generate, branch, save a step and open its word maps and numbers, as a user does."""
    controls = window.create_page.controls
    await until(lambda: window.generation.device)
    await window.settings.choose_model("tiny")
    controls.request_draft.change(steps=40, device="cpu")
    controls.more.attention.setChecked(True)
    controls.prompt.set_text("a red disc")
    controls.button.click()
    first = window.generation.job
    assert first is not None
    pause_after(first, 3)
    await until(lambda: first.run.state is State.PAUSED)
    window.generation.set_paused(True)
    controls.prompt.set_text("a blue disc")
    window.steps.paused_run.toggle_pause()
    await until(lambda: window.generation.job not in (None, first))
    branch = window.generation.job
    assert branch is not None
    await until(lambda: branch.run.state.ended and window.generation.job is None and branch.run.kept)
    print("branch", branch.run.state.value, branch.run.request.prompt, branch.run.first > 0)
    await until(lambda: window.gallery.panel_model.rowCount() == 1)
    await window.steps._show_words()
    await window.steps._show_numbers()
    window.viewer.show_step(30)
    await window.steps._keep_image()
    await until(lambda: window.gallery.panel_model.rowCount() == 2)
    print("saved", window.gallery.panel_model.rowCount())
    window.pages.ensure("learn")
    page = window.learn_page
    # The page opens with its lessons, whose first one has a single run.
    page.show_side("settings")
    window.open_page("learn")
    await until(lambda: len(page.chart.curves()) == 2)
    page.controls.change.pick("denoiser")
    await until(lambda: page.views[1].isVisible())


async def main() -> None:
    """Open the window, use it and close it."""
    engine_process = process_start.start_engine()
    library = Library()
    await asyncio.to_thread(library.refresh)
    window = Window(Theme(app), library, engine_process)
    window.show()
    await window.painted.wait()
    window.start()
    try:
        await asyncio.wait_for(use(window), 90)
    finally:
        window.close()
        await window.closed.wait()
        assert window.engine is not None
        window.engine.close()
    print("torch", sorted(name for name in sys.modules if name.partition(".")[0] == "torch"))


app = application()
with event_loop(app) as loop:
    loop.run_until_complete(main())
