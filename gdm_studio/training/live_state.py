"""State of a training run, stored in its folder and shown by the window. Imports no torch."""

from __future__ import annotations

import json
import math
import re
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from gdm_studio.common import atomic
from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.training.diagnosis_messages import sentence_of

SETTINGS = "settings.json"
LIVE = "live.json"
STOP = "stop"
# The lock of the process that trains in the folder.
LOCK = "training.lock"
SHEETS = "sheets"
# The file of the latest diagnosis.
DIAGNOSIS = "diagnosis.json"
# Maximum number of points of the loss curve, and maximum bytes of a file that is read.
POINTS = 400
MOST_BYTES = 200_000
# Fraction of the images that is held out, and minimum number of images from which some are held out.
HELD_OUT = 0.1
FEWEST = 10
# Names of runs, which can be a file name and stand in a prompt.
_TITLE = re.compile(r"\w[\w ()-]{0,63}")
# Maximum length of a value in a diagnosis, such as the name of a weight.
LONGEST_VALUE = 120


@dataclass(frozen=True)
class LiveState:
    """Progress of a run. `status` is "preparing", "running", "paused", "done" or "failed"."""

    status: str = "preparing"
    error: str = ""
    step: int = 0
    seen: int = 0
    samples: int = 0
    # Samples per second; 0 if unknown.
    speed: float = 0.0
    # Number of steps that each point of `losses` averages.
    every: int = 1
    # (samples, mean loss) in order.
    losses: tuple[tuple[int, float], ...] = ()
    pid: int = 0

    @classmethod
    def load(cls, folder: Path) -> LiveState | None:
        """Read the state of the run in a folder. Return None if the file is missing or damaged."""
        data = _read_object(folder / LIVE)
        try:
            losses = tuple((int(seen), float(loss)) for seen, loss in data["losses"])
            numbers = {name: int(data[name]) for name in ("step", "seen", "samples", "every", "pid")}
            speed = float(data["speed"])
            status, error = str(data["status"]), str(data["error"])[:500]
            return cls(status, error, **numbers, speed=speed, losses=losses[: 2 * POINTS])
        except (KeyError, TypeError, ValueError, OverflowError):
            return None

    def to_json(self) -> bytes:
        """Return the state as JSON."""
        return json.dumps(asdict(self)).encode()

    def with_status(self, status: str, error: str, pid: int) -> LiveState:
        """Return a copy with another status, error and process id."""
        return replace(self, status=status, error=error, pid=pid)

    @property
    def seconds_left(self) -> float:
        """Estimated remaining time of the run in seconds, infinite if unknown."""
        return (self.samples - self.seen) / self.speed if self.speed > 0 else math.inf


@dataclass(frozen=True)
class Finding:
    """Latest diagnosis of a run.

    `message` is a key of MESSAGES or "", and `values` are its placeholders' values. `copies` is the number of samples
    that copy training images, or None if there are too few held-out images to tell.
    """

    kind: str = ""
    message: str = ""
    values: dict[str, str] = field(default_factory=dict)
    copies: int | None = 0

    @classmethod
    def load(cls, folder: Path) -> Finding:
        """Read the latest diagnosis of the run in a folder, empty if there is none."""
        data = _read_object(folder / DIAGNOSIS)
        copies = data.get("copies", 0)
        copies = copies if isinstance(copies, int | None) else 0
        message, values = data.get("message"), data.get("values")
        if not isinstance(message, str) or not isinstance(values, dict):
            return cls(copies=copies)
        values = {name: text[:LONGEST_VALUE] for name, text in values.items() if isinstance(text, str)}
        try:
            sentence_of(message, values)
        except (KeyError, ValueError, IndexError):
            return cls(copies=copies)
        return cls(str(data.get("kind", "")), message, values, copies)


def check_title(title: str) -> None:
    """Raise BadRequest if `title` cannot be the name of a run and of the model that it trains."""
    if not _TITLE.fullmatch(title):
        raise BadRequest(f"A model cannot be called {title!r}; use letters, digits and hyphens.")


def sheets_of(folder: Path) -> list[Path]:
    """Return the sample sheets of the run in a folder, in order."""
    return sorted(path for path in (folder / SHEETS).glob("*.png") if path.stem.isdecimal())


def _read_object(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(atomic.read(path, max_bytes=MOST_BYTES))
    except (StorageError, OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
