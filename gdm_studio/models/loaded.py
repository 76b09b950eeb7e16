"""A model in memory, ready to denoise: what every family's `load` returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.path import Denoise, Noise, Path, Point, Step
from gdm_studio.models.card import ModelCard
from gdm_studio.request import Request


@dataclass(frozen=True)
class HintPicture:
    """A picture that a control network follows."""

    kind: str
    rgba: Tensor  # uint8 (1, H, W, 4) of the request's size, straight alpha
    weight: float


@dataclass(frozen=True)
class Ask:
    """What one row of a batch is conditioned on: of all that there is, what the model's card accepts."""

    text: str = ""
    style: str = ""
    negative: bool = False  # the side that guidance leads away from
    label: str = ""
    factors: Mapping[str, float] = field(default_factory=dict)  # a value for each that the card accepts
    size: tuple[int, int] | None = None  # (width, height) of the picture in pixels
    picture: Tensor | None = None  # (1, …) what is begun from, in this stage's data
    mask: Tensor | None = None  # (1, 1, h, w) in 0 … 1: where that is painted anew; None for everywhere
    rest: Tensor | None = None  # (1, …) that picture with grey where the mask is, for models whose card `sees_rest`
    hints: tuple[HintPicture, ...] = ()
    before: Tensor | None = None  # (1, …) what the stage before this one made, in that one's data; None for the first
    plain: bool = False  # its text is words and nothing else, whatever grammar the model's prompts have


class NoiseAt(Protocol):
    """Standard normal draws for a denoiser of its own, shaped `like` x: the same whenever it is asked at that point.

    The rows of one picture have the same numbers on every side of guidance, and none that a sampler ever draws.
    """

    def __call__(self, at: Point, like: Tensor, draw: int = 0) -> Tensor: ...


@runtime_checkable
class DenoiserWithMemory(Protocol):
    """A denoiser that goes by what it predicted before.

    `memory` has a row for each of its asks, or is empty as long as there is nothing to remember. It is kept with every
    step and given back before the next: tensors are replaced, never changed where they stand.
    """

    memory: tuple[Tensor, ...]


@runtime_checkable
class DenoiserWithVariance(Protocol):
    """A denoiser of a model whose card says `learned_variance`: it says how much noise a step is to add as well.

    `variance` is what its last call found, a row each, shaped like x: 0 for the least that DDPM adds, 1 for the most
    (Nichol and Dhariwal 2021, arXiv:2102.09672, equation 15).
    """

    @property
    def variance(self) -> Tensor: ...


# (x (1, …), at) -> words in the order of their prompt, and how much places of x look at each: (W, h, w) in 0 … 1
Attend = Callable[[Tensor, Point], tuple[tuple[str, ...], Tensor]]


@runtime_checkable
class StageWithWords(Protocol):
    """A stage whose network looks at the words of a prompt."""

    def attention(self, asks: Sequence[Ask], path: Path) -> Attend:
        """What tells of the words of the first ask; `asks` and `path` are those of the denoiser.

        Whatever is asked is encoded here, once a run. What is asked of the stage before or after does not change by it.
        """
        ...


class Stage(Protocol):
    """A denoiser of data of one shape, and what that data looks like.

    A picture's data has any number of axes; a batch has one more before them.
    """

    @property
    def diffusion(self) -> Diffusion:
        """The process it undoes, and the one place that knows its preconditioning."""
        ...

    def shape(self, request: Request) -> tuple[int, ...]:
        """Of the data of one picture of the request's size."""
        ...

    def start(self, asks: Sequence[Ask], path: Path, noise: Noise, like: Tensor) -> Tensor:
        """x at path[0], shaped and placed `like` this, a row an ask: `diffusion.process.prior(noise, like, path[0])`,
        or whatever else the stage begins with. Its `noise` is that of step 0.
        """
        ...

    def encode(self, rgba: Tensor) -> Tensor:
        """Pictures (N, H, W, 4) in 0 … 255, straight alpha, of a size the model makes, to data; asked of models that
        accept pictures alone. They are uint8; where some of it is to be grey for one that `sees_rest`, float32.
        """
        ...

    def denoiser(self, asks: Sequence[Ask], path: Path, noise: NoiseAt) -> Denoise:
        """(x, at) -> x0 in fp32, for data whose rows are those of the first len(x) asks.

        Whatever is asked is encoded here, once a run. `path` is the stage's own. It may be `DenoiserWithMemory`.
        """
        ...

    def decode(self, x0: Tensor) -> Tensor:
        """Data to uint8 pictures (N, H, W, 3 or 4) on the CPU, straight alpha; raises NotFinite."""
        ...

    def glimpse(self, x0: Tensor) -> Tensor:
        """What `decode` gives, sooner and a little less exactly: to look at while a run goes on, never to keep."""
        ...

    def preview(self, x0: Tensor) -> Tensor:
        """A linear reading of data as uint8 RGBA (N, H, W, 4) on the CPU: instant and rough."""
        ...


class LoadedModel(Protocol):
    """One stage or several, each going on from what the one before it made, on one device in one dtype."""

    @property
    def card(self) -> ModelCard: ...
    @property
    def device(self) -> torch.device: ...
    @property
    def dtype(self) -> torch.dtype: ...

    @property
    def stages(self) -> tuple[Stage, ...]:
        """As many as the card has shares of the steps; the model itself where it is the only one."""
        ...


@runtime_checkable
class Composer(Protocol):
    """A model that draws some requests in more stages than it has itself."""

    def drawing(self, request: Request) -> LoadedModel:
        """What draws that request: itself, or a model with all stages it takes. Raises ModelError."""
        ...


@runtime_checkable
class StageWithRemarks(Protocol):
    """A stage that says what of a request it leaves out."""

    def remarks(self, request: Request) -> Sequence[str]:
        """Sentences for people. Raises BadRequest, ModelError."""
        ...


@runtime_checkable
class Placed(Protocol):
    """A stage whose way is a part of a longer one."""

    @property
    def joined(self) -> bool:
        """Whether it goes on from where the stage before it stands on its way, in the same data."""
        ...

    def way(self, card: ModelCard, request: Request, first: int, last: int) -> Path:
        """The points of the steps after `first` to `last` of the request, of the model that `card` is of."""
        ...


def stage_of(model: LoadedModel, step: Step) -> Stage:
    """The stage that made the step, whose data it holds."""
    return model.stages[model.card.stage_of(step.index, step.of)]
