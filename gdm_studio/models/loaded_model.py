"""Protocols of loaded models, as returned by the `load` function of a model family."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol, runtime_checkable

import torch
from torch import Tensor

from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.noise_path import Denoise, Noise, NoiseLevel, NoisePath, Step
from gdm_studio.models.model_card import ModelCard
from gdm_studio.request.conditioning import covers_step
from gdm_studio.request.generation_request import Request
from gdm_studio.request.regions import WHOLE, Box

# Number of random numbers in a `Variation`.
VARIATION_NUMBERS = 64


@dataclass(frozen=True)
class LoadedControlImage:
    """Control image (for example a depth map or a pose), decoded to a tensor, with its weight and the range of steps in
    which it guides the generation.
    """

    kind: str
    # uint8 RGBA (1, H, W, 4) with straight alpha, of the request's size unless it is a reference image or an image
    # prompt.
    rgba: Tensor
    weight: float
    # Range of a stage in which the image has an effect, as fractions of the steps.
    start: float = 0.0
    end: float = 1.0
    # A reference image as the text encoder sees it, or None if it sees `rgba` at a size of its own.
    seen: Tensor | None = None

    def acts_in(self, step: int, steps: int) -> bool:
        """Return True if the control image guides step `step` (counted from 1) of `steps`."""
        return self.weight != 0 and covers_step(self.start, self.end, step, steps)


@dataclass(frozen=True)
class DrawingPlace:
    """Place in a start image at which a model draws the objects of a prompt. Boxes are fractions of the image."""

    # Box of the image's content or of the mask, or WHOLE, which leaves a drawing where it is.
    box: Box
    # Colour of the ground (red, green, blue), 0 … 255, around the content or the mask, and its box. None if the image
    # is transparent or varied there.
    ground: tuple[int, int, int] | None = None
    ground_box: Box = WHOLE
    # True if the box is that of a mask. A prompt with several objects may then also describe what is around it.
    is_masked: bool = False
    # Width of the image divided by its height.
    shape: float = 1.0
    # English prompt of the start image, whose objects are not drawn again in a mask. "" if it is unknown.
    shown: str = ""


@dataclass(frozen=True)
class Variation:
    """Random numbers, derived from an image's seed, that select the image's content, such as the training image from
    which it starts. They are independent of the initial noise.

    The numbers are standard normal. `temperature` controls how much they change the image.
    """

    # (VARIATION_NUMBERS,) fp32 on the CPU.
    numbers: Tensor
    temperature: float
    # True if the image may start from the model's rarer drawings, which did not exist for old requests.
    has_rare_drawings: bool = False
    # True if the image may start from a silhouette. False for requests older than HAS_SILHOUETTES.
    has_silhouettes: bool = False
    # True if a temperature below the model's default draws the choices to the typical ones. False for requests older
    # than FOCUSES.
    focuses: bool = False
    # True if relations such as "on" place the objects of a prompt. False for requests older than PLACES_OBJECTS.
    places_objects: bool = False
    # True for an icon of a set, see `Request.plain_icon`.
    is_plain_icon: bool = False
    # True if all icons of a set are drawn in the way of its style. False for requests older than SUITS_STYLE.
    suits_style: bool = False
    # True if things without a drawing are drawn as the nearest one. False for requests older than DRAWS_NEAREST.
    draws_nearest: bool = False
    # True if all objects of a scene are read and remain visible. False for requests older than SHOWS_ALL_OBJECTS.
    shows_all: bool = False
    # True if the `MEANINGS` of words are read. False for requests older than CORRECTS_MEANINGS.
    corrects_meanings: bool = False
    # True if prompts are read as sentences. False for requests older than READS_SENTENCES.
    reads_sentences: bool = False
    # True if glyphs among a set's icons of lines are hollow. False for requests older than HOLLOWS_GLYPHS.
    hollows_glyphs: bool = False
    # True if the image follows its drawing at low noise, which is then not mixed with similar ones. False for requests
    # older than FOLLOWS_DRAWINGS.
    follows_drawings: bool = False
    # True if rarely drawn things are read in scenes. False for requests older than READS_RARE_THINGS.
    reads_rare_things: bool = False
    # Place of the drawing in a start image, or None if there is none, and for requests older than PLACES_DRAWINGS.
    place: DrawingPlace | None = None

    def roll(self, index: int) -> Variation:
        """Return a copy with the random numbers shifted cyclically by an amount that depends on `index`, so
        that each object in a prompt gets different numbers.
        """
        return replace(self, numbers=self.numbers.roll(17 * index))


@dataclass(frozen=True)
class PlacedPrompt:
    """Prompt of a region of an image, with the region's box."""

    text: str
    box: Box


@dataclass(frozen=True)
class SharedPrompt:
    """Prompt that acts by attention in a part of an image, with its share (1, 1, h, w) at each position of the latents,
    fp32 on the CPU.
    """

    text: str
    share: Tensor


@dataclass(frozen=True)
class Conditioning:
    """Inputs that control one batch row of a denoiser: prompt, style, label, factors, control images and other inputs
    of the model.
    """

    text: str = ""
    style: str = ""
    # True if this row is on the negative side of guidance.
    negative: bool = False
    # Negative prompt of the request, which rows of the positive prompt have too.
    negative_text: str = ""
    label: str = ""
    # Values of all factors that the card accepts.
    factors: Mapping[str, float] = field(default_factory=dict)
    # Size (width, height) of the image in pixels.
    size: tuple[int, int] | None = None
    # Start image as data of this stage, (1, …), or None.
    picture: Tensor | None = None
    # Mask (1, 1, h, w) in 0 … 1, with 1 where the start image is repainted, or None to repaint all of it.
    mask: Tensor | None = None
    # Start image with grey in the masked area, (1, …), for models whose card has `sees_rest`.
    rest: Tensor | None = None
    # Mask in the pixels of the image, (1, 1, H, W), if `rest` is given.
    pixel_mask: Tensor | None = None
    hints: tuple[LoadedControlImage, ...] = ()
    # Result of the previous stage, (1, …), as data of that stage, or None in the first stage.
    before: Tensor | None = None
    # True if `text` consists of plain words, even if the model's prompts have a grammar.
    plain: bool = False
    # Variation of the image by its seed, or None for the typical image of the prompt.
    variation: Variation | None = None
    # Part of the image, as fractions of its width and height, that a row of a tiled run denoises. None for all of it.
    window: Box | None = None
    # Tags of the LoRAs with which this row is evaluated, also on the negative side, if the LoRAs differ between the
    # regions of the image. They precede the prompt in `text` too. Rows with different tags have denoisers of their own.
    adapters: str = ""
    # Prompts of the image's regions with their boxes, from back to front, which is () without regions. `text` is the
    # prompt of this row.
    scene: tuple[PlacedPrompt, ...] = ()
    # Prompts that share the row by attention, which replace `text`. Their shares add up to 1. Only models whose card
    # has `region_attention` get them.
    parts: tuple[SharedPrompt, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """The prompts that act in this row."""
        return tuple(part.text for part in self.parts) or (self.text,)

    @property
    def shares(self) -> Tensor:
        """The shares (1, R, h, w) of the prompts in `parts`."""
        return torch.cat([part.share for part in self.parts], dim=1)


class NoiseAt(Protocol):
    """Callable that returns standard normal noise for a denoiser that uses random numbers itself. The noise has the
    shape of `like` and is always the same at a given noise level.

    The positive and the negative row of an image get the same noise, which is independent of the samplers' noise.
    """

    def __call__(self, at: NoiseLevel, like: Tensor, draw: int = 0) -> Tensor: ...


@runtime_checkable
class DenoiserWithMemory(Protocol):
    """Denoiser whose output depends on tensors from its previous call, its `memory`.

    `memory` has one row per row of conditioning, and is empty before the first call. It is saved with every step and
    restored before the next one, so its tensors must be replaced, never modified in place.
    """

    memory: tuple[Tensor, ...]


@runtime_checkable
class DenoiserWithVariance(Protocol):
    """Denoiser whose network also predicts the variance of a step's noise, for models with `learned_variance`.

    `variance` is the prediction from the last call, with the shape of x. It ranges from 0 for DDPM's smallest variance
    to 1 for the largest (Nichol and Dhariwal 2021, arXiv:2102.09672, equation 15).
    """

    @property
    def variance(self) -> Tensor: ...


@runtime_checkable
class DenoiserWithDrafts(Protocol):
    """Denoiser whose images start from drafts, and follow those that are drawings at low noise."""

    @property
    def drafts(self) -> Sequence[Tensor | None]:
        """The draft (1, …) of each batch row, as noise-free data, or None if the row does not follow it."""
        ...


# Function (x (1, …), noise level) → words in prompt order, and the attention to each word, (W, h, w) in 0 … 1.
AttentionReader = Callable[[Tensor, NoiseLevel], tuple[tuple[str, ...], Tensor]]


@runtime_checkable
class StageWithWords(Protocol):
    """Stage whose network attends to the words of a prompt, so that attention maps can show which areas of the image
    each word affects.
    """

    def attention(self, conditions: Sequence[Conditioning], path: NoisePath) -> AttentionReader:
        """Return a function that computes attention maps, one for each word of the first conditioning's prompt.

        `conditions` and `path` are those passed to `denoiser`. The prompt is encoded once, in this call. Other methods
        of the stage are not affected.
        """
        ...


@runtime_checkable
class StageWithDrafts(Protocol):
    """Stage whose network may receive a draft of the image, of which each window of a tiled run has its own part."""

    @property
    def has_drafts(self) -> bool:
        """Return True if the conditioning depends on `Conditioning.window`."""
        ...


@runtime_checkable
class StageWithPrompts(Protocol):
    """Stage that can encode the prompts of a run once for several denoisers."""

    def denoisers(
        self, batches: Sequence[Sequence[Conditioning]], path: NoisePath, noise: NoiseAt
    ) -> Sequence[Denoise]:
        """Return a denoiser, as `Stage.denoiser` does, for each of several batches with the same prompts, whose start
        images, masks and control images differ.
        """
        ...


class Stage(Protocol):
    """Part of a loaded model that denoises data of one shape, with an encoder and a decoder for images.

    The data of an image can have any number of axes. Batches have one more axis in front.
    """

    @property
    def diffusion(self) -> Diffusion:
        """Return the forward process together with the network's preconditioning, which converts the network's outputs
        to denoised data.
        """
        ...

    def shape(self, request: Request) -> tuple[int, ...]:
        """Return the shape of the latents (or other data) of one image, without a batch axis, for the image size of the
        request.
        """
        ...

    def start(self, conditions: Sequence[Conditioning], path: NoisePath, noise: Noise, like: Tensor) -> Tensor:
        """Return the initial noisy data of a run, at the first noise level of `path`: one row per conditioning, with
        the shape and device of `like`.

        For most stages this is `diffusion.process.prior(noise, like, path[0])`. `noise` is the noise for step 0.
        """
        ...

    def encode(self, rgba: Tensor) -> Tensor:
        """Encode RGBA images (N, H, W, 4) with values 0 … 255 and straight alpha to latents or other data of the stage.

        Images are uint8, or float32 for a model with `sees_rest`, whose masked area is filled with grey. Call this only
        for models that accept images.
        """
        ...

    def denoiser(self, conditions: Sequence[Conditioning], path: NoisePath, noise: NoiseAt) -> Denoise:
        """Return the denoising function (x, noise level) → x0 in fp32, where row i of x has the conditioning
        `conditions[i]`.

        Prompts are encoded once, in this call. `path` is the noise path of the stage. The result can be a
        `DenoiserWithMemory`.
        """
        ...

    def decode(self, x0: Tensor) -> Tensor:
        """Decode latents to uint8 images (N, H, W, 3 or 4) on the CPU, with straight alpha. Raises NotFinite if they
        contain NaN or infinities.
        """
        ...

    def fast_decode(self, x0: Tensor) -> Tensor | None:
        """Decode latents to images for a preview with a smaller network: faster than `decode`, but less accurate.

        Returns None if a streamed network would have to release the weights that it has cached.
        """
        ...

    def preview(self, x0: Tensor) -> Tensor:
        """Convert latents to uint8 RGBA images (N, H, W, 4) on the CPU by a linear map. This is the fastest and least
        accurate preview.
        """
        ...


@runtime_checkable
class OpaqueStage(Protocol):
    """Stage whose images have no alpha channel: `decode` returns three channels, and `encode` composites on white."""

    @property
    def is_opaque(self) -> Literal[True]: ...


class LoadedModel(Protocol):
    """Model in the memory of one device, in one number type. It has one or more stages, which run one after the
    other.
    """

    @property
    def card(self) -> ModelCard: ...
    @property
    def device(self) -> torch.device: ...
    @property
    def dtype(self) -> torch.dtype: ...

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Stages of the model, in the order in which they compute the steps. A model with a single stage returns
        itself.
        """
        ...


@runtime_checkable
class MultiStageModel(Protocol):
    """Model that adds stages for certain requests, such as a refiner or a second pass at a larger size."""

    def for_request(self, request: Request) -> LoadedModel:
        """Return the model with all stages that the request needs, such as a refiner or a second pass. Raises
        ModelError.
        """
        ...


@runtime_checkable
class StageWithRemarks(Protocol):
    """Stage of a model that can report which settings of a request it ignores."""

    def remarks(self, request: Request) -> Sequence[str]:
        """Return sentences that tell the user which parts of the request have no effect. Raises BadRequest and
        ModelError.
        """
        ...


@runtime_checkable
class ModelWithDrawings(Protocol):
    """Model that starts its images from memorised training images, and can return these images for display."""

    def drawing(self, name: str) -> Tensor | None:
        """Return the memorised training image with this name as uint8 RGBA (H, W, 4) on the CPU, or None if there is
        none.
        """
        ...


@runtime_checkable
class StageOnPath(Protocol):
    """Stage that covers only a part of a longer noise path, such as a refiner, which computes the last steps."""

    @property
    def is_joined(self) -> bool:
        """True if the stage continues from the noisy latents of the previous stage, and False if it starts from that
        stage's finished image.
        """
        ...

    def noise_path(self, card: ModelCard, request: Request, first: int, last: int) -> NoisePath:
        """Return the noise levels of this stage, from step `first` to step `last` of the request, for the model that
        `card` describes.
        """
        ...


@runtime_checkable
class StageWithSlowStart(Protocol):
    """Stage that needs a long time to compute its initial data, so that the work must be interruptible."""

    def start_steps(
        self, conditions: Sequence[Conditioning], path: NoisePath, noise: Noise, like: Tensor
    ) -> Generator[float, None, Tensor]:
        """Compute the stage's initial data in an interruptible way. The generator yields the finished fraction of the
        work, and finally returns the same data as `start`.
        """
        ...


def stage_of(model: LoadedModel, step: Step) -> Stage:
    """Return the stage of a loaded model, such as its refiner, that computed a given step of a run."""
    return model.stages[model.card.stage_of(step.index, step.of)]
