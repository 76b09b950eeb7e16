"""A progress bar on standard error, redrawn in place a few times a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator
from typing import TypeVar

from gdm_studio.cli.output import print_notice
from gdm_studio.common.text_safety import escape_unsafe
from gdm_studio.request.generation_events import Event, Phase, StepEvent

T = TypeVar("T")

# Width of the bar in characters.
CELLS = 28
# Seconds between two redraws.
REDRAW = 0.1


class ProgressBar:
    """Progress bar on standard error, with a title, a count and the remaining time.

    If standard error is not a terminal, only the titles are printed, or nothing.
    """

    def __init__(self, *, titles: bool = True) -> None:
        self._titles = titles
        self._is_terminal = sys.stderr.isatty()
        self._title = ""
        # Time and count when the bar of this title was first drawn.
        self._started_at = 0.0
        self._start_count = 0
        self._drawn_at = 0.0

    def show(self, title: str, done: int, total: int, note: str = "") -> None:
        """Draw the progress bar with a title, at `done` of `total` units. The remaining time is extrapolated from
        earlier calls.
        """
        title = escape_unsafe(title)
        now = time.monotonic()
        if title != self._title:
            self.end()
            self._title = title
            self._started_at = now
            self._start_count = done
            if self._titles and not self._is_terminal:
                print_notice(title)
        elif now - self._drawn_at < REDRAW and done < total:
            return
        if self._is_terminal:
            self._drawn_at = now
            filled = CELLS * done // max(total, 1)
            bar = "━" * filled + "╌" * (CELLS - filled)
            line = f"\r\033[K{title} {bar} {done}/{total} {note or self._format_time_left(now, done, total)}"
            print(line, end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """End the line of the progress bar, so that the next output starts on a new line."""
        if self._title and self._is_terminal:
            print(file=sys.stderr)
        self._title = ""

    def _format_time_left(self, now: float, done: int, total: int) -> str:
        finished = done - self._start_count
        if finished <= 0 or done >= total:
            return ""
        seconds = round((now - self._started_at) / finished * (total - done))
        return f"{seconds // 60}:{seconds % 60:02} left"


def with_progress(events: Generator[Event, None, T], bar: ProgressBar) -> T:
    """Run a generator of engine events and return its return value. Steps move the progress bar, and notes are printed
    below it.
    """
    while True:
        try:
            event = next(events)
        except StopIteration as end:
            returned: T = end.value
            return returned
        if isinstance(event, StepEvent):
            bar.show("denoising", event.step.index - event.first, event.step.of - event.first)
        elif isinstance(event, Phase) and event.note:
            bar.end()
            print_notice(event.note)
        elif isinstance(event, Phase):
            bar.show(event.title, 0, 1)
