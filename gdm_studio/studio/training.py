"""Training runs in separate processes. Each run is a folder, which remains after the window is closed."""

from __future__ import annotations

import filecmp
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import gdm_studio
from gdm_studio.common import atomic_files, paths
from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.common.file_lock import holder_of, is_locked
from gdm_studio.common.translation_markers import translatable
from gdm_studio.models.dataclass_json import from_json
from gdm_studio.training.run_state_file import (
    LIVE,
    LOCK,
    MOST_BYTES,
    SETTINGS,
    STOP,
    Finding,
    LiveState,
    check_title,
    sheets_of,
)

# Seconds to wait for the checkpoint of a process that was asked to stop.
STOP_SECONDS = 20.0
# Seconds to wait for a process that has taken no step yet. Loading a model cannot be interrupted, and there is nothing
# to save.
PREPARING_SECONDS = 1.0
# Seconds between two checks of a process that is about to end.
WAIT_SECONDS = 0.05
# Folder of trained models inside the models folder, and maximum number of runs that are listed.
TRAINED = "trained"
MOST_RUNS = 200


# Methods that change a model. Every other method is the name of a system, which is trained from scratch.
LORA = "lora"
FINE_TUNE = "fine-tune"


@dataclass(frozen=True)
class TrainingSettings:
    """Settings for training a LoRA or a model on the user's images.

    `images` is a folder, and `method` is LORA, FINE_TUNE or the name of a system. `base` is the name of the fine-tuned
    model, `prompts` are used for sample images, and `rank` applies to LoRAs. `backbone` ("" for the system's own) and
    `size` (in pixels) apply to systems. A learning rate of 0 stands for the method's default.
    """

    images: str
    base: str
    title: str
    samples: int = 8_000
    rank: int = 8
    prompts: str = ""
    sheet_minutes: float = 1.0
    method: str = LORA
    backbone: str = ""
    size: int = 32
    learning_rate: float = 0.0
    # True if the process continues when the window is closed.
    keeps_running: bool = False

    @classmethod
    def parse(cls, text: str | bytes) -> TrainingSettings | None:
        """Return settings from the JSON of all fields, or None if it is damaged."""
        try:
            return from_json(cls, json.loads(text))
        except (StorageError, ValueError, TypeError, OverflowError, RecursionError):
            return None

    @property
    def is_system(self) -> bool:
        """True if the run trains a published method such as DDPM from scratch, and False for a LoRA or a fine-tuned
        model.
        """
        return self.method not in (LORA, FINE_TUNE)


@dataclass(frozen=True)
class TrainableSystem:
    """Published method, such as DDPM, that the user can train on a folder of images.

    `samples` is the default length of its training.
    """

    name: str
    title: str
    year: int
    idea: str
    samples: int
    learning_rate: float
    # The backbones to choose from, the default first; () if the system has a fixed network.
    backbones: tuple[str, ...]


def trainable_systems() -> list[TrainableSystem]:
    """Return the published methods, such as DDPM, that the user can train on a folder of images, sorted by year.

    Imports torch.
    """
    from gdm_studio import papers
    from gdm_studio.papers.training.recipe import total_samples
    from gdm_studio.training.options import options_of

    found = []
    for name, system in papers.all_systems().items():
        if not papers.REGISTRY[name].recipe or papers.REGISTRY[name].has_other_input:
            continue
        kind = papers.recipe_of(name)
        backbones = next((each.option.choices for each in options_of(kind) if each.name == "backbone"), ())
        recipe = kind(data=Path())
        samples = total_samples(recipe)
        found.append(
            TrainableSystem(name, system.title, system.year, system.idea, samples, recipe.learning_rate, backbones)
        )
    return sorted(found, key=lambda each: each.year)


class TrainingRun:
    """Training run of a LoRA or a model. Its settings, state and results are stored as files in one folder. The object
    controls the training process if this process has started it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def settings(self) -> TrainingSettings | None:
        """Settings of the training run, read from its folder, or None if the file is missing or damaged."""
        try:
            return TrainingSettings.parse(atomic_files.read(self.folder / SETTINGS, max_bytes=MOST_BYTES))
        except (StorageError, OSError):
            return None

    @property
    def changed(self) -> float:
        """Time at which the training run's files last changed, in seconds since 1970."""
        found = []
        for name in (LIVE, SETTINGS):
            with suppress(OSError):
                found.append((self.folder / name).stat().st_mtime)
        return max(found, default=0.0)

    @property
    def is_active(self) -> bool:
        """True while a training process is running in the folder, even if an earlier window has started it."""
        is_own = self._process is not None and self._process.poll() is None
        return is_own or is_locked(self.folder / LOCK)

    @property
    def ended_badly(self) -> bool:
        """True if the training process was killed, or crashed before it could report an error."""
        return self._is_cut_short and not self._was_asked_to_stop

    @property
    def was_interrupted(self) -> bool:
        """True if the training process was asked to stop, and was killed before it could report that it had paused, for
        example while it prepared.
        """
        return self._is_cut_short and self._was_asked_to_stop

    @property
    def _is_cut_short(self) -> bool:
        # The state is read last: a process that ends meanwhile has then written it.
        if self.is_active:
            return False
        state = self.state()
        return state is None or state.status in ("preparing", "running")

    @property
    def _is_training(self) -> bool:
        """True if the process has taken a step since its start."""
        state = self.state()
        return state is not None and state.status == "running"

    @property
    def _was_asked_to_stop(self) -> bool:
        return (self.folder / STOP).exists()

    def start(self, settings: TrainingSettings, *, is_new: bool = False) -> None:
        """Write the settings of the run and start the training process, which resumes from the run's checkpoint if
        there is one. Raises StorageError, and BadRequest if another process is training in the folder, if the run was
        trained on another folder of images or with other settings, if it has no samples left to train on or, with
        `is_new`, if it was trained at all.
        """
        atomic_files.make_folder(self.folder)
        # Read before the state, which a process that ends meanwhile has then written.
        is_active = self.is_active
        earlier, state = self.settings, self.state()
        has_learned = state is not None and state.seen > 0
        if is_new and has_learned:
            raise BadRequest(
                translatable(
                    "There is a run called {title}; choose it to continue it, or another name.", title=settings.title
                )
            )
        if is_active:
            raise BadRequest(
                translatable(
                    "{title} is still being trained; wait for its end, or choose another name.", title=settings.title
                )
            )
        if earlier is not None and has_learned:
            if earlier.images != settings.images:
                raise BadRequest(
                    translatable("{title} has learned from other pictures; choose another name.", title=settings.title)
                )
            if _reset_changeable(earlier) != _reset_changeable(settings):
                raise BadRequest(
                    translatable("{title} was started with other settings; choose another name.", title=settings.title)
                )
            is_done = state is not None and state.status == "done"
            if is_done and settings.samples <= earlier.samples and self._find_products(earlier):
                raise BadRequest(
                    translatable(
                        "{title} is finished: all {count} samples are trained; raise the samples to train on, or "
                        "choose another name.",
                        title=settings.title,
                        count=earlier.samples,
                    )
                )
        atomic_files.write(self.folder / SETTINGS, json.dumps(asdict(settings)).encode())
        (self.folder / STOP).unlink(missing_ok=True)
        # Until the process writes its state, a resumed run would be shown as paused, and a new one that is paused at
        # once as failed.
        preparing = replace(state or LiveState(), status="preparing", error="")
        if earlier is None or _reset_changeable(earlier) != _reset_changeable(settings):
            preparing = replace(preparing, encoded=0, images=0)
        atomic_files.write(self.folder / LIVE, preparing.to_json())
        command = [sys.executable, "-P", "-m", "gdm_studio.studio.training_process", str(self.folder)]
        root = str(Path(gdm_studio.__file__).parent.parent)
        others = os.environ.get("PYTHONPATH")
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([root, others] if others else [root])}
        # The process survives the window and the terminal from which the window was started.
        apart: dict[str, Any] = {"start_new_session": True}
        if sys.platform == "win32":
            apart = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
        try:
            self._process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=None, **apart
            )
        except OSError as error:
            if state is None:
                (self.folder / LIVE).unlink(missing_ok=True)
            else:
                atomic_files.write(self.folder / LIVE, state.to_json())
            raise StorageError(f"Training cannot be started: {error.strerror or error}; try again.") from error

    def set_keeps_running(self, keeps_running: bool) -> None:
        """Set whether the training process continues after the window is closed. Raises StorageError."""
        settings = self.settings
        if settings is not None and settings.keeps_running != keeps_running:
            changed = replace(settings, keeps_running=keeps_running)
            atomic_files.write(self.folder / SETTINGS, json.dumps(asdict(changed)).encode())

    def request_stop(self) -> None:
        """Ask the training process to save a checkpoint and to end after the current step. Raises StorageError."""
        atomic_files.write(self.folder / STOP, b"")

    def end_preparation(self) -> None:
        """Wait until the training process, which was asked to stop, has ended or has computed a step since its start.

        It is killed if it computes no step within PREPARING_SECONDS. After a step, it ends by itself and loses nothing.
        """
        began = time.monotonic()
        while self.is_active and not self._is_training:
            if time.monotonic() - began >= PREPARING_SECONDS:
                self._kill()
                break
            time.sleep(WAIT_SECONDS)

    def wait(self, seconds: float = STOP_SECONDS) -> None:
        """Wait until the training process has ended. It is killed after `seconds`, or after PREPARING_SECONDS if it has
        computed no step by then.
        """
        began = time.monotonic()
        self.end_preparation()
        while self.is_active and time.monotonic() - began < seconds:
            time.sleep(WAIT_SECONDS)
        self._kill()

    def _kill(self) -> None:
        """End the training process at once, also if it was started by an earlier window or by the command line."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        elif pid := holder_of(self.folder / LOCK):
            with suppress(OSError):
                os.kill(pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)

    def state(self) -> LiveState | None:
        """Return the progress that the training process last wrote into the run's folder, or None if there is none."""
        return LiveState.load(self.folder)

    def finding(self) -> Finding:
        """Return the last diagnosis of the training: the problems found in its progress, and the number of samples that
        copy training images.
        """
        return Finding.load(self.folder)

    def sheets(self) -> list[Path]:
        """Return the image files ("sheets") with sample images that the training has saved, oldest first."""
        return sheets_of(self.folder)

    def install(self) -> Path:
        """Copy the trained LoRA or model into the models folder, so that it can be used, and return its file there.

        Raises StudioError. A different file or folder of the same name is kept, and the copy's name gets a number.
        """
        settings = self.settings
        products = self._find_products(settings) if settings is not None else []
        if settings is None or not products:
            raise BadRequest("There is no model yet; wait for the first pictures.")
        is_lora = settings.method == LORA
        suffix = products[0].suffix if is_lora else ""
        folder = paths.models_dir() / ("" if is_lora else TRAINED)
        part = folder / f".{secrets.token_hex(16)}{atomic_files.PART}"
        new = part / products[0].name if is_lora else part
        try:
            atomic_files.make_folder(part)
            for product in products:
                shutil.copyfile(product, part / product.name)
            named = (folder / name for name in atomic_files.numbered_names(settings.title, suffix))
            target = next(path for path in named if _is_copy(path, new) or not os.path.lexists(path))
            if not os.path.lexists(target):
                target = atomic_files.NewFile(folder, atomic_files.numbered_names(settings.title, suffix)).take(new)
                atomic_files.sync_folder(folder)
        except OSError as error:
            raise atomic_files.storage_error(folder, error) from error
        finally:
            shutil.rmtree(part, ignore_errors=True)
        return target if is_lora else target / products[0].name

    def _find_products(self, settings: TrainingSettings) -> list[Path]:
        """Return the files of the LoRA or model that the training saved most recently, or [] if there are none yet."""
        folder = self.folder / settings.title if settings.method == FINE_TUNE else self.folder
        first = folder / f"{settings.title}.safetensors"
        if not first.is_file():
            return []
        others = folder.iterdir() if settings.method == FINE_TUNE else folder.glob("*.safetensors")
        return [first, *(each for each in sorted(others) if each != first and each.is_file())]


def _is_copy(target: Path, source: Path) -> bool:
    """Return True if two files or folders have the same content."""
    if source.is_file():
        return target.is_file() and filecmp.cmp(target, source, shallow=False)
    names = {each.name for each in source.iterdir()}
    if not target.is_dir() or {each.name for each in target.iterdir()} != names:
        return False
    return set(filecmp.cmpfiles(target, source, names, shallow=False)[0]) == names


def _reset_changeable(settings: TrainingSettings) -> TrainingSettings:
    """Return a copy of the training settings for comparison. Settings that may change when the training resumes are
    reset.
    """
    return replace(settings, samples=0, prompts="", sheet_minutes=0.0, learning_rate=0.0, keeps_running=False)


def read_prompt(path: Path) -> str:
    """Return the prompt in an image file that any supported tool wrote, or "" if there is none."""
    # Opening the window does not need the readers of all tools.
    from gdm_studio.gallery.metadata import read

    try:
        return str(read(path).fields.get("prompt", ""))
    except StorageError:
        return ""


def training_dir() -> Path:
    """Return the folder that contains all training runs."""
    return paths.data_dir() / "training"


def training_runs() -> list[TrainingRun]:
    """Return all training runs, newest first. Folders without readable settings are left out."""
    try:
        folders = [each for each in training_dir().iterdir() if not each.name.startswith(".")]
    except OSError:
        return []
    runs = [run for run in map(TrainingRun, folders) if run.settings is not None]
    return sorted(runs, key=lambda run: run.changed, reverse=True)[:MOST_RUNS]


def training_run(title: str) -> TrainingRun:
    """Return the training run of the LoRA or model named `title`.

    Raises BadRequest for an unusable name such as "..".
    """
    check_title(title)
    return TrainingRun(training_dir() / title)
