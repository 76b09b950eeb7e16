"""Desktop notifications when work ends: once, only while the window is hidden, and only if enabled."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from gdm_studio import preferences
from gdm_studio.ui.create.queue.sleep_prevention import IdleNotifier
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.tasks import Tasks
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.widgets import show_widget, theme, wait_until
from tests.helpers.window import click, run_in_window, until

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the stand-in is a shell script")


@pytest.fixture
def notifications(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Install a stub of notify-send, and return the file to which it appends its arguments."""
    script = tmp_path / "notify-send"
    script.write_text(f'#!/bin/sh\necho "$3 $4" >> "{tmp_path}/told"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return tmp_path / "told"


@pytest.fixture
def notifier() -> IdleNotifier:
    theme()
    return IdleNotifier(QWidget(), tasks=Tasks(lambda error: None))


def test_a_hidden_window_notifies_once_when_work_ends(notifications: Path, notifier: IdleNotifier) -> None:
    notifier.work()
    notifier.rest("Ready", "All is made.")
    notifier.rest("Ready", "All is made.")
    assert wait_until(lambda: notifications.exists() and notifications.read_text() == "Ready All is made.\n")


@pytest.mark.parametrize("paused", [False, True])
def test_closing_during_a_run_notifies_of_remaining_images_unless_paused(
    _own_home: Path, monkeypatch: pytest.MonkeyPatch, paused: bool
) -> None:
    said: list[str] = []
    monkeypatch.setattr(IdleNotifier, "notify", lambda notifier, title, text: said.append(title))

    async def play(window: Window) -> None:
        window.create_page.controls.request_draft.change(count=2, steps=100)
        click(window.create_page.controls.button)
        await until(lambda: window.generation.job is not None and window.generation.job.steps_done() > 0)
        await window.generation.set_queue_paused(paused)

    run_in_window(play, library=GaussianLibrary(step_seconds=0.05))
    assert said == ([] if paused else ["2 pictures still to make"])


def test_no_notification_if_disabled_or_while_the_window_is_visible(
    notifications: Path, notifier: IdleNotifier
) -> None:
    preferences.save(preferences.Preferences(notify=False))
    notifier.work()
    notifier.rest("Ready", "All is made.")
    preferences.save(preferences.Preferences())
    window = show_widget(QWidget())
    watched = IdleNotifier(window, tasks=Tasks(lambda error: None))
    watched.work()
    watched.rest("Ready", "All is made.")
    assert not wait_until(notifications.exists, seconds=0.3)
