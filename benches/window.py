"""Benchmark of the window: launch time, time to the first image, and responsiveness, measured in new processes."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, Qt, QTimer

from gdm_studio.common import gc_pause
from gdm_studio.common.measurement import Measurement

if TYPE_CHECKING:
    from gdm_studio.jobs.job import Job
    from gdm_studio.ui.shell.window import Window

# The interval of the timer that measures event-loop delays, in milliseconds.
TICK = 4
# The keys typed to measure the delay of Live.
KEYS = (" s", "h", "i", "n", "y")
# Strokes drawn to measure the delay of Sketch.
STROKES = 20
# Frames of the Learn page that are measured, and seconds of training beside which the event loop is.
FRAMES = 60
TRAINING = 5.0
# The timeout of a launch in seconds.
TIMEOUT = 180
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


def figures(
    *,
    launches: int = 3,
    steps: int = 20,
    keys: int = len(KEYS),
    training: float = TRAINING,
    has_bytecode: bool = False,
) -> Iterator[Measurement]:
    """Yield medians over several offscreen launches; times start with the process.

    Unless the bytecode is known to be compiled, an additional launch, which is not measured, comes first.

    Generate is clicked right after the first paint, before torch and the model are loaded. Event-loop gaps are
    measured in a second run unless stated otherwise.
    """
    # Imported here, so that it does not delay the launched window.
    import statistics

    if not has_bytecode:
        # An installed program has its bytecode, which the first launch writes where it is missing.
        _launch([sys.executable, "-m", __name__, "1", "1", "0"])
    bare = statistics.median(float(_launch([sys.executable, "-c", BARE])) for _ in range(launches))
    command = [sys.executable, "-m", __name__, str(steps), str(keys), str(training)]
    found = [json.loads(_launch(command)) for _ in range(launches)]
    median = {name: statistics.median(one[name] for one in found) for name in found[0]}
    patience = max(6.0, 6 * median["steps"])
    yield Measurement("empty window painted", bare, "s")
    yield Measurement("window painted", median["window"], "s", f"≤ {1.2 * bare + 0.25:.2f} (1.2 × empty + 0.25)")
    yield Measurement("launch to first preview", median["first_preview"], "s")
    yield Measurement("launch to first picture", median["first_picture"], "s", f"≤ {patience:.1f}")
    yield Measurement(f"{steps} steps", median["steps"], "s")
    yield Measurement("gap of the event loop, median", median["gap_p50"], "ms")
    yield Measurement("gap of the event loop, 99 %", median["gap_p99"], "ms", "< 25")
    yield Measurement("gap of the event loop, longest", median["gap_max"], "ms", "≤ 50")
    yield Measurement(
        "gap of the event loop, longest while the first picture is made", median["gap_first"], "ms", "≤ 50"
    )
    yield Measurement("matrix product 2048³", 1000 * median["unit"], "ms")
    yield Measurement("Live, key to first prediction", median["live_first"], "matrix products", "≤ 5")
    yield Measurement("Live, key to finished picture", median["live_finished"], "matrix products", "≤ 20")
    yield Measurement("Sketch, pen up to finished picture", median["sketch"], "ms", "≤ 400")
    yield Measurement("Learn, frame with 2,000 points", median["frame"], "ms", "≤ 16")
    yield Measurement("Learn, gap of the event loop in training, 99 %", median["gap_training"], "ms", "< 25")


class Gaps(QObject):
    """A timer that measures the delays of this thread's event loop."""

    def __init__(self) -> None:
        super().__init__()
        # The delays in milliseconds.
        self.late: list[float] = []
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
        """Return the quantile `share` (0 … 1) of the delays in milliseconds."""
        ordered = sorted(self.late)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late.append(max(1000 * (now - self._last) - TICK, 0.0))
        self._last = now


def _launch(command: list[str]) -> str:
    """Run a command with its start time as last argument, and return its output."""
    with tempfile.TemporaryDirectory() as home:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment |= {"QT_QPA_PLATFORM": "offscreen", "GDM_STUDIO_HOME": home}
        done = subprocess.run(
            [*command, repr(time.time())],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            timeout=TIMEOUT,
            check=True,
        )
    return done.stdout


def _measure(steps: int, keys: int, training: float, launched: float) -> dict[str, float]:
    """Measure one window, in the launched process, with this many steps and keys, and seconds of training."""
    gc_pause.pause_gc()
    from gdm_studio.engine import torch_startup
    from gdm_studio.ui.shell.app import application, event_loop
    from gdm_studio.ui.shell.window import Window
    from gdm_studio.ui.theme.theme import Theme

    torch_startup.prepare()
    app = application()
    with event_loop(app) as loop:
        window = Window(Theme(app))
        return loop.run_until_complete(_measure_use(window, steps, keys, training, lambda: time.time() - launched))


async def _measure_use(
    window: Window, steps: int, keys: int, training: float, clock: Callable[[], float]
) -> dict[str, float]:
    window.show()
    await window.painted.wait()
    painted = clock()
    gc_pause.exempt_existing_objects()
    await window.start_gradually()
    try:
        launched, gaps = await _measure_launches(window, steps, clock), await _measure_gaps(window)
        return {
            "window": painted,
            **launched,
            **gaps,
            **await _measure_live(window, keys),
            **await _measure_sketch(window, STROKES if keys == len(KEYS) else keys),
            **await _measure_learn(window, training),
        }
    finally:
        window.close()
        await window.closed.wait()


async def _measure_launches(window: Window, steps: int, clock: Callable[[], float]) -> dict[str, float]:
    """Click Generate at once; return the times of the first preview and the saved image, and the longest gap."""
    gaps = Gaps()
    gaps.start()
    window.create_page.controls.request_draft.change(steps=steps)
    window.create_page.controls.button.click()
    run = window.viewer.run
    assert run is not None
    await _wait_until(lambda: window.viewer.view() is not None or run.state.ended)
    if run.error is not None:
        raise run.error
    preview = clock()
    await _wait_until(lambda: window.generation.job is None)
    gaps.stop()
    return {"first_preview": preview, "first_picture": clock(), "gap_first": gaps.quantile(1.0)}


async def _measure_gaps(window: Window) -> dict[str, float]:
    """Measure the event loop during a run, with everything loaded."""
    gaps = Gaps()
    gaps.start()
    window.create_page.controls.button.click()
    await _wait_until(lambda: window.generation.job is None)
    gaps.stop()
    run = window.viewer.run
    assert run is not None
    return {
        "steps": sum(view.ms for view in run.views[0]) / 1000,
        "gap_p50": gaps.quantile(0.5),
        "gap_p99": gaps.quantile(0.99),
        "gap_max": gaps.quantile(1.0),
    }


async def _measure_live(window: Window, keys: int) -> dict[str, float]:
    """Type keys into the prompt with Live on, each after the previous image is finished, and measure the delays."""
    import statistics

    from gdm_studio.engine.speed_benchmark import time_matrix_product

    window.modes.turn_live(True)
    await _wait_until(lambda: _measure_live_step(window) == 1.0)
    firsts, wholes = [], []
    units = [await window.worker.ask(time_matrix_product)]
    for key in KEYS[:keys]:
        start = time.perf_counter()
        window.create_page.controls.prompt.editor.insertPlainText(key)
        await _wait_until(lambda: _measure_live_step(window) > 0)
        firsts.append(time.perf_counter() - start)
        await _wait_until(lambda: _measure_live_step(window) == 1.0)
        wholes.append(time.perf_counter() - start)
    window.modes.turn_live(False)
    units.append(await window.worker.ask(time_matrix_product))
    unit = statistics.mean(units)
    return {
        "unit": unit,
        "live_first": statistics.median(firsts) / unit,
        "live_finished": statistics.median(wholes) / unit,
    }


async def _measure_sketch(window: Window, strokes: int) -> dict[str, float]:
    """Draw strokes, each after the previous image is finished, and measure the time from the end of each to its
    image.
    """
    import statistics

    await window.tools.sketch.open()
    brush, live = window.tools.sketch.brush, window.live
    taken = []
    for stroke in range(strokes):
        before = live.job
        place = QPointF(20 + 10 * (stroke % STROKES), 40)
        brush.press(place, Qt.MouseButton.LeftButton)
        brush.move(place + QPointF(10, 150))
        start = time.perf_counter()
        brush.release()
        await _wait_until(partial(_has_followed, window, before))
        taken.append(1000 * (time.perf_counter() - start))
    window.tools.sketch.leave()
    return {"sketch": statistics.median(taken)}


def _has_followed(window: Window, before: Job | None) -> bool:
    """Return True once Live has drawn the picture of a job other than `before`."""
    return window.live.job is not before and _measure_live_step(window) == 1.0


async def _measure_learn(window: Window, training: float) -> dict[str, float]:
    """Draw frames of one run on the Learn page, then measure the event loop while a network trains."""
    import statistics

    window.pages.ensure("learn")
    page = window.learn_page
    # The page opens with its lessons, whose first one has a single run.
    page.show_side("settings")
    window.open_page("learn")
    await _wait_until(lambda: len(page.chart.curves()) == 2)
    page.controls.change.pick("")
    await _wait_until(lambda: len(page.chart.curves()) == 1)
    frames = []
    for place in range(FRAMES):
        start = time.perf_counter()
        page.slider.setValue(place * page.slider.maximum() // FRAMES)
        page.views[0].repaint()
        frames.append(1000 * (time.perf_counter() - start))
        await asyncio.sleep(0)
    page.controls.change.pick("denoiser")
    await _wait_until(lambda: page.views[1].isVisible())
    gaps = Gaps()
    gaps.start()
    await asyncio.sleep(training)
    gaps.stop()
    return {"frame": statistics.median(frames), "gap_training": gaps.quantile(0.99)}


def _measure_live_step(window: Window) -> float:
    """Return the progress (0 … 1) of the current prompt's image on the canvas; 1 means finished."""
    job, view = window.live.job, window.viewer.view()
    if job is None or view is None or window.viewer.run is not job.run:
        return 0.0
    if job.run.error is not None:
        raise job.run.error
    finished = job.run.state.ended and view.index == view.of
    return 1.0 if finished else (view.index - 0.5) / view.of


async def _wait_until(reason: Callable[[], bool]) -> None:
    end = time.monotonic() + TIMEOUT
    while not reason():
        if time.monotonic() > end:
            raise TimeoutError("The window did not respond in time.")
        await asyncio.sleep(0.005)


if __name__ == "__main__":
    print(json.dumps(_measure(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]))))
