"""The training loop, for every recipe: steps, averages, checkpoints, log, sheets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Generic

import numpy as np
import torch
from torch import Tensor

from gdm_studio.atomic import make_folder
from gdm_studio.errors import StorageError
from gdm_studio.training.checkpoint import load_checkpoint, save_checkpoint
from gdm_studio.training.log import Every, Log
from gdm_studio.training.optim import set_rate
from gdm_studio.training.recipe import CHECKPOINT, Model, Phase, Progress, Recipe
from gdm_studio.training.schedule import step_rng
from gdm_studio.training.shards import ShardedGradients

LOG = "log.jsonl"
SAVE_SECONDS = 180.0
LONGEST_GRADIENT = 1.0  # norm beyond which a gradient is cut


def train(
    recipe: Recipe[Any],
    out: Path,
    *,
    resume: bool = True,
    stopped: Callable[[], bool] = lambda: False,
    say: Callable[[str], object] = lambda line: None,
) -> Iterator[Progress]:
    """Train into the folder `out`, a step at every `next`; `say` gets what is written to the log.

    It goes on from the checkpoint in `out`, to the same weights as an unbroken run, unless `resume` is false. Once
    `stopped()`, it ends after the step in hand with a checkpoint, and with what has been learned so far written;
    closing the iterator only leaves a checkpoint. Raises StudioError where something is missing, or a checkpoint is
    of another run.
    """
    log = Log(out / LOG, say)
    for progress in recipe.prepare(out):
        log.follow(progress)
        yield progress
        if stopped():
            return
    run = Run(recipe, out, load_checkpoint(out / CHECKPOINT) if resume else None)
    log.write(recipe=recipe.name, step=run.step, seen=run.seen, **recipe.settings)
    if run.is_new:
        _measure(recipe, run, log)
    while True:
        yield from _learn(run, log, stopped)
        if run.is_last or stopped():
            break
        run.turn_over()
    if not run.is_last:
        return
    with run.averaged():
        recipe.finish(run.model, out, run.seen)
        _measure(recipe, run, log)


def _measure(recipe: Recipe[Any], run: Run[Any], log: Log) -> None:
    if figures := recipe.figures(run.model):
        log.write(step=run.step, **figures)


def _learn(run: Run[Any], log: Log, stopped: Callable[[], bool]) -> Iterator[Progress]:
    """The steps of the run's phase that are left."""
    save, sheet = Every(SAVE_SECONDS), Every(run.recipe.sheet_seconds)
    try:
        while run.seen < run.phase.samples and not stopped():
            progress = run.take_step()
            log.follow(progress)
            if save.due():
                run.save()
            if run.is_last and sheet.due():
                with run.averaged():
                    run.recipe.sheet(run.model, run.out, run.seen)
            yield progress
    except GeneratorExit:
        run.save()
        raise
    run.save()


class Run(Generic[Model]):
    """Networks in training: where they are, and their checkpoint."""

    place: int  # of the phase among the recipe's
    phase: Phase[Model]
    learner: Learner[Model]
    step: int  # taken in this phase
    seen: int  # samples, in this phase

    def __init__(self, recipe: Recipe[Model], out: Path, state: dict[str, Any] | None) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe = recipe
        self.out = out
        self.model = recipe.model(out)
        for module in recipe.modules(self.model).values():
            module.to(recipe.device)
        self.is_new = state is None
        self.before = recipe.begin(self.model) if state is None else state.get("before", 0)  # samples, elsewhere
        make_folder(out)
        if state is None:
            self._enter(0)
        else:
            self._resume(state)

    @property
    def is_last(self) -> bool:
        """Whether no phase comes after this one."""
        return self.phase is self.recipe.phases[-1]

    def turn_over(self) -> None:
        """Goes to the next phase, and saves: a kill from now on does not cost the one that is over."""
        self._enter(self.place + 1)
        self.save()

    def take_step(self) -> Progress:
        """Learns from one more batch."""
        losses = self.learner.step(self.step, self.seen)
        self.step, self.seen = self.step + 1, self.seen + self.phase.batch
        if self.learner.average is not None:
            self.learner.average.update(self.phase.batch, self.seen)
        return Progress(self.phase.name, self.step, self.seen, self.phase.samples, losses)

    def averaged(self) -> AbstractContextManager[None]:
        """Within, the networks have the average of their weights, where one is kept."""
        return nullcontext() if self.learner.average is None else self.learner.average.swapped()

    def save(self) -> None:
        """Writes the checkpoint. Raises StorageError."""
        average = self.learner.average
        save_checkpoint(self.out / CHECKPOINT, {
            "recipe": self.recipe.name,
            **self.recipe.identity(self.model),
            "phase": self.phase.name,
            "step": self.step,
            "seen": self.seen,
            "before": self.before,
            "modules": {name: module.state_dict() for name, module in self.recipe.modules(self.model).items()},
            "ema": None if average is None else average.averages,
            "optimizers": [optimizer.state_dict() for optimizer in self.learner.optimizers],
        })

    def _enter(self, place: int) -> None:
        self.place = place
        self.phase = self.recipe.phases[place]
        self.learner = Learner(self.phase, self.model, self.recipe)
        self.step = self.seen = 0

    def _resume(self, state: dict[str, Any]) -> None:
        """Takes over the checkpoint. Version 0.1.0 named no phase but the last, and kept networks beside the rest."""
        path = self.out / CHECKPOINT
        self._refuse_other(state, path)
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
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            raise StorageError(
                f"The checkpoint {path} does not fit these networks and this optimizer; remove it to begin again, or "
                "choose another --out."
            ) from error

    def _refuse_other(self, state: dict[str, Any], path: Path) -> None:
        """Raises StorageError where the checkpoint was begun by another recipe, or with networks of another kind."""
        mine = {"recipe": self.recipe.name, **self.recipe.identity(self.model)}
        known = _flat({name: state[name] for name in mine if name in state})
        for name, value in _flat({name: mine[name] for name in mine if name in state}).items():
            if known.get(name) != value:
                raise StorageError(
                    f"The checkpoint {path} was begun with other settings ({name}: {known.get(name)}, now {value}); "
                    "remove it to begin again, or choose another --out."
                )


class Learner(Generic[Model]):
    """A phase with its networks, gradients and optimizers."""

    def __init__(self, phase: Phase[Model], model: Model, recipe: Recipe[Model]) -> None:
        self.phase = phase
        self.model = model
        self.device = torch.device(recipe.device)
        self.average = phase.average(model)
        self.objectives = phase.objectives(model)
        self.optimizers = [optimizer for objective in self.objectives for optimizer in objective.optimizers]
        shares = recipe.threads if self.device.type == "cpu" else 1
        self.gradients = [ShardedGradients(each.parameters, shares if each.splits else 1) for each in self.objectives]

    def step(self, step: int, seen: int) -> dict[str, Tensor]:
        """One update by each objective; returns their losses before it."""
        rng = step_rng(self.phase.draw_seed, step)
        torch.manual_seed(_torch_seed(self.phase.draw_seed, step))
        batch = [part.to(self.device, non_blocking=True) for part in self.phase.draw(self.model, rng, step)]
        set_rate(self.optimizers, self.phase.learning_rate * self.phase.schedule(seen))
        losses = {}
        for objective, gradients in zip(self.objectives, self.gradients, strict=True):
            losses[objective.name] = gradients(objective.loss, *batch)
            torch.nn.utils.clip_grad_norm_(gradients.parameters, LONGEST_GRADIENT)
            for optimizer in objective.optimizers:
                optimizer.step()
            for parameter in gradients.parameters:  # fused steps count no version, by which layers know what they keep
                torch.autograd.graph.increment_version(parameter)
        return losses


def _torch_seed(seed: int, step: int) -> int:
    """For what torch draws by itself, such as dropout."""
    return int(np.random.SeedSequence([seed, step]).generate_state(1, np.uint64)[0] >> 1)


def _flat(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings with those of networks beside them, each under its own name."""
    flat = {name: value for name, value in settings.items() if not isinstance(value, dict)}
    return flat | {name: value for part in settings.values() if isinstance(part, dict) for name, value in part.items()}
