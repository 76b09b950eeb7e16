"""State of a training run, stored in its folder and shown by the window. Imports no torch."""

from __future__ import annotations

import json
import math
import re
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from gdm_studio.common import atomic_files
from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.training.diagnosis_messages import sentence_of

SETTINGS = "settings.json"
LIVE = "live.json"
STOP = "stop"
# The lock of the process that trains in the folder.
LOCK = "training.lock"
SHEETS = "sheets"
# The file of the last diagnosis.
DIAGNOSIS = "diagnosis.json"
# Maximum number of points of the loss curve, and maximum bytes of a file that is read.
POINTS = 400
MOST_BYTES = 200_000
# Fraction of the images that is held out, and minimum number of images from which some are held out.
HELD_OUT = 0.1
FEWEST = 10
# Minimum number of held-out images for the detection of copies. With fewer, the limit is too uncertain.
FEWEST_HELD_OUT = 10
# Names of runs, which can be a file name and stand in a prompt.
_TITLE = re.compile(r"\w[\w ()-]{0,63}")
# Maximum length of a value in a diagnosis, such as the name of a weight.
LONGEST_VALUE = 120


@dataclass(frozen=True)
class LiveState:
    """Progress of a training run, which the window reads from the run's folder.

    `status` is "preparing", "running", "paused", "done" or "failed".
    """

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
    # Images that have been encoded before the first step, and their total number; 0 if unknown.
    encoded: int = 0
    images: int = 0
    # Number of images of the folder that could not be read, and the file name of the first of them.
    left_out: int = 0
    first_left_out: str = ""
    # Number of images that were added, removed or changed since the checkpoint from which the run resumed.
    changed: int = 0

    @classmethod
    def load(cls, folder: Path) -> LiveState | None:
        """Read the progress of the training run in a folder. Returns None if the file is missing or damaged."""
        data = _read_object(folder / LIVE)
        try:
            losses = tuple((int(seen), float(loss)) for seen, loss in data["losses"])
            numbers = {name: int(data[name]) for name in ("step", "seen", "samples", "every")}
            # Files of version 0.1.0 do not have them.
            numbers |= {name: int(data.get(name, 0)) for name in ("encoded", "images", "left_out", "changed")}
            speed = float(data["speed"])
            status, error = str(data["status"]), str(data["error"])[:500]
            first = str(data.get("first_left_out", ""))[:LONGEST_VALUE]
            return cls(status, error, **numbers, speed=speed, losses=losses[: 2 * POINTS], first_left_out=first)
        except (KeyError, TypeError, ValueError, OverflowError):
            return None

    def to_json(self) -> bytes:
        """Return the progress of the training run as JSON, which is written to the run's folder."""
        return json.dumps(asdict(self)).encode()

    def with_status(self, status: str, error: str) -> LiveState:
        """Return a copy of the progress with a new status and error message."""
        return replace(self, status=status, error=error)

    @property
    def seconds_left(self) -> float:
        """Estimated remaining time of the training run in seconds, or infinity if its speed is unknown."""
        return (self.samples - self.seen) / self.speed if self.speed > 0 else math.inf


@dataclass(frozen=True)
class Finding:
    """Latest diagnosis of a training run, which the window shows to the user.

    `message` is a key of MESSAGES or "", and `values` are its placeholders' values. `copies` is the number of samples
    that copy training images, or None if there are too few held-out images to tell.
    """

    kind: str = ""
    message: str = ""
    values: dict[str, str] = field(default_factory=dict)
    copies: int | None = 0

    @classmethod
    def load(cls, folder: Path) -> Finding:
        """Read the last diagnosis of the training run in a folder. Without a readable file, the diagnosis is
        empty.
        """
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
    """Raise BadRequest if `title` is not allowed as the name of a training run and of its model."""
    if not _TITLE.fullmatch(title):
        raise BadRequest(f"A model cannot be called {title!r}; use letters, digits and hyphens.")


def sheets_of(folder: Path) -> list[Path]:
    """Return the paths of a training run's sample sheets (PNG files with sample images), oldest first."""
    return sorted(path for path in (folder / SHEETS).glob("*.png") if path.stem.isdecimal())


def _read_object(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(atomic_files.read(path, max_bytes=MOST_BYTES))
    except (StorageError, OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
