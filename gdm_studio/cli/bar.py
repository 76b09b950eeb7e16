"""A progress bar on standard error, redrawn in place a few times a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator
from typing import TypeVar

from gdm_studio.cli.saying import remark
from gdm_studio.printable import printable
from gdm_studio.run import Advance, Event, Phase

T = TypeVar("T")

CELLS = 28
REDRAW = 0.1  # seconds


class Bar:
    """One line: title, bar, count, time left. Without a terminal only the titles, each on its line, or nothing."""

    def __init__(self, *, titles: bool = True) -> None:
        self._titles = titles
        self._live = sys.stderr.isatty()
        self._title = ""
        self._began = self._shown = 0.0
        self._before = 0

    def show(self, title: str, done: int, total: int, note: str = "") -> None:
        """Draws the bar of `title` at `done` of `total`; time left counts from the title's first drawing."""
        title, now = printable(title), time.monotonic()
        if title != self._title:
            self.end()
            self._title, self._began, self._before = title, now, done
            if self._titles and not self._live:
                remark(title)
        elif now - self._shown < REDRAW and done < total:
            return
        if self._live:
            self._shown = now
            filled = CELLS * done // max(total, 1)
            bar = "━" * filled + "╌" * (CELLS - filled)
            line = f"\r\033[K{title} {bar} {done}/{total} {note or self._left(now, done, total)}"
            print(line, end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leaves the line as it is and starts the next one."""
        if self._title and self._live:
            print(file=sys.stderr)
        self._title = ""

    def _left(self, now: float, done: int, total: int) -> str:
        made = done - self._before
        if made <= 0 or done >= total:
            return ""
        seconds = round((now - self._began) / made * (total - done))
        return f"{seconds // 60}:{seconds % 60:02} left"


def followed(events: Generator[Event, None, T], bar: Bar) -> T:
    """What a generator of events returns, its steps shown by the bar and its remedies below it."""
    while True:
        try:
            event = next(events)
        except StopIteration as end:
            returned: T = end.value
            return returned
        if isinstance(event, Advance):
            bar.show("denoising", event.step.index - event.first, event.step.of - event.first)
        elif isinstance(event, Phase) and event.note:
            bar.end()
            remark(event.note)
        elif isinstance(event, Phase):
            bar.show(event.title, 0, 1)
