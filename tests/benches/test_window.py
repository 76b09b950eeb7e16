"""The meter of event-loop gaps, and the figures of a whole window."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from benches import gallery_page, window_start
from benches.gallery import build
from benches.window import Gaps, figures
from gdm_studio.ui.shell.app import application, event_loop


def test_a_stall_of_the_event_loop_is_seen() -> None:
    app = QApplication.instance() or application()
    assert isinstance(app, QApplication)

    async def stalling() -> Gaps:
        gaps = Gaps()
        gaps.start()
        await asyncio.sleep(0.1)
        time.sleep(0.08)
        await asyncio.sleep(0.05)
        gaps.stop()
        return gaps

    with event_loop(app) as loop:
        gaps = loop.run_until_complete(stalling())
    assert max(gaps.late) > 60
    assert gaps.quantile(0.0) < 20
    assert gaps.quantile(0.5) <= gaps.quantile(1.0) == max(gaps.late)


@pytest.mark.slow
def test_the_window_is_measured_from_its_launch() -> None:
    bare, window, preview, picture, steps, *gaps, unit, first, finished, sketch, frame, training = [
        figure.value for figure in figures(launches=1, steps=1, keys=1, training=0.2, has_bytecode=True)
    ]
    assert 0 < bare < window < preview <= picture and steps > 0
    assert 0 <= gaps[0] <= gaps[1] <= gaps[2]
    assert unit > 0 and 0 < first <= finished and sketch > 0 and frame > 0 <= training


@pytest.mark.slow
def test_the_start_of_the_window_is_compared_with_another_checkout() -> None:
    here = Path(window_start.__file__).parents[1]
    measured = window_start.figures(here, pairs=1, rest=0, steps=1, has_bytecode=True)
    found = {figure.name: figure.value for figure in measured}
    assert all(value >= 0 for value in found.values())
    assert found["modules"] == found["modules, the other checkout"] > 0 and found["modules, ratio"] == 1
    assert 0 < found["empty window: first paint"] < found["first paint"]


@pytest.mark.slow
def test_the_gallery_page_is_measured_over_a_library(tmp_path: Path) -> None:
    build(tmp_path, 300, lambda *_: None)
    found = list(gallery_page.figures(tmp_path, jumps=5, steps=10))
    assert found[0].name.startswith("300 pictures") and all(figure.value >= 0 for figure in found[:-1])
