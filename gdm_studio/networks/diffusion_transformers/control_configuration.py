"""Configuration of ControlNets for diffusion transformers, and the names and shapes of their weights. Does not import
torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gdm_studio.networks.diffusion_transformers.configurations import (
    Flux1Config,
    Source,
    Weight,
    Weights,
    ZImageConfig,
    flux1_weights,
    linear_weights,
    z_image_block_weights,
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


@dataclass(frozen=True)
class ZImageControlConfig:
    """Hyperparameters of `ZImageControlNet`. `blocks` has the sizes of the `ZImage` that it is for, and as many layers
    and refiners as the ControlNet has.
    """

    blocks: ZImageConfig
    # Channels of the control image: those of the latents or, for versions 2, also a mask and a masked image.
    inputs: int = 16
    # Blocks whose residuals the transformer's noise refiner gets: none (version 1, whose refiners see the control image
    # alone), the refiners (version 2.1), or the layers themselves, which are evaluated twice (version 2.0).
    refining: Literal["none", "refiners", "layers"] = "none"

    @property
    def sees_rest(self) -> bool:
        """True if the ControlNet takes a mask and the image outside the mask as inputs."""
        return self.inputs > self.blocks.channels


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


def z_image_control_weights(config: ZImageControlConfig) -> Weights:
    """Yield the name, shape and file locations of every weight of a ControlNet for Z-Image."""
    blocks = config.blocks
    width = blocks.width
    yield from linear_weights("control_in", (width, 4 * config.inputs), "control_all_x_embedder.2-1")
    for group, count, has_residuals in (
        ("control_noise_refiner", blocks.refiners, config.refining == "refiners"),
        ("control_layers", blocks.depth, True),
    ):
        for number in range(count):
            name = f"{group}.{number}"
            yield from z_image_block_weights(name, blocks, modulated=True)
            if has_residuals and number == 0:
                yield from linear_weights(f"{name}.before_proj", (width, width), f"{name}.before_proj")
            if has_residuals:
                yield from linear_weights(f"{name}.after_proj", (width, width), f"{name}.after_proj")


def _without_output(weights: Weights) -> Weights:
    return (weight for weight in weights if not weight.name.startswith(_ONLY_IN_TRANSFORMERS))
