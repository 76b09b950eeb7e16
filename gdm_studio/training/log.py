"""Log of a training run, a file of JSON lines."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

from gdm_studio.common.atomic_files import make_folder, storage_error
from gdm_studio.common.errors import StorageError
from gdm_studio.training.recipe import Progress

REPORT_SECONDS = 20.0


class Log:
    """Log of a training run, which appends lines of JSON to a file and passes them to the callback `say`.

    If `is_enabled` is False, the log does nothing. Under `torchrun`, only the first process writes a log. If a line
    cannot be written, for example because the disk is full, it is only passed to `say`, and training continues.
    """

    def __init__(self, path: Path, say: Callable[[str], object], *, is_enabled: bool = True) -> None:
        self.path = path
        self.is_enabled = is_enabled
        self.say = say
        self.began = time.monotonic()
        self._report_timer = IntervalTimer(REPORT_SECONDS)
        self._unlogged_steps: list[Progress] = []
        # False after a line could not be written.
        self._is_complete = True

    def write(self, **fields: object) -> None:
        """Append a line with the given fields and the elapsed time to the training log.

        Floats are rounded to five decimals.
        """
        if not self.is_enabled:
            return
        elapsed = round(time.monotonic() - self.began, 1)
        rounded = {key: round(value, 5) if isinstance(value, float) else value for key, value in fields.items()}
        line = json.dumps({"elapsed": elapsed, **rounded})
        was_complete = self._is_complete
        try:
            make_folder(self.path.parent)
            with self.path.open("a", encoding="utf-8") as out:
                # A full disk may have cut the line before.
                out.write(line + "\n" if was_complete else f"\n{line}\n")
            self._is_complete = True
        except (OSError, StorageError) as error:
            self._is_complete = False
            if was_complete:
                known = error if isinstance(error, StorageError) else storage_error(self.path, error)
                self._show(json.dumps({"elapsed": elapsed, "note": f"The log is not written. {known}"}))
        self._show(line)

    def _show(self, line: str) -> None:
        """Pass a line on. A full disk behind the standard output must not end a training run of hours."""
        try:
            self.say(line)
        except BrokenPipeError:
            raise
        except OSError:
            pass

    def follow(self, progress: Progress) -> None:
        """Collect the losses of training steps, and write their means to the log every REPORT_SECONDS."""
        if not self.is_enabled:
            return
        self._unlogged_steps.append(progress)
        if not self._report_timer.restart_if_due():
            return
        steps = [each.losses for each in self._unlogged_steps if each.phase == progress.phase]
        means = {name: sum(float(step[name]) for step in steps) / len(steps) for name in progress.losses}
        self.write(phase=progress.phase, step=progress.step, samples=progress.seen, **means)
        self._unlogged_steps.clear()


class IntervalTimer:
    """Timer for tasks that are repeated every `seconds`, such as saving checkpoints.

    With 0 seconds, it is never due.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self.clock = clock
        self.last = clock()

    def restart_if_due(self) -> bool:
        """Return True if the interval is over, so that the task must run now, and start the next interval."""
        if not self.seconds or self.clock() - self.last < self.seconds:
            return False
        self.last = self.clock()
        return True

    def postpone(self, seconds: float) -> None:
        """Restart the current interval, so that the task is not due for at least `seconds`."""
        self.last = self.clock() + max(0.0, seconds - self.seconds)
