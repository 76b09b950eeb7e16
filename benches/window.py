"""How quick the window is: launched for itself in a process of its own, Generate pressed, the clock read."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer

from gdm_studio.figure import Figure
from gdm_studio.ui.shell import launch

if TYPE_CHECKING:
    from gdm_studio.ui.shell.window import Window

TICK = 4  # ms between two looks at the clock
KEYS = (" s", "h", "i", "n", "y")  # typed to see how soon Live follows
TIMEOUT = 180  # seconds for one launch
BARE = """
import sys, time
from PySide6.QtWidgets import QApplication, QMainWindow
class Bare(QMainWindow):
    def paintEvent(self, event):
        print(time.time() - float(sys.argv[1]), flush=True)
        QApplication.exit()
app = QApplication(sys.argv[:1])
window = Bare()
window.show()
app.exec()
"""


def figures(*, launches: int = 3, steps: int = 20) -> Iterator[Figure]:
    """Medians of several offscreen launches, the clock started with the process.

    Generate is pressed right after the first paint, with torch and the model still to load; the gaps, how late the
    event loop comes round, are those of a second run where nothing else is said.
    """
    import statistics  # which the launched window would wait for

    bare = statistics.median(float(_launch([sys.executable, "-c", BARE])) for _ in range(launches))
    found = [json.loads(_launch([sys.executable, "-m", __name__, str(steps)])) for _ in range(launches)]
    median = {name: statistics.median(one[name] for one in found) for name in found[0]}
    patience = max(6.0, 6 * median["steps"])
    yield Figure("empty window painted", bare, "s")
    yield Figure("window painted", median["window"], "s", f"≤ {1.5 * bare + 0.3:.2f} (1.5 × empty + 0.3)")
    yield Figure("launch to first preview", median["first_preview"], "s")
    yield Figure("launch to first picture", median["first_picture"], "s", f"≤ {patience:.1f}")
    yield Figure(f"{steps} steps", median["steps"], "s")
    yield Figure("gap of the event loop, median", median["gap_p50"], "ms")
    yield Figure("gap of the event loop, 99 %", median["gap_p99"], "ms", "< 25")
    yield Figure("gap of the event loop, longest", median["gap_max"], "ms", "≤ 50")
    yield Figure("gap of the event loop, longest while the first picture is made", median["gap_first"], "ms", "≤ 50")
    yield Figure("matrix product 2048³", 1000 * median["unit"], "ms")
    yield Figure("Live, key to first prediction", median["live_first"], "matrix products", "≤ 5")
    yield Figure("Live, key to finished picture", median["live_finished"], "matrix products", "≤ 20")


class Gaps(QObject):
    """How late a timer on this thread's event loop comes: what anything else on it has to wait."""

    def __init__(self) -> None:
        super().__init__()
        self.late: list[float] = []  # milliseconds
        self._last = 0.0
        self._timer = QTimer(self, interval=TICK, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self.late.clear()
        self._last = time.perf_counter()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def quantile(self, share: float) -> float:
        """The lateness in milliseconds that `share` (0 … 1) of the ticks stay within."""
        ordered = sorted(self.late)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late.append(max(1000 * (now - self._last) - TICK, 0.0))
        self._last = now


def _launch(command: list[str]) -> str:
    """What the command prints, the time it was started at being its last argument."""
    with tempfile.TemporaryDirectory() as home:
        place = {"QT_QPA_PLATFORM": "offscreen", "GDM_STUDIO_HOME": home}
        done = subprocess.run(
            [*command, repr(time.time())],
            env={**os.environ, **place},
            stdout=subprocess.PIPE,
            text=True,
            timeout=TIMEOUT,
            check=True,
        )
    return done.stdout


def _measured(steps: int, launched: float) -> dict[str, float]:
    """In the launched process: the figures of one window."""
    launch.begin()
    from gdm_studio.engine import threads
    from gdm_studio.models.library import Library
    from gdm_studio.ui.look.theme import Theme
    from gdm_studio.ui.shell.app import application, event_loop
    from gdm_studio.ui.shell.window import Window

    threads.prepare()
    app = application()
    with event_loop(app) as loop:
        window = Window(Theme(app), Library())
        return loop.run_until_complete(_used(window, steps, lambda: time.time() - launched))


async def _used(window: Window, steps: int, clock: Callable[[], float]) -> dict[str, float]:
    window.show()
    await window.painted.wait()
    painted = clock()
    launch.end()
    window.start()
    try:
        launched, gaps = await _launched(window, steps, clock), await _gaps(window)
        return {"window": painted, **launched, **gaps, **await _live(window)}
    finally:
        window.close()
        await window.closed.wait()


async def _launched(window: Window, steps: int, clock: Callable[[], float]) -> dict[str, float]:
    """Generate pressed at once: when its first step is seen and its picture is saved, and the longest gap."""
    gaps = Gaps()
    gaps.start()
    window.create_page.controls.draft.change(steps=steps)
    window.create_page.controls.button.click()
    run = window.viewer.run
    assert run is not None
    await _until(lambda: window.viewer.view() is not None or run.state.ended)
    if run.error is not None:
        raise run.error
    preview = clock()
    await _until(lambda: window.making.job is None)
    gaps.stop()
    return {"first_preview": preview, "first_picture": clock(), "gap_first": gaps.quantile(1.0)}


async def _gaps(window: Window) -> dict[str, float]:
    """The event loop during one run, with everything loaded."""
    gaps = Gaps()
    gaps.start()
    window.create_page.controls.button.click()
    await _until(lambda: window.making.job is None)
    gaps.stop()
    run = window.viewer.run
    assert run is not None
    return {
        "steps": sum(view.ms for view in run.views[0]) / 1000,
        "gap_p50": gaps.quantile(0.5),
        "gap_p99": gaps.quantile(0.99),
        "gap_max": gaps.quantile(1.0),
    }


async def _live(window: Window) -> dict[str, float]:
    """Keys typed into the prompt with Live on, each once the picture of the one before is finished."""
    import statistics

    from gdm_studio.engine.speed import matrix_product

    window.ways.turn_live(True)
    await _until(lambda: _live_step(window) == 1.0)
    firsts, wholes = [], []
    units = [await window.lane.ask(matrix_product)]
    for key in KEYS:
        began = time.perf_counter()
        window.create_page.controls.prompt.editor.insertPlainText(key)
        await _until(lambda: _live_step(window) > 0)
        firsts.append(time.perf_counter() - began)
        await _until(lambda: _live_step(window) == 1.0)
        wholes.append(time.perf_counter() - began)
    window.ways.turn_live(False)
    units.append(await window.lane.ask(matrix_product))
    unit = statistics.mean(units)
    return {
        "unit": unit,
        "live_first": statistics.median(firsts) / unit,
        "live_finished": statistics.median(wholes) / unit,
    }


def _live_step(window: Window) -> float:
    """How far the picture of the newest words is on the canvas: 0 … 1, the end once it is finished."""
    job, view = window.live.job, window.viewer.view()
    if job is None or view is None or window.viewer.run is not job.run:
        return 0.0
    if job.run.error is not None:
        raise job.run.error
    finished = job.run.state.ended and view.index == view.of
    return 1.0 if finished else (view.index - 0.5) / view.of


async def _until(reason: Callable[[], bool]) -> None:
    end = time.monotonic() + TIMEOUT
    while not reason():
        if time.monotonic() > end:
            raise TimeoutError("The window did not get there.")
        await asyncio.sleep(0.005)


if __name__ == "__main__":
    print(json.dumps(_measured(int(sys.argv[1]), float(sys.argv[2]))))
