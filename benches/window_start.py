"""Benchmark of the window's start and of its own thread, which can run in turn with another checkout.

The file is also the program that is measured. It imports nothing of `benches`, because the package of the other
checkout runs it, and at first nothing that this package does not import before its first paint.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gdm_studio.common.measurement import Measurement

PAIRS = 5
HERE = Path(__file__).parents[1]
# Timeout of one process, and of one wait in it, in seconds.
TIMEOUT = 300
WAIT = 120
# Interval of the timer that measures the event loop, in milliseconds.
TICK = 2
STEPS = 20
# Steps of the run during which pages are visited, in multiples of the steps of the first.
LONG = 10
PAGES = ("gallery", "compare", "models", "learn", "train", "family-tree", "settings")
# Time after the start in which the window prepares its pages, in seconds.
REST = 8.0
# An empty window, whose argument is the time of the launch.
BARE = """
import sys, time
from PySide6.QtWidgets import QApplication, QMainWindow
class Bare(QMainWindow):
    def paintEvent(self, event):
        print('{"first paint": %f, "cpu": %f}' % (time.time() - float(sys.argv[1]), time.process_time()), flush=True)
        QApplication.exit()
app = QApplication(sys.argv[:1])
window = Bare()
window.show()
app.exec()
"""
# Figures by name, with the unit, the goal, and the goal of the ratio to the other checkout.
FIGURES = {
    "first paint": ("s", "≤ 3 × an empty window", "≤ 0.5"),
    "cpu": ("s of the processor", "", ""),
    "modules": ("modules before the first paint", "≤ 130", ""),
    "letter": ("ms from a key right after the first paint to its paint", "≤ 50", ""),
    "generate": ("ms from a click on Generate to the button's answer", "≤ 50", ""),
    "started": ("s from the first paint to the end of the start", "", ""),
    "run, gap p99": ("ms, event loop in a run", "≤ 16", ""),
    "run, gap": ("ms, longest gap of the event loop in a run", "≤ 33", ""),
    "run, slot p99": ("ms of the processor between two turns of the event loop in a run", "≤ 16", ""),
    "run, slot": ("ms of the processor, longest", "≤ 33", ""),
    "first picture, gap": ("ms, longest gap while the first picture is made", "≤ 33", ""),
    "first picture, slot p99": ("ms of the processor between two turns of the event loop", "≤ 16", ""),
    "first picture, slot": ("ms of the processor, longest", "≤ 33", ""),
    "visits, slot": ("ms of the processor, longest while pages are opened", "≤ 33", ""),
    **{f"visit {page}": ("ms to its first frame during a run", "≤ 100", "") for page in PAGES},
    "close": ("s to close when idle", "≤ 1", ""),
}


def figures(
    other: Path | None = None,
    *,
    pairs: int = PAIRS,
    rest: float = REST,
    steps: int = STEPS,
    has_bytecode: bool = False,
) -> Iterator[Measurement]:
    """Yield the medians of `pairs` launches of an empty window and of this checkout's window, in turn with those of
    the checkout `other` and the median ratios to it. Times include the launch of the process.

    Each window makes a picture in `steps` steps and rests for `rest` seconds before its pages are visited. Unless the
    bytecode is known to be compiled, the first launch of each is not counted.
    """
    import tempfile

    from gdm_studio.common.measurement import Measurement

    places = {"here": HERE} | ({"there": other} if other is not None else {})
    found: dict[str, list[dict[str, float]]] = {"empty": [], **{name: [] for name in places}}
    with tempfile.TemporaryDirectory() as home:
        for number in range(int(has_bytecode), pairs + 1):
            launches = {"empty": _launch(["-c", BARE], HERE, Path(home))}
            for name, checkout in places.items():
                launches[name] = _launch([__file__, str(rest), str(steps)], checkout, Path(home) / name)
            # The first launches compile the modules, and are not measured.
            for name, launch in launches.items() if number else ():
                found[name].append(launch)
    medians = {name: _medians(launches) for name, launches in found.items()}
    for name in ("first paint", "cpu"):
        yield Measurement(f"empty window: {name}", medians["empty"][name], FIGURES[name][0])
    for name, (unit, goal, ratio_goal) in FIGURES.items():
        yield Measurement(name, medians["here"][name], unit, goal)
        if name in ("first paint", "cpu"):
            yield Measurement(f"{name}, to an empty window", _ratio(found["here"], found["empty"], name), "×", "≤ 3")
        if other is not None:
            yield Measurement(f"{name}, the other checkout", medians["there"][name], unit)
            yield Measurement(f"{name}, ratio", _ratio(found["here"], found["there"], name), "×", ratio_goal)


def _medians(launches: list[dict[str, float]]) -> dict[str, float]:
    import statistics

    return {name: statistics.median(each[name] for each in launches) for name in launches[0]}


def _ratio(ones: list[dict[str, float]], others: list[dict[str, float]], name: str) -> float:
    import statistics

    return statistics.median(one[name] / max(two[name], 1e-9) for one, two in zip(ones, others, strict=True))


def _launch(arguments: list[str], checkout: Path, home: Path) -> dict[str, float]:
    """Run a program with the package of a checkout and folders of its own, and return the figures that it prints."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"QT_QPA_PLATFORM": "offscreen", "GDM_STUDIO_HOME": str(home), "PYTHONPATH": str(checkout.resolve())}
    home.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, *arguments, repr(time.time())],
        cwd=home,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        timeout=TIMEOUT,
        check=True,
    )
    result: dict[str, float] = json.loads(done.stdout.strip().rpartition("\n")[2])
    return result


def _main(rest: float, steps: int, launched: float) -> None:
    """Measure one window in this process, and print the figures."""
    found: dict[str, float] = {}

    def note_paint() -> None:
        found["first paint"] = time.time() - launched
        found["cpu"] = time.process_time()
        found["modules"] = sum(name.split(".")[0] == "gdm_studio" for name in sys.modules)

    async def use(window: Any) -> None:
        print(json.dumps(found | await _measure_use(window, rest, steps)))
        sys.stdout.flush()
        os._exit(0)

    if _opens_before_its_loop():
        _run_program(note_paint, use)
    else:
        _run_earlier_version(note_paint, use)


def _opens_before_its_loop() -> bool:
    """Return True if this version of the program paints its window before it starts an event loop."""
    package = importlib.util.find_spec("gdm_studio")
    assert package is not None and package.origin is not None
    return "def open_window(" in (Path(package.origin).parent / "ui" / "shell" / "app.py").read_text("utf-8")


def _run_program(note_paint: Callable[[], None], use: Callable[[Any], Coroutine[Any, Any, None]]) -> None:
    """Run `gdm-studio`, call `note_paint` after the first paint, and then use the window."""

    class Finder:
        """Finder that replaces what the program does with its window, when it imports the module."""

        def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
            if name != "gdm_studio.ui.shell.app":
                return None
            spec: Any = importlib.machinery.PathFinder.find_spec(name, path)
            execute = spec.loader.exec_module

            def exec_module(module: Any) -> None:
                execute(module)
                open_window = module.open_window

                def opened(*arguments: Any) -> Any:
                    window = open_window(*arguments)
                    note_paint()
                    return window

                module.open_window = opened
                module.run_window = lambda app, window, *rest: use(window)

            spec.loader.exec_module = exec_module
            return spec

    sys.argv[1:] = []
    sys.meta_path.insert(0, Finder())
    from gdm_studio.__main__ import main

    sys.exit(main())


def _run_earlier_version(note_paint: Callable[[], None], use: Callable[[Any], Coroutine[Any, Any, None]]) -> None:
    """Open the window of a version that starts its event loop before it paints."""
    try:
        from gdm_studio.common import gc_pause
        from gdm_studio.ui.shell import pyside_imports

        gc_pause.pause_gc()
        pyside_imports.speed_up()
    except ImportError:
        # An earlier version imports PySide6 as it is.
        pass
    import asyncio

    from gdm_studio.engine import torch_startup

    torch_startup.prepare()
    engine: dict[str, Any] = {}
    try:
        from gdm_studio.jobs.workers.process_start import start_engine

        engine["engine_process"] = start_engine()
    except ImportError:
        # An earlier version generates images in a thread of the window.
        pass
    from gdm_studio.ui.shell.app import application, event_loop
    from gdm_studio.ui.shell.window import Window
    from gdm_studio.ui.theme.theme import Theme

    app = application()

    async def create() -> Any:
        if hasattr(Window, "start_gradually"):
            return Window(Theme(app), **engine)
        # This version has the class in a module of this name.
        library: Any = importlib.import_module("gdm_studio.models.library").Library()
        await asyncio.to_thread(library.restore)
        return Window(Theme(app), library)

    async def run() -> None:
        window = await create()
        window.show()
        await window.painted.wait()
        note_paint()
        await use(window)

    with event_loop(app) as loop:
        loop.run_until_complete(run())


async def _measure_use(window: Any, rest: float, steps: int) -> dict[str, float]:
    import asyncio

    found = dict(await _measure_first_input(window))
    gaps = _Gaps()
    await _wait_until(lambda: window.generation.job is not None)
    await _wait_until(lambda: window.generation.job is None)
    found |= gaps.stop("first picture")
    _set_steps(window, steps)
    gaps = _Gaps()
    await _run(window)
    found |= gaps.stop("run")
    await asyncio.sleep(rest)
    found |= await _measure_visits(window, LONG * steps)
    start = time.perf_counter()
    window.close()
    await window.closed.wait()
    found["close"] = time.perf_counter() - start
    return found


async def _measure_first_input(window: Any) -> Mapping[str, float]:
    """Press a key and click Generate right after the first paint, then let the window finish its start."""
    from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF, Qt
    from PySide6.QtGui import QKeyEvent, QMouseEvent

    editor: Any = window.create_page.controls.prompt.editor
    button: Any = window.create_page.controls.button
    before, name = editor.toPlainText(), button.text()
    answered: dict[str, float] = {}
    none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    start = time.perf_counter()

    class Eyes(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                now = 1000 * (time.perf_counter() - start)
                if watched == button and (button.running or button.text() != name):
                    answered.setdefault("generate", now)
                if watched == editor.viewport() and editor.toPlainText() != before:
                    answered.setdefault("letter", now)
            return False

    eyes = Eyes()
    editor.viewport().installEventFilter(eyes)
    button.installEventFilter(eyes)
    place = QPointF(button.rect().center())
    where = QPointF(button.mapToGlobal(button.rect().center()))

    def click(kind: QEvent.Type, held: Qt.MouseButton) -> None:
        QCoreApplication.postEvent(button, QMouseEvent(kind, place, where, left, held, none))

    QCoreApplication.postEvent(editor, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_X, none, "x"))
    click(QEvent.Type.MouseButtonPress, left)
    click(QEvent.Type.MouseButtonRelease, Qt.MouseButton.NoButton)
    if hasattr(window, "start_gradually"):
        await window.start_gradually()
    else:
        window.start()
    answered["started"] = time.perf_counter() - start
    await _wait_until(lambda: {"letter", "generate"} <= answered.keys())
    for widget in (editor.viewport(), button):
        widget.removeEventFilter(eyes)
    return answered


def _set_steps(window: Any, steps: int) -> None:
    controls = window.create_page.controls
    # The second name is that of version 0.1.
    draft = getattr(controls, "request_draft", None) or controls.draft
    draft.change(steps=steps)


async def _run(window: Any) -> None:
    window.create_page.controls.button.click()
    await _wait_until(lambda: window.generation.job is None)


async def _measure_visits(window: Any, steps: int) -> dict[str, float]:
    """Open each page during a run of `steps` steps for the first time, and measure the time to its first frame."""
    import asyncio

    from PySide6.QtCore import QEvent, QObject

    _set_steps(window, steps)
    window.create_page.controls.button.click()
    run = window.viewer.run
    await _wait_until(lambda: run.steps_done > 0)
    painted: list[float] = []

    class Eyes(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                painted.append(time.perf_counter())
            return False

    found = {}
    gaps = _Gaps()
    for page in PAGES:
        eyes = Eyes()
        painted.clear()
        start = time.perf_counter()
        window.open_page(page)
        window.pages.currentWidget().installEventFilter(eyes)
        await _wait_until(lambda: bool(painted))
        found[f"visit {page}"] = 1000 * (painted[0] - start)
        window.pages.currentWidget().removeEventFilter(eyes)
        await asyncio.sleep(0.2)
    found |= gaps.stop("visits")
    window.open_page("create")
    window.create_page.controls.stop.emit()
    await _wait_until(lambda: window.generation.job is None)
    return found


class _Gaps:
    """Timer that measures how much later than planned this thread's event loop responds, and how much time of the
    processor the thread uses between two turns, which other programs do not extend.
    """

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self._late = [0.0]
        self._used = [0.0]
        self._last = time.perf_counter()
        self._last_used = time.thread_time()
        self._timer = QTimer(interval=TICK, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self._late.append(max(1000 * (now - self._last) - TICK, 0.0))
        self._last = now
        used = time.thread_time()
        self._used.append(1000 * (used - self._last_used))
        self._last_used = used

    def stop(self, name: str) -> dict[str, float]:
        """Stop measuring, and return the longest delay and the longest slot in milliseconds, and their quantiles."""
        self._timer.stop()
        found: dict[str, float] = {}
        for kind, values in (("gap", sorted(self._late)), ("slot", sorted(self._used))):
            found |= {f"{name}, {kind} p99": values[int(0.99 * (len(values) - 1))], f"{name}, {kind}": values[-1]}
        return found


async def _wait_until(reason: Callable[[], bool]) -> None:
    import asyncio

    end = time.monotonic() + WAIT
    while not reason():
        if time.monotonic() > end:
            raise TimeoutError("The window did not respond in time.")
        await asyncio.sleep(0.005)


if __name__ == "__main__":
    _main(float(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
