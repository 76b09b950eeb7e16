"""Entry point of training processes started by the window: `python -m gdm_studio.studio.training_process FOLDER`.

The folder contains `settings.json` with the settings of the run. The process writes its state into `live.json` about
once a second. When the file `stop` appears, the process saves a checkpoint and ends.
"""

from __future__ import annotations

import math
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio import preferences
from gdm_studio.common import error_log
from gdm_studio.common.atomic_files import write
from gdm_studio.common.errors import BadRequest, StorageError, StudioError
from gdm_studio.maths.numeric_parameters import check_number
from gdm_studio.studio.training import FINE_TUNE, TrainingRun, TrainingSettings, read_prompt
from gdm_studio.training.output_lock import output_lock
from gdm_studio.training.run_state_file import HELD_OUT, LIVE, POINTS, STOP, LiveState

if TYPE_CHECKING:
    from gdm_studio.training.captioned_folder import FolderProblems
    from gdm_studio.training.recipe import Phase, Recipe

# Seconds between two writes of the live state.
WRITE_SECONDS = 1.0
# Seconds over which the speed is averaged. They include several sheets, which take their share of the time.
SPEED_SECONDS = 600.0
# Seconds of training after which the speed is known. The first steps of a process can take far longer than others.
FEWEST_SPEED_SECONDS = 10.0
NICENESS = 10


def main() -> int:
    """Train a LoRA or a model with the settings stored in the folder, and write the progress to the folder.

    Returns 0 if the run is finished or was stopped. Returns 1 after an error, recorded in the live state, or if another
    process is training in the folder.
    """
    folder = Path(sys.argv[1])
    _lower_priority()
    try:
        with output_lock(folder):
            return _train_and_record(folder)
    except StudioError as error:
        # The live state belongs to the process that holds the lock.
        print(error, file=sys.stderr)
    return 1


def _train_and_record(folder: Path) -> int:
    """Train in a locked folder, and record success or an error in the progress file. Returns the exit status."""
    live = LiveWriter(folder)
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
    return 1


def _train(folder: Path, live: LiveWriter) -> None:
    from gdm_studio.engine import torch_startup

    torch_startup.prepare()

    import torch

    from gdm_studio.models.memory import devices

    settings = TrainingRun(folder).settings
    if settings is None:
        raise StorageError("The settings of this run are damaged; delete it, and start another one.")
    recipe = on_preferred_device(recipe_of(settings))
    torch.set_num_threads(recipe.threads)
    try:
        _follow(recipe, folder, live)
    except RuntimeError as error:
        if devices.is_out_of_memory(error):
            raise MemoryError from error
        raise


def _follow(recipe: Recipe[Any], folder: Path, live: LiveWriter) -> None:
    """Train with a recipe, and record the progress in the progress file until the training ends or the user
    stops it.
    """
    from gdm_studio.training.loop import FinishedRun, train

    stop = folder / STOP
    # Number of samples before each phase. The preparation before them is not counted.
    before = dict(zip((each.name for each in recipe.phases), _accumulate_samples(recipe.phases), strict=True))
    total = sum(each.samples for each in recipe.phases)
    # A finished run may have been started again with more samples, and then with fewer.
    with suppress(FinishedRun):
        for progress in train(recipe, folder, should_stop=stop.exists):
            live.follow_problems(recipe.problems)
            if progress.phase in before:
                seen = before[progress.phase] + min(progress.seen, progress.samples)
                live.follow(progress.step, seen, total, progress.loss)
            else:
                live.follow_preparation(progress.seen, progress.samples)
    live.save("paused" if stop.exists() else "done")


def _accumulate_samples(phases: Sequence[Phase[Any]]) -> Iterator[int]:
    return accumulate((each.samples for each in phases[:-1]), initial=0)


def recipe_of(settings: TrainingSettings) -> Recipe[Any]:
    """Return the training recipe for the settings of a run. Imports torch. Raises BadRequest for invalid settings."""
    return replace(_build_recipe(settings), read_prompt=read_prompt)


def _build_recipe(settings: TrainingSettings) -> Recipe[Any]:
    from gdm_studio import papers
    from gdm_studio.training.lora.fine_tune_recipe import FineTuneRecipe
    from gdm_studio.training.lora.recipe import LoraRecipe
    from gdm_studio.training.options import checked_options

    shared: dict[str, Any] = {"title": settings.title, "sheet_minutes": settings.sheet_minutes}
    if settings.learning_rate:
        shared["learning_rate"] = settings.learning_rate
    if not settings.is_system:
        options = shared | {"images": Path(settings.images), "base": settings.base}
        options |= {"samples": settings.samples, "prompts": settings.prompts}
        if settings.method == FINE_TUNE:
            return FineTuneRecipe(**checked_options(FineTuneRecipe, options))
        return LoraRecipe(**checked_options(LoraRecipe, options | {"rank": settings.rank}))
    from gdm_studio.papers.training.recipe import for_size, with_total_samples

    if settings.method not in papers.REGISTRY or papers.REGISTRY[settings.method].has_other_input:
        raise BadRequest(f"{settings.method} cannot be trained from a folder of images; choose another system.")
    kind = papers.recipe_of(settings.method)
    options = shared | for_size(kind, settings.size) | {"data": Path(settings.images), "hold_out": HELD_OUT}
    if settings.backbone:
        options["backbone"] = settings.backbone
    check_number("samples", settings.samples, 1, 1_000_000_000)
    return with_total_samples(kind(**checked_options(kind, options)), settings.samples)


def on_preferred_device(recipe: Recipe[Any]) -> Recipe[Any]:
    """Return a copy of the recipe that trains on the user's preferred device if this is an NVIDIA GPU, and otherwise on
    the CPU.

    A LoRA and fine-tuning then use as many CPU threads as the settings allow. The networks of systems are so small that
    their recipes limit the threads.
    """
    import torch

    from gdm_studio.models.memory import devices
    from gdm_studio.training.lora.recipe import LoraRecipe

    device = devices.resolve("auto")
    if device.type == "cuda":
        torch.cuda.set_device(device)
        return replace(recipe, device="cuda")
    threads = preferences.load().threads or devices.DEFAULT_THREADS
    return replace(recipe, threads=min(threads, recipe.batch)) if isinstance(recipe, LoraRecipe) else recipe


class LiveWriter:
    """Writer of the file that records the progress of a training run. It continues the file that an earlier process of
    the run has written.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = folder / LIVE
        self._clock = clock
        self._state = LiveState.load(folder) or LiveState()
        self._written_at = -math.inf
        self._recent: deque[tuple[float, int]] = deque()
        self._losses = list(self._state.losses)
        # Number of steps that a point of the curve averages. It doubles whenever the curve has too many points.
        self._steps_per_point = max(1, self._state.every)
        self._losses_of_point: list[float] = []

    def follow(self, step: int, seen: int, samples: int, loss: float) -> None:
        """Record the loss of a training step. The progress file is written after the first step, and then at most every
        WRITE_SECONDS.
        """
        now = self._clock()
        if self._state.status != "running":
            # A process that is asked to stop is killed unless it has taken a step.
            self._written_at = -math.inf
        self._recent.append((now, seen))
        # A single step can take longer.
        while len(self._recent) > 2 and now - self._recent[0][0] > SPEED_SECONDS:
            self._recent.popleft()
        while self._losses and self._losses[-1][0] >= seen:
            # A resumed run repeats the steps after its checkpoint.
            self._losses.pop()
        self._losses_of_point.append(loss)
        if len(self._losses_of_point) >= self._steps_per_point:
            self._losses.append((seen, sum(self._losses_of_point) / len(self._losses_of_point)))
            self._losses_of_point.clear()
        if len(self._losses) > POINTS:
            pairs = zip(self._losses[::2], self._losses[1::2], strict=False)
            self._losses = [(second[0], (first[1] + second[1]) / 2) for first, second in pairs]
            self._steps_per_point *= 2
        losses = tuple(self._losses)
        self._state = replace(
            LiveState("running", "", step, seen, samples, self._compute_speed(), self._steps_per_point, losses),
            left_out=self._state.left_out,
            first_left_out=self._state.first_left_out,
            changed=self._state.changed,
        )
        self._write_if_due(now)

    def follow_preparation(self, encoded: int, images: int) -> None:
        """Record the number of encoded training images. The progress file is written at most every WRITE_SECONDS."""
        self._state = replace(self._state, encoded=encoded, images=images)
        self._write_if_due(self._clock())

    def follow_problems(self, problems: FolderProblems) -> None:
        """Record the images that could not be read, and how many have changed. They are written together with the
        progress.
        """
        first = problems.unreadable[0].name if problems.unreadable else ""
        left_out = len(problems.unreadable)
        self._state = replace(self._state, left_out=left_out, first_left_out=first, changed=problems.changed)

    def save(self, state: str, *, error: str = "") -> None:
        """Write the progress file of the training run with a new status, such as "failed", and an error message."""
        self._state = self._state.with_status(state, error)
        self._write()

    def _compute_speed(self) -> float:
        """Return the training speed over the last steps, in samples per second, or 0 if unknown."""
        (began, first), (ended, last) = self._recent[0], self._recent[-1]
        return (last - first) / (ended - began) if ended - began >= FEWEST_SPEED_SECONDS else 0.0

    def _write_if_due(self, now: float) -> None:
        if now - self._written_at >= WRITE_SECONDS:
            self._written_at = now
            self._write()

    def _write(self) -> None:
        # A full disk loses this state and not the run, whose checkpoint reports the same problem.
        with suppress(StudioError):
            write(self._path, self._state.to_json(), durable=False)


def _lower_priority() -> None:
    """Lower the priority of this training process, so that it does not slow down other programs."""
    if sys.platform == "win32":
        import ctypes

        below_normal = 0x4000
        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), below_normal)
    else:
        os.nice(NICENESS)


if __name__ == "__main__":
    sys.exit(main())
