"""A recipe: everything about a training run that differs from one network to the next; `loop.train` does the rest."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar, Generic, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from gdm_studio.training.data.dataset import SUBSETS
from gdm_studio.training.ema import Ema
from gdm_studio.training.options import Option
from gdm_studio.training.schedule import Schedule

Model = TypeVar("Model")  # whatever a recipe has in hand while it learns: networks, a tokenizer, a teacher's paths

CHECKPOINT = "checkpoint.pt"

Data = Annotated[Path, Option("Pictures", "what `gdm-studio data icons` wrote")]
Samples = Annotated[int, Option("Samples", "to be seen in all, those before a restart included", 1)]
Batch = Annotated[int, Option("Batch", "samples of a step", 1, 65_536)]
LearningRate = Annotated[float, Option("Learning rate", "at its highest", 0, 10)]
Warmup = Annotated[int, Option("Warm-up", "samples over which the rate rises")]
Cooldown = Annotated[int, Option("Cool-down", "samples at the end over which the rate falls to zero")]
Halflife = Annotated[float, Option("Half-life", "of the average of the weights, in samples", 1)]
Optimizers = Annotated[str, Option("Optimizer", "what moves the weights", choices=("adamw", "muon"))]
Subset = Annotated[str, Option("Subset", "which pictures to learn", choices=SUBSETS)]
Device = Annotated[str, Option("Device", "where it learns", choices=("cpu", "cuda"))]
Threads = Annotated[int, Option("Threads", "that share a batch on the CPU", 1, 1024)]
Seed = Annotated[int, Option("Seed", "of the weights at the start and of everything drawn", 0, 2**63 - 1)]


@dataclass(frozen=True)
class Progress:
    """One step that was taken: the `step`-th of its phase, `seen` of the phase's `samples` having been seen.

    `losses` are numbers on the device that it learns on: to read one is to wait for it.
    """

    phase: str
    step: int
    seen: int
    samples: int
    losses: Mapping[str, Tensor] = field(default_factory=dict)

    @property
    def loss(self) -> float:
        """The sum of the losses."""
        return sum(float(loss) for loss in self.losses.values())


@dataclass(frozen=True)
class Objective:
    """A loss, the parameters that follow its gradient, and the optimizers that move them.

    A step goes through the objectives of its phase in their order, all with the same batch: one for most networks;
    for adversaries the discriminator's and then the generator's, each with parameters of its own.
    """

    name: str
    loss: Callable[..., Tensor]  # (*batch) -> the mean of the loss over it
    parameters: Sequence[nn.Parameter]
    optimizers: Sequence[torch.optim.Optimizer]
    splits: bool = True  # whether the loss of a batch is the mean of those of its parts


@dataclass(frozen=True, kw_only=True)
class Phase(ABC, Generic[Model]):
    """A part of a run: what is drawn for a step, what learns from it, and how fast."""

    name: ClassVar[str]

    samples: Samples
    batch: Batch
    learning_rate: LearningRate
    warmup: Warmup
    seed: Seed = 0

    @property
    def schedule(self) -> Schedule:
        """The learning rate's factor over the samples seen: in the second half it falls."""
        return Schedule(self.samples, self.warmup, self.samples // 2)

    @property
    def draw_seed(self) -> int:
        """Of what is drawn for the steps."""
        return self.seed

    @abstractmethod
    def draw(self, model: Model, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        """What step `step` learns from, on the CPU: tensors that share their first axis.

        Everything random is drawn from `rng`, which depends on the seed and the step alone: a run that goes on from
        a checkpoint makes the same weights as an unbroken one.
        """

    @abstractmethod
    def objectives(self, model: Model) -> Sequence[Objective]:
        """What is learned, with optimizers at their start."""

    def average(self, model: Model) -> Ema | None:
        """The average of the weights that is kept beside them, at its start; None for none."""
        return None


@dataclass(frozen=True, kw_only=True)
class Recipe(Phase[Model]):
    """Options and files that decide what a run makes, and how it is made.

    Most recipes are their own only phase. Fields annotated with an `Option` are options on the command line.
    """

    product: ClassVar[str] = CHECKPOINT  # what `finish` writes

    device: Device = "cpu"
    threads: Threads = 1

    @property
    def phases(self) -> Sequence[Phase[Model]]:
        """The parts of the run, in their order."""
        return (self,)

    @property
    def sheet_seconds(self) -> float:
        """The time between sheets; 0 for none."""
        return 0.0

    def prepare(self, out: Path) -> Iterator[Progress]:
        """Makes in `out` what has to be there before the model, if it is not there yet, piece by piece."""
        return iter(())

    @abstractmethod
    def model(self, out: Path) -> Model:
        """New networks on the CPU, with what `prepare` left in `out`."""

    @abstractmethod
    def modules(self, model: Model) -> Mapping[str, nn.Module]:
        """The networks that a checkpoint holds, which are those that the device has to hold."""

    def begin(self, model: Model) -> int:
        """Gives new networks what they begin with; returns the samples that they have seen before, elsewhere."""
        return 0

    def identity(self, model: Model) -> dict[str, Any]:
        """What a checkpoint has to agree in with the run that goes on from it: sizes, styles."""
        return {}

    def figures(self, model: Model) -> dict[str, float]:
        """What is measured before the first step and after the last."""
        return {}

    def sheet(self, model: Model, out: Path, seen: int) -> None:  # noqa: B027 - most recipes have none
        """Draws into `out` what the averaged weights make after `seen` samples."""

    def finish(self, model: Model, out: Path, seen: int) -> None:  # noqa: B027 - for some the checkpoint is all
        """Writes `product` into `out`, from the averaged weights where there are any."""

    @property
    def settings(self) -> dict[str, Any]:
        """The fields that are not files, for the log."""
        return {name: value for name, value in asdict(self).items() if not isinstance(value, Path | None)}


@dataclass(frozen=True, kw_only=True)
class CooledRecipe(Recipe[Model]):
    """One whose learning rate stays at its highest until the last `cooldown` samples."""

    cooldown: Cooldown

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.samples, self.warmup, self.cooldown)
