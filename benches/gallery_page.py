"""Benchmark of the gallery page with a large library: opening, searching and scrolling in an offscreen window."""

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QPoint

from benches.window import Gaps
from gdm_studio.common import memory
from gdm_studio.common.measurement import Measurement
from gdm_studio.ui import window_state_file

if TYPE_CHECKING:
    from gdm_studio.ui.gallery.list_model import PictureModel
    from gdm_studio.ui.gallery.page import GalleryPage
    from gdm_studio.ui.shell.window import Window

KEYS = "red fox steps:>10"
# The number of random positions to which the scroll bar is moved.
JUMPS = 60
# The number of scroll steps, one per frame, of a sixth of a page each.
STEPS = 240
# Frames per second.
FRAMES = 60
# The timeout of one operation in seconds.
TIMEOUT = 120
SIZE = (2560, 1440)


def figures(home: Path, *, jumps: int = JUMPS, steps: int = STEPS) -> Iterator[Measurement]:
    """Yield the measurements of an offscreen window with the library in `home`, built by `benches.gallery.build`."""
    # Without the session of an earlier run, which would open the window at the page.
    (home / "data" / window_state_file.FILE).unlink(missing_ok=True)
    environment = {"QT_QPA_PLATFORM": "offscreen", "GDM_STUDIO_HOME": str(home)}
    command = [sys.executable, "-m", __name__, str(jumps), str(steps)]
    done = subprocess.run(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(done.stdout)
    count = f"{found['pictures']:,.0f} pictures"
    yield Measurement(f"{count}: page opened and filled", found["opened"], "ms", "≤ 300")
    yield Measurement("all of them listed, from the start", found["listed"], "ms")
    yield Measurement("search, a key at a time, median", found["key"], "ms", "≤ 50")
    yield Measurement("search, a key at a time, slowest", found["key_max"], "ms")
    yield Measurement("blank after a jump, median", found["jump"], "ms", "≤ 100")
    yield Measurement("blank after a jump, longest", found["jump_max"], "ms", "≤ 100")
    yield Measurement("blank while scrolling, longest", found["scroll_max"], "ms", "≤ 100")
    yield Measurement("gap of the event loop while scrolling, 99 %", found["gap_p99"], "ms", "< 25")
    yield Measurement("memory grown by looking through it", found["grown"], "MiB", "≤ 150")


def _measure(jumps: int, steps: int) -> dict[str, float]:
    """Measure the page in the launched process."""
    from gdm_studio.ui.shell.app import application, event_loop
    from gdm_studio.ui.shell.window import Window
    from gdm_studio.ui.theme.theme import Theme

    app = application()
    with event_loop(app) as loop:
        window = Window(Theme(app))
        return loop.run_until_complete(_measure_use(window, jumps, steps))


async def _measure_use(window: Window, jumps: int, steps: int) -> dict[str, float]:
    window.resize(*SIZE)
    window.show()
    await window.painted.wait()
    await window.start_gradually()
    try:
        count = await window.gallery.ask(lambda gallery: gallery.count(fill=False))
        shown = time.perf_counter()
        await _wait_until(lambda: window.gallery.page_model.rowCount() == count)
        listed = 1000 * (time.perf_counter() - shown)
        # Wait until the model is loaded and the files are scanned, so that only the gallery is measured.
        await _wait_until(lambda: bool(window.generation.device) and window.gallery.is_scanned)
        await window.worker.ask(time.perf_counter)
        before = memory.in_use() or 0
        page = window.gallery_page
        start = time.perf_counter()
        window.open_page("gallery")
        page.grid.viewport().repaint()
        await _wait_until_filled(page)
        opened = 1000 * (time.perf_counter() - start)
        found = {"pictures": float(window.gallery.page_model.rowCount()), "opened": opened, "listed": listed}
        found |= (
            await _measure_jumps(page, jumps) | await _measure_scrolling(page, steps) | await _measure_searches(page)
        )
        return found | {"grown": ((memory.in_use() or 0) - before) / 2**20}
    finally:
        window.close()
        await window.closed.wait()


async def _measure_jumps(page: GalleryPage, jumps: int) -> dict[str, float]:
    bar, rng = page.grid.verticalScrollBar(), random.Random(1)
    blanks = []
    for _ in range(jumps):
        blanks.append(await _measure_blank(page, rng.randrange(bar.maximum() + 1)))
    return {"jump": statistics.median(blanks), "jump_max": max(blanks)}


async def _measure_scrolling(page: GalleryPage, steps: int) -> dict[str, float]:
    """Scroll down ten pages per second; return how long a visible cell was empty, and the event-loop delay."""
    bar, gaps = page.grid.verticalScrollBar(), Gaps()
    await _measure_blank(page, 0)
    gaps.start()
    longest = 0.0
    # The time since which each row has been empty.
    empty: dict[int, float] = {}
    for step in range(steps + FRAMES):
        if step < steps:
            bar.setValue(bar.value() + bar.pageStep() // 6)
        await asyncio.sleep(1 / FRAMES)
        now, blank = time.perf_counter(), _find_empty_rows(page, _find_visible_rows(page))
        longest = max([longest, *(now - since for row, since in empty.items() if row in blank)])
        empty = {row: empty.get(row, now) for row in blank}
    gaps.stop()
    return {"scroll_max": 1000 * longest, "gap_p99": gaps.quantile(0.99)}


async def _measure_searches(page: GalleryPage) -> dict[str, float]:
    """Type a search key by key, each after the previous results are shown, and measure the delays."""
    model = cast("PictureModel", page.grid.model())
    times = []
    for end in range(1, len(KEYS) + 1):
        query = KEYS[:end]
        # These characters do not start a new search.
        if query.endswith((" ", ":", ">")):
            continue
        start = time.perf_counter()
        page.search.field.setText(query)
        page.search.field.search_now()
        await _wait_until(partial(_has_answered, model, query))
        times.append(1000 * (time.perf_counter() - start))
    page.search_for("")
    return {"key": statistics.median(times), "key_max": max(times)}


def _has_answered(model: PictureModel, query: str) -> bool:
    return model.query() == query and not model.is_waiting()


async def _measure_blank(page: GalleryPage, value: int) -> float:
    """Move the scroll bar; return the milliseconds until no visible cell is empty."""
    start = time.perf_counter()
    page.grid.verticalScrollBar().setValue(value)
    await _wait_until_filled(page)
    return 1000 * (time.perf_counter() - start)


async def _wait_until_filled(page: GalleryPage) -> None:
    """Wait until every visible cell shows its image.

    Each look ends at the first empty cell: looking at all of them would slow down the thread that is measured.
    """
    await _wait_until(lambda: bool(_find_visible_rows(page)))
    rows = list(_find_visible_rows(page))

    def is_filled() -> bool:
        while rows and not _find_empty_rows(page, rows[-1:]):
            rows.pop()
        return not rows

    await _wait_until(is_filled)


def _find_empty_rows(page: GalleryPage, rows: Iterable[int]) -> set[int]:
    """Return the rows that do not show their image yet."""
    model = cast("PictureModel", page.grid.model())
    pictures = {row: model.picture(row) for row in rows}
    return {row for row, picture in pictures.items() if picture is None or model.thumbnail(picture) is None}


def _find_visible_rows(page: GalleryPage) -> range:
    port = page.grid.viewport().rect()
    lines = [[page.grid.indexAt(QPoint(x, y)) for x in (8, port.width() - 40)] for y in range(8, port.height(), 30)]
    rows = [index.row() for line in lines for index in line if index.isValid()]
    return range(min(rows), max(rows) + 1) if rows else range(0)


async def _wait_until(reason: Callable[[], bool]) -> None:
    end = time.monotonic() + TIMEOUT
    while not reason():
        if time.monotonic() > end:
            raise TimeoutError("The gallery did not respond in time.")
        await asyncio.sleep(0.002)


if __name__ == "__main__":
    print(json.dumps(_measure(int(sys.argv[1]), int(sys.argv[2]))))
