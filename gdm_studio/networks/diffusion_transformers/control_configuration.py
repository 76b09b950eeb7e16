"""Configuration of ControlNets for diffusion transformers, and the names and shapes of their weights. Does not import
torch.
"""

from __future__ import annotations

from dataclasses import dataclass

from gdm_studio.networks.diffusion_transformers.configurations import (
    Flux1Config,
    Source,
    Weight,
    Weights,
    flux1_weights,
    linear_weights,
)
from gdm_studio.networks.diffusion_transformers.qwen_image_configuration import QwenImageConfig, qwen_image_weights

# Layers of a transformer that its ControlNets do not have.
_ONLY_IN_TRANSFORMERS = ("last_modulation.", "out.")


@dataclass(frozen=True)
class Flux1ControlConfig:
    """Hyperparameters of `Flux1ControlNet`: those of a `Flux1` with fewer blocks, and the number of its modes, which is
    0 unless it is a union.
    """

    blocks: Flux1Config
    modes: int = 0


@dataclass(frozen=True)
class QwenImageControlConfig:
    """Hyperparameters of `QwenImageControlNet`: those of a `QwenImage` with fewer blocks."""

    blocks: QwenImageConfig


def flux1_control_weights(config: Flux1ControlConfig) -> Weights:
    """Yield the name, shape and file location of every weight of a ControlNet for FLUX.1, in the layout of
    diffusers.
    """
    blocks = config.blocks
    width = blocks.width
    yield from _without_output(flux1_weights(blocks))
    yield from linear_weights("control_in", (width, blocks.inputs), "controlnet_x_embedder")
    if config.modes:
        yield Weight("modes.weight", (config.modes, width), (Source("controlnet_mode_embedder.weight"),))
    for number in range(blocks.double):
        yield from linear_weights(f"joint_out.{number}", (width, width), f"controlnet_blocks.{number}")
    for number in range(blocks.single):
        yield from linear_weights(f"parallel_out.{number}", (width, width), f"controlnet_single_blocks.{number}")


def qwen_image_control_weights(config: QwenImageControlConfig) -> Weights:
    """Yield the name, shape and file location of every weight of a ControlNet for Qwen-Image, in the layout of
    diffusers.
    """
    blocks = config.blocks
    width = blocks.width
    yield from _without_output(qwen_image_weights(blocks))
    yield from linear_weights("control_in", (width, 4 * blocks.channels), "controlnet_x_embedder")
    for number in range(blocks.depth):
        yield from linear_weights(f"blocks_out.{number}", (width, width), f"controlnet_blocks.{number}")


def _without_output(weights: Weights) -> Weights:
    return (weight for weight in weights if not weight.name.startswith(_ONLY_IN_TRANSFORMERS))
