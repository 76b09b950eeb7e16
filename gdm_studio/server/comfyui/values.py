"""Values that the nodes of a graph pass on: models, conditioning, latents and pixels, as descriptions of requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from gdm_studio.models.model_card import ModelCard


@dataclass(frozen=True)
class Lora:
    """LoRA of a chain of nodes, with its weight and the id of its node."""

    name: str
    weight: float
    node: str


@dataclass(frozen=True, eq=False)
class Control:
    """Image that guides the generation through the control model `name`, within a part of the steps."""

    name: str
    image: Pixels
    weight: float
    start: float
    end: float
    node: str


@dataclass(frozen=True)
class Model:
    """Denoising network of a checkpoint, with LoRAs and the image prompts of IP-Adapters."""

    card: ModelCard
    loras: tuple[Lora, ...] = ()
    controls: tuple[Control, ...] = ()


@dataclass(frozen=True)
class Clip:
    """Text encoders of a checkpoint, with LoRAs. `skip` is the layer at which they stop, as in CLIPSetLastLayer, and
    `skip_node` the id of that node; 0 is the checkpoint's default.
    """

    card: ModelCard
    loras: tuple[Lora, ...] = ()
    skip: int = 0
    skip_node: str = field(default="", compare=False)


@dataclass(frozen=True)
class Vae:
    """VAE of a checkpoint, or the VAE called `name` from a file of its own. `node` is the id of its loader."""

    card: ModelCard | None
    name: str = ""
    node: str = field(default="", compare=False)


@dataclass(frozen=True, eq=False)
class Pixels:
    """Images of the same size, RGBA uint8 (H, W, 4). ComfyUI's images have no alpha, which models with transparency
    read.
    """

    frames: tuple[np.ndarray, ...]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.frames[0].shape[1], self.frames[0].shape[0]

    def each(self, convert: Callable[[np.ndarray], np.ndarray]) -> Pixels:
        """Return the images that `convert` makes of these."""
        return Pixels(tuple(convert(frame) for frame in self.frames))


@dataclass(frozen=True, eq=False)
class Mask:
    """Mask, uint8 (H, W), with 255 where the image is redrawn."""

    levels: np.ndarray

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.levels.shape[1], self.levels.shape[0]


@dataclass(frozen=True, eq=False)
class SeenImage:
    """Image for an image encoder."""

    image: Pixels


@dataclass(frozen=True)
class Conditioning:
    """Prompt for the text encoders `clip`. With `rest`, an inpainting model also gets the mask of these latents and
    the image outside it. `guidance` is the input of a network with distilled guidance, or None for its default.
    """

    clip: Clip
    text: str
    node: str
    rest: Mask | None = None
    controls: tuple[Control, ...] = ()
    guidance: float | None = None


@dataclass(frozen=True, eq=False)
class Latent:
    """Latents from which a sampler starts: empty ones, or those of images. `node` is the id of the node that
    determines the size (width, height), and `encoder` the VAE of an image.
    """

    size: tuple[int, int]
    node: str
    count: int = 1
    pixels: Pixels | None = None
    encoder: Vae | None = None
    mask: Mask | None = None
    mask_node: str = ""

    @property
    def images(self) -> int:
        """Number of images that a sampler makes of these latents."""
        return self.count * (len(self.pixels.frames) if self.pixels is not None else 1)


@dataclass(frozen=True)
class Guidance:
    """Network with its prompts, and the strength of its guidance. Without a negative prompt there is no guidance."""

    model: Model
    positive: Conditioning
    negative: Conditioning | None
    cfg: float
    node: str


@dataclass(frozen=True)
class Sigmas:
    """Noise levels of a run with ComfyUI's scheduler `scheduler`: the steps after `start` of `steps`."""

    scheduler: str
    steps: int
    start: int
    node: str


@dataclass(frozen=True, eq=False)
class Sampling:
    """Run of a sampler node, with the settings of a request that its inputs determine.

    The run makes the steps after `start` of `steps`.
    """

    node: str
    model: Model
    positive: Conditioning
    negative: Conditioning | None
    latent: Latent
    steps: int
    start: int
    settings: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Sampled:
    """Latents that a sampler has denoised."""

    sampling: Sampling


@dataclass(frozen=True, eq=False)
class Generated:
    """Images that are decoded from the latents of a sampler. Nodes that change images convert them to Pixels."""

    sampling: Sampling
    decoder: Vae


@dataclass(frozen=True)
class Output:
    """Output node of a graph. `folder` is ComfyUI's type of the files, "output" or "temp", "cache" for those that
    clients fetch by an id, or "" if the images are sent over the WebSocket. They have the file format `file_format`.
    """

    node: str
    folder: str = ""
    prefix: str = ""
    file_format: str = "PNG"


@dataclass(frozen=True, eq=False)
class OutputImages:
    """Output node with the images that it shows: those of a sampler as they are in the gallery, or changed ones."""

    output: Output
    images: Generated | Pixels


def arrays_in(value: Any) -> Iterator[np.ndarray]:
    """Yield the pixels and masks that the value of a node's output refers to."""
    if isinstance(value, Pixels):
        yield from value.frames
    elif isinstance(value, Mask):
        yield value.levels
    elif isinstance(value, Latent):
        yield from arrays_in(value.pixels)
        yield from arrays_in(value.mask)
    elif isinstance(value, Conditioning | Model):
        yield from arrays_in(getattr(value, "rest", None))
        for control in value.controls:
            yield from arrays_in(control.image)
    elif isinstance(value, SeenImage):
        yield from arrays_in(value.image)
    elif isinstance(value, Guidance):
        yield from _arrays_in_all(value.model, value.positive, value.negative)
    elif isinstance(value, Sampled | Generated):
        run = value.sampling
        yield from _arrays_in_all(run.model, run.positive, run.negative, run.latent)
    elif isinstance(value, OutputImages):
        yield from arrays_in(value.images)


def _arrays_in_all(*values: Any) -> Iterator[np.ndarray]:
    for value in values:
        yield from arrays_in(value)
