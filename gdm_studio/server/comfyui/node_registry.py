"""Registry of the kinds of nodes that graphs may contain, with the inputs that several of them share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from gdm_studio.common.errors import BadRequest
from gdm_studio.request.generation_request import MAX_SIDE
from gdm_studio.server.comfyui.errors import NodeError
from gdm_studio.server.comfyui.graph import Input, NodeKind
from gdm_studio.server.comfyui.values import Pixels

if TYPE_CHECKING:
    from gdm_studio.models.model_card import ModelCard

# Largest side in ComfyUI. The server's own limit is lower.
MOST_SIDE = 16384
MODEL, CLIP, VAE = Input("MODEL"), Input("CLIP"), Input("VAE")
CONDITIONING, LATENT, IMAGE, MASK = Input("CONDITIONING"), Input("LATENT"), Input("IMAGE"), Input("MASK")
# Images of an output node, which may remain in the gallery as they were generated.
OUTPUT_IMAGES = Input("IMAGE", takes_generated=True)
PLACE = Input("INT", 0, 0, MOST_SIDE)


class Files(Protocol):
    """Models and images that the nodes of a graph name. `is_rehearsal` is True while a graph is checked: generated and
    enlarged images are then grey ones of the right size. `has_stand_ins` is True once an enlarged one is.
    """

    is_rehearsal: bool
    has_stand_ins: bool

    def card(self, name: str) -> ModelCard: ...

    def load_image(self, name: str) -> np.ndarray:
        """Return an uploaded or generated image, RGBA uint8 (H, W, 4). Raises BadRequest."""
        ...

    def decode_image(self, text: str) -> np.ndarray:
        """Return an image in base64, RGBA uint8 (H, W, 4). Raises BadRequest."""
        ...

    def load_cached(self, key: str) -> tuple[np.ndarray, np.ndarray]:
        """Return an image that a client has cached under a key, RGBA uint8 (H, W, 4), and its mask, uint8 (H, W).
        Raises BadRequest.
        """
        ...

    def decode(self, data: bytes) -> np.ndarray:
        """Decode an image file to RGBA uint8 (H, W, 4). Raises BadRequest."""
        ...

    def read_generated(self, picture: str) -> bytes:
        """Return the file of an image of the gallery by its id. Raises StudioError."""
        ...

    def upscale(self, name: str, rgba: np.ndarray) -> np.ndarray:
        """Enlarge an image, RGBA uint8 (H, W, 4), by an upscaling network. Raises StudioError."""
        ...


NODES: dict[str, NodeKind] = {}


def register_node(
    name: str,
    title: str,
    category: str,
    outputs: tuple[str, ...],
    /,
    *,
    is_output: bool = False,
    ignored: tuple[str, ...] = (),
    shared: Mapping[str, Input] = MappingProxyType({}),
    **inputs: Input,
) -> Callable[[Callable[..., tuple[Any, ...]]], Callable[..., tuple[Any, ...]]]:
    """Register a function as the kind of node `name`. It gets the files, the id of the node, and its inputs by name,
    and returns the values of its outputs, whose types are `outputs`.
    """

    def register(read: Callable[..., tuple[Any, ...]]) -> Callable[..., tuple[Any, ...]]:
        if name in NODES:
            raise ValueError(f"the node {name} is registered twice")
        pairs = tuple((each, each) for each in outputs)
        summary = (read.__doc__ or "").strip().partition("\n")[0]
        NODES[name] = NodeKind(name, title, category, {**shared, **inputs}, pairs, read, is_output, ignored, summary)
        return read

    return register


def refused_node(
    name: str, title: str, category: str, outputs: tuple[str, ...], sentence: str, /, **inputs: Input
) -> None:
    """Register a kind of node that clients look for when they connect, and that every graph is refused with."""

    def refuse(files: Files, node: str, **inputs: Any) -> tuple[Any, ...]:
        raise NodeError(sentence)

    refuse.__doc__ = sentence
    register_node(name, title, category, outputs, shared=inputs)(refuse)


def read_image(load: Callable[[str], Any], name: str, input_name: str) -> Any:
    """Call a function that loads the image `name` of an input. Raises NodeError."""
    try:
        return load(name)
    except BadRequest as error:
        raise NodeError(str(error), input_name=input_name) from error


def only_frame(pixels: Pixels, input_name: str) -> np.ndarray:
    """Return the only image of a batch. Raises NodeError if there are more."""
    if len(pixels.frames) > 1:
        raise NodeError("This node takes one image here, not a batch.", input_name=input_name)
    return pixels.frames[0]


def check_side(*sides: int) -> None:
    """Raise NodeError if an image that a node makes would be too large or empty."""
    if max(sides) > MAX_SIDE:
        raise NodeError(f"An image can have at most {MAX_SIDE} pixels a side.")
    if min(sides) < 1:
        raise NodeError("An image must have at least 1 pixel a side.")


def check_same_size(first: tuple[int, int], second: tuple[int, int], input_name: str) -> None:
    """Raise NodeError if two images or masks have different sizes."""
    if first != second:
        sentence = "Sizes differ: {}x{} and {}x{}.".format(*first, *second)
        raise NodeError(sentence, input_name=input_name)
