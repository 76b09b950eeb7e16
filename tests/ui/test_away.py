"""When nobody looks: the desktop is told, once, that all is made; not where people look, nor where they do not want."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from gdm_studio import preferences
from gdm_studio.ui.create.queue.away import Away
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.tasks import Tasks
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.looks import shown, theme, wait_until
from tests.helpers.opened import click, opened, until

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the stand-in is a shell script")


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file to which a stand-in for notify-send adds what it is given."""
    script = tmp_path / "notify-send"
    script.write_text(f'#!/bin/sh\necho "$3 $4" >> "{tmp_path}/told"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return tmp_path / "told"


@pytest.fixture
def away() -> Away:
    theme()
    return Away(QWidget(), tasks=Tasks(lambda error: None))


def test_what_is_done_out_of_sight_is_told(told: Path, away: Away) -> None:
    away.work()
    away.rest("Ready", "All is made.")
    away.rest("Ready", "All is made.")
    assert wait_until(lambda: told.exists() and told.read_text() == "Ready All is made.\n")


@pytest.mark.parametrize("paused", [False, True])
def test_who_closes_in_mid_run_is_told_what_goes_on_unless_the_queue_is_held(
    _own_home: Path, monkeypatch: pytest.MonkeyPatch, paused: bool
) -> None:
    said: list[str] = []
    monkeypatch.setattr(Away, "tell", lambda away, title, text: said.append(title))

    async def play(window: Window) -> None:
        window.create_page.controls.draft.change(count=2, steps=100)
        click(window.create_page.controls.button)
        await until(lambda: window.making.job is not None and window.making.job.steps_done() > 0)
        await window.queue.set_paused(paused)

    opened(play, library=GaussianLibrary(step_seconds=0.05))
    assert said == ([] if paused else ["2 pictures will go on"])


def test_nothing_is_told_where_people_look_or_do_not_want_it(told: Path, away: Away) -> None:
    preferences.save(preferences.Preferences(notify=False))
    away.work()
    away.rest("Ready", "All is made.")
    preferences.save(preferences.Preferences())
    window = shown(QWidget())
    watched = Away(window, tasks=Tasks(lambda error: None))
    watched.work()
    watched.rest("Ready", "All is made.")
    assert not wait_until(told.exists, seconds=0.3)
