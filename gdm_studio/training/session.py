"""Entry point of a training process that the window starts: `python -m gdm_studio.training.session FOLDER`.

The folder contains `settings.json` with the options of the recipe. The process writes its state into `live.json` about
once a second. When the file `stop` appears, the process saves a checkpoint and ends.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Any

from gdm_studio.common import error_log
from gdm_studio.common.atomic import read, write
from gdm_studio.common.errors import StudioError
from gdm_studio.common.file_lock import FileLock
from gdm_studio.training.live_state import LIVE, LOCK, MOST_BYTES, POINTS, SETTINGS, STOP, LiveState

# Seconds between two writes of the live state, and seconds over which the speed is averaged.
WRITE_SECONDS = 1.0
SPEED_SECONDS = 30.0
NICENESS = 10


def main() -> int:
    """Train, and write the progress into the folder. Returns 0 if the run is finished or was stopped.

    Returns 1 after an error, which the live state contains, or if another process trains in the folder.
    """
    folder = Path(sys.argv[1])
    _lower_priority()
    lock = FileLock.take(folder / LOCK)
    if lock is None:
        return 1
    live = _Live(folder)
    try:
        live.save("preparing")
        _train(folder, live)
        return 0
    except StudioError as error:
        live.save("failed", error=str(error))
    except MemoryError:
        live.save("failed", error="There is not enough memory; choose a smaller size, rank or batch.")
    # The cause is a bug or a broken driver. The window shows a sentence, and the error log has the rest.
    except Exception as error:
        error_log.record_error(error)
        live.save("failed", error=f"Training ended unexpectedly ({type(error).__name__}); start it again to resume.")
    finally:
        lock.release()
    return 1


def _train(folder: Path, live: _Live) -> None:
    import torch

    from gdm_studio.engine import torch_startup
    from gdm_studio.training.loop import train
    from gdm_studio.training.lora.recipe import LoraRecipe
    from gdm_studio.training.options import checked_options

    torch_startup.prepare()
    options: dict[str, Any] = json.loads(read(folder / SETTINGS, max_bytes=MOST_BYTES))
    options["images"] = Path(options["images"])
    recipe = LoraRecipe(**checked_options(LoraRecipe, options))
    torch.set_num_threads(recipe.threads)
    stop = folder / STOP
    for progress in train(recipe, folder, should_stop=stop.exists):
        live.follow(progress.step, progress.seen, progress.samples, progress.loss)
    live.save("paused" if stop.exists() else "done")


class _Live:
    """Writer of a run's live state. It continues the state of an earlier process of the same run."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LIVE
        self._state = LiveState.load(folder) or LiveState()
        self._written = 0.0
        self._recent: deque[tuple[float, int]] = deque()
        self._losses = list(self._state.losses)
        # Number of steps that a point of the curve averages. It doubles whenever the curve has too many points.
        self._every = max(1, self._state.every)
        self._since: list[float] = []

    def follow(self, step: int, seen: int, samples: int, loss: float) -> None:
        """Add the loss of a step, and write the state if WRITE_SECONDS have passed since the last time."""
        now = time.monotonic()
        self._recent.append((now, seen))
        # A single step can take longer.
        while len(self._recent) > 2 and now - self._recent[0][0] > SPEED_SECONDS:
            self._recent.popleft()
        while self._losses and self._losses[-1][0] >= seen:
            # A resumed run repeats the steps after its checkpoint.
            self._losses.pop()
        self._since.append(loss)
        if len(self._since) >= self._every:
            self._losses.append((seen, sum(self._since) / len(self._since)))
            self._since.clear()
        if len(self._losses) > POINTS:
            pairs = zip(self._losses[::2], self._losses[1::2], strict=False)
            self._losses = [(second[0], (first[1] + second[1]) / 2) for first, second in pairs]
            self._every *= 2
        self._state = LiveState(
            "running", "", step, seen, samples, self._speed(), self._every, tuple(self._losses), os.getpid()
        )
        if now - self._written >= WRITE_SECONDS:
            self._written = now
            self._write()

    def save(self, state: str, *, error: str = "") -> None:
        """Write the state with another status."""
        self._state = self._state.with_status(state, error, os.getpid())
        self._write()

    def _speed(self) -> float:
        """Return samples per second over the last steps; 0 if unknown."""
        (began, first), (ended, last) = self._recent[0], self._recent[-1]
        return (last - first) / (ended - began) if ended > began else 0.0

    def _write(self) -> None:
        # A full disk loses this state and not the run, whose checkpoint reports the same problem.
        with suppress(StudioError):
            write(self._path, self._state.to_json(), durable=False)


def _lower_priority() -> None:
    """Lower the priority of this process, so that it does not slow down other programs."""
    if sys.platform == "win32":
        import ctypes

        below_normal = 0x4000
        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), below_normal)
    else:
        os.nice(NICENESS)


if __name__ == "__main__":
    sys.exit(main())
