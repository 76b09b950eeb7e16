"""Configuration of ControlNet-LLLite for Anima, and the names and shapes of its weights. Does not import torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gdm_studio.networks.diffusion_transformers.anima_configuration import AnimaConfig
from gdm_studio.networks.diffusion_transformers.configurations import Source, Weight, Weights, linear_weights

# Start of the names of the shared encoder's weights, and of those of a changed layer.
ENCODER, LAYERS = "lllite_conditioning1.", "lllite_dit_"
# Layers of a block whose inputs can be changed.
TARGETS = ("self_attn_q_proj", "self_attn_k_proj", "self_attn_v_proj", "cross_attn_q_proj", "mlp_layer1")


@dataclass(frozen=True)
class AnimaControlConfig:
    """Hyperparameters of `AnimaControlNet`. `blocks` has the width of the `Anima` that it is for, and as many blocks as
    it changes; the other sizes are 0.
    """

    blocks: AnimaConfig
    # Changed layers, such as "blocks_0_self_attn_q_proj".
    layers: tuple[str, ...]
    # Channels of the control image, of which the fourth is a mask.
    inputs: int = 3
    # Channels inside the encoder of the control image, and of its result.
    channels: int = 64
    embedding: int = 32
    residual_blocks: int = 1
    # Distances between the pixels of the convolutions that see more of the image; () for none.
    dilations: tuple[int, ...] = ()
    # Width inside the perceptrons that change the layers.
    hidden: int = 64
    # True if the control image is black, which is 0, inside the mask.
    masked: bool = False

    @property
    def sees_rest(self) -> bool:
        """True if the ControlNet takes a mask as an input."""
        return self.inputs > COLOURS


COLOURS = 3


def anima_control_weights(config: AnimaControlConfig) -> Weights:
    """Yield the name, shape and file location of every weight of ControlNet-LLLite for Anima."""
    for weight in _iter_encoder_weights(config):
        yield weight._replace(name=f"encoder.{weight.name}", sources=(Source(f"{ENCODER}{weight.name}"),))
    width, hidden, embedding = config.blocks.width, config.hidden, config.embedding
    for layer in config.layers:
        ours, theirs = f"layers.{layer}", f"lllite_dit_{layer}"
        for part, shape in (
            ("down", (hidden, width)),
            ("mid", (hidden, hidden + embedding)),
            ("cond_to_film", (2 * hidden, embedding)),
            ("up", (width, hidden)),
        ):
            yield from linear_weights(f"{ours}.{part}", shape, f"{theirs}.{part}")
        yield Weight(f"{ours}.depth_embed", (embedding,), (Source(f"{theirs}.depth_embed"),))


def _iter_encoder_weights(config: AnimaControlConfig) -> Iterator[Weight]:
    channels = config.channels
    half = channels // 2
    sizes = {"1": (half, config.inputs, 4), "2": (half, half, 3), "3": (channels, half, 4)}
    for name, (rows, columns, side) in sizes.items():
        yield from _iter_convolution(f"conv{name}", rows, columns, side)
        yield from linear_weights(f"norm{name}", (rows,), "")
    for block in range(config.residual_blocks):
        for number in (1, 2):
            yield from linear_weights(f"resblocks.{block}.norm{number}", (channels,), "")
            yield from _iter_convolution(f"resblocks.{block}.conv{number}", channels, channels, 3)
    for number, dilation in enumerate(config.dilations):
        yield from _iter_convolution(f"aspp.branches.{number}.0", channels, channels, 1 if dilation == 1 else 3)
        yield from linear_weights(f"aspp.branches.{number}.1", (channels,), "")
    if config.dilations:
        count = len(config.dilations) + 1
        for part, columns in (("global_conv", channels), ("proj", count * channels)):
            yield from _iter_convolution(f"aspp.{part}.0", channels, columns, 1)
            yield from linear_weights(f"aspp.{part}.1", (channels,), "")
    yield from _iter_convolution("proj", config.embedding, channels, 1)
    yield from linear_weights("out_norm", (config.embedding,), "")


def _iter_convolution(name: str, rows: int, columns: int, side: int) -> Weights:
    return linear_weights(name, (rows, columns, side, side), "")
