"""The log of a training run: a line of JSON now and then."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

from gdm_studio.atomic import make_folder
from gdm_studio.training.recipe import Progress

REPORT_SECONDS = 20.0


class Log:
    """JSON lines appended to a file, and said by `say`."""

    def __init__(self, path: Path, say: Callable[[str], object]) -> None:
        self.path = path
        self.say = say
        self.began = time.monotonic()
        self._due = Every(REPORT_SECONDS)
        self._since: list[Progress] = []

    def write(self, **fields: object) -> None:
        """One line; floats to five places."""
        elapsed = round(time.monotonic() - self.began, 1)
        rounded = {key: round(value, 5) if isinstance(value, float) else value for key, value in fields.items()}
        line = json.dumps({"elapsed": elapsed, **rounded})
        make_folder(self.path.parent)
        with self.path.open("a", encoding="utf-8") as out:
            out.write(line + "\n")
        self.say(line)

    def follow(self, progress: Progress) -> None:
        """Writes the mean losses of the steps since the last line, where it is time for one."""
        self._since.append(progress)
        if not self._due.due():
            return
        steps = [each.losses for each in self._since if each.phase == progress.phase]
        means = {name: sum(float(step[name]) for step in steps) / len(steps) for name in progress.losses}
        self.write(phase=progress.phase, step=progress.step, samples=progress.seen, **means)
        self._since.clear()


class Every:
    """True at most once in `seconds`, counted from the start; never where that is 0."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self.clock = clock
        self.last = clock()

    def due(self) -> bool:
        """Whether the time has come, which begins the next interval."""
        if not self.seconds or self.clock() - self.last < self.seconds:
            return False
        self.last = self.clock()
        return True
