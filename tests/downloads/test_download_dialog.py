"""Download of a model in the window: permission, progress, and the new row on the Models page."""

from __future__ import annotations

from pathlib import Path

import pytest

from gdm_studio import preferences
from gdm_studio.models.model_library import Library
from gdm_studio.ui.shell.window import Window
from tests.helpers import tiny_transformers
from tests.helpers.hub_server import hub_server
from tests.helpers.window import run_in_window, until


@pytest.mark.timeout(300)
def test_a_model_is_downloaded_in_the_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with hub_server() as hub:
        hub.files["klein.safetensors"] = tiny_transformers.write_files(
            tmp_path, "klein", file="klein.safetensors"
        ).read_bytes()
        monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")

        async def play(window: Window) -> None:
            window.open_page("models")
            controller = window.models_controller
            controller.open_downloads()
            dialog = controller.download_dialog
            assert dialog is not None and not dialog.get.isEnabled()
            dialog.allow.click()
            await until(dialog.get.isEnabled)
            assert preferences.load().downloads
            dialog.field.setText(f"{hub.contents}/missing.safetensors")
            dialog.get_other.click()
            assert dialog.cancel.isVisible() and not dialog.get.isEnabled()
            await until(lambda: "has no file missing.safetensors" in dialog.status.text(), seconds=60)
            dialog.field.setText(f"{hub.contents}/klein.safetensors")
            dialog.get_other.click()
            await until(lambda: dialog.status.text() == "Added: klein.", seconds=60)
            await until(lambda: "klein" in controller.page.names())

        run_in_window(play, library=Library())
