"""The window on several devices: what is chosen there is where pictures come from, on the stage and on sheets."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from gdm_studio.gallery import read
from gdm_studio.ui import warm
from gdm_studio.ui.window import Window
from gdm_studio.workers.pool import Pool
from tests.helpers.opened import click, opened, until
from tests.helpers.tiny_model import TinyLibrary


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_all_devices_share_a_batch_and_the_loss_of_one_is_said(
    _own_home: Path, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gdm_studio.studio.crew.Pool", lambda devices: pool)
    monkeypatch.setattr(pool, "close", lambda: None)
    monkeypatch.setattr(warm, "find_devices", lambda: ["cuda:0", "cuda:1", "cpu"])
    # which are not there: "all" stands for two workers here
    both = {"all": list(pool.devices)}
    monkeypatch.setattr("gdm_studio.engine.devices.several", lambda name: both.get(name, ["cpu"]))

    async def play(window: Window) -> None:
        controls = window.create_page.controls
        assert [choice.title for choice in controls.device_box.choices()][-2:] == ["CPU", "All devices"]
        controls.device_box.pick("all")
        await until(lambda: window.making.device == "2 × CPU")
        controls.draft.change(count=3)
        controls.draft.change(steps=60)
        click(controls.button)
        job = window.making.job
        assert job is not None
        await until(lambda: any(job.run.views))
        os.kill(next(worker.pid for worker in pool.workers if worker.share), signal.SIGKILL)
        await until(lambda: window.shelf.beside.rowCount() == 3 and window.making.job is None)
        assert job.spread and len(job.run.notes) == 1 and "ended unexpectedly" in job.run.notes[0]
        assert [len(views) for views in job.run.views] == [60, 60, 60]

    opened(play, library=TinyLibrary())
    made = [read(path) for path in (_own_home / "pictures").glob("*.png")]
    assert len({one.request.seed for one in made}) == 3 and {one.request.device for one in made} == {"cpu"}
    assert all(one.made_with["device"].startswith("CPU · 1 thread") for one in made)
