"""The self-test on the Models page: its report and cancelling. Tests run in a process of their own."""

from __future__ import annotations

import pytest
import torch

from gdm_studio.models.memory import devices
from gdm_studio.models.model_library import Library
from gdm_studio.ui.shell.window import Window
from tests.helpers.window import click, run_in_window, until

CPU = torch.device("cpu")


def test_a_model_is_checked_and_a_check_is_cancelled() -> None:
    async def play(window: Window) -> None:
        window.open_page("models")
        await until(lambda: bool(window.models_page.names()))
        view = window.models_page.view.check
        select(window, "ddpm")
        assert view.button.isVisible() and not view.report()
        click(view.button)
        assert view.button.text() == "Cancel the check (0 %)"
        # Another model's details do not offer to cancel it, nor a second check.
        select(window, "vae")
        assert view.button.text() == "Check" and not view.button.isEnabled()
        select(window, "ddpm")
        click(view.button)
        assert view.button.text() == "Check" and not view.report()
        select(window, "vae")
        click(view.button)
        await until(lambda: bool(view.report()))
        assert view.report() == [
            "Nothing could be checked.",
            "Denoising: not applicable, because this model draws in one step",
        ]
        await until(lambda: view.button.text() == "Check")

    run_in_window(play, library=Library())


def test_a_check_releases_the_models_of_the_window_first(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library()
    released: list[str] = []
    monkeypatch.setattr(devices, "release", lambda device: released.append(device.type))
    # The process would read the model, however late this test looks.
    monkeypatch.setattr("gdm_studio.ui.models.self_test.start_program", lambda process, *arguments: None)

    async def play(window: Window) -> None:
        window.open_page("models")
        await until(lambda: bool(window.models_page.names()))
        await until(lambda: library.store.bytes_on(CPU) > 0 and not window.settings.is_loading())
        select(window, "ddpm")
        view = window.models_page.view.check
        click(view.button)
        await until(lambda: library.store.bytes_on(CPU) == 0)
        assert view.button.text() == "Cancel the check (0 %)"
        # The freed memory is not kept for this process.
        await until(lambda: released == ["cpu"])
        view.stop()

    run_in_window(play, library=library)


def select(window: Window, name: str) -> None:
    (line,) = (line for line in Library().model_table() if line.name == name)
    assert window.models_page.select(line.path, name)
