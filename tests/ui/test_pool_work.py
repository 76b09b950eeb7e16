"""Results of Qt's thread pool, which arrive on the window's thread."""

from __future__ import annotations

import threading
from pathlib import Path

import shiboken6
from PySide6.QtCore import QObject

from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.widgets.pool_work import run_in_pool
from tests.helpers.window import run_in_window, until


def test_a_result_is_received_on_the_thread_of_the_window_unless_its_owner_is_deleted(home: Path) -> None:
    async def play(window: Window) -> None:
        received: list[tuple[str, int]] = []
        begun, goes_on = threading.Event(), threading.Event()

        def wait() -> str:
            begun.set()
            assert goes_on.wait(20)
            return "late"

        owner, gone = QObject(window), QObject(window)
        run_in_pool(wait, gone, lambda result: received.append((result, 0)))
        await until(begun.is_set)
        shiboken6.delete(gone)
        goes_on.set()
        run_in_pool(lambda: "result", owner, lambda result: received.append((result, threading.get_ident())))
        await until(lambda: len(received) > 0)
        await window.tasks.rest(0.05)
        assert received == [("result", threading.get_ident())]

    run_in_window(play)
