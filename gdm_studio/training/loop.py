"""Training loop of all recipes: optimisation steps, weight averages, checkpoints, log and sample sheets."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Generic

import numpy as np
import torch
from torch import Tensor

from gdm_studio.common.atomic_files import make_folder, storage_error
from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.training import distributed, run_comparison
from gdm_studio.training.checkpoint import load_checkpoint, save_checkpoint
from gdm_studio.training.gradient_shards import ShardedGradients
from gdm_studio.training.learning_rate_schedule import step_rng
from gdm_studio.training.log import IntervalTimer, Log
from gdm_studio.training.optim import set_rate
from gdm_studio.training.options import changed_option, fixed_options
from gdm_studio.training.recipe import CHECKPOINT, Model, Phase, Progress, Recipe

LOG = "log.jsonl"


class FinishedRun(BadRequest):
    """Error for a finished run that is started again, and has no samples left to train on."""


# The minimum time between two sheets, as a multiple of the time that a sheet takes.
SHEET_REST = 6.0
# The maximum norm of gradients. Larger gradients are clipped.
MAX_GRADIENT_NORM = 1.0


def train(
    recipe: Recipe[Any],
    out: Path,
    *,
    resume: bool = True,
    should_stop: Callable[[], bool] = lambda: False,
    on_log: Callable[[str], object] = lambda line: None,
) -> Iterator[Progress]:
    """Train the networks of a recipe in the folder `out`, and yield the progress of each step.

    `on_log` receives the lines of the log. Training resumes from a checkpoint in `out` unless `resume` is False, and
    gives the same weights as an uninterrupted run. When `should_stop()` returns True or the iterator is closed, a
    checkpoint is saved after the current step and training ends. Before the first step, it ends without a checkpoint,
    and the next call resumes the preparation. Under `torchrun`, all processes call this function, and the first one
    writes the files (see `distributed`). Raises StudioError if a file is missing, or if the checkpoint belongs to
    another run, and FinishedRun if nothing is left to train. A run that is refused changes no file.
    """
    remarks: list[str] = []
    state = load_checkpoint(out / CHECKPOINT, remarks.append) if resume else None
    if state is not None:
        _check_resumable(recipe, out, state)
    log = Log(out / LOG, on_log, is_enabled=distributed.is_first())
    is_stopped = False

    def should_end() -> bool:
        return should_stop() or recipe.is_time_up

    for progress in recipe.prepare(out) if distributed.is_first() else ():
        log.follow(progress)
        yield progress
        if is_stopped := should_stop():
            break
    # The other processes wait here for the files that the first one prepares.
    if distributed.any_true(is_stopped):
        return
    run = Run(recipe, out, state)
    # The checkpoint is as large as the networks and their optimizers.
    del state
    log.write(recipe=recipe.name, step=run.step, seen=run.seen, **recipe.settings)
    for note in (*remarks, *recipe.problems.sentences()):
        log.write(note=note)
    if run.is_new:
        _measure(recipe, run, log)
        if recipe.starts_with_sheet and recipe.sheet_seconds and distributed.is_first():
            with _log_write_errors(log):
                recipe.write_sheet(run.model, out, 0)
        # A checkpoint would replace the files of the preparation.
        if distributed.any_true(should_stop()):
            return
    while True:
        yield from _train(run, log, should_end)
        if run.is_last or distributed.any_true(should_end()):
            break
        run.next_phase()
    if not run.is_last or not distributed.is_first():
        return
    with run.averaged():
        recipe.finish(run.model, out, run.seen)
        _measure(recipe, run, log)
    if run.seen >= run.phase.samples:
        # A process that is killed before this checkpoint writes the product again when it is restarted.
        run.save(is_finished=True)


def _check_resumable(recipe: Recipe[Any], out: Path, state: Mapping[str, Any]) -> None:
    """Raise StorageError if a recipe has other options than the run of a checkpoint, and FinishedRun if all its samples
    are trained and its product exists. Checkpoints of earlier versions contain no options.
    """
    path = out / CHECKPOINT
    saved, now = state.get("options", {}), fixed_options(recipe, out)
    if state.get("recipe") == recipe.name and (name := changed_option(saved, now)):
        raise _build_settings_error(path, name, saved[name], now[name])
    trained = state.get("finished", 0)
    is_trained = trained and state["phase"] == recipe.name and state["seen"] >= recipe.samples
    if is_trained and (out / recipe.product).exists():
        raise FinishedRun(
            f"{out} is finished: all {trained} samples are trained; raise --samples, or choose another --out."
        )


def _build_settings_error(path: Path, name: str, saved: Any, now: Any) -> StorageError:
    if isinstance(now, list) and isinstance(saved, list):
        # The first spelling of a path is absolute.
        saved, now = saved[0], now[0]
    return StorageError(
        f"The checkpoint {path} has other settings ({name}: {saved}, now {now}); delete it to start again, or choose "
        "another --out."
    )


def _measure(recipe: Recipe[Any], run: Run[Any], log: Log) -> None:
    if distributed.is_first() and (figures := recipe.figures(run.model)):
        log.write(step=run.step, samples=run.seen, **figures)


def _train(run: Run[Any], log: Log, should_stop: Callable[[], bool]) -> Iterator[Progress]:
    """Train for the remaining steps of the current phase and yield the progress. Checkpoints and sample sheets are
    saved at intervals.
    """
    save = IntervalTimer(run.recipe.save_seconds)
    sheet = IntervalTimer(run.recipe.sheet_seconds)
    try:
        while run.seen < run.phase.samples and not distributed.any_true(should_stop()):
            progress = run.take_step()
            log.follow(progress)
            with _log_write_errors(log):
                run.measure_pairs()
                if run.is_measurement_due:
                    with run.averaged():
                        _measure(run.recipe, run, log)
            is_sheet_due = run.is_last and distributed.is_first() and sheet.restart_if_due()
            # A sheet takes a while, during which a crash must not lose the steps since the last checkpoint.
            if save.restart_if_due() or is_sheet_due:
                run.save()
            if is_sheet_due:
                began = time.monotonic()
                with _log_write_errors(log), run.averaged():
                    run.recipe.write_sheet(run.model, run.out, run.seen)
                # On a busy computer, sheets would otherwise take more time than the training.
                sheet.postpone(SHEET_REST * (time.monotonic() - began))
            yield progress
    except GeneratorExit:
        run.save()
        raise
    run.save()


@contextmanager
def _log_write_errors(log: Log) -> Iterator[None]:
    """Context manager that logs a failure to write a file that only shows the progress, so that training continues."""
    try:
        yield
    except StorageError as error:
        log.write(note=str(error))
    except OSError as error:
        log.write(note=str(storage_error(log.path, error)))


class Run(Generic[Model]):
    """State of a training run in memory: its networks, current phase, progress and checkpoint file."""

    # The index of the current phase in the recipe.
    phase_index: int
    phase: Phase[Model]
    learner: Learner[Model]
    # The number of steps taken in this phase.
    step: int
    # The number of samples seen in this phase.
    seen: int
    # The step of the checkpoint on disk, or 0 if there is none.
    saved: int = 0

    def __init__(self, recipe: Recipe[Model], out: Path, state: dict[str, Any] | None) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe = recipe
        self.out = out
        self.model = recipe.model(out)
        for module in recipe.modules(self.model).values():
            module.to(recipe.device)
        self.is_new = state is None
        # The number of samples on which the initial weights had been trained before this run.
        self.before = recipe.initialise(self.model) if state is None else state.get("before", 0)
        make_folder(out)
        if state is None:
            self._enter(0)
        else:
            self._resume(state)

    @property
    def is_last(self) -> bool:
        """True if the current phase is the last one of the recipe."""
        return self.phase is self.recipe.phases[-1]

    def next_phase(self) -> None:
        """Save a checkpoint and start the next phase of the training recipe.

        Thanks to the checkpoint, a killed process does not lose the finished phase.
        """
        self._enter(self.phase_index + 1)
        self.save()

    def take_step(self) -> Progress:
        """Train on one batch, update the averaged weights, and return the progress."""
        losses = self.learner.step(self.step, self.seen)
        self.step, self.seen = self.step + 1, self.seen + self.phase.batch
        if self.learner.average is not None:
            self.learner.average.update(self.phase.batch, self.seen)
        return Progress(self.phase.name, self.step, self.seen, self.phase.samples, losses)

    def averaged(self) -> AbstractContextManager[None]:
        """Return a context manager in which the networks use their averaged weights, if the recipe averages them."""
        return nullcontext() if self.learner.average is None else self.learner.average.swapped()

    @property
    def is_measurement_due(self) -> bool:
        """True if the last phase has just passed a multiple of the samples after which figures are measured."""
        interval = self.recipe.measure_samples
        return self.is_last and interval > 0 and self.seen // interval > (self.seen - self.phase.batch) // interval

    def measure_pairs(self) -> None:
        """Measure the errors on a fixed set of images and noise, for comparing training runs, and save them in the
        run's folder.

        They are measured each time the number of samples has grown by a constant factor.
        """
        before = sum(phase.samples for phase in self.recipe.phases[: self.phase_index])
        seen = before + self.seen
        index = run_comparison.index_of(seen)
        if not distributed.is_first() or index == run_comparison.index_of(seen - self.phase.batch):
            return
        with self.averaged():
            found = self.recipe.paired_errors(self.model)
        if found is not None:
            run_comparison.append(self.out, index, seen, *found)

    def save(self, *, is_finished: bool = False) -> None:
        """Write a checkpoint for resuming the training, in the first process only. Raises StorageError.

        With `is_finished`, it also says that all samples are trained and the product is written.
        """
        if not distributed.is_first():
            return
        self.recipe.clear_preparation(self.out)
        average = self.learner.average
        state = {
            "recipe": self.recipe.name,
            **self.recipe.fixed_settings(self.model),
            "phase": self.phase.name,
            "step": self.step,
            "seen": self.seen,
            "before": self.before,
            "options": fixed_options(self.recipe, self.out),
            "finished": sum(each.samples for each in self.recipe.phases) if is_finished else 0,
            "modules": {name: module.state_dict() for name, module in self.recipe.modules(self.model).items()},
            "ema": None if average is None else average.averages,
            "optimizers": [optimizer.state_dict() for optimizer in self.learner.optimizers],
            "pictures": dict(self.recipe.picture_digests),
        }
        try:
            save_checkpoint(self.out / CHECKPOINT, state)
        except StorageError as error:
            reason = str(error).removesuffix(".")
            resumes = f"resumes from step {self.saved}" if self.saved else "has no checkpoint yet"
            raise StorageError(f"{reason}; training is paused at step {self.step}, and {resumes}.") from error
        self.saved = self.step

    def _enter(self, phase_index: int) -> None:
        self.phase_index = phase_index
        self.phase = self.recipe.phases[phase_index]
        self.learner = Learner(self.phase, self.model, self.recipe)
        self.step = self.seen = 0

    def _resume(self, state: dict[str, Any]) -> None:
        """Restore networks, optimisers and progress of the training run from the content of a checkpoint.

        Checkpoints of version 0.1.0 have a single unnamed phase, and the networks as top-level entries.
        """
        path = self.out / CHECKPOINT
        self._check_same_run(state, path)
        try:
            names = [phase.name for phase in self.recipe.phases]
            self._enter(names.index(state.get("phase", names[-1])))
            modules = state.get("modules", state)
            for name, module in self.recipe.modules(self.model).items():
                module.load_state_dict(modules[name])
            saved = state["optimizers"] if "optimizers" in state else [state["optimizer"]]
            for optimizer, each in zip(self.learner.optimizers, saved, strict=True):
                optimizer.load_state_dict(each)
            if self.learner.average is not None:
                self.learner.average.load(state["ema"])
            self.step = state["step"]
            self.seen = state.get("seen", self.step * self.phase.batch)
            self.saved = self.step
            self.recipe.problems.changed = _count_changes(state.get("pictures"), self.recipe.picture_digests)
        except (LookupError, TypeError, ValueError, RuntimeError, AttributeError) as error:
            raise StorageError(
                f"The checkpoint {path} does not fit these networks and this optimizer; delete it to start again, or "
                "choose another --out."
            ) from error

    def _check_same_run(self, state: dict[str, Any], path: Path) -> None:
        """Raise StorageError if the checkpoint comes from another recipe, or from networks with other settings."""
        mine = {"recipe": self.recipe.name, **self.recipe.fixed_settings(self.model)}
        saved = _flatten({name: state[name] for name in mine if name in state})
        for name, value in _flatten({name: mine[name] for name in mine if name in state}).items():
            if saved.get(name) != value:
                raise _build_settings_error(path, name, saved.get(name), value)


class Learner(Generic[Model]):
    """Optimisation of one training phase: its objectives, gradients, optimisers and averaged weights."""

    def __init__(self, phase: Phase[Model], model: Model, recipe: Recipe[Model]) -> None:
        self.phase = phase
        self.model = model
        self.device = torch.device(recipe.device)
        self.average = phase.average(model)
        self.objectives = phase.objectives(model)
        self.optimizers = [optimizer for objective in self.objectives for optimizer in objective.optimizers]
        shares = recipe.threads if self.device.type == "cpu" else 1
        self.gradients = [
            ShardedGradients(each.parameters, shares if each.splits else 1, splits=each.splits)
            for each in self.objectives
        ]

    def step(self, step: int, seen: int) -> dict[str, Tensor]:
        """Draw a training batch, and update the weights once for each objective of the phase.

        Returns the losses before the updates, by objective name.
        """
        rng = step_rng(self.phase.draw_seed, step)
        torch.manual_seed(_draw_torch_seed(self.phase.draw_seed, step))
        batch = [part.to(self.device, non_blocking=True) for part in self.phase.draw(self.model, rng, step)]
        set_rate(self.optimizers, self.phase.learning_rate * self.phase.schedule(seen))
        losses = {}
        for objective, gradients in zip(self.objectives, self.gradients, strict=True):
            losses[objective.name] = gradients(objective.loss, *batch)
            torch.nn.utils.clip_grad_norm_(gradients.parameters, MAX_GRADIENT_NORM)
            for optimizer in objective.optimizers:
                optimizer.step()
            # Fused optimisers do not increment the version counter, which layers use for invalidating cached weights.
            for parameter in gradients.parameters:
                torch.autograd.graph.increment_version(parameter)
        return losses


def _draw_torch_seed(seed: int, step: int) -> int:
    """Return the seed for torch's global random generator in one training step, which determines dropout, for
    example.
    """
    return int(np.random.SeedSequence([seed, step]).generate_state(1, np.uint64)[0] >> 1)


def _count_changes(saved: Any, found: Mapping[str, str]) -> int:
    """Return how many training images were added, removed or changed since the checkpoint with the digests `saved`.
    Checkpoints of earlier versions have none.
    """
    if not isinstance(saved, dict):
        return 0
    return sum(saved.get(name) != found.get(name) for name in saved.keys() | found.keys())


def _flatten(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a run as a flat dict, with nested dicts such as network configurations merged into it, for
    comparing two runs.
    """
    flat = {name: value for name, value in settings.items() if not isinstance(value, dict)}
    return flat | {name: value for part in settings.values() if isinstance(part, dict) for name, value in part.items()}
