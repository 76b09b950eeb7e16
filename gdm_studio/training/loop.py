"""What every training loop here needs: keyed randomness, learning-rate schedule, log, checkpoints, clock."""

from __future__ import annotations

import json
import pickle
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gdm_studio.atomic import PART, make_folder, remove_abandoned, replacing
from gdm_studio.errors import StorageError

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Schedule:
    """Learning-rate factor over samples seen: linear warm-up, constant, linear cool-down to zero at the end."""

    samples: int
    warmup: int
    cooldown: int

    def __call__(self, seen: int) -> float:
        up = (seen + 1) / self.warmup if seen < self.warmup else 1.0
        left = self.samples - seen
        return min(up, left / self.cooldown) if left < self.cooldown else up


def step_rng(seed: int, step: int) -> np.random.Generator:
    """The randomness of one step, keyed by its number, so that a resumed run repeats what an unbroken one does."""
    return np.random.default_rng([seed, step])


def normal(rng: np.random.Generator, *shape: int) -> torch.Tensor:
    """Standard normal float32 numbers on the CPU."""
    import torch

    return torch.from_numpy(rng.standard_normal(shape, dtype=np.float32))


@contextmanager
def stop_signals() -> Iterator[Callable[[], bool]]:
    """Within, SIGINT and SIGTERM only make the given function true, so that a loop ends where it can be resumed.

    Where one stands within another, both hear of a signal.
    """
    handled = (signal.SIGINT, signal.SIGTERM)
    heard = _Heard(signal.getsignal(signal.SIGINT))
    before = [signal.signal(number, heard) for number in handled]
    try:
        yield lambda: heard.any
    finally:
        for number, handler in zip(handled, before, strict=True):
            signal.signal(number, handler)


class _Heard:
    """A signal handler that remembers, and tells the one that it replaced if that is of its kind."""

    def __init__(self, before: object) -> None:
        self.any = False
        self._before = before if isinstance(before, _Heard) else None

    def __call__(self, number: int, frame: object) -> None:
        self.any = True
        if self._before is not None:
            self._before(number, frame)


class Log:
    """JSON lines appended to a file, and printed."""

    def __init__(self, path: Path) -> None:
        make_folder(path.parent)
        self.path = path
        self.began = time.monotonic()

    def write(self, **fields: float | str) -> None:
        elapsed = round(time.monotonic() - self.began, 1)
        rounded = {key: round(value, 5) if isinstance(value, float) else value for key, value in fields.items()}
        line = json.dumps({"elapsed": elapsed, **rounded})
        with self.path.open("a", encoding="utf-8") as out:
            out.write(line + "\n")
        print(line, flush=True)


class Every:
    """True at most once in `seconds`, counted from the start."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self.clock = clock
        self.last = clock()

    def due(self) -> bool:
        if self.clock() - self.last < self.seconds:
            return False
        self.last = self.clock()
        return True


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write `state` so that a kill at any moment leaves the old file or the new one, whole."""
    import torch

    with replacing(path) as out:
        torch.save(state, out)


def load_checkpoint(path: Path) -> dict[str, Any] | None:
    """The state saved at `path`, or None where there is none yet; what a killed writer left is cleared away."""
    import torch

    for part in path.parent.glob(f".*{PART}"):
        remove_abandoned(part)
    if not path.exists():
        return None
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, OSError, ValueError, pickle.UnpicklingError) as error:
        raise StorageError(f"The checkpoint {path} cannot be read; remove it to begin again.") from error
    return state
