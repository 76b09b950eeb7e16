"""LoRA training runs in separate processes. Each run is a folder, which remains when the window is closed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import gdm_studio
from gdm_studio.common import atomic, paths
from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.common.file_lock import is_locked
from gdm_studio.training.live_state import LOCK, MOST_BYTES, SETTINGS, STOP, Finding, LiveState, sheets_of
from gdm_studio.training.lora.trainable import check_title

# Seconds to wait for the checkpoint of a process that was asked to stop.
STOP_SECONDS = 20.0


@dataclass(frozen=True)
class TrainingSettings:
    """The settings of a LoRA run. `images` is a folder, and `base` the name of a model."""

    images: str
    base: str
    title: str
    samples: int = 8_000
    rank: int = 8
    prompts: str = ""
    sheet_minutes: float = 1.0


class TrainingRun:
    """Training run in a folder, with its process if this program has started it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def settings(self) -> TrainingSettings | None:
        """Settings of the run, or None if the file is missing or damaged."""
        try:
            data = json.loads(atomic.read(self.folder / SETTINGS, max_bytes=MOST_BYTES))
            return TrainingSettings(**data)
        except (StorageError, OSError, ValueError, TypeError, RecursionError):
            return None

    @property
    def is_active(self) -> bool:
        """True while the process is running."""
        return self._process is not None and self._process.poll() is None

    @property
    def ended_badly(self) -> bool:
        """True if the process was killed, or crashed before it could write an error into its state."""
        return self._process is not None and self._process.poll() not in (None, 0, 1)

    def start(self, settings: TrainingSettings) -> None:
        """Write the settings and start the process, which resumes from the run's checkpoint if there is one.

        Raises StorageError, and BadRequest if another process trains in the folder, or if the run has learned from
        another folder of images.
        """
        atomic.make_folder(self.folder)
        if is_locked(self.folder / LOCK):
            raise BadRequest(f"{settings.title} is still being trained; wait for its end, or choose another name.")
        earlier, state = self.settings, self.state()
        if earlier is not None and state is not None and state.seen and earlier.images != settings.images:
            raise BadRequest(f"{settings.title} has learned from other pictures; choose another name, or discard it.")
        atomic.write(self.folder / SETTINGS, json.dumps(asdict(settings)).encode())
        (self.folder / STOP).unlink(missing_ok=True)
        command = [sys.executable, "-P", "-m", "gdm_studio.training.session", str(self.folder)]
        root = str(Path(gdm_studio.__file__).parent.parent)
        others = os.environ.get("PYTHONPATH")
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([root, others] if others else [root])}
        apart: dict[str, Any] = {"process_group": 0}
        if sys.platform == "win32":
            apart = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
        try:
            self._process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=None, **apart
            )
        except OSError as error:
            raise StorageError(f"Training cannot be started: {error.strerror or error}; try again.") from error

    def request_stop(self) -> None:
        """Request the process to save a checkpoint and end after the current step. Raises StorageError."""
        atomic.write(self.folder / STOP, b"")

    def wait(self, seconds: float = STOP_SECONDS) -> None:
        """Wait until the process has ended, and kill it after `seconds`."""
        if self._process is None:
            return
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def state(self) -> LiveState | None:
        """Return the latest state that the process has written, or None if there is none."""
        return LiveState.load(self.folder)

    def finding(self) -> Finding:
        """Return the latest diagnosis."""
        return Finding.load(self.folder)

    def sheets(self) -> list[Path]:
        """Return the sample sheets in order."""
        return sheets_of(self.folder)

    def install(self) -> str:
        """Copy the current LoRA into the models folder, and return its name. Raises StudioError."""
        settings = self.settings
        product = self.folder / f"{settings.title}.safetensors" if settings else self.folder
        if settings is None or not product.is_file():
            raise BadRequest("There is no LoRA yet; wait for the first pictures.")
        target = paths.models_dir() / product.name
        atomic.make_folder(target.parent)
        try:
            with product.open("rb") as source, atomic.open_replacement(target) as out:
                shutil.copyfileobj(source, out)
        except OSError as error:
            raise atomic.storage_error(target, error) from error
        return settings.title


def training_dir() -> Path:
    """Return the folder of all training runs."""
    return paths.data_dir() / "training"


def training_run(title: str) -> TrainingRun:
    """Return the training run of the LoRA called `title`. Raises BadRequest for an unusable name, such as ".."."""
    check_title(title)
    return TrainingRun(training_dir() / title)
