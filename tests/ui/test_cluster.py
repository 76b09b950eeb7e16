"""The window on a cluster: the queue, grids and sets move there, with a gateway that needs no Ray."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gdm_studio import preferences
from gdm_studio.common.errors import StudioError
from gdm_studio.gallery import read
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.shell.window import Window
from tests.helpers import stub_gateway
from tests.helpers.gaussian_model import CARD, GaussianLibrary
from tests.helpers.stub_worker import pixels
from tests.helpers.window import click, run_in_window, until, wait_for_notice
from tests.ui.test_flow import pictures


@pytest.fixture(autouse=True)
def _cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    stub_gateway.use(monkeypatch)
    preferences.change({"cluster": "auto"})


async def no_check() -> None:
    """Replace `check_cluster`, which could take longer than the images that are to be moved."""


def assert_from_cluster(home: Path, count: int) -> None:
    """Fail unless the gallery has `count` images with the pixels and the metadata of the stub cluster."""
    found = [read(path) for path in pictures(home)]
    assert len(found) == count
    for metadata in found:
        assert metadata.request is not None and metadata.request.device == "auto"
        assert metadata.made_with["device"] == "stub"


def test_the_waiting_queue_moves_to_the_cluster_and_back(_own_home: Path) -> None:
    async def play(window: Window) -> None:
        await window.generation.set_queue_paused(True)
        for prompt in ("a fox", "lost", "an owl"):
            request = CARD.checked(Request(model="gaussian", prompt=prompt, count=2, device="cpu"))
            await window.generation.add(request)
        window.queue.open_panel()
        panel = window.queue.panel
        click(panel._cluster_button)
        await wait_for_notice(window, "6 pictures will be made on the cluster")
        assert {item.request.device for item in window.backlog.items} == {"cluster"}
        assert not panel._cluster_button.isEnabled()
        window.undo()
        await until(lambda: {item.request.device for item in window.backlog.items} == {"cpu"})
        click(panel._cluster_button)
        await until(lambda: {item.request.device for item in window.backlog.items} == {"cluster"})
        await window.generation.set_queue_paused(False)
        await wait_for_notice(window, "The cluster has lost its computer x.")
        await until(lambda: window.gallery.panel_model.rowCount() == 6 and not window.backlog.items)
        # The canvas shows the images although the cluster sends no steps.
        run = window.viewer.run
        assert run is not None and all(views[-1].predicted.shape == (8, 8, 4) for views in run.views)

    run_in_window(play)
    assert_from_cluster(_own_home, 6)


def test_the_missing_cells_of_a_grid_move_to_the_cluster(_own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gdm_studio.ui.create.board.base_controllers.check_cluster", no_check)

    async def play(window: Window) -> None:
        grid = window.tools.boards.grid
        grid.show()
        grid.make(("steps", "2, 3, 4"), ("guidance_scale", "2, 3"))
        board = grid.board
        assert board is not None
        await until(lambda: board.finished_count() == 1)
        click(grid.view.cluster)
        await until(lambda: board.finished_count() == 6 and not grid.view.stop.isVisible())
        assert grid.view.cluster.isHidden() and grid.board is board
        painted = [np.array_equal(result.rgba, pixels(result.request)) for result in board.finished().values()]
        assert 0 < painted.count(False) < 6 and painted.count(True) + painted.count(False) == 6
        await until(lambda: window.gallery.panel_model.rowCount() == 6)

    run_in_window(play, library=GaussianLibrary(step_seconds=0.3))
    devices = [read(path).made_with["device"] for path in pictures(_own_home)]
    assert len(devices) == 6 and "stub" in devices and devices.count("stub") < 6


def test_the_missing_images_of_a_set_move_to_the_cluster(_own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gdm_studio.ui.create.board.base_controllers.check_cluster", no_check)

    async def play(window: Window) -> None:
        controls, view = window.create_page.controls, window.create_page.set_view
        click(controls.modes.set)
        controls.things.set_text("fox\nowl\nlost\nship")
        click(controls.button)
        await until(lambda: view.cluster.isVisible())
        click(view.cluster)
        await until(lambda: [each.title for each in view.notices.shown] == ["The cluster has lost its computer x."])
        await until(lambda: window.sets.job is None and window.sets.board.finished_count() == 4)
        assert view.cluster.isHidden() and "Stopped" not in [each.title for each in view.notices.shown]
        await until(lambda: window.gallery.panel_model.rowCount() == 4)

    run_in_window(play, library=GaussianLibrary(step_seconds=0.3))
    assert "stub" in {read(path).made_with["device"] for path in pictures(_own_home)}


def test_a_cluster_that_cannot_be_used_changes_nothing(_own_home: Path) -> None:
    async def play(window: Window) -> None:
        await window.generation.set_queue_paused(True)
        await window.generation.add(CARD.checked(Request(model="gaussian", prompt="a fox")))
        window.settings_controller.change("cluster", "unreachable:1")
        await until(lambda: preferences.load().cluster == "unreachable:1")
        with pytest.raises(StudioError, match="cannot be reached"):
            await window.queue.run_on_cluster()
        assert window.backlog.items[0].request.device == "auto"
        window.queue.open_panel()
        assert window.queue.panel._cluster_button.isEnabled()

    run_in_window(play)
