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

from gdm_studio.training.captioned_folder import FolderProblems, PromptReader, read_no_prompt
from gdm_studio.training.data.dataset import SUBSETS
from gdm_studio.training.ema import Ema
from gdm_studio.training.learning_rate_schedule import Schedule
from gdm_studio.training.options import Option

# The state that a recipe trains, such as networks, a tokenizer or the paths of a teacher.
Model = TypeVar("Model")

CHECKPOINT = "checkpoint.pt"
# The time between two checkpoints: a crash loses at most a minute.
SAVE_SECONDS = 60.0

Data = Annotated[Path, Option("Pictures", "output folder of `gdm-studio data icons`")]
Samples = Annotated[
    int, Option("Samples", "total number of training samples, including before a restart", 1, may_change=True)
]
Batch = Annotated[int, Option("Batch", "samples per step", 1, 65_536)]
LearningRate = Annotated[float, Option("Learning rate", "maximum learning rate", 0, 10, may_change=True)]
Warmup = Annotated[int, Option("Warm-up", "samples over which the learning rate rises", may_change=True)]
Cooldown = Annotated[int, Option("Cool-down", "samples at the end over which the rate falls to zero", may_change=True)]
Halflife = Annotated[float, Option("Half-life", "half-life of the weight average, in samples", 1)]
Optimizers = Annotated[str, Option("Optimizer", "optimizer of the weights", choices=("adamw", "muon"))]
Subset = Annotated[str, Option("Subset", "images to train on", choices=SUBSETS)]
Device = Annotated[str, Option("Device", "training device", choices=("cpu", "cuda"), may_change=True)]
Threads = Annotated[int, Option("Threads", "CPU threads that share a batch", 1, 1024, may_change=True)]
Seed = Annotated[int, Option("Seed", "seed of initial weights and random draws", 0, 2**63 - 1)]


@dataclass(frozen=True)
class Progress:
    """Progress of a training run after a step: its phase, number of steps and samples, and losses.

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
        """Sum of all losses of the training step, for display as a single number."""
        return sum(float(loss) for loss in self.losses.values())


@dataclass(frozen=True)
class Objective:
    """Loss function of a training phase, with the parameters that it trains and their optimisers.

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
    """Base class for one phase of a training run, which defines its batches, loss functions and learning rate."""

    name: ClassVar[str]

    samples: Samples
    batch: Batch
    learning_rate: LearningRate
    warmup: Warmup
    seed: Seed = 0

    @property
    def schedule(self) -> Schedule:
        """Learning-rate schedule of the phase. By default the rate falls in the second half."""
        return Schedule(self.samples, self.warmup, self.samples // 2)

    @property
    def draw_seed(self) -> int:
        """Random seed for drawing the training batches."""
        return self.seed

    @abstractmethod
    def draw(self, model: Model, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        """Draw the training batch of a step, as CPU tensors of equal length along their first axis.

        All randomness must come from `rng`, which depends only on the seed and the step, so that a resumed run gives
        the same weights as an uninterrupted one.
        """

    @abstractmethod
    def objectives(self, model: Model) -> Sequence[Objective]:
        """Create the loss functions that this training phase minimises, with new optimisers."""

    def average(self, model: Model) -> Ema | None:
        """Create the moving average of the networks' weights, or return None if the phase does not use one."""
        return None


@dataclass(frozen=True, kw_only=True)
class Recipe(Phase[Model]):
    """Base class of training recipes: the options and input files of a training run.

    Most recipes are also their only phase. Fields annotated with an `Option` are command-line options.
    """

    # The name of the file that `finish` writes.
    product: ClassVar[str] = CHECKPOINT

    # True if a sample sheet is written before the first step too.
    starts_with_sheet: ClassVar[bool] = False

    device: Device = "cpu"
    threads: Threads = 1
    # Reader of the prompts in the user's images, which are their captions.
    read_prompt: PromptReader = read_no_prompt

    @property
    def phases(self) -> Sequence[Phase[Model]]:
        """Phases of the training run, in order. By default, the recipe itself is the only phase."""
        return (self,)

    @property
    def sheet_seconds(self) -> float:
        """Time between two sample sheets (PNG files with sample images) in seconds. With 0, none are written."""
        return 0.0

    @property
    def save_seconds(self) -> float:
        """Time between two checkpoints in seconds."""
        return SAVE_SECONDS

    @property
    def is_time_up(self) -> bool:
        """True if a time limit of the recipe is over, so that training ends after the current step."""
        return False

    @property
    def measure_samples(self) -> int:
        """Number of samples of the last phase after which `figures` are measured again. With 0, they are measured only
        at the start and at the end.
        """
        return 0

    def prepare(self, out: Path) -> Iterator[Progress]:
        """Create the files in `out` that training needs, such as encoded data, unless they exist.

        Yields the progress.
        """
        return iter(())

    def clear_preparation(self, out: Path) -> None:  # noqa: B027 - most recipes have none
        """Delete the files in `out` with which a preparation that was stopped continues.

        Called before each checkpoint, which may need their room on the disk.
        """

    @abstractmethod
    def model(self, out: Path) -> Model:
        """Create the networks to be trained, on the CPU. The networks may be initialised from files that `prepare` has
        written to `out`.
        """

    @abstractmethod
    def modules(self, model: Model) -> Mapping[str, nn.Module]:
        """Return the networks that are moved to the training device and saved in checkpoints, by name."""

    @property
    def problems(self) -> FolderProblems:
        """Problems with the input files, such as unreadable images. They are complete once the networks exist."""
        return FolderProblems()

    @property
    def picture_digests(self) -> Mapping[str, str]:
        """Digests of the training images with their captions, by file name, for detecting changes when training is
        resumed. Empty for data sets that do not change.
        """
        return {}

    def initialise(self, model: Model) -> int:
        """Initialise the new networks before the first step, for example with the weights of another model.

        Returns the number of samples that these weights were trained on.
        """
        return 0

    def fixed_settings(self, model: Model) -> dict[str, Any]:
        """Return the settings that must not change when training is resumed, such as sizes and styles."""
        return {}

    def figures(self, model: Model) -> dict[str, float]:
        """Return quality figures of the networks, such as a PSNR, for the log. They are measured before the first
        training step and after the last one.
        """
        return {}

    def paired_errors(self, model: Model) -> tuple[str, NDArray[np.float64]] | None:
        """Return the errors on a fixed set of images and noise, for comparing training runs. The result also contains a
        key that identifies the set.

        Returns None if runs of this recipe cannot be compared.
        """
        return None

    def write_sheet(self, model: Model, out: Path, seen: int) -> None:  # noqa: B027 - most recipes have none
        """Generate sample images with the averaged weights, and write them to `out` after `seen` training samples."""

    def finish(self, model: Model, out: Path, seen: int) -> None:  # noqa: B027 - some only have a checkpoint
        """Write the finished model to the file `product` in `out`. It has averaged weights if the recipe
        averages them.
        """

    @property
    def settings(self) -> dict[str, Any]:
        """Options of the training recipe that are written to the log: all except file paths and functions."""
        found = asdict(self).items()
        return {name: value for name, value in found if not isinstance(value, Path | None) and not callable(value)}


@dataclass(frozen=True, kw_only=True)
class CooldownRecipe(Recipe[Model]):
    """Base class of training recipes whose learning rate is constant until it falls to zero at the end.

    It falls over the last `cooldown` samples.
    """

    cooldown: Cooldown

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.samples, self.warmup, self.cooldown)
