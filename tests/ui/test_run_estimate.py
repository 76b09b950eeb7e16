"""Estimate of the next run on the Generate button."""

from __future__ import annotations

import pytest

from gdm_studio.common import paths
from gdm_studio.models.families import estimate_cost
from gdm_studio.models.library import Library
from gdm_studio.ui.progress import duration
from gdm_studio.ui.shell.window import Window
from tests.helpers import tiny_stable
from tests.helpers.window import run_in_window, until


@pytest.mark.slow
def test_the_button_shows_time_and_memory_of_the_next_run() -> None:
    tiny_stable.write(paths.models_dir() / "tiny.safetensors", "sd1")
    library = Library()

    async def play(window: Window) -> None:
        button, draft = window.create_page.controls.button, window.create_page.controls.request_draft

        def expected(*, is_loaded: bool) -> str:
            found = estimate_cost(library.card("tiny"), draft.request.device, draft.request, is_loaded=is_loaded)
            assert found is not None
            return f"about {duration(found.seconds)} · {found.memory / 1e9:.1f} GB"

        def shows_estimate() -> bool:
            return button.accessibleDescription() in (expected(is_loaded=False), expected(is_loaded=True))

        assert button.text() == "Generate"
        await window.settings.choose_model("tiny")
        draft.change(steps=30)
        await until(shows_estimate)
        before = button.accessibleDescription()
        assert button.text() == f"Generate · {before}" and button.accessibleName() == "Generate"
        draft.change(steps=150)
        await until(lambda: shows_estimate() and button.accessibleDescription() != before)
        # The time of a small model is not estimated.
        await window.settings.choose_model("icons")
        await until(lambda: button.text() == "Generate")

    run_in_window(play, library=library)
