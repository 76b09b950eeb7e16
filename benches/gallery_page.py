"""How quick the gallery page is with a large library: a window of its own, looked at, searched in, scrolled."""

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
from gdm_studio import memory
from gdm_studio.figure import Figure

if TYPE_CHECKING:
    from gdm_studio.ui.gallery.list_model import PictureModel
    from gdm_studio.ui.gallery.page import GalleryPage
    from gdm_studio.ui.shell.window import Window

KEYS = "red fox steps:>10"
JUMPS = 60  # places all over the library that the scroll bar is dragged to
STEPS = 240  # of a sixth of what is in sight, one a frame
FRAMES = 60  # a second
TIMEOUT = 120  # seconds for one answer
SIZE = (1280, 800)


def figures(home: Path) -> Iterator[Figure]:
    """Of one offscreen window over the library in `home`, which `benches.gallery.build` made."""
    place = {"QT_QPA_PLATFORM": "offscreen", "GDM_STUDIO_HOME": str(home)}
    command = [sys.executable, "-m", __name__]
    done = subprocess.run(command, env={**os.environ, **place}, stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(done.stdout)
    many = f"{found['pictures']:,.0f} pictures"
    yield Figure(f"{many}: page opened and filled", found["opened"], "ms", "≤ 300")
    yield Figure("all of them listed, from the start", found["listed"], "ms")
    yield Figure("search, a key at a time, median", found["key"], "ms", "≤ 50")
    yield Figure("search, a key at a time, slowest", found["key_max"], "ms")
    yield Figure("blank after a jump, median", found["jump"], "ms", "≤ 100")
    yield Figure("blank after a jump, longest", found["jump_max"], "ms", "≤ 100")
    yield Figure("blank while scrolling, longest", found["scroll_max"], "ms", "≤ 100")
    yield Figure("gap of the event loop while scrolling, 99 %", found["gap_p99"], "ms", "< 25")
    yield Figure("memory grown by looking through it", found["grown"], "MiB", "≤ 150")


def _measured() -> dict[str, float]:
    """In the launched process."""
    from gdm_studio.models.library import Library
    from gdm_studio.ui.look.theme import Theme
    from gdm_studio.ui.shell.app import application, event_loop
    from gdm_studio.ui.shell.window import Window

    app = application()
    with event_loop(app) as loop:
        window = Window(Theme(app), Library())
        return loop.run_until_complete(_used(window))


async def _used(window: Window) -> dict[str, float]:
    window.resize(*SIZE)
    window.show()
    await window.painted.wait()
    window.start()
    try:
        count = await window.shelf.ask(lambda gallery: gallery.count(fill=False))
        shown = time.perf_counter()
        await _until(lambda: window.shelf.all.rowCount() == count)
        listed = 1000 * (time.perf_counter() - shown)
        # once the model is loaded and the files are looked through, only the gallery is measured
        await _until(lambda: bool(window.making.device) and window.shelf.looked)
        await window.lane.ask(time.perf_counter)
        before = memory.in_use() or 0
        page = window.gallery_page
        began = time.perf_counter()
        window.turn_to("gallery")
        page.grid.viewport().repaint()
        await _until(lambda: _is_filled(page))
        opened = 1000 * (time.perf_counter() - began)
        found = {"pictures": float(window.shelf.all.rowCount()), "opened": opened, "listed": listed}
        found |= await _jumped(page) | await _scrolled(page) | await _searched(page)
        return found | {"grown": ((memory.in_use() or 0) - before) / 2**20}
    finally:
        window.close()
        await window.closed.wait()


async def _jumped(page: GalleryPage) -> dict[str, float]:
    bar, rng = page.grid.verticalScrollBar(), random.Random(1)
    blanks = []
    for _ in range(JUMPS):
        blanks.append(await _blank(page, rng.randrange(bar.maximum() + 1)))
    return {"jump": statistics.median(blanks), "jump_max": max(blanks)}


async def _scrolled(page: GalleryPage) -> dict[str, float]:
    """From the top down, ten times what is in sight a second: how long a cell was in sight and empty."""
    bar, gaps = page.grid.verticalScrollBar(), Gaps()
    await _blank(page, 0)
    gaps.start()
    longest = 0.0
    empty: dict[int, float] = {}  # row: since when
    for step in range(STEPS + FRAMES):
        if step < STEPS:
            bar.setValue(bar.value() + bar.pageStep() // 6)
        await asyncio.sleep(1 / FRAMES)
        now, blank = time.perf_counter(), _empty(page, _rows_in_sight(page))
        longest = max([longest, *(now - since for row, since in empty.items() if row in blank)])
        empty = {row: empty.get(row, now) for row in blank}
    gaps.stop()
    return {"scroll_max": 1000 * longest, "gap_p99": gaps.quantile(0.99)}


async def _searched(page: GalleryPage) -> dict[str, float]:
    """Typed key by key, each once the answer to the one before is on the screen."""
    model, times = cast("PictureModel", page.grid.model()), []
    for end in range(1, len(KEYS) + 1):
        query = KEYS[:end]
        if query.endswith((" ", ":", ">")):
            continue  # no new search comes of it
        began = time.perf_counter()
        page.search.field.setText(query)
        page.search.field.search_now()
        await _until(partial(_has_answered, model, query))
        times.append(1000 * (time.perf_counter() - began))
    page.search_for("")
    return {"key": statistics.median(times), "key_max": max(times)}


def _has_answered(model: PictureModel, query: str) -> bool:
    return model.query() == query and not model.is_waiting()


async def _blank(page: GalleryPage, value: int) -> float:
    """Milliseconds from a turn of the scroll bar until nothing in sight is empty."""
    began = time.perf_counter()
    page.grid.verticalScrollBar().setValue(value)
    empty = set(_rows_in_sight(page))

    def is_filled() -> bool:
        empty.intersection_update(_empty(page, empty))
        return not empty

    await _until(is_filled)
    return 1000 * (time.perf_counter() - began)


def _is_filled(page: GalleryPage) -> bool:
    """Whether every cell in sight shows its picture."""
    rows = _rows_in_sight(page)
    return bool(rows) and not _empty(page, rows)


def _empty(page: GalleryPage, rows: Iterable[int]) -> set[int]:
    """Those of `rows` that do not show their picture yet."""
    model = cast("PictureModel", page.grid.model())
    pictures = {row: model.picture(row) for row in rows}
    return {row for row, picture in pictures.items() if picture is None or model.thumbnail(picture) is None}


def _rows_in_sight(page: GalleryPage) -> range:
    port = page.grid.viewport().rect()
    lines = [[page.grid.indexAt(QPoint(x, y)) for x in (8, port.width() - 40)] for y in range(8, port.height(), 30)]
    rows = [index.row() for line in lines for index in line if index.isValid()]
    return range(min(rows), max(rows) + 1) if rows else range(0)


async def _until(reason: Callable[[], bool]) -> None:
    end = time.monotonic() + TIMEOUT
    while not reason():
        if time.monotonic() > end:
            raise TimeoutError("The gallery did not get there.")
        await asyncio.sleep(0.002)


if __name__ == "__main__":
    print(json.dumps(_measured()))
