"""Base classes of training recipes.

A recipe defines everything specific to a network, and `loop.train` runs it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar, Generic, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gdm_studio.training.data.dataset import SUBSETS
from gdm_studio.training.ema import Ema
from gdm_studio.training.options import Option
from gdm_studio.training.schedule import Schedule

# The state that a recipe trains, such as networks, a tokenizer or the paths of a teacher.
Model = TypeVar("Model")

CHECKPOINT = "checkpoint.pt"
# The time between two checkpoints: a crash loses at most a minute.
SAVE_SECONDS = 60.0

Data = Annotated[Path, Option("Pictures", "output folder of `gdm-studio data icons`")]
Samples = Annotated[int, Option("Samples", "total number of training samples, including before a restart", 1)]
Batch = Annotated[int, Option("Batch", "samples per step", 1, 65_536)]
LearningRate = Annotated[float, Option("Learning rate", "maximum learning rate", 0, 10)]
Warmup = Annotated[int, Option("Warm-up", "samples over which the learning rate rises")]
Cooldown = Annotated[int, Option("Cool-down", "samples at the end over which the rate falls to zero")]
Halflife = Annotated[float, Option("Half-life", "half-life of the weight average, in samples", 1)]
Optimizers = Annotated[str, Option("Optimizer", "optimizer of the weights", choices=("adamw", "muon"))]
Subset = Annotated[str, Option("Subset", "images to train on", choices=SUBSETS)]
Device = Annotated[str, Option("Device", "training device", choices=("cpu", "cuda"))]
Threads = Annotated[int, Option("Threads", "CPU threads that share a batch", 1, 1024)]
Seed = Annotated[int, Option("Seed", "seed of initial weights and random draws", 0, 2**63 - 1)]


@dataclass(frozen=True)
class Progress:
    """Progress of training after a step.

    `losses` are tensors on the training device; reading their values waits for the device.
    """

    phase: str
    # The number of the step within its phase.
    step: int
    # The number of samples seen so far. The phase has `samples` of them in total.
    seen: int
    samples: int
    losses: Mapping[str, Tensor] = field(default_factory=dict)

    @property
    def loss(self) -> float:
        """The sum of the losses."""
        return sum(float(loss) for loss in self.losses.values())


@dataclass(frozen=True)
class Objective:
    """A loss with the parameters that it trains and their optimizers.

    A step optimises the objectives of its phase in order, all with the same batch. Most phases have a single objective.
    Adversarial training has two, for the discriminator and for the generator, with separate parameters.
    """

    name: str
    # A function that is called with the tensors of a batch and returns the mean loss.
    loss: Callable[..., Tensor]
    parameters: Sequence[nn.Parameter]
    optimizers: Sequence[torch.optim.Optimizer]
    # True if a batch may be split between threads, since its loss is the mean of the losses of its parts.
    splits: bool = True


@dataclass(frozen=True, kw_only=True)
class Phase(ABC, Generic[Model]):
    """Phase of a training run: batches, objectives and learning rate."""

    name: ClassVar[str]

    samples: Samples
    batch: Batch
    learning_rate: LearningRate
    warmup: Warmup
    seed: Seed = 0

    @property
    def schedule(self) -> Schedule:
        """Learning-rate schedule. By default the rate falls in the second half."""
        return Schedule(self.samples, self.warmup, self.samples // 2)

    @property
    def draw_seed(self) -> int:
        """Seed of the batches."""
        return self.seed

    @abstractmethod
    def draw(self, model: Model, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        """Return the batch of a step, as CPU tensors with the same first axis.

        All randomness must come from `rng`, which depends only on the seed and the step, so that a resumed run gives
        the same weights as an uninterrupted one.
        """

    @abstractmethod
    def objectives(self, model: Model) -> Sequence[Objective]:
        """Return the objectives of the phase, with new optimizers."""

    def average(self, model: Model) -> Ema | None:
        """Return a new moving average of the weights, or None if the phase does not use one."""
        return None


@dataclass(frozen=True, kw_only=True)
class Recipe(Phase[Model]):
    """Options and input files of a training run. Most recipes are also their only phase.

    Fields annotated with an `Option` are command-line options.
    """

    # The name of the file that `finish` writes.
    product: ClassVar[str] = CHECKPOINT

    # True if a sample sheet is written before the first step too.
    starts_with_sheet: ClassVar[bool] = False

    device: Device = "cpu"
    threads: Threads = 1

    @property
    def phases(self) -> Sequence[Phase[Model]]:
        """The phases of the run, in order."""
        return (self,)

    @property
    def sheet_seconds(self) -> float:
        """Time between sample sheets in seconds, or 0 for none."""
        return 0.0

    @property
    def save_seconds(self) -> float:
        """The time between checkpoints in seconds."""
        return SAVE_SECONDS

    def prepare(self, out: Path) -> Iterator[Progress]:
        """Create files in `out` that the model needs, unless they exist, yielding the progress."""
        return iter(())

    @abstractmethod
    def model(self, out: Path) -> Model:
        """Return new networks on the CPU. They may use files that `prepare` created in `out`."""

    @abstractmethod
    def modules(self, model: Model) -> Mapping[str, nn.Module]:
        """Return the networks to move to the device and to save in checkpoints, by name."""

    @property
    def notes(self) -> Sequence[str]:
        """Sentences about the input files, for the log. Read after the model is created."""
        return ()

    def initialise(self, model: Model) -> int:
        """Initialise new networks, for example from another model.

        Returns the number of samples that these weights were trained on.
        """
        return 0

    def fixed_settings(self, model: Model) -> dict[str, Any]:
        """Return the settings that must be unchanged when a checkpoint is resumed, such as sizes and styles."""
        return {}

    def figures(self, model: Model) -> dict[str, float]:
        """Return the measurements that are logged before the first step and after the last one."""
        return {}

    def paired_errors(self, model: Model) -> tuple[str, NDArray[np.float64]] | None:
        """Return the errors of fixed units, with their key, for the comparison of runs; None for no comparison."""
        return None

    def write_sheet(self, model: Model, out: Path, seen: int) -> None:  # noqa: B027 - most recipes have none
        """Write a sample sheet to `out`, generated with the averaged weights after `seen` samples."""

    def finish(self, model: Model, out: Path, seen: int) -> None:  # noqa: B027 - some only have a checkpoint
        """Write the file `product` to `out`, with averaged weights if there are any."""

    @property
    def settings(self) -> dict[str, Any]:
        """All fields except file paths, for the log."""
        return {name: value for name, value in asdict(self).items() if not isinstance(value, Path | None)}


@dataclass(frozen=True, kw_only=True)
class CooldownRecipe(Recipe[Model]):
    """Recipe whose learning rate stays at its maximum until the last `cooldown` samples."""

    cooldown: Cooldown

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.samples, self.warmup, self.cooldown)
