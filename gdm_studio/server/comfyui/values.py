"""Values that the nodes of a graph pass on: models, conditioning, latents and pixels, as descriptions of a request."""

from __future__ import annotations

from collections.abc import Iterator
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


@dataclass(frozen=True)
class Model:
    """Denoising network of a checkpoint, with LoRAs."""

    card: ModelCard
    loras: tuple[Lora, ...] = ()


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
    """Image from a file, RGBA uint8 (H, W, 4). ComfyUI's images have no alpha, which models with transparency read."""

    rgba: np.ndarray

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.rgba.shape[1], self.rgba.shape[0]


@dataclass(frozen=True, eq=False)
class Mask:
    """Mask, uint8 (H, W), with 255 where the image is redrawn."""

    levels: np.ndarray


@dataclass(frozen=True)
class Conditioning:
    """Prompt for the text encoders `clip`. With `rest`, an inpainting model also gets the mask of these latents and
    the image outside it.
    """

    clip: Clip
    text: str
    node: str
    rest: Mask | None = None


@dataclass(frozen=True, eq=False)
class Latent:
    """Latents from which a sampler starts: empty ones, or those of an image. `node` is the id of the node that
    determines the size (width, height), and `encoder` the VAE of an image.
    """

    size: tuple[int, int]
    node: str
    count: int = 1
    pixels: Pixels | None = None
    encoder: Vae | None = None
    mask: Mask | None = None
    mask_node: str = ""


@dataclass(frozen=True, eq=False)
class Sampling:
    """Run of a sampler node, with the settings of a request that its inputs determine.

    The run makes the steps after `start` of `steps`.
    """

    node: str
    model: Model
    positive: Conditioning
    negative: Conditioning
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
    """Images that a request generates: decoded latents of a sampler."""

    sampling: Sampling
    decoder: Vae


@dataclass(frozen=True)
class Output:
    """Output node of a graph. `folder` is ComfyUI's type of the files, "output" or "temp", or "" if the images are sent
    over the WebSocket, in the file format `file_format`.
    """

    node: str
    folder: str = ""
    prefix: str = ""
    file_format: str = "PNG"


@dataclass(frozen=True, eq=False)
class OutputImages:
    """Output node with the images that it shows. They refer to the pixels of the start image, which the history does
    not keep.
    """

    output: Output
    images: Generated


def arrays_in(value: Any) -> Iterator[np.ndarray]:
    """Yield the pixels and masks that the value of a node's output refers to."""
    if isinstance(value, Pixels):
        yield value.rgba
    elif isinstance(value, Mask):
        yield value.levels
    elif isinstance(value, Latent):
        yield from arrays_in(value.pixels)
        yield from arrays_in(value.mask)
    elif isinstance(value, Conditioning):
        yield from arrays_in(value.rest)
